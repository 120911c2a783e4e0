//! The lab inside another page: where it begins, what stands above its panes, what it tells its host, and what it does
//! because the host asks.

use crate::embed::host;
use crate::embed::message::{self, Ask};
use crate::embed::options::{Autorun, Options};
use crate::embed::page;
use crate::embed::rest;
use crate::lab::link::{FRAGMENT, SessionFile};
use crate::lab::transcript;
use crate::lesson::{Block, COURSE, Lesson, reopen};
use crate::ui::act::Act;
use crate::ui::handle::{Handle, Props};
use crate::ui::library;
use crate::ui::moments::Go;
use crate::ui::seek::TimeAct;
use crate::ui::session::Session;
use crate::words::tr;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlAnchorElement, HtmlElement, ResizeObserver};
use yew::prelude::*;

/// How long a command that runs by itself may stay in the foreground, in seconds.
const PATIENCE_SECONDS: usize = 300;

impl Session {
    /// Goes to where the address wants the lesson to begin: a session, a step, commands that run by themselves.
    pub(super) fn begin(&mut self) {
        let options = Rc::clone(&self.options);
        if self.lesson.as_ref().map(|lesson| &lesson.id) != options.lesson.as_ref() && options.state.is_none() {
            return;
        }
        if let Some(state) = &options.state
            && let Err(words) = self.take_state(state)
        {
            self.notice = Some(words);
        }
        self.start_at(options.step, &options.autorun);
    }

    /// Plays what leads to a step, and what is to run there. What is reached that way was not solved by the learner.
    fn start_at(&mut self, step: Option<usize>, autorun: &Autorun) {
        let lesson = self.lesson.clone();
        let here = lesson.as_ref().and_then(|lesson| nth_step(lesson, step?));
        let before = here.unwrap_or(0);
        let mut entries: Vec<String> = lesson.iter().flat_map(|lesson| commands(lesson, 0, before)).collect();
        match autorun {
            Autorun::Nothing => {}
            Autorun::Entries(own) => entries.extend(own.iter().cloned()),
            Autorun::Step => entries.extend(lesson.iter().flat_map(|lesson| {
                let first = || {
                    lesson.steps.iter().position(|step| step.blocks.iter().any(|it| matches!(it, Block::Commands(_))))
                };
                let at = here.or_else(first).unwrap_or(0);
                commands(lesson, at, at + 1)
            })),
        }
        self.adopting = true;
        for entry in entries {
            self.run(&entry);
            for _ in 0..PATIENCE_SECONDS {
                if self.lab.foreground().is_none() {
                    break;
                }
                self.lab.tick(Duration::from_secs(1));
            }
            if self.lab.foreground().is_some() {
                self.lab.interrupt();
            }
            self.after();
        }
        self.adopting = false;
        self.scroll_to = here;
        if let Some(lesson) = lesson.filter(|lesson| self.attempt.is_done(lesson))
            && !self.course.done.contains_key(&lesson.id)
        {
            self.attempt.show(1);
        }
    }

    /// Opens a session in the place of this one.
    pub(super) fn take_state(&mut self, state: &str) -> Result<(), String> {
        let text = if state.contains(FRAGMENT) || state.trim_start().starts_with('{') {
            state.to_owned()
        } else {
            format!("{FRAGMENT}{state}")
        };
        SessionFile::read(&text).and_then(|file| self.adopt(&file)).map_err(|error| error.to_string())
    }

    /// Whether a learner who may only look may not do this.
    pub(super) fn is_forbidden(&self, act: &Act) -> bool {
        self.options.readonly
            && !self.driven
            && matches!(
                act,
                Act::Run(_)
                    | Act::Insert(_)
                    | Act::Draft(_)
                    | Act::Interrupt
                    | Act::Edit(..)
                    | Act::Save(_)
                    | Act::FinishEdit
                    | Act::Answer(..)
                    | Act::Advance(_)
                    | Act::AdvanceTo(_)
                    | Act::Go(Go::BranchOff | Go::Forget(_) | Go::Open(_) | Go::Aside)
                    | Act::Time(TimeAct::Flags(_) | TimeAct::Prepare(..))
            )
    }

    /// Does something that the host asked for.
    fn drive(&mut self, act: Act) {
        self.driven = true;
        self.act(act);
        self.driven = false;
    }
}

/// The place of a step, counted from 1 over those that have a heading.
fn nth_step(lesson: &Lesson, number: usize) -> Option<usize> {
    let mut titled = lesson.steps.iter().enumerate().filter(|(_, step)| !step.title.is_empty());
    titled.nth(number.checked_sub(1)?).map(|(index, _)| index)
}

