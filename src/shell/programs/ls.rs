//! `ls [-l] [-a] [-A] [-1] [-L] [-d] [-R] [-r] [-t] [-S] [-h] [-n] [PATH…]`, GNU's and BusyBox' way.
//!
//! Sizes and blocks are those of ext4 (folders 4096 bytes, files whole pages), on a tmpfs those of a tmpfs.

use crate::api::sorted;
use crate::api::container::Mount;
use crate::api::files::{Entry, FileError, FileTree, absolute};
use crate::api::time::Timestamp;
use crate::shell::programs::options::Options;
use crate::shell::runner::{Runner, Step};
use std::time::Duration;

/// How wide a terminal is taken to be.
const COLUMNS: usize = 80;
/// How deep `-R` goes.
const DEPTH_MAX: usize = 32;

struct Lister<'a, 'b> {
    runner: &'a mut Runner<'b>,
    options: Options,
    tree: FileTree,
    mounts: Vec<Mount>,
    exit: i32,
}

/// What `ls` knows of one entry.
struct Row {
    name: String,
    path: String,
    entry: Entry,
}

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let long = [("all", 'a'), ("almost-all", 'A'), ("dereference", 'L'), ("directory", 'd'), ("recursive", 'R'),
        ("reverse", 'r'), ("human-readable", 'h')];
    let options = match runner.options("ls", arguments, "laA1LdRrtShn", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let tree = runner.tree();
    let mut mounts = runner.frame().look(&*runner.client).map(|container| container.mounts).unwrap_or_default();
    let mut operands = options.operands.clone();
    if operands.is_empty() {
        operands.push(".".to_owned());
    }
    // Images have `/var/run` as a link.
    for mount in &mut mounts {
        mount.path = tree.resolve(&mount.path).unwrap_or_else(|_| mount.path.clone());
    }
    let mut lister = Lister { runner, options, tree, mounts, exit: 0 };
    lister.list(&operands);
    Ok(lister.exit)
}

impl Lister<'_, '_> {
    fn list(&mut self, operands: &[String]) {
        let mut files = Vec::new();
        let mut folders = Vec::new();
        for operand in operands {
            let path = self.runner.path(operand);
            // A link named on the command line is followed, unless `-l` is to show it.
            let follow = !self.options.has('l') || operand.ends_with('/') || self.options.has('L');
            let found = if follow { self.tree.follow(&path).or_else(|_| self.tree.entry(&path)) } else { self.tree.entry(&path) };
            match found {
                Ok(entry @ Entry::Directory(..)) if !self.options.has('d') => {
                    let readable = self.runner.may_read(entry);
                    if readable { folders.push((operand.clone(), path)) } else { self.refuse(operand, FileError::PermissionDenied) }
                }
                Ok(entry) => files.push(Row { name: operand.clone(), path, entry: entry.clone() }),
                Err(error) => self.refuse(operand, error),
            }
        }
        let several = files.len() + folders.len() > 1 || operands.len() > 1;
        let mut printed = !files.is_empty();
        self.print(files, false);
        let mut pending: Vec<(String, String, usize)> = folders.into_iter().rev().map(|(name, path)| (name, path, 0)).collect();
        while let Some((name, path, depth)) = pending.pop() {
            if several || self.options.has('R') {
                self.runner.out(format!("{}{name}:\n", if printed { "\n" } else { "" }));
            }
            printed = true;
            let rows = self.rows(&path);
            if self.options.has('R') && depth < DEPTH_MAX {
                let inner = rows.iter().filter(|row| matches!(row.entry, Entry::Directory(..)) && !row.name.starts_with('.'));
                let inner: Vec<_> = inner.map(|row| (format!("{name}/{}", row.name), row.path.clone(), depth + 1)).collect();
                pending.extend(inner.into_iter().rev());
            }
            self.print(rows, true);
        }
    }

    fn refuse(&mut self, name: &str, error: FileError) {
        let text = match (self.runner.busybox(), error) {
            (true, FileError::PermissionDenied) => format!("ls: can't open '{name}': {error}\n"),
            (true, _) => format!("ls: {name}: {error}\n"),
            (false, FileError::PermissionDenied) => format!("ls: cannot open directory '{name}': {error}\n"),
            (false, _) => format!("ls: cannot access '{name}': {error}\n"),
        };
        self.exit = if self.runner.busybox() { 1 } else { 2 };
        self.runner.err(text);
    }

    fn rows(&self, folder: &str) -> Vec<Row> {
        let mut names: Vec<String> = Vec::new();
        if self.options.has('a') {
            names.extend([".".to_owned(), "..".to_owned()]);
        }
        let hidden = self.options.has('a') || self.options.has('A');
        if let Ok(listed) = self.tree.list(folder) {
            names.extend(listed.into_iter().filter(|name| hidden || !name.starts_with('.')).map(str::to_owned));
        }
        let real = self.tree.resolve(folder).unwrap_or_else(|_| folder.to_owned());
        let mut rows: Vec<Row> = Vec::new();
        for name in names {
            let path = absolute(&real, &name);
            let found = if self.options.has('L') { self.tree.follow(&path) } else { self.tree.entry(&path) };
            if let Ok(entry) = found {
                rows.push(Row { name, path, entry: entry.clone() });
            }
        }
        if self.options.has('t') {
            sorted::sort_by_key(&mut rows, |row| std::cmp::Reverse(row.entry.attributes().modified));
        }
        if self.options.has('S') {
            sorted::sort_by_key(&mut rows, |row| std::cmp::Reverse(self.size(row)));
        }
        if self.options.has('r') {
            rows.reverse();
        }
        rows
    }

