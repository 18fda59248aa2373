//! What changed between two `catalog.json`, and what of it breaks whoever builds on the older one.
//!
//! Breaking is what a program can branch on: ids, addresses, code texts, statuses, parameters, conditions, retry advice.
//! Wording is harmless, and so is whatever is new. Which key is which is a table below; a test holds it to be complete.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::json::VERSION;

/// How much a change matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A program that was right may be wrong now.
    Breaking,
    /// Only readers notice.
    Harmless,
}

use Weight::{Breaking, Harmless};

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Breaking => "breaking",
            Harmless => "harmless",
        })
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How much it matters.
    pub weight: Weight,
    /// What it is about: `code huawei.ThrottlingThresholdReached`, `condition auth, param key`.
    pub subject: String,
    /// What happened to it.
    pub event: Event,
}

/// What happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It is no longer there.
    Gone,
    /// It was not there before.
    New,
    /// One of its values differs.
    Changed {
        /// The key.
        key: &'static str,
        /// The older value, as JSON.
        old: String,
        /// The newer value, as JSON.
        new: String,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.event {
            Event::Gone => write!(f, "{}: gone", self.subject),
            Event::New => write!(f, "{}: new", self.subject),
            Event::Changed { key, old, new } => write!(f, "{}: {key} {old} → {new}", self.subject),
        }
    }
}

/// Why two texts could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    /// Not JSON.
    #[error("the {which} one is not JSON: {reason}")]
    NotJson {
        /// `older` or `newer`.
        which: &'static str,
        /// What the parser says.
        reason: String,
    },
    /// JSON, but no catalog.
    #[error("the {which} one is no catalog: it has no list `{key}`")]
    NotACatalog {
        /// `older` or `newer`.
        which: &'static str,
        /// The missing list.
        key: &'static str,
    },
    /// A format that this version does not know.
    #[error("the {which} one has format version {version}; this program compares version {VERSION}")]
    Version {
        /// `older` or `newer`.
        which: &'static str,
        /// Its version, as JSON.
        version: String,
    },
}

/// A list of entries: how they are told apart, and what each key weighs.
struct Shape {
    list: &'static str,
    /// One entry, in words.
    entry: &'static str,
    /// The keys that identify an entry.
    id: &'static [&'static str],
    gone: Weight,
    new: Weight,
    keys: &'static [(&'static str, Weight)],
    parts: &'static [Self],
}

/// A new parameter breaks as well: whoever constructs or takes apart the typed value has to name it.
const PARAMS: Shape = Shape {
    list: "params",
    entry: "param",
    id: &["name"],
    gone: Breaking,
    new: Breaking,
    keys: &[("type", Breaking)],
    parts: &[],
};

const CATALOG: &[Shape] = &[
    Shape {
        list: "vendors",
        entry: "vendor",
        id: &["id"],
        gone: Breaking,
        new: Harmless,
        keys: &[("name", Harmless), ("facts", Harmless)],
        parts: &[
            Shape {
                list: "headers",
                entry: "header",
                id: &["name"],
                gone: Harmless,
                new: Harmless,
                keys: &[("example", Harmless), ("about", Harmless), ("source", Harmless), ("evidence", Harmless)],
                parts: &[],
            },
            Shape {
                list: "authentication",
                entry: "authentication",
                id: &["id"],
                gone: Harmless,
                new: Harmless,
                keys: &[
                    ("title", Harmless),
                    ("example", Harmless),
                    ("steps", Harmless),
                    ("source", Harmless),
                    ("evidence", Harmless),
                ],
                parts: &[],
            },
            Shape {
                list: "editions",
                entry: "edition",
                id: &["id"],
                gone: Breaking,
                new: Harmless,
                keys: &[("title", Harmless), ("source", Harmless), ("evidence", Harmless)],
                parts: &[],
            },
        ],
    },
    Shape {
        list: "conditions",
        entry: "condition",
        id: &["id"],
        gone: Breaking,
        new: Harmless,
        keys: &[("parent", Breaking), ("grpc", Breaking), ("title", Harmless)],
        parts: &[PARAMS],
    },
    Shape {
        list: "codes",
        entry: "code",
        id: &["vendor", "id"],
        gone: Breaking,
        new: Harmless,
        keys: &[
            ("slug", Breaking),
            ("plane", Breaking),
            ("code", Breaking),
            ("status", Breaking),
            ("message", Harmless),
            ("printed", Harmless),
            ("condition", Breaking),
            ("grpc", Breaking),
            ("origin", Breaking),
            ("fault", Breaking),
            ("retry", Breaking),
            ("summary", Harmless),
            ("remedy", Harmless),
            ("notes", Harmless),
            ("raised_by", Harmless),
            ("exchange", Harmless),
            ("url", Breaking),
        ],
        parts: &[
            PARAMS,
            Shape {
                list: "editions",
                entry: "edition",
                id: &["edition"],
                gone: Breaking,
                new: Harmless,
                keys: &[
                    ("table", Harmless),
                    ("code", Breaking),
                    ("status", Breaking),
                    ("message", Harmless),
                    ("printed", Harmless),
                ],
                parts: &[],
            },
            Shape {
                list: "equivalents",
                entry: "equivalent",
                id: &["vendor", "id"],
                gone: Breaking,
                new: Harmless,
                keys: &[("relation", Breaking), ("reason", Harmless)],
                parts: &[],
            },
        ],
    },
];

/// Compares two `catalog.json`: breaking changes first, each kind in the order of the catalog's lists.
///
/// # Errors
/// Where one of the texts is no `catalog.json` of a version that this program knows.
pub fn diff(older: &str, newer: &str) -> Result<Vec<Change>, DiffError> {
    let (old, new) = (read("older", older)?, read("newer", newer)?);
    let mut changes = Vec::new();
    for shape in CATALOG {
        compare(shape, "", &old, &new, &mut changes);
    }
    changes.sort_by_key(|change| change.weight);
    Ok(changes)
}

