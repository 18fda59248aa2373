//! Why a backend could not be called: told apart by type, never by the text of an error.

use std::io;
use std::net::IpAddr;

use crate::descriptors;
use crate::metrics::{self, Bound};

/// Why a backend could not be called.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Its name has no address.
    #[error("the backend's name does not resolve")]
    Unresolved(#[source] Option<io::Error>),
    /// Its address may not be dialled.
    #[error("the backend's address {0} may not be dialled")]
    Denied(IpAddr),
    /// Nothing listens there.
    #[error("the backend refused the connection")]
    Refused,
    /// There is no way there.
    #[error("the backend cannot be reached")]
    Unreachable(#[source] io::Error),
    /// We have no descriptor, port or memory left for another connection.
    #[error("no room for another connection")]
    Exhausted(#[source] io::Error),
    /// TLS with it failed: its certificate is not trusted, ours is not, or it speaks none.
    #[error("TLS with the backend failed: {0}")]
    Tls(#[source] io::Error),
    /// No connection in time.
    #[error("connecting to the backend took too long")]
    ConnectTimeout,
    /// No head of an answer in time.
    #[error("the backend took too long")]
    Timeout,
    /// Interim answers, and never the one that counts.
    #[error("the backend sent {0} interim answers and no other")]
    Interim(u32),
    /// It closed the connection before the head of an answer.
    #[error("the backend closed the connection")]
    Reset,
    /// What it sent is no answer.
    #[error("the backend's answer is broken: {0}")]
    BadResponse(#[from] BadResponse),
    /// All servers of the pool are out of service.
    #[error("no server of the pool is healthy")]
    NoneHealthy,
    /// No server of the pool has a port.
    #[error("no port is known for any server of the pool")]
    PortMissing,
    /// The client's body broke off; the body itself knows why.
    #[error("the client's body could not be read to its end")]
    Client,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadResponse {
    /// It does not begin as HTTP/1 answers do.
    #[error("it is not HTTP/1")]
    NotHttp,
    /// Status line or fields are malformed.
    #[error("its head is malformed")]
    Head,
    /// Its head is too large.
    #[error("its head is larger than {0} bytes")]
    HeadTooLarge(usize),
    /// Its head has too many fields.
    #[error("its head has more than {0} fields")]
    TooManyFields(usize),
    /// Its length is said twice, or not as a number.
    #[error("its framing is ambiguous")]
    Framing,
    /// Its transfer coding is not `chunked`.
    #[error("its transfer coding is not known")]
    Coding,
    /// It switches protocols, and nobody asked, or not for this.
    #[error("an upgrade nobody asked for")]
    Upgrade,
    /// It agrees to a WebSocket, and has not read the handshake.
    #[error("its Sec-WebSocket-Accept is wrong")]
    WebSocketAccept,
}

impl Failure {
    /// Reads the error of a connection attempt.
    pub(super) fn of_connect(error: io::Error) -> Self {
        if descriptors::are_used_up(&error) {
            metrics::hit(Bound::Descriptors);
            return Self::Exhausted(error);
        }
        match error.kind() {
            io::ErrorKind::AddrNotAvailable | io::ErrorKind::OutOfMemory => Self::Exhausted(error),
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Self::Reset,
            io::ErrorKind::TimedOut => Self::ConnectTimeout,
            _ => Self::Unreachable(error),
        }
    }

    /// True if it says something about the server, and not about the client, the configuration or the whole pool.
    pub(super) fn blames_server(&self) -> bool {
        match self {
            Self::Unresolved(_)
            | Self::Refused
            | Self::Unreachable(_)
            | Self::Tls(_)
            | Self::ConnectTimeout
            | Self::Timeout
            | Self::Interim(_)
            | Self::Reset
            | Self::BadResponse(_) => true,
            Self::Exhausted(_) | Self::Denied(_) | Self::NoneHealthy | Self::PortMissing | Self::Client => false,
        }
    }
}
