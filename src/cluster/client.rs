//! The door, with credentials: how controllers, the scheduler and the kubelet talk to the API server.
//!
//! Controllers are bearers of tokens of their own ServiceAccounts in `kube-system`
//! (`--use-service-account-credentials`); the token controller and what issues those tokens use the controller
//! manager's certificate, scheduler and kubelet theirs. RBAC applies to all of them. Tokens stay in process
//! ([`Credential::Token`]), so none of these requests costs a signature.
//! Follows staging/src/k8s.io/controller-manager/pkg/clientbuilder/client_builder_dynamic.go.
//! Left out: client-side rate limits, informers (actors read the store directly: an informer that never lags).

use crate::api::kinds;
use crate::api::object::{self, Object};
use crate::api::release::Release;
use crate::api::request::{Body, Credential, Method, Origin, Request, Response};
use crate::api::status::Status;
use crate::api::time::Timestamp;
use crate::api::token::Token;
use crate::cluster::apiserver::ApiServer;
use crate::cluster::keys;
use crate::cluster::settings::NODE_NAME;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// Where the controllers' accounts live.
pub const SYSTEM_NAMESPACE: &str = "kube-system";
/// How long the controllers' own tokens live.
const TOKEN_LIFETIME_SECONDS: u64 = 3600;

/// Who a client inside the cluster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// A controller with its own ServiceAccount in `kube-system`.
    Account(&'static str),
    /// The controller manager itself, by certificate; the name goes into the user agent.
    Manager(&'static str),
    /// The scheduler, by certificate.
    Scheduler,
    /// The kubelet of the node, by certificate.
    Kubelet,
}

impl Identity {
    fn user_agent(self, release: Release) -> String {
        let version = release.user_agent();
        match self {
            Identity::Account(name) => {
                format!("kube-controller-manager/{version}/system:serviceaccount:{SYSTEM_NAMESPACE}:{name}")
            }
            Identity::Manager(name) => format!("kube-controller-manager/{version}/{name}"),
            Identity::Scheduler => format!("kube-scheduler/{version}/scheduler"),
            Identity::Kubelet => format!("kubelet/{version}"),
        }
    }
}

/// The tokens that controllers hold, made when a controller first needs one.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    tokens: BTreeMap<&'static str, (Token, Timestamp)>,
}

/// What a deletion insists on and asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deletion<'a> {
    /// The UID the object must have; empty for any.
    pub uid: &'a str,
    /// `gracePeriodSeconds`.
    pub grace_period_seconds: Option<u64>,
    /// `propagationPolicy`; empty for the default.
    pub propagation_policy: &'a str,
}

/// One client's connection.
pub struct Caller<'a> {
    server: &'a mut ApiServer,
    credentials: &'a mut Credentials,
    identity: Identity,
}

impl<'a> Caller<'a> {
    /// A connection for `identity`.
    pub fn new(server: &'a mut ApiServer, credentials: &'a mut Credentials, identity: Identity) -> Self {
        Caller { server, credentials, identity }
    }

    /// Creates an object.
    ///
    /// # Errors
    /// The server's answer.
    pub fn create(&mut self, resource: &str, namespace: &str, new: Object) -> Result<Object, Status> {
        let path = collection(resource, namespace)?;
        self.send(Request::new(Method::Post, path).json(new)).result()
    }

    /// Replaces an object; its `resourceVersion` guards against other writers.
    ///
    /// # Errors
    /// The server's answer.
    pub fn update(&mut self, resource: &str, new: Object) -> Result<Object, Status> {
        self.put(resource, "", new)
    }

    /// Replaces an object's status.
    ///
    /// # Errors
    /// The server's answer.
    pub fn update_status(&mut self, resource: &str, new: Object) -> Result<Object, Status> {
        self.put(resource, "/status", new)
    }

    /// Replaces through a subresource (`/finalize`).
    ///
    /// # Errors
    /// The server's answer.
    pub fn put(&mut self, resource: &str, subresource: &str, new: Object) -> Result<Object, Status> {
        let path = collection(resource, object::namespace(&new))?;
        let path = format!("{path}/{}{subresource}", object::name(&new));
        self.send(Request::new(Method::Put, path).json(new)).result()
    }

    /// Sends a strategic merge patch.
    ///
    /// # Errors
    /// The server's answer.
    pub fn patch(
        &mut self,
        resource: &str,
        at: (&str, &str),
        subresource: &str,
        patch: Value,
    ) -> Result<Object, Status> {
        let path = format!("{}/{}{subresource}", collection(resource, at.0)?, at.1);
        let mut request =
            Request::new(Method::Patch, path).header("Content-Type", "application/strategic-merge-patch+json");
        request.body = Body::Json(Rc::new(patch));
        self.send(request).result()
    }

