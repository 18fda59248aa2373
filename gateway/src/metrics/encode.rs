//! The counts in the text format of `OpenMetrics`, which Prometheus reads.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::exemplar::Exemplar;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::calls::BUCKETS;
use super::tally::{Histogram, Tally};

/// A number that is not counted by the threads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Single {
    /// Without prefix.
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) is_counter: bool,
    pub(crate) value: u64,
}

/// A server of a pool that may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) pool: String,
    /// As its log lines and its `Host` field have it.
    pub(crate) address: String,
    pub(crate) is_in_service: bool,
}

/// Everything as text.
pub(crate) fn text(tally: Tally, singles: Vec<Single>, servers: Vec<Server>) -> String {
    let mut registry = Registry::with_prefix("apigw");
    registry.register_collector(Box::new(Everything { tally, singles, servers }));
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = prometheus_client::encoding::text::encode(&mut text, &registry);
    text
}

#[derive(Debug)]
struct Everything {
    tally: Tally,
    singles: Vec<Single>,
    servers: Vec<Server>,
}

fn counter<L: EncodeLabelSet>(metric: &mut MetricEncoder<'_>, labels: &L, value: u64) -> fmt::Result {
    ConstCounter::new(value).encode(metric.encode_family(labels)?)
}

fn histogram(metric: &mut MetricEncoder<'_>, host: &str, histogram: &Histogram) -> fmt::Result {
    let bounds = BUCKETS.into_iter().chain([f64::INFINITY]);
    let buckets: Vec<(f64, u64)> = bounds.zip(histogram.buckets).collect();
    let count = histogram.buckets.iter().sum();
    let none: Option<&std::collections::HashMap<usize, Exemplar<NoLabelSet, f64>>> = None;
    metric.encode_family(&[("host", host)])?.encode_histogram(histogram.sum, count, &buckets, none)
}

impl Collector for Everything {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let tally = &self.tally;
        let help = "Calls by listener, host, route and class of status; host and route are empty where none was found";
        let mut metric = encoder.encode_descriptor("requests", help, None, MetricType::Counter)?;
        for (series, count) in &tally.calls {
            let labels = [
                ("listener", series.listener.to_string()),
                ("host", series.host.to_string()),
                ("route", series.route.to_string()),
                ("status", series.class.to_owned()),
            ];
            counter(&mut metric, &labels, *count)?;
        }
        let help = "Errors raised, by vendor, code and condition; vendor and code are empty for plain answers";
        let mut metric = encoder.encode_descriptor("errors", help, None, MetricType::Counter)?;
        for ((vendor, code, condition), raised) in &tally.errors {
            let labels = [("vendor", *vendor), ("code", *code), ("condition", *condition)];
            counter(&mut metric, &labels, raised.total)?;
        }
        let help = "Seconds from a call's head to the end of its answer";
        let mut metric = encoder.encode_descriptor("request_duration_seconds", help, None, MetricType::Histogram)?;
        for (host, (duration, _)) in &tally.durations {
            histogram(&mut metric, host, duration)?;
        }
        let help = "Seconds until the backend's head, of calls that reached one";
        let mut metric = encoder.encode_descriptor("upstream_duration_seconds", help, None, MetricType::Histogram)?;
        for (host, (_, upstream)) in &tally.durations {
            histogram(&mut metric, host, upstream)?;
        }
        let help = "Bounds that were hit, by the name of the setting";
        let mut metric = encoder.encode_descriptor("bounds_hit", help, None, MetricType::Counter)?;
        for (bound, count) in &tally.bounds {
            counter(&mut metric, &[("bound", *bound)], *count)?;
        }
        if !self.servers.is_empty() {
            let help =
                "1 if calls go to this server of a pool, 0 while it is left out because calls or probes of it fail";
            let mut metric = encoder.encode_descriptor("server_in_service", help, None, MetricType::Gauge)?;
            for Server { pool, address, is_in_service } in &self.servers {
                let labels = [("pool", pool.as_str()), ("server", address.as_str())];
                ConstGauge::new(i64::from(*is_in_service)).encode(metric.encode_family(&labels)?)?;
            }
        }
        let single = |name, help, is_counter, value| Single { name, help, is_counter, value };
        let counted = [
            single("connections", "Connections accepted", true, tally.connections),
            single("connections_open", "Connections open", false, tally.open),
            single("panics", "Panics, each of which cost one call or one connection", true, tally.panics),
            single("requests_in_flight", "Calls whose answer is not over", false, tally.in_flight),
        ];
        for Single { name, help, is_counter, value } in counted.iter().chain(&self.singles) {
            if *is_counter {
                let metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
                ConstCounter::new(*value).encode(metric)?;
            } else {
                let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
                ConstGauge::new(i64::try_from(*value).unwrap_or(i64::MAX)).encode(metric)?;
            }
        }
        Ok(())
    }
}
