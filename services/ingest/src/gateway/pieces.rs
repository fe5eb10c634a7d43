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
use web::{Held, Memory};

use super::failure::Failure;

/// About how many bytes a piece has. It ends with the resource that exceeds them.
pub(super) const PIECE: usize = 64 << 10;

/// Whether a piece was the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum More {
    /// The weight of the resource that comes next.
    Follows(usize),
    None,
}

/// Takes room for a resource that is larger than a piece: it is written as a whole, and kept until
/// the client has read it.
pub(super) async fn room(memory: &Memory, tenant: &Tenant, weight: usize) -> Option<Held> {
    if weight > PIECE { Some(memory.take(tenant, weight).await) } else { None }
}

/// The body of an answer that has room until it was read.
pub(super) fn whole(text: Vec<u8>, held: Option<Held>) -> Response {
    let kind = (header::CONTENT_TYPE, CONTENT_TYPE);
    let Some(held) = held else {
        return (StatusCode::OK, [kind], text).into_response();
    };
    let length = [(header::CONTENT_LENGTH, text.len())];
    let once = stream::unfold((Some(Bytes::from(text)), held), async |(text, held)| {
        text.map(|text| (Ok::<_, std::convert::Infallible>(text), (None, held)))
    });
    let body = Body::from_stream(Box::pin(once));
    (StatusCode::OK, length.map(|(name, value)| (name, value.to_string())), [kind], body)
        .into_response()
}

/// An answer of status 200 in SCIM's media type, which begins with a text and goes on with what
/// `write` adds to it, as long as more follows; `weight` is that of the first resource. What fits into one piece is sent as one.
pub(super) async fn answer<W>(
    workers: &Workers,
    memory: &Memory,
    tenant: &Tenant,
    (mut text, weight): (Vec<u8>, usize),
    mut write: W,
) -> Result<Response, Failure>
where
    W: FnMut(&mut Vec<u8>) -> Result<More, Failure> + Send + 'static,
{
    let held = room(memory, tenant, weight).await;
    let first = workers.run(tenant, move |_| {
        let more = write(&mut text)?;
        Ok::<_, Failure>((text, more, write))
    });
    let (text, more, write) = first.await??;
    let More::Follows(weight) = more else { return Ok(whole(text, held)) };
    let first = stream::once(async { Ok(Bytes::from(text)) });
    let rest = rest((workers.clone(), memory.clone(), tenant.clone()), (write, weight, held));
    let body = Body::from_stream(first.chain(rest));
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response())
}

/// The pieces that `write` gives, each made when it is asked for.
fn rest<W>(
    by: (Workers, Memory, Tenant),
    next: (W, usize, Option<Held>),
) -> impl Stream<Item = Result<Bytes, Failure>> + Send
where
    W: FnMut(&mut Vec<u8>) -> Result<More, Failure> + Send + 'static,
{
    stream::try_unfold((Some(next.0), next.1, next.2), move |(write, weight, read)| {
        let (workers, memory, tenant) = by.clone();
        async move {
            // The piece before was read.
            drop(read);
            let Some(mut write) = write else { return Ok(None) };
            let held = room(&memory, &tenant, weight).await;
            let made = workers.go_on(&tenant, move |_| {
                let mut text = Vec::with_capacity(PIECE + PIECE / 4);
                let more = write(&mut text)?;
                Ok::<_, Failure>((text, more, write))
            });
            let made = made.await.map_err(Failure::from).and_then(|made| made);
            match made {
                Ok((text, More::Follows(weight), write)) => {
                    Ok(Some((Bytes::from(text), (Some(write), weight, held))))
                }
                Ok((text, More::None, _)) => Ok(Some((Bytes::from(text), (None, 0, held)))),
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

    fn memory() -> Memory {
        Memory::new(4 * PIECE, 4 * PIECE)
    }

    #[tokio::test]
    async fn large_resources_that_nobody_reads_have_no_more_than_a_tenants_room() {
        let (workers, memory) = (Workers::start(1).unwrap(), memory());
        let acme = tenant();
        let large = |text: &mut Vec<u8>| {
            text.resize(3 * PIECE, b'x');
            Ok(More::None)
        };
        let ask = || answer(&workers, &memory, &acme, (Vec::new(), 3 * PIECE), large);
        let unread = ask().await.unwrap();
        assert_eq!(unread.headers()["content-length"], (3 * PIECE).to_string());
        let mut second = Box::pin(ask());
        assert!(futures_util::poll!(second.as_mut()).is_pending(), "there is no room for two");
        assert_eq!(to_bytes(unread.into_body(), usize::MAX).await.unwrap().len(), 3 * PIECE);
        assert!(second.await.is_ok());
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
            Ok(if number < pieces { More::Follows(0) } else { More::None })
        }
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_is_made_to_its_first_piece_however_long_it_is() {
        let workers = Workers::start(1).unwrap();
        for pieces in [2, 1000] {
            let made = Arc::new(AtomicUsize::new(0));
            let unread =
                answer(&workers, &memory(), &tenant(), (Vec::new(), 0), writer(pieces, &made))
                    .await;
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
        let whole = answer(&workers, &memory(), &tenant(), (b"0,".to_vec(), 0), writer(4, &made))
            .await
            .unwrap();
        assert_eq!(whole.headers()["content-type"], "application/scim+json");
        assert_eq!(to_bytes(whole.into_body(), 1000).await.unwrap(), "0,1,2,3,4,");
    }

    #[tokio::test]
    async fn an_answer_of_one_piece_tells_its_length() {
        let workers = Workers::start(1).unwrap();
        let made = Arc::new(AtomicUsize::new(0));
        let whole = answer(&workers, &memory(), &tenant(), (b"0,".to_vec(), 0), writer(1, &made))
            .await
            .unwrap();
        let size = http_body_util::BodyExt::collect(whole.into_body());
        assert_eq!(size.await.unwrap().to_bytes(), "0,1,");
    }

    #[tokio::test]
    async fn a_fault_in_the_first_piece_is_an_error_and_later_the_answer_breaks_off() {
        let workers = Workers::start(1).unwrap();
        let fault = |_: &mut Vec<u8>| -> Result<More, Failure> { panic!("a bug") };
        assert!(answer(&workers, &memory(), &tenant(), (Vec::new(), 0), fault).await.is_err());
        let mut pieces = 0;
        let later = move |text: &mut Vec<u8>| {
            pieces += 1;
            assert!(pieces < 2, "a bug");
            text.push(b'x');
            Ok(More::Follows(0))
        };
        let broken = answer(&workers, &memory(), &tenant(), (Vec::new(), 0), later).await.unwrap();
        assert!(to_bytes(broken.into_body(), 1000).await.is_err());
    }
}
