//! From the file to the snapshot: the parts that concern the whole process.

use std::cell::RefCell;
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;

use apigw_errors::Catalog;

use super::auth::Known;
use super::backends::Pools;
use super::diagnostic::Problem;
use super::file::{self, At, File, Word};
use super::oauth::AuthorizationApis;
use super::sink::Sink;
use super::{admin, hosts, ip_access, keys, listener, micro_service, state, users};
use crate::clock::{Clock, Timestamp};
use crate::dialect::Voice;
use crate::network::Network;
use crate::snapshot::{ConnectionLimits, DENIED, Dialable, LogTarget, RequestLimits, Resolving, Snapshot, Tracing};

/// More threads than this are a slip of the keyboard.
const MOST_THREADS: u64 = 1024;

/// Compiles `file`, whose dialects are those of `catalog`; with the snapshot come the faults that only calls will meet.
pub(super) fn compile(file: &File, catalog: &Catalog) -> Result<(Snapshot, Vec<Problem>), Vec<Problem>> {
    let mut sink = Sink::default();
    if file.listeners.is_empty() {
        sink.report::<()>(serde_yaml::Location::UNKNOWN, "no listener: `listeners` needs at least one address");
    }
    let request_limits = general_request_limits(&file.limits, &mut sink);
    let limits = connection_limits(&file.limits, &mut sink);
    let help_base = file.help.base.as_ref().and_then(|base| help_base(base, &mut sink));
    let known = Known {
        grants: keys::grants(&file.keys, &file.plans, &file.hosts, &mut sink),
        users: Arc::new(users::compile(&file.users, &file.hosts, &mut sink)),
        authorization_apis: AuthorizationApis::read(&file.hosts, &mut sink),
    };
    let pools = RefCell::new(Pools::new(&file.pools, &mut sink));
    let shared =
        hosts::Shared { catalog, limits: &request_limits, known: &known, registries: &file.registries, pools: &pools };
    let (hosts, names) = hosts::hosts(&file.hosts, shared, &mut sink);
    let (endpoints, pools) = pools.into_inner().into_parts();
    let patience = limits.handshake_timeout;
    let listeners = file.listeners.iter();
    let listeners = listeners.filter_map(|one| listener::compile(one, catalog, &hosts, patience, &mut sink)).collect();
    let mut snapshot = Snapshot {
        catalog: *catalog,
        listeners,
        trusted_proxies: ip_access::trusted_proxies(&file.trusted_proxies, file.forwarded_protocol.as_ref(), &mut sink),
        ip_access: ip_access::compile(file.ip_access.as_ref(), &mut sink),
        threads: threads(file.threads.as_ref(), &mut sink),
        limits,
        head_bounds: request_limits.widest(hosts.iter().map(|host| &host.limits)),
        request_limits,
        access_log: match &file.access_log {
            file::AccessLog::Stdout => LogTarget::Stdout,
            file::AccessLog::Stderr => LogTarget::Stderr,
            file::AccessLog::Off => LogTarget::Off,
            file::AccessLog::File(path) => LogTarget::File(path.value.0.as_str().into()),
        },
        help_base,
        dialable: dialable(&file.backends, &mut sink),
        resolving: Resolving {
            ttl: sink.duration(file.backends.dns_ttl.as_ref(), Resolving::default().ttl),
            negative_ttl: sink.duration(file.backends.dns_negative_ttl.as_ref(), Resolving::default().negative_ttl),
        },
        endpoints,
        pools,
        registries: micro_service::registries(&file.registries, &mut sink),
        hosts,
        names,
        keys: keys::ring(&file.keys, &mut sink),
        key_addresses: keys::addresses(&file.keys, &mut sink),
        key_roles: keys::roles(&file.keys, &file.roles, &mut sink),
        clock: clock(file.test.as_ref(), &mut sink),
        state: state::compile(file.state.as_ref(), &mut sink),
        trace: file.trace.as_ref().map(|trace| Tracing { spans: trace.spans }),
        fault_header: file.fault_header.as_ref().and_then(|name| fault_header(name, &mut sink)),
        admin: admin::compile(file.admin.as_ref(), &mut sink),
        files: Vec::new(),
        loaded: true,
    };
    snapshot.files = sink.files();
    sink.into_result().map(|warnings| (snapshot, warnings))
}

/// Reads a dialect's name.
pub(super) fn voice(name: &At<Word>, catalog: &Catalog, sink: &mut Sink) -> Option<Voice> {
    match Voice::parse(catalog, &name.value) {
        Ok(voice) => Some(voice),
        Err(error) => sink.report_with(
            name.referenced,
            error.to_string(),
            "a dialect is `problem` or `vendor[@edition][+style]`, such as `huawei`, `tencent@v1`, `huawei@v2+detailed`",
        ),
    }
}

fn threads(threads: Option<&At<u64>>, sink: &mut Sink) -> usize {
    let cores = available_parallelism().map_or(1, NonZero::get);
    let Some(threads) = threads else { return cores };
    let wanted = Some(threads.value).filter(|count| (1..=MOST_THREADS).contains(count));
    let wanted =
        wanted.or_else(|| sink.report(threads.referenced, format!("threads must be from 1 to {MOST_THREADS}")));
    wanted.and_then(|count| usize::try_from(count).ok()).unwrap_or(cores)
}

