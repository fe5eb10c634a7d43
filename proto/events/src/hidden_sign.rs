//! Signs that nobody sees, in texts that people write to be read by others.

/// Whether a sign shows nothing and changes what is seen of others: control characters, those that turn
/// the direction of a text or stand for nothing (Unicode's Cf), breaks of lines, and fillers. Text could
/// seem to say something else with them.
///
/// Not those two by which letters are joined or kept apart, U+200C and U+200D: Persian, the languages
/// of India and emoji are written with them. Nor those of Cf that are seen, as Arabic signs of numbers.
pub fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether a text shows anything: blanks do not, nor hidden signs, nor those that only change the sign
/// before them (joiners, and selectors of a variant).
pub fn shows_something(text: &str) -> bool {
    let changes_another = |sign| {
        matches!(
            sign,
            '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{200c}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}'
        )
    };
    text.chars().any(|sign| !sign.is_whitespace() && !is_hidden(sign) && !changes_another(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_or_hides_text_is_hidden_and_what_languages_are_written_with_is_not() {
        for hidden in
            "\u{2800}\u{34f}\u{17b5}\u{e0100}\u{e01ef}\u{202e}\u{2066}\u{200b}\u{200f}\u{feff}\u{ad}\u{e0041}\u{2028}\u{1b}\n\u{9b}".chars()
        {
            assert!(is_hidden(hidden), "{hidden:?}");
        }
        for seen in "Zoë Åström №7 بخش‌ها क्‍ष 営業部 👩‍💻️ שלום".chars()
        {
            assert!(!is_hidden(seen), "{seen:?}");
        }
    }

    #[test]
    fn a_text_shows_something_if_one_of_its_signs_is_seen() {
        for seen in ["x", " x ", "\u{200d}क", "👩\u{200d}💻\u{fe0f}", "№"] {
            assert!(shows_something(seen), "{seen:?}");
        }
        for unseen in [
            "",
            " \n\t",
            "\u{3000}",
            "\u{200d}\u{200d}",
            "\u{2800}",
            "\u{34f} \u{17b5}",
            "\u{fe0f}",
        ] {
            assert!(!shows_something(unseen), "{unseen:?}");
        }
    }
}
