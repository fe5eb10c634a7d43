//! What operators do on the pages of the section Operations, and by the command lines that these show.

mod dead_letters;
mod holds;
mod journal;
mod parked;
mod replays;

use browsing::{Locator, Page};
use kit::company::Company;
use kit::program::Verb;
use kit::wait::until;
use kit::world::World;
use serde_json::Value;

use crate::portal::at;

/// The command lines that a page shows, closed as they are.
const COMMANDS: &str = r#"
    return [...document.querySelectorAll(".also code")].flatMap((one) => one.textContent.split("\n"))
        .filter((line) => line.startsWith("rollcall "));
"#;

/// Goes to a page of the section.
async fn opened(page: &Page, world: &World, company: &Company, path: &str) {
    page.goto(&at(world, company, &format!("operations/{path}"))).await;
}

/// The command line that begins so on this page, with a reason and whatever else its reader puts in.
async fn command(page: &Page, begins: &str, put_in: &[(&str, &str)]) -> String {
    let found = page.web().execute(COMMANDS, Vec::new()).await.expect("a script can be run");
    let lines: Vec<&str> =
        found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let full = format!("rollcall {begins}");
    let line = lines.iter().find(|line| line.starts_with(&full));
    let line = line.unwrap_or_else(|| panic!("the page shows no `{full}`, but {lines:#?}"));
    let line = line.trim_start_matches("rollcall ").replace("WHY", "rehearsed");
    put_in.iter().fold(line, |line, (word, text)| line.replace(word, text))
}

/// What the command line of the page that begins so does.
async fn run(page: &Page, world: &World, begins: &str) -> Verb {
    world.verb(&command(page, begins, &[]).await).await
}

/// Fills in a field of the form that is sent to an address that ends so.
async fn fill(page: &Page, action: &str, field: &str, text: &str) {
    let input = format!("form[action$='/{action}'] input[name='{field}']");
    let input = page.element(Locator::Css(&input)).await;
    input.clear().await.expect("a field can be emptied");
    input.send_keys(text).await.expect("a field can be filled in");
}

/// Loads the page again until these words can be read.
async fn comes_to_say(page: &Page, words: &str) {
    until(&format!("the page says {words:?}"), async || {
        // Where the page goes elsewhere just then, it is not loaded anew.
        page.web().refresh().await.is_ok() && page.text().await.contains(words)
    })
    .await;
}

/// Waits until somebody stands so, and is held or not.
async fn comes_to_stand(company: &Company, person: &str, standing: &str, held: bool) {
    until(&format!("{person} is {standing}, and held: {held}"), async || {
        let shown = company.employee(person).await;
        shown["standing"] == standing && shown["held"].is_object() == held
    })
    .await;
}
