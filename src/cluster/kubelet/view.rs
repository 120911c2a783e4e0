//! What a process in a container sees, and what an observer of the node sees: files, mounts, tokens.

use crate::api::container::{Container, ContainerRef, Mount};
use crate::api::files::{Attributes, Content, Entry, FileError, FileTree, absolute};
use crate::api::object::{self, Object};
use crate::api::time::Timestamp;
use crate::cluster::kubelet::Kubelet;
use crate::cluster::kubelet::containers::ContainerState;
use crate::cluster::kubelet::images;
use crate::cluster::kubelet::sources::{groups_of, user_of};
use crate::cluster::kubelet::tokens::MountedToken;
use crate::cluster::kubelet::volume::{Kind, Volume};
use crate::cluster::kubelet::worker::Worker;
use crate::cluster::views::{Home, PodFiles, TokenLife, VolumeFiles};
use serde_json::{Map, Value};
use std::rc::Rc;

impl Kubelet {
    /// What a process in a running container sees; `None` if it does not run.
    pub fn container(&self, reference: &ContainerRef) -> Option<Container> {
        let worker = self.workers.get(reference.pod_uid.as_str())?;
        let state = worker.containers.iter().find(|state| state.name == reference.container && state.running())?;
        worker.container(state)
    }

    /// A process in a container wrote a file.
    ///
    /// # Errors
    /// As the C library names them.
    pub fn write_container_file(
        &mut self,
        reference: &ContainerRef,
        path: &str,
        contents: &[u8],
        now: Timestamp,
    ) -> Result<(), FileError> {
        let seen = self.container(reference).ok_or(FileError::NotFound)?;
        let entry = self.workers.get_mut(reference.pod_uid.as_str()).ok_or(FileError::NotFound)?;
        let worker = Rc::make_mut(entry);
        let target = match seen.files.resolve(path) {
            Ok(found) => found,
            Err(FileError::NotFound) => resolve_new(&seen.files, path)?,
            Err(other) => return Err(other),
        };
        let attributes = Attributes { mode: 0o644, user: seen.user, group: 0, modified: now };
        let under = |mount: &&Mount| {
            let at = seen.files.resolve(&mount.path).unwrap_or_default();
            target == at || target.starts_with(&format!("{at}/"))
        };
        match seen.mounts.iter().filter(under).max_by_key(|mount| mount.path.len()) {
            Some(mount) if mount.read_only => Err(FileError::ReadOnly),
            Some(mount) => worker.write_volume(mount, &seen.files, &target, contents, attributes),
            None => worker.write_root(&reference.container, &target, contents, attributes),
        }
    }

    /// The files of a pod, named by UID or by `NAMESPACE/NAME`.
    pub fn pod_files(&self, pod: &str) -> Option<PodFiles> {
        let named = |worker: &&Rc<Worker>| format!("{}/{}", worker.namespace, worker.name) == pod;
        let worker = self.workers.get(pod).or_else(|| self.workers.values().find(named))?;
        Some(worker.files())
    }

    /// The tokens in the volumes of pods, ended ones first.
    pub fn token_lives(&self) -> Vec<TokenLife> {
        let mounted = self.workers.values().flat_map(|worker| {
            let pod = worker.pod();
            let tokens =
                worker.volumes.iter().flat_map(|volume| volume.tokens.iter().map(move |token| (volume, token)));
            tokens.map(move |(volume, token)| token_life(&pod, &volume.name, token, None))
        });
        self.ended.iter().map(|life| (**life).clone()).chain(mounted).collect()
    }
}

