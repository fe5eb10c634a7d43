//! The core schema of users.

use super::attribute::{Attribute, Schema};

/// RFC 7643 §4.1.
pub(super) const SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "User",
    description: "User Account",
    attributes: &[
        Attribute::text("userName", "The name the person signs in with.").required().unique(),
        Attribute::complex("name", "The parts of the person's name.", NAME),
        Attribute::text("displayName", "The name to show."),
        Attribute::text("nickName", "The casual name."),
        Attribute::reference("profileUrl", "The URL of the person's profile.", &["external"]),
        Attribute::text("title", "The job title."),
        Attribute::text("userType", "The person's relation to the organization."),
        Attribute::text("preferredLanguage", "The language the person prefers."),
        Attribute::text("locale", "The person's locale."),
        Attribute::text("timezone", "The person's time zone."),
        Attribute::boolean(
            "active",
            "Whether the person works here. True if not given when the person is made; a removal or \
             null leaves it as it is.",
        )
        .kept(),
        Attribute::text("password", "Accepted and forgotten: nobody signs in with it.")
            .case_exact()
            .write_only(),
        Attribute::complex("emails", "E-mail addresses.", EMAIL).many(),
        Attribute::complex("phoneNumbers", "Telephone numbers.", PHONE_NUMBER).many(),
        Attribute::complex("ims", "Instant messaging addresses.", IM).many(),
        Attribute::complex("photos", "URLs of photos.", PHOTO).many(),
        Attribute::complex("addresses", "Postal addresses.", ADDRESS).many(),
        Attribute::complex("groups", "The groups the person is in.", GROUP).many().read_only(),
        Attribute::complex("entitlements", "Things the person may have.", LABEL).many(),
        Attribute::complex("roles", "Things the person is.", LABEL).many(),
        Attribute::complex("x509Certificates", "Certificates.", CERTIFICATE).many(),
    ],
};

const DISPLAY: Attribute = Attribute::text("display", "A name to show for the value.");
const PRIMARY: Attribute = Attribute::boolean("primary", "Whether this is the preferred value.");
const TYPE: Attribute = Attribute::text("type", "What kind of value it is.");

const NAME: &[Attribute] = &[
    Attribute::text("formatted", "The full name."),
    Attribute::text("familyName", "The family name."),
    Attribute::text("givenName", "The given name."),
    Attribute::text("middleName", "The middle names."),
    Attribute::text("honorificPrefix", "The title before the name."),
    Attribute::text("honorificSuffix", "The suffix after the name."),
];

const EMAIL: &[Attribute] = &[
    Attribute::text("value", "The address."),
    DISPLAY,
    TYPE.usually(&["work", "home", "other"]),
    PRIMARY,
];

const PHONE_NUMBER: &[Attribute] = &[
    Attribute::text("value", "The number, in whatever notation it was given."),
    DISPLAY,
    TYPE.usually(&["work", "home", "mobile", "fax", "pager", "other"]),
    PRIMARY,
];

const IM: &[Attribute] = &[
    Attribute::text("value", "The address."),
    DISPLAY,
    TYPE.usually(&["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
    PRIMARY,
];

const PHOTO: &[Attribute] = &[
    Attribute::reference("value", "The URL of the photo.", &["external"]),
    DISPLAY,
    TYPE.usually(&["photo", "thumbnail"]),
    PRIMARY,
];

const ADDRESS: &[Attribute] = &[
    Attribute::text("formatted", "The full address."),
    Attribute::text("streetAddress", "Street and house number."),
    Attribute::text("locality", "The town."),
    Attribute::text("region", "The state or region."),
    Attribute::text("postalCode", "The postal code."),
    Attribute::text("country", "The country, in whatever notation it was given."),
    TYPE.usually(&["work", "home", "other"]),
    PRIMARY,
];

const GROUP: &[Attribute] = &[
    Attribute::text("value", "The id of the group.").case_exact().read_only(),
    Attribute::reference("$ref", "The URL of the group.", &["Group"]).read_only(),
    Attribute::text("display", "The name of the group.").read_only(),
    Attribute::text("type", "Mode the person is in it.").usually(&["direct"]).read_only(),
];

/// An entitlement or a role.
const LABEL: &[Attribute] = &[Attribute::text("value", "The value."), DISPLAY, TYPE, PRIMARY];

const CERTIFICATE: &[Attribute] =
    &[Attribute::binary("value", "The certificate, DER in Base64."), DISPLAY, TYPE, PRIMARY];
