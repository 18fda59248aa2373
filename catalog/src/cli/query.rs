//! What people call a code: its id, code text, status, address, condition, or a message with it.

use std::borrow::Cow;
use std::cmp::Reverse;

use apigw_errors::{CodeRow, ConditionRow, Plane, VendorRow};

use crate::cli::facet;
use crate::cli::fuzzy::{distance, slips, squashed};
use crate::cli::subject::catalog;
use crate::cli::{index, response};

/// Which codes are meant, and of whom.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// A code text (`APIG.0308`), id (`huawei.ThrottlingThresholdReached`), message, status, address of a page, or
    /// condition. A message needs no quotes.
    #[arg(required = true, value_name = "CODE|MESSAGE|STATUS")]
    query: Vec<String>,
    #[command(flatten)]
    pub(crate) narrow: Narrow,
}

/// Filters for a query.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Narrow {
    /// Only codes of this vendor.
    #[arg(long, value_name = "VENDOR", value_parser = facet::vendors())]
    vendor: Option<&'static VendorRow>,
    /// Only codes of this plane: calling an API, or managing one.
    #[arg(long, value_name = "PLANE", value_parser = facet::planes())]
    plane: Option<Plane>,
}

impl Args {
    /// The query as one text.
    pub(crate) fn text(&self) -> String {
        self.query.join(" ").trim().to_owned()
    }
}

impl Narrow {
    pub(crate) fn admits(self, code: &CodeRow) -> bool {
        self.vendor.is_none_or(|vendor| code.vendor == vendor) && self.plane.is_none_or(|plane| code.plane == plane)
    }
}

/// A code that a query means.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// The code.
    pub(crate) code: &'static CodeRow,
    /// What was read of a message.
    pub(crate) values: Vec<(&'static str, String)>,
}

impl From<&'static CodeRow> for Candidate {
    fn from(code: &'static CodeRow) -> Self {
        Self { code, values: Vec::new() }
    }
}

/// The ways to understand a query, the strictest first; the first that finds something decides.
const WAYS: [fn(&str) -> Vec<Candidate>; 7] =
    [by_id, by_code_text, by_status, by_condition, by_address, by_message, by_response];

/// The codes that a query means, in the order of the catalog or, for a message, best first.
pub(crate) fn resolve(query: &str, narrow: Narrow) -> Vec<Candidate> {
    let found = WAYS.iter().map(|way| {
        let mut found = way(query);
        found.retain(|candidate| narrow.admits(candidate.code));
        found
    });
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

fn all(wanted: impl Fn(&CodeRow) -> bool) -> Vec<Candidate> {
    catalog().codes().filter(|code| wanted(code)).map(Candidate::from).collect()
}

/// `huawei.ThrottlingThresholdReached`, `ThrottlingThresholdReached`, `huawei::Code::ThrottlingThresholdReached`
fn by_id(query: &str) -> Vec<Candidate> {
    let name = query.replace("::Code::", ".").replace("::Error::", ".");
    // The crate's name, and what else stands before the vendor's module.
    let name = name.rsplit("::").next().unwrap_or(&name);
    all(|code| name.eq_ignore_ascii_case(code.id) || name.eq_ignore_ascii_case(&code.to_string()))
}

/// In any edition, or in a variant seen on the wire; case does not matter.
fn by_code_text(query: &str) -> Vec<Candidate> {
    all(|code| code_texts(code).any(|text| text.eq_ignore_ascii_case(query)))
}

fn code_texts(code: &CodeRow) -> impl Iterator<Item = &'static str> {
    let editions = code.editions.iter().filter_map(|row| row.code);
    code.code.into_iter().chain(editions).chain(code.variants.iter().filter_map(|variant| variant.code))
}

/// `429`, `4xx`
fn by_status(query: &str) -> Vec<Candidate> {
    let text = query.strip_prefix("HTTP ").unwrap_or(query);
    text.parse::<facet::StatusIs>()
        .ok()
        .filter(|status| *status != facet::StatusIs::Absent)
        .map(|status| all(|code| status.admits(code)))
        .unwrap_or_default()
}

