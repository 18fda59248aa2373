//! Tencent key pairs: a usage plan's secret signs the header fields that `headers="…"` names, in that order.
//!
//! ```text
//! signed: "x-date: Thu, 29 Feb 2024 12:00:00 GMT" \n "source: …"
//! ```
//! Method, path, query and body are not signed. Whether the key may call the API at all is asked after this check,
//! not before the signature is compared as in Kong: who cannot sign learns nothing about a key's grants.

use std::borrow::Cow;

use apigw_errors::Condition;
use aws_lc_rs::hmac;
use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::header::{self, Added};
use super::mac::{Algorithm, Sink};
use super::tencent::{Claim, authorization};
use super::{Context, Principal, SignedRequest, Signing};

/// Verifies a key pair's signature.
pub(super) fn verify(request: &SignedRequest<'_>, context: &Context<'_>) -> Result<Principal, Condition> {
    let claim = Claim::read(request, context, context.policy.x_date_required)?;
    let found = context.keys.find(claim.id);
    let mut mac = hmac::Context::with_key(found.key.mac(claim.algorithm));
    put_fields(claim.names(), request.headers, &mut mac);
    let is_signed = claim.is_signed_with(&mac.sign());
    found.admit(claim.id)?;
    if is_signed {
        Ok(Principal { key_id: found.key.id().clone(), user: None })
    } else {
        Err(Condition::AuthSignatureMismatch)
    }
}

/// Writes `name: value` for each name, separated by line ends.
fn put_fields<'a>(names: impl Iterator<Item = &'a str>, headers: &HeaderMap, out: &mut dyn Sink) {
    for (n, name) in names.enumerate() {
        if n > 0 {
            out.put(b"\n");
        }
        put_field(name, headers, out);
    }
}

/// Writes `name: value`, the name in lower case.
pub(super) fn put_field(name: &str, headers: &HeaderMap, out: &mut dyn Sink) {
    let is_lower = !name.bytes().any(|b| b.is_ascii_uppercase());
    let lower = if is_lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_ascii_lowercase()) };
    out.put(lower.as_bytes());
    out.put(b": ");
    out.put(headers.get(name).map(header::trimmed).unwrap_or_default());
}

/// Adds `X-Date`, unless there is a date, and `Authorization`.
pub(super) fn sign(
    request: &SignedRequest<'_>,
    signing: &Signing<'_>,
) -> Result<Vec<(HeaderName, HeaderValue)>, InvalidHeaderValue> {
    let mut added = Added::to(request.headers);
    if !request.headers.contains_key(http::header::DATE) {
        added.set_default("x-date", || signing.now.http_date().to_string())?;
    }
    let headers = added.all();
    let usual = ["x-date", "date", "source"];
    let names: Vec<&str> = signing
        .signed_headers
        .map_or_else(|| usual.into_iter().filter(|name| headers.contains_key(*name)).collect(), <[&str]>::to_vec);
    let algorithm = signing.algorithm.and_then(Algorithm::from_name).unwrap_or(Algorithm::Sha1);
    let mut mac = hmac::Context::with_key(&algorithm.key(signing.secret));
    put_fields(names.iter().copied(), &headers, &mut mac);
    added.authorize(authorization(signing.key_id, algorithm, &names.join(" "), &mac.sign()))
}
