//! The verbs of the program: services, and what operators ask of them.
//!
//! Operators' verbs find a running `up` by its data directory, or are told where things are by URLs:
//! see [`cli_target`].

pub(crate) mod admin;
pub(crate) mod alerts;
pub(crate) mod backup;
pub(crate) mod bookings;
pub(crate) mod cli_target;
pub(crate) mod consumer;
pub(crate) mod doctor;
pub(crate) mod erase;
pub(crate) mod events;
pub(crate) mod extension;
pub(crate) mod gateway;
pub(crate) mod guard;
pub(crate) mod integration;
pub(crate) mod lag;
pub(crate) mod leaver_policy;
pub(crate) mod log;
pub(crate) mod operations;
pub(crate) mod operator;
mod operator_leavers;
mod operator_subscribers;
pub(crate) mod operators;
pub(crate) mod ops;
pub(crate) mod parked;
pub(crate) mod person;
pub(crate) mod progress;
pub(crate) mod receipt;
pub(crate) mod replay;
pub(crate) mod requests;
pub(crate) mod restore;
pub(crate) mod simulate;
pub(crate) mod status;
pub(crate) mod subscriber;
mod subscriber_courses;
mod subscriber_drained;
mod subscriber_replay;
mod subscriber_shown;
mod subscriber_webhooks;
pub(crate) mod tenant;
pub(crate) mod tls_trust;
pub(crate) mod token;
pub(crate) mod trace;
pub(crate) mod verify;

use clap::Subcommand;

use self::admin::AdminVerb;
use self::alerts::AlertsVerb;
use self::backup::BackupOptions;
use self::bookings::BookingsVerb;
use self::consumer::ConsumerVerb;
use self::doctor::DoctorOptions;
use self::erase::EraseVerb;
use self::events::EventsVerb;
use self::extension::ExtensionVerb;
use self::guard::GuardVerb;
use self::integration::{IntegrationVerb, TenantTarget};
use self::lag::LagOptions;
use self::leaver_policy::LeaverPolicyVerb;
use self::log::LogVerb;
use self::operations::OperationsVerb;
use self::operators::OperatorVerb;
use self::parked::ParkedVerb;
use self::person::{AtOptions, ExplainVerb, HistoryVerb};
use self::receipt::ReceiptOptions;
use self::replay::ReplayVerb;
use self::requests::RequestsVerb;
use self::restore::RestoreOptions;
use self::simulate::SimulateVerb;
use self::status::StatusOptions;
use self::subscriber::SubscriberVerb;
use self::tenant::TenantVerb;
use self::token::TokenVerb;
use self::trace::TraceOptions;
use self::verify::VerifyOptions;
use crate::exit::ExitStatus;
use crate::roles::{
    self, ApiOptions, DeliverOptions, IngestOptions, OperateOptions, PortalOptions, ProjectOptions,
};
use crate::telemetry::LevelFilter;
use crate::up::{self, UpOptions};

/// The verbs that run services, rather than asking them.
pub(crate) const ROLES: [&str; 7] =
    ["up", "ingest", "project", "api", "operate", "deliver", "portal"];

/// The verbs, each with its options. A new one is its file, and its lines in this one.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Start everything: private servers unless you name your own, and all services
    Up(UpOptions),
    /// Run the gateway: SCIM in, events out
    Ingest(IngestOptions),
    /// Run a projection: events in, read model out
    Project(ProjectOptions),
    /// Run the read API
    Api(ApiOptions),
    /// Run the operators' API: replays, tenants and their settings
    Operate(OperateOptions),
    /// Run the delivery: tell applications what the log comes to
    Deliver(DeliverOptions),
    /// Run the portal: pages for administrators
    Portal(PortalOptions),
    /// Make and end operators' tokens
    #[command(subcommand)]
    Operator(OperatorVerb),
    /// Explain what is known about a person, and why
    #[command(subcommand)]
    Explain(ExplainVerb),
    /// Explain a person, or list a directory, as of a moment
    At(AtOptions),
    /// List what happened to a person
    #[command(subcommand)]
    History(HistoryVerb),
    /// Show which subscribers have acknowledged that a person left, and after how long
    Receipt(ReceiptOptions),
    /// Show what one request did: its events, and whether each read model has them
    Trace(TraceOptions),
    /// Show which tenants are behind in which read model, and why
    Lag(LagOptions),
    /// Show what operators did
    #[command(subcommand)]
    Operations(OperationsVerb),
    /// List and decide events that cannot be applied
    #[command(subcommand)]
    Parked(ParkedVerb),
    /// See what clients asked of SCIM, and how they were answered
    #[command(subcommand)]
    Requests(RequestsVerb),
    /// Build a read model anew beside the live one, compare, and let readers see it; undo that
    #[command(subcommand)]
    Replay(ReplayVerb),
    /// Erase people who have left, for good and everywhere
    #[command(subcommand)]
    Erase(EraseVerb),
    /// Create and list tenants
    #[command(subcommand)]
    Tenant(TenantVerb),
    /// Invite the people who sign in to a tenant's portal, and say what they may do
    #[command(subcommand)]
    Admin(AdminVerb),
    /// Activate a tenant's SCIM integration, and manage its secrets
    #[command(subcommand)]
    Integration(IntegrationVerb),
    /// Declare what a tenant adds to SCIM's schemas
    #[command(subcommand)]
    Extension(ExtensionVerb),
    /// Issue and revoke API tokens
    #[command(subcommand)]
    Token(TokenVerb),
    /// Deliver a tenant's feed to applications
    #[command(subcommand)]
    Subscriber(SubscriberVerb),
    /// Show how the applications stand to which a tenant's feed is delivered
    Subscribers(TenantTarget),
    /// Set a tenant's mass-change guard
    #[command(subcommand)]
    Guard(GuardVerb),
    /// List and decide the alerts of the mass-change guard
    #[command(subcommand)]
    Alerts(AlertsVerb),
    /// Cancel bookings that leavers left behind
    #[command(subcommand)]
    Bookings(BookingsVerb),
    /// Set what becomes of leavers' bookings by itself
    #[command(subcommand)]
    LeaverPolicy(LeaverPolicyVerb),
    /// Show how far the log and the projections are, and which alerts are open
    Status(StatusOptions),
    /// Check a live read model: its rows against what was written, and against a fresh fold of the log
    ///
    /// Exit code 4 if they differ: it says where, which people, the likely cause and the narrowest
    /// repair.
    Verify(VerifyOptions),
    /// Check servers, settings and what is kept, and say what to do
    Doctor(DoctorOptions),
    /// Look at the events
    #[command(subcommand)]
    Events(EventsVerb),
    /// Make and list the consumers through which applications read events
    #[command(subcommand)]
    Consumer(ConsumerVerb),
    /// Check the log
    #[command(subcommand)]
    Log(LogVerb),
    /// Back up the log, the journal of operations and the keys, while everything runs
    Backup(BackupOptions),
    /// Make a log of a backup, in an empty place
    ///
    /// Of your own servers: name them (--nats-url, --database-url). Of an `up` with private ones: name
    /// a data directory that is not there yet (--data-dir), and start `up` on it afterwards.
    Restore(RestoreOptions),
    /// Play an identity provider
    #[command(subcommand)]
    Simulate(SimulateVerb),
}

