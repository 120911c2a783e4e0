//! Who used which token, from where: what the requests of pods' tokens tell about a stolen one.

use crate::api::object;
use crate::api::sorted;
use crate::api::time::Timestamp;
use crate::api::user::UserInfo;
use crate::cluster::authn::CREDENTIAL_ID;
use crate::cluster::trace::{Actor, Event};
use crate::lab::Lab;
use std::collections::BTreeMap;

/// One token used from one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The token's id, `JTI=…`.
    pub id: String,
    /// Who it says one is.
    pub username: String,
    /// The pod it is bound to, as `NAMESPACE/NAME`; empty if to none.
    pub pod: String,
    /// The address that the requests came from.
    pub address: String,
    /// The client, from its user agent.
    pub client: String,
    /// How many of those that are still remembered.
    pub count: u64,
    /// When it was used last.
    pub last: Timestamp,
    /// What the last request was answered.
    pub code: u16,
    /// Whether that is not the address of the pod it is bound to.
    pub elsewhere: bool,
}

/// The uses of ServiceAccounts' tokens that the trace remembers, those of the control plane left out; newest first.
pub fn of(lab: &Lab) -> Vec<Use> {
    let mut open: BTreeMap<u64, (String, String)> = BTreeMap::new();
    let mut known: BTreeMap<u64, (String, String, String)> = BTreeMap::new();
    let mut uses: BTreeMap<(String, String, String), Use> = BTreeMap::new();
    for entry in lab.cluster().trace().entries().iter() {
        match (&entry.event, &entry.actor) {
            (Event::Received { source, .. }, Actor::Client(client)) => {
                open.insert(entry.request, (source.to_string(), client.clone()));
            }
            (Event::Authenticated { user, .. }, _) => {
                let (Some(id), Some((address, client))) = (token_id(user), open.remove(&entry.request)) else {
                    continue;
                };
                let pod = pod_of(user);
                let elsewhere = !pod.is_empty() && address_of(lab, &pod) != address;
                let place = (id.to_owned(), address, client);
                let (id, address, client) = place.clone();
                known.insert(entry.request, place.clone());
                let one = uses.entry(place).or_insert_with(|| Use {
                    id,
                    username: user.username.clone(),
                    pod,
                    address,
                    client,
                    count: 0,
                    last: entry.time,
                    code: 0,
                    elsewhere,
                });
                one.count += 1;
                one.last = entry.time;
            }
            (Event::Answered { code }, _) => {
                open.remove(&entry.request);
                if let Some(one) = known.remove(&entry.request).and_then(|place| uses.get_mut(&place)) {
                    one.code = *code;
                }
            }
            _ => {}
        }
    }
    let mut uses: Vec<Use> = uses.into_values().collect();
    sorted::sort_by(&mut uses, |a, b| b.last.cmp(&a.last));
    uses
}

/// The id of a ServiceAccount's token; `None` for everybody else and for the control plane.
fn token_id(user: &UserInfo) -> Option<&str> {
    let (namespace, _) = crate::api::user::split_service_account_username(&user.username)?;
    let id = user.extra.get(CREDENTIAL_ID)?.first()?;
    (namespace != "kube-system" && id.starts_with("JTI=")).then_some(id)
}

fn pod_of(user: &UserInfo) -> String {
    let name = user.extra.get("authentication.kubernetes.io/pod-name").and_then(|names| names.first());
    let namespace = crate::api::user::split_service_account_username(&user.username).map(|(namespace, _)| namespace);
    name.zip(namespace).map(|(name, namespace)| format!("{namespace}/{name}")).unwrap_or_default()
}

fn address_of(lab: &Lab, pod: &str) -> String {
    let stored = pod.split_once('/').and_then(|(namespace, name)| lab.cluster().reader().get("pods", namespace, name));
    stored.map(|pod| object::text(&pod, &["status", "podIP"]).to_owned()).unwrap_or_default()
}
