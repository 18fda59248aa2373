//! JD Cloud `JDCLOUD2-HMAC-SHA256` and `JDCLOUD3-HMAC-SHA256`: a key derived for day, region and service signs a
//! canonical request; a nonce guards against replay.
//!
//! ```text
//! Authorization: JDCLOUDn-HMAC-SHA256 Credential=<key id>/<day>/<region>/<service>/jdcloudn_request,
//!                SignedHeaders=host;x-jdcloud-date;x-jdcloud-nonce, Signature=<64 hexadecimal digits>
//! signed: "JDCLOUDn-HMAC-SHA256" \n x-jdcloud-date \n <day>/<region>/<service>/jdcloudn_request
//!         \n HexSha256(canonical request)
//! ```
//! Date and nonce must be sent but need not be among the signed fields: the vendor's Python SDK adds them after
//! signing. The date is signed in any case; a nonce that is not can be replaced by whoever records the request, which
//! is the SDK's weakness and not ours to close without breaking it.

use apigw_errors::Condition;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::canonical::{Plus, decode, pairs, put_encoded_path, put_pairs};
use super::header::{self, Added, incomplete, unsigned};
use super::mac::{Sink, equal, hex, unhex};
use super::sigv4::{Canonical, Rules, SignedNames, Spaces, body_digest, default_names, payload};
use super::{Context, Key, Principal, SignedRequest, Signing, authorization};
use crate::clock::Timestamp;
use crate::nonce::Remembered;
use crate::secret::Secret;

const DATE: &str = "x-jdcloud-date";
const NONCE: &str = "x-jdcloud-nonce";
const CONTENT_SHA256: &str = "x-jdcloud-content-sha256";
const SECURITY_TOKEN: &str = "x-jdcloud-security-token";
const PIN: &str = "x-jdcloud-pin";

/// A misspelling that the vendor's SDKs refuse to send: no second `d`.
const ILLEGAL_PREFIX: &str = "x-jcloud-";

/// A version of the scheme.
#[derive(Debug)]
struct Version {
    word: &'static str,
    /// Before the secret, in the first step of the derivation.
    key_prefix: &'static [u8],
    /// Ends the scope.
    terminator: &'static str,
    rules: Rules,
    /// The body's digest may be announced in a field.
    announces_digest: bool,
}

static VERSIONS: [Version; 2] = [
    Version {
        word: "JDCLOUD2-HMAC-SHA256",
        key_prefix: b"JDCLOUD2",
        terminator: "jdcloud2_request",
        rules: Rules { uri: put_uri_v2, query: put_query_v2, spaces: Spaces::Collapsed, joins_repeated: false },
        announces_digest: false,
    },
    Version {
        word: "JDCLOUD3-HMAC-SHA256",
        key_prefix: b"JDCLOUD3",
        terminator: "jdcloud3_request",
        rules: Rules { uri: put_uri_v3, query: put_query_v3, spaces: Spaces::Kept, joins_repeated: true },
        announces_digest: true,
    },
];

impl Version {
    fn of_word(word: &str) -> Option<&'static Self> {
        VERSIONS.iter().find(|version| version.word == word)
    }

    /// The signing key: four MACs, each keyed with the one before.
    fn derive(&self, secret: &Secret, scope: &Scope<'_>) -> hmac::Key {
        let mut first = Vec::with_capacity(self.key_prefix.len() + secret.expose().len());
        first.extend_from_slice(self.key_prefix);
        first.extend_from_slice(secret.expose());
        let mut key = hmac::Key::new(hmac::HMAC_SHA256, &first);
        first.fill(0);
        for step in [scope.day, scope.region, scope.service, self.terminator] {
            key = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, step.as_bytes()).as_ref());
        }
        key
    }

    fn mac(&self, key: &hmac::Key, scope: &Scope<'_>, date: &str, canonical: &Canonical<'_>) -> hmac::Tag {
        let mut mac = hmac::Context::with_key(key);
        for part in [self.word, "\n", date, "\n", scope.day, "/", scope.region, "/", scope.service, "/"] {
            mac.update(part.as_bytes());
        }
        for part in [self.terminator.as_bytes(), b"\n", &canonical.digest()] {
            mac.update(part);
        }
        mac.sign()
    }
}

/// As sent.
fn put_uri_v2(path: &str, out: &mut dyn Sink) {
    out.put(if path.is_empty() { b"/" } else { path.as_bytes() });
}

/// Pairs in the order of their decoded names, then values; a name alone has an empty value.
fn put_query_v2(query: &str, out: &mut dyn Sink) {
    let mut pairs: Vec<_> =
        pairs(query.as_bytes(), Plus::Space).map(|(name, value)| (name, value.unwrap_or_default())).collect();
    pairs.sort_unstable();
    put_pairs(&pairs, out);
}

