//! Both routers, a writer, the projections and two tenants, in one process.

use access::{PublicUrl, Settings, WriteAccess};
use activity::Activity;
use acts::Role;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use cipher::Cipher;
use directory::Directory;
use embedded::Nats;
use eventlog::{Journal, Log};
use events::{AdministratorId, ExternalId, Profile, ResourceId, Scope, Tenant};
use kit::refusals::refuse;
use kit::servers::{database, nats};
use kit::wait::until;
use projector::{Database, ReadModel, SlotStatuses, WorkerOptions};
use retention::Retention;
use roster::Intent;
use serde_json::{Value, json};
use teams::Teams;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt as _;
use uuid::Uuid;
use web::principal::InProcess;
use web::{Limits, OperatorIdentity, Permission, Principal};
use writer::{Access, Command, Provenance, Writer};

use crate::{ActLog, DeletingUser, Eraser, Operations, OperatorApi};

static PROJECTIONS: [ReadModel; 4] = [
    ReadModel::of::<Directory>(),
    ReadModel::of::<Teams>(),
    ReadModel::of::<Retention>(),
    ReadModel::of::<Activity>(),
];

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) text: String,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The body of an answer that has to succeed.
    #[track_caller]
    pub(super) fn found(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()
    }
}

pub(super) struct World {
    pub(super) router: Router,
    pub(super) log: Log,
    pub(super) acts: ActLog,
    access: WriteAccess,
    _nats: Nats,
    database: Database,
    _running: DropGuard,
}

/// A tenant, and the ids of what is in it.
#[derive(Clone, Debug)]
pub(super) struct Things {
    pub(super) tenant: String,
    pub(super) person: String,
    pub(super) subscriber: String,
    pub(super) credential: String,
    pub(super) alert: String,
    pub(super) job: String,
    pub(super) parked: String,
    pub(super) request: String,
}

impl World {
    pub(super) async fn new() -> Self {
        let (nats, database) = (nats().await, database().await);
        let log = Log::open(&nats.url(), eventlog::LogOptions::default()).await.expect("the log");
        let journal = Journal::open(&log).await.expect("the journal");
        let acts = ActLog::open(journal).await.expect("the acts");
        let stop = CancellationToken::new();
        tokio::spawn(acts.clone().follow(stop.clone()));
        let writer =
            Writer::start(log.clone(), None, false, &watch::Sender::default(), stop.clone()).await;
        let access = WriteAccess::new(writer.expect("the writer"), Settings::default());
        let running = access.clone();
        tokio::spawn(async move { running.writer().run(None).await });
        for model in PROJECTIONS {
            let wanted = crate::wanted(&acts, model.name, stop.clone());
            let options = WorkerOptions { wanted, ..WorkerOptions::default() };
            let (log, database, stop) = (log.clone(), database.clone(), stop.clone());
            let statuses = SlotStatuses::default();
            tokio::spawn(model.keep(log, database, statuses, options, stop));
        }
        let limits = Limits { rate: 0, ..Limits::default() };
        let (of_log, of_tables) = (log.clone(), database.clone());
        let ops = Operations::new(of_log, of_tables, acts.clone(), &PROJECTIONS, None, limits);
        tokio::spawn(crate::watch_jobs(ops.clone(), stop.clone()));
        let url = PublicUrl::new("http://rollcall.example");
        let api = OperatorApi::new(access.clone(), url, None, acts.clone(), Cipher::new(&[7; 32]));
        let eraser = Eraser::new(access.clone(), None, DeletingUser::default());
        let router = crate::ops_routes(ops.clone())
            .merge(crate::erasure_routes(ops, eraser))
            .merge(crate::routes(api));
        let world =
            Self { router, log, acts, access, _nats: nats, database, _running: stop.drop_guard() };
        world.built("directory").await;
        let client = world.database.pool().get().await.expect("a connection");
        refuse(&client, "directory", "ada@", "23514").await;
        world
    }

    /// Asks within the process, in this name.
    pub(super) async fn ask(
        &self,
        who: &Principal,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        let request = request.extension(InProcess(who.clone()));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let answered = self.router.clone().oneshot(request.body(body).expect("a request")).await;
        let (parts, body) = answered.expect("routers always answer").into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Reply { status: parts.status, text }
    }

    /// The same, as the operator who may do everything.
    pub(super) async fn root(&self, method: Method, path: &str, body: Value) -> Reply {
        self.ask(&root(), method, path, Some(&body)).await
    }

