//! What an admission plugin or the defaults added, each with the rule that decided.

use crate::api::object::{self, Object};
use crate::cluster::trace::{Actor, Entry, Event, Reason};
use crate::words::{plural, told, tr};

/// One thing that was added, or that was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// `an account name`, `a volume`: in a sentence.
    pub kind: &'static str,
    /// `account name: default`, `volume kube-api-access-x7k2p`, `no volume, no mount`.
    pub what: String,
    /// Whether something was added.
    pub added: bool,
    /// `pod.spec.automountServiceAccountToken unset → … → a token is mounted`.
    pub rule: String,
}

/// What the ServiceAccount admission did to a pod; nothing for other steps.
pub fn additions(entry: &Entry) -> Vec<Addition> {
    if entry.actor != Actor::Admission("ServiceAccount") {
        return Vec::new();
    }
    let (changes, checks, after) = match &entry.event {
        Event::Mutated { changes, checks, after, .. } => (changes.as_slice(), checks, Some(after.open())),
        Event::Admitted { checks } => (&[][..], checks, None),
        _ => return Vec::new(),
    };
    let touched = |part: &str| changes.iter().any(|change| change.path.contains(part));
    let is_account = |check: &&Reason| {
        check.subject == "pod.spec.serviceAccountName" || check.subject.starts_with("serviceaccount ")
    };
    let is_secrets = |check: &&Reason| check.subject.contains("imagePullSecrets");
    let account = rule(checks.iter().filter(is_account));
    let mount = rule(checks.iter().filter(|check| !is_account(check) && !is_secrets(check)));
    let mut found = Vec::new();
    let named = after.as_ref().map(|pod| object::text(pod, &["spec", "serviceAccountName"])).unwrap_or_default();
    if touched("spec.serviceAccountName") {
        found.push(Addition {
            kind: tr("an account name"),
            what: tr!("account name: {0}", named),
            added: true,
            rule: account,
        });
    } else if !account.is_empty() {
        found.push(Addition {
            kind: "",
            what: tr("no account name: the pod brings its own").to_owned(),
            added: false,
            rule: account,
        });
    }
    let volume = changes.iter().any(|change| change.path.starts_with("spec.volumes["));
    let mounts = changes.iter().filter(|change| change.path.contains(".volumeMounts[")).count();
    if volume {
        let name = after.as_deref().map(token_volume).unwrap_or_default();
        found.push(Addition { kind: tr("a volume"), what: tr!("volume {0}", name), added: true, rule: mount.clone() });
    }
    if mounts > 0 {
        let containers = plural(mounts, "{0} container", "{0} containers");
        found.push(Addition {
            kind: tr("a mount"),
            what: tr!("mount in {0}", containers),
            added: true,
            rule: mount.clone(),
        });
    }
    if !volume && mounts == 0 && !mount.is_empty() {
        found.push(Addition { kind: "", what: tr("no volume, no mount").to_owned(), added: false, rule: mount });
    }
    if touched("spec.imagePullSecrets") {
        let rule = rule(checks.iter().filter(is_secrets));
        found.push(Addition {
            kind: tr("image pull secrets"),
            what: tr("image pull secrets of the account").to_owned(),
            added: true,
            rule,
        });
    }
    found
}

fn token_volume(pod: &Object) -> &str {
    object::list(pod, &["spec", "volumes"])
        .iter()
        .map(|volume| object::text(volume, &["name"]))
        .find(|name| name.starts_with("kube-api-access-"))
        .unwrap_or_default()
}

/// The facts as one chain; what a fact led to is a link of its own.
fn rule<'a>(checks: impl Iterator<Item = &'a Reason>) -> String {
    let links: Vec<String> = checks
        .map(|check| {
            format!("{} {}", told(&check.subject), told(&check.finding).replacen(": ", tr(" → "), 1)).trim().to_owned()
        })
        .collect();
    links.join(tr(" → "))
}
