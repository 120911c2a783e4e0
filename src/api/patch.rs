//! JSON patch, JSON merge patch and strategic merge patch: applying them, and making the three-way patch that
//! `kubectl apply` sends.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/util/{strategicpatch,jsonmergepatch}.
