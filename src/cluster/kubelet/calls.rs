//! The calls of an application in a container: with which token, what it prints, and which calls are left out.
//!
//! As with tokens that are refreshed ([`crate::cluster::kubelet::refresh`]), a year of calls is not lived through: of
//! those in a stretch in which nobody looks and no answer can change, the last one is made, and its log gets the
//! lines of the others. Simplified: such lines fill at most [`FILL_BYTES_MAX`].

use crate::api::files::{Content, Entry, FileTree};
use crate::api::object;
use crate::api::request::{Credential, Origin};
use crate::api::time::Timestamp;
use crate::cluster::actor::{Context, about};
use crate::cluster::kubelet::app::App;
use crate::cluster::kubelet::worker::{Printed, Shared, Worker};
use crate::cluster::trace::Event;
use std::rc::Rc;
use std::time::Duration;

/// How much of a log the lines of calls that were left out may fill.
const FILL_BYTES_MAX: usize = 16 * 1024;
/// How long an answer may lag behind what was changed (the API server remembers good tokens for ten seconds).
const LAG: Duration = Duration::from_secs(11);
/// How long past its expiry a token still works.
const LEEWAY: Duration = Duration::from_secs(60);

/// An application at work.
#[derive(Clone, Debug)]
pub struct Calling {
    /// What it does.
    pub app: Rc<App>,
    /// The token it holds.
    held: Option<Content>,
    /// Whether it has read its token.
    read: bool,
    /// How many calls before the one that is due are left out, and what each printed.
    left_out: u64,
    line: String,
}

impl Calling {
    /// One that has not called yet.
    pub fn new(app: App) -> Self {
        Calling { app: Rc::new(app), held: None, read: false, left_out: 0, line: String::new() }
    }

    /// What the calls that were left out printed.
    fn fill(&self) -> String {
        let most = FILL_BYTES_MAX / self.line.len().max(1);
        self.line.repeat(usize::try_from(self.left_out).unwrap_or(most).min(most))
    }

    /// Reads the token if it is time to; what `cat` complains about.
    fn read_token(&mut self, files: &FileTree) -> String {
        if self.app.token_file.is_empty() || (self.read && !self.app.rereads) {
            return String::new();
        }
        self.read = true;
        self.held = read(files, &self.app.path(&self.app.token_file));
        if self.held.is_some() { String::new() } else { self.app.complaint(&self.app.token_file) }
    }

    /// Until when the token it holds is good.
    fn good_until(&self) -> Option<Timestamp> {
        let Some(Content::Token(token)) = &self.held else { return None };
        object::integer(&token.claims(), &["exp"]).map(|exp| Timestamp::from_unix_seconds(exp).after(LEEWAY))
    }
}

fn read(files: &FileTree, path: &str) -> Option<Content> {
    match files.follow(path) {
        Ok(Entry::File(_, content)) => Some(content.clone()),
        _ => None,
    }
}

impl Worker {
    /// Lets a container call the API server, if it is time to.
    pub(super) fn work_calls(
        &mut self,
        index: usize,
        horizon: Timestamp,
        shared: &mut Shared,
        context: &mut Context<'_>,
    ) {
        let now = context.now();
        let Some(state) = self.containers.get(index).filter(|state| state.call_due().is_some_and(|at| at <= now))
        else {
            return;
        };
        let (Some(mut calling), Some(seen)) = (state.calling.clone(), self.container(state)) else { return };
        let mut text = calling.fill();
        if calling.left_out > 0 {
            let code = calling.line.trim().to_owned();
            let what = format!("called {} times more, each answered as before", calling.left_out);
            context.note_process(
                &format!("{}'s curl", self.name),
                about("pods", &self.pod()),
                Event::Acted { what, why: code },
            );
        }
        let mut line = calling.read_token(&seen.files);
        line.push_str(&self.send(&calling, &seen.files, context));
        text.push_str(&line);
        (calling.line, calling.left_out) = (line, self.calls_to_leave_out(&calling, horizon, shared.disturbed, now));
        shared.printed.push(Printed { container: state.name.clone(), text, starts: false });
        let pauses = u32::try_from(calling.left_out + 1).unwrap_or(u32::MAX);
        let next = now.after(calling.app.pause.saturating_mul(pauses));
        if let Some(state) = self.containers.get_mut(index) {
            state.calling = Some(calling);
            state.call_at(next);
        }
    }

    /// Makes the call; what curl prints.
    fn send(&self, calling: &Calling, files: &FileTree, context: &mut Context<'_>) -> String {
        let app = &calling.app;
        if !app.authority_file.is_empty() && read(files, &app.path(&app.authority_file)).is_none() {
            return app.complaint(&app.authority_file);
        }
        let mut request = app.request();
        request.origin = Origin::App(self.address.as_str().into(), self.name.as_str().into());
        match &calling.held {
            Some(Content::Token(token)) => request.credential = Some(Credential::Token(token.clone())),
            Some(Content::Bytes(bytes)) => {
                request = request.header("Authorization", format!("Bearer {}", String::from_utf8_lossy(bytes)));
            }
            None => {}
        }
        app.printed(&context.send_for_process(&request))
    }

    /// How many calls after this one will be answered as it was, with nobody to see them.
    fn calls_to_leave_out(&self, calling: &Calling, horizon: Timestamp, disturbed: Timestamp, now: Timestamp) -> u64 {
        if now < disturbed.after(LAG) {
            return 0;
        }
        let kept_fresh =
            calling.app.rereads && self.volumes.iter().flat_map(|volume| &volume.tokens).all(|token| !token.failing);
        let end = calling.good_until().filter(|end| *end >= now && !kept_fresh);
        let until = end.map_or(horizon, |end| end.min(horizon));
        let calls = until.since(now).as_micros() / calling.app.pause.as_micros().max(1);
        u64::try_from(calls).unwrap_or(u64::MAX).saturating_sub(1)
    }
}
