//! A client's connection as the parser sees it: screened, and with deadlines.
//!
//! What [`crate::screen`] refuses never reaches the parser. It gets a small request of our own instead, at the place of
//! the refused one, so that the answer goes the way of all answers; what was refused travels beside it, in
//! [`Signals`]. Of a body that turns out broken it gets an error.
//!
//! hyper has a deadline for heads that also ends idle connections, and none for the first byte of a connection or for
//! a client that does not read. Here all four are kept apart. Bodies have theirs in [`crate::body`].

mod read;
mod write;

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use hyper::rt::ReadBufCursor;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::phase::{Deadlines, Phase, Signals};
use super::transport::Transport;
use crate::alarm::Alarm;
use crate::body::Broken;
use crate::metrics::{self, Bound};
use crate::screen::{Bounds, Fault, Screen, Screened, Then};

/// Bytes read at a time.
const PIECE: usize = 64 << 10;

/// The request in the place of a refused one.
const SUBSTITUTE: &[u8] = b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n";

/// The same, for a refused HEAD: its answer has no body.
const SUBSTITUTE_HEAD: &[u8] = b"HEAD / HTTP/1.1\r\nconnection: close\r\n\r\n";

/// What of HTTP/2's preface (RFC 9113, section 3.4) is enough to know it by.
const PREFACE: &[u8] = b"PRI * HTTP/2";

/// Where a thread's connections read into. What was read is screened and handed on before the next one reads.
pub(super) type Scratch = Rc<RefCell<Box<[u8]>>>;

/// Makes one.
pub(super) fn scratch() -> Scratch {
    Rc::new(RefCell::new(vec![0; PIECE].into_boxed_slice()))
}

