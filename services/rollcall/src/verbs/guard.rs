//! `rollcall guard`: from when on so many changes are too many.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::integration::TenantTarget;
use crate::exit::ExitStatus;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum GuardVerb {
    /// Show how a tenant's mass-change guard is set
    Show(TenantTarget),
    /// Set it; what is left out stays as it is
    Set(Set),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).multiple(true).args(["alerts", "hold", "deactivations", "percent", "window"])))]
pub(crate) struct Set {
    /// Whether anybody looks at all
    #[arg(long)]
    alerts: Option<Switch>,
    /// Whether the people of an alert stay Active until somebody has decided
    #[arg(long)]
    hold: Option<Switch>,
    /// So many must have left within the window, at least 2
    #[arg(long, value_name = "N")]
    deactivations: Option<u32>,
    /// And more than this part of all who were Active, in per cent
    #[arg(long, value_name = "P")]
    percent: Option<u32>,
    /// The window, in minutes
    #[arg(long, value_name = "MIN")]
    window: Option<u32>,
    #[command(flatten)]
    of: TenantTarget,
}

impl Set {
    fn body(&self) -> Value {
        let is_on = |switch: Option<Switch>| switch.map(|switch| switch == Switch::On);
        json!({
            "on": is_on(self.alerts),
            "hold": is_on(self.hold),
            "deactivations": self.deactivations,
            "percent": self.percent,
            "window_minutes": self.window,
        })
    }
}

pub(crate) async fn run(verb: GuardVerb) -> anyhow::Result<ExitStatus> {
    let (of, guard) = match verb {
        GuardVerb::Show(of) => {
            let guard = of.target.operator()?.guard(&of.tenant).await?;
            (of, guard)
        }
        GuardVerb::Set(set) => {
            let guard = set.of.target.operator()?.set_guard(&set.of.tenant, set.body()).await?;
            (set.of, guard)
        }
    };
    if of.target.json {
        output::json_of("guard", &guard);
    } else {
        for (name, value) in guard.as_object().into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            output::line(format_args!("{name:<15} {value}"));
        }
    }
    Ok(ExitStatus::Success)
}
