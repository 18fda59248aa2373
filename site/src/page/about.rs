//! How to read the site, where its facts come from, and how to add to it.

use apigw_errors::{Evidence, Fault, Lang, Relation, Retry, VendorRow};
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::link::Topic;
use crate::words::Words;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "about.html")]
struct About<'s> {
    f: Frame<'s>,
    vendors: Vec<&'static VendorRow>,
    evidence: &'static [Evidence],
    relations: &'static [Relation],
    faults: &'static [Fault],
    retries: &'static [Retry],
}

pub(super) fn render(site: &Site, lang: Lang) -> Page {
    let w = Words::of(lang);
    finish(&About {
        f: Frame::new(site, lang, Topic::About, w.about_title.to_owned(), w.about_lead.to_owned()),
        vendors: site.catalog.all_vendors().collect(),
        evidence: Evidence::ALL,
        relations: Relation::ALL,
        faults: Fault::ALL,
        retries: Retry::ALL,
    })
}
