//! What templates call to put facts into words; they hand over references, so these take references.

use apigw_errors::{
    CodeRow, ConditionRow, Edition, Evidence, Fault, Kind, Origin, Plane, Relation, Retry, Status, Text, VendorRow,
};

use crate::checks::Check;
use crate::frame::Frame;
use crate::link::NO_STATUS;
use crate::prose::{self, Run};
use crate::{recording, words};

/// Which columns a table of codes has beside status, error, who must act and retry.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Columns {
    /// What went wrong.
    pub(crate) condition: bool,
    /// The vendor.
    pub(crate) vendor: bool,
    /// The row number in each of these.
    pub(crate) editions: &'static [Edition],
    /// Rows carry their facets as attributes.
    pub(crate) facets: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, clippy::ref_option, reason = "askama passes arguments by reference")]
#[allow(clippy::unused_self, reason = "a template calls what it can reach: methods of its fields")]
impl Frame<'_> {
    pub(crate) fn say(&self, text: &Text) -> &'static str {
        text.get(self.lang)
    }

    /// What a check of the gateway does.
    pub(crate) fn does<'c>(&self, check: &'c Check) -> &'c str {
        check.what.get(self.lang)
    }

    pub(crate) fn fault(&self, fault: &Fault) -> &'static str {
        fault.label().get(self.lang)
    }

    pub(crate) fn fault_long(&self, fault: &Fault) -> &'static str {
        fault.about().get(self.lang)
    }

    pub(crate) fn retry(&self, retry: &Retry) -> &'static str {
        retry.label().get(self.lang)
    }

    pub(crate) fn retry_long(&self, retry: &Retry) -> &'static str {
        retry.about().get(self.lang)
    }

    pub(crate) fn origin(&self, origin: &Origin) -> &'static str {
        origin.label().get(self.lang)
    }

    pub(crate) fn origin_long(&self, origin: &Origin) -> &'static str {
        origin.about().get(self.lang)
    }

    pub(crate) fn plane(&self, plane: &Plane) -> &'static str {
        plane.label().get(self.lang)
    }

    pub(crate) fn evidence(&self, evidence: &Evidence) -> &'static str {
        evidence.label().get(self.lang)
    }

    pub(crate) fn evidence_long(&self, evidence: &Evidence) -> &'static str {
        match evidence {
            Evidence::Documented => self.w.evidence_documented,
            Evidence::Observed => self.w.evidence_observed,
            Evidence::Inferred => self.w.evidence_inferred,
        }
    }

    pub(crate) fn relation(&self, relation: &Relation) -> &'static str {
        relation.label().get(self.lang)
    }

    pub(crate) fn relation_long(&self, relation: &Relation) -> &'static str {
        relation.about().get(self.lang)
    }

    pub(crate) fn relation_mark(&self, relation: &Relation) -> &'static str {
        relation.mark()
    }

    /// What the row is, unless it is an ordinary error.
    pub(crate) fn odd_kind(&self, kind: &Kind) -> Option<&'static str> {
        (*kind != Kind::Error).then(|| kind.label().get(self.lang))
    }

    /// "3 codes"
    pub(crate) fn count(&self, n: impl std::borrow::Borrow<usize>) -> String {
        words::codes(self.lang, *n.borrow())
    }

    /// `429`, or a dash.
    pub(crate) fn status_text(&self, status: &Option<Status>) -> String {
        status.map_or_else(|| "–".to_owned(), |status| status.to_string())
    }

    /// `429 Too Many Requests`, or words for none.
    pub(crate) fn status_long(&self, status: &Option<Status>) -> String {
        status.map_or_else(|| self.w.no_status.to_owned(), status_with_reason)
    }

    /// The class for the colour of a status: `s4`, `s5`, `s0` for none. The number is always beside it.
    pub(crate) fn status_class(&self, status: &Option<Status>) -> String {
        format!("s{}", status.map_or(0, |status| status.get() / 100))
    }

    pub(crate) fn status_class_of(&self, status: &Status) -> String {
        self.status_class(&Some(*status))
    }

    pub(crate) fn lang_of(&self, text: &str) -> &'static str {
        prose::lang_of(text)
    }

    pub(crate) fn runs<'t>(&self, text: &'t str) -> Vec<Run<'t>> {
        prose::runs(text)
    }

    pub(crate) fn lines<'t>(&self, text: &'t str) -> Vec<&'t str> {
        prose::lines(text).collect()
    }

    /// The branch of the tree that the condition stands in: its ancestor directly below the root.
    pub(crate) fn branch(&self, condition: &'static ConditionRow) -> &'static str {
        condition.ancestry().take_while(|node| node.parent.is_some()).last().unwrap_or(condition).id
    }

    /// The editions that have the row, as the filters name them.
    pub(crate) fn edition_ids(&self, code: &CodeRow) -> String {
        let ids: Vec<String> =
            code.editions.iter().map(|row| format!("{}-{}", code.vendor.id, row.edition.id)).collect();
        ids.join(" ")
    }

    /// Whether the test run saw the gateway raise it, as the filters say it.
    pub(crate) fn raised(&self, code: &CodeRow) -> &'static str {
        if recording::of(code).is_some() { "yes" } else { "no" }
    }

    /// The status as the filters name it.
    pub(crate) fn status_key(&self, status: &Option<Status>) -> String {
        status.map_or_else(|| NO_STATUS.to_owned(), |status| status.to_string())
    }

    /// The number of the code's row in this edition, or a dash.
    pub(crate) fn row_in(&self, code: &CodeRow, edition: &Edition) -> String {
        code.in_edition(edition).map_or_else(|| "–".to_owned(), |row| row.row.to_string())
    }

    /// The table of the overview, ready for filters.
    pub(crate) fn overview_table(&self) -> Columns {
        Columns { condition: true, facets: true, ..Columns::default() }
    }

    /// A table of one vendor's codes in the order of its documents.
    pub(crate) fn vendor_table(&self, vendor: &'static VendorRow) -> Columns {
        Columns { condition: true, editions: vendor.editions, ..Columns::default() }
    }

    /// A table of several vendors' codes.
    pub(crate) fn mixed_table(&self) -> Columns {
        Columns { condition: true, vendor: true, ..Columns::default() }
    }

    /// A table of codes of one vendor.
    pub(crate) fn vendor_only_table(&self) -> Columns {
        Columns { condition: true, ..Columns::default() }
    }

    /// A table of codes that share vendor and condition.
    pub(crate) fn own_table(&self) -> Columns {
        Columns::default()
    }

    /// False for a status that the IANA registry does not know.
    pub(crate) fn is_registered(&self, status: &Option<Status>) -> bool {
        status.is_none_or(is_registered)
    }

    /// An id in pieces, between which a line may break.
    pub(crate) fn dotted<'t>(&self, id: &'t str) -> Vec<&'t str> {
        id.split_inclusive(['.', '_']).collect()
    }
}

/// `429 Too Many Requests`; the number alone where no phrase is public.
pub(crate) fn status_with_reason(status: Status) -> String {
    format!("{status} {}", status.reason()).trim_end().to_owned()
}

/// The code's text, else its status, else its id: what a reader calls it.
pub(crate) fn short_name(code: &CodeRow) -> String {
    match (code.code, code.status) {
        (Some(text), _) => text.to_owned(),
        (None, Some(status)) => status.to_string(),
        (None, None) => code.id.to_owned(),
    }
}

/// True for the error statuses of the IANA registry (and 1xx to 3xx, where the vendors use none of their own).
fn is_registered(status: Status) -> bool {
    matches!(status.get(), 100..=399 | 400..=417 | 421..=426 | 428 | 429 | 431 | 451 | 500..=508 | 510 | 511)
}
