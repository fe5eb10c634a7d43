//! Which options count when the command line and the environment contradict each other.
//!
//! An explicit option beats the environment, also where they are different options: `--data-dir`
//! names a running `up` although `ROLLCALL_URL` names another gateway. An empty variable is unset.

use std::ops::{Deref, DerefMut};

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

/// The same command, for which an empty environment variable is unset.
pub(crate) fn ignore_empty_variables(command: Command) -> Command {
    let says_nothing =
        |arg: &Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    command
        .mut_args(|arg| if says_nothing(&arg) { arg.env(Resettable::Reset) } else { arg })
        .mut_subcommands(ignore_empty_variables)
}

/// A mistake in how the program was called: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub(crate) String);

/// Where the values of options came from. Options are named by the ids that clap gives them, which
/// are the names of their fields.
#[derive(Debug)]
pub(crate) struct Sources<'m>(&'m ArgMatches);

impl Sources<'_> {
    /// Whether the option is on the command line.
    pub(crate) fn is_explicit(&self, id: &str) -> bool {
        self.0.value_source(id) == Some(ValueSource::CommandLine)
    }

    /// Whether the option's value comes from the environment.
    pub(crate) fn is_from_environment(&self, id: &str) -> bool {
        self.0.value_source(id) == Some(ValueSource::EnvVariable)
    }

    /// Refuses two options that contradict each other if both are on the command line.
    pub(crate) fn exclusive(&self, one: &str, other: &str) -> Result<(), Error> {
        if self.is_explicit(one) && self.is_explicit(other) {
            let [one, other] = [one, other].map(|id| id.replace('_', "-"));
            let both = format!("--{one} and --{other} contradict each other; leave one out\n");
            return Err(Error::raw(ErrorKind::ArgumentConflict, both));
        }
        Ok(())
    }

    /// Drops the value that `other` has from the environment if `one` is on the command line. Both
    /// on the command line are refused.
    pub(crate) fn beats<T>(
        &self,
        one: &str,
        other: &str,
        value_of_other: &mut Option<T>,
    ) -> Result<(), Error> {
        self.exclusive(one, other)?;
        if self.is_explicit(one) {
            *value_of_other = None;
        }
        Ok(())
    }
}

/// Options of which some beat others.
pub(crate) trait Precedence: Args {
    /// Drops the values that come from the environment and are contradicted by the command line.
    fn apply_precedence(&mut self, sources: &Sources<'_>) -> Result<(), Error>;
}

/// Options after [`Precedence::apply_precedence`]: those that were beaten have no value.
#[derive(Clone, Debug)]
pub(crate) struct Resolved<T>(T);

impl<T> Deref for Resolved<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Resolved<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> Resolved<T> {
    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Precedence> FromArgMatches for Resolved<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut said = T::from_arg_matches(matches)?;
        said.apply_precedence(&Sources(matches))?;
        Ok(Self(said))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<T: Precedence> Args for Resolved<T> {
    fn augment_args(command: Command) -> Command {
        T::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        T::augment_args_for_update(command)
    }
}
