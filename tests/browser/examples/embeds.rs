//! What labs on one page take: a line for each number of them: what, how many, microseconds until all are there, and the memory of
//! the browser beyond that of an empty page, in bytes (0 where the system does not say).

#![allow(clippy::unwrap_used, reason = "a measurement that fails has nothing to say")]

use browser_tests::{Page, Site, View};
use std::collections::BTreeMap;
use std::fs;

const NUMBERS: [usize; 3] = [1, 5, 20];

/// When the last one is there, since the page was asked for.
const READY: &str = "return Promise.all([...document.querySelectorAll('serviceaccount-lab')].map((lab) => lab.ready)).then(() => performance.now())";

fn main() {
    for number in NUMBERS {
        let lab = "<serviceaccount-lab load=\"now\" lesson=\"automount-off\" view=\"lesson terminal\" height=\"300\">Text</serviceaccount-lab>";
        let empty = empty_kb();
        let server = Site::new("scale").page(&lab.repeat(number)).serve();
        let page = Page::open_site(&server, &View::new(1100, 800));
        // The first time, the browser keeps the files and what it compiled. The memory is that of this visit: it keeps the page itself
        // too, for when one goes back.
        page.script(READY, &[]);
        let bytes = browser_kb().saturating_sub(empty) * 1024;
        page.visit(&server.url());
        let millis = page.script(READY, &[]).as_f64().unwrap();
        println!("labs on one page\t{number}\t{:.0}\t{bytes}", millis * 1000.0);
    }
}

/// What a browser takes that shows an empty page.
fn empty_kb() -> u64 {
    let server = Site::new("empty").page("").serve();
    let _page = Page::open_site(&server, &View::new(1100, 800));
    std::thread::sleep(std::time::Duration::from_secs(2));
    browser_kb()
}

/// The memory of all processes that we have started, shared parts once.
fn browser_kb() -> u64 {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    let parents: BTreeMap<u32, u32> = pids.filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let is_ours = |pid: u32| {
        let mut above = std::iter::successors(Some(pid), |pid| parents.get(pid).copied().filter(|pid| *pid != 0));
        pid != std::process::id() && above.any(|pid| pid == std::process::id())
    };
    parents.keys().filter(|pid| is_ours(**pid)).filter_map(|pid| share_kb(*pid)).sum()
}

fn parent(pid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

/// What a process takes, what it shares with others in parts.
fn share_kb(pid: u32) -> Option<u64> {
    let shares = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    shares.lines().find_map(|line| line.strip_prefix("Pss:"))?.trim().strip_suffix("kB")?.trim().parse().ok()
}
