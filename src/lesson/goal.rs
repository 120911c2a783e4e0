//! Goals: predicates on the state of a session. They look at the cluster, the files and what was asked of the
//! API server, never at what was typed.

use crate::api::client::Client;
use crate::api::object::{self, Object};
use crate::api::{duration, kinds};
use crate::lab::authz::{self, Attributes};
use crate::lab::{Event, Lab};
use crate::words::tr;
use serde_json::Value;
use std::rc::Rc;

/// Something that must be true.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// What a learner reads beside the tick.
    pub text: String,
    /// Where its block begins in the file.
    pub line: usize,
    check: Check,
}

/// An object in a namespace: written `pod/my-pod`, or `sa/default -n team-a`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    resource: String,
    namespace: String,
    name: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Check {
    Exists(Target),
    Absent(Target),
    Field { target: Target, path: Vec<String>, expected: Expected },
    CanI { attributes: authz::Attributes, allowed: bool },
    Request(RequestCheck),
    Token { account: Option<String>, audience: Option<String>, lifetime_seconds: Option<i64>, bound: Option<String> },
    Mounted { target: Target, path: String, present: bool },
    File { path: String, contains: String },
    Verdict { file: String, target: Option<Target>, accepted: bool },
    Rotated(Target),
    Elapsed(std::time::Duration),
    Predicted,
    Right { percent: usize },
    Undone,
    All(Vec<Check>),
    Any(Vec<Check>),
    Not(Box<Check>),
}

/// A request that must have been made; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq)]
struct RequestCheck {
    user: Option<String>,
    method: Option<String>,
    path: String,
    code: Option<u16>,
    because: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Expected {
    Equals(Value),
    Differs(Value),
    Contains(String),
    Set(bool),
}

/// What goals may look at besides the session.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around {
    /// Whether every question of the lesson up to this step has an answer.
    pub predicted: bool,
    /// How many of the lesson's questions were answered rightly, in percent.
    pub right_percent: usize,
    /// Whether something was undone.
    pub undone: bool,
    /// The trace's last sequence number when the learner started.
    pub since: u64,
    /// When the learner started.
    pub started: crate::api::Timestamp,
}

impl Goal {
    /// Reads a goal: a mapping with `goal: TEXT` and one check.
    ///
    /// # Errors
    /// What is missing or unknown, in a sentence.
    pub fn read(item: &Value) -> Result<Self, String> {
        let map = item.as_object().ok_or("a goal is a mapping: goal: TEXT, and one check")?;
        let text = map.get("goal").and_then(Value::as_str).ok_or("a goal needs `goal: TEXT`")?;
        let mut checks = map.iter().filter(|(key, _)| *key != "goal");
        let (Some((kind, argument)), None) = (checks.next(), checks.next()) else {
            return Err(format!("goal {text:?} needs exactly one check; there are: {CHECKS}"));
        };
        Ok(Goal { text: text.to_owned(), line: 0, check: read_check(kind, argument)? })
    }

    /// The goal, knowing where it stands in its file.
    #[must_use]
    pub fn at_line(self, line: usize) -> Self {
        Goal { line, ..self }
    }

    /// Whether it asks for the same, in whatever words.
    pub fn asks_the_same(&self, other: &Goal) -> bool {
        self.check == other.check
    }

    /// Whether it holds now.
    pub fn is_met(&self, lab: &Lab, around: &Around) -> bool {
        self.missing(lab, around).is_none()
    }

    /// What is missing, in a sentence; `None` when it holds.
    pub fn missing(&self, lab: &Lab, around: &Around) -> Option<String> {
        self.check.missing(lab, around)
    }
}

const CHECKS: &str = "exists, absent, field, can-i, request, token, mounted, file, verdict, rotated, elapsed, predicted, right, undone, all, any, not";

