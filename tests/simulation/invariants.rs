//! What must be true after every move, whatever it was.

use crate::naive::{self, Question};
use serde_json::{Value, json};
use serviceaccount_lab::api::Timestamp;
use serviceaccount_lab::api::client::Client;
use serviceaccount_lab::api::files::{Content, Entry};
use serviceaccount_lab::api::request::{Credential, Method, Request, Watch};
use serviceaccount_lab::api::token::Token;
use serviceaccount_lab::cluster::Cluster;
use serviceaccount_lab::cluster::keys::ADMIN;
use serviceaccount_lab::cluster::random::Random;
use serviceaccount_lab::cluster::trace::Event;
use serviceaccount_lab::cluster::views::{Home, TokenLife};
use serviceaccount_lab::lab::Lab;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// How late a clock may be: go-jose's leeway, and the ten seconds for which a good token is remembered.
const LEEWAY: Duration = Duration::from_secs(60);
const REMEMBERED: Duration = Duration::from_secs(10);
/// A pod is looked at every 60 to 90 seconds, and an attempt that fails is repeated after up to a minute or so.
const REFRESH_SLACK: Duration = Duration::from_secs(180);
/// How many tokens are tried after a move.
const TRIED_MAX: usize = 8;
/// What a jump passes before it may stop because there was too much to do.
const PASSES_AT_LEAST: Duration = Duration::from_secs(90 * 86_400);
const WATCHED: [&str; 3] = ["pods", "secrets", "serviceaccounts"];

type ByName = BTreeMap<(String, String), String>;
type Key = (String, String, String);

/// How often each thing was really looked at: what is never met proves nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub tokens_good: usize,
    pub tokens_bad: usize,
    pub tokens_open: usize,
    pub allowed: usize,
    pub denied: usize,
    pub mounted: usize,
    pub replayed: usize,
    pub expired_watches: usize,
}

impl Counts {
    /// Adds another session's.
    pub fn add(&mut self, other: Counts) {
        self.tokens_good += other.tokens_good;
        self.tokens_bad += other.tokens_bad;
        self.tokens_open += other.tokens_open;
        self.allowed += other.allowed;
        self.denied += other.denied;
        self.mounted += other.mounted;
        self.replayed += other.replayed;
        self.expired_watches += other.expired_watches;
    }
}

/// What is remembered from move to move.
pub struct Watcher {
    /// What was met.
    pub counts: Counts,
    random: Random,
    last_sequence: u64,
    last_look: Timestamp,
    known: BTreeMap<Key, Rc<Value>>,
    revision: u64,
    lists: Vec<(u64, [ByName; 3])>,
    /// What was not there at an earlier look, and when that was: by UID.
    missing: BTreeMap<String, Timestamp>,
}

impl Watcher {
    /// Begins to watch a session.
    pub fn new(lab: &Lab, seed: u64) -> Self {
        let mut watcher = Watcher {
            counts: Counts::default(),
            random: Random::stream(seed, "invariants"),
            last_sequence: 0,
            last_look: lab.now(),
            known: BTreeMap::new(),
            revision: 0,
            lists: Vec::new(),
            missing: BTreeMap::new(),
        };
        watcher.begin_again(lab);
        watcher
    }

    /// The session has gone back: what comes next follows from what is there now.
    pub fn begin_again(&mut self, lab: &Lab) {
        self.last_sequence = lab.cluster().trace().last_sequence();
        self.last_look = lab.now();
        self.known = everything(lab.cluster());
        self.revision = 0;
        self.lists.clear();
        self.missing.clear();
    }

    /// Looks at a session after a move.
    ///
    /// # Errors
    /// Which invariant does not hold, and a sentence of why.
    pub fn look(&mut self, lab: &Lab) -> Result<(), (&'static str, String)> {
        self.steps_are_bounded(lab).map_err(|why| ("budget", why))?;
        self.trace_chains_up(lab).map_err(|why| ("trace", why))?;
        self.watches_give_the_list(lab).map_err(|why| ("watch", why))?;
        self.tokens_are_judged_rightly(lab).map_err(|why| ("token", why))?;
        self.counts.mounted += running_pods_have_credentials(lab).map_err(|why| ("credentials", why))?;
        self.rights_are_as_naive(lab).map_err(|why| ("rights", why))
    }

