//! What the site promises, held against the catalog it is made from.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests are tests")]

mod addresses;
mod build;
mod complete;
mod export;
mod large;
mod other;
mod relations;
mod sound;
mod weight;

use apigw_errors::CATALOG;
use apigw_site::{Options, Route, Site};

/// The site as a server shows it.
fn site() -> Site {
    Site::new(&CATALOG, Options::default())
}

/// The text of a page that must be there.
fn text(site: &Site, path: &str) -> String {
    let page = site.page(path).unwrap_or_else(|| panic!("no page at {path}"));
    String::from_utf8(page.body.into_owned()).unwrap()
}

/// The text of an address.
fn rendered(site: &Site, route: Route) -> String {
    String::from_utf8(site.render(route).body.into_owned()).unwrap()
}

/// A text as the templates write it.
fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

/// A text as a reader sees it: without tags, white space folded.
fn seen(html: &str) -> String {
    let mut out = String::new();
    for part in html.split('<') {
        out.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
