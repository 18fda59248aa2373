//! The first bytes of a connection to a TLS port: is it TLS, and which version does the client have in mind?
//!
//! rustls knows TLS 1.2 and 1.3 alone, and says of an older client that its signature algorithms are missing. To tell
//! whoever reads the log, and the client, that its version is too old, the hello is looked at here as well.

/// The first type of record of a TLS connection.
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SUPPORTED_VERSIONS: u16 = 43;

/// The oldest version that is served: TLS 1.2.
pub(crate) const OLDEST: u16 = 0x0303;

/// True if a connection that begins with `first` may be TLS: a record with a handshake, or a hello in the form of
/// SSL 2.0, by which very old clients also offer newer versions.
pub(crate) fn is_tls(first: u8) -> bool {
    first == HANDSHAKE || first & 0x80 != 0
}

/// The newest version that the hello in `bytes` offers, if it is there whole and is one.
pub(crate) fn version(bytes: &[u8]) -> Option<u16> {
    if let [first, _, CLIENT_HELLO, major, minor, ..] = bytes
        && first & 0x80 != 0
    {
        return Some(u16::from_be_bytes([*major, *minor]));
    }
    let message = message(bytes)?;
    let mut hello = Reader(&message);
    let legacy = hello.number()?;
    hello.take(32)?;
    hello.vector8()?;
    hello.vector16()?;
    hello.vector8()?;
    let Some(extensions) = hello.vector16() else { return Some(legacy) };
    let mut extensions = Reader(extensions);
    while let Some(kind) = extensions.number() {
        let content = extensions.vector16()?;
        if kind == SUPPORTED_VERSIONS {
            let mut offered = Reader(Reader(content).vector8()?);
            let versions = std::iter::from_fn(|| offered.number());
            // Values of the form 0x?a?a are offered to see whether servers stumble (RFC 8701).
            return versions.filter(|version| version & 0x0f0f != 0x0a0a).max();
        }
    }
    Some(legacy)
}

/// As the vendors' logs write it.
pub(crate) fn version_name(version: u16) -> String {
    match version {
        0x0002 => "SSLv2".to_owned(),
        0x0300 => "SSLv3".to_owned(),
        0x0301 => "TLSv1".to_owned(),
        0x0302..=0x0304 => format!("TLSv1.{}", version - 0x0301),
        _ => format!("0x{version:04x}"),
    }
}

/// The first handshake message, put together from its records; `None` if it is not there whole, or is no hello.
fn message(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut records = Reader(bytes);
    let mut whole = Vec::new();
    loop {
        let [HANDSHAKE, _, _] = records.take(3)? else { return None };
        whole.extend_from_slice(records.vector16()?);
        let mut message = Reader(&whole);
        if let Some(head) = message.take(4) {
            let [CLIENT_HELLO, high, middle, low] = *head else { return None };
            let length = u32::from_be_bytes([0, high, middle, low]);
            if let Some(message) = message.take(usize::try_from(length).ok()?) {
                return Some(message.to_vec());
            }
        }
    }
}

/// Reads on in bytes. `None` where there are too few.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        let [high, low] = *self.take(2)? else { return None };
        Some(u16::from_be_bytes([high, low]))
    }

    fn vector8(&mut self) -> Option<&'a [u8]> {
        let [length] = *self.take(1)? else { return None };
        self.take(length.into())
    }

    fn vector16(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hello of `legacy` version with these extensions, in records of at most `piece` bytes.
    fn hello(legacy: u16, extensions: Option<&[u8]>, piece: usize) -> Vec<u8> {
        let mut body = legacy.to_be_bytes().to_vec();
        body.extend([7; 32]);
        body.extend([0, 0, 2, 0x13, 0x01, 1, 0]);
        if let Some(extensions) = extensions {
            body.extend(u16::try_from(extensions.len()).unwrap_or(0).to_be_bytes());
            body.extend(extensions);
        }
        let mut message = vec![CLIENT_HELLO, 0];
        message.extend(u16::try_from(body.len()).unwrap_or(0).to_be_bytes());
        message.extend(body);
        let mut bytes = Vec::new();
        for piece in message.chunks(piece) {
            bytes.extend([HANDSHAKE, 3, 1]);
            bytes.extend(u16::try_from(piece.len()).unwrap_or(0).to_be_bytes());
            bytes.extend(piece);
        }
        bytes
    }

    #[test]
    fn the_newest_version_is_found() {
        let versions = [0, 43, 0, 7, 6, 0x7a, 0x7a, 3, 3, 3, 4];
        let other = [0, 23, 0, 0];
        for (what, bytes, version_expected, name) in [
            ("before extensions", hello(0x0301, None, 999), 0x0301, "TLSv1"),
            ("without supported versions", hello(0x0302, Some(&other), 999), 0x0302, "TLSv1.1"),
            ("with them", hello(0x0303, Some(&[&other[..], &versions].concat()), 999), 0x0304, "TLSv1.3"),
            ("in several records", hello(0x0303, Some(&versions), 5), 0x0304, "TLSv1.3"),
            ("in the form of SSL 2.0", vec![0x80, 0x2e, 1, 3, 1, 0, 0], 0x0301, "TLSv1"),
        ] {
            assert_eq!(version(&bytes), Some(version_expected), "{what}");
            assert_eq!(version_name(version_expected), name);
        }
    }

    #[test]
    fn a_part_says_nothing() {
        let whole = hello(0x0303, Some(&[0, 43, 0, 3, 2, 3, 4]), 7);
        for end in 0..whole.len() {
            assert_eq!(version(&whole[..end]), None, "{end}");
        }
        assert_eq!(version(b"GET / HTTP/1.1\r\n"), None);
    }
}
