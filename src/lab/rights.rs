//! Who can do what: the rules of an account with the binding that each comes through, and for an action everybody
//! who may do it.

use crate::api::object::{self, label, list, text};
use crate::api::user::{
    SYSTEM_AUTHENTICATED, SYSTEM_MASTERS, SYSTEM_UNAUTHENTICATED, UserInfo, service_account_username,
};
use crate::api::{kinds, status};
use crate::cluster::authz::rbac::{self, Grant};
use crate::cluster::authz::rule::Rule;
use crate::cluster::authz::{self, Attributes};
use crate::cluster::reader::Reader;
use crate::cluster::settings::NODE_NAME;
use crate::words::{told, tr};
use serde_json::Value;

/// The verbs that people ask about.
pub const VERBS: [&str; 11] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "impersonate",
    "bind",
    "escalate",
];

/// One rule of somebody, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// What may be done: `get, list`.
    pub verbs: String,
    /// With what: resources with their group, or paths.
    pub what: Vec<String>,
    /// Only with those names; empty is all.
    pub names: Vec<String>,
    /// In which namespace; empty is in all, and for what belongs to none.
    pub namespace: String,
    /// `RoleBinding "rb/default" of Role "pod-reader" to ServiceAccount "data-sa/default"`.
    pub via: String,
    /// Whether every cluster has this binding.
    pub is_default: bool,
}

/// An account as authentication would make it a user.
pub fn user(namespace: &str, name: &str, reader: &dyn Reader) -> UserInfo {
    let uid = reader.get("serviceaccounts", namespace, name).map(|account| object::uid(&account).to_owned());
    let mut user = UserInfo::service_account(namespace, name, &uid.unwrap_or_default());
    user.groups.push(SYSTEM_AUTHENTICATED.to_owned());
    user
}

/// Everything that RBAC lets a user do, everywhere: the learner's own bindings first, then those that every cluster has.
pub fn rights(user: &UserInfo, reader: &dyn Reader) -> Vec<Right> {
    let mut found = Vec::new();
    let mut collect = |grant: &Grant<'_>| {
        let namespace = object::namespace(grant.binding).to_owned();
        let is_default = is_default(grant.binding);
        if let Err(error) = &grant.role {
            let what = vec![tr!("nothing: {0}", error)];
            let via = grant.description();
            found.push(Right { verbs: String::new(), what, names: Vec::new(), namespace, via, is_default });
            return false;
        }
        found.extend(grant.rules().iter().map(|rule| Right {
            verbs: Rule(rule).verbs().join(", "),
            what: what(Rule(rule)),
            names: Rule(rule).names().into_iter().map(str::to_owned).collect(),
            namespace: namespace.clone(),
            via: grant.description(),
            is_default,
        }));
        false
    };
    rbac::walk(user, "", reader, &mut collect);
    rbac::walk_role_bindings(user, reader, &mut collect);
    let (by_default, own): (Vec<Right>, Vec<Right>) = found.into_iter().partition(|right| right.is_default);
    own.into_iter().chain(by_default).collect()
}

fn is_default(binding: &Value) -> bool {
    label(binding, "kubernetes.io/bootstrapping").is_some()
}

fn what(rule: Rule<'_>) -> Vec<String> {
    let paths = rule.paths();
    if !paths.is_empty() {
        return paths.into_iter().map(str::to_owned).collect();
    }
    let groups = rule.groups();
    let each = rule.resources().into_iter().flat_map(|resource| {
        groups.iter().map(move |group| match *group {
            "*" => tr!("{0} of every API group", resource),
            group => status::qualified(resource, group),
        })
    });
    each.collect()
}

/// An action as a learner words it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// `get`.
    pub verb: String,
    /// `pods`, `pods/log`, `deployments.apps`, `deployments`, or a path: `/healthz`.
    pub resource: String,
    /// The object's name; empty is none in particular.
    pub name: String,
    /// The namespace; empty is all of them.
    pub namespace: String,
}

impl Action {
    /// The question that it asks of `user`.
    pub fn attributes(&self, user: UserInfo) -> Attributes {
        let verb = self.verb.trim().to_owned();
        let wanted = self.resource.trim();
        if wanted.starts_with('/') {
            return Attributes { user, verb, path: wanted.to_owned(), ..Attributes::default() };
        }
        let (resource, subresource) = wanted.split_once('/').unwrap_or((wanted, ""));
        let kind = kinds::by_resource(resource).or_else(|| {
            kinds::all()
                .iter()
                .find(|kind| kind.plural == resource || kind.short_names.iter().any(|name| name == resource))
        });
        let (resource, group, namespaced) = match kind {
            Some(kind) => (kind.plural.clone(), kind.group.clone(), kind.namespaced),
            None => match resource.split_once('.') {
                Some((resource, group)) => (resource.to_owned(), group.to_owned(), true),
                None => (resource.to_owned(), String::new(), true),
            },
        };
        Attributes {
            user,
            verb,
            group,
            resource,
            subresource: subresource.to_owned(),
            namespace: if namespaced { self.namespace.trim().to_owned() } else { String::new() },
            name: self.name.trim().to_owned(),
            path: String::new(),
        }
    }
}

