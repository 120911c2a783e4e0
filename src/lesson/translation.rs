//! A lesson in another language is the same lesson in other words: the same commands, files, goals and questions, so
//! that a session comes to the same bytes and a proof holds, whoever reads which.

use crate::lesson::{Block, Lesson, LessonError, Prediction, Step, check, parse};
use std::collections::BTreeMap;

/// Everything that is wrong with a translation, beside its English source.
pub fn examine(file: &str, english: &str, text: &str, is_lesson: &dyn Fn(&str) -> bool) -> Vec<LessonError> {
    let Ok(source) = parse(file, english) else {
        return vec![problem(1, "the English lesson cannot be read; check that one first".to_owned())];
    };
    match parse(file, text) {
        Err(error) => vec![error],
        Ok(lesson) => {
            let mut problems = differences(&source, &lesson);
            problems.extend(check::links(&lesson, is_lesson));
            problems.extend(check::shown(&lesson, text));
            problems
        }
    }
}

/// Whether the course map, which takes title and goal from the language's table, says what the lesson says.
pub fn titles(file: &str, english: &str, text: &str, table: &BTreeMap<String, String>) -> Vec<LessonError> {
    let (Ok(source), Ok(lesson)) = (parse(file, english), parse(file, text)) else { return Vec::new() };
    let pairs = [("title", source.title, lesson.title), ("goal", source.goal, lesson.goal)];
    let differs = pairs.into_iter().filter(|(_, key, said)| table.get(key).is_some_and(|listed| listed != said));
    differs
        .map(|(what, key, said)| {
            problem(1, format!("{what}: is {said:?}, and interface.json has another text for {key:?}"))
        })
        .collect()
}

/// What differs besides words.
pub fn differences(source: &Lesson, lesson: &Lesson) -> Vec<LessonError> {
    let mut problems = Vec::new();
    let mut same = |is_same: bool, line: usize, what: &str| {
        if !is_same {
            problems.push(problem(line, format!("{what} not as in the English lesson; translate words only")));
        }
    };
    same(source.minutes == lesson.minutes, 1, "minutes: is");
    same(source.paths == lesson.paths, 1, "path: is");
    same(source.confronts == lesson.confronts, 1, "confronts: is");
    same(source.version == lesson.version, 1, "version: is");
    same(source.setup == lesson.setup, 1, "the setup is");
    same(source.solution == lesson.solution, 1, "the solution is");
    let labels = |lesson: &Lesson| -> Vec<String> { lesson.notes.iter().map(|note| note.label.clone()).collect() };
    same(labels(source) == labels(lesson), 1, "the sources [^…] at the end are");
    same(source.wrong.len() == lesson.wrong.len(), 1, "the number of wrong answers is");
    for (one, other) in source.wrong.iter().zip(&lesson.wrong) {
        same(one.commands == other.commands, other.line, "this wrong answer is");
        let goal = |lesson: &Lesson, text: &str| lesson.goals().position(|(_, goal)| goal.text == text);
        let named = goal(lesson, &other.misses);
        same(
            named.is_some() && named == goal(source, &one.misses),
            other.line,
            "the goal that this wrong answer misses is",
        );
    }
    same(source.steps.len() == lesson.steps.len(), 1, "the number of steps (headings ##) is");
    for (one, other) in source.steps.iter().zip(&lesson.steps) {
        step(one, other, &mut same);
    }
    problems
}

fn step(source: &Step, step: &Step, same: &mut dyn FnMut(bool, usize, &str)) {
    let line = step.line;
    same(source.hints.len() == step.hints.len(), line, "the number of hints of this step is");
    same(source.goals.len() == step.goals.len(), line, "the number of goals of this step is");
    for (one, other) in source.goals.iter().zip(&step.goals) {
        same(one.asks_the_same(other), other.line, "what this goal checks is");
    }
    // Prose may be cut into other paragraphs; what is typed and asked may not.
    let bones = |step: &Step| -> Vec<Block> { step.blocks.iter().filter(|block| is_bone(block)).cloned().collect() };
    let (ours, theirs) = (bones(source), bones(step));
    same(ours.len() == theirs.len(), line, "the number of blocks (commands, files, questions) of this step is");
    for (one, other) in ours.iter().zip(&theirs) {
        match (one, other) {
            (Block::Predict(one), Block::Predict(other)) => {
                same(
                    answers(one) == answers(other),
                    other.line,
                    "the options of this question are (how many, which is right, `believes:`)",
                );
            }
            (Block::Commands(one), Block::Commands(other)) => {
                same(one == other, line, "a command of this step is");
            }
            (one, other) => same(one == other, line, "a block of this step is"),
        }
    }
}

fn is_bone(block: &Block) -> bool {
    matches!(block, Block::Commands(_) | Block::File { .. } | Block::Predict(_) | Block::Goals)
}

fn answers(prediction: &Prediction) -> Vec<(bool, Option<String>)> {
    prediction.options.iter().map(|option| (option.right, option.believes.clone())).collect()
}

fn problem(line: usize, message: String) -> LessonError {
    LessonError { line, message }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::lesson::{COURSE, Lesson};

    fn lesson(change: &dyn Fn(String) -> String) -> Lesson {
        let entry = COURSE[0];
        parse(entry.file, &change(entry.text.unwrap().to_owned())).unwrap()
    }

    #[test]
    fn other_words_are_the_same_lesson_and_other_commands_are_not() {
        let source = lesson(&|text| text);
        assert_eq!(differences(&source, &source), []);
        let words = lesson(&|text| {
            text.replace("title: ", "title: Anders ").replace("## Who", "## Wer").replace("## Recap", "## Rückblick")
        });
        assert_eq!(differences(&source, &words), []);
        assert_ne!(source, words);
        for (from, to) in
            [("$ kubectl ", "$ kubectl  "), ("minutes: ", "minutes: 1"), ("right: true", "right: true\n  believes: M1")]
        {
            let other = lesson(&|text| text.replacen(from, to, 1));
            assert!(!differences(&source, &other).is_empty(), "{from}");
        }
    }
}
