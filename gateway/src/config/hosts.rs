//! Hosts and their routes.

use std::cell::RefCell;
use std::collections::HashSet;

use apigw_errors::Catalog;
use http::uri::Authority;
use http::{HeaderValue, Method};

use super::auth::Known;
use super::backends::Pools;
use super::compile::{request_limits, voice};
use super::file::{self, At, Word};
use super::service::Services;
use super::sink::{Sink, list};
use super::{cors, environment, fault, ip_access, micro_service, parameters, quota, rate, tls};
use crate::cors::Cors;
use crate::dialect::Voice;
use crate::hash::ConfiguredMap;
use crate::router::{METHODS, PathKind, RouteError, Router};
use crate::snapshot::{Backend, Host, Protocols, RequestLimits, Route};

/// What all hosts share.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    /// Whose dialects they may speak.
    pub(super) catalog: &'a Catalog,
    /// The general bounds.
    pub(super) limits: &'a RequestLimits,
    /// What the routes' `auth` sections refer to.
    pub(super) known: &'a Known<'a>,
    pub(super) registries: &'a [micro_service::WrittenRegistry],
    /// Backends that are met on the way join them.
    pub(super) pools: &'a RefCell<Pools>,
}

/// Whether a host serves although one of its routes is faulty.
const FAULTY: &[(&str, bool)] = &[("refuse", false), ("answer", true)];

/// Compiles the hosts, and finds them by name.
pub(super) fn hosts(
    hosts: &[file::Host],
    shared: Shared<'_>,
    sink: &mut Sink,
) -> (Vec<Host>, ConfiguredMap<Box<str>, usize>) {
    let mut compiled = Vec::new();
    let mut names = ConfiguredMap::default();
    let mut ids = HashSet::new();
    let services = Services::new(hosts);
    for host in hosts {
        for route in &host.routes {
            if route.id.value.is_empty() {
                sink.report::<()>(route.id.referenced, "a route needs an id");
            } else if !ids.insert(&*route.id.value.0) {
                sink.report_with::<()>(
                    route.id.referenced,
                    format!("second route `{}`", route.id.value),
                    "ids are unique in the whole file: grants and the access log name them",
                );
            }
        }
        let name = name(&host.name, sink);
        let number = compiled.len();
        let owner = services.owner(host, sink);
        let elsewhere = services.environments(owner);
        let place = Place {
            number,
            name: name.clone().unwrap_or_default(),
            owner,
            elsewhere: std::ptr::eq(host, owner).then_some(&elsewhere),
        };
        let Some(host) = compile(host, place, shared, sink) else { continue };
        let Some(name) = name else { continue };
        names.insert(name, number);
        compiled.push(host);
    }
    let mut seen = HashSet::new();
    for host in hosts.iter().filter(|host| !seen.insert(host.name.value.to_ascii_lowercase())) {
        sink.report::<()>(host.name.referenced, format!("second host `{}`", host.name.value));
    }
    (compiled, names)
}

fn name(word: &At<Word>, sink: &mut Sink) -> Option<Box<str>> {
    let name = word.value.to_ascii_lowercase();
    let is_name = name.parse::<Authority>().is_ok_and(|authority| authority.host() == name);
    if is_name && !name.is_empty() {
        return Some(name.into());
    }
    let message = format!("`{}` is no host name", word.value);
    sink.report_with(word.referenced, message, "write a name or an address without port: api.example.com")
}

/// Where a host stands among the others.
struct Place<'a> {
    /// Its place in the snapshot.
    number: usize,
    /// Lower case; empty if what is written is no name.
    name: Box<str>,
    /// The host whose APIs it serves, and which speaks for them where it does not: itself, unless it is a further name of
    /// another.
    owner: &'a file::Host,
    /// The environments that the service has under any of its names, for the host that owns the APIs.
    elsewhere: Option<&'a HashSet<&'a str>>,
}

