//! The page as a whole: three places that never move, and time beneath them.

use crate::ui::header::Header;
use crate::ui::lesson_pane::LessonPane;
use crate::ui::map::CourseMap;
use crate::ui::session::{Act, Handle, Session};
use crate::ui::terminal::TerminalPane;
use crate::ui::time_pane::TimePane;
use crate::ui::xray::XrayPane;
use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use yew::prelude::*;

/// How often the clock of the page moves.
const TICK: Duration = Duration::from_secs(1);

/// The lesson that the address names: `#lesson=default-account`; `None` for free play.
fn lesson_of_address() -> Option<String> {
    let hash = web_sys::window()?.location().hash().ok()?;
    let id = hash.trim_start_matches('#').strip_prefix("lesson=")?;
    crate::lesson::find(id).map(|lesson| lesson.id)
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
    let shared = use_memo((), |()| RefCell::new(Session::new(first_lesson().as_deref())));
    let update = use_force_update();
    let handle = Handle::new(Rc::clone(&shared), Callback::from(move |()| update.force_update()));
    {
        let handle = handle.clone();
        use_effect_with((), move |()| {
            let ticking = handle.clone();
            let interval = Interval::new(u32::try_from(TICK.as_millis()).unwrap_or(1000), move || {
                if ticking.get().is_clock_running() {
                    ticking.act(Act::Tick(TICK));
                }
            });
            let listener = web_sys::window().map(|window| {
                EventListener::new(&window, "hashchange", move |_| {
                    let wanted = lesson_of_address();
                    let open = handle.get().lesson.as_ref().map(|lesson| lesson.id.clone());
                    if wanted != open {
                        handle.act(Act::Open(wanted));
                    }
                })
            });
            move || drop((interval, listener))
        });
    }
    show_in_address(&handle.get());
    let session = handle.get();
    html! {
        <div class="lab">
            <a class="skip" href="#terminal-command">{ "Skip to the terminal" }</a>
            <Header session={handle.clone()} />
            if let Some(notice) = &session.notice {
                <div class="notice" role="alert">
                    <span>{ notice }</span>
                    <button type="button" onclick={handle.on(Act::Dismiss)}>{ "Put away" }</button>
                </div>
            }
            if session.map {
                <CourseMap session={handle.clone()} />
            } else {
                <main class="panes">
                    <LessonPane session={handle.clone()} />
                    <TerminalPane session={handle.clone()} />
                    <XrayPane session={handle.clone()} />
                </main>
            }
            <TimePane session={handle.clone()} />
        </div>
    }
}
