//! What happens again and again, and is counted instead of made: told as if it had been lived through.

use super::*;

/// What fails or ends again and again, by name.
fn repeating() -> Vec<(&'static str, Cluster)> {
    let one = |container: Value| pod("box", json!({"containers": [container]}));
    let missing = json!({
        "volumes": [{"name": "v", "secret": {"secretName": "nope"}}],
        "containers": [{"name": "c", "image": "nginx", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}],
    });
    let two = json!({"containers": [{"name": "c", "image": "busybox"}, {"name": "d", "image": "nginx"}]});
    let kinds = [
        ("sleeps for an hour", one(json!({"name": "c", "image": "busybox", "command": ["sleep", "3600"]}))),
        ("sleeps for half an hour", one(json!({"name": "c", "image": "busybox", "command": ["sleep", "1800"]}))),
        ("ends at once", one(json!({"name": "c", "image": "busybox"}))),
        ("no image", one(json!({"name": "c", "image": "nosuchimage"}))),
        ("one of two ends at once", pod("box", two)),
        ("no secret to mount", pod("box", missing)),
        (
            "no secret for its environment",
            one(json!({"name": "c", "image": "nginx", "envFrom": [{"secretRef": {"name": "nope"}}]})),
        ),
    ];
    let mut clusters: Vec<(&str, Cluster)> = Vec::new();
    for (name, new) in kinds {
        let mut cluster = cluster();
        create(&mut cluster, PODS, new);
        clusters.push((name, cluster));
    }
    let mut cluster = cluster();
    create(&mut cluster, ACCOUNTS, account("fleeting"));
    let mut wanted = sleeper("box");
    object::set(&mut wanted, &["spec", "serviceAccountName"], json!("fleeting"));
    create(&mut cluster, PODS, wanted);
    pass(&mut cluster, 5);
    delete(&mut cluster, &format!("{ACCOUNTS}/fleeting"));
    clusters.push(("its account is deleted", cluster));
    clusters
}

/// Objects as text, without the revisions and what is drawn for each Event that is made anew; and the counts of Events,
/// and how long ago they were last written.
fn told(cluster: &Cluster, resource: &str) -> (String, Vec<i64>, Vec<u64>) {
    let (mut counts, mut ages) = (Vec::new(), Vec::new());
    let mut told = String::new();
    for found in cluster.reader().list(resource, "default") {
        let mut found = (*found).clone();
        counts.extend(object::integer(&found, &["count"]));
        object::remove(&mut found, &["count"]);
        object::remove(&mut found, &["metadata", "resourceVersion"]);
        if resource == "events" {
            let last = Timestamp::parse_rfc3339(text(&found, &["lastTimestamp"])).unwrap();
            ages.push(cluster.now().since(last).as_secs());
            object::remove(&mut found, &["lastTimestamp"]);
            object::remove(&mut found, &["metadata", "uid"]);
        }
        object::remove(&mut found, &["involvedObject", "resourceVersion"]);
        told += &format!("{found}\n");
    }
    (told, counts, ages)
}

#[test]
fn what_happens_again_and_again_is_told_as_if_lived_through() {
    for (name, start) in repeating() {
        let (mut once, mut often) = (start.clone(), start);
        pass(&mut once, 3 * 86_400);
        for _ in 0..3 * 24 * 60 {
            pass(&mut often, 60);
        }
        assert_eq!(told(&once, "pods"), told(&often, "pods"), "{name}");
        let ((events, counts, ages), (lived, lived_counts, lived_ages)) =
            (told(&once, "events"), told(&often, "events"));
        assert_eq!(events, lived, "{name}");
        assert!(!counts.is_empty(), "{name}");
        // How often a flood was let through depends on what else was reported just then.
        let close = |(count, lived): (&i64, &i64)| (count - lived).abs() * 10 <= *lived;
        assert!(counts.iter().zip(&lived_counts).all(close), "{name}: {counts:?}, lived through {lived_counts:?}");
        assert!(
            ages.iter().zip(&lived_ages).all(|(age, lived)| age.abs_diff(*lived) < 400),
            "{name}: {ages:?}, {lived_ages:?}"
        );
        let year = once.advance(Duration::from_secs(365 * 86_400));
        assert!(year.complete && year.steps < 1_500, "{name}: {year:?}");
        let trace = format!("{:?}", once.trace().entries());
        assert!(trace.contains("which nobody could see"), "{name}");
    }
}

/// Attempts that fail are left out so that nothing stored shows it, not even the revisions.
#[test]
fn however_a_deployment_s_failing_year_is_split_its_end_is_the_same() {
    let start = || {
        let mut cluster = cluster();
        create(&mut cluster, DEPLOYMENTS, deployment(1, "missing"));
        pass(&mut cluster, 100);
        let mut other = deployment(2, "missing-too");
        object::set(&mut other, &["metadata", "name"], json!("other"));
        create(&mut cluster, DEPLOYMENTS, other);
        create(&mut cluster, PODS, sleeper("box"));
        cluster
    };
    let (mut once, mut often) = (start(), start());
    let month = 30 * 86_400;
    let advanced = once.advance(Duration::from_secs(month));
    assert!(advanced.complete && advanced.steps < 1_000, "{advanced:?}");
    for seconds in [1, 20_000, 7_777, 86_400, 12, 400_000, month - 514_190] {
        pass(&mut often, seconds);
    }
    let bytes = |cluster: &Cluster, resource: &str| format!("{:?}", cluster.reader().list(resource, ""));
    for resource in ["deployments.apps", "replicasets.apps", "pods", "events", "serviceaccounts"] {
        assert_eq!(bytes(&once, resource), bytes(&often, resource), "{resource}");
    }
    let events = once.reader().list("events", "default");
    let failed: Vec<i64> = events
        .iter()
        .filter(|event| text(event, &["reason"]) == "FailedCreate")
        .filter_map(|event| object::integer(event, &["count"]))
        .collect();
    assert!(failed.len() == 2 && failed.iter().all(|count| (2_590..2_620).contains(count)), "{failed:?}");
    let later = |cluster: &mut Cluster| create(cluster, ACCOUNTS, account("missing"));
    assert_eq!(later(&mut once), later(&mut often));
    for cluster in [&mut once, &mut often] {
        pass(cluster, 1_100);
        let web = get(cluster, &format!("{DEPLOYMENTS}/web")).unwrap();
        assert_eq!(at(&web, &["status", "availableReplicas"]), 1, "the next attempt succeeds");
    }
    assert_eq!(bytes(&once, "pods"), bytes(&often, "pods"));
}
