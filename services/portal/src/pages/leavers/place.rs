//! What the pages of the section share: what they need, where they are, what the JSON API tells them, and what
//! people are called.

use std::sync::Arc;

use events::{BookingId, EmployeeId, EventId, Scope, Standing, Tenant};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::{HandedOver as HandedOverBy, Person, Roster, TenantRoster};
use serde::Deserialize;
use web::Permission;

use crate::names;
use crate::parts::actor::by;
use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::section::Section;
use crate::parts::text::{NAME, short};
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::Needs;
use crate::signed::Signed;

/// What whoever looks needs.
pub(super) const NEEDS: Needs = Needs::Permission(Permission::Api(Scope::LeaversRead));

/// What whoever decides needs.
pub(super) const DECIDES: Permission = Permission::Api(Scope::LeaversCancel);

/// For how long what was cancelled can be taken back.
pub(super) const UNDO_SECONDS: u32 = 60;

/// People are suggested in tenants that have so many at most.
const SUGGESTED: usize = 150;
/// And whose names are so long at most, all together: several lists may be on a page.
const SUGGESTED_BYTES: usize = 20_000;

/// A page of leavers.
#[derive(Debug, Deserialize)]
pub(super) struct Leavers {
    pub(super) leavers: Vec<Leaver>,
    pub(super) next: Option<String>,
}

/// Somebody who has left.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Leaver {
    pub(super) employee_id: EmployeeId,
    pub(super) user_name: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) left_at: Timestamp,
    pub(super) bookings: Counts,
    pub(super) next_at: Option<Timestamp>,
    pub(super) lists: Option<Kept>,
}

impl Leaver {
    /// What they are called, as far as it is shown.
    pub(super) fn name(&self) -> String {
        let name = self.display_name.as_ref().or(self.user_name.as_ref());
        name.map_or_else(|| self.employee_id.to_string(), |name| short(name, NAME))
    }
}

/// How many bookings are in each list.
#[derive(Debug, Deserialize)]
pub(super) struct Counts {
    pub(super) past: u64,
    pub(super) cancelled: u64,
    pub(super) planned: u64,
    pub(super) kept: u64,
    pub(super) undecided: u64,
}

/// A leaver's bookings.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kept {
    pub(super) past: Vec<Booking>,
    pub(super) upcoming: Vec<Booking>,
    pub(super) cancelled: Vec<Booking>,
    pub(super) handed_over: Vec<HandedOver>,
}

/// A booking that is a colleague's by now.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HandedOver {
    #[serde(flatten)]
    pub(super) booking: Booking,
    pub(super) employee_id: EmployeeId,
}

/// A booking.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Booking {
    pub(super) id: BookingId,
    pub(super) version: EventId,
    pub(super) source: String,
    pub(super) reference: String,
    pub(super) resource: String,
    pub(super) resource_type: String,
    pub(super) title: Option<String>,
    pub(super) starts_at: Timestamp,
    pub(super) ends_at: Timestamp,
    pub(super) cancelled: Option<Cancelled>,
    pub(super) planned_cancellation: Option<Planned>,
    pub(super) kept: Option<KeptBy>,
    pub(super) reopened: Option<ReopenedBy>,
    pub(super) hand_over_to: Option<EmployeeId>,
}

impl Kept {
    /// Those to come of which something is so.
    pub(super) fn to_come(&self, is_so: fn(&Booking) -> bool) -> impl Iterator<Item = &Booking> {
        self.upcoming.iter().filter(move |one| is_so(one))
    }
}

impl AsRef<Self> for Booking {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl AsRef<Booking> for HandedOver {
    fn as_ref(&self) -> &Booking {
        &self.booking
    }
}

impl Booking {
    /// Whether it waits for somebody to decide.
    pub(super) fn waits(&self) -> bool {
        self.planned_cancellation.is_none() && self.kept.is_none()
    }
}

/// How one was cancelled.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cancelled {
    pub(super) at: Timestamp,
    pub(super) by: String,
    pub(super) actor: String,
    pub(super) reason: Option<String>,
    pub(super) closed_at: Option<Timestamp>,
}

/// How one will be cancelled by itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Planned {
    pub(super) due: Timestamp,
    pub(super) actor: String,
    pub(super) reason: String,
    pub(super) by_policy: bool,
}

/// That one is kept.
#[derive(Debug, Deserialize)]
pub(super) struct KeptBy {
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) reason: Option<String>,
}

/// That what was decided about one was taken back.
#[derive(Debug, Deserialize)]
pub(super) struct ReopenedBy {
    pub(super) at: Timestamp,
    pub(super) actor: String,
}

/// What people and callers are called, as the roster knows them.
#[derive(Debug)]
pub(super) struct Names {
    roster: Arc<Roster>,
    tenant: Tenant,
}

impl Names {
    pub(super) async fn of(portal: &Portal, signed: &Signed) -> Result<Self, Refused> {
        let roster = names::roster(portal).await?;
        Ok(Self { roster, tenant: signed.tenant.clone() })
    }

    pub(super) fn tenant(&self) -> Option<&TenantRoster> {
        self.roster.tenant(&self.tenant)
    }

    /// Suggestions of people with this standing, by user name; none in a tenant that has many, or long names: a page
    /// is 100 kB at most.
    pub(super) fn suggestions(&self, id: &str, standing: Standing) -> Markup {
        let Some(tenant) = self.tenant() else { return html! {} };
        if tenant.people().count() > SUGGESTED {
            return html! {};
        }
        let all = tenant.people().all().filter(|one| tenant.standing(one) == standing);
        let options = html! {
            @for one in all {
                option value=(one.user_name()) { (named(tenant, one.employee)) }
            }
        };
        html! {
            @if options.0.len() <= SUGGESTED_BYTES { datalist #(id) { (options) } }
        }
    }

    /// Who handed a booking over, or set the policy by which it was, and when.
    pub(super) fn handed_over(&self, booking: BookingId) -> Option<&HandedOverBy> {
        self.tenant()?.bookings().get(booking)?.handed_over.as_deref()
    }

    /// Who did something, by the actor of its event.
    pub(super) fn actor(&self, actor: &str) -> Markup {
        by(self.tenant(), actor)
    }

    /// The user name of somebody who is known.
    pub(super) fn user_name(&self, employee: EmployeeId) -> Option<&str> {
        let person = self.tenant().and_then(|tenant| tenant.people().by_employee(employee));
        person.map(Person::user_name)
    }

    /// What a person is called, as far as it is shown.
    pub(super) fn person(&self, employee: EmployeeId) -> String {
        self.tenant().map_or_else(|| employee.to_string(), |tenant| named(tenant, employee))
    }
}

/// What a person of a tenant is called, as far as it is shown.
pub(super) fn named(tenant: &TenantRoster, employee: EmployeeId) -> String {
    let person = tenant.people().by_employee(employee);
    let name = person.map(|one| one.display_name().unwrap_or_else(|| one.user_name().to_owned()));
    name.map_or_else(|| employee.to_string(), |name| short(&name, NAME))
}

/// Where the JSON API has something of the tenant.
pub(super) fn api(signed: &Signed, what: &str) -> String {
    format!("/api/v1/{}/{what}", signed.tenant)
}

/// Where the section begins.
pub(super) fn home(signed: &Signed) -> String {
    Section::Leavers.path(&signed.tenant)
}

/// A page of the section.
pub(super) fn page(signed: &Signed, title: &str, content: Markup) -> Page {
    Page::new(layout::page(&Frame::of(signed, Section::Leavers), title, content))
}
