//! The addresses that other people rely on.

use std::collections::BTreeSet;

use apigw_errors::{CATALOG, Lang};
use apigw_site::{Answer, Links, Options, Route, Site};

use crate::{rendered, site, text};

#[test]
fn every_path_leads_to_its_route_and_is_unique() {
    let site = site();
    let mut seen = BTreeSet::new();
    for route in site.routes() {
        let path = route.path();
        assert_eq!(site.route(&path), Some(route), "{path}");
        assert!(seen.insert(path.clone()), "{path} twice");
        if path.ends_with('/') {
            assert_eq!(site.route(&format!("{path}index.html")), Some(route), "{path}");
        }
    }
    assert_eq!(seen.len(), site.paths().count());
}

#[test]
fn a_code_text_is_an_address() {
    let site = site();
    for code in CATALOG.codes() {
        let Some(text) = code.code else { continue };
        let page = crate::text(&site, &format!("/{text}/"));
        assert!(page.contains(code.slug), "/{text}/ does not lead to {code}");
        let rows = CATALOG.codes().filter(|other| other.code == Some(text)).count();
        if rows > 1 {
            for lang in Lang::ALL {
                let candidates = crate::text(&site, &format!("/{lang}/codes/{text}/"));
                assert!(candidates.contains(code.slug), "{lang}: {code}");
            }
        }
    }
}

#[test]
fn a_missing_slash_is_put_right_and_nothing_else() {
    let site = site();
    assert_eq!(site.answer("/en/conditions"), Answer::Redirect("/en/conditions/".to_owned()));
    for path in ["/en/nowhere", "/nowhere/", "//en/", "/en/status/+429/", "/en/status/0429/", "/en//", "/xx/"] {
        assert!(matches!(site.answer(path), Answer::NotFound(_)), "{path}");
    }
}

#[test]
fn the_page_that_says_no_speaks_the_language_of_the_path() {
    let site = site();
    for (path, lang) in [("/zh/nowhere/", "zh-Hans"), ("/en/nowhere/", "en"), ("/nowhere", "en")] {
        let Answer::NotFound(page) = site.answer(path) else { panic!("{path}") };
        let page = String::from_utf8(page.body.into_owned()).unwrap();
        assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{path}");
    }
}

#[test]
fn the_switch_keeps_the_place() {
    let site = site();
    for route in site.routes() {
        let Route::Page(Lang::En, topic) = route else { continue };
        let other = Route::Page(Lang::Zh, topic).path();
        let page = rendered(&site, route);
        let (_, switch) = page.split_once("class=\"switch\"").unwrap();
        let (_, href) = switch.split_once("href=\"").unwrap();
        let (href, _) = href.split_once('"').unwrap();
        let up = route.path().matches('/').count() - 1;
        assert_eq!(href, format!("{}{}", "../".repeat(up), other.trim_start_matches('/')), "{}", route.path());
    }
}

#[test]
fn canonical_and_language_links_are_absolute_under_a_base() {
    let base = Some("https://example.org/errors".to_owned());
    let site = Site::new(&CATALOG, Options { base_url: base, ..Options::default() });
    let page = text(&site, "/zh/conditions/");
    for wanted in [
        "<link rel=\"canonical\" href=\"https://example.org/errors/zh/conditions/\">",
        "hreflang=\"en\" href=\"https://example.org/errors/en/conditions/\"",
        "hreflang=\"x-default\" href=\"https://example.org/errors/en/conditions/\"",
        "href=\"../../assets/site.css\"",
    ] {
        assert!(page.contains(wanted), "{wanted}\n{page}");
    }
}

#[test]
fn a_folder_on_disk_needs_no_server() {
    let site = Site::new(&CATALOG, Options { links: Links::Files, ..Options::default() });
    let page = text(&site, "/en/conditions/");
    assert!(page.contains("href=\"../index.html\"") && !page.contains("href=\"../\""));
}
