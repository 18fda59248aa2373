//! What reaches the backend, and what of its answer reaches the client.
//!
//! Nothing of a head is relayed as bytes: it is parsed, what belongs to one hop is removed, and it is written anew.

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, EXPECT, HOST, HeaderName,
    PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Request, Uri};

use crate::body::Inbound;
use crate::caller::Caller;
use crate::check::hops;
use crate::dialect::{Client, Envelope};
use crate::router::Methods;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

/// Fields that concern one connection (RFC 9110, section 7.6.1, and their older relatives).
fn is_hop_by_hop(name: &HeaderName) -> bool {
    [
        &CONNECTION,
        &TRANSFER_ENCODING,
        &UPGRADE,
        &TE,
        &PROXY_AUTHENTICATE,
        &PROXY_AUTHORIZATION,
        &KEEP_ALIVE,
        &PROXY_CONNECTION,
        &HTTP2_SETTINGS,
    ]
    .contains(&name)
}

/// Removes what concerns one connection, with everything that `Connection` names.
///
/// Fields that we set ourselves are set afterwards, so `Connection` cannot remove them; and a length it names stays.
fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let mut doomed: Vec<HeaderName> = Vec::new();
    for name in headers.keys().filter(|name| is_hop_by_hop(name)) {
        doomed.push(name.clone());
    }
    if doomed.is_empty() {
        return;
    }
    for list in headers.get_all(CONNECTION) {
        for name in list.as_bytes().split(|byte| *byte == b',') {
            if let Ok(name) = HeaderName::from_bytes(name.trim_ascii())
                && name != CONTENT_LENGTH
                && name != HOST
            {
                doomed.push(name);
            }
        }
    }
    for name in doomed {
        headers.remove(name);
    }
}

/// Makes the request for the backend from the client's.
///
/// The body's own size decides the framing. What is known of the caller takes the place of what it sent.
pub(crate) fn request(
    parts: Parts,
    uri: Uri,
    envelope: &dyn Envelope,
    client: &Client<'_>,
    hops: HeaderValue,
    caller: Option<Caller>,
    body: Inbound,
) -> Request<Inbound> {
    let mut headers = parts.headers;
    strip_hop_by_hop(&mut headers);
    headers.remove(CONTENT_LENGTH);
    headers.remove(EXPECT);
    // Nothing is added to a request after it was checked, so none is announced.
    headers.remove(TRAILER);
    // After `Connection` had its say: it cannot take away what the gateway knows.
    if let Some(caller) = caller {
        caller.introduce(&mut headers);
    }
    // The server that is chosen decides which it gets.
    headers.remove(HOST);
    headers.insert(hops::FIELD, hops);
    envelope.backend_headers(client, &mut headers);
    let mut request = Request::new(body);
    *request.method_mut() = parts.method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    request
}

/// The target for the backend, in origin form. `path` is the client's without what named the environment.
pub(crate) fn uri(asked: &Uri, path: &str, methods: &Methods, base: Option<&PathAndQuery>) -> Uri {
    let kept = asked.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    let whole = path.len() == asked.path().len();
    let path = match base {
        None if whole => return Uri::from(kept),
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
    Uri::from(written.unwrap_or(kept))
}

/// Removes from a backend's answer what concerns its connection to us.
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

/// A value that no client can have sent: the address of the connection itself.
pub(crate) fn address(ip: std::net::IpAddr) -> HeaderValue {
    HeaderValue::try_from(ip.to_canonical().to_string()).unwrap_or(HeaderValue::from_static("unknown"))
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
