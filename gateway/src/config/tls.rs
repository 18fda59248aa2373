//! TLS on listeners, and the client certificates that hosts want.

use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, DnsName, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use serde_yaml::Location;
use tokio_rustls::rustls::DistinguishedName;

use super::file::{At, Word};
use super::handshake_fault;
use super::sink::{Sink, list};
use crate::snapshot::Host;
use crate::tls::{Authorities, Certificate, Certificates, Tls, covers};

/// TLS on a listener.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// The certificates, chosen by the name that a client asks for (SNI).
    pub(crate) certificates: Vec<WrittenCertificate>,
    /// Handshakes that fail on purpose. For tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<At<handshake_fault::Written>>,
}

/// A certificate and its key.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenCertificate {
    /// File of the certificate and its intermediates (PEM), the certificate itself first.
    pub(crate) certificate: At<Word>,
    /// File of its private key (PEM).
    pub(crate) key: At<Word>,
    /// The names that it is for: `api.example.com`, `*.example.com`. Those that it bears by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) names: Option<Vec<At<Word>>>,
    /// True if clients that ask for another name, or for none, get it as well. Without such a certificate their
    /// handshakes fail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) default: bool,
}

/// Which certificates clients of a host have to show.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenAuthorities {
    /// File of the authorities that issue them (PEM).
    pub(crate) authorities: At<Word>,
    /// `false` also serves clients that show none; one that is shown has to be good all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) required: Option<bool>,
}

/// Compiles TLS on a listener before `hosts`, whose handshakes are given up after `patience`.
pub(super) fn compile(written: &At<Written>, hosts: &[Host], patience: Duration, sink: &mut Sink) -> Option<Tls> {
    if written.value.certificates.is_empty() {
        let help = "write `certificates: [{ certificate: api.pem, key: api.key }]`";
        return sink.report_with(written.referenced, "TLS needs at least one certificate", help);
    }
    let mut certificates = Certificates::default();
    let mut complete = true;
    for one in &written.value.certificates {
        complete &= add(one, &mut certificates, sink).is_some();
    }
    if !complete {
        return None;
    }
    let mut hints: Vec<DistinguishedName> = Vec::new();
    for name in hosts.iter().filter_map(|host| host.client_certificates.as_ref()).flat_map(|one| one.names()) {
        if !hints.iter().any(|known| known.as_ref() == name.as_ref()) {
            hints.push(name.clone());
        }
    }
    let mut tls = match Tls::new(certificates, hints) {
        Ok(tls) => tls,
        Err(error) => return sink.report(written.referenced, format!("TLS cannot be set up: {error}")),
    };
    if let Some(fault) = &written.value.fault {
        tls.fault = Some(Arc::new(handshake_fault::compile(fault, &tls, patience, sink)?));
    }
    Some(tls)
}

/// Adds a certificate under its names; `None` if something is wrong with it.
fn add(written: &WrittenCertificate, certificates: &mut Certificates, sink: &mut Sink) -> Option<()> {
    let (chain, key) = (chain(&written.certificate, sink), key(&written.key, sink));
    let certificate = match Certificate::new(chain?, key?) {
        Ok(certificate) => certificate,
        Err(error) => {
            let message = format!("`{}` does not go with `{}`: {error}", written.key.value, written.certificate.value);
            return sink.report(written.key.referenced, message);
        }
    };
    let borne = certificate.names();
    let named: Vec<(String, Location)> = match &written.names {
        Some(words) => words.iter().map(|word| (word.value.to_ascii_lowercase(), word.referenced)).collect(),
        None => borne.iter().map(|name| (name.clone(), written.certificate.referenced)).collect(),
    };
    if named.is_empty() && !written.default {
        let help = "write the names that it is for: `names: [api.example.com]`";
        return sink.report_with(written.certificate.referenced, "the certificate bears no name", help);
    }
    let mut good = Some(());
    for (name, at) in named {
        let plain = name.strip_prefix("*.").unwrap_or(&name);
        if DnsName::try_from(plain).is_err() {
            good = sink.report_with(
                at,
                format!("`{name}` is no name of a host"),
                "write api.example.com or *.example.com",
            );
        } else if !borne.is_empty() && !borne.iter().any(|own| covers(own, &name)) {
            let message = format!("the certificate is not for `{name}`, but for {}", list(&borne));
            good = sink.report(at, message);
        } else if !certificates.add(&name, &certificate) {
            good = sink.report(at, format!("second certificate for `{name}` on this listener"));
        }
    }
    if written.default && !certificates.set_default(&certificate) {
        good = sink.report(written.certificate.referenced, "second default certificate on this listener");
    }
    good
}

/// Compiles what a host wants of its clients.
pub(super) fn authorities(written: &At<WrittenAuthorities>, sink: &mut Sink) -> Option<Arc<Authorities>> {
    let WrittenAuthorities { authorities, required } = &written.value;
    match Authorities::new(chain(authorities, sink)?, required.unwrap_or(true)) {
        Ok(compiled) => Some(Arc::new(compiled)),
        Err(error) => sink.report(authorities.referenced, format!("`{}`: {error}", authorities.value)),
    }
}

/// Reads the certificates in a file.
fn chain(file: &At<Word>, sink: &mut Sink) -> Option<Vec<CertificateDer<'static>>> {
    let text = sink.text(file.referenced, &file.value)?;
    match CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>() {
        Ok(chain) if chain.is_empty() => unreadable(file, "it holds no certificate", sink),
        Ok(chain) => Some(chain),
        Err(error) => unreadable(file, &error.to_string(), sink),
    }
}

/// Reads the private key in a file.
fn key(file: &At<Word>, sink: &mut Sink) -> Option<PrivateKeyDer<'static>> {
    let text = sink.text(file.referenced, &file.value)?;
    match PrivateKeyDer::from_pem_slice(text.as_bytes()) {
        Ok(key) => Some(key),
        Err(pem::Error::NoItemsFound) => unreadable(file, "it holds no private key", sink),
        Err(error) => unreadable(file, &error.to_string(), sink),
    }
}

fn unreadable<T>(file: &At<Word>, why: &str, sink: &mut Sink) -> Option<T> {
    let message = format!("`{}`: {why}", file.value);
    sink.report_with(
        file.referenced,
        message,
        "PEM is wanted: text between lines of `-----BEGIN …-----` and `-----END …-----`",
    )
}
