//! What is recorded of SCIM requests, and what the records tell of a directory's mapping.
//!
//! A [`RequestRecord`] says in the clear what is nobody's secret: when, which endpoint, which status, how
//! the values were shaped. What a request said is beside it, sealed by whoever records it.
//! [`Observations`] are a fold of records, and [`lint`] finds in them what is wrong with the mapping.

#![warn(missing_docs)]

mod attributes;
mod facts;
mod filter_shape;
mod finding;
mod kind;
mod lint;
mod named;
mod observations;
mod record;
mod seen;
mod shape;
mod subject;
mod words;

pub use attributes::used_by;
pub use facts::{CredentialFact, Facts};
pub use filter_shape::filter_shape;
pub use finding::{Code, Finding, Severity};
pub use kind::ResourceKind;
pub use lint::lint;
pub use named::{Contents, Named, Whose, without_names_of_others};
pub use observations::{Milestones, Observations, Results};
pub use record::{EventRange, RequestRecord};
pub use seen::Seen;
pub use shape::{Form, Shape};
pub use subject::{Selected, person_patterns, subject};
pub use words::in_words;
