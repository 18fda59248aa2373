//! The head of a backend's answer, read strictly: what could be understood in two ways is not understood at all.

use bytes::{Bytes, BytesMut};
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, ETAG, LAST_MODIFIED, SERVER,
    TRANSFER_ENCODING, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use hyper::ext::ReasonPhrase;
use memchr::memchr_iter;

use super::failure::BadResponse;
use crate::fields::{is_hop_by_hop, named};

/// Most fields of a head.
pub(super) const MOST_FIELDS: usize = 256;

/// Largest head, in bytes.
pub(super) const LARGEST: usize = 256 << 10;

/// What the gateway adds to an answer, in fields: the map need not grow for them.
const ADDED: usize = 6;

/// How the body of an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// With the last chunk.
    Chunked,
    /// With the connection.
    #[default]
    Close,
}

/// The head of an answer.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    /// If it is not the status's own.
    pub(crate) reason: Option<ReasonPhrase>,
    /// Without those that concern the backend's connection to us; a 101 has all of them, because they are what it is about.
    pub(crate) headers: HeaderMap,
    pub(super) framing: Framing,
    /// The connection can be used again after the body.
    pub(super) keep_alive: bool,
}

/// Looks for a head at the start of what was read. Keeps its place between two looks, so that a head that comes byte
/// by byte is not read from its start for every byte.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    /// Before this, all ends of lines are known.
    searched: usize,
    /// Where lines end, which is what the search for the head's end comes by.
    line_ends: Vec<usize>,
}

impl HeadReader {
    /// Takes a head out of `read`, if one is there. `method` is that of the request. The head's fields go into `room`,
    /// which is empty.
    pub(super) fn read(
        &mut self,
        read: &mut BytesMut,
        method: &Method,
        room: &mut HeaderMap,
    ) -> Result<Option<Head>, BadResponse> {
        if !b"HTTP/1.".starts_with(read.get(..7).unwrap_or(read)) {
            return Err(BadResponse::NotHttp);
        }
        let Some(end) = self.end(read)? else {
            return if read.len() > LARGEST { Err(BadResponse::HeadTooLarge(LARGEST)) } else { Ok(None) };
        };
        if end > LARGEST {
            return Err(BadResponse::HeadTooLarge(LARGEST));
        }
        let head = parse(&read.split_to(end).freeze(), &self.line_ends, method, std::mem::take(room))?;
        self.forget();
        Ok(Some(head))
    }

    /// Begins anew.
    pub(super) fn forget(&mut self) {
        self.searched = 0;
        self.line_ends.clear();
    }

    /// Where the head ends: after the first empty line.
    fn end(&mut self, read: &[u8]) -> Result<Option<usize>, BadResponse> {
        for line_end in memchr_iter(b'\n', read.get(self.searched..).unwrap_or_default()) {
            let line_end = self.searched + line_end;
            let next = line_end + 1;
            let end = match read.get(next..).unwrap_or_default() {
                [b'\n', ..] => Some(next + 1),
                [b'\r', b'\n', ..] => Some(next + 2),
                // Too short to tell: look here again.
                [] | [b'\r'] => {
                    self.searched = line_end;
                    return Ok(None);
                }
                _ => None,
            };
            self.line_ends.push(line_end);
            if end.is_some() {
                return Ok(end);
            }
            if self.line_ends.len() > MOST_FIELDS {
                return Err(BadResponse::TooManyFields(MOST_FIELDS));
            }
        }
        self.searched = read.len();
        Ok(None)
    }
}

/// Reads a head whose lines end at `line_ends`, all but the last, which is empty.
fn parse(head: &Bytes, line_ends: &[usize], method: &Method, mut headers: HeaderMap) -> Result<Head, BadResponse> {
    let line = |start: usize, end: usize| {
        let line = head.get(start..end).unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    };
    let (first, rest) = line_ends.split_first().ok_or(BadResponse::Head)?;
    let (version, status, phrase) = status_line(line(0, *first)).ok_or(BadResponse::Head)?;
    let reason = if status.canonical_reason().map(str::as_bytes) == Some(phrase) {
        None
    } else {
        Some(ReasonPhrase::try_from(head.slice_ref(phrase)).map_err(|_| BadResponse::Head)?)
    };
    headers.reserve(rest.len() + ADDED);
    let mut hop = Hop::default();
    let mut start = first + 1;
    for end in rest {
        let line = line(start, *end);
        start = end + 1;
        // A line that goes on with the one before it has a blank in its name, which no name may have.
        let colon = line.iter().position(|byte| *byte == b':').ok_or(BadResponse::Head)?;
        let (text, value) = line.split_at_checked(colon).ok_or(BadResponse::Head)?;
        let (name, value) = (name(text)?, trimmed(value.get(1..).unwrap_or_default()));
        hop.note(&name, value)?;
        // A part of the head's own bytes: nothing is copied. Control characters are found here.
        let value = HeaderValue::from_maybe_shared(head.slice_ref(value)).map_err(|_| BadResponse::Head)?;
        if status == StatusCode::SWITCHING_PROTOCOLS || !is_hop_by_hop(&name) {
            headers.append(name, value);
        }
    }
    if status != StatusCode::SWITCHING_PROTOCOLS {
        for name in &hop.named {
            headers.remove(name);
        }
    }
    let framing = hop.framing(status, version, method)?;
    let keep_alive = framing != Framing::Close && hop.keeps_alive(version);
    Ok(Head { status, reason, headers, framing, keep_alive })
}

