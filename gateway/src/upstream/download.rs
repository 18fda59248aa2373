//! A backend's answer on its way to the client: its body, and the connection it comes over.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use super::connection::{Connection, Next};
use super::idle::InUse;
use crate::body::Cut;
use crate::metrics::{self, Bound};

/// The body of an answer. It holds its connection until it is over; dropped before that, it closes it, and the backend
/// knows that nobody wants the rest.
#[derive(Debug)]
pub(crate) struct Download {
    /// `None` once it is over or broken.
    source: Option<(Box<Connection>, InUse)>,
    /// It came to its end.
    is_over: bool,
    keep_alive: bool,
    patience: Duration,
    /// When the next byte must have come; set when somebody waits.
    waiting_until: Option<Instant>,
    until: Option<Instant>,
    /// Why the body ended before its end. It is said a moment later, so that what came before goes out first: an
    /// answer that is cut shows more than a connection that just closes.
    broken: Option<Cut>,
}

impl Download {
    /// The body that follows a head.
    pub(super) fn new(
        connection: Box<Connection>,
        in_use: InUse,
        keep_alive: bool,
        patience: Duration,
        until: Option<Instant>,
    ) -> Self {
        let source = Some((connection, in_use));
        let mut download =
            Self { source, is_over: false, keep_alive, patience, waiting_until: None, until, broken: None };
        download.settle();
        download
    }

    /// No body.
    pub(super) fn none() -> Self {
        Self {
            source: None,
            is_over: true,
            keep_alive: false,
            patience: Duration::MAX,
            waiting_until: None,
            until: None,
            broken: None,
        }
    }

    /// Once the body is over, the next call may have the connection.
    fn settle(&mut self) {
        self.is_over = self.source.as_ref().is_some_and(|(connection, _)| connection.is_over());
        if self.is_over
            && let Some((mut connection, in_use)) = self.source.take()
            && self.keep_alive
            && connection.is_reusable()
        {
            connection.rest();
            in_use.give_back(connection);
        }
    }
}

impl Body for Download {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let this = &mut *self;
        if let Some(cut) = this.broken.take() {
            this.source = None;
            return Poll::Ready(Some(Err(cut)));
        }
        let Some((connection, _)) = &mut this.source else { return Poll::Ready(None) };
        let Poll::Ready(next) = connection.poll_next(cx) else {
            let patience = this.patience;
            let by = *this.waiting_until.get_or_insert_with(|| Instant::now() + patience);
            let by = this.until.map_or(by, |until| until.min(by));
            return connection.poll_late(by, cx).map(|()| {
                metrics::hit(Bound::BodyTimeout);
                Some(Err(Cut::Stalled))
            });
        };
        this.waiting_until = None;
        let frame = match next {
            Ok(Next::Data(data)) => Some(Ok(Frame::data(data))),
            Ok(Next::Trailers(mut trailers)) => {
                crate::forward::trailers(&mut trailers);
                Some(Ok(Frame::trailers(trailers)))
            }
            Ok(Next::End) => None,
            Err(broken) => {
                this.broken = Some(Cut::Broken(broken));
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        };
        this.settle();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.is_over
    }

    fn size_hint(&self) -> SizeHint {
        match self.source.as_ref().map_or(Some(0), |(connection, _)| connection.left()) {
            Some(left) => SizeHint::with_exact(left),
            None => SizeHint::default(),
        }
    }
}
