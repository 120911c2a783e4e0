//! SCORM packages: a zip with `imsmanifest.xml` and the page in a single file. The same sources give the same bytes.

use crate::npm::VERSION;
use crate::{Failure, artefact, read, single, write};
use serviceaccount_lab::lesson::COURSE;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use zip::write::SimpleFileOptions;

/// A standard, by the word of `<html data-lms>`.
const STANDARDS: [&str; 2] = ["1.2", "2004"];

/// Writes both packages, of the whole course or of the lessons that are named.
pub fn write_packages(lessons: &[String]) -> Result<Vec<PathBuf>, Failure> {
    let known = || COURSE.iter().map(|entry| entry.id());
    if let Some(unknown) = lessons.iter().find(|id| !known().any(|other| other == *id)) {
        return Err(format!("no lesson {unknown:?}; there are: {}", known().collect::<Vec<_>>().join(", ")));
    }
    let end = if lessons.is_empty() { String::new() } else { format!("-{}", lessons.join("-")) };
    let mut files = Vec::new();
    for standard in STANDARDS {
        let file = artefact(&format!("serviceaccount-lab{end}-scorm-{standard}.zip"));
        write(&file, &package(standard, lessons)?)?;
        files.push(file);
    }
    Ok(files)
}

fn package(standard: &str, lessons: &[String]) -> Result<Vec<u8>, Failure> {
    let marks = format!(" data-lms=\"{standard}\" data-lessons=\"{}\"", lessons.join(" "));
    let page = single::text_with(&marks, &read(&xtask::paths::root().join("static/scorm.js"))?)?;
    let manifest = manifest(standard, lessons);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // No clock and no rights of this machine: zip's own first day, and plain files.
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (name, text) in [("imsmanifest.xml", &manifest), ("index.html", &page)] {
        zip.start_file(name, options).map_err(|error| error.to_string())?;
        zip.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    }
    Ok(zip.finish().map_err(|error| error.to_string())?.into_inner())
}

fn manifest(standard: &str, lessons: &[String]) -> String {
    let titles: Vec<&str> =
        COURSE.iter().filter(|entry| lessons.iter().any(|id| id == entry.id())).map(|entry| entry.title).collect();
    let title = if titles.is_empty() { "Kubernetes ServiceAccounts".to_owned() } else { escaped(&titles.join(", ")) };
    let name = if lessons.is_empty() { "course".to_owned() } else { lessons.join(".") };
    let (spaces, edition, kind, rules) = match standard {
        "1.2" => (
            "xmlns=\"http://www.imsproject.org/xsd/imscp_rootv1p1p2\" xmlns:adlcp=\"http://www.adlnet.org/xsd/adlcp_rootv1p2\"",
            "1.2",
            "adlcp:scormtype",
            "",
        ),
        _ => (
            "xmlns=\"http://www.imsglobal.org/xsd/imscp_v1p1\" xmlns:adlcp=\"http://www.adlnet.org/xsd/adlcp_v1p3\" \
             xmlns:imsss=\"http://www.imsglobal.org/xsd/imsss\"",
            "2004 4th Edition",
            "adlcp:scormType",
            // What the page sets counts, not what the platform would guess from a visit.
            "        <imsss:sequencing>\n          <imsss:deliveryControls completionSetByContent=\"true\" objectiveSetByContent=\"true\"/>\n        </imsss:sequencing>\n",
        ),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest identifier=\"serviceaccount-lab.{name}\" version=\"{VERSION}\" {spaces}>\n  \
         <metadata>\n    <schema>ADL SCORM</schema>\n    <schemaversion>{edition}</schemaversion>\n  </metadata>\n  \
         <organizations default=\"organization\">\n    <organization identifier=\"organization\">\n      <title>{title}</title>\n      \
         <item identifier=\"item\" identifierref=\"page\" isvisible=\"true\">\n        <title>{title}</title>\n{rules}      </item>\n    \
         </organization>\n  </organizations>\n  <resources>\n    <resource identifier=\"page\" type=\"webcontent\" {kind}=\"sco\" href=\"index.html\">\n      \
         <file href=\"index.html\"/>\n    </resource>\n  </resources>\n</manifest>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_its_page_and_nothing_elsewhere() {
        for standard in STANDARDS {
            let text = manifest(standard, &["automount-off".to_owned()]);
            assert!(
                text.contains("<title>Turning automount off</title>") && text.contains("<file href=\"index.html\"/>"),
                "{text}"
            );
            assert!(!text.contains("href=\"http"), "{text}");
        }
    }

    #[test]
    fn an_unknown_lesson_is_refused() {
        assert!(write_packages(&["automuont".to_owned()]).is_err_and(|words| words.contains("automount-off")));
    }
}
