//! Left: what to do. One goal always in sight; predict, do, see why.

use crate::lesson::{Block, COURSE, Lesson, Prediction, Step, language_of};
use crate::ui::act::Act;
use crate::ui::handle::{Handle, Props};
use crate::ui::learning::Learn;
use crate::ui::markdown;
use crate::ui::session::Session;
use crate::words::tr;
use yew::prelude::*;

/// The lesson.
#[component]
pub fn LessonPane(props: &Props) -> Html {
    let session = props.session.get();
    match session.lesson.clone() {
        Some(lesson) => {
            // One that is not translated yet stays English, and says so.
            let spoken = language_of(&lesson.id);
            html! {
            <section class="pane lesson" aria-label={tr("Lesson")} lang={(!spoken.is_empty()).then_some(spoken)} dir={(spoken == "en").then_some("ltr")}>{ lesson_view(&lesson, &session, &props.session) }</section>
            }
        }
        None => {
            html! { <section class="pane lesson" aria-label={tr("Lesson")}>{ free_play(&props.session) }</section> }
        }
    }
}

fn lesson_view(lesson: &Lesson, session: &Session, handle: &Handle) -> Html {
    let number = COURSE.iter().position(|entry| entry.id() == lesson.id);
    let graded = |index: usize| lesson.steps.get(index).is_some_and(|step| !step.goals.is_empty());
    let bars = (0..lesson.steps.len()).filter(|index| graded(*index)).map(|index| {
        let done = session.attempt.is_step_done(lesson, index);
        html! { <span class={classes!("bar", done.then_some("is-done"))} /> }
    });
    let done = session.attempt.met_count();
    let all = lesson.goals().count();
    let mut question = 0;
    let steps: Vec<Html> = lesson
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| {
            let first = question;
            question += step.blocks.iter().filter(|block| matches!(block, Block::Predict(_))).count();
            step_view(lesson, step, index, first, session, handle)
        })
        .collect();
    html! {
        <>
            <div class="lesson-top">
                <div class="bars" role="img" aria-label={tr!("{0} of {1} goals reached", done, all)}>{ for bars }</div>
                <p class="label">{ place(number, lesson) }</p>
                <h2>{ &lesson.title }</h2>
                <div class="goal"><span class="goal-word">{ tr("Goal") }</span>{ &lesson.goal }</div>
                if session.attempt.is_done(lesson) {
                    { finished(number, session, handle) }
                }
            </div>
            <div class="prose">{ for steps }</div>
            { solution(lesson, session, handle) }
            { sources(lesson) }
        </>
    }
}

fn place(number: Option<usize>, lesson: &Lesson) -> String {
    match number.and_then(|number| COURSE.get(number)) {
        Some(entry) => {
            let ways: Vec<&str> = entry.paths.iter().map(|path| path.words().0).collect();
            let number = entry.file.split('-').next().unwrap_or_default().trim_start_matches('0');
            let number = if number.is_empty() { "0" } else { number };
            tr!(
                "Lesson {0}, about {1} minutes{2}",
                number,
                lesson.minutes,
                if ways.is_empty() { String::new() } else { format!(" · {}", ways.join(", ")) }
            )
        }
        None => tr!("A lesson from elsewhere, about {0} minutes", lesson.minutes),
    }
}

fn finished(number: Option<usize>, session: &Session, handle: &Handle) -> Html {
    if session.attempt.shown() > 0 {
        return html! {
            <div class="finished is-shown" role="status">
                <p>{ tr("That is how it is done. It does not count as solved: do it yourself now.") }</p>
                <button type="button" class="primary" onclick={handle.on(Act::Reset)}>{ tr("Start over") }</button>
            </div>
        };
    }
    let next = number.and_then(|number| COURSE.get(number + 1));
    html! {
        <div class="finished" role="status">
            <p><strong>{ tr("✓ Lesson done.") }</strong>{ tr(" Play on as long as you like; nothing can break.") }</p>
            if let Some(next) = next {
                <button type="button" class="primary" onclick={handle.on(Act::Open(Some(next.id().to_owned())))}>
                    { tr!("Next: {0}", tr(next.title)) }
                </button>
            } else {
                <button type="button" class="primary" onclick={handle.on(Act::Map(true))}>{ tr("Course map") }</button>
            }
        </div>
    }
}

/// The solution, one command at a time.
fn solution(lesson: &Lesson, session: &Session, handle: &Handle) -> Html {
    if lesson.solution.is_empty() {
        return Html::default();
    }
    let shown = session.attempt.shown().min(lesson.solution.len());
    html! {
        <details class="solution" open={shown > 0}>
            <summary>{ tr("Watch the solution") }</summary>
            <p class="quiet">{ tr("One command at a time. It takes as long as you like, and does not count as solved.") }</p>
            if let Some(command) = lesson.solution.get(shown) {
                <pre class="code" dir="ltr" tabindex="0">{ command }</pre>
                <button type="button" disabled={session.lab.foreground().is_some()} onclick={handle.on(Act::Learn(Learn::ShowNext))}>
                    { tr!("Run step {0} of {1}", shown + 1, lesson.solution.len()) }
                </button>
            } else {
                <p>{ tr("That was all of it.") }</p>
            }
        </details>
    }
}

/// Where the claims come from.
fn sources(lesson: &Lesson) -> Html {
    if lesson.notes.is_empty() {
        return Html::default();
    }
    html! {
        <section class="sources prose" aria-label={tr("Sources")}>
            <h3>{ tr("Sources") }</h3>
            <ol>{ for lesson.notes.iter().map(|note| html! { <li>{ for note.blocks.iter().map(markdown::block) }</li> }) }</ol>
        </section>
    }
}

