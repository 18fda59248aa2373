//! There is a configuration. A gateway may be started before there is one, and takes it as soon as it comes.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::Snapshot;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::loaded",
    phase: Phase::Connection,
    what: what(
        "Looks whether a configuration has been loaded; without one the gateway runs, but has no API to serve.",
        "查看是否已加载配置；没有配置时网关照常运行，但没有可提供的 API。",
    ),
    raises: &[ConditionId::GatewayNotLoaded],
};

/// Looks.
///
/// # Errors
/// [`Condition::GatewayNotLoaded`]
pub(crate) fn check(snapshot: &Snapshot) -> Verdict {
    if snapshot.loaded { Ok(()) } else { Err(Condition::GatewayNotLoaded) }
}
