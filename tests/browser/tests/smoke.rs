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
