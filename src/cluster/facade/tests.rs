//! The whole cluster, from the outside: requests in, time passing, objects and files out.

use super::*;
use crate::api::Object;
use crate::api::files::Entry;
use crate::api::object::{self, at, list, text};
use crate::api::request::{Credential, Method};
use crate::cluster::views::Home;
use serde_json::{Value, json};

mod repeating;

fn admin(request: Request) -> Request {
    let credential = Some(Credential::Certificate(Rc::from(keys::ADMIN.pem)));
    Request { credential, ..request }.header("User-Agent", "kubectl/v1.36.2")
}

fn cluster() -> Cluster {
    Cluster::new(Settings::default())
}

fn create(cluster: &mut Cluster, path: &str, new: Value) -> Object {
    let response = cluster.send(admin(Request::new(Method::Post, path).json(new)));
    response.result().unwrap_or_else(|status| panic!("{path}: {}", status.message))
}

fn get(cluster: &mut Cluster, path: &str) -> Option<Object> {
    cluster.send(admin(Request::get(path))).result().ok()
}

fn delete(cluster: &mut Cluster, path: &str) {
    let response = cluster.send(admin(Request::new(Method::Delete, path)));
    assert!(response.is_success(), "{}", response.failure().message);
}

fn replace(cluster: &mut Cluster, path: &str, new: Value) -> Object {
    cluster.send(admin(Request::new(Method::Put, path).json(new))).result().unwrap_or_else(|s| panic!("{}", s.message))
}

fn account(name: &str) -> Value {
    json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": name}})
}

fn pod(name: &str, spec: Value) -> Value {
    json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name}, "spec": spec})
}

fn sleeper(name: &str) -> Value {
    pod(name, json!({"containers": [{"name": "c", "image": "busybox", "command": ["sleep", "infinity"]}]}))
}

fn pass(cluster: &mut Cluster, seconds: u64) {
    assert!(cluster.advance(Duration::from_secs(seconds)).complete);
}

const PODS: &str = "/api/v1/namespaces/default/pods";
const ACCOUNTS: &str = "/api/v1/namespaces/default/serviceaccounts";
const SECRETS: &str = "/api/v1/namespaces/default/secrets";
const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

fn container(cluster: &Cluster, pod: &Object) -> Container {
    let reference = ContainerRef {
        namespace: object::namespace(pod).to_owned(),
        pod: object::name(pod).to_owned(),
        pod_uid: object::uid(pod).to_owned(),
        container: text(pod, &["spec", "containers", "0", "name"]).to_owned(),
    };
    cluster.container(&reference).unwrap_or_else(|| panic!("{} does not run: {}", reference.pod, at(pod, &["status"])))
}

#[test]
fn boots_with_what_a_fresh_cluster_has() {
    let mut cluster = cluster();
    assert_eq!(cluster.now(), Settings::default().start);
    let accounts = cluster.reader().list("serviceaccounts", "");
    assert_eq!(accounts.len(), 41, "four default accounts and 37 of controllers");
    assert_eq!(
        cluster.reader().list("configmaps", "").iter().filter(|map| object::name(map) == "kube-root-ca.crt").count(),
        4
    );
    let node = get(&mut cluster, "/api/v1/nodes/node01").unwrap();
    assert_eq!(text(&node, &["status", "nodeInfo", "kubeletVersion"]), "v1.36.2");
}

