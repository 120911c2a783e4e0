//! The page about a Secret: sizes only, except for a ServiceAccount token, which is shown in clear.

use crate::api::object::{Object, at, text};
use crate::kubectl::describe::heading;
use crate::kubectl::describe::page::Page;
use base64::Engine;

/// Writes it.
pub fn describe(page: &mut Page, secret: &Object) {
    heading(page, secret);
    let kind = text(secret, &["type"]);
    page.raw(&format!("\nType:\t{kind}\n\nData\n====\n"));
    for (key, value) in at(secret, &["data"]).as_object().into_iter().flatten() {
        let decoded = base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap_or_default());
        let bytes = decoded.unwrap_or_default();
        if key == "token" && kind == "kubernetes.io/service-account-token" {
            page.line(0, &format!("{key}:\t{}", String::from_utf8_lossy(&bytes)));
        } else {
            page.line(0, &format!("{key}:\t{} bytes", bytes.len()));
        }
    }
}