/// Somebody who may do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// `ServiceAccount data-sa in default`, `Group system:masters`.
    pub who: String,
    /// Whom that means: `every ServiceAccount`, `nobody: there is no such account`; may be empty.
    pub meaning: String,
    /// Through what, the rule included; several if there are.
    pub via: Vec<String>,
    /// Whether it is a part of the control plane.
    pub is_system: bool,
}

/// The rank of what belongs to the control plane: told last.
const SYSTEM: u8 = 3;

/// Everybody who may do it: ServiceAccounts, then users and groups, last the parts of the control plane.
pub fn who_can(action: &Action, reader: &dyn Reader) -> Vec<Holder> {
    let asked = action.attributes(UserInfo::default());
    let mut holders: Vec<(u8, Holder)> = Vec::new();
    let mut add = |rank: u8, who: String, meaning: String, via: String| match holders
        .iter_mut()
        .find(|(_, holder)| holder.who == who)
    {
        Some((_, holder)) => holder.via.push(via),
        None => {
            let is_system = rank == SYSTEM;
            holders.push((rank, Holder { who, meaning, via: vec![via], is_system }));
        }
    };
    for (resource, home) in [
        ("clusterrolebindings.rbac.authorization.k8s.io", ""),
        ("rolebindings.rbac.authorization.k8s.io", asked.namespace.as_str()),
    ] {
        if resource.starts_with("rolebindings") && (home.is_empty() || asked.resource.is_empty()) {
            continue;
        }
        for binding in reader.list(resource, home) {
            let home = object::namespace(&binding);
            let Ok(role) = rbac::role_of(&binding, home, reader) else { continue };
            let Some(rule) = list(&role, &["rules"]).iter().map(Rule).find(|rule| rule.allows(&asked)) else {
                continue;
            };
            for subject in list(&binding, &["subjects"]) {
                let grant = Grant { binding: &binding, subject, role: Ok(role.clone()) };
                let via = format!("{}: {}", grant.description(), told(&rule.sentence()));
                let (rank, who, meaning) = subject_words(subject, home, reader);
                add(rank, who, meaning, via);
            }
        }
    }
    let node = UserInfo {
        username: format!("system:node:{NODE_NAME}"),
        groups: vec!["system:nodes".to_owned(), SYSTEM_AUTHENTICATED.to_owned()],
        ..UserInfo::default()
    };
    let verdict = authz::authorize(&Attributes { user: node.clone(), ..asked.clone() }, reader);
    if verdict.allowed && verdict.reason.is_empty() {
        let why = verdict.checks.last().map(|check| check.finding.clone()).unwrap_or_default();
        add(
            SYSTEM,
            format!("User {}", node.username),
            tr("the kubelet").to_owned(),
            tr!("Node authorizer: {0}", told(&why)),
        );
    }
    let masters = format!("Group {SYSTEM_MASTERS}");
    holders.retain(|(_, holder)| holder.who != masters);
    let via = vec![tr("no rule is looked at: it may do everything").to_owned()];
    let meaning = tr("the administrator of this cluster").to_owned();
    holders.push((2, Holder { who: masters, meaning, via, is_system: false }));
    crate::api::sorted::sort_by_key(&mut holders, |(rank, holder)| (*rank, holder.who.clone()));
    holders.into_iter().map(|(_, holder)| holder).collect()
}

fn subject_words(subject: &Value, home: &str, reader: &dyn Reader) -> (u8, String, String) {
    let name = text(subject, &["name"]);
    match text(subject, &["kind"]) {
        "ServiceAccount" => {
            let own = text(subject, &["namespace"]);
            let namespace = if own.is_empty() { home } else { own };
            let meaning = match reader.get("serviceaccounts", namespace, name) {
                Some(_) => String::new(),
                None => tr("there is no such account now").to_owned(),
            };
            (
                if namespace == "kube-system" { SYSTEM } else { 0 },
                tr!("ServiceAccount {0} in {1}", name, namespace),
                meaning,
            )
        }
        kind => {
            let rank = if kind == "User" && name.starts_with("system:kube-") { SYSTEM } else { 1 };
            (rank, format!("{kind} {name}"), group_words(kind, name))
        }
    }
}

