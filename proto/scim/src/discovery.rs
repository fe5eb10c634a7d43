//! What the server says about itself (RFC 7644 §4).

use serde_json::{Value, json};

use crate::Attributes;
use crate::extension::Extension;
use crate::schema::{self, ResourceType, Schema};

/// What the server can do; `/ServiceProviderConfig` says so and nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features {
    /// The most resources on a page.
    pub max_results: usize,
    /// How many are on a page when nobody asks for a number.
    pub page_size: usize,
    /// Whether `sortBy` is understood.
    pub sort: bool,
    /// Whether resources have entity tags.
    pub etag: bool,
    /// None if `/Bulk` is not there.
    pub bulk: Option<BulkLimits>,
    /// How clients may prove who they are, the preferred way first.
    pub authentication: Vec<Authentication>,
}

/// What a bulk request may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkLimits {
    /// The most operations.
    pub max_operations: usize,
    /// The largest body, in bytes.
    pub max_payload_size: usize,
}

/// A way to prove who calls (RFC 7643 §5, `authenticationSchemes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// A secret token, shown once and sent as a bearer token.
    SecretToken,
    /// An access token for client id and secret (RFC 6749 §4.4).
    ClientCredentials,
}

impl Authentication {
    fn describe(self, primary: bool) -> Value {
        let (kind, name, description, specification) = match self {
            Self::SecretToken => (
                "oauthbearertoken",
                "Secret token",
                "A token issued for the integration, sent as a bearer token.",
                "https://www.rfc-editor.org/rfc/rfc6750",
            ),
            Self::ClientCredentials => (
                "oauth2",
                "OAuth 2.0 client credentials",
                "An access token from the token endpoint, for a client id and its secret.",
                "https://www.rfc-editor.org/rfc/rfc6749#section-4.4",
            ),
        };
        json!({
            "type": kind,
            "name": name,
            "description": description,
            "specUri": specification,
            "primary": primary,
        })
    }
}

/// `/ServiceProviderConfig` (RFC 7643 §5).
pub fn service_provider_config(base_url: &str, features: &Features) -> Attributes {
    let schemes = features.authentication.iter().enumerate();
    let schemes: Vec<_> = schemes.map(|(place, scheme)| scheme.describe(place == 0)).collect();
    let bulk = features.bulk.unwrap_or(BulkLimits { max_operations: 0, max_payload_size: 0 });
    object(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {
            "supported": features.bulk.is_some(),
            "maxOperations": bulk.max_operations,
            "maxPayloadSize": bulk.max_payload_size,
        },
        "filter": {"supported": true, "maxResults": features.max_results},
        "changePassword": {"supported": false},
        "sort": {"supported": features.sort},
        "etag": {"supported": features.etag},
        // RFC 9865 §4. A cursor never expires, so there is no cursorTimeout.
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": features.page_size,
            "maxPageSize": features.max_results,
        },
        "authenticationSchemes": schemes,
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base_url}/ServiceProviderConfig"),
        },
    }))
}

/// `/ResourceTypes` (RFC 7643 §6).
pub fn resource_types(base_url: &str, declared: &[Extension]) -> Vec<Attributes> {
    let each = ResourceType::ALL.into_iter();
    each.map(|resource| resource_type(base_url, resource, declared)).collect()
}

/// `/ResourceTypes/{name}`, in any letter case; none if there is no such type.
pub fn resource_type_by_name(
    base_url: &str,
    name: &str,
    declared: &[Extension],
) -> Option<Attributes> {
    let mut all = ResourceType::ALL.into_iter();
    let resource = all.find(|resource| resource.name().eq_ignore_ascii_case(name))?;
    Some(resource_type(base_url, resource, declared))
}

/// `/Schemas` (RFC 7643 §7): our own, and those that the tenant has declared.
pub fn schemas(base_url: &str, declared: &[Extension]) -> Vec<Attributes> {
    let own = schema::all().map(|schema| describe(base_url, schema));
    own.chain(declared.iter().map(|extension| object(extension.describe(base_url)))).collect()
}

/// `/Schemas/{id}`; none if there is no such schema.
pub fn schema_by_id(base_url: &str, id: &str, declared: &[Extension]) -> Option<Attributes> {
    if let Some(schema) = schema::all().find(|schema| schema.id.eq_ignore_ascii_case(id)) {
        return Some(describe(base_url, schema));
    }
    let extension = declared.iter().find(|extension| extension.urn.eq_ignore_ascii_case(id))?;
    Some(object(extension.describe(base_url)))
}

fn resource_type(base_url: &str, resource: ResourceType, declared: &[Extension]) -> Attributes {
    let name = resource.name();
    let own = resource.extensions().iter().map(|schema| schema.id);
    let declared = declared.iter().filter(|extension| extension.resource == resource);
    let extensions: Vec<_> = own
        .chain(declared.map(|extension| extension.urn.as_str()))
        .map(|urn| json!({"schema": urn, "required": false}))
        .collect();
    let mut about = object(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": name,
        "name": name,
        "description": resource.schema().description,
        "endpoint": resource.endpoint(),
        "schema": resource.schema().id,
        "meta": {
            "resourceType": "ResourceType",
            "location": format!("{base_url}/ResourceTypes/{name}"),
        },
    }));
    if !extensions.is_empty() {
        about.insert("schemaExtensions".into(), extensions.into());
    }
    about
}

fn describe(base_url: &str, schema: &Schema) -> Attributes {
    object(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": schema.attributes,
        "meta": {
            "resourceType": "Schema",
            "location": format!("{base_url}/Schemas/{}", schema.id),
        },
    }))
}

fn object(value: Value) -> Attributes {
    match value {
        Value::Object(attributes) => attributes,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            unreachable!("written as an object above")
        }
    }
}