/// Reads the status line (RFC 9112, section 4); the blank before an empty phrase may be missing, as it often is.
fn status_line(line: &[u8]) -> Option<(Version, StatusCode, &[u8])> {
    let (version, rest) = match line.strip_prefix(b"HTTP/1.")? {
        [b'0', b' ', rest @ ..] => (Version::HTTP_10, rest),
        [b'1', b' ', rest @ ..] => (Version::HTTP_11, rest),
        _ => return None,
    };
    let (code, rest) = rest.split_at_checked(3)?;
    let status = StatusCode::from_bytes(code).ok()?;
    match rest {
        [] => Some((version, status, rest)),
        [b' ', phrase @ ..] => Some((version, status, phrase)),
        _ => None,
    }
}

/// A name; those that most answers have are known as they are mostly written, without a look at each byte.
fn name(text: &[u8]) -> Result<HeaderName, BadResponse> {
    Ok(match text {
        b"Server" | b"server" => SERVER,
        b"Date" | b"date" => DATE,
        b"Content-Type" | b"content-type" => CONTENT_TYPE,
        b"Content-Length" | b"content-length" => CONTENT_LENGTH,
        b"Connection" | b"connection" => CONNECTION,
        b"Transfer-Encoding" | b"transfer-encoding" => TRANSFER_ENCODING,
        b"Content-Encoding" | b"content-encoding" => CONTENT_ENCODING,
        b"Cache-Control" | b"cache-control" => CACHE_CONTROL,
        b"Last-Modified" | b"last-modified" => LAST_MODIFIED,
        b"ETag" | b"etag" => ETAG,
        b"Vary" | b"vary" => VARY,
        _ => return HeaderName::from_bytes(text).map_err(|_| BadResponse::Head),
    })
}

/// A value without the blanks around it.
fn trimmed(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

/// What an answer's fields say of this connection and of where the body ends.
#[derive(Debug, Default)]
struct Hop {
    length: Option<u64>,
    is_chunked: bool,
    closes: bool,
    keeps: bool,
    /// Named by `Connection`: they concern it, too.
    named: Vec<HeaderName>,
}

impl Hop {
    fn note(&mut self, name: &HeaderName, value: &[u8]) -> Result<(), BadResponse> {
        if *name == CONTENT_LENGTH {
            if self.is_chunked || self.length.replace(digits(value)?).is_some() {
                return Err(BadResponse::Framing);
            }
        } else if *name == TRANSFER_ENCODING {
            if self.is_chunked || self.length.is_some() {
                return Err(BadResponse::Framing);
            }
            if !value.eq_ignore_ascii_case(b"chunked") {
                return Err(BadResponse::Coding);
            }
            self.is_chunked = true;
        } else if *name == CONNECTION {
            let says = |wanted: &[u8]| {
                value.split(|byte| *byte == b',').any(|word| word.trim_ascii().eq_ignore_ascii_case(wanted))
            };
            self.closes |= says(b"close");
            self.keeps |= says(b"keep-alive");
            self.named.extend(named(value));
        }
        Ok(())
    }

    /// How the body ends (RFC 9112, section 6.3, without its lenient cases).
    fn framing(&self, status: StatusCode, version: Version, method: &Method) -> Result<Framing, BadResponse> {
        if self.is_chunked && version == Version::HTTP_10 {
            return Err(BadResponse::Framing);
        }
        let bodyless = status.is_informational()
            || status == StatusCode::NO_CONTENT
            || status == StatusCode::NOT_MODIFIED
            || *method == Method::HEAD;
        Ok(match self.length {
            _ if bodyless => Framing::Length(0),
            _ if self.is_chunked => Framing::Chunked,
            Some(length) => Framing::Length(length),
            None => Framing::Close,
        })
    }

    fn keeps_alive(&self, version: Version) -> bool {
        if version == Version::HTTP_10 { self.keeps } else { !self.closes }
    }
}

fn digits(text: &[u8]) -> Result<u64, BadResponse> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(BadResponse::Framing);
    }
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(BadResponse::Framing)
}

#[cfg(test)]
mod tests;
