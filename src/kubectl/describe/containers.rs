//! Containers on the pages of pods and of what makes pods.

use crate::api::object::{Object, at, boolean, integer, list, strings, text};
use crate::api::sorted;
use crate::kubectl::describe::page::{Page, date, or_none};
use crate::kubectl::printers::gofmt;
use serde_json::Value;

/// Writes a list of containers. `indent` is `"  "` in a pod template, where there are no `statuses`.
pub fn describe(page: &mut Page, title: &str, containers: &[Value], pod: &Object, statuses: &[Value], indent: &str) {
    page.line(0, &format!("{indent}{title}:"));
    for container in containers {
        let name = text(container, &["name"]);
        let status = statuses.iter().find(|status| text(status, &["name"]) == name);
        let inner = if indent.is_empty() { "" } else { " " };
        page.line(1, &format!("{inner}{name}:"));
        basics(page, container, status);
        words(page, "Command:", container, "command");
        words(page, "Args:", container, "args");
        if let Some(status) = status {
            state(page, "State", at(status, &["state"]));
            let last = at(status, &["lastState"]);
            if last.get("terminated").is_some() {
                state(page, "Last State", last);
            }
            let ready = boolean(status, &["ready"]).unwrap_or(false);
            page.line(2, &format!("Ready:\t{}", if ready { "True" } else { "False" }));
            page.line(2, &format!("Restart Count:\t{}", integer(status, &["restartCount"]).unwrap_or(0)));
        }
        quantities(page, "Limits:", at(container, &["resources", "limits"]));
        quantities(page, "Requests:", at(container, &["resources", "requests"]));
        for (title, key) in
            [("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe")]
        {
            if container.get(key).is_some() {
                page.line(2, &format!("{title}:\t{}", probe(at(container, &[key]))));
            }
        }
        environment_sources(page, container);
        environment(page, container, pod);
        mounts(page, container);
    }
}

fn basics(page: &mut Page, container: &Value, status: Option<&Value>) {
    if let Some(status) = status {
        page.line(2, &format!("Container ID:\t{}", text(status, &["containerID"])));
    }
    page.line(2, &format!("Image:\t{}", text(container, &["image"])));
    if let Some(status) = status {
        page.line(2, &format!("Image ID:\t{}", text(status, &["imageID"])));
    }
    for (title, key) in [("Port", "containerPort"), ("Host Port", "hostPort")] {
        let ports: Vec<String> = list(container, &["ports"])
            .iter()
            .map(|port| format!("{}/{}", integer(port, &[key]).unwrap_or(0), text(port, &["protocol"])))
            .collect();
        let plural = if ports.len() > 1 { "s" } else { "" };
        page.line(2, &format!("{title}{plural}:\t{}", or_none(&ports.join(", "))));
    }
}

fn words(page: &mut Page, title: &str, container: &Value, key: &str) {
    let words = strings(container, &[key]);
    if !words.is_empty() {
        page.line(2, title);
    }
    for line in words.iter().flat_map(|word| word.split('\n')) {
        page.line(3, line);
    }
}

fn state(page: &mut Page, title: &str, state: &Value) {
    if let Some(running) = state.get("running") {
        page.line(2, &format!("{title}:\tRunning"));
        page.line(3, &format!("Started:\t{}", date(running, &["startedAt"])));
    } else if let Some(ended) = state.get("terminated") {
        page.line(2, &format!("{title}:\tTerminated"));
        for (title, key) in [("Reason", "reason"), ("Message", "message")] {
            if !text(ended, &[key]).is_empty() {
                page.line(3, &format!("{title}:\t{}", text(ended, &[key])));
            }
        }
        page.line(3, &format!("Exit Code:\t{}", integer(ended, &["exitCode"]).unwrap_or(0)));
        if let Some(signal) = integer(ended, &["signal"]).filter(|signal| *signal > 0) {
            page.line(3, &format!("Signal:\t{signal}"));
        }
        page.line(3, &format!("Started:\t{}", date(ended, &["startedAt"])));
        page.line(3, &format!("Finished:\t{}", date(ended, &["finishedAt"])));
    } else {
        page.line(2, &format!("{title}:\tWaiting"));
        let reason = text(state, &["waiting", "reason"]);
        if !reason.is_empty() {
            page.line(3, &format!("Reason:\t{reason}"));
        }
    }
}

fn quantities(page: &mut Page, title: &str, quantities: &Value) {
    let Some(map) = quantities.as_object().filter(|map| !map.is_empty()) else { return };
    page.line(2, title);
    for (name, quantity) in map {
        page.line(3, &format!("{name}:\t{}", gofmt::print(quantity)));
    }
}

