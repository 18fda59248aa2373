//! Services with several names: hosts that serve the APIs of another.

use std::collections::{HashMap, HashSet};

use super::environment;
use super::file::Host;
use super::sink::{Sink, list};

/// Which host's APIs each host serves.
pub(super) struct Services<'a> {
    by_name: HashMap<String, &'a Host>,
    /// The further names of a service, by its own.
    further: HashMap<String, Vec<&'a Host>>,
}

impl<'a> Services<'a> {
    pub(super) fn new(hosts: &'a [Host]) -> Self {
        let by_name = hosts.iter().map(|host| (host.name.value.to_ascii_lowercase(), host)).collect();
        let mut further: HashMap<String, Vec<&'a Host>> = HashMap::new();
        for host in hosts {
            if let Some(owner) = &host.routes_of {
                further.entry(owner.value.to_ascii_lowercase()).or_default().push(host);
            }
        }
        Self { by_name, further }
    }

    /// The host whose APIs `host` serves: itself, or the one that it names in `routes_of`.
    pub(super) fn owner(&self, host: &'a Host, sink: &mut Sink) -> &'a Host {
        let Some(word) = &host.routes_of else { return host };
        if let Some(route) = host.routes.first() {
            sink.report_with::<()>(
                route.id.referenced,
                "`routes` beside `routes_of`",
                "write the API at the host that `routes_of` names: both hosts serve it then",
            );
        }
        let Some(owner) = self.by_name.get(&word.value.to_ascii_lowercase()) else {
            let mut names: Vec<&String> = self.by_name.keys().collect();
            names.sort_unstable();
            let message = format!("there is no host `{}`", word.value);
            sink.report_with::<()>(word.referenced, message, format!("known: {}", list(names)));
            return host;
        };
        if let Some(further) = &owner.routes_of {
            let message = format!("`{}` has no APIs of its own", word.value);
            sink.report_with::<()>(word.referenced, message, format!("name `{}`, whose APIs it serves", further.value));
            return host;
        }
        owner
    }

    /// The environments that the service of `owner` has under any of its names. None where it has but one name.
    pub(super) fn environments(&self, owner: &'a Host) -> HashSet<&'a str> {
        let further = self.further.get(&owner.name.value.to_ascii_lowercase());
        let names = further.into_iter().flatten().copied().chain(further.map(|_| owner));
        names.filter_map(|host| host.environment.as_ref()).flat_map(|one| environment::names(&one.value)).collect()
    }
}