    /// A controller that cannot do what it should tries again every 1000 s for ever, which is some 30,000 pieces of work a
    /// year for each object: a jump may stop in the middle then, but not soon.
    fn steps_are_bounded(&mut self, lab: &Lab) -> Result<(), String> {
        let since = lab.cluster().trace().since(self.last_sequence);
        let stopped = since
            .iter()
            .find(|entry| matches!(&entry.event, Event::Acted { what, .. } if what.starts_with("stopped after")));
        let passed = lab.now().since(std::mem::replace(&mut self.last_look, lab.now()));
        match stopped.filter(|_| passed < PASSES_AT_LEAST) {
            Some(entry) => Err(format!("{:?} after {} s", entry.event, passed.as_secs())),
            None => Ok(()),
        }
    }

    /// Each change in the trace begins where the one before it ended, and the last ones are what is stored.
    fn trace_chains_up(&mut self, lab: &Lab) -> Result<(), String> {
        let trace = lab.cluster().trace();
        let entries = trace.since(self.last_sequence);
        let whole = entries.first().is_none_or(|entry| entry.sequence == self.last_sequence + 1);
        self.last_sequence = trace.last_sequence();
        if !whole {
            self.known = everything(lab.cluster());
            return Ok(());
        }
        for entry in entries.iter() {
            let (Event::Stored { before, after, .. }, Some(object)) = (&entry.event, &entry.object) else { continue };
            if object.resource == "events" {
                continue;
            }
            let key = (object.resource.clone(), object.namespace.clone(), object.name.clone());
            let before = before.as_ref().map(|kept| kept.open());
            if self.known.get(&key) != before.as_ref() {
                return Err(format!(
                    "entry {}: {key:?} was {:?} before, not {before:?}",
                    entry.sequence,
                    self.known.get(&key)
                ));
            }
            match after {
                Some(after) => self.known.insert(key, after.open()),
                None => self.known.remove(&key),
            };
        }
        let stored = everything(lab.cluster());
        if stored == self.known {
            return Ok(());
        }
        let differs = stored.iter().find(|(key, object)| self.known.get(key) != Some(object)).map(|(key, _)| key);
        Err(format!(
            "what is stored is not what the trace says, from {:?} on",
            differs.or_else(|| self.known.keys().find(|key| !stored.contains_key(key)))
        ))
    }

    /// Versions only grow, and a watch from any of them gives the list.
    fn watches_give_the_list(&mut self, lab: &Lab) -> Result<(), String> {
        let mut cluster = lab.cluster().clone();
        let response = cluster.answer(&admin(Request::get("/api/v1/namespaces/default/configmaps")));
        let revision: u64 =
            response.object()["metadata"]["resourceVersion"].as_str().unwrap_or_default().parse().unwrap_or(0);
        if revision < self.revision {
            return Err(format!("the version was {} and is {revision}", self.revision));
        }
        self.revision = revision;
        let now = WATCHED.map(|resource| by_name(&cluster, resource));
        let index = usize::try_from(self.random.below(self.lists.len().max(1) as u64)).unwrap_or(0);
        if let Some((from, lists)) = self.lists.get(index) {
            for ((resource, list), wanted) in WATCHED.iter().zip(lists).zip(&now) {
                let mut watch = Watch { resource: (*resource).to_owned(), resource_version: *from, ..Watch::default() };
                let mut found = list.clone();
                for event in cluster.poll(&mut watch) {
                    self.counts.replayed += 1;
                    if event.kind == "ERROR" && event.object["code"] == 410 {
                        self.counts.expired_watches += 1;
                        found.clone_from(wanted);
                        break;
                    }
                    let text = |field: &str| event.object["metadata"][field].as_str().unwrap_or_default().to_owned();
                    let name = (text("namespace"), text("name"));
                    match event.kind {
                        "DELETED" => found.remove(&name).map(drop),
                        _ => found.insert(name, text("resourceVersion")).map(drop),
                    }
                    .unwrap_or_default();
                }
                if found != *wanted {
                    return Err(format!("a watch of {resource} from {from} gives {found:?}, the list is {wanted:?}"));
                }
            }
        }
        self.lists.push((revision, now));
        Ok(())
    }

