//! What is counted: calls, errors, durations, connections, and every bound that is hit.
//!
//! Each thread counts for itself in plain cells, so that a call touches no lock and no cache line of another core. Who
//! wants to know asks every thread for a [`Tally`] and adds them up; see [`crate::admin`].

mod calls;
mod encode;
mod recent;
mod tally;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use apigw_errors::CodeRow;

pub(crate) use calls::CallCells;
pub(crate) use encode::{Server, Single, text};
pub(crate) use recent::{SLOT, SLOTS, slot};
pub(crate) use tally::{Raised, Tally};

use crate::hash::ConfiguredMap;

/// A bound that was hit. Each is a setting with a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// `limits.handshake_timeout`
    HandshakeTimeout,
    /// `limits.first_byte_timeout`
    FirstByteTimeout,
    /// `limits.header_timeout`
    HeaderTimeout,
    /// `limits.idle_timeout`
    IdleTimeout,
    /// `limits.write_timeout`
    WriteTimeout,
    /// `limits.body_timeout`
    BodyTimeout,
    /// `limits.abandoned_streams`
    AbandonedStreams,
    /// `limits.ping_timeout`
    PingTimeout,
    /// `limits.connections`
    Connections,
    /// `limits.requests`
    Requests,
    /// `limits.uri`
    Uri,
    /// `limits.headers`, `limits.header`, `limits.header_count`
    Headers,
    /// `limits.body`
    Body,
    /// `limits.buffered`
    Buffered,
    /// `proxy_protocol.from` of a listener.
    ProxyProtocol,
    /// `limits.grace`
    Grace,
    /// `state.timeout`, or the store was gone before it passed.
    State,
    /// The system's limit on open files.
    Descriptors,
}

impl Bound {
    const ALL: [Self; 18] = [
        Self::HandshakeTimeout,
        Self::FirstByteTimeout,
        Self::HeaderTimeout,
        Self::IdleTimeout,
        Self::WriteTimeout,
        Self::BodyTimeout,
        Self::AbandonedStreams,
        Self::PingTimeout,
        Self::Connections,
        Self::Requests,
        Self::Uri,
        Self::Headers,
        Self::Body,
        Self::Buffered,
        Self::ProxyProtocol,
        Self::Grace,
        Self::State,
        Self::Descriptors,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::HandshakeTimeout => "handshake_timeout",
            Self::FirstByteTimeout => "first_byte_timeout",
            Self::HeaderTimeout => "header_timeout",
            Self::IdleTimeout => "idle_timeout",
            Self::WriteTimeout => "write_timeout",
            Self::BodyTimeout => "body_timeout",
            Self::AbandonedStreams => "abandoned_streams",
            Self::PingTimeout => "ping_timeout",
            Self::Connections => "connections",
            Self::Requests => "requests",
            Self::Uri => "uri",
            Self::Headers => "headers",
            Self::Body => "body",
            Self::Buffered => "buffered",
            Self::ProxyProtocol => "proxy_protocol",
            Self::Grace => "grace",
            Self::State => "state",
            Self::Descriptors => "descriptors",
        }
    }
}

thread_local! {
    static PANICS: Cell<u64> = const { Cell::new(0) };

    /// By the position of the bound. Deadlines are kept in places that know nothing but their own socket.
    static BOUNDS: [Cell<u64>; Bound::ALL.len()] = const { [const { Cell::new(0) }; Bound::ALL.len()] };
}

/// Counts a panic.
pub(crate) fn panicked() {
    PANICS.with(|panics| add(panics, 1));
}

/// Counts that a bound was hit.
pub(crate) fn hit(bound: Bound) {
    BOUNDS.with(|bounds| {
        if let Some(cell) = bounds.get(bound as usize) {
            add(cell, 1);
        }
    });
}

fn add(cell: &Cell<u64>, more: u64) {
    cell.set(cell.get().wrapping_add(more));
}

/// One thread's counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    connections: Cell<u64>,
    in_flight: Cell<u64>,
    errors: RefCell<ConfiguredMap<(usize, usize), Raised>>,
    /// Of configurations that are no longer in force and no longer in use.
    retired: RefCell<Tally>,
    /// Of all configurations that calls still use.
    live: RefCell<Vec<std::rc::Weak<CallCells>>>,
}

/// A call that has become an answer, or nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    /// Position of the listener.
    pub(crate) listener: usize,
    /// Position of the host, if it is known.
    pub(crate) host: Option<usize>,
    /// Position of the route, if one was found.
    pub(crate) route: Option<usize>,
    /// Status of the answer.
    pub(crate) status: u16,
    /// From its head to the end of the answer.
    pub(crate) took: Duration,
    /// Of which the backend took so long.
    pub(crate) upstream: Option<Duration>,
}

impl Counters {
    /// A connection was accepted.
    pub(crate) fn accepted(&self) {
        add(&self.connections, 1);
    }

    /// A call begins.
    pub(crate) fn begin(&self) {
        add(&self.in_flight, 1);
    }

    /// A call is over.
    pub(crate) fn end(&self) {
        self.in_flight.set(self.in_flight.get().saturating_sub(1));
    }

    /// An error was raised.
    pub(crate) fn raised(&self, code: Option<&'static CodeRow>, condition: &'static str, now: Instant) {
        // Both are statics: their addresses are names.
        let key = (code.map_or(0, |code| std::ptr::from_ref(code).addr()), condition.as_ptr().addr());
        let mut errors = self.errors.borrow_mut();
        let raised = errors.entry(key).or_insert_with(|| Raised::new(code, condition));
        raised.total += 1;
        raised.recent.count(slot(now));
    }

    /// Counts calls of a configuration until its last user is gone.
    pub(crate) fn watch(&self, cells: &Rc<CallCells>) {
        let mut live = self.live.borrow_mut();
        live.retain(|cells| cells.strong_count() > 0);
        live.push(Rc::downgrade(cells));
    }

    /// The last user of a configuration is gone.
    fn retire(&self, cells: &CallCells) {
        cells.add_to(&mut self.retired.borrow_mut());
    }

    /// Everything counted so far. `open` is the number of connections.
    pub(crate) fn tally(&self, open: usize, known: &crate::snapshot::Snapshot) -> Tally {
        self.retired.borrow_mut().forget_unknown(known);
        let mut tally = self.retired.borrow().clone();
        for cells in self.live.borrow().iter().filter_map(std::rc::Weak::upgrade) {
            cells.add_to(&mut tally);
        }
        tally.open = u64::try_from(open).unwrap_or(u64::MAX);
        tally.connections = self.connections.get();
        tally.in_flight = self.in_flight.get();
        for raised in self.errors.borrow().values() {
            tally.raised(raised);
        }
        tally.panics = PANICS.with(Cell::get);
        BOUNDS.with(|bounds| {
            for (bound, cell) in Bound::ALL.into_iter().zip(bounds) {
                *tally.bounds.entry(bound.name()).or_default() += cell.get();
            }
        });
        tally
    }
}
