/// A piece of a filter or a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    /// A JSON string, without its quotes and escapes (RFC 7159 §7).
    Quoted(String),
    /// Anything else up to a space, a quote, a parenthesis or a bracket.
    Word(&'a str),
}

/// Why a text does not fall into pieces.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unreadable {
    NoClosingQuote,
    BadEscape,
}

/// The first token of `text` and its length in bytes; none if only spaces are left.
pub(super) fn first(text: &str) -> Option<Result<(Token<'_>, usize), Unreadable>> {
    let token = match text.chars().next()? {
        '(' => Token::Open,
        ')' => Token::Close,
        '[' => Token::OpenBracket,
        ']' => Token::CloseBracket,
        '"' => return Some(quoted(text)),
        _ => {
            let ends = |c: char| c.is_whitespace() || "()[]\"".contains(c);
            let word = &text[..text.find(ends).unwrap_or(text.len())];
            return Some(Ok((Token::Word(word), word.len())));
        }
    };
    Some(Ok((token, 1)))
}

fn quoted(text: &str) -> Result<(Token<'_>, usize), Unreadable> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => {
                let string = serde_json::from_str(&text[..=at]);
                return string
                    .map(|string| (Token::Quoted(string), at + 1))
                    .map_err(|_| Unreadable::BadEscape);
            }
            _ => {}
        }
    }
    Err(Unreadable::NoClosingQuote)
}
