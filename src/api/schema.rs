//! The field tree of every kind, and strict checks of objects against it.
//!
//! The tree is the OpenAPI document of kube-apiserver 1.36, without its prose.
