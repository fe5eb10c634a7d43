//! `rollcall leaver-policy`: what becomes of leavers' bookings by itself.

use clap::{ArgGroup, Args, Subcommand};
use events::EmployeeId;
use serde_json::{Value, json};

use super::integration::TenantTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum LeaverPolicyVerb {
    /// List a tenant's policies, by resource type; bookings of other types are kept
    List(TenantTarget),
    /// Set the policy for a resource type
    Set(Set),
    /// Remove the policy for a resource type: its bookings are kept, and wait for somebody to decide
    Remove(Remove),
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["cancel_after", "hand_over"])))]
pub(crate) struct Set {
    /// The resource type, just as booking systems name it
    #[arg(value_name = "TYPE")]
    resource_type: String,
    /// Cancel them so many days after the departure; with 0, at once
    #[arg(long, value_name = "DAYS")]
    cancel_after: Option<u32>,
    /// Hand those that begin after the departure over to this colleague, by employee id, while they are Active
    #[arg(long, value_name = "ID")]
    hand_over: Option<EmployeeId>,
    #[command(flatten)]
    of: TenantTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The resource type
    #[arg(value_name = "TYPE")]
    resource_type: String,
    #[command(flatten)]
    of: TenantTarget,
}

impl Set {
    fn policy(&self) -> Value {
        match (self.cancel_after, self.hand_over) {
            (Some(days), _) => json!({ "kind": "cancel-after", "days": days }),
            (None, to) => json!({ "kind": "hand-over", "to": to }),
        }
    }
}

pub(crate) async fn run(verb: LeaverPolicyVerb) -> anyhow::Result<ExitStatus> {
    let of = match verb {
        LeaverPolicyVerb::List(of) => of,
        LeaverPolicyVerb::Set(set) => {
            let operator = set.of.target.operator()?;
            operator.set_leaver_policy(&set.of.tenant, &set.resource_type, set.policy()).await?;
            set.of
        }
        LeaverPolicyVerb::Remove(Remove { resource_type, of }) => {
            let keep = json!({ "kind": "keep" });
            of.target.operator()?.set_leaver_policy(&of.tenant, &resource_type, keep).await?;
            of
        }
    };
    let policies = of.target.operator()?.leaver_policies(&of.tenant).await?;
    if of.target.json {
        output::json_of("leaver-policies", &json!(policies));
    } else {
        let rows: Vec<_> = policies.iter().map(row).collect();
        output::table(&["TYPE", "WHAT", "SET BY"], &rows);
    }
    Ok(ExitStatus::Success)
}

fn row(policy: &Value) -> Vec<String> {
    let text = |name: &str| policy[name].as_str().unwrap_or_default().to_owned();
    let what = match policy["days"].as_u64() {
        Some(days) => format!("cancel {days} days after the departure"),
        None => format!("hand over to {}", text("to")),
    };
    vec![text("resource_type"), what, text("actor")]
}
