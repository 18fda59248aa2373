//! A code text that stands for several rows.

use apigw_errors::{CodeRow, Lang, VendorRow};
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::label::Columns;
use crate::link::Topic;
use crate::words::Words;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "candidates.html")]
struct Candidates<'s> {
    f: Frame<'s>,
    text: &'static str,
    /// The vendor, if all rows are of one.
    vendor: Option<&'static VendorRow>,
    table: Columns,
    /// The rows whose code this is.
    own: Vec<&'static CodeRow>,
    /// The rows that have it in an older edition or a variant.
    also: Vec<&'static CodeRow>,
}

pub(super) fn render(site: &Site, lang: Lang, text: &'static str) -> Page {
    finish(&gather(site, lang, text))
}

/// The same page at its short address.
pub(crate) fn render_at(site: &Site, lang: Lang, text: &'static str, path: &str) -> Page {
    let mut page = gather(site, lang, text);
    page.f = page.f.at(path);
    finish(&page)
}

fn gather<'s>(site: &'s Site, lang: Lang, text: &'static str) -> Candidates<'s> {
    let w = Words::of(lang);
    let (own, also): (Vec<_>, Vec<_>) =
        site.index.codes_with(text).iter().copied().partition(|code| code.code == Some(text));
    let title = format!("{text} ({})", crate::words::codes(lang, own.len() + also.len()));
    let description = format!("{text}: {}", w.candidates_lead);
    let mut vendors = own.iter().chain(&also).map(|code| code.vendor);
    let vendor = vendors.next().filter(|first| vendors.all(|other| other == *first));
    let f = Frame::new(site, lang, Topic::Candidates(text), title, description);
    let table = if vendor.is_some() { f.vendor_only_table() } else { f.mixed_table() };
    Candidates { f, text, vendor, table, own, also }
}
