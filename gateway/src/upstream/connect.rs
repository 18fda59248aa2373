//! A new connection to a backend.

use std::net::{IpAddr, SocketAddr};

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::resolve::Resolver;
use super::{Failure, Sender};
use crate::snapshot::{Dialable, Target};

/// Most header fields of an answer.
const MOST_FIELDS: usize = 256;

/// Largest head of an answer, and largest piece of a body, in bytes.
const BUFFER: usize = 256 << 10;

/// Resolves, checks and connects, all within the target's connect timeout.
pub(super) async fn connect(target: &Target, dialable: &Dialable, resolver: &Resolver) -> Result<Sender, Failure> {
    let stream = timeout(target.connect_timeout, dial(target, dialable, resolver));
    let stream = stream.await.map_err(|_| Failure::ConnectTimeout)??;
    let (sender, connection) = http1::Builder::new()
        .max_headers(MOST_FIELDS)
        .max_buf_size(BUFFER)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(Failure::of)?;
    tokio::task::spawn_local(async move {
        // Its errors reach whoever waits for an answer.
        let _ = connection.await;
    });
    Ok(sender)
}

/// Tries the addresses in order. What is checked is the address that is dialled, not the name: a name may resolve to
/// anything, and to something else a moment later.
async fn dial(target: &Target, dialable: &Dialable, resolver: &Resolver) -> Result<TcpStream, Failure> {
    let addresses = resolver.resolve(&target.host).await?;
    let mut failure = Failure::Unresolved(None);
    for address in &*addresses {
        match attempt(*address, target.port, dialable).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

async fn attempt(address: IpAddr, port: u16, dialable: &Dialable) -> Result<TcpStream, Failure> {
    if !dialable.permits(address) {
        return Err(Failure::Denied(address));
    }
    let stream = TcpStream::connect(SocketAddr::new(address, port)).await.map_err(Failure::of_connect)?;
    // Heads and bodies are written as they come; waiting to fill a packet only delays them.
    stream.set_nodelay(true).map_err(Failure::of_connect)?;
    Ok(stream)
}
