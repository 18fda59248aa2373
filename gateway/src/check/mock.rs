//! An API that answers by itself has something to answer with.

use apigw_errors::{Condition, ConditionId};
use bytes::Bytes;
use http::Response;

use super::{CheckInfo, Phase, Verdict, what};
use crate::snapshot::Mock;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::mock",
    phase: Phase::Backend,
    what: what(
        "Looks whether an API that answers by itself has an answer configured.",
        "对于由网关直接应答的 API，查看是否配置了应答内容。",
    ),
    raises: &[ConditionId::ConfigMock],
};

/// The answer.
///
/// # Errors
/// [`Condition::ConfigMock`]
pub(crate) fn check(mock: Option<&Mock>) -> Verdict<Response<Bytes>> {
    let mock = mock.ok_or(Condition::ConfigMock)?;
    let mut response = Response::new(mock.body.clone());
    *response.status_mut() = mock.status;
    *response.headers_mut() = mock.headers.clone();
    Ok(response)
}
