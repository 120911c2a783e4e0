//! The page about a ServiceAccount. Since 1.35 without mountable secrets and tokens.

use crate::api::kinds;
use crate::api::object::{Object, annotation, list, name, namespace, text, uid};
use crate::api::release::Change;
use crate::kubectl::context::Context;
use crate::kubectl::describe::heading;
use crate::kubectl::describe::page::Page;

/// Writes it.
pub fn describe(context: &mut Context<'_>, page: &mut Page, account: &Object) {
    heading(page, account);
    let mut pull = names(account, "imagePullSecrets");
    if context.host.version().has(Change::NoSecretsColumn) {
        page.list("Image pull secrets:", &pull);
        return;
    }
    let mut mountable = names(account, "secrets");
    let mut tokens = Vec::new();
    // Without the right to list them, kubectl tells the names alone.
    let stored = kinds::by_plural("", "secrets").map(|kind| context.list(kind, namespace(account), "", ""));
    if let Some(Ok(stored)) = stored {
        let stored = list(&stored, &["items"]);
        tokens =
            stored.iter().filter(|secret| is_token_of(secret, account)).map(|secret| name(secret).to_owned()).collect();
        for wanted in pull.iter_mut().chain(&mut mountable) {
            if !stored.iter().any(|secret| name(secret) == wanted) {
                wanted.push_str(" (not found)");
            }
        }
    }
    page.list("Image pull secrets:", &pull);
    page.list("Mountable secrets:", &mountable);
    page.list("Tokens:", &tokens);
}

fn names(account: &Object, field: &str) -> Vec<String> {
    list(account, &[field]).iter().map(|secret| text(secret, &["name"]).to_owned()).collect()
}

fn is_token_of(secret: &Object, account: &Object) -> bool {
    text(secret, &["type"]) == "kubernetes.io/service-account-token"
        && annotation(secret, "kubernetes.io/service-account.name") == Some(name(account))
        && annotation(secret, "kubernetes.io/service-account.uid") == Some(uid(account))
}