fn read_check(kind: &str, argument: &Value) -> Result<Check, String> {
    let text = |key: &str| object::text(argument, &[key]).to_owned();
    let optional = |key: &str| argument.get(key).and_then(Value::as_str).map(str::to_owned);
    let target = |value: &Value| Target::read(value.as_str().unwrap_or_default());
    Ok(match kind {
        "exists" => Check::Exists(target(argument)?),
        "absent" => Check::Absent(target(argument)?),
        "field" => Check::Field {
            target: target(argument.get("of").unwrap_or(&Value::Null))?,
            path: split_path(&text("path")),
            expected: read_expected(argument)?,
        },
        "can-i" => read_can_i(argument)?,
        "request" => Check::Request(RequestCheck {
            user: optional("user"),
            method: optional("method"),
            path: optional("path").ok_or("request needs `path:`")?,
            code: argument.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok()),
            because: optional("because"),
        }),
        "token" => Check::Token {
            account: optional("account"),
            audience: optional("audience"),
            lifetime_seconds: optional("lifetime").map(|text| seconds(&text)).transpose()?,
            bound: optional("bound"),
        },
        "mounted" => Check::Mounted {
            target: target(argument.get("in").unwrap_or(&Value::Null))?,
            path: text("path"),
            present: object::boolean(argument, &["present"]).unwrap_or(true),
        },
        "file" => Check::File { path: text("path"), contains: text("contains") },
        "verdict" => Check::Verdict {
            file: text("file"),
            target: optional("in").map(|text| Target::read(&text)).transpose()?,
            accepted: object::boolean(argument, &["accepted"]).unwrap_or(true),
        },
        "rotated" => Check::Rotated(target(argument)?),
        "right" => Check::Right { percent: usize::try_from(argument.as_u64().unwrap_or(100)).unwrap_or(100) },
        "undone" => Check::Undone,
        "elapsed" => {
            let wanted = seconds(argument.as_str().unwrap_or_default())?;
            Check::Elapsed(std::time::Duration::from_secs(u64::try_from(wanted).unwrap_or(0)))
        }
        "predicted" => Check::Predicted,
        "all" => Check::All(read_checks(argument)?),
        "any" => Check::Any(read_checks(argument)?),
        "not" => Check::Not(Box::new(read_single(argument)?)),
        other => return Err(format!("there is no check {other:?}; there are: {CHECKS}")),
    })
}

fn read_checks(list: &Value) -> Result<Vec<Check>, String> {
    list.as_array().ok_or("all and any take a list of checks")?.iter().map(read_single).collect()
}

fn read_single(item: &Value) -> Result<Check, String> {
    let map = item.as_object().filter(|map| map.len() == 1).ok_or("a check is a mapping with one key")?;
    map.iter()
        .next()
        .map_or(Err("a check is a mapping with one key".to_owned()), |(kind, argument)| read_check(kind, argument))
}

fn read_expected(argument: &Value) -> Result<Expected, String> {
    if let Some(value) = argument.get("equals") {
        Ok(Expected::Equals(value.clone()))
    } else if let Some(value) = argument.get("differs") {
        Ok(Expected::Differs(value.clone()))
    } else if let Some(text) = argument.get("contains").and_then(Value::as_str) {
        Ok(Expected::Contains(text.to_owned()))
    } else if let Some(set) = argument.get("set").and_then(Value::as_bool) {
        Ok(Expected::Set(set))
    } else {
        Err("field needs `equals:`, `differs:`, `contains:` or `set:`".to_owned())
    }
}

fn read_can_i(argument: &Value) -> Result<Check, String> {
    let text = |key: &str| object::text(argument, &[key]).to_owned();
    let user = text("as");
    let (namespace, name) = crate::api::user::split_service_account_username(&user)
        .ok_or("can-i needs `as: system:serviceaccount:NAMESPACE:NAME`")?;
    let user = crate::api::user::UserInfo::service_account(namespace, name, "");
    let resource = text("resource");
    let (resource, subresource) = resource.split_once('/').unwrap_or((&resource, ""));
    let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
    let attributes = authz::Attributes {
        user,
        verb: text("verb"),
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.to_owned(),
        namespace: argument.get("namespace").and_then(Value::as_str).unwrap_or("default").to_owned(),
        name: text("name"),
        path: String::new(),
    };
    Ok(Check::CanI { attributes, allowed: object::boolean(argument, &["allowed"]).unwrap_or(true) })
}