/// Decoded as a whole, runs of `/` made one, escaped afresh: `%2F` ends as a separator.
fn put_uri_v3(path: &str, out: &mut dyn Sink) {
    let decoded = decode(path.as_bytes(), Plus::Space);
    let mut segments = decoded.split(|&b| b == b'/').filter(|segment| !segment.is_empty()).peekable();
    let is_root = segments.peek().is_none();
    for segment in segments {
        out.put(b"/");
        put_encoded_path(segment, out);
    }
    if is_root || decoded.ends_with(b"/") {
        out.put(b"/");
    }
}

/// Pairs in the order of their *escaped* names, then values; what has no name or no `=` is left out.
fn put_query_v3(query: &str, out: &mut dyn Sink) {
    let escaped = |bytes: &[u8]| percent_encoding::percent_encode(bytes, super::canonical::RESERVED).to_string();
    let mut pairs: Vec<_> = pairs(query.as_bytes(), Plus::Space)
        .filter_map(|(name, value)| Some((escaped(&name), escaped(&value?))))
        .filter(|(name, _)| !name.is_empty())
        .collect();
    pairs.sort_unstable();
    for (n, (name, value)) in pairs.iter().enumerate() {
        out.put(if n > 0 { b"&" } else { b"" });
        out.put(name.as_bytes());
        out.put(b"=");
        out.put(value.as_bytes());
    }
}

/// What a key is derived for.
#[derive(Debug)]
struct Scope<'a> {
    day: &'a str,
    region: &'a str,
    service: &'a str,
    /// The three and the version's terminator, as in the credential.
    whole: &'a str,
}

/// What a request claims.
struct Claim<'a> {
    version: &'static Version,
    key_id: &'a str,
    scope: Scope<'a>,
    date: &'a str,
    signed_at: Timestamp,
    nonce: &'a str,
    names: SignedNames<'a>,
    signature: Option<[u8; 32]>,
    announced_digest: Option<&'a [u8]>,
}

impl<'a> Claim<'a> {
    fn read(request: &SignedRequest<'a>) -> Result<Self, Condition> {
        let headers = request.headers;
        let authorization = match header::text(headers, &http::header::AUTHORIZATION)? {
            Some(authorization) => authorization,
            None if headers.get("authorization").is_some_and(|value| !header::trimmed(value).is_empty()) => {
                return Err(Condition::AuthSignatureMalformed);
            }
            None => return Err(incomplete("authorization")),
        };
        let (word, parameters) = authorization::split_word(authorization);
        let Some(version) = Version::of_word(word) else {
            return Err(if word.starts_with("JDCLOUD") {
                Condition::AuthSignatureAlgorithmUnsupported { algorithm: word.to_owned().into() }
            } else {
                Condition::AuthSignatureMalformed
            });
        };
        let read = authorization::plain(parameters, "Credential")?;
        let whole = read.credential.split_once('/').map_or("", |(_, scope)| scope);
        let mut parts = read.credential.split('/');
        let (Some(key_id), Some(day), Some(region), Some(service), Some(terminator), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Condition::AuthSignatureMalformed);
        };
        let names = SignedNames::read(read.signed_headers)?;
        let date = header::text(headers, DATE)?.ok_or_else(|| incomplete(DATE))?;
        let nonce = header::text(headers, NONCE)?.ok_or_else(|| incomplete(NONCE))?;
        let signed_at = Timestamp::from_basic_iso8601(date).ok_or(Condition::AuthSignatureMalformed)?;
        if terminator != version.terminator || !date.starts_with(day) || day.len() != "yyyymmdd".len() {
            return Err(Condition::AuthSignatureMalformed);
        }
        if headers.contains_key(SECURITY_TOKEN) && !names.contains(SECURITY_TOKEN) {
            return Err(unsigned(SECURITY_TOKEN));
        }
        names.check(headers, &version.rules)?;
        Ok(Self {
            version,
            key_id,
            scope: Scope { day, region, service, whole },
            date,
            signed_at,
            nonce,
            names,
            signature: unhex(read.signature),
            announced_digest: if version.announces_digest {
                header::single(headers, CONTENT_SHA256)?.map(header::trimmed)
            } else {
                None
            },
        })
    }

    fn is_signed_with(&self, key: &Key, request: &SignedRequest<'_>) -> bool {
        let derive = || self.version.derive(key.secret(), &self.scope);
        key.derived().with(self.scope.whole, derive, |key| self.is_signed_with_derived(key, request))
    }

    fn is_signed_with_derived(&self, key: &hmac::Key, request: &SignedRequest<'_>) -> bool {
        let digest = body_digest(request.body_bytes());
        let payload = payload(self.announced_digest, &digest);
        let matches = |rules| {
            let canonical = Canonical { request, rules, names: &self.names, payload };
            let tag = self.version.mac(key, &self.scope, self.date, &canonical);
            self.signature.is_some_and(|signature| equal(tag.as_ref(), &signature))
        };
        let rules = self.version.rules;
        // Of the SDKs of version 2, Python's alone signs values with their runs of spaces.
        matches(rules)
            || (rules.spaces == Spaces::Collapsed
                && self.names.any_value_has_run_of_spaces(request.headers)
                && matches(Rules { spaces: Spaces::Kept, ..rules }))
    }

    /// The region and service that the route stands for.
    fn check_scope(&self, request: &SignedRequest<'_>, context: &Context<'_>) -> Result<(), Condition> {
        let is = |wanted: &Option<Box<str>>, given| wanted.as_deref().is_none_or(|wanted| wanted == given);
        if is(&context.policy.service, self.scope.service) && is(&context.policy.region, self.scope.region) {
            return Ok(());
        }
        let host = request.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
        Err(Condition::RouteNotFoundService {
            host: host.unwrap_or_default().to_owned().into(),
            method: request.method.as_str().to_owned().into(),
            uri: request.path.to_owned().into(),
        })
    }
}

