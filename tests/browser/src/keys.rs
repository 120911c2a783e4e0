//! Keys as a keyboard sends them.

use serde_json::{Value, json};

/// WebDriver's code for a key that writes nothing.
fn code(name: &str) -> Option<char> {
    Some(match name {
        "Backspace" => '\u{e003}',
        "Tab" => '\u{e004}',
        "Enter" => '\u{e007}',
        "Shift" => '\u{e008}',
        "Control" => '\u{e009}',
        "Alt" => '\u{e00a}',
        "Escape" => '\u{e00c}',
        "Space" => ' ',
        "PageUp" => '\u{e00e}',
        "PageDown" => '\u{e00f}',
        "End" => '\u{e010}',
        "Home" => '\u{e011}',
        "ArrowLeft" => '\u{e012}',
        "ArrowUp" => '\u{e013}',
        "ArrowRight" => '\u{e014}',
        "ArrowDown" => '\u{e015}',
        "Delete" => '\u{e017}',
        "Meta" => '\u{e03d}',
        _ => return None,
    })
}

/// The actions for `Enter`, `Shift+Tab`, `Control+c`.
pub fn chord(keys: &str) -> Result<Value, String> {
    let names: Vec<&str> = if keys == "+" { vec!["+"] } else { keys.split('+').collect() };
    let mut held = Vec::new();
    for name in names {
        let mut letters = name.chars();
        let key = match (code(name), letters.next(), letters.next()) {
            (Some(key), _, _) | (None, Some(key), None) => key,
            _ => return Err(format!("no key {name:?}")),
        };
        held.push(key.to_string());
    }
    let down = held.iter().map(|key| json!({"type": "keyDown", "value": key}));
    let up = held.iter().rev().map(|key| json!({"type": "keyUp", "value": key}));
    Ok(actions(down.chain(up).collect()))
}

/// The actions for typing a text; a newline is the Enter key.
pub fn text(text: &str) -> Value {
    let key = |letter: char| match letter {
        '\n' => '\u{e007}',
        '\t' => '\u{e004}',
        other => other,
    };
    let presses = text.chars().map(key).flat_map(|key| {
        let key = key.to_string();
        [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
    });
    actions(presses.collect())
}

fn actions(list: Vec<Value>) -> Value {
    json!({"actions": [{"type": "key", "id": "keyboard", "actions": list}]})
}
