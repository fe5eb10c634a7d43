//! Forms, which all say whose session they belong to.

use maud::{Markup, html};

/// What the guard asks of every form.
pub(crate) fn csrf(token: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(token); }
}

/// A form that is sent to `action`.
pub(crate) fn form(token: &str, action: &str, content: Markup) -> Markup {
    html! { form.form method="post" action=(action) { (csrf(token)) (content) } }
}

/// A form of one button, among other things on a line.
pub(crate) fn button(token: &str, action: &str, class: &str, words: &str) -> Markup {
    html! { form.inline method="post" action=(action) { (csrf(token)) button class=(class) { (words) } } }
}

/// A field with its label above it, and a hint beneath.
pub(crate) fn field(label: &str, hint: &str, input: Markup) -> Markup {
    html! {
        label.field {
            span.label { (label) }
            (input)
            @if !hint.is_empty() { span.hint { (hint) } }
        }
    }
}

/// A line of text to fill in.
pub(crate) fn text(label: &str, name: &str, value: &str, hint: &str, required: bool) -> Markup {
    field(
        label,
        hint,
        html! { input type="text" name=(name) value=(value) required[required] maxlength="1024"; },
    )
}

/// A choice of one among several: value and words each.
pub(crate) fn select(label: &str, name: &str, chosen: &str, choices: &[(&str, &str)]) -> Markup {
    field(
        label,
        "",
        html! {
            select name=(name) {
                @for (value, words) in choices {
                    option value=(value) selected[*value == chosen] { (words) }
                }
            }
        },
    )
}
