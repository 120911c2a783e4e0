//! The page as a whole: three places that never move, and time beneath them.

use crate::embed::hand_over;
use crate::embed::options::Controls;
use crate::embed::page;
use crate::embed::saved::Saved;
use crate::lab::link::{FILE_LENGTH_MAX, FRAGMENT};
use crate::lesson::{COURSE, Lesson};
use crate::ui::act::{Act, Middle};
use crate::ui::certificate::Certificate;
use crate::ui::compare::Compare;
use crate::ui::embedded::{self, Bar, Host};
use crate::ui::handle::Handle;
use crate::ui::header::Header;
use crate::ui::history_pane::HistoryPane;
use crate::ui::language;
use crate::ui::learning::Learn;
use crate::ui::lesson_pane::LessonPane;
use crate::ui::library;
use crate::ui::looking::Looking;
use crate::ui::map::CourseMap;
use crate::ui::moments::{Go, Panel};
use crate::ui::session::Session;
use crate::ui::share::Share;
use crate::ui::shortcuts;
use crate::ui::side_by_side::SideBySide;
use crate::ui::terminal::TerminalPane;
use crate::ui::time_pane::TimePane;
use crate::ui::versions::VersionsPane;
use crate::ui::xray::XrayPane;
use crate::words;
use crate::words::tr;
use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use yew::prelude::*;

/// How often the clock of the page moves.
const TICK: Duration = Duration::from_secs(1);

/// The lesson that the address names: `#lesson=default-account`, or `?lesson=…`, which may also be the address of a
/// Markdown file; `None` if there is none.
fn lesson_of_address() -> Option<String> {
    let location = web_sys::window()?.location();
    let hash = location.hash().ok()?;
    let named = |text: &str| {
        let value = text.trim_start_matches(['#', '?']).split('&').find_map(|pair| pair.strip_prefix("lesson="))?;
        let value = embedded::full_id(&js_sys::decode_uri_component(value).ok()?.as_string()?);
        library::is_known(&value).then_some(value)
    };
    match hash.as_str() {
        "" => embedded::options().lesson.clone().filter(|id| library::is_known(id)),
        hash => named(hash),
    }
}

/// The lessons that have to be there before the page can begin.
fn lessons_at_start() -> Vec<String> {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    let mut wanted: Vec<String> = Saved::load().and_then(|saved| saved.session.lesson).into_iter().collect();
    if hash.contains(FRAGMENT) {
        wanted.extend(library::lesson_of_session(&hash));
    } else {
        wanted.extend(first_lesson());
    }
    let options = embedded::options();
    wanted.extend(options.state.as_ref().and_then(|state| library::lesson_of_session(state)));
    library::absent(wanted)
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
    #[cfg(feature = "lms")]
    if let Some(session) = crate::ui::lms::resume() {
        return session;
    }
    let Some(link) = link_of_address() else {
        let mut session = Session::new(first_lesson().as_deref());
        // What this tab did goes before what the address says of the beginning.
        if !session.lab.can_undo() {
            session.begin();
        }
        return session;
    };
    let own = Saved::load().map_or_else(first_lesson, |saved| saved.session.lesson);
    let mut session = Session::new(own.as_deref());
    session.act(Act::Go(Go::Open(link)));
    session
}

/// Shows in the address what is open, once it is another than was `shown`: the address may say already what is to be open
/// next, as it does when somebody has gone back and the page has not heard of it yet.
fn show_in_address(session: &Session, shown: &RefCell<String>) {
    // The way back belongs to the page around.
    if session.options.embedded || page::is_marked("data-lms") {
        return;
    }
    let id = |lesson: &Rc<Lesson>| js_sys::encode_uri_component(&lesson.id).as_string().unwrap_or_default();
    let hash = session.lesson.as_ref().map_or("#free-play".to_owned(), |lesson| format!("#lesson={}", id(lesson)));
    if let Some(window) = web_sys::window() {
        let location = window.location();
        let now = location.hash().unwrap_or_default();
        let begins = now.is_empty() && session.version == 0;
        if !begins && shown.replace(hash.clone()) != hash && now != hash {
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
    let first = || COURSE.first().filter(|_| !embedded::options().embedded);
    lesson_of_address().or_else(|| first().map(|entry| entry.id().to_owned()))
}

/// The page: waits for the lesson that it begins with, if that has to be fetched.
#[component]
pub fn App() -> Html {
    let unspoken = use_memo((), |()| language::begin());
    let ready = use_state(|| lessons_at_start().is_empty().then_some(None));
    {
        let ready = ready.clone();
        use_effect_with((), move |()| {
            if ready.is_none() {
                library::bring(lessons_at_start(), move |problem| ready.set(Some(problem)));
            }
        });
    }
    match &*ready {
        Some(problem) => html! { <Lab problem={problem.clone().or((*unspoken).clone())} /> },
        None => html! { <main class="before"><p role="status">{ tr("The lesson is being fetched.") }</p></main> },
    }
}

#[derive(Clone, PartialEq, Properties)]
struct LabProps {
    /// Why the lesson that the address names is not there.
    problem: Option<String>,
}

/// Takes what was dropped onto the page: a lesson, a file of progress, or a session.
fn take_files(event: &DragEvent, handle: &Handle) {
    event.prevent_default();
    let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)) else {
        return;
    };
    let (name, handle) = (file.name(), handle.clone());
    hand_over::read(&file, FILE_LENGTH_MAX, move |text| {
        let act = match text {
            None => Act::Learn(Learn::Tell(tr!("{0} is too long, or cannot be read.", name))),
            Some(text) if name.ends_with(".md") => Act::Learn(Learn::Bring(name, text)),
            Some(text) if text.contains("\"salab\"") && !text.contains("\"done\":{") => Act::Go(Go::Open(text)),
            Some(text) => Act::Learn(Learn::Import(text)),
        };
        handle.act(act);
    });
}

