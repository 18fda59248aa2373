//! Backends that are found in a registry, as written and compiled.

use std::net::SocketAddr;
use std::time::Duration;

use http::HeaderName;
use http::uri::Authority;
use serde::{Deserialize, Serialize};

use super::file::{At, SecretFrom, Word};
use super::keys;
use super::sink::Sink;
use crate::parameters::Place;
use crate::registry::{Consul, Dns, Listed, Registry, Source, name_servers};
use crate::snapshot::{MapFrom, MicroService, MicroServiceFault, Timeouts};

const TTL: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(2);
const DNS_PORT: u16 = 53;

/// Where the system's own resolver finds its servers.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// A backend that each call names.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// Id of a registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) registry: Option<At<Word>>,
    /// Where the call names the namespace: `method.req.header.X-NameSpace-Code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<At<Word>>,
    /// Where it names the service: `method.req.path.service`, `method.req.querystring.service`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<At<Word>>,
}

/// A registry: `consul`, `srv` or `services`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRegistry {
    /// Unique in the file.
    pub(crate) id: At<Word>,
    /// `http://10.0.0.5:8500`, a server that speaks Consul's HTTP API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) consul: Option<At<Word>>,
    /// The names under which SRV records of the DNS tell where services run:
    /// `_http._tcp.{service}.{namespace}.svc.cluster.local`, `{service}.service.{namespace}.consul`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) srv: Option<At<Word>>,
    /// With `srv`: the name servers, `10.0.0.2` or `127.0.0.1:8600`; those of `/etc/resolv.conf` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) servers: Option<At<Vec<At<Word>>>>,
    /// With `consul`: what it is asked with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<At<SecretFrom>>,
    /// The services themselves.
    #[serde(default)]
    pub(crate) services: Vec<WrittenService>,
    /// How long its answers are used; `5s` by default. Records of the DNS whose own time is shorter are used for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ttl: Option<At<Word>>,
    /// How long it may take to answer; `2s` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<At<Word>>,
}

/// A service that stands in the file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenService {
    /// Its namespace.
    pub(crate) namespace: At<Word>,
    /// Its name.
    pub(crate) service: At<Word>,
    /// `10.0.0.7:8000`
    pub(crate) instances: Vec<At<Word>>,
}

/// Compiles the registries, in their order.
pub(super) fn registries(written: &[WrittenRegistry], sink: &mut Sink) -> Vec<Registry> {
    for (index, one) in written.iter().enumerate() {
        if written.iter().take(index).any(|other| other.id.value == one.id.value) {
            sink.report::<()>(one.id.referenced, format!("second registry `{}`", one.id.value));
        }
    }
    written.iter().filter_map(|one| registry(one, sink)).collect()
}

fn registry(written: &WrittenRegistry, sink: &mut Sink) -> Option<Registry> {
    let timeout = sink.duration(written.timeout.as_ref(), TIMEOUT);
    let listed_too = written.services.first().map(|service| service.service.referenced);
    let one_of_them = "a registry is one of `consul`, `srv` and `services`";
    if let (Some(servers), None) = (&written.servers, &written.srv) {
        sink.report_with::<()>(
            servers.referenced,
            "these go with `srv`",
            "a Consul server's address is that of `consul`",
        );
    }
    let source = match (&written.consul, &written.srv) {
        (Some(_), Some(word)) => return sink.report(word.referenced, one_of_them),
        (Some(word), None) => {
            if let Some(at) = listed_too {
                sink.report::<()>(at, one_of_them);
            }
            let (host, port) = server(word, sink)?;
            let token = written.token.as_ref().and_then(|token| keys::secret(token, sink));
            Source::Consul(Consul { host, port, token })
        }
        (None, Some(word)) => {
            if let Some(at) = listed_too {
                sink.report::<()>(at, one_of_them);
            }
            Source::Dns(dns(word, written.servers.as_ref(), timeout, sink)?)
        }
        (None, None) => Source::Listed(written.services.iter().map(|one| listed(one, sink)).collect()),
    };
    Some(Registry { id: (&*written.id.value).into(), source, ttl: sink.duration(written.ttl.as_ref(), TTL), timeout })
}

