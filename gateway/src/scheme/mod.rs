//! Signature schemes: who signed a request, and with which key.
//!
//! A scheme reads credentials where its vendor puts them, rebuilds the text that the client signed, and compares the
//! two signatures in constant time. It knows nothing of routes, grants and wire messages: it answers with a
//! [`Principal`] or with the [`Condition`] that refuses. One file per scheme, each with the vendor's checks in the
//! vendor's order; what several share lies in `authorization`, `canonical`, `header` and `mac`.

mod authorization;
mod canonical;
mod derived;
mod header;
mod huawei_sdk_hmac;
mod jdcloud;
mod key;
mod lockout;
mod mac;
mod sigv4;
mod tencent;
mod tencent_application;
mod tencent_key_pair;

use std::sync::Arc;
use std::time::Duration;

use apigw_errors::Condition;
use http::header::{AUTHORIZATION, InvalidHeaderValue};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::clock::Timestamp;
use crate::nonce::NonceStore;
use crate::secret::Secret;

pub use key::{Key, KeyRing};
pub use lockout::{FailureStore, MemoryFailures};
pub use mac::{Algorithm, Algorithms};

/// What a scheme may look at.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path as received, still percent-encoded.
    pub path: &'a str,
    /// The path that the vendor signs, still percent-encoded: as `path`, without the environment segment where there
    /// is one.
    pub signed_path: &'a str,
    /// The query as received, without `?`.
    pub query: Option<&'a str>,
    /// The header fields as received. For HTTP/2 the caller adds `host` from `:authority`: schemes sign it.
    pub headers: &'a HeaderMap,
    /// The whole body, if [`Scheme::needs_body`] asked for it. `None` counts as an empty body.
    pub body: Option<&'a [u8]>,
}

impl<'a> SignedRequest<'a> {
    /// The body's bytes; none is an empty body.
    fn body_bytes(&self) -> &'a [u8] {
        self.body.unwrap_or_default()
    }
}

/// What the operator decides about a scheme on a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How far the signed time may lie from ours, either way. All three vendors say 15 minutes (Tencent and Huawei in
    /// their documents; JD publishes none).
    pub skew: Duration,
    /// Digests allowed in Tencent's `algorithm="…"`. The other schemes have one each.
    pub algorithms: Algorithms,
    /// Tencent key pairs: a lone `Date`, whose age nobody checks, is not enough.
    pub x_date_required: bool,
    /// Other ways to authenticate exist on the route: a request without any credentials is then refused with `auth`,
    /// which blames none of them.
    pub mixed: bool,
    /// JD: the region that the credential's scope must name; any if `None`.
    pub region: Option<Box<str>>,
    /// JD: the service (API group) that the credential's scope must name; any if `None`.
    pub service: Option<Box<str>>,
    /// JD: the call must name a user beside the key, and sign the name.
    pub user_required: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            skew: Duration::from_secs(900),
            algorithms: Algorithms::all(),
            x_date_required: false,
            mixed: false,
            region: None,
            service: None,
            user_required: false,
        }
    }
}

/// What a verification is made against.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The keys that exist, whether or not the route admits them.
    pub keys: &'a KeyRing,
    /// The time.
    pub now: Timestamp,
    /// Nonces that were used (JD).
    pub nonces: &'a dyn NonceStore,
    /// Failures in a row by access key (Huawei IAM).
    pub failures: &'a dyn FailureStore,
    /// The operator's decisions.
    pub policy: &'a Policy,
}

/// Who called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The id of the key that signed.
    pub key_id: Arc<str>,
    /// The user named beside the key (JD's `x-jdcloud-pin`, decoded).
    pub user: Option<Box<str>>,
}

/// What to sign with: the client's side of a scheme.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// The key's id.
    pub key_id: &'a str,
    /// The key.
    pub secret: &'a Secret,
    /// The time to sign. A date field that the request already carries is left alone, and wins.
    pub now: Timestamp,
    /// The nonce (JD). A nonce field that the request already carries is left alone.
    pub nonce: &'a str,
    /// The algorithm by its name in `Authorization`; `None` takes the scheme's usual one: `hmac-sha1`,
    /// `SDK-HMAC-SHA256`, `JDCLOUD2-HMAC-SHA256`. An unknown one is answered with the usual one.
    pub algorithm: Option<&'a str>,
    /// Names of the fields to sign, in this order where the order counts; `None` signs what the vendor's SDK would.
    pub signed_headers: Option<&'a [&'a str]>,
    /// JD: region of the scope.
    pub region: &'a str,
    /// JD: service of the scope.
    pub service: &'a str,
}

