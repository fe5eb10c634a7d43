//! Answers that are written chunk by chunk, each when the client has taken the one before.
//!
//! A client that does not read an answer thus holds one chunk of it in memory, and the roster that it
//! was begun on: a clone of a roster costs nothing, and keeps in memory what has changed since. How
//! many answers are under way at a time is bounded by the request limits.

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use events::Tenant;
use futures_util::{Stream, StreamExt, stream};
use scim::messages::CONTENT_TYPE;
use web::workers::Workers;
use web::{MemoryBudget, MemoryReservation};

use super::bounds::CHUNK;
use super::error::ScimError;

/// What comes after a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Another chunk, which begins with a resource of about so many bytes.
    Chunk(usize),
    End,
}

/// Takes memory for a resource that is larger than a chunk: it is written as a whole, and kept until
/// the client has read it.
pub(super) async fn hold_memory(
    memory: &MemoryBudget,
    tenant: &Tenant,
    size: usize,
) -> Option<MemoryReservation> {
    if size > CHUNK { Some(memory.take(tenant, size).await) } else { None }
}

/// An answer of status 200 that is written already, and holds its memory until the client has read it.
pub(super) fn whole(text: Vec<u8>, held: Option<MemoryReservation>) -> Response {
    let media_type = (header::CONTENT_TYPE, CONTENT_TYPE);
    let Some(held) = held else {
        return (StatusCode::OK, [media_type], text).into_response();
    };
    let length = [(header::CONTENT_LENGTH, text.len().to_string())];
    let once = stream::unfold((Some(Bytes::from(text)), held), async |(text, held)| {
        text.map(|text| (Ok::<_, std::convert::Infallible>(text), (None, held)))
    });
    (StatusCode::OK, length, [media_type], Body::from_stream(Box::pin(once))).into_response()
}

/// An answer of status 200 that begins with `text` and goes on with what `write` adds to it, for as long
/// as another chunk follows. `size` is that of the first resource. An answer of one chunk has a
/// `Content-Length`.
pub(super) async fn stream<W>(
    workers: &Workers,
    memory: &MemoryBudget,
    tenant: &Tenant,
    (mut text, size): (Vec<u8>, usize),
    mut write: W,
) -> Result<Response, ScimError>
where
    W: FnMut(&mut Vec<u8>) -> Result<Next, ScimError> + Send + 'static,
{
    let held = hold_memory(memory, tenant, size).await;
    let first = workers.run(tenant, move |_| {
        let next = write(&mut text)?;
        Ok::<_, ScimError>((text, next, write))
    });
    let (text, next, write) = first.await??;
    let Next::Chunk(size) = next else { return Ok(whole(text, held)) };
    let first = stream::once(async { Ok(Bytes::from(text)) });
    let rest = rest((workers.clone(), memory.clone(), tenant.clone()), (write, size, held));
    let body = Body::from_stream(first.chain(rest));
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response())
}

