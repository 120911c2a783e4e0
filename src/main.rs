//! The page: mounts the lab into the document. Built by Trunk for wasm32; natively there is only a hint.

#[cfg(target_arch = "wasm32")]
fn main() {
    // Through yew, which would put its own in the place of one that it does not know.
    yew::set_custom_panic_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        serviceaccount_lab::embed::failure::show(&panic.to_string());
    }));
    // Without a document (in Node) the module is its functions.
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    match document.get_element_by_id("lab") {
        Some(root) => {
            // The text that was there before the program is replaced by the lab.
            root.set_inner_html("");
            yew::Renderer::<serviceaccount_lab::ui::App>::with_root(root).render();
        }
        None => web_sys::console::error_1(&"ServiceAccount Lab: the page has no element with the id \"lab\"".into()),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!(
        "This program is the page; run `cargo xtask serve` to see it, or `cargo run --bin salab` without a browser."
    );
}
