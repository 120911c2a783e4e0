//! `cargo xtask bench`: runs the benchmarks and writes their table into docs/performance.md.

use crate::{Failure, page, paths, run};
use std::fs;
use std::process::{Command, Stdio};

const BEGIN: &str = "<!-- cargo xtask bench writes from here -->\n";
const END: &str = "<!-- to here -->\n";

/// A row of the table.
#[derive(Debug, PartialEq)]
struct Row {
    what: String,
    cells: Vec<String>,
}

/// Runs the benchmarks and writes the tables.
pub fn bench() -> Result<(), Failure> {
    let commands = output(&["bench", "--quiet", "--locked", "--bench", "percentiles"])?;
    let rest = output(&["bench", "--quiet", "--locked", "--bench", "lab"])?;
    let memory = output(&["bench", "--quiet", "--locked", "--bench", "memory"])?;
    page::build()?;
    let example = |name| output(&["run", "--quiet", "--locked", "--package", "browser-tests", "--example", name]);
    let page = example("percentiles")?;
    let scale = output(&["bench", "--quiet", "--locked", "--bench", "scale"])? + &example("embeds")?;
    let text = format!(
        "| in Chromium | p50 | p99 | slowest |\n|---|---|---|---|\n{}\n\
         | {} commands of a session, natively | p50 | p99 | slowest |\n|---|---|---|---|\n{}\n\
         | median of | 10 | 20 | 100 | 200 | 1,000 | 10,000 | grows |\n|---|---|---|---|---|---|---|---|\n{}{}\n\
         | what grows | how many | time | memory, at most | time grows | memory grows |\n|---|---|---|---|---|---|\n{}",
        table(&percentiles(&page)),
        200,
        table(&percentiles(&commands)),
        table(&grown(&medians(&rest), shown)),
        table(&grown(&peaks(&memory), megabytes)),
        table(&scaled(&scale))
    );
    let file = paths::root().join("docs/performance.md");
    let old = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let (head, tail) = old
        .split_once(BEGIN)
        .and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)))
        .ok_or_else(|| format!("{} has lost its marks", file.display()))?;
    fs::write(&file, format!("{head}{BEGIN}{text}{END}{tail}"))
        .map_err(|error| format!("{}: {error}", file.display()))?;
    println!("\nWritten into {}.", file.display());
    Ok(())
}

/// What cargo prints, shown as well.
fn output(args: &[&str]) -> Result<String, Failure> {
    let mut cargo: Command = run::cargo();
    let done = cargo.args(args).stderr(Stdio::inherit()).output().map_err(|error| format!("cargo: {error}"))?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    print!("{text}");
    if done.status.success() { Ok(text) } else { Err(format!("cargo {} failed", args.join(" "))) }
}

fn table(rows: &[Row]) -> String {
    rows.iter().map(|row| format!("| {} | {} |\n", row.what, row.cells.join(" | "))).collect()
}

/// The lines of benches/percentiles.rs: what, how many, and three times in microseconds.
fn percentiles(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [what, count, times @ ..] = cells.as_slice() else { return None };
        let times: Option<Vec<String>> =
            times.iter().map(|micros| micros.parse::<f64>().ok().map(|micros| shown(micros / 1e6))).collect();
        Some(Row { what: format!("{what} ({count})"), cells: times.filter(|times| times.len() == 3)? })
    };
    text.lines().filter_map(row).collect()
}

/// The medians that divan's tree holds: a benchmark, or a benchmark with an argument below it.
fn medians(text: &str) -> Vec<(String, String, f64)> {
    let mut found = Vec::new();
    let mut parent = String::new();
    for line in text.lines() {
        let bare = line.trim_start_matches(['│', '├', '╰', '─', ' ']);
        let mut cells = bare.split('│');
        let name = cells.next().and_then(|cell| cell.split_whitespace().next()).unwrap_or_default();
        let is_argument = name.parse::<u32>().is_ok();
        if !is_argument {
            name.clone_into(&mut parent);
        }
        let median = cells.nth(1).and_then(|cell| seconds(cell.trim()));
        if let Some(median) = median {
            found.push((parent.clone(), if is_argument { name.to_owned() } else { String::new() }, median));
        }
    }
    found
}

/// The lines of benches/memory.rs: what, how many pods, and bytes.
fn peaks(text: &str) -> Vec<(String, String, f64)> {
    let peak = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [what, pods, bytes] = cells.as_slice() else { return None };
        Some(((*what).to_owned(), (*pods).to_owned(), bytes.parse().ok()?))
    };
    text.lines().filter_map(peak).collect()
}

