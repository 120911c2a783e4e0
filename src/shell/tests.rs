//! The terminal on a client that answers from a small script: language, programs, containers, limits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::api::client::Client;
use crate::api::container::{Container, ContainerRef, Mount};
use crate::api::files::{Attributes, Content, Entry, FileError, FileTree};
use crate::api::request::{Request, Response, Watch, WatchEvent};
use crate::api::time::Timestamp;
use crate::shell::Shell;
use crate::shell::transcript::{Control, Foreground, Transcript};
use serde_json::json;
use std::rc::Rc;
use std::time::Duration;

const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// A cluster with one pod and an API server that tells what it was asked.
struct Fake {
    now: Timestamp,
    containers: Vec<Container>,
    asked: Vec<Request>,
}

impl Fake {
    fn new() -> Self {
        let now = Timestamp::parse_rfc3339("2026-11-23T23:27:33Z").unwrap();
        let containers =
            ["busybox", "ubuntu", "gcr.io/distroless/static"].into_iter().map(|image| container(image, now)).collect();
        Fake { now, containers, asked: Vec::new() }
    }
}

/// A container with the projected volume that the kubelet lays out.
fn container(image: &str, now: Timestamp) -> Container {
    let mut files = FileTree::default();
    let attributes = |mode| Attributes::root(mode, now);
    let data = "..2026_11_23_23_27_33.2877330280";
    let folder = Entry::directory(attributes(0o1777));
    files.put("/tmp", folder.clone(), false).unwrap();
    files.put(ACCOUNT, folder, true).unwrap();
    for (name, text) in [("ca.crt", AUTHORITY), ("namespace", "default"), ("token", "e30.eyJhIjoxfQ.c2ln")] {
        let file = Entry::File(attributes(0o644), Content::from(text));
        files.put(&format!("{ACCOUNT}/{data}/{name}"), file, true).unwrap();
        let link = Entry::Link(attributes(0o777), format!("..data/{name}"));
        files.put(&format!("{ACCOUNT}/{name}"), link, false).unwrap();
    }
    files.put(&format!("{ACCOUNT}/..data"), Entry::Link(attributes(0o777), data.to_owned()), false).unwrap();
    let name = image.rsplit('/').next().unwrap();
    Container {
        reference: ContainerRef {
            namespace: "default".into(),
            pod: name.into(),
            pod_uid: "1".into(),
            container: name.into(),
        },
        image: image.to_owned(),
        environment: vec![
            ("KUBERNETES_SERVICE_HOST".into(), "10.96.0.1".into()),
            ("KUBERNETES_SERVICE_PORT".into(), "443".into()),
        ],
        user: 0,
        groups: vec![0],
        files,
        mounts: vec![Mount { volume: "v".into(), path: ACCOUNT.into(), read_only: true, file_system: "tmpfs".into() }],
    }
}

impl Client for Fake {
    fn send(&mut self, request: Request) -> Response {
        self.asked.push(request.clone());
        if request.path == "/missing" {
            return Response::json(403, Rc::new(json!({"kind": "Status", "code": 403})));
        }
        if request.parameter("watch").is_some() {
            return Response {
                code: 200,
                body: crate::api::request::Body::Watch(Watch::default()),
                ..Response::default()
            };
        }
        Response::json(200, Rc::new(json!({"kind": "APIVersions", "versions": ["v1"]})))
    }

    fn poll(&mut self, watch: &mut Watch) -> Vec<WatchEvent> {
        let seconds = u64::try_from(self.now.unix_seconds()).unwrap();
        let fresh = watch.resource_version < seconds;
        watch.resource_version = seconds;
        if fresh { vec![WatchEvent { kind: "ADDED", object: Rc::new(json!({"kind": "Pod"})) }] } else { Vec::new() }
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn sleep(&mut self, duration: Duration) {
        self.now = self.now.after(duration);
    }

    fn next_due(&self) -> Option<Timestamp> {
        None
    }

    fn container(&self, reference: &ContainerRef) -> Option<Container> {
        self.containers.iter().find(|container| container.reference == *reference).cloned()
    }

    fn write_container_file(&mut self, reference: &ContainerRef, path: &str, contents: &[u8]) -> Result<(), FileError> {
        let now = self.now;
        let found = self.containers.iter_mut().find(|container| container.reference == *reference);
        found.ok_or(FileError::NotFound)?.files.write(path, contents, Attributes::root(0o644, now))
    }

    fn server_authority(&self) -> &str {
        AUTHORITY
    }
}

fn play(text: &str) -> Transcript {
    Shell::new("apiVersion: v1\n").run(&mut Fake::new(), text)
}

fn out(text: &str) -> String {
    let transcript = play(text);
    assert_eq!(transcript.stderr(), "", "{text}");
    transcript.stdout()
}

/// What a command prints in a container, errors and exit code included.
fn inside(image: &str, command: &[&str]) -> (String, String, i32) {
    let mut fake = Fake::new();
    inside_of(&mut fake, image, command)
}

fn inside_of(fake: &mut Fake, image: &str, command: &[&str]) -> (String, String, i32) {
    let mut shell = Shell::new("");
    let reference = fake.containers.iter().find(|container| container.image == image).unwrap().reference.clone();
    let mut runner = crate::shell::runner::Runner::new(&mut shell.state, fake);
    let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
    let outcome = crate::shell::container::run(&mut runner, &reference, &command, b"");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(outcome.stdout()), text(outcome.stderr()), outcome.exit)
}

