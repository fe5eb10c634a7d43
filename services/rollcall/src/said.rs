//! What the command line and the environment say, and which of them counts.
//!
//! What is said on the command line beats what the environment says, also where they are different
//! options: `--data-dir` names a running `up` although `ROLLCALL_URL` names another gateway. An empty
//! variable says nothing.

use std::ops::{Deref, DerefMut};

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

/// The command, to which an empty variable is as good as none.
pub(crate) fn without_empty_variables(command: Command) -> Command {
    let says_nothing =
        |arg: &Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    command
        .mut_args(|arg| if says_nothing(&arg) { arg.env(Resettable::Reset) } else { arg })
        .mut_subcommands(without_empty_variables)
}

/// A mistake in how the program was called: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Where values came from.
#[derive(Debug)]
pub(crate) struct Sources<'m>(&'m ArgMatches);

impl Sources<'_> {
    /// Whether the command line says this.
    pub(crate) fn is_explicit(&self, id: &str) -> bool {
        self.0.value_source(id) == Some(ValueSource::CommandLine)
    }

    /// Whether the environment says this.
    pub(crate) fn is_ambient(&self, id: &str) -> bool {
        self.0.value_source(id) == Some(ValueSource::EnvVariable)
    }

    /// Refuses two options that contradict each other if the command line has both.
    pub(crate) fn one_of(&self, one: &str, other: &str) -> Result<(), Error> {
        if self.is_explicit(one) && self.is_explicit(other) {
            let [one, other] = [one, other].map(|id| id.replace('_', "-"));
            let both = format!("--{one} and --{other} contradict each other; leave one out\n");
            return Err(Error::raw(ErrorKind::ArgumentConflict, both));
        }
        Ok(())
    }

    /// Forgets what the environment says of one option if the command line has the other; refuses both
    /// on the command line.
    pub(crate) fn first<T>(
        &self,
        one: &str,
        other: &str,
        value_of_other: &mut Option<T>,
    ) -> Result<(), Error> {
        self.one_of(one, other)?;
        if self.is_explicit(one) {
            *value_of_other = None;
        }
        Ok(())
    }
}

/// Options of which some beat others.
pub(crate) trait Ranked: Args {
    /// What of these values counts: those that the environment says and the command line
    /// contradicts are forgotten. Ids are the names of the fields.
    fn rank(&mut self, sources: &Sources<'_>) -> Result<(), Error>;
}

/// Options, with what is beaten taken out.
#[derive(Clone, Debug)]
pub(crate) struct Said<T>(T);

impl<T> Deref for Said<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Said<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> Said<T> {
    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Ranked> FromArgMatches for Said<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut said = T::from_arg_matches(matches)?;
        said.rank(&Sources(matches))?;
        Ok(Self(said))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<T: Ranked> Args for Said<T> {
    fn augment_args(command: Command) -> Command {
        T::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        T::augment_args_for_update(command)
    }
}
