//! Where search results stand; without a script it says how to find things otherwise.

use apigw_errors::Lang;
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::link::Topic;
use crate::words::Words;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "search.html")]
struct Search<'s> {
    f: Frame<'s>,
}

pub(super) fn render(site: &Site, lang: Lang) -> Page {
    let w = Words::of(lang);
    finish(&Search { f: Frame::new(site, lang, Topic::Search, w.search_title.to_owned(), w.search_lead.to_owned()) })
}
