//! What reaches the backend, and what of its answer reaches the client.
//!
//! Nothing of a head is relayed as bytes: it is parsed, what belongs to one hop is removed, and it is written anew.

use std::net::IpAddr;

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HOST, HeaderName,
    SET_COOKIE, TRAILER,
};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Uri};

use crate::caller::Caller;
use crate::fields::{Fields, is_hop_by_hop, named};
use crate::router::Methods;
use crate::upstream::Request;

/// The map of a request's fields is taken for its answer's where it has room for no more than so many. Larger ones would
/// stay with the connection, which keeps them for its next request.
const MOST_REUSED: usize = 48;

/// Removes what concerns one connection, with everything that `Connection` names.
fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let mut doomed: Vec<HeaderName> = headers.keys().filter(|name| is_hop_by_hop(name)).cloned().collect();
    if doomed.is_empty() {
        return;
    }
    for list in headers.get_all(CONNECTION) {
        doomed.extend(named(list.as_bytes()));
    }
    for name in doomed {
        headers.remove(name);
    }
}

/// Makes the request for the backend from the client's, and from what the gateway says itself.
///
/// The body's own size decides the framing, and the server that is chosen which host it is told. What is known of the
/// caller takes the place of what it sent.
pub(crate) fn request(parts: &mut Parts, target: PathAndQuery, caller: Option<Caller>, mut fields: Fields) -> Request {
    if let Some(caller) = caller {
        caller.introduce(&mut parts.headers, &mut fields);
    }
    let fields = fields.pass_on(&parts.headers);
    Request { method: parts.method.clone(), target, fields, room: emptied(&mut parts.headers) }
}

/// A map without fields for an answer, of the memory of the request's where that can be.
pub(crate) fn emptied(request: &mut HeaderMap) -> HeaderMap {
    if request.capacity() > MOST_REUSED {
        return HeaderMap::new();
    }
    let mut headers = std::mem::take(request);
    headers.clear();
    headers
}

/// The target for the backend, in origin form. `path` is the client's in its one spelling, without what named the
/// environment.
pub(crate) fn target(asked: &Uri, path: &str, methods: &Methods, base: Option<&PathAndQuery>) -> PathAndQuery {
    let kept = asked.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    // A target in absolute form may have no path at all (`http://host?query`).
    let whole = path == asked.path() && kept.as_str().starts_with('/');
    let path = match base {
        None if whole => return kept,
        None => path.to_owned(),
        Some(base) => {
            let rest = path.get(methods.matched(path)..).unwrap_or_default();
            match (base.path().strip_suffix('/'), rest.starts_with('/')) {
                (Some(stem), true) => format!("{stem}{rest}"),
                _ => format!("{}{rest}", base.path()),
            }
        }
    };
    let written = match asked.query() {
        Some(query) => PathAndQuery::try_from(format!("{path}?{query}")),
        None => PathAndQuery::try_from(path),
    };
    // Pieces of targets that were parsed make a target that parses.
    written.unwrap_or(kept)
}

/// Removes from a backend's 101 what concerns its connection to us. Other answers come without it.
pub(crate) fn response(headers: &mut HeaderMap) {
    strip_hop_by_hop(headers);
}

/// Removes from the trailers of a backend's answer what must stand in a head to mean anything, and would mislead whoever
/// merges the two (RFC 9110, section 6.5.1). The rest goes to clients that can take it.
pub(crate) fn trailers(trailers: &mut HeaderMap) {
    strip_hop_by_hop(trailers);
    for name in
        [CONTENT_LENGTH, CONTENT_TYPE, CONTENT_ENCODING, CONTENT_RANGE, HOST, AUTHORIZATION, SET_COOKIE, TRAILER]
    {
        trailers.remove(name);
    }
}

/// What a backend is told of a client's address.
pub(crate) fn address(ip: Option<IpAddr>) -> HeaderValue {
    let known = ip.and_then(|ip| HeaderValue::try_from(ip.to_string()).ok());
    known.unwrap_or(HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        fields.iter().map(pair).collect()
    }

    #[test]
    fn an_answer_begins_with_no_field_and_not_with_much_memory() {
        let mut request = map(&[("host", "h"), ("x-one", "1"), ("x-one", "2")]);
        let answer = emptied(&mut request);
        assert_eq!(answer, HeaderMap::new());
        assert!(answer.capacity() > 0, "the memory is the request's");
        let mut large = HeaderMap::with_capacity(MOST_REUSED + 1);
        assert_eq!(emptied(&mut large).capacity(), 0);
    }

    #[test]
    fn what_concerns_one_connection_is_removed() {
        let mut headers = map(&[
            ("connection", "close, X-Hop, Host, content-length,, b@d"),
            ("x-hop", "1"),
            ("host", "h"),
            ("content-length", "5"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("http2-settings", "x"),
            ("proxy-authorization", "secret"),
            ("x-stays", "1"),
        ]);
        strip_hop_by_hop(&mut headers);
        assert_eq!(headers, map(&[("host", "h"), ("content-length", "5"), ("x-stays", "1")]));
    }
}