/// The further chunks that `write` gives, each written when it is asked for.
fn rest<W>(
    by: (Workers, MemoryBudget, Tenant),
    (write, size, held): (W, usize, Option<MemoryReservation>),
) -> impl Stream<Item = Result<Bytes, ScimError>> + Send
where
    W: FnMut(&mut Vec<u8>) -> Result<Next, ScimError> + Send + 'static,
{
    stream::try_unfold((Some(write), size, held), move |(write, size, held)| {
        let (workers, memory, tenant) = by.clone();
        async move {
            // The client asks for more, so it has read the chunk before.
            drop(held);
            let Some(mut write) = write else { return Ok(None) };
            let held = hold_memory(&memory, &tenant, size).await;
            let written = workers.go_on(&tenant, move |_| {
                let mut text = Vec::with_capacity(CHUNK + CHUNK / 4);
                let next = write(&mut text)?;
                Ok::<_, ScimError>((text, next, write))
            });
            let written = written.await.map_err(ScimError::from).and_then(|written| written);
            match written {
                Ok((text, Next::Chunk(size), write)) => {
                    Ok(Some((Bytes::from(text), (Some(write), size, held))))
                }
                Ok((text, Next::End, _)) => Ok(Some((Bytes::from(text), (None, 0, held)))),
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "an answer broke off, of which a part was sent"
                    );
                    Err(error)
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

    fn memory() -> MemoryBudget {
        MemoryBudget::new(4 * CHUNK, 4 * CHUNK)
    }

    #[tokio::test]
    async fn large_resources_that_nobody_reads_have_no_more_than_a_tenants_memory() {
        let (workers, memory) = (Workers::start(1).unwrap(), memory());
        let acme = tenant();
        let large = |text: &mut Vec<u8>| {
            text.resize(3 * CHUNK, b'x');
            Ok(Next::End)
        };
        let ask = || stream(&workers, &memory, &acme, (Vec::new(), 3 * CHUNK), large);
        let unread = ask().await.unwrap();
        assert_eq!(unread.headers()["content-length"], (3 * CHUNK).to_string());
        let mut second = Box::pin(ask());
        assert!(futures_util::poll!(second.as_mut()).is_pending(), "there is no memory for two");
        assert_eq!(to_bytes(unread.into_body(), usize::MAX).await.unwrap().len(), 3 * CHUNK);
        assert!(second.await.is_ok());
    }

    /// Writes so many chunks, and counts them.
    fn writer(
        chunks: usize,
        made: &Arc<AtomicUsize>,
    ) -> impl FnMut(&mut Vec<u8>) -> Result<Next, ScimError> + Send + use<> {
        let made = Arc::clone(made);
        move |text| {
            let number = made.fetch_add(1, Ordering::SeqCst) + 1;
            text.extend_from_slice(format!("{number},").as_bytes());
            Ok(if number < chunks { Next::Chunk(0) } else { Next::End })
        }
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_is_made_to_its_first_chunk_however_long_it_is() {
        let workers = Workers::start(1).unwrap();
        for chunks in [2, 1000] {
            let made = Arc::new(AtomicUsize::new(0));
            let unread =
                stream(&workers, &memory(), &tenant(), (Vec::new(), 0), writer(chunks, &made))
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
        let whole = stream(&workers, &memory(), &tenant(), (b"0,".to_vec(), 0), writer(4, &made))
            .await
            .unwrap();
        assert_eq!(whole.headers()["content-type"], "application/scim+json");
        assert_eq!(to_bytes(whole.into_body(), 1000).await.unwrap(), "0,1,2,3,4,");
    }

    #[tokio::test]
    async fn an_answer_of_one_chunk_tells_its_length() {
        let workers = Workers::start(1).unwrap();
        let made = Arc::new(AtomicUsize::new(0));
        let whole = stream(&workers, &memory(), &tenant(), (b"0,".to_vec(), 0), writer(1, &made))
            .await
            .unwrap();
        let size = http_body_util::BodyExt::collect(whole.into_body());
        assert_eq!(size.await.unwrap().to_bytes(), "0,1,");
    }

    #[tokio::test]
    async fn a_fault_in_the_first_chunk_is_an_error_and_later_the_answer_breaks_off() {
        let workers = Workers::start(1).unwrap();
        let fault = |_: &mut Vec<u8>| -> Result<Next, ScimError> { panic!("a bug") };
        assert!(stream(&workers, &memory(), &tenant(), (Vec::new(), 0), fault).await.is_err());
        let mut chunks = 0;
        let later = move |text: &mut Vec<u8>| {
            chunks += 1;
            assert!(chunks < 2, "a bug");
            text.push(b'x');
            Ok(Next::Chunk(0))
        };
        let broken = stream(&workers, &memory(), &tenant(), (Vec::new(), 0), later).await.unwrap();
        assert!(to_bytes(broken.into_body(), 1000).await.is_err());
    }
}
