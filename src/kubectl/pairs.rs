//! `KEY=VALUE` and `KEY-` arguments of `label`, `annotate` and `set image`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go.

/// Splits arguments into resources and the pairs that follow them.
///
/// # Errors
/// A resource after the first pair.
pub fn split<'a>(arguments: &'a [String], what: &str) -> Result<(&'a [String], &'a [String]), String> {
    let is_pair = |text: &str| (text.contains('=') && !text.starts_with('=')) || (text.ends_with('-') && text != "-");
    let first = arguments.iter().position(|argument| is_pair(argument)).unwrap_or(arguments.len());
    let (resources, pairs) = arguments.split_at(first);
    match pairs.iter().find(|argument| !is_pair(argument)) {
        Some(late) => Err(format!("all resources must be specified before {what} changes: {late}")),
        None => Ok((resources, pairs)),
    }
}

/// What is to be set and what removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Keys and their new values, in the order given.
    pub set: Vec<(String, String)>,
    /// Keys to take away.
    pub remove: Vec<String>,
}

impl Changes {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// The keys that are both set and removed.
    pub fn contradictions(&self) -> Vec<&str> {
        self.remove.iter().filter(|key| self.set.iter().any(|(set, _)| set == *key)).map(String::as_str).collect()
    }
}

/// Reads the pairs of `annotate` and, without removals, of `set image`.
///
/// # Errors
/// `invalid WHAT format: …` with all that cannot be read.
pub fn parse(pairs: &[String], what: &str, removals: bool) -> Result<Changes, String> {
    let mut changes = Changes::default();
    let mut invalid: Vec<&str> = Vec::new();
    for pair in pairs {
        match (pair.split_once('='), pair.strip_suffix('-')) {
            (Some((key, value)), _) if !key.is_empty() => changes.set.push((key.to_owned(), value.to_owned())),
            (_, Some(key)) if removals => changes.remove.push(key.to_owned()),
            _ => invalid.push(pair),
        }
    }
    if invalid.is_empty() { Ok(changes) } else { Err(format!("invalid {what} format: {}", invalid.join(", "))) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn owned(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn resources_come_first() {
        let arguments = owned(&["sa", "app", "a=b", "c-"]);
        let (resources, pairs) = split(&arguments, "label").unwrap();
        assert_eq!((resources, pairs), (&arguments[..2], &arguments[2..]));
        assert_eq!(
            split(&owned(&["sa", "a=b", "app"]), "label").unwrap_err(),
            "all resources must be specified before label changes: app"
        );
    }

    #[test]
    fn reads_settings_and_removals() {
        let read = parse(&owned(&["a=b=c", "d-"]), "annotation", true).unwrap();
        assert_eq!(read, Changes { set: vec![("a".into(), "b=c".into())], remove: vec!["d".into()] });
        assert_eq!(parse(&owned(&["d-", "=x"]), "image", false).unwrap_err(), "invalid image format: d-, =x");
        let both = parse(&owned(&["a=b", "a-"]), "annotation", true).unwrap();
        assert_eq!(both.contradictions(), vec!["a"]);
    }
}
