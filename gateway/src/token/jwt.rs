//! JSON Web Tokens in their compact form, and whether to believe one.
//!
//! Written over the cryptography alone, and not with a library for tokens: time comes from the gateway's clock, lists
//! of issuers are no issuer, a member that stands twice is refused, and unknown critical headers are, none of which
//! those that exist do. The tests hold it to one of them: nothing is believed here that is not believed there.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::json::Object;
use super::jwk::PublicKey;
use crate::clock::Timestamp;

/// How tokens are judged.
#[derive(Debug)]
pub struct Verifier {
    /// The key, with its algorithm.
    pub key: Arc<PublicKey>,
    /// What `iss` must be, if anything.
    pub issuer: Option<Box<str>>,
    /// What `aud` may name; if this is not empty, `aud` must be there and name nothing else.
    pub audience: Box<[Box<str>]>,
    /// Whether `iat` must be there.
    pub issued_at_required: bool,
    /// How far the issuer's clock may be off.
    pub leeway: Duration,
    /// The longest token that is looked at, bytes.
    pub longest: usize,
}

/// The most that clocks may differ.
pub const MOST_LEEWAY: Duration = Duration::from_secs(60);

/// The longest token that is looked at by default.
pub const LONGEST: usize = 16 << 10;

/// Why a token is not believed. For the operator's eyes: callers are told no more than their vendor's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// It is longer than is looked at.
    #[error("it is too long")]
    TooLong,
    /// It is not three parts in base64url, the first of them a JSON object.
    #[error("it is not in the form of a token")]
    Form,
    /// A member of its header stands twice.
    #[error("its header says something twice")]
    Repeated,
    /// `alg` is missing, is no text, or is not the one configured.
    #[error("its algorithm is not the one configured")]
    Algorithm,
    /// It names extensions that must be understood.
    #[error("it insists on an extension")]
    Critical,
    /// `kid` names another key.
    #[error("it names another key")]
    Key,
    /// The signature is not the key's.
    #[error("its signature does not match")]
    Signature,
    /// What is signed is no JSON object, or one that says something twice.
    #[error("what it says is no JSON object")]
    Payload,
    /// A moment is missing, or is none.
    #[error("`{0}` is missing, or no time")]
    Time(&'static str),
    /// `exp` has passed.
    #[error("it has expired")]
    Expired,
    /// `nbf` or `iat` is to come.
    #[error("it is not valid yet")]
    Early,
    /// `iss` is not the one configured.
    #[error("its issuer is not the one configured")]
    Issuer,
    /// `aud` names somebody else.
    #[error("it is not for this audience")]
    Audience,
    /// A claim that goes into a header field cannot stand there.
    #[error("a claim cannot stand in a header field")]
    Claim,
}

impl JwtError {
    /// True if it does not even look like a token.
    pub const fn is_of_form(self) -> bool {
        matches!(self, Self::TooLong | Self::Form)
    }
}

/// What a token that is believed says.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims(Object);

impl Claims {
    /// A claim.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whom it is about.
    pub fn subject(&self) -> Option<&str> {
        self.0.text("sub")
    }
}

impl Verifier {
    /// With no demands beyond signature and times.
    pub fn new(key: Arc<PublicKey>) -> Self {
        Self {
            key,
            issuer: None,
            audience: Box::default(),
            issued_at_required: true,
            leeway: MOST_LEEWAY,
            longest: LONGEST,
        }
    }

    /// What `token` says, if it is to be believed now.
    ///
    /// # Errors
    /// The first reason not to.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, JwtError> {
        if token.len() > self.longest {
            return Err(JwtError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(JwtError::Form)?;
        if header.is_empty() || payload.is_empty() || !is_base64url(payload) || !is_base64url(signature) {
            return Err(JwtError::Form);
        }
        let header = URL_SAFE_NO_PAD.decode(header).ok().and_then(|text| Object::read(&text)).ok_or(JwtError::Form)?;
        self.check_header(&header)?;

        // The decoder refuses unused bits that are set, so a signature has one spelling.
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtError::Signature)?;
        if !self.key.verifies(signed.as_bytes(), &signature) {
            return Err(JwtError::Signature);
        }
        // Nothing of the payload is read before its signature was found good.
        let payload = URL_SAFE_NO_PAD.decode(payload).ok().and_then(|text| Object::read(&text));
        let claims = Claims(payload.filter(|payload| !payload.repeats()).ok_or(JwtError::Payload)?);
        self.check_times(&claims, now)?;
        self.check_parties(&claims)?;
        Ok(claims)
    }

    fn check_header(&self, header: &Object) -> Result<(), JwtError> {
        if header.repeats() {
            return Err(JwtError::Repeated);
        }
        if header.text("alg") != Some(self.key.algorithm().name()) {
            return Err(JwtError::Algorithm);
        }
        if header.get("crit").is_some() {
            return Err(JwtError::Critical);
        }
        match (self.key.id(), header.get("kid")) {
            (Some(ours), Some(named)) if named.as_str() != Some(ours) => Err(JwtError::Key),
            _ => Ok(()),
        }
    }

    fn check_times(&self, claims: &Claims, now: Timestamp) -> Result<(), JwtError> {
        let now = now.unix();
        let leeway = i64::try_from(self.leeway.as_secs()).unwrap_or(i64::MAX);
        let expires = moment(claims, "exp")?.ok_or(JwtError::Time("exp"))?;
        if now >= expires.saturating_add(leeway) {
            return Err(JwtError::Expired);
        }
        let issued = moment(claims, "iat")?;
        if issued.is_none() && self.issued_at_required {
            return Err(JwtError::Time("iat"));
        }
        let latest = now.saturating_add(leeway);
        match issued.max(moment(claims, "nbf")?) {
            Some(begin) if begin > latest => Err(JwtError::Early),
            _ => Ok(()),
        }
    }

    fn check_parties(&self, claims: &Claims) -> Result<(), JwtError> {
        if self.issuer.is_some() && claims.0.text("iss") != self.issuer.as_deref() {
            return Err(JwtError::Issuer);
        }
        if self.audience.is_empty() {
            return Ok(());
        }
        let is_ours = |one: &Value| one.as_str().is_some_and(|one| self.audience.iter().any(|ours| **ours == *one));
        // OpenID Connect Core, section 3.1.3.7: a token that is also for somebody who is not trusted is refused.
        let is_for_us = match claims.get("aud") {
            Some(Value::Array(list)) => !list.is_empty() && list.iter().all(is_ours),
            Some(one) => is_ours(one),
            None => false,
        };
        if is_for_us { Ok(()) } else { Err(JwtError::Audience) }
    }
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Seconds since 1970, with a fraction dropped; numbers that no calendar has are no times.
fn moment(claims: &Claims, name: &'static str) -> Result<Option<i64>, JwtError> {
    /// Far beyond every calendar, and exact in floating point.
    const LAST: f64 = 1e15;
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..LAST).contains(seconds)).ok_or(JwtError::Time(name))?;
    #[expect(clippy::cast_possible_truncation, reason = "bounded a line above")]
    Ok(Some(seconds as i64))
}