/// `traffic.rate_limited`
fn by_condition(query: &str) -> Vec<Candidate> {
    let Some(condition) = catalog().condition(query) else { return Vec::new() };
    let at = all(|code| code.condition == condition);
    if at.is_empty() { all(|code| condition.covers(code.condition)) } else { at }
}

/// `throttling-threshold-reached`, `https://…/en/huawei/throttling-threshold-reached/`, `/APIG.0308`
fn by_address(query: &str) -> Vec<Candidate> {
    let path = query.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let mut segments = path.rsplit('/');
    let last = segments.next().unwrap_or_default();
    let above = segments.next();
    let found = all(|code| code.slug.eq_ignore_ascii_case(last) && above.is_none_or(|above| !is_other(code, above)));
    if found.is_empty() && path.contains('/') { by_code_text(last) } else { found }
}

/// Is the segment above the slug another vendor?
fn is_other(code: &CodeRow, segment: &str) -> bool {
    catalog().vendor(segment).is_some_and(|vendor| vendor != code.vendor)
}

/// A message of any vendor. The more of it is known text, the better; who knows less of it does not count.
fn by_message(query: &str) -> Vec<Candidate> {
    let mut readings: Vec<_> = catalog().all_vendors().flat_map(|vendor| vendor.read(query)).collect();
    readings.retain(|reading| reading.template().literal_len() > 0);
    readings.sort_by_key(|reading| Reverse(reading.template().literal_len()));
    let best = readings.first().map_or(0, |reading| reading.template().literal_len());
    let mut found: Vec<Candidate> = Vec::new();
    // A document prints a final period or not: that is no more knowledge of the text.
    for reading in readings.into_iter().filter(|reading| reading.template().literal_len() + 1 >= best) {
        if found.iter().any(|candidate| candidate.code == reading.code) {
            continue;
        }
        let values = reading.params.into_iter().map(|(name, value)| (name, Cow::into_owned(value))).collect();
        found.push(Candidate { code: reading.code, values });
    }
    found
}

/// A whole body or a line of a log, although `decode` says more of it.
fn by_response(query: &str) -> Vec<Candidate> {
    let decoded = response::decode(query, None);
    let values = |params: Vec<(&'static str, Cow<'_, str>)>| {
        params.into_iter().map(|(name, value)| (name, value.into_owned())).collect()
    };
    let candidates = decoded.candidates.into_iter();
    candidates.map(|found| Candidate { code: found.code, values: values(found.params) }).collect()
}

/// Codes whose names or texts are near the query, nearest first.
pub(crate) fn suggest(query: &str, narrow: Narrow) -> Vec<&'static CodeRow> {
    const MOST: usize = 5;
    let squashed_query = squashed(query);
    let most = slips(&squashed_query).max(usize::from(squashed_query.len() > 2));
    let edits = |code: &CodeRow| {
        let names = code_texts(code).map(squashed).chain([squashed(code.id), squashed(&code.to_string())]);
        names.filter_map(|name| distance(&name, &squashed_query, most)).min()
    };
    let admitted = catalog().codes().filter(|code| narrow.admits(code));
    let mut near: Vec<_> = admitted.filter_map(|code| Some((edits(code)?, code))).collect();
    near.sort_by_key(|(edits, _)| *edits);
    // Beside the very name, spelt otherwise, its neighbours are noise.
    if let Some(&(0, _)) = near.first() {
        near.retain(|(edits, _)| *edits == 0);
    }
    if near.is_empty() {
        let found = index::search(query, |code| narrow.admits(code));
        return found.hits.into_iter().take(MOST).map(|hit| hit.code).collect();
    }
    near.into_iter().take(MOST).map(|(_, code)| code).collect()
}

/// The condition whose id is nearest.
pub(crate) fn nearest_condition(name: &str) -> Option<&'static ConditionRow> {
    let most = name.chars().count() / 3;
    let near = |condition: &&ConditionRow| distance(condition.id, name, most).unwrap_or(usize::MAX);
    let found = catalog().all_conditions().min_by_key(near)?;
    let last = |id: &str| id.rsplit('.').next().map(str::to_owned);
    if near(&found) < usize::MAX {
        return Some(found);
    }
    catalog().all_conditions().find(|condition| last(condition.id) == last(name))
}