fn seconds(text: &str) -> Result<i64, String> {
    let (negative, duration) = duration::parse(text)?;
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    Ok(if negative { -seconds } else { seconds })
}

/// Splits `metadata.annotations.kubernetes\.io/x` at dots that have no backslash, and `list[0]` at its bracket.
fn split_path(path: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                if let (Some(last), Some(next)) = (parts.last_mut(), characters.next()) {
                    last.push(next);
                }
            }
            '.' | '[' => parts.push(String::new()),
            ']' => {}
            other => {
                if let Some(last) = parts.last_mut() {
                    last.push(other);
                }
            }
        }
    }
    parts
}

impl Target {
    fn read(text: &str) -> Result<Self, String> {
        let (object, namespace) = text.split_once(" -n ").unwrap_or((text, ""));
        let (kind, name) = object
            .split_once('/')
            .ok_or_else(|| format!("{text:?} is no object; write pod/NAME or sa/NAME -n NAMESPACE"))?;
        let kind = kinds::all()
            .iter()
            .find(|k| {
                k.simulated
                    && (k.singular == kind || k.plural == kind || k.short_names.iter().any(|short| short == kind))
            })
            .ok_or_else(|| format!("there is no kind {kind:?}"))?;
        let namespace = match (kind.namespaced, namespace.trim()) {
            (false, _) => "",
            (true, "") => "default",
            (true, given) => given,
        };
        Ok(Target { resource: kind.resource(), namespace: namespace.to_owned(), name: name.trim().to_owned() })
    }

    fn object(&self, lab: &Lab) -> Option<Rc<Object>> {
        if self.name == "*" {
            return lab.cluster().reader().list(&self.resource, &self.namespace).first().cloned();
        }
        lab.cluster().reader().get(&self.resource, &self.namespace, &self.name)
    }

    fn describe(&self) -> String {
        let kind = kinds::by_resource(&self.resource).map_or(self.resource.as_str(), |kind| kind.singular.as_str());
        match (self.name.as_str(), self.namespace.as_str()) {
            ("*", namespace) => tr!("any {0} in {1}", kind, namespace),
            (name, "" | "default") => format!("{kind}/{name}"),
            (name, namespace) => tr!("{0}/{1} in namespace {2}", kind, name, namespace),
        }
    }
}