/// The commands that these steps show.
fn commands(lesson: &Lesson, from: usize, until: usize) -> Vec<String> {
    let steps = lesson.steps.iter().skip(from).take(until.saturating_sub(from));
    let blocks = steps.flat_map(|step| &step.blocks);
    blocks
        .filter_map(|block| if let Block::Commands(all) = block { Some(all.clone()) } else { None })
        .flatten()
        .collect()
}

/// The lesson's id, where the address gives a beginning that only one has.
pub fn full_id(text: &str) -> String {
    let mut all = COURSE.iter().map(|entry| entry.id()).filter(|id| id.starts_with(text));
    match (library::is_known(text), all.next(), all.next()) {
        (false, Some(one), None) => one.to_owned(),
        _ => text.to_owned(),
    }
}

/// The options of this page, with the lesson's full id.
pub fn options() -> Rc<Options> {
    let options = page::options();
    let lesson = options.lesson.as_deref().map(full_id);
    if lesson == options.lesson { options } else { Rc::new(Options { lesson, ..(*options).clone() }) }
}

/// The buttons of an embedded lab.
#[component]
pub fn Bar(props: &Props) -> Html {
    let session = props.session.get();
    let onopen = {
        let handle = props.session.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(anchor) = event.target_dyn_into::<HtmlAnchorElement>() {
                anchor.set_href(&format!("./#{}", handle.get().file().fragment()));
            }
        })
    };
    html! {
        <header class="header">
            <span class="place">{ tr("Simulated Kubernetes") }</span>
            <nav class="header-actions" aria-label={tr("Session")}>
                <button type="button" disabled={!session.lab.can_undo()} onclick={props.session.on(Act::Undo)}>{ tr("Undo") }</button>
                <button type="button" disabled={!session.lab.can_redo()} onclick={props.session.on(Act::Redo)}>{ tr("Redo") }</button>
                <button type="button" onclick={props.session.on(Act::Reset)}>{ tr("Start over") }</button>
                if !page::is_marked("data-single") {
                    <a href="./" target="_blank" rel="noopener" onclick={onopen}>{ tr("Open in full") }</a>
                }
            </nav>
        </header>
    }
}

/// What the host was told last, and what it wants to be told.
#[derive(Default)]
struct Told {
    wants_command: bool,
    wants_state: bool,
    lesson: Option<String>,
    met: Vec<bool>,
    progress: Option<Value>,
    records: usize,
    moment: Option<(Option<String>, usize, usize, usize)>,
}

impl Told {
    /// Tells what is new.
    fn tell(&mut self, session: &Session) {
        if !host::is_connected() {
            return;
        }
        let progress = progress(session);
        if self.progress.as_ref() != Some(&progress) {
            host::tell(&progress);
            self.progress = Some(progress);
        }
        let lesson = session.lesson.as_ref().map(|lesson| lesson.id.clone());
        let met = session.lesson.as_ref().map(|lesson| session.attempt.met(lesson)).unwrap_or_default();
        if let (Some(now), true) = (&session.lesson, self.lesson == lesson) {
            for (index, (step, goal)) in now.goals().enumerate() {
                let passed = met.get(index).copied().unwrap_or(false);
                if self.met.get(index).copied().unwrap_or(false) != passed {
                    let step = number_of(now, step);
                    host::tell(
                        &json!({ "type": "check", "lesson": now.id, "step": step, "goal": index + 1, "text": goal.text, "passed": passed }),
                    );
                }
            }
        }
        (self.lesson, self.met) = (lesson, met);
        self.tell_commands(session);
        let moment =
            (self.lesson.clone(), session.lab.branch(), session.lab.position(), session.attempt.answers().len());
        if self.wants_state && self.moment.as_ref() != Some(&moment) {
            host::tell(&json!({ "type": "state", "state": state(session) }));
            self.moment = Some(moment);
        }
    }

    fn tell_commands(&mut self, session: &Session) {
        let records = session.lab.all_records();
        if self.wants_command {
            for record in records.iter().skip(self.records) {
                if let Some(entry) = record.entry.as_ref().filter(|_| record.number > session.attempt.floor()) {
                    host::tell(&json!({ "type": "command", "command": entry, "exit": record.exit }));
                }
            }
        }
        self.records = records.len();
    }
}

