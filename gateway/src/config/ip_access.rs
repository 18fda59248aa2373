//! Which addresses may call, and whose word about addresses is taken, as written and compiled.

use serde::{Deserialize, Serialize};
use serde_yaml::Location;

use super::file::{At, Word};
use super::sink::Sink;
use crate::client_address::TrustedProxies;
use crate::ip_access::IpAccess;

/// Among the trusted proxies, whoever comes by a Unix socket.
const UNIX: &str = "unix";

/// Who may call, by address.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// These networks and no others: `192.0.2.0/24`, `2001:db8::1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) allow: Option<At<Vec<At<Word>>>>,
    /// Not these, even if they are allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) deny: Vec<At<Word>>,
}

/// Compiles a rule. Where it is faulty, the file is refused or the API answers nobody; it never lets more in.
pub(super) fn compile(written: Option<&At<Written>>, sink: &mut Sink) -> Option<IpAccess> {
    let written = written?;
    let Written { allow, deny } = &written.value;
    if let Some(allow) = allow.as_ref().filter(|allow| allow.value.is_empty()) {
        return nothing(allow.referenced, "an empty `allow` lets nobody call", sink);
    }
    if allow.is_none() && deny.is_empty() {
        return nothing(written.referenced, "the rule names no network", sink);
    }
    let allow = allow.as_ref().map(|allow| sink.networks(&allow.value).into_iter().collect());
    Some(IpAccess { allow, deny: sink.networks(deny).into_iter().collect() })
}

fn nothing(at: Location, message: &str, sink: &mut Sink) -> Option<IpAccess> {
    sink.report_with(at, message, "list networks under `allow` or `deny`, or leave `ip_access` out to let all call")
}

/// Reads a list of proxies.
pub(super) fn proxies(words: &[At<Word>], sink: &mut Sink) -> TrustedProxies {
    let (unix, networks): (Vec<_>, Vec<_>) = words.iter().cloned().partition(|word| &*word.value == UNIX);
    TrustedProxies { networks: sink.networks(&networks).into_iter().collect(), unix: !unix.is_empty(), protocol: false }
}

/// Reads the proxies that are believed, and whether they are in what their clients speak, too.
pub(super) fn trusted_proxies(words: &[At<Word>], protocol: Option<&At<bool>>, sink: &mut Sink) -> TrustedProxies {
    let protocol = protocol.filter(|protocol| protocol.value);
    if let (Some(protocol), []) = (protocol, words) {
        let message = "`forwarded_protocol` without a proxy that is trusted";
        sink.report_with::<()>(protocol.referenced, message, "list the proxies under `trusted_proxies`");
    }
    TrustedProxies { protocol: protocol.is_some(), ..proxies(words, sink) }
}
