//! The page as a whole: three places that never move, and time beneath them.

use crate::embed::saved::Saved;
use crate::lab::link::FRAGMENT;
use crate::ui::compare::Compare;
use crate::ui::header::Header;
use crate::ui::history_pane::HistoryPane;
use crate::ui::lesson_pane::LessonPane;
use crate::ui::looking::Looking;
use crate::ui::map::CourseMap;
use crate::ui::moments::{Go, Panel};
use crate::ui::session::{Act, Handle, Session};
use crate::ui::share::Share;
use crate::ui::shortcuts;
use crate::ui::terminal::TerminalPane;
use crate::ui::time_pane::TimePane;
use crate::ui::xray::XrayPane;
use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use yew::prelude::*;

/// How often the clock of the page moves.
const TICK: Duration = Duration::from_secs(1);

/// The lesson that the address names: `#lesson=default-account`; `None` for free play.
fn lesson_of_address() -> Option<String> {
    let hash = web_sys::window()?.location().hash().ok()?;
    let id = hash.trim_start_matches('#').strip_prefix("lesson=")?;
    crate::lesson::find(id).map(|lesson| lesson.id)
}

/// The session that the address carries, if it does; the address then forgets it, so that a reload goes on.
fn link_of_address() -> Option<String> {
    let window = web_sys::window()?;
    let hash = window.location().hash().ok().filter(|hash| hash.contains(FRAGMENT))?;
    let _ = window.history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some("#free-play")));
    Some(hash)
}

/// The session that a visit starts with: the one in the link, the one that this tab kept, or a fresh one.
fn start() -> Session {
    let Some(link) = link_of_address() else {
        return Session::new(first_lesson().as_deref());
    };
    let own = Saved::load().map_or_else(first_lesson, |saved| saved.session.lesson);
    let mut session = Session::new(own.as_deref());
    session.act(Act::Go(Go::Open(link)));
    session
}

fn show_in_address(session: &Session) {
    let hash = session.lesson.as_ref().map_or("#free-play".to_owned(), |lesson| format!("#lesson={}", lesson.id));
    if let Some(window) = web_sys::window() {
        let location = window.location();
        if location.hash().is_ok_and(|now| now != hash && !(now.is_empty() && session.version == 0)) {
            let _ = location.set_hash(&hash);
        }
    }
}

/// What a visit starts with: the lesson in the address, free play if it says so, or the first lesson.
fn first_lesson() -> Option<String> {
    let free =
        web_sys::window().and_then(|window| window.location().hash().ok()).is_some_and(|hash| hash == "#free-play");
    if free {
        return None;
    }
    lesson_of_address().or_else(|| Some("what-is-a-service-account".to_owned()))
}

/// The page.
#[component]
pub fn App() -> Html {
    let shared = use_memo((), |()| RefCell::new(start()));
    let update = use_force_update();
    let handle = Handle::new(Rc::clone(&shared), Callback::from(move |()| update.force_update()));
    {
        let handle = handle.clone();
        use_effect_with((), move |()| {
            let (ticking, shortcut_handle) = (handle.clone(), handle.clone());
            let interval = Interval::new(u32::try_from(TICK.as_millis()).unwrap_or(1000), move || {
                if ticking.get().is_clock_running() {
                    ticking.act(Act::Tick(TICK));
                }
            });
            let listener = web_sys::window().map(|window| {
                EventListener::new(&window, "hashchange", move |_| {
                    if let Some(link) = link_of_address() {
                        handle.act(Act::Go(Go::Open(link)));
                        return;
                    }
                    let wanted = lesson_of_address();
                    let open = handle.get().lesson.as_ref().map(|lesson| lesson.id.clone());
                    if wanted != open {
                        handle.act(Act::Open(wanted));
                    }
                })
            });
            let keys = shortcuts::listen(shortcut_handle);
            move || drop((interval, listener, keys))
        });
    }
    show_in_address(&handle.get());
    let session = handle.get();
    html! {
        <div class="lab">
            <a class="skip" href="#terminal-command">{ "Skip to the terminal" }</a>
            <Header session={handle.clone()} />
            <div class="strips">
                if let Some(notice) = &session.notice {
                    <div class="notice" role="alert">
                        <span>{ notice }</span>
                        <button type="button" onclick={handle.on(Act::Dismiss)}>{ "Put away" }</button>
                    </div>
                }
                <Looking session={handle.clone()} />
            </div>
            if session.map {
                <CourseMap session={handle.clone()} />
            } else if let Some((left, right)) = session.compared {
                <Compare session={handle.clone()} {left} {right} />
            } else {
                <main class="panes">
                    {
                        match session.panel {
                            Some(Panel::History) => html! { <HistoryPane session={handle.clone()} /> },
                            Some(Panel::Share) => html! { <Share session={handle.clone()} /> },
                            None => html! { <LessonPane session={handle.clone()} /> },
                        }
                    }
                    <TerminalPane session={handle.clone()} />
                    <XrayPane session={handle.clone()} />
                </main>
            }
            <TimePane session={handle.clone()} />
        </div>
    }
}