/// The life of a token in a volume.
pub fn token_life(pod: &Object, volume: &str, mounted: &MountedToken, ended: Option<String>) -> TokenLife {
    // Who is told of a token that has ended keeps what it was told.
    let claims = if ended.is_some() { mounted.token.decode() } else { mounted.token.claims() };
    let time = |path: &[&str]| object::integer(&claims, path).map(Timestamp::from_unix_seconds);
    TokenLife {
        subject: object::text(&claims, &["sub"]).to_owned(),
        home: Home::Volume {
            namespace: object::namespace(pod).to_owned(),
            pod: object::name(pod).to_owned(),
            pod_uid: object::uid(pod).to_owned(),
            volume: volume.to_owned(),
            path: mounted.path.clone(),
        },
        token: Some(mounted.token.clone()),
        issued: time(&["iat"]).unwrap_or(mounted.issued),
        refresh_due: ended.is_none().then_some(mounted.refresh_due),
        warn_after: time(&["kubernetes.io", "warnafter"]),
        expires: time(&["exp"]),
        bound: crate::cluster::views::bound_to(&claims),
        claims,
        ended,
    }
}

/// Where a file that does not exist yet would be: its folder followed, its name kept.
fn resolve_new(files: &FileTree, path: &str) -> Result<String, FileError> {
    let path = absolute("/", path);
    let (folder, name) = path.rsplit_once('/').ok_or(FileError::InvalidArgument)?;
    let folder = files.resolve(if folder.is_empty() { "/" } else { folder })?;
    Ok(format!("{}/{name}", folder.trim_end_matches('/')))
}

fn spec_of<'a>(pod: &'a Object, state: &ContainerState) -> Option<&'a Value> {
    let list = if state.init { "initContainers" } else { "containers" };
    let specs = object::list(pod, &["spec", list]);
    specs.iter().find(|spec| object::text(spec, &["name"]) == state.name)
}

fn mount_of(pod: &Object, mount: &Value, volume: &Volume) -> Mount {
    let specs = object::list(pod, &["spec", "volumes"]);
    let spec = specs.iter().find(|spec| object::text(spec, &["name"]) == volume.name);
    // What the atomic writer writes is mounted read-only whatever the pod says.
    let read_only = object::boolean(mount, &["readOnly"]) == Some(true) || volume.kind.is_written();
    Mount {
        volume: volume.name.clone(),
        path: object::text(mount, &["mountPath"]).to_owned(),
        read_only,
        file_system: volume.kind.file_system(spec.unwrap_or(&Value::Null)).to_owned(),
    }
}

impl Worker {
    /// What a process in one of its containers sees.
    pub(super) fn container(&self, state: &ContainerState) -> Option<Container> {
        let pod = &*self.pod();
        let spec = spec_of(pod, state)?;
        let mut files = match &state.written {
            Some(written) => written.clone(),
            None => self.root_files(spec),
        };
        let mut mounts = Vec::new();
        for (position, mount) in object::list(spec, &["volumeMounts"]).iter().enumerate() {
            let name = object::text(mount, &["name"]);
            let Some(volume) = self.volumes.iter().find(|volume| volume.name == name) else { continue };
            let pinned = state.pinned.iter().find(|(index, _)| *index == position);
            let entry = match pinned {
                Some((_, entry)) => entry.clone(),
                None => volume.root(pod),
            };
            let path = object::text(mount, &["mountPath"]);
            if let Some(entry) = entry {
                let _ = files.put(path, entry, true);
            }
            mounts.push(mount_of(pod, mount, volume));
        }
        Some(Container {
            reference: ContainerRef {
                namespace: self.namespace.clone(),
                pod: self.name.clone(),
                pod_uid: self.uid.to_string(),
                container: state.name.clone(),
            },
            image: object::text(spec, &["image"]).to_owned(),
            environment: state.environment.clone(),
            user: user_of(pod, spec).unwrap_or(0),
            groups: groups_of(pod, spec),
            files,
            mounts,
        })
    }