fn read(which: &'static str, text: &str) -> Result<Value, DiffError> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| DiffError::NotJson { which, reason: error.to_string() })?;
    if let Some(shape) = CATALOG.iter().find(|shape| !value.get(shape.list).is_some_and(Value::is_array)) {
        return Err(DiffError::NotACatalog { which, key: shape.list });
    }
    match value.get("version") {
        Some(Value::String(version)) if version == VERSION => Ok(value),
        other => Err(DiffError::Version { which, version: shown(other) }),
    }
}

fn compare(shape: &Shape, within: &str, old: &Value, new: &Value, changes: &mut Vec<Change>) {
    let (old, new) = (entries(shape, old), entries(shape, new));
    let subject = |id: &str| format!("{within}{} {id}", shape.entry);
    for (id, old) in &old {
        let Some(new) = new.get(id) else {
            changes.push(Change { weight: shape.gone, subject: subject(id), event: Event::Gone });
            continue;
        };
        for &(key, weight) in shape.keys {
            // An absent key and `null` say the same.
            let value = |entry: &Value| entry.get(key).cloned().unwrap_or_default();
            let (was, is) = (value(old), value(new));
            if was != is {
                let event = Event::Changed { key, old: was.to_string(), new: is.to_string() };
                changes.push(Change { weight, subject: subject(id), event });
            }
        }
        for part in shape.parts {
            compare(part, &format!("{}, ", subject(id)), old, new, changes);
        }
    }
    for id in new.keys().filter(|id| !old.contains_key(*id)) {
        changes.push(Change { weight: shape.new, subject: subject(id), event: Event::New });
    }
}

fn entries<'v>(shape: &Shape, value: &'v Value) -> BTreeMap<String, &'v Value> {
    let list = value.get(shape.list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|entry| (identity(shape, entry), entry)).collect()
}

fn identity(shape: &Shape, entry: &Value) -> String {
    let parts = shape.id.iter().map(|key| entry.get(key).and_then(Value::as_str).unwrap_or("?"));
    parts.collect::<Vec<_>>().join(".")
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{Recorded, catalog_json};

    fn ours() -> Value {
        serde_json::from_str(&catalog_json(&crate::CATALOG, |_| Recorded::default())).unwrap()
    }

    fn changes(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let old = ours();
        let mut new = old.clone();
        change(&mut new);
        let changes = diff(&old.to_string(), &new.to_string()).unwrap();
        changes.iter().map(|change| format!("{} {change}", change.weight)).collect()
    }

    fn code<'v>(catalog: &'v mut Value, id: &str) -> &'v mut Value {
        let codes = catalog["codes"].as_array_mut().unwrap();
        codes.iter_mut().find(|code| code["id"] == id).unwrap()
    }

    /// A key that is added to the format must be weighed here.
    #[test]
    fn every_key_is_weighed() {
        fn check(shape: &Shape, value: &Value) {
            for entry in value[shape.list].as_array().unwrap() {
                for key in entry.as_object().unwrap().keys() {
                    let known = shape.id.contains(&key.as_str())
                        || shape.keys.iter().any(|(known, _)| known == key)
                        || shape.parts.iter().any(|part| part.list == key);
                    assert!(known, "`{key}` of {}", shape.entry);
                }
                shape.parts.iter().for_each(|part| check(part, entry));
            }
        }
        let ours = ours();
        for shape in CATALOG {
            check(shape, &ours);
        }
    }

    #[test]
    fn what_a_program_can_branch_on_breaks() {
        let subject = "breaking code tencent.HeaderRequired";
        assert_eq!(
            changes(|new| code(new, "HeaderRequired")["status"] = 418.into()),
            [format!("{subject}: status 403 → 418")]
        );
        assert_eq!(
            changes(|new| code(new, "HeaderRequired")["params"] = Value::Array(Vec::new())),
            [format!("{subject}, param header: gone")]
        );
        assert_eq!(
            changes(|new| code(new, "HeaderRequired")["condition"] = "request".into()),
            [format!("{subject}: condition \"request.parameter.missing.header\" → \"request\"")]
        );
        let gone = changes(|new| {
            new["codes"].as_array_mut().unwrap().retain(|code| code["id"] != "HeaderRequired");
        });
        assert_eq!(gone, [format!("{subject}: gone")]);
    }

    #[test]
    fn wording_and_additions_are_harmless() {
        let reworded = changes(|new| code(new, "HeaderRequired")["summary"]["en"] = "Else.".into());
        assert!(matches!(&reworded[..], [one] if one.starts_with("harmless code tencent.HeaderRequired: summary")));
        let added = changes(|new| {
            let mut another = code(new, "HeaderRequired").clone();
            another["id"] = "Another".into();
            new["codes"].as_array_mut().unwrap().push(another);
        });
        assert_eq!(added, ["harmless code tencent.Another: new"]);
    }

    #[test]
    fn what_is_no_catalog_is_refused() {
        let ours = ours().to_string();
        for (old, new, said) in [
            ("{", &*ours, "the older one is not JSON: EOF while parsing an object at line 1 column 1"),
            (&*ours, "[]", "the newer one is no catalog: it has no list `vendors`"),
            (
                r#"{"version":"7","vendors":[],"conditions":[],"codes":[]}"#,
                &*ours,
                "the older one has format version \"7\"; this program compares version 1",
            ),
        ] {
            assert_eq!(diff(old, new).unwrap_err().to_string(), said);
        }
    }
}
