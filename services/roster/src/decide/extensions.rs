//! Extensions are declared and removed.

use std::collections::BTreeSet;

use events::{DeclaredExtension, Event, Extension, RemovedExtension, Tenant};

use super::text;
use crate::{BadExtension, Refusal, TenantRoster};

/// How many extensions a tenant can declare.
const MAX_EXTENSIONS: usize = 100;

/// How many attributes an extension can have.
const MAX_ATTRIBUTES: usize = 100;

/// What the RFCs define themselves is not for tenants to declare: the core schemas, the enterprise
/// extension, and the messages (RFC 7643 §10.3, RFC 7644 §8.2). Microsoft has tenants name their own
/// `urn:ietf:params:scim:schemas:extension:{name}:2.0:User`.
const STANDARD: [&str; 3] = [
    "urn:ietf:params:scim:schemas:core:",
    "urn:ietf:params:scim:schemas:extension:enterprise:",
    "urn:ietf:params:scim:api:",
];

pub(super) fn declare(
    slug: &Tenant,
    tenant: &TenantRoster,
    extension: &Extension,
) -> Result<Vec<Event>, Refusal> {
    judge(extension)?;
    let before = tenant.extension(&extension.urn);
    if before == Some(extension) {
        return Ok(vec![]);
    }
    if before.is_none() && tenant.extensions().count() >= MAX_EXTENSIONS {
        return Err(Refusal::TooManyExtensions { max: MAX_EXTENSIONS });
    }
    let tenant_id = tenant.id().ok_or_else(|| Refusal::NoSuchTenant(slug.clone()))?;
    let extension = extension.clone();
    Ok(vec![Event::TenantExtensionDeclared(DeclaredExtension { tenant_id, extension })])
}

pub(super) fn remove(
    slug: &Tenant,
    tenant: &TenantRoster,
    urn: &str,
) -> Result<Vec<Event>, Refusal> {
    let extension =
        tenant.extension(urn).ok_or_else(|| Refusal::NoSuchExtension(urn.to_owned()))?;
    let tenant_id = tenant.id().ok_or_else(|| Refusal::NoSuchTenant(slug.clone()))?;
    let urn = extension.urn.clone();
    Ok(vec![Event::TenantExtensionRemoved(RemovedExtension { tenant_id, urn })])
}

fn judge(extension: &Extension) -> Result<(), Refusal> {
    let Extension { urn, name, description, attributes, .. } = extension;
    if !is_urn(urn) {
        return Err(BadExtension::Urn(urn.clone()).into());
    }
    let folded = urn.to_ascii_lowercase();
    if STANDARD.iter().any(|standard| folded.starts_with(standard)) {
        return Err(BadExtension::Standard(urn.clone()).into());
    }
    text::names("the name", name)?;
    text::words("the description", description)?;
    if attributes.is_empty() || attributes.len() > MAX_ATTRIBUTES {
        return Err(
            BadExtension::Attributes { count: attributes.len(), max: MAX_ATTRIBUTES }.into()
        );
    }
    let mut names = BTreeSet::new();
    for attribute in attributes {
        if !is_name(&attribute.name) {
            return Err(BadExtension::Name(attribute.name.clone()).into());
        }
        if !names.insert(attribute.name.to_ascii_lowercase()) {
            return Err(BadExtension::Twice(attribute.name.clone()).into());
        }
        text::words("the description of an attribute", &attribute.description)?;
    }
    Ok(())
}

/// `urn:namespace:specific`, in characters that paths and filters can hold (RFC 8141 §2), which
/// ends as SCIM's own do: by `:2.0:User` a path tells an extension from one of its attributes.
fn is_urn(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    let [scheme, _, .., version, kind] = &parts[..] else { return false };
    text.len() <= 255
        && scheme.eq_ignore_ascii_case("urn")
        && parts.iter().all(plain)
        && version.contains('.')
        && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && ["User", "Group"].iter().any(|known| known.eq_ignore_ascii_case(kind))
}

/// RFC 7643 §2.1.
fn is_name(text: &str) -> bool {
    text.len() <= 255
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
