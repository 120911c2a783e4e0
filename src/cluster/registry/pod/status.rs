//! A pod in one line: READY, STATUS, RESTARTS and the rest of `kubectl get pods`.
//!
//! Follows printPod of pkg/printers/internalversion/printers.go.

use crate::api::duration;
use crate::api::object::{self, Object, Pod, at, boolean, integer, list, text};
use crate::api::time::Timestamp;
use serde_json::{Value, json};

/// The cells of a pod: NAME READY STATUS RESTARTS AGE, and IP NODE NOMINATED NODE, READINESS GATES.
pub fn row(pod: &Object, now: Timestamp) -> Vec<Value> {
    let summary = Summary::of(pod);
    let or_none = |text: &str| json!(if text.is_empty() { "<none>" } else { text });
    let restarts = match summary.restarted {
        Some(then) if summary.restarts != 0 => format!("{} ({} ago)", summary.restarts, duration::age(now, Some(then))),
        _ => summary.restarts.to_string(),
    };
    vec![
        json!(object::name(pod)),
        json!(format!("{}/{}", summary.ready, summary.total)),
        json!(summary.reason),
        json!(restarts),
        json!(duration::age(now, object::creation_timestamp(pod))),
        or_none(text(pod, &["status", "podIPs", "0", "ip"])),
        or_none(Pod(pod).node_name()),
        or_none(text(pod, &["status", "nominatedNodeName"])),
        json!(readiness_gates(pod)),
    ]
}

fn readiness_gates(pod: &Object) -> String {
    let gates = list(pod, &["spec", "readinessGates"]);
    if gates.is_empty() {
        return "<none>".to_owned();
    }
    let open = gates.iter().filter(|gate| is_true(pod, text(gate, &["conditionType"]))).count();
    format!("{open}/{}", gates.len())
}

fn is_true(pod: &Object, condition: &str) -> bool {
    let conditions = list(pod, &["status", "conditions"]);
    conditions.iter().any(|c| text(c, &["type"]) == condition && text(c, &["status"]) == "True")
}

/// Whether an init container goes on running beside the others (`restartPolicy: Always`).
fn is_sidecar(pod: &Object, name: &str) -> bool {
    let containers = Pod(pod).init_containers();
    containers.iter().any(|c| text(c, &["name"]) == name && text(c, &["restartPolicy"]) == "Always")
}

struct Summary {
    ready: usize,
    total: usize,
    reason: String,
    restarts: i64,
    restarted: Option<Timestamp>,
}

impl Summary {
    fn of(pod: &Object) -> Self {
        let sidecars = Pod(pod).init_containers().iter().filter(|c| text(c, &["restartPolicy"]) == "Always").count();
        let phase = Pod(pod).phase();
        let own = text(pod, &["status", "reason"]);
        let mut summary = Summary {
            ready: 0,
            total: Pod(pod).containers().len() + sidecars,
            reason: if own.is_empty() { phase } else { own }.to_owned(),
            restarts: 0,
            restarted: None,
        };
        let gated = list(pod, &["status", "conditions"])
            .iter()
            .any(|c| text(c, &["type"]) == "PodScheduled" && text(c, &["reason"]) == "SchedulingGated");
        if gated {
            summary.reason = "SchedulingGated".to_owned();
        }
        let initializing = summary.read_init_containers(pod);
        if !initializing || is_true(pod, "Initialized") {
            summary.read_containers(pod);
        }
        if object::deletion_timestamp(pod).is_some() {
            if own == "NodeLost" {
                summary.reason = "Unknown".to_owned();
            } else if !matches!(phase, "Succeeded" | "Failed") {
                summary.reason = "Terminating".to_owned();
            }
        }
        summary
    }

    fn count_restarts(&mut self, status: &Value) {
        self.restarts += integer(status, &["restartCount"]).unwrap_or(0);
        let ended = Timestamp::parse_rfc3339(text(status, &["lastState", "terminated", "finishedAt"]));
        self.restarted = self.restarted.max(ended);
    }

    /// Whether the pod still waits for one of its init containers.
    fn read_init_containers(&mut self, pod: &Object) -> bool {
        for (index, status) in list(pod, &["status", "initContainerStatuses"]).iter().enumerate() {
            self.count_restarts(status);
            let terminated = at(status, &["state", "terminated"]);
            let waiting = text(status, &["state", "waiting", "reason"]);
            if terminated.is_object() && integer(terminated, &["exitCode"]).unwrap_or(0) == 0 {
                continue;
            }
            if is_sidecar(pod, text(status, &["name"])) && boolean(status, &["started"]) == Some(true) {
                self.ready += usize::from(boolean(status, &["ready"]) == Some(true));
                continue;
            }
            self.reason = if terminated.is_object() {
                format!("Init:{}", ending(terminated))
            } else if !waiting.is_empty() && waiting != "PodInitializing" {
                format!("Init:{waiting}")
            } else {
                format!("Init:{index}/{}", Pod(pod).init_containers().len())
            };
            return true;
        }
        false
    }

