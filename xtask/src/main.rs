//! `cargo xtask`: sets up, builds, serves and tests the page.

use std::process::{Command, ExitCode};
use xtask::{Failure, bench, chromium, fuzz, halves, lighthouse, page, paths, run, serve, suite, tools};

const HELP: &str = "\
cargo xtask COMMAND: everything this project needs, on a machine with Rust (rustup) and git

  serve [--port N] [--host H]   install what is missing, build the page, serve it, print its address
  build                         the same, without serving: writes dist/
  breakable                     the page with a hook that makes it fail, for the browser tests: target/breakable/
  test [STEP...]                every test: format, clippy, native, size, browser (or only the steps named)
  shot [OPTIONS] OUT.png        a picture of the page from a headless Chromium; `cargo xtask shot --help`
  single                        the page in one file: target/artefacts/serviceaccount-lab.html
  package                       the npm package: target/artefacts/serviceaccount-lab-VERSION.tgz
  scorm [LESSON...]             SCORM 1.2 and 2004 packages of the course, or of these lessons, into target/artefacts/
  cmi5 [LESSON...]              a cmi5 package of the same, into target/artefacts/; needs npm
  site                          the folder to put on a server: dist/ with .br and .gz, in target/artefacts/site/
  licences                      the licences of what ships, into static/licences.txt
  lighthouse                    Lighthouse's scores of that folder, on a phone and on a desktop; writes docs/first-visit.md
  halves                        watches a browser visit the page: which functions can wait (tools/halves/later.txt); builds it so
  size                          what a first visit downloads, raw and brotli, against goal and ceiling, and by crate
  bench                         the benchmarks; writes their table into docs/performance.md (minutes)
  fuzz [TARGET...] [--seconds N | --runs N]
                                strangers' bytes for every parser that meets them (fuzz/), or for the ones named; needs a C++
                                compiler and Linux on x86-64
  setup                         only install what is missing, Chromium included
  help                          this

Tools that are not on the PATH go to target/tools (or the folder SALAB_TOOLS names): trunk, wasm-bindgen, wasm-opt.
Chromium and chromedriver are looked for at SALAB_CHROMIUM, SALAB_CHROMEDRIVER and on the PATH.
More in docs/development.md.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<(), Failure> {
    let (command, rest) = args.split_first().map_or(("help", &[][..]), |(command, rest)| (command.as_str(), rest));
    match command {
        "serve" => serve_page(rest),
        "test" => suite::test(rest),
        "shot" => shot(rest),
        "bench" | "build" | "breakable" | "single" | "package" | "site" | "licences" | "lighthouse" | "halves"
        | "size" | "setup"
            if !rest.is_empty() =>
        {
            Err(format!("{command} takes no options"))
        }
        "bench" => bench::bench(),
        "fuzz" => fuzz::fuzz(rest),
        "build" => page::build(),
        "halves" => halves::learn(),
        "breakable" => page::build_breakable(),
        "single" | "package" | "site" => pack(&[command]),
        // The page carries it, so it comes before the page.
        "licences" => run_pack(&[command]),
        "lighthouse" => {
            pack(&["site"])?;
            lighthouse::write_scores()
        }
        "scorm" | "cmi5" => pack(&[&[command], &rest.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat()),
        "size" => {
            page::build()?;
            run::run(&mut suite::size())
        }
        "setup" => {
            tools::set_up_components()?;
            tools::set_up(chromium::job().into_iter().collect())?;
            println!("Everything is there: {}", chromium::find().map(|found| found.browser.display().to_string())?);
            Ok(())
        }
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!("no command {other:?}\n\n{HELP}")),
    }
}

/// Makes something of the built page (tools/pack).
fn pack(args: &[&str]) -> Result<(), Failure> {
    page::build()?;
    run_pack(args)
}

fn run_pack(args: &[&str]) -> Result<(), Failure> {
    let mut cargo = run::cargo();
    run::run(cargo.args(["run", "--quiet", "--locked", "--package", "pack", "--"]).args(args))
}

fn serve_page(args: &[String]) -> Result<(), Failure> {
    let (mut host, mut port) = ("127.0.0.1", None);
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value"));
        match word.as_str() {
            "--host" => host = value()?,
            "--port" => port = Some(value()?.parse::<u16>().map_err(|error| format!("--port: {error}"))?),
            other => {
                return Err(format!("serve has no option {other:?}; it has --port N and --host H"));
            }
        }
    }
    page::build()?;
    let server = match port {
        Some(port) => serve::Server::start(&paths::dist(), host, port)?,
        // Nobody asked for a certain one: take the first that is free.
        None => (8080..8100)
            .find_map(|port| serve::Server::start(&paths::dist(), host, port).ok())
            .ok_or("ports 8080 to 8099 are taken; name one with --port")?,
    };
    println!("\nServiceAccount Lab: {}/\n(Ctrl+C ends it; after a change, run it again and reload.)", server.url());
    loop {
        std::thread::park();
    }
}

fn shot(args: &[String]) -> Result<(), Failure> {
    let only_help = args.iter().any(|arg| arg == "--help");
    if !only_help {
        tools::set_up(chromium::job().into_iter().collect())?;
        page::build()?;
    }
    let mut cargo = run::cargo();
    cargo.args(["run", "--quiet", "--locked", "--package", "browser-tests", "--bin", "shot", "--"]).args(args);
    // A picture's path is meant from where its caller stands.
    let here = std::env::current_dir().map_err(|error| error.to_string())?;
    run::run(Command::new(cargo.get_program()).args(cargo.get_args()).current_dir(here))
}
