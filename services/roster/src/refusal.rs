//! Why an intent cannot come true.

use events::{
    AdministratorId, AlertId, BookingId, CredentialId, EmployeeId, ReplayId, ResourceId, SecretId,
    SubscriberName, TeamId, Tenant, UserName,
};
use jiff::Timestamp;
use uuid::Uuid;

/// Why an intent cannot come true, and what the caller can do about it. Texts may repeat what the
/// caller sent, so they belong into answers and never into logs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum Refusal {
    #[error("there is no tenant {0}; create it first")]
    NoSuchTenant(Tenant),
    #[error("there is a tenant {0} already; choose another slug")]
    TenantTaken(Tenant),
    #[error("the id {0} was given before; take a new one")]
    IdReused(Uuid),
    #[error("{what} {problem}")]
    BadText { what: &'static str, problem: BadText },

    #[error(transparent)]
    BadExtension(#[from] BadExtension),
    #[error("there are {max} extensions already; remove one first")]
    TooManyExtensions { max: usize },
    #[error("there is no extension {0:?}")]
    NoSuchExtension(String),

    #[error("the integration is not activated; activate it first")]
    NoIntegration,
    #[error("there are two live ones already, enough to rotate; revoke one first")]
    TooManySecrets,
    #[error("an API token without scopes opens nothing; name at least one scope")]
    NoScopes,
    #[error(
        "a source says whose bookings a token is for, and this one is for none; add the scope bookings:write or bookings:read, or leave the source out"
    )]
    SourceWithoutBookings,
    #[error("a credential that has expired before it is issued opens nothing; name a time to come")]
    ExpiresBeforeNow,
    #[error("an API token has no expiry; issue it without one, and revoke it when it has served")]
    ApiTokenExpires,
    #[error("there is no credential {0} in this tenant")]
    NoSuchCredential(CredentialId),

    #[error("there is no administrator {0} in this tenant")]
    NoSuchAdministrator(AdministratorId),
    #[error(
        "there is an administrator with this e-mail address already; change their roles, or issue them a new link"
    )]
    AdministratorKnown,
    #[error("there are {max} administrators already; remove one first")]
    TooManyAdministrators { max: usize },
    #[error(
        "an administrator without roles may do nothing; name at least one role, or remove them"
    )]
    NoRoles,
    #[error("this is the last owner; make somebody else an owner first")]
    LastOwner,
    #[error("there is no such sign-in link, or there is a newer one; ask for a new one")]
    NoSuchLink,
    #[error(
        "the sign-in link was used: its administrator signed in at {0}, and a link is good once; ask for a new one"
    )]
    LinkSpent(Timestamp),
    #[error("the sign-in link expired at {0}; ask for a new one")]
    LinkExpired(Timestamp),
    #[error(
        "the administrator signs in with another account, or the account is another administrator's; invite this account by an address of its own"
    )]
    OtherIdentity,

    #[error("there is no user {0}")]
    NoSuchUser(ResourceId),
    #[error("the userName {:?} belongs to another user; choose another, or change that user", .0.as_str())]
    UserNameTaken(UserName),
    #[error("the attributes are nested more than {max} deep; send them flatter")]
    TooDeep { max: usize },
    #[error("the attribute {0} is there twice; send it once")]
    DuplicateAttribute(&'static str),

    #[error("there is no group {0}")]
    NoSuchGroup(TeamId),
    #[error("the displayName {0:?} belongs to another group; choose another, or change that group")]
    GroupNameTaken(String),

    #[error("there is no employee {0}")]
    NoSuchEmployee(EmployeeId),
    #[error("employee {0} is Active; only who has left can be erased, so deactivate them first")]
    NotFormer(EmployeeId),
    #[error("there is no team {0}")]
    NoSuchTeam(TeamId),
    #[error("the team {0} is the directory's; rename or remove its group there")]
    SyncedTeam(TeamId),
    #[error("the name {0:?} belongs to another team; choose another")]
    TeamNameTaken(String),
    #[error("the employee is not in the team {0}; assign it first")]
    NotInTeam(TeamId),

    #[error("nobody is known by {0:?}; provision the person first, or name them otherwise")]
    NoSuchPerson(String),
    #[error("several people have the external id {0:?}; name the person by employee id")]
    AmbiguousPerson(String),
    #[error(
        "the booking ends at {ends_at}, which is not after its start at {starts_at}; correct it"
    )]
    EndsTooEarly { starts_at: Timestamp, ends_at: Timestamp },
    #[error("the time {0} is before the year 1; correct it")]
    OutOfTime(Timestamp),
    #[error("there is no booking {0:?}")]
    NoSuchBooking(String),
    #[error("several booking systems have a booking {0:?}; name it by Rollcall's own id")]
    AmbiguousBooking(String),
    #[error(
        "{id} is Rollcall's id of one booking and the reference of another, whose id is {other}; say the `version` that the one has which you mean, or name the first by its reference and the other by its id"
    )]
    ReferenceIsAnId { id: BookingId, other: BookingId },
    #[error("employee {0} is Active; cancel the booking in the booking system")]
    NotALeaver(EmployeeId),
    #[error("the booking ended at {0}; past bookings are kept as they are")]
    BookingIsPast(Timestamp),

    #[error(
        "the booking is cancelled already, and cannot be taken back here; record it anew in the booking system"
    )]
    BookingIsCancelled,
    #[error(
        "nothing was decided about the booking {booking}, for it is not as it was when you looked: {how}; look at it again, and decide about it as it is now"
    )]
    BookingChanged { booking: BookingId, how: String },
    #[error("the policy for {0:?} cancels this booking; keep it, or change the policy")]
    PolicyCancels(String),
    #[error(
        "the booking ends at {ends_at}, before {due}; plan its cancellation for an earlier time"
    )]
    DueTooLate { due: Timestamp, ends_at: Timestamp },
    #[error(
        "employee {0} is not Active, so that no booking is handed over to them; name a colleague who is"
    )]
    ColleagueNotActive(EmployeeId),
    #[error("{days} days are more than {max}; take fewer")]
    TooManyDays { days: u32, max: u32 },
    #[error("there are policies for {max} resource types already; remove one first")]
    TooManyPolicies { max: usize },

    #[error("there is no alert {0}")]
    NoSuchAlert(AlertId),
    #[error("the alert {0} was decided otherwise; that stands")]
    AlertDecided(AlertId),
    #[error("the alert {0} holds nobody, so that there is nothing to reverse; release it")]
    NothingHeld(AlertId),
    #[error(
        "nothing was decided, for the alert {alert} is about {held} people by now, and not about {expected}; look at it again, and decide about as many"
    )]
    OtherNumberHeld { alert: AlertId, held: usize, expected: usize },
    #[error(
        "nothing was decided, for the alert {alert} is about others by now, if as many ({held}): somebody is back, and somebody else has left; look at who they are, and decide about these"
    )]
    OtherPeopleHeld { alert: AlertId, held: usize },
    #[error("the guard's {what} of {given} is not within {least} to {most}; choose one that is")]
    BadGuard { what: &'static str, given: u32, least: u32, most: u32 },

    #[error("there is no subscriber {0}")]
    NoSuchSubscriber(String),
    #[error("there is a subscriber {0} already; choose another name, or remove that one")]
    SubscriberNameTaken(SubscriberName),
    #[error("there are {max} subscribers already; remove one first")]
    TooManySubscribers { max: usize },
    #[error(
        "the facts are named by more than {max} patterns; name whole entities, as `employee.*`"
    )]
    TooManyFacts { max: usize },
    #[error(
        "the URL of a webhook begins with https:// or http:// and a host, and has no space in it"
    )]
    BadWebhookUrl,
    #[error("the subscriber {0} has no webhook; add one that has")]
    NoWebhook(SubscriberName),
    #[error("the subscriber has two secrets already, enough to rotate; withdraw one first")]
    TooManySubscriberSecrets,
    #[error("there is no secret {0} that counts for this subscriber")]
    NoSuchSubscriberSecret(SecretId),
    #[error(
        "what is sent is signed with the subscriber's only secret; rotate it first, or disable the subscriber"
    )]
    LastSecret,
    #[error(
        "the subscriber {0} reads over HTTP, and begins where its request says: `after` a cursor, or without one at \
         its acknowledged place"
    )]
    ReadsByItself(SubscriberName),
    #[error("the subscriber is disabled; enable {0} first")]
    SubscriberDisabled(SubscriberName),
    #[error("there is no replay {0} of this subscriber, or it was long ago")]
    NoSuchReplay(ReplayId),
    #[error("the replay {0} is under way; wait until it is at its end, or cancel it")]
    ReplayUnderWay(ReplayId),
    #[error("a secret for the door {0} is kept otherwise")]
    SecretOfOtherDoor(&'static str),
    #[error("a subscriber with the door {0} needs a secret")]
    SecretMissing(&'static str),
    #[error(
        "the subscriber {0} reads with an API token of the tenant and has no secret of its own; issue a token"
    )]
    NoSecret(SubscriberName),
}

/// What is wrong with the declaration of an extension.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum BadExtension {
    #[error(
        "{0:?} is no URN by which a path can name an extension; take one such as urn:example:badges:2.0:User"
    )]
    Urn(String),
    #[error(
        "{0:?} is the standard's to define; take a URN of your own, such as urn:ietf:params:scim:schemas:extension:NAME:2.0:User"
    )]
    Standard(String),
    #[error("the extension has {count} attributes; give it 1 to {max}")]
    Attributes { count: usize, max: usize },
    #[error(
        "{0:?} is no name of an attribute: begin with a letter, and go on with a-z, 0-9, - and _"
    )]
    Name(String),
    #[error("the attribute {0:?} is there twice; send it once")]
    Twice(String),
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum BadText {
    #[error("is blank; say something")]
    Blank,
    #[error("is longer than {max} bytes; shorten it")]
    TooLong { max: usize },
    #[error("has a NUL character (U+0000) in it; leave it out")]
    Nul,
    #[error(
        "has U+{:04X} in it, which shows nothing and makes a text seem to say something else; leave it out",
        u32::from(*.0)
    )]
    Hidden(char),
}
