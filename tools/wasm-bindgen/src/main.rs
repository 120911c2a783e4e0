//! `wasm-bindgen`: the library's command line, in the version that the page's lock file names.

fn main() -> Result<(), impl std::fmt::Debug> {
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(std::env::args_os())
}
