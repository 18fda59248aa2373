//! `auth: { oauth: … }`: authorization APIs, which issue tokens, and business APIs, which take them.
//!
//! What the reader cannot make sense of is refused when the file is loaded. What it can, and the check cannot use (no
//! key, a key that is none, a place where no token is taken, an authorization API that does not exist), is told to
//! the operator and left to the API: these are the faults for which Tencent's table has rows of its own, and the rest
//! of the file is not in doubt because of them.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use http::HeaderName;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::file::{At, Host, Word};
use super::sink::Sink;
use crate::token::{
    self, Algorithm, Business, ClaimFields, LONGEST, Location, MOST_LEEWAY, OauthFault, PublicKey, Trust, Verifier,
};

/// The OAuth section of an API.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oauth {
    /// A business API: id of the authorization API whose tokens it takes. Without it this is an authorization API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) related_api: Option<At<Word>>,
    /// Authorization API: the key that its tokens are verified with, as a JWK object (`{ kty: RSA, e: …, n: … }`, or
    /// its JSON text), or `{ file: PATH }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) public_key: Option<At<Jwk>>,
    /// Authorization API: where its tokens travel: `header` (default) or `cookie`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<At<Word>>,
    /// Authorization API: what `iss` must be; anything by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issuer: Option<At<Word>>,
    /// What `aud` may name; anything by default. A business API's own list replaces that of its authorization API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) audience: Option<At<Vec<At<Word>>>>,
    /// Authorization API: how far its clock may be off; 60 s by default, and at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) leeway: Option<At<Word>>,
    /// Authorization API: the longest token that is looked at; 16 KiB by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token_size: Option<At<Word>>,
    /// Business API: claims that the backend gets in header fields: `{ sub: X-User }`. What the client sends under
    /// these names is removed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) claims: BTreeMap<String, At<Word>>,
}

/// A public key, as written.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Jwk {
    /// Whatever stands there as text: what it is worth, the check finds out.
    Text(String),
    /// Members of the object, or `file`.
    Members(BTreeMap<String, String>),
}