impl Check {
    fn missing(&self, lab: &Lab, around: &Around) -> Option<String> {
        match self {
            Check::Exists(target) => target.object(lab).is_none().then(|| tr!("there is no {0}", target.describe())),
            Check::Absent(target) => target.object(lab).is_some().then(|| tr!("{0} is still there", target.describe())),
            Check::Field { target, path, expected } => missing_field(lab, target, path, expected),
            Check::CanI { attributes, allowed } => {
                let verdict = authz::authorize(attributes, lab.cluster().reader());
                (verdict.allowed != *allowed).then(|| {
                    let Attributes { user, verb, resource, namespace, .. } = attributes;
                    match allowed {
                        true => tr!("{0} cannot {1} {2} in namespace {3}", user.username, verb, resource, namespace),
                        false => {
                            tr!("{0} can still {1} {2} in namespace {3}", user.username, verb, resource, namespace)
                        }
                    }
                })
            }
            Check::Request(wanted) => missing_request(lab, around, wanted),
            Check::Token { .. } => self.missing_token(lab, around),
            Check::Mounted { target, path, present } => missing_mount(lab, target, path, *present),
            Check::File { path, contains } => match lab.shell().read_file(path) {
                Ok(bytes) => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    (!text.contains(contains.as_str()))
                        .then(|| tr!("{0} does not hold {1} yet", path, format_args!("{:?}", contains)))
                }
                Err(_) => Some(tr!("there is no file {0} yet", path)),
            },
            Check::Elapsed(wanted) => {
                let passed = lab.now().since(around.started);
                (passed < *wanted)
                    .then(|| tr!("only {0} have passed of {1}", duration::human(passed), duration::human(*wanted)))
            }
            Check::Verdict { file, target, accepted } => missing_verdict(lab, file, target.as_ref(), *accepted),
            Check::Rotated(target) => missing_rotation(lab, around, target),
            Check::Right { percent } => (around.right_percent < *percent)
                .then(|| tr!("{0} of 100 are right; {1} are wanted", around.right_percent, percent)),
            Check::Undone => (!around.undone).then(|| tr("nothing has been undone yet").to_owned()),
            Check::Predicted => (!around.predicted).then(|| tr("choose an answer above first").to_owned()),
            Check::All(checks) => checks.iter().find_map(|check| check.missing(lab, around)),
            Check::Any(checks) => {
                let missing: Vec<String> = checks.iter().map_while(|check| check.missing(lab, around)).collect();
                (missing.len() == checks.len()).then(|| missing.join(tr("; or ")))
            }
            Check::Not(check) => {
                check.missing(lab, around).is_none().then(|| tr("something is there that should not be").to_owned())
            }
        }
    }

    fn missing_token(&self, lab: &Lab, around: &Around) -> Option<String> {
        let Check::Token { account, audience, lifetime_seconds, bound } = self else {
            return None;
        };
        let met = lab.cluster().trace().since(around.since).iter().any(|entry| {
            let Event::TokenIssued { claims, .. } = &entry.event else {
                return false;
            };
            let claims = &*claims.open();
            let lifetime =
                object::integer(claims, &["exp"]).zip(object::integer(claims, &["iat"])).map(|(exp, iat)| exp - iat);
            let bound_to = ["pod", "secret", "node"]
                .iter()
                .map(|kind| (kind, object::text(claims, &["kubernetes.io", kind, "name"])))
                .find(|(_, name)| !name.is_empty())
                .map(|(kind, name)| format!("{kind}/{name}"));
            account
                .as_ref()
                .is_none_or(|name| object::text(claims, &["sub"]) == format!("system:serviceaccount:{name}"))
                && audience.as_ref().is_none_or(|wanted| object::strings(claims, &["aud"]).contains(&wanted.as_str()))
                && lifetime_seconds.is_none_or(|wanted| lifetime == Some(wanted))
                && bound.as_ref().is_none_or(|wanted| bound_to.as_deref() == Some(wanted))
        });
        (!met).then(|| {
            let mut wanted = Vec::new();
            wanted.extend(account.as_ref().map(|account| tr!("for {0}", account)));
            wanted.extend(audience.as_ref().map(|audience| tr!("with the audience {0}", audience)));
            wanted.extend(bound.as_ref().map(|bound| tr!("bound to {0}", bound)));
            wanted.extend(lifetime_seconds.map(|seconds| tr!("that lives {0} seconds", seconds)));
            tr!("no token has been issued {0} yet", wanted.join(" ")).replace("  ", " ")
        })
    }
}

fn missing_field(lab: &Lab, target: &Target, path: &[String], expected: &Expected) -> Option<String> {
    let Some(found) = target.object(lab) else {
        return Some(tr!("there is no {0}", target.describe()));
    };
    let steps: Vec<&str> = path.iter().map(String::as_str).collect();
    let value = object::at(&found, &steps);
    let shown = if value.is_null() { tr("not set").to_owned() } else { value.to_string() };
    let place = tr!("{0} of {1}", path.join("."), target.describe());
    match expected {
        Expected::Equals(wanted) => (value != wanted).then(|| tr!("{0} is {1}, not {2}", place, shown, wanted)),
        Expected::Differs(unwanted) => (value == unwanted).then(|| tr!("{0} is still {1}", place, shown)),
        Expected::Contains(text) => {
            (!shown.contains(text.as_str())).then(|| tr!("{0} does not hold {1}", place, format_args!("{:?}", text)))
        }
        Expected::Set(wanted) => (value.is_null() == *wanted)
            .then(|| if *wanted { tr!("{0} is not set", place) } else { tr!("{0} is still set to {1}", place, shown) }),
    }
}

