//! Message authentication codes and digests, fed piece by piece.

use std::sync::OnceLock;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac};

use crate::secret::Secret;

/// The digest inside an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `hmac-sha1`
    Sha1,
    /// `hmac-sha256`
    Sha256,
    /// `hmac-sha384`
    Sha384,
    /// `hmac-sha512`
    Sha512,
}

impl Algorithm {
    /// All, weakest first.
    pub const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name that Tencent's `algorithm="…"` uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "hmac-sha1",
            Self::Sha256 => "hmac-sha256",
            Self::Sha384 => "hmac-sha384",
            Self::Sha512 => "hmac-sha512",
        }
    }

    /// The algorithm of this name, to the letter.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    pub(super) fn key(self, secret: &Secret) -> hmac::Key {
        let algorithm = match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::Key::new(algorithm, secret.expose())
    }
}

/// A set of algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithms(u8);

impl Algorithms {
    /// Every one.
    pub const fn all() -> Self {
        Self(0b1111)
    }

    /// True if `algorithm` is in the set.
    pub const fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & (1 << algorithm as u8) != 0
    }
}

impl FromIterator<Algorithm> for Algorithms {
    fn from_iter<I: IntoIterator<Item = Algorithm>>(algorithms: I) -> Self {
        Self(algorithms.into_iter().fold(0, |set, algorithm| set | 1 << algorithm as u8))
    }
}

/// A secret prepared for each algorithm when first used: preparing costs two compressions, copying the state none.
#[derive(Debug, Default)]
pub(super) struct PreparedKeys([OnceLock<hmac::Key>; 4]);

impl PreparedKeys {
    pub(super) fn get(&self, algorithm: Algorithm, secret: &Secret) -> &hmac::Key {
        let [sha1, sha256, sha384, sha512] = &self.0;
        let slot = match algorithm {
            Algorithm::Sha1 => sha1,
            Algorithm::Sha256 => sha256,
            Algorithm::Sha384 => sha384,
            Algorithm::Sha512 => sha512,
        };
        slot.get_or_init(|| algorithm.key(secret))
    }
}

/// Where canonical text goes: into a digest, a MAC, or a buffer that shows it.
pub(super) trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Sink for digest::Context {
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl Sink for hmac::Context {
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

/// SHA-256 of what `write` puts, in lower-case hexadecimal digits.
pub(super) fn sha256_hex(write: impl FnOnce(&mut digest::Context)) -> [u8; 64] {
    let mut context = digest::Context::new(&digest::SHA256);
    write(&mut context);
    hex(context.finish().as_ref())
}

/// `2 * N` hexadecimal digits of the first `N` bytes, lower case.
pub(super) fn hex<const DIGITS: usize>(bytes: &[u8]) -> [u8; DIGITS] {
    let mut digits = [b'0'; DIGITS];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        for (digit, nibble) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
            *digit = nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
        }
    }
    digits
}

/// The 32 bytes that 64 hexadecimal digits, of either case, stand for.
pub(super) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            *byte = *byte << 4 | u8::try_from(char::from(*digit).to_digit(16)?).ok()?;
        }
    }
    Some(bytes)
}

/// True if the two are the same in full length; how long it takes does not depend on where they differ.
pub(super) fn equal(ours: &[u8], theirs: &[u8]) -> bool {
    verify_slices_are_equal(ours, theirs).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_both_ways() {
        let bytes: [u8; 32] = std::array::from_fn(|n| u8::try_from(n * 8 + 1).unwrap());
        let digits: [u8; 64] = hex(&bytes);
        let text = std::str::from_utf8(&digits).unwrap();
        assert!(text.starts_with("0109111921"), "{text}");
        assert_eq!(unhex(text), Some(bytes));
        assert_eq!(unhex(&text.to_uppercase()), Some(bytes));
        for wrong in ["", &text[1..], &text.replace('0', "g"), &format!("{text}0"), &text.replacen("01", "+1", 1)] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_set_holds_what_it_was_made_of() {
        let set: Algorithms = [Algorithm::Sha1, Algorithm::Sha512].into_iter().collect();
        assert!(set.contains(Algorithm::Sha1) && set.contains(Algorithm::Sha512));
        assert!(!set.contains(Algorithm::Sha256) && !set.contains(Algorithm::Sha384));
        assert!(Algorithm::ALL.into_iter().all(|algorithm| Algorithms::all().contains(algorithm)));
    }

    #[test]
    fn prefix_and_empty_never_match() {
        assert!(equal(b"abcd", b"abcd"));
        for other in [&b""[..], b"abc", b"abcde", b"abce"] {
            assert!(!equal(b"abcd", other));
        }
    }
}
