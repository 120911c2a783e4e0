//! Cuts the page's wasm in two: what a first visit runs, and the rest, which is fetched when somebody does something.
//!
//! Which functions can wait is known from watching a browser (`cargo xtask halves`) and kept as a list of names, `later.txt`.
//! The list only decides what arrives when: a function that is called before it is there is waited for, and one that
//! nobody knows stays in the first half.

mod cut;
mod later;
mod mark;

use std::process::ExitCode;
use std::{env, fs};
use walrus::{FunctionId, Module, ModuleConfig};

const USAGE: &str = "halves cut WASM LATER FIRST REST   writes the two halves of WASM
halves mark WASM OUT               writes WASM with an export for each function that says whether it ran
halves learn WASM RAN LATER        writes the list of the functions of WASM that are not among those in RAN (their positions)";

/// What went wrong, in words.
type Failure = String;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["cut", wasm, later, first, rest] => cut(wasm, later, first, rest),
        ["mark", wasm, out] => read(wasm).and_then(|wasm| write(out, &mark::mark(&wasm)?)),
        ["learn", wasm, ran, later] => learn(wasm, ran, later),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn cut(wasm: &str, later: &str, first: &str, rest: &str) -> Result<(), Failure> {
    let wasm = read(wasm)?;
    let moving = later::read(&read_text(later)?)?.positions(&parse(&wasm)?);
    let halves = cut::cut(&wasm, &moving)?;
    write(first, &halves.first)?;
    write(rest, &halves.rest)
}

fn learn(wasm: &str, ran: &str, to: &str) -> Result<(), Failure> {
    let module = parse(&read(wasm)?)?;
    let ran: Result<_, _> = read_text(ran)?.split_whitespace().map(str::parse).collect();
    let ran = ran.map_err(|_| "RAN has something that is no position")?;
    write(to, later::write(&module, &ran).as_bytes())
}

/// Reads a module; what comes out of it has no names, which the page does not need.
fn parse(wasm: &[u8]) -> Result<Module, Failure> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    config.generate_synthetic_names_for_anonymous_items(false);
    config.parse(wasm).map_err(|error| format!("no wasm that can be read: {error}"))
}

/// The functions in the order of the file, which is the same however often it is read.
fn functions(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(walrus::Function::id).collect()
}

fn read(path: &str) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| format!("{path}: {error}"))
}

fn read_text(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

fn write(path: &str, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| format!("{path}: {error}"))
}
