//! JSON objects as they stand in tokens and keys.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// A JSON object that remembers whether a member stood in it twice: which one counts is nowhere laid down, so whoever
/// signed it and whoever reads it might not mean the same.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Object {
    members: BTreeMap<String, Value>,
    repeats: bool,
}

impl Object {
    /// Reads an object and nothing behind it. Nesting is bounded by the reader.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// True if a member stands in it twice.
    pub(super) fn repeats(&self) -> bool {
        self.repeats
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// A member that is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object::default();
                while let Some((name, value)) = map.next_entry()? {
                    object.repeats |= object.members.insert(name, value).is_some();
                }
                Ok(object)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_and_nothing_else() {
        let nested = format!("{{\"a\":{}{}}}", "[".repeat(9000), "]".repeat(9000));
        for wrong in ["", "[]", "1", "{", "{}{}", "{} x", "{\"a\":\"\u{0}\"}", "{'a':1}", "{\"a\":1e999}", &nested] {
            assert_eq!(Object::read(wrong.as_bytes()), None, "{wrong:.40}");
        }
        assert_eq!(Object::read(b"{\"a\":\"\xff\"}"), None);
        assert!(Object::read(b" {\"a\":1} ").is_some_and(|object| !object.repeats()));
        assert!(Object::read(b"{\"a\":1,\"\\u0061\":1}").is_some_and(|object| object.repeats()), "once with escapes");
    }
}
