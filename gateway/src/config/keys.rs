//! Keys, what they may call, and usage plans.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::file::{At, Host, Key, Plan, SecretFrom, Word};
use super::sink::{Sink, list};
use super::{ip_access, plan};
use crate::hash::{ConfiguredMap, ConfiguredSet};
use crate::ip_access::IpAccess;
use crate::scheme::{self, KeyRing};
use crate::secret::Secret;
use crate::snapshot::{BoundPlan, KeyRole};

/// Stands for every route.
const ALL: &str = "*";

/// Which keys may call which routes.
#[derive(Debug, Default)]
pub(super) struct Grants {
    granted: HashMap<Box<str>, ConfiguredSet<Box<str>>>,
    plans: HashMap<Box<str>, ConfiguredMap<Box<str>, Vec<BoundPlan>>>,
}

impl Grants {
    /// The keys that may call this route.
    pub(super) fn granted(&self, route: &str) -> ConfiguredSet<Box<str>> {
        self.granted.get(route).cloned().unwrap_or_default()
    }

    /// The usage plans that cover this route, by key.
    pub(super) fn plans(&self, route: &str) -> ConfiguredMap<Box<str>, Vec<BoundPlan>> {
        self.plans.get(route).cloned().unwrap_or_default()
    }
}

/// All keys, with their secrets.
pub(super) fn ring(keys: &[Key], sink: &mut Sink) -> KeyRing {
    let mut ring = KeyRing::default();
    for key in keys {
        let Some(secret) = secret(&key.secret, sink) else { continue };
        let id: &str = &key.id.value;
        if ring.insert(scheme::Key::new(id, secret, key.disabled)).is_err() {
            let message = if id.is_empty() { "a key needs an id".to_owned() } else { format!("second key `{id}`") };
            sink.report::<()>(key.id.referenced, message);
        }
    }
    ring
}

/// Which addresses may call with a key, where not all may; by the key's id.
pub(super) fn addresses(keys: &[Key], sink: &mut Sink) -> ConfiguredMap<Box<str>, IpAccess> {
    let rule = |key: &Key| Some(((&*key.id.value).into(), ip_access::compile(key.ip_access.as_ref(), sink)?));
    keys.iter().filter_map(rule).collect()
}

/// What became of the roles of keys, where they have one; by the key's id.
pub(super) fn roles(keys: &[Key], roles: &[At<Word>], sink: &mut Sink) -> ConfiguredMap<Box<str>, KeyRole> {
    let known: HashSet<&str> = roles.iter().map(|role| &*role.value).collect();
    let mut role_of = |key: &Key| {
        let role = key.role.as_ref()?;
        let exists = known.contains(&*role.value);
        if !exists {
            let message = format!("there is no role `{}`: calls with this key will be refused", role.value);
            sink.warn_with(role.referenced, message, format!("known: {}", list(roles.iter().map(|role| &role.value))));
        }
        Some(((&*key.id.value).into(), if exists { KeyRole::Exists } else { KeyRole::Gone }))
    };
    keys.iter().filter_map(&mut role_of).collect()
}

/// Fetches a secret from where it stands.
pub(super) fn secret(from: &At<SecretFrom>, sink: &mut Sink) -> Option<Secret> {
    let secret = match &from.value {
        SecretFrom::Value(secret) => secret.clone(),
        SecretFrom::Env(name) => match std::env::var(&**name) {
            Ok(value) => Secret::from(value),
            Err(_) => return sink.report(from.referenced, format!("environment variable `{name}` is not set")),
        },
        SecretFrom::File(path) => Secret::from(sink.text(from.referenced, path)?.trim_end()),
    };
    if secret.expose().is_empty() {
        return sink.report(from.referenced, "the secret is empty");
    }
    Some(secret)
}

/// Reads the grants of keys and plans; every name must exist.
pub(super) fn grants(keys: &[Key], plans: &[Plan], hosts: &[Host], sink: &mut Sink) -> Grants {
    let routes = routes(hosts);
    let ids: HashSet<&str> = keys.iter().map(|key| &*key.id.value).collect();
    let mut grants = Grants::default();
    for key in keys {
        for route in expand(&key.grants, &routes, sink) {
            grants.granted.entry(route.into()).or_default().insert((&*key.id.value).into());
        }
    }
    let mut seen = HashSet::new();
    for plan in plans {
        if !seen.insert(&*plan.id.value.0) {
            sink.report::<()>(plan.id.referenced, format!("second plan `{}`", plan.id.value));
        }
        for key in plan.keys.iter().filter(|key| !ids.contains(&*key.value)) {
            sink.report::<()>(key.referenced, format!("there is no key `{}`", key.value));
        }
        let covered = expand(&plan.routes, &routes, sink);
        let Some(compiled) = plan::compile(plan, hosts, sink).map(Arc::new) else { continue };
        for route in covered {
            let counter: Arc<str> = format!("{}/{route}", plan.id.value).into();
            let plans = grants.plans.entry(route.into()).or_default();
            for key in &plan.keys {
                let bound = BoundPlan { plan: Arc::clone(&compiled), counter: Arc::clone(&counter) };
                plans.entry((&*key.value).into()).or_default().push(bound);
            }
        }
    }
    grants
}

/// The ids of all routes.
pub(super) fn routes(hosts: &[Host]) -> HashSet<&str> {
    hosts.iter().flat_map(|host| &host.routes).map(|route| &*route.id.value).collect()
}

/// The routes that a list of ids names, or all of them.
pub(super) fn expand<'a>(words: &'a [At<Word>], routes: &HashSet<&'a str>, sink: &mut Sink) -> Vec<&'a str> {
    let mut expanded = Vec::new();
    for word in words {
        let name: &str = &word.value;
        if name == ALL {
            expanded.extend(routes);
        } else if routes.contains(name) {
            expanded.push(name);
        } else {
            sink.report_with::<()>(
                word.referenced,
                format!("there is no route `{name}`"),
                "write the `id` of a route, or `*` for all",
            );
        }
    }
    expanded
}
