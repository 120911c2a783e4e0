//! How long the page takes, in Chromium: until it has started, a command of a session, and a year with pods. One line
//! each: what, how many, and microseconds (the middle one, the slowest of a hundred, the slowest).
//!
//! A command's time is taken three times: until the page has done it, for how long it had the processor until then, and until the
//! frame after that is drawn.

#![allow(clippy::unwrap_used, reason = "a measurement that fails has nothing to say")]

use browser_tests::{Page, View};
use serde_json::json;
use serviceaccount_lab::cluster::token;
use serviceaccount_lab::lab::{Lab, Settings};

#[path = "../../../benches/session/mod.rs"]
mod session;

const COMMANDS: usize = 200;
/// A script in the page may run for half a minute.
const AT_ONCE: usize = 20;
const STARTS: usize = 10;

/// How long a learner takes at least from one command to the next; the clock, which moves on once a second, runs meanwhile.
const PACE_MILLIS: u32 = 1_100;

/// Types each of `arguments[0]`, `arguments[1]` milliseconds apart, and presses Enter; the two times of each in milliseconds.
/// Between a last letter and Enter a tenth of a second goes by, as it does when somebody types: until then the browser's other
/// processes draw the letter, and on two cores the command would be timed with that.
const TYPE: &str = "
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set;
    const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return (async (entries, pace) => {
      const times = [];
      await salabRest.bring();
      for (const entry of entries) {
        await new Promise((done) => setTimeout(done, pace));
        const area = document.getElementById('terminal-command');
        set.call(area, entry);
        area.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await drawn();
        await new Promise((done) => setTimeout(done, 100));
        const began = performance.now();
        area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        const done = performance.now();
        await drawn();
        times.push([done - began, performance.now() - began]);
      }
      return times;
    })(...arguments);";

/// The first sign of somebody, some time before the first command.
const INTEREST: &str = "
    dispatchEvent(new PointerEvent('pointermove'));
    return new Promise((done) => setTimeout(done, 3000));";

/// Since the page was asked for.
const STARTED: &str = "return performance.now()";

fn main() {
    starts();
    commands();
    year();
}

fn starts() {
    let page = Page::open(&View::new(1440, 900).at("#free-play"));
    let mut times = Vec::new();
    for _ in 0..STARTS {
        page.reload();
        times.push(page.script(STARTED, &[]).as_f64().unwrap());
    }
    print("page started, from the cache", times);
}

fn commands() {
    let page = Page::open(&View::new(1440, 900).with_scrollbars().traced().at("#free-play"));
    // Who is about to type has moved something; then the page gets ready (src/embed/warm.rs).
    page.script(INTEREST, &[]);
    let (mut plain, mut tokens, mut frames) = (Vec::new(), Vec::new(), Vec::new());
    let entries: Vec<String> = (0..COMMANDS).map(session::entry).collect();
    let mut beside = Lab::new(Settings::default());
    let mut signed = Vec::new();
    for entries in entries.chunks(AT_ONCE) {
        let times = page.script(TYPE, &[json!(entries), json!(PACE_MILLIS)]);
        for (entry, time) in entries.iter().zip(times.as_array().into_iter().flatten()) {
            let (done, frame) = (time[0].as_f64().unwrap(), time[1].as_f64().unwrap());
            signed.push(shows_token(&mut beside, entry));
            if signed.last() == Some(&true) { &mut tokens } else { &mut plain }.push(done);
            frames.push(frame);
        }
    }
    // The driver hands them over once.
    let on_processor = page.key_times();
    assert_eq!(on_processor.len(), COMMANDS, "a key for each command");
    let busy = on_processor.into_iter().zip(signed).filter(|(_, signed)| !signed).map(|(time, _)| time).collect();
    print("a command, in the page", plain);
    print("a command, in the page, on the processor", busy);
    print("a command that shows a token, in the page", tokens);
    print("a command until it is drawn, in the page", frames);
}

/// Whether a signature is made for an entry: in the page as in a lab beside it.
fn shows_token(beside: &mut Lab, entry: &str) -> bool {
    let signed = token::signatures_made();
    beside.run(entry);
    token::signatures_made() > signed
}

fn year() {
    for pods in [10, 100] {
        let page = Page::open(&View::new(1440, 900).at("#free-play"));
        let make = format!("kubectl create deployment web --image=nginx --replicas={pods}");
        let wait = "kubectl rollout status deployment/web";
        page.script(TYPE, &[json!([make, wait]), json!(0)]);
        let times: Vec<f64> = (0..3)
            .map(|_| {
                let time = page.script(TYPE, &[json!(["sleep 31536000"]), json!(0)]);
                time[0][1].as_f64().unwrap()
            })
            .collect();
        print(&format!("a year with {pods} pods until it is drawn, in the page"), times);
    }
}

/// `times` in milliseconds.
fn print(what: &str, mut times: Vec<f64>) {
    times.sort_unstable_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100] * 1000.0;
    println!("{what}\t{}\t{:.0}\t{:.0}\t{:.0}", times.len(), at(50), at(99), at(100));
}