fn probe(probe: &Value) -> String {
    let number = |key: &str, default: i64| integer(probe, &[key]).unwrap_or(default);
    let times = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        number("initialDelaySeconds", 0),
        number("timeoutSeconds", 1),
        number("periodSeconds", 10),
        number("successThreshold", 1),
        number("failureThreshold", 3)
    );
    let port = |key: &str| gofmt::print(at(probe, &[key, "port"]));
    if probe.get("exec").is_some() {
        format!("exec [{}] {times}", strings(probe, &["exec", "command"]).join(" "))
    } else if probe.get("httpGet").is_some() {
        let scheme = match text(probe, &["httpGet", "scheme"]) {
            "" => "http".to_owned(),
            scheme => scheme.to_lowercase(),
        };
        let (host, path) = (text(probe, &["httpGet", "host"]), text(probe, &["httpGet", "path"]));
        format!("http-get {scheme}://{host}:{}{path} {times}", port("httpGet"))
    } else if probe.get("tcpSocket").is_some() {
        format!("tcp-socket {}:{} {times}", text(probe, &["tcpSocket", "host"]), port("tcpSocket"))
    } else {
        format!("unknown {times}")
    }
}

fn environment_sources(page: &mut Page, container: &Value) {
    let sources = list(container, &["envFrom"]);
    if !sources.is_empty() {
        page.line(2, "Environment Variables from:");
    }
    for source in sources {
        let (what, key) =
            if source.get("secretRef").is_some() { ("Secret", "secretRef") } else { ("ConfigMap", "configMapRef") };
        let optional = boolean(source, &[key, "optional"]).unwrap_or(false);
        let prefix = match text(source, &["prefix"]) {
            "" => String::new(),
            prefix => format!(" with prefix '{prefix}'"),
        };
        page.line(3, &format!("{}\t{what}{prefix}\tOptional: {optional}", text(source, &[key, "name"])));
    }
}

fn environment(page: &mut Page, container: &Value, pod: &Object) {
    let variables = list(container, &["env"]);
    page.line(2, if variables.is_empty() { "Environment:\t<none>" } else { "Environment:" });
    for variable in variables {
        let name = text(variable, &["name"]);
        let from = at(variable, &["valueFrom"]);
        let key = |source: &str| (text(from, &[source, "key"]), text(from, &[source, "name"]));
        let optional = |source: &str| boolean(from, &[source, "optional"]).unwrap_or(false);
        if from.get("secretKeyRef").is_some() {
            let ((key, secret), optional) = (key("secretKeyRef"), optional("secretKeyRef"));
            page.line(3, &format!("{name}:\t<set to the key '{key}' in secret '{secret}'>\tOptional: {optional}"));
        } else if from.get("configMapKeyRef").is_some() {
            let ((key, map), optional) = (key("configMapKeyRef"), optional("configMapKeyRef"));
            page.line(3, &format!("{name}:\t<set to the key '{key}' of config map '{map}'>\tOptional: {optional}"));
        } else if from.get("fieldRef").is_some() {
            let path = text(from, &["fieldRef", "fieldPath"]);
            let steps: Vec<&str> = path.split('.').collect();
            let value = gofmt::print(at(pod, &steps));
            let value = if value == "<nil>" { String::new() } else { value };
            let version = text(from, &["fieldRef", "apiVersion"]);
            page.line(3, &format!("{name}:\t{value} ({version}:{path})"));
        } else {
            let mut lines = text(variable, &["value"]).split('\n');
            page.line(3, &format!("{name}:\t{}", lines.next().unwrap_or_default()));
            for line in lines {
                page.line(3, &format!("\t{line}"));
            }
        }
    }
}

fn mounts(page: &mut Page, container: &Value) {
    let mut mounts: Vec<&Value> = list(container, &["volumeMounts"]).iter().collect();
    sorted::sort_by_key(&mut mounts, |mount| text(mount, &["mountPath"]).to_owned());
    page.line(2, if mounts.is_empty() { "Mounts:\t<none>" } else { "Mounts:" });
    for mount in mounts {
        let access = if boolean(mount, &["readOnly"]).unwrap_or(false) { "ro" } else { "rw" };
        let below = match text(mount, &["subPath"]) {
            "" => String::new(),
            path => format!(",path={}", crate::api::go::quote(path)),
        };
        page.line(3, &format!("{} from {} ({access}{below})", text(mount, &["mountPath"]), text(mount, &["name"])));
    }
}
