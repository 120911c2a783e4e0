//! The page starts, is called what it is called, and breaks no rule of its own.

use browser_tests::{Page, View};

#[test]
fn the_page_starts_without_a_complaint() {
    let page = Page::open(&View::new(1440, 900));
    assert!(page.title().starts_with("ServiceAccount Lab"), "{}", page.title());
    page.assert_clean();
}

#[test]
fn a_phone_needs_no_sideways_scrolling() {
    let page = Page::open(&View::new(360, 740).dark());
    assert_eq!(page.overflow_px(), 0);
    page.assert_clean();
}

/// However long the output is, and whether or not its entries were ever drawn.
#[test]
fn the_log_is_scrolled_to_its_end_after_a_command_and_a_reload() {
    let page = Page::open(&View::new(1200, 800).with_scrollbars().at("#free-play"));
    let at_end = || {
        page.script("const log = document.querySelector('.log'); return log.scrollHeight > log.clientHeight && Math.abs(log.scrollHeight - log.scrollTop - log.clientHeight) < 2", &[]) == true
    };
    assert!(!at_end(), "it is not full yet");
    for number in 0..8 {
        page.run(&format!("kubectl run pod-{number} --image=nginx"), &format!("pod/pod-{number} created"));
        page.run(&format!("kubectl get pod pod-{number} -o yaml"), "status:");
        page.wait("the end of the log", at_end);
    }
    page.reload();
    page.wait_for_text("pod/pod-7 created");
    page.wait("the end of the log after a reload", at_end);
    page.assert_clean();
}

/// What is only read out is somewhere too: in the list that scrolls, not below the page.
#[test]
fn a_long_list_of_steps_does_not_make_the_page_longer() {
    let page = Page::open(&View::new(1440, 900).at("#free-play"));
    page.run("kubectl create deployment web --image=nginx", "created");
    page.run("kubectl set serviceaccount deployment web nobody", "serviceaccount updated");
    page.run("sleep 90d; echo later", "later");
    let steps = "return document.querySelectorAll('.step-list li').length";
    page.wait("many steps", || page.script(steps, &[]).as_u64() > Some(100));
    let size = page.script("return [document.scrollingElement.scrollHeight, innerHeight]", &[]);
    assert_eq!(size[0], size[1], "the page scrolls");
    let in_sight = "const list = document.querySelector('.step-list').getBoundingClientRect();
        const row = document.querySelector('.step-list [aria-current]').getBoundingClientRect();
        return row.top >= list.top - 1 && row.bottom <= list.bottom + 1";
    for way in ["First step", "Last step", "Step back"] {
        page.button(way).click();
        page.wait(way, || page.script(in_sight, &[]) == true);
    }
    page.assert_clean();
}
