//! Client certificates: the handshake takes any, and the host that is called decides.
//!
//! A verifier inside the handshake could only end it with an alert. Vendors answer in HTTP (Huawei: 400, `APIG.0205`), and
//! over HTTP/2 one connection may call hosts that trust different authorities.

use std::sync::Arc;

use rustls_pki_types::{CertificateDer, UnixTime};
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use tokio_rustls::rustls::{self, DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme};

use super::provider;

/// What is said of a client's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was issued by one of the authorities, and it is in force.
    Good,
    /// There is none, and none is needed.
    Unasked,
    /// There is none.
    Missing,
    /// It was not, or is not.
    Bad,
}

/// Whose certificates clients of a host have to show.
#[derive(Debug)]
pub struct Authorities {
    verifier: Arc<dyn ClientCertVerifier>,
    required: bool,
}

impl Authorities {
    /// Trusts `certificates`; clients without any are refused if it is `required`.
    ///
    /// # Errors
    /// There is none among them that can be used.
    pub(crate) fn new(
        certificates: Vec<CertificateDer<'static>>,
        required: bool,
    ) -> Result<Self, VerifierBuilderError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates);
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build()?;
        Ok(Self { verifier, required })
    }

    /// Their names.
    pub(crate) fn names(&self) -> &[DistinguishedName] {
        self.verifier.root_hint_subjects()
    }

    /// Judges a certificate with those behind it.
    pub(crate) fn judge(&self, chain: &[CertificateDer<'static>]) -> Verdict {
        match chain.split_first() {
            None if self.required => Verdict::Missing,
            None => Verdict::Unasked,
            Some((own, others)) => match self.verifier.verify_client_cert(own, others, UnixTime::now()) {
                Ok(_) => Verdict::Good,
                Err(error) => {
                    tracing::debug!(%error, "a client's certificate is refused");
                    Verdict::Bad
                }
            },
        }
    }
}

/// Takes any certificate and none, but wants to see that whoever shows one has its key.
pub(super) fn anybody(hints: Vec<DistinguishedName>) -> Arc<dyn ClientCertVerifier> {
    Arc::new(Anybody { provider: provider(), hints })
}

#[derive(Debug)]
struct Anybody {
    provider: Arc<CryptoProvider>,
    hints: Vec<DistinguishedName>,
}

impl ClientCertVerifier for Anybody {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        _own: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
