//! The line to the page that embeds this one: a MessagePort, taken once, and only from the window that holds the frame.

use crate::embed::message::{LENGTH_MAX, VERSION};
use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, MessagePort, Window};

/// How often the frame says that it is there until it is answered, and how many times.
const HELLO_MILLIS: u32 = 500;
const HELLO_MAX: u32 = 40;

type Heard = Closure<dyn FnMut(MessageEvent)>;

thread_local! {
    static PORT: RefCell<Option<(MessagePort, Heard)>> = const { RefCell::new(None) };
}

/// What keeps the line open to be taken.
pub struct Listening {
    _messages: EventListener,
    _hello: Rc<RefCell<Option<Interval>>>,
}

/// Waits for the host to connect. `connected` is called once, `hear` with each message, as JSON.
pub fn listen(connected: impl Fn() + 'static, hear: impl Fn(String) + 'static) -> Option<Listening> {
    let window = web_sys::window()?;
    let parent = window.parent().ok().flatten().filter(|parent| *parent != window)?;
    let hear = Rc::new(hear);
    let hello = Rc::new(RefCell::new(None));
    let messages = {
        let (parent, hello) = (parent.clone(), Rc::clone(&hello));
        EventListener::new(&window, "message", move |event| {
            let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
            let Some(port) = port_of(event, &parent) else { return };
            if PORT.with_borrow(Option::is_some) {
                return;
            }
            hello.borrow_mut().take();
            take(port, Rc::clone(&hear));
            connected();
        })
    };
    say_hello(&parent);
    let mut left = HELLO_MAX;
    let calling = Rc::clone(&hello);
    *hello.borrow_mut() = Some(Interval::new(HELLO_MILLIS, move || {
        say_hello(&parent);
        left -= 1;
        if left == 0
            && let Ok(mut calling) = calling.try_borrow_mut()
        {
            calling.take();
        }
    }));
    Some(Listening { _messages: messages, _hello: hello })
}

/// Nothing of the session is in it, so it may go to whoever holds the frame.
fn say_hello(parent: &Window) {
    if let Some(hello) = object(&serde_json::json!({ "salab": VERSION, "type": "hello" })) {
        let _ = parent.post_message(&hello, "*");
    }
}

/// The port of a `connect`, if it comes from the window that holds this frame.
fn port_of(event: &MessageEvent, parent: &Window) -> Option<MessagePort> {
    let source: JsValue = event.source()?.into();
    if !js_sys::Object::is(&source, parent) {
        return None;
    }
    let data = event.data();
    let field = |name: &str| js_sys::Reflect::get(&data, &name.into()).ok();
    let is_ours = data.is_object()
        && field("salab")?.as_f64() == Some(f64::from(VERSION))
        && field("type")?.as_string().as_deref() == Some("connect");
    if is_ours { event.ports().get(0).dyn_into().ok() } else { None }
}

fn take(port: MessagePort, hear: Rc<impl Fn(String) + 'static>) {
    let heard = Heard::new(move |event: MessageEvent| {
        let data = event.data();
        let text = js_sys::JSON::stringify(&data).ok().and_then(|text| text.as_string());
        // What is no JSON (a cycle, a BigInt), or more than is read, is refused by its number.
        hear(text.filter(|text| text.len() <= LENGTH_MAX).unwrap_or_else(|| {
            let id = js_sys::Reflect::get(&data, &"id".into()).ok().and_then(|id| id.as_f64());
            serde_json::json!({ "id": id.map(|id| id as u64), "type": "too long, or no JSON" }).to_string()
        }));
    });
    port.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    PORT.set(Some((port, heard)));
}

/// Whether a host has connected.
pub fn is_connected() -> bool {
    PORT.with_borrow(Option::is_some)
}

/// Tells the host something, if there is one.
pub fn tell(message: &Value) {
    PORT.with_borrow(|port| {
        if let (Some((port, _)), Some(message)) = (port, object(message)) {
            let _ = port.post_message(&message);
        }
    });
}

fn object(message: &Value) -> Option<JsValue> {
    js_sys::JSON::parse(&message.to_string()).ok()
}