    fn read_containers(&mut self, pod: &Object) {
        // From here on only restarts of what still runs count.
        (self.restarts, self.restarted) = (0, None);
        for status in list(pod, &["status", "initContainerStatuses"]) {
            if is_sidecar(pod, text(status, &["name"])) {
                self.count_restarts(status);
            }
        }
        let mut running = false;
        for status in list(pod, &["status", "containerStatuses"]).iter().rev() {
            self.count_restarts(status);
            let waiting = text(status, &["state", "waiting", "reason"]);
            let terminated = at(status, &["state", "terminated"]);
            if !waiting.is_empty() {
                self.reason = waiting.to_owned();
            } else if terminated.is_object() {
                self.reason = ending(terminated);
            } else if boolean(status, &["ready"]) == Some(true) && at(status, &["state", "running"]).is_object() {
                running = true;
                self.ready += 1;
            }
        }
        if self.reason == "Completed" && running {
            self.reason = if is_true(pod, "Ready") { "Running" } else { "NotReady" }.to_owned();
        }
    }
}

/// How a container ended: the reason, else the signal, else the exit code.
fn ending(terminated: &Value) -> String {
    let number = |field: &str| integer(terminated, &[field]).unwrap_or(0);
    match (text(terminated, &["reason"]), number("signal")) {
        ("", 0) => format!("ExitCode:{}", number("exitCode")),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn cells(pod: &Value) -> Vec<String> {
        let now = Timestamp::parse_rfc3339("2026-11-23T23:28:12Z").unwrap();
        row(pod, now).iter().map(|cell| cell.as_str().unwrap().to_owned()).collect()
    }

    fn pod(phase: &str, statuses: Value) -> Value {
        json!({"metadata": {"name": "p", "creationTimestamp": "2026-11-23T23:28:09Z"},
            "spec": {"containers": [{"name": "c"}, {"name": "d"}]},
            "status": {"phase": phase, "containerStatuses": statuses}})
    }

    fn status(pod: &Value) -> String {
        cells(pod)[2].clone()
    }

    #[test]
    fn shows_a_running_pod() {
        let mut pod =
            pod("Running", json!([{"name": "c", "ready": true, "restartCount": 0, "state": {"running": {}}}]));
        assert_eq!(cells(&pod), ["p", "1/2", "Running", "0", "3s", "<none>", "<none>", "<none>", "<none>"]);
        pod["spec"]["nodeName"] = json!("node01");
        pod["status"]["podIPs"] = json!([{"ip": "10.244.0.5"}]);
        assert_eq!(cells(&pod)[5..7], ["10.244.0.5", "node01"]);
        pod["metadata"]["deletionTimestamp"] = json!("2026-11-23T23:28:40Z");
        assert_eq!(status(&pod), "Terminating");
        pod["status"]["phase"] = json!("Succeeded");
        assert_eq!(status(&pod), "Succeeded");
    }

    #[test]
    fn tells_when_a_container_was_restarted() {
        let pod = pod(
            "Running",
            json!([{"name": "c", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"exitCode": 1, "finishedAt": "2026-11-23T23:23:12Z"}}}]),
        );
        assert_eq!(cells(&pod)[2..4], ["CrashLoopBackOff", "3 (5m ago)"]);
    }

    #[test]
    fn shows_what_init_containers_are_at() {
        let mut pod = json!({"spec": {"containers": [{"name": "c"}, {"name": "d"}], "initContainers": [{"name": "i"}]},
            "status": {"phase": "Pending", "initContainerStatuses": [{"name": "i", "state": {"running": {}}}],
                "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "PodInitializing"}}}]}});
        assert_eq!(cells(&pod)[1..3], ["0/2", "Init:0/1"]);
        let mut state = |state: Value| {
            pod["status"]["initContainerStatuses"][0]["state"] = state;
            status(&pod)
        };
        assert_eq!(state(json!({"waiting": {"reason": "CrashLoopBackOff"}})), "Init:CrashLoopBackOff");
        assert_eq!(state(json!({"waiting": {"reason": "PodInitializing"}})), "Init:0/1");
        assert_eq!(state(json!({"terminated": {"exitCode": 2}})), "Init:ExitCode:2");
        assert_eq!(state(json!({"terminated": {"exitCode": 137, "signal": 9}})), "Init:Signal:9");
        assert_eq!(state(json!({"terminated": {"exitCode": 1, "reason": "Error"}})), "Init:Error");
        assert_eq!(state(json!({"terminated": {"exitCode": 0}})), "PodInitializing");
    }

    #[test]
    fn shows_how_containers_ended() {
        let ended = |state: Value| json!({"name": "c", "restartCount": 0, "state": {"terminated": state}});
        let running = json!({"name": "d", "ready": true, "restartCount": 0, "state": {"running": {}}});
        let completed = ended(json!({"exitCode": 0, "reason": "Completed"}));
        assert_eq!(status(&pod("Succeeded", json!([completed]))), "Completed");
        assert_eq!(status(&pod("Failed", json!([ended(json!({"exitCode": 3}))]))), "ExitCode:3");
        let mut both = pod("Running", json!([completed, running]));
        assert_eq!(status(&both), "NotReady");
        both["status"]["conditions"] = json!([{"type": "Ready", "status": "True"}]);
        assert_eq!(status(&both), "Running");
    }
}
