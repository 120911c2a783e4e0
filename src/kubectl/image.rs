//! Image names: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`.
//!
//! Follows the grammar of github.com/distribution/reference, which `kubectl run` and `create deployment` ask.

/// Whether an image name is well formed.
pub fn is_valid(image: &str) -> bool {
    let (rest, digest) = match image.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (image, None),
    };
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return false;
    }
    let (path, tag) = match rest.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (rest, None),
    };
    tag.is_none_or(is_tag) && is_name(path)
}

/// The last part of an image's path, without tag and digest: what a container is called after.
pub fn base_name(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or_default();
    let last = last.split(':').next().unwrap_or_default();
    last.split('@').next().unwrap_or_default()
}

fn is_name(name: &str) -> bool {
    // A first part with a slash after it may be a registry's address instead of a path.
    if let Some((host, path)) = name.split_once('/')
        && is_host(host)
        && path.split('/').all(is_component)
    {
        return true;
    }
    name.split('/').all(is_component)
}

fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && name.split('.').all(label)
}

/// Lower-case letters and digits, joined by `.`, `_`, `__` or any number of `-`.
fn is_component(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(alphanumeric)
        && part.ends_with(alphanumeric)
        && part.chars().all(|c| alphanumeric(c) || matches!(c, '.' | '_' | '-'))
        && part.split(alphanumeric).all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|b| b == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.len() <= 128 && tag.starts_with(word) && tag.chars().all(|c| word(c) || matches!(c, '.' | '-'))
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hex)| {
        algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
            && algorithm.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-' | '_'))
            && hex.len() >= 32
            && hex.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_good_names_from_bad_ones() {
        for good in [
            "ubuntu",
            "ubuntu:24.04",
            "docker.io/library/busybox:1.38",
            "localhost:5000/a/b_c",
            "registry.k8s.io/pause@sha256:0123456789abcdef0123456789abcdef",
            "a--b",
        ] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["", "Bad:Image:x", "Ubuntu", "a b", "a:", "/a", "a//b", "a___b", "a.-b", "x@sha256:12"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn names_a_container_after_its_image() {
        assert_eq!(base_name("docker.io/library/busybox:1.38"), "busybox");
        assert_eq!(base_name("localhost:5000/web@sha256:00"), "web");
        assert_eq!(base_name("nginx"), "nginx");
    }
}
