//! The page for addresses that lead nowhere.

use apigw_errors::Lang;
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound<'s> {
    f: Frame<'s>,
}

/// `path` is the address that was asked for; links are relative to it.
pub(crate) fn render(site: &Site, lang: Lang, path: &str) -> Page {
    finish(&NotFound { f: Frame::nowhere(site, lang, path) })
}
