//! The configuration file as it is written: shapes only, no meaning.
//!
//! Every value that can be wrong keeps its position ([`At`]), so that [`super::compile`] can point at it. Durations,
//! sizes and addresses stay text here for the same reason: a reader of types stops at its first error, and all
//! problems are to be reported at once.

mod backend;
mod host;

use std::fmt;

use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use serde_yaml::Spanned;

pub(crate) use backend::{Backend, Backends, Ejection, Pool, Probe, Tls};
pub(crate) use host::{Host, HostLimits};

pub(crate) use super::admin::Admin;
pub(crate) use super::fault::Fault;
pub(crate) use super::quota::Quota;
pub(crate) use super::rate::{PlanRate, Rate};
pub(crate) use super::state::State;
use super::{auth, cors, ip_access, listener, micro_service, parameters, users};
use crate::secret::Secret;

/// A value and where it stands.
pub(crate) type At<T> = Spanned<T>;

/// A whole file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Addresses to listen on.
    pub(crate) listeners: Vec<At<listener::Written>>,
    /// Proxies whose `X-Forwarded-For` is believed: networks, and `unix` for whoever comes by a Unix socket. Nobody's by
    /// default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) trusted_proxies: Vec<At<Word>>,
    /// True if all of these proxies set `X-Forwarded-Proto`, in place of what their clients send: then it says whether a call
    /// came over HTTPS. Otherwise that is what the connection to the gateway speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) forwarded_protocol: Option<At<bool>>,
    /// Which addresses may call this gateway; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ip_access: Option<At<ip_access::Written>>,
    /// Number of single-threaded runtimes; one per core by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) threads: Option<At<u64>>,
    /// Bounds on what a client may send and how long it may take.
    #[serde(default)]
    pub(crate) limits: Limits,
    /// Where the access log goes: `stdout` (default), `stderr`, `off`, or `{ file: PATH }`.
    #[serde(default)]
    pub(crate) access_log: AccessLog,
    /// Trace contexts are taken from callers and passed on to backends; without it, header fields alone are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trace: Option<Trace>,
    /// A header field by which a call may ask for a fault: `X-Fault: code=APIG.0308; delay=200ms`. For tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault_header: Option<At<Word>>,
    /// Health, metrics and configuration for operators; without it there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) admin: Option<Admin>,
    /// Links from errors to their explanation.
    #[serde(default)]
    pub(crate) help: Help,
    /// Which addresses backends may have.
    #[serde(default)]
    pub(crate) backends: Backends,
    /// Groups of servers that do the same work.
    #[serde(default)]
    pub(crate) pools: Vec<Pool>,
    /// The names served.
    #[serde(default)]
    pub(crate) hosts: Vec<Host>,
    /// Keys that callers sign with.
    #[serde(default)]
    pub(crate) keys: Vec<Key>,
    /// Users whom calls name beside the key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) users: Vec<users::Written>,
    /// Roles that keys may have been handed out to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<At<Word>>,
    /// Where micro-services are found.
    #[serde(default)]
    pub(crate) registries: Vec<micro_service::WrittenRegistry>,
    /// Usage plans.
    #[serde(default)]
    pub(crate) plans: Vec<Plan>,
    /// Where calls are counted and nonces remembered: `memory` (default), `redis://…`, or `{ redis: …, timeout: … }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<At<State>>,
    /// For tests only: what no gateway in service should have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) test: Option<Test>,
}

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Bounds, each with a default. Sizes: `32768`, `32 KiB`, `12 MiB`. Times: `500ms`, `10s`, `2m`.
        #[derive(Debug, Clone, Default, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Limits {
            $($(#[$doc])* #[serde(default, skip_serializing_if = "Option::is_none")] pub(crate) $name: Option<At<Word>>),+
        }
    };
}

limits! {
    /// Request target, bytes. `32 KiB` by default.
    uri,
    /// One header field, name and value, bytes. `32 KiB` by default.
    header,
    /// All header fields together, bytes. `128 KiB` by default.
    headers,
    /// Number of header fields. `100` by default.
    header_count,
    /// Body, bytes. `12 MiB` by default.
    body,
    /// From the opening of a connection that speaks TLS to the end of its handshake. `10s` by default.
    handshake_timeout,
    /// From the connection's opening to its first byte. `10s` by default.
    first_byte_timeout,
    /// From a head's first byte to its last. `10s` by default.
    header_timeout,
    /// Between an answer and the next request. `75s` by default.
    idle_timeout,
    /// Between two pieces of a body, either way. `30s` by default.
    body_timeout,
    /// Bytes a second that a client sends of a body at least, counted while it is waited for, once `body_timeout` has
    /// passed. `256` by default.
    body_rate,
    /// While the client accepts no byte. `30s` by default.
    write_timeout,
    /// Calls at a time of one HTTP/2 connection; more are put off by the protocol. `128` by default.
    streams,
    /// By how many calls those of an HTTP/2 connection that the client gave up may outnumber those that were answered.
    /// `100` by default.
    abandoned_streams,
    /// How long an HTTP/2 client may be silent before it is asked whether it is there. `30s` by default.
    ping_interval,
    /// How long it has for its answer. `20s` by default.
    ping_timeout,
    /// Open connections of the process; more wait in the kernel's queue. `10000` by default.
    connections,
    /// Calls at a time in the process; more are refused at once. `5000` by default.
    requests,
    /// Bytes of bodies held in memory by all calls together, where a signature or a form has to be read to its end; calls
    /// that need more are refused at once. `256 MiB` by default.
    buffered,
    /// From SIGTERM until connections still busy are cut. `30s` by default.
    grace,
}

