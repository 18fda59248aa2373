//! The PROXY protocol, versions 1 and 2: what a proxy in front says of the connection that it passes on.
//!
//! Read only on listeners that are configured for it, and then demanded: whoever can reach such a listener decides which
//! address is believed. The format is that of `proxy-protocol.txt`, which comes with `HAProxy`; extensions (TLVs) are skipped.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::client_address::Peer;

/// How version 1 begins.
const V1: &[u8] = b"PROXY ";

/// Shortest header of version 1, which is the shortest of all.
const SHORTEST: usize = b"PROXY UNKNOWN\r\n".len();

/// Shortest header of version 1 that has addresses.
const SHORTEST_WITH_ADDRESSES: usize = b"PROXY TCP6 :: :: 0 0\r\n".len();

/// Longest header of version 1, with its line end.
const V1_LONGEST: usize = 107;

/// How version 2 begins.
const V2: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

/// Bytes of version 2 before what it announces.
const V2_FIXED: usize = 16;

/// Bytes of a pair of addresses of Unix sockets.
const UNIX_PAIR: usize = 216;

/// Most bytes that version 2 may announce. Addresses take 216 at most; what else is said of the connection is not read.
const V2_LONGEST: usize = 4 << 10;

/// What the bytes at the beginning of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// The beginning of a header, of which at least so many bytes are missing.
    Part(usize),
    /// No header, whatever follows.
    No,
    /// A header of so many bytes.
    Whole(usize, Source),
}

/// Where a connection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// From the proxy itself, which looks whether we are well.
    Proxy,
    /// From this client.
    Client(Peer),
}

/// Reads the header that `bytes` begin with.
pub fn read(bytes: &[u8]) -> Header {
    if let Some(rest) = bytes.strip_prefix(V2) {
        version_2(rest)
    } else if V2.starts_with(bytes) {
        Header::Part(SHORTEST.saturating_sub(bytes.len()).max(1))
    } else {
        version_1(bytes)
    }
}

fn version_1(bytes: &[u8]) -> Header {
    if !bytes.starts_with(V1) && !V1.starts_with(bytes) {
        return Header::No;
    }
    let line = bytes.get(..V1_LONGEST).unwrap_or(bytes);
    if let Some(end) = line.windows(2).position(|two| two == b"\r\n") {
        let text = line.get(..end).and_then(|line| std::str::from_utf8(line).ok());
        let peer = text.and_then(|text| text.strip_prefix("PROXY ")).and_then(peer);
        return peer.map_or(Header::No, |peer| Header::Whole(end + 2, Source::Client(peer)));
    }
    let shortest = if line.starts_with(b"PROXY TCP") { SHORTEST_WITH_ADDRESSES } else { SHORTEST };
    let end = if line.ends_with(b"\r") { 1 } else { 2 };
    let missing = shortest.saturating_sub(line.len()).max(end);
    if line.len() + missing > V1_LONGEST { Header::No } else { Header::Part(missing) }
}

/// What stands between `PROXY ` and the line end.
fn peer(rest: &str) -> Option<Peer> {
    // Whatever else stands there is to be ignored.
    if rest == "UNKNOWN" || rest.starts_with("UNKNOWN ") {
        return Some(Peer::Unknown);
    }
    let mut words = rest.split(' ');
    let mut word = || words.next();
    let (family, source, destination, port, to) = (word()?, word()?, word()?, word()?, word()?);
    if word().is_some() {
        return None;
    }
    let (source, destination): (IpAddr, IpAddr) = (source.parse().ok()?, destination.parse().ok()?);
    let is_family = match family {
        "TCP4" => source.is_ipv4() && destination.is_ipv4(),
        "TCP6" => source.is_ipv6() && destination.is_ipv6(),
        _ => false,
    };
    let port = number(port)?;
    number(to)?;
    is_family.then(|| Peer::from(SocketAddr::new(source, port)))
}

