//! The service behind the API can be reached, and answers properly and in time.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict};
use crate::snapshot::{Backend, Route, Target};
use crate::upstream::Failure;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::backend",
    phase: Phase::Backend,
    raises: &[
        ConditionId::ConfigBackendMissing,
        ConditionId::BackendTargetUndefined,
        ConditionId::BackendTargetUnresolved,
        ConditionId::BackendAddressDenied,
        ConditionId::BackendUnavailable,
        ConditionId::BackendUnavailableRefused,
        ConditionId::BackendUnavailableReset,
        ConditionId::BackendUnavailableBadResponse,
        ConditionId::BackendTimeout,
        ConditionId::GatewayInternal,
    ],
};

/// The route's target.
///
/// # Errors
/// [`Condition::ConfigBackendMissing`] without a backend configuration, [`Condition::BackendTargetUndefined`] with one
/// that names no backend.
pub(crate) fn check(route: &Route) -> Verdict<&Target> {
    match &route.backend {
        Backend::Unconfigured => Err(Condition::ConfigBackendMissing),
        Backend::Undefined => Err(Condition::BackendTargetUndefined),
        Backend::Http(target) => Ok(target),
    }
}

/// The condition that says why the backend could not be called.
pub(crate) fn failed(failure: &Failure) -> Condition {
    match failure {
        Failure::Unresolved(_) => Condition::BackendTargetUnresolved,
        Failure::Denied(_) => Condition::BackendAddressDenied,
        Failure::Refused => Condition::BackendUnavailableRefused,
        Failure::Unreachable(_) => Condition::BackendUnavailable,
        Failure::Reset => Condition::BackendUnavailableReset,
        Failure::BadResponse(_) => Condition::BackendUnavailableBadResponse,
        Failure::ConnectTimeout | Failure::Timeout => Condition::BackendTimeout,
        Failure::Internal(_) => Condition::GatewayInternal,
    }
}