fn compile(host: &file::Host, place: Place<'_>, shared: Shared<'_>, sink: &mut Sink) -> Option<Host> {
    let Place { number, name, owner, elsewhere } = place;
    let Shared { catalog, limits: general, .. } = shared;
    let voice = voice(&host.dialect, catalog, sink);
    let protocols = protocols(host.protocols.as_ref(), sink);
    let https_redirect = https_redirect(host, protocols, sink);
    let client_certificates = host.client_certificates.as_ref().and_then(|written| tls::authorities(written, sink));
    let (environment, environments) =
        environment::compile(host.environment.as_ref(), host.default_environment.as_ref(), sink);
    // A rate of its own counts apart.
    let counted_as = if host.rate.is_some() { &*name } else { &*owner.name.value.to_ascii_lowercase() };
    let rate = host.rate.as_ref().or(owner.rate.as_ref());
    let rate = rate.and_then(|rate| rate::of_host(rate, counted_as, &environments, sink));
    let limits = request_limits(&host.limits, general, sink);
    let ip_access = ip_access::compile(host.ip_access.as_ref().or(owner.ip_access.as_ref()), sink);
    let help_link = host.help_link.unwrap_or(true);
    let cors = host.cors.as_ref().or(owner.cors.as_ref());
    let faulty_routes = host.faulty_routes.as_ref().or(owner.faulty_routes.as_ref());
    let lenient = faulty_routes.and_then(|word| sink.name(word, "way with faulty routes", FAULTY));
    let mut tables: Vec<Router> = environments.iter().map(|_| Router::default()).collect();
    let mut routes = Vec::new();
    for route in &owner.routes {
        let number = routes.len();
        insert(route, number, (&environments, elsewhere), &mut tables, &owner.routes, sink);
        let compiled = compile_route(route, number, cors, lenient.unwrap_or(false), (voice, shared), sink);
        routes.push(Route { help_link: help_link && compiled.help_link, ..compiled });
    }
    for table in &mut tables {
        if let Err(error) = table.finish() {
            sink.report::<()>(host.name.referenced, format!("the regular expressions of this host: {error}"));
        }
    }
    Some(Host {
        number,
        service_id: stable_id("service", &owner.name.value.to_ascii_lowercase()),
        name,
        voice: voice?,
        disabled: host.disabled || owner.disabled,
        protocols,
        https_redirect,
        diagnostics: host.diagnostics,
        client_certificates,
        environment,
        environments,
        rate,
        routers: tables,
        routes,
        limits,
        ip_access,
        help_link,
    })
}

