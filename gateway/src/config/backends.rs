//! Backends of routes, and the pools of servers behind them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Uri};
use serde_yaml::Location;

use super::file::{self, At, Word};
use super::sink::{Sink, list};
use super::{micro_service, mock};
use crate::snapshot::{Backend, Ejection, Endpoint, Pool, Probe, Service, Target, Timeouts};
use crate::upstream::balance::{self, Balance};
use crate::upstream::tls::{Tls, TlsOptions};

const TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
const MOST_RETRIES: u64 = 5;
const MOST_WEIGHT: u64 = 10_000;

/// What of a backend's pool and group nobody has.
enum Missing {
    Pool,
    Group,
}

/// The pools of a file, and those of one that backends with a `url` make.
#[derive(Debug, Default)]
pub(super) struct Pools {
    endpoints: Vec<Endpoint>,
    compiled: Vec<Pool>,
    /// Positions of endpoints by address.
    addresses: HashMap<(Box<str>, u16, Option<TlsOptions>), usize>,
    /// Positions of pools by id, and by id and group.
    named: HashMap<(Box<str>, Option<Box<str>>), usize>,
    /// Positions of pools of one, by endpoint.
    alone: HashMap<usize, usize>,
}

impl Pools {
    /// Compiles the pools of a file.
    pub(super) fn new(pools: &[file::Pool], sink: &mut Sink) -> Self {
        let mut compiled = Self::default();
        for pool in pools {
            compiled.add(pool, sink);
        }
        compiled
    }

    /// What the snapshot needs of them.
    pub(super) fn into_parts(self) -> (Vec<Endpoint>, Vec<Pool>) {
        (self.endpoints, self.compiled)
    }

