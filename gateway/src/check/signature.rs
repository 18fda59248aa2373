//! The call is signed by a key that exists. How is the business of [`crate::scheme`].

use apigw_errors::{Condition, ConditionId};

use super::{CheckInfo, Phase, Verdict, what};
use crate::nonce::Remembered;
use crate::scheme::{Context, Principal, SignedRequest};
use crate::snapshot::Signature;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::signature",
    phase: Phase::Authentication,
    what: what(
        "Reads the credentials, looks up their key, computes the signature of the request anew, compares the two, and checks date and nonce.",
        "读取凭据、查找密钥、重新计算请求签名并比较，同时检查时间与随机数。",
    ),
    raises: &[
        ConditionId::Auth,
        ConditionId::AuthSignatureMalformed,
        ConditionId::AuthSignatureIncomplete,
        ConditionId::AuthSignatureIncompleteParameters,
        ConditionId::AuthSignatureIncompleteIdOrSignature,
        ConditionId::AuthSignatureIncompleteDate,
        ConditionId::AuthSignatureIncompleteXDate,
        ConditionId::AuthSignatureIncompleteSignedHeader,
        ConditionId::AuthSignatureExpired,
        ConditionId::AuthSignatureAlgorithmUnsupported,
        ConditionId::AuthSignatureRepeatedHeader,
        ConditionId::AuthSignatureKeyUnknown,
        ConditionId::AuthSignatureKeyDisabled,
        ConditionId::AuthSignatureMismatch,
        ConditionId::AuthSignatureMismatchCanonical,
        ConditionId::AuthSignatureNonceReplayed,
        ConditionId::AuthIam,
        ConditionId::AuthIamKeyUnknown,
        ConditionId::AuthIamMismatch,
        ConditionId::AuthIamLockedOut,
        ConditionId::AuthUserIdentifierMalformed,
        ConditionId::RequestHeaderIllegal,
        ConditionId::RouteNotFoundService,
    ],
};

/// Verifies.
///
/// # Errors
/// The condition of the first check of the scheme that fails.
pub(crate) fn check(auth: &Signature, request: &SignedRequest<'_>, context: &Context<'_>) -> Verdict<Principal> {
    auth.scheme.verify(request, context)
}

/// Looks at what became of a nonce whose store had to be waited for.
///
/// # Errors
/// [`Condition::AuthSignatureNonceReplayed`]
pub(crate) fn replay(nonce: Option<(Box<str>, Remembered)>) -> Verdict {
    match nonce {
        Some((nonce, Remembered::Repeated | Remembered::Full)) => {
            Err(Condition::AuthSignatureNonceReplayed { nonce: String::from(nonce).into() })
        }
        Some((_, Remembered::Fresh)) | None => Ok(()),
    }
}
