//! A page to print: what was solved, when, and the proof that anybody can play again.

use crate::lesson::COURSE;
use crate::ui::act::Act;
use crate::ui::handle::Props;
use crate::ui::learning::Learn;
use crate::ui::map::number;
use crate::words::{plural, tr};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The longest name that is printed, in characters.
const NAME_LENGTH_MAX: &str = "80";

/// The certificate.
#[component]
pub fn Certificate(props: &Props) -> Html {
    let session = props.session.get();
    let name = use_state(String::new);
    let oninput = {
        let name = name.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                name.set(input.value());
            }
        })
    };
    let print = Callback::from(|_: MouseEvent| {
        if let Some(window) = web_sys::window() {
            let _ = window.print();
        }
    });
    let solved = COURSE.iter().filter_map(|entry| session.course.done.get(entry.id()).map(|done| (entry, done)));
    html! {
        <main class="map certificate">
            <div class="panel-row no-print">
                <label class="grow">{ tr("Name to print") }<input type="text" maxlength={NAME_LENGTH_MAX} value={(*name).clone()} {oninput} autocomplete="name" /></label>
                <button type="button" class="primary" onclick={print}>{ tr("Print") }</button>
                <button type="button" onclick={props.session.on(Act::Learn(Learn::Certificate(false)))}>{ tr("Back to the map") }</button>
            </div>
            <h2>{ "ServiceAccount Lab" }</h2>
            if !name.trim().is_empty() {
                <p class="certificate-name">{ name.trim() }</p>
            }
            <p>{ tr!("has solved {0} of {1} lessons on Kubernetes ServiceAccounts, in a simulated cluster of Kubernetes 1.36.", session.done_count(), COURSE.len()) }</p>
            <table>
                <thead><tr><th scope="col">{ tr("Lesson") }</th><th scope="col">{ tr("Day") }</th><th scope="col">{ tr("Hints") }</th><th scope="col">{ tr("Steps") }</th></tr></thead>
                <tbody>
                    { for solved.map(|(entry, done)| html! {
                        <tr>
                            <th scope="row">{ format!("{} {}", number(entry), tr(entry.title)) }</th>
                            <td>{ &done.day }</td>
                            <td>{ done.hints }</td>
                            <td>{ plural(done.proof.len(), "{0} step", "{0} steps") }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            <h3>{ tr("Proof") }</h3>
            <p class="quiet">{ tr("What was done, as the lab kept it. Saved as progress.json, it is played again by: salab verify progress.json. The days and the name are the learner's own word.") }</p>
            <pre class="code proof" dir="ltr" tabindex="0">{ session.course.write() }</pre>
        </main>
    }
}
