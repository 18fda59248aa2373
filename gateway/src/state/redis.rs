//! State in a Redis that several gateways share.
//!
//! Each decision is one script, so it is one step of the server and one round trip of ours; time is the server's, so
//! that the gateways' clocks do not matter. Each thread has one connection, which all of its calls share at once; it is
//! made when it is first needed and again whenever it is lost. Until then calls are refused (or, if the operator wants
//! that, pass uncounted), none later than the timeout.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::error::Error as _;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, ErrorKind, IntoConnectionInfo, RedisError, RedisResult, Script, TlsCertificates, cmd};
use tokio::time::timeout;

use super::{Allowance, CounterKey, Decision, Standing, State, Unavailable};
use crate::clock::Timestamp;
use crate::metrics::{self, Bound};
use crate::nonce::Remembered;
use crate::secret::Secret;

/// How often the loss of the server is said again while it lasts.
const REMINDER: Duration = Duration::from_secs(10);

/// What the script says of a call that nobody waits for any longer.
const TOO_LATE: i8 = -1;

/// Where the server is, and what to do without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisConfig {
    /// `redis://[user:password@]host[:port][/database]`, `rediss://…` over TLS, or `unix:///path[?db=…&pass=…]`.
    pub url: Secret,
    /// The certificate authorities that are trusted with `rediss`, as PEM; the system's by default.
    pub authorities: Option<Vec<u8>>,
    /// From asking to the answer, connecting included.
    pub timeout: Duration,
    /// True lets calls pass uncounted while the server cannot be asked.
    pub fail_open: bool,
    /// Before every key, so that several sets of gateways can share a server.
    pub prefix: Box<str>,
}

impl RedisConfig {
    /// True if `url` can be read as the address of a server.
    pub fn is_address(url: &str) -> bool {
        url.into_connection_info().is_ok()
    }

    /// True if there is something to trust in `authorities`, and they are for an address that asks for them.
    pub fn can_trust(&self) -> bool {
        self.client().is_ok()
    }

    fn client(&self) -> RedisResult<Client> {
        let url = String::from_utf8_lossy(self.url.expose()).into_owned();
        match &self.authorities {
            None => Client::open(url),
            some => Client::build_with_tls(url, TlsCertificates { client_tls: None, root_cert: some.clone() }),
        }
    }

    /// Where the server is, without the password.
    fn place(&self) -> String {
        let url = String::from_utf8_lossy(self.url.expose());
        url.into_connection_info().map_or_else(|_| String::new(), |info| info.addr().to_string())
    }
}

/// What keeps the server from answering, for whoever has to mend it. An address with a password may stand in the whole of an
/// error, but not in these parts.
fn why(error: &RedisError) -> Cow<'static, str> {
    match (error.code(), error.source()) {
        (Some("NOAUTH"), _) => "it wants a password, and the address has none".into(),
        (Some("WRONGPASS"), _) => "it does not take this user and password".into(),
        (Some(code), _) => format!("it says {code} {}", error.detail().unwrap_or_default()).into(),
        (None, Some(cause)) => cause.to_string().into(),
        (None, None) if error.kind() == ErrorKind::AuthenticationFailed => {
            "it does not take this user and password".into()
        }
        (None, None) => format!("{:?}", error.kind()).into(),
    }
}

/// See the module. Belongs to one thread.
pub struct Redis(Rc<Inner>);

struct Inner {
    config: RedisConfig,
    admit: Script,
    remember: Script,
    connection: RefCell<Option<ConnectionManager>>,
    lost: RefCell<Option<Instant>>,
    server_clock: ServerClock,
    /// In place of the server's time, in milliseconds.
    time: Option<u64>,
}

impl Redis {
    /// A store that connects when it is first asked.
    pub fn new(config: RedisConfig) -> Self {
        Self::with_time(config, None)
    }

    /// A store whose server does not look at its own clock. For tests of what happens when.
    pub fn at(config: RedisConfig, milliseconds: u64) -> Self {
        Self::with_time(config, Some(milliseconds))
    }

    fn with_time(config: RedisConfig, time: Option<u64>) -> Self {
        Self(Rc::new(Inner {
            config,
            admit: Script::new(include_str!("admit.lua")),
            remember: Script::new(include_str!("remember.lua")),
            connection: RefCell::default(),
            lost: RefCell::default(),
            server_clock: ServerClock::new(),
            time,
        }))
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("config", &self.0.config).finish_non_exhaustive()
    }
}

/// What the server's clock shows, as far as its answers tell. Never ahead of it: an answer takes its time.
#[derive(Debug)]
struct ServerClock {
    start: Instant,
    /// In milliseconds, when `start` was; `None` before the first answer.
    at_start: Cell<Option<i64>>,
}

impl ServerClock {
    fn new() -> Self {
        Self { start: Instant::now(), at_start: Cell::new(None) }
    }

    fn is_unknown(&self) -> bool {
        self.at_start.get().is_none()
    }

