//! The catalog after every check has passed: plain data with indices instead of names, ready to expand.
//!
//! Nothing in here remembers YAML, and nothing in here can be wrong: a [`Catalog`] exists only if the reader found no
//! problem. Expansion, JSON Schema and the command line all start from this.

use std::path::PathBuf;

use crate::envelope::EnvelopeForm;
use crate::template::Template;
pub use crate::vocabulary::{
    EnvelopeField, Evidence, Fault, Grpc, Kind, Origin, ParamType, Plane, Relation, RequestIdForm, Retry,
};

/// Everything the macro call named, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// All files read, absolute, in the order of the macro call; the expansion tracks them for rebuilds.
    pub files: Vec<PathBuf>,
    /// The tree of conditions in document order: a parent always stands before its children, the root is first.
    pub conditions: Vec<Condition>,
    /// Ids of the vendors of the catalog that this one builds on, in its order.
    pub base_vendors: Vec<String>,
    /// The vendors in the order of the macro call.
    pub vendors: Vec<Vendor>,
}

impl Catalog {
    /// How many of the conditions belong to the catalog that this one builds on; they come first.
    pub fn base_len(&self) -> usize {
        self.conditions.iter().take_while(|condition| condition.base).count()
    }
}

/// A text in both languages of the catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese (simplified).
    pub zh: String,
}

/// Where an entry stands in the YAML, for links from pages and docs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File name relative to the catalog's folder, with `/`: `vendors/huawei.yaml`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

/// A node of the condition tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Dotted id, `auth.signature.mismatch`; stable for ever.
    pub id: String,
    /// True if it belongs to the catalog that this one builds on. Those come first, in their catalog's order.
    pub base: bool,
    /// Index of the parent; `None` for the root alone.
    pub parent: Option<usize>,
    /// Plain HTTP status, for RFC 9457 and for answers no vendor table has a row for.
    pub status: Option<u16>,
    /// Canonical gRPC code.
    pub grpc: Grpc,
    /// Who must act.
    pub fault: Fault,
    /// Own and inherited parameters, the root's first.
    pub params: Vec<Param>,
    /// RFC 9457 title.
    pub title: Text,
    /// When exactly the condition holds.
    pub summary: Text,
    /// Where it is written.
    pub place: Place,
}

/// A typed parameter of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Field name, snake case.
    pub name: String,
    /// Its type.
    pub ty: ParamType,
    /// True if the value may be a secret or identify a caller: shown to the reader, never logged.
    pub sensitive: bool,
    /// What it holds.
    pub about: Text,
}

/// One vendor file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// `tencent`; also the name of the generated module.
    pub id: String,
    /// Display name.
    pub name: Text,
    /// Name of the envelope its errors travel in; the vendor's id for one that its file describes.
    pub envelope: String,
    /// That description.
    pub form: Option<EnvelopeForm>,
    /// What else is known of its responses.
    pub facts: Vec<Fact>,
    /// What its responses carry beside the headers of HTTP.
    pub headers: Vec<HeaderFact>,
    /// How callers prove who they are.
    pub authentication: Vec<Authentication>,
    /// Newest first.
    pub editions: Vec<Edition>,
    /// In document order.
    pub codes: Vec<Code>,
    /// For every condition (by index): what this vendor's data plane answers. Total.
    pub data_answers: Vec<Answer>,
    /// The same for the console plane: console codes first, the data plane's where there is none.
    pub console_answers: Vec<Answer>,
    /// The plain answers that `Say::Plain` points at.
    pub plain: Vec<Plain>,
    /// Where the file's `vendor:` key is written.
    pub place: Place,
}

/// A fact of a vendor's responses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// In our words.
    pub about: Text,
    /// How we know it.
    pub evidence: Evidence,
    /// Where it stands or was seen.
    pub source: String,
}

/// A header of a vendor's responses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderFact {
    /// As the vendor spells it.
    pub name: String,
    /// A value as it may be seen.
    pub example: String,
    /// What it tells, and how that is known.
    pub fact: Fact,
}

/// A way for callers to prove who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// `key_pair`; unique within the vendor.
    pub id: String,
    /// What it is called.
    pub title: Text,
    /// The lines of a request that carry it.
    pub example: String,
    /// How it is made, one step a line, and how that is known.
    pub fact: Fact,
}

/// A published version of a vendor's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// `v2`.
    pub id: String,
    /// Title in our words.
    pub title: Text,
    /// Number of the source document.
    pub source: String,
    /// How we know it.
    pub evidence: Evidence,
    /// Its tables.
    pub tables: Vec<Table>,
}

