//! The course map: three ways in, every lesson, what is done, what comes again; and progress as a file.

use crate::embed::hand_over;
use crate::lesson::course::LENGTH_BYTES_MAX;
use crate::lesson::{COURSE, Entry, Path};
use crate::ui::act::Act;
use crate::ui::handle::{Handle, Props};
use crate::ui::learning::Learn;
use crate::ui::session::Session;
use crate::words::{plural, tr};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The course map.
#[component]
pub fn CourseMap(props: &Props) -> Html {
    let session = props.session.get();
    let due = session.due().len();
    html! {
        <main class="map">
            <h2>{ tr("The course") }</h2>
            <p class="quiet">{ tr("Pick a way, or open any lesson: each starts with a cluster of its own.") }</p>
            <div class="ways">{ for Path::ALL.iter().map(|path| way(*path, &session, &props.session)) }</div>
            if due > 0 {
                <div class="due">
                    <p>{ tr!("{0} that you answered wrongly come again today.", plural(due, "{0} question", "{0} questions")) }</p>
                    <button type="button" onclick={props.session.on(Act::Open(Some("review".to_owned())))}>{ tr("Open the review") }</button>
                </div>
            }
            <ol class="map-lessons">{ for COURSE.iter().map(|entry| row(entry, &session, &props.session)) }</ol>
            <h2>{ tr("Free play") }</h2>
            <p class="quiet">{ tr("A fresh cluster and no task. Everything a lesson shows is here as well.") }</p>
            <button type="button" class="primary" onclick={props.session.on(Act::Open(None))}>{ tr("Open free play") }</button>
            <h2>{ tr("A lesson of your own") }</h2>
            <p class="quiet">{ tr("Drop a lesson's Markdown file anywhere on this page, or put it beside the page and open it with ?lesson=NAME.md.") }</p>
            <FileChoice session={props.session.clone()} word={tr("Lesson file")} accept=".md,text/markdown" lesson=true />
            <h2>{ tr("Your progress") }</h2>
            <p>{ tr!("{0} of {1} lessons done. It is kept in this browser, and nowhere else.", session.done_count(), COURSE.len()) }</p>
            <Progress session={props.session.clone()} />
        </main>
    }
}

fn is_done(entry: &Entry, session: &Session) -> bool {
    session.course.done.contains_key(entry.id())
}

/// The number in the file's name, as people write it.
pub fn number(entry: &Entry) -> &'static str {
    let digits = entry.file.split('-').next().unwrap_or_default();
    match digits.trim_start_matches('0') {
        "" => "0",
        number => number,
    }
}

fn way(path: Path, session: &Session, handle: &Handle) -> Html {
    let lessons: Vec<&Entry> = COURSE.iter().filter(|entry| entry.paths.contains(&path)).collect();
    let done = lessons.iter().filter(|entry| is_done(entry, session)).count();
    let next = lessons.iter().find(|entry| !is_done(entry, session)).or(lessons.first());
    let (name, whom) = path.words();
    html! {
        <section class="way" aria-label={tr!("Way: {0}", name)}>
            <h3>{ name }</h3>
            <p class="quiet">{ whom }</p>
            <p class="way-lessons">
                { for lessons.iter().map(|entry| {
                    let done = is_done(entry, session);
                    html! { <span class={classes!("way-lesson", done.then_some("is-done"))} title={tr(entry.title)}>{ number(entry) }{ if done { " ✓" } else { "" } }</span> }
                }) }
            </p>
            <p class="quiet">{ tr!("{0} of {1} done, about {2} minutes in all", done, lessons.len(), lessons.iter().map(|entry| entry.minutes).sum::<u32>()) }</p>
            if let Some(next) = next {
                <button type="button" onclick={handle.on(Act::Open(Some(next.id().to_owned())))}>
                    { if done == 0 { tr!("Begin: {0}", tr(next.title)) } else if done == lessons.len() { tr!("Again: {0}", tr(next.title)) } else { tr!("Go on: {0}", tr(next.title)) } }
                </button>
            }
        </section>
    }
}

fn row(entry: &Entry, session: &Session, handle: &Handle) -> Html {
    let done = is_done(entry, session);
    let here = session.lesson.as_ref().is_some_and(|lesson| lesson.id == entry.id());
    let ways: Vec<&str> = entry.paths.iter().map(|path| path.words().0).collect();
    html! {
        <li class={classes!("map-lesson", done.then_some("is-done"), here.then_some("is-here"))}>
            <button type="button" onclick={handle.on(Act::Open(Some(entry.id().to_owned())))} aria-current={here.then_some("step")}>
                <span class="map-number">{ number(entry) }</span>
                <span class="map-text">
                    <span class="map-title">{ tr(entry.title) }</span>
                    <span class="map-goal">{ tr(entry.goal) }</span>
                    if !ways.is_empty() {
                        <span class="map-ways">{ ways.join(", ") }</span>
                    }
                </span>
                <span class="map-state">{ if done { tr("✓ done").to_owned() } else { tr!("{0} min", entry.minutes) } }</span>
            </button>
        </li>
    }
}

#[component]
fn Progress(props: &Props) -> Html {
    let said = use_state(|| "");
    let sure = use_state(|| false);
    let export = {
        let (handle, said) = (props.session.clone(), said.clone());
        Callback::from(move |_: MouseEvent| {
            let worked = hand_over::download("serviceaccount-lab-progress.json", &handle.get().course.write());
            said.set(if worked {
                tr("File handed to the browser.")
            } else {
                tr("The browser does not let the page hand out a file.")
            });
        })
    };
    let forget = {
        let (handle, sure) = (props.session.clone(), sure.clone());
        Callback::from(move |_: MouseEvent| {
            if *sure {
                handle.act(Act::Learn(Learn::Forget));
            }
            sure.set(!*sure);
        })
    };
    html! {
        <>
            <div class="panel-row">
                <button type="button" onclick={props.session.on(Act::Learn(Learn::Certificate(true)))}>{ tr("Certificate") }</button>
                <button type="button" onclick={export}>{ tr("Download progress") }</button>
                <button type="button" onclick={forget}>{ if *sure { tr("Really forget it all") } else { tr("Forget progress") } }</button>
            </div>
            <FileChoice session={props.session.clone()} word={tr("Take over progress from a file")} accept=".json,application/json" lesson=false />
            <p role="status" class="said">{ *said }</p>
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ChoiceProps {
    session: Handle,
    word: &'static str,
    accept: &'static str,
    lesson: bool,
}

#[component]
fn FileChoice(props: &ChoiceProps) -> Html {
    let onchange = {
        let (handle, lesson) = (props.session.clone(), props.lesson);
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) else { return };
            let (name, handle) = (file.name(), handle.clone());
            hand_over::read(&file, LENGTH_BYTES_MAX, move |text| {
                handle.act(Act::Learn(match text {
                    Some(text) if lesson => Learn::Bring(name, text),
                    Some(text) => Learn::Import(text),
                    None => Learn::Tell(tr!("{0} is too long, or cannot be read.", name)),
                }));
            });
        })
    };
    html! {
        <label class="file-choice">{ props.word }<input type="file" accept={props.accept} {onchange} /></label>
    }
}
