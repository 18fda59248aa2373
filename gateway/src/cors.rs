//! Cross-origin calls: what an API grants to pages of other origins, and the header fields that say so.
//!
//! An origin is granted if it is listed, byte by byte as browsers write it. Nothing is matched by prefix, suffix or
//! sub-domain, so `https://app.example.evil` and `https://x.app.example` stay outside, as do `null` and lists.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    HeaderName, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

const ANY: HeaderValue = HeaderValue::from_static("*");

/// What an API does with calls of other origins.
#[derive(Debug)]
pub enum Cors {
    /// They are no business of the gateway: the backend's own answers stand.
    Pass,
    /// They are refused.
    Refuse,
    /// The gateway answers preflights and says who may read answers, instead of the backend.
    Rules(Box<Rules>),
    /// There are rules, and they cannot be used.
    Unusable,
}

/// Who may call from where, and how.
#[derive(Debug)]
pub struct Rules {
    /// The origins that are granted.
    pub origins: Origins,
    /// `Access-Control-Allow-Methods`
    pub methods: HeaderValue,
    /// `Access-Control-Allow-Headers`; `None` repeats what a preflight asks for.
    pub headers: Option<HeaderValue>,
    /// `Access-Control-Expose-Headers`
    pub expose: Option<HeaderValue>,
    /// Whether cookies and `Authorization` may come along. Never together with [`Origins::Any`].
    pub credentials: bool,
    /// `Access-Control-Max-Age`, seconds.
    pub max_age: HeaderValue,
}

/// The origins that are granted.
#[derive(Debug)]
pub enum Origins {
    /// Every page.
    Any,
    /// These, as [`normal`] writes them.
    Listed(Vec<Box<str>>),
}

/// What one call is granted.
#[derive(Debug)]
pub(crate) struct Grant<'a> {
    rules: &'a Rules,
    /// For `Access-Control-Allow-Origin`; `None` if there is no grant.
    origin: Option<HeaderValue>,
}

impl Rules {
    /// What these rules grant to a request.
    pub(crate) fn grant(&self, request: &HeaderMap) -> Grant<'_> {
        let mut fields = request.get_all(ORIGIN).iter();
        let origin = match (fields.next(), fields.next()) {
            (Some(origin), None) => match &self.origins {
                Origins::Any => Some(ANY),
                Origins::Listed(listed) => {
                    listed.iter().any(|listed| listed.as_bytes() == origin.as_bytes()).then(|| origin.clone())
                }
            },
            _ => None,
        };
        Grant { rules: self, origin }
    }
}

impl Grant<'_> {
    /// The answer to a preflight. Without a grant it says nothing, and the browser refuses.
    pub(crate) fn preflight(&self, request: &HeaderMap) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        self.apply(headers);
        headers.append(VARY, HeaderValue::from_static("access-control-request-method, access-control-request-headers"));
        if self.origin.is_some() {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, self.rules.methods.clone());
            let asked = request.get(ACCESS_CONTROL_REQUEST_HEADERS);
            if let Some(allowed) = self.rules.headers.as_ref().or(asked) {
                headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed.clone());
            }
            headers.insert(ACCESS_CONTROL_MAX_AGE, self.rules.max_age.clone());
            headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
        }
        response
    }

    /// Says in an answer what is granted, in place of whatever the backend said.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        let theirs: Vec<HeaderName> =
            headers.keys().filter(|name| name.as_str().starts_with("access-control-")).cloned().collect();
        for name in theirs {
            headers.remove(name);
        }
        if matches!(self.rules.origins, Origins::Listed(_)) && !varies_by_origin(headers) {
            // Also without an origin: a cache must not keep this answer for a page that has one.
            headers.append(VARY, HeaderValue::from_static("origin"));
        }
        let Some(origin) = &self.origin else { return };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if self.rules.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        if let Some(expose) = &self.rules.expose {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, expose.clone());
        }
    }
}

fn varies_by_origin(headers: &HeaderMap) -> bool {
    let names = headers.get_all(VARY).iter().flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
    names.map(<[u8]>::trim_ascii).any(|name| name == b"*" || name.eq_ignore_ascii_case(b"origin"))
}

/// An origin as browsers write it: lower case, without the scheme's own port. `None` if `text` is no origin.
pub fn normal(text: &str) -> Option<Box<str>> {
    let text = text.to_ascii_lowercase();
    let (scheme, authority) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let parsed: http::uri::Authority = authority.parse().ok()?;
    if !is_scheme || parsed.host().is_empty() || authority.contains(['@', '*', '%']) {
        return None;
    }
    let host = without_port(authority, default_port(scheme));
    Some(format!("{scheme}://{host}").into())
}

/// True if `origin` is that of a page which the called host itself delivered.
///
/// The scheme is not compared: behind a balancer that ends TLS a page of `https://` calls us without.
pub(crate) fn is_same(origin: &HeaderValue, host: &str) -> bool {
    let Some((scheme, authority)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    let port = default_port(scheme);
    without_port(authority, port).eq_ignore_ascii_case(without_port(host, port))
}

fn default_port(scheme: &str) -> Option<&'static str> {
    match scheme {
        "http" => Some(":80"),
        "https" => Some(":443"),
        _ => None,
    }
}

fn without_port<'a>(authority: &'a str, port: Option<&str>) -> &'a str {
    port.and_then(|port| authority.strip_suffix(port)).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_in_their_normal_form() {
        for (written, normal_form) in [
            ("https://App.example", Some("https://app.example")),
            ("https://app.example:443", Some("https://app.example")),
            ("https://app.example:80", Some("https://app.example:80")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("capacitor://localhost", Some("capacitor://localhost")),
            ("null", None),
            ("app.example", None),
            ("https://", None),
            ("https://app.example/", None),
            ("https://app.example/path", None),
            ("https://*.example", None),
            ("https://user@app.example", None),
            ("https://a https://b", None),
        ] {
            assert_eq!(normal(written).as_deref(), normal_form, "{written}");
        }
    }

    #[test]
    fn the_same_host_in_other_words() {
        let same = |origin: &'static str, host| is_same(&HeaderValue::from_static(origin), host);
        assert!(same("https://api.example", "api.example"));
        assert!(same("http://api.example", "API.example:80"));
        assert!(same("http://api.example:8080", "api.example:8080"));
        for (origin, host) in [
            ("null", "null"),
            ("https://api.example:8080", "api.example"),
            ("https://www.api.example", "api.example"),
            ("https://api.example.evil", "api.example"),
            ("https://api.example https://api.example", "api.example"),
        ] {
            assert!(!same(origin, host), "{origin} {host}");
        }
    }
}