/// See the module.
#[derive(Debug)]
pub(super) struct Io<S> {
    stream: S,
    screen: Screen,
    scratch: Scratch,
    /// Bytes read and not handed on: first `passed` that may be, then the beginning of a head.
    held: Vec<u8>,
    passed: usize,
    /// Handed on after what passed.
    substitute: &'static [u8],
    /// Nothing more of the client is looked at.
    shut: bool,
    broken: Option<Fault>,
    signals: Rc<Signals>,
    deadlines: Deadlines,
    /// When reading must have led on, and in which phase that was set.
    read_by: Option<(Phase, Instant)>,
    /// When a byte must have been taken.
    write_by: Option<Instant>,
    /// For the nearest of them.
    alarm: Alarm,
    lingering: Option<(Instant, usize)>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Io<S> {
    /// Wraps an accepted connection, of which `held` has been read already.
    pub(super) fn new(
        stream: S,
        held: Vec<u8>,
        bounds: Bounds,
        deadlines: Deadlines,
        scratch: Scratch,
    ) -> (Self, Rc<Signals>) {
        let signals = Rc::new(Signals::new());
        let mut io = Self {
            stream,
            screen: Screen::new(bounds),
            scratch,
            held,
            passed: 0,
            substitute: b"",
            shut: false,
            broken: None,
            signals: Rc::clone(&signals),
            deadlines,
            read_by: None,
            write_by: None,
            alarm: Alarm::default(),
            lingering: None,
        };
        if !io.held.is_empty() {
            io.was_read();
            io.screen_held();
        }
        (io, signals)
    }

    /// Sets the read deadline of the phase that waiting began in, once.
    fn wait_to_read(&mut self) {
        // A head that began during the call before it has had no deadline yet.
        if self.signals.phase.get() == Phase::Between && self.screen.has_begun() {
            self.signals.phase.set(Phase::Head);
        }
        let phase = self.signals.phase.get();
        if self.read_by.is_some_and(|(since, _)| since == phase) {
            return;
        }
        let patience = match phase {
            Phase::Opened => self.deadlines.first_byte,
            Phase::Head => self.deadlines.head,
            Phase::Between => self.deadlines.idle,
            Phase::Call | Phase::Tunnel | Phase::Http2 => {
                self.read_by = None;
                return;
            }
        };
        self.read_by = Some((phase, Instant::now() + patience));
    }

    /// Something was read: outside of calls it is a head, whose time runs from here to its last byte.
    fn was_read(&mut self) {
        if matches!(self.signals.phase.get(), Phase::Opened | Phase::Between) {
            self.signals.phase.set(Phase::Head);
            // The same phase may come again before anybody waits: it gets a deadline of its own.
            self.read_by = None;
        }
    }

    /// Ready when a deadline has passed.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let read_by = self.read_by.filter(|(phase, _)| *phase == self.signals.phase.get()).map(|(_, by)| by);
        let Some(nearest) = read_by.into_iter().chain(self.write_by).min() else { return Poll::Pending };
        ready!(self.alarm.poll(nearest, cx));
        metrics::hit(match read_by {
            Some(by) if by == nearest => match self.signals.phase.get() {
                Phase::Opened => Bound::FirstByteTimeout,
                Phase::Head => Bound::HeaderTimeout,
                Phase::Call | Phase::Between | Phase::Tunnel | Phase::Http2 => Bound::IdleTimeout,
            },
            _ => Bound::WriteTimeout,
        });
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    fn wrote(&mut self, outcome: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if outcome.is_ready() {
            self.write_by = None;
            return outcome;
        }
        self.write_by.get_or_insert_with(|| Instant::now() + self.deadlines.write);
        self.poll_late(cx).map(Err)
    }

    /// Shows what is held to the screen again.
    fn screen_held(&mut self) {
        let screened = self.screen.screen(&self.held);
        self.passed = screened.pass;
        self.heed(screened);
    }

    /// Does what the screen says about the bytes that did not pass; those are held.
    fn heed(&mut self, screened: Screened) {
        match screened.then {
            Then::More | Then::Wait => {}
            Then::Refuse(_) if self.begins_http2() => self.signals.phase.set(Phase::Http2),
            Then::Refuse(fault) => self.refuse(fault),
            Then::Break(fault) => {
                self.broken = Some(fault);
                self.shut();
            }
        }
    }

    /// True if what was refused is the beginning of HTTP/2's preface. It is no request of HTTP/1, so whoever speaks HTTP/1
    /// is not asked.
    fn begins_http2(&self) -> bool {
        self.screen.messages() == 0 && self.held.starts_with(PREFACE)
    }

    /// Puts our own request in the place of the one that what is held begins.
    fn refuse(&mut self, fault: Fault) {
        let refusal = self.screen.refusal(self.held.get(self.passed..).unwrap_or_default(), fault);
        let is_head = refusal.method == Some(http::Method::HEAD);
        self.substitute = if is_head { SUBSTITUTE_HEAD } else { SUBSTITUTE };
        self.signals.refuse(refusal);
        self.shut();
    }

    fn shut(&mut self) {
        self.screen.shut();
        self.shut = true;
        self.held.truncate(self.passed);
    }

    /// Hands on what may be; false if there is nothing.
    fn hand_on(&mut self, buf: &mut ReadBufCursor<'_>) -> bool {
        if self.passed > 0 {
            let count = self.passed.min(buf.remaining());
            buf.put_slice(self.held.get(..count).unwrap_or_default());
            self.held.drain(..count);
            self.passed -= count;
            return true;
        }
        if !self.substitute.is_empty() {
            let (now, later) = self.substitute.split_at(self.substitute.len().min(buf.remaining()));
            buf.put_slice(now);
            self.substitute = later;
            return true;
        }
        false
    }

    /// The client sends nothing more. Ready with what the parser is to make of it, or not if it is to get something
    /// first.
    fn ended(&mut self) -> Option<io::Result<()>> {
        if self.screen.is_in_body() {
            return Some(Err(Broken(Fault::Cut).into()));
        }
        if self.screen.has_begun() {
            self.refuse(Fault::Malformed);
            return None;
        }
        Some(Ok(()))
    }
}

impl<S: Transport> Io<S> {
    /// The connection, and what was read of it and handed on to nobody.
    pub(super) fn into_parts(self) -> (S, Vec<u8>) {
        (self.stream, self.held)
    }

    /// Closes the connection so that the other end sees a reset.
    pub(super) fn reset(self) {
        self.stream.reset_when_dropped();
    }
}
