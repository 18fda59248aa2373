//! The configuration as the engine uses it: compiled, immutable, shared by all threads.
//!
//! A reload makes a new one and swaps the pointer; calls in flight finish under the one they began with.

mod backend;

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use apigw_errors::{Catalog, CodeRow, ConditionRow};
use http::{HeaderName, HeaderValue};

pub use backend::{
    Backend, Ejection, Endpoint, MapFrom, MicroService, MicroServiceFault, Mock, Pool, Probe, Resolving, Service,
    Target, Timeouts,
};

use crate::clock::Clock;
use crate::config::Network;
use crate::cors::Cors;
use crate::dialect::Voice;
use crate::fault::Fault;
use crate::parameters::Parameters;
use crate::registry::Registry;
use crate::router::Router;
use crate::scheme::{KeyRing, Policy, Scheme};
use crate::screen::Bounds;
use crate::server::PARSER_URI;
use crate::state::{Allowance, Kind, RedisConfig};
use crate::token::Oauth;

/// A whole configuration, ready for use.
#[derive(Debug)]
pub struct Snapshot {
    /// Where its dialects and their conditions come from.
    pub catalog: Catalog,
    /// Where to listen, and how to refuse calls of unknown hosts there.
    pub listeners: Vec<Listener>,
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
    pub names: HashMap<Box<str>, usize>,
    /// The callers' keys.
    pub keys: KeyRing,
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

/// An address to listen on.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The address.
    pub address: SocketAddr,
    /// How calls of unknown hosts are refused.
    pub voice: Voice,
}

/// Bounds on connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Opening to first byte.
    pub first_byte_timeout: Duration,
    /// First byte of a head to its last.
    pub header_timeout: Duration,
    /// An answer to the next request.
    pub idle_timeout: Duration,
    /// Between two pieces of a body.
    pub body_timeout: Duration,
    /// Bytes a second that a client sends of a body at least, as long as it is waited for.
    pub body_rate: u64,
    /// While the client takes no byte.
    pub write_timeout: Duration,
    /// Open connections of the process.
    pub connections: usize,
    /// Calls at a time in the process.
    pub requests: usize,
    /// SIGTERM to the end.
    pub grace: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            first_byte_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            body_rate: 256,
            write_timeout: Duration::from_secs(30),
            connections: 10_000,
            requests: 5_000,
            grace: Duration::from_secs(30),
        }
    }
}

/// Bounds on one request. The defaults are Huawei's published ones, the widest of the three vendors' but for bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    /// Request target, bytes.
    pub uri: u64,
    /// One field, bytes of name and value.
    pub header: u64,
    /// All fields, bytes of names and values.
    pub headers: u64,
    /// Number of fields.
    pub header_count: u64,
    /// Body, bytes.
    pub body: u64,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self { uri: 32 << 10, header: 32 << 10, headers: 128 << 10, header_count: 100, body: 12 << 20 }
    }
}

/// How much longer than the bound a target may be and still be read on, bytes.
const BEYOND: u64 = 16 << 10;

impl RequestLimits {
    /// What of them concerns heads, widened by those of `others`: what passes these reaches the host's own checks, and
    /// is refused in its dialect. So that a target that is too long does not hide the host behind it, the bound on
    /// targets is wider still.
    pub fn widest<'a>(&self, others: impl Iterator<Item = &'a Self>) -> Bounds {
        let widest = others.fold(*self, |wide, other| Self {
            uri: wide.uri.max(other.uri),
            header: wide.header.max(other.header),
            headers: wide.headers.max(other.headers),
            header_count: wide.header_count.max(other.header_count),
            body: wide.body,
        });
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Bounds {
            uri: count((widest.uri + BEYOND).min(PARSER_URI)),
            header: count(widest.header),
            headers: count(widest.headers),
            header_count: count(widest.header_count),
        }
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

/// A name served.
#[derive(Debug)]
pub struct Host {
    /// Position in [`Snapshot::hosts`].
    pub number: usize,
    /// Lower case, without port.
    pub name: Box<str>,
    /// How it speaks.
    pub voice: Voice,
    /// The protocols a client may use.
    pub protocols: Protocols,
    /// How a call names its environment.
    pub environment: Environment,
    /// The environments' names; a route table stands for each at the same position.
    pub environments: Vec<Box<str>>,
    /// The route tables.
    pub routers: Vec<Router>,
    /// The routes.
    pub routes: Vec<Route>,
    /// Bounds on requests.
    pub limits: RequestLimits,
    /// Whether errors link to their explanation.
    pub help_link: bool,
}

/// The protocols a client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocols {
    /// HTTP and HTTPS.
    Both,
    /// HTTP alone.
    Http,
    /// HTTPS alone.
    Https,
}

impl Protocols {
    /// As the vendors print them.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Both => "HTTP,HTTPS",
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        }
    }
}

/// How a call names its environment. Numbers are positions in [`Host::environments`].
#[derive(Debug)]
pub enum Environment {
    /// There is one.
    Single,
    /// The first segment of the path is its name.
    DefaultDomain,
    /// The path begins with one of these; the longest first, without final slash.
    Mapping(Vec<(Box<str>, usize)>),
    /// A header field holds the name.
    Header {
        /// The field.
        name: HeaderName,
        /// Taken without it.
        default: usize,
    },
}

