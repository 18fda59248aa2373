//! Tencent applications: the application's secret signs header fields, method, content description, path and
//! parameters.
//!
//! ```text
//! signed: (name: value \n)* METHOD \n Accept \n Content-Type \n Content-MD5 \n path[?parameters]
//! ```
//! The vendor's text and its demos disagree in two places, and both readings are accepted, the text's first:
//! parameters are signed decoded or as sent; `Content-MD5` is base64 of the digest's hexadecimal text (every demo) or
//! of the digest (RFC 1864). Two demos sign a `Content-MD5` that they never send, so it is computed from the body; a
//! non-empty body that is no form is therefore always signed.

use std::borrow::Cow;

use apigw_errors::Condition;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, CONTENT_TYPE, InvalidHeaderValue};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::canonical::{Plus, decode};
use super::header::{self, Added};
use super::mac::{Algorithm, Sink, hex};
use super::tencent::{Claim, authorization};
use super::tencent_key_pair::put_field;
use super::{Context, Principal, SignedRequest, Signing};

const CONTENT_MD5: &str = "content-md5";
const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// How parameters are spelt when signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Decoded,
    AsSent,
}

/// One reading of what is signed.
struct Text<'a> {
    request: &'a SignedRequest<'a>,
    /// Lower case, sorted.
    names: &'a [Cow<'a, str>],
    content_md5: &'a [u8],
    /// Sorted by name, then value.
    parameters: &'a [Parameter<'a>],
}

type Parameter<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

impl Text<'_> {
    fn put(&self, out: &mut dyn Sink) {
        let SignedRequest { method, signed_path, headers, .. } = *self.request;
        for name in self.names {
            put_field(name, headers, out);
            out.put(b"\n");
        }
        out.put(method.as_str().as_bytes());
        for line in [value(headers, ACCEPT), value(headers, CONTENT_TYPE), self.content_md5] {
            out.put(b"\n");
            out.put(line);
        }
        out.put(b"\n");
        out.put(if signed_path.is_empty() { b"/" } else { signed_path.as_bytes() });
        for (n, (name, value)) in self.parameters.iter().enumerate() {
            out.put(if n == 0 { b"?" } else { b"&" });
            out.put(name);
            if !value.is_empty() {
                out.put(b"=");
                out.put(value);
            }
        }
    }

    fn mac(&self, key: &hmac::Key) -> hmac::Tag {
        let mut mac = hmac::Context::with_key(key);
        self.put(&mut mac);
        mac.sign()
    }

    /// As a refusal shows it: line ends as `#`.
    fn shown(&self) -> String {
        let mut text = Vec::new();
        self.put(&mut text);
        String::from_utf8_lossy(&text).replace('\n', "#")
    }
}

/// Verifies an application's signature.
pub(super) fn verify(request: &SignedRequest<'_>, context: &Context<'_>) -> Result<Principal, Condition> {
    let claim = Claim::read(request, context, true)?;
    for name in [ACCEPT.as_str(), CONTENT_TYPE.as_str(), CONTENT_MD5] {
        header::single(request.headers, name)?;
    }
    let found = context.keys.find(claim.id);
    let key = found.key.mac(claim.algorithm);
    let names = sorted_names(claim.names());
    let digests = ContentMd5::of(request);
    let parameters = parameters(request, Spelling::Decoded);
    let is_signed = |parameters: &[Parameter<'_>]| {
        let mut readings = digests.readings();
        readings
            .any(|content_md5| claim.is_signed_with(&Text { request, names: &names, content_md5, parameters }.mac(key)))
    };
    let is_signed =
        is_signed(&parameters) || (is_escaped(request) && is_signed(&self::parameters(request, Spelling::AsSent)));
    found.admit(claim.id)?;
    if is_signed {
        return Ok(Principal { key_id: found.key.id().clone(), user: None });
    }
    let content_md5 = digests.readings().next().unwrap_or_default();
    let text = Text { request, names: &names, content_md5, parameters: &parameters };
    Err(Condition::AuthSignatureMismatchCanonical { canonical: text.shown().into() })
}

fn sorted_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Cow<'a, str>> {
    let lower = |name: &'a str| {
        if name.bytes().any(|b| b.is_ascii_uppercase()) {
            name.to_ascii_lowercase().into()
        } else {
            Cow::Borrowed(name)
        }
    };
    let mut names: Vec<_> = names.map(lower).collect();
    names.sort_unstable();
    names
}

