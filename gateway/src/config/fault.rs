//! Faults that are wanted.

use apigw_errors::Catalog;
use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::sink::Sink;
use crate::dialect::Voice;
use crate::fault::{self, Cut, Unreadable, What};

/// What goes wrong on purpose: in place of the answer, or, with `delay` alone, before it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// A code of the host's vendor: `APIG.0308`, `ThrottlingThresholdReached`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<At<Word>>,
    /// In place of a code: `traffic.rate_limited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<At<Word>>,
    /// In place of either: the code that serves the call panics, which is to cost that call alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) panic: Option<At<bool>>,
    /// Of all calls: `5%`, `0.5%`; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<At<Word>>,
    /// Before the call is answered, or goes on: `200ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delay: Option<At<Word>>,
    /// `truncate` ends the answer after half of its body, `reset` before its first byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cut: Option<At<Word>>,
    /// Which calls are struck, given the rate: the same seed, the same ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<At<u64>>,
}

/// Reads it.
pub(super) fn compile(fault: &Fault, voice: Option<Voice>, catalog: &Catalog, sink: &mut Sink) -> Option<fault::Fault> {
    let mut report = |word: &At<Word>, Unreadable { message, help }: Unreadable| {
        sink.report_with::<()>(word.referenced, message, help);
    };
    let mut what = None;
    if let Some(word) = &fault.code {
        // A host whose dialect is unknown has been reported.
        match What::of_code(&word.value, voice?) {
            Ok(found) => what = Some(found),
            Err(error) => report(word, error),
        }
    }
    if let Some(word) = &fault.condition {
        match What::of_condition(&word.value, voice?, catalog) {
            Ok(_) if fault.code.is_some() => {
                sink.report_with::<()>(word.referenced, "a code and a condition", "write one of the two");
            }
            Ok(found) => what = Some(found),
            Err(error) => report(word, error),
        }
    }
    let named = fault.code.as_ref().or(fault.condition.as_ref());
    let mut compiled = fault::Fault::new(what);
    if let Some(panic) = &fault.panic {
        compiled.panics = panic.value;
        if panic.value && named.is_some() {
            return sink.report_with(panic.referenced, "a panic and something to raise", "write one of the two");
        }
    }
    if let Some(word) = &fault.rate {
        compiled.odds.rate = rate(word, sink)?;
    }
    compiled.delay = sink.duration(fault.delay.as_ref(), std::time::Duration::ZERO);
    compiled.cut = match &fault.cut {
        None => None,
        Some(word) => Some(cut(word, sink)?),
    };
    compiled.odds.seed = fault.seed.as_ref().map_or(0, |seed| seed.value);
    if let (None, Some(word)) = (named, &fault.cut)
        && !compiled.panics
    {
        let help = "name a `code` or a `condition` too";
        return sink.report_with(word.referenced, "only an answer that is raised here can be cut", help);
    }
    Some(compiled)
}

/// How often it strikes.
pub(super) fn rate(word: &At<Word>, sink: &mut Sink) -> Option<u64> {
    let rate = fault::rate(&word.value);
    rate.or_else(|| {
        let message = format!("`{}` is no rate", word.value);
        sink.report_with(word.referenced, message, "write 5%, 0.5% or 100%")
    })
}

/// What may be written here by whoever wants handshakes to fail.
const BELOW_HTTP: [&str; 4] = ["tls", "handshake", "alert", "close"];

fn cut(word: &At<Word>, sink: &mut Sink) -> Option<Cut> {
    if BELOW_HTTP.contains(&&*word.value.0) {
        let message = format!("`{}` cuts no answer: a TLS handshake is over before a route is known", word.value);
        let help = "write it at a listener: `tls: { certificates: …, fault: { cut: alert, rate: 5% } }`";
        return sink.report_with(word.referenced, message, help);
    }
    sink.name(word, "way to cut an answer", Cut::NAMES)
}
