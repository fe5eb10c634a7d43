//! Every request has a span.

use super::*;

#[tokio::test]
async fn every_request_has_a_span_with_its_id_and_nothing_that_may_name_a_person() {
    let routes = Router::new()
        .route("/api/v1/{tenant}/employees", get(async || tracing::info!("in the handler")))
        .fallback(Problem::no_such_path);
    let tenants = KnownTenants::new(|slug| slug == "acme");
    let running = run_with(routes, ServerOptions { tenants, ..ServerOptions::default() }).await;
    let asked = |method: &str, path: &str| {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-1\r\n\
             Authorization: Bearer secret\r\nConnection: close\r\n\r\n"
        )
    };
    // A place that is reached first by a test that keeps no log would be off for this one too.
    let everything = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG);
    let everything = everything.with_writer(std::io::sink).finish();
    let _ = tracing::subscriber::set_global_default(everything);
    let log = Log::default();
    let lines = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(log.clone())
        .with_ansi(false);
    let _logging = tracing::subscriber::set_default(lines.finish());
    running.hear(&asked("GET", "/api/v1/acme/employees?q=ann")).await;
    running.hear(&asked("GET", "/ann-smith")).await;
    running.hear(&asked("ANN", "/health")).await;
    running.hear("GET /Users HTTP/1.1\r\nX-Request-Id: mine-2\r\n\r\n").await;
    let span = r#"request{request=mine-1 method="GET" path=/api/v1/acme/employees}"#;
    log.assert_has(&[span, "in the handler"]);
    log.assert_has(&[span, "answered status=200 seconds="]);
    log.assert_has(&[r#"method="GET" path=/*}"#, "answered status=404"]);
    log.assert_has(&[r#"method="*" path=/health}"#, "answered status=404"]);
    log.assert_has(&["request=mine-2", "answered status=400"]);
    let text = log.text();
    assert!(!text.to_lowercase().contains("ann") && !text.contains("secret"), "{text}");
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Fails unless one line has all of these.
    #[track_caller]
    fn assert_has(&self, parts: &[&str]) {
        let text = self.text();
        let is_there = text.lines().any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(is_there, "no line has {parts:?}:\n{text}");
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::io::Write::write(&mut *self.0.lock().unwrap(), bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
