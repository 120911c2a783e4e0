//! A terminal in a container: what is typed is shown, a line that ends is run.
//!
//! Stands for the pseudo-terminal that a container's runtime opens, with the few keys that a line needs.

use crate::core::World;
use serviceaccount_lab::api::container::ContainerRef;
use serviceaccount_lab::kubectl::host::Chunk;
use serviceaccount_lab::shell::Shell;

/// Ctrl-D.
pub const END_OF_INPUT: u8 = 4;
const INTERRUPT: u8 = 3;
const BACKSPACE: [u8; 2] = [8, 127];
const ERASE_LINE: u8 = 21;
const ESCAPE: u8 = 27;

/// A shell and the line that is being typed into it.
pub struct Terminal {
    shell: Shell,
    entry: String,
    line: Vec<u8>,
    escape: bool,
}

/// A terminal that has just been opened.
pub struct Opened {
    /// What it is known by.
    pub id: u64,
    /// What it shows.
    pub prompt: String,
}

/// What a terminal shows now.
#[derive(Default)]
pub struct Shown {
    /// The text, lines ended as terminals end them.
    pub output: String,
    /// The exit code, once its shell has ended.
    pub exit: Option<i32>,
}

/// Opens a terminal, if `command` is a shell that the container has.
pub fn open(world: &mut World, container: ContainerRef, command: &[String]) -> Option<Opened> {
    let mut shell = Shell::in_container(&world.cluster, &container, command)?;
    // Nothing may stay in the foreground: there is no second line to interrupt it on.
    shell.set_interactive(false);
    let prompt = shell.prompt();
    let id = world.terminals.last_key_value().map_or(0, |(id, _)| id + 1);
    world.terminals.insert(id, Terminal { shell, entry: String::new(), line: Vec::new(), escape: false });
    Some(Opened { id, prompt })
}

/// Types into a terminal.
pub fn input(world: &mut World, id: u64, typed: &[u8]) -> Shown {
    let mut shown = Shown::default();
    let Some(mut terminal) = world.terminals.remove(&id) else { return Shown { exit: Some(137), ..shown } };
    for byte in typed {
        terminal.key(world, *byte, &mut shown);
        if shown.exit.is_some() {
            return shown;
        }
    }
    world.terminals.insert(id, terminal);
    shown
}

impl Terminal {
    fn key(&mut self, world: &mut World, byte: u8, shown: &mut Shown) {
        if self.escape {
            // A sequence ends with a letter or `~`; none of them means anything here.
            self.escape = !(byte.is_ascii_alphabetic() || byte == b'~') || byte == b'O';
            return;
        }
        match byte {
            b'\r' | b'\n' => self.end_line(world, shown),
            END_OF_INPUT if self.line.is_empty() => {
                shown.output.push_str("\r\n");
                shown.exit = Some(0);
            }
            INTERRUPT => {
                self.line.clear();
                self.entry.clear();
                shown.output.push_str(&format!("^C\r\n{}", self.shell.prompt()));
            }
            byte if BACKSPACE.contains(&byte) => self.erase(shown),
            ERASE_LINE => {
                while !self.line.is_empty() {
                    self.erase(shown);
                }
            }
            ESCAPE => self.escape = true,
            byte if byte.is_ascii_control() => {}
            byte => {
                self.line.push(byte);
                // A character of several bytes is shown when it is whole.
                if let Ok(line) = std::str::from_utf8(&self.line) {
                    shown.output.extend(line.chars().next_back());
                }
            }
        }
    }

    fn erase(&mut self, shown: &mut Shown) {
        let line = String::from_utf8_lossy(&self.line).into_owned();
        let mut characters = line.chars();
        if characters.next_back().is_some() {
            self.line = characters.as_str().as_bytes().to_vec();
            shown.output.push_str("\u{8} \u{8}");
        }
    }

    fn end_line(&mut self, world: &mut World, shown: &mut Shown) {
        self.entry.push_str(&String::from_utf8_lossy(&std::mem::take(&mut self.line)));
        shown.output.push_str("\r\n");
        if Shell::needs_more(&self.entry) {
            self.entry.push('\n');
            shown.output.push_str("> ");
            return;
        }
        let transcript = self.shell.run(&mut world.cluster, &std::mem::take(&mut self.entry));
        for chunk in &transcript.chunks {
            let (Chunk::Stdout(bytes) | Chunk::Stderr(bytes)) = chunk;
            shown.output.push_str(&String::from_utf8_lossy(bytes).replace('\n', "\r\n"));
        }
        if self.shell.is_at_workstation() {
            shown.exit = Some(transcript.exit);
        } else {
            shown.output.push_str(&self.shell.prompt());
        }
    }
}
