//! A client's socket with deadlines.
//!
//! hyper has a deadline for heads that also ends idle connections, and none for the first byte of a connection or for
//! a client that does not read. Here all four are kept apart. Bodies have theirs in [`crate::body`].

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::metrics::{self, Bound};
use crate::snapshot::ConnectionLimits;

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its first byte.
    Opened,
    /// The rest of a head.
    Head,
    /// A call's end; bodies keep their own time.
    Call,
    /// The next request.
    Between,
}

/// How long a connection waits in each phase.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    first_byte: Duration,
    head: Duration,
    idle: Duration,
    write: Duration,
}

impl From<&ConnectionLimits> for Deadlines {
    fn from(limits: &ConnectionLimits) -> Self {
        Self {
            first_byte: limits.first_byte_timeout,
            head: limits.header_timeout,
            idle: limits.idle_timeout,
            write: limits.write_timeout,
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Io {
    stream: TokioIo<TcpStream>,
    deadlines: Deadlines,
    phase: Rc<Cell<Phase>>,
    /// When reading must have led on, and in which phase that was set.
    read_by: Option<(Phase, Instant)>,
    /// When a byte must have been taken.
    write_by: Option<Instant>,
    /// Fires at or before the nearest deadline. Deadlines mostly move away before they are due, so it is set again
    /// when it fires, not whenever they move.
    alarm: Pin<Box<Sleep>>,
}

impl Io {
    /// Wraps an accepted connection. The caller sets the phases [`Phase::Call`] and
    /// [`Phase::Between`].
    pub(super) fn new(stream: TcpStream, deadlines: Deadlines) -> (Self, Rc<Cell<Phase>>) {
        let phase = Rc::new(Cell::new(Phase::Opened));
        let alarm = Box::pin(sleep_until(Instant::now() + deadlines.first_byte));
        let io = Self {
            stream: TokioIo::new(stream),
            deadlines,
            phase: Rc::clone(&phase),
            read_by: None,
            write_by: None,
            alarm,
        };
        (io, phase)
    }

    /// Closes the connection so that the other end sees a reset.
    pub(super) fn reset(self) {
        // Where that cannot be had, it closes as usual.
        let _ = self.stream.inner().set_zero_linger();
    }

    /// Sets the read deadline of the phase that waiting began in, once.
    fn wait_to_read(&mut self) {
        let phase = self.phase.get();
        if self.read_by.is_some_and(|(since, _)| since == phase) {
            return;
        }
        let patience = match phase {
            Phase::Opened => self.deadlines.first_byte,
            Phase::Head => self.deadlines.head,
            Phase::Between => self.deadlines.idle,
            Phase::Call => {
                self.read_by = None;
                return;
            }
        };
        self.read_by = Some((phase, Instant::now() + patience));
    }

    /// Something was read: outside of calls it is a head, whose time runs from here to its last byte.
    fn was_read(&mut self) {
        if matches!(self.phase.get(), Phase::Opened | Phase::Between) {
            self.phase.set(Phase::Head);
            // The same phase may come again before anybody waits: it gets a deadline of its own.
            self.read_by = None;
        }
    }

    /// Ready when a deadline has passed.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            let read_by = self.read_by.filter(|(phase, _)| *phase == self.phase.get()).map(|(_, by)| by);
            let Some(nearest) = read_by.into_iter().chain(self.write_by).min() else { return Poll::Pending };
            if nearest <= Instant::now() {
                metrics::hit(match read_by {
                    Some(by) if by == nearest => match self.phase.get() {
                        Phase::Opened => Bound::FirstByteTimeout,
                        Phase::Head => Bound::HeaderTimeout,
                        Phase::Call | Phase::Between => Bound::IdleTimeout,
                    },
                    _ => Bound::WriteTimeout,
                });
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            if self.alarm.deadline() > nearest || self.alarm.is_elapsed() {
                self.alarm.as_mut().reset(nearest);
            }
            if self.alarm.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }

    fn wrote(&mut self, outcome: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if outcome.is_ready() {
            self.write_by = None;
            return outcome;
        }
        self.write_by.get_or_insert_with(|| Instant::now() + self.deadlines.write);
        self.poll_late(cx).map(Err)
    }
}

impl Read for Io {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        match Pin::new(&mut this.stream).poll_read(cx, buf) {
            Poll::Ready(outcome) => {
                this.was_read();
                Poll::Ready(outcome)
            }
            Poll::Pending => {
                this.wait_to_read();
                this.poll_late(cx).map(Err)
            }
        }
    }
}

impl Write for Io {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let outcome = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.wrote(outcome, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let outcome = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.wrote(outcome, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // hyper may have tried to read the next request just before it let go of this answer's body: then nobody
        // reads again until something arrives, and the wait has to begin here.
        if this.phase.get() == Phase::Between {
            this.wait_to_read();
            if let Poll::Ready(late) = this.poll_late(cx) {
                return Poll::Ready(Err(late));
            }
        }
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