    /// A tenant with people who leave, an open alert about that, a subscriber, a credential, an event that cannot be
    /// applied, and a replay of a projection, which is paused.
    pub(super) async fn tenant(&self, slug: &str, projection: &str) -> Things {
        let of = format!("/operator/v1/tenants/{slug}");
        self.root(Method::POST, "/operator/v1/tenants", json!({ "tenant": slug })).await.found();
        let profile = json!({ "profile": "workplace" });
        self.root(Method::PUT, &format!("{of}/integration"), profile).await.found();
        let guard = json!({ "hold": true, "deactivations": 2, "percent": 10 });
        self.root(Method::PATCH, &format!("{of}/guard"), guard).await.found();
        let crm = json!({ "name": "crm", "door": "webhook", "url": "https://crm.example/hooks" });
        let crm = self.root(Method::POST, &format!("{of}/subscribers"), crm).await.found();
        let token = json!({ "scopes": ["employees:read"] });
        let token = self.root(Method::POST, &format!("{of}/tokens"), token).await.found();
        let mut people = Vec::new();
        for name in ["ada", "bob", "eve"] {
            people.push(self.hire(slug, name).await);
        }
        for resource in &people {
            self.intent(slug, Intent::NoUser { resource: *resource }).await;
        }
        let parked = format!("/ops/v1/parked?tenant={slug}");
        let ask = async || self.ask(&root(), Method::GET, &parked, None).await.found();
        until("an event is parked", async || ask().await["parked"][0]["id"].is_string()).await;
        self.built(projection).await;
        let alerts = self.ask(&root(), Method::GET, &format!("{of}/alerts"), None).await.found();
        let plan = json!({ "projection": projection, "tenant": slug });
        let plan = self.root(Method::POST, "/ops/v1/replay", plan).await.found();
        let job = plan["plan"].as_str().expect("an id").replace("pl_", "r_");
        self.root(Method::POST, &format!("/ops/v1/replay/{job}/run"), json!({})).await.found();
        self.root(Method::POST, &format!("/ops/v1/replay/{job}/pause"), json!({})).await.found();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Things {
            tenant: slug.to_owned(),
            person: people[1].0.to_string(),
            subscriber: text(&crm["subscriber_id"]),
            credential: text(&token["credential_id"]),
            alert: text(&alerts[0]["alert_id"]),
            job,
            parked: text(&ask().await["parked"][0]["id"]),
            request: format!("request-of-{slug}"),
        }
    }

    async fn hire(&self, slug: &str, name: &str) -> ResourceId {
        let resource = ResourceId(eventlog::ids::uuid_v7());
        let profile = Profile {
            user_name: format!("{name}@{slug}.example").parse().expect("a user name"),
            external_id: Some(ExternalId(format!("object of {name} of {slug}"))),
            attributes: serde_json::Map::new(),
        };
        self.intent(slug, Intent::NewUser { resource, profile, active: true }).await;
        resource
    }

    async fn intent(&self, slug: &str, intent: Intent) {
        let provenance = Provenance {
            tenant: slug.parse().expect("a slug"),
            access: Access::Operator,
            request: Some(format!("request-of-{slug}")),
            trace_parent: None,
        };
        let intent = move |_: &_| Ok::<_, access::CommandError>(intent.clone());
        self.access.writer().execute(Command::new(provenance, intent)).await.expect("it is done");
    }

    async fn built(&self, projection: &str) {
        let pool = self.database.pool();
        until("the read model is there", async || {
            let end = self.log.end().await.expect("an end");
            let slots = projector::slots(pool, projection).await.expect("slots");
            slots.live.is_some_and(|live| live.position >= end && !live.building())
        })
        .await;
    }
}

/// The operator of the settings.
pub(super) fn root() -> Principal {
    Principal::Operator(OperatorIdentity::root())
}

/// An administrator of a tenant who may do whatever anybody may.
pub(super) fn owner(slug: &str) -> Principal {
    let operate = Role::ALL.map(Permission::Operate).into_iter();
    let scopes = Scope::ALL.map(Permission::Api).into_iter();
    let manage = [
        Permission::Provision,
        Permission::ManageIntegrations,
        Permission::ManageSubscribers,
        Permission::ManageAdministrators,
    ];
    Principal::Administrator {
        tenant: slug.parse::<Tenant>().expect("a slug"),
        administrator: AdministratorId(Uuid::from_u128(1)),
        permissions: operate.chain(scopes).chain(manage).collect(),
    }
}
