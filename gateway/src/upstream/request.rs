//! A request as it goes to a backend: written from parsed values, one `Host`, one framing field.

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::payload::Length;
use crate::decimal::decimal;

/// A request for a backend, without its body.
#[derive(Debug)]
pub(crate) struct Request {
    /// Its method.
    pub(crate) method: Method,
    /// Its target, in origin form.
    pub(crate) target: PathAndQuery,
    /// Its fields as [`Fields`](crate::fields::Fields) writes them, without host and framing.
    pub(crate) fields: Vec<u8>,
    /// An empty map, for the fields of the answer.
    pub(crate) room: HeaderMap,
}

/// Writes the head.
pub(super) fn head(request: &Request, host: &HeaderValue, length: Length, out: &mut Vec<u8>) {
    let target = request.target.as_str();
    out.reserve(request.fields.len() + target.len() + host.len() + ROOM);
    out.extend_from_slice(request.method.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(target.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\nhost: ");
    out.extend_from_slice(host.as_bytes());
    out.extend_from_slice(&request.fields);
    match length {
        Length::None => {}
        Length::Exact(length) => {
            out.extend_from_slice(b"\r\ncontent-length: ");
            decimal(length, out);
        }
        Length::Chunked => out.extend_from_slice(b"\r\ntransfer-encoding: chunked"),
    }
    out.extend_from_slice(b"\r\n\r\n");
}

/// What a head has beside target, host and fields, in bytes.
const ROOM: usize = 128;

/// Writes a field behind the line before it.
fn field(name: &HeaderName, value: &HeaderValue, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value.as_bytes());
}

/// Writes the size line of a chunk.
pub(super) fn chunk_size(size: usize, out: &mut Vec<u8>) {
    let digits = usize::BITS.div_ceil(4) - size.leading_zeros() / 4;
    for place in (0..digits.max(1)).rev() {
        let digit = u32::try_from(size >> (place * 4) & 0xf).unwrap_or(0);
        out.push(char::from_digit(digit, 16).map_or(b'0', |digit| digit as u8));
    }
    out.extend_from_slice(b"\r\n");
}

/// Writes the last chunk, and the trailers behind it.
pub(super) fn last_chunk(trailers: Option<&HeaderMap>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"0");
    for (name, value) in trailers.into_iter().flatten() {
        field(name, value, out);
    }
    out.extend_from_slice(b"\r\n\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sizes_are_written_as_the_library_writes_them(size: usize) {
            for size in [size, size >> 40, 0, 15, 16, usize::MAX] {
                let mut out = Vec::new();
                chunk_size(size, &mut out);
                prop_assert_eq!(out, format!("{size:x}\r\n").into_bytes());
            }
        }
    }
}
