//! Backends as they are written: one address, or a pool of servers.

use serde::{Deserialize, Serialize};

use super::{At, Word};
use crate::config::{micro_service, mock};

/// What holds for all backends.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backends {
    /// Networks that are never dialled. By default loopback, link-local, unspecified and multicast addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deny: Option<Vec<At<Word>>>,
    /// Networks that are dialled although `deny` names them.
    #[serde(default)]
    pub(crate) allow: Vec<At<Word>>,
    /// How long the addresses of a name are used before the resolver is asked again; 5 s by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dns_ttl: Option<At<Word>>,
    /// The same of a name that has none; 1 s by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dns_negative_ttl: Option<At<Word>>,
}

/// A backend: `url`, `pool`, `micro_service` or `mock`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backend {
    /// `http://10.0.0.7:8000/base`, `https://…`. Without a path the API's path is kept; with one, it replaces what the
    /// API matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<At<Word>>,
    /// An answer that the gateway gives by itself, in place of `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mock: Option<At<mock::Written>>,
    /// A micro-service that each call names, in place of `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) micro_service: Option<At<micro_service::Written>>,
    /// With `https`: whom to trust and who we are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tls: Option<At<Tls>>,
    /// Id of a pool, in place of `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pool: Option<At<Word>>,
    /// Only the servers of this group of the pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<At<Word>>,
    /// With `pool`: `/base`, as in `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<At<Word>>,
    /// The `Host` field that servers get; their own address by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) host: Option<At<Word>>,
    /// From the request's last byte to the answer's head; 60 s by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<At<Word>>,
    /// For resolving the name and connecting; 5 s by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) connect_timeout: Option<At<Word>>,
    /// Between two pieces of the answer; `limits.body_timeout` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) idle_timeout: Option<At<Word>>,
    /// For the whole call, further tries and bodies included; no bound by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) total_timeout: Option<At<Word>>,
    /// How often a call that failed before its answer began is made again, where that is sound; 1 by default with a
    /// pool, 0 with one address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retries: Option<At<u64>>,
}

/// Servers that do the same work.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pool {
    /// Unique in the file; backends name it.
    pub(crate) id: At<Word>,
    /// How a server is chosen: `round_robin` (default), `least_connections`, `source_hash`, `uri_hash`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) balance: Option<At<Word>>,
    /// The port of servers that have none of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<At<u16>>,
    /// The servers speak HTTPS; `tls: {}` with what is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tls: Option<At<Tls>>,
    /// The servers.
    #[serde(default)]
    pub(crate) servers: Vec<Server>,
    /// When a server whose calls fail is left out for a while.
    #[serde(default)]
    pub(crate) ejection: Ejection,
    /// How servers are asked for their health; they are not by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) probe: Option<Probe>,
}

/// A server of a pool.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// `10.0.0.7:8000`, `orders.internal`, `[::1]:80`
    pub(crate) address: At<Word>,
    /// Its share of the calls relative to the others'; 1 by default, 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) weight: Option<At<u64>>,
    /// The group it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<At<Word>>,
}

/// When a server whose calls fail is left out for a while.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ejection {
    /// Calls in a row that have to fail; 5 by default, 0 for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failures: Option<At<u64>>,
    /// How long the first time; 10 s by default. Twice as long each further time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<At<Word>>,
    /// How long at most; 5 min by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) longest: Option<At<Word>>,
}

/// How servers are asked for their health.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Probe {
    /// What is asked for with GET: `/healthz`. An answer from 200 to 399 is good.
    pub(crate) path: At<Word>,
    /// Between two probes of a server; 5 s by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) interval: Option<At<Word>>,
    /// How long a probe may take; 2 s by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<At<Word>>,
    /// Good probes in a row after which a server is called again; 2 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) healthy: Option<At<Word>>,
    /// Bad probes in a row after which it is not; 3 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unhealthy: Option<At<Word>>,
}

/// TLS to servers.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    /// File of the certificate authorities that are trusted (PEM); those of the system by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca: Option<Word>,
    /// File of our own certificate and its intermediates (PEM), for servers that ask who calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<Word>,
    /// File of its private key (PEM).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Word>,
    /// The name that is asked for and has to stand in the server's certificate; the dialled host by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) server_name: Option<Word>,
    /// `false` takes any certificate: whoever sits on the way can read and change everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verify: Option<bool>,
}
