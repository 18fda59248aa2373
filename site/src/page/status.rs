//! A status: the codes that are answered with it.

use apigw_errors::{CodeRow, Lang, Status};
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::label::status_with_reason;
use crate::link::Topic;
use crate::words::{Words, codes};
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage<'s> {
    f: Frame<'s>,
    status: Option<Status>,
    codes: &'s [&'static CodeRow],
    /// Codes with it only in an older edition or a variant.
    also: &'s [&'static CodeRow],
}

pub(super) fn render(site: &Site, lang: Lang, status: Option<Status>) -> Page {
    let w = Words::of(lang);
    let group = site.index.status(status);
    let title = status.map_or_else(|| w.no_status_title.to_owned(), status_with_reason);
    let listed = group.map_or(&[][..], |group| &group.codes);
    let also = group.map_or(&[][..], |group| &group.also);
    let mut names: Vec<&str> = listed.iter().chain(also).map(|code| code.vendor.name.get(lang)).collect();
    names.dedup();
    let description = format!("{title}: {} – {}", codes(lang, listed.len()), names.join(", "));
    finish(&StatusPage {
        f: Frame::new(site, lang, Topic::Status(status), title, description),
        status,
        codes: listed,
        also,
    })
}
