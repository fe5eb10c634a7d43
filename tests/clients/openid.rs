//! Administrators sign in at a provider that others made: `oidc-provider`, certified by the `OpenID`
//! Foundation, on this machine.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use kit::fetched::{self, Node};
use kit::http::{Answer, http};
use kit::visitor::{Seen, Visitor};
use kit::world::World;
use serde_json::{Value, json};

use crate::tools::file;

const PACKAGE: &str = include_str!("openid/package.json");
const LOCK: &str = include_str!("openid/package-lock.json");
const PROGRAM: &str = include_str!("openid/provider.js");

/// A provider on this machine.
struct Provider {
    process: Child,
    issuer: String,
    /// Held, since a program that cannot write its warnings ends.
    _said: BufReader<ChildStdout>,
}

impl Provider {
    fn start() -> Self {
        let node = Node::find(fetched::folder(env!("CARGO_TARGET_TMPDIR")));
        let folder = node.packages("openid", PACKAGE, LOCK);
        let program = folder.join("provider.js");
        std::fs::write(&program, PROGRAM).expect("put the program beside its packages");
        let mut command: Command = node.command();
        let process = command.arg(program).stdout(Stdio::piped()).spawn();
        let mut process = process.expect("start Node.js");
        let mut issuer = String::new();
        let mut said = BufReader::new(process.stdout.take().expect("it is piped"));
        said.read_line(&mut issuer).expect("where it listens");
        Self { process, issuer: issuer.trim().to_owned(), _said: said }
    }

    /// Whoever comes is signed in as this account.
    async fn knows(&self, world: &World, account: Value) {
        let redirect = format!("{}/sign-in/provider/back", world.url());
        let told = json!({ "redirect": redirect, "account": account });
        Answer::to(http().post(format!("{}/test", self.issuer)).json(&told)).await.answered(200);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A provider, and a world whose administrators sign in there.
async fn started() -> (Provider, World) {
    let provider = tokio::task::spawn_blocking(Provider::start).await.expect("a provider");
    let secret = file("openid/secret.txt").to_str().expect("a path of ours is text").to_owned();
    let settings = vec![
        ("ROLLCALL_OIDC_ISSUER", provider.issuer.clone()),
        ("ROLLCALL_OIDC_CLIENT_ID", "rollcall".to_owned()),
        ("ROLLCALL_OIDC_CLIENT_SECRET_FILE", secret),
        ("ROLLCALL_OIDC_NAME", "the test's provider".to_owned()),
    ];
    let world = World::set(settings).await;
    for tenant in ["acme", "globex"] {
        world.verb(&format!("tenant create {tenant}")).await.ended(0);
        let invite = format!("admin invite Ada@acme.example --tenant {tenant} --role owner");
        world.verb(&invite).await.ended(0);
    }
    (provider, world)
}

async fn signs_in(world: &World, visitor: &mut Visitor) -> Seen {
    visitor.open(&format!("{}/sign-in/provider", world.url())).await
}

fn ada(verified: bool) -> Value {
    json!({ "sub": "s-ada", "email": "ada@acme.example", "email_verified": verified })
}

#[tokio::test]
async fn whoever_was_invited_by_a_verified_address_signs_in_to_all_their_tenants_at_once() {
    let (provider, world) = started().await;
    provider.knows(&world, ada(true)).await;
    let mut visitor = Visitor::default();
    let page = visitor.open(&format!("{}/sign-in", world.url())).await.answered(200);
    let page = page.saying("Sign in with the test's provider");
    assert!(!page.html.contains("secret"), "{}", page.html);
    let seen = signs_in(&world, &mut visitor).await.answered(200);
    let seen = seen.saying("Choose a tenant").saying("/t/acme").saying("/t/globex");
    assert_eq!(seen.url.path(), "/");

    // The account is bound now, whatever its address becomes.
    let moved = json!({ "sub": "s-ada", "email": "else@acme.example", "email_verified": false });
    provider.knows(&world, moved).await;
    signs_in(&world, &mut Visitor::default()).await.answered(200).saying("/t/acme");
    // And nobody else comes in by it.
    let other = json!({ "sub": "s-eve", "email": "ada@acme.example", "email_verified": true });
    provider.knows(&world, other).await;
    let refused = signs_in(&world, &mut Visitor::default()).await.answered(403);
    let _ = refused.saying("ada@acme.example").saying("ask an owner");
}

#[tokio::test]
async fn an_address_that_is_not_verified_lets_nobody_in() {
    let (provider, world) = started().await;
    provider.knows(&world, ada(false)).await;
    let refused = signs_in(&world, &mut Visitor::default()).await.answered(403);
    let _ = refused.saying("ada@acme.example");
}

#[tokio::test]
async fn what_the_provider_sends_back_is_good_once_and_in_the_browser_that_began() {
    let (provider, world) = started().await;
    provider.knows(&world, ada(true)).await;
    let mut visitor = Visitor::default();
    let mut at = format!("{}/sign-in/provider", world.url());
    // Until the provider has sent the browser back.
    while !at.contains("/sign-in/provider/back") {
        let seen = visitor.ask(&at).await;
        let next = seen.headers.get("location").expect("a redirect").to_str().expect("a URL");
        at = seen.url.join(next).expect("a URL").to_string();
    }
    let elsewhere = Visitor::default().ask(&at).await.answered(400);
    let _ = elsewhere.saying("not begun in this browser");
    let wrong = at.replace("state=", "state=x");
    let pending = visitor.cookie(&world.url(), "rollcall-pending").expect("a cookie").to_owned();
    visitor.ask(&wrong).await.answered(400).saying("not begun in this browser");
    // A wrong answer has settled it.
    visitor.ask(&at).await.answered(400);
    visitor.set_cookie(&world.url(), "rollcall-pending", &pending);
    visitor.open(&at).await.answered(200).saying("Choose a tenant");
    visitor.set_cookie(&world.url(), "rollcall-pending", &pending);
    visitor.ask(&at).await.answered(400).saying("was used already");
}

#[tokio::test]
async fn a_provider_that_is_away_is_told_with_what_to_do() {
    let (provider, mut world) = started().await;
    drop(provider);
    world.expects("nobody can sign in at the OpenID provider");
    let refused = signs_in(&world, &mut Visitor::default()).await.answered(502);
    let _ = refused.saying("The test's provider does not answer").saying("sign-in link");
}