    fn add(&mut self, pool: &file::Pool, sink: &mut Sink) {
        let id: Box<str> = pool.id.value.0.as_str().into();
        if id.is_empty() {
            sink.report::<()>(pool.id.referenced, "a pool needs an id");
        } else if self.named.contains_key(&(id.clone(), None)) {
            sink.report::<()>(pool.id.referenced, format!("second pool `{id}`"));
            return;
        }
        let methods: Vec<(&str, &'static dyn Balance)> = balance::ALL.iter().map(|one| (one.name(), *one)).collect();
        let chosen = pool.balance.as_ref().and_then(|word| sink.name(word, "way to balance", &methods));
        let shape = Pool {
            name: id.clone(),
            balance: chosen.unwrap_or(balance::DEFAULT),
            targets: Vec::new(),
            portless: false,
            ejection: ejection(&pool.ejection, sink),
            probe: pool.probe.as_ref().and_then(|probe| probe_of(probe, sink)),
        };
        let like =
            |shape: &Pool, name: Box<str>| Pool { name, targets: Vec::new(), probe: shape.probe.clone(), ..*shape };
        let tls = pool.tls.as_ref().map(|tls| (tls_options(tls, sink), tls.referenced));
        let mut whole = like(&shape, id.clone());
        let mut groups: Vec<(Box<str>, Pool)> = Vec::new();
        for server in &pool.servers {
            let group: Option<Box<str>> = server.group.as_ref().map(|group| group.value.0.as_str().into());
            let group = group.map(|name| {
                groups.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                    groups.push((name.clone(), like(&shape, format!("{id}/{name}").into())));
                    groups.len() - 1
                })
            });
            let group = group.and_then(|position| groups.get_mut(position)).map(|(_, pool)| pool);
            let joined = [Some(&mut whole), group].into_iter().flatten();
            let Some((host, port)) = address(&server.address, sink) else { continue };
            let weight = weight(server.weight.as_ref(), sink);
            let Some(port) = port.or(pool.port.as_ref().map(|port| port.value)) else {
                for pool in joined {
                    pool.portless = true;
                }
                continue;
            };
            let Some(endpoint) = self.endpoint(&host, port, tls.clone(), sink) else { continue };
            let health = Arc::default();
            for pool in joined.filter(|_| weight > 0) {
                pool.targets.push(Target { endpoint, weight, health: Arc::clone(&health) });
            }
        }
        for (name, group) in groups {
            self.named.insert((id.clone(), Some(name)), self.compiled.len());
            self.compiled.push(group);
        }
        self.named.insert((id, None), self.compiled.len());
        self.compiled.push(whole);
    }

    /// The position of an address; `tls` stands where the settings of its TLS are written.
    fn endpoint(
        &mut self,
        host: &str,
        port: u16,
        tls: Option<(TlsOptions, Location)>,
        sink: &mut Sink,
    ) -> Option<usize> {
        let host: Box<str> = host.trim_matches(['[', ']']).to_ascii_lowercase().into();
        let key = (host.clone(), port, tls.as_ref().map(|(options, _)| options.clone()));
        if let Some(known) = self.addresses.get(&key) {
            return Some(*known);
        }
        let usual = if tls.is_some() { 443 } else { 80 };
        let shown = match (host.contains(':'), port == usual) {
            (true, true) => format!("[{host}]"),
            (true, false) => format!("[{host}]:{port}"),
            (false, true) => host.to_string(),
            (false, false) => format!("{host}:{port}"),
        };
        let host_field = HeaderValue::try_from(shown).ok()?;
        let tls = match tls.map(|(options, at)| (Tls::new(&options, &host), at)) {
            None => None,
            Some((Ok(tls), _)) => Some(tls),
            Some((Err(error), at)) => return sink.report(at, error.to_string()),
        };
        self.addresses.insert(key, self.endpoints.len());
        self.endpoints.push(Endpoint { host, port, host_field, tls });
        Some(self.endpoints.len() - 1)
    }

    /// The pool of this endpoint alone. It is neither ejected nor probed: with nobody in its place, a call that may
    /// fail is better than none.
    fn alone(&mut self, endpoint: usize, name: &str) -> usize {
        *self.alone.entry(endpoint).or_insert_with(|| {
            self.compiled.push(Pool {
                name: name.into(),
                balance: balance::DEFAULT,
                targets: vec![Target { endpoint, weight: 1, health: Arc::default() }],
                portless: false,
                ejection: None,
                probe: None,
            });
            self.compiled.len() - 1
        })
    }

    /// Compiles the backend of a route.
    pub(super) fn backend(
        &mut self,
        backend: &file::Backend,
        registries: &[micro_service::WrittenRegistry],
        route_path: &At<Word>,
        sink: &mut Sink,
    ) -> Backend {
        let timeouts = Timeouts {
            connect: sink.duration(backend.connect_timeout.as_ref(), CONNECT_TIMEOUT),
            first_byte: sink.duration(backend.timeout.as_ref(), TIMEOUT),
            idle: backend.idle_timeout.as_ref().map(|word| sink.duration(Some(word), TIMEOUT)),
            total: backend.total_timeout.as_ref().map(|word| sink.duration(Some(word), TIMEOUT)),
        };
        let host = backend.host.as_ref().and_then(|word| host(word, sink));
        let retries = retries(backend.retries.as_ref(), u64::from(backend.pool.is_some()), sink);
        if let Some(mock) = &backend.mock {
            if let Some(stray) = backend.url.as_ref().or(backend.pool.as_ref()) {
                sink.report::<()>(stray.referenced, "a backend is a mock or servers, not both");
            }
            return Backend::Mock(mock::compile(mock, sink));
        }
        if let Some(service) = &backend.micro_service {
            if let Some(stray) = backend.url.as_ref().or(backend.pool.as_ref()) {
                sink.report::<()>(stray.referenced, "a backend is a micro-service or servers, not both");
            }
            let compiled = micro_service::compile(service, registries, route_path, timeouts, sink);
            return Backend::MicroService(compiled);
        }
        let service = |pool, path| Backend::Http(Service { pool, host, path, timeouts, retries });
        match (&backend.url, &backend.pool) {
            (Some(_), Some(pool)) => {
                sink.report::<()>(pool.referenced, "a backend has a `url` or a `pool`, not both");
                Backend::Undefined
            }
            (None, None) => {
                if let Some(stray) = backend.group.as_ref().or(backend.path.as_ref()) {
                    sink.report_with::<()>(stray.referenced, "this goes with a pool", "name one: `pool: ID`");
                }
                Backend::Undefined
            }
            (Some(url), None) => {
                if let Some(stray) = backend.group.as_ref().or(backend.path.as_ref()) {
                    let help = "a `url` holds its path itself, and has no groups";
                    sink.report_with::<()>(stray.referenced, "this goes with a pool", help);
                }
                let Some((is_https, host, port, path)) = url_of(url, sink) else { return Backend::Undefined };
                let tls = match &backend.tls {
                    Some(tls) if !is_https => sink.report(tls.referenced, "this goes with `https://`"),
                    Some(tls) => Some((tls_options(tls, sink), tls.referenced)),
                    None => is_https.then(|| (TlsOptions::default(), url.referenced)),
                };
                let Some(endpoint) = self.endpoint(&host, port, tls, sink) else { return Backend::Undefined };
                service(self.alone(endpoint, &url.value), path)
            }
            (None, Some(pool)) => {
                let path = backend.path.as_ref().and_then(|word| path(word, sink));
                match self.find(pool, backend.group.as_ref(), sink) {
                    Ok(position) => service(position, path),
                    Err(Missing::Pool) => Backend::PoolMissing,
                    Err(Missing::Group) => Backend::GroupMissing,
                }
            }
        }
    }

    /// The position of a pool or of a group in it. Pools and APIs have different owners, so one that is not there (yet)
    /// is told by the APIs that name it; the warning is for whoever mistyped it.
    fn find(&self, pool: &At<Word>, group: Option<&At<Word>>, sink: &mut Sink) -> Result<usize, Missing> {
        let id: Box<str> = pool.value.0.as_str().into();
        let key = |group: Option<&At<Word>>| (id.clone(), group.map(|group| group.value.0.as_str().into()));
        if let Some(position) = self.named.get(&key(group)) {
            return Ok(*position);
        }
        let consequence = "so calls of this API will be answered with an error of its backend";
        let mut known: Vec<&str> = Vec::new();
        if let (Some(group), true) = (group, self.named.contains_key(&key(None))) {
            known.extend(self.named.keys().filter(|(pool, _)| *pool == id).filter_map(|(_, group)| group.as_deref()));
            known.sort_unstable();
            let message = format!("pool `{id}` has no group `{}`, {consequence}", group.value);
            sink.warn_with(group.referenced, message, format!("its groups: {}", list(known)));
            return Err(Missing::Group);
        }
        known.extend(self.named.keys().filter(|(_, group)| group.is_none()).map(|(pool, _)| &**pool));
        known.sort_unstable();
        let message = format!("there is no pool `{id}`, {consequence}");
        sink.warn_with(pool.referenced, message, format!("known: {}", list(known)));
        Err(Missing::Pool)
    }
}

