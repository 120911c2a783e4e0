//! A pod's files as a learner looks at them: what is there, what is not and why, what was swapped when a token was
//! renewed, and what never changes because it is mounted by subPath.

use crate::api::object::{self, Object, Pod, list, text};
use crate::api::time::Timestamp;
use crate::cluster::trace::Event;
use crate::cluster::views::{Home, PodFiles};
use crate::lab::Lab;
use serde_json::Value;

/// Where every container looks for its credentials.
pub const CREDENTIALS: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// How many swaps of a pod are told.
const SWAPS_MAX: usize = 6;

/// Files that one might look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Their paths.
    pub files: Vec<String>,
    /// Why they are not there: a chain.
    pub why: String,
}

/// A file that was mounted by subPath: it stays what it was when the container began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The container.
    pub container: String,
    /// Where it is mounted.
    pub path: String,
    /// The volume it comes from.
    pub volume: String,
    /// Which file of it.
    pub sub_path: String,
    /// Whether the volume holds something else by now.
    pub stale: bool,
}

/// One replacement of all files of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    /// When.
    pub time: Timestamp,
    /// The volume.
    pub volume: String,
    /// The folder `..data` pointed to, which is removed afterwards; empty if the trace does not know it any more.
    pub from: String,
    /// The folder it points to since.
    pub to: String,
}

/// A pod's files.
#[derive(Clone, Debug, Default)]
pub struct PodView {
    /// What is on the node; `None` if the kubelet has not begun.
    pub files: Option<PodFiles>,
    /// What one might look for in vain.
    pub absent: Vec<Absent>,
    /// What never refreshes.
    pub frozen: Vec<Frozen>,
    /// The last swaps, oldest first.
    pub swaps: Vec<Swap>,
    /// When the kubelet replaces the next token.
    pub next: Option<Timestamp>,
}

/// Looks at a pod.
pub fn look(lab: &Lab, namespace: &str, name: &str) -> PodView {
    let Some(pod) = lab.cluster().reader().get("pods", namespace, name) else { return PodView::default() };
    let files = lab.cluster().pod_files(object::uid(&pod));
    let absent = absent(lab, &pod, files.as_ref());
    let frozen = files.as_ref().map(|files| frozen(&pod, files)).unwrap_or_default();
    let lives = lab.cluster().tokens();
    let next = lives
        .iter()
        .filter(|life| matches!(&life.home, Home::Volume { pod_uid, .. } if pod_uid == object::uid(&pod)))
        .filter_map(|life| life.refresh_due)
        .min();
    PodView { files, absent, frozen, swaps: swaps(lab, namespace, name), next }
}

fn absent(lab: &Lab, pod: &Object, files: Option<&PodFiles>) -> Vec<Absent> {
    let mut found = Vec::new();
    let has_token = Pod(pod).volumes().iter().any(|volume| {
        list(volume, &["projected", "sources"]).iter().any(|source| source.get("serviceAccountToken").is_some())
    });
    if !has_token {
        let files = ["ca.crt", "namespace", "token"].map(|file| format!("{CREDENTIALS}/{file}"));
        found.push(Absent { files: files.to_vec(), why: why_no_token(lab, pod) });
    }
    for volume in files.map(|files| files.volumes.as_slice()).unwrap_or_default() {
        if volume.absent.is_empty() {
            continue;
        }
        let spec = Pod(pod).volumes().iter().find(|spec| text(spec, &["name"]) == volume.name);
        let files = spec.map(expected).unwrap_or_default();
        let files = files.into_iter().map(|file| format!("{}/{file}", volume.name)).collect();
        found.push(Absent { files, why: volume.absent.clone() });
    }
    found
}

fn why_no_token(lab: &Lab, pod: &Object) -> String {
    const FIELD: &str = "automountServiceAccountToken";
    if Pod(pod).automount_service_account_token() == Some(false) {
        return tr!("pod.spec.{0} false → not mounted", FIELD);
    }
    let account =
        lab.cluster().reader().get("serviceaccounts", object::namespace(pod), Pod(pod).service_account_name());
    match account.and_then(|account| object::boolean(&account, &[FIELD])) {
        Some(false) => tr!("pod.spec.{0} unset → serviceaccount.{0} false → not mounted", FIELD),
        _ => tr!("when the pod was made, its account's {0} said no, or the pod brought the mount along", FIELD),
    }
}

/// The files that the parts of a volume name.
fn expected(volume: &Value) -> Vec<String> {
    let items = |source: &Value| -> Vec<String> {
        let named: Vec<String> = list(source, &["items"]).iter().map(|item| text(item, &["path"]).to_owned()).collect();
        if named.is_empty() { vec!["*".to_owned()] } else { named }
    };
    let mut files = Vec::new();
    for source in list(volume, &["projected", "sources"]) {
        if let Some(token) = source.get("serviceAccountToken") {
            files.push(text(token, &["path"]).to_owned());
        }
        files
            .extend(["configMap", "secret", "downwardAPI"].iter().filter_map(|kind| source.get(*kind)).flat_map(items));
    }
    files.extend(["configMap", "secret", "downwardAPI"].iter().filter_map(|kind| volume.get(*kind)).flat_map(items));
    files
}

