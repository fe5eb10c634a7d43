//! Lists of paths.

use super::lexer::{self, Token};

/// Splits a list of paths at its commas, except at those in brackets and in quotes.
pub(crate) fn split_at_commas(list: &str) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut at, mut depth) = (0, 0_usize);
    // A quote that is not closed runs to the end; reading that part as a path then fails.
    while let Some(Ok((token, length))) = {
        at = list.len() - list[at..].trim_start().len();
        lexer::first(&list[at..])
    } {
        match token {
            Token::OpenBracket => depth += 1,
            Token::CloseBracket => depth = depth.saturating_sub(1),
            Token::Word(word) if depth == 0 => {
                for (comma, _) in word.match_indices(',') {
                    parts.push(&list[start..at + comma]);
                    start = at + comma + 1;
                }
            }
            Token::Word(_) | Token::Quoted(_) | Token::Open | Token::Close => {}
        }
        at += length;
    }
    parts.push(&list[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_brackets_and_in_quotes_of_either_kind_divide_nothing() {
        let all = split_at_commas;
        assert_eq!(all("a,b, c"), ["a", "b", " c"]);
        assert_eq!(all(""), [""]);
        assert_eq!(all(",a,"), ["", "a", ""]);
        for list in [
            r#"emails[value eq "],\",x"].value,b"#,
            "emails[value eq '],x'].value,b",
            "emails[value eq it's,a].value,b",
            "emails[value eq \"it's\"].value,b",
        ] {
            let parts = all(list);
            assert_eq!((parts.len(), parts[1]), (2, "b"), "{list}: {parts:?}");
        }
        assert_eq!(all("a,b[c eq \"d,e"), ["a", "b[c eq \"d,e"]);
    }
}
