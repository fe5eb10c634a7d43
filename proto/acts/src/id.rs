//! What plans and jobs are called, short enough to be typed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How many hexadecimal digits tell one from the other.
const DIGITS: usize = 10;

/// A text that cannot name a plan or a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a plan is called pl_ and its job r_, with the same 10 hexadecimal digits")]
pub struct BadId;

/// Declares the two ids, which say the same digits behind different prefixes: a plan has at most
/// one job, so whoever says one names the other.
macro_rules! short_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $other:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The id of these random bytes.
            pub fn of(random: &[u8; 32]) -> Self {
                let digits = random[..DIGITS / 2].iter().map(|byte| format!("{byte:02x}"));
                Self(digits.collect())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;

            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                let digits = text.strip_prefix("pl_").or_else(|| text.strip_prefix("r_"));
                let digits = digits.ok_or(BadId)?;
                let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                if digits.len() == DIGITS && digits.bytes().all(hexadecimal) {
                    Ok(Self(digits.to_owned()))
                } else {
                    Err(BadId)
                }
            }
        }

        impl From<&$other> for $name {
            fn from(other: &$other) -> Self {
                Self(other.0.clone())
            }
        }
    };
}

short_id! {
    /// The name of a plan: `pl_7f3c12ab90`.
    PlanId, "pl_", JobId
}
short_id! {
    /// The name of a job: `r_7f3c12ab90`, with the digits of its plan.
    JobId, "r_", PlanId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_and_its_job_have_the_same_digits_and_either_names_both() {
        let plan = PlanId::of(&[0xab; 32]);
        assert_eq!(plan.to_string(), "pl_ababababab");
        let job = JobId::from(&plan);
        assert_eq!(job.to_string(), "r_ababababab");
        assert_eq!("r_ababababab".parse(), Ok(plan.clone()));
        assert_eq!("pl_ababababab".parse(), Ok(job));
        for bad in ["", "pl_", "pl_abababab", "pl_ABABABABAB", "ababababab", "pl_ababababag"] {
            assert_eq!(bad.parse::<PlanId>(), Err(BadId), "{bad:?}");
        }
    }
}