/// Where the access log goes.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AccessLog {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
    /// Nowhere.
    Off,
    /// A file; appended to.
    File(At<Word>),
}

/// Links from errors to their explanation.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Help {
    /// Where the reference site is: `https://errors.example`. Without it there are no links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<At<Word>>,
}

/// An API.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    /// Unique in the file; grants and the access log name it.
    pub(crate) id: At<Word>,
    /// `/users/{id}`, `/files/{path+}`
    pub(crate) path: At<Word>,
    /// How `path` is compared: `exact` (default; `{name}` stands for a segment, a final `{name+}` for the rest), `prefix`
    /// (it and what is below it), `text_prefix` (whatever begins with it: Tencent's plain paths), `priority_prefix` (the
    /// same, before templates: Tencent's `^~`), `regex` (an expression that the whole path has to fit).
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<At<Word>>,
    /// `[GET, POST]`; every known method by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) methods: Option<At<Vec<At<Word>>>>,
    /// The environments in which it is published; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) environments: Option<At<Vec<At<Word>>>>,
    /// What it does with calls of other origins; as the host by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cors: Option<At<cors::Written>>,
    /// What its calls carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parameters: Option<parameters::Written>,
    /// Who may call; everybody by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) auth: Option<auth::Section>,
    /// Which addresses may call; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ip_access: Option<At<ip_access::Written>>,
    /// How often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<Rate>,
    /// How often altogether.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) quota: Option<Quota>,
    /// What goes wrong on purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<Fault>,
    /// Where calls go. Without it the API has no backend configuration, and says so when called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) backend: Option<Backend>,
    /// True if clients speak WebSocket to it (the front protocol `WEBSOCKET`).
    #[serde(default)]
    pub(crate) websocket: bool,
    /// `false` leaves the help link out of this API's errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) help_link: Option<bool>,
}

/// A key that callers sign with.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    /// As it stands in `Authorization`.
    pub(crate) id: At<Word>,
    /// Where the secret comes from.
    pub(crate) secret: At<SecretFrom>,
    /// Stopped by its owner.
    #[serde(default)]
    pub(crate) disabled: bool,
    /// Ids of the routes it may call; `*` is all.
    #[serde(default)]
    pub(crate) grants: Vec<At<Word>>,
    /// The role that it was handed out to, as temporary credentials are; without it, it is its owner's. One that is not
    /// among `roles` is a warning, and calls with the key are refused: roles may be deleted while their keys are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<At<Word>>,
    /// Which addresses may call with it; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ip_access: Option<At<ip_access::Written>>,
}

/// Where a secret comes from.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum SecretFrom {
    /// From this file. Kept out of every output.
    Value(Secret),
    /// From an environment variable.
    Env(Word),
    /// From a file; white space at its end is dropped.
    File(Word),
}

/// A usage plan.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Unique in the file.
    pub(crate) id: At<Word>,
    /// Keys in it.
    pub(crate) keys: Vec<At<Word>>,
    /// Ids of the routes it covers; `*` is all.
    pub(crate) routes: Vec<At<Word>>,
    /// The environments in which it covers them; all by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) environments: Option<Vec<At<Word>>>,
    /// Covers nothing while true.
    #[serde(default)]
    pub(crate) disabled: bool,
    /// How often each of its keys may call each API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<PlanRate>,
    /// How often its keys may call altogether.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) quota: Option<Quota>,
}

/// What is done about traces.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trace {
    /// True writes a span for each call whose trace is sampled.
    #[serde(default)]
    pub(crate) spans: bool,
}

/// For tests only.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    /// The time that signatures are checked against, instead of the system's: `20240229T120000Z`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<At<Word>>,
}

/// A scalar, kept as it is written: `off` is a key's name here, and no boolean.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Word(pub(crate) String);

impl std::ops::Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;

        impl Visitor<'_> for Scalar {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a single value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Word, E> {
                Ok(Word(text.to_owned()))
            }
        }

        deserializer.deserialize_str(Scalar)
    }
}
