//! The call has not come through this gateway too often: an API whose backend is the gateway would call itself for ever.

use apigw_errors::{Condition, ConditionId};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{CheckInfo, Phase, Verdict, what};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::hops",
    phase: Phase::Backend,
    what: what(
        "Counts in a header how often the call has passed this gateway, and refuses it at the tenth time.",
        "用一个请求头记录调用经过本网关的次数，第十次时拒绝。",
    ),
    raises: &[ConditionId::ConfigSelfCall],
};

/// Counts how often a call was handed on. A client may send it, and only shortens its own way.
pub(crate) const FIELD: HeaderName = HeaderName::from_static("x-apigw-hops");

/// The values that are handed on, in order; a call that arrives with the last goes no further.
const COUNTS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];

/// What the backend is told. A field that is none of ours counts for nothing.
///
/// # Errors
/// [`Condition::ConfigSelfCall`] at the tenth time.
pub(crate) fn check(headers: &HeaderMap) -> Verdict<HeaderValue> {
    let here = headers.get(FIELD).and_then(|value| COUNTS.iter().position(|count| value == count));
    let next = COUNTS.get(here.map_or(0, |position| position + 1)).copied();
    next.map(HeaderValue::from_static).ok_or(Condition::ConfigSelfCall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_times_and_no_more() {
        let mut headers = HeaderMap::new();
        for _ in 0..10 {
            let next = check(&headers).unwrap_or(HeaderValue::from_static("refused"));
            assert_ne!(next, "refused");
            headers.insert(FIELD, next);
        }
        assert_eq!(check(&headers), Err(Condition::ConfigSelfCall));
        headers.insert(FIELD, HeaderValue::from_static("-1"));
        assert_eq!(check(&headers), Ok(HeaderValue::from_static("1")));
    }
}
