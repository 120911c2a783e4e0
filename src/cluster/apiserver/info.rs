//! What a request is about, read from its method, path and query.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go.

use crate::api::request::{Method, Request};
use crate::api::selector::FieldSelector;

/// The request as authorization and routing see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestInfo {
    /// Whether the path has the shape of a resource; other paths are authorized as such.
    pub is_resource: bool,
    /// `get`, `list`, `watch`, `create`, …; for paths the method in lower case.
    pub verb: String,
    /// The API group; empty for the core.
    pub group: String,
    /// The version.
    pub version: String,
    /// The namespace; a Namespace object is in its own.
    pub namespace: String,
    /// The plural resource.
    pub resource: String,
    /// `log`, `exec`, …
    pub subresource: String,
    /// The name; empty for collections.
    pub name: String,
    /// What follows the subresource (`proxy` paths): nothing here serves it.
    pub rest: String,
}

impl RequestInfo {
    /// Reads a request.
    pub fn read(request: &Request) -> Self {
        let mut info = RequestInfo { verb: request.method.name().to_ascii_lowercase(), ..RequestInfo::default() };
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let mut parts = match parts.as_slice() {
            ["api", rest @ ..] if rest.len() >= 2 => rest,
            ["apis", group, rest @ ..] if rest.len() >= 2 => {
                info.group = (*group).to_owned();
                rest
            }
            _ => return info,
        };
        info.is_resource = true;
        info.version = parts.first().copied().unwrap_or_default().to_owned();
        parts = parts.get(1..).unwrap_or_default();
        info.verb = verb(request.method).to_owned();
        if let ["watch", rest @ ..] = parts {
            info.verb = "watch".to_owned();
            parts = rest;
        }
        if let ["namespaces", namespace, rest @ ..] = parts {
            info.namespace = (*namespace).to_owned();
            if rest.first().is_some_and(|next| !matches!(*next, "status" | "finalize")) {
                parts = rest;
            }
        }
        let part = |index: usize| parts.get(index).copied().unwrap_or_default().to_owned();
        (info.resource, info.name, info.subresource) = (part(0), part(1), part(2));
        info.rest = parts.get(3..).unwrap_or_default().join("/");
        info.collection(request);
        info
    }

    /// A read or deletion without a name is about a collection.
    fn collection(&mut self, request: &Request) {
        if !self.name.is_empty() {
            return;
        }
        match self.verb.as_str() {
            "get" => {
                self.verb = if flag(request, "watch") { "watch" } else { "list" }.to_owned();
                let selector = request.parameter("fieldSelector").unwrap_or_default();
                if let Ok(selector) = FieldSelector::parse(selector)
                    && let Some(name) = selector.required("metadata.name")
                    && crate::api::names::path_segment(name).is_empty()
                {
                    self.name = name.to_owned();
                }
            }
            "delete" => self.verb = "deletecollection".to_owned(),
            _ => {}
        }
    }
}

fn verb(method: Method) -> &'static str {
    match method {
        Method::Get | Method::Head => "get",
        Method::Post => "create",
        Method::Put => "update",
        Method::Patch => "patch",
        Method::Delete => "delete",
        Method::Options => "",
    }
}

/// Whether a boolean query parameter is on: there without a value, `true` or `1`.
pub fn flag(request: &Request, name: &str) -> bool {
    request.parameter(name).is_some_and(|value| !matches!(value, "false" | "0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: Method, url: &str) -> RequestInfo {
        RequestInfo::read(&Request::new(method, "").with_url(url))
    }

    #[test]
    fn reads_resources() {
        let info = read(Method::Get, "/api/v1/namespaces/default/pods/p/log");
        let parts = (info.namespace.as_str(), info.resource.as_str(), info.name.as_str(), info.subresource.as_str());
        assert_eq!((info.verb.as_str(), parts), ("get", ("default", "pods", "p", "log")));
        let info = read(Method::Get, "/api/v1/namespaces/default");
        assert_eq!(
            (info.resource.as_str(), info.namespace.as_str(), info.name.as_str()),
            ("namespaces", "default", "default")
        );
        let info = read(Method::Put, "/api/v1/namespaces/x/finalize");
        assert_eq!(
            (info.resource.as_str(), info.subresource.as_str(), info.verb.as_str()),
            ("namespaces", "finalize", "update")
        );
        let info = read(Method::Get, "/apis/apps/v1/deployments?watch=true");
        assert_eq!((info.group.as_str(), info.resource.as_str(), info.verb.as_str()), ("apps", "deployments", "watch"));
        let info = read(Method::Get, "/api/v1/pods?fieldSelector=metadata.name%3Dx");
        assert_eq!((info.verb.as_str(), info.name.as_str()), ("list", "x"));
        assert_eq!(read(Method::Delete, "/api/v1/namespaces/a/secrets").verb, "deletecollection");
    }

    #[test]
    fn reads_paths() {
        for path in ["/api", "/api/v1", "/apis/apps/v1", "/healthz", "/"] {
            let info = read(Method::Get, path);
            assert!(!info.is_resource && info.verb == "get", "{path}");
        }
    }
}
