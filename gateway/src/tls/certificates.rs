//! The gateway's own certificates, by the names that clients ask for (SNI).

use std::collections::HashMap;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use webpki::EndEntityCert;

use super::provider;

/// A certificate with its key.
#[derive(Debug)]
pub(crate) struct Certificate(Arc<CertifiedKey>);

impl Certificate {
    /// `chain` begins with the certificate itself.
    ///
    /// # Errors
    /// The key is of an unknown kind, or is not the certificate's.
    pub(crate) fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, rustls::Error> {
        let key = provider().key_provider.load_private_key(key)?;
        let whole = CertifiedKey::new(chain, key);
        whole.keys_match()?;
        Ok(Self(Arc::new(whole)))
    }

    /// The names that it bears, in lower case; `*.example` is one.
    pub(crate) fn names(&self) -> Vec<String> {
        let Ok(own) = self.0.end_entity_cert().and_then(|own| EndEntityCert::try_from(own).map_err(|_| NONE)) else {
            return Vec::new();
        };
        own.valid_dns_names().map(str::to_ascii_lowercase).collect()
    }
}

/// Stands for an error that nobody looks at.
const NONE: rustls::Error = rustls::Error::NoCertificatesPresented;

/// Certificates by name. An exact name is nearer than one with `*`, which stands for one label.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    exact: HashMap<Box<str>, Arc<CertifiedKey>>,
    /// By what stands behind the `*`.
    wildcard: HashMap<Box<str>, Arc<CertifiedKey>>,
    default: Option<Arc<CertifiedKey>>,
}

impl Certificates {
    /// Takes `certificate` for `name`. False if another one was there first, which stays.
    pub(crate) fn add(&mut self, name: &str, certificate: &Certificate) -> bool {
        let (names, name) = match name.strip_prefix('*') {
            Some(rest) => (&mut self.wildcard, rest),
            None => (&mut self.exact, name),
        };
        if names.contains_key(name) {
            return false;
        }
        names.insert(name.into(), Arc::clone(&certificate.0));
        true
    }

    /// Takes it for every name that no other is for, and for clients that name nobody. False if there is one already.
    pub(crate) fn set_default(&mut self, certificate: &Certificate) -> bool {
        if self.default.is_some() {
            return false;
        }
        self.default = Some(Arc::clone(&certificate.0));
        true
    }

    /// The certificate for a client that asks for `name`.
    pub(super) fn find(&self, name: Option<&str>) -> Option<&Arc<CertifiedKey>> {
        let named = || {
            let name = name?.to_ascii_lowercase();
            let of_parent = || self.wildcard.get(name.find('.').and_then(|dot| name.get(dot..))?);
            self.exact.get(&*name).or_else(of_parent)
        };
        named().or(self.default.as_ref())
    }
}

/// True if the name `own`, in which the first label may be `*`, stands for `name`: a star is one label (RFC 9525, section
/// 6.3).
pub(crate) fn covers(own: &str, name: &str) -> bool {
    let parent = name.find('.').and_then(|dot| name.get(dot..));
    let below = own.strip_prefix('*').zip(parent);
    own.eq_ignore_ascii_case(name) || below.is_some_and(|(own, parent)| own.eq_ignore_ascii_case(parent))
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.find(hello.server_name()).map(Arc::clone)
    }
}
