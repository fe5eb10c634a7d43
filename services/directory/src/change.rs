//! What can change in the directory.
#![warn(missing_docs)]

use events::{
    AlertId, BookingSource, CredentialId, Digest, EmployeeId, IntegrationId, IntegrationProfile,
    ResourceId, Scopes, Standing, Tenant, TenantId,
};
use jiff::Timestamp;

/// One change to one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A person, as they are now.
    Employee(Box<EmployeeRow>),
    /// A person is unknown from now on.
    Erased {
        /// Whose it was.
        tenant: Tenant,
        /// The person.
        employee: EmployeeId,
    },
    /// A tenant was made.
    Tenant {
        /// Whose it is.
        tenant: Tenant,
        /// Its id.
        id: TenantId,
        /// When it was made.
        created_at: Timestamp,
    },
    /// An integration was activated.
    Activated {
        /// Whose it is.
        tenant: Tenant,
        /// The integration.
        integration: IntegrationId,
        /// Its profile.
        profile: IntegrationProfile,
    },
    /// An integration was deactivated.
    Deactivated {
        /// Whose it is.
        tenant: Tenant,
        /// The integration.
        integration: IntegrationId,
    },
    /// A credential was issued.
    Issued(CredentialRow),
    /// A credential was revoked.
    Revoked {
        /// Whose it is.
        tenant: Tenant,
        /// The credential.
        credential: CredentialId,
        /// When.
        at: Timestamp,
    },
    /// An alert was raised.
    Alert(AlertRow),
    /// Somebody decided on an alert.
    Decided {
        /// Whose it is.
        tenant: Tenant,
        /// The alert.
        alert: AlertId,
        /// What was decided.
        decision: DecisionRow,
    },
    /// Somebody belongs to an alert since then.
    AlertPerson {
        /// Whose it is.
        tenant: Tenant,
        /// The alert.
        alert: AlertId,
        /// The person.
        employee: EmployeeId,
        /// When they were added.
        added: Moment,
    },
}

/// When something happened, by the clock and by the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Position of the event.
    pub seq: i64,
}

/// A person as one event tells them.
///
/// `joined_at`, `left` and `gone` are what they are if nothing was known before: see `batch` and
/// `employees.sql` for what an earlier row keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct EmployeeRow {
    /// Whose it is.
    pub tenant: Tenant,
    /// The person.
    pub employee: EmployeeId,
    /// The SCIM resource.
    pub resource: ResourceId,
    /// Whether that resource is gone.
    pub resource_gone: bool,
    /// Their user name.
    pub user_name: String,
    /// Whether the user name is an e-mail address.
    pub address_given: bool,
    /// The client's own id, if told.
    pub external_id: Option<String>,
    /// The name to show, never blank.
    pub display_name: String,
    /// Active or Former, as the event says.
    pub standing: Standing,
    /// The profile's JSON.
    pub profile: String,
    /// When they joined.
    pub joined_at: Timestamp,
    /// When they left.
    pub left: Option<Moment>,
    /// The last deletion of a resource of theirs.
    pub gone: Option<Moment>,
    /// When they last changed.
    pub changed_at: Timestamp,
    /// Position of the event.
    pub seq: i64,
}

/// A credential, as it is issued; a batch may revoke it.
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialRow {
    /// Whose it is.
    pub tenant: Tenant,
    /// The credential.
    pub credential: CredentialId,
    /// What it is for.
    pub purpose: &'static str,
    /// What it may read or do.
    pub scopes: Scopes,
    /// The one source whose bookings it is for, if it is for one.
    pub source: Option<BookingSource>,
    /// SHA-256 of its secret.
    pub secret_digest: Digest,
    /// What its owner calls it.
    pub label: Option<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// An alert as it is when it is raised; a batch may add the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRow {
    /// Whose it is.
    pub tenant: Tenant,
    /// The alert.
    pub alert: AlertId,
    /// The event's body.
    pub raised: String,
    /// Whether its people stay Active until somebody decides.
    pub held: bool,
    /// When it was raised.
    pub raised_at: Moment,
    /// What was decided.
    pub decision: Option<DecisionRow>,
}

/// What was decided on an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// What was decided.
    pub decision: &'static str,
    /// When.
    pub at: Moment,
    /// Who, by id.
    pub by: String,
    /// Why, if told.
    pub reason: Option<String>,
}
