//! The proof of a lesson: it starts unsolved, its solution solves it, and each known wrong way misses the goal
//! that it names.

use crate::lab::{Lab, Settings, script};
use crate::lesson::Lesson;
use crate::lesson::progress::Attempt;

/// Everything that is wrong with a lesson, one sentence each; empty when it holds.
pub fn prove(lesson: &Lesson) -> Vec<String> {
    let mut problems = Vec::new();
    if lesson.goals().next().is_none() {
        problems.push("it has no goals, so nobody can finish it".to_owned());
    }
    let (lab, mut attempt) = start(lesson);
    attempt.update(lesson, &lab);
    if lesson.goals().next().is_some() && attempt.is_done(lesson) {
        problems.push("every goal holds before anything is done".to_owned());
    }
    let (lab, attempt) = play(lesson, &lesson.solution);
    for (step, _) in lesson.steps.iter().enumerate() {
        for goal in attempt.goals(lesson, &lab, step).iter().filter(|goal| !goal.met) {
            problems.push(format!("the solution misses {:?}: {}", goal.text, goal.missing));
        }
    }
    for wrong in &lesson.wrong {
        let (lab, attempt) = play(lesson, &wrong.commands);
        let goals: Vec<_> = (0..lesson.steps.len()).flat_map(|step| attempt.goals(lesson, &lab, step)).collect();
        match goals.iter().find(|goal| goal.text == wrong.misses) {
            None => problems.push(format!("a wrong way names the goal {:?}, which there is not", wrong.misses)),
            Some(goal) if goal.met => problems.push(format!("a wrong way meets {:?} all the same", wrong.misses)),
            Some(_) => {}
        }
    }
    problems
}

/// A session as the learner finds it when the lesson opens.
pub fn start(lesson: &Lesson) -> (Lab, Attempt) {
    let mut lab = Lab::new(Settings::default());
    lab.set_interactive(false);
    set_up(&mut lab, lesson);
    let attempt = Attempt::new(&lab);
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

fn play(lesson: &Lesson, commands: &[String]) -> (Lab, Attempt) {
    let (mut lab, mut attempt) = start(lesson);
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
