//! The call names a host, once, and it is one of ours.

use std::borrow::Cow;

use apigw_errors::{Condition, ConditionId};
use http::header::HOST;
use http::request::Parts;

use super::{CheckInfo, Phase, Verdict, asked, what};
use crate::snapshot::Host;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::host",
    phase: Phase::Host,
    what: what(
        "Takes the host name from the target or from `Host`, which must be there once and well-formed, and looks it up in the configuration.",
        "从请求目标或 `Host` 头取得域名（必须恰好一个且格式正确），再到配置中查找。",
    ),
    raises: &[ConditionId::RequestHostMissing, ConditionId::RequestHostInvalid, ConditionId::RouteNotFoundHost],
};

/// The name called: lower case, without port. In absolute form the target decides, and `Host` is not looked at: one
/// authority is used for everything.
///
/// # Errors
/// [`Condition::RequestHostMissing`], [`Condition::RequestHostInvalid`]
pub(crate) fn name(parts: &Parts) -> Verdict<Cow<'_, str>> {
    let text = if let Some(authority) = parts.uri.authority() {
        authority.as_str()
    } else {
        let mut fields = parts.headers.get_all(HOST).iter();
        let field = fields.next().ok_or(Condition::RequestHostMissing)?;
        if fields.next().is_some() {
            return Err(Condition::RequestHostInvalid);
        }
        if field.is_empty() {
            return Err(Condition::RequestHostMissing);
        }
        let text = field.to_str().map_err(|_| Condition::RequestHostInvalid)?;
        if is_plain(text) {
            return Ok(Cow::Borrowed(text));
        }
        text
    };
    let name = without_port(text).ok_or(Condition::RequestHostInvalid)?;
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Ok(Cow::Owned(name.to_ascii_lowercase()));
    }
    Ok(Cow::Borrowed(name))
}

/// Passes on the host that was found under the name that [`name`] gave.
///
/// # Errors
/// Those of [`name`], and [`Condition::RouteNotFoundHost`].
pub(crate) fn check<'a>(named: Verdict, found: Option<&'a Host>, parts: &Parts) -> Verdict<&'a Host> {
    named?;
    found.ok_or_else(|| {
        let asked = asked(parts);
        Condition::RouteNotFoundHost { host: asked.host, method: asked.method, uri: asked.uri }
    })
}

/// True for a name that is written as nearly all are: lower-case letters, digits, dots and hyphens, and no port. The rest is
/// looked at more closely.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// Checks `name[:port]` and `[v6][:port]`, and takes the port off.
fn without_port(text: &str) -> Option<&str> {
    let (name, port) = if let Some(rest) = text.strip_prefix('[') {
        let end = rest.find(']')?;
        let inside = rest.get(..end)?;
        inside.parse::<std::net::Ipv6Addr>().ok()?;
        (text.get(..end + 2)?, rest.get(end + 1..)?)
    } else {
        let end = text.find(':').unwrap_or(text.len());
        let (name, port) = text.split_at_checked(end)?;
        let fits = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'-' | b'.'
                        | b'_'
                        | b'~'
                        | b'!'
                        | b'$'
                        | b'&'
                        | b'\''
                        | b'('
                        | b')'
                        | b'*'
                        | b'+'
                        | b','
                        | b';'
                        | b'='
                        | b'%'
                )
        };
        if name.is_empty() || !name.bytes().all(fits) {
            return None;
        }
        (name, port)
    };
    match port.strip_prefix(':') {
        None => port.is_empty().then_some(name),
        // An empty port is the default one (RFC 3986, section 3.2.3).
        Some("") => Some(name),
        Some(digits) => {
            let is_port = digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok();
            is_port.then_some(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ports() {
        assert_eq!(without_port("a.example"), Some("a.example"));
        assert_eq!(without_port("a.example:80"), Some("a.example"));
        assert_eq!(without_port("a:"), Some("a"));
        assert_eq!(without_port("[::1]:8080"), Some("[::1]"));
        assert!(is_plain("a-1.example"));
        for odd in ["A", "a:1", "a_b", "[::1]", "a b"] {
            assert!(!is_plain(odd), "{odd:?}");
        }
        for bad in ["", ":80", "a b", "u@h", "h/x", "h:x", "h:99999", "h:80:80", "[::1", "[x]", "[::1]x", "h:+8", "a\0"]
        {
            assert_eq!(without_port(bad), None, "{bad:?}");
        }
    }
}
