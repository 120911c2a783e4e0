//! Everything in a beginner's notes on ServiceAccounts, done in the page: typed with the keyboard, and clicked.

use browser_tests::{MY_POD, Page, View};

fn open(path: &str) -> Page {
    Page::open(&View::new(1440, 900).at(path))
}

fn show(page: &Page, tab: &str, part: &str) {
    page.tab(tab).click();
    page.region("X-ray").wait_for_text(part);
}

#[test]
fn the_notes_typed_from_beginning_to_end() {
    let page = open("#free-play");
    page.run("kubectl get serviceaccounts", "default");

    // A pod gets the default account, and three files.
    page.run(MY_POD, "EOF");
    page.run("kubectl apply -f my-pod.yaml", "pod/my-pod created");
    show(&page, "Steps", "ServiceAccount admission");
    for part in [
        "serviceAccountName: default",
        "mountPath: /var/run/secrets/kubernetes.io/serviceaccount",
        "expirationSeconds: 3607",
    ] {
        page.region("X-ray").wait_for_text(part);
    }
    page.run("kubectl wait --for=condition=Ready pod/my-pod", "condition met");
    page.run("kubectl exec -it my-pod -- ls /var/run/secrets/kubernetes.io/serviceaccount", "ca.crt\nnamespace\ntoken");
    show(&page, "Files", "..data");
    page.region("X-ray").wait_for_text("lrwxrwxrwx");
    page.button("namespace").click();
    page.region("X-ray").wait_for_text("7 bytes, no line end");

    // Without automount there are none.
    page.run("kubectl run quiet --image=ubuntu --overrides='{\"spec\":{\"automountServiceAccountToken\":false}}' -- sleep infinity",
        "pod/quiet created",
    );
    page.run("kubectl wait --for=condition=Ready pod/quiet", "pod/quiet condition met");
    page.run("kubectl exec quiet -- ls /var/run/secrets/kubernetes.io/serviceaccount", "No such file or directory");

    // An account, a token, and its claims.
    page.run("kubectl create serviceaccount data-sa", "serviceaccount/data-sa created");
    page.run("kubectl create token data-sa --duration=30m", "eyJ");
    show(&page, "Token", "accepted: system:serviceaccount:default:data-sa");
    page.region("X-ray").wait_for_text("kubernetes.io.serviceaccount.name");

    // 403, 401, 200.
    page.run("TOKEN=$(kubectl create token data-sa)", "TOKEN=");
    page.run("curl -sk $APISERVER/api", "cannot get path");
    page.run("curl -sk $APISERVER/api --header \"Authorization: Bearer nonsense\"", "\"code\": 401");
    page.run("curl -sk $APISERVER/api --header \"Authorization: Bearer $TOKEN\"", "APIVersions");

    // A pod keeps its account; a Deployment rolls out.
    page.run(
        "kubectl patch pod my-pod -p '{\"spec\":{\"serviceAccountName\":\"data-sa\"}}'",
        "pod updates may not change fields",
    );
    page.run("kubectl create deployment web --image=nginx", "deployment.apps/web created");
    page.run("kubectl set serviceaccount deployment web data-sa", "serviceaccount updated");
    page.run("kubectl rollout status deployment/web", "successfully rolled out");

    // A token that lives as long as its Secret.
    let secret = "cat <<'EOF' | kubectl apply -f -\napiVersion: v1\nkind: Secret\nmetadata:\n  name: data-sa-secret\n  annotations:\n    kubernetes.io/service-account.name: data-sa\ntype: kubernetes.io/service-account-token\nEOF";
    page.run(secret, "secret/data-sa-secret created");
    page.run(
        "kubectl get secret/data-sa-secret -o jsonpath='{.data.token}' | base64 -d | cut -c1-3; echo .end",
        ".end",
    );
    show(&page, "Objects", "data-sa-secret");
    page.assert_clean();
}

