//! The chunked coding of a backend's answer, taken apart.

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Longest line of a chunk's size with its extensions, in bytes.
const LONGEST_LINE: usize = 4 << 10;

/// Largest trailer section, in bytes.
const LARGEST_TRAILERS: usize = 16 << 10;

/// Most fields of a trailer section.
const MOST_TRAILERS: usize = 64;

/// The coding is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chunks are malformed")]
pub(super) struct Malformed;

/// What comes next.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// Nothing, before more is read.
    More,
    /// A part of the body.
    Data(Bytes),
    /// The end, with what follows it.
    End(Option<HeaderMap>),
}

/// Where in the coding we are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Chunked {
    /// Before a size.
    #[default]
    Size,
    /// In a chunk, with so much of it to come.
    Data(u64),
    /// Behind a chunk's data.
    DataEnd,
    /// Behind the last chunk.
    Trailers,
}

impl Chunked {
    /// Takes the next piece out of `read`.
    pub(super) fn next(&mut self, read: &mut BytesMut) -> Result<Piece, Malformed> {
        loop {
            match self {
                Self::Size => {
                    let Some(line) = line(read, LONGEST_LINE)? else { return Ok(Piece::More) };
                    *self = match size(&line)? {
                        0 => Self::Trailers,
                        size => Self::Data(size),
                    };
                }
                Self::Data(left) => {
                    if read.is_empty() {
                        return Ok(Piece::More);
                    }
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(read.len());
                    let data = read.split_to(here).freeze();
                    *left -= u64::try_from(here).unwrap_or(*left);
                    if *left == 0 {
                        *self = Self::DataEnd;
                    }
                    return Ok(Piece::Data(data));
                }
                Self::DataEnd => match &**read {
                    [b'\r', b'\n', ..] => {
                        read.advance(2);
                        *self = Self::Size;
                    }
                    [] | [b'\r'] => return Ok(Piece::More),
                    _ => return Err(Malformed),
                },
                Self::Trailers => return trailers(read),
            }
        }
    }
}

/// Takes a line out of `read`, without its end.
fn line(read: &mut BytesMut, longest: usize) -> Result<Option<BytesMut>, Malformed> {
    match read.iter().take(longest).position(|byte| *byte == b'\n') {
        None if read.len() < longest => Ok(None),
        None => Err(Malformed),
        Some(end) => {
            let mut line = read.split_to(end + 1);
            line.truncate(end);
            if line.last() != Some(&b'\r') {
                return Err(Malformed);
            }
            line.truncate(end - 1);
            Ok(Some(line))
        }
    }
}

/// Reads `1f;name=value`.
fn size(line: &[u8]) -> Result<u64, Malformed> {
    let mut parts = line.splitn(2, |byte| *byte == b';');
    let digits = parts.next().unwrap_or_default().trim_ascii_end();
    let control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    if digits.is_empty() || digits.len() > 16 || parts.next().is_some_and(|rest| rest.iter().any(control)) {
        return Err(Malformed);
    }
    digits.iter().try_fold(0_u64, |size, digit| {
        let digit = char::from(*digit).to_digit(16).ok_or(Malformed)?;
        Ok(size << 4 | u64::from(digit))
    })
}

/// Takes the trailer section out of `read`, up to its empty line.
fn trailers(read: &mut BytesMut) -> Result<Piece, Malformed> {
    if read.starts_with(b"\r\n") {
        read.advance(2);
        return Ok(Piece::End(None));
    }
    let mut fields = [httparse::EMPTY_HEADER; MOST_TRAILERS];
    let parsed = httparse::parse_headers(read, &mut fields).map_err(|_| Malformed)?;
    let httparse::Status::Complete((length, fields)) = parsed else {
        return if read.len() > LARGEST_TRAILERS { Err(Malformed) } else { Ok(Piece::More) };
    };
    let mut trailers = HeaderMap::with_capacity(fields.len());
    for field in fields {
        let name = HeaderName::from_bytes(field.name.as_bytes()).map_err(|_| Malformed)?;
        trailers.append(name, HeaderValue::from_bytes(field.value).map_err(|_| Malformed)?);
    }
    read.advance(length);
    Ok(Piece::End(Some(trailers)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Body, trailers, and what is left.
    type Decoded = (Vec<u8>, Option<HeaderMap>, Vec<u8>);

    /// Decodes pieces of this size.
    fn decode(text: &[u8], size: usize) -> Result<Decoded, Malformed> {
        let (mut chunked, mut read, mut body, mut end) = (Chunked::default(), BytesMut::new(), Vec::new(), None);
        for piece in text.chunks(size) {
            read.extend_from_slice(piece);
            while end.is_none() {
                match chunked.next(&mut read)? {
                    Piece::More => break,
                    Piece::Data(data) => body.extend_from_slice(&data),
                    Piece::End(trailers) => end = Some(trailers),
                }
            }
        }
        end.map(|trailers| (body, trailers, read.to_vec())).ok_or(Malformed)
    }

    #[test]
    fn chunks_come_out_whole_however_they_arrive() {
        let text = b"3\r\none\r\nA ;x=\"y\"\r\n0123456789\r\n0\r\nX-Late: 1\r\n\r\nrest";
        for size in 1..text.len() {
            let (body, trailers, rest) = decode(text, size).unwrap_or_default();
            assert_eq!(body, b"one0123456789", "{size}");
            assert_eq!(
                trailers.and_then(|trailers| trailers.get("x-late").cloned()),
                Some(HeaderValue::from_static("1"))
            );
            assert_eq!(rest, b"rest");
        }
        assert_eq!(decode(b"0\r\n\r\n", 5), Ok((Vec::new(), None, Vec::new())));
    }

    #[test]
    fn broken_chunks_are_refused() {
        let endless = [b"1;".to_vec(), vec![b'x'; LONGEST_LINE]].concat();
        let many: Vec<u8> = (0..100).flat_map(|number| format!("x-{number}: 1\r\n").into_bytes()).collect();
        let many = [b"0\r\n".to_vec(), many, b"\r\n".to_vec()].concat();
        let large = [b"0\r\nx: ".to_vec(), vec![b'x'; LARGEST_TRAILERS + 1]].concat();
        let broken: [&[u8]; 12] = [
            b"xyz\r\n",
            b"\r\n",
            b"+3\r\none\r\n",
            b"0x3\r\none\r\n",
            b"3\none\r\n",
            b"3\r\nonetwo\r\n",
            b"3;\x01\r\none\r\n",
            b"10000000000000000\r\n",
            b"0\r\nno colon\r\n\r\n",
            &endless,
            &many,
            &large,
        ];
        for text in broken {
            assert_eq!(decode(text, text.len()), Err(Malformed), "{:?}", String::from_utf8_lossy(text));
        }
    }
}