    /// No token authenticates longer than it may, and none is refused that is good.
    fn tokens_are_judged_rightly(&mut self, lab: &Lab) -> Result<(), String> {
        let now = lab.now();
        let lives = lab.cluster().tokens();
        let mut cluster = lab.cluster().clone();
        let mut tried = 0;
        // The newest are the most interesting, a few old ones come by chance.
        for (index, life) in lives.iter().enumerate().rev() {
            let Some(token) = &life.token else { continue };
            let wanted = self.wanted(life, lab, now);
            let by_chance = index + TRIED_MAX < lives.len() && self.random.below(8) != 0;
            if tried >= TRIED_MAX || by_chance {
                continue;
            }
            tried += 1;
            let found = authenticates(&mut cluster, token);
            match wanted {
                Some(true) => self.counts.tokens_good += 1,
                Some(false) => self.counts.tokens_bad += 1,
                None => self.counts.tokens_open += 1,
            }
            if wanted.is_some_and(|wanted| wanted != found) {
                let (now, claims) = (now.rfc3339(), &life.claims);
                return Err(format!("at {now} {:?}: authenticates is {found}, and should not be; {claims}", life.home));
            }
        }
        Ok(())
    }

    /// Whether a token must (`Some(true)`) or must not authenticate; `None` while caches and leeways leave it open.
    fn wanted(&mut self, life: &TokenLife, lab: &Lab, now: Timestamp) -> Option<bool> {
        let reader = lab.cluster().reader();
        let claims = &life.claims;
        let legacy = claims["kubernetes.io/serviceaccount/service-account.name"].is_string();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let private = |name: &str| text(&claims[format!("kubernetes.io/serviceaccount/{name}").as_str()]);
        let own = &claims["kubernetes.io"];
        let (namespace, account, account_uid) = if legacy {
            (private("namespace"), private("service-account.name"), private("service-account.uid"))
        } else {
            (text(&own["namespace"]), text(&own["serviceaccount"]["name"]), text(&own["serviceaccount"]["uid"]))
        };
        let stored = reader
            .get("serviceaccounts", &namespace, &account)
            .filter(|found| found["metadata"]["uid"] == account_uid.as_str());
        let mut gone = vec![(account_uid, stored)];
        if legacy {
            let secret = private("secret.name");
            let found = reader.get("secrets", &namespace, &secret).filter(|found| {
                let value = token_of_secret(found);
                life.token.as_ref().is_some_and(|token| value == token.text())
            });
            gone.push((format!("{namespace}/{secret}/{}", life.issued.rfc3339()), found));
        }
        for kind in ["pod", "secret"] {
            if let Some(uid) = own[kind]["uid"].as_str() {
                let found = reader.get(&format!("{kind}s"), &namespace, own[kind]["name"].as_str().unwrap_or_default());
                gone.push((uid.to_owned(), found.filter(|found| found["metadata"]["uid"] == uid)));
            }
        }
        let (mut must, mut must_not) = (true, false);
        if let Some(expires) = life.expires {
            must &= expires > now;
            must_not |= now > expires.after(LEEWAY + REMEMBERED);
        }
        let audience = claims["aud"]
            .as_array()
            .is_none_or(|list| list.iter().any(|one| one == "https://kubernetes.default.svc.cluster.local"));
        must_not |= !audience;
        for (uid, found) in gone {
            let Some(found) = found else {
                must = false;
                let since = *self.missing.entry(uid).or_insert(now);
                must_not |= now > since.after(REMEMBERED);
                continue;
            };
            if let Some(deleted) = found["metadata"]["deletionTimestamp"].as_str().and_then(Timestamp::parse_rfc3339) {
                must = false;
                must_not |= now > deleted.after(LEEWAY + REMEMBERED + Duration::from_secs(1));
            }
            must &= found["metadata"]["labels"]["kubernetes.io/legacy-token-invalid-since"].is_null();
        }
        if must_not { Some(false) } else { must.then_some(true) }
    }

