//! The program at work: gateways, projections and read API as processes, on servers that the test
//! holds in its hand.

use embedded::for_tests;
use kit::positions::Positions;
use kit::program::{Verb, verb_with};
use kit::service::{Environment, Service};
use kit::tables::{connect, reached};
use rollcall::projections::NAMES;
use serde_json::Value;
use simulator::{ApiTarget, Auth, Secret, Target};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

const OPERATOR_TOKEN: &str = "cd2f8b1e60a74935f1d80c6be2a94737";

/// What a deployment is started on.
pub(crate) struct Plan {
    /// Where the log is for all who need no proxy of their own.
    pub(crate) log: String,
    /// Where the log is for each gateway, and what else its environment says.
    pub(crate) gateways: Vec<Environment>,
    /// What the environment of the projections says.
    pub(crate) projections: Environment,
    /// How many copies of the log the servers keep.
    pub(crate) copies: usize,
    /// An empty database for the read models, and one for their replay.
    pub(crate) databases: [String; 2],
}

pub(crate) struct Deployment {
    pub(crate) gateways: Vec<Service>,
    pub(crate) projections: Vec<Service>,
    api_url: String,
    pub(crate) databases: [String; 2],
    pub(crate) nats_url: String,
    verbs: Environment,
    _api: Option<Service>,
    _data_dir: TempDir,
    _turn: SemaphorePermit<'static>,
}

/// A tenant with credentials of every kind.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    pub(crate) slug: String,
    pub(crate) secret_token: String,
    api_token: String,
    /// What reads the positions that it is told.
    positions: Positions,
}

impl Tenant {
    /// A position as this tenant was told it.
    pub(crate) fn position(&self, told: &str) -> u64 {
        self.positions.read(&self.slug, told)
    }
}

/// One deployment at a time: each needs the whole machine.
static TURN: Semaphore = Semaphore::const_new(1);

pub(crate) fn variable(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

impl Plan {
    /// So many gateways on a log.
    pub(crate) fn new(nats_url: &str, gateways: usize) -> Self {
        Self {
            log: nats_url.to_owned(),
            gateways: vec![vec![variable("NATS_URL", nats_url)]; gateways],
            projections: vec![variable("NATS_URL", nats_url)],
            copies: 1,
            databases: [(); 2].map(|()| blocking(|| for_tests().fresh_database())),
        }
    }

    /// Each service in a process of its own.
    pub(crate) async fn in_parts(self) -> Deployment {
        let turn = TURN.acquire().await.expect("nobody closes it");
        let mut gateways = Vec::new();
        for own in self.gateways {
            let mut environment = own;
            environment.push(variable("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN));
            let line = format!("ingest --rate 0 --consistent-reads --replicas {}", self.copies);
            let gateway = Service::start(&line, environment);
            gateway.ready().await;
            gateways.push(gateway);
        }
        let mut projections = Vec::new();
        for projection in NAMES {
            // By its name, Postgres tells what it is at.
            let url = format!("{}?application_name={projection}", self.databases[0]);
            let mut environment = self.projections.clone();
            environment.push(variable("DATABASE_URL", &url));
            projections.push(Service::start(&format!("project {projection}"), environment));
        }
        let (nats_url, database_url) = (&self.log, &self.databases[0]);
        let environment =
            vec![variable("NATS_URL", nats_url), variable("DATABASE_URL", database_url)];
        let api = Service::start("api --rate 0", environment);
        for service in projections.iter().chain([&api]) {
            service.ready().await;
        }
        let verbs = vec![
            variable("ROLLCALL_URL", &gateways[0].url),
            variable("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN),
            variable("NATS_URL", &self.log),
        ];
        Deployment {
            gateways,
            projections,
            api_url: api.url.clone(),
            databases: self.databases,
            nats_url: self.log,
            verbs,
            _api: Some(api),
            _data_dir: TempDir::new().expect("make a directory"),
            _turn: turn,
        }
    }

    /// All services in one process.
    pub(crate) async fn in_one(self) -> Deployment {
        let turn = TURN.acquire().await.expect("nobody closes it");
        let data_dir = TempDir::new().expect("make a directory");
        let path = data_dir.path().to_str().expect("a path of ours is text");
        let environment = vec![
            variable("NATS_URL", &self.log),
            variable("DATABASE_URL", &self.databases[0]),
            variable("ROLLCALL_DATA_DIR", path),
        ];
        let up = Service::start("up --json", environment);
        up.ready().await;
        Deployment {
            api_url: up.url.clone(),
            gateways: vec![up],
            projections: Vec::new(),
            databases: self.databases,
            nats_url: self.log,
            verbs: vec![variable("ROLLCALL_DATA_DIR", path)],
            _api: None,
            _data_dir: data_dir,
            _turn: turn,
        }
    }
}

impl Deployment {
    /// Runs a verb; `--json` goes without saying.
    pub(crate) async fn verb(&self, line: &str) -> Verb {
        let environment: Vec<_> =
            self.verbs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        verb_with(line, &environment).await
    }

    /// A tenant with an active integration, which the read models know.
    pub(crate) async fn tenant(&self, slug: &str) -> Tenant {
        self.verb(&format!("tenant create {slug}")).await.ended(0);
        let result = async |line: String| self.verb(&line).await.ended(0).line();
        let mut connected =
            result(format!("integration activate --tenant {slug} --profile workplace")).await;
        if connected["secret_token"].is_null() {
            connected = result(format!("integration rotate-secret --tenant {slug}")).await;
        }
        let issued = result(format!("token issue --tenant {slug} --scope all")).await;
        let text = |value: &Value| value.as_str().expect("a credential is a text").to_owned();
        self.caught_up().await;
        Tenant {
            positions: Positions::at(&self.nats_url).await,
            slug: slug.to_owned(),
            secret_token: text(&connected["secret_token"]),
            api_token: text(&issued["api_token"]),
        }
    }

    /// What a simulated Entra must know to provision `tenant` through a gateway.
    pub(crate) fn target(&self, tenant: &Tenant, gateway: usize) -> Target {
        let slug = &tenant.slug;
        Target {
            scim_base_url: format!("{}/scim/v2/{slug}", self.gateways[gateway].url),
            auth: Auth::SecretToken(Secret::from(tenant.secret_token.clone())),
            api: Some(ApiTarget {
                base_url: format!("{}/api/v1/{slug}", self.api_url),
                token: Secret::from(tenant.api_token.clone()),
            }),
        }
    }

    /// Walks the chain; the position of the last event.
    pub(crate) async fn verified(&self) -> u64 {
        let verified = self.verb("log verify").await.ended(0).line();
        verified["position"].as_u64().expect("a position")
    }

    /// Waits until the read models have seen all that the log holds; says where that is.
    pub(crate) async fn caught_up(&self) -> u64 {
        let end = self.verified().await;
        let client = connect(&self.databases[0]).await;
        for projection in NAMES {
            reached(&client, projection, end).await;
        }
        end
    }
}

/// Starting and killing servers blocks.
pub(crate) fn blocking<T>(work: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(work)
}
