//! The request target is not too long.

use apigw_errors::{Condition, ConditionId};
use http::Uri;

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::RequestLimits;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::uri",
    phase: Phase::Limits,
    what: what("Measures the request target as it was sent, query included.", "测量请求目标的原始长度，包括查询参数。"),
    raises: &[ConditionId::RequestTooLargeUri],
};

/// Measures the target as it was sent.
///
/// # Errors
/// [`Condition::RequestTooLargeUri`]
pub(crate) fn check(uri: &Uri, limits: &RequestLimits) -> Verdict {
    let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
    // In absolute form, scheme and authority are part of the target.
    let prefix = uri.authority().map_or(0, |authority| authority.as_str().len() + "http://".len());
    if u64::try_from(path + prefix).unwrap_or(u64::MAX) > limits.uri {
        return Err(Condition::RequestTooLargeUri { limit: limits.uri });
    }
    Ok(())
}
