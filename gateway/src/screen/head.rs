//! A head: request line and fields (RFC 9112, sections 2 to 5), read line by line as it comes in.

use std::ops::Range;

use http::{HeaderValue, Method, Uri};

use super::{Bounds, Fault, Refusal, scan};

/// Line ends in front of a request line, which clients of old left behind a body. More are noise.
const BLANKS: usize = 8;

/// Longest method. No registered one has half as many letters.
const METHOD: usize = 64;

/// How a TLS connection begins: a record of a handshake (RFC 8446, section 5.1).
const HELLO: u8 = 22;

/// Longest field name; the parser's own bound is far above.
const NAME: usize = 8 << 10;

/// What a field line has besides name and value: colon, one space, line end.
const LINE: usize = ": \r\n".len();

/// Where the body ends, and what comes behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is none.
    None,
    /// It has so many bytes, at least one.
    Length(u64),
    /// It is chunked.
    Chunks,
    /// There is none, and if the answer agrees, another protocol follows.
    Asks,
}

/// What is known of a head so far. Positions count from its first byte.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field that was or was not there, and all combine")]
pub(super) struct Head {
    /// Where the next line begins.
    at: usize,
    /// Line ends in front.
    blanks: usize,
    method: Range<usize>,
    target: Range<usize>,
    has_line: bool,
    is_old: bool,
    fields: usize,
    bytes: usize,
    host: Option<Range<usize>>,
    length: Option<u64>,
    is_chunked: bool,
    asks: bool,
}

/// A field line.
struct Field {
    name: usize,
    value: Range<usize>,
    line: usize,
}

impl Head {
    /// True once there is more than line ends.
    pub(super) fn has_begun(&self) -> bool {
        self.has_line || !self.method.is_empty()
    }

    /// Reads on in `bytes`, which begin where the head does. `None` if it is not whole; else its length and what
    /// follows it.
    pub(super) fn advance(&mut self, bytes: &[u8], bounds: &Bounds) -> Result<Option<(usize, Framing)>, Fault> {
        if !self.has_line && !self.request_line(bytes, bounds)? {
            return Ok(None);
        }
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            match rest {
                [b'\r', b'\n', ..] => return Ok(Some((self.at + 2, self.framing()))),
                [] | [b'\r'] => return Ok(None),
                _ => {}
            }
            let Some(field) = field(rest, bounds)? else { return Ok(None) };
            self.fields += 1;
            self.bytes = self.bytes.saturating_add(field.name + field.value.len());
            if self.fields > bounds.header_count || self.bytes > bounds.headers {
                return Err(Fault::LargeFields);
            }
            let name = rest.get(..field.name).unwrap_or_default();
            let value = rest.get(field.value.clone()).unwrap_or_default();
            self.note(name, value, &field)?;
            self.at += field.line;
        }
    }

    /// Reads the request line; false if it is not whole.
    fn request_line(&mut self, bytes: &[u8], bounds: &Bounds) -> Result<bool, Fault> {
        while let Some([b'\r', b'\n']) = bytes.get(self.at..self.at + 2) {
            self.at += 2;
            self.blanks += 2;
            if self.blanks > BLANKS * 2 {
                return Err(Fault::Malformed);
            }
        }
        let line = bytes.get(self.at..).unwrap_or_default();
        if matches!(line, [] | [b'\r']) {
            return Ok(false);
        }
        let method = scan::token(line);
        self.method = self.at..self.at + method;
        if method > METHOD {
            return Err(Fault::Malformed);
        }
        let behind = line.get(method..).unwrap_or_default();
        let rest = match behind {
            [] => return Ok(false),
            [b' ', rest @ ..] if method > 0 => rest,
            [HELLO, ..] if method == 0 => return Err(Fault::Hello),
            _ => return Err(Fault::Malformed),
        };
        let start = self.method.end + 1;
        let scanned = scan::target(rest);
        let (Ok(target) | Err(target)) = scanned;
        if target > bounds.uri {
            return Err(Fault::LongTarget);
        }
        if scanned.is_err() {
            return Err(Fault::Malformed);
        }
        let version = match rest.get(target..).unwrap_or_default() {
            // Of an escape, the rest has to come.
            [] | [b'%'] | [b'%', _] => return Ok(false),
            [b' ', version @ ..] if target > 0 => version,
            _ => return Err(Fault::Malformed),
        };
        self.target = start..start + target;
        let is_old = match version {
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ (b'0' | b'1'), b'\r', b'\n', ..] => *minor == b'0',
            part if [&b"HTTP/1.1\r\n"[..], b"HTTP/1.0\r\n"].iter().any(|whole| whole.starts_with(part)) => {
                return Ok(false);
            }
            _ => return Err(Fault::Malformed),
        };
        let method = line.get(..method).unwrap_or_default();
        let target = rest.get(..target).unwrap_or_default();
        if method == b"CONNECT" {
            return Err(Fault::Method);
        }
        if !target.starts_with(b"/") && !is_absolute(target) {
            return Err(Fault::Malformed);
        }
        self.is_old = is_old;
        self.has_line = true;
        self.at = self.target.end + " HTTP/1.1\r\n".len();
        Ok(true)
    }

    /// Remembers what decides about the host and the framing.
    fn note(&mut self, name: &[u8], value: &[u8], field: &Field) -> Result<(), Fault> {
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => {
                let range = self.at + field.value.start..self.at + field.value.end;
                if self.host.is_some() {
                    return Err(Fault::Host);
                }
                self.host = Some(range);
            }
            7 if name.eq_ignore_ascii_case(b"upgrade") => self.asks = true,
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                // A second one is refused even if it says the same: whoever comes behind us may read the other.
                if self.length.is_some() || self.is_chunked {
                    return Err(Fault::Malformed);
                }
                self.length = Some(length(value).ok_or(Fault::Malformed)?);
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                if self.is_old || self.is_chunked || self.length.is_some() {
                    return Err(Fault::Malformed);
                }
                if !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(coding(value));
                }
                self.is_chunked = true;
            }
            _ => {}
        }
        Ok(())
    }

    fn framing(&self) -> Framing {
        match (self.is_chunked, self.length) {
            (true, _) => Framing::Chunks,
            (false, Some(length @ 1..)) => Framing::Length(length),
            (false, _) if self.asks && !self.is_old => Framing::Asks,
            (false, _) => Framing::None,
        }
    }

    /// What could be read before a fault.
    pub(super) fn refusal(&self, bytes: &[u8], fault: Fault, number: u64) -> Refusal {
        let part = |range: &Range<usize>| bytes.get(range.clone()).filter(|part| !part.is_empty());
        // Behind a method there has to be a space, else it was something else.
        let is_method = bytes.get(self.method.end) == Some(&b' ');
        Refusal {
            fault,
            number,
            method: part(&self.method).filter(|_| is_method).and_then(|text| Method::from_bytes(text).ok()),
            // What is neither path nor address is not to be taken for a host.
            target: part(&self.target)
                .filter(|text| text.starts_with(b"/") || is_absolute(text))
                .and_then(|text| Uri::try_from(text).ok()),
            host: self
                .host
                .as_ref()
                .or(host_in(bytes).as_ref())
                .and_then(part)
                .and_then(|text| HeaderValue::from_bytes(text).ok()),
        }
    }
}