#[test]
fn a_lesson_done_by_clicking() {
    let page = open("#lesson=mounted-files");
    let lesson = page.region("Lesson");
    lesson.wait_for_text("Three files in the pod");
    lesson.find("radio", "token, ca.crt and namespace").click();
    lesson.wait_for_text("Who I am, whom I can trust, and where I am.");
    let click = |commands: &[&str]| {
        for command in commands {
            lesson.find("button", &format!("{command} insert")).click();
            page.wait("the command stands in the terminal", || page.textbox("Terminal command").value() == *command);
            page.press("Enter");
            page.wait("it has run", || page.textbox("Terminal command").value().is_empty());
        }
    };
    click(&[
        "kubectl apply -f my-pod.yaml",
        "kubectl wait --for=condition=Ready pod/my-pod",
        "kubectl exec my-pod -- ls /var/run/secrets/kubernetes.io/serviceaccount",
    ]);
    lesson.find("radio", "as nobody, and curl does not even trust the server").focus();
    page.press("Space");
    // The last four are typed into a shell in the pod.
    click(&[
        "kubectl exec my-pod -- curl -s https://kubernetes.default.svc/api",
        "kubectl exec -it my-pod -- bash",
        "cd /var/run/secrets/kubernetes.io/serviceaccount",
        "curl -s --cacert ca.crt https://kubernetes.default.svc/api",
        "curl -s --cacert ca.crt --header \"Authorization: Bearer $(cat token)\" https://kubernetes.default.svc/api",
        "exit",
    ]);
    lesson.wait_for_text("Lesson done.");
    page.reload();
    page.button("Course map").click();
    page.wait_for_text("✓ done");
    page.assert_clean();
}

#[test]
fn undo_takes_back_and_redo_brings_again() {
    let page = open("#free-play");
    page.run("kubectl create sa data-sa", "serviceaccount/data-sa created");
    page.button("Undo").click();
    page.run("kubectl get sa data-sa", "not found");
    page.button("Undo").click();
    page.button("Redo").click();
    page.find("log", "Terminal output").wait_for_text("not found");
    page.run("undo", "");
    page.run("kubectl create sa data-sa", "serviceaccount/data-sa created");
    page.assert_clean();
}

/// With the keyboard alone: every place can be reached and left, and Tab completes without keeping anybody.
#[test]
fn nothing_holds_the_keyboard() {
    let page = open("#free-play");
    let order: Vec<String> = page.tab_order(60).into_iter().map(|(role, name)| format!("{role} {name}")).collect();
    for wanted in ["textbox Terminal command", "tab Steps", "button Pause", "button Course map", "log Terminal output"]
    {
        assert!(order.iter().any(|stop| stop == wanted), "{wanted} is not reached: {order:#?}");
    }
    let input = page.textbox("Terminal command");
    input.type_text("kubectl get servicea");
    page.press("Tab");
    page.wait("the word is completed", || input.value() == "kubectl get serviceaccounts ");
    page.press("Escape").press("Tab");
    page.wait("the focus moves on", || page.focused().name() != "Terminal command");
    page.assert_clean();
}

/// What is wrong is said, and nothing is lost.
#[test]
fn bad_input_is_answered() {
    let page = open("#free-play");
    page.run("kubectl frobnicate", "error: unknown command \"frobnicate\" for \"kubectl\"");
    page.run("kubectl apply -f missing.yaml", "the path \"missing.yaml\" does not exist");
    page.run("while true; do echo x; done", "");
    page.run("echo still here", "still here");
    page.assert_clean();
}

/// The page and the native lab are one program: the same entries give the same text.
#[test]
fn the_page_says_what_the_native_lab_says() {
    use serviceaccount_lab::{cluster::settings::Settings, lab::Lab};
    let entries = [
        "kubectl create sa data-sa",
        "kubectl create token data-sa",
        "kubectl get sa data-sa -o yaml",
        "kubectl run box --image=busybox -- sleep 3600",
        "sleep 3",
        "kubectl exec box -- cat /var/run/secrets/kubernetes.io/serviceaccount/token",
        "kubectl get pods -o wide",
    ];
    let page = open("#free-play");
    page.button("Pause").click();
    let mut lab = Lab::new(Settings::default());
    for entry in entries {
        let record = lab.run(entry);
        page.run(entry, "");
        let wanted = format!("{}{}", record.stdout(), record.stderr());
        page.find("log", "Terminal output").wait_for_text(wanted.trim_end());
    }
    page.assert_clean();
}
