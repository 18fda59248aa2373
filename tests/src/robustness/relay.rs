//! TLS between the clients of a file and its gateway: a relay that encrypts what a plain client sends, so that every step
//! and every cut of a connection means the same as without it.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::unconstrained;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::client::PATIENCE;
use crate::conformance::Failure;
use crate::conformance::tls::Certificates;

/// Outgoing addresses by those of the clients.
type Known = Arc<Mutex<HashMap<SocketAddr, SocketAddr>>>;

/// A running relay. Its thread ends with the process.
#[derive(Debug)]
pub(super) struct Relay {
    pub(super) address: SocketAddr,
    known: Known,
}

impl Relay {
    /// Starts one to the listener at `gateway`, which has a certificate for `name`.
    pub(super) fn start(gateway: SocketAddr, certificates: &Certificates, name: &str) -> Result<Self, Failure> {
        let failed = || Failure::io("starting a relay");
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed())?;
        listener.set_nonblocking(true).map_err(failed())?;
        let address = listener.local_addr().map_err(failed())?;
        let name = ServerName::try_from(name.to_owned()).map_err(|_| Failure::Tls(format!("`{name}` is no name")))?;
        let connector = TlsConnector::from(certificates.config());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed())?;
        let known = Known::default();
        let clients = Arc::clone(&known);
        thread::spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                while let Ok((inner, client)) = listener.accept().await {
                    let (connector, name, known) = (connector.clone(), name.clone(), Arc::clone(&clients));
                    tokio::spawn(async move {
                        let Ok(outer) = TcpStream::connect(gateway).await else { return };
                        if let Ok(own) = outer.local_addr() {
                            known.lock().unwrap_or_else(PoisonError::into_inner).insert(client, own);
                        }
                        relay(inner, outer, &connector, name).await;
                    });
                }
            });
        });
        Ok(Self { address, known })
    }

    /// The address by which the gateway knows a client, who may have left before its connection was taken.
    pub(super) fn known_as(&self, client: SocketAddr) -> Option<SocketAddr> {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&client).copied();
            if known.is_some() || Instant::now() > give_up {
                return known;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Passes on what comes, until both ends are done. Where one of them breaks off, so does the other: the end of a TLS
/// connection that was not announced is none.
async fn relay(mut inner: TcpStream, outer: TcpStream, connector: &TlsConnector, name: ServerName<'static>) {
    let nodelay = inner.set_nodelay(true).and_then(|()| outer.set_nodelay(true));
    let Ok(mut secure) = connector.connect(name, outer).await else { return };
    // One way's endless bytes would use up the budget of the task at each turn, and the other way would never have one.
    if nodelay.is_err() || unconstrained(copy_bidirectional(&mut inner, &mut secure)).await.is_err() {
        for stream in [&inner, secure.get_ref().0] {
            // Without it the stream just closes, which the expectation will notice.
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
    }
}
