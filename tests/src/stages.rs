//! The stages of a code, from a row of a document to a real answer: it is in the catalog, it has its pages, a check
//! declares its condition, and it has been raised through a socket.

use std::collections::BTreeSet;

use apigw_errors::{Dialect, VendorRow};
use apigw_gateway::check;

/// The codes that the declared conditions of all checks come out as, in any edition and style, by `vendor.Id`.
pub fn declared(vendors: &[&'static VendorRow]) -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    for condition in check::ALL.iter().flat_map(|info| info.raises).map(|condition| condition.row()) {
        for vendor in vendors {
            let editions = vendor.editions.iter().map(|edition| Dialect { edition, ..Dialect::newest(vendor) });
            let styles: Vec<_> = std::iter::once(None).chain(vendor.styles().into_iter().map(Some)).collect();
            let dialects =
                editions.flat_map(|dialect| styles.iter().map(move |style| Dialect { style: *style, ..dialect }));
            let said = dialects.filter_map(|dialect| dialect.code_for(condition));
            declared.extend(said.map(ToString::to_string));
        }
    }
    declared
}
