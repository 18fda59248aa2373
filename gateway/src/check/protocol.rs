//! The service may be called with the protocol that was used.
//!
//! That is what the connection speaks. What a client says of it (`X-Forwarded-Proto`) is not believed.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::Protocols;
use crate::tls::Protection;

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
pub(crate) fn check(allowed: Protocols, protection: &Protection) -> Verdict {
    let supported = || allowed.as_str().into();
    match (allowed, protection.is_tls()) {
        (Protocols::Both, _) | (Protocols::Http, false) | (Protocols::Https, true) => Ok(()),
        (Protocols::Https, false) => {
            Err(Condition::RequestProtocolHttp { protocol: "HTTP".into(), supported: supported() })
        }
        (Protocols::Http, true) => {
            Err(Condition::RequestProtocolHttps { protocol: "HTTPS".into(), supported: supported() })
        }
    }
}
