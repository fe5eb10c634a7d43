//! Why a command could not be carried out for now.

/// A breakdown on our side, or too much at once: nothing was promised, and the same request may be
/// sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum Outage {
    #[error("the event log cannot be reached; send the request again")]
    LogAway,
    #[error("the event log is full; nothing was written; an operator has to make room")]
    LogFull,
    #[error(
        "the event log does not agree with itself; writing has stopped until an operator looks"
    )]
    LogBroken,
    #[error(
        "the event log has lost events; nothing was written, and writing has stopped until an operator looks"
    )]
    LogLost,
    #[error("other replicas write so fast that this one cannot; send the request again")]
    Outrun,
    #[error("the request changes more than one decision can hold; split it")]
    TooLarge,
    #[error("the request would store more than {limit} bytes of events; split it")]
    OverBudget {
        /// The most bytes.
        limit: usize,
    },
    #[error("too many changes of this tenant wait already; send the request again")]
    TenantBusy,
    #[error("too many changes wait already; send the request again")]
    Busy,
    #[error("a fault of ours kept the request from being decided; nothing was written; report it")]
    Fault,
    #[error("the service is stopping; send the request again")]
    Stopping,
}
