//! Whose address a call comes from.
//!
//! The other end of the connection, unless that is a proxy which the configuration trusts: then the right-most element
//! of `X-Forwarded-For` that is no such proxy, because what stands left of it was written by somebody whom nobody vouches
//! for. No other field is read, not even of a trusted proxy: one that appends to this field may pass others on as a
//! client sent them. So `X-Forwarded-Proto`, too, is believed only where the configuration says that the proxies set it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};

use crate::network::Networks;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// An end of a connection. Made from a [`SocketAddr`], whose IPv4 address is one even if it came mapped into IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// An address, from the socket or from the PROXY protocol.
    Address(SocketAddr),
    /// Somebody on this machine, on a Unix socket.
    Unix,
    /// Somebody behind a proxy that does not say whom it speaks for.
    Unknown,
}

impl Peer {
    /// Its address.
    pub fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Address(address) => Some(address.ip()),
            Self::Unix | Self::Unknown => None,
        }
    }
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        Self::Address(SocketAddr::new(address.ip().to_canonical(), address.port()))
    }
}

impl fmt::Display for Peer {
    /// `192.0.2.1:4711`, `unix`, `unknown`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Unix => f.write_str("unix"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// The proxies whose word about clients is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    /// Those in these networks.
    pub networks: Networks,
    /// Whoever comes by a Unix socket.
    pub unix: bool,
    /// They also say what the client speaks, in `X-Forwarded-Proto`.
    pub protocol: bool,
}

impl TrustedProxies {
    /// True if `peer` is one of them.
    pub(crate) fn trust(&self, peer: Peer) -> bool {
        match peer {
            Peer::Address(address) => self.networks.contains(address.ip()),
            Peer::Unix => self.unix,
            Peer::Unknown => false,
        }
    }

    /// Whether the client speaks HTTPS, as a proxy says that may say so; `None` if none does, or not plainly.
    pub fn encrypted(&self, peer: Peer, headers: &HeaderMap) -> Option<bool> {
        if !self.protocol || !self.trust(peer) {
            return None;
        }
        let mut fields = headers.get_all(X_FORWARDED_PROTO).iter();
        // Of several, one may be the client's.
        let field = fields.next().filter(|_| fields.next().is_none())?.as_bytes();
        if field.eq_ignore_ascii_case(b"https") {
            Some(true)
        } else {
            field.eq_ignore_ascii_case(b"http").then_some(false)
        }
    }

    /// The client's address; `None` if nobody knows it.
    pub fn client(&self, peer: Peer, headers: &HeaderMap) -> Option<IpAddr> {
        let mut farthest = peer.ip();
        if !self.trust(peer) {
            return farthest;
        }
        let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
        for text in lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')) {
            // What cannot be read is no address, and whoever stands left of it was vouched for by nobody.
            farthest = Some(element(text)?);
            if farthest.is_some_and(|ip| !self.networks.contains(ip)) {
                break;
            }
        }
        farthest
    }
}

