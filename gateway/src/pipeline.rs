//! What happens to a call, in order:
//!
//! connection → limits → protocol → host → environment → route → CORS → IP access → authentication → authorisation →
//! usage plan, rate, quota → parameters → plug-ins → backend → response
//!
//! Each line of [`answer`] is one check. The first that fails decides; [`crate::edge`] says it in the host's dialect.

use std::borrow::Cow;
use std::cell::RefCell;
use std::net::IpAddr;
use std::pin::pin;
use std::rc::Rc;
use std::time::Instant;

use apigw_errors::{Condition, Occurrence as _};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Response};
use hyper::body::{Body as _, Incoming};
use tracing::Instrument as _;

use crate::access_log::Record;
use crate::body::{Inbound, Outbound};
use crate::caller::Caller;
use crate::check;
use crate::check::backend::Destination;
use crate::check::environment::Place;
use crate::check::parameters::Filled;
use crate::check::traffic::{Counted, Counter};
use crate::client_address::Peer;
use crate::dialect::{Client, Voice};
use crate::edge::{self, Call};
use crate::fields::Fields;
use crate::forward;
use crate::panic::contained;
use crate::path_spelling;
use crate::scheme::{Context, SignedRequest};
use crate::server::{Failure, Worker};
use crate::snapshot::{Auth, BoundPlan, RequestLimits, Route, Signature, User};
use crate::state::DeferredNonces;
use crate::tls::Protection;
use crate::trace::Trace;
use crate::upstream::{Answer, Called, Handshake, Tunnel};

/// What is known about a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The other end of the socket.
    pub(crate) socket: Peer,
    /// Whom it speaks for: itself, unless the PROXY protocol says something else.
    pub(crate) peer: Peer,
    /// The address of `peer` as a header value.
    pub(crate) address: HeaderValue,
    /// Position in [`crate::snapshot::Snapshot::listeners`].
    pub(crate) listener: usize,
    /// Whether it is encrypted, and what is known of the client then.
    pub(crate) protection: Protection,
    /// What the connection goes on as, once an answer has switched protocols.
    pub(crate) tunnel: RefCell<Option<Tunnel>>,
}

impl Connection {
    /// What a backend is told of a call's client, who need not be the connection's other end.
    fn address_of(&self, client: Option<IpAddr>) -> Cow<'_, HeaderValue> {
        if client == self.peer.ip() { Cow::Borrowed(&self.address) } else { Cow::Owned(forward::address(client)) }
    }
}

/// What a call that was not refused is answered with.
#[derive(Debug)]
enum Outcome {
    /// A backend's answer.
    Relayed(Answer),
    /// One of our own.
    Made(Box<Response<Bytes>>),
}