fn value(headers: &HeaderMap, name: HeaderName) -> &[u8] {
    headers.get(name).map(header::trimmed).unwrap_or_default()
}

/// The body's digest in the forms that may be signed.
#[derive(Debug)]
struct ContentMd5([Option<String>; 2]);

impl ContentMd5 {
    fn of(request: &SignedRequest<'_>) -> Self {
        let sent = value(request.headers, HeaderName::from_static(CONTENT_MD5));
        let body = request.body_bytes();
        let is_opaque = !body.is_empty() && !is_form(request.headers);
        if sent.is_empty() && !is_opaque {
            return Self([None, None]);
        }
        let digest = md5::compute(body).0;
        let forms = [STANDARD.encode(hex::<32>(&digest)), STANDARD.encode(digest)];
        // A field that is sent must be true, and then it is what was signed.
        match forms.iter().position(|form| form.as_bytes() == sent) {
            Some(0) => Self([Some(forms).map(|[text, _]| text), None]),
            Some(_) => Self([Some(forms).map(|[_, binary]| binary), None]),
            None => Self(forms.map(Some)),
        }
    }

    /// What may stand on the line, the likelier first; a blank line if there is no digest.
    fn readings(&self) -> impl Iterator<Item = &[u8]> {
        let [first, second] = &self.0;
        let first = first.as_deref().unwrap_or_default().as_bytes();
        std::iter::once(first).chain(second.as_deref().map(str::as_bytes))
    }
}

/// True if the body is a form: its fields are signed as parameters.
fn is_form(headers: &HeaderMap) -> bool {
    let media_type = value(headers, CONTENT_TYPE).split(|&b| b == b';').next().unwrap_or_default();
    media_type.trim_ascii().eq_ignore_ascii_case(FORM)
}

/// The query, and the body if that is a form.
fn sources<'a>(request: &SignedRequest<'a>) -> [&'a [u8]; 2] {
    let form = if is_form(request.headers) { request.body_bytes() } else { b"" };
    [request.query.unwrap_or_default().as_bytes(), form]
}

/// True if decoding the parameters changes them.
fn is_escaped(request: &SignedRequest<'_>) -> bool {
    sources(request).into_iter().flatten().any(|&b| b == b'%' || b == b'+')
}

/// The parameters of query and form, sorted by name, then value.
fn parameters<'a>(request: &SignedRequest<'a>, spelling: Spelling) -> Vec<Parameter<'a>> {
    let spell = |text: &'a [u8]| match spelling {
        Spelling::Decoded => decode(text, Plus::Space),
        Spelling::AsSent => Cow::Borrowed(text),
    };
    let pieces = sources(request).into_iter().flat_map(|source| source.split(|&b| b == b'&'));
    let mut parameters: Vec<_> = pieces
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let mut parts = piece.splitn(2, |&b| b == b'=');
            let mut next = || spell(parts.next().unwrap_or_default());
            (next(), next())
        })
        .collect();
    parameters.sort_unstable();
    parameters
}

/// Adds `X-Date`, `Content-MD5` where the body calls for it, and `Authorization`.
pub(super) fn sign(
    request: &SignedRequest<'_>,
    signing: &Signing<'_>,
) -> Result<Vec<(HeaderName, HeaderValue)>, InvalidHeaderValue> {
    let mut added = Added::to(request.headers);
    added.set_default("x-date", || signing.now.http_date().to_string())?;
    let digests = ContentMd5::of(request);
    let content_md5 = digests.readings().next().unwrap_or_default();
    if !content_md5.is_empty() {
        added.set_default(CONTENT_MD5, || String::from_utf8_lossy(content_md5).into_owned())?;
    }
    let headers = added.all();
    let request = &SignedRequest { headers: &headers, ..*request };
    let names = sorted_names(signing.signed_headers.unwrap_or(&["x-date"]).iter().copied());
    let parameters = parameters(request, Spelling::Decoded);
    let algorithm = signing.algorithm.and_then(Algorithm::from_name).unwrap_or(Algorithm::Sha1);
    let text = Text { request, names: &names, content_md5, parameters: &parameters };
    let tag = text.mac(&algorithm.key(signing.secret));
    added.authorize(authorization(signing.key_id, algorithm, &names.join(" "), &tag))
}
