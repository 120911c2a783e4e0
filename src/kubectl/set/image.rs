//! `kubectl set image`.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/set/set_image.go. Left out: `--local`.

use crate::api::object::{at, list, mapping, set, text};
use crate::kubectl::command::Command;
use crate::kubectl::context::{Context, object_path};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::options::{DRY_RUN, DryRun, FILES, OUTPUT, SELECTOR};
use crate::kubectl::pairs::{self, Changes};
use crate::kubectl::printers::Order;
use crate::kubectl::resources::Fetched;
use crate::kubectl::set::pod_spec_path;
use crate::kubectl::writing::{self, Options, PatchKind, Show, field_manager};
use serde_json::{Value, json};

/// The command.
pub const COMMAND: Command = Command {
    name: "image",
    usage: "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N",
    summary: "Update the image of a pod template",
    examples: &["kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1"],
    flags: &[
        FILES,
        SELECTOR,
        OUTPUT,
        DRY_RUN,
        &[
            Flag::boolean("all", "", "Select all resources, in the namespace of the specified resource types"),
            Flag::boolean(
                "local",
                "",
                "If true, set image will NOT contact api-server but run locally (not simulated).",
            ),
            field_manager("kubectl-set"),
        ],
    ],
    run,
    ..Command::EMPTY
};

fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let options = Options::from_flags(context)?;
    let mut show = Show::from(context, Order::Typed, options.dry_run)?;
    let arguments = context.arguments().to_vec();
    let (named, rest) = pairs::split(&arguments, "image").map_err(Failure::message)?;
    let images = pairs::parse(rest, "image", false).map_err(Failure::message)?;
    check(context, named, &images)?;
    let (objects, mut failures) = writing::fetch_named(context, named)?;
    for fetched in objects {
        if let Err(failure) = change(context, &fetched, &images, &options, &mut show, &mut failures) {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}

fn check(context: &Context<'_>, named: &[String], images: &Changes) -> Result<(), Failure> {
    let flags = &context.flags;
    let mut failures = Vec::new();
    if flags.boolean("all") && !flags.text("selector").is_empty() {
        failures.push(Failure::message("cannot set --all and --selector at the same time"));
    }
    if named.is_empty() && flags.list("filename").is_empty() {
        let text = "one or more resources must be specified as <resource> <name> or <resource>/<name>";
        failures.push(Failure::message(text));
    }
    if images.set.is_empty() {
        failures.push(Failure::message("at least one image update is required"));
    } else if images.set.len() > 1 && images.set.iter().any(|(name, _)| name == "*") {
        failures.push(Failure::message(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs",
        ));
    }
    if flags.boolean("local") {
        failures.push(Failure::message("not simulated: --local; nearest: --dry-run=client -o yaml"));
    }
    Failure::collect(failures)
}

fn change(
    context: &mut Context<'_>,
    fetched: &Fetched,
    images: &Changes,
    options: &Options,
    show: &mut Show,
    failures: &mut Vec<Failure>,
) -> Result<(), Failure> {
    let path = pod_spec_path(fetched).map_err(Failure::message)?;
    let spec = at(&fetched.object, path);
    let unknown =
        |name: &&String| *name != "*" && GROUPS.iter().all(|group| !names(spec, group).contains(&name.as_str()));
    for name in images.set.iter().map(|(name, _)| name).filter(unknown) {
        failures.push(Failure::message(format!("error: unable to find container named \"{name}\"")));
    }
    let patch = patch(spec, path, images);
    if patch == json!({}) {
        return Ok(());
    }
    let after = if options.dry_run == DryRun::Client {
        with_images(&fetched.object, path, images)
    } else {
        let url = object_path(fetched.kind, &fetched.namespace, &fetched.name)?;
        writing::patch(context, &url, PatchKind::Strategic, &patch, options).map_err(|failure| match failure {
            Failure::Status(status) if status.code != 401 => {
                Failure::message(format!("failed to patch image update to pod template: {}", status.message))
            }
            other => other,
        })?
    };
    show.object(context, &after, "image updated")
}

const GROUPS: [&str; 2] = ["initContainers", "containers"];

fn names<'a>(spec: &'a Value, group: &str) -> Vec<&'a str> {
    list(spec, &[group]).iter().map(|container| text(container, &["name"])).collect()
}

/// The image that a container is to have, if it is to have another one.
fn new_image<'a>(container: &Value, images: &'a Changes) -> Option<&'a str> {
    let name = text(container, &["name"]);
    let found = images.set.iter().rev().find(|(key, _)| key == name || key == "*")?;
    (text(container, &["image"]) != found.1).then_some(found.1.as_str())
}

/// The strategic merge patch: only the containers that change, and the order of all of them.
fn patch(spec: &Value, path: &[&str], images: &Changes) -> Value {
    let mut patch = json!({});
    for group in GROUPS {
        let changed: Vec<Value> = list(spec, &[group])
            .iter()
            .filter_map(|container| {
                let image = new_image(container, images)?;
                Some(json!({"name": text(container, &["name"]), "image": image}))
            })
            .collect();
        if changed.is_empty() {
            continue;
        }
        let order: Vec<Value> = names(spec, group).iter().map(|name| json!({"name": name})).collect();
        let fields = mapping(&mut patch, path);
        fields.insert(format!("$setElementOrder/{group}"), json!(order));
        fields.insert(group.to_owned(), json!(changed));
    }
    patch
}

fn with_images(object: &Value, path: &[&str], images: &Changes) -> Value {
    let mut after = object.clone();
    for group in GROUPS {
        let mut containers = list(at(object, path), &[group]).to_vec();
        for container in &mut containers {
            if let Some(image) = new_image(container, images) {
                set(container, &["image"], json!(image));
            }
        }
        if !containers.is_empty() {
            mapping(&mut after, path).insert(group.to_owned(), json!(containers));
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_only_what_changes() {
        let spec = json!({"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]});
        let images = |pairs: &[(&str, &str)]| Changes {
            set: pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            remove: Vec::new(),
        };
        assert_eq!(
            patch(&spec, &["spec"], &images(&[("b", "z")])),
            json!({"spec": {
                "$setElementOrder/containers": [{"name": "a"}, {"name": "b"}],
                "containers": [{"name": "b", "image": "z"}],
            }})
        );
        assert_eq!(patch(&spec, &["spec"], &images(&[("a", "x")])), json!({}));
        assert_eq!(
            with_images(&json!({"spec": spec}), &["spec"], &images(&[("*", "z")])),
            json!({"spec": {"containers": [{"name": "a", "image": "z"}, {"name": "b", "image": "z"}]}})
        );
    }
}
