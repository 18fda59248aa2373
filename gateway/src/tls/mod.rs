//! TLS with clients: which certificate goes with a name, what is asked of clients, and what a connection is known by.
//!
//! The handshake itself is in [`crate::server`]; files are read and reported on in [`crate::config`]. TLS to backends is
//! in [`crate::upstream`].

mod authorities;
mod certificates;
pub(crate) mod hello;

use std::cell::RefCell;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::server::NoServerSessionStorage;
use tokio_rustls::rustls::{self, DistinguishedName, ServerConfig};

pub(crate) use authorities::{Authorities, Verdict};
pub(crate) use certificates::{Certificate, Certificates, covers};

use crate::fault::handshake::Fault;
use crate::snapshot::Host;

/// What a client may speak inside TLS, the preferred first.
const PROTOCOLS: [&[u8]; 2] = [HTTP_2, b"http/1.1"];

/// HTTP/2 as ALPN names it.
pub(crate) const HTTP_2: &[u8] = b"h2";

/// The one library that signs, verifies and encrypts.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// TLS on a listener.
#[derive(Debug, Clone)]
pub struct Tls {
    certificates: Arc<Certificates>,
    quiet: Arc<ServerConfig>,
    asking: Arc<ServerConfig>,
    /// Some host wants certificates of its clients.
    wants_any: bool,
    /// Handshakes that are to fail.
    pub(crate) fault: Option<Arc<Fault>>,
}

impl Tls {
    /// With these certificates. `hints` are the names of the authorities that clients are told when they are asked for a
    /// certificate of their own.
    ///
    /// # Errors
    /// The library cannot do what is built into it.
    pub(crate) fn new(certificates: Certificates, hints: Vec<DistinguishedName>) -> Result<Self, rustls::Error> {
        let certificates = Arc::new(certificates);
        // Tickets rather than a table of sessions: no memory per client, no lock between threads.
        let ticketer = aws_lc_rs::Ticketer::new()?;
        let config = |asks: Option<Vec<DistinguishedName>>| {
            let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
            let builder = match asks {
                None => builder.with_no_client_auth(),
                Some(hints) => builder.with_client_cert_verifier(authorities::anybody(hints)),
            };
            let mut config = builder.with_cert_resolver(Arc::clone(&certificates) as Arc<_>);
            config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
            config.ticketer = Arc::clone(&ticketer);
            config.session_storage = Arc::new(NoServerSessionStorage {});
            Ok::<_, rustls::Error>(Arc::new(config))
        };
        let wants_any = !hints.is_empty();
        let (quiet, asking) = (config(None)?, config(Some(hints))?);
        Ok(Self { certificates, quiet, asking, wants_any, fault: None })
    }

    /// True if there is a certificate for a client that asks for `name`, or for none.
    pub(crate) fn serves(&self, name: Option<&str>) -> bool {
        self.certificates.find(name).is_some()
    }

    /// True if a client that calls this host, or one that nobody knows, is asked for its certificate.
    pub(crate) fn asks(&self, host: Option<&Host>) -> bool {
        host.map_or(self.wants_any, |host| host.client_certificates.is_some())
    }

    /// The settings of a handshake; `asks` for the client's certificate, or not.
    pub(crate) fn config(&self, asks: bool) -> Arc<ServerConfig> {
        Arc::clone(if asks { &self.asking } else { &self.quiet })
    }
}

/// What is known of a connection that speaks TLS.
#[derive(Debug)]
pub(crate) struct Session {
    /// The client's certificate and those behind it. It has shown that it has the key, and nothing else is known.
    chain: Vec<CertificateDer<'static>>,
    /// What the authorities asked last said of it. Most connections call one host.
    last: RefCell<Option<(Arc<Authorities>, Verdict)>>,
}

impl Session {
    /// A session of a client that has shown this certificate, or none.
    pub(crate) fn new(chain: Option<&[CertificateDer<'static>]>) -> Self {
        Self { chain: chain.unwrap_or_default().to_vec(), last: RefCell::default() }
    }

    /// What `authorities` say of the client's certificate. Asked once as long as nobody asks others.
    pub(crate) fn judge(&self, authorities: &Arc<Authorities>) -> Verdict {
        let mut last = self.last.borrow_mut();
        match &*last {
            Some((known, verdict)) if Arc::ptr_eq(known, authorities) => *verdict,
            _ => {
                let verdict = authorities.judge(&self.chain);
                *last = Some((Arc::clone(authorities), verdict));
                verdict
            }
        }
    }
}

/// How a connection is protected.
#[derive(Debug)]
pub(crate) enum Protection {
    /// Not at all.
    None,
    /// By TLS.
    Tls(Session),
    /// Not at all, on a listener that speaks TLS.
    Lacking,
}

impl Protection {
    /// True if what is said over it is encrypted.
    pub(crate) const fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// The scheme of the addresses that are called over it.
    pub(crate) const fn scheme(&self) -> &'static str {
        if self.is_tls() { "https" } else { "http" }
    }
}
