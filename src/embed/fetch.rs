//! Texts that lie beside the page, or where an address says.

use crate::words::tr;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Url};

/// Fetches a text of at most that many bytes.
///
/// # Errors
/// Why not, in plain words.
pub async fn text(address: &str, length_max: usize) -> Result<String, String> {
    let window = web_sys::window().ok_or(tr("There is no window."))?;
    let too_long = || tr!("{0} is longer than {1} bytes, the most that is read.", address, length_max);
    let Ok(answer) = JsFuture::from(window.fetch_with_str(address)).await else {
        return Err(unreachable(address));
    };
    let answer: Response = answer.dyn_into().map_err(|_| unreachable(address))?;
    if !answer.ok() {
        return Err(tr!("{0} could not be read: the server answers {1}.", address, answer.status()));
    }
    let length = answer.headers().get("content-length").ok().flatten().and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > length_max) {
        return Err(too_long());
    }
    let reading = answer.text().map_err(|_| unreachable(address))?;
    let text = JsFuture::from(reading).await.ok().and_then(|text| text.as_string());
    match text {
        Some(text) if text.len() > length_max => Err(too_long()),
        Some(text) => Ok(text),
        None => Err(unreachable(address)),
    }
}

fn unreachable(address: &str) -> String {
    let here = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let origin = |url: Result<Url, _>| url.map(|url: Url| url.origin()).unwrap_or_default();
    let elsewhere = origin(Url::new_with_base(address, &here)) != origin(Url::new(&here));
    if elsewhere {
        tr!(
            "{0} is on another site, and this page may only read from its own (its Content-Security-Policy says so). Save the file and drop it onto this page, or put it beside the page.",
            address
        )
    } else {
        tr!("{0} could not be fetched.", address)
    }
}
