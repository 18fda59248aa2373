//! Where a response is pasted; the reading is done by a script, in the page.

use apigw_errors::{CodeRow, Lang};
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::link::Topic;
use crate::words::Words;
use crate::{Page, Site, recording};

#[derive(Template)]
#[template(path = "decode.html")]
struct Decode<'s> {
    f: Frame<'s>,
    examples: Vec<Example>,
}

/// A recorded response to try.
struct Example {
    code: &'static CodeRow,
    response: &'static str,
}

pub(super) fn render(site: &Site, lang: Lang) -> Page {
    let w = Words::of(lang);
    let example = |vendor: &'static apigw_errors::VendorRow| {
        let recorded = |code: &'static CodeRow| Some((code, recording::of(code)?.response.as_deref()?));
        let mut recorded = vendor.codes.iter().filter_map(recorded);
        // One with a parameter shows more.
        let first = recorded.next();
        let (code, response) = recorded.find(|(code, _)| !code.params.is_empty()).or(first)?;
        Some(Example { code, response })
    };
    finish(&Decode {
        f: Frame::new(site, lang, Topic::Decode, w.decode_title.to_owned(), w.decode_lead.to_owned()),
        examples: site.catalog.all_vendors().filter_map(example).collect(),
    })
}
