//! There is a configuration. A gateway may be started before there is one, and takes it as soon as it comes.

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict};
use crate::snapshot::Snapshot;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo =
    CheckInfo { name: "checks::loaded", phase: Phase::Connection, raises: &[ConditionId::GatewayNotLoaded] };

/// Looks.
///
/// # Errors
/// [`Condition::GatewayNotLoaded`]
pub(crate) fn check(snapshot: &Snapshot) -> Verdict {
    if snapshot.loaded { Ok(()) } else { Err(Condition::GatewayNotLoaded) }
}
