//! One connection: its deadlines, its calls, its end.
//!
//! What hyper would refuse by itself, with an empty body and without asking us, does not reach it: [`super::io`] puts
//! a request of our own in its place, and [`answer`] says to the pipeline what was refused. The parser's bounds lie
//! above ours for the same reason.

use std::cell::RefCell;
use std::error::Error as _;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::watch;
use tokio::time::timeout;

use super::gone::{Shared, Watched};
use super::io::Io;
use super::phase::{Deadlines, Phase, Signals};
use super::transport::Transport;
use super::worker::{Busy, Worker};
use super::{Failure, PARSER_BUFFER, PARSER_FREE_HEADER_COUNT, Reason, Stop, http2};
use crate::body::{Cut, Outbound};
use crate::client_address::Peer;
use crate::screen::Fault;
use crate::tls::Protection;
use crate::{fault, forward, pipeline};

/// How long an idle connection stays open for one more request when the gateway stops.
pub(super) const LINGER: Duration = Duration::from_secs(1);

/// Where a connection comes from, and how it began.
#[derive(Debug)]
pub(super) struct Arrival {
    /// The other end.
    pub(super) socket: Peer,
    /// Whom it speaks for.
    pub(super) peer: Peer,
    /// Position of the listener that accepted it.
    pub(super) listener: usize,
    /// What has been read of it already.
    pub(super) held: Vec<u8>,
    /// It should have begun with a TLS handshake.
    pub(super) lacks_tls: bool,
}

impl Arrival {
    /// What the calls of the connection know of it.
    pub(super) fn facts(&self, protection: Protection) -> pipeline::Connection {
        pipeline::Connection {
            socket: self.socket,
            peer: self.peer,
            address: forward::address(self.peer.ip()),
            listener: self.listener,
            protection,
            tunnel: RefCell::default(),
        }
    }
}

/// Serves a connection to its end. What few connections come to is in boxes, so that idle ones need no room for it.
pub(super) async fn serve<S: Transport>(worker: Rc<Worker>, stream: S, arrival: Arrival, stop: watch::Receiver<Stop>) {
    stream.send_promptly();
    let protection = if arrival.lacks_tls { Protection::Lacking } else { stream.protection() };
    let facts = Rc::new(arrival.facts(protection));
    let snapshot = worker.snapshot();
    let (bounds, deadlines) = (snapshot.head_bounds, Deadlines::from(&snapshot.limits));
    drop(snapshot);
    if stream.is_http2() {
        return Box::pin(http2::serve(worker, stream, arrival.held, facts, stop)).await;
    }
    let (io, signals) = Io::new(stream, arrival.held, bounds, deadlines, Rc::clone(&worker.scratch));
    let service = service_fn(|request: Request<Incoming>| {
        answer(Rc::clone(&worker), Rc::clone(&facts), request, Rc::clone(&signals))
    });
    let mut builder = http1::Builder::new();
    // All deadlines are kept by `Io`, which also knows those that hyper has none for.
    builder.max_buf_size(PARSER_BUFFER).header_read_timeout(None).half_close(true);
    if bounds.header_count > PARSER_FREE_HEADER_COUNT {
        builder.max_headers(bounds.header_count);
    }
    let io = Shared::new(io);
    let mut watched = Watched { connection: builder.serve_connection(io.share(), service), io };
    // Errors of a connection are the client's: it went, or what it sent was answered by hyper.
    let over = until_stop(Pin::new(&mut watched), &stop).await;
    // Whoever sends its next request just now must not find the connection closed: it cannot know whether the request was
    // served. It gets its answer, with `Connection: close`.
    if over.is_none() && timeout(LINGER, &mut watched).await.is_err() {
        Pin::new(&mut watched.connection).graceful_shutdown();
        let _ = (&mut watched).await;
    }
    let Watched { connection, io } = watched;
    let is_reset = |error: &hyper::Error| {
        error.source().is_some_and(|cause| matches!(cause.downcast_ref(), Some(Unanswered::Reset)))
    };
    let is_reset = signals.broke_off.get() || matches!(&over, Some(Err(error)) if is_reset(error));
    // A connection that has switched protocols is given back as it is.
    if let Some(tunnel) = facts.tunnel.take() {
        drop(io);
        let parts = connection.into_parts();
        return Box::pin(tunnel.carry(TokioIo::new(parts.io), parts.read_buf)).await;
    }
    // What is left of a call ends here, and with it whatever else has the connection.
    drop(connection);
    let Some(io) = io.into_inner() else { return };
    if is_reset {
        io.reset();
    } else if signals.phase.get() == Phase::Http2 {
        let (stream, held) = io.into_parts();
        Box::pin(http2::serve(worker, stream, held, facts, stop)).await;
    }
}

