//! All statuses.

use apigw_errors::{Lang, Status};
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::link::Topic;
use crate::words::Words;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "statuses.html")]
struct Statuses<'s> {
    f: Frame<'s>,
    entries: Vec<Entry>,
}

struct Entry {
    status: Option<Status>,
    count: usize,
    also: usize,
}

pub(super) fn render(site: &Site, lang: Lang) -> Page {
    let w = Words::of(lang);
    let entries = site.index.statuses().map(|group| Entry {
        status: group.status,
        count: group.codes.len(),
        also: group.also.len(),
    });
    finish(&Statuses {
        f: Frame::new(site, lang, Topic::Statuses, w.statuses_title.to_owned(), w.statuses_lead.to_owned()),
        entries: entries.collect(),
    })
}
