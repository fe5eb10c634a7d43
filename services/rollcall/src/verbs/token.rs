//! `rollcall token`: API tokens.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use events::{BookingSource, Scope};

use super::integration::{Revoke, TenantTarget, revoked, show};
use crate::exit::ExitStatus;
use crate::option_precedence::UsageError;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Issue an API token
    Issue(Issue),
    /// Revoke an API token
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(crate) struct Issue {
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', help = scope_help())]
    scopes: Vec<String>,
    /// The one booking system that the token is for: with the scopes of bookings it writes and reads those of this source alone
    ///
    /// Each source has references of its own: a name of a-z, 0-9 and -. Without it, a token writes
    /// bookings of the source `default`, and reads those of all.
    #[arg(long, value_name = "NAME")]
    source: Option<BookingSource>,
    /// What to call it
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    of: TenantTarget,
}

/// The help of `--scope`, with every scope that there is.
fn scope_help() -> String {
    let [others @ .., last] = &Scope::ALL.map(|scope| scope.to_string());
    format!(
        "What it may do: {} or {last}; several with commas between, or said several times. `all` is \
         all that there are today",
        others.join(", ")
    )
}

pub(crate) async fn run(verb: TokenVerb) -> anyhow::Result<ExitStatus> {
    match verb {
        TokenVerb::Issue(Issue { scopes, source, label, of }) => {
            let scopes = chosen(&scopes)?;
            let operator = of.target.operator()?;
            let issued = operator
                .issue_token(&of.tenant, &scopes, source.as_ref(), label.as_deref())
                .await?;
            show(&of.target, "token-issued", &issued);
        }
        TokenVerb::Revoke(revoke) => revoked(revoke).await?,
    }
    Ok(ExitStatus::Success)
}

/// The scopes that are asked for. None is never all: whoever wants a token that may do everything
/// says so.
fn chosen(asked: &[String]) -> Result<BTreeSet<Scope>, UsageError> {
    let known = || Scope::ALL.map(|scope| scope.to_string()).join(", ");
    if asked.is_empty() {
        return Err(UsageError(format!(
            "say what the token may do: --scope with one or more of {}, with commas between, or \
             --scope all",
            known()
        )));
    }
    let mut scopes = BTreeSet::new();
    for name in asked {
        let is_meant = |scope: &Scope| scope.as_str() == name.trim();
        match Scope::ALL.into_iter().find(is_meant) {
            Some(scope) => scopes.extend([scope]),
            None if name.trim() == "all" => scopes.extend(Scope::ALL),
            None => {
                return Err(UsageError(format!(
                    "--scope: there is no scope {name:?}; there are {}, and all",
                    known()
                )));
            }
        }
    }
    Ok(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(names: &[&str]) -> Result<BTreeSet<Scope>, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        chosen(&names).map_err(|usage| usage.to_string())
    }

    #[test]
    fn a_token_without_scopes_is_not_one_with_all_of_them() {
        let said = asked(&[]).unwrap_err();
        assert!(Scope::ALL.iter().all(|scope| said.contains(&scope.to_string())), "{said}");
        assert!(said.contains("--scope all"), "{said}");
        assert_eq!(asked(&["all"]).unwrap(), BTreeSet::from(Scope::ALL));
    }

    #[test]
    fn the_help_lists_every_scope() {
        let help = Issue::augment_args(clap::Command::new("issue")).render_long_help().to_string();
        let words: Vec<&str> = help.split([' ', ',', ';', '\n']).collect();
        for scope in Scope::ALL {
            assert!(words.contains(&scope.as_str()), "{scope} is not in {help}");
        }
    }

    #[test]
    fn an_unknown_scope_is_named_with_those_that_there_are() {
        assert_eq!(asked(&["teams:read", "teams:read"]).unwrap().len(), 1);
        let said = asked(&["teams:rule"]).unwrap_err();
        assert!(said.contains("teams:rule") && said.contains("teams:write"), "{said}");
    }
}
