//! The session as components hold it: one that they share, and that is drawn again when it changes.

use crate::embed::rest;
use crate::lesson;
use crate::ui::act::Act;
use crate::ui::learning::Learn;
use crate::ui::library;
use crate::ui::session::Session;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use std::cell::{Cell, OnceCell, Ref, RefCell};
use std::rc::Rc;
use std::time::Duration;
use yew::prelude::*;

thread_local! {
    /// What is to be done when the whole program is there.
    static WAITING: RefCell<Vec<Act>> = const { RefCell::new(Vec::new()) };
    /// Whether the session will be kept soon.
    static SOON: Cell<bool> = const { Cell::new(false) };
    /// Keeps it when the page goes before that. Nobody listens until there is something to keep: who only looks does
    /// not need the half of the program that this is in.
    static LEAVING: OnceCell<Option<EventListener>> = const { OnceCell::new() };
}

/// How long after a change the session is kept, in milliseconds: what was done is drawn first.
const KEPT_AFTER: u32 = 100;
/// How long after a command the clock goes on by as much, at most once between two ticks, in milliseconds: a pod that it
/// creates takes about a tenth of a second.
const AHEAD: u32 = 200;

/// The session as components get it: shared, compared by its version.
#[derive(Clone)]
pub struct Handle {
    session: Rc<RefCell<Session>>,
    version: u64,
    changed: Callback<()>,
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.session, &other.session) && self.version == other.version
    }
}

impl Handle {
    /// Wraps a session; `changed` draws the page again.
    pub fn new(session: Rc<RefCell<Session>>, changed: Callback<()>) -> Self {
        let version = session.borrow().version;
        Handle { session, version, changed }
    }

    /// The session, to look at.
    pub fn get(&self) -> Ref<'_, Session> {
        self.session.borrow()
    }

    /// Does something and draws the page again, once the program and the lessons that it needs are there.
    pub fn act(&self, act: Act) {
        // Typing goes on meanwhile, and so does the clock.
        if !rest::is_here() && !matches!(act, Act::Draft(_) | Act::Tick(_) | Act::TickAhead(_)) {
            self.act_later(act);
            return;
        }
        let missing = library::missing(&self.get(), &act);
        if missing.is_empty() {
            self.do_now(act);
            return;
        }
        let handle = self.clone();
        library::bring(missing, move |problem| {
            let cannot = matches!(&act, Act::Open(Some(id)) if lesson::find(id).is_none());
            match problem.filter(|_| cannot) {
                Some(words) => handle.do_now(Act::Learn(Learn::Tell(words))),
                None => handle.do_now(act),
            }
        });
    }

    /// Does it when the whole program is there; what is asked for twice meanwhile is done once.
    fn act_later(&self, act: Act) {
        let is_first = WAITING.with_borrow_mut(|waiting| {
            let is_first = waiting.is_empty();
            if !waiting.contains(&act) {
                waiting.push(act);
            }
            is_first
        });
        if is_first {
            let handle = self.clone();
            rest::when_here(move || WAITING.take().into_iter().for_each(|act| handle.act(act)));
        }
    }

    /// Shows the page in the language that is spoken now, once the open lesson is there in it.
    pub fn speak(&self, problem: Option<String>) {
        let session = self.get();
        let again = session.again.iter().map(|(lesson, _)| lesson.clone());
        let wanted = library::absent(session.lesson.iter().map(|lesson| lesson.id.clone()).chain(again).collect());
        drop(session);
        let handle = self.clone();
        library::bring(wanted, move |other| handle.do_now(Act::Speak(problem.or(other))));
    }

    fn do_now(&self, act: Act) {
        let is_command = matches!(act, Act::Run(_));
        self.change(|session| session.act(act));
        if is_command {
            self.tick_ahead();
        }
    }

    fn tick_ahead(&self) {
        let handle = self.clone();
        Timeout::new(AHEAD, move || {
            let is_due = handle.get().is_clock_running() && handle.get().ahead.is_zero();
            if is_due {
                handle.do_now(Act::TickAhead(Duration::from_millis(AHEAD.into())));
            }
        })
        .forget();
    }

    /// Changes the session and draws the page again.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Session) -> T) -> T {
        let done = {
            let mut session = self.session.borrow_mut();
            session.version += 1;
            change(&mut session)
        };
        self.changed.emit(());
        self.keep_soon();
        done
    }

    fn keep_soon(&self) {
        if !self.get().is_kept && !SOON.replace(true) {
            let (handle, leaving) = (self.clone(), self.clone());
            LEAVING.with(|listener| {
                listener.get_or_init(|| {
                    let window = web_sys::window()?;
                    Some(EventListener::new(&window, "pagehide", move |_| leaving.keep()))
                });
            });
            Timeout::new(KEPT_AFTER, move || {
                SOON.set(false);
                handle.keep();
            })
            .forget();
        }
    }

    /// Keeps the session in the tab now. Not while it is being changed: that one has failed on the way.
    pub fn keep(&self) {
        let Ok(mut session) = self.session.try_borrow_mut() else { return };
        let before = session.version;
        session.keep();
        let is_told = session.version > before;
        drop(session);
        if is_told {
            self.changed.emit(());
        }
    }

    /// A callback that does `act`.
    pub fn on<E>(&self, act: Act) -> Callback<E> {
        let handle = self.clone();
        Callback::from(move |_: E| handle.act(act.clone()))
    }
}

/// What every component of the page gets.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The session.
    pub session: Handle,
}
