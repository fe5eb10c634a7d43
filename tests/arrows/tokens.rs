//! The paths and imports in the tokens of a module, inside macro calls and attributes too.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::sources::{Import, imports, names_tests};

/// What the tokens of a module name.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(crate) paths: Vec<Vec<String>>,
    /// Imports inside of blocks.
    pub(crate) imports: Vec<Import>,
}

impl Named {
    /// Collects what `tokens` name, without what is compiled for tests alone.
    pub(crate) fn collect(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = match &tokens[at] {
                TokenTree::Punct(punct) if punct.as_char() == '#' => self.attribute(&tokens, at),
                TokenTree::Ident(ident) if ident == "pub" => {
                    at + 1 + usize::from(is_restriction(tokens.get(at + 1)))
                }
                TokenTree::Ident(ident) if ident == "use" => self.import(&tokens, at),
                TokenTree::Ident(_) => self.path(&tokens, at),
                TokenTree::Group(group) => {
                    self.collect(group.stream());
                    at + 1
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => at + 1,
            };
        }
    }

    fn attribute(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let inner = usize::from(is_punct(tokens.get(at + 1), '!'));
        let Some(TokenTree::Group(group)) = tokens.get(at + 1 + inner) else { return at + 1 };
        let next = at + 2 + inner;
        if names_tests(&group.stream()) {
            return end_of_item(tokens, next);
        }
        let is_doc = matches!(group.stream().into_iter().next(),
            Some(TokenTree::Ident(ident)) if ident == "doc");
        if !is_doc {
            self.collect(group.stream());
            self.texts(group);
        }
        next
    }

    /// Paths that an attribute names in a text, as serde's do.
    fn texts(&mut self, group: &Group) {
        for token in group.stream() {
            match token {
                TokenTree::Group(group) => self.texts(&group),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string())
                        && let Ok(path) = text.parse::<syn::Path>()
                    {
                        let names = path.segments.iter().map(|segment| segment.ident.to_string());
                        self.paths.push(names.collect());
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }

    fn import(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let Some(length) = tokens[at..].iter().position(|token| is_punct(Some(token), ';')) else {
            return at + 1;
        };
        let item: TokenStream = tokens[at..=at + length].iter().cloned().collect();
        match syn::parse2::<syn::ItemUse>(item) {
            Ok(item) => {
                self.imports.extend(imports(&item));
                at + length + 1
            }
            // `impl Trait + use<'a>` is none.
            Err(_) => at + 1,
        }
    }

    fn path(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let mut names = Vec::new();
        let mut next = at;
        while let Some(TokenTree::Ident(ident)) = tokens.get(next) {
            names.push(ident.to_string());
            next += 1;
            if !(is_punct(tokens.get(next), ':') && is_punct(tokens.get(next + 1), ':')) {
                break;
            }
            next += 2;
        }
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        // A field or a method, a lifetime, the name of a function, a path that goes on after `<…>`.
        let is_member = [".", "'", "fn", ":"].iter().any(|mark| match before {
            Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => {
                *mark == ":" && at >= 2 && is_punct(tokens.get(at - 2), ':')
            }
            Some(token) => token.to_string() == *mark,
            None => false,
        });
        if !is_member && (names.len() > 1 || is_item(&names[0], tokens.get(next))) {
            self.paths.push(names);
        }
        next
    }
}

/// A single word in lower case names an item where it is called, and is a variable anywhere else.
fn is_item(name: &str, next: Option<&TokenTree>) -> bool {
    name.starts_with(char::is_uppercase)
        || is_punct(next, '!')
        || matches!(next, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
}

fn is_restriction(token: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = token else { return false };
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Parenthesis
        && first.is_some_and(|first| {
            ["crate", "super", "self", "in"].contains(&first.to_string().as_str())
        })
}

fn is_punct(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// Where the item, field or statement that begins at `at` is over.
fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let length = tokens[at..].iter().position(|token| match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), ';' | ','),
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    });
    length.map_or(tokens.len(), |length| at + length + 1)
}
