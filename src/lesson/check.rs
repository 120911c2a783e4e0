//! The proof of a lesson: it starts unsolved, its solution solves it, each known wrong way misses the goal that it
//! names, nothing unrelated matters, and what it says can be followed to a source.

use crate::lab::{Lab, script};
use crate::lesson::markdown::Inline;
use crate::lesson::progress::Attempt;
use crate::lesson::{Block, Lesson, LessonError, parse, transcript};
use std::collections::BTreeSet;

/// What nobody's lesson is about: goals must not mind it.
const UNRELATED: [&str; 4] = [
    "kubectl create namespace unrelated",
    "kubectl create serviceaccount unrelated",
    "kubectl create configmap unrelated --from-literal=a=b",
    "kubectl run unrelated --image=busybox -n unrelated -- sleep infinity",
];

/// Everything that is wrong with a lesson file; empty when it holds. `is_lesson` tells whether a file that a link leads to
/// is there.
pub fn examine(file: &str, text: &str, is_lesson: &dyn Fn(&str) -> bool) -> Vec<LessonError> {
    let lesson = match parse(file, text) {
        Ok(lesson) => lesson,
        Err(error) => return vec![error],
    };
    let mut problems = prove(&lesson);
    problems.extend(form(&lesson));
    problems.extend(links(&lesson, is_lesson));
    problems.extend(claims(&lesson));
    problems.extend(shown(&lesson, text));
    problems.sort_by_key(|problem| problem.line);
    problems
}

fn problem(line: usize, message: impl Into<String>) -> LessonError {
    LessonError { line, message: message.into() }
}

/// Plays the lesson from its start, with its solution and with its wrong ways.
pub fn prove(lesson: &Lesson) -> Vec<LessonError> {
    let mut problems = Vec::new();
    if lesson.goals().next().is_none() {
        problems.push(problem(1, "it has no goals, so nobody can finish it; add a block ```yaml goals"));
    }
    let (lab, mut attempt) = start(lesson);
    attempt.update(lesson, &lab);
    for goal in states(lesson, &lab, &attempt).into_iter().filter(|goal| goal.met) {
        let message = format!(
            "the goal {:?} holds before anything is done; ask for more, such as the request that brings it about",
            goal.text
        );
        problems.push(problem(goal.line, message));
    }
    let (lab, attempt) = play(lesson, &[], &lesson.solution);
    for goal in states(lesson, &lab, &attempt).into_iter().filter(|goal| !goal.met) {
        problems.push(problem(goal.line, format!("the solution misses {:?}: {}", goal.text, goal.missing)));
    }
    let (again, _) = play(lesson, &[], &lesson.solution);
    if outputs(&lab) != outputs(&again) {
        problems.push(problem(1, "playing the solution twice gives two outputs; report this, it is a bug of the lab"));
    }
    let (lab, attempt) = play(lesson, &UNRELATED, &lesson.solution);
    let alone: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
    for goal in states(lesson, &lab, &attempt).into_iter().filter(|goal| !goal.met && !alone.contains(&goal.line)) {
        let message = format!(
            "the solution misses {:?} when there are other objects too: {}; name what the goal is about",
            goal.text, goal.missing
        );
        problems.push(problem(goal.line, message));
    }
    problems.extend(lesson.wrong.iter().filter_map(|wrong| {
        let (lab, attempt) = play(lesson, &[], &wrong.commands);
        let states = states(lesson, &lab, &attempt);
        match states.iter().find(|goal| goal.text == wrong.misses) {
            None => {
                let known: Vec<&str> = states.iter().map(|goal| goal.text.as_str()).collect();
                let message = format!(
                    "this wrong answer names the goal {:?}, which there is not; there are: {}",
                    wrong.misses,
                    known.join("; ")
                );
                Some(problem(wrong.line, message))
            }
            Some(goal) if goal.met => {
                let message =
                    format!("this wrong answer meets {:?} all the same; make the goal stricter", wrong.misses);
                Some(problem(wrong.line, message))
            }
            Some(_) => None,
        }
    }));
    problems
}

struct State {
    text: String,
    line: usize,
    met: bool,
    missing: String,
}

fn states(lesson: &Lesson, lab: &Lab, attempt: &Attempt) -> Vec<State> {
    let shown = (0..lesson.steps.len()).flat_map(|step| attempt.goals(lesson, lab, step));
    let lines = lesson.goals().map(|(_, goal)| goal.line);
    shown.zip(lines).map(|(goal, line)| State { text: goal.text, line, met: goal.met, missing: goal.missing }).collect()
}