/// Answers a call; not if the client has left in the middle of it. Of the request only its body is used up: what is handed
/// on by value is copied.
pub(crate) async fn serve(
    worker: Rc<Worker>,
    connection: Rc<Connection>,
    parts: &mut Parts,
    body: Incoming,
) -> Option<Response<Outbound>> {
    let started = Instant::now();
    let snapshot = worker.snapshot();
    // The host is looked up first, because every refusal needs its voice; whether it may be called is asked later.
    let name = check::host::name(parts);
    let host = name.as_ref().ok().and_then(|name| snapshot.host(name));
    let elsewhere = || snapshot.voice_for(name.as_deref().ok(), connection.listener).unwrap_or(Voice::PROBLEM);
    let voice = host.map_or_else(elsewhere, |host| host.voice);
    let request_id = voice.envelope.request_id(worker.ids.next());
    let client = snapshot.trusted_proxies.client(connection.peer, &parts.headers);
    let from = (Rc::clone(&connection), client);
    let record = Record::new(Rc::clone(&worker.log), snapshot.clone(), started, from, request_id, voice, Some(parts));
    // It goes from hand to hand until the last byte of the answer is out.
    let mut record = Box::new(record);
    let diagnoses = host.is_some_and(|host| host.diagnostics) || voice.envelope.wants_diagnostics(&parts.headers);
    let mut call = Call {
        snapshot: &snapshot,
        voice,
        request_id,
        started,
        client,
        diagnosed: diagnoses.then(|| parts.uri.clone()),
        host,
        route: None,
        grant: None,
        counted: Counted::default(),
        injected: None,
        trace: snapshot.trace.map(|_| Trace::of(&parts.headers, worker.ids.next())),
    };
    record.trace(call.trace);
    match (host, &name) {
        (Some(host), _) => record.host(host),
        (None, Ok(name)) => record.stranger(name),
        (None, Err(_)) => {}
    }
    let named = name.map(drop);
    let outcome = match span(&call) {
        None => {
            let answer = pin!(answer(&worker, &connection, &mut call, named, parts, body, &mut record));
            contained(answer).await
        }
        Some(span) => {
            let answer = answer(&worker, &connection, &mut call, named, parts, body, &mut record);
            contained(Box::pin(answer.instrument(span)).as_mut()).await
        }
    };
    match outcome.unwrap_or(Err(Condition::GatewayInternal)) {
        Ok(Outcome::Relayed(answer)) => {
            let times = (answer.at, answer.elapsed);
            let (head, body, tunnel) = answer.open();
            if tunnel.is_some() {
                *connection.tunnel.borrow_mut() = tunnel;
            }
            Some(edge::relay(&call, head, body, times, record))
        }
        Ok(Outcome::Made(answer)) => Some(edge::made(&call, *answer, record)),
        Err(Condition::ConnectionClientClosed) => None,
        Err(condition) => Some(edge::refuse(&call, &condition, record, forward::emptied(&mut parts.headers))),
    }
}

/// Writes down a connection that ended before it came to a call, because its TLS handshake failed.
pub(crate) fn came_to_nothing(worker: &Rc<Worker>, connection: &Rc<Connection>, failure: &Failure, started: Instant) {
    let snapshot = worker.snapshot();
    let host = failure.name.as_ref().and_then(|name| snapshot.host(name));
    let voice =
        host.map(|host| host.voice).or_else(|| snapshot.voice_for(failure.name.as_deref(), connection.listener));
    let voice = voice.unwrap_or(Voice::PROBLEM);
    let request_id = voice.envelope.request_id(worker.ids.next());
    let log = Rc::clone(&worker.log);
    let client = connection.peer.ip();
    let from = (Rc::clone(connection), client);
    let mut record = Record::new(log, snapshot.clone(), started, from, request_id, voice, None);
    match (host, &failure.name) {
        (Some(host), _) => record.host(host),
        (None, Some(name)) => record.stranger(name),
        (None, None) => {}
    }
    if failure.is_injected {
        record.injected();
    }
    let condition = check::tls::failed(&failure.reason);
    let code = voice.dialect.and_then(|dialect| dialect.say(&condition).code());
    record.refused(condition.row().id, code);
}

/// The span of a call, where spans are wanted and whoever began the trace wants it recorded.
fn span(call: &Call<'_>) -> Option<tracing::Span> {
    let trace =
        call.trace.filter(|trace| call.snapshot.trace.is_some_and(|wanted| wanted.spans) && trace.is_sampled())?;
    let host = call.host.map_or("", |host| &*host.name);
    let parent_id = trace.parent_id().unwrap_or_default();
    Some(tracing::info_span!("call", trace_id = trace.trace_id(), span_id = trace.span_id(), parent_id, host))
}

