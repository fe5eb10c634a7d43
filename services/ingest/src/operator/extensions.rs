//! Declaring, listing and removing extensions of SCIM's schemas.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use events::{Extended, Extension, ExtensionAttribute, ExtensionKind};
use roster::Intent;
use serde::Deserialize;

use super::caller::{Operator, known, tenant};
use crate::input::Body;
use crate::problem::Problem;
use crate::state::Gateway;

/// An extension as an operator writes it down.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Declaration {
    urn: String,
    resource_type: Extended,
    name: String,
    #[serde(default)]
    description: String,
    attributes: Vec<DeclaredAttribute>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeclaredAttribute {
    name: String,
    #[serde(rename = "type")]
    kind: ExtensionKind,
    #[serde(default)]
    case_exact: bool,
    #[serde(default)]
    multi_valued: bool,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    description: String,
}

impl Declaration {
    fn read(self) -> Result<Extension, Problem> {
        let Self { urn, resource_type, name, description, attributes } = self;
        let attributes = attributes.into_iter().map(DeclaredAttribute::read);
        let attributes = attributes.collect::<Result<_, _>>()?;
        Ok(Extension { urn, resource_type, name, description, attributes })
    }
}

impl DeclaredAttribute {
    fn read(self) -> Result<ExtensionAttribute, Problem> {
        let Self { name, kind, case_exact, multi_valued, required, description } = self;
        if multi_valued || required {
            return Err(Problem::Malformed(format!(
                "the attribute {name:?} is multi-valued or required; extensions have optional attributes with one value"
            )));
        }
        Ok(ExtensionAttribute { name, kind, case_exact, description })
    }
}

pub(super) async fn declare(
    State(gateway): State<Gateway>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(declaration): Body<Declaration>,
) -> Result<Json<Extension>, Problem> {
    let extension = declaration.read()?;
    let declared = extension.clone();
    let wish = move |_: &_| Ok(Intent::DeclareExtension { extension: declared.clone() });
    operator.fulfil(&gateway, &tenant(&slug)?, wish).await?;
    Ok(Json(extension))
}

pub(super) async fn list(
    State(gateway): State<Gateway>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Vec<Extension>>, Problem> {
    let slug = tenant(&slug)?;
    let roster = gateway.current_roster().await?;
    Ok(Json(known(&roster, &slug)?.extensions().cloned().collect()))
}

pub(super) async fn remove(
    State(gateway): State<Gateway>,
    operator: Operator,
    Path((slug, urn)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let wish = move |_: &_| Ok(Intent::RemoveExtension { urn: urn.clone() });
    operator.fulfil(&gateway, &tenant(&slug)?, wish).await?;
    Ok(StatusCode::NO_CONTENT)
}
