//! What a simulation is told.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;

use crate::dialect::Dialect;
use crate::directory::{BadDirectory, Directory, generate};
use crate::mapping::{Mapping, Matching};
use crate::secret::Secret;

/// Everything that a simulated Entra needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server.
    pub target: Target,
    /// The customer's directory.
    pub directory: Source,
    /// Which attributes are sent.
    pub mapping: Mapping,
    /// By what people are looked up; empty takes the mapping's own choice.
    pub matching: Vec<Matching>,
    /// How PATCH requests are written.
    pub dialect: Dialect,
    /// Incremental cycles after the initial one; life goes on for ten days before each.
    pub cycles: u32,
    /// From what the events between the cycles, and the losses on the wire, are drawn.
    pub seed: u64,
    /// How many people are provisioned at the same time, and members of one group.
    pub in_flight: usize,
    /// The share of requests, 0 to 1, whose answer is lost, so that they are said again.
    pub lost_answers: f64,
    /// How long an ill or unreachable server is asked again.
    pub retry_timeout: Duration,
    /// Bookings to make after the initial cycle.
    pub bookings: Option<Bookings>,
    /// Whether everything is read back and compared in the end.
    pub compare: bool,
    /// Whom to trust where a URL is `https`; without it, nobody.
    pub trust: Option<Arc<ClientConfig>>,
}

/// Where the server is, and what lets the simulator in.
#[derive(Clone, Debug)]
pub struct Target {
    /// The base URL of SCIM.
    pub scim_base_url: String,
    /// What lets the simulator in.
    pub auth: Auth,
    /// The read API; without it only SCIM is compared.
    pub api: Option<ApiTarget>,
}

/// The read API, with a token that may read employees and teams.
#[derive(Clone, Debug)]
pub struct ApiTarget {
    /// The base URL of the API.
    pub base_url: String,
    /// An API token.
    pub token: Secret,
}

/// How Entra proves who it is.
#[derive(Clone, Debug)]
pub enum Auth {
    /// The long-lived token that an administrator pasted in.
    SecretToken(Secret),
    /// OAuth 2.0 client credentials (RFC 6749 §4.4), sent in the header as Entra does.
    ClientCredentials {
        /// Where tokens are asked for.
        token_url: String,
        /// The client's id.
        client_id: String,
        /// The client's secret.
        client_secret: Secret,
    },
}

/// Where the customer's directory comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A directory that is made up.
    Generated {
        /// How many people.
        people: usize,
        /// How many groups.
        groups: usize,
        /// What it is drawn from.
        seed: u64,
    },
    /// A `.json` or `.csv` file.
    File(PathBuf),
    /// One that the caller has at hand.
    Given(Directory),
}

/// What the fake booking system does.
#[derive(Clone, Debug)]
pub struct Bookings {
    /// The API base URL, with a token whose scope allows bookings.
    pub api: ApiTarget,
    /// How many bookings each person gets.
    pub per_person: usize,
}

impl Options {
    /// The usual simulation: 500 people, 25 groups, six cycles after the first, nothing lost.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            directory: Source::default(),
            mapping: Mapping::Workplace,
            matching: Vec::new(),
            dialect: Dialect::Default,
            cycles: 6,
            seed: 1,
            in_flight: 5,
            lost_answers: 0.0,
            retry_timeout: crate::RETRY_TIMEOUT,
            bookings: None,
            compare: true,
            trust: None,
        }
    }

    pub(crate) fn matching(&self) -> Vec<Matching> {
        if self.matching.is_empty() { self.mapping.matching() } else { self.matching.clone() }
    }
}

impl Default for Source {
    fn default() -> Self {
        Self::Generated { people: 500, groups: 25, seed: 1 }
    }
}

impl Source {
    /// The directory itself.
    pub fn load(&self) -> Result<Directory, BadDirectory> {
        match self {
            Self::Generated { people, groups, seed } => Ok(generate(*people, *groups, *seed)),
            Self::File(path) => Directory::read(path),
            Self::Given(directory) => Ok(directory.clone()),
        }
    }
}
