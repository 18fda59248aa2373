//! From a condition to a vendor's words without allocation, where the words have no parameters.

use std::borrow::Cow;

use apigw_errors::{CATALOG, Condition, ConditionId, Dialect, Kind, Plane, Say, Vendor};
use strum::VariantArray;

/// The conditions that have no parameters, so that no text of theirs can come from an owned value.
fn plain() -> impl Iterator<Item = Condition> {
    ConditionId::VARIANTS.iter().filter_map(|&id| Condition::from_params(id, |_| None))
}

#[test]
fn a_message_without_parameters_is_borrowed() {
    let mut borrowed = 0;
    for vendor in CATALOG.vendors {
        for edition in vendor.editions {
            for plane in Plane::ALL {
                let dialect = Dialect { edition, plane: *plane, ..Dialect::newest(vendor) };
                for condition in plain() {
                    let saying = dialect.say(&condition);
                    // A table's suffix, and a parameter that has its default, are joined to the message: rendering it
                    // into the response needs no allocation either, but there is no text of the catalog to borrow.
                    let joined = saying.code().is_some_and(|code| {
                        let row = code.in_edition(edition).or(code.editions.first());
                        !code.params.is_empty() || row.is_some_and(|row| !row.table.wire_suffix.is_empty())
                    });
                    let is_borrowed = matches!(saying.message(), Cow::Borrowed(_));
                    assert_eq!(is_borrowed, !joined, "{condition} at {dialect}: {:?}", saying.message());
                    borrowed += usize::from(is_borrowed);
                }
            }
        }
    }
    assert!(borrowed > 200, "{borrowed}");
}

/// The typed error of such a code is its variant alone, and its `Display` the catalog's own text.
#[test]
fn a_typed_error_without_parameters_is_its_text() {
    for condition in plain() {
        for &vendor in Vendor::VARIANTS {
            let answer = vendor.row().answer(Plane::Data, condition.id().row());
            let Say::Code(code) = answer.say else { continue };
            if let Some(text) = code.message.as_static().filter(|_| code.kind != Kind::Success) {
                assert_eq!(condition.to_error(vendor).to_string(), text);
            }
        }
    }
}