fn step_view(lesson: &Lesson, step: &Step, index: usize, first: usize, session: &Session, handle: &Handle) -> Html {
    let mut question = first;
    let blocks: Vec<Html> = step
        .blocks
        .iter()
        .map(|block| match block {
            Block::Commands(commands) => {
                html! { <>{ for commands.iter().map(|text| command(text, handle)) }</> }
            }
            Block::File { path, text } => file(path, text, handle),
            Block::Predict(prediction) => {
                question += 1;
                predict(prediction, question - 1, session, handle)
            }
            Block::Goals => goals(lesson, index, session),
            other => markdown::block(other),
        })
        .collect();
    html! {
        <div class="step">
            if !step.title.is_empty() {
                <h3>{ &step.title }</h3>
            }
            { for blocks }
            { hints(step, index, session, handle) }
        </div>
    }
}

fn command(text: &str, handle: &Handle) -> Html {
    html! {
        <button type="button" class="command" onclick={handle.on(Act::Insert(text.to_owned()))} title={tr("Put it into the terminal")}>
            <code>{ text }</code><span class="command-word">{ tr("insert") }</span>
        </button>
    }
}

fn file(path: &str, text: &str, handle: &Handle) -> Html {
    html! {
        <div class="file">
            <div class="file-head">
                <code>{ path }</code>
                <button type="button" class="link" aria-label={tr!("Open {0} in the editor", path)} onclick={handle.on(Act::OpenFile(path.to_owned()))}>{ tr("open") }</button>
            </div>
            <pre class="code" dir="ltr" tabindex="0">{ text }</pre>
        </div>
    }
}

fn predict(prediction: &Prediction, question: usize, session: &Session, handle: &Handle) -> Html {
    let chosen = session.attempt.answered(question);
    let options = prediction.options.iter().enumerate().map(|(index, option)| {
        let name = format!("prediction-{question}");
        let picked = chosen == Some(index);
        let told = chosen.is_some() && (picked || option.right);
        let mark = if option.right { "✓ " } else { "✗ " };
        html! {
            <div class={classes!("option", (told && option.right).then_some("is-right"), (picked && !option.right).then_some("is-wrong"))}>
                <label>
                    <input type="radio" {name} checked={picked} disabled={chosen.is_some() && !picked}
                        onchange={handle.on(Act::Answer(question, index))} />
                    <span>{ &option.text }</span>
                </label>
                if told {
                    <p class="why">{ mark }{ &option.why }</p>
                }
            </div>
        }
    });
    html! {
        <fieldset class="predict">
            <legend>{ tr("Predict first") }</legend>
            <p>{ &prediction.question }</p>
            { for options }
        </fieldset>
    }
}

fn goals(lesson: &Lesson, step: usize, session: &Session) -> Html {
    let goals = session.attempt.goals(lesson, &session.lab, step);
    html! {
        <ul class="goals" aria-label={tr("What must be true")}>
            { for goals.iter().map(|goal| html! {
                <li class={classes!("goal-line", goal.met.then_some("is-met"))}>
                    <span aria-hidden="true">{ if goal.met { "✓" } else { "○" } }</span>
                    <span>
                        { &goal.text }
                        <span class="visually-hidden">{ if goal.met { tr(" (done)") } else { tr(" (not yet)") } }</span>
                        if !goal.met && !goal.missing.is_empty() && session.attempt.met_count() > 0 {
                            <span class="missing">{ &goal.missing }</span>
                        }
                    </span>
                </li>
            }) }
        </ul>
    }
}

fn hints(step: &Step, index: usize, session: &Session, handle: &Handle) -> Html {
    if step.hints.is_empty() {
        return Html::default();
    }
    let open = session.attempt.hints(index).min(step.hints.len());
    html! {
        <div class="hints">
            { for step.hints.iter().take(open).map(|hint| html! { <p class="hint">{ inline_code(hint) }</p> }) }
            if open < step.hints.len() {
                <button type="button" class="link" onclick={handle.on(Act::Hint(index))}>
                    { tr!("{0} Hint {1} of {2}", if open == 0 { tr("Stuck?") } else { tr("Still stuck?") }, open + 1, step.hints.len()) }
                </button>
            }
        </div>
    }
}

/// Hints are plain text with `code` in it.
fn inline_code(text: &str) -> Html {
    text.split('`')
        .enumerate()
        .map(|(index, part)| {
            if index % 2 == 1 {
                html! { <code>{ part }</code> }
            } else {
                html! { <>{ part }</> }
            }
        })
        .collect()
}

fn free_play(handle: &Handle) -> Html {
    let ideas = [
        "kubectl get sa",
        "kubectl create serviceaccount data-sa",
        "kubectl run my-pod --image=ubuntu -- sleep infinity",
        "kubectl exec my-pod -- ls -la /var/run/secrets/kubernetes.io/serviceaccount",
        "kubectl create token data-sa --duration=30m",
        "curl -sk $APISERVER/api",
        "kubectl auth can-i --list --as=system:serviceaccount:default:data-sa",
        "help",
    ];
    html! {
        <>
            <div class="lesson-top">
                <p class="label">{ tr("No lesson") }</p>
                <h2>{ tr("Free play") }</h2>
                <div class="goal"><span class="goal-word">{ tr("Goal") }</span>{ tr("Whatever you want to know. The cluster is yours, and Undo takes anything back.") }</div>
            </div>
            <div class="prose">
                <p>{ tr("Some ways to begin:") }</p>
                { for ideas.iter().map(|text| command(text, handle)) }
                <p>{ tr("Files you write with ") }<code>{ "cat > name.yaml" }</code>{ tr(" or in the editor (the ") }<strong>{ "+" }</strong>{ tr(" above the terminal) can be applied with ") }<code>{ "kubectl apply -f name.yaml" }</code>{ "." }</p>
            </div>
        </>
    }
}
