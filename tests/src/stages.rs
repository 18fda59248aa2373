//! The stages of a code, from a row of a document to a real answer: it is in the catalog, it has its pages, a check
//! declares its condition, and it has been raised through a socket.

use std::collections::BTreeSet;

use apigw_errors::{CodeRow, ConditionRow, Edition, Plane, Say, VendorRow};
use apigw_gateway::check;

/// The codes that the declared conditions of all checks come out as, in any edition, by `vendor.Id`.
pub fn declared(vendors: &[&'static VendorRow]) -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    for condition in check::ALL.iter().flat_map(|info| info.raises).map(|condition| condition.row()) {
        for vendor in vendors {
            let said = vendor.editions.iter().filter_map(|edition| said(vendor, edition, condition));
            declared.extend(said.map(ToString::to_string));
        }
    }
    declared
}

/// The code that an edition has for a condition; none where a plain answer is given. The same walk as
/// [`apigw_errors::Dialect::say`] makes, which needs a condition with its parameters.
fn said(vendor: &VendorRow, edition: &Edition, condition: &ConditionRow) -> Option<&'static CodeRow> {
    let mut answer = vendor.answer(Plane::Data, condition);
    loop {
        let Say::Code(code) = &answer.say else { return None };
        match answer.at.parent {
            Some(parent) if code.in_edition(edition).is_none() => answer = vendor.answer(Plane::Data, parent),
            _ => return Some(code),
        }
    }
}
