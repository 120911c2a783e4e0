//! The page's entry: what index.html starts.

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
}

/// The page needs a browser; `salab` is the same lab without one.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
