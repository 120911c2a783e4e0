//! What is particular about one resource, one file a resource.

