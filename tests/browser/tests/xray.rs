//! The X-ray with the keyboard: steps, YAML, files, tokens, rights and relations.

use browser_tests::{Element, MY_POD, Page, View};
use serde_json::json;

/// {"alg":"RS256","kid":"k"}.{"iss":"https://example.org","sub":"x"}.c2ln
const FOREIGN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2V4YW1wbGUub3JnIiwic3ViIjoieCJ9.c2ln";

fn open() -> Page {
    Page::open(&View::new(1440, 900).at("#free-play"))
}

/// Focuses something and presses keys there.
fn press(page: &Page, element: &Element<'_>, keys: &str) {
    element.focus();
    page.press(keys);
}

/// Goes through a list with the arrow keys until it shows `wanted`.
fn pick(page: &Page, list: &Element<'_>, wanted: &str) {
    press(page, list, "Home");
    for _ in 0..80 {
        if list.value() == wanted {
            return;
        }
        press(page, list, "ArrowDown");
    }
    panic!("{wanted} is not in the list");
}

fn choose(page: &Page, tab: &str) {
    press(page, &page.tab(tab), "Enter");
    page.wait("the tab is chosen", || page.tab(tab).is_on());
}

fn count(page: &Page, selector: &str) -> i64 {
    page.script("return document.querySelectorAll(arguments[0]).length", &[json!(selector)]).as_i64().unwrap_or(0)
}

fn here(page: &Page) -> String {
    let current = page.script("return document.querySelector('.step-line.is-here .step-what')?.textContent ?? ''", &[]);
    current.as_str().unwrap_or_default().to_string()
}

#[test]
fn steps_forward_back_first_last_and_by_themselves() {
    let page = open();
    page.run(MY_POD, "EOF");
    page.run("kubectl apply -f my-pod.yaml", "pod/my-pod created");
    page.run("kubectl wait --for=condition=Ready pod/my-pod", "condition met");
    let xray = page.region("X-ray");
    press(&page, &page.button("Steps of the command before"), "Enter");
    page.wait("the identity is shown first", || here(&page).starts_with("ServiceAccount admission added"));
    let log = page.find("log", "Terminal output").text();
    assert!(!log.contains("Why?"), "nothing was refused: {log}");
    xray.wait_for_text("pod.spec.automountServiceAccountToken unset → serviceaccount.automountServiceAccountToken unset → by default a token is mounted");
    press(&page, &page.button("Step forward"), "Enter");
    page.wait("one step on", || here(&page).starts_with("Priority admission"));
    press(&page, &page.button("Step back"), "Enter");
    page.wait("one step back", || here(&page).starts_with("ServiceAccount admission"));
    press(&page, &page.button("First step"), "Enter");
    page.wait("the look-up is no refusal", || here(&page) == "kubectl looked for pod/my-pod: it is not there");
    press(&page, &page.button("Play"), "Enter");
    page.wait("they play", || here(&page).starts_with("API server: this is"));
    press(&page, &page.button("Stop"), "Enter");
    press(&page, &page.button("Last step"), "Enter");
    page.wait("the last step", || here(&page) == "pod/my-pod is Running");
    assert!(page.button("Step forward").attribute("disabled").is_some());
    page.assert_clean();
}

#[test]
fn a_refusal_says_what_would_have_allowed_it() {
    let page = open();
    page.run("kubectl get pods --as=system:serviceaccount:default:default", "cannot list resource");
    press(&page, &page.button("Why?"), "Enter");
    let xray = page.region("X-ray");
    xray.wait_for_text("Who asks: system:serviceaccount:default:default");
    xray.wait_for_text("a Role in namespace default that allows list on pods");
    page.run("curl -sk $APISERVER/api -H 'Authorization: Bearer nonsense'", "\"code\": 401");
    xray.wait_for_text("not a JSON Web Token");
    page.run("kubectl get sa --ignore-not-found nobody", "");
    page.assert_clean();
}

