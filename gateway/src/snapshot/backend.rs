//! Where calls of an API go, and how they are sent.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::parameters::Place;
use crate::upstream::balance::Balance;
use crate::upstream::health::Health;
use crate::upstream::tls::Tls;

/// Where calls of an API go.
#[derive(Debug)]
pub enum Backend {
    /// The API has no backend configuration.
    Unconfigured,
    /// It has one that names no backend.
    Undefined,
    /// It names a pool that does not exist.
    PoolMissing,
    /// It names a group that its pool does not have.
    GroupMissing,
    /// HTTP servers.
    Http(Service),
    /// An answer of our own; `None` if it cannot be given.
    Mock(Option<Mock>),
    /// A micro-service that each call names.
    MicroService(Result<MicroService, MicroServiceFault>),
}

/// A micro-service that each call names.
#[derive(Debug)]
pub struct MicroService {
    /// Position in [`Snapshot::registries`](super::Snapshot::registries).
    pub registry: usize,
    /// Where the call names the namespace.
    pub namespace: MapFrom,
    /// Where it names the service.
    pub service: MapFrom,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

/// A value that is taken from the call.
#[derive(Debug)]
pub struct MapFrom {
    /// Where it stands.
    pub place: Place,
    /// Its name there.
    pub name: Box<str>,
}

/// Why a micro-service cannot be found whatever the call says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MicroServiceFault {
    /// No registry is named, or one that does not exist.
    Registry,
    /// It is not said where the names come from.
    LocationMissing,
    /// It is said in a way that cannot be read.
    LocationMalformed,
}

/// An answer that the gateway gives in place of a backend.
#[derive(Debug)]
pub struct Mock {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields, without those that the connection decides about.
    pub headers: HeaderMap,
    /// Its text.
    pub body: Bytes,
}

/// HTTP servers and how an API calls them.
#[derive(Debug)]
pub struct Service {
    /// Position in [`Snapshot::pools`](super::Snapshot::pools).
    pub pool: usize,
    /// The `Host` field they get; `None` for the address of the one that is called.
    pub host: Option<HeaderValue>,
    /// Replaces what the route matched; `None` keeps the call's path.
    pub path: Option<PathAndQuery>,
    /// How long each step may take.
    pub timeouts: Timeouts,
    /// How often a call that failed is sent again, at most.
    pub retries: u32,
}

/// How long each step of a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Resolving and connecting.
    pub connect: Duration,
    /// The request's last byte to the answer's head.
    pub first_byte: Duration,
    /// Between two pieces of the answer; `None` for the general bound on bodies.
    pub idle: Option<Duration>,
    /// All of it, tries and bodies included.
    pub total: Option<Duration>,
}

/// Servers that do the same work.
#[derive(Debug)]
pub struct Pool {
    /// Its name in the configuration; the address of a server that stands alone.
    pub name: Box<str>,
    /// How one of them is chosen.
    pub balance: &'static dyn Balance,
    /// Those that can be called.
    pub targets: Vec<Target>,
    /// True if there are others, which have no port.
    pub portless: bool,
    /// When one that fails is left out for a while; `None` for never.
    pub ejection: Option<Ejection>,
    /// How they are asked for their health; `None` for not at all.
    pub probe: Option<Probe>,
}

/// A server in a pool.
#[derive(Debug)]
pub struct Target {
    /// Position in [`Snapshot::endpoints`](super::Snapshot::endpoints).
    pub endpoint: usize,
    /// Its share of the calls, relative to the others'.
    pub weight: u32,
    /// How it fares; shared by all threads, kept over reloads.
    pub health: Arc<Health>,
}

/// An address to dial. Each stands once in a snapshot, whichever pools it is in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Name or address.
    pub host: Box<str>,
    /// Port.
    pub port: u16,
    /// Both, as a `Host` field says them.
    pub host_field: HeaderValue,
    /// How it is spoken to under TLS; `None` for in the clear.
    pub tls: Option<Tls>,
}

/// When a server that fails is left out for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ejection {
    /// Calls in a row that have to fail.
    pub failures: u32,
    /// How long, the first time; twice as long each further time.
    pub time: Duration,
    /// How long at most.
    pub longest: Duration,
}

impl Default for Ejection {
    fn default() -> Self {
        Self { failures: 5, time: Duration::from_secs(10), longest: Duration::from_secs(300) }
    }
}

/// How servers are asked for their health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What is asked for with GET; an answer from 200 to 399 is good.
    pub path: PathAndQuery,
    /// Between two probes of a server.
    pub interval: Duration,
    /// How long a probe may take.
    pub timeout: Duration,
    /// Good ones in a row after which a server is called again.
    pub healthy: u32,
    /// Bad ones in a row after which it is not.
    pub unhealthy: u32,
}

/// How long names of backends are remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolving {
    /// The addresses of a name.
    pub ttl: Duration,
    /// That a name has none.
    pub negative_ttl: Duration,
}

impl Default for Resolving {
    /// Short: names move, and the system's resolver has a cache of its own.
    fn default() -> Self {
        Self { ttl: Duration::from_secs(5), negative_ttl: Duration::from_secs(1) }
    }
}
