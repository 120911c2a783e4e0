//! What containers wrote, as the kubelet would hand it to `pods/log`.

use std::collections::BTreeMap;
use std::rc::Rc;

/// How much of a container's output is kept.
const LENGTH_MAX: usize = 262_144;

/// Output by (pod UID, container): the current run and the one before it.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    current: BTreeMap<(String, String), Rc<String>>,
    previous: BTreeMap<(String, String), Rc<String>>,
}

impl Logs {
    fn append(&mut self, pod_uid: &str, container: &str, text: &str) {
        let log = self.current.entry((pod_uid.to_owned(), container.to_owned())).or_default();
        let log = Rc::make_mut(log);
        log.push_str(text);
        if log.len() > LENGTH_MAX {
            let mut cut = log.len() - LENGTH_MAX;
            while !log.is_char_boundary(cut) {
                cut += 1;
            }
            log.drain(..cut);
        }
    }

    /// What a container wrote; `previous` asks for its run before the current one.
    pub fn get(&self, pod_uid: &str, container: &str, previous: bool) -> Option<&str> {
        let logs = if previous { &self.previous } else { &self.current };
        logs.get(&(pod_uid.to_owned(), container.to_owned())).map(|log| log.as_str())
    }
}

impl super::ApiServer {
    /// Adds to what a container has written.
    pub fn append_log(&mut self, pod_uid: &str, container: &str, text: &str) {
        self.logs.append(pod_uid, container, text);
    }

    /// A container starts again: its output so far is what `--previous` shows.
    pub fn restart_log(&mut self, pod_uid: &str, container: &str) {
        let key = (pod_uid.to_owned(), container.to_owned());
        if let Some(log) = self.logs.current.remove(&key) {
            self.logs.previous.insert(key, log);
        }
    }

    /// A pod is gone for good, and its output with it.
    pub fn forget_logs(&mut self, pod_uid: &str) {
        self.logs.current.retain(|(uid, _), _| uid != pod_uid);
        self.logs.previous.retain(|(uid, _), _| uid != pod_uid);
    }
}
