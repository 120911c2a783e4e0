//! Reading objects without the right to write them: what authentication, authorization and admission get.

use crate::api::object::Object;
use std::rc::Rc;

/// Read access to what is stored. Resources are qualified names (`pods`, `deployments.apps`).
pub trait Reader {
    /// One object; the namespace is empty for cluster-scoped resources.
    fn get(&self, resource: &str, namespace: &str, name: &str) -> Option<Rc<Object>>;

    /// The objects of a namespace, or of all with an empty one, ordered by namespace and name.
    fn list(&self, resource: &str, namespace: &str) -> Vec<Rc<Object>>;

    /// Shows the same objects in the same order to `accept` until it says yes; whether it did. For questions asked
    /// on every request (authorization), which need no list.
    fn any(&self, resource: &str, namespace: &str, accept: &mut dyn FnMut(&Rc<Object>) -> bool) -> bool {
        self.list(resource, namespace).iter().any(accept)
    }
}
