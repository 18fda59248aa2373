//! The macro as another crate meets it: a foreign catalog at work, and what rustc says of a wrong one.
//!
//! `TRYBUILD=overwrite cargo test -p apigw-errors-macros` writes the `.stderr` files anew; read the difference.

#[test]
fn catalogs_of_other_crates() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
