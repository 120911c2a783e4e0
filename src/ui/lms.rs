//! The page as a file of a learning platform: goes on where the learner left off, and tells what was reached.

use crate::embed::lms::{Kept, Standard};
use crate::lab::link::FRAGMENT;
use crate::lesson::{COURSE, find};
use crate::ui::session::Session;
use crate::words::tr;
use gloo::events::EventListener;
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// What the platform kept: suspend data; empty at a first visit.
    #[wasm_bindgen(js_namespace = salabLms, js_name = suspended)]
    fn suspended() -> String;
    /// Whether there is a platform that records anything.
    #[wasm_bindgen(js_namespace = salabLms, js_name = isRecording)]
    fn is_recording() -> bool;
    /// Sets these names and values (a JSON list of pairs), and commits; finishes, if it is the end.
    #[wasm_bindgen(js_namespace = salabLms, js_name = tell)]
    fn tell(values: &str, is_end: bool);
}

/// What is known of this visit.
struct Visit {
    standard: Standard,
    lessons: Vec<String>,
    kept: Kept,
    began: f64,
    told: String,
    moment: Option<(String, usize, usize, usize, usize)>,
    _leaving: [Option<EventListener>; 2],
}

thread_local! {
    static VISIT: RefCell<Option<Visit>> = const { RefCell::new(None) };
}

fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// The session to go on with, if the page is a platform's.
pub fn resume() -> Option<Session> {
    let html = web_sys::window()?.document()?.document_element()?;
    let standard = match html.get_attribute("data-lms")?.as_str() {
        "1.2" => Standard::Scorm12,
        _ => Standard::Scorm2004,
    };
    let named = html.get_attribute("data-lessons").unwrap_or_default();
    let mut lessons: Vec<String> = named.split(' ').filter(|id| find(id).is_some()).map(str::to_owned).collect();
    if lessons.is_empty() {
        lessons = COURSE.iter().map(|entry| entry.id().to_owned()).collect();
    }
    let kept = Kept::read(&suspended(), &lessons).unwrap_or_default();
    let open = if find(&kept.lesson).is_some() { Some(kept.lesson.clone()) } else { lessons.first().cloned() };
    let mut session = Session::new(open.as_deref());
    session.course.take_over(&kept.done);
    if !kept.state.is_empty()
        && let Err(words) = session.take_state(&format!("{FRAGMENT}{}", kept.state))
    {
        session.notice = Some(words);
    }
    if !is_recording() {
        session.notice = Some(tr("No learning platform was found around this page: nothing is recorded.").to_owned());
    }
    let window = web_sys::window();
    // Out of sight may be the last that is heard of a page, so the time is told then too.
    let leaving = [
        window.as_ref().map(|window| EventListener::new(window, "pagehide", |_| send(When::End))),
        window
            .and_then(|window| window.document())
            .map(|document| EventListener::new(&document, "visibilitychange", |_| send(When::Always))),
    ];
    VISIT.set(Some(Visit {
        standard,
        lessons,
        kept,
        began: now(),
        told: String::new(),
        moment: None,
        _leaving: leaving,
    }));
    Some(session)
}

/// Tells what has changed.
pub fn report(session: &Session, state: impl FnOnce(&Session) -> String) {
    let is_there = VISIT.with_borrow_mut(|visit| {
        let Some(visit) = visit else { return false };
        let lesson = session.lesson.as_ref();
        let id = lesson.map(|lesson| lesson.id.clone()).unwrap_or_default();
        let (lab, answers) = (&session.lab, session.attempt.answers().len());
        // Not with every tick of the clock.
        let moment = (id.clone(), lab.branch(), lab.position(), answers, session.course.done.len());
        if visit.moment.as_ref() == Some(&moment) {
            return false;
        }
        visit.moment = Some(moment);
        visit.kept.lesson = id;
        visit.kept.done = session.course.done.keys().cloned().collect();
        let goals = lesson.map_or(0, |lesson| lesson.goals().count());
        visit.kept.rate(&visit.lessons, session.attempt.met_count(), goals);
        visit.kept.state = state(session);
        true
    });
    if is_there {
        send(When::Changed);
    }
}

/// When something is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Changed,
    Always,
    End,
}

fn send(when: When) {
    VISIT.with_borrow_mut(|visit| {
        let Some(visit) = visit else { return };
        let suspend = visit.kept.write(&visit.lessons, visit.standard);
        if suspend == visit.told && when == When::Changed {
            return;
        }
        let seconds = ((now() - visit.began) / 1000.0) as u64;
        let values = visit.kept.values(&visit.lessons, seconds, visit.standard);
        tell(&serde_json::to_string(&values).unwrap_or_default(), when == When::End);
        visit.told = suspend;
    });
}
