//! `rollcall bookings`: what leavers left behind, cancelled in one go.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use events::{BookingId, EmployeeId};
use serde_json::Value;

use super::integration::TenantTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum BookingsVerb {
    /// Cancel bookings of people who have left: those that are named, or all to come of one person
    ///
    /// Each is decided by itself, 1,000 at a time. Exit code 3 if one was refused, or some are left.
    Cancel(Cancel),
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// All bookings of this person that have not ended, by employee id
    #[arg(
        long,
        value_name = "ID",
        conflicts_with = "bookings",
        required_unless_present = "bookings"
    )]
    employee: Option<EmployeeId>,
    /// A booking, by Rollcall's id; several with commas between, or said several times
    #[arg(long = "booking", value_name = "ID", value_delimiter = ',')]
    bookings: Vec<BookingId>,
    /// Why; kept with each
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    of: TenantTarget,
}

pub(crate) async fn run(verb: BookingsVerb) -> anyhow::Result<ExitStatus> {
    let BookingsVerb::Cancel(Cancel { employee, bookings, reason, of }) = verb;
    let operator = of.target.operator()?;
    let done = operator.cancel_bookings(&of.tenant, employee, &bookings, &reason).await?;
    let results = done["results"].as_array().context("understand what was cancelled")?;
    if of.target.json {
        output::json_of("bookings-cancelled", &done);
    } else {
        let rows: Vec<_> = results.iter().map(row).collect();
        output::table(&["BOOKING", "SOURCE", "REFERENCE", "STATUS", "WHY"], &rows);
    }
    let remaining = done["remaining"].as_u64().unwrap_or_default();
    if remaining > 0 {
        output::note(format_args!("{remaining} bookings are left: say it again"));
    }
    let refused = results.iter().any(|result| result["status"] == "refused");
    Ok(if refused || remaining > 0 { ExitStatus::NeedsAttention } else { ExitStatus::Success })
}

fn row(result: &Value) -> Vec<String> {
    let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
    ["booking_id", "source", "reference", "status", "detail"].map(text).to_vec()
}