fn group_words(kind: &str, name: &str) -> String {
    match (kind, name) {
        ("Group", "system:serviceaccounts") => tr("every ServiceAccount").to_owned(),
        ("Group", SYSTEM_AUTHENTICATED) => tr("everybody whom the API server knows").to_owned(),
        ("Group", SYSTEM_UNAUTHENTICATED) => tr("everybody whom it does not know").to_owned(),
        ("Group", _) => match name.strip_prefix("system:serviceaccounts:") {
            Some(namespace) => tr!("every ServiceAccount of {0}", namespace),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// Whether one of the holders is this account, by itself or through a group of every account.
pub fn includes(holders: &[Holder], namespace: &str, name: &str) -> bool {
    let user = UserInfo::service_account(namespace, name, "");
    holders.iter().any(|holder| {
        holder.who == tr!("ServiceAccount {0} in {1}", name, namespace)
            || holder.who == format!("User {}", service_account_username(namespace, name))
            || holder
                .who
                .strip_prefix("Group ")
                .is_some_and(|group| group == SYSTEM_AUTHENTICATED || user.in_group(group))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::lab::{Lab, Settings};

    fn lab() -> Lab {
        let mut lab = Lab::new(Settings::default());
        for command in [
            "kubectl create sa reader",
            "kubectl create role pod-reader --verb=get,list --resource=pods --resource=pods/log",
            "kubectl create rolebinding reads --role=pod-reader --serviceaccount=default:reader",
            "kubectl create clusterrolebinding sees --clusterrole=view --serviceaccount=default:reader",
            "kubectl create rolebinding gone --role=nothing --serviceaccount=default:reader",
            "kubectl create rolebinding everybody --clusterrole=view --group=system:serviceaccounts",
            "kubectl create role one --verb=get --resource=secrets --resource-name=mine",
            "kubectl create rolebinding one --role=one --serviceaccount=other:ghost",
        ] {
            let record = lab.run(command);
            assert_eq!(record.exit, 0, "{command}: {}", record.stderr());
        }
        lab
    }

    fn action(verb: &str, resource: &str, name: &str, namespace: &str) -> Action {
        Action { verb: verb.into(), resource: resource.into(), name: name.into(), namespace: namespace.into() }
    }

    #[test]
    fn every_right_names_its_binding() {
        let lab = lab();
        let rights = rights(&user("default", "reader", lab.cluster().reader()), lab.cluster().reader());
        let pods = rights.iter().find(|right| right.via.contains("pod-reader")).unwrap();
        assert_eq!((pods.verbs.as_str(), pods.namespace.as_str()), ("get, list", "default"));
        assert_eq!(pods.what, ["pods", "pods/log"]);
        assert!(pods.via.starts_with("RoleBinding \"reads/default\" of Role \"pod-reader\""), "{}", pods.via);
        assert!(rights.iter().any(|right| right.namespace.is_empty() && right.via.contains("\"sees\"")));
        assert!(rights.iter().any(|right| right.what[0].contains("\"nothing\" not found")));
        assert!(!rights[0].is_default && rights.last().unwrap().is_default, "one's own come first");
    }

    #[test]
    fn who_can_agrees_with_the_authorizer_about_every_account() {
        let lab = lab();
        let reader = lab.cluster().reader();
        let questions = [
            action("list", "pods", "", "default"),
            action("list", "pods", "", "kube-system"),
            action("list", "pods", "", ""),
            action("get", "pods/log", "x", "default"),
            action("create", "serviceaccounts/token", "x", "kube-system"),
            action("get", "secrets", "mine", "default"),
            action("get", "secrets", "other", "default"),
            action("update", "deployments", "", "default"),
            action("delete", "nodes", "node01", "default"),
            action("get", "/healthz", "", ""),
            action("get", "/metrics", "", ""),
            action("frobnicate", "widgets.example.org", "", "default"),
        ];
        let mut yes = 0;
        for question in questions {
            let holders = who_can(&question, reader);
            for account in reader.list("serviceaccounts", "") {
                let (namespace, name) = (object::namespace(&account), object::name(&account));
                let allowed = authz::authorize(&question.attributes(user(namespace, name, reader)), reader).allowed;
                assert_eq!(
                    includes(&holders, namespace, name),
                    allowed,
                    "{namespace}/{name} {question:?} {holders:#?}"
                );
                yes += usize::from(allowed);
            }
        }
        assert!(yes > 50, "{yes}");
    }

    #[test]
    fn names_groups_ghosts_and_the_kubelet() {
        let lab = lab();
        let reader = lab.cluster().reader();
        let pods = who_can(&action("list", "pods", "", "default"), reader);
        assert_eq!(pods[0].who, "ServiceAccount reader in default");
        assert_eq!(pods[0].via.len(), 2);
        assert!(pods.iter().any(|holder| holder.meaning == "every ServiceAccount"));
        assert!(pods.iter().rfind(|holder| !holder.is_system).unwrap().who == "Group system:masters");
        assert!(
            pods.iter()
                .any(|holder| holder.is_system && holder.who == "ServiceAccount deployment-controller in kube-system")
        );
        let secret = who_can(&action("get", "secrets", "mine", "default"), reader);
        assert!(
            secret
                .iter()
                .any(|holder| holder.who == "ServiceAccount ghost in other"
                    && holder.meaning.contains("no such account"))
        );
        let node = who_can(&action("get", "nodes", "node01", ""), reader);
        assert!(node.iter().any(|holder| holder.who == "User system:node:node01"), "{node:#?}");
        let short = action("get", "deploy", "", "default").attributes(UserInfo::default());
        assert_eq!((short.resource.as_str(), short.group.as_str()), ("deployments", "apps"));
    }
}
