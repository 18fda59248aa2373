//! The catalog as data: one static record per vendor, condition and code, made by the macro.
//!
//! The typed enums are views of these records; whoever works over *any* catalog (site, gateway, `catalog.json`) uses
//! the records and never names a vendor.

mod condition;

use std::fmt;

pub use condition::{ConditionParam, ConditionRow};

use crate::envelope::EnvelopeForm;
use crate::facets::{Evidence, Fault, Kind, Origin, Plane, Relation, Retry};
use crate::fact::{Authentication, Fact, HeaderFact};
use crate::param::ParamType;
use crate::reading::Lookup;
use crate::status::Status;
use crate::template::Template;
use crate::text::{Lang, Text};

/// Where an entry stands in the catalog's YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// File relative to the catalog's folder: `vendors/huawei.yaml`.
    pub file: &'static str,
    /// Line, from 1.
    pub line: u32,
}

/// A vendor.
#[derive(Clone)]
pub struct VendorRow {
    /// `tencent`
    pub id: &'static str,
    /// Position in [`Catalog::vendors`](crate::Catalog::vendors) of the catalog that describes it.
    pub index: u16,
    /// Path of its Rust module: `apigw_errors::tencent`.
    pub module: &'static str,
    /// Display name.
    pub name: Text,
    /// Name of the envelope its errors travel in; the vendor's id for one that its file describes.
    pub envelope: &'static str,
    /// That description.
    pub form: Option<&'static EnvelopeForm>,
    /// What else is known of its responses.
    pub facts: &'static [Fact],
    /// What its responses carry beside the headers of HTTP.
    pub headers: &'static [HeaderFact],
    /// How callers prove who they are.
    pub authentication: &'static [Authentication],
    /// Newest first.
    pub editions: &'static [Edition],
    /// The newest of them.
    pub newest: &'static Edition,
    /// All codes.
    pub codes: &'static [CodeRow],
    /// What the data plane answers, by [`ConditionRow::index`]; total.
    pub data_answers: &'static [Answer],
    /// What the console plane answers, by [`ConditionRow::index`]; total.
    pub console_answers: &'static [Answer],
    /// The root's answer: what is said when nothing better is known.
    pub outcome: &'static Answer,
    /// Perfect-hash look-ups and message patterns.
    pub lookup: &'static Lookup,
    /// Where the file is.
    pub place: Place,
}

impl PartialEq for VendorRow {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.id == other.id
    }
}

impl Eq for VendorRow {}

impl fmt::Debug for VendorRow {
    /// The id alone: records point at each other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VendorRow({})", self.id)
    }
}

impl VendorRow {
    /// What this vendor answers when `condition` holds: its nearest code upwards, or a plain answer of ours that is
    /// nearer.
    ///
    /// Total: the macro refuses a catalog with a hole. A condition of another catalog gets the root's answer.
    pub fn answer(&self, plane: Plane, condition: &ConditionRow) -> &'static Answer {
        let answers: &'static [Answer] = match plane {
            Plane::Data => self.data_answers,
            Plane::Console => self.console_answers,
        };
        // Positions are those of one catalog and its base: a condition of a stranger is said by what is above it.
        let known = |node: &ConditionRow| answers.get(usize::from(node.index)).filter(|answer| answer.of == node);
        let above = || condition.parent.into_iter().flat_map(ConditionRow::ancestry).find_map(known);
        known(condition).or_else(above).unwrap_or(self.outcome)
    }

    /// The edition with this id.
    pub fn edition(&self, id: &str) -> Option<&'static Edition> {
        self.editions.iter().find(|edition| edition.id == id)
    }

    /// The styles in which its dialects can speak, sorted.
    pub fn styles(&self) -> Vec<&'static str> {
        let of_code = |code: &'static CodeRow| {
            code.style.into_iter().chain(code.variants.iter().filter_map(|variant| variant.style))
        };
        let mut styles: Vec<&'static str> = self.codes.iter().flat_map(of_code).collect();
        styles.sort_unstable();
        styles.dedup();
        styles
    }

    /// The code with this id.
    pub fn code(&self, id: &str) -> Option<&'static CodeRow> {
        self.codes.iter().find(|code| code.id == id)
    }
}

