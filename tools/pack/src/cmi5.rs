//! cmi5 packages: a zip with `cmi5.xml` and the page in a single file, with the library that speaks to the platform inside. The same
//! sources give the same bytes.

use crate::npm::VERSION;
use crate::{Failure, artefact, lessons, read, single, write};
use std::path::PathBuf;
use std::process::Command;
use xtask::{paths, run, tools};

/// Writes the package, of the whole course or of the lessons that are named.
pub fn write_package(named: &[String]) -> Result<PathBuf, Failure> {
    lessons::must_be_known(named)?;
    let library = library()?;
    let marks = format!(" data-lms=\"cmi5\" data-lessons=\"{}\"", named.join(" "));
    let script = [read(&library.join("dist/cmi5.js"))?, read(&paths::root().join("static/cmi5.js"))?].join("\n");
    // Whom the page may ask is only known when it is launched: static/cmi5.js leaves the platform's origins of these.
    let page = single::text_with(&marks, &script, "connect-src https: http:; ")?;
    let licence = [read(&library.join("NOTICE"))?, read(&library.join("LICENSE.md"))?].join("\n");
    let files = [("cmi5.xml", structure(named)), ("index.html", page), ("cmi5-library-licence.txt", licence)];
    let file = artefact(&format!("serviceaccount-lab{}-cmi5.zip", lessons::name_end(named)));
    write(&file, &crate::zip(&files)?)?;
    Ok(file)
}

/// The library's folder, with its licence; npm fetches it once, as `tools/cmi5/package-lock.json` pins it.
fn library() -> Result<PathBuf, Failure> {
    let folder = paths::tools().join("cmi5");
    let pinned = paths::root().join("tools/cmi5");
    let names = ["package.json", "package-lock.json"];
    let is_same = |name: &&str| std::fs::read(folder.join(name)).ok() == std::fs::read(pinned.join(name)).ok();
    if !names.iter().all(is_same) || !tools::cmi5_library().is_dir() {
        for name in names {
            write(&folder.join(name), read(&pinned.join(name))?.as_bytes())?;
        }
        let mut npm = Command::new(tools::on_path("npm").ok_or("there is no npm, which fetches the library for cmi5")?);
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
        run::run_logged(&mut npm, &paths::tools().join("log/cmi5.log"))?;
    }
    Ok(tools::cmi5_library())
}

/// `cmi5.xml`: a course of one assignable unit. It is done when it is completed and passed, which the page says together.
fn structure(named: &[String]) -> String {
    let (title, name) = (lessons::title(named), lessons::name(named));
    let words = |tag: &str, text: &str, indent: &str| {
        format!("{indent}<{tag}><langstring lang=\"en\">{}</langstring></{tag}>\n", lessons::escaped(text))
    };
    let texts = |indent: &str| {
        words("title", &title, indent)
            + &words("description", "ServiceAccount Lab: done in a simulated Kubernetes cluster.", indent)
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- ServiceAccount Lab {VERSION} -->\n\
         <courseStructure xmlns=\"https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd\">\n  \
         <course id=\"urn:serviceaccount-lab:{name}\">\n{}  </course>\n  \
         <au id=\"urn:serviceaccount-lab:{name}:lab\" moveOn=\"CompletedAndPassed\" launchMethod=\"OwnWindow\">\n{}    \
         <url>index.html</url>\n  </au>\n</courseStructure>\n",
        texts("    "),
        texts("    "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_names_its_page_and_when_it_is_done() {
        let text = structure(&["automount-off".to_owned()]);
        for part in
            ["<langstring lang=\"en\">Turning automount off<", "<url>index.html</url>", "moveOn=\"CompletedAndPassed\""]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