fn tls_options(written: &At<file::Tls>, sink: &mut Sink) -> TlsOptions {
    let tls = &written.value;
    let text = |word: &Option<Word>| word.as_ref().map(|word| Box::from(word.0.as_str()));
    let identity = match (text(&tls.certificate), text(&tls.key)) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => sink.report(written.referenced, "`certificate` and `key` go together"),
    };
    TlsOptions {
        authorities: text(&tls.ca),
        identity,
        server_name: text(&tls.server_name),
        unverified: tls.verify == Some(false),
    }
}

fn ejection(written: &file::Ejection, sink: &mut Sink) -> Option<Ejection> {
    let default = Ejection::default();
    let ejection = Ejection {
        failures: written.failures.as_ref().map_or(default.failures, |failures| small(failures.value)),
        time: sink.duration(written.time.as_ref(), default.time),
        longest: sink.duration(written.longest.as_ref(), default.longest),
    };
    Some(ejection).filter(|ejection| ejection.failures > 0)
}

fn probe_of(probe: &file::Probe, sink: &mut Sink) -> Option<Probe> {
    Some(Probe {
        path: path(&probe.path, sink)?,
        interval: sink.duration(probe.interval.as_ref(), PROBE_INTERVAL),
        timeout: sink.duration(probe.timeout.as_ref(), PROBE_TIMEOUT),
        healthy: small(sink.count(probe.healthy.as_ref(), 2)),
        unhealthy: small(sink.count(probe.unhealthy.as_ref(), 3)),
    })
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn weight(weight: Option<&At<u64>>, sink: &mut Sink) -> u32 {
    let Some(weight) = weight else { return 1 };
    if weight.value > MOST_WEIGHT {
        sink.report::<()>(weight.referenced, format!("a weight is from 0 to {MOST_WEIGHT}"));
    }
    small(weight.value.min(MOST_WEIGHT))
}

fn retries(retries: Option<&At<u64>>, default: u64, sink: &mut Sink) -> u32 {
    if let Some(retries) = retries.filter(|retries| retries.value > MOST_RETRIES) {
        sink.report::<()>(retries.referenced, format!("a call is made again {MOST_RETRIES} times at most"));
    }
    small(retries.map_or(default, |retries| retries.value.min(MOST_RETRIES)))
}

fn address(word: &At<Word>, sink: &mut Sink) -> Option<(String, Option<u16>)> {
    let bracketed =
        if word.value.parse::<std::net::Ipv6Addr>().is_ok() { Some(format!("[{}]", word.value)) } else { None };
    let text = bracketed.as_deref().unwrap_or(&word.value);
    let authority =
        text.parse::<Authority>().ok().filter(|authority| !text.contains('@') && !authority.host().is_empty());
    // An authority may end in a colon, or in digits that are no port.
    let authority = authority.filter(|authority| {
        authority.port().is_none_or(|port| port.as_str().parse::<u16>().is_ok()) && !text.ends_with(':')
    });
    let Some(authority) = authority else {
        let message = format!("`{}` is no address of a server", word.value);
        return sink.report_with(word.referenced, message, "write host, host:port, 10.0.0.7:8000 or [::1]:8000");
    };
    Some((authority.host().to_owned(), authority.port_u16()))
}

fn host(word: &At<Word>, sink: &mut Sink) -> Option<HeaderValue> {
    let is_host = word.value.parse::<Authority>().is_ok_and(|authority| !authority.as_str().contains('@'));
    let value = HeaderValue::from_str(&word.value).ok().filter(|_| is_host);
    value.or_else(|| sink.report(word.referenced, format!("`{}` is no host", word.value)))
}

fn path(word: &At<Word>, sink: &mut Sink) -> Option<PathAndQuery> {
    let path = word.value.parse::<PathAndQuery>().ok();
    path.filter(|path| path.query().is_none() && word.value.starts_with('/')).or_else(|| {
        let message = format!("`{}` is no path", word.value);
        sink.report_with(word.referenced, message, "a path begins with `/` and has no query")
    })
}

/// Whether a `url` is HTTPS; its host, port and path.
fn url_of(word: &At<Word>, sink: &mut Sink) -> Option<(bool, String, u16, Option<PathAndQuery>)> {
    let wrong = |sink: &mut Sink, why: &str| {
        let message = format!("`{}` is no backend: {why}", word.value);
        sink.report_with(word.referenced, message, "write http://host[:port][/path] or https://…")
    };
    let Ok(uri) = word.value.parse::<Uri>() else { return wrong(sink, "it is no address") };
    let Some(authority) = uri.authority() else { return wrong(sink, "it names no host") };
    let is_https = match uri.scheme_str() {
        Some("http") => false,
        Some("https") => true,
        _ => return wrong(sink, "it begins with neither `http://` nor `https://`"),
    };
    if authority.as_str().contains('@') || uri.query().is_some() || word.value.contains(['{', '}']) {
        return wrong(sink, "it can hold no user, query or parameter");
    }
    let path = match uri.path() {
        "" | "/" if !word.value.ends_with('/') => None,
        _ => uri.path_and_query().cloned(),
    };
    let port = authority.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    Some((is_https, authority.host().to_owned(), port, path))
}
