//! Splits a script into commands, and tells whether text is complete, without running anything.

use crate::shell::parser::{ParseError, Parser};

/// Whether `text` goes on: an open quote, a heredoc, a trailing backslash or pipe, an open `if`.
pub fn needs_more(text: &str) -> bool {
    let backslashes = text.strip_suffix('\n').unwrap_or(text).chars().rev().take_while(|c| *c == '\\').count();
    let mut parser = Parser::new(text);
    loop {
        match parser.next_line() {
            Err(ParseError::Incomplete(_)) => return true,
            Err(_) => return false,
            Ok(None) => return backslashes % 2 == 1,
            Ok(Some(_)) if parser.open_heredoc.is_some() => return true,
            Ok(Some(_)) => {}
        }
    }
}

/// Splits a script into its commands: a heredoc belongs to its command; comments and blank lines are none.
pub fn split_commands(text: &str) -> Vec<String> {
    let mut parser = Parser::new(text);
    let mut commands = Vec::new();
    loop {
        parser.skip_newlines();
        let start = parser.position();
        match parser.next_line() {
            Ok(None) => return commands,
            Ok(Some(_)) => {}
            Err(ParseError::Incomplete(_)) => {
                // Nothing closes it: all that is left is one command.
                commands.push(parser.slice(start, text.len()).trim_end().to_owned());
                return commands;
            }
            Err(_) => parser.skip_line(),
        }
        commands.push(parser.slice(start, parser.position()).trim_end_matches('\n').to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heredoc_belongs_to_its_command() {
        let script = "# a comment\nkubectl get sa\n\ncat > x <<'EOF' | cat\na: 1\n\nEOF\necho 'a\nb' # end\nif true; then\n  echo x\nfi\n";
        let expected = [
            "kubectl get sa",
            "cat > x <<'EOF' | cat\na: 1\n\nEOF",
            "echo 'a\nb' # end",
            "if true; then\n  echo x\nfi",
        ];
        assert_eq!(split_commands(script), expected);
    }

    #[test]
    fn broken_lines_stay_alone() {
        assert_eq!(split_commands("echo )\necho b\necho 'open\nx"), ["echo )", "echo b", "echo 'open\nx"]);
    }

    #[test]
    fn knows_when_text_goes_on() {
        for text in [
            "echo 'a",
            "echo \"a",
            "cat <<EOF\nx\n",
            "cat <<EOF",
            "echo a |",
            "echo a \\",
            "echo a &&",
            "if true",
            "for x in a; do",
            "echo $(ls",
            "echo `ls",
            "{ echo a",
            "( echo",
            "f() {",
            "echo $((1 +",
            "echo ${x:-",
            "while true; do echo",
        ] {
            assert!(needs_more(text), "{text}");
        }
        for text in [
            "echo a",
            "",
            "# 'x",
            "cat <<EOF\nx\nEOF",
            "echo )",
            "echo a \\\\",
            "echo 'a'\"b\"",
            "a=$(ls)",
            "echo a # b \\\\",
        ] {
            assert!(!needs_more(text), "{text}");
        }
    }
}
