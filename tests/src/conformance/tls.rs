//! TLS as a client of the gateway, and handshakes that fail.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde::Deserialize;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::Failure;
use super::exchange::open;

/// The names that the gateway has a certificate for.
const NAMES: [&str; 6] = [
    "http.tencent.test",
    "http.v1.tencent.test",
    "http.legacy.tencent.test",
    "http.legacy.v1.tencent.test",
    "huawei.test",
    "mutual.huawei.test",
];

/// How a handshake fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handshake {
    /// The client speaks TLS where plain HTTP is spoken.
    Plain,
    /// The client leaves in the middle of its hello.
    Cut,
    /// The client knows nothing newer than TLS 1.1.
    Old,
    /// The client asks for a name that there is no certificate for.
    Stranger,
    /// What begins as a hello is none.
    Garbled,
}

/// The certificates of a run. They end with this value.
#[derive(Debug)]
pub(crate) struct Certificates {
    folder: tempfile::TempDir,
    config: Arc<ClientConfig>,
}

impl Certificates {
    /// Makes them.
    pub(crate) fn make() -> Result<Self, Failure> {
        let failed = |error: rcgen::Error| Failure::Tls(error.to_string());
        let mut authority = CertificateParams::new(Vec::new()).map_err(failed)?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().map_err(failed)?).map_err(failed)?;
        let key = KeyPair::generate().map_err(failed)?;
        let own = CertificateParams::new(NAMES.map(str::to_owned)).map_err(failed)?;
        let own = own.signed_by(&key, &authority).map_err(failed)?;
        let folder = tempfile::tempdir().map_err(Failure::io("a folder for certificates"))?;
        let texts = [("certificate", own.pem()), ("key", key.serialize_pem()), ("authorities", authority.pem())];
        for (name, text) in texts {
            std::fs::write(folder.path().join(format!("{name}.pem")), text).map_err(Failure::io(name))?;
        }
        let refused = |error: tokio_rustls::rustls::Error| Failure::Tls(error.to_string());
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).map_err(refused)?;
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(refused)?;
        Ok(Self { folder, config: Arc::new(builder.with_root_certificates(roots).with_no_client_auth()) })
    }

    /// Their files by the names that the configuration has for them.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&'static str, String)> {
        let path = |name| (name, self.folder.path().join(format!("{name}.pem")).display().to_string());
        ["certificate", "key", "authorities"].into_iter().map(path)
    }

    /// A client that believes in them, and wants to speak with whom `name` names.
    pub(crate) fn client(&self, name: &str) -> Result<ClientConnection, Failure> {
        let name = name.to_owned().try_into().map_err(|_| Failure::Tls(format!("`{name}` is no name")))?;
        ClientConnection::new(Arc::clone(&self.config), name).map_err(|error| Failure::Tls(error.to_string()))
    }

    /// Speaks TLS over `stream` with whom `name` names.
    pub(super) fn secure(
        &self,
        stream: TcpStream,
        name: &str,
    ) -> Result<StreamOwned<ClientConnection, TcpStream>, Failure> {
        Ok(StreamOwned::new(self.client(name)?, stream))
    }

    /// Shakes hands in vain.
    pub(super) fn fail(&self, handshake: Handshake, address: SocketAddr) -> Result<(), Failure> {
        let failed = || Failure::io("a handshake");
        let mut hello = Vec::new();
        let name = if handshake == Handshake::Stranger { "unbound.tencent.test" } else { "http.tencent.test" };
        self.client(name)?.write_tls(&mut hello).map_err(failed())?;
        match handshake {
            Handshake::Cut => hello.truncate(hello.len() / 2),
            Handshake::Old => hello = old(),
            Handshake::Garbled => hello = vec![22, 3, 1, 0, 5, 9, 9, 9, 9, 9],
            Handshake::Stranger | Handshake::Plain => {}
        }
        let mut stream = open(address)?;
        stream.write_all(&hello).map_err(failed())?;
        stream.shutdown(Shutdown::Write).map_err(failed())?;
        // The alert, if there is one.
        let _ = stream.read_to_end(&mut Vec::new());
        Ok(())
    }
}

/// A hello of TLS 1.1 without any extension.
fn old() -> Vec<u8> {
    let mut body = vec![3, 2];
    body.extend([9; 32]);
    // No session, two cipher suites, no compression.
    body.extend([0, 0, 4, 0, 0x2f, 0, 0x35, 1, 0]);
    let mut hello = vec![22, 3, 1, 0, 47, 1, 0, 0, 43];
    hello.extend(body);
    hello
}
