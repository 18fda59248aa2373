//! What Tencent's two signature modes share: credentials, and the checks before the signature is computed.
//!
//! ```text
//! Authorization: hmac id="<key id>", algorithm="hmac-sha1", headers="x-date source", signature="<base64>"
//! ```
//! The order of the checks is that of Kong's `hmac-auth`, from which the vendor's gateway descends; the vendor's table
//! has a message for each of them.

use apigw_errors::Condition;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;

use super::header::{self, unsigned};
use super::mac::{Algorithm, equal};
use super::{Context, SignedRequest, authorization};
use crate::clock::Timestamp;

const PARAMETERS: usize = 4;
const X_DATE: &str = "x-date";
const DATE: &str = "date";

/// What a request claims; everything but the key and the signature has been checked.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    pub(super) id: &'a str,
    pub(super) algorithm: Algorithm,
    /// Names of the signed fields, separated by spaces, as sent.
    pub(super) headers: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    /// Reads and checks, in the vendor's order. `x_date_required`: the mode, or the route, insists on `X-Date`.
    pub(super) fn read(
        request: &SignedRequest<'a>,
        context: &Context<'_>,
        x_date_required: bool,
    ) -> Result<Self, Condition> {
        let authorization = header::text(request.headers, &AUTHORIZATION)?.ok_or(Condition::AuthSignatureMalformed)?;
        let (word, parameters) = authorization::split_word(authorization);
        if word != "hmac" && word != "Hmac" {
            return Err(Condition::AuthSignatureMalformed);
        }
        let read = authorization::quoted(parameters)?;
        let (algorithm, headers) = match (read.algorithm, read.headers) {
            (Some(algorithm), Some(headers)) if read.count >= PARAMETERS => (algorithm, headers),
            _ => return Err(Condition::AuthSignatureIncompleteParameters { parameter: first_absent(&read).into() }),
        };
        let id = given(read.id, "id")?;
        let signature = given(read.signature, "signature")?;

        let clock = check_date(request, context, x_date_required)?;
        let algorithm = Algorithm::from_name(algorithm)
            .filter(|known| context.policy.algorithms.contains(*known))
            .ok_or_else(|| Condition::AuthSignatureAlgorithmUnsupported { algorithm: algorithm.to_owned().into() })?;

        let claim = Self { id, algorithm, headers, signature };
        for name in claim.names() {
            if header::single(request.headers, name)?.is_none() {
                return Err(unsigned(name));
            }
        }
        // Without a date among them the signature would be good for ever. (Nor does the vendor look at the age of a
        // lone `Date`, but whoever signs one has chosen that.)
        let is_dated =
            |name: &str| name.eq_ignore_ascii_case(X_DATE) || !x_date_required && name.eq_ignore_ascii_case(DATE);
        if claim.names().any(is_dated) { Ok(claim) } else { Err(unsigned(clock)) }
    }

    /// Names of the signed fields, as sent.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.headers.split(' ').filter(|name| !name.is_empty())
    }

    /// True if the client's signature is `tag`.
    pub(super) fn is_signed_with(&self, tag: &hmac::Tag) -> bool {
        // The longest tag has 64 bytes, which is what 88 characters decode to; the decoder wants room for whole groups.
        let mut decoded = [0; 66];
        let length = STANDARD.decode_slice(self.signature, &mut decoded).ok();
        length.and_then(|length| decoded.get(..length)).is_some_and(|decoded| equal(tag.as_ref(), decoded))
    }
}

fn first_absent(read: &authorization::Quoted<'_>) -> &'static str {
    let given = [("id", read.id), ("algorithm", read.algorithm), ("headers", read.headers)];
    given.into_iter().find(|(_, value)| value.is_none()).map_or("signature", |(name, _)| name)
}

fn given<'a>(value: Option<&'a str>, name: &'static str) -> Result<&'a str, Condition> {
    let absent = || Condition::AuthSignatureIncompleteIdOrSignature { parameter: name.into() };
    value.filter(|value| !value.is_empty()).ok_or_else(absent)
}

/// There is a date, it can be read, and if it is an `X-Date` it is not too far from now. Answers which field it is.
fn check_date(
    request: &SignedRequest<'_>,
    context: &Context<'_>,
    x_date_required: bool,
) -> Result<&'static str, Condition> {
    let x_date = header::single(request.headers, X_DATE)?;
    let date = header::single(request.headers, &http::header::DATE)?;
    let read = |value: &http::HeaderValue| value.to_str().ok().and_then(Timestamp::from_http_date);
    let x_date = match (x_date, date) {
        (Some(x_date), _) => x_date,
        (None, Some(_)) if x_date_required => {
            return Err(Condition::AuthSignatureIncompleteXDate { parameter: X_DATE.into() });
        }
        (None, date) => {
            let absent = || Condition::AuthSignatureIncompleteDate { parameter: DATE.into() };
            return date.and_then(read).map(|_| DATE).ok_or_else(absent);
        }
    };
    let unreadable = || Condition::AuthSignatureIncompleteXDate { parameter: X_DATE.into() };
    let signed_at = read(x_date).ok_or_else(unreadable)?;
    if context.now.distance(signed_at) > context.policy.skew {
        return Err(Condition::AuthSignatureExpired {
            signed_at: signed_at.http_date().to_string().into(),
            server_time: context.now.http_date().to_string().into(),
        });
    }
    Ok(X_DATE)
}

/// The field's value for `Authorization`.
pub(super) fn authorization(id: &str, algorithm: Algorithm, headers: &str, tag: &hmac::Tag) -> String {
    let (algorithm, signature) = (algorithm.name(), STANDARD.encode(tag));
    format!(r#"hmac id="{id}", algorithm="{algorithm}", headers="{headers}", signature="{signature}""#)
}
