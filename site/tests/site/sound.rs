//! Markup, links and anchors, in every way the site can be built.

use apigw_errors::CATALOG;
use apigw_site::check::check;
use apigw_site::write::render_all;
use apigw_site::{Links, Options, Site};

#[test]
fn markup_and_links_are_sound() {
    let based = Options {
        base_url: Some("https://example.org/a/path/".to_owned()),
        source_url: Some("https://example.com/blob/main/catalog".to_owned()),
        ..Options::default()
    };
    for options in [Options::default(), Options { links: Links::Files, ..Options::default() }, based] {
        let said = format!("{options:?}");
        let site = Site::new(&CATALOG, options);
        let report = check(&site, &render_all(&site));
        assert!(report.links > report.pages, "{said}: the check saw only {} links", report.links);
        assert!(report.problems.is_empty(), "{said}: {:#?}", report.problems);
    }
}

/// A link that leads nowhere is seen, so that the test above means something.
#[test]
fn a_broken_link_is_seen() {
    let site = crate::site();
    let mut pages = render_all(&site);
    let code = CATALOG.codes().next().unwrap();
    pages.retain(|(route, _)| !route.path().ends_with(&code.path()));
    let report = check(&site, &pages);
    assert!(report.problems.iter().any(|problem| problem.what.contains(code.slug)));
}