fn dns(word: &At<Word>, servers: Option<&At<Vec<At<Word>>>>, timeout: Duration, sink: &mut Sink) -> Option<Dns> {
    let name_server = |word: &At<Word>, sink: &mut Sink| {
        let text: &str = &word.value;
        let address = text.parse().ok().or_else(|| Some(SocketAddr::new(text.parse().ok()?, DNS_PORT)));
        address.or_else(|| {
            let message = format!("`{text}` is no address of a name server");
            sink.report_with(word.referenced, message, "write 10.0.0.2, 127.0.0.1:8600 or [::1]:53")
        })
    };
    let addresses: Vec<SocketAddr> = match servers {
        Some(words) => words.value.iter().filter_map(|word| name_server(word, sink)).collect(),
        None => sink.read(RESOLV_CONF).map(|text| name_servers(&text)).unwrap_or_default(),
    };
    if addresses.is_empty() {
        if servers.is_some_and(|servers| !servers.value.is_empty()) {
            return None;
        }
        let at = servers.map_or(word.referenced, |servers| servers.referenced);
        let help = "write servers: [10.0.0.2]; without it, those that /etc/resolv.conf names are taken";
        return sink.report_with(at, "there is no name server to ask", help);
    }
    Dns::new(&word.value, addresses, timeout).ok().or_else(|| {
        let message = format!("`{}` is no name with a place for services", word.value);
        let help = "write a name with `{service}`, and `{namespace}` if it has one: \
                    _http._tcp.{service}.{namespace}.svc.cluster.local";
        sink.report_with(word.referenced, message, help)
    })
}

fn server(word: &At<Word>, sink: &mut Sink) -> Option<(Box<str>, u16)> {
    let authority = word.value.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
    let found = authority.and_then(address);
    found.or_else(|| {
        let message = format!("`{}` is no address of a registry", word.value);
        sink.report_with(word.referenced, message, "write http://host:port")
    })
}

fn listed(written: &WrittenService, sink: &mut Sink) -> Listed {
    let instance = |word: &At<Word>| {
        address(&word.value).or_else(|| {
            let message = format!("`{}` is no address with a port", word.value);
            sink.report_with(word.referenced, message, "write 10.0.0.7:8000, or name:8000")
        })
    };
    Listed {
        namespace: (&*written.namespace.value).into(),
        service: (&*written.service.value).into(),
        instances: written.instances.iter().filter_map(instance).collect(),
    }
}

fn address(text: &str) -> Option<(Box<str>, u16)> {
    let authority: Authority = text.parse().ok()?;
    let host = authority.host().trim_matches(['[', ']']);
    (!host.is_empty() && !text.contains('@')).then_some(())?;
    Some((host.into(), authority.port_u16()?))
}

/// Compiles a backend of an API with this path. What is left out is met by the calls; what is written wrongly is refused.
pub(super) fn compile(
    written: &At<Written>,
    known: &[WrittenRegistry],
    path: &At<Word>,
    timeouts: Timeouts,
    sink: &mut Sink,
) -> Result<MicroService, MicroServiceFault> {
    let backend = &written.value;
    let called = backend.registry.as_ref();
    let registry = called.and_then(|word| known.iter().position(|registry| registry.id.value == word.value));
    let Some(registry) = registry else {
        let message = called.map_or("no registry is named".to_owned(), |word| format!("no registry `{}`", word.value));
        let at = called.map_or(written.referenced, |word| word.referenced);
        sink.warn_with(at, message, "calls of this API will be refused; write `registry: ID` of one of `registries`");
        return Err(MicroServiceFault::Registry);
    };
    let (Some(namespace), Some(service)) = (&backend.namespace, &backend.service) else {
        let message = "it is not said where calls name the namespace and the service";
        let help = "calls of this API will be refused; write `namespace` and `service`, such as \
                    method.req.header.X-NameSpace-Code";
        sink.warn_with(written.referenced, message, help);
        return Err(MicroServiceFault::LocationMissing);
    };
    let (namespace, service) = (map_from(namespace, path, sink), map_from(service, path, sink));
    match (namespace, service) {
        (Some(namespace), Some(service)) => Ok(MicroService { registry, namespace, service, timeouts }),
        _ => Err(MicroServiceFault::LocationMalformed),
    }
}

/// Reads `method.req.{header|path|querystring}.{name}`.
fn map_from(word: &At<Word>, path: &At<Word>, sink: &mut Sink) -> Option<MapFrom> {
    let place = word.value.strip_prefix("method.req.").and_then(|rest| rest.split_once('.'));
    let found = place.and_then(|(place, name)| {
        let place = match place {
            "header" => Place::Header(HeaderName::try_from(name).ok()?),
            "querystring" if !name.is_empty() => Place::Query,
            "path" => {
                let segment = path.value.split('/').position(|segment| segment == format!("{{{name}}}"))?;
                Place::Path { segment, rest: false }
            }
            _ => return None,
        };
        Some(MapFrom { place, name: name.into() })
    });
    found.or_else(|| {
        let message = format!("`{}` is no place in a call", word.value);
        let help = "write method.req.header.NAME, method.req.querystring.NAME, or method.req.path.NAME with `{NAME}` \
                    in the API's path";
        sink.report_with(word.referenced, message, help)
    })
}