#[test]
fn yaml_is_folded_searched_and_copied() {
    let page = open();
    page.run(MY_POD, "EOF");
    page.run("kubectl apply -f my-pod.yaml", "pod/my-pod created");
    let xray = page.region("X-ray");
    let yaml = xray.find("group", "The object at this step");
    yaml.wait_for_text("expirationSeconds: 3607");
    xray.wait_for_text("added: ServiceAccount admission");
    page.script(
        "[...document.querySelectorAll('button.fold')].find(line => line.textContent.includes('volumes:')).focus()",
        &[],
    );
    page.press("Enter");
    page.wait("the volumes are folded", || !yaml.text().contains("expirationSeconds"));
    let search = page.css(".yaml-tools input");
    search.type_text("expirationSeconds");
    xray.wait_for_text("1 of 1 line");
    yaml.wait_for_text("expirationSeconds: 3607");
    // What is copied is the YAML alone.
    page.script(
        "navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }; return null",
        &[],
    );
    press(&page, &xray.find("button", "Copy"), "Enter");
    page.wait("it is copied", || {
        let copied = page.script("return window.copied ?? ''", &[]);
        copied.as_str().is_some_and(|text| text.starts_with("apiVersion: v1\n") && !text.contains("admission"))
    });
    press(&page, &xray.find("button", "Unfold all"), "Enter");
    choose(&page, "Objects");
    press(&page, &xray.find("button", "my-pod"), "Enter");
    xray.find("group", "YAML of my-pod").wait_for_text("phase: ");
    xray.wait_for_text("as sent");
    page.assert_clean();
}

#[test]
fn files_are_swapped_absent_or_frozen() {
    let page = open();
    let pinned = "cat <<'EOF' | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata:
  name: pinned
spec:
  containers:
  - name: c
    image: busybox
    command: [sleep, infinity]
    volumeMounts:
    - {name: own, mountPath: /own}
    - {name: own, mountPath: /once, subPath: token}
  volumes:
  - name: own
    projected:
      sources:
      - serviceAccountToken: {path: token, expirationSeconds: 600}
EOF";
    page.run(pinned, "pod/pinned created");
    page.run("kubectl wait --for=condition=Ready pod/pinned", "condition met");
    choose(&page, "Files");
    let xray = page.region("X-ray");
    xray.wait_for_text("Mounted by subPath: never refreshed");
    xray.wait_for_text("Still the same as in the volume.");
    press(&page, &page.css(".files .field button"), "Enter");
    xray.wait_for_text("Swapped at 2026-11-23T09:");
    assert!(count(&page, ".tree del") == 1 && count(&page, ".swap ins") == 1, "old and new are told apart");
    xray.wait_for_text("out of date: the volume holds a newer one");
    page.run("kubectl run quiet --image=busybox --overrides='{\"spec\":{\"automountServiceAccountToken\":false}}' -- sleep infinity",
        "pod/quiet created",
    );
    pick(&page, &xray.find("combobox", "Pod"), "default/quiet");
    xray.wait_for_text("pod.spec.automountServiceAccountToken false → not mounted");
    assert_eq!(count(&page, ".absent s"), 3);
    xray.wait_for_text("/var/run/secrets/kubernetes.io/serviceaccount/token");
    page.assert_clean();
}

#[test]
fn a_token_is_judged_row_by_row_and_breaks_when_it_is_changed() {
    let page = open();
    page.run("kubectl create token default --duration=30m", "eyJ");
    choose(&page, "Token");
    let xray = page.region("X-ray");
    xray.wait_for_text("accepted: system:serviceaccount:default:default");
    for row in ["well-formed", "signature", "issuer", "audience", "not before", "expiry", "account with that UID"] {
        xray.wait_for_text(row);
    }
    let expiry = page.textbox("exp");
    let later = expiry.value().parse::<i64>().unwrap() + 1_000_000;
    press(&page, &expiry, "Control+a");
    page.type_text(&later.to_string());
    page.press("Enter");
    xray.wait_for_text("refused: 401 Unauthorized");
    xray.wait_for_text("error in cryptographic primitive");
    press(&page, &page.button("Back to one of the lab"), "Enter");
    xray.wait_for_text("accepted: system:serviceaccount:default:default");
    page.assert_clean();
}