#[test]
fn quotes_and_expansions() {
    let cases = [
        ("echo a  'b  c' \"d  e\"", "a b  c d  e\n"),
        ("x='1 2'; echo $x \"$x\" '$x' \\$x", "1 2 1 2 $x $x\n"),
        ("x='a   b'; echo $x; echo \"$x\"", "a b\na   b\n"),
        ("echo ${y:-d} ${y-d} ${#x} ${x:+s}", "d d 0\n"),
        ("x=hello.tar.gz; echo ${x%.*} ${x%%.*} ${x#*.} ${x##*.} ${#x}", "hello.tar hello tar.gz gz 12\n"),
        ("x=abcabc; echo ${x/b/X} ${x//b/X} ${x:1:2} ${x: -2} ${x^^}", "aXcabc aXcaXc bc bc ABCABC\n"),
        ("echo ${z:=new}; echo $z", "new\nnew\n"),
        ("echo $(echo $(echo deep)) `echo back`", "deep back\n"),
        ("echo \"$(echo 'a b')\"", "a b\n"),
        ("echo $((1 + 2 * 3)) $(( (1+2)*3 )) $((7/2)) $((7%4)) $((2**10)) $((1<2 && 0))", "7 9 3 3 1024 0\n"),
        ("i=1; i=$((i+1)); echo $i; echo $((i++)) $i", "2\n2 3\n"),
        ("echo {a,b}-{1..3}", "a-1 a-2 a-3 b-1 b-2 b-3\n"),
        ("echo ~ ~/x", "/home/lab /home/lab/x\n"),
        ("echo 'it'\\''s'", "it's\n"),
        ("echo $'a\\tb'", "a\tb\n"),
        ("echo a#b # comment", "a#b\n"),
        ("echo one \\\n two", "one two\n"),
        ("set -- a 'b c'; echo $# \"$2\"; for x in \"$@\"; do echo \"<$x>\"; done", "2 b c\n<a>\n<b c>\n"),
        ("echo \"${x}y\" $HOME ${APISERVER}", "y /home/lab https://kube-apiserver:6443\n"),
        ("echo é ünï 日本 | cut -c1-2", "é \n"),
        ("x=; echo a $x b \"$x\" c", "a b  c\n"),
        ("IFS=:; x=a:b:c; echo $x", "a b c\n"),
        ("echo \"a\\nb\" 'c\\nd'", "a\\nb c\\nd\n"),
        ("export A=1; env | grep ^A=; unset A; env | grep -c ^A=", "A=1\n0\n"),
        ("A=5 env | grep ^A=; echo \"[$A]\"", "A=5\n[]\n"),
    ];
    for (text, expected) in cases {
        assert_eq!(play(text).stdout(), expected, "{text}");
    }
}

#[test]
fn lists_and_compounds() {
    let cases = [
        ("true && echo yes || echo no", "yes\n"),
        ("false && echo yes || echo no", "no\n"),
        ("! false && echo ok", "ok\n"),
        ("if false; then echo a; elif true; then echo b; else echo c; fi", "b\n"),
        ("for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done", "1\n3\n"),
        ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; [ $i = 2 ] && break; done", "1\n2\n"),
        ("until true; do echo never; done; echo end", "end\n"),
        ("case pod.yaml in *.json) echo j;; *.yaml|*.yml) echo y;; *) echo other;; esac", "y\n"),
        ("f() { echo \"$1-$#\"; return 3; }; f a b; echo $?", "a-2\n3\n"),
        ("{ echo a; echo b; } | wc -l", "2\n"),
        ("x=1; ( x=2; echo $x ); echo $x", "2\n1\n"),
        ("printf 'a\\nb\\n' | while read line; do echo \"<$line>\"; done", "<a>\n<b>\n"),
        ("while read a b; do echo \"$b,$a\"; done <<EOF\n1 2 3\n4 5\nEOF", "2 3,1\n5,4\n"),
        ("[[ abc == a* && -n x ]] && echo m; [[ ab =~ ^a.$ ]] && echo r", "m\nr\n"),
        ("test -f /etc/hostname -a -d /tmp && echo both", "both\n"),
        ("[ 1 -eq 1 ] && [ a != b ] && [ -z '' ] && [ ! -e nope ] && echo all", "all\n"),
        ("cat <<< 'here $x'", "here $x\n"),
        ("cat <<-EOF\n\ttabs $((1+1))\n\tEOF", "tabs 2\n"),
        ("x=v; cat <<EOF; cat <<'EOF'\n$x \\$x `echo b`\nEOF\n$x\nEOF", "v $x b\n$x\n"),
        ("diff <(echo a) <(echo b) | head -1", "1c1\n"),
        ("set -o pipefail; false | true; echo $?; set +o pipefail; false | true; echo $?", "1\n0\n"),
        ("sh -c 'echo $0 $1' name arg", "name arg\n"),
        ("eval 'echo ev'; (exit 4); echo $?", "ev\n4\n"),
        ("i=0; while ((i < 3)); do ((i++)); done; echo $i; ((i > 5)) || echo small", "3\nsmall\n"),
        ("alias g='grep -n'; echo abc | g b", "1:abc\n"),
    ];
    for (text, expected) in cases {
        assert_eq!(play(text).stdout(), expected, "{text}");
    }
}

