//! Ids of calls: unique, not secret.

use std::cell::Cell;
use std::fmt;

use http::HeaderValue;

/// Up to 36 ASCII characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RequestId {
    text: [u8; 36],
    len: usize,
}

impl RequestId {
    /// Lower-case hexadecimal.
    pub fn hex(bits: u128) -> Self {
        let mut text = [0; 32];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(bits.to_be_bytes()) {
            *pair = [nibble(byte >> 4), nibble(byte & 0xf)];
        }
        Self::of(&text)
    }

    /// Five groups of lower-case hexadecimal digits: a UUID, made of random bits and therefore of version 4.
    pub fn uuid(bits: u128) -> Self {
        let version = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        let digits = Self::hex(version);
        let mut text = [b'-'; 36];
        let places = (0..36).filter(|place| !matches!(place, 8 | 13 | 18 | 23));
        for (place, digit) in places.zip(digits.as_str().bytes()) {
            if let Some(slot) = text.get_mut(place) {
                *slot = digit;
            }
        }
        Self { text, len: 36 }
    }

    /// Digits and lower-case letters. 128 bits fill 25 of these; the rest are drawn from the same bits, mixed.
    pub fn alphanumeric(bits: u128) -> Self {
        let mut text = [0; 32];
        let mut rest = bits;
        for place in &mut text {
            if rest == 0 {
                // Odd, so that no bit is lost; any number without a pattern would do.
                rest = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) | 1;
            }
            *place = digit(rest % 36);
            rest /= 36;
        }
        Self::of(&text)
    }

    fn of(id: &[u8; 32]) -> Self {
        let mut text = [0; 36];
        if let Some(start) = text.first_chunk_mut() {
            *start = *id;
        }
        Self { text, len: id.len() }
    }

    /// The characters' bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.len).unwrap_or_default()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The text as a header's value.
    pub fn to_header(self) -> HeaderValue {
        HeaderValue::from_bytes(self.as_bytes()).unwrap_or(HeaderValue::from_static(""))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn nibble(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' - 10 + value }
}

fn digit(value: u128) -> u8 {
    let value = u8::try_from(value).unwrap_or(0);
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

/// Random bits for ids, one source per thread: xoshiro256++ (Blackman and Vigna), seeded by the system.
#[derive(Debug)]
pub struct IdSource(Cell<[u64; 4]>);

impl IdSource {
    /// A source with a seed of its own.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        let mut state = [1; 4];
        for (word, bytes) in state.iter_mut().zip(seed.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Ok(Self(Cell::new(state)))
    }

    /// 128 bits, different each time.
    pub fn next(&self) -> u128 {
        u128::from(self.word()) << 64 | u128::from(self.word())
    }

    fn word(&self) -> u64 {
        let [mut a, mut b, mut c, mut d] = self.0.get();
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let shifted = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = d.rotate_left(45);
        self.0.set([a, b, c, d]);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_vendors_forms() {
        assert_eq!(RequestId::hex(0xff).as_str(), "000000000000000000000000000000ff");
        assert_eq!(RequestId::uuid(0).as_str(), "00000000-0000-4000-8000-000000000000");
        assert_eq!(RequestId::uuid(u128::MAX).as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        let id = RequestId::alphanumeric(u128::MAX);
        assert!(id.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()));
        assert_eq!(RequestId::alphanumeric(0).as_str().len(), 32);
    }

    #[test]
    fn ids_differ() {
        let source = IdSource::new().unwrap();
        let ids: std::collections::HashSet<u128> = (0..10_000).map(|_| source.next()).collect();
        assert_eq!(ids.len(), 10_000);
    }
}
