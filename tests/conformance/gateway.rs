//! The one gateway that all tests ask.

use std::sync::{OnceLock, mpsc};

use access::{PublicUrl, Settings, WriteAccess};
use cipher::Cipher;
use embedded::for_tests;
use eventlog::{Journal, Log, LogOptions};
use events::Digest;
use ingest::Gateway;
use operations::{ActLog, OperatorApi};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use web::{Limits, ServerOptions, serve};
use writer::Writer;

/// Opens the operators' API.
pub(crate) const OPERATOR: &str = "operator-token-of-these-tests";

/// The gateway, as tests need to know it.
pub(crate) struct Started {
    /// Where it answers: `http://127.0.0.1:port`.
    pub(crate) url: String,
    /// What it signs access tokens with.
    pub(crate) key: [u8; 32],
}

/// The gateway, started when first asked for.
///
/// It has a thread and a runtime of its own, since that of a test ends with the test.
pub(crate) fn started() -> &'static Started {
    static STARTED: OnceLock<Started> = OnceLock::new();
    STARTED.get_or_init(|| {
        let (ready, started) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = Runtime::new().expect("a runtime");
            let nats_url = for_tests().nats().url();
            runtime.block_on(run(&nats_url, ready));
        });
        started.recv().expect("the gateway starts")
    })
}

async fn run(nats_url: &str, ready: mpsc::Sender<Started>) {
    let log = Log::open(nats_url, LogOptions::default()).await.expect("open the log");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listen");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let key = log.shared_key("access-tokens").await.expect("the key of access tokens");
    let limits = Limits { rate: 0, guesses: 0, ..Limits::default() };
    let settings = Settings { limits, ..Settings::default() };
    let (never, progress) = (CancellationToken::new(), watch::Sender::default());
    let writer = Writer::start(log.clone(), None, false, &progress, never.clone()).await;
    let access = WriteAccess::new(writer.expect("start the writer"), settings);
    let public = PublicUrl::new(&url);
    let journal = Journal::open(&log).await.expect("open the journal");
    let acts = ActLog::open(journal).await.expect("read the journal");
    let token = Some(Digest::of(OPERATOR.as_bytes()));
    let cipher = Cipher::new(&[0; 32]);
    let operators = OperatorApi::new(access.clone(), public.clone(), token, acts, cipher);
    let limits = ingest::ResourceLimits::default();
    let gateway = Gateway::start(access, log, public, limits, None, never.clone()).await;
    let router =
        ingest::routes(&gateway.expect("start the gateway")).merge(operations::routes(operators));
    ready.send(Started { url, key }).expect("somebody waits for the gateway");
    serve(listener, move || router.clone(), ServerOptions::default(), never).await;
}
