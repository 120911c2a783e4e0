//! The rules for names, labels and keys, and the sentences that explain them.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go and pkg/api/validate/content.

/// Whether a namespace, container or volume name is well formed (RFC 1123 label, at most 63 characters).
pub fn is_dns1123_label(name: &str) -> bool {
    name.len() <= 63
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Whether an object's name is well formed (RFC 1123 subdomain, at most 253 characters).
pub fn is_dns1123_subdomain(name: &str) -> bool {
    name.len() <= 253
        && name.split('.').all(|part| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !part.starts_with('-')
                && !part.ends_with('-')
        })
}
