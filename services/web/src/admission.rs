//! Admission control: the quota that a request counts against, which depends on whether its caller
//! is authenticated and on whether its body has arrived.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Extensions;

use super::bounds::{
    ANONYMOUS_BODIES, ANONYMOUS_BODIES_PER_ADDRESS, ANONYMOUS_BODY_TIME, Bounds, share,
};
use super::connections::Connected;
use super::quota::{Holder, Permit, Quota};
use super::{ClientAddress, Rejection};

/// The quotas of one service.
#[derive(Debug)]
pub(crate) struct Quotas {
    /// Of requests whose caller is not authenticated yet.
    asking: Arc<Quota>,
    /// Of unauthenticated requests whose body is awaited.
    anonymous_bodies: Arc<Quota>,
    /// Of authenticated requests whose body is awaited.
    arriving: Arc<Quota>,
    /// Of authenticated requests that have arrived whole, until their answer was sent.
    in_flight: Arc<Quota>,
    body_time: Duration,
}

impl Quotas {
    pub(crate) fn new(bounds: &Bounds) -> Arc<Self> {
        let in_flight = share(bounds.in_flight_per_tenant, bounds.in_flight);
        let arriving = share(bounds.arriving_per_tenant, bounds.arriving);
        Arc::new(Self {
            asking: Quota::new("authenticated", bounds.in_flight, in_flight),
            anonymous_bodies: Quota::new(
                "read without a credential in their headers",
                ANONYMOUS_BODIES,
                ANONYMOUS_BODIES_PER_ADDRESS,
            ),
            arriving: Quota::new("sent", bounds.arriving, arriving),
            in_flight: Quota::new("answered", bounds.in_flight, in_flight),
            body_time: bounds.body_time,
        })
    }
}

/// What is known of one request. All clones are of the same.
#[derive(Clone, Debug)]
pub(crate) struct Admission(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    quotas: Arc<Quotas>,
    /// The connection that the request came on; none in tests.
    connected: Option<Arc<Connected>>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    holder: Holder,
    permit: Option<Permit>,
    is_awaited: bool,
}

impl Admission {
    /// A request of which only the headers are there. Nobody knows yet whose it is.
    pub(crate) fn new(quotas: &Arc<Quotas>, about: &Extensions) -> Result<Self, Rejection> {
        let network = about.get::<ClientAddress>().map(|address| address.network());
        let holder = Holder::Anonymous(network);
        let permit = Some(quotas.asking.take(&holder)?);
        Ok(Self(Arc::new(Parts {
            quotas: Arc::clone(quotas),
            connected: about.get().cloned(),
            state: Mutex::new(State { holder, permit, is_awaited: false }),
        })))
    }

    /// Gives the request a permit of `holder`, who is authenticated.
    fn admit(&self, holder: Holder) -> Result<(), Rejection> {
        let mut state = self.state();
        let shares =
            if state.is_awaited { &self.0.quotas.arriving } else { &self.0.quotas.in_flight };
        state.permit = Some(shares.take(&holder)?);
        state.holder = holder;
        if let Some(connected) = &self.0.connected {
            connected.protect();
        }
        Ok(())
    }

    /// Gives the permit in flight back while the body is awaited; says for how long it may be.
    pub(crate) fn await_body(&self) -> Result<Duration, Rejection> {
        let mut state = self.state();
        let Quotas { arriving, anonymous_bodies, body_time, .. } = &*self.0.quotas;
        let (shares, time) = match &state.holder {
            Holder::Anonymous(_) => (anonymous_bodies, ANONYMOUS_BODY_TIME.min(*body_time)),
            Holder::Tenant(_) | Holder::Operator => (arriving, *body_time),
        };
        state.permit = None;
        state.permit = Some(shares.take(&state.holder)?);
        state.is_awaited = true;
        Ok(time)
    }

    /// Takes a permit for the request, all of which is there now.
    pub(crate) fn arrived(&self) -> Result<(), Rejection> {
        let mut state = self.state();
        if state.is_awaited {
            let Quotas { asking, in_flight, .. } = &*self.0.quotas;
            let shares = match &state.holder {
                Holder::Anonymous(_) => asking,
                Holder::Tenant(_) | Holder::Operator => in_flight,
            };
            state.is_awaited = false;
            state.permit = None;
            state.permit = Some(shares.take(&state.holder)?);
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives a request a permit in flight, by what is known `about` it, since it is known who asks. The
/// services call it through [`CallerLimits`](super::CallerLimits).
pub(crate) fn admit(about: &Extensions, holder: Holder) -> Result<(), Rejection> {
    // Without limits before the routes, as in tests of routes, nothing is counted.
    about.get::<Admission>().map_or(Ok(()), |admission| admission.admit(holder))
}

/// Keeps a request's permit until it is dropped: with the answer, or with whoever stops waiting.
#[derive(Debug)]
pub(crate) struct Admitted(Admission);

impl Admitted {
    pub(crate) fn new(admission: Admission) -> Self {
        Self(admission)
    }

    /// Gives the permit back if nobody showed who they are: such answers are short, and their number
    /// is that of the connections.
    pub(crate) fn answered(&self) {
        let mut state = self.0.state();
        if matches!(state.holder, Holder::Anonymous(_)) {
            state.permit = None;
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.0.state().permit = None;
    }
}
