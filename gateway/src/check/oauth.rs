//! The call brings an `id_token` that the related authorization API's server issued.
//!
//! Also said here is what keeps an API from judging any token: these are faults of its configuration that the file can
//! hold without the rest of it being in doubt, so only this API answers with them.

use apigw_errors::{Condition, ConditionId};
use http::HeaderMap;

use super::{CheckInfo, Phase, Verdict, what};
use crate::caller::Caller;
use crate::clock::Timestamp;
use crate::token::{Business, Oauth, OauthFault};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::oauth",
    phase: Phase::Authentication,
    what: what(
        "Takes the token from the header or cookie that the API names and verifies it with the public key of its authorization API.",
        "从 API 指定的请求头或 Cookie 中取出令牌，用授权 API 的公钥校验。",
    ),
    raises: &[
        ConditionId::AuthTokenNoAuthorization,
        ConditionId::AuthTokenAuthorizationBlank,
        ConditionId::AuthTokenAuthorizationMalformed,
        ConditionId::AuthTokenAbsent,
        ConditionId::AuthTokenAbsentCookie,
        ConditionId::AuthTokenJwtInvalid,
        ConditionId::ConfigOauthMissing,
        ConditionId::ConfigOauthRelatedApiMissing,
        ConditionId::ConfigOauthTokenLocation,
        ConditionId::ConfigOauthPublicKeyMissing,
        ConditionId::ConfigOauthPublicKeyUnusable,
    ],
};

/// Judges the token of a call to `environment`; a call to the authorization API itself needs none.
///
/// # Errors
/// `config.oauth.*` if no token can be judged, `auth.token.*` if there is none or it is not believed.
pub(crate) fn check(oauth: &Oauth, environment: &str, headers: &HeaderMap, now: Timestamp) -> Verdict<Option<Caller>> {
    match oauth {
        Oauth::Unconfigured => Err(Condition::ConfigOauthMissing),
        Oauth::Authorization => Ok(None),
        Oauth::Business(business) => judge(business, environment, headers, now).map(Some),
    }
}

fn judge(business: &Business, environment: &str, headers: &HeaderMap, now: Timestamp) -> Verdict<Caller> {
    let trust = business.trust_in(environment).map_err(|fault| match fault {
        OauthFault::RelatedApiMissing => Condition::ConfigOauthRelatedApiMissing,
        OauthFault::TokenLocation => Condition::ConfigOauthTokenLocation,
        OauthFault::PublicKeyMissing => Condition::ConfigOauthPublicKeyMissing,
        OauthFault::PublicKeyUnusable => Condition::ConfigOauthPublicKeyUnusable,
    })?;
    let token = trust.location.find(headers)?;
    let believed = trust.verifier.verify(token, now).and_then(|claims| {
        let fields = business.fields.of(&claims)?;
        Ok(Caller { id: claims.subject().unwrap_or_default().into(), credentials: trust.location, fields })
    });
    believed.map_err(|error| {
        tracing::debug!(%error, "id_token");
        if error.is_of_form() { trust.location.malformed() } else { Condition::AuthTokenJwtInvalid }
    })
}