#[test]
fn a_token_from_elsewhere_stays_in_the_page() {
    let page = open();
    page.run("kubectl get sa", "default");
    choose(&page, "Token");
    page.textbox("The token itself").type_text(FOREIGN);
    let xray = page.region("X-ray");
    xray.wait_for_text("This token is from elsewhere");
    xray.wait_for_text("this cluster has no key to check it with (it names k)");
    page.run("kubectl get pods", "No resources found");
    page.button("Course map").click();
    page.button("Back").click();
    let kept = page.script(
        "return JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, history.state])",
        &[json!(null)],
    );
    let kept = kept.as_str().unwrap_or_default();
    assert!(kept.contains("kubectl get pods"), "the session is kept: {kept}");
    assert!(!kept.contains(FOREIGN.split('.').nth(1).unwrap()), "the token is not: {kept}");
    page.reload();
    choose(&page, "Token");
    page.region("X-ray").wait_for_text("Ask for one with");
    assert_eq!(page.textbox("The token itself").value(), "");
    page.assert_clean();
}

#[test]
fn who_can_do_what() {
    let page = open();
    page.run("kubectl create sa reader", "created");
    page.run("kubectl create role pod-reader --verb=get,list --resource=pods", "created");
    page.run("kubectl create rolebinding reads --role=pod-reader --serviceaccount=default:reader", "created");
    choose(&page, "Access");
    let xray = page.region("X-ray");
    let who = xray.find("list", "Who can");
    who.wait_for_text("ServiceAccount reader in default");
    who.wait_for_text("RoleBinding \"reads/default\" of Role \"pod-reader\"");
    who.wait_for_text("Group system:masters");
    xray.wait_for_text("✗ may not list pods in default");
    pick(&page, &xray.find("combobox", "Account"), "default/reader");
    xray.wait_for_text("✓ may list pods in default");
    pick(&page, &xray.find("combobox", "Verb"), "delete");
    page.wait("nobody of ours may", || !who.text().contains("reader"));
    xray.wait_for_text("✗ may not delete pods in default");
    page.assert_clean();
}

#[test]
fn relations_as_a_picture_and_in_words() {
    let page = open();
    page.run("kubectl create sa data-sa", "created");
    page.run("kubectl run box --image=busybox --overrides='{\"spec\":{\"serviceAccountName\":\"data-sa\"}}' -- sleep infinity",
        "created",
    );
    page.run("kubectl create rolebinding sees --clusterrole=view --serviceaccount=default:data-sa", "created");
    page.run("kubectl wait --for=condition=Ready pod/box", "condition met");
    choose(&page, "Relations");
    let table = page.region("X-ray").find("group", "Relations");
    table.wait_for_text("Pod box runs as ServiceAccount data-sa");
    table.wait_for_text("RoleBinding sees grants what is in ClusterRole view");
    table.wait_for_text("Token token in box is good only as long as Pod box");
    let boxes = count(&page, ".thing");
    pick(&page, &page.region("X-ray").find("combobox", "Account"), "data-sa");
    page.wait("only what belongs to it", || count(&page, ".thing") < boxes);
    assert!(count(&page, ".tie") >= 4);
    page.assert_clean();
}

#[test]
fn nothing_needs_sideways_scrolling_on_a_phone() {
    let page = Page::open(&View::new(360, 740).dark().still().at("#free-play"));
    page.run(MY_POD, "EOF");
    page.run("kubectl apply -f my-pod.yaml", "pod/my-pod created");
    page.run("kubectl create token default", "eyJ");
    for tab in ["Steps", "Objects", "Files", "Token", "Access", "Relations", "Requests"] {
        choose(&page, tab);
        assert_eq!(page.overflow_px(), 0, "{tab}");
    }
    page.assert_clean();
}