#[component]
fn Lab(props: &LabProps) -> Html {
    let problem = props.problem.clone();
    let shared = use_memo((), |()| {
        let mut session = start();
        session.notice = problem.or(session.notice.take());
        RefCell::new(session)
    });
    let update = use_force_update();
    let handle = Handle::new(Rc::clone(&shared), Callback::from(move |()| update.force_update()));
    let shown = use_memo((), |()| RefCell::new(String::new()));
    {
        let (handle, shown) = (handle.clone(), Rc::clone(&shown));
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
                        // The address no longer says what was shown; what is opened may be in the same lesson.
                        shown.take();
                        handle.act(Act::Go(Go::Open(link)));
                        return;
                    }
                    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
                    if !hash.starts_with("#lesson=") && hash != "#free-play" {
                        shown.take();
                        show_in_address(&handle.get(), &shown);
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
    show_in_address(&handle.get(), &shown);
    let session = handle.get();
    // Everything below the header is drawn anew in another language.
    let spoken = words::language();
    let ondragover = Callback::from(|event: DragEvent| event.prevent_default());
    let ondrop = {
        let handle = handle.clone();
        Callback::from(move |event: DragEvent| take_files(&event, &handle))
    };
    let options = Rc::clone(&session.options);
    let (view, is_embedded) = (&options.view, options.embedded);
    let has_terminal = !session.map && session.compared.is_none() && session.middle == Middle::Terminal;
    let class = classes!(
        "lab",
        is_embedded.then_some("embedded"),
        options.auto_height.then_some("is-auto"),
        options.readonly.then_some("is-readonly"),
        (!view.tabs.contains(&0)).then_some("has-no-steps")
    );
    html! {
        <div {class} {ondragover} {ondrop}>
            if has_terminal && !is_embedded {
                <a class="skip" href="#terminal-command">{ tr("Skip to the terminal") }</a>
            }
            <Host session={handle.clone()} />
            {
                match options.controls {
                    Controls::Full => html! { <Header session={handle.clone()} /> },
                    Controls::Min => html! { <Bar session={handle.clone()} /> },
                    Controls::None => Html::default(),
                }
            }
            <div class="strips">
                if let Some(notice) = &session.notice {
                    <div class="notice" role="alert">
                        <span>{ notice }</span>
                        <button type="button" onclick={handle.on(Act::Dismiss)}>{ tr("Put away") }</button>
                    </div>
                }
                <Looking session={handle.clone()} />
            </div>
            if session.map && session.certificate {
                <Certificate key={spoken} session={handle.clone()} />
            } else if session.map {
                <CourseMap key={spoken} session={handle.clone()} />
            } else if let Some((left, right)) = session.compared {
                <Compare key={spoken} session={handle.clone()} {left} {right} />
            } else if session.pair.is_some() {
                <SideBySide key={spoken} session={handle.clone()} />
            } else {
                <main class="panes" key={spoken}>
                    if !matches!(options.controls, Controls::Full) {
                        <h1 class="visually-hidden">{ "ServiceAccount Lab" }</h1>
                    }
                    {
                        match session.panel {
                            Some(Panel::History) => html! { <HistoryPane session={handle.clone()} /> },
                            Some(Panel::Share) => html! { <Share session={handle.clone()} /> },
                            Some(Panel::Versions) => html! { <VersionsPane session={handle.clone()} /> },
                            None if !view.lesson => Html::default(),
                            None => html! { <LessonPane session={handle.clone()} /> },
                        }
                    }
                    if view.terminal {
                        <TerminalPane session={handle.clone()} />
                    }
                    if !view.tabs.is_empty() {
                        <XrayPane session={handle.clone()} />
                    }
                </main>
            }
            if view.time {
                <TimePane key={spoken} session={handle.clone()} />
            }
        </div>
    }
}