/// A port as it is printed: digits, without a leading zero.
fn number(text: &str) -> Option<u16> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

fn version_2(rest: &[u8]) -> Header {
    if rest.first().is_some_and(|command| !matches!(command, 0x20 | 0x21)) {
        return Header::No;
    }
    let &[command, family, high, low, ref rest @ ..] = rest else {
        return Header::Part(V2_FIXED - V2.len() - rest.len());
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length > V2_LONGEST {
        return Header::No;
    }
    let Some(body) = rest.get(..length) else { return Header::Part(length - rest.len()) };
    let source = match (command, family) {
        // Sent by the proxy for itself; then the family means nothing.
        (0x20, _) => Some(Source::Proxy),
        // IPv4 and IPv6 over a stream. Datagrams cannot have come this way.
        (_, 0x11) => four(body).map(|source| Source::Client(source.into())),
        (_, 0x21) => six(body).map(|source| Source::Client(source.into())),
        // From a Unix socket of the proxy's machine, which tells nothing about the client.
        (_, 0x31) => (length >= UNIX_PAIR).then_some(Source::Client(Peer::Unknown)),
        // Unspecified.
        (_, 0x00..=0x02) => Some(Source::Client(Peer::Unknown)),
        _ => None,
    };
    source.map_or(Header::No, |source| Header::Whole(V2_FIXED + length, source))
}

/// Source, destination, and the ports of both.
fn four(body: &[u8]) -> Option<SocketAddr> {
    let (source, rest) = body.split_first_chunk::<4>()?;
    let (_, rest) = rest.split_first_chunk::<4>()?;
    let (port, rest) = rest.split_first_chunk()?;
    rest.first_chunk::<2>()?;
    Some(SocketAddr::new(Ipv4Addr::from(*source).into(), u16::from_be_bytes(*port)))
}

/// The same with longer addresses.
fn six(body: &[u8]) -> Option<SocketAddr> {
    let (source, rest) = body.split_first_chunk::<16>()?;
    let (_, rest) = rest.split_first_chunk::<16>()?;
    let (port, rest) = rest.split_first_chunk()?;
    rest.first_chunk::<2>()?;
    Some(SocketAddr::new(Ipv6Addr::from(*source).into(), u16::from_be_bytes(*port)))
}

/// Reads from `stream` whom the other end, which is `proxy`, speaks for; `None` if it does not say. Not one byte behind
/// the header is read: what follows may be TLS.
///
/// # Errors
/// Those of the stream.
pub(crate) async fn introduce<S: AsyncRead + Unpin>(stream: &mut S, proxy: Peer) -> io::Result<Option<Peer>> {
    let mut held = Vec::with_capacity(V1_LONGEST);
    loop {
        let missing = match read(&held) {
            Header::Part(missing) => u64::try_from(missing).unwrap_or(1),
            Header::No => return Ok(None),
            Header::Whole(_, Source::Proxy) => return Ok(Some(proxy)),
            Header::Whole(_, Source::Client(peer)) => return Ok(Some(peer)),
        };
        if (&mut *stream).take(missing).read_buf(&mut held).await? == 0 {
            return Ok(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn client(text: &str) -> Source {
        Source::Client(text.parse::<SocketAddr>().unwrap().into())
    }

    fn v2(fixed: [u8; 4], body: &[u8]) -> Vec<u8> {
        [V2.as_slice(), &fixed, body].concat()
    }

    #[test]
    fn version_1_is_read() {
        let line = b"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET /";
        assert_eq!(read(line), Header::Whole(line.len() - 5, client("192.0.2.1:56324")));
        let line = b"PROXY TCP6 2001:db8::1 ::1 1 2\r\n";
        assert_eq!(read(line), Header::Whole(line.len(), client("[2001:db8::1]:1")));
        // One client, however its address came.
        assert_eq!(read(b"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n"), Header::Whole(37, client("192.0.2.1:1")));
        for unknown in ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 nonsense\r\n"] {
            assert_eq!(read(unknown.as_bytes()), Header::Whole(unknown.len(), Source::Client(Peer::Unknown)));
        }
    }

    #[test]
    fn what_is_no_header_is_none() {
        for text in [
            "GET / HTTP/1.1\r\n",
            "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n",
            "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 1\r\n",
            "PROXY TCP4 2001:db8::1 ::1 1 2\r\n",
            "PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n",
            "PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n",
            "PROXY UNKNOWNS\r\n",
            "PROXY TCP4 192.0.2.01 198.51.100.1 1 2\r\n",
            "PROXY TCP4 192.0.2.1 198.51.100.1 01 2\r\n",
            "PROXY TCP4 192.0.2.1 198.51.100.1 +1 2\r\n",
            "PROXY TCP4 192.0.2.1 198.51.100.1 65536 2\r\n",
            "PROXY  TCP4 192.0.2.1 198.51.100.1 1 2\r\n",
            "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 \r\n",
            "PROXY\r\n\r\n",
            "proxy TCP4 192.0.2.1 198.51.100.1 1 2\r\n",
            "\r\n\r\n\r\n",
        ] {
            assert_eq!(read(text.as_bytes()), Header::No, "{text:?}");
        }
        assert_eq!(read(format!("PROXY UNKNOWN {}", "x".repeat(93)).as_bytes()), Header::No);
        let longest = format!("PROXY UNKNOWN {}\r\n", "x".repeat(91));
        assert_eq!(read(longest.as_bytes()), Header::Whole(107, Source::Client(Peer::Unknown)));
    }

    #[test]
    fn version_2_is_read() {
        let addresses = [192, 0, 2, 1, 198, 51, 100, 1, 0xdc, 4, 1, 187];
        let bytes = v2([0x21, 0x11, 0, 12], &[&addresses[..], b"GET"].concat());
        assert_eq!(read(&bytes), Header::Whole(28, client("192.0.2.1:56324")));
        let with_extension = v2([0x21, 0x11, 0, 16], &[&addresses[..], &[4, 0, 1, 9]].concat());
        assert_eq!(read(&with_extension), Header::Whole(32, client("192.0.2.1:56324")));
        let mut six = [0; 36];
        six[..4].copy_from_slice(&[0x20, 1, 0xd, 0xb8]);
        (six[15], six[33]) = (1, 7);
        assert_eq!(read(&v2([0x21, 0x21, 0, 36], &six)), Header::Whole(52, client("[2001:db8::1]:7")));
        // Whatever family a proxy puts there when it speaks for itself.
        for family in [0, 0x11, 0x99] {
            assert_eq!(read(&v2([0x20, family, 0, 1], &[0])), Header::Whole(17, Source::Proxy));
        }
        let unknown = Source::Client(Peer::Unknown);
        assert_eq!(read(&v2([0x21, 0x31, 0, 216], &[0; 216])), Header::Whole(232, unknown));
        assert_eq!(read(&v2([0x21, 0, 0, 0], &[])), Header::Whole(16, unknown));
    }

    #[test]
    fn what_version_2_does_not_know_is_refused() {
        for wrong in [
            [0x11, 0x11, 0, 12], // another version
            [0x22, 0x11, 0, 12], // another command
            [0x21, 0x11, 0, 11], // addresses that are cut
            [0x21, 0x21, 0, 35],
            [0x21, 0x31, 0, 215],
            [0x21, 0x12, 0, 12],   // datagrams
            [0x21, 0x41, 0, 12],   // another family
            [0x21, 0x11, 0x10, 1], // more than anybody has to say
            [0x20, 0x11, 0xff, 0xff],
        ] {
            assert_eq!(read(&v2(wrong, &[0; 300])), Header::No, "{wrong:?}");
        }
    }

    fn header() -> impl Strategy<Value = (Vec<u8>, Source)> {
        let four = (any::<Ipv4Addr>(), any::<u16>(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..40));
        let four = four.prop_map(|(ip, port, old, more)| {
            let bytes = if old {
                format!("PROXY TCP4 {ip} 127.0.0.1 {port} 80\r\n").into_bytes()
            } else {
                let length = u8::try_from(12 + more.len()).unwrap();
                let body = [&ip.octets()[..], &[0; 4], &port.to_be_bytes(), &[0; 2], &more].concat();
                v2([0x21, 0x11, 0, length], &body)
            };
            (bytes, Source::Client(SocketAddr::new(ip.into(), port).into()))
        });
        let six = (any::<Ipv6Addr>(), any::<u16>(), any::<bool>()).prop_map(|(ip, port, old)| {
            let bytes = if old {
                format!("PROXY TCP6 {ip} ::1 {port} 65535\r\n").into_bytes()
            } else {
                v2([0x21, 0x21, 0, 36], &[&ip.octets()[..], &[0; 16], &port.to_be_bytes(), &[0; 2]].concat())
            };
            (bytes, Source::Client(SocketAddr::new(ip.into(), port).into()))
        });
        let unknown = "[^\r\n]{0,20}"
            .prop_map(|text| (format!("PROXY UNKNOWN {text}\r\n").into_bytes(), Source::Client(Peer::Unknown)));
        prop_oneof![four, six, unknown]
    }

    proptest! {
        /// However it comes in pieces, and whatever follows it: it is read, and nothing behind it is asked for.
        #[test]
        fn a_header_is_read_and_no_byte_more((bytes, source) in header(), behind in prop::collection::vec(any::<u8>(), 0..9)) {
            for length in 0..bytes.len() {
                match read(&bytes[..length]) {
                    Header::Part(missing) => prop_assert!((1..=bytes.len() - length).contains(&missing), "{length}"),
                    other => prop_assert!(false, "{length}: {other:?}"),
                }
            }
            prop_assert_eq!(read(&[&bytes[..], &behind].concat()), Header::Whole(bytes.len(), source));
        }

        /// Whatever comes, the verdict stands: more bytes change neither a whole header nor a refusal, and none is so long
        /// that it would have to be waited for without end.
        #[test]
        fn a_verdict_stands(
            begin in prop_oneof![Just(&b""[..]), Just(V1), Just(&b"PROXY TCP4 "[..]), Just(&V2[..]), Just(&b"PROXY UNKNOWN"[..])],
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            more in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let bytes = [begin, &bytes].concat();
            let longer = [&bytes[..], &more].concat();
            match read(&bytes) {
                Header::Part(missing) => prop_assert!((1..=V2_LONGEST).contains(&missing)),
                verdict @ Header::Whole(length, _) => {
                    prop_assert!(length <= bytes.len());
                    prop_assert_eq!(read(&longer), verdict);
                }
                Header::No => prop_assert_eq!(read(&longer), Header::No),
            }
        }
    }

    #[tokio::test]
    async fn what_follows_is_left_in_the_stream() {
        let mut stream: &[u8] = b"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n\x16\x03\x01";
        let peer = introduce(&mut stream, Peer::Unix).await.unwrap();
        assert_eq!(peer, Some("192.0.2.1:56324".parse::<SocketAddr>().unwrap().into()));
        assert_eq!(stream, b"\x16\x03\x01");
        let own = v2([0x20, 0, 0, 0], b"rest");
        let mut stream = &own[..];
        assert_eq!(introduce(&mut stream, Peer::Unix).await.unwrap(), Some(Peer::Unix));
        assert_eq!(stream, b"rest");
        for cut in ["", "PROXY TCP4 192.0.2.1", "GET / HTTP/1.1\r\n\r\n"] {
            assert_eq!(introduce(&mut cut.as_bytes(), Peer::Unix).await.unwrap(), None, "{cut:?}");
        }
    }
}
