//! Huawei `SDK-HMAC-SHA256`: the key signs a canonical request, without derivation and without a scope.
//!
//! ```text
//! Authorization: SDK-HMAC-SHA256 Access=<key id>, SignedHeaders=host;x-sdk-date, Signature=<64 hexadecimal digits>
//! X-Sdk-Date: 20240229T120000Z
//! signed: "SDK-HMAC-SHA256" \n X-Sdk-Date \n HexSha256(canonical request)
//! ```
//! An application's key and a cloud account's key sign alike; what differs is what a refusal is called, and that an
//! account's key is locked out after five failures in a row. The order of the checks is ours: the vendor publishes
//! only their texts.

use apigw_errors::Condition;
use aws_lc_rs::hmac;
use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::canonical::{Plus, decode, pairs, put_encoded, put_encoded_path, put_pairs};
use super::header::{self, Added, incomplete, unsigned};
use super::mac::{Algorithm, equal, hex, unhex};
use super::sigv4::{Canonical, Rules, SignedNames, Spaces, body_digest, default_names, payload};
use super::{Context, Principal, SignedRequest, Signing, authorization};
use crate::clock::Timestamp;

const WORD: &str = "SDK-HMAC-SHA256";
const DATE: &str = "x-sdk-date";
const CONTENT_SHA256: &str = "x-sdk-content-sha256";
const UNSIGNED_PAYLOAD: &[u8] = b"UNSIGNED-PAYLOAD";

/// How the words of the vendor's other algorithms begin (`SDK-HMAC-SM3`, `SDK-ECDSA-P256-SHA256`, `V11-HMAC-SHA256`).
const FOREIGN_WORDS: [&str; 2] = ["SDK-", "V11-"];

const RULES: Rules = Rules { uri: put_uri, query: put_query, spaces: Spaces::Kept, joins_repeated: false };

/// Each segment decoded and escaped afresh; the whole ends with `/`.
fn put_uri(path: &str, out: &mut dyn super::mac::Sink) {
    if path.contains('%') {
        for (n, segment) in path.split('/').enumerate() {
            if n > 0 {
                out.put(b"/");
            }
            put_encoded(&decode(segment.as_bytes(), Plus::Literal), out);
        }
    } else {
        put_encoded_path(path.as_bytes(), out);
    }
    if !path.ends_with('/') {
        out.put(b"/");
    }
}

/// Pairs in the order of their decoded names, then values; a name alone has an empty value.
fn put_query(query: &str, out: &mut dyn super::mac::Sink) {
    let mut pairs: Vec<_> =
        pairs(query.as_bytes(), Plus::Literal).map(|(name, value)| (name, value.unwrap_or_default())).collect();
    pairs.sort_unstable();
    put_pairs(&pairs, out);
}

/// True if the body plays no part in the signature: it is declared unsigned, and there is one. The vendor's SDK makes
/// the same declaration for empty bodies and then signs them all the same, so an empty body must be seen to be empty.
pub(super) fn leaves_body_unsigned(headers: &HeaderMap) -> bool {
    let declared_unsigned = headers.get(CONTENT_SHA256).is_some_and(|value| header::trimmed(value) == UNSIGNED_PAYLOAD);
    let has_body = headers.contains_key(http::header::TRANSFER_ENCODING)
        || headers.get(http::header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    declared_unsigned && has_body
}

/// What a request claims.
struct Claim<'a> {
    access: &'a str,
    date: &'a str,
    signed_at: Timestamp,
    names: SignedNames<'a>,
    signature: Option<[u8; 32]>,
    announced_digest: Option<&'a [u8]>,
}

impl<'a> Claim<'a> {
    fn read(request: &SignedRequest<'a>, context: &Context<'_>) -> Result<Self, Condition> {
        let headers = request.headers;
        let authorization = match header::text(headers, &http::header::AUTHORIZATION)? {
            Some(authorization) => authorization,
            None if headers.get("authorization").is_some_and(|value| !header::trimmed(value).is_empty()) => {
                return Err(Condition::AuthSignatureMalformed);
            }
            None if context.policy.mixed => return Err(Condition::Auth),
            None => return Err(incomplete("Authorization")),
        };
        let (word, parameters) = authorization::split_word(authorization);
        if word != WORD {
            let foreign = FOREIGN_WORDS.into_iter().any(|prefix| word.starts_with(prefix));
            return Err(if foreign {
                Condition::AuthSignatureAlgorithmUnsupported { algorithm: word.to_owned().into() }
            } else {
                Condition::AuthSignatureMalformed
            });
        }
        let read = authorization::plain(parameters, "Access")?;
        let names = SignedNames::read(read.signed_headers)?;
        let date = header::text(headers, DATE)?.ok_or_else(|| incomplete("X-Sdk-Date"))?;
        let signed_at = Timestamp::from_basic_iso8601(date).ok_or(Condition::AuthSignatureMalformed)?;
        if !names.contains(DATE) {
            return Err(unsigned(DATE));
        }
        names.check(headers, &RULES)?;
        let announced_digest = header::single(headers, CONTENT_SHA256)?.map(header::trimmed);
        Ok(Self { access: read.credential, date, signed_at, names, signature: unhex(read.signature), announced_digest })
    }

