//! Tables that are kept as text, one entry a line: a name, a blank, and what is said of it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Such a table, read when somebody first looks something up.
pub struct Lines {
    text: &'static str,
    by_name: OnceLock<BTreeMap<&'static str, &'static str>>,
}

impl Lines {
    /// The table in this text.
    pub const fn of(text: &'static str) -> Self {
        Lines { text, by_name: OnceLock::new() }
    }

    /// What is said of a name.
    pub fn get(&self, name: &str) -> Option<&'static str> {
        let by_name = self.by_name.get_or_init(|| self.text.lines().filter_map(|line| line.split_once(' ')).collect());
        by_name.get(name).copied()
    }
}
