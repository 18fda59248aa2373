//! Calling backends: choose a server, resolve, check the address, connect, send, and tell every failure apart by type.
//!
//! Each thread has tables of its own for the configuration it serves under; only the health of servers is shared.
//! [`Upstream::call`] is the way of a call; the other modules are its steps.

pub(crate) mod balance;
mod call;
mod chunked;
mod connect;
mod connection;
mod download;
mod failure;
mod head;
pub(crate) mod health;
mod idle;
mod payload;
pub(crate) mod probe;
mod request;
mod resolve;
mod retry;
mod stream;
pub(crate) mod tls;
mod tunnel;
mod upload;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use http::StatusCode;
use http::uri::PathAndQuery;
use tokio::time::Instant;

pub(crate) use connection::Break;
pub(crate) use download::Download;
pub(crate) use failure::Failure;
pub(crate) use head::Head;
pub(crate) use request::Request;
pub(crate) use tunnel::{Handshake, Tunnel};

use crate::body::Inbound;
use crate::registry::Directory;
use crate::snapshot::{Endpoint, Pool, Service, Snapshot, Target, Timeouts};
use balance::{Among, Candidate};
use call::Call;
use connection::Connection;
use idle::{Connections, InUse};
use payload::Payload;
use resolve::Resolver;

/// One thread's tables for one configuration.
#[derive(Debug)]
pub(crate) struct Upstream {
    /// In the order of [`Snapshot::endpoints`].
    connections: Vec<Rc<Connections>>,
    /// In the order of [`Snapshot::pools`].
    pools: Vec<PoolState>,
    resolver: Rc<Resolver>,
    directory: Directory,
    /// Connections to addresses that registries told.
    found: RefCell<HashMap<Endpoint, Rc<Connections>>>,
}

/// Whom a call goes to.
#[derive(Debug)]
pub(crate) enum Called<'a> {
    /// A server of a pool.
    Pool(&'a Service),
    /// An address that a registry told.
    Found(&'a Timeouts, Rc<Endpoint>),
}

impl Called<'_> {
    /// Replaces what the route matched; `None` keeps the call's path.
    pub(crate) fn base(&self) -> Option<&PathAndQuery> {
        match self {
            Self::Pool(service) => service.path.as_ref(),
            Self::Found(..) => None,
        }
    }
}

/// What a thread remembers of a pool.
#[derive(Debug)]
struct PoolState {
    /// See [`Candidate::credit`].
    credits: Vec<Cell<i64>>,
    budget: retry::Budget,
}

/// A backend's answer, still in its connection: on the way to the edge, less is carried that way.
#[derive(Debug)]
pub(crate) struct Answer {
    connection: Box<Connection>,
    in_use: InUse,
    /// How long the backend may be silent in the body.
    patience: Duration,
    /// When all of it must be over.
    until: Option<Instant>,
    /// When the head had come.
    pub(crate) at: std::time::Instant,
    /// From the call's start here to that.
    pub(crate) elapsed: Duration,
}

impl Answer {
    /// The head, the body still to come, and what follows a 101 in place of a body.
    pub(crate) fn open(mut self) -> (Head, Download, Option<Tunnel>) {
        let head = self.connection.take_head().unwrap_or_default();
        if head.status == StatusCode::SWITCHING_PROTOCOLS {
            let (stream, early) = self.connection.into_stream();
            return (head, Download::none(), Some(Tunnel::new(stream, early, self.patience, self.in_use)));
        }
        let body = Download::new(self.connection, self.in_use, head.keep_alive, self.patience, self.until);
        (head, body, None)
    }
}

impl Upstream {
    /// Tables for `snapshot`. What is known of the same addresses and names is taken over from `previous`, unless other
    /// addresses may be dialled now.
    pub(crate) fn new(snapshot: &Snapshot, previous: Option<(&Snapshot, &Self)>) -> Self {
        let previous = previous.filter(|(before, _)| before.dialable == snapshot.dialable);
        let known = |endpoint: &Endpoint| {
            let (before, tables) = previous?;
            let position = before.endpoints.iter().position(|known| known == endpoint)?;
            tables.connections.get(position).cloned()
        };
        let resolver = previous.filter(|(before, _)| before.resolving == snapshot.resolving);
        let resolver = resolver.map(|(_, tables)| Rc::clone(&tables.resolver));
        let pool = |pool: &Pool| PoolState {
            credits: pool.targets.iter().map(|_| Cell::new(0)).collect(),
            budget: retry::Budget::default(),
        };
        Self {
            connections: snapshot.endpoints.iter().map(|endpoint| known(endpoint).unwrap_or_default()).collect(),
            pools: snapshot.pools.iter().map(pool).collect(),
            resolver: resolver.unwrap_or_else(|| Rc::new(Resolver::new(snapshot.resolving))),
            directory: Directory::default(),
            found: RefCell::default(),
        }
    }

    /// Sends `request` and waits for the head of the answer.
    ///
    /// # Errors
    /// What went wrong last, by type.
    pub(crate) async fn call(
        &self,
        snapshot: &Snapshot,
        called: &Called<'_>,
        client: Option<IpAddr>,
        request: Request,
        body: Inbound,
        handshake: Option<&Handshake>,
    ) -> Result<Answer, Failure> {
        match called {
            Called::Pool(service) => pin!(self.call_pool(snapshot, service, client, request, body, handshake)).await,
            Called::Found(timeouts, endpoint) => {
                // Boxed because few calls go this way, and all would have to carry it.
                Box::pin(self.call_found(snapshot, timeouts, endpoint, request, body, handshake)).await
            }
        }
    }

