//! One connection: its deadlines, its calls, its end.
//!
//! What hyper refuses by itself (see [`crate::check::framing`]) it answers with an empty body, without asking us: 400,
//! 414 above 65 534 bytes, 431 above the parser's bounds. Those bounds lie above ours, so that a request that is merely
//! too large is refused here and in its dialect. Wording hyper's own answers would need a layer that rewrites what it
//! writes; [`super::io`] is where it would go.

use std::cell::{Cell, RefCell};
use std::error::Error as _;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::io::{Deadlines, Io, Phase};
use super::worker::Worker;
use super::{PARSER_BUFFER, PARSER_HEADER_COUNT, Stop};
use crate::body::{Cut, Outbound};
use crate::{fault, forward, pipeline};

/// How long an idle connection stays open for one more request when the gateway stops.
const LINGER: Duration = Duration::from_secs(1);

/// Serves a connection to its end.
pub(super) async fn serve(
    worker: Rc<Worker>,
    stream: TcpStream,
    peer: SocketAddr,
    listener: usize,
    mut stop: watch::Receiver<Stop>,
) {
    // Answers are written whole; waiting to fill a packet only delays them. Without the option they are just slower.
    let _ = stream.set_nodelay(true);
    let limits = worker.snapshot().limits;
    let (io, phase) = Io::new(stream, Deadlines::from(&limits));
    let facts = Rc::new(pipeline::Connection {
        peer,
        address: forward::address(peer.ip()),
        listener,
        tunnel: RefCell::default(),
    });
    let service = service_fn(|request: Request<Incoming>| {
        phase.set(Phase::Call);
        answer(Rc::clone(&worker), Rc::clone(&facts), request, Rc::clone(&phase))
    });
    let mut connection = http1::Builder::new()
        .max_headers(usize::try_from(PARSER_HEADER_COUNT).unwrap_or(usize::MAX))
        .max_buf_size(PARSER_BUFFER)
        // All deadlines are kept by `Io`, which also knows those that hyper has none for.
        .header_read_timeout(None)
        .serve_connection(io, service);
    // Errors of a connection are the client's: it went, or what it sent was answered by hyper.
    let over = tokio::select! {
        over = &mut connection => Some(over),
        _ = stop.wait_for(|stop| *stop != Stop::No) => None,
    };
    // Whoever sends its next request just now must not find the connection closed: it cannot know whether the request was
    // served. It gets its answer, with `Connection: close`.
    if over.is_none() && timeout(LINGER, &mut connection).await.is_err() {
        Pin::new(&mut connection).graceful_shutdown();
        let _ = (&mut connection).await;
    }
    let is_reset = |error: &hyper::Error| error.source().is_some_and(<dyn std::error::Error>::is::<Reset>);
    if matches!(&over, Some(Err(error)) if is_reset(error)) {
        connection.into_parts().io.reset();
        return;
    }
    // A connection that has switched protocols is given back as it is.
    if let Some(tunnel) = facts.tunnel.take() {
        phase.set(Phase::Call);
        let parts = connection.into_parts();
        tunnel.carry(TokioIo::new(parts.io), parts.read_buf).await;
    }
}

async fn answer(
    worker: Rc<Worker>,
    facts: Rc<pipeline::Connection>,
    request: Request<Incoming>,
    phase: Rc<Cell<Phase>>,
) -> Result<Response<Whole>, Reset> {
    let mut response = pipeline::serve(Rc::clone(&worker), facts, request).await;
    if worker.is_stopping() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().append(CONNECTION, HeaderValue::from_static("close"));
    }
    if response.extensions().get() == Some(&fault::Cut::Reset) {
        return Err(Reset);
    }
    Ok(response.map(|body| Whole { body, phase }))
}

/// The connection is to be reset, and nothing to be answered.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset on purpose")]
struct Reset;

/// An answer's body. When it is over, the connection waits for the next request.
#[derive(Debug)]
struct Whole {
    body: Outbound,
    phase: Rc<Cell<Phase>>,
}

impl Body for Whole {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        Pin::new(&mut self.body).poll_frame(cx)
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
        self.phase.set(Phase::Between);
    }
}
