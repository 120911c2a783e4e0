//! The half of the program that comes later (tools/halves), as static/boot.js brings it.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What boot.js calls it. The page in a single file, and what is built without xtask, come whole.
const NAME: &str = "salabRest";

fn ask(what: &str) -> Option<JsValue> {
    let rest = Reflect::get(&js_sys::global(), &NAME.into()).ok()?;
    let function: Function = Reflect::get(&rest, &what.into()).ok()?.dyn_into().ok()?;
    function.call0(&rest).ok()
}

/// Whether it is here. A function of it that is called before is waited for, and the page stands still meanwhile.
pub fn is_here() -> bool {
    ask("isHere").is_none_or(|answer| answer.is_truthy())
}

/// Goes on when it is here. Until then boot.js says what is waited for, and tries again if it does not come.
pub fn when_here(then: impl FnOnce() + 'static) {
    let coming = ask("wait").and_then(|answer| answer.dyn_into::<Promise>().ok());
    spawn_local(async move {
        if let Some(coming) = coming {
            let _ = JsFuture::from(coming).await;
        }
        then();
    });
}
