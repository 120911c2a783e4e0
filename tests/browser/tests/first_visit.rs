//! What somebody sees whose browser, connection or site keeps the program from starting: text, and what to do.

use browser_tests::{Page, View};
use std::fs;
use std::path::PathBuf;
use xtask::serve::{POLICY, Server};

/// A copy of `dist/` whose wasm went through `change`; none leaves it out.
fn copy(name: &str, change: impl Fn(Vec<u8>) -> Option<Vec<u8>>) -> PathBuf {
    let folder = xtask::paths::root().join("target/browser").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(xtask::paths::dist()).unwrap() {
        let path = entry.unwrap().path();
        let (Some(file), Ok(bytes)) = (path.file_name(), fs::read(&path)) else { continue };
        let bytes = if path.extension().is_some_and(|kind| kind == "wasm") { change(bytes) } else { Some(bytes) };
        if let Some(bytes) = bytes {
            fs::write(folder.join(file), bytes).unwrap();
        }
    }
    folder
}

/// The alert of a page that cannot start says `part`, and the text that needs no program is still there.
fn assert_told(server: &Server, part: &str) {
    let page = Page::open_broken(server, &View::new(1024, 768));
    page.css("[role=alert]").wait_for_text(part);
    page.wait_for_text("What a ServiceAccount is, and the one every namespace has");
}

#[test]
fn a_program_that_arrives_in_part_is_told() {
    let folder = copy("truncated", |bytes| Some(bytes[..bytes.len() / 2].to_vec()));
    assert_told(&Server::start(&folder, "127.0.0.1", 0).unwrap(), "arrived damaged or in parts");
}

#[test]
fn a_program_that_does_not_arrive_is_told() {
    let folder = copy("missing", |_| None);
    assert_told(&Server::start(&folder, "127.0.0.1", 0).unwrap(), "could not be downloaded");
}

#[test]
fn a_site_that_forbids_webassembly_is_told_which_header_to_send() {
    let folder = copy("forbidden", Some);
    let strict = POLICY.replace(" 'wasm-unsafe-eval'", "");
    let server = Server::start_under(&strict, &folder, "127.0.0.1", 0).unwrap();
    assert_told(&server, "script-src needs 'wasm-unsafe-eval'");
}
