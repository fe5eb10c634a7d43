//! JSON Schema of every answer of `/ops/v1`, made from the types. `schema/` beside this crate keeps
//! them, and a test keeps those.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::doctor::Diagnosis;
use crate::lag::Lag;
use crate::ops::{self, Answer};
use crate::person::answer::{Explanation, History};
use crate::request_trace::Trace;
use crate::status_types::Status;

/// Every answer by its name, and its schema.
pub fn all() -> Vec<(&'static str, Schema)> {
    vec![
        of::<ops::AddedOperator>(),
        of::<ops::JobList>(),
        of::<ops::JobStatus>(),
        of::<ops::Journal>(),
        of::<ops::OperatorList>(),
        of::<ops::OperatorRoles>(),
        of::<ops::PlanAnswer>(),
        of::<ops::ReleaseAnswer>(),
        of::<Explanation>(),
        of::<History>(),
        of::<Lag>(),
        of::<Status>(),
        of::<Trace>(),
        of::<ops::ParkedDetail>(),
        of::<ops::ParkedExport>(),
        of::<ops::ParkedList>(),
        of::<ops::RetriedList>(),
        of::<ops::SkippedEvent>(),
        of::<ops::Diff>(),
        of::<ops::VerificationAnswer>(),
        of::<ops::VerificationList>(),
        of::<Diagnosis>(),
        of::<ops::PlannedErasure>(),
        of::<ops::ErasureStatus>(),
        of::<ops::ErasureList>(),
        of::<ops::DeadLetterList>(),
        of::<ops::DeliveryList>(),
        of::<ops::PartAnswer>(),
        of::<ops::TestAnswer>(),
        of::<ops::Resent>(),
        of::<ops::ReadModelList>(),
        of::<ops::ReaderList>(),
        of::<ops::ReceiptAnswer>(),
        of::<ops::RequestDetail>(),
        of::<ops::RequestList>(),
        of::<ops::EventList>(),
        of::<ops::JoinersAndLeavers>(),
        of::<ops::RequestResults>(),
        of::<ops::OverdueList>(),
        of::<ops::WebhookList>(),
    ]
}

/// The schema of a type of answers, with the member that says its name.
fn of<T: Answer>() -> (&'static str, Schema) {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), T::SCHEMA.into());
    let name = json!({ "const": T::SCHEMA });
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("schema".to_owned(), name);
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.push("schema".into());
    }
    (T::SCHEMA, schema)
}

#[cfg(test)]
mod tests;
