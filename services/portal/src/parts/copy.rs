//! A value to be copied.

use maud::{Markup, html};

/// A value in a field, with a button that copies it where scripts run.
pub(crate) fn copyable(label: &str, id: &str, value: &str) -> Markup {
    html! {
        div.copy {
            label for=(id) { (label) }
            div.copy-row {
                input #(id) type="text" readonly value=(value) spellcheck="false" autocomplete="off";
                button.needs-script type="button" data-copy=(id) hidden { "Copy" span.visually-hidden { " " (label) } }
            }
        }
    }
}
