//! TLS to backends: whom we trust, who we are, and whose name the certificate has to bear.

use std::hash::{Hash, Hasher};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::{self, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_rustls::{TlsConnector, rustls::client::WebPkiServerVerifier};

use crate::tls::provider;

/// What is written about TLS to a backend. Two that are equal are the same settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct TlsOptions {
    /// File of the authorities that are trusted; those of the system without it.
    pub(crate) authorities: Option<Box<str>>,
    /// Files of our own certificates and their key.
    pub(crate) identity: Option<(Box<str>, Box<str>)>,
    /// The name that is asked for, and that the certificate has to bear; the host that is dialled without it.
    pub(crate) server_name: Option<Box<str>>,
    /// Any certificate will do.
    pub(crate) unverified: bool,
}

/// Why TLS to a backend cannot be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// A file cannot be read, or holds nothing of its kind.
    #[error("{file}: {reason}")]
    File {
        /// The file.
        file: Box<str>,
        /// Why.
        reason: String,
    },
    /// The system knows no authorities.
    #[error("this system has no certificate authorities")]
    NoAuthorities,
    /// Certificate and key do not fit together, or are of an unknown kind.
    #[error("the certificate cannot be used: {0}")]
    Identity(#[source] rustls::Error),
    /// The name is none.
    #[error("`{0}` is no name that a certificate can bear")]
    Name(Box<str>),
    /// Below us.
    #[error("TLS cannot be set up: {0}")]
    Other(#[source] rustls::Error),
}

/// TLS to one backend.
#[derive(Debug, Clone)]
pub struct Tls {
    options: TlsOptions,
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl PartialEq for Tls {
    fn eq(&self, other: &Self) -> bool {
        self.options == other.options && self.name == other.name
    }
}

impl Eq for Tls {}

impl Hash for Tls {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.options.hash(state);
    }
}

impl Tls {
    /// Reads the files that `options` name.
    pub(crate) fn new(options: &TlsOptions, host: &str) -> Result<Self, TlsError> {
        let provider = provider();
        let roots = Arc::new(authorities(options.authorities.as_deref())?);
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Other)?;
        let builder = if options.unverified {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified(provider)))
        } else {
            let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
            builder.with_webpki_verifier(verifier.map_err(|_| TlsError::NoAuthorities)?)
        };
        let mut config = match &options.identity {
            None => builder.with_no_client_auth(),
            Some((certificates, key)) => {
                let own = certificates_in(certificates)?;
                let key = PrivateKeyDer::from_pem_file(&**key).map_err(|error| unreadable(key, &error))?;
                builder.with_client_auth_cert(own, key).map_err(TlsError::Identity)?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let name = options.server_name.as_deref().unwrap_or(host);
        let name = match name.parse::<IpAddr>() {
            Ok(address) => ServerName::from(address),
            Err(_) => ServerName::try_from(name.to_owned()).map_err(|_| TlsError::Name(name.into()))?,
        };
        Ok(Self { options: options.clone(), config: Arc::new(config), name })
    }

    /// Shakes hands over `stream`.
    pub(super) async fn connect(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        TlsConnector::from(Arc::clone(&self.config)).connect(self.name.clone(), stream).await
    }
}

fn authorities(file: Option<&str>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    let found = match file {
        Some(file) => certificates_in(file)?,
        // What of the system's cannot be read is left out; that none can is said below.
        None => rustls_native_certs::load_native_certs().certs,
    };
    roots.add_parsable_certificates(found);
    if roots.is_empty() { Err(TlsError::NoAuthorities) } else { Ok(roots) }
}

fn certificates_in(file: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let read = read.map_err(|error| unreadable(file, &error))?;
    if read.is_empty() {
        return Err(TlsError::File { file: file.into(), reason: "it holds no certificate".to_owned() });
    }
    Ok(read)
}

fn unreadable(file: &str, error: &rustls_pki_types::pem::Error) -> TlsError {
    TlsError::File { file: file.into(), reason: error.to_string() }
}

/// Takes any certificate, but still wants to see that the other side has its key.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
