//! `/ops/v1/requests/{number}`: one request, and what it said.

use acts::{Act, Revealed, Role};
use axum::extract::State;
use cipher::{Cipher, Context};
use events::{Scope, Tenant};
use requests::{Contents, RequestRecord, Selected};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web::Permission;
use web::json_body::Body;

use super::recorded::{RequestItem, find};
use super::{Answer, Answered, Confined, OpsError, Reader};
use crate::operations::Operations;
use crate::ops::extract::{Path, Query};
use crate::recorded::{KEY, Wanted, later};

/// Whose request it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfTenant {
    tenant: String,
}

/// A request.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RequestDetail {
    #[serde(flatten)]
    item: RequestItem,
    tenant: String,
    /// What it said, if that was asked for and is kept.
    contents: Option<RequestContents>,
}

impl Answer for RequestDetail {
    const SCHEMA: &'static str = "rollcall.request.v1";
}

/// What a request said and what it was told.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RequestContents {
    query: Option<String>,
    body: Option<Value>,
    /// The body of the answer, if that is an error.
    answer: Option<Value>,
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Path(number): Path<u64>,
    Query(OfTenant { tenant }): Query<OfTenant>,
) -> Result<Answered<RequestDetail>, OpsError> {
    reader.may_either(Role::OpsRead, Permission::Api(Scope::EventsRead))?;
    let tenant = crate::caller::tenant(&tenant)?;
    reader.at(Some(&tenant))?;
    let record = one(&ops, &tenant, number).await?;
    let item = RequestItem::of((number, record));
    Ok(Answered(RequestDetail { item, tenant: tenant.to_string(), contents: None }))
}

/// The same, with what it said: whoever asks for that leaves an act before they see any.
pub(crate) async fn reveal(
    State(ops): State<Operations>,
    reader: Confined<Reader>,
    Path(number): Path<u64>,
    Body(OfTenant { tenant }): Body<OfTenant>,
) -> Result<Answered<RequestDetail>, OpsError> {
    reader.may(Role::PrivacyReveal)?;
    let tenant = crate::caller::tenant(&tenant)?;
    let reader = reader.at(Some(&tenant))?;
    let record = one(&ops, &tenant, number).await?;
    let (employee, request) = (record.employee, Some(record.request.clone()));
    let revealed = Revealed { tenant: tenant.clone(), employee, event: None, request };
    ops.acts().note(&reader.by, Act::PersonalRevealed(revealed)).await?;
    let contents = opened(&ops, &tenant, &record).await?;
    let item = RequestItem::of((number, record));
    Ok(Answered(RequestDetail { item, tenant: tenant.to_string(), contents }))
}

async fn one(ops: &Operations, tenant: &Tenant, number: u64) -> Result<RequestRecord, OpsError> {
    let missing = || {
        OpsError::not_found(format!(
            "there is no request {number} of that tenant: it is too old, or its person was erased"
        ))
    };
    let log = find(ops, tenant).await?.ok_or_else(missing)?;
    let selected = Selected::default();
    let wanted = Wanted { tenant, selected: &selected, limit: 1 };
    let page = later(&log, &wanted, number.checked_sub(1).ok_or_else(missing)?).await?;
    let found = page.requests.into_iter().find(|(its, _)| *its == number);
    found.map(|(_, record)| record).ok_or_else(missing)
}

async fn opened(
    ops: &Operations,
    tenant: &Tenant,
    record: &RequestRecord,
) -> Result<Option<RequestContents>, OpsError> {
    let Some(sealed) = &record.contents else { return Ok(None) };
    let key = ops.log().find_shared_key(KEY).await;
    let key = key.map_err(|error| OpsError::away("the key of requests is not there", &error))?;
    let context = Context { tenant: tenant.as_str(), purpose: "request" };
    let opened = key.and_then(|key| Cipher::new(&key).decrypt(context, sealed).ok());
    let opened = opened.and_then(|text| serde_json::from_slice(&text).ok());
    let told = |Contents { query, body, answer }| RequestContents { query, body, answer };
    Ok(opened.map(told))
}
