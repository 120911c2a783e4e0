//! Go's `text/tabwriter`, as kubectl uses it: tab-terminated cells become columns, run by run.
//!
//! A column reaches over adjacent lines that have a cell in it; a line without one ends the run and the next run
//! measures anew. What stands after a line's last tab is in no column.

/// How wide columns get.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// No column is narrower.
    pub width_min: usize,
    /// Spaces after the longest cell.
    pub padding: usize,
}

/// `kubectl get`, `api-resources`, `auth`: at least 6 wide, 3 spaces between.
pub const GET: Layout = Layout { width_min: 6, padding: 3 };
/// `kubectl describe`: 2 spaces between.
pub const DESCRIBE: Layout = Layout { width_min: 0, padding: 2 };

/// Aligns text.
pub fn align(text: &str, layout: Layout) -> String {
    align_remembering(text, layout, &mut Vec::new())
}

/// Aligns text with columns at least as wide as `widths`, which grow with it: how a watch keeps its columns.
pub fn align_remembering(text: &str, layout: Layout, widths: &mut Vec<usize>) -> String {
    let ended = text.ends_with('\n');
    let body = text.strip_suffix('\n').unwrap_or(text);
    let lines: Vec<Vec<&str>> = body.split('\n').map(|line| line.split('\t').collect()).collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0).saturating_sub(1);
    let mut width_of: Vec<Vec<usize>> = lines.iter().map(|line| vec![0; line.len()]).collect();
    for column in 0..columns {
        measure(&lines, column, layout, widths, &mut width_of);
    }
    let mut out = String::with_capacity(text.len() * 2);
    for (index, (line, wide)) in lines.iter().zip(&width_of).enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let last = line.len().saturating_sub(1);
        for (position, (cell, width)) in line.iter().zip(wide).enumerate() {
            out.push_str(cell);
            if position < last {
                out.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.chars().count())));
            }
        }
    }
    if ended {
        out.push('\n');
    }
    out
}

/// Gives every run of lines that have a cell in `column` its width there.
fn measure(lines: &[Vec<&str>], column: usize, layout: Layout, widths: &mut Vec<usize>, width_of: &mut [Vec<usize>]) {
    let mut start = 0;
    while start < lines.len() {
        let run = lines.iter().skip(start).take_while(|line| line.len() > column + 1).count();
        if run == 0 {
            start += 1;
            continue;
        }
        let cells = lines.iter().skip(start).take(run).filter_map(|line| line.get(column));
        let longest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        let mut width = (longest + layout.padding).max(layout.width_min);
        if widths.len() <= column {
            widths.resize(column + 1, 0);
        }
        if let Some(known) = widths.get_mut(column) {
            if layout.width_min == GET.width_min {
                width = width.max(*known);
            }
            *known = width;
        }
        for wide in width_of.iter_mut().skip(start).take(run) {
            if let Some(slot) = wide.get_mut(column) {
                *slot = width;
            }
        }
        start += run;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_measured_run_by_run() {
        let text = "Name:\tx\nLabels:\t<none>\nPolicyRule:\n  Resources\tVerbs\n  pods\t[get]\n";
        let told = "Name:    x\nLabels:  <none>\nPolicyRule:\n  Resources  Verbs\n  pods       [get]\n";
        assert_eq!(align(text, DESCRIBE), told);
    }

    #[test]
    fn get_has_wide_columns_and_keeps_empty_ones() {
        assert_eq!(align("A\tB\nx\t\n", GET), "A     B\nx     \n");
        assert_eq!(
            align("NAME\tROLE\tUSERS\tSA\nrb\tR\t\tx\n", GET),
            "NAME   ROLE   USERS   SA\nrb     R              x\n"
        );
    }

    #[test]
    fn a_watch_remembers_widths() {
        let mut widths = Vec::new();
        align_remembering("NAME\tAGE\nlong-name\t1s\n", GET, &mut widths);
        assert_eq!(align_remembering("x\t2s\n", GET, &mut widths), "x           2s\n");
    }
}
