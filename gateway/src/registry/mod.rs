//! Where micro-services run: asked of a registry by name when a call comes, and remembered for a while.

mod consul;
mod dns;
mod dns_message;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};

use crate::snapshot::Endpoint;

pub use consul::Consul;
pub use dns::Dns;
pub(crate) use dns::name_servers;

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
    /// How long its answers are used, unless they say themselves that it may not be so long.
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
    /// The DNS, with its SRV records.
    Dns(Dns),
}

/// An instance as a registry tells it.
#[derive(Debug)]
struct Found {
    host: Box<str>,
    port: u16,
    /// Its share of the calls, relative to the others'.
    weight: u32,
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

/// An instance that can be called.
#[derive(Debug)]
struct Instance {
    endpoint: Rc<Endpoint>,
    weight: u32,
}

type Instances = Rc<[Instance]>;
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
                (Ok((instances, ttl)), _) => {
                    let ttl = ttl.map_or(registry.ttl, |ttl| ttl.min(registry.ttl));
                    Known { until: now + ttl, since: now, found: Ok(instances) }
                }
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
        choose(&instances, turn).map(|chosen| Rc::clone(&chosen.endpoint)).ok_or(Missing::Unknown)
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
    /// Those that can be called, and for how long that is true, if the registry says it.
    async fn instances(&self, namespace: &str, service: &str) -> Result<(Instances, Option<Duration>), Missing> {
        let equal = |(host, port)| Found { host, port, weight: 1 };
        let (found, ttl): (Vec<Found>, _) = match self {
            Self::Listed(services) => {
                let fits = |one: &&Listed| *one.namespace == *namespace && *one.service == *service;
                let instances = services.iter().find(fits).map(|one| one.instances.clone()).unwrap_or_default();
                (instances.into_iter().map(equal).collect(), None)
            }
            Self::Consul(consul) => {
                (consul.instances(namespace, service).await?.into_iter().map(equal).collect(), None)
            }
            Self::Dns(dns) => {
                let (found, ttl) = dns.instances(namespace, service).await?;
                (found, Some(ttl))
            }
        };
        let instance = |Found { host, port, weight }| Some(Instance { endpoint: endpoint(host, port)?, weight });
        let instances: Instances = found.into_iter().filter_map(instance).collect();
        if instances.is_empty() { Err(Missing::Unknown) } else { Ok((instances, ttl)) }
    }
}

/// Whose turn it is: one after the other where all weigh the same, else each as often as its weight says.
fn choose(instances: &[Instance], turn: usize) -> Option<&Instance> {
    let total: u64 = instances.iter().map(|one| u64::from(one.weight)).sum();
    let all_equal = instances.windows(2).all(|two| matches!(two, [one, next] if one.weight == next.weight));
    if all_equal {
        return instances.get(turn.checked_rem(instances.len())?);
    }
    // Steps of the golden ratio spread over the whole as evenly as can be, whatever the weights are.
    let draw = u64::try_from(turn).unwrap_or_default().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut at = u64::try_from((u128::from(draw) * u128::from(total)) >> 64).unwrap_or_default();
    instances.iter().find(|one| {
        let is_here = at < u64::from(one.weight);
        at = at.saturating_sub(one.weight.into());
        is_here
    })
}

/// `None` if this is no address: then nobody can be called there.
fn endpoint(host: Box<str>, port: u16) -> Option<Rc<Endpoint>> {
    let text = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    text.parse::<http::uri::Authority>().ok()?;
    let host_field = HeaderValue::try_from(text).ok()?;
    (port > 0).then(|| Rc::new(Endpoint { host, port, host_field, tls: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_shared_out_by_weight() {
        let spread = |weights: &[u32]| {
            let instance = |(port, weight): (u16, &u32)| Instance {
                endpoint: endpoint("a.example".into(), port).unwrap(),
                weight: *weight,
            };
            let instances: Vec<Instance> = (1..).zip(weights).map(instance).collect();
            let mut counts = vec![0; weights.len()];
            for turn in 0..600 {
                let chosen = choose(&instances, turn).unwrap();
                counts[usize::from(chosen.endpoint.port) - 1] += 1;
            }
            counts
        };
        assert_eq!(spread(&[7]), [600]);
        assert_eq!(spread(&[0, 0, 0]), [200, 200, 200]);
        assert_eq!(spread(&[1, 0]), [600, 0]);
        let counts = spread(&[65535, 0, 32768, 1]);
        assert!((398..=402).contains(&counts[0]) && counts[1] == 0 && counts[3] <= 1, "{counts:?}");
        assert!(choose(&[], 3).is_none());
    }
}
