//! The service may be called with the protocol that was used.
//!
//! Listeners speak plain HTTP so far, so that is what was used. What a client says of it (`X-Forwarded-Proto`) is not
//! believed.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict};
use crate::snapshot::Protocols;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo =
    CheckInfo { name: "checks::protocol", phase: Phase::Protocol, raises: &[ConditionId::RequestProtocolHttp] };

/// Compares.
///
/// # Errors
/// [`Condition::RequestProtocolHttp`]
pub(crate) fn check(allowed: Protocols) -> Verdict {
    match allowed {
        Protocols::Http | Protocols::Both => Ok(()),
        Protocols::Https => {
            Err(Condition::RequestProtocolHttp { protocol: "HTTP".into(), supported: allowed.as_str().into() })
        }
    }
}