fn outputs(lab: &Lab) -> Vec<String> {
    lab.all_records().iter().map(|record| record.output()).collect()
}

/// A session as the learner finds it when the lesson opens.
pub fn start(lesson: &Lesson) -> (Lab, Attempt) {
    start_with(lesson, &[])
}

fn start_with(lesson: &Lesson, more: &[&str]) -> (Lab, Attempt) {
    let mut lab = Lab::new(lesson.settings());
    lab.set_interactive(false);
    set_up(&mut lab, lesson);
    for command in more {
        lab.run(command);
    }
    lab.set_floor();
    let mut attempt = Attempt::new(&lab);
    attempt.set_floor(lab.floor());
    (lab, attempt)
}

/// Puts the lesson's files into the working folder and plays its setup.
pub fn set_up(lab: &mut Lab, lesson: &Lesson) {
    for (path, text) in lesson.files() {
        lab.write_file(path, text);
    }
    for command in &lesson.setup {
        lab.run(command);
    }
}

fn play(lesson: &Lesson, more: &[&str], commands: &[String]) -> (Lab, Attempt) {
    let (mut lab, mut attempt) = start_with(lesson, more);
    for (number, prediction) in lesson.predictions().enumerate() {
        attempt.answer(number, prediction.options.iter().position(|option| option.right).unwrap_or(0));
    }
    attempt.update(lesson, &lab);
    for command in commands {
        script::play_on(&mut lab, command);
        attempt.update(lesson, &lab);
    }
    (lab, attempt)
}

/// What every lesson has: a question, three hints where there is something to do, a wrong answer, a recap.
fn form(lesson: &Lesson) -> Vec<LessonError> {
    let mut problems = Vec::new();
    if !(1..=15).contains(&lesson.minutes) {
        problems.push(problem(1, "minutes: between 1 and 15; a longer lesson is two lessons"));
    }
    if lesson.predictions().next().is_none() {
        problems.push(problem(1, "nothing to predict; add a block ```yaml predict before the first command"));
    }
    if lesson.wrong.is_empty() {
        problems.push(problem(1, "no wrong answer; under ## Wrong answers add a block ```console misses \"GOAL\""));
    }
    for step in lesson.steps.iter().filter(|step| !step.goals.is_empty() && step.hints.len() != 3) {
        let message = format!(
            "the step {:?} has {} hints; it needs three: a question, a pointer, the command",
            step.title,
            step.hints.len()
        );
        problems.push(problem(step.line, message));
    }
    for prediction in lesson.predictions().filter(|prediction| prediction.options.len() < 2) {
        problems.push(problem(prediction.line, "a question has two options at least"));
    }
    let mut texts = BTreeSet::new();
    for (_, goal) in lesson.goals().filter(|(_, goal)| !texts.insert(goal.text.clone())) {
        problems.push(problem(
            goal.line,
            format!("two goals say {:?}; a wrong answer could not tell them apart", goal.text),
        ));
    }
    match lesson.steps.iter().find(|step| step.title == "Recap") {
        None => problems.push(problem(1, "no recap; end with ## Recap: what was learnt, and where to read on")),
        Some(recap) => {
            let mut targets = Vec::new();
            recap.blocks.iter().for_each(|block| block_inlines(block, &mut |inline| targets.extend(target(inline))));
            if !targets.iter().any(|target| target.starts_with("https://kubernetes.io/docs/")) {
                let message = "the recap links to no page of https://kubernetes.io/docs/; name what to read on";
                problems.push(problem(recap.line, message));
            }
        }
    }
    problems
}

fn target(inline: &Inline) -> Option<String> {
    match inline {
        Inline::Link { target, .. } => Some(target.clone()),
        _ => None,
    }
}

/// Links lead to `https:` or to another lesson; anything else would be only text.
pub fn links(lesson: &Lesson, is_lesson: &dyn Fn(&str) -> bool) -> Vec<LessonError> {
    let mut problems = Vec::new();
    let steps = lesson.steps.iter().map(|step| (step.line, &step.blocks));
    for (line, blocks) in steps.chain(lesson.notes.iter().map(|note| (note.line, &note.blocks))) {
        let mut targets = Vec::new();
        blocks.iter().for_each(|block| block_inlines(block, &mut |inline| targets.extend(target(inline))));
        for target in targets {
            if !target.starts_with("https://") && !is_lesson(target.trim_start_matches("./")) {
                let message = format!("a link leads to {target:?}; write https://… or the file of another lesson");
                problems.push(problem(line, message));
            }
        }
    }
    problems
}