    async fn call_pool(
        &self,
        snapshot: &Snapshot,
        service: &Service,
        client: Option<IpAddr>,
        request: Request,
        body: Inbound,
        handshake: Option<&Handshake>,
    ) -> Result<Answer, Failure> {
        let (Some(pool), Some(state)) = (snapshot.pools.get(service.pool), self.pools.get(service.pool)) else {
            return Err(Failure::NoneHealthy);
        };
        let started = Instant::now();
        let mut call = Call {
            upstream: self,
            snapshot,
            timeouts: &service.timeouts,
            host: service.host.as_ref(),
            payload: Some(Payload::new(body, &request.method)),
            request,
            handshake,
            until: service.timeouts.total.map(|total| started + total),
            now: Some(started),
            sent: false,
        };
        state.budget.earn();
        let mut tried = Vec::new();
        let mut left = service.retries;
        let mut last = None;
        loop {
            let (position, target) = match self.choose(pool, state, snapshot, client, &call.request.target, &tried) {
                Ok(chosen) => chosen,
                // Why the server before failed says more than that there is no other.
                Err(none) => return Err(last.unwrap_or(none)),
            };
            let outcome = pin!(call.attempt(target)).await;
            report(pool, snapshot, target, outcome.as_ref().map(drop));
            let failure = match outcome {
                Ok(answered) => return Ok(call.answer(answered, started)),
                Err(failure) => failure,
            };
            let again = left > 0
                && retry::is_sound(&failure, &call.request.method, call.sent)
                && call.payload.as_mut().is_some_and(Payload::rewind)
                && call.until.is_none_or(|until| until > Instant::now())
                && state.budget.spend();
            if !again {
                return Err(failure);
            }
            left -= 1;
            tracing::debug!(failure = &failure as &dyn std::error::Error, "another try");
            tried.push(position);
            last = Some(failure);
        }
    }

    /// What the address is of is not known beforehand, so there is no pool, and no further try.
    async fn call_found(
        &self,
        snapshot: &Snapshot,
        timeouts: &Timeouts,
        endpoint: &Endpoint,
        request: Request,
        body: Inbound,
        handshake: Option<&Handshake>,
    ) -> Result<Answer, Failure> {
        let started = Instant::now();
        let mut call = Call {
            upstream: self,
            snapshot,
            timeouts,
            host: None,
            payload: Some(Payload::new(body, &request.method)),
            request,
            handshake,
            until: timeouts.total.map(|total| started + total),
            now: Some(started),
            sent: false,
        };
        let connections = Rc::clone(self.found.borrow_mut().entry(endpoint.clone()).or_default());
        let answered = call.exchange_with(endpoint, &connections).await?;
        Ok(call.answer(answered, started))
    }

    /// What registries told.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// A server to call that was not tried yet; if all were, any.
    fn choose<'a>(
        &self,
        pool: &'a Pool,
        state: &PoolState,
        snapshot: &Snapshot,
        client: Option<IpAddr>,
        uri: &PathAndQuery,
        tried: &[usize],
    ) -> Result<(usize, &'a Target), Failure> {
        if let ([target], None, None) = (&*pool.targets, &pool.ejection, &pool.probe) {
            return Ok((0, target));
        }
        let now = health::now();
        let candidate = |(position, target): (usize, &'a Target)| {
            let endpoint = snapshot.endpoints.get(target.endpoint)?;
            let usable = target.health.is_usable(now);
            usable.then_some(Candidate {
                position,
                target,
                name: endpoint.host_field.to_str().unwrap_or_default(),
                in_use: self.connections.get(target.endpoint)?.in_use(),
                credit: state.credits.get(position)?,
            })
        };
        let mut candidates: Vec<Candidate<'_>> = pool.targets.iter().enumerate().filter_map(candidate).collect();
        if candidates.iter().any(|candidate| !tried.contains(&candidate.position)) {
            candidates.retain(|candidate| !tried.contains(&candidate.position));
        }
        loop {
            let chosen = pool.balance.choose(&Among { candidates: &candidates, source: client, uri: uri.as_str() });
            let Some(position) = chosen else {
                let portless = pool.targets.is_empty() && pool.portless;
                return Err(if portless { Failure::PortMissing } else { Failure::NoneHealthy });
            };
            if let Some(target) = pool.targets.get(position)
                && pool.ejection.is_none_or(|ejection| target.health.admit(now, &ejection))
            {
                return Ok((position, target));
            }
            // Another call is trying it already.
            candidates.retain(|candidate| candidate.position != position);
        }
    }

    /// Closes connections that have been idle for too long. To be called once a second.
    pub(crate) fn sweep(&self) {
        for connections in &self.connections {
            connections.sweep();
        }
        self.found.borrow_mut().retain(|_, connections| {
            connections.sweep();
            !connections.is_unused()
        });
    }
}

/// Lets the pool know how a call of a server went.
fn report(pool: &Pool, snapshot: &Snapshot, target: &Target, outcome: Result<(), &Failure>) {
    let Some(ejection) = &pool.ejection else { return };
    match outcome {
        Ok(()) => target.health.succeeded(),
        Err(failure) if failure.blames_server() => {
            if target.health.failed(health::now(), ejection)
                && let Some(endpoint) = snapshot.endpoints.get(target.endpoint)
            {
                let server = String::from_utf8_lossy(endpoint.host_field.as_bytes());
                tracing::warn!(pool = &*pool.name, %server, "left out for a while: too many calls failed");
            }
        }
        Err(_) => {}
    }
}
