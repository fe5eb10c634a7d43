//! Reads filters, and the paths they occur in (RFC 7644 §3.4.2.2).

use super::lexer::{self, Token, Unreadable};
use super::literal::typed;
use super::{Comparison, Filter, Literal, MAX_DEPTH, MAX_LENGTH};
use crate::InvalidRequest;
use crate::name::{Name, QualifiedName, canonical_sub, is_plain};
use crate::schema::{Attribute, ResourceType};

/// What the names in a filter refer to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope {
    Resource(ResourceType),
    /// The parts of one value of an attribute, whose definition we may know.
    Element(Option<&'static Attribute>),
}

impl Filter {
    /// Reads a filter on resources of one type.
    pub fn parse(text: &str, resource: ResourceType) -> Result<Self, InvalidRequest> {
        let mut parser = Parser::new(text, InvalidRequest::filter)?;
        let filter = parser.filter(Scope::Resource(resource), 0)?;
        parser.end()?;
        Ok(filter)
    }
}

/// Reads filters, and the paths they occur in, from left to right.
#[derive(Debug)]
pub(crate) struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// The error to make of a message: a filter and a path have different ones.
    bad: fn(String) -> InvalidRequest,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(
        text: &'a str,
        bad: fn(String) -> InvalidRequest,
    ) -> Result<Self, InvalidRequest> {
        if text.len() > MAX_LENGTH {
            return Err(bad(format!("longer than {MAX_LENGTH} bytes; ask for less at once")));
        }
        Ok(Self { text, at: 0, bad })
    }

    /// `filter = and *("or" and)`: `or` binds least.
    pub(super) fn filter(&mut self, scope: Scope, depth: usize) -> Result<Filter, InvalidRequest> {
        let mut any = vec![self.conjunction(scope, depth)?];
        while self.keyword("or")? {
            any.push(self.conjunction(scope, depth)?);
        }
        Ok(one_or(any, Filter::Or))
    }

    fn conjunction(&mut self, scope: Scope, depth: usize) -> Result<Filter, InvalidRequest> {
        let mut all = vec![self.term(scope, depth)?];
        while self.keyword("and")? {
            all.push(self.term(scope, depth)?);
        }
        Ok(one_or(all, Filter::And))
    }

    fn term(&mut self, scope: Scope, depth: usize) -> Result<Filter, InvalidRequest> {
        if depth > MAX_DEPTH {
            return Err(self.wrong(&format!("no more than {MAX_DEPTH} levels of nesting")));
        }
        if self.take_if(&Token::Open)? {
            return self.closed(scope, depth);
        }
        let start = self.at;
        let word = self.word("an attribute name")?;
        if word.eq_ignore_ascii_case("not") && self.take_if(&Token::Open)? {
            return Ok(Filter::Not(Box::new(self.closed(scope, depth)?)));
        }
        let Some((name, definition)) = resolve(word, scope) else {
            self.at = start;
            return Err(self.wrong("an attribute name"));
        };
        if self.take_if(&Token::OpenBracket)? {
            return self.element(name, definition, depth);
        }
        self.comparison(name, definition)
    }

    fn closed(&mut self, scope: Scope, depth: usize) -> Result<Filter, InvalidRequest> {
        let filter = self.filter(scope, depth + 1)?;
        if self.take_if(&Token::Close)? { Ok(filter) } else { Err(self.wrong("`)`")) }
    }

    /// `emails[type eq "work"]`, and Entra's `emails[type eq "work"].value eq "x"`, which says the
    /// same as `emails[type eq "work" and value eq "x"]`.
    fn element(
        &mut self,
        name: Name,
        definition: Option<&'static Attribute>,
        depth: usize,
    ) -> Result<Filter, InvalidRequest> {
        if name.sub.is_some() {
            return Err(self.wrong("no filter in brackets on a part of an attribute"));
        }
        let scope = Scope::Element(definition);
        let mut filter = self.bracketed(definition, depth)?;
        if let Some(sub) = self.suffix()? {
            let Some((name, definition)) = resolve(sub, scope) else {
                return Err(self.wrong("the name of a part after `].`"));
            };
            let more = self.comparison(name, definition)?;
            filter = match filter {
                Filter::And(mut all) => {
                    all.push(more);
                    Filter::And(all)
                }
                Filter::Or(_)
                | Filter::Not(_)
                | Filter::Compare { .. }
                | Filter::Present(_)
                | Filter::Element { .. } => Filter::And(vec![filter, more]),
            };
        }
        Ok(Filter::Element { name, filter: Box::new(filter) })
    }

    /// What stands between `[` and `]`, once the `[` is taken.
    ///
    /// It counts as two levels: joined with what follows the bracket, an `or` in it needs a pair
    /// of parentheses.
    pub(crate) fn bracketed(
        &mut self,
        definition: Option<&'static Attribute>,
        depth: usize,
    ) -> Result<Filter, InvalidRequest> {
        let filter = self.filter(Scope::Element(definition), depth + 2)?;
        if self.take_if(&Token::CloseBracket)? { Ok(filter) } else { Err(self.wrong("`]`")) }
    }

    /// The `sub` of a `.sub` that follows a bracket.
    pub(crate) fn suffix(&mut self) -> Result<Option<&'a str>, InvalidRequest> {
        let start = self.at;
        if let Some(Token::Word(word)) = self.next()?
            && let Some(sub) = word.strip_prefix('.')
        {
            return Ok(Some(sub));
        }
        self.at = start;
        Ok(None)
    }

    fn comparison(
        &mut self,
        mut name: Name,
        mut definition: Option<&'static Attribute>,
    ) -> Result<Filter, InvalidRequest> {
        let start = self.at;
        let operator = self.word("an operator such as `eq`")?;
        if operator.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(name));
        }
        let Some(comparison) = Comparison::parse(operator) else {
            self.at = start;
            return Err(self.wrong("an operator: eq, ne, co, sw, ew, gt, ge, lt, le or pr"));
        };
        if let Some(value) = definition.and_then(|complex| complex.sub_attribute("value"))
            && name.sub.is_none()
        {
            name = name.with_sub("value");
            definition = Some(value);
        }
        let start = self.at;
        let literal = self.literal(definition)?;
        if !comparison.suits(&literal, definition) {
            self.at = start;
            return Err(self.wrong("something that has an order, to compare by order"));
        }
        let case_exact = definition.is_some_and(|definition| definition.case_exact);
        Ok(Filter::Compare { name, comparison, literal, case_exact })
    }

    fn literal(
        &mut self,
        definition: Option<&'static Attribute>,
    ) -> Result<Literal, InvalidRequest> {
        let start = self.at;
        let (text, quoted) = match self.next()? {
            Some(Token::Quoted(text)) => (text, true),
            Some(Token::Word(word)) => (word.to_owned(), false),
            Some(Token::Open | Token::Close | Token::OpenBracket | Token::CloseBracket) | None => {
                self.at = start;
                return Err(self.wrong("a value"));
            }
        };
        typed(text, quoted, definition).ok_or_else(|| {
            self.at = start;
            self.wrong("a date-time such as 2026-01-31T08:00:00Z")
        })
    }

    /// Takes the next word if it is this one, in any letter case.
    fn keyword(&mut self, keyword: &str) -> Result<bool, InvalidRequest> {
        let start = self.at;
        if let Some(Token::Word(word)) = self.next()?
            && word.eq_ignore_ascii_case(keyword)
        {
            return Ok(true);
        }
        self.at = start;
        Ok(false)
    }

    pub(crate) fn word(&mut self, expected: &str) -> Result<&'a str, InvalidRequest> {
        let start = self.at;
        if let Some(Token::Word(word)) = self.next()? {
            return Ok(word);
        }
        self.at = start;
        Err(self.wrong(expected))
    }

    pub(crate) fn open_bracket(&mut self) -> Result<bool, InvalidRequest> {
        self.take_if(&Token::OpenBracket)
    }

    /// Makes sure that nothing is left over.
    pub(crate) fn end(&mut self) -> Result<(), InvalidRequest> {
        let start = self.at;
        if self.next()?.is_none() {
            return Ok(());
        }
        self.at = start;
        Err(self.wrong("the end"))
    }

    fn take_if(&mut self, wanted: &Token<'_>) -> Result<bool, InvalidRequest> {
        let start = self.at;
        let found = self.next()?.as_ref() == Some(wanted);
        if !found {
            self.at = start;
        }
        Ok(found)
    }

    fn next(&mut self) -> Result<Option<Token<'a>>, InvalidRequest> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        match lexer::first(&self.text[self.at..]) {
            None => Ok(None),
            Some(Ok((token, length))) => {
                self.at += length;
                Ok(Some(token))
            }
            Some(Err(Unreadable::NoClosingQuote)) => Err(self.wrong("a closing quote")),
            Some(Err(Unreadable::BadEscape)) => {
                Err(self.wrong("a JSON string, with its backslashes doubled"))
            }
        }
    }

    /// Says where the text stops making sense and what was expected there.
    pub(crate) fn wrong(&self, expected: &str) -> InvalidRequest {
        let rest = &self.text[self.at..];
        let at = self.at + rest.len() - rest.trim_start().len();
        let place = self.text[..at].chars().count() + 1;
        (self.bad)(format!("expected {expected} at character {place}"))
    }
}

/// What a name refers to, with the definition of the attribute, or of the part if it names one.
fn resolve(word: &str, scope: Scope) -> Option<(Name, Option<&'static Attribute>)> {
    match scope {
        Scope::Resource(resource) => {
            let name = match QualifiedName::parse(word, resource)? {
                QualifiedName::Attribute(name) | QualifiedName::Ambiguous(name) => name,
                QualifiedName::Schema(_) => return None,
            };
            let definition = name.definition(resource);
            let definition = match &name.sub {
                None => definition,
                Some(sub) => definition.and_then(|complex| complex.sub_attribute(sub)),
            };
            Some((name, definition))
        }
        Scope::Element(parent) => {
            if !is_plain(word) {
                return None;
            }
            let attribute = canonical_sub(parent, word);
            let definition = parent.and_then(|parent| parent.sub_attribute(&attribute));
            Some((Name::core(&attribute), definition))
        }
    }
}

fn one_or(mut filters: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    if filters.len() == 1 { filters.remove(0) } else { many(filters) }
}