#[test]
fn no_actor_is_refused_anything_while_a_day_goes_by() {
    let mut cluster = cluster();
    create(&mut cluster, PODS, sleeper("box"));
    let deployment = json!({"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web"}, "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}}});
    create(&mut cluster, "/apis/apps/v1/namespaces/default/deployments", deployment);
    pass(&mut cluster, 60);
    delete(&mut cluster, "/apis/apps/v1/namespaces/default/deployments/web");
    pass(&mut cluster, 24 * 3600);
    for entry in cluster.trace().entries().iter() {
        if let crate::cluster::trace::Event::Authorized { allowed: false, verb, reason, .. } = &entry.event {
            panic!("{verb} {:?} {reason} {:?}", entry.object, entry.actor);
        }
        if let crate::cluster::trace::Event::Refused { status } = &entry.event {
            panic!("{} {:?}", status.message, entry.object);
        }
    }
}

#[test]
fn the_default_account_comes_back_with_a_new_uid() {
    let mut cluster = cluster();
    let before = get(&mut cluster, &format!("{ACCOUNTS}/default")).unwrap();
    delete(&mut cluster, &format!("{ACCOUNTS}/default"));
    pass(&mut cluster, 1);
    let after = get(&mut cluster, &format!("{ACCOUNTS}/default")).unwrap();
    assert_ne!(object::uid(&before), object::uid(&after));
}

#[test]
fn a_damaged_root_certificate_is_repaired() {
    let mut cluster = cluster();
    let path = "/api/v1/namespaces/default/configmaps/kube-root-ca.crt";
    let mut map = get(&mut cluster, path).unwrap();
    object::set(&mut map, &["data"], json!({"ca.crt": "mine"}));
    replace(&mut cluster, path, map);
    pass(&mut cluster, 1);
    let map = get(&mut cluster, path).unwrap();
    assert_eq!(text(&map, &["data", "ca.crt"]), keys::CERTIFICATE_AUTHORITY);
}

fn token_secret(name: &str, account: &str) -> Value {
    json!({"kind": "Secret", "apiVersion": "v1", "type": "kubernetes.io/service-account-token",
        "metadata": {"name": name, "annotations": {"kubernetes.io/service-account.name": account}}})
}

#[test]
fn token_secrets_live_and_die_with_their_account() {
    let mut cluster = cluster();
    create(&mut cluster, ACCOUNTS, account("data-sa"));
    create(&mut cluster, SECRETS, token_secret("data-sa-secret", "data-sa"));
    create(&mut cluster, SECRETS, token_secret("orphan", "nobody"));
    pass(&mut cluster, 1);
    assert!(get(&mut cluster, &format!("{SECRETS}/orphan")).is_none(), "a secret for nobody goes");
    let path = format!("{SECRETS}/data-sa-secret");
    let mut secret = get(&mut cluster, &path).unwrap();
    let keys: Vec<&String> = at(&secret, &["data"]).as_object().unwrap().keys().collect();
    assert_eq!(keys, ["ca.crt", "namespace", "token"]);
    let token = text(&secret, &["data", "token"]).to_owned();
    let life = cluster.tokens().into_iter().find(|life| matches!(life.home, Home::Secret { .. })).unwrap();
    assert_eq!(
        (life.subject.as_str(), life.expires, life.ended),
        ("system:serviceaccount:default:data-sa", None, None)
    );
    object::remove(&mut secret, &["data", "token"]);
    replace(&mut cluster, &path, secret);
    pass(&mut cluster, 1);
    let again = get(&mut cluster, &path).unwrap();
    assert_eq!(text(&again, &["data", "token"]), token, "the same token again");
    delete(&mut cluster, &format!("{ACCOUNTS}/data-sa"));
    pass(&mut cluster, 1);
    assert!(get(&mut cluster, &path).is_none());
}

#[test]
fn a_deleted_secret_leaves_its_account_s_list() {
    let mut cluster = cluster();
    let mut named = account("data-sa");
    object::set(&mut named, &["secrets"], json!([{"name": "s"}, {"name": "other"}]));
    create(&mut cluster, ACCOUNTS, named);
    create(&mut cluster, SECRETS, token_secret("s", "data-sa"));
    pass(&mut cluster, 1);
    delete(&mut cluster, &format!("{SECRETS}/s"));
    pass(&mut cluster, 1);
    let account = get(&mut cluster, &format!("{ACCOUNTS}/data-sa")).unwrap();
    assert_eq!(at(&account, &["secrets"]), &json!([{"name": "other"}]));
}

#[test]
fn a_pod_runs_and_its_token_is_mounted_as_the_atomic_writer_lays_it_out() {
    let mut cluster = cluster();
    create(&mut cluster, PODS, sleeper("box"));
    pass(&mut cluster, 1);
    let pod = get(&mut cluster, &format!("{PODS}/box")).unwrap();
    assert_eq!(text(&pod, &["status", "phase"]), "Running");
    let kinds: Vec<&str> = list(&pod, &["status", "conditions"]).iter().map(|c| text(c, &["type"])).collect();
    let probed = list(&pod, &["status", "conditions"]).iter().all(|c| c.get("lastProbeTime") == Some(&Value::Null));
    assert!(probed, "null, but there");
    assert_eq!(kinds, ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]);
    let inside = container(&cluster, &pod);
    let names = inside.files.list(MOUNT).unwrap();
    assert_eq!(&names[1..], ["..data", "ca.crt", "namespace", "token"]);
    let day = cluster.now().date().replace('-', "_");
    assert!(names[0].starts_with(&format!("..{day}_09_00_0")), "{}", names[0]);
    assert!(
        matches!(inside.files.entry(&format!("{MOUNT}/token")).unwrap(), Entry::Link(_, to) if to == "..data/token")
    );
    assert_eq!(inside.files.read(&format!("{MOUNT}/namespace")).unwrap(), b"default");
    assert_eq!(inside.files.entry(MOUNT).unwrap().permissions(), "drwxrwxrwt");
    let mount = inside.mounts.first().unwrap();
    assert!(mount.read_only && mount.file_system == "tmpfs");
    let refused = cluster.write_container_file(&inside.reference, &format!("{MOUNT}/token"), b"x");
    assert_eq!(refused, Err(FileError::ReadOnly));
    assert_eq!(cluster.write_container_file(&inside.reference, "/tmp/x", b"x"), Ok(()));
    assert_eq!(container(&cluster, &pod).files.read("/tmp/x").unwrap(), b"x");
    let life = cluster.tokens().into_iter().find(|life| matches!(life.home, Home::Volume { .. })).unwrap();
    assert_eq!(life.bound.as_ref().unwrap().1, "box");
    let lifetime = life.expires.unwrap().since(life.issued);
    assert_eq!(lifetime, Duration::from_secs(365 * 24 * 3600), "extended, warned about after 3607 s");
    assert_eq!(life.warn_after.unwrap().since(life.issued), Duration::from_secs(3607));
    let files = cluster.pod_files("default/box").unwrap();
    assert!(files.volumes[0].node_path.contains("kubernetes.io~projected/kube-api-access-"));
}

