//! `catalog.json`: the catalog for other people's programs.
//!
//! The keys and their order are a contract; a change to them is a new `version`. One entry stands on one line, so that
//! two exports can be compared line by line.

use serde::Serialize;

use crate::catalog::Catalog;
use crate::fact;
use crate::param::ParamType;
use crate::row::{CodeRow, ConditionRow, EditionRow, Equivalent, VendorRow};
use crate::text::{Lang, Text};

/// The version of the format.
pub const VERSION: &str = "1";

/// What the conformance tests saw of a code; nothing where they did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recorded {
    /// The gateway's check that raises it: `checks::rate_limit`.
    pub raised_by: Option<&'static str>,
    /// A recorded exchange.
    pub exchange: Option<Exchange>,
}

/// A request that raises a code, and the answer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// As it went over the socket.
    pub request: &'static str,
    /// As it came back.
    pub response: &'static str,
}

/// The whole catalog as JSON: sorted as the catalog is, without dates, the same bytes every time.
///
/// `recorded` adds what was seen of each code; `|_| Recorded::default()` where nothing is known.
pub fn catalog_json(catalog: &Catalog, recorded: impl Fn(&'static CodeRow) -> Recorded) -> String {
    let vendors = catalog.all_vendors().map(|vendor| line(&Vendor::from(vendor)));
    let conditions = catalog.all_conditions().map(|condition| line(&Condition::from(condition)));
    let codes = catalog.codes().map(|code| line(&CodeEntry::new(catalog, code, recorded(code))));
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
    facts: Vec<Fact>,
    headers: Vec<Header>,
    authentication: Vec<Authentication>,
    editions: Vec<Edition>,
}

#[derive(Serialize)]
struct Fact {
    about: Both,
    evidence: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
struct Header {
    name: &'static str,
    example: &'static str,
    about: Both,
    evidence: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
struct Authentication {
    id: &'static str,
    title: Both,
    example: &'static str,
    steps: Both,
    evidence: &'static str,
    source: &'static str,
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

/// A code as `catalog.json` tells it.
#[derive(Debug, Serialize)]
pub struct CodeEntry {
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

#[derive(Debug, Serialize)]
struct CodeEdition {
    edition: &'static str,
    table: &'static str,
    code: Option<&'static str>,
    status: Option<u16>,
    message: &'static str,
    printed: &'static str,
}

#[derive(Debug, Serialize)]
struct CodeEquivalent {
    vendor: &'static str,
    id: &'static str,
    relation: &'static str,
    reason: Option<Both>,
}

#[derive(Debug, Serialize)]
struct Param {
    name: &'static str,
    #[serde(rename = "type")]
    ty: &'static str,
}

#[derive(Debug, Serialize)]
struct Both {
    en: &'static str,
    zh: &'static str,
}

impl Param {
    fn new(name: &'static str, ty: ParamType) -> Self {
        Self { name, ty: ty.as_str() }
    }
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
        let fact = |fact: &fact::Fact| (fact.about.into(), fact.evidence.as_str(), fact.source);
        let facts = vendor.facts.iter().map(|one| {
            let (about, evidence, source) = fact(one);
            Fact { about, evidence, source }
        });
        let headers = vendor.headers.iter().map(|header| {
            let (about, evidence, source) = fact(&header.fact);
            Header { name: header.name, example: header.example, about, evidence, source }
        });
        let authentication = vendor.authentication.iter().map(|way| {
            let (steps, evidence, source) = fact(&way.fact);
            Authentication { id: way.id, title: way.title.into(), example: way.example, steps, evidence, source }
        });
        Self {
            id: vendor.id,
            name: vendor.name.into(),
            facts: facts.collect(),
            headers: headers.collect(),
            authentication: authentication.collect(),
            editions: editions.collect(),
        }
    }
}

impl From<&'static ConditionRow> for Condition {
    fn from(condition: &'static ConditionRow) -> Self {
        Self {
            id: condition.id,
            parent: condition.parent.map(|parent| parent.id),
            grpc: condition.grpc.as_str(),
            params: condition.params.iter().map(|param| Param::new(param.name, param.ty)).collect(),
            title: condition.title.into(),
        }
    }
}

impl CodeEntry {
    /// The entry of a code, with its equivalents over all vendors of `catalog`.
    pub fn new(catalog: &Catalog, code: &'static CodeRow, recorded: Recorded) -> Self {
        Self {
            vendor: code.vendor.id,
            id: code.id,
            slug: code.slug,
            plane: code.plane.as_str(),
            code: code.code,
            status: code.status.map(u16::from),
            message: code.message.source,
            printed: code.printed(),
            params: code.params.iter().map(|param| Param::new(param.name, param.ty)).collect(),
            condition: code.condition.id,
            grpc: code.condition.grpc.as_str(),
            origin: code.origin.as_str(),
            fault: code.fault.as_str(),
            retry: code.retry.as_str(),
            summary: code.summary.into(),
            remedy: code.remedy.into(),
            notes: code.notes.map(Both::from),
            editions: code.editions.iter().map(CodeEdition::from).collect(),
            equivalents: catalog.equivalents(code).iter().map(CodeEquivalent::from).collect(),
            raised_by: recorded.raised_by,
            exchange: recorded.exchange,
            url: format!("/{}{}", Lang::En, code.path()),
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

impl From<&Equivalent> for CodeEquivalent {
    fn from(equivalent: &Equivalent) -> Self {
        Self {
            vendor: equivalent.code.vendor.id,
            id: equivalent.code.id,
            relation: equivalent.relation.as_str(),
            reason: equivalent.reason.map(Both::from),
        }
    }
}