    fn elapsed(&self) -> i64 {
        i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The server has just said what its clock shows.
    fn learn(&self, now: i64) {
        self.at_start.set(Some(now.saturating_sub(self.elapsed())));
    }

    /// What it will show after `wait`; empty if nobody knows.
    fn after(&self, wait: Duration) -> String {
        let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let shown = |at_start: i64| at_start.saturating_add(self.elapsed()).saturating_add(wait).to_string();
        self.at_start.get().map_or_else(String::new, shown)
    }
}

impl Inner {
    /// The thread's connection: one, made in the background, used by all calls at once.
    fn connection(&self) -> RedisResult<ConnectionManager> {
        let mut connection = self.connection.borrow_mut();
        if let Some(connection) = &*connection {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(self.config.timeout))
            .set_response_timeout(Some(self.config.timeout))
            // A call does not wait for a second try; the next one makes it.
            .set_number_of_retries(0);
        let made = self.config.client()?.get_connection_manager_lazy(config)?;
        Ok(connection.insert(made).clone())
    }

    /// Waits for the server's answer, for so long.
    async fn within<T>(&self, asking: impl Future<Output = RedisResult<T>>) -> Result<T, Unavailable> {
        match timeout(self.config.timeout, asking).await {
            Ok(Ok(answer)) => {
                if self.lost.borrow_mut().take().is_some() {
                    tracing::info!("the shared store of counters answers again");
                }
                Ok(answer)
            }
            Ok(Err(error)) => Err(self.lose(Some(&error))),
            Err(_) => Err(self.lose(None)),
        }
    }

    /// Says that the server is lost, once and then every now and then.
    fn lose(&self, error: Option<&RedisError>) -> Unavailable {
        metrics::hit(Bound::State);
        let mut lost = self.lost.borrow_mut();
        if lost.is_none_or(|since| since.elapsed() >= REMINDER) {
            *lost = Some(Instant::now());
            let outcome = if self.config.fail_open { "pass uncounted" } else { "are refused" };
            let why = error.map_or(Cow::Borrowed("no answer in time"), why);
            tracing::error!(
                server = self.config.place(),
                %why,
                "the shared store of counters cannot be asked: calls that need it {outcome}"
            );
        }
        Unavailable
    }

    fn key(&self, parts: [&str; 3]) -> String {
        let [kind, owner, subject] = parts;
        // In a cluster, what stands in braces decides where a key lies. Lengths keep two pairs of names apart.
        format!("{}{{{kind}:{}:{owner}:{subject}}}", self.config.prefix, owner.len())
    }
}

impl State for Redis {
    fn admit(&self, key: CounterKey<'_>, allowance: Allowance, _now: Instant) -> Decision<Standing> {
        let inner = Rc::clone(&self.0);
        let key = inner.key([key.kind.name(), key.owner, key.subject]);
        let Allowance { limit, window } = allowance;
        let milliseconds = window.map_or(0, |window| u64::try_from(window.as_millis()).unwrap_or(u64::MAX).max(1));
        Decision::Waiting(Box::pin(async move {
            let asking = async {
                let mut connection = inner.connection()?;
                let time = inner.time.map_or_else(String::new, |time| time.to_string());
                if inner.server_clock.is_unknown() {
                    let (seconds, micros): (i64, i64) = cmd("TIME").query_async(&mut connection).await?;
                    inner.server_clock.learn(seconds.saturating_mul(1000).saturating_add(micros / 1000));
                }
                // A second time only if the server's clock was set and the first one looked late because of that.
                let mut answer = (TOO_LATE, 0, 0);
                for _ in 0..2 {
                    let latest =
                        if time.is_empty() { inner.server_clock.after(inner.config.timeout) } else { String::new() };
                    let mut call = inner.admit.key(&*key);
                    call.arg(limit).arg(milliseconds).arg(&*time).arg(latest);
                    let (admitted, passed, left, now) =
                        call.invoke_async::<(i8, u64, i64, i64)>(&mut connection).await?;
                    inner.server_clock.learn(now);
                    answer = (admitted, passed, left);
                    if admitted != TOO_LATE {
                        break;
                    }
                }
                Ok(answer)
            };
            match inner.within(asking).await {
                Ok((TOO_LATE, ..)) => Err(inner.lose(None)),
                Ok((admitted, passed, left)) => Ok(Standing {
                    admitted: admitted == 1,
                    limit,
                    remaining: limit.saturating_sub(passed),
                    reset: u64::try_from(left).map_or(Duration::MAX, Duration::from_millis),
                }),
                Err(_) if inner.config.fail_open => {
                    Ok(Standing { admitted: true, limit, remaining: limit, reset: window.unwrap_or(Duration::MAX) })
                }
                Err(unavailable) => Err(unavailable),
            }
        }))
    }

    fn remember(&self, key_id: &str, nonce: &str, until: Timestamp, now: Timestamp) -> Decision<Remembered> {
        let inner = Rc::clone(&self.0);
        let key = inner.key(["nonce", key_id, nonce]);
        // The last second counts.
        let seconds = until.distance(now).as_secs().saturating_add(1);
        let asking: Pin<Box<dyn Future<Output = _>>> = Box::pin(async move {
            let asking = async {
                let mut connection = inner.connection()?;
                inner.remember.key(key).arg(seconds).invoke_async::<u8>(&mut connection).await
            };
            match inner.within(asking).await {
                Ok(1) => Ok(Remembered::Fresh),
                Ok(_) => Ok(Remembered::Repeated),
                Err(_) if inner.config.fail_open => Ok(Remembered::Fresh),
                Err(unavailable) => Err(unavailable),
            }
        });
        Decision::Waiting(asking)
    }
}
