//! The course map: every lesson, what it is for, and which are done.

use crate::lesson::{LESSONS, parse};
use crate::ui::session::{Act, Props};
use yew::prelude::*;

/// The course map.
#[component]
pub fn CourseMap(props: &Props) -> Html {
    let session = props.session.get();
    let open = session.lesson.as_ref().map(|lesson| lesson.id.clone());
    let lessons = LESSONS.iter().filter_map(|(file, text)| parse(file, text).ok()).enumerate().map(|(index, lesson)| {
        let done = session.course.done.contains(&lesson.id);
        let here = open.as_ref() == Some(&lesson.id);
        html! {
            <li class={classes!("map-lesson", done.then_some("is-done"), here.then_some("is-here"))}>
                <button type="button" onclick={props.session.on(Act::Open(Some(lesson.id.clone())))} aria-current={here.then_some("step")}>
                    <span class="map-number">{ index + 1 }</span>
                    <span class="map-text">
                        <span class="map-title">{ &lesson.title }</span>
                        <span class="map-goal">{ &lesson.goal }</span>
                    </span>
                    <span class="map-state">
                        { if done { "✓ done".to_owned() } else { format!("{} min", lesson.minutes) } }
                    </span>
                </button>
            </li>
        }
    });
    html! {
        <main class="map">
            <h2>{ "The course" }</h2>
            <p class="quiet">{ "Take the lessons in order, or open any of them. Each starts with a cluster of its own." }</p>
            <ol class="map-lessons">{ for lessons }</ol>
            <h2>{ "Free play" }</h2>
            <p class="quiet">{ "A fresh cluster and no task. Everything a lesson shows is here as well." }</p>
            <button type="button" class="primary" onclick={props.session.on(Act::Open(None))}>{ "Open free play" }</button>
        </main>
    }
}
