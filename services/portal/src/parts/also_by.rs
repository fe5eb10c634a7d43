//! How the same is done without these pages.

use maud::{Markup, html};

/// The command line and the API call that show or do what the page does. Either may be empty.
pub(crate) fn also_by(command: &str, call: &str) -> Markup {
    html! {
        details.also {
            summary { "The same by command line" @if !call.is_empty() { " and API" } }
            @if !command.is_empty() { pre { code { (command) } } }
            @if !call.is_empty() { pre { code { (call) } } }
        }
    }
}