/// The number of a step, counted from 1 over those that have a heading.
fn number_of(lesson: &Lesson, index: usize) -> usize {
    lesson.steps.iter().take(index + 1).filter(|step| !step.title.is_empty()).count()
}

fn progress(session: &Session) -> Value {
    let done: Vec<&str> =
        COURSE.iter().map(|entry| entry.id()).filter(|id| session.course.done.contains_key(*id)).collect();
    let course = json!({ "done": done, "total": COURSE.len() });
    let Some(lesson) = &session.lesson else {
        return json!({ "type": "progress", "lesson": null, "step": 0, "steps": 0, "done": 0, "total": 0, "solved": false, "course": course });
    };
    let met = session.attempt.met(lesson);
    let open = lesson.goals().zip(&met).find(|(_, met)| !**met).map(|((step, _), _)| step);
    let steps = number_of(lesson, lesson.steps.len());
    json!({
        "type": "progress",
        "lesson": lesson.id,
        "step": open.map_or(steps, |index| number_of(lesson, index)),
        "steps": steps,
        "done": met.iter().filter(|met| **met).count(),
        "total": met.len(),
        "solved": session.attempt.is_solved(lesson),
        "course": course,
    })
}

/// The session as a link has it, without the word in front.
fn state(session: &Session) -> String {
    let fragment = session.file().fragment();
    fragment.strip_prefix(FRAGMENT).unwrap_or(&fragment).to_owned()
}

/// Keeps the line to the host; shows nothing.
#[component]
pub fn Host(props: &Props) -> Html {
    let told = use_mut_ref(Told::default);
    {
        let (handle, told) = (props.session.clone(), Rc::clone(&told));
        use_effect_with((), move |()| {
            let listening = {
                let (at_first, told_first) = (handle.clone(), Rc::clone(&told));
                host::listen(
                    move || {
                        let lessons: Vec<&str> = COURSE.iter().map(|entry| entry.id()).collect();
                        host::tell(
                            &json!({ "type": "ready", "protocol": message::VERSION, "version": env!("CARGO_PKG_VERSION"), "lessons": lessons }),
                        );
                        *told_first.borrow_mut() = Told::default();
                        told_first.borrow_mut().tell(&at_first.get());
                        tell_height();
                    },
                    move |text| answer(&handle, &told, &text),
                )
            };
            let observer = observe_height();
            move || drop((listening, observer))
        });
    }
    {
        let handle = props.session.clone();
        use_effect(move || {
            told.borrow_mut().tell(&handle.get());
            #[cfg(feature = "lms")]
            crate::ui::lms::report(&handle.get(), state);
            scroll(&handle.get());
        });
    }
    Html::default()
}

/// Scrolls the lesson, and nothing around it, to the step it begins at.
fn scroll(session: &Session) {
    let Some(index) = session.scroll_to else { return };
    let Some(window) = web_sys::window() else { return };
    let find = |selector: &str| {
        let found = window.document()?.query_selector(selector).ok().flatten()?;
        found.dyn_into::<HtmlElement>().ok()
    };
    let step = find(&format!(".lesson .step:nth-child({})", index + 1));
    if let (Some(pane), Some(step)) = (find(".lesson"), step) {
        let top = find(".lesson-top").map_or(0, |top| top.offset_height());
        // The pane is what the step's offset is counted from (static/style.css).
        pane.set_scroll_top(step.offset_top() - top);
        if pane.scroll_height() <= pane.client_height() {
            // In a narrow frame the frame itself scrolls; nothing happens where it is as high as what is in it.
            window.scroll_by_with_x_and_y(0.0, step.get_bounding_client_rect().top());
        }
    }
}

type Observer = Option<(ResizeObserver, Closure<dyn FnMut()>)>;

/// Tells the host how high the content is, whenever that changes.
fn observe_height() -> Observer {
    if !page::options().auto_height {
        return None;
    }
    let changed = Closure::new(tell_height);
    let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok()?;
    observer.observe(&content()?);
    Some((observer, changed))
}

fn content() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.get_element_by_id("lab")
}

fn tell_height() {
    thread_local! {
        static TOLD: RefCell<f64> = const { RefCell::new(0.0) };
    }
    if !page::options().auto_height || !host::is_connected() {
        return;
    }
    let height = content().map_or(0.0, |content| content.get_bounding_client_rect().height().ceil());
    // A pixel more or less is rounding, and would go back and forth.
    if height > 0.0 && TOLD.with_borrow(|told| (told - height).abs() >= 2.0) {
        TOLD.set(height);
        host::tell(&json!({ "type": "resize", "height": height }));
    }
}

