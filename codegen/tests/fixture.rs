//! The small valid catalog is read, and the model says what its files say.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use std::path::Path;

use apigw_errors_codegen::model::{Catalog, Relation, Say};
use apigw_errors_codegen::{Files, read, render_all};

fn fixture() -> Catalog {
    let files = Files {
        base: None,
        conditions: Some("conditions.yaml".into()),
        relations: Some("relations.yaml".into()),
        vendors: vec!["vendors/acme.yaml".into(), "vendors/bolt.yaml".into()],
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture");
    read(&root, &files).unwrap_or_else(|report| panic!("{}", render_all(&report)))
}

/// `relation vendor.Code` for each equivalent of a code.
fn equivalents(catalog: &Catalog, vendor: usize, code: &str) -> Vec<String> {
    let code = catalog.vendors[vendor].codes.iter().find(|known| known.id == code).unwrap();
    let name = |equivalent: &apigw_errors_codegen::model::Equivalent| {
        let vendor = &catalog.vendors[equivalent.vendor];
        format!("{} {}.{}", equivalent.relation.word(), vendor.id, vendor.codes[equivalent.code].id)
    };
    code.equivalents.iter().map(name).collect()
}

/// What a vendor's data plane says for a condition.
fn answer(catalog: &Catalog, vendor: usize, condition: &str) -> String {
    let condition = catalog.conditions.iter().position(|known| known.id == condition).unwrap();
    let vendor = &catalog.vendors[vendor];
    let answer = &vendor.data_answers[condition];
    let code = &vendor.codes[answer.code].id;
    let at = &catalog.conditions[answer.at].id;
    match answer.say {
        Say::Code(said) => {
            assert_eq!(vendor.codes[said].id, *code);
            format!("{code} at {at}")
        }
        Say::Plain(plain) => format!("{:?} at {at}, else {code}", vendor.plain[plain].message),
    }
}

#[test]
fn conditions_inherit_parameters() {
    let catalog = fixture();
    let by_id = |id: &str| catalog.conditions.iter().find(|condition| condition.id == id).unwrap();
    let params = |id: &str| by_id(id).params.iter().map(|param| param.name.as_str()).collect::<Vec<_>>();
    assert_eq!(params("request.header_missing.user_id"), ["header"]);
    assert_eq!(params("traffic.rate_limited"), ["policy", "limit"]);
    assert!(by_id("auth.signature_mismatch").params[0].sensitive);
    assert_eq!(by_id("outcome").parent, None);
    assert_eq!(by_id("traffic.rate_limited").parent.map(|at| catalog.conditions[at].id.as_str()), Some("traffic"));
}

#[test]
fn each_edition_keeps_its_own_words() {
    let catalog = fixture();
    let [newest, older] = catalog.vendors[0].codes[0].rows.as_slice() else { panic!("two editions") };
    assert_eq!((newest.printed.as_str(), newest.status), ("header xxx is required.", Some(400)));
    assert_eq!(newest.message.to_string(), "header {header} is required.");
    assert_eq!((older.message.to_string().as_str(), older.status), ("header {header} missing", Some(403)));
    let broken = catalog.vendors[0].codes.iter().find(|code| code.id == "Broken").unwrap();
    assert_eq!(broken.rows[1].text.as_deref(), Some("A.5"));
}

#[test]
fn parameters_come_in_the_order_of_the_message() {
    let catalog = fixture();
    let code = catalog.vendors[1].codes.iter().find(|code| code.id == "TooManyRequests").unwrap();
    assert_eq!(code.params.iter().map(|param| param.name.as_str()).collect::<Vec<_>>(), ["limit", "policy"]);
    let renamed = &catalog.vendors[1].codes[0].params[0];
    assert_eq!((renamed.name.as_str(), renamed.from.as_str()), ("name", "header"));
}

#[test]
fn a_variant_that_words_a_condition_is_detailed() {
    let catalog = fixture();
    let code = catalog.vendors[0].codes.iter().find(|code| code.id == "Throttled").unwrap();
    let styles: Vec<_> = code.variants.iter().map(|variant| variant.style.as_deref()).collect();
    assert_eq!(styles, [Some("detailed"), Some("legacy")]);
}

#[test]
fn relations_follow_from_the_tree() {
    let catalog = fixture();
    assert_eq!(
        equivalents(&catalog, 0, "HeaderRequired"),
        ["broad acme.OperationRefused", "narrow bolt.UserIdMissing"]
    );
    assert_eq!(
        equivalents(&catalog, 0, "SignatureWrong"),
        ["exact acme.SignatureWrongInChinese", "close bolt.TooManyRequests"]
    );
    assert_eq!(equivalents(&catalog, 1, "TooManyRequests"), ["close acme.SignatureWrong", "broad acme.Throttled"]);
    assert!(equivalents(&catalog, 1, "InternalError").is_empty());
    assert!(
        catalog.vendors[0].codes[1].equivalents.iter().all(|e| (e.relation == Relation::Close) == e.reason.is_some())
    );
}

#[test]
fn every_condition_has_an_answer() {
    let catalog = fixture();
    for vendor in &catalog.vendors {
        assert_eq!(vendor.data_answers.len(), catalog.conditions.len());
        assert_eq!(vendor.console_answers.len(), catalog.conditions.len());
    }
    assert_eq!(answer(&catalog, 0, "traffic.rate_limited"), "Throttled at traffic");
    assert_eq!(answer(&catalog, 0, "auth"), "SignatureWrong at auth");
    assert_eq!(answer(&catalog, 0, "request"), "\"Bad request\" at request, else Broken");
    assert_eq!(answer(&catalog, 0, "request.header_missing.user_id"), "HeaderRequired at request.header_missing");
    assert_eq!(answer(&catalog, 1, "request.header_missing"), "InternalError at outcome");
    assert_eq!(answer(&catalog, 0, "success"), "Broken at outcome");
}

#[test]
fn entries_know_their_lines() {
    let catalog = fixture();
    let place = &catalog.vendors[1].codes[0].place;
    assert_eq!((place.file.as_str(), place.line), ("vendors/bolt.yaml", 12));
}
