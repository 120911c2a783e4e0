//! `kubectl auth whoami`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/auth/whoami.go.

use crate::api::kinds;
use crate::api::object::{Object, set};
use crate::api::request::{Method, Request};
use crate::kubectl::auth::identity;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::options::OUTPUT;
use crate::kubectl::printers::{Order, Printer, tabwriter};
use serde_json::json;

/// The command.
pub const COMMAND: Command = Command {
    name: "whoami",
    summary: "Experimental: Check self subject attributes",
    examples: &["kubectl auth whoami", "kubectl auth whoami -o yaml"],
    flags: &[OUTPUT],
    since: Some(crate::api::release::Change::WhoAmI),
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let printer = Printer::from(context, Order::Typed, false)?;
    let review = ask(context)?;
    let text = match printer {
        Some(mut printer) => printer.print(&review)?,
        None => table(&review),
    };
    context.print(text);
    Ok(())
}

fn ask(context: &mut Context<'_>) -> Result<Object, Failure> {
    let kind = kinds::by_plural("authentication.k8s.io", "selfsubjectreviews");
    let path = kind.map(|kind| kind.path("")).unwrap_or_default();
    let body =
        json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {}, "status": {}});
    match context.request(Request::new(Method::Post, path).json(body)) {
        Ok(mut review) => {
            set(&mut review, &["apiVersion"], json!("authentication.k8s.io/v1"));
            set(&mut review, &["kind"], json!("SelfSubjectReview"));
            Ok(review)
        }
        Err(Failure::Status(status)) if matches!(status.code, 403 | 404) => Err(Failure::message(
            "the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it",
        )),
        Err(failure) => Err(failure),
    }
}

fn table(review: &Object) -> String {
    let mut text = String::from("ATTRIBUTE\tVALUE\n");
    for (attribute, value) in identity::rows(review) {
        text.push_str(&format!("{attribute}\t{value}\n"));
    }
    tabwriter::align(&text, tabwriter::GET)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_table_as_recorded() {
        let review = json!({"status": {"userInfo": {
            "username": "system:serviceaccount:default:data-sa",
            "groups": ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
        }}});
        assert_eq!(
            table(&review),
            "ATTRIBUTE   VALUE\nUsername    system:serviceaccount:default:data-sa\nGroups      \
             [system:serviceaccounts system:serviceaccounts:default system:authenticated]\n"
        );
    }
}