#[test]
fn events_tell_the_story_of_a_pod() {
    let mut cluster = cluster();
    create(&mut cluster, PODS, sleeper("box"));
    pass(&mut cluster, 1);
    let mut events = cluster.reader().list("events", "default");
    events.sort_by_key(|event| object::resource_version(event).parse::<u64>().unwrap());
    let told: Vec<&str> = events.iter().map(|event| text(event, &["reason"])).collect();
    assert_eq!(told, ["Scheduled", "Pulling", "Pulled", "Created", "Started"]);
    assert_eq!(text(&events[0], &["message"]), "Successfully assigned default/box to node01");
    assert_eq!(text(&events[4], &["message"]), "Container started");
    pass(&mut cluster, 3590);
    assert_eq!(cluster.reader().list("events", "default").len(), 5);
    pass(&mut cluster, 15);
    assert!(cluster.reader().list("events", "default").is_empty(), "an hour is over");
}

fn short_lived() -> Value {
    pod(
        "box",
        json!({
            "containers": [{"name": "c", "image": "busybox", "command": ["sleep", "infinity"], "volumeMounts": [
                {"name": "short", "mountPath": "/short"}, {"name": "short", "mountPath": "/pinned", "subPath": "token"}]}],
            "volumes": [{"name": "short", "projected": {"sources": [
                {"serviceAccountToken": {"path": "token", "expirationSeconds": 600}}]}}],
        }),
    )
}

