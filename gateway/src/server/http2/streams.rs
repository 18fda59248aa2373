//! The streams of one HTTP/2 connection: how many there are, how they ended, and which of them nobody reads.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::rt::Executor;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::worker::Busy;
use crate::alarm::Alarm;
use crate::body::{Cut, Outbound};
use crate::metrics::{self, Bound};

/// What the streams of a connection share.
#[derive(Debug)]
pub(super) struct Streams {
    open: Cell<usize>,
    /// Since when none is open.
    quiet_since: Cell<Instant>,
    /// When a byte last went out.
    wrote_at: Cell<Instant>,
    answered: Cell<usize>,
    /// Those that the client gave up before there was an answer.
    abandoned: Cell<usize>,
    /// How many more of these than of those there may be.
    most_abandoned: usize,
    over: Notify,
    /// The head of a request was too large, and a bare one stands in its place.
    refused: Cell<bool>,
    refusal: Notify,
    /// Of the stream that was opened last, until its task is made.
    newest: RefCell<Option<Rc<Reader>>>,
}

impl Streams {
    pub(super) fn new(most_abandoned: usize) -> Rc<Self> {
        let now = Instant::now();
        Rc::new(Self {
            open: Cell::new(0),
            quiet_since: Cell::new(now),
            wrote_at: Cell::new(now),
            answered: Cell::new(0),
            abandoned: Cell::new(0),
            most_abandoned,
            over: Notify::new(),
            refused: Cell::new(false),
            refusal: Notify::new(),
            newest: RefCell::default(),
        })
    }

    /// Counts a stream until the guard is dropped.
    pub(super) fn begin(self: &Rc<Self>) -> Open {
        self.open.set(self.open.get() + 1);
        let reader = Rc::<Reader>::default();
        self.newest.replace(Some(Rc::clone(&reader)));
        Open { streams: Rc::clone(self), reader, answered: false }
    }

    /// Notes that a byte went out.
    pub(super) fn wrote(&self) {
        self.wrote_at.set(Instant::now());
    }

    /// When a byte last went out.
    pub(super) fn wrote_at(&self) -> Instant {
        self.wrote_at.get()
    }

    /// Since when no stream is open.
    pub(super) fn quiet_since(&self) -> Option<Instant> {
        (self.open.get() == 0).then(|| self.quiet_since.get())
    }

    /// Notes that the head of a request was too large: it is the last that is read.
    pub(super) fn refuse(&self) {
        self.refused.set(true);
        self.refusal.notify_waiters();
    }

    /// True if such a request has come.
    pub(super) fn has_refused(&self) -> bool {
        self.refused.get()
    }

    /// Waits for that.
    pub(super) async fn refused(&self) {
        while !self.has_refused() {
            self.refusal.notified().await;
        }
    }

    /// True once the client has given up more streams than it may.
    pub(super) fn is_abused(&self) -> bool {
        self.abandoned.get() > self.most_abandoned.saturating_add(self.answered.get())
    }

    /// Waits for that.
    pub(super) async fn abused(&self) {
        while !self.is_abused() {
            self.over.notified().await;
        }
    }
}

/// An open stream.
#[derive(Debug)]
pub(super) struct Open {
    streams: Rc<Streams>,
    reader: Rc<Reader>,
    answered: bool,
}

impl Open {
    /// True if the client has given up too many before: this one is not to be served.
    pub(super) fn is_one_too_many(&self) -> bool {
        self.streams.is_abused()
    }

    /// There is an answer.
    pub(super) fn answered(&mut self) {
        self.answered = true;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let streams = &self.streams;
        let open = streams.open.get().saturating_sub(1);
        streams.open.set(open);
        if open == 0 {
            streams.quiet_since.set(Instant::now());
        }
        let count = if self.answered { &streams.answered } else { &streams.abandoned };
        count.set(count.get().saturating_add(1));
        if streams.is_abused() {
            streams.over.notify_waiters();
        }
    }
}

/// Whoever reads an answer.
#[derive(Debug, Default)]
struct Reader {
    /// Since when it owes us room for the last piece; `None` while there is none.
    since: Cell<Option<Instant>>,
}

/// An answer's body.
#[derive(Debug)]
pub(super) struct Answer {
    body: Outbound,
    /// The answer to a HEAD, which has none.
    is_bare: bool,
    open: Open,
    _busy: Busy,
}

impl Answer {
    pub(super) fn new(body: Outbound, is_bare: bool, open: Open, busy: Busy) -> Self {
        Self { body, is_bare, open, _busy: busy }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if self.is_bare {
            return Poll::Ready(None);
        }
        self.open.reader.since.set(None);
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.open.reader.since.set(Some(Instant::now()));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.is_bare || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_bare { SizeHint::with_exact(0) } else { self.body.size_hint() }
    }
}

/// Runs the streams of a connection, each as a task of this thread.
///
/// A client may open a stream, and never the window in which its answer would go out. The library waits for that for
/// ever; a stream that waits so long is dropped here, which resets it. The connection's other streams go on.
#[derive(Debug, Clone)]
pub(super) struct Tasks {
    pub(super) streams: Rc<Streams>,
    pub(super) patience: Duration,
}

impl<F: Future<Output = ()> + 'static> Executor<F> for Tasks {
    fn execute(&self, stream: F) {
        let reader = self.streams.newest.take().unwrap_or_default();
        tokio::task::spawn_local(read_in_time(stream, reader, self.patience));
    }
}

async fn read_in_time<F: Future<Output = ()>>(stream: F, reader: Rc<Reader>, patience: Duration) {
    let mut stream = pin!(stream);
    // Set only where somebody had to wait.
    let mut alarm = Alarm::default();
    poll_fn(|cx| {
        if stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let Some(since) = reader.since.get() else { return Poll::Pending };
        ready!(alarm.poll(since + patience, cx));
        metrics::hit(Bound::WriteTimeout);
        Poll::Ready(())
    })
    .await;
}
