//! What the story tells of a command, checked against sessions that are played.

use super::*;
use crate::lab::{Lab, Settings};

const POD: &str = "cat > my-pod.yaml <<'EOF'
apiVersion: v1
kind: Pod
metadata:
  name: my-pod
spec:
  containers:
  - name: ubuntu
    image: ubuntu
EOF";

fn lab(commands: &[&str]) -> Lab {
    let mut lab = Lab::new(Settings::default());
    lab.set_interactive(false);
    for command in commands {
        lab.run(command);
    }
    lab
}

fn story(lab: &Lab, number: usize) -> Story {
    Story::of(&lab.all_records()[number], lab.cluster().trace())
}

fn telling(story: &Story) -> &Step {
    &story.steps[story.most_telling()]
}

fn has_in_order(story: &Story, wanted: &[&str]) {
    let mut at = 0;
    for step in &story.steps {
        if wanted.get(at).is_some_and(|part| step.what.contains(part)) {
            at += 1;
        }
    }
    let told: Vec<&str> = story.steps.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(at, wanted.len(), "no {:?} in {told:#?}", wanted.get(at));
}

#[test]
fn a_pod_from_submitted_to_running() {
    let lab = lab(&[POD, "kubectl apply -f my-pod.yaml", "kubectl wait --for=condition=Ready pod/my-pod"]);
    let story = story(&lab, 1);
    has_in_order(
        &story,
        &[
            "kubectl looked for pod/my-pod: it is not there",
            "kubectl submitted pod/my-pod",
            "this is kubernetes-admin",
            "may create pods",
            "API server filled in",
            "ServiceAccount admission added an account name, a volume and a mount",
            "API server stored pod/my-pod",
            "Scheduler: bound pod my-pod to node node01",
            "Kubelet: asked for a token",
            "API server issued a token for default/default",
            "Kubelet wrote 3 files",
            "pod/my-pod is Running",
        ],
    );
    assert!(story.steps.iter().all(|step| !step.why.is_empty() || step.what.contains("asked")), "every step says why");
    assert!(telling(&story).what.starts_with("ServiceAccount admission"), "{:?}", telling(&story).what);
    assert_eq!(refusal(&lab.all_records()[1], lab.cluster().trace()), None, "the 404 of a look-up is no refusal");
}

#[test]
fn each_addition_comes_with_the_rule_that_decided() {
    let lab = lab(&[
        "kubectl create sa quiet",
        "kubectl patch sa quiet -p '{\"automountServiceAccountToken\":false}'",
        "kubectl run a --image=busybox --overrides='{\"spec\":{\"serviceAccountName\":\"quiet\"}}'",
        "kubectl run b --image=busybox",
    ]);
    let rows = |number: usize| -> Vec<(String, String)> {
        let story = story(&lab, number);
        additions(&telling(&story).entry).into_iter().map(|found| (found.what, found.rule)).collect()
    };
    let [account, mount] = &rows(2)[..] else { panic!("{:?}", rows(2)) };
    assert_eq!(account.0, "no account name: the pod brings its own");
    assert_eq!(mount.0, "no volume, no mount");
    assert_eq!(
        mount.1,
        "pod.spec.automountServiceAccountToken unset → serviceaccount.automountServiceAccountToken false → no token is mounted"
    );
    let [account, volume, mount] = &rows(3)[..] else { panic!("{:?}", rows(3)) };
    assert_eq!(account.0, "account name: default");
    assert!(account.1.starts_with("pod.spec.serviceAccountName unset → the namespace's default account"));
    assert!(volume.0.starts_with("volume kube-api-access-"), "{volume:?}");
    assert_eq!(mount.0, "mount in 1 container");
    assert!(mount.1.ends_with("serviceaccount.automountServiceAccountToken unset → by default a token is mounted"));
}

#[test]
fn a_refusal_is_told_and_only_a_refusal() {
    let lab = lab(&[
        "kubectl --as=system:serviceaccount:default:default get pods",
        "curl -sk $APISERVER/api -H 'Authorization: Bearer nonsense'",
        "kubectl get sa nobody",
        "kubectl get sa nobody --ignore-not-found",
        "kubectl create sa mine",
        "kubectl create sa mine",
        "kubectl get pods",
    ]);
    let meaning = |number: usize| refusal(&lab.all_records()[number], lab.cluster().trace()).map(|(_, text)| text);
    assert_eq!(
        meaning(0).unwrap(),
        "403: the API server knows system:serviceaccount:default:default, and no rule allows this."
    );
    let denied = story(&lab, 0);
    let [.., remedy] = &telling(&denied).checks[..] else { panic!("no checks") };
    assert!(remedy.decided && remedy.finding.contains("a Role in namespace default that allows list on pods"));
    assert!(meaning(1).unwrap().starts_with("401"));
    let unknown = story(&lab, 1);
    assert!(telling(&unknown).checks.iter().any(|check| check.subject == "form" && check.decided));
    assert!(meaning(2).unwrap().starts_with("404"));
    assert_eq!(meaning(3), None);
    assert_eq!(meaning(4), None);
    assert!(meaning(5).unwrap().starts_with("409"));
    assert_eq!(meaning(6), None);
    assert!(telling(&story(&lab, 6)).what.contains("may list pods"), "a reading command opens on why it may");
}

#[test]
fn a_deployment_brings_its_pods_identity_along() {
    let lab = lab(&["kubectl create deployment web --image=nginx", "sleep 10"]);
    let story = story(&lab, 0);
    has_in_order(
        &story,
        &["kubectl submitted deployment/web", "stored deployment/web", "ServiceAccount admission added", "is Running"],
    );
    assert!(telling(&story).what.contains("stored deployment/web"));
}

#[test]
fn waiting_for_a_deletion_is_no_refusal() {
    let lab = lab(&["kubectl run a --image=busybox", "sleep 5", "kubectl delete pod a"]);
    let story = story(&lab, 2);
    has_in_order(&story, &["DELETE /api/v1/namespaces/default/pods/a", "marked for deletion pod/a", "deleted pod/a"]);
    assert_eq!(refusal(&lab.all_records()[2], lab.cluster().trace()), None);
}

#[test]
fn a_scene_compares_with_what_was_submitted() {
    let lab = lab(&[POD, "kubectl apply -f my-pod.yaml"]);
    let story = story(&lab, 1);
    let scene = scene(&telling(&story).entry, &story.entries).unwrap();
    assert!(
        scene.notes.iter().any(|note| note.who == "API server" && note.aside),
        "what others did before is told aside"
    );
    let lines = crate::lab::diff::lines(scene.before.as_deref(), &scene.object, &scene.notes);
    let mark = |text: &str| lines.iter().find(|line| line.text.contains(text)).unwrap().mark;
    assert_eq!(mark("serviceAccountName: default"), crate::lab::diff::Mark::Added);
    assert_eq!(mark("image: ubuntu"), crate::lab::diff::Mark::Kept);
    let by = |text: &str| lines.iter().find(|line| line.text.contains(text)).unwrap().by.as_str();
    assert_eq!((by("dnsPolicy"), by("mountPath")), ("API server", "ServiceAccount admission"));
    let pod = lab.cluster().reader().get("pods", "default", "my-pod").unwrap();
    let now = provenance(&pod, lab.cluster().trace().entries());
    let lines = crate::lab::diff::lines(now.before.as_deref(), &now.object, &now.notes);
    let uid = lines.iter().find(|line| line.text.contains("uid:")).unwrap();
    assert_eq!((uid.mark, uid.by.as_str()), (crate::lab::diff::Mark::Added, "API server"));
}