    fn verify(&self, request: &SignedRequest<'_>, context: &Context<'_>) -> Result<Principal, Condition> {
        let found = context.keys.find(self.access);
        let key = found.key.mac(Algorithm::Sha256);
        let is_declared_unsigned = self.announced_digest == Some(UNSIGNED_PAYLOAD);
        let has_body = leaves_body_unsigned(request.headers) || !request.body_bytes().is_empty();
        let digest;
        let (payload, other_reading) = if is_declared_unsigned && has_body {
            (UNSIGNED_PAYLOAD, None)
        } else {
            digest = body_digest(request.body_bytes());
            (payload(self.announced_digest, &digest), is_declared_unsigned.then_some(UNSIGNED_PAYLOAD))
        };
        let is_signed = |payload| self.matches(key, &self.canonical(request, payload));
        let is_signed = is_signed(payload) || other_reading.is_some_and(is_signed);
        found.admit(self.access)?;
        if context.now.distance(self.signed_at) > context.policy.skew {
            return Err(Condition::AuthSignatureExpired {
                signed_at: self.date.to_owned().into(),
                server_time: context.now.basic_iso8601().to_string().into(),
            });
        }
        if !is_signed {
            let canonical = self.canonical(request, payload).shown().into();
            return Err(Condition::AuthSignatureMismatchCanonical { canonical });
        }
        Ok(Principal { key_id: found.key.id().clone(), user: None })
    }

    fn canonical<'b>(&'b self, request: &'b SignedRequest<'b>, payload: &'b [u8]) -> Canonical<'b> {
        Canonical { request, rules: RULES, names: &self.names, payload }
    }

    fn matches(&self, key: &hmac::Key, canonical: &Canonical<'_>) -> bool {
        let tag = mac(key, self.date, canonical);
        self.signature.is_some_and(|signature| equal(tag.as_ref(), &signature))
    }
}

fn mac(key: &hmac::Key, date: &str, canonical: &Canonical<'_>) -> hmac::Tag {
    let mut mac = hmac::Context::with_key(key);
    for part in [WORD.as_bytes(), b"\n", date.as_bytes(), b"\n", &canonical.digest()] {
        mac.update(part);
    }
    mac.sign()
}

/// An application's key; refusals are `auth.signature.*`.
pub(super) fn verify_app(request: &SignedRequest<'_>, context: &Context<'_>) -> Result<Principal, Condition> {
    Claim::read(request, context)?.verify(request, context)
}

/// A cloud account's key; refusals are `auth.iam.*`.
pub(super) fn verify_iam(request: &SignedRequest<'_>, context: &Context<'_>) -> Result<Principal, Condition> {
    let claim = Claim::read(request, context).map_err(as_iam)?;
    if context.failures.is_locked_out(claim.access, context.now) {
        return Err(Condition::AuthIamLockedOut);
    }
    let outcome = claim.verify(request, context);
    match &outcome {
        Ok(principal) => context.failures.succeeded(&principal.key_id),
        // Raised for keys that exist alone, so the store cannot be filled with invented ones.
        Err(Condition::AuthSignatureMismatchCanonical { .. }) => context.failures.failed(claim.access, context.now),
        Err(_) => {}
    }
    outcome.map_err(as_iam)
}

/// The same refusal as the vendor words it for accounts. It distinguishes less there.
fn as_iam(refusal: Condition) -> Condition {
    match refusal {
        Condition::AuthSignatureKeyUnknown { key } => Condition::AuthIamKeyUnknown { key },
        Condition::AuthSignatureMismatchCanonical { canonical } => Condition::AuthIamMismatch { canonical },
        Condition::Auth | Condition::AuthSignatureAlgorithmUnsupported { .. } => refusal,
        _ => Condition::AuthIam,
    }
}

/// Adds `X-Sdk-Date` and `Authorization`.
pub(super) fn sign(
    request: &SignedRequest<'_>,
    signing: &Signing<'_>,
) -> Result<Vec<(HeaderName, HeaderValue)>, InvalidHeaderValue> {
    let mut added = Added::to(request.headers);
    added.set_default(DATE, || signing.now.basic_iso8601().to_string())?;
    let headers = added.all();
    let request = &SignedRequest { headers: &headers, ..*request };
    let list = signing
        .signed_headers
        .map_or_else(|| default_names(&headers, &["authorization", "user-agent"]), |names| names.join(";"));
    let names = SignedNames::read(&list).unwrap_or_else(|_| SignedNames::of(DATE));
    let announced = headers.get(CONTENT_SHA256).map(header::trimmed);
    let digest = body_digest(request.body_bytes());
    let payload = match announced {
        Some(UNSIGNED_PAYLOAD) if !request.body_bytes().is_empty() => UNSIGNED_PAYLOAD,
        announced => payload(announced, &digest),
    };
    let canonical = Canonical { request, rules: RULES, names: &names, payload };
    let date = headers.get(DATE).and_then(|date| date.to_str().ok()).unwrap_or_default();
    let tag = mac(&Algorithm::Sha256.key(signing.secret), date, &canonical);
    let digits: [u8; 64] = hex(tag.as_ref());
    let (access, names) = (signing.key_id, names.as_str());
    let signature = String::from_utf8_lossy(&digits);
    added.authorize(format!("{WORD} Access={access}, SignedHeaders={names}, Signature={signature}"))
}
