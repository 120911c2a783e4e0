//! The page about a Service. Endpoints are not simulated.

use crate::api::object::{Object, at, integer, list, strings, text};
use crate::kubectl::describe::heading;
use crate::kubectl::describe::page::{Page, or_none};
use crate::kubectl::printers::{gofmt, table};

/// Writes it.
pub fn describe(page: &mut Page, service: &Object) {
    heading(page, service);
    let part = |key: &str| text(service, &["spec", key]);
    page.line(0, &format!("Selector:\t{}", table::labels(at(service, &["spec", "selector"]))));
    page.line(0, &format!("Type:\t{}", part("type")));
    if !part("ipFamilyPolicy").is_empty() {
        page.line(0, &format!("IP Family Policy:\t{}", part("ipFamilyPolicy")));
    }
    let families = strings(service, &["spec", "ipFamilies"]);
    if !families.is_empty() {
        page.line(0, &format!("IP Families:\t{}", families.join(",")));
    }
    page.line(0, &format!("IP:\t{}", part("clusterIP")));
    page.line(0, &format!("IPs:\t{}", or_none(&strings(service, &["spec", "clusterIPs"]).join(","))));
    for port in list(service, &["spec", "ports"]) {
        let name = match text(port, &["name"]) {
            "" => "<unset>",
            name => name,
        };
        let protocol = text(port, &["protocol"]);
        page.line(0, &format!("Port:\t{name}\t{}/{protocol}", integer(port, &["port"]).unwrap_or(0)));
        page.line(0, &format!("TargetPort:\t{}/{protocol}", gofmt::print(at(port, &["targetPort"]))));
        page.line(0, "Endpoints:\tnot simulated");
    }
    page.line(0, &format!("Session Affinity:\t{}", part("sessionAffinity")));
    if !part("internalTrafficPolicy").is_empty() {
        page.line(0, &format!("Internal Traffic Policy:\t{}", part("internalTrafficPolicy")));
    }
}
