//! Copying text: the browser's clipboard, which may refuse.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
    fn write_text(text: &str) -> Result<js_sys::Promise, JsValue>;
}

/// Copies a text and tells whether the browser let it; in some frames it does not.
pub fn copy(text: &str, done: impl Fn(bool) + Clone + 'static) {
    let Ok(promise) = write_text(text) else {
        return done(false);
    };
    let refused = done.clone();
    let on_done = Closure::once_into_js(move |_: JsValue| done(true));
    let on_refused = Closure::once_into_js(move |_: JsValue| refused(false));
    let then = js_sys::Reflect::get(&promise, &"then".into()).map(JsCast::unchecked_into::<js_sys::Function>);
    if let Ok(then) = then {
        let _ = then.call2(&promise, &on_done, &on_refused);
    }
}