#[test]
fn tokens_are_replaced_at_four_fifths_of_their_life_but_not_behind_a_sub_path() {
    let mut cluster = cluster();
    create(&mut cluster, PODS, short_lived());
    pass(&mut cluster, 1);
    let pod = get(&mut cluster, &format!("{PODS}/box")).unwrap();
    let read = |cluster: &Cluster, path: &str| container(cluster, &pod).files.read(path).unwrap().to_vec();
    let (token, main) = (read(&cluster, "/short/token"), read(&cluster, &format!("{MOUNT}/token")));
    assert_eq!(read(&cluster, "/pinned"), token);
    pass(&mut cluster, 460);
    assert_eq!(read(&cluster, "/short/token"), token, "not due yet");
    pass(&mut cluster, 115);
    assert_ne!(read(&cluster, "/short/token"), token, "due after 471 to 480 s, and a sync comes every 60 to 90 s");
    assert_eq!(read(&cluster, "/pinned"), token);
    assert_eq!(read(&cluster, &format!("{MOUNT}/token")), main);
}

#[test]
fn however_a_year_is_split_its_end_is_the_same() {
    let start = || {
        let mut cluster = cluster();
        create(&mut cluster, PODS, short_lived());
        create(&mut cluster, PODS, sleeper("other"));
        pass(&mut cluster, 1);
        cluster
    };
    let year = 365 * 24 * 3600;
    let mut once = start();
    pass(&mut once, year);
    let mut often = start();
    for seconds in [1, 500, 29, 100_000, 7, year - 100_537] {
        pass(&mut often, seconds);
    }
    assert_eq!(once.now(), often.now());
    let files = |cluster: &Cluster, name: &str| cluster.pod_files(name).unwrap().volumes;
    assert_eq!(files(&once, "default/box"), files(&often, "default/box"));
    assert_eq!(files(&once, "default/other"), files(&often, "default/other"));
    let bytes = |cluster: &Cluster, resource: &str| format!("{:?}", cluster.reader().list(resource, ""));
    for resource in ["pods", "serviceaccounts", "events", "configmaps", "secrets"] {
        assert_eq!(bytes(&once, resource), bytes(&often, resource), "{resource}");
    }
    let later = |cluster: &mut Cluster| object::uid(&create(cluster, ACCOUNTS, account("late"))).to_owned();
    assert_eq!(later(&mut once), later(&mut often), "what was left out draws no randomness");
}

#[test]
fn a_year_of_a_hundred_pods_is_few_steps() {
    let mut cluster = cluster();
    for index in 0..100 {
        create(&mut cluster, PODS, sleeper(&format!("p{index}")));
    }
    pass(&mut cluster, 1);
    let advanced = cluster.advance(Duration::from_secs(365 * 24 * 3600));
    assert!(advanced.complete && advanced.steps < 1500, "{advanced:?}");
    let note = format!("{:?}", cluster.trace().entries().last());
    assert!(
        cluster.trace().entries().iter().any(|entry| format!("{entry:?}").contains("which nobody could see")),
        "{note}"
    );
    let due = cluster.tokens();
    let mounted = due.iter().filter(|life| life.ended.is_none() && matches!(life.home, Home::Volume { .. }));
    for life in mounted {
        assert!(cluster.now().since(life.issued) < Duration::from_secs(3000), "{life:?}");
    }
}

