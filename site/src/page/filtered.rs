//! A ready-made selection of codes.

use apigw_errors::{CodeRow, Lang};
use askama::Template;

use super::finish;
use crate::filter::Filter;
use crate::frame::Frame;
use crate::link::Topic;
use crate::words::{Words, codes};
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "filtered.html")]
struct Filtered<'s> {
    f: Frame<'s>,
    filter: Filter,
    /// The selections of the same facet.
    others: Vec<Other>,
    rows: Vec<&'static CodeRow>,
}

struct Other {
    filter: Filter,
    count: usize,
}

pub(super) fn render(site: &Site, lang: Lang, filter: Filter) -> Page {
    let w = Words::of(lang);
    let rows: Vec<_> = site.catalog.codes().filter(|code| filter.admits(code)).collect();
    let count = |filter: Filter| site.catalog.codes().filter(|code| filter.admits(code)).count();
    let others = Filter::all(site.catalog).filter(|other| other.facet() == filter.facet());
    let title = format!("{}{}{}", filter.facet_name(w), w.colon, filter.name(lang));
    let description = format!("{title} – {}", codes(lang, rows.len()));
    finish(&Filtered {
        f: Frame::new(site, lang, Topic::Filter(filter), title, description),
        filter,
        others: others.map(|filter| Other { filter, count: count(filter) }).collect(),
        rows,
    })
}
