//! The header fields of a request to a backend, written as they are set.
//!
//! A header map would be copied, searched, changed and read again for every call. Here each field becomes its line at
//! once: first what the gateway says, of which the first word counts, then whatever of the client's fields is left.

use http::header::CONNECTION;
use http::{HeaderMap, HeaderName, HeaderValue};

/// Room for the fields of most requests.
const TEXT: usize = 1 << 10;

/// Room for the names that most envelopes set.
const NAMES: usize = 16;

/// See the module.
#[derive(Debug)]
pub struct Fields {
    /// A line end, then a field, for each.
    text: Vec<u8>,
    /// What is decided, whether it was set or left out.
    decided: Vec<HeaderName>,
    /// Has the [`bit`] of each of them: most names need no further look.
    bits: u64,
}

impl Default for Fields {
    fn default() -> Self {
        Self { text: Vec::with_capacity(TEXT), decided: Vec::with_capacity(NAMES), bits: 0 }
    }
}

impl FromIterator<(HeaderName, HeaderValue)> for Fields {
    fn from_iter<I: IntoIterator<Item = (HeaderName, HeaderValue)>>(first: I) -> Self {
        let mut fields = Self::default();
        for (name, value) in first {
            fields.set(name, &value);
        }
        fields
    }
}

impl Fields {
    /// The backend gets this field, in place of the client's of the same name. Nothing is done if the name was set or
    /// left out before.
    pub fn set(&mut self, name: HeaderName, value: &HeaderValue) {
        self.set_text(name, value.as_bytes());
    }

    /// The same for a text of the gateway's own, without control characters.
    pub(crate) fn set_text(&mut self, name: HeaderName, value: &[u8]) {
        if !self.is_decided(&name) {
            line(&name, value, &mut self.text);
            self.decide(name);
        }
    }

    /// The backend gets no such field, whatever the client sent.
    pub fn leave_out(&mut self, name: HeaderName) {
        if !self.is_decided(&name) {
            self.decide(name);
        }
    }

    /// Adds the client's fields, without those that are decided, that concern its connection to us, or that say how its
    /// body is framed. Each begins with a line end, and none ends with one.
    pub fn pass_on(mut self, client: &HeaderMap) -> Vec<u8> {
        let lists = client.get_all(CONNECTION).iter();
        let named: Vec<HeaderName> = lists.flat_map(|list| named(list.as_bytes())).collect();
        for (name, value) in client {
            if !self.is_ours(name) && !named.contains(name) {
                line(name, value.as_bytes(), &mut self.text);
            }
        }
        self.text
    }

    /// True for fields that are the gateway's to say.
    fn is_ours(&self, name: &HeaderName) -> bool {
        ends_here(name) || self.is_decided(name) || hyphenated(name).is_some_and(|name| ends_here(&name))
    }

    fn is_decided(&self, name: &HeaderName) -> bool {
        self.bits & bit(name) != 0 && self.decided.iter().any(|decided| is_one_name(decided, name))
    }

    fn decide(&mut self, name: HeaderName) {
        self.bits |= bit(&name);
        self.decided.push(name);
    }
}

/// True for names that servers hand to programs as one: CGI and what descends from it make `_` of `-`, so that `X_Real_IP`
/// would arrive beside `X-Real-IP`, or instead of it.
fn is_one_name(one: &HeaderName, other: &HeaderName) -> bool {
    let (one, other) = (one.as_str().bytes(), other.as_str().bytes());
    let hyphen = |byte| if byte == b'_' { b'-' } else { byte };
    one.len() == other.len() && one.map(hyphen).eq(other.map(hyphen))
}

/// A name with a `-` for each `_`, if it has any.
fn hyphenated(name: &HeaderName) -> Option<HeaderName> {
    let name = name.as_str();
    // Most names are too short for a search that looks at many bytes at a time.
    let is_split = name.bytes().any(|byte| byte == b'_');
    if is_split { HeaderName::try_from(name.replace('_', "-")).ok() } else { None }
}

/// One of 64 for a name in every spelling. Names that differ mostly differ in their length or their last letter.
fn bit(name: &HeaderName) -> u64 {
    let name = name.as_str();
    let last = name.bytes().next_back().filter(|byte| *byte != b'_').unwrap_or(b'-');
    // Times an odd number, so that letters that follow each other do not take the places of lengths that do.
    1 << ((name.len() + usize::from(last) * 11) % 64)
}

fn line(name: &HeaderName, value: &[u8], out: &mut Vec<u8>) {
    let name = name.as_str().as_bytes();
    out.reserve(name.len() + value.len() + 4);
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
}

/// Fields that concern one connection (RFC 9110, section 7.6.1, and their older relatives).
pub(crate) fn is_hop_by_hop(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "connection"
            | "transfer-encoding"
            | "upgrade"
            | "te"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "keep-alive"
            | "proxy-connection"
            | "http2-settings"
    )
}

