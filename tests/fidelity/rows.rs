//! The rows that are written by hand.

/// What is said of one thing.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub section: String,
    pub id: String,
    pub status: String,
    pub source: String,
    pub note: String,
    pub test: String,
}

pub fn rows() -> Vec<Row> {
    let mut section = String::new();
    let mut rows = Vec::new();
    for line in
        include_str!("rows.txt").lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some(title) = line.strip_prefix("== ") {
            section = title.to_owned();
            continue;
        }
        let mut cells = line.splitn(5, '|').map(|cell| cell.trim().to_owned());
        let mut cell = || cells.next().unwrap_or_default();
        rows.push(Row {
            section: section.clone(),
            id: cell(),
            status: cell(),
            source: cell(),
            note: cell(),
            test: cell(),
        });
    }
    rows
}

/// The row of a flag: the command's own, or the one for all commands.
pub fn of_flag<'a>(rows: &'a [Row], command: &str, flag: &str) -> Option<&'a Row> {
    let short = command.strip_prefix("kubectl ").unwrap_or(command);
    let named = |id: String| rows.iter().find(|row| row.section == "flags" && row.id == id);
    named(format!("{short} {flag}")).or_else(|| named(format!("* {flag}")))
}
