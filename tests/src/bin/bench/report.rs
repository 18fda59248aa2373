//! The table.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::Results;
use crate::contender::Contender;
use crate::load::Sample;
use crate::scenario::Scenario;

/// What was found out besides.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Resident memory after the last sample, KiB.
    pub(crate) memory: BTreeMap<(Scenario, Contender), u64>,
    /// From start to the first connection accepted.
    pub(crate) start: BTreeMap<Contender, Duration>,
    /// Who is not installed.
    pub(crate) absent: BTreeSet<&'static str>,
}

/// Prints Markdown: per scenario and contender the rate, its ratio to nginx's plain proxying, and the 99th percentile.
pub(crate) fn print(results: &Results, facts: &Facts) {
    let mark = results.get(&(Scenario::Plain, Contender::Nginx)).map(|samples| median(samples, |sample| sample.rate));
    println!("| scenario | contender | requests/s | to nginx plain | spread | p99, ms | memory, MiB |");
    println!("|---|---|---:|---:|---:|---:|---:|");
    for ((scenario, contender), samples) in results {
        let rate = median(samples, |sample| sample.rate);
        let p99 = median(samples, |sample| sample.p99);
        let ratio = mark.map_or_else(|| "?".to_owned(), |mark| format!("{:.2}", rate / mark));
        let memory = facts.memory.get(&(*scenario, *contender)).map_or(0, |memory| memory / 1024);
        let (scenario, contender) = (scenario.name(), contender.name());
        let spread = spread(samples);
        println!("| {scenario} | {contender} | {rate:.0} | {ratio} | ±{spread:.0} % | {p99:.2} | {memory} |");
    }
    println!();
    let (few, many) = (Scenario::TenRoutes, Scenario::HundredThousandRoutes);
    let memory = |scenario: Scenario| facts.memory.get(&(scenario, Contender::Gateway));
    if let (Some(less), Some(more)) = (memory(few), memory(many)) {
        let bytes = more.saturating_sub(*less) * 1024 / u64::from(many.routes() - few.routes());
        println!("- {}: {bytes} bytes of memory per route", Contender::Gateway.name());
    }
    for (contender, time) in &facts.start {
        let version = contender.version().unwrap_or_default();
        println!("- {}: up after {} ms. {version}", contender.name(), time.as_millis());
    }
    for contender in &facts.absent {
        println!("- {contender}: not installed, left out");
    }
}

fn median(samples: &[Sample], value: impl Fn(&Sample) -> f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Half of the distance between the extremes, in percent of the median.
fn spread(samples: &[Sample]) -> f64 {
    let rates = || samples.iter().map(|sample| sample.rate);
    let (least, most) = (rates().fold(f64::INFINITY, f64::min), rates().fold(0.0, f64::max));
    (most - least) / 2.0 / median(samples, |sample| sample.rate) * 100.0
}
