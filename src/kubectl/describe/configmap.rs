//! The page about a ConfigMap.

use crate::api::object::{Object, at};
use crate::kubectl::describe::heading;
use crate::kubectl::describe::page::Page;
use base64::Engine;

/// Writes it.
pub fn describe(page: &mut Page, map: &Object) {
    heading(page, map);
    page.raw("\nData\n====\n");
    for (key, value) in at(map, &["data"]).as_object().into_iter().flatten() {
        page.raw(&format!("{key}:\n----\n{}\n\n", value.as_str().unwrap_or_default()));
    }
    page.raw("\nBinaryData\n====\n");
    for (key, value) in at(map, &["binaryData"]).as_object().into_iter().flatten() {
        let decoded = base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap_or_default());
        page.line(0, &format!("{key}: {} bytes", decoded.unwrap_or_default().len()));
    }
    page.raw("\n");
}
