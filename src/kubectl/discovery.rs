//! `kubectl api-resources` and `kubectl api-versions`: what the server says it serves.
//!
//! Follows staging/src/k8s.io/kubectl/pkg/cmd/apiresources. Groups that the lab's server only names, without a
//! document, have no resources here.

use crate::api::object::{at, boolean, list, strings, text};
use crate::api::request::Request;
use crate::api::sorted;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flag;
use crate::kubectl::printers::tabwriter;
use serde_json::Value;

/// `kubectl api-resources`.
pub const RESOURCES: Command = Command {
    name: "api-resources",
    summary: "List the types of objects that the server knows",
    examples: &["kubectl api-resources", "kubectl api-resources --namespaced=false -o wide"],
    flags: &[&[
        Flag::text("api-group", "", "Only this group; '' for the core"),
        Flag::boolean("cached", "", "Use cached discovery (nothing is cached)"),
        Flag::slice("categories", "", "Only types in these categories"),
        Flag::boolean("namespaced", "", "Only types with namespaces, or with =false those without").or("true"),
        Flag::boolean("no-headers", "", "Without the header"),
        Flag::text("output", "o", "wide or name"),
        Flag::text("sort-by", "", "name or kind"),
        Flag::slice("verbs", "", "Only types with these verbs"),
    ]],
    run: resources,
    ..Command::EMPTY
};

/// `kubectl api-versions`.
pub const VERSIONS: Command = Command {
    name: "api-versions",
    summary: "List the groups and versions that the server knows",
    run: versions,
    ..Command::EMPTY
};

/// `v1` and `GROUP/VERSION` of every group, with the paths they are served at.
fn groups(context: &mut Context, only_preferred: bool) -> Result<Vec<(String, String)>, Failure> {
    let core = context.request(Request::get("/api"))?;
    let named = context.request(Request::get("/apis"))?;
    let mut found: Vec<(String, String)> = strings(&core, &["versions"])
        .iter()
        .map(|version| ((*version).to_owned(), format!("/api/{version}")))
        .collect();
    for group in list(&named, &["groups"]) {
        let preferred = text(group, &["preferredVersion", "groupVersion"]);
        for version in list(group, &["versions"]) {
            let name = text(version, &["groupVersion"]);
            if !only_preferred || name == preferred {
                found.push((name.to_owned(), format!("/apis/{name}")));
            }
        }
    }
    Ok(found)
}

fn versions(context: &mut Context) -> Result<(), Failure> {
    if !context.arguments().is_empty() {
        return Err(Failure::usage(format!("unexpected arguments: [{}]", context.arguments().join(" "))));
    }
    let mut names: Vec<String> = groups(context, false)?.into_iter().map(|(name, _)| name).collect();
    sorted::sort(&mut names);
    context.print(names.iter().map(|name| format!("{name}\n")).collect::<String>());
    Ok(())
}

fn resources(context: &mut Context) -> Result<(), Failure> {
    let output = context.flags.text("output").to_owned();
    if !["", "wide", "name"].contains(&output.as_str()) {
        return Err(Failure::message(format!("--output {output} is not available")));
    }
    let sort_by = context.flags.text("sort-by").to_owned();
    if !["", "name", "kind"].contains(&sort_by.as_str()) {
        return Err(Failure::message("--sort-by accepts only name or kind"));
    }
    if !context.arguments().is_empty() {
        return Err(Failure::usage(format!("unexpected arguments: [{}]", context.arguments().join(" "))));
    }
    let mut found: Vec<(String, String, Value)> = Vec::new();
    for (group_version, path) in groups(context, true)? {
        let group = group_version.split_once('/').map_or("", |(group, _)| group).to_owned();
        let response = context.send(Request::get(path))?;
        if !response.is_success() {
            continue;
        }
        for resource in list(&response.object(), &["resources"]) {
            if wanted(context, &group, resource) {
                found.push((group.clone(), group_version.clone(), resource.clone()));
            }
        }
    }
    sorted::sort_by_key(&mut found, |(group, _, resource)| {
        let name = text(resource, &["name"]).to_owned();
        match sort_by.as_str() {
            "name" => (name, String::new()),
            "kind" => (text(resource, &["kind"]).to_owned(), name),
            _ => (group.clone(), name),
        }
    });
    let headers = !context.flags.boolean("no-headers");
    context.print(table(&found, &output, headers));
    Ok(())
}

fn wanted(context: &Context, group: &str, resource: &Value) -> bool {
    let flags = &context.flags;
    let verbs = strings(resource, &["verbs"]);
    let categories = strings(resource, &["categories"]);
    let namespaced = boolean(resource, &["namespaced"]).unwrap_or(false);
    !text(resource, &["name"]).contains('/')
        && !verbs.is_empty()
        && (!flags.is_set("api-group") || flags.text("api-group") == group)
        && (!flags.is_set("namespaced") || flags.boolean("namespaced") == namespaced)
        && flags.list("verbs").iter().all(|verb| verbs.contains(&verb.as_str()))
        && flags.list("categories").iter().all(|category| categories.contains(&category.as_str()))
}

fn table(found: &[(String, String, Value)], output: &str, headers: bool) -> String {
    let mut out = String::new();
    if output != "name" && headers {
        out.push_str("NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND");
        out.push_str(if output == "wide" { "\tVERBS\tCATEGORIES\n" } else { "\n" });
    }
    for (group, group_version, resource) in found {
        let name = text(resource, &["name"]);
        if output == "name" {
            out.push_str(&(crate::api::status::qualified(name, group) + "\n"));
            continue;
        }
        let joined = |key: &str| strings(resource, &[key]).join(",");
        let namespaced = at(resource, &["namespaced"]).as_bool().unwrap_or(false);
        let (short, kind) = (joined("shortNames"), text(resource, &["kind"]));
        out.push_str(&format!("{name}\t{short}\t{group_version}\t{namespaced}\t{kind}"));
        if output == "wide" {
            out.push_str(&format!("\t{}\t{}", joined("verbs"), joined("categories")));
        }
        out.push('\n');
    }
    tabwriter::align(&out, tabwriter::GET)
}

#[cfg(test)]
mod tests {
    use crate::api::kinds::document;
    use crate::kubectl::testing::{FakeHost, json};

    fn host() -> FakeHost {
        ["/api", "/apis", "/api/v1", "/apis/apps/v1"]
            .iter()
            .fold(FakeHost::new(), |host, path| host.with(&format!("GET {path}"), json(200, document(path).clone())))
    }

    #[test]
    fn lists_types() {
        let names = host().run_words(&["api-resources", "--api-group=", "--namespaced=true", "-o", "name"], "").0;
        assert_eq!(
            names,
            "bindings\nconfigmaps\nendpoints\nevents\nlimitranges\npersistentvolumeclaims\npods\npodtemplates\n\
             replicationcontrollers\nresourcequotas\nsecrets\nserviceaccounts\nservices\n"
        );
        let table = host().run("api-resources").0;
        assert!(table.starts_with("NAME "));
        let row = table.lines().find(|line| line.starts_with("serviceaccounts ")).unwrap_or_default();
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells, ["serviceaccounts", "sa", "v1", "true", "ServiceAccount"]);
        assert!(table.lines().any(|line| line.starts_with("deployments ") && line.contains(" apps/v1 ")));
    }

    #[test]
    fn lists_versions() {
        let versions = host().run("api-versions").0;
        assert!(versions.contains("\napps/v1\n") && versions.ends_with("v1\n"));
    }
}
