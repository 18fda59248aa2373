//! Signing keys that are derived from a secret for a day, a region and a service, remembered.
//!
//! Deriving one costs four MACs, each with a new key: five times what the signature itself costs. A client signs with the
//! same one all day. It is remembered whether or not the signature then turns out right, and for unknown keys as for
//! known ones: how long a refusal takes must not tell which keys exist.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use aws_lc_rs::hmac;

/// Scopes that one key may use in turns without deriving anew. A day has one for each region and service.
const SLOTS: usize = 4;

/// The derived keys of one secret. It goes with its secret: a reload of the configuration makes new ones.
#[derive(Default)]
pub(super) struct DerivedKeys([ArcSwapOption<(Box<str>, hmac::Key)>; SLOTS]);

impl DerivedKeys {
    /// Calls `with` with the key for `scope`, which `derive` makes if it is not at hand. Readers wait for nobody.
    pub(super) fn with<T>(
        &self,
        scope: &str,
        derive: impl FnOnce() -> hmac::Key,
        with: impl FnOnce(&hmac::Key) -> T,
    ) -> T {
        let spread = scope.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        let Some(slot) = self.0.get(spread % SLOTS) else { return with(&derive()) };
        if let Some(known) = &*slot.load()
            && *known.0 == *scope
        {
            return with(&known.1);
        }
        let made = Arc::new((Box::from(scope), derive()));
        slot.store(Some(Arc::clone(&made)));
        with(&made.1)
    }
}

impl fmt::Debug for DerivedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKeys")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_key_is_derived_once_for_a_scope_and_never_taken_for_another() {
        let (keys, derived) = (DerivedKeys::default(), Cell::new(0));
        let sign = |scope: &str| {
            let derive = || {
                derived.set(derived.get() + 1);
                hmac::Key::new(hmac::HMAC_SHA256, scope.as_bytes())
            };
            keys.with(scope, derive, |key| hmac::sign(key, b"text").as_ref().to_vec())
        };
        let right = |scope: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, scope.as_bytes()), b"text");
        for _ in 0..3 {
            assert_eq!(sign("20240229/r/s"), right("20240229/r/s").as_ref());
        }
        assert_eq!(derived.get(), 1);
        for n in 0..100 {
            let scope = format!("20240301/r{n}/s");
            assert_eq!(sign(&scope), right(&scope).as_ref());
        }
        assert_eq!(derived.get(), 101);
    }
}
