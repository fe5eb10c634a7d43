//! Whoever looks at pages as a browser without script does: with cookies, forms and redirects.

use std::collections::BTreeMap;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, header};

use crate::world::World;

/// Redirects that are followed one after the other.
const MOST_REDIRECTS: usize = 20;

/// A browser without script.
#[derive(Debug)]
pub struct Visitor {
    http: Client,
    /// Cookies, by origin, and there by path and name.
    cookies: BTreeMap<String, BTreeMap<(String, String), String>>,
}

/// A page that a visitor sees.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Where it is.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: header::HeaderMap,
    /// Its HTML.
    pub html: String,
}

#[expect(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "to insist is enough"
)]
impl Seen {
    /// The page, if its status is this one.
    #[track_caller]
    pub fn answered(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.url, self.html);
        self
    }

    /// The page, if it says this.
    #[track_caller]
    pub fn saying(self, words: &str) -> Self {
        assert!(self.html.contains(words), "{} does not say {words:?}: {}", self.url, self.html);
        self
    }

    /// The token that its forms bring.
    #[track_caller]
    pub fn csrf(&self) -> String {
        self.field("csrf")
    }

    /// The value of the first hidden field of this name.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let before = format!(r#"name="{name}" value=""#);
        let (_, rest) = self.html.split_once(&before).expect("a form with such a field");
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

impl Default for Visitor {
    fn default() -> Self {
        // Asked for also where no TLS is spoken; who comes second finds it set.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = Client::builder().no_proxy().redirect(Policy::none()).build();
        Self { http: http.expect("an HTTP client"), cookies: BTreeMap::new() }
    }
}

impl Visitor {
    /// A new administrator of a tenant, signed in by their link, and the page that they see first. `roles` are as
    /// at the command line; the address is made of them.
    pub async fn administrator(world: &World, tenant: &str, roles: &str) -> (Self, Seen) {
        let address = format!("{}@{tenant}.example", roles.replace(',', "-"));
        let invite = format!("admin invite {address} --role {roles} --tenant {tenant}");
        let invited = world.result(&invite).await;
        let mut visitor = Self::default();
        let link = invited["sign_in_url"].as_str().expect("a link");
        let page = visitor.send_form(link, &[]).await.answered(200);
        (visitor, page)
    }

    /// The header that brings the session to the server at `url`, for requests that go beside the visitor's own.
    pub fn session(&self, url: &str) -> String {
        format!("rollcall={}", self.cookie(url, "rollcall").expect("a session"))
    }

    /// Opens a page, wherever it leads.
    pub async fn open(&mut self, url: &str) -> Seen {
        let url: Url = url.parse().expect("a URL");
        let sent = self.http.get(url.clone());
        let (answer, url) = (self.send(sent, &url).await, url);
        self.follow(answer, url).await
    }

    /// Opens a page, and goes where it leads no further.
    pub async fn ask(&mut self, url: &str) -> Seen {
        let url: Url = url.parse().expect("a URL");
        let sent = self.http.get(url.clone());
        let answer = self.send(sent, &url).await;
        seen(answer, url).await
    }

    /// Sends a form, and goes where that leads.
    pub async fn send_form(&mut self, url: &str, fields: &[(&str, &str)]) -> Seen {
        let url: Url = url.parse().expect("a URL");
        let sent = self.http.post(url.clone()).form(fields).header("sec-fetch-site", "same-origin");
        let answer = self.send(sent, &url).await;
        self.follow(answer, url).await
    }

    /// The value of a cookie that the origin of `url` has set.
    pub fn cookie(&self, url: &str, name: &str) -> Option<&str> {
        let url: Url = url.parse().expect("a URL");
        let mut own = self.cookies.get(&origin(&url))?.iter();
        own.find(|((_, own), _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Has a cookie that somebody else put there.
    pub fn set_cookie(&mut self, url: &str, name: &str, value: &str) {
        let url: Url = url.parse().expect("a URL");
        let own = self.cookies.entry(origin(&url)).or_default();
        own.insert(("/".to_owned(), name.to_owned()), value.to_owned());
    }

    async fn follow(&mut self, mut answer: Response, mut url: Url) -> Seen {
        for _ in 0..MOST_REDIRECTS {
            let Some(next) = answer.headers().get(header::LOCATION) else { break };
            url = url.join(next.to_str().expect("a URL")).expect("a URL");
            let sent = self.http.get(url.clone());
            answer = self.send(sent, &url).await;
        }
        seen(answer, url).await
    }

    async fn send(&mut self, request: RequestBuilder, url: &Url) -> Response {
        let own = self.cookies.entry(origin(url)).or_default();
        let sent = own.iter().filter(|((path, _), _)| url.path().starts_with(path.as_str()));
        let text: Vec<_> = sent.map(|((_, name), value)| format!("{name}={value}")).collect();
        let request =
            if text.is_empty() { request } else { request.header(header::COOKIE, text.join("; ")) };
        let answer = request.send().await.expect("an answer");
        for told in answer.headers().get_all(header::SET_COOKIE) {
            let told = told.to_str().expect("a cookie");
            let pair = told.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a name and a value");
            let path = told.split(';').find_map(|part| {
                let (key, path) = part.trim().split_once('=')?;
                key.eq_ignore_ascii_case("path").then_some(path)
            });
            let key = (path.unwrap_or("/").to_owned(), name.to_owned());
            if value.is_empty() {
                own.remove(&key);
            } else {
                own.insert(key, value.to_owned());
            }
        }
        answer
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

async fn seen(answer: Response, url: Url) -> Seen {
    let (status, headers) = (answer.status(), answer.headers().clone());
    Seen { url, status, headers, html: answer.text().await.expect("a text") }
}
