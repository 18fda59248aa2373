//! Bodies on their way through: counted, bounded in size and silence, never collected unless a check needs them.

use std::cell::Cell;
use std::error::Error as _;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Instant;

use crate::access_log::Record;
use crate::alarm::Alarm;
use crate::buffered::Buffered;
use crate::metrics::{self, Bound};
use crate::screen::Fault;
use crate::snapshot::ConnectionLimits;
use crate::upstream::{Break, Download};

/// Why a client's body could not be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InboundFailure {
    /// More bytes than the limit it holds.
    #[error("the body is larger than {0} bytes")]
    TooLarge(u64),
    /// Its framing is broken.
    #[error("the body's framing is broken")]
    Malformed,
    /// The client ended the connection before the body's end.
    #[error("the body was cut off")]
    Cut,
    /// The client sent nothing for too long.
    #[error("the client stopped sending")]
    Stalled,
    /// It was to be held whole, and there is no room for it.
    #[error("too much is held in memory already")]
    Crowded,
}

/// The parser is told that a body is broken, and tells whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is broken")]
pub(crate) struct Broken(pub(crate) Fault);

impl From<Broken> for io::Error {
    fn from(broken: Broken) -> Self {
        Self::new(io::ErrorKind::InvalidData, broken)
    }
}

impl From<&hyper::Error> for InboundFailure {
    /// The screen's own word, if the error is it; else the parser has found out what the screen did not. Over HTTP/2 a client
    /// may give its request up, or be gone.
    fn from(error: &hyper::Error) -> Self {
        let Some(cause) = error.source() else { return Self::Malformed };
        let left = |error: &h2::Error| error.is_remote() || error.is_io();
        let broken =
            cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref).and_then(|cause| cause.downcast_ref());
        match broken {
            Some(Broken(Fault::Cut)) => Self::Cut,
            _ if cause.downcast_ref().is_some_and(left) => Self::Cut,
            _ => Self::Malformed,
        }
    }
}

/// How a client's body fares, for whoever no longer holds it.
///
/// A body that fails while it is forwarded surfaces as a failure to *send*; without this it would be blamed on the
/// backend.
#[derive(Debug, Default)]
pub(crate) struct Fate {
    failure: Cell<Option<InboundFailure>>,
    bytes: Cell<u64>,
}

impl Fate {
    /// Why reading failed, if it did.
    pub(crate) fn failure(&self) -> Option<InboundFailure> {
        self.failure.get()
    }

    /// Bytes read.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.get()
    }
}

/// A client's body.
#[derive(Debug)]
pub(crate) struct Inbound {
    source: Source,
    held: Buffered,
}

#[derive(Debug)]
enum Source {
    Collected(Option<Bytes>),
    /// Boxed because most calls have no body, and all would have to carry it.
    Stream(Box<Streamed>),
}

/// A body that is still to be read.
#[derive(Debug)]
struct Streamed {
    body: Incoming,
    fate: Rc<Fate>,
    limit: u64,
    patience: Patience,
}

impl Inbound {
    /// At most `limit` bytes of `body`, and no slower than `limits` allow.
    pub(crate) fn new(body: Incoming, limit: u64, limits: &ConnectionLimits) -> Self {
        let source = if body.is_end_stream() {
            Source::Collected(None)
        } else {
            let (fate, patience) = (Rc::default(), Patience::new(limits));
            Source::Stream(Box::new(Streamed { body, fate, limit, patience }))
        };
        Self { source, held: Buffered::default() }
    }

    /// How it fares, from now on; `None` where there is nothing to read.
    pub(crate) fn fate(&self) -> Option<Rc<Fate>> {
        if let Source::Stream(stream) = &self.source { Some(Rc::clone(&stream.fate)) } else { None }
    }

    /// Reads it to the end, and holds it until it is dropped: no more than `most` together with what other calls of this
    /// thread hold. It can still be sent afterwards.
    ///
    /// # Errors
    /// Why it could not be read.
    pub(crate) async fn collect(&mut self, most: usize) -> Result<Bytes, InboundFailure> {
        let stream = match &mut self.source {
            Source::Collected(whole) => return Ok(whole.clone().unwrap_or_default()),
            Source::Stream(stream) => stream,
        };
        let mut whole = BytesMut::new();
        while let Some(frame) = std::future::poll_fn(|cx| stream.poll_frame(cx)).await {
            if let Ok(data) = frame?.into_data() {
                if !self.held.grow(data.len(), most) {
                    return Err(stream.fail(InboundFailure::Crowded));
                }
                whole.extend_from_slice(&data);
            }
        }
        let whole = whole.freeze();
        self.source = Source::Collected(Some(whole.clone()).filter(|whole| !whole.is_empty()));
        Ok(whole)
    }

    /// Puts another content in place of one that was collected.
    pub(crate) fn replace(&mut self, whole: Bytes) {
        self.source = Source::Collected(Some(whole).filter(|whole| !whole.is_empty()));
    }
}

