//! Declared parameters, as written and compiled.

use http::HeaderName;
use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::sink::Sink;
use crate::parameters::{Flaw, Kind, OnlyFor, Parameter, Parameters, Place, Range};

/// Whether fields that nobody declared pass.
const UNDECLARED: &[(&str, bool)] = &[("pass", false), ("refuse", true)];

/// What an API declares.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// Header fields.
    #[serde(default)]
    pub(crate) header: Vec<Declaration>,
    /// Parameters of the API's path: `id` for `/users/{id}`.
    #[serde(default)]
    pub(crate) path: Vec<Declaration>,
    /// Fields of the query.
    #[serde(default)]
    pub(crate) query: Vec<Declaration>,
    /// Fields of a body of type `application/x-www-form-urlencoded`.
    #[serde(default)]
    pub(crate) body: Vec<Declaration>,
    /// Fields of query and body that are not declared: `pass` (default), `refuse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) undeclared: Option<At<Word>>,
    /// Lists of names whose values must not fall from one to the next: `[[from, to]]`.
    #[serde(default)]
    pub(crate) ascending: Vec<Vec<At<Word>>>,
}

/// A parameter.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Declaration {
    /// Its name.
    pub(crate) name: At<Word>,
    /// `string` (default), `integer`, `number`, `boolean`
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<At<Word>>,
    /// True if a call without it is refused. What stands in the path always is.
    #[serde(default)]
    pub(crate) required: bool,
    /// What the backend gets where the call has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<At<Word>>,
    /// True if it may stand there more than once.
    #[serde(default)]
    pub(crate) repeated: bool,
    /// Least number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<At<f64>>,
    /// Greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<At<f64>>,
    /// Fewest characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min_length: Option<At<u32>>,
    /// Most characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_length: Option<At<u32>>,
    /// The values it may have.
    #[serde(default)]
    pub(crate) one_of: Vec<At<Word>>,
    /// It exists only where another parameter has one of some values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) only_for: Option<WrittenOnlyFor>,
}

/// It exists only where another parameter has one of some values.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenOnlyFor {
    /// The other's name.
    pub(crate) parameter: At<Word>,
    /// Its values.
    pub(crate) is: Vec<At<Word>>,
}

/// Compiles what an API with this path declares.
pub(super) fn compile(written: &Written, path: &At<Word>, sink: &mut Sink) -> Parameters {
    let mut all: Vec<(&Declaration, Place)> = Vec::new();
    for one in &written.header {
        match HeaderName::try_from(&*one.name.value.0) {
            Ok(name) => all.push((one, Place::Header(name))),
            Err(_) => {
                sink.report::<()>(one.name.referenced, format!("`{}` is no header name", one.name.value));
            }
        }
    }
    all.extend(written.path.iter().filter_map(|one| Some((one, in_path(one, path, sink)?))));
    all.extend(written.query.iter().map(|one| (one, Place::Query)));
    all.extend(written.body.iter().map(|one| (one, Place::Body)));
    for (index, (one, place)) in all.iter().enumerate() {
        if all.iter().take(index).any(|(other, there)| place == there && other.name.value == one.name.value) {
            sink.report::<()>(one.name.referenced, format!("second parameter `{}` in this place", one.name.value));
        }
    }
    let names: Vec<(&str, usize)> = all.iter().enumerate().map(|(index, (one, _))| (&*one.name.value, index)).collect();
    let closed = written.undeclared.as_ref().and_then(|word| sink.name(word, "way with further fields", UNDECLARED));
    let ascending = written
        .ascending
        .iter()
        .map(|group| group.iter().filter_map(|word| sink.name(word, "parameter", &names)).collect());
    let ascending = ascending.collect();
    let declared = all.iter().map(|(one, place)| parameter(one, place, &names, sink)).collect();
    Parameters { declared, closed: closed.unwrap_or(false), ascending }
}

/// Where `{name}` or `{name+}` stands in the API's path.
fn in_path(one: &Declaration, path: &At<Word>, sink: &mut Sink) -> Option<Place> {
    let (name, rest) = (format!("{{{}}}", one.name.value), format!("{{{}+}}", one.name.value));
    let found = path.value.split('/').enumerate().find(|(_, segment)| *segment == name || *segment == rest);
    let found = found.map(|(number, segment)| Place::Path { segment: number, rest: *segment == rest });
    found.or_else(|| {
        let message = format!("`{}` holds no `{name}`", path.value);
        sink.report_with(one.name.referenced, message, format!("write `{name}` where the value stands in the path"))
    })
}

fn parameter(one: &Declaration, place: &Place, names: &[(&str, usize)], sink: &mut Sink) -> Parameter {
    let kind = one.kind.as_ref().and_then(|word| sink.name(word, "type of parameter", Kind::NAMES));
    let only_for = one.only_for.as_ref().and_then(|only_for| {
        Some(OnlyFor { parameter: sink.name(&only_for.parameter, "parameter", names)?, values: texts(&only_for.is) })
    });
    let length = |bound: &Option<At<u32>>| bound.as_ref().and_then(|bound| usize::try_from(bound.value).ok());
    let range = Range {
        min: one.min.as_ref().map(|min| min.value),
        max: one.max.as_ref().map(|max| max.value),
        min_length: length(&one.min_length),
        max_length: length(&one.max_length),
        one_of: texts(&one.one_of),
    };
    let kind = kind.unwrap_or(Kind::String);
    for bound in [&one.min, &one.max].into_iter().flatten() {
        if !kind.is_numeric() {
            let help = "write `type: integer` or `type: number`, or bound the length";
            sink.report_with::<()>(bound.referenced, "only numbers have a least and a greatest value", help);
        }
    }
    if let (Some(min), Some(max)) = (&one.min, &one.max)
        && min.value > max.value
    {
        sink.report::<()>(max.referenced, "the greatest value is less than the least");
    }
    if let (Some(min), Some(max)) = (&one.min_length, &one.max_length)
        && min.value > max.value
    {
        sink.report::<()>(max.referenced, "the greatest length is less than the least");
    }
    let compiled = Parameter {
        name: (&*one.name.value).into(),
        place: place.clone(),
        required: one.required || matches!(place, Place::Path { .. }),
        default: one.default.as_ref().map(|default| (&*default.value).into()),
        repeated: one.repeated,
        kind,
        range,
        only_for,
    };
    if let Some(default) = &one.default {
        judge_default(default, &compiled, sink);
    }
    compiled
}

/// A default is a value like any other, and has to be one that can be sent.
fn judge_default(default: &At<Word>, parameter: &Parameter, sink: &mut Sink) {
    let text = &default.value;
    match parameter.judge(text) {
        Err(Flaw::Kind) => {
            sink.report::<()>(default.referenced, format!("`{text}` is no {}", parameter.kind.name()));
        }
        Err(Flaw::Range) => {
            sink.report::<()>(default.referenced, format!("`{text}` is outside of what the parameter may be"));
        }
        Ok(()) if matches!(parameter.place, Place::Header(_)) && http::HeaderValue::try_from(&*text.0).is_err() => {
            sink.report::<()>(default.referenced, format!("`{text}` is no value of a header field"));
        }
        Ok(()) => {}
    }
}

fn texts(words: &[At<Word>]) -> Vec<Box<str>> {
    words.iter().map(|word| (&*word.value).into()).collect()
}
