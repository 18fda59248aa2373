//! What a connection waits for, and for how long at most.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use crate::screen::Refusal;
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
    /// Nothing: it speaks another protocol now, whose ends keep their own time.
    Tunnel,
    /// Nothing: it began as one of HTTP/2, and is to be taken back as it was; see [`Io::into_parts`](super::io::Io::into_parts).
    Http2,
}

/// What a connection and its calls tell each other.
#[derive(Debug)]
pub(super) struct Signals {
    /// What is waited for. Calls set [`Phase::Call`], [`Phase::Between`] and [`Phase::Tunnel`].
    pub(super) phase: Cell<Phase>,
    /// An answer broke off that would look whole if the connection just ended: it is to be reset.
    pub(super) broke_off: Cell<bool>,
    /// How many calls have begun.
    calls: Cell<u64>,
    refusal: RefCell<Option<Refusal>>,
}

impl Signals {
    /// Those of a connection on which nothing has happened.
    pub(super) fn new() -> Self {
        Self {
            phase: Cell::new(Phase::Opened),
            broke_off: Cell::new(false),
            calls: Cell::new(0),
            refusal: RefCell::default(),
        }
    }

    /// A request was refused, and another stands in its place.
    pub(super) fn refuse(&self, refusal: Refusal) {
        *self.refusal.borrow_mut() = Some(refusal);
    }

    /// Counts a call, and tells what was refused in its place, if anything was.
    pub(super) fn call(&self) -> Option<Refusal> {
        self.phase.set(Phase::Call);
        let number = self.calls.get();
        self.calls.set(number + 1);
        self.refusal.borrow_mut().take_if(|refusal| refusal.number == number)
    }
}

/// How long a connection waits in each phase.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    pub(super) first_byte: Duration,
    pub(super) head: Duration,
    pub(super) idle: Duration,
    pub(super) write: Duration,
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
