//! What each vendor says for a condition, as one row of a table.

use apigw_errors::{Answer, CodeRow, ConditionRow, Plane, Relation, Say, VendorRow};

use crate::Site;

/// A condition and what every vendor says for it.
pub(crate) struct Row {
    pub(crate) condition: &'static ConditionRow,
    /// How far below the first row's condition it stands.
    pub(crate) depth: usize,
    pub(crate) cells: Vec<Cell>,
}

/// What one vendor says.
pub(crate) struct Cell {
    pub(crate) vendor: &'static VendorRow,
    /// Its codes for exactly this condition.
    pub(crate) own: Vec<&'static CodeRow>,
    /// What its gateway answers to a call where none of these is it.
    pub(crate) answer: Option<&'static Answer>,
    /// How many codes it has for narrower conditions.
    pub(crate) narrower: usize,
}

impl Cell {
    /// How the answer stands to the condition; nothing where no row of the tables is answered.
    pub(crate) fn relation(&self) -> Option<Relation> {
        let answer = self.answer?;
        match &answer.say {
            Say::Code(_) if answer.at != answer.of => Some(Relation::Broad),
            Say::Code(_) => Some(Relation::Close),
            Say::Plain(_) => None,
        }
    }
}

/// The condition and everything below it.
pub(crate) fn rows(site: &Site, top: &'static ConditionRow, vendors: &[&'static VendorRow]) -> Vec<Row> {
    let mut found = Vec::new();
    collect(site, top, vendors, 0, &mut found);
    found
}

fn collect(
    site: &Site,
    condition: &'static ConditionRow,
    vendors: &[&'static VendorRow],
    depth: usize,
    found: &mut Vec<Row>,
) {
    found.push(Row { condition, depth, cells: cells(site, condition, vendors) });
    for child in site.index.children_of(condition) {
        collect(site, child, vendors, depth + 1, found);
    }
}

/// What every vendor says for this condition.
pub(crate) fn cells(site: &Site, condition: &'static ConditionRow, vendors: &[&'static VendorRow]) -> Vec<Cell> {
    let codes = site.index.codes_of(condition);
    let below = site.index.codes_below(condition);
    let cell = |vendor: &&'static VendorRow| {
        let own: Vec<_> = codes.iter().copied().filter(|code| code.vendor == *vendor).collect();
        let narrower = below.iter().filter(|code| code.vendor == *vendor).count();
        let answer = own.is_empty().then(|| vendor.answer(Plane::Data, condition));
        Cell { vendor, own, answer, narrower }
    };
    vendors.iter().map(cell).collect()
}
