//! Declaring, listing and removing extensions of SCIM's schemas.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use events::{Extended, Extension, ExtensionAttribute, ExtensionKind};
use roster::Intent;
use serde::Deserialize;
use web::Problem;
use web::json_body::Body;

use crate::caller::{Operator, known, tenant};
use crate::operator_api::OperatorApi;

/// An extension as an operator writes it down.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Declaration {
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
            return Err(Problem::malformed(format!(
                "the attribute {name:?} is multi-valued or required; extensions have optional attributes with one value"
            )));
        }
        Ok(ExtensionAttribute { name, kind, case_exact, description })
    }
}

pub(crate) async fn declare(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(declaration): Body<Declaration>,
) -> Result<Json<Extension>, CommandError> {
    let extension = declaration.read()?;
    let declared = extension.clone();
    let intent = move |_: &_| Ok(Intent::DeclareExtension { extension: declared.clone() });
    operator.execute(&api, &tenant(&slug)?, intent).await?;
    Ok(Json(extension))
}

pub(crate) async fn list(
    State(api): State<OperatorApi>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Vec<Extension>>, CommandError> {
    let slug = tenant(&slug)?;
    let roster = api.access.current_roster().await?;
    Ok(Json(known(&roster, &slug)?.extensions().cloned().collect()))
}

pub(crate) async fn remove(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, urn)): Path<(String, String)>,
) -> Result<StatusCode, CommandError> {
    let intent = move |_: &_| Ok(Intent::RemoveExtension { urn: urn.clone() });
    operator.execute(&api, &tenant(&slug)?, intent).await?;
    Ok(StatusCode::NO_CONTENT)
}
