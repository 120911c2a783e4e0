//! How accounts, pods, Secrets, tokens, bindings and roles of a namespace hang together.

use crate::api::object::{self, Object, Pod, label, list, text};
use crate::api::sorted;
use crate::api::user::split_service_account_username;
use crate::cluster::authz::rbac;
use crate::cluster::views::Home;
use crate::lab::Lab;
use crate::words::mark;

/// How many tokens are shown: the newest.
const TOKENS_MAX: usize = 40;

/// What a thing is, in the order in which they are drawn from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Kind {
    Token,
    Pod,
    Secret,
    Account,
    Group,
    Binding,
    Role,
}

impl Kind {
    /// The row of the picture.
    pub fn row(self) -> usize {
        match self {
            Kind::Token => 0,
            Kind::Pod | Kind::Secret => 1,
            Kind::Account | Kind::Group => 2,
            Kind::Binding => 3,
            Kind::Role => 4,
        }
    }

    /// How many rows there are.
    pub const ROWS: usize = 5;
}

/// One thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// Its kind in Kubernetes' words: `Pod`, `ClusterRole`.
    pub word: &'static str,
    /// Its name.
    pub name: String,
    /// Its namespace; empty if it has none.
    pub namespace: String,
    /// Something names it, and it is not there.
    pub missing: bool,
}

/// Two things that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Index of the first.
    pub from: usize,
    /// Between the two names, this makes a sentence.
    pub words: &'static str,
    /// Index of the second.
    pub to: usize,
}

/// Everything together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relations {
    /// The things, those of one row in the order in which they are drawn.
    pub things: Vec<Thing>,
    /// What links them.
    pub links: Vec<Link>,
}

impl Relations {
    fn put(&mut self, thing: Thing) -> usize {
        let same =
            |other: &Thing| (other.word, &other.name, &other.namespace) == (thing.word, &thing.name, &thing.namespace);
        self.things.iter().position(same).unwrap_or_else(|| {
            self.things.push(thing);
            self.things.len() - 1
        })
    }

    fn link(&mut self, from: usize, words: &'static str, to: usize) {
        let link = Link { from, words, to };
        if !self.links.contains(&link) {
            self.links.push(link);
        }
    }

    /// Only what hangs together with one account.
    fn around(self, account: usize) -> Self {
        let mut keep = vec![false; self.things.len()];
        let mark = |index: usize, keep: &mut Vec<bool>| {
            if let Some(slot) = keep.get_mut(index) {
                *slot = true;
            }
        };
        mark(account, &mut keep);
        for link in self.links.iter().filter(|link| link.to == account || link.from == account) {
            mark(link.from, &mut keep);
            mark(link.to, &mut keep);
        }
        let near = keep.clone();
        let is_near = |index: usize| near.get(index).copied().unwrap_or(false);
        let kind = |index: usize| self.things.get(index).map(|thing| thing.kind);
        for link in &self.links {
            if is_near(link.from) && !matches!(kind(link.to), Some(Kind::Account | Kind::Group)) {
                mark(link.to, &mut keep);
            }
        }
        self.only(&keep)
    }

    fn only(self, keep: &[bool]) -> Self {
        let mut number = vec![None; self.things.len()];
        let mut things = Vec::new();
        for (index, thing) in self.things.into_iter().enumerate() {
            if keep.get(index) == Some(&true)
                && let Some(slot) = number.get_mut(index)
            {
                *slot = Some(things.len());
                things.push(thing);
            }
        }
        let at = |index: usize| number.get(index).copied().flatten();
        let links = self
            .links
            .iter()
            .filter_map(|link| Some(Link { from: at(link.from)?, to: at(link.to)?, words: link.words }));
        Relations { links: links.collect(), things }
    }

    /// Puts things of one row near those that they are linked to.
    fn in_order(self) -> Self {
        let accounts: Vec<usize> = (0..self.things.len())
            .filter(|index| self.things.get(*index).is_some_and(|thing| thing.kind.row() == 2))
            .collect();
        let nearest = |index: usize, row: usize| {
            self.links
                .iter()
                .filter_map(|link| match (link.from == index, link.to == index) {
                    (true, _) => Some(link.to),
                    (_, true) => Some(link.from),
                    _ => None,
                })
                .filter(|other| self.things.get(*other).is_some_and(|thing| thing.kind.row() == row))
                .min()
        };
        let place = |index: usize| -> usize {
            let through =
                |index: usize| nearest(index, 2).and_then(|account| accounts.iter().position(|one| *one == account));
            match self.things.get(index).map(|thing| thing.kind.row()) {
                Some(4) => nearest(index, 3).and_then(through),
                Some(2) => accounts.iter().position(|one| *one == index),
                _ => through(index),
            }
            .unwrap_or(usize::MAX)
        };
        let key = |index: usize| (self.things.get(index).map(|thing| thing.kind.row()), place(index), index);
        let mut order: Vec<(_, usize)> = (0..self.things.len()).map(|index| (key(index), index)).collect();
        sorted::sort(&mut order);
        let things = order.iter().filter_map(|(_, index)| self.things.get(*index).cloned()).collect();
        let at = |index: usize| order.iter().position(|(_, old)| *old == index).unwrap_or(0);
        let links =
            self.links.iter().map(|link| Link { from: at(link.from), words: link.words, to: at(link.to) }).collect();
        Relations { things, links }
    }
}