    fn print(&mut self, rows: Vec<Row>, with_total: bool) {
        let long = self.options.has('l') || self.options.has('n');
        if long && with_total {
            let blocks: usize = rows.iter().map(|row| self.kibibytes(row)).sum();
            self.runner.out(format!("total {blocks}\n"));
        }
        let text = match (long, self.options.has('1') || !self.runner.output_is_terminal()) {
            (true, _) => self.long(&rows),
            (false, true) => rows.iter().map(|row| format!("{}\n", row.name)).collect(),
            (false, false) => columns(&rows.iter().map(|row| row.name.as_str()).collect::<Vec<&str>>()),
        };
        self.runner.out(text);
    }

    fn on_tmpfs(&self, path: &str) -> bool {
        let inside = |mount: &&Mount| path == mount.path || path.starts_with(&format!("{}/", mount.path));
        let deepest = self.mounts.iter().filter(inside).max_by_key(|mount| mount.path.len());
        deepest.is_some_and(|mount| mount.file_system == "tmpfs")
    }

    fn size(&self, row: &Row) -> usize {
        match &row.entry {
            Entry::File(_, content) => content.length(),
            Entry::Link(_, target) => target.len(),
            Entry::Directory(_, children) if self.on_tmpfs(&row.path) => (children.len() + 2) * 20,
            Entry::Directory(..) => 4096,
        }
    }

    fn kibibytes(&self, row: &Row) -> usize {
        match &row.entry {
            Entry::File(_, content) => content.length().div_ceil(4096) * 4,
            Entry::Link(..) => 0,
            Entry::Directory(..) => if self.on_tmpfs(&row.path) { 0 } else { 4 },
        }
    }

    fn long(&self, rows: &[Row]) -> String {
        let busybox = self.runner.busybox();
        let now = self.runner.client.now();
        let cells: Vec<[String; 7]> = rows
            .iter()
            .map(|row| {
                let attributes = row.entry.attributes();
                let links = match &row.entry {
                    Entry::Directory(_, children) => 2 + children.values().filter(|child| matches!(child, Entry::Directory(..))).count(),
                    _ => 1,
                };
                let size = self.size(row);
                let name = match &row.entry {
                    Entry::Link(_, target) => format!("{} -> {target}", row.name),
                    _ => row.name.clone(),
                };
                [
                    row.entry.permissions(),
                    links.to_string(),
                    self.owner(attributes.user),
                    self.owner(attributes.group),
                    if self.options.has('h') { human(size) } else { size.to_string() },
                    date(attributes.modified, now),
                    name,
                ]
            })
            .collect();
        let width = |column: usize| cells.iter().map(|row| row[column].len()).max().unwrap_or(0);
        let (links, user, group, size) = (width(1), width(2), width(3), width(4));
        let line = |[mode, link, owner, of, bytes, when, name]: &[String; 7]| match busybox {
            true => format!("{mode} {link:>4} {owner:<8.8} {of:<8.8} {bytes:>9} {when} {name}\n"),
            false => format!("{mode} {link:>links$} {owner:<user$} {of:<group$} {bytes:>size$} {when} {name}\n"),
        };
        cells.iter().map(line).collect()
    }

    fn owner(&self, id: u32) -> String {
        match (id, self.options.has('n'), self.runner.frame().container.is_some()) {
            (0, false, _) => "root".to_owned(),
            (1000, false, false) => "lab".to_owned(),
            _ => id.to_string(),
        }
    }
}

fn human(size: usize) -> String {
    match size {
        0..1024 => size.to_string(),
        1024..1_048_576 => format!("{:.1}K", size as f64 / 1024.0),
        _ => format!("{:.1}M", size as f64 / 1_048_576.0),
    }
}

/// `Nov 23 23:27`, or with the year when it is more than half a year away.
fn date(when: Timestamp, now: Timestamp) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let calendar = when.calendar();
    let month = MONTHS.get(usize::from(u8::from(calendar.month())) - 1).copied().unwrap_or_default();
    let half_a_year = Duration::from_secs(365 * 86400 / 2);
    let recent = now.since(when) < half_a_year && when <= now.after(Duration::from_secs(86400));
    if recent {
        return format!("{month} {:>2} {:02}:{:02}", calendar.day(), calendar.hour(), calendar.minute());
    }
    format!("{month} {:>2}  {}", calendar.day(), calendar.year())
}

/// Names in columns, filled downwards, as on a terminal.
fn columns(names: &[&str]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let width = |column: &[&str]| column.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let fits = |rows: &usize| {
        let widths: Vec<usize> = names.chunks(*rows).map(width).collect();
        widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) <= COLUMNS
    };
    let rows = (1..=names.len()).find(fits).unwrap_or(names.len());
    let widths: Vec<usize> = names.chunks(rows).map(width).collect();
    let mut text = String::new();
    for row in 0..rows {
        let cells: Vec<&str> = names.chunks(rows).filter_map(|column| column.get(row).copied()).collect();
        for (index, cell) in cells.iter().enumerate() {
            let pad = if index + 1 == cells.len() { 0 } else { widths.get(index).copied().unwrap_or(0) + 2 };
            text.push_str(&format!("{cell:<pad$}"));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_columns_downwards() {
        assert_eq!(columns(&["a", "bb", "c"]), "a  bb  c\n");
        let long: Vec<String> = (0..10).map(|n| format!("a-rather-long-name-{n}")).collect();
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        assert_eq!(columns(&long).lines().next(), Some("a-rather-long-name-0  a-rather-long-name-4  a-rather-long-name-8"));
    }
}