impl Streamed {
    /// Remembers why it cannot be read.
    fn fail(&self, failure: InboundFailure) -> InboundFailure {
        self.fate.failure.set(Some(failure));
        failure
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, InboundFailure>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
            ready!(self.patience.poll_over(self.fate.bytes(), cx));
            metrics::hit(Bound::BodyTimeout);
            return Poll::Ready(Some(Err(self.fail(InboundFailure::Stalled))));
        };
        self.patience.renew();
        Poll::Ready(match frame {
            None => None,
            // Trailers are dropped: nothing may be added to a request after it was checked.
            Some(Ok(frame)) => {
                let data = frame.into_data().unwrap_or_default();
                let bytes = self.fate.bytes().saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX));
                self.fate.bytes.set(bytes);
                Some(if bytes > self.limit {
                    Err(self.fail(InboundFailure::TooLarge(self.limit)))
                } else {
                    Ok(Frame::data(data))
                })
            }
            Some(Err(error)) => Some(Err(self.fail(InboundFailure::from(&error)))),
        })
    }
}

impl Body for Inbound {
    type Data = Bytes;
    type Error = InboundFailure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, InboundFailure>>> {
        match &mut self.source {
            Source::Collected(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Source::Stream(stream) => stream.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Collected(bytes) => bytes.is_none(),
            Source::Stream(stream) => stream.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Collected(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX)))
            }
            Source::Stream(stream) => stream.body.size_hint(),
        }
    }
}

/// Why an answer's body was cut off after its head had gone out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cut {
    /// One of the two ends broke off.
    #[error(transparent)]
    Broken(#[from] Break),
    /// The backend sent nothing for too long.
    #[error("the backend stopped sending")]
    Stalled,
    /// Somebody wants to see what callers do then.
    #[error("the answer is cut on purpose")]
    Wanted,
}

/// An answer's body, with what has to happen when it is over: the access log gets its line.
#[derive(Debug)]
pub(crate) struct Outbound {
    source: Outgoing,
    record: Box<Record>,
}

#[derive(Debug)]
enum Outgoing {
    Made(Option<Bytes>),
    /// The half that goes out until it has, the length that is announced, and whether there was time to send the half.
    Half(Option<Bytes>, u64, bool),
    Relayed(Download),
}

impl Outbound {
    /// A body made here.
    pub(crate) fn made(body: Bytes, record: Box<Record>) -> Self {
        Self { source: Outgoing::Made(Some(body).filter(|body| !body.is_empty())), record }
    }

    /// Half of a body made here: the connection breaks off after it.
    pub(crate) fn half(body: &Bytes, record: Box<Record>) -> Self {
        let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        Self { source: Outgoing::Half(Some(body.slice(..body.len() / 2)), length, false), record }
    }

    /// A backend's body.
    pub(crate) fn relayed(body: Download, record: Box<Record>) -> Self {
        Self { source: Outgoing::Relayed(body), record }
    }
}

impl Body for Outbound {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let this = &mut *self;
        let frame = match &mut this.source {
            Outgoing::Made(bytes) => bytes.take().map(|bytes| Ok(Frame::data(bytes))),
            Outgoing::Half(bytes, _, rested) => match bytes.take() {
                Some(half) => Some(Ok(Frame::data(half))),
                None if *rested => Some(Err(Cut::Wanted)),
                // An error now would take with it what hyper has not sent yet.
                None => {
                    *rested = true;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            },
            Outgoing::Relayed(body) => ready!(Pin::new(body).poll_frame(cx)),
        };
        match &frame {
            Some(Ok(frame)) => this.record.sent(frame.data_ref().map_or(0, Bytes::len)),
            Some(Err(_)) => {}
            None => this.record.complete(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Outgoing::Made(bytes) => bytes.is_none(),
            Outgoing::Half(..) => false,
            Outgoing::Relayed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Outgoing::Made(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX)))
            }
            Outgoing::Half(_, length, _) => SizeHint::with_exact(*length),
            Outgoing::Relayed(body) => body.size_hint(),
        }
    }
}

impl Drop for Outbound {
    fn drop(&mut self) {
        // A body that says its own end is not polled beyond it, so "over" is seen here and not in `poll_frame`.
        if self.is_end_stream() {
            self.record.complete();
        }
    }
}

/// How long a client is waited for: so long for each piece, and all in all not longer than the pieces it did send are
/// worth. Only waiting counts; a body that nobody wants to read is not late. The timer exists only while somebody waits.
#[derive(Debug)]
struct Patience {
    timeout: Duration,
    /// Bytes a second.
    rate: u64,
    alarm: Alarm,
    /// Since when the client is waited for, and until when.
    wait: Option<(Instant, Instant)>,
    waited: Duration,
}

impl Patience {
    fn new(limits: &ConnectionLimits) -> Self {
        let (timeout, rate) = (limits.body_timeout, limits.body_rate.max(1));
        Self { timeout, rate, alarm: Alarm::default(), wait: None, waited: Duration::ZERO }
    }

    fn renew(&mut self) {
        if let Some((since, _)) = self.wait.take() {
            self.waited += since.elapsed();
        }
    }

    /// Ready when patience is over, `bytes` having come so far.
    fn poll_over(&mut self, bytes: u64, cx: &mut Context<'_>) -> Poll<()> {
        if let Some((_, until)) = self.wait {
            return self.alarm.poll(until, cx);
        }
        let now = Instant::now();
        let worth = Duration::from_millis(bytes.saturating_mul(1000) / self.rate);
        let left = self.timeout.saturating_add(worth).saturating_sub(self.waited);
        let Some(until) = now.checked_add(left.min(self.timeout)) else { return Poll::Pending };
        self.wait = Some((now, until));
        self.alarm.poll(until, cx)
    }
}