fn frozen(pod: &Object, files: &PodFiles) -> Vec<Frozen> {
    let specs = Pod(pod).init_containers().iter().chain(Pod(pod).containers());
    let mut found = Vec::new();
    for spec in specs {
        let container = text(spec, &["name"]);
        let running = files.containers.iter().find(|running| running.reference.container == container);
        for mount in list(spec, &["volumeMounts"]) {
            let sub_path = text(mount, &["subPath"]);
            if sub_path.is_empty() {
                continue;
            }
            let (path, volume) = (text(mount, &["mountPath"]), text(mount, &["name"]));
            let there = running.and_then(|running| running.files.read(path).ok());
            let now = files.volumes.iter().find(|other| other.name == volume);
            let now = now.and_then(|volume| volume.tree.read(sub_path).ok());
            found.push(Frozen {
                container: container.to_owned(),
                path: path.to_owned(),
                volume: volume.to_owned(),
                sub_path: sub_path.to_owned(),
                stale: there.is_some() && there != now,
            });
        }
    }
    found
}

fn swaps(lab: &Lab, namespace: &str, name: &str) -> Vec<Swap> {
    let mut last: Vec<(&str, &str)> = Vec::new();
    let mut swaps: Vec<Swap> = Vec::new();
    for entry in lab.cluster().trace().entries().iter() {
        let Event::FilesWritten { volume, data_folder, replaced, .. } = &entry.event else { continue };
        let is_ours = entry.object.as_ref().is_some_and(|pod| pod.namespace == namespace && pod.name == name);
        if !is_ours {
            continue;
        }
        let from = last.iter().find(|(of, _)| of == volume).map(|(_, folder)| (*folder).to_owned());
        last.retain(|(of, _)| of != volume);
        last.push((volume, data_folder));
        if *replaced {
            let (volume, to) = (volume.clone(), data_folder.clone());
            swaps.push(Swap { time: entry.time, volume, from: from.unwrap_or_default(), to });
        } else {
            // A pod of that name made anew.
            swaps.retain(|swap| swap.volume != *volume);
        }
    }
    let left_out = swaps.len().saturating_sub(SWAPS_MAX);
    swaps.drain(..left_out);
    swaps
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::lab::Settings;
    use std::time::Duration;

    fn lab(manifest: &str) -> Lab {
        let mut lab = Lab::new(Settings::default());
        lab.run(&format!("kubectl apply -f - <<'EOF'\n{manifest}\nEOF"));
        lab.advance(Duration::from_secs(5));
        lab
    }

    #[test]
    fn files_that_are_not_there_say_why() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  automountServiceAccountToken: false\n  containers: [{name: c, image: busybox, command: [sleep, infinity]}]";
        let view = look(&lab(pod), "default", "a");
        let [absent] = &view.absent[..] else { unreachable!("{:?}", view.absent) };
        assert_eq!(absent.files[2], "/var/run/secrets/kubernetes.io/serviceaccount/token");
        assert_eq!(absent.why, "pod.spec.automountServiceAccountToken false → not mounted");

        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  volumes: [{name: keys, secret: {secretName: nobody, items: [{key: k, path: k.txt}]}}]\n  containers: [{name: c, image: busybox, volumeMounts: [{name: keys, mountPath: /keys}]}]";
        let view = look(&lab(pod), "default", "a");
        let keys = view.absent.iter().find(|absent| absent.files == ["keys/k.txt"]).unwrap();
        assert!(keys.why.contains("secret \"nobody\" not found"), "{}", keys.why);
    }

    #[test]
    fn a_swap_names_both_folders_and_a_sub_path_stays() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  volumes: [{name: own, projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 600}}]}}]\n  containers: [{name: c, image: busybox, command: [sleep, infinity], volumeMounts: [{name: own, mountPath: /own}, {name: own, mountPath: /pinned, subPath: token}]}]";
        let mut lab = lab(pod);
        let before = look(&lab, "default", "a");
        assert!(before.swaps.is_empty() && !before.frozen[0].stale && before.absent.is_empty());
        lab.advance(before.next.unwrap().since(lab.now()) + Duration::from_secs(1));
        let view = look(&lab, "default", "a");
        let swap = view.swaps.iter().find(|swap| swap.volume == "own").unwrap();
        assert!(swap.from.starts_with("..2026") && swap.to.starts_with("..2026") && swap.from != swap.to, "{swap:?}");
        let own = view.files.unwrap();
        let own = own.volumes.iter().find(|volume| volume.name == "own").unwrap().clone();
        assert!(own.tree.entry(&swap.to).is_ok() && own.tree.entry(&swap.from).is_err(), "the old folder is gone");
        let [pinned] = &view.frozen[..] else { unreachable!("{:?}", view.frozen) };
        assert_eq!((pinned.path.as_str(), pinned.sub_path.as_str(), pinned.stale), ("/pinned", "token", true));
    }
}