/// Verifies either version.
pub(super) fn verify(request: &SignedRequest<'_>, context: &Context<'_>) -> Result<Principal, Condition> {
    if let Some(illegal) = request.headers.keys().find(|name| name.as_str().starts_with(ILLEGAL_PREFIX)) {
        return Err(Condition::RequestHeaderIllegal { header: illegal.as_str().to_owned().into() });
    }
    let claim = Claim::read(request)?;
    if context.policy.user_required {
        header::text(request.headers, PIN)?.ok_or_else(|| incomplete(PIN))?;
        if !claim.names.contains(PIN) {
            // Else whoever records a call of the key could have it be somebody else's.
            return Err(unsigned(PIN));
        }
    }
    let found = context.keys.find(claim.key_id);
    let is_signed = claim.is_signed_with(found.key, request);
    found.admit(claim.key_id)?;
    if context.now.distance(claim.signed_at) > context.policy.skew {
        return Err(Condition::AuthSignatureExpired {
            signed_at: claim.date.to_owned().into(),
            server_time: context.now.basic_iso8601().to_string().into(),
        });
    }
    claim.check_scope(request, context)?;
    if !is_signed {
        return Err(Condition::AuthSignatureMismatch);
    }
    // Only now: a nonce is used up by whoever holds the key, and by nobody else. It is remembered for as long as the
    // same request could be sent again, and never for less than the window.
    let skew = context.policy.skew;
    let until = context.now.plus(skew).max(claim.signed_at.plus(skew));
    match context.nonces.remember(claim.key_id, claim.nonce, until, context.now) {
        Remembered::Fresh => {}
        Remembered::Repeated | Remembered::Full => {
            return Err(Condition::AuthSignatureNonceReplayed { nonce: claim.nonce.to_owned().into() });
        }
    }
    Ok(Principal { key_id: found.key.id().clone(), user: user(request.headers)? })
}

/// The user whom the request names beside the key.
fn user(headers: &HeaderMap) -> Result<Option<Box<str>>, Condition> {
    let Some(pin) = header::single(headers, PIN)? else { return Ok(None) };
    let decoded = STANDARD.decode(header::trimmed(pin)).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.map(|user| Some(user.into())).ok_or(Condition::AuthUserIdentifierMalformed)
}

/// Adds date, nonce and `Authorization`.
pub(super) fn sign(
    request: &SignedRequest<'_>,
    signing: &Signing<'_>,
) -> Result<Vec<(HeaderName, HeaderValue)>, InvalidHeaderValue> {
    let [usual, _] = &VERSIONS;
    let version = signing.algorithm.and_then(Version::of_word).unwrap_or(usual);
    let mut added = Added::to(request.headers);
    added.set_default(DATE, || signing.now.basic_iso8601().to_string())?;
    added.set_default(NONCE, || signing.nonce.to_owned())?;
    let headers = added.all();
    let request = &SignedRequest { headers: &headers, ..*request };
    let list = signing.signed_headers.map_or_else(
        || default_names(&headers, &["authorization", "user-agent", CONTENT_SHA256]),
        |names| names.join(";"),
    );
    let names = SignedNames::read(&list).unwrap_or_else(|_| SignedNames::of(DATE));
    let digest = body_digest(request.body_bytes());
    let announced = headers.get(CONTENT_SHA256).map(header::trimmed).filter(|_| version.announces_digest);
    let canonical = Canonical { request, rules: version.rules, names: &names, payload: payload(announced, &digest) };
    let date = headers.get(DATE).and_then(|date| date.to_str().ok()).unwrap_or_default();
    let scope =
        Scope { day: date.get(..8).unwrap_or_default(), region: signing.region, service: signing.service, whole: "" };
    let key = version.derive(signing.secret, &scope);
    let digits: [u8; 64] = hex(version.mac(&key, &scope, date, &canonical).as_ref());
    let (word, key_id, names, terminator) = (version.word, signing.key_id, names.as_str(), version.terminator);
    let Scope { day, region, service, .. } = scope;
    let signature = String::from_utf8_lossy(&digits);
    added.authorize(format!(
        "{word} Credential={key_id}/{day}/{region}/{service}/{terminator}, SignedHeaders={names}, Signature={signature}"
    ))
}
