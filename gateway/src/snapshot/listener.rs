//! Where the gateway listens.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::client_address::{Peer, TrustedProxies};
use crate::dialect::Voice;
use crate::tls::Tls;

/// An address to listen on.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The address.
    pub address: Address,
    /// How calls of unknown hosts are refused.
    pub voice: Voice,
    /// Its connections begin with the PROXY protocol.
    pub proxy_protocol: Option<ProxySenders>,
    /// Its connections speak TLS.
    pub tls: Option<Tls>,
}

/// Whose word about clients is taken in the PROXY protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxySenders {
    /// That of whoever connects.
    Anybody,
    /// That of these proxies.
    These(TrustedProxies),
}

impl ProxySenders {
    /// True if the word of `peer` is taken.
    pub fn believe(&self, peer: Peer) -> bool {
        match self {
            Self::Anybody => true,
            Self::These(proxies) => proxies.trust(peer),
        }
    }
}

impl Listener {
    /// The scheme of the addresses that are called here.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    /// A TCP address and port.
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix {
        /// Where it lies.
        path: PathBuf,
        /// Its permission bits; `None` for what the process's umask leaves.
        mode: Option<u32>,
    },
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::Tcp(address)
    }
}

impl fmt::Display for Address {
    /// `127.0.0.1:8080`, `unix:/run/gateway.sock`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix { path, .. } => write!(f, "unix:{}", path.display()),
        }
    }
}