/// Drives a connection to its end, or until the gateway is to stop: then `None`.
async fn until_stop<T>(mut connection: Pin<&mut impl Future<Output = T>>, stop: &watch::Receiver<Stop>) -> Option<T> {
    let mut told = stop.clone();
    let mut asked = false;
    let mut stopped = pin!(told.wait_for(|stop| *stop != Stop::No));
    poll_fn(|cx| {
        if let Poll::Ready(over) = connection.as_mut().poll(cx) {
            return Poll::Ready(Some(over));
        }
        // Being told is asked for once: it is always the same task that is to be woken. From then on, looking is enough.
        if !asked || stop.has_changed().unwrap_or(true) {
            asked = true;
            return stopped.as_mut().poll(cx).map(|_| None);
        }
        Poll::Pending
    })
    .await
}

/// Why a call gets no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    /// There is nobody to answer, and hyper ends the connection.
    #[error("the client left before its request was over")]
    Gone,
    /// The connection is to be reset.
    #[error("the connection is reset on purpose")]
    Reset,
}

async fn answer(
    worker: Rc<Worker>,
    facts: Rc<pipeline::Connection>,
    request: Request<Incoming>,
    signals: Rc<Signals>,
) -> Result<Response<Whole>, Unanswered> {
    let (mut parts, body) = request.into_parts();
    if let Some(refusal) = signals.call() {
        // Whoever begins with TLS understands no answer of ours, but a connection that ends. Whoever has spoken HTTP
        // already, or speaks TLS as it is, understands one.
        if refusal.fault == Fault::Hello && refusal.number == 0 && !facts.protection.is_tls() {
            let failure = Failure { name: None, reason: Reason::Plain, is_injected: false };
            pipeline::came_to_nothing(&worker, &facts, &failure, Instant::now());
            return Err(Unanswered::Gone);
        }
        // What could be read of the refused request takes the place of ours: the host decides about the voice, and
        // the log names what was asked for.
        parts.method = refusal.method.unwrap_or_else(unreadable);
        parts.uri = refusal.target.unwrap_or_default();
        parts.headers.clear();
        if let Some(host) = refusal.host {
            parts.headers.insert(HOST, host);
        }
        parts.extensions.insert(refusal.fault);
    } else if let Some(authority) = parts.uri.authority() {
        // In absolute form the target names the host, for everything (RFC 9112, section 3.2.2).
        let host = HeaderValue::from_str(authority.as_str());
        if parts.uri.scheme_str() != Some(facts.protection.scheme()) {
            parts.extensions.insert(Fault::Malformed);
        }
        if let Ok(host) = host {
            parts.headers.insert(HOST, host);
        }
    }
    let is_old = parts.version < Version::HTTP_11;
    let busy = worker.begin();
    let mut response = pipeline::serve(Rc::clone(&worker), facts, &mut parts, body).await.ok_or(Unanswered::Gone)?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        signals.phase.set(Phase::Tunnel);
    } else if worker.is_stopping() {
        response.headers_mut().append(CONNECTION, HeaderValue::from_static("close"));
    }
    if response.extensions().get() == Some(&fault::Cut::Reset) {
        return Err(Unanswered::Reset);
    }
    Ok(response.map(|body| Whole { body, is_old, signals, _busy: busy }))
}

/// Stands in the log where a method would, if none could be read.
pub(super) fn unreadable() -> Method {
    Method::from_bytes(b"-").unwrap_or_default()
}

/// An answer's body. When it is over, the connection waits for the next request.
#[derive(Debug)]
struct Whole {
    body: Outbound,
    /// In HTTP/1.0, where the end of the connection may be all that shows the end of an answer.
    is_old: bool,
    signals: Rc<Signals>,
    _busy: Busy,
}

impl Body for Whole {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if self.is_old && matches!(frame, Poll::Ready(Some(Err(_)))) {
            self.signals.broke_off.set(true);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        if self.signals.phase.get() == Phase::Call {
            self.signals.phase.set(Phase::Between);
        }
    }
}
