//! TLS handshakes that are to fail: a listener's `tls: { fault: … }`.

use std::time::Duration;

use rustls_pki_types::DnsName;
use serde::{Deserialize, Serialize};

use super::fault::rate;
use super::file::{At, Word};
use super::sink::Sink;
use crate::fault::Odds;
use crate::fault::handshake::{Cut, Fault};
use crate::tls::Tls;

/// A fault of handshakes. It takes those that would have gone well: whoever speaks an old version, or asks
/// for a name without a certificate, is told that.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// What the client gets in the place of an answer to its hello: `alert` (`handshake_failure`), `close`, or `reset`.
    /// Without it, its handshake is late and goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cut: Option<At<Word>>,
    /// Of all handshakes: `5%`, `0.5%`; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate: Option<At<Word>>,
    /// Before the handshake ends, or goes on: `200ms`. Less than `limits.handshake_timeout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay: Option<At<Word>>,
    /// Which handshakes are struck, given the rate: the same seed, the same ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<At<u64>>,
    /// The names that it is for: `api.example.com`, `*.example.com`. Without it, every name and no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    names: Option<At<Vec<At<Word>>>>,
}

/// Compiles one for the handshakes of `tls`, which are given up after `patience`.
pub(super) fn compile(written: &At<Written>, tls: &Tls, patience: Duration, sink: &mut Sink) -> Option<Fault> {
    let fault = &written.value;
    if fault.cut.is_none() && fault.delay.is_none() {
        let help = "write `cut: alert`, `cut: close`, `cut: reset`, or a `delay`";
        sink.report_with::<()>(written.referenced, "this fault does nothing to a handshake", help);
    }
    let cut = fault.cut.as_ref().map(|word| sink.name(word, "way to end a handshake", Cut::NAMES));
    let rate = fault.rate.as_ref().map_or(Some(Odds::default().rate), |word| rate(word, sink));
    let delay = sink.duration(fault.delay.as_ref(), Duration::ZERO);
    if let Some(word) = fault.delay.as_ref().filter(|_| delay >= patience) {
        let message = format!("a handshake is given up before `{}` are over", word.value);
        let help = format!("write less than `limits.handshake_timeout`, which is {patience:?}");
        sink.report_with::<()>(word.referenced, message, help);
    }
    let names = match &fault.names {
        None => Some(Box::default()),
        Some(words) => names(words, tls, sink),
    };
    let seed = fault.seed.as_ref().map_or(0, |seed| seed.value);
    Some(Fault {
        names: names?,
        odds: Odds::new(rate?, seed),
        delay,
        cut: match cut {
            None => None,
            Some(known) => Some(known?),
        },
    })
}

/// Names of which `tls` has a certificate: no other handshake would have gone well.
fn names(words: &At<Vec<At<Word>>>, tls: &Tls, sink: &mut Sink) -> Option<Box<[Box<str>]>> {
    if words.value.is_empty() {
        return sink.report_with(words.referenced, "the fault is for no name", "leave `names` out for every name");
    }
    let mut name = |word: &At<Word>| {
        let name = word.value.to_ascii_lowercase();
        if DnsName::try_from(name.strip_prefix("*.").unwrap_or(&name)).is_err() {
            let help = "write api.example.com or *.example.com";
            return sink.report_with(word.referenced, format!("`{name}` is no name of a host"), help);
        }
        if !tls.serves(Some(&name)) {
            let message = format!("no certificate of this listener is for `{name}`, so its handshakes fail anyway");
            return sink.report(word.referenced, message);
        }
        Some(Box::from(name))
    };
    // Every name is looked at, so that one slip does not hide the next.
    let names: Vec<Option<Box<str>>> = words.value.iter().map(&mut name).collect();
    names.into_iter().collect()
}