/// The lines of benches/scale.rs and of the example embeds: what, how many, microseconds and bytes. A row each, with how time
/// and memory grew from the line before it.
fn scaled(text: &str) -> Vec<Row> {
    let measured = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [what, count, micros, bytes] = cells.as_slice() else { return None };
        let number = |text: &&str| text.parse::<f64>().ok();
        Some(((*what).to_owned(), number(count)?, number(micros)? / 1e6, number(bytes)?))
    };
    let all: Vec<(String, f64, f64, f64)> = text.lines().filter_map(measured).collect();
    let row = |(index, (what, count, time, memory)): (usize, &(String, f64, f64, f64))| {
        let before = index.checked_sub(1).and_then(|index| all.get(index)).filter(|before| before.0 == *what);
        let grows = |now: f64, then: f64, more: f64| format!("×{:.1} for ×{more:.0}", now / then);
        let (time_grows, memory_grows) = before.map_or_else(Default::default, |(_, fewer, sooner, less)| {
            (grows(*time, *sooner, count / fewer), grows(*memory, *less, count / fewer))
        });
        let memory = if *memory > 0.0 { megabytes(*memory) } else { String::new() };
        Row { what: what.clone(), cells: vec![count.to_string(), shown(*time), memory, time_grows, memory_grows] }
    };
    all.iter().enumerate().map(row).collect()
}

/// One row a benchmark, with how its last step grew: from one size to the next, beside how the size grew.
fn grown(found: &[(String, String, f64)], shown: fn(f64) -> String) -> Vec<Row> {
    const SIZES: [&str; 6] = ["10", "20", "100", "200", "1000", "10000"];
    let mut names: Vec<&String> = found.iter().map(|(name, _, _)| name).collect();
    names.dedup();
    let row = |name: &String| {
        let of = |size: &str| found.iter().find(|(other, at, _)| other == name && at == size).map(|(_, _, time)| *time);
        let mut cells: Vec<String> = SIZES.iter().map(|size| of(size).map(shown).unwrap_or_default()).collect();
        let known: Vec<(f64, f64)> = SIZES.iter().filter_map(|size| Some((size.parse().ok()?, of(size)?))).collect();
        cells.push(match known.as_slice() {
            [.., (size, time), (more, longer)] => format!("×{:.1} for ×{:.0}", longer / time, more / size),
            _ => of("").map(shown).unwrap_or_default(),
        });
        Row { what: name.replace('_', " "), cells }
    };
    names.into_iter().map(row).collect()
}

/// `1.5 ms` in seconds.
fn seconds(text: &str) -> Option<f64> {
    let (number, unit) = text.split_once(' ')?;
    let scale = match unit.trim() {
        "ns" => 1e-9,
        "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * scale)
}

fn megabytes(bytes: f64) -> String {
    format!("{:.0} MB", bytes / 1e6)
}

fn shown(seconds: f64) -> String {
    match seconds {
        ..1e-6 => format!("{:.0} ns", seconds * 1e9),
        ..1e-3 => format!("{:.0} µs", seconds * 1e6),
        ..1.0 => format!("{:.1} ms", seconds * 1e3),
        _ => format!("{seconds:.1} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "\
Timer precision: 20 ns
lab              fastest       │ slowest       │ median        │ mean          │ samples │ iters
├─ boot          10.1 ms       │ 20.2 ms       │ 12 ms         │ 13 ms         │ 40      │ 40
╰─ year                        │               │               │               │         │
   ├─ 10         1 ms          │ 1 ms          │ 1.5 ms        │ 1 ms          │ 1       │ 1
   ╰─ 100        9 ms          │ 9 ms          │ 15 ms         │ 9 ms          │ 1       │ 1
";

    #[test]
    fn reads_the_medians_of_the_tree() {
        let found: Vec<(String, String, String)> =
            medians(TREE).into_iter().map(|(name, at, time)| (name, at, shown(time))).collect();
        let wanted = [("boot", "", "12.0 ms"), ("year", "10", "1.5 ms"), ("year", "100", "15.0 ms")];
        assert_eq!(found, wanted.map(|(name, at, time)| (name.to_owned(), at.to_owned(), time.to_owned())));
        let rows = grown(&medians(TREE), shown);
        assert_eq!(rows[0].cells.last().map(String::as_str), Some("12.0 ms"));
        assert_eq!(rows[1].cells.last().map(String::as_str), Some("×10.0 for ×10"));
    }

    #[test]
    fn reads_the_peaks() {
        let rows = grown(&peaks("noise\nmemory, at most\t10\t25000000\nmemory, at most\t100\t50400000\n"), megabytes);
        let cells = ["25 MB", "", "50 MB", "", "", "", "×2.0 for ×10"].map(str::to_owned).to_vec();
        assert_eq!(rows, [Row { what: "memory, at most".into(), cells }]);
    }

    #[test]
    fn says_how_time_and_memory_grow() {
        let rows = scaled("labs\t5\t1000000\t2000000\nlabs\t20\t4500000\t5000000\nnoise\nother\t5\t1\t0\n");
        let cells: Vec<String> = rows.iter().map(|row| row.cells.join("|")).collect();
        assert_eq!(cells, ["5|1.0 s|2 MB||", "20|4.5 s|5 MB|×4.5 for ×4|×2.5 for ×4", "5|1 µs|||"]);
    }

    #[test]
    fn reads_the_percentiles() {
        let rows = percentiles("a command\t600\t250\t3100\t1200000\nnoise\n");
        assert_eq!(
            rows,
            [Row { what: "a command (600)".into(), cells: vec!["250 µs".into(), "3.1 ms".into(), "1.2 s".into()] }]
        );
    }
}
