//! What threads have counted, under names, ready to be added up.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use apigw_errors::CodeRow;

use super::calls::BUCKETS;
use super::recent::Recent;
use crate::snapshot::{Address, Snapshot};

/// What calls are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Series {
    /// As configured.
    pub(crate) listener: Address,
    /// Empty if the host is not known: names that strangers make up are no labels.
    pub(crate) host: Arc<str>,
    /// Empty if none was found.
    pub(crate) route: Arc<str>,
    /// `2xx`
    pub(crate) class: &'static str,
}

/// Durations in buckets.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Histogram {
    /// Not cumulative.
    pub(crate) buckets: [u64; BUCKETS.len() + 1],
    /// Seconds.
    pub(crate) sum: f64,
}

/// An error and how often it was raised.
#[derive(Debug, Clone)]
pub(crate) struct Raised {
    /// The vendor's row, if it has one.
    pub(crate) code: Option<&'static CodeRow>,
    /// The condition's id.
    pub(crate) condition: &'static str,
    /// Since the process began.
    pub(crate) total: u64,
    /// In the last minutes.
    pub(crate) recent: Recent,
}

impl Raised {
    pub(super) fn new(code: Option<&'static CodeRow>, condition: &'static str) -> Self {
        Self { code, condition, total: 0, recent: Recent::default() }
    }

    /// Vendor and id of the code; both empty for an answer that is in no vendor's tables.
    pub(crate) fn name(&self) -> (&'static str, &'static str) {
        self.code.map_or(("", ""), |code| (code.vendor.id, code.id))
    }
}

/// Everything that was counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) calls: BTreeMap<Series, u64>,
    /// Whole calls and their backends' part, by host.
    pub(crate) durations: BTreeMap<Arc<str>, (Histogram, Histogram)>,
    /// By vendor, code and condition.
    pub(crate) errors: BTreeMap<(&'static str, &'static str, &'static str), Raised>,
    pub(crate) bounds: BTreeMap<&'static str, u64>,
    /// Connections accepted.
    pub(crate) connections: u64,
    /// Connections open.
    pub(crate) open: u64,
    pub(crate) in_flight: u64,
    pub(crate) panics: u64,
}

impl Tally {
    /// Adds an error's counts.
    pub(super) fn raised(&mut self, raised: &Raised) {
        let (vendor, code) = raised.name();
        let sum = self.errors.entry((vendor, code, raised.condition));
        let sum = sum.or_insert_with(|| Raised::new(raised.code, raised.condition));
        sum.total += raised.total;
        sum.recent.merge(&raised.recent);
    }

    /// Adds what another thread counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (series, count) in &other.calls {
            *self.calls.entry(series.clone()).or_default() += count;
        }
        for (host, (duration, upstream)) in &other.durations {
            let sum = self.durations.entry(Arc::clone(host)).or_default();
            sum.0.merge(duration);
            sum.1.merge(upstream);
        }
        for raised in other.errors.values() {
            self.raised(raised);
        }
        for (bound, count) in &other.bounds {
            *self.bounds.entry(bound).or_default() += count;
        }
        self.connections += other.connections;
        self.open += other.open;
        self.in_flight += other.in_flight;
        self.panics += other.panics;
    }

    /// Drops the series of hosts and routes that no longer exist, so that reloads do not pile them up.
    pub(super) fn forget_unknown(&mut self, known: &Snapshot) {
        if self.calls.is_empty() {
            return;
        }
        let routes: HashSet<&str> =
            known.hosts.iter().flat_map(|host| &host.routes).map(|route| &*route.id).chain([""]).collect();
        let is_host = |name: &str| name.is_empty() || known.names.contains_key(name);
        self.calls.retain(|series, _| is_host(&series.host) && routes.contains(&*series.route));
        self.durations.retain(|host, _| is_host(host));
    }
}

impl Histogram {
    fn merge(&mut self, other: &Self) {
        for (sum, count) in self.buckets.iter_mut().zip(other.buckets) {
            *sum += count;
        }
        self.sum += other.sum;
    }
}