fn missing_mount(lab: &Lab, target: &Target, path: &str, present: bool) -> Option<String> {
    let Some(pod) = target.object(lab) else {
        return Some(tr!("there is no {0}", target.describe()));
    };
    let reference = container_of(&pod, target);
    let Some(container) = lab.cluster().container(&reference) else {
        return Some(tr!("{0} is not running yet", target.describe()));
    };
    let found = container.files.follow(path).is_ok();
    (found != present).then(|| match present {
        true => tr!("{0} is not there in {1}", path, target.describe()),
        false => tr!("{0} is still there in {1}", path, target.describe()),
    })
}

fn container_of(pod: &Object, target: &Target) -> crate::api::container::ContainerRef {
    crate::api::container::ContainerRef {
        namespace: target.namespace.clone(),
        pod: object::name(pod).to_owned(),
        pod_uid: object::uid(pod).to_owned(),
        container: object::text(pod, &["spec", "containers", "0", "name"]).to_owned(),
    }
}

/// Asks what the API server says to the token in a file, of the learner or of a pod.
fn missing_verdict(lab: &Lab, file: &str, target: Option<&Target>, accepted: bool) -> Option<String> {
    let bytes = match target {
        None => lab.shell().read_file(file).ok(),
        Some(target) => target
            .object(lab)
            .and_then(|pod| lab.cluster().container(&container_of(&pod, target)))
            .and_then(|container| container.files.read(file).ok().map(<[u8]>::to_vec)),
    };
    let place = target.map_or(file.to_owned(), |target| tr!("{0} of {1}", file, target.describe()));
    let Some(bytes) = bytes else {
        return Some(tr!("there is no {0} to read a token from", place));
    };
    let verdict = crate::lab::tokens::verdict(lab, &String::from_utf8_lossy(&bytes));
    (verdict.user.is_some() != accepted).then(|| match verdict.user {
        Some(user) => tr!("the API server still takes the token in {0} for {1}", place, user.username),
        None => tr!("the API server refuses the token in {0}", place),
    })
}

/// Looks for the kubelet having written a volume of that pod anew since the learner started.
fn missing_rotation(lab: &Lab, around: &Around, target: &Target) -> Option<String> {
    let rotated = lab.cluster().trace().since(around.since).iter().any(|entry| {
        matches!(entry.event, Event::FilesWritten { replaced: true, .. })
            && entry
                .object
                .as_ref()
                .is_some_and(|object| object.namespace == target.namespace && object.name == target.name)
    });
    (!rotated).then(|| tr!("the kubelet has not renewed the files of {0} yet", target.describe()))
}

/// Looks for a request like that, made after the learner started.
fn missing_request(lab: &Lab, around: &Around, wanted: &RequestCheck) -> Option<String> {
    let entries = lab.cluster().trace().since(around.since);
    let mut last_answer = None;
    for entry in entries.iter() {
        let Event::Received { request_line, .. } = &entry.event else { continue };
        let (verb, url) = request_line.split_once(' ').unwrap_or(("", request_line));
        if wanted.method.as_deref().is_some_and(|method| method != verb) || !url.contains(&wanted.path) {
            continue;
        }
        let same = || entries.iter().filter(|other| other.request == entry.request).map(|other| &other.event);
        let answer = same().find_map(|event| match event {
            Event::Answered { code } => Some(*code),
            _ => None,
        });
        let by = same().find_map(|event| match event {
            Event::Authenticated { user, .. } => Some(user.username.as_str()),
            _ => None,
        });
        if wanted.user.is_some() && wanted.user.as_deref() != by {
            continue;
        }
        let because = |text: &String| {
            same().any(|event| match event {
                Event::Unauthenticated { checks } | Event::Authorized { checks, .. } => checks
                    .iter()
                    .any(|check| check.decided && (check.subject.contains(text) || check.finding.contains(text))),
                _ => false,
            })
        };
        if (wanted.code.is_none() || answer == wanted.code) && wanted.because.as_ref().is_none_or(because) {
            return None;
        }
        last_answer = answer;
    }
    Some(match (last_answer, wanted.code) {
        (Some(answer), code) if Some(answer) == code => {
            tr!("the API server answered {0}, but for another reason", answer)
        }
        (Some(answer), _) => tr!("the API server was asked, and answered {0}", answer),
        (None, _) => tr("the API server has not been asked that yet").to_owned(),
    })
}
