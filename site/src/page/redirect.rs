//! Pages that only lead on: the root, and the short address of a code text that one row has.

use apigw_errors::{CodeRow, Lang};
use askama::Template;

use super::finish;
use crate::frame::{Frame, html_lang};
use crate::link::{Route, Topic};
use crate::words::Words;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "redirect.html")]
struct Redirect<'s> {
    f: Frame<'s>,
    target: String,
    ways: Vec<Way>,
}

/// The page in one language.
struct Way {
    lang: &'static str,
    words: &'static str,
    name: String,
    href: String,
}

pub(crate) fn root(site: &Site) -> Page {
    let name = |lang| Words::of(lang).overview_title.to_owned();
    to(site, Topic::Overview, Route::Root, site.options.title.to_owned(), &name)
}

pub(crate) fn short(site: &Site, text: &'static str, code: &'static CodeRow) -> Page {
    let name = |lang: Lang| format!("{} {text}", code.vendor.name.get(lang));
    to(site, Topic::Code(code), Route::Short(text), text.to_owned(), &name)
}

fn to(site: &Site, topic: Topic, here: Route, title: String, name: &dyn Fn(Lang) -> String) -> Page {
    let f = Frame::new(site, Lang::En, topic, title, name(Lang::En)).at(&here.path());
    let ways = Lang::ALL.map(|lang| Way {
        lang: html_lang(lang),
        words: Words::of(lang).moved_on,
        name: name(lang),
        href: f.to(&Route::Page(lang, topic).path()),
    });
    let target = f.to(&Route::Page(Lang::En, topic).path());
    finish(&Redirect { f, target, ways: Vec::from(ways) })
}
