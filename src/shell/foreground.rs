//! What stays in the foreground: watches, a sleep without end, an editor; and what follows once it has ended.

use crate::api::client::Client;
use crate::api::request::Watch;
use crate::kubectl::host::{EditJob, Host, Outcome, Then, WatchJob};
use crate::shell::machine::{Frame, dialect_of, userland_of};
use crate::shell::runner::{Flow, Runner, Step};
use crate::shell::syntax::{Connector, Item, Pipeline};

/// A command in the foreground. Data, not code: it is copied and undone with the terminal.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// A watching kubectl.
    Kubectl(Box<WatchJob>),
    /// `kubectl edit` waiting for its text.
    Edit(Box<EditJob>),
    /// `curl …?watch=1`
    Curl(Box<Watch>),
    /// `sleep infinity`
    Sleep,
}

/// What an entry still had to do when a command stayed in the foreground.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Continuation {
    /// `&&` and `||` behind the command.
    pub connected: Vec<(Connector, Pipeline)>,
    /// The other commands of its line.
    pub items: Vec<Item>,
    /// The lines after it.
    pub text: String,
}

impl Runner<'_> {
    /// Prints what kubectl left and does what it wants to go on with.
    ///
    /// # Errors
    /// [`Flow::Suspend`] when it stays.
    pub fn outcome(&mut self, outcome: Outcome) -> Step {
        self.replay(outcome.output);
        match outcome.then {
            Then::Done => Ok(outcome.exit),
            Then::Watch(job) if self.may_stay() => self.stay(Job::Kubectl(job)),
            // In a script or a pipe nobody could end it: it ends when there is nothing more to say now.
            Then::Watch(_) => Ok(outcome.exit),
            Then::Edit(job) if self.state.interactive && self.nested == 0 => self.stay(Job::Edit(job)),
            Then::Edit(_) => {
                self.not_simulated("kubectl edit without an editor; use kubectl patch or kubectl apply");
                Ok(1)
            }
            Then::Interactive { container, command } => self.interactive(&container, &command),
        }
    }

    /// `kubectl exec -it POD -- sh`
    fn interactive(&mut self, reference: &crate::api::container::ContainerRef, command: &[String]) -> Step {
        let name = command.first().map(String::as_str).unwrap_or("sh");
        let found = self.client.container(reference);
        let dialect = found.as_ref().and_then(|container| dialect_of(name, userland_of(&container.image)));
        match (found, dialect) {
            (Some(container), Some(dialect))
                if self.may_stay() && command.iter().skip(1).all(|word| word.starts_with('-')) =>
            {
                let mut frame = Frame::container(&container, name, dialect);
                frame.interactive = true;
                frame.depth = self.frame().depth + 1;
                self.state.frames.push(frame);
                Ok(0)
            }
            _ => {
                if !self.state.interactive {
                    self.err("Unable to use a TTY - input is not a terminal or the right kind of file\n");
                }
                let stdin = self.read_stdin();
                let outcome = crate::shell::container::run(self, reference, command, &stdin);
                self.replay(outcome.output);
                if outcome.exit > 0 {
                    self.err(format!("command terminated with exit code {}\n", outcome.exit));
                }
                Ok(if outcome.exit < 0 { 1 } else { outcome.exit })
            }
        }
    }

    /// Asks the foreground command what it has to say.
    pub fn poll_job(&mut self, job: Job) -> Step {
        match job {
            Job::Kubectl(job) => {
                let outcome = poll_kubectl(self, &job);
                self.outcome(outcome)
            }
            Job::Curl(mut watch) => {
                let events = self.client.poll(&mut watch);
                for event in events {
                    self.out(crate::shell::programs::curl::event_line(&event));
                }
                self.stay(Job::Curl(watch))
            }
            other => self.stay(other),
        }
    }
}

/// Asks a watching kubectl what it has to print now.
pub fn poll_kubectl(host: &mut dyn Host, job: &WatchJob) -> Outcome {
    crate::kubectl::watch::poll(host, job)
}

/// Hands `kubectl edit` the edited text.
pub fn resume_edit(host: &mut dyn Host, job: &EditJob, text: &str) -> Outcome {
    crate::kubectl::edit::resume(host, job, text)
}

/// Whether the container of a frame still runs; frames on the workstation always do.
pub fn alive(frame: &Frame, client: &dyn Client) -> bool {
    frame.container.is_none() || frame.look(client).is_some()
}

/// The exit code of a jump that ended an entry.
pub fn exit_of(flow: &Flow) -> i32 {
    match flow {
        Flow::Return(code) | Flow::Exit(code) | Flow::Abort(code) => *code,
        Flow::Break(_) | Flow::Continue(_) | Flow::Suspend => 0,
    }
}
