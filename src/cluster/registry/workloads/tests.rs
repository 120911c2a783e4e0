//! What the server says about Deployments and ReplicaSets.

use super::*;

fn web() -> Value {
    let mut deployment = json!({"metadata": {"name": "web", "creationTimestamp": "2026-11-23T23:28:09Z"}, "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}});
    deployment_set_defaults(&mut deployment);
    deployment
}

fn words(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn a_deployment_has_the_defaults_of_the_real_one() {
    let deployment = web();
    assert_eq!(
        deployment["spec"],
        json!({"progressDeadlineSeconds": 600, "replicas": 1, "revisionHistoryLimit": 10,
            "selector": {"matchLabels": {"app": "web"}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
                "containers": [{"name": "nginx", "image": "nginx", "imagePullPolicy": "Always", "resources": {},
                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
                "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
                "securityContext": {}, "terminationGracePeriodSeconds": 30}}})
    );
    assert!(deployment_validate(&deployment).is_empty());
    assert!(replica_set_validate(&deployment).is_empty());
}

#[test]
fn recreate_is_not_given_a_rolling_update() {
    let mut deployment = json!({"spec": {"strategy": {"type": "Recreate"}}});
    deployment_set_defaults(&mut deployment);
    assert_eq!(deployment["spec"]["strategy"], json!({"type": "Recreate"}));
    let mut deployment = web();
    deployment["spec"]["strategy"]["type"] = json!("Recreate");
    assert_eq!(
        words(&deployment_validate(&deployment)),
        ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"]
    );
    deployment["spec"]["strategy"]["type"] = json!("Slowly");
    assert_eq!(
        words(&deployment_validate(&deployment)),
        ["spec.strategy.type: Unsupported value: \"Slowly\": supported values: \"Recreate\", \"RollingUpdate\""]
    );
}

#[test]
fn the_selector_is_needed_selects_the_template_and_stays() {
    let old = web();
    let mut new = web();
    new["spec"]["selector"] = json!({"matchLabels": {"app": "other"}});
    let mismatch =
        "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`";
    assert_eq!(words(&deployment_validate(&new)), [mismatch]);
    let immutable = "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"other\"}}: field is immutable";
    assert_eq!(words(&deployment_validate_update(&new, &old)), [mismatch, immutable]);
    assert_eq!(words(&replica_set_validate_update(&new, &old)), [mismatch, immutable]);
    assert!(deployment_validate_update(&old, &old).is_empty());
    object::remove(&mut new, &["spec", "selector"]);
    assert_eq!(words(&deployment_validate(&new)), ["spec.selector: Required value", mismatch]);
    new["spec"]["selector"] = json!({});
    assert_eq!(
        words(&deployment_validate(&new)),
        ["spec.selector: Invalid value: {}: empty selector is invalid for deployment"]
    );
}

#[test]
fn the_template_runs_for_ever_and_counts_are_counts() {
    let mut deployment = web();
    deployment["spec"]["replicas"] = json!(-1);
    deployment["spec"]["minReadySeconds"] = json!(600);
    deployment["spec"]["template"]["spec"]["restartPolicy"] = json!("Never");
    deployment["spec"]["strategy"]["rollingUpdate"] = json!({"maxSurge": 0, "maxUnavailable": "0%"});
    assert_eq!(
        words(&deployment_validate(&deployment)),
        [
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
            "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0",
            "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"
        ]
    );
    deployment["spec"]["strategy"]["rollingUpdate"] = json!({"maxSurge": "many", "maxUnavailable": "101%"});
    let words = words(&deployment_validate(&deployment));
    assert!(
        words[2].starts_with("spec.strategy.rollingUpdate.maxSurge: Invalid value: \"many\": a valid percent string")
    );
    assert!(words[3].ends_with("Invalid value: \"101%\": must not be greater than 100%"));
}

#[test]
fn lists_counts_and_the_template() {
    let mut object = web();
    let now = Timestamp::parse_rfc3339("2026-11-23T23:28:12Z").unwrap();
    object["status"] = json!({"replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "availableReplicas": 1});
    assert_eq!(
        deployment_row(&object, now),
        [json!("web"), json!("1/1"), json!(1), json!(1), json!("3s"), json!("nginx"), json!("nginx"), json!("app=web")]
    );
    assert_eq!(
        replica_set_row(&object, now),
        [json!("web"), json!(1), json!(1), json!(1), json!("3s"), json!("nginx"), json!("nginx"), json!("app=web")]
    );
}