/// One table of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// `main`, `sdk`, …
    pub id: String,
    /// Title in our words.
    pub title: Text,
    /// Number of rows the document has in it.
    pub rows: usize,
    /// What the gateway appends on the wire to messages of this table; may be empty.
    pub wire_suffix: String,
}

/// One row of a vendor's table, over all editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Rust variant and stable id.
    pub id: String,
    /// `id` in kebab case: the last segment of its URL.
    pub slug: String,
    /// Code text, if the vendor has one.
    pub text: Option<String>,
    /// Table family it belongs to.
    pub plane: Plane,
    /// What kind of row it is.
    pub kind: Kind,
    /// HTTP status; `None` where no HTTP answer exists.
    pub status: Option<u16>,
    /// The template that is raised.
    pub message: Template,
    /// Parameters, in the order of their first use in `message`.
    pub params: Vec<CodeParam>,
    /// Index of its condition.
    pub condition: usize,
    /// True for the one code of its vendor, plane and condition that is raised.
    pub canonical: bool,
    /// The style of a dialect that raises it in place of the canonical code.
    pub style: Option<String>,
    /// Who makes the response.
    pub origin: Origin,
    /// Who must act.
    pub fault: Fault,
    /// Whether trying again helps.
    pub retry: Retry,
    /// One entry for every edition in which the row stands, newest first.
    pub rows: Vec<EditionRow>,
    /// Other texts of this code.
    pub variants: Vec<Variant>,
    /// What happened.
    pub summary: Text,
    /// What to do, one step a line.
    pub remedy: Text,
    /// Errata, lineage.
    pub notes: Option<Text>,
    /// Same-meaning codes elsewhere, sorted by relation, vendor, document order.
    pub equivalents: Vec<Equivalent>,
    /// Where it is written.
    pub place: Place,
}

/// A parameter of a code's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeParam {
    /// Field name.
    pub name: String,
    /// Its type.
    pub ty: ParamType,
    /// True if the condition's parameter is sensitive.
    pub sensitive: bool,
    /// Name of the condition's parameter that fills it.
    pub from: String,
    /// Used where the condition raised has no such parameter.
    pub default: Option<String>,
}

/// What one edition says of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionRow {
    /// Index into [`Vendor::editions`].
    pub edition: usize,
    /// Index into [`Edition::tables`].
    pub table: usize,
    /// Row number in that table, from 1.
    pub row: usize,
    /// Code text of that edition.
    pub text: Option<String>,
    /// Status of that edition.
    pub status: Option<u16>,
    /// The message exactly as that document prints it.
    pub printed: String,
    /// The same as a template.
    pub message: Template,
    /// The whole cell, where it holds several alternatives.
    pub cell: Option<String>,
}

/// Another text of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its template; may use the code's parameters and those of `when`.
    pub message: Template,
    /// How we know it.
    pub evidence: Evidence,
    /// Where it was seen.
    pub source: String,
    /// The condition that it words.
    pub when: Option<usize>,
    /// The dialect style that speaks it; `detailed` where only `when` was given; none = decode only.
    pub style: Option<String>,
    /// Another code text.
    pub text: Option<String>,
    /// Another status.
    pub status: Option<u16>,
}

/// How a code relates to another code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equivalent {
    /// Index into [`Catalog::base_vendors`] and behind them [`Catalog::vendors`].
    pub vendor: usize,
    /// Index into that vendor's codes.
    pub code: usize,
    /// How *the other* stands to this one.
    pub relation: Relation,
    /// Only for [`Relation::Close`].
    pub reason: Option<Text>,
}

/// What a vendor answers for a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What goes on the wire: the nearest of code and plain answer on the way up.
    pub say: Say,
    /// The code alone, plain answers passed over: total over all conditions.
    pub code: usize,
    /// The condition at which `say` was found.
    pub at: usize,
    /// Why, where a stand-in was taken.
    pub reason: Option<Text>,
}

/// See [`Answer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    /// Index into [`Vendor::codes`].
    Code(usize),
    /// Index into [`Vendor::plain`].
    Plain(usize),
}

/// An answer of ours where the vendor's tables have no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// HTTP status.
    pub status: u16,
    /// String code on the wire, for envelopes that have one.
    pub text: Option<String>,
    /// Message.
    pub message: String,
    /// How we know it.
    pub evidence: Evidence,
}
