//! What has happened at two tenants, for the tests to ask about.

use events::{
    AlertCause, AlertId, AlertPeople, BookedPlace, BookingId, BookingSource, CancelledBooking,
    Canceller, ChangedMembers, CreatedGroup, CreatedTenant, CredentialId, DecidedAlert, Digest,
    EditedTeam, EmployeeId, Event, GroupProfile, GroupState, Guard, IssuedCredential, MemberRef,
    OwnTeam, Profile, Purpose, RaisedAlert, RecordedBooking, ResourceId, RevokedCredential, Scope,
    Standing, TeamId, Tenant, TenantId, UserState,
};
use jiff::Timestamp;
use uuid::Uuid;

pub(super) const ACME: &str = "acme";
pub(super) const GLOBEX: &str = "globex";

pub(super) const ADA: EmployeeId = EmployeeId(Uuid::from_u128(0xA1));
/// Former, with bookings left behind.
pub(super) const ZOE: EmployeeId = EmployeeId(Uuid::from_u128(0xA2));
/// Former, with nothing left behind.
pub(super) const YAN: EmployeeId = EmployeeId(Uuid::from_u128(0xA3));
/// Somebody of the other tenant, with the same user name as Ada.
pub(super) const GLOBEX_ADA: EmployeeId = EmployeeId(Uuid::from_u128(0xB1));

pub(super) const CORE: TeamId = TeamId(Uuid::from_u128(0xC1));
pub(super) const DESIGN: TeamId = TeamId(Uuid::from_u128(0xC2));
/// The administrators' own team.
pub(super) const WARDENS: TeamId = TeamId(Uuid::from_u128(0xC3));
pub(super) const GLOBEX_CORE: TeamId = TeamId(Uuid::from_u128(0xD1));

/// Released: Zoë and Yan left.
pub(super) const ALERT: AlertId = AlertId(Uuid::from_u128(0xA1E7));
/// Open: a group was emptied.
pub(super) const OPEN_ALERT: AlertId = AlertId(Uuid::from_u128(0xA1E8));

/// How many people besides the named ones work at Acme, so that lists take several pages.
pub(super) const CROWD: usize = 7;

/// The token that holds exactly `scope`.
pub(super) fn token_for(scope: Scope) -> String {
    format!("rca_{scope}")
}

/// Acme's token that may read everything.
pub(super) const READER: &str = "rca_reader";
pub(super) const GLOBEX_READER: &str = "rca_globex";
pub(super) const REVOKED: &str = "rca_revoked";
/// Acme's token for the bookings of rooms.
pub(super) const ROOMS: &str = "rca_rooms";

/// The time at which the tests ask.
pub(super) fn noon() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

/// Everything that happened, in order.
pub(super) fn history() -> Vec<(Tenant, Event)> {
    let at = |slug: &str, events: Vec<Event>| {
        let tenant: Tenant = slug.parse().unwrap();
        events.into_iter().map(move |event| (tenant.clone(), event)).collect::<Vec<_>>()
    };
    [at(ACME, acme()), at(GLOBEX, globex())].concat()
}

fn acme() -> Vec<Event> {
    let everything = [
        Scope::EmployeesRead,
        Scope::TeamsRead,
        Scope::LeaversRead,
        Scope::AlertsRead,
        Scope::BookingsRead,
    ];
    let mut events = vec![
        Event::TenantCreated(CreatedTenant {
            tenant_id: TenantId(Uuid::from_u128(1)),
            slug: ACME.parse().unwrap(),
        }),
        issued(0x10, READER, &everything),
        issued(0x11, REVOKED, &everything),
        issued_for(0x12, ROOMS, &[Scope::BookingsRead], Some("rooms")),
        Event::CredentialRevoked(RevokedCredential {
            credential_id: CredentialId(Uuid::from_u128(0x11)),
        }),
    ];
    for (number, scope) in (0x20..).zip(Scope::ALL) {
        events.push(issued(number, &token_for(scope), &[scope]));
    }
    events.extend([
        joined(ADA, "ada@acme.example", "Ada Lovelace"),
        joined(ZOE, "zoe@acme.example", "Zoë Ångström"),
        joined(YAN, "yan", "Yan 100%"),
    ]);
    for number in 0..CROWD {
        let employee = EmployeeId(Uuid::from_u128(0xAA00 + number as u128));
        events.push(joined(employee, &format!("p{number}@acme.example"), "Same Name"));
    }
    events.extend([
        formed(CORE, "Core"),
        formed(DESIGN, "Design"),
        Event::TeamCreated(OwnTeam { team_id: WARDENS, name: "Fire wardens".into() }),
        added(CORE, &[ADA, ZOE, YAN]),
        added(DESIGN, &[ADA]),
        Event::UserTeamAssigned(EditedTeam { employee_id: ADA, team_id: WARDENS }),
        booked(0xE1, ZOE, "2026-05-02"),
        booked(0xE2, ZOE, "2026-07-01"),
        booked(0xE3, ZOE, "2026-07-02"),
        of_rooms(0xE4, "bk-226", ADA, "2026-07-03"),
        left(ZOE, "zoe@acme.example", "Zoë Ångström"),
        left(YAN, "yan", "Yan 100%"),
        Event::BookingCancelled(CancelledBooking {
            booking_id: BookingId(Uuid::from_u128(0xE3)),
            source: BookingSource::default(),
            reference: "bk-227".into(),
            employee_id: ZOE,
            by: Canceller::Administrator,
            reason: Some("left us".into()),
            planned_by: None,
        }),
        raised(ALERT, AlertCause::Deactivations { deactivations: 2, active_before: 10 }),
        Event::AlertPeopleAdded(AlertPeople { alert_id: ALERT, people: vec![ZOE, YAN] }),
        Event::AlertReleased(DecidedAlert { alert_id: ALERT, reason: Some("a merger".into()) }),
        raised(OPEN_ALERT, AlertCause::GroupEmptied { team_id: DESIGN, deleted: false }),
    ]);
    events
}