impl<'a> Signing<'a> {
    /// Signs as the vendor's SDK does by default.
    pub const fn new(key_id: &'a str, secret: &'a Secret, now: Timestamp, nonce: &'a str) -> Self {
        Self {
            key_id,
            secret,
            now,
            nonce,
            algorithm: None,
            signed_headers: None,
            region: "jdcloud-api",
            service: "apigateway",
        }
    }
}

/// A signature scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Tencent: a usage plan's key pair signs chosen header fields.
    TencentKeyPair,
    /// Tencent: an application's key signs the request.
    TencentApplication,
    /// Huawei: `SDK-HMAC-SHA256` with an application's key; refusals are `auth.signature.*`.
    HuaweiApp,
    /// Huawei: the same algorithm with a cloud account's key; refusals are `auth.iam.*`.
    HuaweiIam,
    /// JD Cloud: `JDCLOUD2-HMAC-SHA256` and `JDCLOUD3-HMAC-SHA256`.
    Jdcloud,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 5] =
        [Self::TencentKeyPair, Self::TencentApplication, Self::HuaweiApp, Self::HuaweiIam, Self::Jdcloud];

    /// The names that configuration uses, in the order of [`ALL`](Self::ALL).
    pub const NAMES: &[&str] = &["tencent-key-pair", "tencent-application", "huawei-app", "huawei-iam", "jdcloud"];

    /// The name that configuration uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TencentKeyPair => "tencent-key-pair",
            Self::TencentApplication => "tencent-application",
            Self::HuaweiApp => "huawei-app",
            Self::HuaweiIam => "huawei-iam",
            Self::Jdcloud => "jdcloud",
        }
    }

    /// The scheme that configuration calls `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    /// True if [`verify`](Self::verify) needs the whole body of a request with these header fields. A caller that
    /// streams must then collect it first, within its limit. Without credentials it is refused whatever its body.
    pub fn needs_body(self, headers: &HeaderMap) -> bool {
        if !headers.contains_key(AUTHORIZATION) {
            return false;
        }
        match self {
            Self::TencentKeyPair => false,
            Self::HuaweiApp | Self::HuaweiIam => !huawei_sdk_hmac::leaves_body_unsigned(headers),
            Self::TencentApplication | Self::Jdcloud => true,
        }
    }

    /// True if a call can name a user beside its key.
    pub const fn names_user(self) -> bool {
        match self {
            Self::Jdcloud => true,
            Self::TencentKeyPair | Self::TencentApplication | Self::HuaweiApp | Self::HuaweiIam => false,
        }
    }

    /// What a caller is told whose key is known and may not call the API. Tencent binds keys and applications to APIs
    /// in different places, and says which is missing.
    pub(crate) const fn ungranted(self) -> Condition {
        match self {
            Self::TencentApplication => Condition::AccessGrantAppUnbound,
            Self::TencentKeyPair | Self::HuaweiApp | Self::HuaweiIam | Self::Jdcloud => Condition::AccessGrantKey,
        }
    }

    /// Finds out who signed the request.
    ///
    /// # Errors
    /// The condition that refuses it: the first check in the vendor's order that fails.
    pub fn verify(self, request: &SignedRequest<'_>, context: &Context<'_>) -> Result<Principal, Condition> {
        match self {
            Self::TencentKeyPair => tencent_key_pair::verify(request, context),
            Self::TencentApplication => tencent_application::verify(request, context),
            Self::HuaweiApp => huawei_sdk_hmac::verify_app(request, context),
            Self::HuaweiIam => huawei_sdk_hmac::verify_iam(request, context),
            Self::Jdcloud => jdcloud::verify(request, context),
        }
    }

    /// The inverse of [`verify`](Self::verify): the fields that a client adds to sign the request, `Authorization`
    /// last. For tests, examples and command lines.
    ///
    /// # Errors
    /// When the key id, nonce, region or service cannot stand in a header field.
    pub fn sign(
        self,
        request: &SignedRequest<'_>,
        signing: &Signing<'_>,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, InvalidHeaderValue> {
        match self {
            Self::TencentKeyPair => tencent_key_pair::sign(request, signing),
            Self::TencentApplication => tencent_application::sign(request, signing),
            Self::HuaweiApp | Self::HuaweiIam => huawei_sdk_hmac::sign(request, signing),
            Self::Jdcloud => jdcloud::sign(request, signing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_found_by_its_name() {
        for (scheme, name) in Scheme::ALL.into_iter().zip(Scheme::NAMES) {
            assert_eq!(scheme.name(), *name);
            assert_eq!(Scheme::from_name(name), Some(scheme));
        }
        assert_eq!(Scheme::NAMES.len(), Scheme::ALL.len());
        assert_eq!(Scheme::from_name("Tencent-Key-Pair"), None);
    }
}
