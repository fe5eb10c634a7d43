//! Errors of requests, as SCIM tells them (RFC 7644 §3.12).

use serde::Serialize;

/// Why a request cannot be understood or must not be carried out.
///
/// It knows the HTTP status and the `scimType` to answer with (RFC 7644 §3.12). The detail is for
/// the client that sent the request; it may quote what was sent, so it does not belong in a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct InvalidRequest {
    /// The HTTP status.
    pub status: u16,
    /// The `scimType`, if SCIM has one for it.
    pub scim_type: Option<ScimType>,
    /// What was wrong, for the client.
    pub detail: String,
}

impl InvalidRequest {
    /// An error with the status that goes with its `scimType`.
    pub fn new(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: scim_type.status(), scim_type: Some(scim_type), detail: detail.into() }
    }

    pub(crate) fn syntax(detail: impl Into<String>) -> Self {
        Self::new(ScimType::InvalidSyntax, detail)
    }

    pub(crate) fn value(detail: impl Into<String>) -> Self {
        Self::new(ScimType::InvalidValue, detail)
    }

    pub(crate) fn path(detail: impl Into<String>) -> Self {
        Self::new(ScimType::InvalidPath, detail)
    }

    pub(crate) fn filter(detail: impl Into<String>) -> Self {
        Self::new(ScimType::InvalidFilter, detail)
    }

    pub(crate) fn mutability(detail: impl Into<String>) -> Self {
        Self::new(ScimType::Mutability, detail)
    }

    pub(crate) fn no_target(detail: impl Into<String>) -> Self {
        Self::new(ScimType::NoTarget, detail)
    }

    /// A request that breaks a limit of ours; RFC 7644 has no `scimType` for it.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self { status: 413, scim_type: None, detail: detail.into() }
    }

    /// A reference in a bulk request that leads to nothing (RFC 7644 §3.7.1).
    pub(crate) fn unresolved(detail: impl Into<String>) -> Self {
        Self { status: 409, scim_type: None, detail: detail.into() }
    }
}

/// The kinds of error that SCIM has a word for (RFC 7644 §3.12, table 9; RFC 9865 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ScimType {
    /// The filter cannot be read.
    InvalidFilter,
    /// The answer would take too much work.
    TooMany,
    /// Another resource has the name already.
    Uniqueness,
    /// The attribute cannot be changed.
    Mutability,
    /// The body does not have the form that it must have.
    InvalidSyntax,
    /// The path cannot be read.
    InvalidPath,
    /// The path leads to no value.
    NoTarget,
    /// A value is missing, or does not fit its attribute.
    InvalidValue,
    /// The version of SCIM is not known.
    InvalidVers,
    /// The request must not have this in its URL.
    Sensitive,
    /// The cursor is none of ours, or of another query.
    InvalidCursor,
    /// The count cannot be used with a cursor.
    InvalidCount,
}

impl ScimType {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::InvalidCount => "invalidCount",
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            Self::Uniqueness => 409,
            Self::Sensitive => 403,
            Self::InvalidFilter
            | Self::TooMany
            | Self::Mutability
            | Self::InvalidSyntax
            | Self::InvalidPath
            | Self::NoTarget
            | Self::InvalidValue
            | Self::InvalidVers
            | Self::InvalidCursor
            | Self::InvalidCount => 400,
        }
    }
}
