//! Active probes: servers are asked for their health, whether anybody calls them or not.
//!
//! One thread does it for the process. Probing from every thread would multiply the servers' load by the number of
//! cores, and tell nothing more: what is found out is shared (see [`super::health`]).

use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::payload::Payload;
use super::{Failure, Request, connect};
use crate::server::{Handle, Worker};
use crate::snapshot::{Endpoint, Pool, Probe, Target};

/// How often it is looked whether the configuration has changed.
const LOOK: Duration = Duration::from_millis(250);

/// Probes the servers of the configuration in force, for ever.
pub(crate) async fn run(worker: Rc<Worker>) {
    loop {
        let handle = worker.snapshot();
        let mut probes = JoinSet::new();
        let mut seen = Vec::new();
        for (pool, probe) in handle.pools.iter().filter_map(|pool| Some((pool, pool.probe.as_ref()?))) {
            for (position, target) in pool.targets.iter().enumerate() {
                // A server of a group is in the whole pool as well.
                if !seen.contains(&Arc::as_ptr(&target.health)) {
                    seen.push(Arc::as_ptr(&target.health));
                    // Not all at once.
                    let share = u32::try_from(pool.targets.len()).unwrap_or(u32::MAX);
                    let delay = probe.interval / share * u32::try_from(position).unwrap_or(0);
                    probes.spawn_local(watch(handle.clone(), pool_position(&handle, pool), position, delay));
                }
            }
        }
        while handle.is_in_force(&worker) {
            sleep(LOOK).await;
        }
        // Dropping them ends the probes.
        drop(probes);
    }
}

fn pool_position(handle: &Handle, pool: &Pool) -> usize {
    handle.pools.iter().position(|known| std::ptr::eq(known, pool)).unwrap_or(usize::MAX)
}

async fn watch(handle: Handle, pool: usize, position: usize, delay: Duration) {
    sleep(delay).await;
    let Some(pool) = handle.pools.get(pool) else { return };
    let (Some(probe), Some(target)) = (&pool.probe, pool.targets.get(position)) else { return };
    let Some(endpoint) = handle.endpoints.get(target.endpoint) else { return };
    loop {
        let outcome = timeout(probe.timeout, ask(&handle, endpoint, probe)).await;
        report(pool, target, endpoint, probe, outcome.unwrap_or(Err(Failure::Timeout)));
        sleep(probe.interval).await;
    }
}

/// Asks once, over a connection of its own: that it can be made is a part of the answer.
async fn ask(handle: &Handle, endpoint: &Endpoint, probe: &Probe) -> Result<bool, Failure> {
    let resolver = &handle.upstream().resolver;
    let mut connection = connect::connect(endpoint, &handle.dialable, resolver, probe.timeout).await?;
    let fields = b"\r\nconnection: close\r\nuser-agent: apigw-gateway probe".to_vec();
    let mut request = Request { method: Method::GET, target: probe.path.clone(), fields, room: HeaderMap::new() };
    connection.begin(&mut request, &endpoint.host_field, Payload::none());
    let mut deadline = Instant::now() + probe.timeout;
    poll_fn(|cx| connection.poll_head(&Method::GET, &mut deadline, None, probe.timeout, cx)).await?;
    Ok(connection.head().is_some_and(|head| head.status.is_success() || head.status.is_redirection()))
}

fn report(pool: &Pool, target: &Target, endpoint: &Endpoint, probe: &Probe, outcome: Result<bool, Failure>) {
    let good = matches!(outcome, Ok(true));
    if !target.health.probed(good, probe) {
        return;
    }
    let server = String::from_utf8_lossy(endpoint.host_field.as_bytes());
    let pool = &*pool.name;
    match outcome {
        Ok(true) => tracing::info!(pool, %server, "back in service"),
        Ok(false) => tracing::warn!(pool, %server, "out of service: its probes are answered with errors"),
        Err(failure) => tracing::warn!(pool, %server, %failure, "out of service: its probes fail"),
    }
}