impl Verb {
    /// Does what the verb is for.
    pub(crate) async fn run(self) -> anyhow::Result<ExitStatus> {
        match self {
            Self::Up(options) => Box::pin(up::run(options)).await,
            Self::Ingest(options) => roles::ingest(options).await,
            Self::Project(options) => roles::project(options).await,
            Self::Api(options) => roles::api(options).await,
            Self::Operate(options) => roles::operate(options).await,
            Self::Deliver(options) => roles::deliver(options).await,
            Self::Portal(options) => roles::portal(options).await,
            Self::Operator(verb) => operators::run(verb).await,
            Self::Operations(verb) => operations::run(verb).await,
            Self::Parked(verb) => parked::run(verb).await,
            Self::Replay(verb) => replay::run(verb).await,
            Self::Requests(verb) => requests::run(verb).await,
            Self::Explain(verb) => person::explain(verb).await,
            Self::At(options) => person::at(options).await,
            Self::History(verb) => person::history(verb).await,
            Self::Receipt(options) => receipt::run(options).await,
            Self::Trace(options) => trace::run(options).await,
            Self::Lag(options) => lag::run(options).await,
            Self::Erase(verb) => erase::run(verb).await,
            Self::Tenant(verb) => tenant::run(verb).await,
            Self::Admin(verb) => admin::run(verb).await,
            Self::Integration(verb) => integration::run(verb).await,
            Self::Extension(verb) => extension::run(verb).await,
            Self::Token(verb) => token::run(verb).await,
            Self::Subscriber(verb) => subscriber::run(verb).await,
            Self::Subscribers(of) => subscriber_webhooks::stand(of).await,
            Self::Guard(verb) => guard::run(verb).await,
            Self::Alerts(verb) => alerts::run(verb).await,
            Self::Bookings(verb) => bookings::run(verb).await,
            Self::LeaverPolicy(verb) => leaver_policy::run(verb).await,
            Self::Status(options) => status::run(options).await,
            Self::Verify(options) => verify::run(options).await,
            Self::Doctor(options) => doctor::run(options).await,
            Self::Events(verb) => events::run(verb).await,
            Self::Consumer(verb) => consumer::run(verb).await,
            Self::Log(verb) => log::run(verb).await,
            Self::Backup(options) => backup::run(options).await,
            Self::Restore(options) => Box::pin(restore::run(options)).await,
            Self::Simulate(verb) => simulate::run(verb).await,
        }
    }

    /// From where on a verb logs: services tell what they do, the others only what goes wrong.
    pub(crate) fn log_level(&self) -> LevelFilter {
        if self.is_role() { LevelFilter::INFO } else { LevelFilter::WARN }
    }

    /// Whether it runs services, rather than asking them.
    pub(crate) fn is_role(&self) -> bool {
        match self {
            Self::Up(_)
            | Self::Ingest(_)
            | Self::Project(_)
            | Self::Api(_)
            | Self::Operate(_)
            | Self::Deliver(_)
            | Self::Portal(_) => true,
            Self::Operator(_)
            | Self::Operations(_)
            | Self::Parked(_)
            | Self::Replay(_)
            | Self::Requests(_)
            | Self::Explain(_)
            | Self::At(_)
            | Self::History(_)
            | Self::Receipt(_)
            | Self::Trace(_)
            | Self::Lag(_)
            | Self::Erase(_)
            | Self::Tenant(_)
            | Self::Admin(_)
            | Self::Integration(_)
            | Self::Extension(_)
            | Self::Token(_)
            | Self::Subscriber(_)
            | Self::Subscribers(_)
            | Self::Guard(_)
            | Self::Alerts(_)
            | Self::Bookings(_)
            | Self::LeaverPolicy(_)
            | Self::Status(_)
            | Self::Verify(_)
            | Self::Doctor(_)
            | Self::Events(_)
            | Self::Consumer(_)
            | Self::Log(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Simulate(_) => false,
        }
    }
}
