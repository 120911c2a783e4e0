//! SCORM packages: a zip with `imsmanifest.xml` and the page in a single file. The same sources give the same bytes.

use crate::npm::VERSION;
use crate::{Failure, artefact, lessons, read, single, write};
use std::path::PathBuf;

/// A standard, by the word of `<html data-lms>`.
const STANDARDS: [&str; 2] = ["1.2", "2004"];

/// Writes both packages, of the whole course or of the lessons that are named.
pub fn write_packages(named: &[String]) -> Result<Vec<PathBuf>, Failure> {
    lessons::must_be_known(named)?;
    let mut files = Vec::new();
    for standard in STANDARDS {
        let file = artefact(&format!("serviceaccount-lab{}-scorm-{standard}.zip", lessons::name_end(named)));
        write(&file, &package(standard, named)?)?;
        files.push(file);
    }
    Ok(files)
}

fn package(standard: &str, named: &[String]) -> Result<Vec<u8>, Failure> {
    let marks = format!(" data-lms=\"{standard}\" data-lessons=\"{}\"", named.join(" "));
    let page = single::text_with(&marks, &read(&xtask::paths::root().join("static/scorm.js"))?, "")?;
    crate::zip(&[("imsmanifest.xml", manifest(standard, named)), ("index.html", page)])
}

fn manifest(standard: &str, named: &[String]) -> String {
    let (title, name) = (lessons::escaped(&lessons::title(named)), lessons::name(named));
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
}