/// Every source is named somewhere and has a link; every misconception that the front matter names is met in the text.
fn claims(lesson: &Lesson) -> Vec<LessonError> {
    let mut problems = Vec::new();
    let mut used = BTreeSet::new();
    for step in &lesson.steps {
        for block in &step.blocks {
            block_inlines(block, &mut |inline| match inline {
                Inline::Note { label, .. } => {
                    used.insert(label.clone());
                }
                Inline::Text(text) if text.contains("[^") => {
                    let message =
                        format!("a source is named in {text:?} but not given; add a line [^NAME]: <https://…>");
                    problems.push(problem(step.line, message));
                }
                _ => {}
            });
        }
    }
    for note in &lesson.notes {
        let mut linked = false;
        note.blocks.iter().for_each(|block| {
            block_inlines(block, &mut |inline| {
                linked |= target(inline).is_some_and(|target| target.starts_with("https://"))
            });
        });
        if !linked {
            problems.push(problem(note.line, format!("the source [^{}] has no link; write <https://…>", note.label)));
        }
        if !used.contains(&note.label) {
            problems.push(problem(note.line, format!("nothing in the text names the source [^{}]", note.label)));
        }
    }
    if lesson.notes.is_empty() {
        problems.push(problem(1, "no claim has a source; write [^NAME] behind it and [^NAME]: <https://…> at the end"));
    }
    let is_id = |label: &String| label.starts_with('M') && label[1..].parse::<u32>().is_ok();
    let believed = lesson.predictions().flat_map(|prediction| &prediction.options).filter_map(|o| o.believes.clone());
    let met: BTreeSet<String> = used.into_iter().filter(is_id).chain(believed).collect();
    let named: BTreeSet<String> = lesson.confronts.iter().cloned().collect();
    for id in named.difference(&met) {
        let message = format!(
            "confronts names {id}, but the text does not meet it; mark the place with [^{id}] or `believes: {id}`"
        );
        problems.push(problem(1, message));
    }
    for id in met.difference(&named) {
        problems.push(problem(1, format!("the text meets {id}; add it to `confronts:` in the front matter")));
    }
    problems
}

/// What learners see printed is printed, and nothing that they are told to type is missing from the lab.
pub fn shown(lesson: &Lesson, text: &str) -> Vec<LessonError> {
    let mut problems = Vec::new();
    for shown in transcript::play(lesson, text) {
        for words in ["not simulated", "command not found"] {
            if shown.printed.contains(words) {
                problems.push(problem(shown.line, format!("`{}` prints: {}", shown.command, shown.printed.trim_end())));
            }
        }
        if !shown.written.is_empty() && !transcript::agrees(&shown.written, &shown.printed) {
            let message = format!(
                "`{}` does not print what stands here, but:\n{}\n… stands for anything, in a line or for whole lines",
                shown.command,
                shown.printed.trim_end()
            );
            problems.push(problem(shown.line, message));
        }
    }
    problems
}

fn block_inlines(block: &Block, see: &mut dyn FnMut(&Inline)) {
    match block {
        Block::Paragraph(inlines) | Block::Heading(inlines) => {
            inlines.iter().for_each(|inline| inline_deep(inline, see))
        }
        Block::List { items, .. } => items.iter().flatten().for_each(|block| block_inlines(block, see)),
        Block::Quote(blocks) => blocks.iter().for_each(|block| block_inlines(block, see)),
        Block::Table { header, rows } => {
            header.iter().chain(rows.iter().flatten()).flatten().for_each(|inline| inline_deep(inline, see));
        }
        Block::Code { .. } | Block::Commands(_) | Block::File { .. } | Block::Predict(_) | Block::Goals => {}
    }
}

fn inline_deep(inline: &Inline, see: &mut dyn FnMut(&Inline)) {
    see(inline);
    match inline {
        Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Link { text: inner, .. } => {
            inner.iter().for_each(|inline| inline_deep(inline, see));
        }
        Inline::Text(_) | Inline::Code(_) | Inline::Note { .. } => {}
    }
}
