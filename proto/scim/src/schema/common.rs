//! Attributes that all resources have.

use super::attribute::Attribute;

/// What every resource has beside its own schema (RFC 7643 §3.1). `/Schemas` does not list these.
pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute::reference("schemas", "The schemas in use.", &["uri"]).many().always_returned(),
    Attribute::text("id", "The identifier that the server gave.")
        .case_exact()
        .unique()
        .read_only()
        .always_returned(),
    Attribute::text("externalId", "The identifier that the client uses.").case_exact(),
    Attribute::complex("meta", "Facts about the resource.", META).read_only(),
];

const META: &[Attribute] = &[
    Attribute::text("resourceType", "User or Group.").case_exact().read_only(),
    Attribute::date_time("created", "When the resource came into being.").read_only(),
    Attribute::date_time("lastModified", "When it last changed.").read_only(),
    Attribute::reference("location", "Its URL.", &["uri"]).read_only(),
    Attribute::text("version", "Its entity tag.").case_exact().read_only(),
];