/// Runs the checks and calls the backend.
async fn answer(
    worker: &Worker,
    connection: &Connection,
    call: &mut Call<'_>,
    named: check::Verdict,
    parts: &mut Parts,
    body: Incoming,
    record: &mut Record,
) -> Result<Outcome, Condition> {
    let snapshot = call.snapshot;
    let limits: &RequestLimits = call.host.map_or(&snapshot.request_limits, |host| &host.limits);

    // Connection.
    check::framing::check(parts, limits, &connection.protection)?;
    check::overload::check(worker.calls(), snapshot.calls_per_thread())?;
    check::loaded::check(snapshot)?;

    // Limits.
    check::uri::check(&parts.uri, limits)?;
    check::headers::check(&parts.headers, limits)?;
    check::body::check(body.size_hint().exact(), limits)?;

    // Protocol.
    check::verb::check(&parts.method)?;
    let said = snapshot.trusted_proxies.encrypted(connection.peer, &parts.headers);
    let is_encrypted = said.unwrap_or_else(|| connection.protection.is_tls());
    if let Some(host) = call.host {
        if let Some(answer) = check::protocol::redirect(host, parts, is_encrypted) {
            return Ok(Outcome::Made(Box::new(answer)));
        }
        check::protocol::check(host.protocols, is_encrypted)?;
        check::client_certificate::check(host, &connection.protection)?;
    }

    // Host, environment, route.
    let host = check::host::check(named, call.host, parts)?;
    check::service::check(host)?;
    let asked = check::environment::check(host, parts)?;
    // What is signed is what was sent; what is compared and forwarded is the path in its one spelling.
    let spelt = path_spelling::normal(asked.path);
    let place = Place { path: &spelt, ..asked };
    let methods = check::path::check(host, place, parts)?;
    let preflight = check::cors::preflight(host, methods, parts);
    let route = preflight.map_or_else(|| check::method::check(host, methods, parts), Ok)?;
    call.route = Some(route);
    record.route(route);
    check::definition::check(route)?;
    check::websocket::check(host, route, parts)?;

    // CORS.
    let grant = check::cors::check(route, parts)?;
    if let (Some(_), Some(grant)) = (preflight, &grant) {
        return Ok(Outcome::Made(Box::new(grant.preflight(&parts.headers))));
    }
    call.grant = grant;
    if !check::fault::is_off(snapshot, route) {
        check::fault::check(snapshot, route, call.voice, &parts.headers, &mut call.injected).await?;
    }

    // IP access.
    check::ip_access::check(snapshot, host, route, call.client)?;

    let mut body = Inbound::new(body, limits.body, &snapshot.limits);
    let fate = body.fate();
    record.body(fate.clone());

    // Authentication, authorisation.
    let environment = host.environments.get(place.environment).map_or("", |name| name);
    // Pinned where it is made, as what follows: what is awaited directly is moved first, and these are large.
    let identified = identify(worker, call, route, environment, parts, asked.path, &mut body);
    let (caller, plan) = pin!(identified).await?;

    // Usage plan, rate, quota.
    let counter = Counter { state: &*worker.state, caller: caller.as_ref(), client: call.client };
    counter.check((host, place.environment), route, plan, &mut call.counted).await?;

    // Parameters.
    let filled = match &route.parameters {
        Some(parameters) => {
            let most_held = snapshot.buffered_per_thread();
            Box::pin(check::parameters::check(parameters, place.path, parts, &mut body, most_held)).await?
        }
        None => Filled::default(),
    };

    // Backend.
    let hops = check::hops::check(&parts.headers)?;
    let target = match check::backend::check(route)? {
        Destination::Servers(service) => Called::Pool(service),
        Destination::MicroService(service) => {
            let directory = snapshot.upstream().directory();
            let found = Box::pin(check::micro_service::find(service, snapshot, directory, parts, place.path)).await?;
            Called::Found(&service.timeouts, found)
        }
        Destination::Mock(mock) => return check::mock::check(mock).map(|answer| Outcome::Made(Box::new(answer))),
    };
    let (uri, path) = (filled.uri.as_ref().unwrap_or(&parts.uri), filled.path.as_deref().unwrap_or(place.path));
    let path = forward::target(uri, path, methods, target.base());
    let host_field = parts.headers.get(http::header::HOST);
    let address = connection.address_of(call.client);
    let client = Client {
        request_id: &call.request_id,
        address: &address,
        version: parts.version,
        scheme: if is_encrypted { "https" } else { "http" },
        host: host_field,
    };
    let handshake = if route.websocket { Handshake::of(parts) } else { None };
    let fields = told(call, &client, &hops, filled.headers, handshake.is_some());
    let request = forward::request(parts, path, caller, fields);
    let exchange = snapshot.upstream().call(snapshot, &target, call.client, request, body, handshake.as_ref());
    let answer = pin!(exchange).await;
    match answer {
        Ok(answer) => Ok(Outcome::Relayed(answer)),
        Err(failure) => {
            // A body that breaks while it is forwarded looks like a failure to send: the first error decides.
            if let Some(failure) = fate.and_then(|fate| fate.failure()) {
                return Err(check::body::failed(failure));
            }
            tracing::debug!(route = &*route.id, failure = &failure as &dyn std::error::Error, "backend");
            Err(if route.issues_tokens() {
                check::token_server::failed(&failure)
            } else {
                check::backend::failed(&failure)
            })
        }
    }
}

