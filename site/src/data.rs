//! The catalog as the page's scripts read it: one script that sets one object, so that it loads from a folder on disk too.
//!
//! Keys are short and what is usual is left out; `reading.js` has the other side.

use std::collections::{BTreeMap, HashMap};

use apigw_errors::decode::KONG_TEXTS;
use apigw_errors::{
    Catalog, CodeRow, ConditionRow, EditionRow, Grpc, Kind, Origin, Piece, Plane, Status, Template, Variant, VendorRow,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::envelopes;

/// Names of the types of parameters; templates name them by position.
const TYPES: [&str; 9] = ["text", "token", "method", "host", "uri", "number", "protocol", "protocols", "tls_version"];

#[derive(Serialize)]
struct Data {
    types: [&'static str; 9],
    /// Phrases of statuses.
    reasons: BTreeMap<u16, &'static str>,
    /// The words of gRPC, which many APIs use.
    grpc: Vec<&'static str>,
    /// Texts of a plain Kong.
    kong: [&'static str; KONG_TEXTS.len()],
    envelopes: Vec<Value>,
    conditions: Vec<Value>,
    vendors: Vec<Vendor>,
}

#[derive(Serialize)]
struct Vendor {
    id: &'static str,
    name: Value,
    envelope: &'static str,
    /// What the gateway appends to messages.
    suffixes: Vec<&'static str>,
    /// See [`envelopes::plain`].
    plain: Vec<Value>,
    editions: Vec<&'static str>,
    codes: Vec<Code>,
}

#[derive(Serialize)]
struct Code {
    i: &'static str,
    s: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    t: Option<&'static str>,
    /// Managing APIs.
    #[serde(skip_serializing_if = "is_zero")]
    p: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    st: Option<u16>,
    m: Value,
    c: usize,
    /// Another row is raised for its condition.
    #[serde(skip_serializing_if = "is_zero")]
    x: u8,
    /// The backend makes it.
    #[serde(skip_serializing_if = "is_zero")]
    o: u8,
    /// Parameters: name, the condition's name, whether it may be a secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    q: Vec<Value>,
    e: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    a: Vec<Value>,
    y: [&'static str; 2],
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(flag: &u8) -> bool {
    *flag == 0
}

/// The script.
pub(crate) fn script(catalog: &'static Catalog) -> String {
    let positions: HashMap<&str, usize> =
        catalog.all_conditions().enumerate().map(|(at, condition)| (condition.id, at)).collect();
    let at = |condition: &ConditionRow| positions.get(condition.id).copied().unwrap_or_default();
    let data = Data {
        types: TYPES,
        reasons: (100..600)
            .filter_map(Status::new)
            .map(|one| (one.get(), one.reason()))
            .filter(|one| !one.1.is_empty())
            .collect(),
        grpc: Grpc::ALL.iter().map(|word| word.as_str()).collect(),
        kong: KONG_TEXTS,
        envelopes: envelopes::envelopes(catalog),
        conditions: catalog.all_conditions().map(condition).collect(),
        vendors: catalog.all_vendors().map(|row| vendor(row, &at)).collect(),
    };
    // Texts and numbers alone: nothing that could fail.
    let json = serde_json::to_string(&data).unwrap_or_default();
    // One code a line, so that a difference can be read.
    let lines = json.replace("{\"i\":", "\n{\"i\":");
    format!("(globalThis.apigw ??= {{}}).data = {lines};\n")
}

fn condition(row: &ConditionRow) -> Value {
    let params: Vec<Value> = row.params.iter().map(|param| json!([param.name, u8::from(param.sensitive)])).collect();
    if params.is_empty() {
        json!([row.id, row.title.en, row.title.zh])
    } else {
        json!([row.id, row.title.en, row.title.zh, params])
    }
}

fn vendor(row: &'static VendorRow, at: &dyn Fn(&ConditionRow) -> usize) -> Vendor {
    let mut suffixes: Vec<&str> = Vec::new();
    for table in row.editions.iter().flat_map(|edition| edition.tables) {
        let suffix = table.wire_suffix.trim();
        if !suffix.is_empty() && !suffixes.contains(&suffix) {
            suffixes.push(suffix);
        }
    }
    Vendor {
        id: row.id,
        name: json!({ "en": row.name.en, "zh": row.name.zh }),
        envelope: row.envelope,
        suffixes,
        plain: envelopes::plain(row, at),
        editions: row.editions.iter().map(|edition| edition.id).collect(),
        codes: row.codes.iter().map(|row| code(row, at)).collect(),
    }
}

fn code(row: &'static CodeRow, at: &dyn Fn(&ConditionRow) -> usize) -> Code {
    let params = row.params.iter().map(|param| json!([param.name, param.from, u8::from(param.sensitive)]));
    Code {
        i: row.id,
        s: row.slug,
        t: row.code,
        p: u8::from(row.plane == Plane::Console),
        k: (row.kind != Kind::Error).then(|| row.kind.as_str()),
        st: row.status.map(u16::from),
        m: message(&row.message),
        c: at(row.condition),
        x: u8::from(!row.canonical),
        o: u8::from(row.origin == Origin::Backend),
        q: params.collect(),
        e: row.editions.iter().map(|edition| edition_row(row, edition)).collect(),
        a: row.variants.iter().map(|one| variant(one, at)).collect(),
        y: [row.summary.en, row.summary.zh],
    }
}

/// Edition, status, code text, message; the message only where it is not the code's own.
fn edition_row(code: &CodeRow, row: &EditionRow) -> Value {
    let (edition, status) = (row.edition.index, row.status.map(u16::from));
    if row.message.source == code.message.source {
        json!([edition, status, row.code])
    } else {
        json!([edition, status, row.code, message(&row.message)])
    }
}

fn variant(row: &Variant, at: &dyn Fn(&ConditionRow) -> usize) -> Value {
    let mut out = serde_json::Map::new();
    out.insert("m".to_owned(), message(&row.message));
    let when = row.when.map(|when| Value::from(at(when)));
    let rest = [("w", when), ("t", row.code.map(Value::from)), ("st", row.status.map(|one| Value::from(one.get())))];
    out.extend(rest.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    Value::Object(out)
}

/// A text, or texts and parameters in turn.
fn message(template: &Template) -> Value {
    if let Some(text) = template.as_static() {
        return Value::from(text);
    }
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => Value::from(*text),
        Piece::Param(name, ty) => {
            json!([name, TYPES.iter().position(|known| *known == ty.as_str()).unwrap_or_default()])
        }
    });
    Value::Array(pieces.collect())
}
