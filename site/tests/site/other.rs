//! Another catalog than ours: the site knows no vendor, so that it shows any.

use apigw_site::check::check;
use apigw_site::write::render_all;
use apigw_site::{Options, Site};

/// The small catalog with which code generation is tested.
#[allow(missing_docs, dead_code, clippy::all, clippy::pedantic, reason = "generated")]
mod acme {
    apigw_errors::catalog! {
        root: "../../../codegen/tests/fixture",
        conditions: "conditions.yaml",
        relations: "relations.yaml",
        vendors: ["vendors/acme.yaml", "vendors/bolt.yaml"],
    }
}

#[test]
fn another_catalog_becomes_a_sound_site() {
    let site = Site::new(&acme::CATALOG, Options::default());
    let pages = render_all(&site);
    assert!(pages.len() > acme::CATALOG.codes().count() * 2);
    let report = check(&site, &pages);
    assert!(report.problems.is_empty(), "{:#?}", report.problems);
    for code in acme::CATALOG.codes() {
        let page = crate::text(&site, &format!("/zh{}", code.path()));
        assert!(page.contains(&format!("use {}::Error", code.vendor.module)) && page.contains(code.id), "{code}");
    }
}
