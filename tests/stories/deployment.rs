//! The program in parts, on a nats-server with the settings and the users that `deploy/` ships.

use std::sync::LazyLock;

use embedded::Nats;
use eventlog::Issuer;
use kit::company::Company;
use kit::http::http;
use kit::program::{Program, Verb, verb_with};
use kit::servers::fresh_database;
use kit::wait::{blocking, until};
use rollcall::projections::NAMES;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SETTINGS: &str = include_str!("../../deploy/nats-server.conf");
pub(crate) const OPERATOR_TOKEN: &str =
    "a2fe34a0ff0fe04802008d381fb18900e3df26459094ab64e1e53592a688aada";

/// The key that vouches for subscribers.
pub(crate) fn issuer() -> &'static Issuer {
    static ISSUER: LazyLock<Issuer> = LazyLock::new(Issuer::new);
    &ISSUER
}

/// A nats-server as it is shipped, but for its place, its port, its passwords and its key.
pub(crate) async fn nats_as_shipped() -> Nats {
    nats_with(SETTINGS).await
}

/// One with these settings, but for the same.
pub(crate) async fn nats_with(settings: &str) -> Nats {
    let mut settings = settings.replace("$NATS_SUBSCRIBER_ISSUER", &issuer().public_key());
    for user in ["operator", "ingest", "operate", "portal", "erase", "project", "deliver"] {
        let variable = format!("$NATS_PASSWORD_{}", user.to_uppercase());
        settings = settings.replace(&variable, &format!("{:?}", password(user)));
    }
    let start = move || {
        Nats::start_for_tests_with(|store| {
            let store = format!("{:?}", store.to_str().expect("a path of ours is text"));
            let placed = settings.replacen("\"/var/lib/nats\"", &store, 1);
            assert!(placed.contains(&store), "the settings do not say where the store is");
            placed
        })
    };
    blocking(move || start().expect("start nats-server")).await
}

/// The password of a user of these settings.
pub(crate) fn password(user: &str) -> String {
    format!("password-of-{user}")
}

/// How a user connects.
pub(crate) fn url_of(nats: &Nats, user: &str) -> String {
    nats.url().replace("nats://", &format!("nats://{user}:{}@", password(user)))
}

/// Gateways, projections and read API, each as a process and as the NATS user that is meant for it.
pub(crate) struct Deployment {
    _gateways: Vec<Program>,
    _projections: Vec<Program>,
    _api: Program,
    _deliver: Program,
    /// Where each gateway answers.
    pub(crate) urls: Vec<String>,
    api_url: String,
    pub(crate) nats: Nats,
    data_dir: TempDir,
    /// Where the read models are.
    pub(crate) database_url: String,
}

impl Deployment {
    /// With so many gateways.
    pub(crate) async fn with(gateways: usize) -> Self {
        let nats = nats_as_shipped().await;
        let database_url = fresh_database().await;
        let seed = issuer().seed();
        let start = |arguments: &[&str], user: &str| {
            let nats_url = url_of(&nats, user);
            let environment = [
                ("NATS_URL", nats_url.as_str()),
                ("DATABASE_URL", database_url.as_str()),
                ("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN),
                ("ROLLCALL_LOG", "json"),
                ("ROLLCALL_SUBSCRIBER_ISSUER", seed.as_str()),
            ];
            Program::start(arguments, &environment)
        };
        let ingest = ["ingest", "--listen", "127.0.0.1:0", "--rate", "0", "--consistent-reads"];
        let mut started = Vec::new();
        let mut urls = Vec::new();
        for _ in 0..gateways {
            let gateway = start(&ingest, "ingest");
            let url = gateway.url().await;
            ready(&url).await;
            started.push(gateway);
            urls.push(url);
        }
        let project = |name| start(&["project", name, "--listen", "127.0.0.1:0"], "project");
        let projections: Vec<Program> = NAMES.map(project).into();
        let api = start(
            &["api", "--listen", "127.0.0.1:0", "--rate", "0", "--consistent-reads"],
            "project",
        );
        let deliver = start(&["deliver", "--listen", "127.0.0.1:0"], "deliver");
        for service in projections.iter().chain([&api, &deliver]) {
            ready(&service.url().await).await;
        }
        let api_url = api.url().await;
        let data_dir = TempDir::new().expect("make a directory");
        Self {
            _gateways: started,
            _projections: projections,
            _api: api,
            _deliver: deliver,
            urls,
            api_url,
            nats,
            data_dir,
            database_url,
        }
    }

    /// The portal, beside the rest, and where it answers.
    pub(crate) async fn portal(&self) -> (Program, String) {
        let nats_url = url_of(&self.nats, "portal");
        let environment = [
            ("NATS_URL", nats_url.as_str()),
            ("DATABASE_URL", self.database_url.as_str()),
            ("ROLLCALL_PUBLIC_URL", self.urls[0].as_str()),
            ("ROLLCALL_LOG", "json"),
        ];
        let portal = Program::start(&["portal", "--listen", "127.0.0.1:0"], &environment);
        let url = portal.url().await;
        ready(&url).await;
        (portal, url)
    }

    /// Runs a verb as a NATS user, against the first gateway.
    pub(crate) async fn verb_as(&self, user: &str, line: &str) -> Verb {
        self.verb_at(&self.urls[0], user, line).await
    }

    /// Runs a verb as a NATS user, against the service at `url`.
    pub(crate) async fn verb_at(&self, url: &str, user: &str, line: &str) -> Verb {
        let nats_url = url_of(&self.nats, user);
        let data_dir = self.data_dir.path().to_str().expect("a path of ours is text");
        let environment = [
            ("ROLLCALL_DATA_DIR", data_dir),
            ("ROLLCALL_URL", url),
            ("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN),
            ("NATS_URL", nats_url.as_str()),
            ("DATABASE_URL", self.database_url.as_str()),
        ];
        verb_with(line, &environment).await
    }

    /// The same company on each gateway.
    pub(crate) async fn companies(&self, slug: &str) -> Vec<Company> {
        let result = async |line: String| self.verb_as("project", &line).await.ended(0).line();
        result(format!("tenant create {slug}")).await;
        let activate = format!("integration activate --tenant {slug} --profile workplace");
        let connected = result(activate).await;
        let secret = connected["secret_token"].as_str().expect("a secret token").to_owned();
        let issued: Value = result(format!("token issue --tenant {slug} --scope all")).await;
        let company = |url| {
            let mut company = Company::new(url, slug, &secret, &issued);
            company.api_base_url = format!("{}/api/v1/{slug}", self.api_url);
            company
        };
        self.urls.iter().map(|url| company(url)).collect()
    }
}

/// Waits until a service says that it is ready.
pub(crate) async fn ready(url: &str) {
    let (health, http) = (format!("{url}/health/ready"), http());
    until(&format!("{url} is ready"), async || {
        http.get(&health).send().await.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
}