/// True for fields of clients that no backend gets as they are: those of one hop, the host and the framing, which are
/// written anew, and the announcement of trailers: nothing is added to a request after it was checked. Where a call comes
/// from, and how, is the envelope's to say, in its own fields; what a client says of it in others might be believed.
fn ends_here(name: &HeaderName) -> bool {
    is_hop_by_hop(name)
        || matches!(
            name.as_str(),
            "host"
                | "content-length"
                | "expect"
                | "trailer"
                | "x-forwarded-for"
                | "x-forwarded-proto"
                | "x-forwarded-host"
                | "x-real-ip"
                | "forwarded"
        )
}

/// What a `Connection` field names beside the fields that are of one hop anyway. A length and a host that it names stay: what is
/// said of them is checked, or is ours.
pub(crate) fn named(list: &[u8]) -> impl Iterator<Item = HeaderName> {
    let words = list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    // Nearly every list is one of these words.
    let words = words.filter(|word| !word.eq_ignore_ascii_case(b"keep-alive") && !word.eq_ignore_ascii_case(b"close"));
    let names = words.filter_map(|word| HeaderName::from_bytes(word).ok());
    names.filter(|name| !is_hop_by_hop(name) && !matches!(name.as_str(), "content-length" | "host"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        fields.iter().map(pair).collect()
    }

    #[test]
    fn what_the_gateway_says_comes_first_and_counts() {
        let client = map(&[
            ("host", "h"),
            ("x-real-ip", "6.6.6.6"),
            ("x-real-ip", "7.7.7.7"),
            ("tracestate", "a=b"),
            ("x-stays", "1"),
            ("x-stays", "2"),
        ]);
        let mut fields = Fields::default();
        fields.set(HeaderName::from_static("x-real-ip"), &HeaderValue::from_static("1.2.3.4"));
        fields.set(HeaderName::from_static("x-real-ip"), &HeaderValue::from_static("5.5.5.5"));
        fields.leave_out(HeaderName::from_static("tracestate"));
        let text = fields.pass_on(&client);
        assert_eq!(text, b"\r\nx-real-ip: 1.2.3.4\r\nx-stays: 1\r\nx-stays: 2");
    }

    #[test]
    fn another_spelling_of_what_is_ours_ends_here() {
        let client = map(&[
            ("x_forwarded_for", "6.6.6.6"),
            ("content_length", "5"),
            ("transfer_encoding", "chunked"),
            ("x-user_id", "root"),
            ("x_user_id", "root"),
            ("x-team-id", "root"),
            ("x_team-id", "root"),
            ("my_own", "stays"),
        ]);
        let mut fields = Fields::default();
        fields.set(HeaderName::from_static("x-user-id"), &HeaderValue::from_static("ann"));
        fields.leave_out(HeaderName::from_static("x_team_id"));
        assert_eq!(fields.pass_on(&client), b"\r\nx-user-id: ann\r\nmy_own: stays");
    }

    #[test]
    fn what_concerns_one_connection_ends_here() {
        let client = map(&[
            ("connection", "close, X-Hop, Host, content-length,, b@d"),
            ("connection", "keep-alive, x-set"),
            ("x-hop", "1"),
            ("x-set", "client"),
            ("content-length", "5"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("trailer", "x"),
            ("upgrade", "h2c"),
            ("expect", "100-continue"),
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil"),
            ("x-real-ip", "6.6.6.6"),
            ("forwarded", "for=6.6.6.6"),
            ("http2-settings", "x"),
            ("transfer-encoding", "chunked"),
            ("proxy-connection", "x"),
            ("proxy-authenticate", "x"),
            ("proxy-authorization", "secret"),
            ("x-stays", "1"),
        ]);
        let mut fields = Fields::default();
        fields.set(HeaderName::from_static("x-set"), &HeaderValue::from_static("gateway"));
        assert_eq!(fields.pass_on(&client), b"\r\nx-set: gateway\r\nx-stays: 1");
    }

    proptest! {
        /// Whatever names there are, the look at bits hides none.
        #[test]
        fn a_name_that_is_decided_is_never_the_clients(names in proptest::collection::vec("[a-z_-]{1,80}", 1..20)) {
            let names: Vec<HeaderName> = names.iter().map(|name| HeaderName::try_from(name).unwrap()).collect();
            let client: HeaderMap = names.iter().map(|name| (name.clone(), HeaderValue::from_static("c"))).collect();
            let mut fields = Fields::default();
            for name in names.iter().step_by(2) {
                fields.leave_out(name.clone());
            }
            let text = String::from_utf8(fields.pass_on(&client)).unwrap();
            for name in names.iter().step_by(2) {
                prop_assert!(!text.split("\r\n").any(|line| line == format!("{name}: c")), "{}", name);
            }
        }
    }
}
