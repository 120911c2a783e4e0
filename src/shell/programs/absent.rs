//! Programs that real machines have and this one does not, each with the nearest thing that is here.

use crate::shell::machine::{Frame, Userland};

const ABSENT: &[(&str, &str)] = &[
    ("apk", "no packages can be installed"),
    ("apt", "no packages can be installed"),
    ("apt-get", "no packages can be installed"),
    ("awk", "use cut, sed, grep or jq"),
    ("bc", "use $(( … ))"),
    ("column", "kubectl prints columns by itself"),
    ("crictl", "use kubectl"),
    ("ctr", "use kubectl"),
    ("dig", "inside a pod https://kubernetes.default.svc is known by name"),
    ("docker", "use kubectl"),
    ("emacs", "use edit FILE"),
    ("etcdctl", "use kubectl get --raw"),
    ("find", "use ls -la"),
    ("git", "files are kept by undo and by sharing the lab"),
    ("gzip", "nothing is compressed here"),
    ("helm", "use kubectl apply -f"),
    ("kill", "Ctrl-C ends a command"),
    ("kubeadm", "the cluster is already there"),
    ("kubectx", "use kubectl config use-context"),
    ("kubens", "use kubectl config set-context --current --namespace"),
    ("kustomize", "use kubectl apply -f"),
    ("less", "use cat or head"),
    ("ln", "use cp"),
    ("make", "use a script: bash FILE"),
    ("man", "use help, or kubectl COMMAND --help"),
    ("minikube", "the cluster is already there"),
    ("more", "use cat or head"),
    ("nc", "use curl"),
    ("nslookup", "inside a pod https://kubernetes.default.svc is known by name"),
    ("openssl", "the Token and Files views show what is in a token or a certificate"),
    ("perl", "use sed, grep or jq"),
    ("ping", "use curl"),
    ("ps", "use kubectl get pods"),
    ("python", "use jq"),
    ("python3", "use jq"),
    ("ssh", "use kubectl exec -it POD -- sh"),
    ("stat", "use ls -la"),
    ("su", "every machine has one user"),
    ("sudo", "leave it away: the command needs no more rights"),
    ("systemctl", "the cluster's parts are always running"),
    ("tar", "use cp"),
    ("time", "the cluster's clock is virtual"),
    ("timeout", "Ctrl-C ends a command"),
    ("top", "use kubectl get pods"),
    ("watch", "use kubectl get -w"),
    ("yq", "use kubectl -o json | jq"),
    ("jobs", "one command runs at a time"),
    ("fg", "one command runs at a time"),
    ("bg", "one command runs at a time"),
    ("trap", "Ctrl-C ends a command"),
    ("ulimit", "limits are fixed"),
    ("umask", "files are made with mode 644"),
    ("getopts", "use case and shift"),
];

/// The names of all of them.
pub fn all() -> impl Iterator<Item = &'static str> {
    ABSENT.iter().map(|(name, _)| *name)
}

/// What stands nearest to a program that is real but not here; `None` for names that mean nothing.
pub fn nearest(name: &str, frame: &Frame) -> Option<&'static str> {
    match (name, frame.userland) {
        ("wget", Userland::Busybox) => return Some("use a pod with the image ubuntu, which has curl"),
        ("wget", _) => return Some("use curl"),
        // A real BusyBox has no such thing either.
        ("curl" | "jq" | "kubectl" | "bash", _) => return None,
        // Debian images come without these, and so does BusyBox.
        ("vi", _) => return Some("files can be written with echo text > FILE"),
        _ => {}
    }
    ABSENT.iter().find(|(absent, _)| *absent == name).map(|(_, nearest)| *nearest)
}