    /// RBAC lets in exactly whom the plain reading of the rules lets in.
    fn rights_are_as_naive(&mut self, lab: &Lab) -> Result<(), String> {
        let mut cluster = lab.cluster().clone();
        for _ in 0..3 {
            let question = self.question();
            let spec = json!({"user": question.user, "groups": question.groups, "resourceAttributes": {
                "verb": question.verb, "group": question.group, "namespace": question.namespace, "name": question.name,
                "resource": question.resource.split('/').next(), "subresource": question.resource.split('/').nth(1).unwrap_or_default(),
            }});
            let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec});
            let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
            let response = cluster.answer(&admin(Request::new(Method::Post, path).json(review))).object();
            let Some(found) = response["status"]["allowed"].as_bool() else {
                return Err(format!("no answer: {response}"));
            };
            *(if found { &mut self.counts.allowed } else { &mut self.counts.denied }) += 1;
            if found != naive::may(&question, lab.cluster().reader()) {
                return Err(format!("{question:?}: RBAC says {found}"));
            }
        }
        Ok(())
    }

    fn question(&mut self) -> Question {
        let mut pick = |from: &[&'static str]| -> &'static str {
            from.get(usize::try_from(self.random.below(from.len() as u64)).unwrap_or(0)).copied().unwrap_or_default()
        };
        let (home, account) = (pick(&["default", "team-a"]), pick(&["default", "reader", "builder"]));
        let (user, mut groups) = match pick(&["account", "account", "jane"]) {
            "jane" => ("jane".to_owned(), Vec::new()),
            _ => (
                format!("system:serviceaccount:{home}:{account}"),
                vec!["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{home}")],
            ),
        };
        groups.push("system:authenticated".to_owned());
        let (group, resource) =
            match pick(&["pods", "secrets", "pods/log", "deployments", "serviceaccounts/token", "nodes"]) {
                "deployments" => ("apps", "deployments"),
                other => ("", other),
            };
        Question {
            user,
            groups,
            verb: pick(&["get", "list", "watch", "create", "delete", "escalate"]),
            group,
            resource,
            namespace: if resource == "nodes" { "" } else { pick(&["default", "team-a"]) },
            name: pick(&["", "box", "web"]),
        }
    }
}

fn admin(request: Request) -> Request {
    Request { credential: Some(Credential::Certificate(Rc::from(ADMIN.pem))), ..request }
}

fn by_name(cluster: &Cluster, resource: &str) -> ByName {
    let text = |object: &Value, field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
    let named =
        |object: Rc<Value>| ((text(&object, "namespace"), text(&object, "name")), text(&object, "resourceVersion"));
    cluster.reader().list(resource, "").into_iter().map(named).collect()
}

fn everything(cluster: &Cluster) -> BTreeMap<Key, Rc<Value>> {
    let kinds = serviceaccount_lab::api::kinds::all().iter().filter(|kind| kind.resource() != "events");
    let text = |object: &Value, field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
    kinds
        .flat_map(|kind| {
            let key =
                move |object: Rc<Value>| ((kind.resource(), text(&object, "namespace"), text(&object, "name")), object);
            cluster.reader().list(&kind.resource(), "").into_iter().map(key)
        })
        .collect()
}

