//! The tokens of filters and paths.

/// A token of a filter or a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    /// A JSON string, without its quotes and escapes (RFC 7159 §7); single quotes are as good as
    /// double ones.
    Quoted(String),
    /// Anything else up to a space, a double quote, a parenthesis or a bracket; a single quote is a
    /// letter in it, as in `O'Brien`.
    Word(&'a str),
}

/// Why a text cannot be split into tokens.
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
        '"' => return Some(quoted(text, b'"')),
        '\'' => return Some(quoted(text, b'\'')),
        _ => {
            let ends = |c: char| c.is_whitespace() || "()[]\"".contains(c);
            let word = &text[..text.find(ends).unwrap_or(text.len())];
            return Some(Ok((Token::Word(word), word.len())));
        }
    };
    Some(Ok((token, 1)))
}

fn quoted(text: &str, quote: u8) -> Result<(Token<'_>, usize), Unreadable> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => {
                let string = match quote {
                    b'"' => serde_json::from_str(&text[..=at]),
                    _ => serde_json::from_str(&in_double_quotes(&text[1..at])),
                };
                return string
                    .map(|string| (Token::Quoted(string), at + 1))
                    .map_err(|_| Unreadable::BadEscape);
            }
            _ => {}
        }
    }
    Err(Unreadable::NoClosingQuote)
}

/// A text in single quotes as a JSON string: single quotes are unescaped, double quotes are escaped.
fn in_double_quotes(text: &str) -> String {
    let mut string = String::with_capacity(text.len() + 2);
    string.push('"');
    let mut escaped = false;
    for c in text.chars() {
        match (escaped, c) {
            (true, '\'') => {
                string.pop();
                string.push(c);
            }
            (false, '"') => string.push_str("\\\""),
            _ => string.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    string.push('"');
    string
}
