//! A shell on this machine with a real kubectl, and a cluster of its own behind it.

#![allow(dead_code, clippy::expect_used)]

use crate::door;
use salab::listen::Server;
use salab::{Core, kubeconfig};
use serviceaccount_lab::api::Timestamp;
use serviceaccount_lab::cluster::settings::Settings;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A command that takes longer has hung.
const COMMAND_TIME: Duration = Duration::from_secs(120);

/// The kubectl to use.
fn kubectl() -> String {
    std::env::var("SALAB_KUBECTL").unwrap_or_else(|_| "kubectl".to_owned())
}

/// Its version; `None` where there is none.
pub fn kubectl_version() -> Option<String> {
    let output = Command::new(kubectl()).args(["version", "--client", "-o", "json"]).output().ok()?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    answer["clientVersion"]["gitVersion"].as_str().map(str::to_owned)
}

/// A shell whose kubectl speaks to a cluster that nobody else uses.
pub struct Machine {
    core: Core,
    shell: Child,
    folder: PathBuf,
    commands: usize,
}

impl Machine {
    /// A fresh cluster whose clock is `behind` ours, and a shell in front of it.
    pub fn start(name: &str, behind: Duration) -> Self {
        let folder = std::env::temp_dir().join(format!("salab-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("home/.kube")).expect("a folder");
        std::fs::create_dir_all(folder.join("steps")).expect("a folder");
        let behind = i64::try_from(behind.as_secs()).expect("a short time");
        let start = Timestamp::from_unix_micros(door::now().unix_micros() - behind * 1_000_000);
        let core = Core::start(Settings { start, ..Settings::default() }).expect("a thread");
        let url = serve(core.clone());
        kubeconfig::write(&folder.join("home/.kube/config"), &url).expect("a kubeconfig");
        let shell = shell(&folder, &url);
        Machine { core, shell, folder, commands: 0 }
    }

    /// The folder that its commands run in.
    pub fn home(&self) -> String {
        self.folder.join("home").display().to_string()
    }

    /// Lets the cluster's time pass without waiting for it.
    pub fn skip(&self, duration: Duration) {
        door::run(self.core.ask(move |world| world.skip(duration))).expect("the cluster is there");
    }

    /// Runs a command: standard output, standard error, exit code.
    pub fn run(&mut self, command: &str) -> (String, String, i32) {
        self.commands += 1;
        let step = self.folder.join("steps").join(self.commands.to_string());
        let file = |end: &str| step.with_extension(end);
        std::fs::write(file("sh"), format!("{command}\n")).expect("a file");
        let path = step.display();
        let line = format!(
            ". {path}.sh >{path}.out 2>{path}.err </dev/null; echo $? >{path}.new; mv {path}.new {path}.exit\n"
        );
        self.shell.stdin.as_mut().expect("a pipe").write_all(line.as_bytes()).expect("the shell is there");
        let began = Instant::now();
        while !file("exit").exists() {
            assert!(began.elapsed() < COMMAND_TIME, "hangs: {command}");
            std::thread::sleep(Duration::from_millis(5));
        }
        let read = |path: PathBuf| String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
        (read(file("out")), read(file("err")), read(file("exit")).trim().parse().unwrap_or(-1))
    }
}

/// Serves on a thread that goes on until the test ends; returns where.
fn serve(core: Core) -> String {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        door::run(async {
            let server = Server::bind(std::net::SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
            tell.send(server.url()).expect("somebody waits");
            server.run(core).await;
        });
    });
    told.recv().expect("a server")
}

fn shell(folder: &Path, url: &str) -> Child {
    let home = folder.join("home");
    let mut shell = Command::new("bash")
        .args(["--noprofile", "--norc"])
        .current_dir(&home)
        .env_remove("KUBECONFIG")
        .envs([
            ("HOME", home.to_str().expect("a plain path")),
            ("APISERVER", url),
            ("LC_ALL", "C.UTF-8"),
            ("TZ", "UTC"),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("bash");
    let function = format!("kubectl() {{ command {} \"$@\"; }}\n", kubectl());
    shell.stdin.as_mut().expect("a pipe").write_all(function.as_bytes()).expect("the shell is there");
    shell
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Without its standard input it ends by itself.
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
