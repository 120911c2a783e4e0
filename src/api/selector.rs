//! Label and field selectors.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/{labels,fields}/selector.go.