#[test]
fn redirections_and_files() {
    let cases = [
        ("echo a > f; echo b >> f; cat f; cat < f | wc -l", "a\nb\n2\n"),
        ("cat > x.yaml <<'EOF'\na: $b\nEOF\ncat x.yaml; ls", "a: $b\nx.yaml\n"),
        ("ls nope 2>/dev/null; echo $?", "2\n"),
        ("{ echo out; echo err >&2; } > both 2>&1; cat both", "out\nerr\n"),
        ("ls nope &> f; cat f", "ls: cannot access 'nope': No such file or directory\n"),
        ("echo a > 'b c'; cat 'b c'; mkdir -p d/e; echo z > d/e/z; ls -R d | tr '\\n' ' '", "a\nd: e  d/e: z "),
        ("touch a.x b.x c.y; echo *.x; rm *.x; ls; echo *.q", "a.x b.x\nc.y\n*.q\n"),
        ("mkdir d; cd d; pwd; cd ..; pwd; cd - ", "/home/lab/d\n/home/lab\n/home/lab/d\n"),
        ("echo 'echo from $1' > s.sh; chmod +x s.sh; ./s.sh me; sh s.sh you; . ./s.sh", "from me\nfrom you\nfrom\n"),
        ("echo a > f; cp f g; mv g h; cat h; ls", "a\nf  h\n"),
        ("echo b > f; sort f -o f; cat f; echo x | tee y | cat; cat y", "b\nx\nx\n"),
    ];
    for (text, expected) in cases {
        assert_eq!(play(text).stdout(), expected, "{text}");
    }
}