/// An address, with or without a port. Nothing else is one: no name, no `unknown`, no octal or shortened form.
fn element(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text.trim_ascii()).ok()?;
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok().filter(IpAddr::is_ipv6);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port).or_else(bare).map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;
    use crate::network::Network;

    fn trusted() -> TrustedProxies {
        let networks = ["10.0.0.0/8", "2001:db8::/32"];
        TrustedProxies {
            networks: networks.into_iter().filter_map(Network::parse).collect(),
            unix: true,
            protocol: true,
        }
    }

    fn peer(text: &str) -> Peer {
        match text {
            "unix" => Peer::Unix,
            "unknown" => Peer::Unknown,
            ip => SocketAddr::new(ip.parse().unwrap(), 9).into(),
        }
    }

    fn client(from: &str, fields: &[(&'static str, &'static str)]) -> Option<String> {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let headers: HeaderMap = fields.iter().map(pair).collect();
        trusted().client(peer(from), &headers).map(|ip| ip.to_string())
    }

    fn forwarded(peer: &str, value: &'static str) -> Option<String> {
        client(peer, &[("x-forwarded-for", value)])
    }

    #[test]
    fn strangers_are_not_believed() {
        assert_eq!(forwarded("192.0.2.9", "198.51.100.1").as_deref(), Some("192.0.2.9"));
        assert_eq!(forwarded("unknown", "198.51.100.1"), None);
        let nobody = TrustedProxies::default();
        let headers = HeaderMap::from_iter([(X_FORWARDED_FOR, HeaderValue::from_static("198.51.100.1"))]);
        assert_eq!(nobody.client(Peer::Unix, &headers), None);
        assert_eq!(nobody.client(peer("10.0.0.1"), &headers), Some("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn the_right_most_untrusted_element_counts() {
        assert_eq!(forwarded("10.0.0.1", "192.0.2.1, 198.51.100.7, 10.9.9.9").as_deref(), Some("198.51.100.7"));
        assert_eq!(forwarded("10.0.0.1", "10.1.1.1,10.2.2.2").as_deref(), Some("10.1.1.1"));
        assert_eq!(forwarded("::ffff:10.0.0.1", "::ffff:192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(forwarded("2001:db8::1", "[2001:db9::1]:443").as_deref(), Some("2001:db9::1"));
        assert_eq!(forwarded("2001:db8::1", "junk, [2001:db9::1]").as_deref(), Some("2001:db9::1"));
        assert_eq!(forwarded("unix", "192.0.2.1:80").as_deref(), Some("192.0.2.1"));
        let two = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "10.0.0.2")];
        assert_eq!(client("10.0.0.1", &two).as_deref(), Some("192.0.2.1"));
        assert_eq!(client("10.0.0.1", &[]).as_deref(), Some("10.0.0.1"));
        assert_eq!(client("unix", &[]), None);
        // Nor is a trusted proxy asked in any other way.
        let others = [("x-real-ip", "192.0.2.1"), ("forwarded", "for=192.0.2.1")];
        assert_eq!(client("10.0.0.1", &others).as_deref(), Some("10.0.0.1"));
    }

    #[test]
    fn what_the_client_speaks_is_for_one_proxy_to_say_plainly() {
        let said = |from: &str, values: &[&'static str]| {
            let fields = values.iter().map(|value| (X_FORWARDED_PROTO, HeaderValue::from_static(value)));
            trusted().encrypted(peer(from), &fields.collect())
        };
        assert_eq!(said("10.0.0.1", &["https"]), Some(true));
        assert_eq!(said("unix", &["HTTP"]), Some(false));
        assert_eq!(said("192.0.2.9", &["https"]), None);
        assert_eq!(said("unknown", &["https"]), None);
        for unclear in [&[][..], &["https", "https"], &["https, http"], &["wss"], &[""]] {
            assert_eq!(said("10.0.0.1", unclear), None, "{unclear:?}");
        }
        let silent = TrustedProxies { protocol: false, ..trusted() };
        let headers = HeaderMap::from_iter([(X_FORWARDED_PROTO, HeaderValue::from_static("https"))]);
        assert_eq!(silent.encrypted(peer("10.0.0.1"), &headers), None);
    }

    #[test]
    fn junk_is_nobody() {
        for junk in [
            "unknown",
            "",
            "192.0.2.1,",
            "192.0.2.1, ,10.0.0.2",
            "0300.0.2.1",
            "192.0.2.01",
            "192.0.2",
            "0xc0000201",
            "3221225985",
            "example.com",
            "[192.0.2.1]",
            "1.2.3.4.5",
            "192.0.2.1:",
            "192.0.2.1:99999",
            "fe80::1%eth0",
            "192.0.2.1 10.0.0.2",
            "\"192.0.2.1\"",
            "_hidden",
        ] {
            assert_eq!(forwarded("10.0.0.1", junk), None, "{junk:?}");
        }
    }

    proptest! {
        /// However a client fills the field before the trusted proxies append to it, it is not believed.
        #[test]
        fn what_a_client_writes_changes_nothing(
            written in "[ -~]{0,40}",
            own in any::<[u8; 4]>().prop_filter("not trusted", |own| own[0] != 10),
            proxies in prop::collection::vec(any::<[u8; 3]>(), 0..4),
            split in any::<bool>(),
        ) {
            let own = IpAddr::from(own);
            let mut chain = vec![own.to_string()];
            chain.extend(proxies.iter().map(|[a, b, c]| format!("10.{a}.{b}.{c}")));
            let appended = chain.join(", ");
            let mut headers = HeaderMap::new();
            if split {
                headers.append(X_FORWARDED_FOR, HeaderValue::try_from(written.as_str()).unwrap());
                headers.append(X_FORWARDED_FOR, HeaderValue::try_from(appended.as_str()).unwrap());
            } else {
                headers.append(X_FORWARDED_FOR, HeaderValue::try_from(format!("{written},{appended}")).unwrap());
            }
            prop_assert_eq!(trusted().client(peer("10.0.0.1"), &headers), Some(own));
            // Without a trusted proxy in between, the connection's own address counts.
            prop_assert_eq!(trusted().client(peer("192.0.2.9"), &headers), peer("192.0.2.9").ip());
        }

        #[test]
        fn an_address_is_read_in_each_of_its_forms(ip in any::<IpAddr>(), port in any::<u16>()) {
            let canonical = Some(ip.to_canonical());
            prop_assert_eq!(element(ip.to_string().as_bytes()), canonical);
            prop_assert_eq!(element(SocketAddr::new(ip, port).to_string().as_bytes()), canonical);
            prop_assert_eq!(element(format!(" \t{ip} ").as_bytes()), canonical);
        }
    }
}
