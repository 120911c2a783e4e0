//! The simulator from Rust: a session, what it prints, what the API server decided, and the same session as a link.
//!
//! `cargo run --example drive`

use serviceaccount_lab::lab::link::SessionFile;
use serviceaccount_lab::lab::{Lab, Settings};
use std::collections::BTreeMap;
use std::time::Duration;

fn main() {
    let mut lab = Lab::new(Settings::default());
    for entry in ["kubectl create sa robot", "kubectl auth can-i list pods --as=system:serviceaccount:default:robot"] {
        let record = lab.run(entry);
        print!("$ {entry}\n{}", record.output());
        println!("(exit code {})", record.exit);
    }
    // A year costs no more than what happens in it.
    lab.run("kubectl run web --image=nginx");
    lab.advance(Duration::from_secs(365 * 86_400));
    println!("It is {} now.", lab.now().rfc3339());
    lab.undo();
    println!("And now {} again.", lab.now().rfc3339());
    let session = SessionFile::of(&lab, None, &BTreeMap::new());
    println!("index.html#{}", session.fragment());
}
