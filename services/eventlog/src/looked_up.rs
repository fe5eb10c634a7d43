//! What was looked up in JetStream, where it is no error that there is no such thing.

use async_nats::jetstream::Context;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{RawMessageError, RawMessageErrorKind, Stream};

use crate::error::{Break, Cause, ReadError, is_no_stream, unavailable};

/// The stream of this name, with what it tells of itself; none, if there is no such stream.
pub(crate) async fn stream(jetstream: &Context, name: &str) -> Result<Option<Stream>, Cause> {
    match jetstream.get_stream(name).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(e) if is_no_stream(&e) => Ok(None),
            GetStreamErrorKind::JetStream(_)
            | GetStreamErrorKind::EmptyName
            | GetStreamErrorKind::Request
            | GetStreamErrorKind::InvalidStreamName => Err(error.into()),
        },
    }
}

/// The message that was asked for; none, if the stream has no such message. That there is no stream
/// is an error.
pub(crate) fn message(
    looked_up: Result<StreamMessage, RawMessageError>,
) -> Result<Option<StreamMessage>, ReadError> {
    match looked_up {
        Ok(message) => Ok(Some(message)),
        Err(error) => match error.kind() {
            RawMessageErrorKind::NoMessageFound => Ok(None),
            RawMessageErrorKind::JetStream(e) if is_no_stream(&e) => Err(Break::NoStream.into()),
            RawMessageErrorKind::JetStream(_)
            | RawMessageErrorKind::InvalidSubject
            | RawMessageErrorKind::Other => Err(unavailable(error)),
        },
    }
}
