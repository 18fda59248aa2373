//! What the decoder in the page knows of envelopes: the library's own knowledge as data, that of any catalog's vendors too.

use apigw_errors::decode::{BodyField, BodyForm, KnownEnvelope, Mark, Needs, Says, known_envelopes};
use apigw_errors::envelope::{EnvelopeField, MemberValue, Part, Syntax};
use apigw_errors::{Catalog, ConditionRow, EnvelopeForm, PlainAnswer, Say, VendorRow};
use serde_json::{Map, Value, json};

/// All envelopes, in the order in which bodies are offered to them.
pub(crate) fn envelopes(catalog: &Catalog) -> Vec<Value> {
    known_envelopes(catalog).iter().map(envelope).collect()
}

fn envelope(known: &KnownEnvelope) -> Value {
    let mut out = Map::new();
    out.insert("name".to_owned(), known.name.into());
    out.insert("marks".to_owned(), known.marks.iter().map(mark).collect());
    if let Some(foot) = known.foot {
        out.insert("foot".to_owned(), foot.into());
    }
    match known.form {
        Some(form) => out.insert("described".to_owned(), described(form)),
        None => out.insert("bodies".to_owned(), known.bodies.iter().map(body).collect()),
    };
    Value::Object(out)
}

fn mark(mark: &Mark) -> Value {
    let says = match mark.says {
        Says::Gateway => "gateway",
        Says::RequestId => "id",
        Says::CommonRequestId => "common",
        Says::Upstream => "upstream",
        Says::UpstreamStatus => "answered",
        Says::Code => "code",
        Says::Message => "message",
    };
    json!([mark.header, mark.value, says])
}

/// What is usual is left out.
fn body(form: &BodyForm) -> Value {
    let mut out = Map::new();
    let paths =
        [("code", form.code), ("message", form.message), ("status", form.status), ("requestId", form.request_id)];
    for (key, path) in paths.into_iter().chain([("only", form.only)]).filter(|(_, path)| !path.is_empty()) {
        out.insert(key.to_owned(), json!(path));
    }
    let names = |fields: &[BodyField]| fields.iter().copied().map(body_field).collect::<Value>();
    match form.needs {
        Needs::All(fields) => out.insert("all".to_owned(), names(fields)),
        Needs::Any(fields) => out.insert("any".to_owned(), names(fields)),
    };
    if let Some(fields) = form.own_with {
        out.insert("own".to_owned(), names(fields));
    }
    Value::Object(out)
}

const fn body_field(field: BodyField) -> &'static str {
    match field {
        BodyField::Code => "code",
        BodyField::Message => "message",
        BodyField::Status => "status",
        BodyField::RequestId => "requestId",
    }
}

fn described(form: &EnvelopeForm) -> Value {
    let syntax = match form.syntax {
        Syntax::Json => "json",
        Syntax::Xml => "xml",
        Syntax::Plain => "plain",
    };
    let members = form.members.iter().map(|member| {
        let value = match member.value {
            MemberValue::Text(text) => parts(text),
            MemberValue::Status => "status".into(),
            MemberValue::Any => "any".into(),
        };
        json!([member.path, value])
    });
    json!({
        "syntax": syntax,
        "members": members.collect::<Vec<_>>(),
        "body": parts(form.body),
        "distinctive": form.distinctive,
    })
}

/// Texts, and fields each in a list of its own.
fn parts(parts: &[Part]) -> Value {
    let part = |part: &Part| match part {
        Part::Text(text) => Value::from(*text),
        Part::Field(EnvelopeField::RequestId) => json!(["requestId"]),
        Part::Field(EnvelopeField::RetryAfter) => json!(["retryAfter"]),
        Part::Field(field) => json!([field.as_str()]),
    };
    parts.iter().map(part).collect()
}

/// Answers that no table of the vendor's has a row for: status, code text, message, and the conditions that declare them.
pub(crate) fn plain(vendor: &'static VendorRow, at: &dyn Fn(&ConditionRow) -> usize) -> Vec<Value> {
    let mut found: Vec<(&PlainAnswer, Vec<usize>)> = Vec::new();
    // Each where it is declared, and not at the conditions below, which only inherit it.
    for answer in vendor.data_answers.iter().filter(|answer| answer.of == answer.at) {
        let Say::Plain(plain) = &answer.say else { continue };
        match found.iter_mut().find(|(known, _)| *known == plain) {
            Some((_, conditions)) => conditions.push(at(answer.of)),
            None => found.push((plain, vec![at(answer.of)])),
        }
    }
    found.iter().map(|(plain, of)| json!([plain.status.get(), plain.code, plain.message, of])).collect()
}