    /// The image's files and those that the kubelet and the runtime add to every container.
    fn root_files(&self, spec: &Value) -> FileTree {
        let created = self.started;
        let mut files = images::root_files(object::text(spec, &["image"]), created);
        let text = |text: String| Entry::File(Attributes::root(0o644, created), Content::from(text.as_str()));
        let hosts = format!(
            "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nfe00::\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n{}\t{}\n",
            self.address, self.name
        );
        let resolver = format!(
            "search {}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
            self.namespace
        );
        let _ = files.put("/etc/hostname", text(format!("{}\n", self.name)), true);
        let _ = files.put("/etc/hosts", text(hosts), true);
        let _ = files.put("/etc/resolv.conf", text(resolver), true);
        files
    }

    fn write_volume(
        &mut self,
        mount: &Mount,
        seen: &FileTree,
        target: &str,
        contents: &[u8],
        attributes: Attributes,
    ) -> Result<(), FileError> {
        let at = seen.resolve(&mount.path)?;
        let root = seen.entry(&at)?.clone();
        let inside = target.strip_prefix(&at).unwrap_or_default();
        let mut tree = FileTree::new(root);
        tree.write(inside, contents, attributes)?;
        let volume = self.volumes.iter_mut().find(|volume| volume.name == mount.volume).ok_or(FileError::NotFound)?;
        volume.replace(tree.root().clone());
        Ok(())
    }

    fn write_root(
        &mut self,
        container: &str,
        target: &str,
        contents: &[u8],
        attributes: Attributes,
    ) -> Result<(), FileError> {
        let index = self.containers.iter().position(|state| state.name == container).ok_or(FileError::NotFound)?;
        let state = self.containers.get(index).ok_or(FileError::NotFound)?;
        let mut files = match &state.written {
            Some(written) => written.clone(),
            None => self.root_files(spec_of(&self.pod(), state).unwrap_or(&Value::Null)),
        };
        files.write(target, contents, attributes)?;
        if let Some(state) = self.containers.get_mut(index) {
            state.written = Some(files);
        }
        Ok(())
    }

    fn files(&self) -> PodFiles {
        let pod = self.pod();
        let specs = object::list(&pod, &["spec", "volumes"]);
        let volumes = specs.iter().map(|spec| self.volume_files(&pod, spec)).collect();
        let mut notes = Vec::new();
        let has_token = specs.iter().any(|spec| {
            object::list(spec, &["projected", "sources"])
                .iter()
                .any(|source| source.get("serviceAccountToken").is_some())
        });
        if !has_token {
            notes.push(
                "There is no token: automountServiceAccountToken is false on the pod or on its ServiceAccount, so admission added no kube-api-access volume."
                    .to_owned(),
            );
        }
        PodFiles {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            uid: self.uid.to_string(),
            containers: self.containers.iter().filter_map(|state| self.container(state)).collect(),
            volumes,
            notes,
        }
    }

    fn volume_files(&self, pod: &Object, spec: &Value) -> VolumeFiles {
        let name = object::text(spec, &["name"]);
        let kind = Kind::of(spec);
        let volume = self.volumes.iter().find(|volume| volume.name == name);
        let root = volume.and_then(|volume| volume.root(pod));
        let absent = match (&root, volume) {
            (Some(_), _) => String::new(),
            (None, None) => "no container mounts it, so the kubelet does not set it up".to_owned(),
            (None, Some(volume)) if volume.error.is_empty() => "the kubelet has not set it up yet".to_owned(),
            (None, Some(volume)) => {
                format!("MountVolume.SetUp failed for volume \"{name}\" : {}", volume.error)
            }
        };
        let kind_name = spec.as_object().and_then(|map: &Map<String, Value>| map.keys().find(|key| *key != "name"));
        VolumeFiles {
            name: name.to_owned(),
            kind: kind_name.cloned().unwrap_or_else(|| "emptyDir".to_owned()),
            node_path: format!("/var/lib/kubelet/pods/{}/volumes/{}/{name}", self.uid, kind.plugin()),
            tree: root.map(FileTree::new).unwrap_or_default(),
            absent,
        }
    }
}