/// What there is in a namespace, or only what hangs together with one of its accounts. The bindings that every cluster
/// has are left out.
pub fn relations(lab: &Lab, namespace: &str, account: Option<&str>) -> Relations {
    let reader = lab.cluster().reader();
    let mut found = Relations::default();
    for item in reader.list("serviceaccounts", namespace) {
        let index = found.put(thing(Kind::Account, "ServiceAccount", object::name(&item), namespace));
        for (field, words) in
            [("imagePullSecrets", mark("gives its pods the pull secret")), ("secrets", mark("lists the secret"))]
        {
            for secret in list(&item, &[field]) {
                let secret = secret_thing(lab, &mut found, namespace, text(secret, &["name"]));
                found.link(index, words, secret);
            }
        }
    }
    for secret in reader.list("secrets", namespace) {
        let index = found.put(thing(Kind::Secret, "Secret", object::name(&secret), namespace));
        if text(&secret, &["type"]) == "kubernetes.io/service-account-token" {
            let owner = object::annotation(&secret, "kubernetes.io/service-account.name").unwrap_or_default();
            let owner = account_thing(lab, &mut found, namespace, owner);
            found.link(index, mark("holds a token of"), owner);
        }
    }
    for pod in reader.list("pods", namespace) {
        add_pod(lab, &mut found, &pod);
    }
    add_tokens(lab, &mut found, namespace);
    for (resource, home) in
        [("rolebindings.rbac.authorization.k8s.io", ""), ("clusterrolebindings.rbac.authorization.k8s.io", "")]
    {
        for binding in reader.list(resource, home) {
            add_binding(lab, &mut found, &binding, namespace);
        }
    }
    let wanted = account.and_then(|name| {
        found
            .things
            .iter()
            .position(|thing| thing.kind == Kind::Account && thing.name == name && thing.namespace == namespace)
    });
    match wanted {
        Some(index) => found.around(index),
        None => found,
    }
    .in_order()
}

fn thing(kind: Kind, word: &'static str, name: &str, namespace: &str) -> Thing {
    Thing { kind, word, name: name.to_owned(), namespace: namespace.to_owned(), missing: false }
}

fn secret_thing(lab: &Lab, found: &mut Relations, namespace: &str, name: &str) -> usize {
    let missing = lab.cluster().reader().get("secrets", namespace, name).is_none();
    found.put(Thing { missing, ..thing(Kind::Secret, "Secret", name, namespace) })
}

fn account_thing(lab: &Lab, found: &mut Relations, namespace: &str, name: &str) -> usize {
    let missing = lab.cluster().reader().get("serviceaccounts", namespace, name).is_none();
    found.put(Thing { missing, ..thing(Kind::Account, "ServiceAccount", name, namespace) })
}

fn add_pod(lab: &Lab, found: &mut Relations, pod: &Object) {
    let namespace = object::namespace(pod);
    let index = found.put(thing(Kind::Pod, "Pod", object::name(pod), namespace));
    let account = account_thing(lab, found, namespace, Pod(pod).service_account_name());
    found.link(index, mark("runs as"), account);
    for name in crate::cluster::pod_references::secrets(pod) {
        let secret = secret_thing(lab, found, namespace, name);
        found.link(index, mark("uses"), secret);
    }
}

fn add_tokens(lab: &Lab, found: &mut Relations, namespace: &str) {
    let lives = lab.cluster().tokens();
    let alive = lives.iter().rev().filter(|life| life.ended.is_none());
    let ours = alive.filter_map(|life| match split_service_account_username(&life.subject) {
        Some((home, account)) if home == namespace => Some((life, account)),
        _ => None,
    });
    for (life, account) in ours.take(TOKENS_MAX) {
        let name = match &life.home {
            // The Secret stands for it.
            Home::Secret { .. } => continue,
            Home::Volume { pod, path, .. } => tr!("{0} in {1}", path, pod),
            Home::Requested { client } => {
                let id = text(&life.claims, &["jti"]).split('-').next().unwrap_or_default();
                let client = client.split('/').next().unwrap_or_default();
                tr!("{0} for {1}", id, client)
            }
        };
        let index = found.put(thing(Kind::Token, "Token", &name, namespace));
        if let Some((kind, bound, _)) = &life.bound {
            let bound = match kind.as_str() {
                "pod" => found.put(thing(Kind::Pod, "Pod", bound, namespace)),
                "secret" => secret_thing(lab, found, namespace, bound),
                _ => continue,
            };
            found.link(index, mark("is good only as long as"), bound);
        }
        let account = account_thing(lab, found, namespace, account);
        found.link(index, mark("says that one is"), account);
    }
}

