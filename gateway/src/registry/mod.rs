//! Where micro-services run: asked of a registry by name when a call comes, and remembered for a while.

mod consul;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};

use crate::snapshot::Endpoint;

pub use consul::Consul;

/// How long a failure is used again, so that a flood of calls is no flood of questions.
const KEPT_NEGATIVE: Duration = Duration::from_secs(1);

/// How long the last good answer is used in place of a failure: a registry that restarts takes no service with it.
const STALE: Duration = Duration::from_secs(60);

/// Services remembered by one thread: their names come from clients, so there may be any number.
const MOST_SERVICES: usize = 1024;

/// Longest name of a namespace or service.
const LONGEST_NAME: usize = 128;

/// A registry.
#[derive(Debug)]
pub struct Registry {
    /// Its name in the configuration.
    pub id: Box<str>,
    /// Where it is.
    pub source: Source,
    /// How long its answers are used.
    pub ttl: Duration,
    /// How long it may take to answer.
    pub timeout: Duration,
}

/// Where a registry is.
#[derive(Debug)]
pub enum Source {
    /// In the configuration itself.
    Listed(Vec<Listed>),
    /// A server that speaks Consul's HTTP API, as the one of TSF does.
    Consul(Consul),
}

/// A service in the configuration.
#[derive(Debug)]
pub struct Listed {
    /// Its namespace.
    pub namespace: Box<str>,
    /// Its name.
    pub service: Box<str>,
    /// Where it runs: host and port.
    pub instances: Vec<(Box<str>, u16)>,
}

/// Why there is nobody to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Missing {
    /// The registry knows no running instance of this name.
    #[error("no such service")]
    Unknown,
    /// The registry does not answer such questions: wrong address, token or namespace.
    #[error("the registry refused the question")]
    Refused,
    /// The registry did not answer, or not in time.
    #[error("the registry did not answer")]
    Silent,
}

type Instances = Rc<[Rc<Endpoint>]>;
type Name = (usize, Box<str>, Box<str>);

/// One thread's memory of the registries of one configuration.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    known: RefCell<HashMap<Name, Rc<OnceCell<Known>>>>,
    /// Whose turn it is, over all services.
    turn: Cell<usize>,
}

/// What is known of a service.
#[derive(Debug, Clone)]
struct Known {
    until: Instant,
    /// When these instances were told.
    since: Instant,
    found: Result<Instances, Missing>,
}

impl Directory {
    /// An instance to call, one after the other. Calls that ask for the same service at the same time ask once.
    pub(crate) async fn find(
        &self,
        (number, registry): (usize, &Registry),
        namespace: &str,
        service: &str,
    ) -> Result<Rc<Endpoint>, Missing> {
        if [namespace, service].iter().any(|name| name.is_empty() || name.len() > LONGEST_NAME) {
            return Err(Missing::Unknown);
        }
        let (cell, last) = self.cell((number, namespace.into(), service.into()));
        let known = cell.get_or_init(|| async {
            let found = timeout(registry.timeout, registry.source.instances(namespace, service));
            let found = found.await.unwrap_or(Err(Missing::Silent));
            let now = Instant::now();
            match (found, last) {
                (Ok(instances), _) => Known { until: now + registry.ttl, since: now, found: Ok(instances) },
                (Err(Missing::Silent), Some(last)) if last.found.is_ok() && last.since + STALE > now => {
                    Known { until: now + KEPT_NEGATIVE, ..last }
                }
                (Err(missing), _) => {
                    tracing::debug!(registry = &*registry.id, %missing, "micro-service");
                    Known { until: now + KEPT_NEGATIVE, since: now, found: Err(missing) }
                }
            }
        });
        let instances = known.await.found.clone()?;
        let turn = self.turn.get();
        self.turn.set(turn.wrapping_add(1));
        instances.get(turn % instances.len().max(1)).cloned().ok_or(Missing::Unknown)
    }

    /// Where the answer is or will be, and what was known before.
    fn cell(&self, name: Name) -> (Rc<OnceCell<Known>>, Option<Known>) {
        let mut known = self.known.borrow_mut();
        let now = Instant::now();
        let last = match known.get(&name) {
            Some(cell) => match cell.get() {
                Some(known) if known.until <= now => Some(known.clone()),
                _ => return (Rc::clone(cell), None),
            },
            None => None,
        };
        if known.len() >= MOST_SERVICES {
            known.retain(|_, cell| cell.get().is_none_or(|known| known.until > now));
        }
        let cell = Rc::<OnceCell<Known>>::default();
        // Beyond the bound nothing more is remembered, and calls are answered all the same.
        if known.len() < MOST_SERVICES || last.is_some() {
            known.insert(name, Rc::clone(&cell));
        }
        (cell, last)
    }
}

impl Source {
    async fn instances(&self, namespace: &str, service: &str) -> Result<Instances, Missing> {
        let found = match self {
            Self::Listed(services) => {
                let fits = |one: &&Listed| *one.namespace == *namespace && *one.service == *service;
                services.iter().find(fits).map(|one| one.instances.clone()).unwrap_or_default()
            }
            Self::Consul(consul) => consul.instances(namespace, service).await?,
        };
        let instances: Instances = found.into_iter().filter_map(|(host, port)| endpoint(host, port)).collect();
        if instances.is_empty() { Err(Missing::Unknown) } else { Ok(instances) }
    }
}

/// `None` if this is no address: then nobody can be called there.
fn endpoint(host: Box<str>, port: u16) -> Option<Rc<Endpoint>> {
    let text = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    text.parse::<http::uri::Authority>().ok()?;
    let host_field = HeaderValue::try_from(text).ok()?;
    (port > 0).then(|| Rc::new(Endpoint { host, port, host_field, tls: None }))
}