/// A published version of a vendor's tables.
#[derive(Debug)]
pub struct Edition {
    /// `v2`; the newest is the highest.
    pub id: &'static str,
    /// Position in [`VendorRow::editions`]; 0 is the newest.
    pub index: u16,
    /// Our title.
    pub title: Text,
    /// Number of the source document.
    pub source: &'static str,
    /// How it is known.
    pub evidence: Evidence,
    /// Its tables.
    pub tables: &'static [Table],
}

/// One table of an edition.
#[derive(Debug)]
pub struct Table {
    /// `main`, `sdk`, …
    pub id: &'static str,
    /// Our title.
    pub title: Text,
    /// Number of rows in the document.
    pub rows: u16,
    /// What the gateway appends on the wire to messages of this table; may be empty.
    pub wire_suffix: &'static str,
}

/// One code of a vendor, over all editions.
#[derive(Clone)]
pub struct CodeRow {
    /// The vendor.
    pub vendor: &'static VendorRow,
    /// Position in [`VendorRow::codes`].
    pub index: u16,
    /// Stable id, the Rust variant.
    pub id: &'static str,
    /// Stable last segment of its page's path.
    pub slug: &'static str,
    /// Code text, if the vendor has one.
    pub code: Option<&'static str>,
    /// Table family.
    pub plane: Plane,
    /// What the row is.
    pub kind: Kind,
    /// HTTP status, if there is an HTTP answer.
    pub status: Option<Status>,
    /// The template that is raised.
    pub message: Template,
    /// Its parameters.
    pub params: &'static [CodeParam],
    /// What went wrong.
    pub condition: &'static ConditionRow,
    /// True for the one code of vendor, plane and condition that is raised.
    pub canonical: bool,
    /// The style of a dialect that raises it in place of the canonical code.
    pub style: Option<&'static str>,
    /// Who makes the response.
    pub origin: Origin,
    /// Who must act.
    pub fault: Fault,
    /// Whether trying again helps.
    pub retry: Retry,
    /// What every edition says, newest first.
    pub editions: &'static [EditionRow],
    /// Other texts.
    pub variants: &'static [Variant],
    /// What happened.
    pub summary: Text,
    /// What to do, one step a line.
    pub remedy: Text,
    /// Errata, lineage.
    pub notes: Option<Text>,
    /// The same elsewhere.
    pub equivalents: &'static [Equivalent],
    /// Where it is written.
    pub place: Place,
}

impl PartialEq for CodeRow {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || (self.vendor == other.vendor && self.id == other.id)
    }
}

impl Eq for CodeRow {}

impl fmt::Debug for CodeRow {
    /// Vendor and id alone: records point at each other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeRow({self})")
    }
}

impl fmt::Display for CodeRow {
    /// `huawei.ThrottlingThresholdReached`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.vendor.id, self.id)
    }
}

impl CodeRow {
    /// Path of its reference page, without language: `/huawei/throttling-threshold-reached/`.
    pub fn path(&self) -> String {
        format!("/{}/{}/", self.vendor.id, self.slug)
    }

    /// Address of its reference page in a language.
    ///
    /// Below the address that the environment variable `APIGW_ERRORS_SITE` held when this crate was compiled
    /// (`https://example.org/errors`); without one, an absolute path: `/en/huawei/throttling-threshold-reached/`.
    pub fn docs_url(&self, lang: Lang) -> String {
        let site = option_env!("APIGW_ERRORS_SITE").unwrap_or_default().trim_end_matches('/');
        format!("{site}/{lang}{}", self.path())
    }

