//! A real browser, Debian's Chromium, without a window and driven through `WebDriver`.
//!
//! `browse` gives a story a page of its own: a browser, a profile and a driver that nobody shares.
//! When the story ends, whatever the page complained of (an error, a warning, something that its policy
//! forbids) must be what the story expects.

#![warn(missing_docs)]

mod audit;
mod commands;
mod driver;
mod installed;
mod page;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;

use futures_util::FutureExt as _;

pub use audit::{Finding, axe};
pub use fantoccini::Locator;
pub use page::{Appearance, Page};

use driver::Driver;
use kit::skip::skipped;

/// How a page is looked at.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The size of the window, in CSS pixels.
    pub size: (u32, u32),
    /// Whether its reader has asked for dark pages.
    pub appearance: Appearance,
    /// Whether pages may run scripts.
    pub scripts: bool,
}

/// A laptop, light, with scripts.
impl Default for View {
    fn default() -> Self {
        Self { size: (1280, 900), appearance: Appearance::Light, scripts: true }
    }
}

impl View {
    /// A browser whose owner has turned scripts off.
    pub fn without_scripts() -> Self {
        Self { scripts: false, ..Self::default() }
    }
}

/// Lets a story browse; where the machine has no browser, says so and how to get one.
///
/// With `ROLLCALL_BROWSER=required` a machine without a browser fails. A story that fails leaves a
/// picture of its page.
pub async fn browse(test: &str, view: View, story: impl AsyncFnOnce(&Page)) {
    let Some(programs) = installed::find() else {
        let how = "no chromium and chromedriver; apt-get install chromium chromium-driver";
        assert_ne!(std::env::var("ROLLCALL_BROWSER").as_deref(), Ok("required"), "{test}: {how}");
        skipped(test, how);
        return;
    };
    let driver = Driver::start(&programs).await;
    let page = Page::open(&driver, &programs, view).await;
    let told = AssertUnwindSafe(story(&page)).catch_unwind().await;
    if told.is_err() {
        page.photograph(&last_picture(test)).await;
    }
    let stray = page.stray_complaints().await;
    // A browser that is not told to end outlives the test.
    page.quit().await;
    driver.stop().await;
    if let Err(panic) = told {
        std::panic::resume_unwind(panic);
    }
    assert!(stray.is_empty(), "{test}: the browser complained:\n{}", stray.join("\n"));
}

/// Where the picture of a story is left that failed.
fn last_picture(test: &str) -> PathBuf {
    std::env::temp_dir().join(format!("rollcall-browser-{test}.png"))
}
