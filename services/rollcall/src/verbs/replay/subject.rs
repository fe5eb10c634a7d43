//! What a verb of replays is about: a job, or a projection.

/// Where a job is asked about, or a projection: a job's id begins with `r_`, its plan's with `pl_`.
pub(super) fn of_path(of: &str) -> [&str; 2] {
    [if is_job(of) { "replay" } else { "projections" }, of]
}

pub(super) fn is_job(of: &str) -> bool {
    ["r_", "pl_"].iter().any(|prefix| of.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_projection_is_told_from_a_job_and_its_plan() {
        assert_eq!(of_path("r_7f3c12ab90"), ["replay", "r_7f3c12ab90"]);
        assert_eq!(of_path("pl_7f3c12ab90"), ["replay", "pl_7f3c12ab90"]);
        assert_eq!(of_path("retention"), ["projections", "retention"]);
    }
}
