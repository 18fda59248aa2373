//! The configuration as the engine uses it: compiled, immutable, shared by all threads.
//!
//! A reload makes a new one and swaps the pointer; calls in flight finish under the one they began with.

mod allowance;
mod backend;
mod host;
mod limits;
mod listener;
mod route;
mod user;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use apigw_errors::{Catalog, CodeRow, ConditionRow};
use http::HeaderName;

pub use allowance::{CountBy, Period, Plan, Quota, Rate, ServiceRate, Window};
pub use backend::{
    Backend, Ejection, Endpoint, MapFrom, MicroService, MicroServiceFault, Mock, Pool, Probe, Resolving, Service,
    Target, Timeouts,
};
pub use host::{Environment, Host, Protocols};
pub use limits::{ConnectionLimits, RequestLimits};
pub use listener::{Address, Listener, ProxySenders};
pub use route::{Auth, BoundPlan, Route, Signature};
pub use user::{KeyRole, User, UserState, Users};

use crate::client_address::TrustedProxies;
use crate::clock::Clock;
use crate::config::Network;
use crate::dialect::Voice;
use crate::hash::ConfiguredMap;
use crate::ip_access::IpAccess;
use crate::registry::Registry;
use crate::scheme::KeyRing;
use crate::screen::Bounds;
use crate::state::RedisConfig;

/// A whole configuration, ready for use.
#[derive(Debug)]
pub struct Snapshot {
    /// Where its dialects and their conditions come from.
    pub catalog: Catalog,
    /// Where to listen, and how to refuse calls of unknown hosts there.
    pub listeners: Vec<Listener>,
    /// Whose word about clients' addresses is taken.
    pub trusted_proxies: TrustedProxies,
    /// Which addresses may call at all.
    pub ip_access: Option<IpAccess>,
    /// Number of threads.
    pub threads: usize,
    /// Bounds on connections.
    pub limits: ConnectionLimits,
    /// The widest bounds on heads of all hosts: the first that a request meets.
    pub head_bounds: Bounds,
    /// Bounds on requests to hosts that are not known.
    pub request_limits: RequestLimits,
    /// Where the access log goes.
    pub access_log: LogTarget,
    /// Where the reference site is, without a final slash.
    pub help_base: Option<Box<str>>,
    /// Which addresses may be dialled.
    pub dialable: Dialable,
    /// How long names of backends are remembered.
    pub resolving: Resolving,
    /// The addresses that backends have.
    pub endpoints: Vec<Endpoint>,
    /// The pools, and a pool of one for each backend that stands alone.
    pub pools: Vec<Pool>,
    /// Where micro-services are found.
    pub registries: Vec<Registry>,
    /// The hosts.
    pub hosts: Vec<Host>,
    /// Position in `hosts`, by lower-case name.
    pub names: ConfiguredMap<Box<str>, usize>,
    /// The callers' keys.
    pub keys: KeyRing,
    /// Which addresses may call with a key, where not all may; by the key's id.
    pub key_addresses: ConfiguredMap<Box<str>, IpAccess>,
    /// What became of the roles that keys were handed out to; by the key's id. Most keys have none.
    pub key_roles: ConfiguredMap<Box<str>, KeyRole>,
    /// What signatures are checked against.
    pub clock: Clock,
    /// Where calls are counted and nonces remembered.
    pub state: StateConfig,
    /// What is done about traces; `None` if nothing.
    pub trace: Option<Tracing>,
    /// The field by which calls may ask for faults; `None` if they may not.
    pub fault_header: Option<HeaderName>,
    /// Where operators ask; `None` if nowhere.
    pub admin: Option<SocketAddr>,
    /// Other files that the configuration was made from.
    pub files: Vec<PathBuf>,
    /// False while there is no configuration yet: then every call is refused.
    pub loaded: bool,
}

impl Snapshot {
    /// The host of this lower-case name, without port.
    pub fn host(&self, name: &str) -> Option<&Host> {
        self.names.get(name).and_then(|index| self.hosts.get(*index))
    }

    /// Calls that one thread serves at a time.
    pub fn calls_per_thread(&self) -> usize {
        self.limits.requests.div_ceil(self.threads.max(1))
    }

    /// Bytes of bodies that the calls of one thread hold together.
    pub fn buffered_per_thread(&self) -> usize {
        self.limits.buffered.div_ceil(self.threads.max(1))
    }

    /// Goes on with what is known of servers that were in the same pools before.
    pub fn keep_health(&mut self, previous: &Self) {
        for pool in &mut self.pools {
            let Some(before) = previous.pools.iter().find(|before| before.name == pool.name) else { continue };
            for target in &mut pool.targets {
                let endpoint = self.endpoints.get(target.endpoint);
                let same = |before: &&Target| previous.endpoints.get(before.endpoint) == endpoint;
                if let Some(before) = before.targets.iter().find(same) {
                    target.health = Arc::clone(&before.health);
                }
            }
        }
    }

    /// In which voice a call to an unknown name is refused: that of the nearest known domain above it, else the
    /// listener's.
    pub fn voice_for(&self, name: Option<&str>, listener: usize) -> Option<Voice> {
        let mut rest = name.unwrap_or_default();
        while let Some((_, parent)) = rest.split_once('.') {
            if let Some(host) = self.host(parent) {
                return Some(host.voice);
            }
            rest = parent;
        }
        self.listeners.get(listener).map(|listener| listener.voice)
    }
}

/// Where the access log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogTarget {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// Nowhere.
    Off,
    /// A file.
    File(std::path::PathBuf),
}

/// Which addresses may be dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialable {
    /// Never, unless allowed.
    pub deny: Vec<Network>,
    /// Always.
    pub allow: Vec<Network>,
}

/// Denied unless the configuration says otherwise: what only this machine or this link can reach (cloud metadata
/// services live there), and what is no single host.
pub const DENIED: &[&str] = &[
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/4",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::/10",
    "ff00::/8",
];

impl Dialable {
    /// True if `address` may be dialled.
    pub fn permits(&self, address: IpAddr) -> bool {
        let within = |networks: &[Network]| networks.iter().any(|network| network.contains(address));
        within(&self.allow) || !within(&self.deny)
    }
}

/// What is done about traces, beside passing them on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracing {
    /// A span is written for each call whose trace is sampled.
    pub spans: bool,
}

/// Where calls are counted and nonces remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateConfig {
    /// In this process.
    Memory,
    /// In a Redis that several gateways share.
    Redis(RedisConfig),
}

/// The page that explains an error, as a path on the reference site.
pub fn help_path(code: Option<&CodeRow>, condition: &ConditionRow) -> String {
    match code {
        Some(code) => format!("/en{}", code.path()),
        None => format!("/en/conditions/{}/", condition.id),
    }
}
