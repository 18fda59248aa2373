//! Calls of one configuration, counted by position, so that counting needs no names.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;

use super::tally::{Histogram, Series, Tally};
use super::{Counters, Outcome, add};
use crate::snapshot::Snapshot;

/// Upper bounds of the buckets for durations, in seconds; one more bucket takes the rest.
pub(super) const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Classes of status: 1xx to 5xx, and what is none of them.
pub(super) const CLASSES: [&str; 6] = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// What a thread counts for one configuration. When the last call that began under it is over, its counts go to those
/// of earlier configurations, under the names they had.
#[derive(Debug)]
pub(crate) struct CallCells {
    snapshot: Arc<Snapshot>,
    counters: Rc<Counters>,
    /// By position of the host; the last is for hosts that are not known.
    hosts: Box<[OnceCell<Box<HostCells>>]>,
}

#[derive(Debug)]
struct HostCells {
    /// By position of the route; the last is for calls that found none.
    routes: Box<[OnceCell<Box<RouteCells>>]>,
    duration: HistogramCells,
    upstream: HistogramCells,
}

/// By position of the listener, then by class of status.
#[derive(Debug)]
struct RouteCells(Box<[[Cell<u64>; CLASSES.len()]]>);

#[derive(Debug, Default)]
struct HistogramCells {
    buckets: [Cell<u64>; BUCKETS.len() + 1],
    sum: Cell<f64>,
}

impl HistogramCells {
    fn observe(&self, seconds: f64) {
        let place = BUCKETS.iter().position(|bound| seconds <= *bound).unwrap_or(BUCKETS.len());
        if let Some(cell) = self.buckets.get(place) {
            add(cell, 1);
        }
        self.sum.set(self.sum.get() + seconds);
    }

    fn add_to(&self, histogram: &mut Histogram) {
        for (sum, cell) in histogram.buckets.iter_mut().zip(&self.buckets) {
            *sum += cell.get();
        }
        histogram.sum += self.sum.get();
    }
}

fn empty<T>(len: usize) -> Box<[OnceCell<T>]> {
    (0..len).map(|_| OnceCell::new()).collect()
}

impl CallCells {
    /// Cells for the calls under `snapshot`. They take memory once they are used.
    pub(crate) fn new(snapshot: Arc<Snapshot>, counters: &Rc<Counters>) -> Rc<Self> {
        let hosts = empty(snapshot.hosts.len() + 1);
        let cells = Rc::new(Self { snapshot, counters: Rc::clone(counters), hosts });
        counters.watch(&cells);
        cells
    }

    /// The configuration.
    pub(crate) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The thread's counters that know no configuration.
    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Counts a call.
    pub(crate) fn count(&self, outcome: &Outcome) {
        let host = outcome.host.unwrap_or(self.snapshot.hosts.len());
        let Some(cells) = self.hosts.get(host) else { return };
        let routes = || self.snapshot.hosts.get(host).map_or(0, |host| host.routes.len());
        let host = cells.get_or_init(|| {
            let (duration, upstream) = (HistogramCells::default(), HistogramCells::default());
            Box::new(HostCells { routes: empty(routes() + 1), duration, upstream })
        });
        host.duration.observe(outcome.took.as_secs_f64());
        if let Some(upstream) = outcome.upstream {
            host.upstream.observe(upstream.as_secs_f64());
        }
        let route = outcome.route.unwrap_or(host.routes.len().saturating_sub(1));
        let Some(route) = host.routes.get(route) else { return };
        let listeners = self.snapshot.listeners.len();
        let route = route.get_or_init(|| Box::new(RouteCells((0..listeners).map(|_| Default::default()).collect())));
        let class = usize::from(outcome.status / 100);
        let class = if class < CLASSES.len() { class } else { 0 };
        if let Some(cell) = route.0.get(outcome.listener).and_then(|classes| classes.get(class)) {
            add(cell, 1);
        }
    }

    /// Adds what was counted, under the names of the configuration.
    pub(super) fn add_to(&self, tally: &mut Tally) {
        for (number, cells) in self.hosts.iter().enumerate() {
            let Some(cells) = cells.get() else { continue };
            let host = self.snapshot.hosts.get(number);
            let name: Arc<str> = host.map_or("", |host| &*host.name).into();
            let (duration, upstream) = tally.durations.entry(Arc::clone(&name)).or_default();
            cells.duration.add_to(duration);
            cells.upstream.add_to(upstream);
            for (number, route) in cells.routes.iter().enumerate() {
                let Some(route) = route.get() else { continue };
                let id: Arc<str> = host.and_then(|host| host.routes.get(number)).map_or("", |route| &*route.id).into();
                for (listener, classes) in self.snapshot.listeners.iter().zip(&route.0) {
                    for (class, cell) in CLASSES.iter().zip(classes).filter(|(_, cell)| cell.get() > 0) {
                        let (host, route) = (Arc::clone(&name), Arc::clone(&id));
                        let series = Series { listener: listener.address.clone(), host, route, class };
                        *tally.calls.entry(series).or_default() += cell.get();
                    }
                }
            }
        }
    }
}

impl Drop for CallCells {
    fn drop(&mut self) {
        let counters = Rc::clone(&self.counters);
        counters.retire(self);
    }
}
