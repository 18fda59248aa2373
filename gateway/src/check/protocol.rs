//! The service may be called with the protocol that was used.
//!
//! That is what the connection speaks, or, behind proxies that end TLS, what they say that their client speaks; see
//! [`TrustedProxies::encrypted`](crate::client_address::TrustedProxies::encrypted). A client is not asked.

use apigw_errors::{Condition, ConditionId};
use bytes::Bytes;
use http::header::LOCATION;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::{Host, Protocols};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::protocol",
    phase: Phase::Protocol,
    what: what(
        "Compares the protocol of the connection with those that the host or the API admits.",
        "把连接所用的协议与域名或 API 允许的协议比较。",
    ),
    raises: &[ConditionId::RequestProtocolHttp, ConditionId::RequestProtocolHttps],
};

/// Compares.
///
/// # Errors
/// [`Condition::RequestProtocolHttp`], [`Condition::RequestProtocolHttps`]
pub(crate) fn check(allowed: Protocols, is_encrypted: bool) -> Verdict {
    let supported = || allowed.as_str().into();
    match (allowed, is_encrypted) {
        (Protocols::Both, _) | (Protocols::Http, false) | (Protocols::Https, true) => Ok(()),
        (Protocols::Https, false) => {
            Err(Condition::RequestProtocolHttp { protocol: "HTTP".into(), supported: supported() })
        }
        (Protocols::Http, true) => {
            Err(Condition::RequestProtocolHttps { protocol: "HTTPS".into(), supported: supported() })
        }
    }
}

/// The answer that sends a call over HTTP to HTTPS, if the host wants that instead of a refusal.
///
/// Only the host's own name is sent to. The vendors do not say with which status; 308 keeps method and body.
pub(crate) fn redirect(host: &Host, parts: &Parts, is_encrypted: bool) -> Option<Response<Bytes>> {
    let port = host.https_redirect.filter(|_| !is_encrypted)?;
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let name = &host.name;
    let location =
        if port == 443 { format!("https://{name}{target}") } else { format!("https://{name}:{port}{target}") };
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    // Pieces of a target and a name that were parsed.
    response.headers_mut().insert(LOCATION, HeaderValue::try_from(location).ok()?);
    Some(response)
}
