//! A new connection to a backend.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::Failure;
use super::connection::Connection;
use super::resolve::Resolver;
use super::stream::Stream;
use crate::snapshot::{Dialable, Endpoint};

/// Resolves, checks and connects, all within `patience`.
pub(super) async fn connect(
    endpoint: &Endpoint,
    dialable: &Dialable,
    resolver: &Resolver,
    patience: Duration,
) -> Result<Box<Connection>, Failure> {
    let deadline = Instant::now() + patience;
    let addresses = timeout_at(deadline, resolver.resolve(&endpoint.host));
    let addresses = addresses.await.map_err(|_| Failure::ConnectTimeout)??;
    let stream = dial(&addresses, endpoint.port, dialable, deadline).await?;
    let stream = match &endpoint.tls {
        None => Stream::Tcp(stream),
        Some(tls) => {
            let shaken = timeout_at(deadline, tls.connect(stream)).await.map_err(|_| Failure::ConnectTimeout)?;
            Stream::Tls(Box::new(shaken.map_err(Failure::Tls)?))
        }
    };
    Ok(Box::new(Connection::new(stream)))
}

/// Tries the addresses in order, each with its share of the time that is left. What is checked is the address that is
/// dialled, not the name: a name may resolve to anything, and to something else a moment later.
async fn dial(addresses: &[IpAddr], port: u16, dialable: &Dialable, deadline: Instant) -> Result<TcpStream, Failure> {
    let denied = addresses.iter().find(|address| !dialable.permits(**address));
    let mut failure = denied.map_or(Failure::Unresolved(None), |address| Failure::Denied(*address));
    let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        if dialable.permits(*address) {
            let now = Instant::now();
            let share = now + deadline.saturating_duration_since(now) / left.max(1);
            match timeout_at(share, TcpStream::connect(SocketAddr::new(*address, port))).await {
                Ok(Ok(stream)) => {
                    // Heads and bodies are written as they come; waiting to fill a packet only delays them.
                    stream.set_nodelay(true).map_err(Failure::of_connect)?;
                    return Ok(stream);
                }
                Ok(Err(error)) => failure = Failure::of_connect(error),
                Err(_) => failure = Failure::ConnectTimeout,
            }
        }
        left -= 1;
    }
    Err(failure)
}
