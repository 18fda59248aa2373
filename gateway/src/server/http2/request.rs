//! A request of HTTP/2 as the checks expect it: in the form that one of HTTP/1 has.
//!
//! The library refuses by itself (with a reset of the stream, or the end of the connection) what is not HTTP/2: fields that
//! concern one connection, upper-case names, line ends in values, a body that is not as long as it says. What it leaves
//! to us is found here, and refused in the host's dialect.

use http::header::{CONTENT_LENGTH, COOKIE, HOST};
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};

use crate::screen::Fault;

/// Brings a request into the form of HTTP/1: the authority is `Host`, the target is in origin form, and cookies stand in
/// one field (RFC 9113, section 8.2.3).
///
/// # Errors
/// What is wrong with it; then the host is there all the same, if it was named.
pub(super) fn adapt<B>(request: &mut Request<B>) -> Result<(), Fault> {
    let authority = request.uri().authority().map(|authority| HeaderValue::from_str(authority.as_str()));
    let has_scheme = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&request.uri().scheme());
    let agrees = host(authority, request.headers_mut());
    if *request.method() == Method::CONNECT {
        return Err(Fault::Method);
    }
    let mut has_path = false;
    if let Some(target) = request.uri().path_and_query().cloned() {
        has_path = target.as_str().starts_with('/');
        *request.uri_mut() = Uri::from(target);
    }
    if !has_scheme || !has_path {
        return Err(Fault::Malformed);
    }
    agrees?;
    let headers = request.headers_mut();
    let is_padded = |value: &HeaderValue| {
        let bytes = value.as_bytes();
        [bytes.first(), bytes.last()].iter().any(|byte| matches!(byte, Some(b' ' | b'\t')))
    };
    if headers.values().any(is_padded) {
        return Err(Fault::Field);
    }
    if headers.get_all(CONTENT_LENGTH).iter().nth(1).is_some() {
        return Err(Fault::Malformed);
    }
    join_cookies(headers);
    Ok(())
}

/// True for one that may stand in the place of another: it names nobody and has no field. No client asks for that, because
/// nobody could answer it.
pub(super) fn is_bare<B>(request: &Request<B>) -> bool {
    request.uri().authority().is_none() && request.headers().is_empty()
}

/// Puts the authority in the place of `Host`; the two must not contradict each other.
fn host(
    authority: Option<Result<HeaderValue, http::header::InvalidHeaderValue>>,
    headers: &mut HeaderMap,
) -> Result<(), Fault> {
    let mut fields = headers.get_all(HOST).iter();
    let (first, second) = (fields.next(), fields.next());
    let Some(authority) = authority else {
        return if second.is_none() { Ok(()) } else { Err(Fault::Host) };
    };
    let authority = authority.map_err(|_| Fault::Host)?;
    let same = |field: &HeaderValue| field.as_bytes().eq_ignore_ascii_case(authority.as_bytes());
    let agrees = second.is_none() && first.is_none_or(same);
    headers.insert(HOST, authority);
    if agrees { Ok(()) } else { Err(Fault::Host) }
}

fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(COOKIE).iter().nth(1).is_none() {
        return;
    }
    let crumbs: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    // Pieces of values, joined by what may stand in one, are a value.
    if let Ok(whole) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..])) {
        headers.insert(COOKIE, whole);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapted(uri: &str, fields: &[(&'static str, &'static str)]) -> (Result<(), Fault>, Request<()>) {
        let mut request = Request::get(uri).body(()).unwrap_or_default();
        for (name, value) in fields {
            request.headers_mut().append(*name, HeaderValue::from_static(value));
        }
        (adapt(&mut request), request)
    }

    #[test]
    fn the_form_of_http_1() {
        let (fault, request) =
            adapted("https://a.test:8443/p?q", &[("cookie", "a=1"), ("host", "A.test:8443"), ("cookie", "b=2")]);
        assert_eq!(fault, Ok(()));
        assert_eq!(request.uri(), "/p?q");
        assert_eq!(request.headers()[HOST], "a.test:8443");
        let cookies: Vec<_> = request.headers().get_all(COOKIE).iter().collect();
        assert_eq!(cookies, ["a=1; b=2"]);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for (uri, fields, expected) in [
            ("http://a.test/", &[("host", "b.test")][..], Err(Fault::Host)),
            ("http://a.test/", &[("host", "a.test"), ("host", "a.test")], Err(Fault::Host)),
            ("/", &[("host", "a.test")], Err(Fault::Malformed)),
            ("ftp://a.test/", &[], Err(Fault::Malformed)),
            ("http://a.test/", &[("content-length", "1"), ("content-length", "1")], Err(Fault::Malformed)),
            ("http://a.test/", &[("x", " a")], Err(Fault::Field)),
            ("http://a.test/", &[("x", "a\t")], Err(Fault::Field)),
            ("http://a.test/", &[("x", "a b")], Ok(())),
            ("http://a.test?q", &[], Err(Fault::Malformed)),
        ] {
            assert_eq!(adapted(uri, fields).0, expected, "{uri} {fields:?}");
        }
    }
}