    /// The same at one vendor; none if that vendor has nothing like it.
    pub fn equivalents_at<'v>(&self, vendor: &'v VendorRow) -> impl Iterator<Item = &'static Equivalent> + use<'v> {
        self.equivalents.iter().filter(move |other| other.code.vendor == vendor)
    }

    /// What this edition says of the code, if the row stands in it.
    pub fn in_edition(&self, edition: &Edition) -> Option<&'static EditionRow> {
        self.editions.iter().find(|row| row.edition.id == edition.id)
    }

    /// How `other` stands to this code by the condition tree alone, in SKOS terms.
    ///
    /// Codes on the root relate to nothing, nor do errors and successes to each other; within a vendor and plane only
    /// codes of the same condition do.
    pub fn relation_to(&'static self, other: &'static CodeRow) -> Option<Relation> {
        let (this_condition, other_condition) = (self.condition, other.condition);
        let comparable = self != other
            && (self.kind == Kind::Success) == (other.kind == Kind::Success)
            && this_condition.parent.is_some()
            && other_condition.parent.is_some();
        if !comparable {
            None
        } else if this_condition == other_condition {
            Some(Relation::Exact)
        } else if self.vendor == other.vendor && self.plane == other.plane {
            None
        } else if other_condition.covers(this_condition) {
            Some(Relation::Broad)
        } else if this_condition.covers(other_condition) {
            Some(Relation::Narrow)
        } else {
            None
        }
    }

    /// The message as the newest document that has the row prints it.
    pub fn printed(&self) -> &'static str {
        self.editions.first().map_or("", |row| row.printed)
    }
}

/// A parameter of a code's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeParam {
    /// Field name.
    pub name: &'static str,
    /// Its type.
    pub ty: ParamType,
    /// May be a secret or identify a caller: never logged.
    pub sensitive: bool,
    /// The condition's parameter that fills it.
    pub from: &'static str,
    /// Taken where the condition has no such parameter.
    pub default: Option<&'static str>,
}

/// What one edition says of a code.
#[derive(Debug)]
pub struct EditionRow {
    /// The edition.
    pub edition: &'static Edition,
    /// The table in it.
    pub table: &'static Table,
    /// Row number in that table, from 1.
    pub row: u16,
    /// Code text in that edition.
    pub code: Option<&'static str>,
    /// Status in that edition.
    pub status: Option<Status>,
    /// The message exactly as printed there.
    pub printed: &'static str,
    /// The same as a template.
    pub message: Template,
    /// The whole cell, where it holds several alternatives.
    pub cell: Option<&'static str>,
}

/// Another text of a code.
#[derive(Debug)]
pub struct Variant {
    /// Its template; may use the parameters of `when`.
    pub message: Template,
    /// How it is known.
    pub evidence: Evidence,
    /// Where it was seen.
    pub source: &'static str,
    /// The condition it words.
    pub when: Option<&'static ConditionRow>,
    /// The dialect style that speaks it; none: known for reading only.
    pub style: Option<&'static str>,
    /// Another code text.
    pub code: Option<&'static str>,
    /// Another status.
    pub status: Option<Status>,
}

/// A code that corresponds to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Equivalent {
    /// The other code.
    pub code: &'static CodeRow,
    /// How the other stands to this one.
    pub relation: Relation,
    /// Why, for [`Relation::Close`].
    pub reason: Option<Text>,
}

/// What a vendor answers for a condition.
#[derive(Debug)]
pub struct Answer {
    /// The condition asked about.
    pub of: &'static ConditionRow,
    /// What goes on the wire.
    pub say: Say,
    /// The nearest code, plain answers passed over.
    pub code: &'static CodeRow,
    /// The condition on the way up at which `say` was found.
    pub at: &'static ConditionRow,
    /// Why, where it stands in for a row that the vendor's tables lack.
    pub reason: Option<Text>,
}

/// See [`Answer`].
#[derive(Debug)]
pub enum Say {
    /// A code of the tables.
    Code(&'static CodeRow),
    /// No row of the tables fits.
    Plain(PlainAnswer),
}

/// An answer of ours in the vendor's envelope, where its tables have no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainAnswer {
    /// HTTP status.
    pub status: Status,
    /// String code, for envelopes that have one.
    pub code: Option<&'static str>,
    /// Message.
    pub message: &'static str,
    /// How it is known.
    pub evidence: Evidence,
}
