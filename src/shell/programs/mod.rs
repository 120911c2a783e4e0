//! The programs: one file each, registered by one line here.
//!
//! Words and exit codes are those of the real ones: GNU's on the workstation and in Debian images, BusyBox' in
//! `busybox`. An option that is real but not here answers `not simulated: …`.

pub mod absent;
pub mod options;

use crate::shell::machine::{Frame, Userland};
use crate::shell::runner::{REQUEST_STEPS, Runner, Step};
use crate::shell::{builtins as shell, conditions};

macro_rules! programs {
    ($($name:ident),* $(,)?) => { $(pub mod $name;)* };
}

programs! {
    base64, basename, cat, curl, cut, date, diff, echo, env, files, grep, head, help, history, identity, jq, kubectl, ls, mount, page,
    printf, readlink, sed, seq, sha256sum, sleep, sort, tee, tr, uniq, wc, xargs,
}

/// A program or a part of the shell.
pub struct Program {
    /// What one types.
    pub name: &'static str,
    /// The machines that have it.
    pub on: Machines,
    /// Runs it with its arguments.
    pub run: fn(&mut Runner<'_>, &[String]) -> Step,
    /// What one run costs.
    pub steps: usize,
    /// Whether it is part of the shell.
    pub builtin: bool,
    /// Whether a program of that name is there as well, for `kubectl exec POD -- echo`.
    pub also_file: bool,
    /// What `help` says; empty leaves it out there.
    pub summary: &'static str,
}

/// Which machines have a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machines {
    /// All that have a shell.
    All,
    /// The workstation.
    Workstation,
    /// The workstation and Debian images.
    Gnu,
    /// Where bash is the shell.
    Bash,
}

impl Program {
    /// Whether the machine of a shell has it.
    pub fn is_on(&self, frame: &Frame) -> bool {
        match self.on {
            Machines::All => frame.userland != Userland::Nothing,
            Machines::Workstation => frame.userland == Userland::Workstation,
            Machines::Gnu => matches!(frame.userland, Userland::Workstation | Userland::Debian),
            Machines::Bash => frame.dialect == crate::shell::machine::Dialect::Bash,
        }
    }
}

