//! `catalog.json`: the catalog for other people's programs.
//!
//! The keys and their order are a contract; a change to them is a new `version`. One entry stands on one line, so that
//! two exports can be compared line by line.

use apigw_errors::{Catalog, CodeRow, ConditionRow, EditionRow, Equivalent, Text, VendorRow};
use serde::Serialize;

use crate::link::{Route, Topic};
use crate::recording;

/// The version of the format.
pub const VERSION: &str = "1";

/// The whole catalog as JSON: sorted as the catalog is, without dates, the same bytes every time.
pub fn catalog_json(catalog: &Catalog) -> String {
    let vendors = catalog.vendors.iter().map(|vendor| line(&Vendor::from(*vendor)));
    let conditions = catalog.conditions.iter().map(|condition| line(&Condition::from(condition)));
    let codes = catalog.codes().map(|code| line(&Code::from(code)));
    let mut out = format!("{{\"version\":\"{VERSION}\"");
    list(&mut out, "vendors", vendors);
    list(&mut out, "conditions", conditions);
    list(&mut out, "codes", codes);
    out.push_str("}\n");
    out
}

fn list(out: &mut String, key: &str, lines: impl Iterator<Item = String>) {
    out.push_str(",\n\"");
    out.push_str(key);
    out.push_str("\":[");
    for (at, line) in lines.enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(&line);
    }
    out.push(']');
}

/// Serialising plain structs of texts and numbers into a string cannot fail.
fn line(entry: &impl Serialize) -> String {
    serde_json::to_string(entry).unwrap_or_default()
}

#[derive(Serialize)]
struct Vendor {
    id: &'static str,
    name: Both,
    editions: Vec<Edition>,
}

#[derive(Serialize)]
struct Edition {
    id: &'static str,
    title: Both,
    source: &'static str,
    evidence: &'static str,
}

#[derive(Serialize)]
struct Condition {
    id: &'static str,
    parent: Option<&'static str>,
    grpc: &'static str,
    params: Vec<Param>,
    title: Both,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the contract's key for the code text is `code`")]
struct Code {
    vendor: &'static str,
    id: &'static str,
    slug: &'static str,
    plane: &'static str,
    code: Option<&'static str>,
    status: Option<u16>,
    message: &'static str,
    printed: &'static str,
    params: Vec<Param>,
    condition: &'static str,
    grpc: &'static str,
    origin: &'static str,
    fault: &'static str,
    retry: &'static str,
    summary: Both,
    remedy: Both,
    notes: Option<Both>,
    editions: Vec<CodeEdition>,
    equivalents: Vec<CodeEquivalent>,
    raised_by: Option<&'static str>,
    exchange: Option<Exchange>,
    url: String,
}

#[derive(Serialize)]
struct CodeEdition {
    edition: &'static str,
    table: &'static str,
    code: Option<&'static str>,
    status: Option<u16>,
    message: &'static str,
    printed: &'static str,
}

#[derive(Serialize)]
struct CodeEquivalent {
    vendor: &'static str,
    id: &'static str,
    relation: &'static str,
    reason: Option<Both>,
}

#[derive(Serialize)]
struct Exchange {
    request: &'static str,
    response: &'static str,
}

#[derive(Serialize)]
struct Param {
    name: &'static str,
    #[serde(rename = "type")]
    ty: &'static str,
}

#[derive(Serialize)]
struct Both {
    en: &'static str,
    zh: &'static str,
}

impl From<Text> for Both {
    fn from(text: Text) -> Self {
        Self { en: text.en, zh: text.zh }
    }
}

impl From<&'static VendorRow> for Vendor {
    fn from(vendor: &'static VendorRow) -> Self {
        let editions = vendor.editions.iter().map(|edition| Edition {
            id: edition.id,
            title: edition.title.into(),
            source: edition.source,
            evidence: edition.evidence.as_str(),
        });
        Self { id: vendor.id, name: vendor.name.into(), editions: editions.collect() }
    }
}

impl From<&'static ConditionRow> for Condition {
    fn from(condition: &'static ConditionRow) -> Self {
        Self {
            id: condition.id,
            parent: condition.parent.map(|parent| parent.id),
            grpc: condition.grpc.as_str(),
            params: condition.params.iter().map(|param| Param { name: param.name, ty: param.ty.as_str() }).collect(),
            title: condition.title.into(),
        }
    }
}

impl From<&'static CodeRow> for Code {
    fn from(code: &'static CodeRow) -> Self {
        let recording = recording::of(code);
        let exchange = recording.and_then(|recording| {
            Some(Exchange { request: recording.request.as_deref()?, response: recording.response.as_deref()? })
        });
        Self {
            vendor: code.vendor.id,
            id: code.id,
            slug: code.slug,
            plane: code.plane.as_str(),
            code: code.code,
            status: code.status.map(u16::from),
            message: code.message.source,
            printed: code.printed(),
            params: code.params.iter().map(|param| Param { name: param.name, ty: param.ty.as_str() }).collect(),
            condition: code.condition.id,
            grpc: code.condition.grpc.as_str(),
            origin: code.origin.as_str(),
            fault: code.fault.as_str(),
            retry: code.retry.as_str(),
            summary: code.summary.into(),
            remedy: code.remedy.into(),
            notes: code.notes.map(Both::from),
            editions: code.editions.iter().map(CodeEdition::from).collect(),
            equivalents: code.equivalents.iter().map(CodeEquivalent::from).collect(),
            raised_by: recording.and_then(|recording| recording.raised_by.as_deref()),
            exchange,
            url: Route::Page(apigw_errors::Lang::En, Topic::Code(code)).path(),
        }
    }
}

impl From<&'static EditionRow> for CodeEdition {
    fn from(row: &'static EditionRow) -> Self {
        Self {
            edition: row.edition.id,
            table: row.table.id,
            code: row.code,
            status: row.status.map(u16::from),
            message: row.message.source,
            printed: row.printed,
        }
    }
}

impl From<&'static Equivalent> for CodeEquivalent {
    fn from(equivalent: &'static Equivalent) -> Self {
        Self {
            vendor: equivalent.code.vendor.id,
            id: equivalent.code.id,
            relation: equivalent.relation.as_str(),
            reason: equivalent.reason.map(Both::from),
        }
    }
}
