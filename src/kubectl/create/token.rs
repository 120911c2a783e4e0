//! `kubectl create token`: a TokenRequest for a ServiceAccount.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_token.go.

use crate::api::kinds;
use crate::api::object::text;
use crate::api::release::{Change, Version};
use crate::api::request::{Method, Request};
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::create::name_argument;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::{Flag, Flags};
use crate::kubectl::options::OUTPUT;
use crate::kubectl::printers::{Order, Printer};
use serde_json::{Value, json};

const OWN_FLAGS: &[Flag] = &[
    Flag::array("audience", "", "Audience of the requested token. May be repeated."),
    Flag::duration("duration", "", "Requested lifetime of the issued token; 0s lets the server decide."),
    Flag::text("bound-object-kind", "", "Kind of an object to bind the token to: Node, Pod or Secret."),
    Flag::text("bound-object-name", "", "Name of an object to bind the token to."),
    Flag::text("bound-object-uid", "", "UID of an object to bind the token to."),
];

/// The command.
pub const COMMAND: Command = Command {
    name: "token",
    usage: "SERVICE_ACCOUNT_NAME",
    summary: "Request a service account token",
    examples: &[
        "kubectl create token myapp",
        "kubectl create token myapp --duration 10m",
        "kubectl create token myapp --bound-object-kind Secret --bound-object-name mysecret",
    ],
    flags: &[OWN_FLAGS, OUTPUT],
    since: Some(Change::CreateToken),
    run,
    ..Command::EMPTY
};

const WRAP: &str = "failed to create token";

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let name = name_argument(context)?;
    let printer = Printer::from(context, Order::Typed, false)?;
    let review = token_request(&context.flags, context.host.version()).map_err(Failure::message)?;
    let namespace = context.namespace()?;
    let answer = request(context, &namespace, &name, review).map_err(|failure| failure.wrap(WRAP))?;
    let token = text(&answer, &["status", "token"]);
    if token.is_empty() {
        return Err(Failure::message(format!("{WRAP}: no token in server response")));
    }
    // A newline would follow only on a terminal; what is typed here may be in `$(…)`.
    let printed = match printer {
        None => token.to_owned(),
        Some(mut printer) => printer.print(&answer)?,
    };
    context.print(printed);
    Ok(())
}

fn request(context: &mut Context<'_>, namespace: &str, name: &str, review: Value) -> Result<Value, Failure> {
    let kind = kinds::by_plural("", "serviceaccounts").ok_or_else(|| Failure::message("no serviceaccounts"))?;
    let path = format!("{}/token", object_path(kind, namespace, name)?);
    context.request(Request::new(Method::Post, path).json(review))
}

/// Checks the flags in kubectl's order and makes the TokenRequest.
fn token_request(flags: &Flags, version: Version) -> Result<Value, String> {
    let (negative, duration) = flags.duration("duration");
    if negative && !duration.is_zero() {
        return Err("--duration must be greater than or equal to 0".to_owned());
    }
    if duration.subsec_nanos() != 0 {
        return Err("--duration cannot be expressed in units less than seconds".to_owned());
    }
    let audiences = flags.list("audience");
    if audiences.iter().any(String::is_empty) {
        return Err("--audience must not be an empty string".to_owned());
    }
    let mut spec = json!({"audiences": audiences});
    if !duration.is_zero() {
        crate::api::object::set(&mut spec, &["expirationSeconds"], json!(duration.as_secs()));
    }
    if let Some(reference) = bound_object(flags, version)? {
        crate::api::object::set(&mut spec, &["boundObjectRef"], reference);
    }
    Ok(json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}))
}

fn bound_object(flags: &Flags, version: Version) -> Result<Option<Value>, String> {
    let [kind, name, uid] = ["kind", "name", "uid"].map(|part| flags.text(&format!("bound-object-{part}")));
    if kind.is_empty() {
        for (part, value) in [("name", name), ("uid", uid)] {
            if !value.is_empty() {
                return Err(format!("--bound-object-{part} can only be set if --bound-object-kind is provided"));
            }
        }
        return Ok(None);
    }
    let all = ["Node", "Pod", "Secret"];
    let known = if version.has(Change::NodeBinding) { &all[..] } else { &all[1..] };
    if !known.contains(&kind) {
        return Err(format!("supported --bound-object-kind values are {}", known.join(", ")));
    }
    if name.is_empty() {
        return Err("--bound-object-name is required if --bound-object-kind is provided".to_owned());
    }
    let mut reference = json!({"kind": kind, "apiVersion": "v1", "name": name});
    if !uid.is_empty() {
        crate::api::object::set(&mut reference, &["uid"], json!(uid));
    }
    Ok(Some(reference))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn made(words: &[&str]) -> Result<Value, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        token_request(&Flags::parse(OWN_FLAGS.to_vec(), &words).unwrap(), Version::default())
            .map(|review| review["spec"].clone())
    }

    #[test]
    fn asks_for_what_the_flags_say() {
        assert_eq!(made(&[]).unwrap(), json!({"audiences": []}));
        assert_eq!(made(&["--audience=a,b", "--audience=c"]).unwrap(), json!({"audiences": ["a,b", "c"]}));
        assert_eq!(
            made(&["--bound-object-kind=Pod", "--bound-object-name=p", "--bound-object-uid=u"]).unwrap(),
            json!({"audiences": [], "boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "p", "uid": "u"}})
        );
    }

    #[test]
    fn refuses_in_the_order_of_the_real_command() {
        let cases: [(&[&str], &str); 5] = [
            (&["--audience="], "--audience must not be an empty string"),
            (&["--bound-object-kind=Pod"], "--bound-object-name is required if --bound-object-kind is provided"),
            (&["--bound-object-name=x"], "--bound-object-name can only be set if --bound-object-kind is provided"),
            (&["--bound-object-uid=x"], "--bound-object-uid can only be set if --bound-object-kind is provided"),
            (
                &["--bound-object-kind=ConfigMap", "--bound-object-name=x"],
                "supported --bound-object-kind values are Node, Pod, Secret",
            ),
        ];
        for (words, message) in cases {
            assert_eq!(made(words).unwrap_err(), message, "{words:?}");
        }
    }
}
