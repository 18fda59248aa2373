//! Not yet.
use super::{Context, Principal, SignedRequest, Signing};
use apigw_errors::Condition;
use http::header::InvalidHeaderValue;
use http::{HeaderName, HeaderValue};
pub(super) fn verify_app(_: &SignedRequest<'_>, _: &Context<'_>) -> Result<Principal, Condition> {
    Err(Condition::AuthSignature)
}
pub(super) fn sign(
    _: &SignedRequest<'_>,
    _: &Signing<'_>,
) -> Result<Vec<(HeaderName, HeaderValue)>, InvalidHeaderValue> {
    Ok(Vec::new())
}
pub(super) fn verify_iam(_: &SignedRequest<'_>, _: &Context<'_>) -> Result<Principal, Condition> {
    Err(Condition::AuthIam)
}
pub(super) fn is_payload_unsigned(_: &http::HeaderMap) -> bool {
    false
}