/// What is left out until the end of a jump has not happened yet where it stops.
#[test]
fn a_jump_that_stops_on_the_way_leaves_fresh_tokens_where_it_stops() {
    let mut cluster = cluster();
    for name in ["one", "two"] {
        create(&mut cluster, PODS, sleeper(name));
    }
    create(&mut cluster, DEPLOYMENTS, deployment(2, "missing"));
    pass(&mut cluster, 20_000);
    let until = cluster.now().after(Duration::from_secs(365 * 86_400));
    let stopped = cluster.run_within(until, 500);
    assert!(!stopped.complete && stopped.reached == cluster.now() && cluster.now() < until, "{stopped:?}");
    let last = format!("{:?}", cluster.trace().entries().last());
    assert!(last.contains("stopped after 500 pieces of work"), "{last}");
    let lives = cluster.tokens();
    let mounted: Vec<_> =
        lives.iter().filter(|life| life.ended.is_none() && matches!(life.home, Home::Volume { .. })).collect();
    assert_eq!(mounted.len(), 2);
    for life in mounted {
        assert!(cluster.now().since(life.issued) < Duration::from_secs(3_000), "{life:?}");
    }
    while !cluster.run_until(until).complete {}
    assert_eq!(cluster.now(), until);
}

#[test]
fn a_missing_account_shows_as_events_and_waits() {
    let mut cluster = cluster();
    create(&mut cluster, ACCOUNTS, account("fleeting"));
    let mut wanted = sleeper("box");
    object::set(&mut wanted, &["spec", "serviceAccountName"], json!("fleeting"));
    create(&mut cluster, PODS, wanted);
    // Deleted before the kubelet asks for the token: one request is 25 ms.
    delete(&mut cluster, &format!("{ACCOUNTS}/fleeting"));
    pass(&mut cluster, 2);
    let pod = get(&mut cluster, &format!("{PODS}/box")).unwrap();
    if text(&pod, &["status", "phase"]) == "Running" {
        return; // It was quicker: nothing to see.
    }
    let waiting = text(&pod, &["status", "containerStatuses", "0", "state", "waiting", "reason"]);
    assert_eq!(waiting, "ContainerCreating");
    let events = cluster.reader().list("events", "default");
    let failed = events.iter().find(|event| text(event, &["reason"]) == "FailedMount").unwrap();
    assert!(text(failed, &["message"]).ends_with("failed to fetch token: serviceaccounts \"fleeting\" not found"));
    create(&mut cluster, ACCOUNTS, account("fleeting"));
    pass(&mut cluster, 10);
    let pod = get(&mut cluster, &format!("{PODS}/box")).unwrap();
    assert_eq!(text(&pod, &["status", "phase"]), "Running");
}

fn deployment(replicas: u64, account: &str) -> Value {
    json!({"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web"}, "spec": {
        "replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
            "serviceAccountName": account, "containers": [{"name": "c", "image": "nginx"}]}}}})
}

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

#[test]
fn a_deployment_rolls_out_and_back() {
    let mut cluster = cluster();
    create(&mut cluster, DEPLOYMENTS, deployment(3, "default"));
    pass(&mut cluster, 5);
    let path = format!("{DEPLOYMENTS}/web");
    let web = get(&mut cluster, &path).unwrap();
    assert_eq!(at(&web, &["status", "availableReplicas"]), 3);
    assert_eq!(object::annotation(&web, "deployment.kubernetes.io/revision"), Some("1"));
    create(&mut cluster, ACCOUNTS, account("data-sa"));
    let change = |cluster: &mut Cluster, account: &str| {
        let mut web = get(cluster, &path).unwrap();
        object::set(&mut web, &["spec", "template", "spec", "serviceAccountName"], json!(account));
        object::remove(&mut web, &["spec", "template", "spec", "serviceAccount"]);
        replace(cluster, &path, web);
        pass(cluster, 30);
    };
    change(&mut cluster, "data-sa");
    let pods = cluster.reader().list("pods", "default");
    let accounts: Vec<&str> = pods.iter().map(|pod| text(pod, &["spec", "serviceAccountName"])).collect();
    assert_eq!(accounts, ["data-sa"; 3]);
    let sets = cluster.reader().list("replicasets.apps", "default");
    assert_eq!(sets.len(), 2);
    change(&mut cluster, "default");
    let sets = cluster.reader().list("replicasets.apps", "default");
    assert_eq!(sets.len(), 2, "the old template finds its old ReplicaSet");
    let first = sets.iter().find(|set| at(set, &["spec", "replicas"]) == 3).unwrap();
    assert_eq!(object::annotation(first, "deployment.kubernetes.io/revision"), Some("3"));
    assert_eq!(object::annotation(first, "deployment.kubernetes.io/revision-history"), Some("1"));
    let events = cluster.reader().list("events", "default");
    let scaled = events.iter().filter(|event| text(event, &["reason"]) == "ScalingReplicaSet").count();
    assert!(scaled >= 7, "{scaled}");
    delete(&mut cluster, &path);
    pass(&mut cluster, 40);
    assert!(cluster.reader().list("replicasets.apps", "default").is_empty(), "owned by what is gone");
    assert!(cluster.reader().list("pods", "default").is_empty());
}

