//! The order of fields: that of the authoring guide, and of the types that read them.

/// The fields of the mappings below these keys; `None` where their order is the author's.
pub(super) fn of(path: &[&str]) -> Option<&'static [&'static str]> {
    let fields: &[&str] = match path {
        ["codes"] => &CODE,
        ["codes", "params", _] => &["type", "printed", "from", "default"],
        ["codes", "editions", _] => &["table", "row", "printed", "code", "status", "cell", "placeholders"],
        ["codes", "variants"] => &["message", "evidence", "source", "when", "style", "code", "status"],
        ["facts"] => &["about", "evidence", "source"],
        ["headers"] => &["name", "example", "about", "evidence", "source"],
        ["authentication"] => &["id", "title", "example", "steps", "evidence", "source"],
        ["editions"] => &["id", "title", "source", "evidence", "tables"],
        ["editions", "tables"] => &["id", "title", "rows", "wire_suffix"],
        ["stand_ins"] => &["for", "code", "status", "text", "message", "evidence", "reason"],
        ["conditions"] => &["id", "status", "grpc", "fault", "params", "title", "summary"],
        ["conditions", "params", _] => &["type", "sensitive", "about"],
        ["close"] => &["between", "reason"],
        [.., "name" | "title" | "summary" | "remedy" | "notes" | "reason" | "about" | "steps"] => &["en", "zh"],
        _ => return None,
    };
    Some(fields)
}

const CODE: [&str; 18] = [
    "id",
    "code",
    "plane",
    "kind",
    "status",
    "message",
    "params",
    "condition",
    "canonical",
    "style",
    "origin",
    "fault",
    "retry",
    "editions",
    "variants",
    "summary",
    "remedy",
    "notes",
];

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::document::{
        Authentication, Close, Code, CodeParam, Condition, Edition, HeaderFact, Row, StandIn, Table, Text, Variant,
    };

    /// What the reader names when it meets a field that it does not know: all fields, in their order.
    fn fields<T: DeserializeOwned>() -> Vec<&'static str> {
        match serde_yaml::from_str::<T>("unheard_of: 1").err().as_ref().map(serde_yaml::Error::without_snippet) {
            Some(serde_yaml::Error::SerdeUnknownField { expected, .. }) => expected.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_order_is_that_of_the_reader() {
        for (path, fields) in [
            (&["codes"][..], fields::<Code>()),
            (&["codes", "params", "x"], fields::<CodeParam>()),
            (&["codes", "editions", "v1"], fields::<Row>()),
            (&["codes", "variants"], fields::<Variant>()),
            (&["facts"], fields::<crate::document::fact::Fact>()),
            (&["headers"], fields::<HeaderFact>()),
            (&["authentication"], fields::<Authentication>()),
            (&["editions"], fields::<Edition>()),
            (&["editions", "tables"], fields::<Table>()),
            (&["stand_ins"], fields::<StandIn>()),
            (&["conditions"], fields::<Condition>()),
            (&["close"], fields::<Close>()),
            (&["codes", "summary"], fields::<Text>()),
        ] {
            assert_eq!(of(path).unwrap(), fields, "{path:?}");
        }
    }
}
