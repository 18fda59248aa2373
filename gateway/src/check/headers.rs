//! The header fields are neither too long nor too many.

use apigw_errors::{Condition, ConditionId};
use http::HeaderMap;

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::RequestLimits;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::headers",
    phase: Phase::Limits,
    what: what(
        "Measures every header field and all of them together, and counts them.",
        "测量每个请求头以及全部请求头的长度，并统计个数。",
    ),
    raises: &[ConditionId::RequestTooLargeHeaders],
};

/// Measures each field and all of them, by the bytes of names and values, and counts them.
///
/// # Errors
/// [`Condition::RequestTooLargeHeaders`], with the bound that was passed. For the number of fields that is the bound
/// on all of them together: the condition speaks of bytes.
pub(crate) fn check(headers: &HeaderMap, limits: &RequestLimits) -> Verdict {
    let mut total = 0_u64;
    for (name, value) in headers {
        let bytes = u64::try_from(name.as_str().len() + value.len()).unwrap_or(u64::MAX);
        if bytes > limits.header {
            return Err(Condition::RequestTooLargeHeaders { limit: limits.header });
        }
        total = total.saturating_add(bytes);
    }
    if total > limits.headers || u64::try_from(headers.len()).unwrap_or(u64::MAX) > limits.header_count {
        return Err(Condition::RequestTooLargeHeaders { limit: limits.headers });
    }
    Ok(())
}
