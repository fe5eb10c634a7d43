//! Answers that are made piece by piece, each when the client has taken the one before.
//!
//! Whoever does not read an answer thus holds one piece of it, and the roster that it was begun on:
//! a clone of it costs nothing, and keeps in memory what has changed since. How many answers are
//! under way at a time is bounded at the door.

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use events::Tenant;
use futures_util::{Stream, StreamExt, stream};
use scim::messages::CONTENT_TYPE;
use web::workers::Workers;

use super::failure::Failure;

/// About how many bytes a piece has. It ends with the resource that exceeds them.
pub(super) const PIECE: usize = 64 << 10;

/// Whether a piece was the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum More {
    Follows,
    None,
}

/// An answer of status 200 in SCIM's media type, which begins with `text` and goes on with what
/// `write` adds to it, as long as more follows. What fits into one piece is sent as one.
pub(super) async fn answer<W>(
    workers: &Workers,
    tenant: &Tenant,
    mut text: Vec<u8>,
    mut write: W,
) -> Result<Response, Failure>
where
    W: FnMut(&mut Vec<u8>) -> Result<More, Failure> + Send + 'static,
{
    let first = workers.run(tenant, move |_| {
        let more = write(&mut text)?;
        Ok::<_, Failure>((text, more, write))
    });
    let (text, more, write) = first.await??;
    let body = match more {
        More::None => Body::from(text),
        More::Follows => {
            let first = stream::once(async { Ok(Bytes::from(text)) });
            Body::from_stream(first.chain(rest(workers.clone(), tenant.clone(), write)))
        }
    };
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response())
}

/// The pieces that `write` gives, each made when it is asked for.
fn rest<W>(
    workers: Workers,
    tenant: Tenant,
    write: W,
) -> impl Stream<Item = Result<Bytes, Failure>> + Send
where
    W: FnMut(&mut Vec<u8>) -> Result<More, Failure> + Send + 'static,
{
    stream::try_unfold(Some(write), move |write| {
        let (workers, tenant) = (workers.clone(), tenant.clone());
        async move {
            let Some(mut write) = write else { return Ok(None) };
            let made = workers.go_on(&tenant, move |_| {
                let mut text = Vec::with_capacity(PIECE + PIECE / 4);
                let more = write(&mut text)?;
                Ok::<_, Failure>((text, more, write))
            });
            let made = made.await.map_err(Failure::from).and_then(|made| made);
            match made {
                Ok((text, more, write)) => {
                    Ok(Some((Bytes::from(text), (more == More::Follows).then_some(write))))
                }
                Err(failure) => {
                    tracing::error!(
                        error = &failure as &dyn std::error::Error,
                        "an answer broke off, of which a part was sent"
                    );
                    Err(failure)
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::to_bytes;

    use super::*;

    fn tenant() -> Tenant {
        "acme".parse().unwrap()
    }

    /// Writes so many pieces, and counts them.
    fn writer(
        pieces: usize,
        made: &Arc<AtomicUsize>,
    ) -> impl FnMut(&mut Vec<u8>) -> Result<More, Failure> + Send + use<> {
        let made = Arc::clone(made);
        move |text| {
            let number = made.fetch_add(1, Ordering::SeqCst) + 1;
            text.extend_from_slice(format!("{number},").as_bytes());
            Ok(if number < pieces { More::Follows } else { More::None })
        }
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_is_made_to_its_first_piece_however_long_it_is() {
        let workers = Workers::start(1).unwrap();
        for pieces in [2, 1000] {
            let made = Arc::new(AtomicUsize::new(0));
            let unread = answer(&workers, &tenant(), Vec::new(), writer(pieces, &made)).await;
            workers.run(&tenant(), |_| ()).await.unwrap();
            assert_eq!(made.load(Ordering::SeqCst), 1);
            let mut body = unread.unwrap().into_body().into_data_stream();
            assert_eq!(body.next().await.unwrap().unwrap(), "1,");
            assert_eq!(made.load(Ordering::SeqCst), 1, "the first was there");
            assert_eq!(body.next().await.unwrap().unwrap(), "2,");
            assert_eq!(made.load(Ordering::SeqCst), 2, "the second was asked for");
        }
    }

    #[tokio::test]
    async fn what_was_read_to_its_end_is_all_of_it_in_order() {
        let workers = Workers::start(1).unwrap();
        let made = Arc::new(AtomicUsize::new(0));
        let whole = answer(&workers, &tenant(), b"0,".to_vec(), writer(4, &made)).await.unwrap();
        assert_eq!(whole.headers()["content-type"], "application/scim+json");
        assert_eq!(to_bytes(whole.into_body(), 1000).await.unwrap(), "0,1,2,3,4,");
    }

    #[tokio::test]
    async fn an_answer_of_one_piece_tells_its_length() {
        let workers = Workers::start(1).unwrap();
        let made = Arc::new(AtomicUsize::new(0));
        let whole = answer(&workers, &tenant(), b"0,".to_vec(), writer(1, &made)).await.unwrap();
        let size = http_body_util::BodyExt::collect(whole.into_body());
        assert_eq!(size.await.unwrap().to_bytes(), "0,1,");
    }

    #[tokio::test]
    async fn a_fault_in_the_first_piece_is_an_error_and_later_the_answer_breaks_off() {
        let workers = Workers::start(1).unwrap();
        let fault = |_: &mut Vec<u8>| -> Result<More, Failure> { panic!("a bug") };
        assert!(answer(&workers, &tenant(), Vec::new(), fault).await.is_err());
        let mut pieces = 0;
        let later = move |text: &mut Vec<u8>| {
            pieces += 1;
            assert!(pieces < 2, "a bug");
            text.push(b'x');
            Ok(More::Follows)
        };
        let broken = answer(&workers, &tenant(), Vec::new(), later).await.unwrap();
        assert!(to_bytes(broken.into_body(), 1000).await.is_err());
    }
}
