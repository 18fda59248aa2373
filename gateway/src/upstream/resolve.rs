//! Names of backends.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::Failure;

/// How long an answer is used again. Short: names move, and the system's resolver has its own cache.
const KEPT: Duration = Duration::from_secs(5);

/// How long "no such name" is used again, so that a flood of calls is no flood of queries.
const KEPT_NEGATIVE: Duration = Duration::from_secs(1);

/// A thread's resolver: the system's, with a brief memory.
#[derive(Debug, Default)]
pub(super) struct Resolver(RefCell<HashMap<Box<str>, Known>>);

#[derive(Debug)]
struct Known {
    until: Instant,
    addresses: Rc<[IpAddr]>,
}

impl Resolver {
    /// The addresses of `host`, at least one.
    pub(super) async fn resolve(&self, host: &str) -> Result<Rc<[IpAddr]>, Failure> {
        if let Ok(address) = host.parse() {
            return Ok(Rc::new([address]));
        }
        if let Some(known) = self.0.borrow().get(host).filter(|known| known.until > Instant::now()) {
            return if known.addresses.is_empty() {
                Err(Failure::Unresolved(None))
            } else {
                Ok(Rc::clone(&known.addresses))
            };
        }
        let found: io::Result<Vec<IpAddr>> =
            tokio::net::lookup_host((host, 0)).await.map(|found| found.map(|address| address.ip()).collect());
        let (addresses, error) = match found {
            Ok(addresses) => (addresses, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let addresses: Rc<[IpAddr]> = addresses.into();
        let kept = if addresses.is_empty() { KEPT_NEGATIVE } else { KEPT };
        let known = Known { until: Instant::now() + kept, addresses: Rc::clone(&addresses) };
        let mut cache = self.0.borrow_mut();
        // Names come from the configuration, so there are few; those of earlier ones leave here.
        cache.retain(|_, known| known.until > Instant::now());
        cache.insert(host.into(), known);
        if addresses.is_empty() { Err(Failure::Unresolved(error)) } else { Ok(addresses) }
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}
