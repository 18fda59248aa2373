//! The keys that requests may be signed with.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use apigw_errors::Condition;
use aws_lc_rs::hmac;

use super::derived::DerivedKeys;
use super::mac::{Algorithm, PreparedKeys};
use crate::hash::ConfiguredMap;
use crate::secret::Secret;

/// A key: an id that travels, and a secret that does not.
#[derive(Debug)]
pub struct Key {
    id: Arc<str>,
    secret: Secret,
    disabled: bool,
    prepared: PreparedKeys,
    derived: DerivedKeys,
}

impl Key {
    /// A key; `disabled` ones are known, and refused.
    pub fn new(id: impl Into<Arc<str>>, secret: Secret, disabled: bool) -> Self {
        Self { id: id.into(), secret, disabled, prepared: PreparedKeys::default(), derived: DerivedKeys::default() }
    }

    /// The id.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// True if its owner stopped it.
    pub fn is_disabled(&self) -> bool {
        self.disabled
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }

    pub(super) fn derived(&self) -> &DerivedKeys {
        &self.derived
    }

    pub(super) fn mac(&self, algorithm: Algorithm) -> &hmac::Key {
        self.prepared.get(algorithm, &self.secret)
    }
}

/// All keys by id.
#[derive(Debug)]
pub struct KeyRing {
    keys: ConfiguredMap<Arc<str>, Key>,
    /// Stands in for keys that do not exist, so that a wrong id costs the caller what a right one does.
    decoy: Key,
}

impl Default for KeyRing {
    fn default() -> Self {
        // What the decoy's secret is does not matter: its signatures are computed and then refused, right or wrong.
        Self {
            keys: ConfiguredMap::default(),
            decoy: Key::new("", Secret::from("decoy of the usual length of a secret"), true),
        }
    }
}

impl KeyRing {
    /// Adds a key.
    ///
    /// # Errors
    /// The key itself, if its id is taken or empty.
    pub fn insert(&mut self, key: Key) -> Result<(), Box<Key>> {
        match self.keys.entry(key.id.clone()) {
            Entry::Vacant(vacant) if !key.id.is_empty() => {
                vacant.insert(key);
                Ok(())
            }
            _ => Err(Box::new(key)),
        }
    }

    /// The key with this id.
    pub fn get(&self, id: &str) -> Option<&Key> {
        self.keys.get(id)
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key to compute with, always: the decoy stands in where `id` names none.
    pub(super) fn find(&self, id: &str) -> Found<'_> {
        match self.keys.get(id) {
            Some(key) => Found { key, known: true },
            None => Found { key: &self.decoy, known: false },
        }
    }
}

/// A key that may be the decoy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) key: &'a Key,
    pub(super) known: bool,
}

impl Found<'_> {
    /// Refuses what does not exist or was stopped. To be asked only after the signature was computed.
    pub(super) fn admit(self, id: &str) -> Result<(), Condition> {
        match self {
            Self { known: false, .. } => Err(Condition::AuthSignatureKeyUnknown { key: id.to_owned().into() }),
            Self { key, .. } if key.disabled => Err(Condition::AuthSignatureKeyDisabled { key: id.to_owned().into() }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_takes_each_id_once() {
        let mut ring = KeyRing::default();
        assert!(ring.insert(Key::new("a", Secret::from("1"), false)).is_ok());
        assert!(ring.insert(Key::new("a", Secret::from("2"), false)).is_err());
        assert!(ring.insert(Key::new("", Secret::from("3"), false)).is_err());
        assert_eq!((ring.len(), ring.is_empty()), (1, false));
        assert_eq!(ring.get("a").map(Key::secret), Some(&Secret::from("1")));
    }

    #[test]
    fn printing_a_ring_shows_no_secret() {
        let mut ring = KeyRing::default();
        ring.insert(Key::new("a", Secret::from("hunter2"), false)).unwrap();
        let _ = ring.find("a").key.mac(Algorithm::Sha256);
        assert!(!format!("{ring:?}").contains("hunter2"));
    }

    #[test]
    fn unknown_and_disabled_keys_are_refused_as_such() {
        let mut ring = KeyRing::default();
        ring.insert(Key::new("on", Secret::from("s"), false)).unwrap();
        ring.insert(Key::new("off", Secret::from("s"), true)).unwrap();
        assert_eq!(ring.find("on").admit("on"), Ok(()));
        assert!(matches!(ring.find("off").admit("off"), Err(Condition::AuthSignatureKeyDisabled { .. })));
        assert!(matches!(ring.find("").admit(""), Err(Condition::AuthSignatureKeyUnknown { .. })));
    }
}