/// Compiles a route's sections. Where `lenient`, a faulty one leaves the others as they are, and the route unusable.
fn compile_route(
    route: &file::Route,
    number: usize,
    cors_of_host: Option<&At<cors::Written>>,
    lenient: bool,
    (voice, shared): (Option<Voice>, Shared<'_>),
    sink: &mut Sink,
) -> Route {
    let Shared { known, registries, pools, .. } = shared;
    let auth = sink.section(lenient, |sink| route.auth.as_ref().and_then(|auth| auth.compile(&route.id, known, sink)));
    let ip_access = sink.section(lenient, |sink| ip_access::compile(route.ip_access.as_ref(), sink));
    let rate = sink
        .section(lenient, |sink| route.rate.as_ref().and_then(|rate| rate::of_route(rate, route.auth.is_some(), sink)));
    let quota = sink.section(lenient, |sink| quota::of_route(route, sink));
    let cors = sink.section(lenient, |sink| {
        route.cors.as_ref().or(cors_of_host).map_or(Cors::Pass, |written| cors::compile(written, voice, sink))
    });
    let parameters = sink.section(lenient, |sink| {
        route.parameters.as_ref().map(|written| parameters::compile(written, &route.path, sink))
    });
    let backend = sink.section(lenient, |sink| match &route.backend {
        Some(backend) => pools.borrow_mut().backend(backend, registries, &route.path, sink),
        None => Backend::Unconfigured,
    });
    // A faulty mock and a faulty micro-service have conditions of their own.
    let backend = backend.or_else(|faulty| match faulty {
        Backend::Mock(_) => Ok(Backend::Mock(None)),
        Backend::MicroService(Err(fault)) => Ok(Backend::MicroService(Err(fault))),
        _ => Err(()),
    });
    Route {
        number,
        id: (&*route.id.value).into(),
        api_id: stable_id("api", &route.id.value),
        usable: auth.is_ok()
            && ip_access.is_ok()
            && rate.is_ok()
            && quota.is_ok()
            && parameters.is_ok()
            && backend.is_ok(),
        websocket: route.websocket,
        cors: cors.unwrap_or(Cors::Unusable),
        auth: auth.unwrap_or_default(),
        ip_access: ip_access.unwrap_or_default(),
        rate: rate.unwrap_or_default(),
        quota: quota.unwrap_or_default(),
        fault: route.fault.as_ref().and_then(|fault| fault::compile(fault, voice, shared.catalog, sink)),
        parameters: parameters.unwrap_or_default(),
        backend: backend.unwrap_or(Backend::Unconfigured),
        help_link: route.help_link.unwrap_or(true),
    }
}

fn protocols(words: Option<&At<Vec<At<Word>>>>, sink: &mut Sink) -> Protocols {
    let Some(words) = words else { return Protocols::Both };
    let known = [("http", Protocols::Http), ("https", Protocols::Https)];
    let named: Vec<Protocols> = words.value.iter().filter_map(|word| sink.name(word, "protocol", &known)).collect();
    match (named.contains(&Protocols::Http), named.contains(&Protocols::Https)) {
        (true, false) => Protocols::Http,
        (false, true) => Protocols::Https,
        (true, true) => Protocols::Both,
        (false, false) => {
            if words.value.is_empty() {
                sink.report::<()>(words.referenced, "name at least one protocol");
            }
            Protocols::Both
        }
    }
}

fn https_redirect(host: &file::Host, protocols: Protocols, sink: &mut Sink) -> Option<u16> {
    let port = host.https_redirect.as_ref()?;
    match (port.value, protocols) {
        (0, _) => sink.report(port.referenced, "calls cannot be sent to port 0"),
        (_, Protocols::Http) => sink.report_with(
            port.referenced,
            "calls are sent to HTTPS, which this host is not for",
            "leave `protocols: [http]` out",
        ),
        (port, _) => Some(port),
    }
}

/// Puts a route into the tables of the environments in which it is published. Those that the service has `elsewhere`, under
/// another of its names, are no business of this host; without `elsewhere`, the host whose routes these are tells which
/// names are unknown.
fn insert(
    route: &file::Route,
    number: usize,
    (environments, elsewhere): (&[Box<str>], Option<&HashSet<&str>>),
    routers: &mut [Router],
    all: &[file::Route],
    sink: &mut Sink,
) {
    let kind = route.kind.as_ref().and_then(|kind| sink.name(kind, "kind of path", PathKind::NAMES));
    let methods = methods(route.methods.as_ref(), sink);
    let published: Vec<usize> = match &route.environments {
        None => (0..environments.len()).collect(),
        Some(words) => {
            let known: Vec<(&str, usize)> =
                environments.iter().enumerate().map(|(index, name)| (&**name, index)).collect();
            let is_here = |word: &At<Word>| known.iter().any(|(name, _)| *name == &*word.value);
            let offered =
                |word: &&At<Word>| is_here(word) || elsewhere.is_some_and(|names| !names.contains(&*word.value.0));
            let words = words.value.iter().filter(offered);
            words.filter_map(|word| sink.name(word, "environment", &known)).collect()
        }
    };
    for environment in published {
        let Some(router) = routers.get_mut(environment) else { continue };
        let inserted = router.insert(&route.path.value, kind.unwrap_or(PathKind::Exact), &methods, number);
        match inserted {
            Ok(()) if route.parameters.as_ref().is_some_and(|written| !written.path.is_empty()) => {
                router.allow_empty_end(&route.path.value);
            }
            Ok(()) => {}
            Err(RouteError::Taken(other)) => {
                let other = all.get(other).map_or("?", |other| &other.id.value);
                let message = format!("route `{other}` already answers a method of `{}`", route.path.value);
                sink.report_with::<()>(route.path.referenced, message, "give each its own `methods`, or its own path");
                return;
            }
            Err(RouteError::Path(why)) => {
                let message = format!("`{}` cannot be routed: {why}", route.path.value);
                sink.report::<()>(route.path.referenced, message);
                return;
            }
        }
    }
}

fn methods(words: Option<&At<Vec<At<Word>>>>, sink: &mut Sink) -> Vec<Method> {
    let Some(words) = words else { return METHODS.to_vec() };
    let mut named: Vec<Method> = Vec::new();
    for word in &words.value {
        match METHODS.iter().find(|method| method.as_str() == &*word.value) {
            Some(method) if named.contains(method) => {
                sink.report::<()>(word.referenced, format!("method `{method}` twice"));
            }
            Some(method) => named.push(method.clone()),
            None => {
                let message = format!("unknown method `{}`", word.value);
                sink.report_with::<()>(word.referenced, message, format!("known: {}", list(METHODS)));
            }
        }
    }
    if words.value.is_empty() {
        sink.report_with::<()>(words.referenced, "no method", "leave `methods` out to allow all");
    }
    named
}

/// An id in the vendor's form, of eight characters that stay the same for the same name.
fn stable_id(kind: &str, name: &str) -> HeaderValue {
    // FNV-1a: any stable spread will do.
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let id = crate::request_id::RequestId::alphanumeric(u128::from(hash));
    HeaderValue::try_from(format!("{kind}-{}", id.as_str().get(..8).unwrap_or_default()))
        .unwrap_or(HeaderValue::from_static("00000000"))
}
