//! Filters in the notation of RFC 7644.

use std::fmt;

use serde_json::Value;

use super::{Filter, Literal};

/// The filter in the notation of RFC 7644; it reads back as the same filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(all) => joined(f, all, " and "),
            Self::Or(any) => joined(f, any, " or "),
            Self::Not(filter) => write!(f, "not ({filter})"),
            Self::Compare { name, comparison, literal, .. } => {
                write!(f, "{name} {} {literal}", comparison.as_str())
            }
            Self::Present(name) => write!(f, "{name} pr"),
            Self::Element { name, filter } => write!(f, "{name}[{filter}]"),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Time(_, text) => {
                write!(f, "{}", Value::String(text.clone()))
            }
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(boolean) => write!(f, "{boolean}"),
            Self::Null => f.write_str("null"),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, filters: &[Filter], word: &str) -> fmt::Result {
    for (position, filter) in filters.iter().enumerate() {
        if position > 0 {
            f.write_str(word)?;
        }
        let loose = match filter {
            Filter::Or(_) => true,
            Filter::And(_) => word == " and ",
            Filter::Not(_)
            | Filter::Compare { .. }
            | Filter::Present(_)
            | Filter::Element { .. } => false,
        };
        if loose {
            write!(f, "({filter})")?;
        } else {
            write!(f, "{filter}")?;
        }
    }
    Ok(())
}
