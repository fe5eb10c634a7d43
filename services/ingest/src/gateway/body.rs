//! Request bodies as JSON. Large ones are parsed by the worker threads, within a bound of memory.

use axum::body::{Body as HttpBody, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::http::request::Parts;
use events::Tenant;
use http_body_util::BodyExt as _;
use scim::{InvalidRequest, ScimType};
use serde_json::Value;
use web::workers::INLINE;
use web::{MemoryReservation, Rejection, content_coding};

use super::error::ScimError;
use super::path_params::tenant_slug;
use super::tree_size::TreeSize;
use crate::recording::Note;
use crate::state::Gateway;

/// A JSON body, under either media type; clients that name none mean SCIM.
pub(super) struct Body {
    pub(super) value: Value,
    /// The memory that a large value takes: to be held as long as the value, or what was made of it.
    pub(super) held: Option<MemoryReservation>,
}

/// A body whose tree takes more bytes counts as large, however short its text is.
const LARGE_TREE: usize = 8 * INLINE;

impl FromRequest<Gateway> for Body {
    type Rejection = ScimError;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, ScimError> {
        let (mut parts, body) = request.into_parts();
        check_media_type(&parts)?;
        content_coding::check(&parts.headers)?;
        let (text, size, text_held) = collect(&mut parts, body, gateway).await?;
        Note::body_is(&parts.extensions, &text);
        if text.len() <= INLINE && size <= LARGE_TREE {
            return Ok(Self { value: parse(&text)?, held: None });
        }
        let most = gateway.memory.trees.most();
        if size > most {
            return Err(ScimError::TooManyParts(most));
        }
        let tenant = tenant(&mut parts, gateway).await?;
        let held = gateway.memory.trees.take(&tenant, size).await;
        let parsing = gateway.workers.run(&tenant, move |_| {
            let value = parse(&text)?;
            drop((text, text_held));
            Ok::<_, ScimError>((value, held))
        });
        let (value, held) = parsing.await??;
        Ok(Self { value, held: Some(held) })
    }
}

fn check_media_type(parts: &Parts) -> Result<(), ScimError> {
    let Some(kind) = parts.headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let kind = String::from_utf8_lossy(kind.as_bytes());
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if ["application/scim+json", "application/json", ""].contains(&essence.as_str()) {
        Ok(())
    } else {
        Err(ScimError::UnsupportedMediaType(essence))
    }
}

/// Awaits the whole body: its text, about how much memory its tree takes, and the memory that the text
/// takes if it is large.
async fn collect(
    parts: &mut Parts,
    mut body: HttpBody,
    gateway: &Gateway,
) -> Result<(Bytes, usize, Option<MemoryReservation>), ScimError> {
    let limit = gateway.access.body_limit();
    let (mut text, mut size, mut held) = (Text::Empty, TreeSize::default(), None);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| match Rejection::beneath(&error) {
            Some(rejection) => rejection.into(),
            None => ScimError::CutOff,
        })?;
        let Ok(piece) = frame.into_data() else { continue };
        let length = text.length() + piece.len();
        if length > limit {
            return Err(ScimError::TooLarge(limit));
        }
        if length > INLINE && held.is_none() {
            let tenant = tenant(parts, gateway).await?;
            held = Some(gateway.memory.texts.take(&tenant, limit).await);
        }
        size.add(&piece);
        text = text.append(piece);
    }
    Ok((content_coding::unmarked(text.whole()), size.bytes(), held))
}

/// What has arrived. Most bodies come in one piece, which is not copied.
enum Text {
    Empty,
    Piece(Bytes),
    Pieces(Vec<u8>),
}

impl Text {
    fn length(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Piece(piece) => piece.len(),
            Self::Pieces(pieces) => pieces.len(),
        }
    }

    fn append(self, more: Bytes) -> Self {
        match self {
            Self::Empty => Self::Piece(more),
            Self::Piece(piece) => Self::Pieces([piece, more].concat()),
            Self::Pieces(mut pieces) => {
                pieces.extend_from_slice(&more);
                Self::Pieces(pieces)
            }
        }
    }

    fn whole(self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::Piece(piece) => piece,
            Self::Pieces(pieces) => pieces.into(),
        }
    }
}

fn parse(text: &[u8]) -> Result<Value, InvalidRequest> {
    let bad = |error| {
        InvalidRequest::new(ScimType::InvalidSyntax, format!("the body is not JSON: {error}"))
    };
    serde_json::from_slice(text).map_err(bad)
}

/// The tenant in the URL. The caller was let in before, so that it exists.
async fn tenant(parts: &mut Parts, gateway: &Gateway) -> Result<Tenant, ScimError> {
    tenant_slug(parts, gateway).await?.parse().map_err(|_| ScimError::NoSuchEndpoint)
}