fn general_request_limits(limits: &file::Limits, sink: &mut Sink) -> RequestLimits {
    let default = RequestLimits::default();
    let compiled = RequestLimits {
        uri: sink.size(limits.uri.as_ref(), default.uri),
        header: sink.size(limits.header.as_ref(), default.header),
        headers: sink.size(limits.headers.as_ref(), default.headers),
        header_count: sink.count(limits.header_count.as_ref(), default.header_count),
        body: sink.size(limits.body.as_ref(), default.body),
    };
    within_parser(&compiled, [limits.uri.as_ref(), limits.headers.as_ref(), limits.header_count.as_ref()], sink);
    compiled
}

/// A host's own bounds, the general ones where it has none.
pub(super) fn request_limits(limits: &file::HostLimits, general: &RequestLimits, sink: &mut Sink) -> RequestLimits {
    let compiled = RequestLimits {
        uri: sink.size(limits.uri.as_ref(), general.uri),
        header: sink.size(limits.header.as_ref(), general.header),
        headers: sink.size(limits.headers.as_ref(), general.headers),
        header_count: sink.count(limits.header_count.as_ref(), general.header_count),
        body: sink.size(limits.body.as_ref(), general.body),
    };
    within_parser(&compiled, [limits.uri.as_ref(), limits.headers.as_ref(), limits.header_count.as_ref()], sink);
    compiled
}

/// The HTTP parser has bounds of its own, at which it answers without asking us; ours must lie below.
fn within_parser(limits: &RequestLimits, words: [Option<&At<Word>>; 3], sink: &mut Sink) {
    use crate::server::{PARSER_HEADER_COUNT, PARSER_HEADERS, PARSER_URI};
    let bounds = [
        (limits.uri, PARSER_URI, "a request target"),
        (limits.headers, PARSER_HEADERS, "all header fields together"),
        (limits.header_count, PARSER_HEADER_COUNT, "the number of header fields"),
    ];
    for ((value, bound, what), word) in bounds.into_iter().zip(words) {
        if let (true, Some(word)) = (value > bound, word) {
            sink.report::<()>(word.referenced, format!("the most that {what} may be is {bound}"));
        }
    }
}

fn connection_limits(limits: &file::Limits, sink: &mut Sink) -> ConnectionLimits {
    let default = ConnectionLimits::default();
    let connections = u64::try_from(default.connections).unwrap_or(u64::MAX);
    let abandoned = u64::try_from(default.abandoned_streams).unwrap_or(u64::MAX);
    let requests = u64::try_from(default.requests).unwrap_or(u64::MAX);
    let buffered = u64::try_from(default.buffered).unwrap_or(u64::MAX);
    ConnectionLimits {
        handshake_timeout: sink.duration(limits.handshake_timeout.as_ref(), default.handshake_timeout),
        first_byte_timeout: sink.duration(limits.first_byte_timeout.as_ref(), default.first_byte_timeout),
        header_timeout: sink.duration(limits.header_timeout.as_ref(), default.header_timeout),
        idle_timeout: sink.duration(limits.idle_timeout.as_ref(), default.idle_timeout),
        body_timeout: sink.duration(limits.body_timeout.as_ref(), default.body_timeout),
        body_rate: sink.size(limits.body_rate.as_ref(), default.body_rate),
        write_timeout: sink.duration(limits.write_timeout.as_ref(), default.write_timeout),
        streams: u32::try_from(sink.count(limits.streams.as_ref(), default.streams.into())).unwrap_or(u32::MAX),
        abandoned_streams: usize::try_from(sink.count(limits.abandoned_streams.as_ref(), abandoned))
            .unwrap_or(usize::MAX),
        ping_interval: sink.duration(limits.ping_interval.as_ref(), default.ping_interval),
        ping_timeout: sink.duration(limits.ping_timeout.as_ref(), default.ping_timeout),
        connections: usize::try_from(sink.count(limits.connections.as_ref(), connections)).unwrap_or(usize::MAX),
        requests: usize::try_from(sink.count(limits.requests.as_ref(), requests)).unwrap_or(usize::MAX),
        buffered: usize::try_from(sink.size(limits.buffered.as_ref(), buffered)).unwrap_or(usize::MAX),
        grace: sink.duration(limits.grace.as_ref(), default.grace),
    }
}

fn help_base(base: &At<Word>, sink: &mut Sink) -> Option<Box<str>> {
    let text = base.value.trim_end_matches('/');
    // It stands inside `<…>` in a header field.
    let fits = text.parse::<http::Uri>().is_ok_and(|uri| uri.host().is_some() && uri.query().is_none());
    if (text.starts_with("http://") || text.starts_with("https://")) && fits && !text.contains(['<', '>', '"', '#']) {
        return Some(text.into());
    }
    let message = format!("`{}` is no address of a site", base.value);
    sink.report_with(base.referenced, message, "write http://host[:port][/path] or https://…")
}

fn fault_header(name: &At<Word>, sink: &mut Sink) -> Option<http::HeaderName> {
    let known = http::HeaderName::try_from(&*name.value.0).ok();
    known.or_else(|| sink.report(name.referenced, format!("`{}` is no header name", name.value)))
}

fn dialable(backends: &file::Backends, sink: &mut Sink) -> Dialable {
    let deny = match &backends.deny {
        Some(words) => sink.networks(words),
        None => DENIED.iter().filter_map(|text| Network::parse(text)).collect(),
    };
    Dialable { deny, allow: sink.networks(&backends.allow) }
}

fn clock(test: Option<&file::Test>, sink: &mut Sink) -> Clock {
    let Some(word) = test.and_then(|test| test.clock.as_ref()) else { return Clock::system() };
    let moment = Timestamp::from_basic_iso8601(&word.value).or_else(|| {
        let message = format!("`{}` is no moment", word.value);
        sink.report_with(word.referenced, message, "write 20240229T120000Z")
    });
    moment.map_or_else(Clock::system, Clock::fixed)
}
