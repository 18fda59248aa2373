//! A chunked body, byte by byte (RFC 9112, section 7.1).

use super::{Bounds, Fault, scan};

/// Most bytes of extensions in one body. The parser's own bound is twice that.
const EXTENSIONS: usize = 8 << 10;

/// Most bytes of trailers. The parser's own bound is twice that.
const TRAILERS: usize = 8 << 10;

/// Digits of a size: more could not be a number of 64 bits.
const DIGITS: u8 = 16;

/// How far a chunked body has come.
#[derive(Debug)]
pub(super) struct Chunks {
    place: Place,
    extensions: usize,
    trailers: usize,
    trailers_left: usize,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Size { size: u64, digits: u8 },
    Extension { size: u64 },
    SizeEnd { size: u64 },
    Data { left: u64 },
    DataCr,
    DataEnd,
    LineStart,
    Name,
    Value,
    LineEnd,
    LastEnd,
}

impl Chunks {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self {
            place: Place::Size { size: 0, digits: 0 },
            extensions: 0,
            trailers: 0,
            trailers_left: bounds.header_count,
        }
    }

    /// How many of `bytes` belong to the body and are good, and whether it is over; or how many were good, and what
    /// is wrong with the next.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Result<(usize, bool), (usize, Fault)> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            let wrong = Err((at, Fault::Malformed));
            self.place = match self.place {
                Place::Data { left } => {
                    let rest = bytes.len() - at;
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(rest);
                    at += here;
                    match left - u64::try_from(here).unwrap_or(left) {
                        0 => Place::DataCr,
                        left => Place::Data { left },
                    }
                }
                place => {
                    let next = match (place, byte) {
                        (Place::Size { size, digits }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') if digits < DIGITS => {
                            let digit = char::from(byte).to_digit(16).unwrap_or(0);
                            Place::Size { size: size << 4 | u64::from(digit), digits: digits + 1 }
                        }
                        (Place::Size { size, digits: 1.. } | Place::Extension { size }, b'\r') => {
                            Place::SizeEnd { size }
                        }
                        (Place::Size { size, digits: 1.. }, b';') => Place::Extension { size },
                        (Place::Extension { size }, b'\t' | b' '..=b'~') => {
                            self.extensions += 1;
                            if self.extensions > EXTENSIONS {
                                return wrong;
                            }
                            Place::Extension { size }
                        }
                        // The parser reserves the largest numbers for its own ends.
                        (Place::SizeEnd { size }, b'\n') if size > i64::MAX.unsigned_abs() => return wrong,
                        (Place::SizeEnd { size: 0 } | Place::LineEnd, b'\n') => Place::LineStart,
                        (Place::SizeEnd { size }, b'\n') => Place::Data { left: size },
                        (Place::DataCr, b'\r') => Place::DataEnd,
                        (Place::DataEnd, b'\n') => Place::Size { size: 0, digits: 0 },
                        (Place::LineStart, b'\r') => Place::LastEnd,
                        (Place::LastEnd, b'\n') => return Ok((at + 1, true)),
                        (Place::LineStart, _) => match self.trailers_left.checked_sub(1) {
                            Some(left) if scan::token(&[byte]) == 1 => {
                                self.trailers_left = left;
                                Place::Name
                            }
                            Some(_) => return Err((at, Fault::Field)),
                            None => return Err((at, Fault::LargeFields)),
                        },
                        (Place::Name, b':') => Place::Value,
                        (Place::Name, _) if scan::token(&[byte]) == 1 => Place::Name,
                        (Place::Value, b'\r') => Place::LineEnd,
                        (Place::Value, _) if scan::text(&[byte]) == 1 => Place::Value,
                        (Place::Name | Place::Value, _) => return Err((at, Fault::Field)),
                        _ => return wrong,
                    };
                    if matches!(next, Place::Name | Place::Value) {
                        self.trailers += 1;
                        if self.trailers > TRAILERS {
                            return Err((at, Fault::LargeFields));
                        }
                    }
                    at += 1;
                    next
                }
            };
        }
        Ok((at, false))
    }
}
