//! The service behind the API can be reached, and answers properly and in time.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::{Backend, MicroService, Mock, Route, Service};
use crate::upstream::Failure;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::backend",
    phase: Phase::Backend,
    what: what(
        "Finds the servers of the API, connects to one of them, hands the request over and reads its answer, each within its time.",
        "找到 API 的后端服务器并连接其中一台，转发请求并读取应答，每一步都有时限。",
    ),
    raises: &[
        ConditionId::ConfigBackendMissing,
        ConditionId::BackendTargetUndefined,
        ConditionId::BackendTargetChannelMissing,
        ConditionId::BackendTargetServerGroupMissing,
        ConditionId::BackendTargetPortMissing,
        ConditionId::BackendTargetNoneAvailable,
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

/// What answers a call that passed all checks.
#[derive(Debug)]
pub(crate) enum Destination<'a> {
    /// Servers.
    Servers(&'a Service),
    /// A micro-service that the call names.
    MicroService(&'a MicroService),
    /// The gateway itself.
    Mock(Option<&'a Mock>),
}

/// Where the route's calls go.
///
/// # Errors
/// [`Condition::ConfigBackendMissing`] without a backend configuration; below `backend.target`, what the one there is
/// names and nobody knows.
pub(crate) fn check(route: &Route) -> Verdict<Destination<'_>> {
    match &route.backend {
        Backend::Unconfigured => Err(Condition::ConfigBackendMissing),
        Backend::Undefined => Err(Condition::BackendTargetUndefined),
        Backend::PoolMissing => Err(Condition::BackendTargetChannelMissing),
        Backend::GroupMissing => Err(Condition::BackendTargetServerGroupMissing),
        Backend::Http(service) => Ok(Destination::Servers(service)),
        Backend::MicroService(service) => super::micro_service::definition(service).map(Destination::MicroService),
        Backend::Mock(mock) => Ok(Destination::Mock(mock.as_ref())),
    }
}

/// The condition that says why the backend could not be called.
pub(crate) fn failed(failure: &Failure) -> Condition {
    match failure {
        Failure::Unresolved(_) => Condition::BackendTargetUnresolved,
        Failure::Denied(_) => Condition::BackendAddressDenied,
        Failure::Refused => Condition::BackendUnavailableRefused,
        Failure::Exhausted(_) => Condition::GatewayOverloaded,
        Failure::Unreachable(_) | Failure::Tls(_) => Condition::BackendUnavailable,
        Failure::Reset => Condition::BackendUnavailableReset,
        Failure::BadResponse(_) => Condition::BackendUnavailableBadResponse,
        Failure::ConnectTimeout | Failure::Timeout | Failure::Interim(_) => Condition::BackendTimeout,
        Failure::NoneHealthy => Condition::BackendTargetNoneAvailable,
        Failure::PortMissing => Condition::BackendTargetPortMissing,
        // Why, the body knows; it is asked first.
        Failure::Client => Condition::GatewayInternal,
    }
}
