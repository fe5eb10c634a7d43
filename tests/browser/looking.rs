//! Whether these tests would see what they look for.

use axum::Router;
use axum::http::{HeaderName, header};
use axum::response::Html;
use axum::routing::get;
use browsing::{Appearance, Locator, Page, View, browse};

use crate::tools::axe;

/// A page with something wrong for each that looks.
const PAGE: &str = r#"<!doctype html>
<html lang="en"><head><title>A page</title>
<style>h1 { color: #ddd } @media (prefers-color-scheme: dark) { h1 { font-size: 60px } }</style>
</head><body><main><h1>Pale</h1>
<p id="script">no script ran</p><script>document.getElementById("script").textContent = "one ran"</script>
<form action="/"><label for="name">Name</label><input id="name" name="name"><button>Send</button></form>
<img src="https://elsewhere.invalid/picture">
</main></body></html>"#;

/// Serves the page, under this policy.
async fn serve(policy: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let headers: [(HeaderName, &str); 1] = [(header::CONTENT_SECURITY_POLICY, policy)];
    let pages = Router::new().route("/", get(async move || (headers, Html(PAGE))));
    let pages = pages.route("/favicon.ico", get(async || ""));
    tokio::spawn(async move { axum::serve(listener, pages).await });
    url
}

const LENIENT: &str = "img-src 'none'";

async fn open(page: &Page, policy: &'static str) {
    page.goto(&serve(policy).await).await;
}

#[tokio::test]
async fn scripts_run_unless_their_owner_has_turned_them_off() {
    for (view, said) in [(View::default(), "one ran"), (View::without_scripts(), "no script ran")] {
        browse("scripts", view, async |page| {
            page.expects("elsewhere.invalid");
            open(page, LENIENT).await;
            page.sees(said).await;
            page.fill("Name", "Ada").await;
            page.press("Send").await;
            page.sees(said).await;
            assert_eq!(page.path().await, "/?name=Ada");
        })
        .await;
    }
}

#[tokio::test]
#[should_panic(expected = "the browser complained")]
async fn what_the_policy_of_a_page_forbids_is_a_complaint() {
    let mut has_browser = false;
    browse("policy", View::default(), async |page| {
        has_browser = true;
        page.expects("elsewhere.invalid");
        open(page, "default-src 'none'").await;
        page.sees("no script ran").await;
    })
    .await;
    assert!(has_browser, "without one, the browser complained of nothing");
}

#[tokio::test]
async fn what_cannot_be_read_or_heard_is_found_in_light_and_dark() {
    let axe = axe().await;
    browse("audit", View::default(), async |page| {
        page.expects("elsewhere.invalid");
        // Here WebDriver's own script is forbidden too, unless it is above the policy.
        open(page, "default-src 'none'; style-src 'unsafe-inline'").await;
        page.expects("script");
        let mut heights = Vec::new();
        for appearance in Appearance::ALL {
            page.appear(appearance).await;
            let findings = page.audit(&axe).await;
            let rules: Vec<_> = findings.iter().map(|finding| &*finding.rule).collect();
            assert_eq!(rules, ["color-contrast", "image-alt"], "{findings:?}");
            let title = page.element(Locator::Css("h1")).await;
            heights.push(title.css_value("font-size").await.expect("it has a size"));
        }
        assert_eq!(heights, ["32px", "60px"]);
    })
    .await;
}

#[tokio::test]
async fn a_page_can_be_looked_at_as_on_a_phone() {
    let phone = View { size: (390, 844), ..View::default() };
    browse("phone", phone, async |page| {
        page.expects("elsewhere.invalid");
        open(page, LENIENT).await;
        let width = page.web().execute("return window.innerWidth", Vec::new()).await;
        assert_eq!(width.expect("a width"), serde_json::json!(390));
    })
    .await;
}