/// Who calls, and the usage plan that is in force for them. `None` where nobody is asked.
async fn identify<'a>(
    worker: &Worker,
    call: &Call<'_>,
    route: &'a Route,
    environment: &str,
    parts: &Parts,
    signed_path: &str,
    body: &mut Inbound,
) -> Result<(Option<Caller>, Option<&'a BoundPlan>), Condition> {
    match &route.auth {
        None => Ok((None, None)),
        Some(Auth::Oauth(oauth)) => {
            let now = call.snapshot.clock.now();
            Ok((check::oauth::check(oauth, environment, &parts.headers, now)?, None))
        }
        Some(Auth::Signature(auth)) => {
            let (caller, user) = authenticate(worker, call, auth, parts, signed_path, body).await?;
            check::role::check(call.snapshot, auth, &caller)?;
            let plan = check::grant::check(auth, &caller, environment)?;
            check::key_address::check(call.snapshot, &caller, call.client)?;
            if let Some(user) = user {
                check::sub_account::check(user, route)?;
                check::operation::check(user, route)?;
            }
            Ok((Some(caller), plan))
        }
    }
}

/// What the gateway itself tells the backend. Of each name the first word counts.
fn told(
    call: &Call<'_>,
    client: &Client<'_>,
    hops: &HeaderValue,
    defaults: Vec<(HeaderName, HeaderValue)>,
    asks_for_tunnel: bool,
) -> Fields {
    let mut fields: Fields = defaults.into_iter().collect();
    if asks_for_tunnel {
        Handshake::ask(&mut fields);
    }
    if let Some(trace) = &call.trace {
        trace.write(&mut fields);
    }
    call.voice.envelope.backend_fields(client, &mut fields);
    fields.set(check::hops::FIELD, hops);
    fields
}

async fn authenticate<'a>(
    worker: &Worker,
    call: &Call<'_>,
    auth: &'a Signature,
    parts: &Parts,
    signed_path: &str,
    body: &mut Inbound,
) -> Result<(Caller, Option<&'a User>), Condition> {
    let mut collected = None;
    if auth.scheme.needs_body(&parts.headers) {
        collected = Some(body.collect(call.snapshot.buffered_per_thread()).await.map_err(check::body::failed)?);
    }
    let request = SignedRequest {
        method: &parts.method,
        path: parts.uri.path(),
        signed_path,
        query: parts.uri.query(),
        headers: &parts.headers,
        body: collected.as_deref(),
    };
    let nonces = DeferredNonces::new(&*worker.state);
    let context = Context {
        keys: &call.snapshot.keys,
        now: call.snapshot.clock.now(),
        nonces: &nonces,
        failures: &*worker.shared.failures,
        policy: &auth.policy,
    };
    let principal = check::signature::check(auth, &request, &context)?;
    let nonce = nonces.outcome().await?;
    check::signature::replay(nonce)?;
    let user = check::user::check(auth, &principal)?;
    Ok((Caller::from(principal), user))
}