/// An API.
#[derive(Debug)]
pub struct Route {
    /// Position in [`Host::routes`].
    pub number: usize,
    /// Unique in the configuration.
    pub id: Box<str>,
    /// An id in the form that Tencent gives APIs: `api-` and eight characters.
    pub api_id: HeaderValue,
    /// False if a section of its definition was faulty and is missing here.
    pub usable: bool,
    /// What it does with calls of other origins.
    pub cors: Cors,
    /// What its calls carry.
    pub parameters: Option<Parameters>,
    /// Who may call.
    pub auth: Option<Auth>,
    /// How often.
    pub rate: Option<Rate>,
    /// How often altogether.
    pub quota: Option<Quota>,
    /// What goes wrong on purpose.
    pub fault: Option<Fault>,
    /// Where calls go.
    pub backend: Backend,
    /// Whether clients speak WebSocket to it.
    pub websocket: bool,
    /// Whether its errors link to their explanation.
    pub help_link: bool,
}

impl Route {
    /// True for an authorization API: its backend is the server that issues tokens.
    pub fn issues_tokens(&self) -> bool {
        matches!(self.auth, Some(Auth::Oauth(Oauth::Authorization)))
    }
}

/// Who may call an API.
#[derive(Debug)]
pub enum Auth {
    /// Whoever signs with a key that is granted the API.
    Signature(Signature),
    /// Whoever brings a token.
    Oauth(Oauth),
}

/// Callers sign.
#[derive(Debug)]
pub struct Signature {
    /// How callers sign.
    pub scheme: Scheme,
    /// What the operator decides about the scheme.
    pub policy: Policy,
    /// Ids of the keys that may call.
    pub granted: HashSet<Box<str>>,
    /// Whether a usage plan is needed.
    pub plan_required: bool,
    /// By key id: the usage plans that bind the key to the API, in the order of the file.
    pub plans: HashMap<Box<str>, Vec<BoundPlan>>,
}

/// A usage plan, where it covers one API.
#[derive(Debug, Clone)]
pub struct BoundPlan {
    /// The plan.
    pub plan: Arc<Plan>,
    /// Whose calls the plan's rate counts: those of the plan and the API.
    pub counter: Arc<str>,
}

/// A usage plan.
#[derive(Debug)]
pub struct Plan {
    /// Its id, as a header field has it.
    pub id: HeaderValue,
    /// The environments that it covers; `None` is all.
    pub environments: Option<Box<[Box<str>]>>,
    /// Whether it is switched off.
    pub disabled: bool,
    /// How often each key may call each API.
    pub rate: Option<Rate>,
    /// How often its keys may call altogether.
    pub quota: Option<Quota>,
}

impl Plan {
    /// True if it holds in this environment.
    pub fn covers(&self, environment: &str) -> bool {
        self.environments.as_ref().is_none_or(|names| names.iter().any(|name| **name == *environment))
    }
}

/// How often an API may be called.
#[derive(Debug)]
pub struct Rate {
    /// Calls per window.
    pub limit: u64,
    /// The window.
    pub window: Window,
    /// What is counted apart.
    pub by: RateBy,
}

impl Rate {
    /// As the store of counters has it.
    pub const fn allowance(&self) -> Allowance {
        Allowance { limit: self.limit, window: Some(self.window.duration()) }
    }
}

/// How many calls may pass altogether.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Whether it is a route's or a usage plan's.
    pub kind: Kind,
    /// The id of the route or plan, which outlives a reload.
    pub owner: Box<str>,
    /// Calls in one period.
    pub limit: u64,
    /// From the first call on; `None` for a total that is never renewed.
    pub period: Option<Period>,
    /// What is counted apart.
    pub by: QuotaBy,
}

impl Quota {
    /// As the store of counters has it.
    pub fn allowance(&self) -> Allowance {
        Allowance { limit: self.limit, window: self.period.map(Period::duration) }
    }
}

/// How long a quota lasts before it is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// Thirty days: a calendar's months would need a time zone, and end for all callers at once.
    Month,
}

impl Period {
    /// All periods by their name in the configuration.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("hour", Self::Hour), ("day", Self::Day), ("week", Self::Week), ("month", Self::Month)];

    /// Its length.
    pub const fn duration(self) -> Duration {
        let hours = match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        };
        Duration::from_secs(hours * 3_600)
    }
}

/// What a quota counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaBy {
    /// All calls of the API or the plan together.
    All,
    /// Each calling app.
    App,
    /// Each client address.
    Ip,
}

impl QuotaBy {
    /// By their name in the configuration of a route.
    pub const ROUTE: &'static [(&'static str, Self)] = &[("api", Self::All), ("app", Self::App), ("ip", Self::Ip)];

    /// By their name in the configuration of a usage plan.
    pub const PLAN: &'static [(&'static str, Self)] = &[("app", Self::App), ("plan", Self::All)];
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

/// A window of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// One second.
    Second,
    /// One minute.
    Minute,
    /// One hour.
    Hour,
    /// One day.
    Day,
}

impl Window {
    /// All windows by their name in the configuration.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("second", Self::Second), ("minute", Self::Minute), ("hour", Self::Hour), ("day", Self::Day)];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// As Huawei prints it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Second => "1 second",
            Self::Minute => "1 minute",
            Self::Hour => "1 hour",
            Self::Day => "1 day",
        }
    }

    /// Its length.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        })
    }
}

/// What a rate limit counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateBy {
    /// All calls of the API together.
    Api,
    /// Each calling app.
    App,
    /// Each client address.
    Ip,
}

impl RateBy {
    /// All of them by their name in the configuration.
    pub const NAMES: &'static [(&'static str, Self)] = &[("api", Self::Api), ("app", Self::App), ("ip", Self::Ip)];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::App => "app",
            Self::Ip => "ip",
        }
    }
}

/// The page that explains an error, as a path on the reference site.
pub fn help_path(code: Option<&CodeRow>, condition: &ConditionRow) -> String {
    match code {
        Some(code) => format!("/en{}", code.path()),
        None => format!("/en/conditions/{}/", condition.id),
    }
}