fn token_of_secret(secret: &Value) -> String {
    use base64::Engine;
    let encoded = secret["data"]["token"].as_str().unwrap_or_default();
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn authenticates(cluster: &mut Cluster, token: &Token) -> bool {
    let review =
        json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token.text()}});
    let path = "/apis/authentication.k8s.io/v1/tokenreviews";
    let response = cluster.answer(&admin(Request::new(Method::Post, path).json(review))).object();
    response["status"]["authenticated"] == true
}

/// Every running pod that should have credentials has them, fresh enough, with the right modes.
fn running_pods_have_credentials(lab: &Lab) -> Result<usize, String> {
    let mut seen = 0;
    let (cluster, now) = (lab.cluster(), lab.now());
    for pod in cluster.reader().list("pods", "") {
        let text = |path: &str| pod.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        if text("/status/phase") != "Running" || !pod["metadata"]["deletionTimestamp"].is_null() {
            continue;
        }
        let (namespace, name, uid) = (text("/metadata/namespace"), text("/metadata/name"), text("/metadata/uid"));
        let files = cluster
            .pod_files(&uid)
            .ok_or_else(|| format!("pod {namespace}/{name} runs and the node does not know it"))?;
        let account = cluster.reader().get("serviceaccounts", &namespace, &text("/spec/serviceAccountName"));
        for volume in pod["spec"]["volumes"].as_array().into_iter().flatten() {
            for source in volume["projected"]["sources"].as_array().into_iter().flatten() {
                let Some(path) = source["serviceAccountToken"]["path"].as_str() else { continue };
                let what = format!("pod {namespace}/{name}, {path} in {}", volume["name"]);
                let found = files.volumes.iter().find(|found| volume["name"] == found.name.as_str());
                let entry = found
                    .ok_or_else(|| format!("{what}: no volume"))?
                    .tree
                    .follow(path)
                    .map_err(|error| format!("{what}: {error:?}"))?;
                let Entry::File(attributes, Content::Token(token)) = entry else {
                    return Err(format!("{what}: {entry:?}"));
                };
                if attributes.mode & 0o7777 != 0o644 {
                    return Err(format!("{what}: mode {:o}", attributes.mode));
                }
                seen += 1;
                let claims = token.claims();
                let same = account.as_ref().is_some_and(|account| {
                    account["metadata"]["uid"] == claims["kubernetes.io"]["serviceaccount"]["uid"]
                });
                if same {
                    is_fresh(&claims, now).map_err(|why| format!("{what}: {why}"))?;
                }
                if claims["kubernetes.io"]["pod"]["uid"] != uid.as_str() {
                    return Err(format!("{what}: bound to {}", claims["kubernetes.io"]["pod"]));
                }
            }
        }
    }
    let in_volume = |life: &TokenLife| matches!(life.home, Home::Volume { .. }) && life.ended.is_none();
    match cluster.tokens().iter().filter(|life| in_volume(life)).find(|life| life.expires.is_none()) {
        Some(life) => Err(format!("a mounted token without an end: {:?}", life.home)),
        None => Ok(seen),
    }
}

/// Renewed when 80 % of its life, or a day, is over; of a token that is extended, of the life it was asked for.
pub fn is_fresh(claims: &Value, now: Timestamp) -> Result<(), String> {
    let time = |value: &Value| value.as_i64().map(Timestamp::from_unix_seconds);
    let (Some(issued), Some(expires)) = (time(&claims["iat"]), time(&claims["exp"])) else {
        return Err("no times".to_owned());
    };
    let asked = time(&claims["kubernetes.io"]["warnafter"]).unwrap_or(expires).since(issued);
    let due = issued.after((asked * 4 / 5).min(Duration::from_secs(86_400)));
    if now > due.after(REFRESH_SLACK) {
        return Err(format!(
            "at {} it is from {}, to be renewed at {}",
            now.rfc3339(),
            issued.rfc3339(),
            due.rfc3339()
        ));
    }
    Ok(())
}
