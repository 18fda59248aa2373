//! A call on its way to backends: one try after another, each over a connection that waits or a new one.

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use http::HeaderValue;
use tokio::time::Instant;

use super::connection::Connection;
use super::idle::{Connections, InUse};
use super::payload::Payload;
use super::{Answer, Failure, Handshake, Request, Upstream, connect, retry, tunnel};
use crate::snapshot::{Endpoint, Snapshot, Target, Timeouts};

/// The connection with the head of an answer, on which its body follows.
pub(super) type Answered = (Box<Connection>, InUse);

/// A call on its way, with what its tries share.
pub(super) struct Call<'a> {
    pub(super) upstream: &'a Upstream,
    pub(super) snapshot: &'a Snapshot,
    pub(super) timeouts: &'a Timeouts,
    /// The `Host` field, if it is not the address.
    pub(super) host: Option<&'a HeaderValue>,
    pub(super) request: Request,
    /// Taken while a try has it.
    pub(super) payload: Option<Payload>,
    /// It asks for a WebSocket.
    pub(super) handshake: Option<&'a Handshake>,
    /// When all of it must be over.
    pub(super) until: Option<Instant>,
    /// The time, as long as nothing was waited for.
    pub(super) now: Option<Instant>,
    /// The last try's backend may have read something.
    pub(super) sent: bool,
}

impl Call<'_> {
    /// Calls one server: over a connection that waits there, else over a new one.
    pub(super) async fn attempt(&mut self, target: &Target) -> Result<Answered, Failure> {
        let endpoint = self.snapshot.endpoints.get(target.endpoint);
        let connections = self.upstream.connections.get(target.endpoint);
        let (Some(endpoint), Some(connections)) = (endpoint, connections) else { return Err(Failure::NoneHealthy) };
        pin!(self.exchange_with(endpoint, connections)).await
    }

    /// Calls one endpoint.
    pub(super) async fn exchange_with(
        &mut self,
        endpoint: &Endpoint,
        connections: &Rc<Connections>,
    ) -> Result<Answered, Failure> {
        let in_use = connections.enter();
        // What may not happen twice is not sent where it is likely to be lost.
        let surely = !self.request.method.is_idempotent();
        while let Some(connection) = connections.take(surely) {
            match self.exchange(connection, endpoint).await {
                Ok(connection) => return Ok((connection, in_use)),
                // It was closed just as the request went out: nobody has to know.
                Err((Failure::Reset, true))
                    if retry::is_sound(&Failure::Reset, &self.request.method, self.sent)
                        && self.payload.as_mut().is_some_and(Payload::rewind) => {}
                Err((failure, _)) => return Err(failure),
            }
        }
        let patience = self.within(self.timeouts.connect);
        (self.sent, self.now) = (false, None);
        // Boxed because few calls need it, and all would have to carry it.
        let connected = connect::connect(endpoint, &self.snapshot.dialable, &self.upstream.resolver, patience);
        let connected = Box::pin(connected).await?;
        let connection = self.exchange(connected, endpoint).await.map_err(|(failure, _)| failure)?;
        Ok((connection, in_use))
    }

    /// Sends the request and waits for the head. The flag of an error tells that nothing at all came back.
    async fn exchange(
        &mut self,
        mut connection: Box<Connection>,
        endpoint: &Endpoint,
    ) -> Result<Box<Connection>, (Failure, bool)> {
        let Some(payload) = self.payload.take() else { return Err((Failure::Client, false)) };
        let host = self.host.unwrap_or(&endpoint.host_field);
        connection.begin(&mut self.request, host, payload);
        let patience = self.timeouts.first_byte;
        let now = self.now.take().unwrap_or_else(Instant::now);
        let mut deadline = now + self.within(patience);
        let head =
            poll_fn(|cx| connection.poll_head(&self.request.method, &mut deadline, self.until, patience, cx)).await;
        self.sent = connection.was_sent();
        let checked = head.and_then(|()| Ok(tunnel::check(connection.head(), self.handshake)?));
        match checked {
            Ok(()) => Ok(connection),
            Err(failure) => {
                let unanswered = connection.is_unanswered();
                self.payload = connection.take_payload();
                Err((failure, unanswered))
            }
        }
    }

    /// What came of it, for whoever reads the body.
    pub(super) fn answer(&self, (connection, in_use): Answered, started: Instant) -> Answer {
        let patience = self.timeouts.idle.unwrap_or(self.snapshot.limits.body_timeout);
        let at = Instant::now();
        Answer { connection, in_use, patience, until: self.until, at: at.into_std(), elapsed: at - started }
    }

    /// `time`, or what is left of the whole.
    fn within(&self, time: Duration) -> Duration {
        self.until.map_or(time, |until| time.min(until.saturating_duration_since(Instant::now())))
    }
}