fn globex() -> Vec<Event> {
    let everything = [
        Scope::EmployeesRead,
        Scope::TeamsRead,
        Scope::LeaversRead,
        Scope::AlertsRead,
        Scope::BookingsRead,
    ];
    vec![
        Event::TenantCreated(CreatedTenant {
            tenant_id: TenantId(Uuid::from_u128(2)),
            slug: GLOBEX.parse().unwrap(),
        }),
        issued(0x30, GLOBEX_READER, &everything),
        joined(GLOBEX_ADA, "ada@acme.example", "Ada Lovelace"),
        formed(GLOBEX_CORE, "Core"),
        added(GLOBEX_CORE, &[GLOBEX_ADA]),
        booked(0xF1, GLOBEX_ADA, "2026-07-01"),
        left(GLOBEX_ADA, "ada@acme.example", "Ada Lovelace"),
    ]
}

fn issued(number: u128, token: &str, scopes: &[Scope]) -> Event {
    issued_for(number, token, scopes, None)
}

fn issued_for(number: u128, token: &str, scopes: &[Scope], source: Option<&str>) -> Event {
    Event::CredentialIssued(IssuedCredential {
        credential_id: CredentialId(Uuid::from_u128(number)),
        purpose: Purpose::ApiToken {
            scopes: scopes.iter().copied().collect(),
            source: source.map(|name| name.parse().unwrap()),
        },
        secret_digest: Digest::of(token.as_bytes()),
        label: None,
        expires_at: None,
    })
}

fn raised(alert_id: AlertId, cause: AlertCause) -> Event {
    Event::AlertRaised(RaisedAlert { alert_id, cause, held: false, guard: Guard::default() })
}

fn joined(employee: EmployeeId, user_name: &str, display_name: &str) -> Event {
    Event::UserCreated(user(employee, Standing::Active, user_name, display_name))
}

fn left(employee: EmployeeId, user_name: &str, display_name: &str) -> Event {
    Event::UserDeactivated(user(employee, Standing::Former, user_name, display_name).into())
}

fn user(
    employee: EmployeeId,
    standing: Standing,
    user_name: &str,
    display_name: &str,
) -> UserState {
    let profile = serde_json::json!({
        "userName": user_name,
        "externalId": format!("x-{user_name}"),
        "displayName": display_name,
        "name": { "givenName": "G", "familyName": "F" },
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "R&D" },
    });
    let profile: Profile = serde_json::from_value(profile).unwrap();
    let resource_id = ResourceId(employee.0);
    UserState { employee_id: employee, resource_id, standing, profile, changed: vec![] }
}

fn formed(team: TeamId, name: &str) -> Event {
    let profile: GroupProfile =
        serde_json::from_value(serde_json::json!({ "displayName": name })).unwrap();
    let state = GroupState { team_id: team, profile, changed: vec![] };
    Event::GroupCreated(CreatedGroup { state, members: vec![] })
}

fn added(team: TeamId, employees: &[EmployeeId]) -> Event {
    let member = |employee: &EmployeeId| MemberRef {
        value: employee.to_string(),
        employee_id: Some(*employee),
    };
    Event::GroupMembersAdded(ChangedMembers {
        team_id: team,
        members: employees.iter().map(member).collect(),
    })
}

/// A booking of the booking system for rooms.
fn of_rooms(number: u128, reference: &str, employee: EmployeeId, day: &str) -> Event {
    match booked(number, employee, day) {
        Event::BookingRecorded(body) => Event::BookingRecorded(RecordedBooking {
            source: "rooms".parse().unwrap(),
            reference: reference.to_owned(),
            ..body
        }),
        other => other,
    }
}

fn booked(number: u128, employee: EmployeeId, day: &str) -> Event {
    Event::BookingRecorded(RecordedBooking {
        booking_id: BookingId(Uuid::from_u128(number)),
        source: BookingSource::default(),
        reference: format!("bk-{number}"),
        employee_id: employee,
        booked_for: None,
        place: BookedPlace {
            resource: "Desk 4".into(),
            resource_type: String::new(),
            title: None,
            starts_at: format!("{day}T08:00:00Z").parse().unwrap(),
            ends_at: format!("{day}T17:00:00Z").parse().unwrap(),
        },
    })
}