/// How far a host is looked for behind a fault.
const LOOK: usize = 4 << 10;

/// The first line that names a host, for a refusal's voice: the fault may stand in front of it.
fn host_in(bytes: &[u8]) -> Option<Range<usize>> {
    let mut at = 0;
    for line in bytes.get(..bytes.len().min(LOOK)).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
        if let Some((name, value)) = line.split_at_checked(5)
            && name.eq_ignore_ascii_case(b"host:")
        {
            let start = at + 5 + value.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            return Some(start..start.max(at + 5 + value.trim_ascii_end().len()));
        }
        at += line.len();
    }
    None
}

/// Reads a field line at the start of `line`; `None` if it is not whole.
fn field(line: &[u8], bounds: &Bounds) -> Result<Option<Field>, Fault> {
    let name = scan::token(line);
    if name > NAME.min(bounds.header) {
        return Err(Fault::LargeFields);
    }
    let behind = line.get(name..).unwrap_or_default();
    let Some((colon, rest)) = behind.split_first() else { return Ok(None) };
    if *colon != b':' || name == 0 {
        return Err(Fault::Field);
    }
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let leading = rest.iter().take_while(blank).count();
    let text = leading + scan::text(rest.get(leading..).unwrap_or_default());
    if name + text > bounds.header.saturating_add(LINE) {
        return Err(Fault::LargeFields);
    }
    match rest.get(text..).unwrap_or_default() {
        [] | [b'\r'] => Ok(None),
        [b'\r', b'\n', ..] => {
            let value = rest.get(leading..text).unwrap_or_default();
            let trailing = value.iter().rev().take_while(blank).count();
            let start = name + 1 + leading;
            let end = start + value.len() - trailing;
            if name + (end - start) > bounds.header {
                return Err(Fault::LargeFields);
            }
            Ok(Some(Field { name, value: start..end, line: name + 1 + text + 2 }))
        }
        _ => Err(Fault::Field),
    }
}

/// A length: digits, and no more than the parser can count.
fn length(value: &[u8]) -> Option<u64> {
    let digits = value.iter().all(u8::is_ascii_digit);
    let length: u64 = std::str::from_utf8(value).ok().filter(|text| digits && !text.is_empty())?.parse().ok()?;
    (length <= i64::MAX.unsigned_abs()).then_some(length)
}

/// A coding that is one, but not ours, differs from one that could be read in two ways.
fn coding(value: &[u8]) -> Fault {
    let is_token = !value.is_empty() && scan::token(value) == value.len();
    let resembles = value.to_ascii_lowercase().windows(b"chunked".len()).any(|part| part == b"chunked");
    if is_token && !resembles { Fault::Coding } else { Fault::Malformed }
}

/// True for an address with a scheme of ours, a host, and a path or none. Which of the two schemes it may be is a
/// question of the connection, and not one of form.
fn is_absolute(target: &[u8]) -> bool {
    let begins = |scheme: &[u8]| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let is_ours = begins(b"http://") || begins(b"https://");
    is_ours
        && Uri::try_from(target)
            .is_ok_and(|uri| uri.host().is_some_and(|host| !host.is_empty()) && uri.path().starts_with('/'))
}
