//! What a person does with a page, and what they see.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::View;
use crate::commands::ChromiumCommand;
use crate::driver::Driver;
use crate::installed::Programs;
use kit::wait::found;

/// What a browser needs to run anywhere, also as root, and to call nobody by itself.
const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appearance {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Appearance {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// As style sheets call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A page in a browser of one test.
#[derive(Debug)]
pub struct Page {
    web: Client,
    complaints: Mutex<Vec<String>>,
    expected: Mutex<Vec<String>>,
    _profile: TempDir,
}

impl Page {
    pub(crate) async fn open(driver: &Driver, programs: &Programs, view: View) -> Self {
        let profile = tempfile::tempdir().expect("make a directory");
        let capabilities = capabilities(programs, profile.path(), view.scripts);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let web = builder.capabilities(capabilities).connect(&driver.url).await;
        let web = web.expect("a browser starts");
        let page = Self {
            web,
            complaints: Mutex::default(),
            expected: Mutex::default(),
            _profile: profile,
        };
        page.resize(view.size).await;
        page.appear(view.appearance).await;
        page
    }

    pub(crate) async fn quit(self) {
        self.web.close().await.expect("the browser ends");
    }

    /// The browser itself, for what is not offered here.
    pub fn web(&self) -> &Client {
        &self.web
    }

    /// Expects complaints of the browser that hold these words.
    pub fn expects(&self, words: &str) {
        lock(&self.expected).push(words.to_owned());
    }

    /// What the browser complained of, and nobody expected.
    pub(crate) async fn stray_complaints(&self) -> Vec<String> {
        let log = self.web.issue_cmd(ChromiumCommand::log()).await.unwrap_or_default();
        let text = |entry: &Value, of: &str| entry[of].as_str().unwrap_or_default().to_owned();
        let log = log.as_array().cloned().unwrap_or_default();
        let is_bad = |entry: &&Value| ["WARNING", "SEVERE"].contains(&&*text(entry, "level"));
        let bad = log.iter().filter(is_bad);
        lock(&self.complaints).extend(bad.map(|entry| text(entry, "message")));
        let expected = lock(&self.expected).clone();
        let is_stray = |line: &String| !expected.iter().any(|words| line.contains(&**words));
        lock(&self.complaints).iter().filter(|line| is_stray(line)).cloned().collect()
    }

    /// Makes the window so wide and high, in CSS pixels.
    pub async fn resize(&self, (width, height): (u32, u32)) {
        // The window of a browser has a least width, which is wider than a phone.
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics).await;
    }

    /// Lets its reader ask for light or dark pages.
    pub async fn appear(&self, appearance: Appearance) {
        let scheme = json!({ "name": "prefers-color-scheme", "value": appearance.as_str() });
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": [scheme] })).await;
    }

    async fn devtools(&self, method: &str, parameters: &Value) {
        let done = self.web.issue_cmd(ChromiumCommand::devtools(method, parameters)).await;
        done.unwrap_or_else(|error| panic!("{method}: {error}"));
    }

    /// Goes to an address.
    pub async fn goto(&self, url: &str) {
        self.web.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Where it is: the path, and what follows it.
    pub async fn path(&self) -> String {
        let url = self.web.current_url().await.expect("a page has an address");
        let after = |sign: char, part: Option<&str>| part.map(|part| format!("{sign}{part}"));
        let more = [after('?', url.query()), after('#', url.fragment())];
        more.into_iter().flatten().fold(url.path().to_owned(), |path, part| path + part.as_str())
    }

    /// What can be read on it.
    pub async fn text(&self) -> String {
        self.element(Locator::Css("body")).await.text().await.expect("a page has a text")
    }

    /// Waits until these words can be read.
    pub async fn sees(&self, words: &str) {
        found(&format!("the page says {words:?}"), async || {
            let body = self.web.find(Locator::Css("body")).await.ok()?;
            // While it goes elsewhere, what was found is stale.
            body.text().await.ok().filter(|text| text.contains(words))
        })
        .await;
    }

    /// Insists that these words cannot be read.
    pub async fn does_not_see(&self, words: &str) {
        let text = self.text().await;
        assert!(!text.contains(words), "the page says {words:?}:\n{text}");
    }

    /// Waits for an element.
    pub async fn element(&self, by: Locator<'_>) -> Element {
        found(&format!("there is {by:?}"), async || self.web.find(by).await.ok()).await
    }

    /// Follows the link, or presses the button, that is called so.
    pub async fn press(&self, name: &str) {
        let name = quoted(name);
        let what = format!(
            "//a[normalize-space(.)={name}] | //button[normalize-space(.)={name}] | \
             //summary[normalize-space(.)={name}] | //*[@aria-label={name}]"
        );
        self.click(Locator::XPath(&what)).await;
    }

    /// Clicks on an element that can be seen.
    pub async fn click(&self, by: Locator<'_>) {
        found(&format!("{by:?} can be clicked"), async || {
            for element in self.web.find_all(by).await.ok()? {
                // A live part may have put another in its place meanwhile.
                if element.is_displayed().await.unwrap_or(false) && element.click().await.is_ok() {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// Fills in the field with this label.
    pub async fn fill(&self, label: &str, text: &str) {
        found(&format!("{label:?} can be filled in"), async || {
            let field = self.field(label).await;
            field.clear().await.ok()?;
            field.send_keys(text).await.ok()
        })
        .await;
    }

    /// Chooses an option in the list with this label.
    pub async fn choose(&self, label: &str, option: &str) {
        let what = format!(".//option[normalize-space(.)={}]", quoted(option));
        let list = self.field(label).await;
        let option = list.find(Locator::XPath(&what)).await.expect("there is the option");
        option.click().await.expect("an option can be chosen");
    }

    /// The field with this label.
    pub async fn field(&self, label: &str) -> Element {
        let label = quoted(label);
        let what = format!(
            "//*[@id=//label[normalize-space(.)={label}]/@for] | \
             //label[starts-with(normalize-space(.),{label})]//*[self::input or self::select or \
             self::textarea] | //*[@aria-label={label}]"
        );
        self.element(Locator::XPath(&what)).await
    }

    /// Saves what can be seen.
    pub async fn photograph(&self, file: &Path) {
        let picture = self.web.screenshot().await.expect("the page can be seen");
        std::fs::write(file, picture).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

fn capabilities(programs: &Programs, profile: &Path, scripts: bool) -> Capabilities {
    let own = format!("--user-data-dir={}", profile.display());
    let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([own.as_str()]).collect();
    let mut options = json!({ "binary": programs.chromium, "args": arguments });
    if !scripts {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    let wanted = json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    serde_json::from_value(wanted).expect("capabilities are an object")
}

/// A text as `XPath` writes it.
fn quoted(text: &str) -> String {
    if text.contains('"') { format!("'{text}'") } else { format!("\"{text}\"") }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
