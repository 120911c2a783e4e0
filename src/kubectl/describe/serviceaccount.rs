//! The page about a ServiceAccount. Since 1.36 without mountable secrets and tokens.

use crate::api::object::{Object, list, text};
use crate::kubectl::describe::heading;
use crate::kubectl::describe::page::Page;

/// Writes it.
pub fn describe(page: &mut Page, account: &Object) {
    heading(page, account);
    let secrets: Vec<String> =
        list(account, &["imagePullSecrets"]).iter().map(|secret| text(secret, &["name"]).to_owned()).collect();
    page.list("Image pull secrets:", &secrets);
}