type Run = fn(&mut Runner<'_>, &[String]) -> Step;

const fn program(name: &'static str, on: Machines, run: Run, summary: &'static str) -> Program {
    Program { name, on, run, steps: 1, builtin: false, also_file: false, summary }
}

const fn request(name: &'static str, on: Machines, run: Run, summary: &'static str) -> Program {
    Program { name, on, run, steps: REQUEST_STEPS, builtin: false, also_file: false, summary }
}

/// Part of the shell.
const fn part(name: &'static str, run: Run) -> Program {
    Program { name, on: Machines::All, run, steps: 1, builtin: true, also_file: false, summary: "" }
}

/// Part of the shell, and a program too.
const fn both(name: &'static str, run: Run, summary: &'static str) -> Program {
    Program { name, on: Machines::All, run, steps: 1, builtin: true, also_file: true, summary }
}

const PROGRAMS: &[Program] = &[
    request("kubectl", Machines::Workstation, kubectl::run, "talk to the cluster: kubectl --help"),
    request("curl", Machines::Gnu, curl::run, "send a request to the API server: curl -sk $APISERVER/version"),
    request("sleep", Machines::All, sleep::run, "let the cluster's clock go on: sleep 30"),
    program("base64", Machines::All, base64::run, "encode; -d decodes"),
    program("basename", Machines::All, basename::basename, ""),
    program("cat", Machines::All, cat::run, "print files"),
    program("chmod", Machines::All, files::chmod, "change a file's permissions"),
    program("cp", Machines::All, files::cp, "copy files"),
    program("cut", Machines::All, cut::run, "print parts of lines: cut -d. -f2"),
    program("date", Machines::All, date::run, "the cluster's clock"),
    program("dirname", Machines::All, basename::dirname, ""),
    program("diff", Machines::All, diff::run, "compare two files"),
    program("env", Machines::All, env::run, "print the environment"),
    program("grep", Machines::All, grep::run, "lines that match"),
    program("egrep", Machines::All, grep::egrep, ""),
    program("head", Machines::All, head::head, "the first lines"),
    program("tail", Machines::All, head::tail, "the last lines"),
    program("hostname", Machines::All, identity::hostname, ""),
    program("id", Machines::All, identity::id, ""),
    program("whoami", Machines::All, identity::whoami, "the user of this machine (not of the cluster)"),
    program("uname", Machines::All, identity::uname, ""),
    program("jq", Machines::Workstation, jq::run, "query JSON: kubectl get sa -o json | jq '.items[].metadata.name'"),
    program("ls", Machines::All, ls::run, "list files: ls -la"),
    program("mkdir", Machines::All, files::mkdir, "make a folder"),
    program("mount", Machines::All, mount::run, "mounted file systems"),
    program("mv", Machines::All, files::mv, "rename files"),
    program("printenv", Machines::All, env::printenv, ""),
    program("readlink", Machines::All, readlink::readlink, "where a link leads"),
    program("realpath", Machines::All, readlink::realpath, ""),
    program("rm", Machines::All, files::rm, "remove files"),
    program("rmdir", Machines::All, files::rmdir, ""),
    program("sed", Machines::All, sed::run, "change text: sed 's/a/b/'"),
    program("seq", Machines::All, seq::run, "numbers"),
    program("sha256sum", Machines::All, sha256sum::run, ""),
    program("sort", Machines::All, sort::run, "sort lines"),
    program("tee", Machines::All, tee::run, "print and write to a file"),
    program("touch", Machines::All, files::touch, "make an empty file"),
    program("tr", Machines::All, tr::run, "replace characters: tr ',' '\\n'"),
    program("uniq", Machines::All, uniq::run, "leave out repeated lines"),
    program("wc", Machines::All, wc::run, "count lines, words, bytes"),
    program("which", Machines::All, shell::which, ""),
    program("xargs", Machines::All, xargs::run, "run a command on what comes in"),
    program("clear", Machines::All, page::clear, "empty the screen"),
    program("edit", Machines::Workstation, page::edit, "open a file in the editor"),
    program("nano", Machines::Workstation, page::edit, ""),
    program("vi", Machines::Workstation, page::edit, ""),
    program("vim", Machines::Workstation, page::edit, ""),
    program("undo", Machines::Workstation, page::undo, "take back the last entry: undo 3"),
    program("redo", Machines::Workstation, page::redo, "do again what was taken back"),
    program("reset", Machines::Workstation, page::reset, "start over"),
    part("help", help::run),
    part("history", history::run),
    both("echo", echo::run, "print text"),
    both("printf", printf::run, "print text in a form"),
    both("pwd", shell::pwd, "the working folder"),
    both("test", conditions::test, ""),
    both("[", conditions::bracket, ""),
    both("true", shell::true_, ""),
    both("false", shell::false_, ""),
    part(":", shell::true_),
    part(".", shell::source),
    part("alias", shell::alias),
    part("break", shell::break_),
    part("cd", shell::cd),
    part("command", shell::command),
    part("continue", shell::continue_),
    Program { on: Machines::Bash, ..part("declare", shell::declare) },
    part("eval", shell::eval),
    part("exec", shell::exec),
    part("exit", shell::exit),
    part("export", shell::export),
    part("local", shell::declare),
    Program { on: Machines::Bash, ..part("logout", shell::exit) },
    part("read", shell::read),
    part("readonly", shell::declare),
    part("return", shell::return_),
    part("set", shell::set),
    part("shift", shell::shift),
    Program { on: Machines::Bash, ..part("source", shell::source) },
    part("type", shell::type_),
    part("unalias", shell::unalias),
    part("unset", shell::unset),
    part("wait", shell::true_),
];

/// Every program.
pub fn all() -> impl Iterator<Item = &'static Program> {
    PROGRAMS.iter()
}

/// The program of that name on the machine of a shell.
pub fn find(name: &str, frame: &Frame) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.name == name && program.is_on(frame))
}
