//! The macro folds the catalog's fixed texts into the keys of a perfect hash; the runtime folds what it looks up there.
//! A text that the two fold differently could never be found.

use apigw_errors::{CATALOG, reading};
use apigw_errors_codegen::expand;
use proptest::prelude::*;

fn agree(text: &str) -> Result<(), TestCaseError> {
    let (ours, theirs) = (expand::fold(text), reading::fold(text));
    prop_assert_eq!(ours.as_str(), theirs.as_ref(), "{:?}", text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_folded_alike(text in any::<String>()) {
        agree(&text)?;
    }

    /// Where folding has something to do: spaces of all widths, periods, line ends.
    #[test]
    fn white_space_and_periods_are_folded_alike(text in "[ab。. \t\r\n\u{a0}\u{3000}\u{2028}\u{85}\u{200b}]{0,12}") {
        agree(&text)?;
    }
}

#[test]
fn every_text_of_the_catalog_is_folded_alike() {
    for code in CATALOG.codes() {
        for row in code.editions {
            agree(row.printed).unwrap();
        }
        agree(code.message.source).unwrap();
    }
}