/// A binding that is in the namespace, or that names one of its accounts.
fn add_binding(lab: &Lab, found: &mut Relations, binding: &Object, namespace: &str) {
    if label(binding, "kubernetes.io/bootstrapping").is_some() {
        return;
    }
    let home = object::namespace(binding);
    let subjects: Vec<(&str, &str, &str)> = list(binding, &["subjects"])
        .iter()
        .map(|subject| {
            let own = text(subject, &["namespace"]);
            (text(subject, &["kind"]), text(subject, &["name"]), if own.is_empty() { home } else { own })
        })
        .collect();
    let ours = |(kind, name, of): &(&str, &str, &str)| match *kind {
        "ServiceAccount" => *of == namespace,
        _ => *name == "system:serviceaccounts" || name.strip_prefix("system:serviceaccounts:") == Some(namespace),
    };
    if home != namespace && !subjects.iter().any(ours) {
        return;
    }
    let word = if home.is_empty() { "ClusterRoleBinding" } else { "RoleBinding" };
    let index = found.put(thing(Kind::Binding, word, object::name(binding), home));
    for (kind, name, of) in subjects {
        let subject = match kind {
            "ServiceAccount" => account_thing(lab, found, of, name),
            "Group" => found.put(thing(Kind::Group, "Group", name, "")),
            _ => found.put(thing(Kind::Group, "User", name, "")),
        };
        found.link(index, mark("names"), subject);
    }
    let role = text(binding, &["roleRef", "name"]);
    let (word, of) = match text(binding, &["roleRef", "kind"]) {
        "Role" => ("Role", home),
        _ => ("ClusterRole", ""),
    };
    let missing = rbac::role_of(binding, home, lab.cluster().reader()).is_err();
    let role = found.put(Thing { missing, ..thing(Kind::Role, word, role, of) });
    found.link(index, mark("grants what is in"), role);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::lab::Settings;
    use std::time::Duration;

    fn sentences(found: &Relations) -> Vec<String> {
        let name = |index: usize| {
            let thing = &found.things[index];
            format!("{} {}{}", thing.word, thing.name, if thing.missing { " (missing)" } else { "" })
        };
        found.links.iter().map(|link| format!("{} {} {}", name(link.from), link.words, name(link.to))).collect()
    }

    fn lab() -> Lab {
        let mut lab = Lab::new(Settings::default());
        for command in [
            "kubectl create sa data-sa",
            "kubectl create secret generic keys --from-literal=a=b",
            "kubectl run box --image=busybox --overrides='{\"spec\":{\"serviceAccountName\":\"data-sa\"}}' -- sleep infinity",
            "kubectl create token data-sa",
            "kubectl create role pod-reader --verb=get --resource=pods",
            "kubectl create rolebinding reads --role=pod-reader --serviceaccount=default:data-sa",
            "kubectl create rolebinding ghost --role=nothing --serviceaccount=default:nobody",
            "kubectl create clusterrolebinding sees --clusterrole=view --serviceaccount=default:data-sa",
        ] {
            let record = lab.run(command);
            assert_eq!(record.exit, 0, "{command}: {}", record.stderr());
        }
        lab.advance(Duration::from_secs(5));
        lab
    }

    #[test]
    fn everything_in_sentences() {
        let lab = lab();
        let found = relations(&lab, "default", None);
        let told = sentences(&found);
        for wanted in [
            "Pod box runs as ServiceAccount data-sa",
            "Token token in box is good only as long as Pod box",
            "Token token in box says that one is ServiceAccount data-sa",
            "RoleBinding reads names ServiceAccount data-sa",
            "RoleBinding reads grants what is in Role pod-reader",
            "ClusterRoleBinding sees grants what is in ClusterRole view",
            "RoleBinding ghost names ServiceAccount nobody (missing)",
            "RoleBinding ghost grants what is in Role nothing (missing)",
        ] {
            assert!(told.iter().any(|sentence| sentence == wanted), "{wanted} not in {told:#?}");
        }
        assert!(told.iter().any(|sentence| sentence.ends_with("for kubectl says that one is ServiceAccount data-sa")));
        let rows: Vec<usize> = found.things.iter().map(|thing| thing.kind.row()).collect();
        assert!(rows.windows(2).all(|pair| pair[0] <= pair[1]), "row by row: {rows:?}");
    }

    #[test]
    fn around_one_account_only_what_belongs_to_it() {
        let lab = lab();
        let found = relations(&lab, "default", Some("data-sa"));
        let names: Vec<&str> = found.things.iter().map(|thing| thing.name.as_str()).collect();
        assert!(
            ["box", "token in box", "reads", "pod-reader", "view"].iter().all(|name| names.contains(name)),
            "{names:?}"
        );
        assert!(!names.contains(&"nobody") && !names.contains(&"keys") && !names.contains(&"default"), "{names:?}");
        assert!(!relations(&lab, "kube-system", Some("no-such-account")).things.is_empty());
    }
}