#[test]
fn a_deployment_with_a_missing_account_says_so_and_recovers() {
    let mut cluster = cluster();
    create(&mut cluster, DEPLOYMENTS, deployment(1, "missing-sa"));
    pass(&mut cluster, 2);
    let path = format!("{DEPLOYMENTS}/web");
    let web = get(&mut cluster, &path).unwrap();
    let failure =
        list(&web, &["status", "conditions"]).iter().find(|c| text(c, &["type"]) == "ReplicaFailure").unwrap();
    assert!(
        text(failure, &["message"])
            .ends_with("error looking up service account default/missing-sa: serviceaccount \"missing-sa\" not found")
    );
    assert!(cluster.reader().list("pods", "default").is_empty());
    create(&mut cluster, ACCOUNTS, account("missing-sa"));
    pass(&mut cluster, 60);
    let web = get(&mut cluster, &path).unwrap();
    assert_eq!(at(&web, &["status", "availableReplicas"]), 1);
    assert!(!list(&web, &["status", "conditions"]).iter().any(|c| text(c, &["type"]) == "ReplicaFailure"));
}

#[test]
fn a_namespace_goes_with_all_that_is_in_it() {
    let mut cluster = cluster();
    let team = json!({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "team-a"}});
    create(&mut cluster, "/api/v1/namespaces", team);
    create(&mut cluster, "/api/v1/namespaces/team-a/pods", sleeper("box"));
    pass(&mut cluster, 1);
    assert_eq!(cluster.reader().list("configmaps", "team-a").len(), 1);
    delete(&mut cluster, "/api/v1/namespaces/team-a");
    pass(&mut cluster, 2);
    let namespace = get(&mut cluster, "/api/v1/namespaces/team-a").unwrap();
    assert_eq!(text(&namespace, &["status", "phase"]), "Terminating");
    pass(&mut cluster, 90);
    assert!(get(&mut cluster, "/api/v1/namespaces/team-a").is_none());
    for resource in ["pods", "serviceaccounts", "configmaps", "secrets", "events"] {
        assert!(cluster.reader().list(resource, "team-a").is_empty(), "{resource}");
    }
}