    /// Creates through a subresource (`pods/NAME/binding`, `serviceaccounts/NAME/token`); the token of a
    /// TokenRequest comes apart, unsigned.
    ///
    /// # Errors
    /// The server's answer.
    pub fn create_at(
        &mut self,
        resource: &str,
        at: (&str, &str),
        subresource: &str,
        new: Object,
    ) -> Result<(Rc<Value>, Option<Token>), Status> {
        let path = format!("{}/{}{subresource}", collection(resource, at.0)?, at.1);
        let response = self.send(Request::new(Method::Post, path).json(new));
        if !response.is_success() {
            return Err(response.failure());
        }
        let value = match &response.body {
            Body::Json(value) => Rc::clone(value),
            _ => Rc::new(Value::Null),
        };
        Ok((value, response.token))
    }

    /// Deletes an object.
    ///
    /// # Errors
    /// The server's answer.
    pub fn delete(&mut self, resource: &str, at: (&str, &str), how: Deletion<'_>) -> Result<(), Status> {
        let path = format!("{}/{}", collection(resource, at.0)?, at.1);
        let mut options = json!({"kind": "DeleteOptions", "apiVersion": "v1"});
        if !how.uid.is_empty() {
            object::set(&mut options, &["preconditions", "uid"], json!(how.uid));
        }
        if let Some(seconds) = how.grace_period_seconds {
            object::set(&mut options, &["gracePeriodSeconds"], json!(seconds));
        }
        if !how.propagation_policy.is_empty() {
            object::set(&mut options, &["propagationPolicy"], json!(how.propagation_policy));
        }
        let response = self.send(Request::new(Method::Delete, path).json(options));
        if response.is_success() { Ok(()) } else { Err(response.failure()) }
    }

    /// Deletes all objects of a namespace.
    ///
    /// # Errors
    /// The server's answer.
    pub fn delete_collection(&mut self, resource: &str, namespace: &str) -> Result<(), Status> {
        let response = self.send(Request::new(Method::Delete, collection(resource, namespace)?));
        if response.is_success() { Ok(()) } else { Err(response.failure()) }
    }

    /// Sends a request with this client's credential and user agent. A token that is refused is replaced once.
    pub fn send(&mut self, request: Request) -> Response {
        let request = request.header("User-Agent", self.identity.user_agent(self.server.settings().kubernetes.release));
        let origin = if self.identity == Identity::Kubelet { Origin::Node } else { Origin::ControlPlane };
        let request = Request { origin, ..request };
        let credential = self.credential();
        let Identity::Account(name) = self.identity else {
            return self.server.handle(&Request { credential, ..request });
        };
        let response = self.server.handle(&Request { credential, ..request.clone() });
        if response.code != 401 {
            return response;
        }
        self.credentials.tokens.remove(name);
        let credential = self.credential();
        self.server.handle(&Request { credential, ..request })
    }

    fn credential(&mut self) -> Option<Credential> {
        let certificate = match self.identity {
            Identity::Account(name) => return self.account_token(name).map(Credential::Token),
            Identity::Manager(_) => &keys::CONTROLLER_MANAGER,
            Identity::Scheduler => &keys::SCHEDULER,
            Identity::Kubelet => &keys::KUBELET,
        };
        Some(Credential::Certificate(Rc::from(certificate.pem)))
    }

    fn account_token(&mut self, name: &'static str) -> Option<Token> {
        let now = self.server.now();
        if let Some((token, until)) = self.credentials.tokens.get(name)
            && now < *until
        {
            return Some(token.clone());
        }
        let mut manager = Caller::new(self.server, self.credentials, Identity::Manager("controller-manager"));
        let at = (SYSTEM_NAMESPACE, name);
        let wanted = json!({
            "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
            "metadata": {}, "spec": {"audiences": null, "expirationSeconds": TOKEN_LIFETIME_SECONDS},
        });
        let mut answer = manager.create_at("serviceaccounts", at, "/token", wanted.clone());
        if answer.as_ref().is_err_and(Status::is_not_found) {
            manager.ensure_account(name).ok()?;
            answer = manager.create_at("serviceaccounts", at, "/token", wanted);
        }
        let token = answer.ok()?.1?;
        let until = now.after(Duration::from_secs(TOKEN_LIFETIME_SECONDS * 4 / 5));
        self.credentials.tokens.insert(name, (token.clone(), until));
        Some(token)
    }

    /// Creates a controller's account, unless it is there.
    ///
    /// # Errors
    /// The server's answer.
    pub fn ensure_account(&mut self, name: &str) -> Result<(), Status> {
        let account = json!({
            "kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": name, "namespace": SYSTEM_NAMESPACE},
        });
        match self.create("serviceaccounts", SYSTEM_NAMESPACE, account) {
            Err(status) if !status.is_already_exists() => Err(status),
            _ => Ok(()),
        }
    }
}

/// The path of a resource's collection.
fn collection(resource: &str, namespace: &str) -> Result<String, Status> {
    kinds::by_resource(resource)
        .map(|kind| kind.path(namespace))
        .ok_or_else(|| Status::internal(format!("no resource {resource} in node {NODE_NAME}'s world")))
}
