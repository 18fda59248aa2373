//! Ids of calls: unique, not secret.

use std::cell::Cell;
use std::fmt;

use http::HeaderValue;

/// 32 ASCII characters, the form all three vendors use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RequestId([u8; 32]);

impl RequestId {
    /// Lower-case hexadecimal.
    pub fn hex(bits: u128) -> Self {
        let mut text = [0; 32];
        for (place, nibble) in text.iter_mut().rev().zip((0..32).map(|index| bits >> (4 * index) & 0xf)) {
            *place = digit(nibble);
        }
        Self(text)
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
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The text as a header's value.
    pub fn to_header(self) -> HeaderValue {
        HeaderValue::from_bytes(&self.0).unwrap_or(HeaderValue::from_static(""))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
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