impl<'de> Deserialize<'de> for Jwk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Key;

        impl<'de> Visitor<'de> for Key {
            type Value = Jwk;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JWK: { kty: RSA, e: …, n: … }, its JSON text, or { file: PATH }")
            }

            fn visit_str<E>(self, text: &str) -> Result<Jwk, E> {
                Ok(Jwk::Text(text.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<Jwk, E> {
                Ok(Jwk::Text(String::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Jwk, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Word>()? {
                    members.insert(name, value.0);
                }
                Ok(Jwk::Members(members))
            }
        }

        deserializer.deserialize_any(Key)
    }
}

/// All authorization APIs of a file.
#[derive(Debug, Default)]
pub(super) struct AuthorizationApis<'a>(HashMap<&'a str, AuthorizationApi<'a>>);

#[derive(Debug)]
struct AuthorizationApi<'a> {
    location: Result<Location, OauthFault>,
    key: Result<Arc<PublicKey>, OauthFault>,
    section: &'a Oauth,
    leeway: std::time::Duration,
    token_size: usize,
    environments: Option<Box<[Box<str>]>>,
}

impl<'a> AuthorizationApis<'a> {
    /// Reads those of `hosts`.
    pub(super) fn read(hosts: &'a [Host], sink: &mut Sink) -> Self {
        let mut apis = HashMap::new();
        for route in hosts.iter().flat_map(|host| &host.routes) {
            let Some(section) = route.auth.as_ref().and_then(|auth| auth.oauth.as_ref()) else { continue };
            if section.value.related_api.is_some() {
                continue;
            }
            let environments = route.environments.as_ref().map(|words| {
                let names = words.value.iter().map(|word| Box::from(&*word.value));
                names.collect()
            });
            apis.insert(&*route.id.value, AuthorizationApi::read(&section.value, environments, sink));
        }
        Self(apis)
    }

    /// Compiles the section of the route called `id`.
    pub(super) fn compile(&self, section: &At<Oauth>, sink: &mut Sink) -> token::Oauth {
        let written = &section.value;
        let Some(related) = &written.related_api else {
            if !written.claims.is_empty() {
                sink.report_with::<()>(
                    section.referenced,
                    "`claims` of an authorization API",
                    "it takes no tokens: write them at the business APIs that name it in `related_api`",
                );
            }
            return token::Oauth::Authorization;
        };
        let strays = [
            ("public_key", written.public_key.as_ref().map(|key| key.referenced)),
            ("location", written.location.as_ref().map(|word| word.referenced)),
            ("issuer", written.issuer.as_ref().map(|word| word.referenced)),
            ("leeway", written.leeway.as_ref().map(|word| word.referenced)),
            ("token_size", written.token_size.as_ref().map(|word| word.referenced)),
        ];
        for (name, at) in strays.into_iter().filter_map(|(name, at)| Some((name, at?))) {
            let message = format!("`{name}` beside `related_api`");
            sink.report_with::<()>(at, message, "it belongs to the authorization API that `related_api` names");
        }
        let fields = fields(&written.claims, sink);
        let Some(api) = self.0.get(&*related.value.0) else {
            let message = format!("no authorization API `{}`: calls will be refused", related.value);
            sink.warn_with(
                related.referenced,
                message,
                "`related_api` is the id of a route whose `auth` has an `oauth` section without `related_api`",
            );
            let trust = Err(OauthFault::RelatedApiMissing);
            return token::Oauth::Business(Business { trust, environments: None, fields });
        };
        let audience = written.audience.as_ref().or(api.section.audience.as_ref());
        let trust = api.trust(audience);
        token::Oauth::Business(Business { trust, environments: api.environments.clone(), fields })
    }
}

impl<'a> AuthorizationApi<'a> {
    fn read(section: &'a Oauth, environments: Option<Box<[Box<str>]>>, sink: &mut Sink) -> Self {
        let leeway = sink.duration(section.leeway.as_ref(), MOST_LEEWAY);
        if let Some(word) = section.leeway.as_ref().filter(|_| leeway > MOST_LEEWAY) {
            sink.report::<()>(word.referenced, "the most that clocks may differ is 60s");
        }
        let longest = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let token_size = usize::try_from(sink.size(section.token_size.as_ref(), longest)).unwrap_or(usize::MAX);
        Self {
            location: location(section.location.as_ref(), sink),
            key: key(section.public_key.as_ref(), sink),
            section,
            leeway,
            token_size,
            environments,
        }
    }

    fn trust(&self, audience: Option<&At<Vec<At<Word>>>>) -> Result<Trust, OauthFault> {
        let audience = audience.map(|words| words.value.iter().map(|word| Box::from(&*word.value)).collect());
        let (location, key) = (self.location?, self.key.clone()?);
        let verifier = Verifier {
            issuer: self.section.issuer.as_ref().map(|word| Box::from(&*word.value)),
            audience: audience.unwrap_or_default(),
            leeway: self.leeway,
            longest: self.token_size,
            ..Verifier::new(key)
        };
        Ok(Trust { location, verifier: Arc::new(verifier) })
    }
}

fn location(word: Option<&At<Word>>, sink: &mut Sink) -> Result<Location, OauthFault> {
    let Some(word) = word else { return Ok(Location::Header) };
    let known = Location::NAMES.iter().find(|(name, _)| *name == &*word.value).map(|(_, location)| *location);
    known.ok_or_else(|| {
        let message = format!("no token is taken from `{}`: calls will be refused", word.value);
        sink.warn_with(word.referenced, message, "known: `header`, `cookie`");
        OauthFault::TokenLocation
    })
}

fn key(written: Option<&At<Jwk>>, sink: &mut Sink) -> Result<Arc<PublicKey>, OauthFault> {
    let text = match written.map(|key| (key, &key.value)) {
        None => String::new(),
        Some((_, Jwk::Text(text))) => text.clone(),
        Some((at, Jwk::Members(members))) => match members.get("file") {
            Some(path) => sink.text(at.referenced, path).unwrap_or_default(),
            None => serde_json::to_string(members).unwrap_or_default(),
        },
    };
    if text.trim().is_empty() {
        // An authorization API without a key may be meant so, as long as no business API wants one; so nothing is
        // said of one that is not written at all.
        if let Some(written) = written {
            sink.warn_with(written.referenced, "no public key: calls with tokens will be refused", FORMS);
        }
        return Err(OauthFault::PublicKeyMissing);
    }
    PublicKey::from_jwk(&text, Algorithm::Rs256).map(Arc::new).map_err(|error| {
        if let Some(written) = written {
            let message = format!("the public key cannot be used: {error}; calls with tokens will be refused");
            sink.warn_with(written.referenced, message, FORMS);
        }
        OauthFault::PublicKeyUnusable
    })
}

const FORMS: &str = "write the JWK object of an RSA key: { kty: RSA, e: AQAB, n: … }, its JSON text, or { file: PATH }";

fn fields(claims: &BTreeMap<String, At<Word>>, sink: &mut Sink) -> ClaimFields {
    let field = |(claim, word): (&String, &At<Word>)| {
        let name = HeaderName::try_from(&*word.value.0).ok().filter(|name| !is_ours(name));
        let name = name.or_else(|| {
            let message = format!("a claim cannot be passed on as `{}`", word.value);
            sink.report_with(word.referenced, message, "write the name of a header field of your own, such as X-User")
        });
        Some((Box::from(&**claim), name?))
    };
    ClaimFields(claims.iter().filter_map(field).collect())
}

/// Fields that decide how a message is read, or that the gateway sets for other reasons.
fn is_ours(name: &HeaderName) -> bool {
    use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
    [CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE].contains(name)
}