/// Does what the host asks, and answers.
fn answer(handle: &Handle, told: &Rc<RefCell<Told>>, text: &str) {
    let asked = message::read(text);
    let id = asked.id;
    let reply = move |result: Result<Value, String>| {
        if let Some(id) = id {
            host::tell(&message::answer(id, result));
        }
    };
    let ask = match asked.ask {
        Ok(ask) => ask,
        Err(words) => return reply(Err(words)),
    };
    // As what a learner does, it waits for the whole program; what only concerns the look does not.
    if !rest::is_here() && !matches!(ask, Ask::SetTheme(..) | Ask::Want { .. }) {
        let (handle, told, text) = (handle.clone(), Rc::clone(told), text.to_owned());
        rest::when_here(move || answer(&handle, &told, &text));
        return;
    }
    let act = match ask {
        Ask::Goto(lesson, step) => return go_to(handle, lesson, step, reply),
        Ask::SetState(state) => return set_state(handle, state, reply),
        Ask::Run(command) => return reply(Ok(run(handle, command))),
        Ask::GetState => return reply(Ok(json!(state(&handle.get())))),
        Ask::GetTranscript => {
            let session = handle.get();
            let title = reopen::title(session.lesson.as_ref().map(|lesson| lesson.id.as_str()));
            return reply(Ok(json!(transcript::markdown(&session.lab, &title))));
        }
        Ask::SetTheme(dark, colors) => return reply(set_theme(dark, &colors).ok_or("there is no page".to_owned())),
        Ask::Want { command, state } => {
            {
                let mut told = told.borrow_mut();
                (told.wants_command, told.wants_state) = (command, state);
                told.records = handle.get().lab.all_records().len();
                told.moment = None;
            }
            told.borrow_mut().tell(&handle.get());
            return reply(Ok(Value::Null));
        }
        Ask::Reset => Act::Reset,
        Ask::Undo => Act::Undo,
        Ask::Redo => Act::Redo,
        Ask::SeekTo(instant) => Act::Time(TimeAct::Seek(instant)),
        Ask::SeekBy(time) => Act::Advance(time),
    };
    handle.change(|session| session.drive(act));
    reply(Ok(Value::Null));
}

fn go_to(
    handle: &Handle,
    lesson: Option<String>,
    step: Option<usize>,
    reply: impl FnOnce(Result<Value, String>) + 'static,
) {
    let lesson = lesson.as_deref().map(full_id);
    if let Some(unknown) = lesson.as_ref().filter(|id| !library::is_known(id)) {
        return reply(Err(format!("there is no lesson {:?}", unknown.chars().take(80).collect::<String>())));
    }
    let handle = handle.clone();
    library::bring(library::absent(lesson.iter().cloned().collect()), move |problem| {
        if let Some(words) = problem {
            return reply(Err(words));
        }
        handle.change(|session| {
            session.drive(Act::Open(lesson));
            session.start_at(step, &Autorun::Nothing);
        });
        reply(Ok(Value::Null));
    });
}

fn set_state(handle: &Handle, state: String, reply: impl FnOnce(Result<Value, String>) + 'static) {
    let handle = handle.clone();
    let wanted = library::absent(library::lesson_of_session(&state).into_iter().collect());
    library::bring(wanted, move |problem| {
        let taken = match problem {
            Some(words) => Err(words),
            None => handle.change(|session| session.take_state(&state)),
        };
        reply(taken.map(|()| Value::Null));
    });
}

/// Runs an entry and gives what it printed; nothing if it left no record, as `undo` does.
fn run(handle: &Handle, command: String) -> Value {
    handle.change(|session| {
        let before = session.lab.all_records().len();
        session.drive(Act::Run(command));
        match session.lab.all_records().get(before) {
            Some(record) => json!({ "stdout": record.stdout(), "stderr": record.stderr(), "exit": record.exit }),
            None => Value::Null,
        }
    })
}

fn set_theme(dark: Option<bool>, colors: &[(&'static str, String)]) -> Option<Value> {
    let root = web_sys::window()?.document()?.document_element()?.dyn_into::<HtmlElement>().ok()?;
    let _ = match dark {
        Some(dark) => root.set_attribute("data-theme", if dark { "dark" } else { "light" }),
        None => root.remove_attribute("data-theme"),
    };
    for (name, value) in colors {
        let _ = root.style().set_property(&format!("--{name}"), value);
    }
    Some(Value::Null)
}
