//! What a filter of the journal names that there is not: a slip of the pen is not answered with nothing.

use acts::{Act, By, Operators};
use eventlog::Log;
use projector::ReadModel;
use web::Problem;

use crate::caller::tenant;
use crate::ops::OpsError;
use crate::ops::known_tenant::check_known;

/// Refuses an act, or an area of acts, that this release does not know.
pub(super) fn refuse_act(act: Option<&str>) -> Result<(), Problem> {
    let Some(asked) = act else { return Ok(()) };
    let area = |act: &'static str| act.split_once('.').map_or(act, |(area, _)| area);
    if Act::NAMES.into_iter().any(|act| act == asked || area(act) == asked) {
        return Ok(());
    }
    let asked: String = asked.chars().take(64).collect();
    let known = Act::NAMES.join(", ");
    Err(Problem::malformed(format!(
        "act: there is no act {asked:?}; there are {known}, and what stands before a dot names an area"
    )))
}

/// Refuses a read model that there is not.
pub(super) fn refuse_projection(name: Option<&str>, known: &[ReadModel]) -> Result<(), OpsError> {
    match name {
        Some(name) if !known.iter().any(|model| model.name == name) => {
            Err(OpsError::no_projection(name, known))
        }
        Some(_) | None => Ok(()),
    }
}

/// Refuses an operator who never was one, and has done nothing.
pub(super) fn refuse_operator(by: &By, operators: &Operators) -> Result<(), OpsError> {
    match by {
        By::Operator(name) if operators.get(name).is_none() => Err(OpsError::not_found(format!(
            "there is no operator {name}, and never was; `rollcall operator list` shows them"
        ))),
        By::Operator(_) | By::Administrator(_, _) | By::Root | By::Program => Ok(()),
    }
}

/// Refuses a tenant that nobody made, and of which no act tells.
pub(super) async fn refuse_tenant(log: &Log, slug: &str) -> Result<(), OpsError> {
    check_known(log, &tenant(slug)?).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_known_by_its_name_or_by_its_area() {
        for known in [None, Some("replay"), Some("replay.cut-over"), Some("erasure.carried-over")] {
            assert!(refuse_act(known).is_ok(), "{known:?}");
        }
        let refused = refuse_act(Some("replay.cutover")).expect_err("there is no such act");
        assert!(refused.detail.contains("replay.cut-over"), "{}", refused.detail);
        assert!(refuse_act(Some("")).is_err());
    }
}
