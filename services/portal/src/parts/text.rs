//! Texts of others, as people wrote them: of any length, in any direction, and perhaps of nothing that
//! can be seen.

use maud::{Markup, html};

/// What stands in the place of a text that shows nothing.
const BLANK: &str = "(a name that shows nothing)";
/// So many letters of a name are shown where it stands among others.
pub(crate) const NAME: usize = 80;
/// So many letters of a value are shown before somebody opens it.
const VALUE: usize = 200;
/// So many bytes of a page one takes at most when it is opened.
const WHOLE: usize = 4_000;

/// A number of things, with the word for one or for several.
pub(crate) fn counted(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// Words that begin a line or a sentence.
pub(crate) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What an API says, which begins small and ends without a full stop, as a sentence of a page.
pub(crate) fn sentence(words: &str) -> String {
    let text = capital(words);
    if text.ends_with(['.', '!', '?', '`']) { text } else { text + "." }
}

/// A name, kept apart from the direction of what stands around it.
pub(crate) fn name(text: &str) -> Markup {
    html! { bdi { (short(text, NAME)) } }
}

/// A value, which can be opened if it is long.
pub(crate) fn value(text: &str) -> Markup {
    let shown = short(text, VALUE);
    if text.chars().count() <= VALUE {
        return html! { bdi { (shown) } };
    }
    let (whole, _) = beginning(text, WHOLE);
    let more = if whole.len() < text.len() { "…" } else { "" };
    html! {
        details.long { summary { bdi { (shown) } } p { bdi { (short(whole, WHOLE)) (more) } } }
    }
}

/// The beginning of a text, as it can be shown on one line.
pub(crate) fn short(text: &str, most: usize) -> String {
    if !text.chars().any(can_be_seen) {
        return BLANK.to_owned();
    }
    let mut shown: String = text.chars().take(most).map(printable).collect();
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}

/// The beginning of a text that takes `most` bytes of a page or fewer, and how many it takes.
pub(crate) fn beginning(text: &str, most: usize) -> (&str, usize) {
    let mut taken = 0;
    for (at, letter) in text.char_indices() {
        let bytes = match letter {
            '&' => "&amp;".len(),
            '<' | '>' => "&lt;".len(),
            '"' => "&quot;".len(),
            other => other.len_utf8(),
        };
        if taken + bytes > most {
            return (&text[..at], taken);
        }
        taken += bytes;
    }
    (text, taken)
}

/// Controls, which a page may not hold, are told from nothing.
fn printable(letter: char) -> char {
    if letter.is_control() && letter != '\n' && letter != '\t' { '\u{fffd}' } else { letter }
}

/// Whether a letter leaves a trace: not space, controls, joiners, marks of direction, fillers.
fn can_be_seen(letter: char) -> bool {
    let is_format = matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
    );
    !(letter.is_whitespace() || letter.is_control() || is_format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_api_says_becomes_a_sentence() {
        assert_eq!(sentence("the plan expired; plan again"), "The plan expired; plan again.");
        assert_eq!(sentence("There is no such page."), "There is no such page.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn a_name_cannot_leave_its_place_in_the_page() {
        let shown = name("</bdi><script>alert(1)</script> \" ' \u{202e}").into_string();
        assert!(!shown.contains("<script"), "{shown}");
        assert!(shown.starts_with("<bdi>") && shown.ends_with("</bdi>"), "{shown}");
    }

    #[test]
    fn a_name_that_shows_nothing_is_told_to_be_one() {
        for nothing in ["", " ", "\u{200b}\u{200b}", "\u{202e}", "\u{3164}", "\u{0}", "\u{e0020}"] {
            assert_eq!(short(nothing, 10), BLANK, "{nothing:?}");
        }
        assert_eq!(short("\u{200b}a", 10), "\u{200b}a");
        assert_eq!(short("a\u{1}", 10), "a\u{fffd}");
    }

    #[test]
    fn the_beginning_of_a_text_is_counted_as_a_page_writes_it() {
        for text in ["a<b>&\"c\"", "äöü", ""] {
            let written = html! { (text) }.into_string();
            assert_eq!(beginning(text, 1000), (text, written.len()));
        }
        assert_eq!(beginning("\"\"", 11), ("\"", 6));
        assert_eq!(beginning("äö", 3), ("ä", 2));
    }

    #[test]
    fn a_long_text_is_cut_between_letters_and_says_so() {
        assert_eq!(short("äöü", 3), "äöü");
        assert_eq!(short("äöüß", 3), "äöü…");
        let long = "x".repeat(65_536);
        assert!(name(&long).into_string().len() < 200);
        assert!(value(&long).into_string().len() < 5_000);
    }
}
