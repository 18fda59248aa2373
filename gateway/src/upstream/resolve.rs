//! Names of backends: the system's resolver, with a memory.
//!
//! `getaddrinfo` reads `/etc/hosts` and `/etc/resolv.conf` as everything else on the machine does. It tells no TTL, so
//! answers are kept for a short time of our own; a caching resolver on the machine honours the TTL behind it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::Failure;
use crate::snapshot::Resolving;

/// How long the last good answer is used in place of a failure: a resolver that restarts takes no backend with it.
const STALE: Duration = Duration::from_secs(60);

/// Names are forgotten beyond this number, the oldest answers first.
const MOST_NAMES: usize = 4096;

/// A thread's memory of names.
#[derive(Debug)]
pub(super) struct Resolver {
    bounds: Resolving,
    names: RefCell<HashMap<Box<str>, Rc<OnceCell<Known>>>>,
}

/// What is known of a name.
#[derive(Debug, Clone)]
struct Known {
    until: Instant,
    /// When these addresses were found.
    since: Instant,
    addresses: Rc<[IpAddr]>,
}

impl Resolver {
    /// Remembers for as long as these bounds say.
    pub(super) fn new(bounds: Resolving) -> Self {
        Self { bounds, names: RefCell::default() }
    }

    /// The addresses of `host`, at least one. Calls that ask for the same name at the same time ask once.
    pub(super) async fn resolve(&self, host: &str) -> Result<Rc<[IpAddr]>, Failure> {
        if let Ok(address) = host.parse() {
            return Ok(Rc::new([address]));
        }
        let (cell, last) = self.cell(host);
        let mut error = None;
        let known = cell.get_or_init(|| async {
            let found = lookup(host).await;
            let now = Instant::now();
            match found {
                Ok(addresses) => Known { until: now + self.bounds.ttl, since: now, addresses },
                Err(failure) => {
                    error = failure;
                    let last = last.filter(|last| !last.addresses.is_empty() && last.since + STALE > now);
                    let (since, addresses) = last.map_or((now, Rc::default()), |last| (last.since, last.addresses));
                    Known { until: now + self.bounds.negative_ttl, since, addresses }
                }
            }
        });
        let known = known.await;
        if known.addresses.is_empty() { Err(Failure::Unresolved(error)) } else { Ok(Rc::clone(&known.addresses)) }
    }

    /// Where the answer is or will be, and what was known before.
    fn cell(&self, host: &str) -> (Rc<OnceCell<Known>>, Option<Known>) {
        let mut names = self.names.borrow_mut();
        let now = Instant::now();
        let last = match names.get(host) {
            Some(cell) => match cell.get() {
                Some(known) if known.until <= now => Some(known.clone()),
                _ => return (Rc::clone(cell), None),
            },
            None => None,
        };
        if names.len() >= MOST_NAMES {
            names.retain(|_, cell| cell.get().is_none_or(|known| known.until > now));
        }
        let cell = Rc::<OnceCell<Known>>::default();
        names.insert(host.into(), Rc::clone(&cell));
        (cell, last)
    }
}

async fn lookup(host: &str) -> Result<Rc<[IpAddr]>, Option<io::Error>> {
    let found = tokio::net::lookup_host((host, 0)).await.map_err(Some)?;
    let addresses: Rc<[IpAddr]> = found.map(|address| address.ip()).collect();
    if addresses.is_empty() { Err(None) } else { Ok(addresses) }
}
