//! HTTP/2 connections: chosen by TLS (ALPN), or begun with its preface where TLS is not spoken.
//!
//! The library is hyper's; its defaults against floods (resets of streams nobody has seen yet, continuations, empty data,
//! settings) stay as they are. Kept here is what it has no notion of: deadlines, silence, streams that a client opens and
//! gives up one after the other, answers nobody reads, and the form of a request.

mod frames;
mod io;
mod request;
mod screen;
mod streams;

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use self::io::Io;
use self::streams::{Answer, Open, Streams, Tasks};
use super::Stop;
use super::connection::{Unanswered, unreadable};
use super::transport::Transport;
use super::worker::Worker;
use crate::metrics::{self, Bound};
use crate::screen::{Bounds, Fault};
use crate::{fault, pipeline};

/// Bytes of an answer that wait for the client's window, by stream. The backend waits for the rest.
const SEND_BUFFER: usize = 64 << 10;

/// How long an announced end waits for the last bytes of answers to go out, counted from the last that did.
const FAREWELL: Duration = Duration::from_secs(2);

/// How often streams in flight are looked at while a connection ends.
const LOOK: Duration = Duration::from_millis(200);

/// What HTTP/2 counts for a field besides name and value (RFC 9113, section 6.5.2).
const FIELD: usize = 32;

/// More than the bounds on heads that a head may have and still be refused in the host's dialect. Beyond that the
/// listener's dialect refuses it, whatever its fields are.
const BEYOND: usize = 64 << 10;

/// How many times as long a head may be once its texts are no longer compressed: Huffman's code for the most frequent
/// letters has five bits. Only fields that are repeated by their index make more of it; those the library refuses.
const EXPANSION: usize = 2;

/// Serves a connection to its end. `held` is what has been read of it already.
pub(super) async fn serve<S: Transport>(
    worker: Rc<Worker>,
    stream: S,
    held: Vec<u8>,
    facts: Rc<pipeline::Connection>,
    mut stop: watch::Receiver<Stop>,
) {
    let snapshot = worker.snapshot();
    let (limits, bounds) = (snapshot.limits, snapshot.head_bounds);
    drop(snapshot);
    let streams = Streams::new(limits.abandoned_streams);
    let most = longest_head(&bounds);
    let io = TokioIo::new(Io::new(stream, held, most, &limits, Rc::clone(&streams)));
    let service = service_fn({
        let streams = Rc::clone(&streams);
        move |request| {
            let is_refused = streams.has_refused() && request::is_bare(&request);
            answer(Rc::clone(&worker), Rc::clone(&facts), streams.begin(), request, is_refused)
        }
    });
    let tasks = Tasks { streams: Rc::clone(&streams), patience: limits.write_timeout };
    let mut builder = http2::Builder::new(tasks);
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(most.saturating_mul(EXPANSION)).unwrap_or(u32::MAX))
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(limits.ping_interval)
        .keep_alive_timeout(limits.ping_timeout);
    let mut connection = pin!(builder.serve_connection(io, service));
    let idle = async {
        // Whoever opens a stream begins to wait anew when it is over.
        loop {
            let by = streams.quiet_since().unwrap_or_else(Instant::now) + limits.idle_timeout;
            if by <= Instant::now() {
                metrics::hit(Bound::IdleTimeout);
                return;
            }
            sleep_until(by).await;
        }
    };
    let abused = tokio::select! {
        over = &mut connection => {
            if over.is_err_and(|error| error.is_timeout()) {
                metrics::hit(Bound::PingTimeout);
            }
            return;
        }
        _ = stop.wait_for(|stop| *stop != Stop::No) => false,
        () = idle => false,
        () = streams.refused() => false,
        () = streams.abused() => {
            metrics::hit(Bound::AbandonedStreams);
            true
        }
    };
    // The client is told to open no more streams (GOAWAY); those that are open go on.
    connection.as_mut().graceful_shutdown();
    let told = Instant::now();
    let done = async {
        loop {
            sleep_until(Instant::now() + LOOK).await;
            let last = streams.wrote_at().clamp(told, told + limits.write_timeout);
            let is_over = match streams.quiet_since() {
                _ if abused => told.elapsed() >= FAREWELL,
                Some(_) => last.elapsed() >= FAREWELL,
                None => false,
            };
            if is_over {
                return;
            }
        }
    };
    tokio::select! {
        _ = &mut connection => {}
        () = done => {}
    }
}

/// The bound on a whole head, with what HTTP/2 counts for each field.
fn longest_head(bounds: &Bounds) -> usize {
    let fields = bounds.headers.saturating_add(bounds.header_count.saturating_mul(FIELD));
    bounds.uri.saturating_add(fields).saturating_add(BEYOND)
}

async fn answer(
    worker: Rc<Worker>,
    facts: Rc<pipeline::Connection>,
    mut open: Open,
    mut request: Request<Incoming>,
    is_refused: bool,
) -> Result<Response<Answer>, Unanswered> {
    if open.is_one_too_many() {
        return Err(Unanswered::Gone);
    }
    if is_refused {
        *request.method_mut() = unreadable();
        request.extensions_mut().insert(Fault::LargeFields);
    } else if let Err(fault) = request::adapt(&mut request) {
        request.extensions_mut().insert(fault);
    }
    let is_head = *request.method() == Method::HEAD;
    let busy = worker.begin();
    let (mut parts, body) = request.into_parts();
    let mut response = pipeline::serve(Rc::clone(&worker), facts, &mut parts, body).await.ok_or(Unanswered::Gone)?;
    open.answered();
    if response.extensions().get() == Some(&fault::Cut::Reset) {
        return Err(Unanswered::Reset);
    }
    let length = response.body().size_hint().exact().filter(|length| is_head && *length > 0);
    if let Some(length) = length {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
    }
    Ok(response.map(|body| Answer::new(body, is_head, open, busy)))
}