#[test]
fn filters() {
    let cases = [
        ("echo a.b.c | cut -d. -f2; echo abcdef | cut -c1-3; echo a:b:c | cut -d: -f1,3", "b\nabc\na:c\n"),
        (
            "echo a_b-c | tr '_-' '/+'; echo hello | tr a-z A-Z; echo a,b | tr ',' '\\n'; echo aab | tr -s a; echo abc | tr -d b",
            "a/b+c\nHELLO\na\nb\nab\nac\n",
        ),
        ("echo abc | tr -cd 'a-b\\n'; echo 'x y' | tr ' ' '\\n'", "ab\nx\ny\n"),
        (
            "seq 5 | head -2; seq 5 | tail -2; seq 5 | head -n -3; seq 5 | tail -n +4; seq 3 | head -1",
            "1\n2\n4\n5\n1\n2\n4\n5\n1\n",
        ),
        (
            "printf 'b\\na\\nb\\n' | sort; printf 'b\\na\\nb\\n' | sort -u; printf '10\\n9\\n' | sort -n; printf 'a 2\\nb 1\\n' | sort -k2 -n",
            "a\nb\nb\na\nb\n9\n10\nb 1\na 2\n",
        ),
        ("printf 'a\\na\\nb\\n' | uniq -c; printf 'a\\na\\nb\\n' | uniq -d", "      2 a\n      1 b\na\n"),
        ("printf 'a b\\nc' | wc; printf 'a' | wc -c", "      1       3       5\n1\n"),
        (
            "printf 'one\\ntwo\\nthree\\n' | grep -v -E 'one|three'; printf 'aB\\n' | grep -i ab; printf 'x1\\n' | grep -o '[0-9]'",
            "two\naB\n1\n",
        ),
        (
            "printf 'a\\nb\\nc\\n' | grep -n b; printf 'a\\n' | grep -c a; printf 'a\\n' | grep -q z; echo $?",
            "2:b\n1\n1\n",
        ),
        ("printf 'a\\nb\\nc\\nd\\n' | grep -A1 -B1 b", "a\nb\nc\n"),
        (
            "echo web-5d-x | sed 's/web-[a-z0-9]*-/web-/'; echo aaa | sed 's/a/b/g'; echo aaa | sed 's/a/b/2'",
            "web-x\nbbb\naba\n",
        ),
        (
            "seq 5 | sed -n '2,3p'; seq 3 | sed 2d; seq 3 | sed '$d'; echo ab | sed -E 's/(a)(b)/\\2\\1/'; echo x | sed -e s/x/y/ -e s/y/z/",
            "2\n3\n1\n3\n1\n2\nba\nz\n",
        ),
        (
            "seq 4 | sed -n '/2/,/3/p'; echo 'a/b' | sed 's|/|-|'; echo abc | sed 's/b/[&]/'; seq 3 | sed -n '$='; seq 2 | sed '1i\\top'",
            "2\n3\na-b\na[b]c\n3\ntop\n1\n2\n",
        ),
        ("echo a > f; sed -i 's/a/b/' f; cat f", "b\n"),
        (
            "printf '%s-%d|%5s|%-3s|%03d\\n' a 5 x y 7; printf '%s\\n' a b; printf 'no newline'",
            "a-5|    x|y  |007\na\nb\nno newline",
        ),
        ("echo -n x; echo -e 'a\\tb'; echo -E 'a\\tb'", "xa\tb\na\\tb\n"),
        (
            "echo hello | base64; echo aGVsbG8K | base64 -d; printf abc | sha256sum | cut -c1-8",
            "aGVsbG8K\nhello\nba7816bf\n",
        ),
        (
            "echo 'a b c' | xargs -n1 echo -; printf 'x\\ny\\n' | xargs -I{} echo '[{}]'; echo 1 2 | xargs",
            "- a\n- b\n- c\n[x]\n[y]\n1 2\n",
        ),
        ("date +%Y-%m-%dT%H:%M:%SZ; sleep 90; date -u +%T", "2026-11-23T23:27:33Z\n23:29:03\n"),
        (
            "printf 'a\\nb\\n' > 1; printf 'a\\nc\\n' > 2; diff 1 2; diff -u 1 2 | tail -3",
            "2c2\n< b\n---\n> c\n a\n-b\n+c\n",
        ),
        ("whoami; id -u; hostname; uname", "lab\n1000\nworkstation\nLinux\n"),
        (
            "readlink -f /bin/ls; basename a/x.txt .txt; dirname a/x /y; nope 2>/dev/null; echo $?",
            "/usr/bin/ls\nx\na\n/\n127\n",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(play(text).stdout(), expected, "{text}");
    }
}

#[test]
fn errors_in_the_words_of_bash() {
    let cases = [
        ("foo", "bash: foo: command not found\n", 127),
        ("./nope", "bash: ./nope: No such file or directory\n", 127),
        ("/tmp", "bash: /tmp: Is a directory\n", 126),
        ("cat nope", "cat: nope: No such file or directory\n", 1),
        ("cat < nope", "bash: nope: No such file or directory\n", 1),
        ("echo x > /etc/x", "bash: /etc/x: Permission denied\n", 1),
        ("echo x > /no/such", "bash: /no/such: No such file or directory\n", 1),
        ("cat /tmp", "cat: /tmp: Is a directory\n", 1),
        ("cd nope", "bash: cd: nope: No such file or directory\n", 1),
        ("echo )", "bash: syntax error near unexpected token `)'\n", 2),
        ("| cat", "bash: syntax error near unexpected token `|'\n", 2),
        ("if true; fi", "bash: syntax error near unexpected token `fi'\n", 2),
        ("echo a;; echo b", "bash: syntax error near unexpected token `;;'\n", 2),
        ("echo 'open", "bash: unexpected EOF while looking for matching `''\n", 2),
        ("if true", "bash: syntax error: unexpected end of file\n", 2),
        ("set -u; echo $nope", "bash: nope: unbound variable\n", 1),
        ("echo ${nope:?is needed}", "bash: nope: is needed\n", 1),
        ("echo $((1/0))", "bash: 1/0: division by 0 (error token is \"\")\n", 1),
        ("grep x nope", "grep: nope: No such file or directory\n", 2),
        ("head nope", "head: cannot open 'nope' for reading: No such file or directory\n", 1),
        ("[ a -eq 1 ]", "bash: [: a: integer expression expected\n", 2),
        (
            "cut",
            "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.\n",
            1,
        ),
        ("echo '!' | base64 -d", "base64: invalid input\n", 1),
        ("rm nope", "rm: cannot remove 'nope': No such file or directory\n", 1),
        ("mkdir a/b", "mkdir: cannot create directory 'a/b': No such file or directory\n", 1),
        ("awk 1", "not simulated: awk; use cut, sed, grep or jq\n", 127),
        ("ls -Z", "not simulated: ls -Z; there is -l -a -A -1 -L -d -R -r -t -S -h -n\n", 2),
        ("echo a &", "not simulated: & (jobs in the background); leave it away to run the command here\n", 1),
        ("a=(1 2)", "not simulated: arrays\n", 2),
        ("bash -c nope", "bash: line 1: nope: command not found\n", 127),
    ];
    for (text, expected, exit) in cases {
        let transcript = play(text);
        assert_eq!((transcript.stderr().as_str(), transcript.exit), (expected, exit), "{text}");
    }
}

#[test]
fn what_stands_before_a_mistake_still_runs() {
    let transcript = play("echo first\necho second )\n");
    assert_eq!(transcript.stdout(), "first\n");
    assert_eq!(transcript.exit, 2);
}

#[test]
fn nothing_runs_for_ever() {
    let mut shell = Shell::new("");
    let mut fake = Fake::new();
    let loops = [
        "while true; do x=1; done",
        "f() { f; }; f",
        "while true; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done",
        "x=a; while true; do x=$x$x; done",
        "seq 1000000000",
        "while true; do sleep 1; done",
        "f() { g; }; g() { $(f); }; f",
        "a='eval $a'; eval $a",
        "while :; do echo x >> f; done",
    ];
    for text in loops {
        let transcript = shell.run(&mut fake, &format!("kept=1; {text}"));
        let said = transcript.stderr();
        assert!(said.contains("not simulated") || said.contains("TooLarge"), "{text}: {said:.300}");
        assert_ne!(transcript.exit, 0, "{text}");
        assert!(transcript.chunks.iter().map(|chunk| format!("{chunk:?}").len()).sum::<usize>() < 40_000_000);
    }
    assert_eq!(shell.run(&mut fake, "echo $kept").stdout(), "1\n");
}

#[test]
fn subshells_in_substitutions_are_read_once_each_way() {
    // Each is tried as arithmetic first: 2^18 readings, if those inside were tried again each time.
    let nested = format!("echo {}deep{}", "$((echo ".repeat(18), ") )".repeat(18));
    assert_eq!(play(&nested).stdout(), "deep\n");
    let here_document = "echo $((cat <<E\nword\nE\n) )";
    assert_eq!(play(here_document).stdout(), "word\n");
}

#[test]
fn bad_input_is_answered() {
    let long = format!("echo {}", "x".repeat(100_000));
    assert_eq!(play(&long).stdout().len(), 100_001);
    assert_eq!(
        play(&"x".repeat(2_000_000)).stderr(),
        "not simulated: an entry of more than 1048576 bytes; nothing was run\n"
    );
    for text in [
        "\0\u{1}\u{7f}",
        "echo \0a\0",
        "\u{1b}[31m",
        "$(((",
        "((((((((",
        "${",
        "`",
        "<<",
        "<<''",
        "&&",
        ";",
        "!",
        "{",
        "}",
        "[[",
        "]]",
        "case",
        "for",
        "echo ${x",
        "echo $((",
        "a=b=c",
        "é",
        "echo \u{feff}",
        "> > >",
        "2>&",
        "f(",
        "echo \"$(\"",
        "\\",
        "for x in; do echo; done",
        "[[ a =~ ( ]]",
    ] {
        let _ = play(text);
        let _ = Shell::needs_more(text);
        let _ = crate::shell::split_commands(text);
    }
    for open in ["(", "{ ", "$(", "if true; then ", "\"$(", "${x:-", "while ", "! "] {
        let text = open.repeat(20_000);
        let _ = play(&text);
    }
    assert_eq!(play(&format!("echo {}{}", "$(echo ".repeat(100), ")".repeat(100))).exit, 2);
    let garbage: String =
        (0..1_000_000_u32).map(|n| char::from_u32(n.wrapping_mul(2_654_435_761) >> 24 & 0x7f).unwrap()).collect();
    let _ = play(&garbage);
    // A stated limit, and the files there were are kept.
    let mut shell = Shell::new("");
    let mut fake = Fake::new();
    shell.run(&mut fake, "head -c 1000000 /etc/passwd > small; seq 300000 > big");
    assert!(shell.read_file("big").unwrap().len() > 1_000_000);
}

#[test]
fn the_page_is_asked_for_what_only_it_can_do() {
    let controls = |text: &str| play(text).control;
    assert_eq!(controls("clear"), [Control::Clear]);
    assert_eq!(
        controls("undo; undo 3; redo; reset"),
        [Control::Undo(1), Control::Undo(3), Control::Redo(1), Control::Reset]
    );
    assert_eq!(controls("edit pod.yaml"), [Control::OpenEditor { path: "/home/lab/pod.yaml".to_owned() }]);
    assert_eq!(controls("exit 3"), [Control::Exit(3)]);
    assert_eq!(play("undo x").exit, 2);
}

#[test]
fn files_of_the_editor() {
    let mut shell = Shell::new("kind: Config\n");
    assert_eq!(shell.read_file(".kube/config").unwrap(), b"kind: Config\n");
    shell.write_file("a/b.yaml", b"x\n").unwrap();
    assert_eq!(shell.list("").unwrap(), [".kube/", "a/"]);
    assert_eq!(
        shell.run(&mut Fake::new(), "cat a/b.yaml; ls -l a/b.yaml").stdout(),
        "x\n-rw-r--r-- 1 lab lab 2 Nov 23 23:27 a/b.yaml\n"
    );
    assert_eq!(shell.read_file("nope"), Err(FileError::NotFound));
}

#[test]
fn lists_a_mounted_token_as_busybox_does() {
    let data = "..2026_11_23_23_27_33.2877330280";
    let listing = format!(
        "total 4\n\
         drwxrwxrwt    3 root     root           140 Nov 23 23:27 .\n\
         drwxr-xr-x    3 root     root          4096 Nov 23 23:27 ..\n\
         drwxr-xr-x    2 root     root           100 Nov 23 23:27 {data}\n\
         lrwxrwxrwx    1 root     root            32 Nov 23 23:27 ..data -> {data}\n\
         lrwxrwxrwx    1 root     root            13 Nov 23 23:27 ca.crt -> ..data/ca.crt\n\
         lrwxrwxrwx    1 root     root            16 Nov 23 23:27 namespace -> ..data/namespace\n\
         lrwxrwxrwx    1 root     root            12 Nov 23 23:27 token -> ..data/token\n"
    );
    // The folders on the way carry the mode that the volume's root was made with here.
    let (stdout, _, _) = inside("busybox", &["ls", "-la", ACCOUNT]);
    assert_eq!(stdout, listing);
    assert_eq!(inside("busybox", &["ls", ACCOUNT]).0, "ca.crt\nnamespace\ntoken\n");
    let script = format!("ls -lL {ACCOUNT}/ | cut -c1-10");
    assert_eq!(inside("busybox", &["sh", "-c", &script]).0, "total 12\n-rw-r--r--\n-rw-r--r--\n-rw-r--r--\n");
}

#[test]
fn programs_of_a_container() {
    let run = |command: &[&str]| inside("busybox", command);
    let token = format!("{ACCOUNT}/token");
    assert_eq!(run(&["cat", &format!("{ACCOUNT}/namespace")]).0, "default");
    assert_eq!(run(&["readlink", &token]).0, "..data/token\n");
    assert_eq!(run(&["cut", "-d.", "-f1", &token]).0, "e30\n");
    let mount = run(&["sh", "-c", "mount | grep serviceaccount | cut -d\" \" -f1-5"]);
    assert_eq!(mount.0, format!("tmpfs on {ACCOUNT} type tmpfs\n"));
    assert_eq!(
        run(&["sh", "-c", "env | grep ^KUBERNETES_SERVICE | sort"]).0,
        "KUBERNETES_SERVICE_HOST=10.96.0.1\nKUBERNETES_SERVICE_PORT=443\n"
    );
    assert_eq!(run(&["sh", "-c", "exit 3"]).2, 3);
    let written = run(&["sh", "-c", &format!("echo x > {token}")]);
    assert_eq!(written, (String::new(), format!("sh: line 0: can't create {token}: Read-only file system\n"), 1));
    assert_eq!(run(&["ls", "/nope"]), (String::new(), "ls: /nope: No such file or directory\n".to_owned(), 1));
    assert_eq!(run(&["cat", "/nope"]).1, "cat: can't open '/nope': No such file or directory\n");
    let (_, said, exit) = run(&["nosuchcommand"]);
    assert_eq!(exit, -1);
    assert!(said.starts_with("error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec \""));
    assert!(said.ends_with("\": OCI runtime exec failed: exec failed: unable to start container process: exec: \"nosuchcommand\": executable file not found in $PATH\n"));
    assert_eq!(inside("gcr.io/distroless/static", &["sh"]).2, -1);
    assert_eq!(run(&["cd", "/"]).2, -1, "a builtin is no file");
    assert_eq!(run(&["echo", "hi"]).0, "hi\n");
    assert_eq!(inside("ubuntu", &["sh", "-c", "nope"]).1, "sh: 1: nope: not found\n");
    assert_eq!(run(&["sh", "-c", "echo x > /tmp/f; cat /tmp/f"]).0, "x\n");
    assert_eq!(run(&["sh", "-c", "curl x"]).1, "sh: line 0: curl: not found\n");
}

#[test]
fn curl_asks_the_api_server_and_nobody_else() {
    let cases = [
        ("curl -sk $APISERVER/api", "{\n  \"kind\": \"APIVersions\",\n  \"versions\": [\n    \"v1\"\n  ]\n}", "", 0),
        ("curl -sk -o /dev/null -w '%{http_code}\\n' $APISERVER/missing", "403\n", "", 0),
        ("curl -skf $APISERVER/missing", "", "", 22),
        ("curl -fSsk $APISERVER/missing", "", "curl: (22) The requested URL returned error: 403\n", 22),
        ("curl -s $APISERVER/api", "", "", 60),
        (
            "curl -sS https://kube-apiserver/api",
            "",
            "curl: (7) Failed to connect to kube-apiserver port 443 after 0 ms: Could not connect to server\n",
            7,
        ),
        ("curl -sk http://kube-apiserver:6443/api", "Client sent an HTTP request to an HTTPS server.\n", "", 0),
        (
            "curl",
            "",
            "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
            2,
        ),
        ("curl -sk --frob x", "", "not simulated: curl --frob\n", 2),
    ];
    for (text, stdout, stderr, exit) in cases {
        let transcript = play(text);
        assert_eq!(
            (transcript.stdout().as_str(), transcript.stderr().as_str(), transcript.exit),
            (stdout, stderr, exit),
            "{text}"
        );
    }
    let other = play("curl https://example.com/");
    assert_eq!(other.exit, 6);
    assert!(other.stderr().ends_with("curl: (6) Could not resolve host: example.com\n"));
    assert!(play("curl $APISERVER/api").stderr().starts_with(
        "curl: (60) SSL certificate problem: unable to get local issuer certificate\nMore details here: "
    ));
    assert_eq!(play("echo x > ca; curl --cacert ca $APISERVER/api").exit, 77);
}

#[test]
fn curl_sends_what_it_was_told() {
    let mut fake = Fake::new();
    let mut shell = Shell::new("");
    let text = "T=abc; curl -sk -X POST $APISERVER/api/v1/x?a=b%20c -H \"Authorization: Bearer $T\" -H 'Content-Type: application/json' -d '{\"a\":1}'";
    assert_eq!(shell.run(&mut fake, text).exit, 0);
    let request = fake.asked.pop().unwrap();
    assert_eq!((request.method.name(), request.path.as_str()), ("POST", "/api/v1/x"));
    assert_eq!(request.query, [("a".to_owned(), "b c".to_owned())]);
    assert_eq!(request.header_value("authorization"), Some("Bearer abc"));
    assert_eq!(request.header_value("content-type"), Some("application/json"));
    assert!(request.header_value("user-agent").unwrap().starts_with("curl/8."));
    assert!(matches!(&request.body, crate::api::request::Body::Bytes(bytes) if &**bytes == b"{\"a\":1}"));
    shell.run(&mut fake, "curl -sk -d a=1 -d b=2 $APISERVER/x; curl -skG -d a=1 $APISERVER/x; curl -skI $APISERVER/x");
    let sent: Vec<String> =
        fake.asked.iter().map(|request| format!("{} {}", request.method.name(), request.url())).collect();
    assert_eq!(sent, ["POST /x", "GET /x?a=1", "HEAD /x"]);
    let verbose = shell.run(&mut fake, "curl -kvs $APISERVER/api");
    assert!(verbose.stderr().contains("> GET /api HTTP/2\r\n> Host: kube-apiserver:6443\r\n> User-Agent: curl/8."));
    assert!(verbose.stderr().contains("< HTTP/2 200 \r\n< content-type: application/json\r\n"));
    assert!(
        shell
            .run(&mut fake, "curl -ski $APISERVER/api")
            .stdout()
            .starts_with("HTTP/2 200 \r\ncontent-type: application/json\r\n")
    );
}

#[test]
fn curl_in_a_pod_reaches_the_service() {
    let mut fake = Fake::new();
    let script = format!(
        "curl -sS --cacert {ACCOUNT}/ca.crt -H \"Authorization: Bearer $(cat {ACCOUNT}/token)\" https://kubernetes.default.svc/api"
    );
    let (stdout, stderr, exit) = inside_of(&mut fake, "ubuntu", &["sh", "-c", &script]);
    assert_eq!((stderr.as_str(), exit), ("", 0));
    assert!(stdout.contains("APIVersions"));
    assert_eq!(fake.asked[0].header_value("Authorization"), Some("Bearer e30.eyJhIjoxfQ.c2ln"));
    let by_address = "curl -sk https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api";
    assert_eq!(inside_of(&mut fake, "ubuntu", &["sh", "-c", by_address]).2, 0);
    assert_eq!(inside_of(&mut fake, "ubuntu", &["curl", "-sk", "https://kube-apiserver:6443/api"]).2, 6);
}

#[test]
fn a_watch_stays_until_interrupted() {
    let mut fake = Fake::new();
    let mut shell = Shell::new("");
    let line = "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\"}}\n";
    let first = shell.run(&mut fake, "curl -sk \"$APISERVER/api/v1/pods?watch=1\" && echo after\necho later");
    assert_eq!(first.stdout(), line);
    assert!(matches!(shell.foreground(), Some(Foreground::Watching { .. })));
    assert_eq!(shell.poll(&mut fake).stdout(), "");
    fake.sleep(Duration::from_secs(5));
    assert_eq!(shell.poll(&mut fake).stdout(), line);
    assert_eq!(shell.interrupt().exit, 130);
    assert_eq!(shell.foreground(), None);
    assert_eq!(shell.run(&mut fake, "echo $?").stdout(), "130\n");
    // In a pipe or a script it ends by itself.
    assert_eq!(
        shell.run(&mut fake, "curl -sk \"$APISERVER/api/v1/pods?watch=1\" | wc -l; echo end").stdout(),
        "1\nend\n"
    );
    shell.set_interactive(false);
    assert_eq!(shell.run(&mut fake, "curl -sk \"$APISERVER/api/v1/pods?watch=1\"; sleep infinity; echo end").exit, 0);
    assert_eq!(shell.foreground(), None);
}

#[test]
fn sleep_moves_the_clock() {
    let mut fake = Fake::new();
    let mut shell = Shell::new("");
    let before = fake.now;
    shell.run(&mut fake, "sleep 1.5; sleep 2m");
    assert_eq!(fake.now.since(before), Duration::from_millis(121_500));
    assert_eq!(
        shell.run(&mut fake, "sleep x").stderr(),
        "sleep: invalid time interval 'x'\nTry 'sleep --help' for more information.\n"
    );
    shell.run(&mut fake, "sleep infinity");
    assert_eq!(shell.foreground(), Some(Foreground::Sleeping));
    assert_eq!(shell.interrupt().stderr(), "^C\n");
}

#[test]
fn completes_commands_files_and_variables() {
    let mut fake = Fake::new();
    let mut shell = Shell::new("");
    shell.run(&mut fake, "touch pod.yaml 'a b'; mkdir -p dir");
    let mut complete = |line: &str| shell.complete(&mut fake, line, line.len());
    assert_eq!(complete("kubec").candidates, ["kubectl "]);
    assert_eq!(complete("cat po").candidates, ["pod.yaml "]);
    assert_eq!(complete("cat po").start, 4);
    assert_eq!(complete("ls d").candidates, ["dir/"]);
    assert_eq!(complete("cat a").candidates, ["a\\ b "]);
    assert_eq!(complete("echo $APIS").candidates, ["$APISERVER"]);
    assert_eq!(complete("true | bas").candidates, ["base64 ", "basename "]);
    assert_eq!(complete("k get serviceacc").candidates, ["serviceaccounts "]);
    assert_eq!(complete("kubectl apply -f p").candidates, ["pod.yaml "]);
    assert_eq!(complete("X=1 kubectl crea").candidates, ["create "]);
    assert_eq!(complete("kubectl get ro").common, "role");
    assert!(complete("zzz").candidates.is_empty());
}

#[test]
fn history_remembers_entries() {
    let mut shell = Shell::new("");
    let mut fake = Fake::new();
    shell.run(&mut fake, "echo a\n");
    shell.run(&mut fake, "echo a");
    shell.run(&mut fake, "history");
    assert_eq!(shell.history().join("\n"), "echo a\nhistory");
    assert_eq!(shell.run(&mut fake, "history 2").stdout(), "    2  history\n    3  history 2\n");
}

#[test]
fn help_names_only_what_is_there() {
    let text = out("help");
    assert!(text.contains("  kubectl    ") && text.contains("  jq         "));
    let mut fake = Fake::new();
    let (inside, _, _) = inside_of(&mut fake, "busybox", &["sh", "-c", "help"]);
    assert!(!inside.contains("jq") && inside.contains("  cat  "));
}

#[test]
fn a_shell_in_a_container_ends_with_it() {
    let mut fake = Fake::new();
    let mut shell = Shell::new("");
    let reference = fake.containers[0].reference.clone();
    let enter = |shell: &mut Shell, fake: &mut Fake, command: &str| {
        let mut runner = crate::shell::runner::Runner::new(&mut shell.state, fake);
        let then =
            crate::kubectl::Then::Interactive { container: reference.clone(), command: vec![command.to_owned()] };
        runner.outcome(crate::kubectl::Outcome { then, ..Default::default() })
    };
    assert_eq!(enter(&mut shell, &mut fake, "sh"), Ok(0));
    assert_eq!(shell.prompt(), "/ # ");
    assert_eq!(shell.run(&mut fake, "cd /var/run; x=1").exit, 0);
    assert_eq!(shell.run(&mut fake, "echo $x $APISERVER $HOSTNAME; pwd; nope").stdout(), "1 busybox\n/var/run\n");
    assert_eq!(shell.prompt(), "/var/run # ");
    assert_eq!(shell.run(&mut fake, "nope").stderr(), "sh: nope: not found\n");
    let left = shell.run(&mut fake, "exit");
    assert_eq!((left.stderr().as_str(), left.exit), ("command terminated with exit code 127\n", 127));
    assert_eq!(shell.prompt(), "lab@workstation:~$ ");
    // The pod is deleted while somebody sits in it.
    assert_eq!(enter(&mut shell, &mut fake, "sh"), Ok(0));
    fake.containers.clear();
    assert_eq!(shell.poll(&mut fake).stderr(), "command terminated with exit code 137\n");
    assert_eq!(shell.prompt(), "lab@workstation:~$ ");
}

#[test]
fn kubectl_leaves_standard_input_to_others() {
    let text = "printf 'a\\nb\\n' | while read name; do kubectl frobnicate >/dev/null 2>&1; echo $name; done";
    assert_eq!(play(text).stdout(), "a\nb\n");
}

#[test]
fn any_mixture_of_tokens_is_answered() {
    const TOKENS: &[&str] = &[
        "echo",
        " ",
        " ",
        "a",
        "'",
        "\"",
        "`",
        "$(",
        ")",
        "(",
        "{ ",
        "}",
        ";",
        "&&",
        "||",
        "|",
        "&",
        "\n",
        "<<EOF",
        "\nEOF\n",
        ">",
        ">>",
        "<",
        "2>&1",
        "if ",
        "then ",
        "fi",
        "for x in ",
        "do ",
        "done",
        "while ",
        "case ",
        " in ",
        "esac",
        ";;",
        "[[ ",
        " ]]",
        "$x",
        "${x",
        "${x:-",
        "}",
        "$((",
        "))",
        "1+",
        "!",
        "\\",
        "#",
        "*",
        "[",
        "]",
        "~",
        "=",
        "x=",
        "-n",
        "é",
        "\t",
        "sed 's/a/b/'",
        "grep ",
        "jq ",
        ".a",
        "tr a-z ",
        "cut -c",
        "1-",
        "seq 3",
        "printf %s",
        "test ",
        "read ",
        "ls ",
        "/tmp",
        "set -e",
        "exit",
        "f() ",
        "curl ",
        "$APISERVER",
        "base64 -d",
        "xargs ",
        "head -",
        "eval ",
        "sort ",
        "kubectl get sa",
        "<(",
        "=~",
        "[^]",
        "{1..3}",
        "sh -c ",
    ];
    let mut seed = 12345_u64;
    let mut next = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % limit
    };
    let mut shell = Shell::new("");
    let mut fake = Fake::new();
    for _ in 0..4000 {
        let length = 1 + next(14);
        let text: String = (0..length).map(|_| TOKENS[next(TOKENS.len())]).collect();
        let _ = Shell::needs_more(&text);
        let _ = crate::shell::split_commands(&text);
        let _ = shell.run(&mut fake, &text);
        let _ = shell.complete(&mut fake, &text, text.len());
    }
    shell.interrupt();
    assert_eq!(shell.run(&mut fake, "PATH=x; set +eux; echo alive").stdout().lines().last(), Some("alive"));
}
