//! What leaves the page by the learner's hand: text to the clipboard, a file to the disk; and a file that comes in.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, File, HtmlAnchorElement, Url};

/// The page's address without its fragment.
pub fn address() -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// Copies a text and tells whether that worked: in some frames there is no clipboard, or it is not allowed.
pub fn copy(text: &str, done: impl FnOnce(bool) + 'static) {
    let clipboard = web_sys::window()
        .map(|window| window.navigator())
        .filter(|navigator| js_sys::Reflect::get(navigator, &"clipboard".into()).is_ok_and(|it| it.is_object()))
        .map(|navigator| navigator.clipboard());
    let Some(clipboard) = clipboard else {
        done(false);
        return;
    };
    let copying = clipboard.write_text(text);
    spawn_local(async move { done(JsFuture::from(copying).await.is_ok()) });
}

/// Hands out a text as a file. `false` if the browser does not let it.
pub fn download(name: &str, text: &str) -> bool {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let document = web_sys::window().and_then(|window| window.document());
    let anchor = document.and_then(|document| document.create_element("a").ok());
    let anchor = anchor.and_then(|anchor| anchor.dyn_into::<HtmlAnchorElement>().ok());
    let url = Blob::new_with_str_sequence(&parts).and_then(|blob| Url::create_object_url_with_blob(&blob));
    let (Some(anchor), Ok(url)) = (anchor, url) else { return false };
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    // The browser has taken the file by the time this runs.
    gloo::timers::callback::Timeout::new(10_000, move || {
        let _ = Url::revoke_object_url(&url);
    })
    .forget();
    true
}

/// Reads a file as text; nothing if it is longer than `length_max` or cannot be read.
pub fn read(file: &File, length_max: usize, done: impl FnOnce(Option<String>) + 'static) {
    if file.size() > length_max as f64 {
        done(None);
        return;
    }
    let reading = file.text();
    spawn_local(async move { done(JsFuture::from(reading).await.ok().and_then(|text| text.as_string())) });
}
