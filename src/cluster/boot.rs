//! How a cluster starts: the controllers' accounts, the node, and the few things the actors need done at the door.

use crate::api::object::{self, Object};
use crate::api::request::{Body, Request, Watch, WatchEvent};
use crate::cluster::agenda::{KUBELET, State};
use crate::cluster::apiserver::ApiServer;
use crate::cluster::client::Identity;
use crate::cluster::controllers::accounts;
use crate::cluster::events::Source;
use crate::cluster::kubelet::node;
use crate::cluster::kubelet::worker::Printed;
use crate::cluster::trace::Actor;
use serde_json::Value;

/// Starts everything behind the door.
pub fn start(state: &mut State) {
    let manager = Identity::Manager("controller-manager");
    let source = Source { component: "kube-controller-manager", host: "" };
    state.act(manager, Actor::Controller("kube-controller-manager"), source, |context| {
        let version = context.server.settings().kubernetes;
        for name in accounts::NAMES.into_iter().filter(|name| accounts::is_in(version, name)) {
            // A refusal shows in the trace; the controller tries again when it needs its account.
            let _ = context.client().ensure_account(name);
        }
    });
    state.act(Identity::Kubelet, Actor::Kubelet, KUBELET, |context| {
        let node = node::node(context.now(), context.server.settings().kubernetes.release);
        let _ = context.client().create("nodes", "", node);
    });
    state.dispatch();
}

/// Hands what a container has printed to the server, which answers `kubectl logs`.
pub fn keep_log(server: &mut ApiServer, pod: &Object, printed: &Printed) {
    if printed.starts {
        server.restart_log(object::uid(pod), &printed.container);
    }
    server.append_log(object::uid(pod), &printed.container, &printed.text);
}

/// The object a request carries; null if it carries none that can be read.
pub fn body_of(request: &Request) -> Value {
    match &request.body {
        Body::Json(value) => (**value).clone(),
        Body::Bytes(bytes) => serde_json::from_slice(bytes).unwrap_or(Value::Null),
        Body::Text(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

/// The events of a watch since it was last polled.
pub fn watch_events(server: &ApiServer, watch: &mut Watch) -> Vec<WatchEvent> {
    server.poll(watch)
}