#[test]
fn pods_that_end_are_started_again_or_not() {
    let mut cluster = cluster();
    create(&mut cluster, PODS, pod("loop", json!({"containers": [{"name": "c", "image": "busybox"}]})));
    let once =
        json!({"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox", "command": ["echo", "hi"]}]});
    create(&mut cluster, PODS, pod("once", once));
    create(&mut cluster, PODS, pod("typo", json!({"containers": [{"name": "c", "image": "nosuchimage"}]})));
    create(&mut cluster, PODS, pod("bad", json!({"containers": [{"name": "c", "image": "Bad:Image:x"}]})));
    pass(&mut cluster, 15);
    let state = |cluster: &mut Cluster, name: &str| {
        let pod = get(cluster, &format!("{PODS}/{name}")).unwrap();
        let waiting = text(&pod, &["status", "containerStatuses", "0", "state", "waiting", "reason"]).to_owned();
        (text(&pod, &["status", "phase"]).to_owned(), waiting)
    };
    assert_eq!(state(&mut cluster, "once"), ("Succeeded".to_owned(), String::new()));
    assert_eq!(state(&mut cluster, "typo").1, "ImagePullBackOff");
    assert_eq!(state(&mut cluster, "bad").1, "InvalidImageName");
    pass(&mut cluster, 15);
    assert_eq!(state(&mut cluster, "loop"), ("Running".to_owned(), "CrashLoopBackOff".to_owned()));
    let year = cluster.advance(Duration::from_secs(365 * 24 * 3600));
    assert!(year.complete && year.steps < 3000, "{year:?}");
    let pod = get(&mut cluster, &format!("{PODS}/loop")).unwrap();
    let restarts = at(&pod, &["status", "containerStatuses", "0", "restartCount"]).as_u64().unwrap();
    assert!((100_000..110_000).contains(&restarts), "{restarts}");
}

#[test]
fn a_deleted_pod_has_its_grace_period() {
    let mut cluster = cluster();
    create(&mut cluster, PODS, sleeper("box"));
    pass(&mut cluster, 1);
    delete(&mut cluster, &format!("{PODS}/box"));
    pass(&mut cluster, 20);
    assert!(get(&mut cluster, &format!("{PODS}/box")).is_some(), "sleep does not heed SIGTERM");
    pass(&mut cluster, 15);
    assert!(get(&mut cluster, &format!("{PODS}/box")).is_none());
    let ended = cluster.tokens();
    assert!(ended.iter().any(|life| life.ended.as_deref().is_some_and(|why| why.contains("its pod was deleted"))));
}

#[test]
fn the_same_requests_give_the_same_bytes() {
    let play = || {
        let mut cluster = cluster();
        create(&mut cluster, ACCOUNTS, account("data-sa"));
        create(&mut cluster, DEPLOYMENTS, deployment(2, "data-sa"));
        create(&mut cluster, SECRETS, token_secret("s", "data-sa"));
        pass(&mut cluster, 100);
        let objects: Vec<String> = ["pods", "secrets", "events", "replicasets.apps", "serviceaccounts", "nodes"]
            .iter()
            .flat_map(|resource| cluster.reader().list(resource, ""))
            .map(|object| object.to_string())
            .collect();
        (objects, format!("{:?}", cluster.pod_files("default/none")))
    };
    assert_eq!(play(), play());
}

#[test]
fn a_copy_goes_its_own_way() {
    let mut one = cluster();
    let snapshot = one.clone();
    create(&mut one, ACCOUNTS, account("data-sa"));
    assert!(one.reader().get("serviceaccounts", "default", "data-sa").is_some());
    assert!(snapshot.reader().get("serviceaccounts", "default", "data-sa").is_none());
}

#[test]
fn pods_that_fit_no_node_wait() {
    let mut cluster = cluster();
    let mut lost = sleeper("lost");
    object::set(&mut lost, &["spec", "nodeSelector"], json!({"disk": "ssd"}));
    create(&mut cluster, PODS, lost);
    pass(&mut cluster, 1);
    let pod = get(&mut cluster, &format!("{PODS}/lost")).unwrap();
    let condition = &list(&pod, &["status", "conditions"])[0];
    assert_eq!(
        text(condition, &["message"]),
        "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
    );
    let mut node = get(&mut cluster, "/api/v1/nodes/node01").unwrap();
    object::set_label(&mut node, "disk", "ssd");
    replace(&mut cluster, "/api/v1/nodes/node01", node);
    pass(&mut cluster, 2);
    let pod = get(&mut cluster, &format!("{PODS}/lost")).unwrap();
    assert_eq!(text(&pod, &["status", "phase"]), "Running");
}
