//! What search engines and browsers are told about the site as a whole. Both need whole addresses.

use std::fmt::Write as _;

use apigw_errors::Lang;

use crate::Site;
use crate::frame::html_lang;
use crate::link::{Route, Topic};
use crate::words::Words;

/// Every page once for each language, with its counterparts.
pub(crate) fn sitemap(site: &Site) -> String {
    let base = base(site);
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    for topic in site.topics().filter(|topic| *topic != Topic::Search) {
        let address = |lang| format!("{base}{}", escape(&Route::Page(lang, topic).path()));
        for lang in Lang::ALL {
            // Writing to a string cannot fail.
            let _ = write!(out, "<url><loc>{}</loc>", address(lang));
            for other in Lang::ALL {
                let (tag, href) = (html_lang(other), address(other));
                let _ = write!(out, "<xhtml:link rel=\"alternate\" hreflang=\"{tag}\" href=\"{href}\"/>");
            }
            out.push_str("</url>\n");
        }
    }
    out.push_str("</urlset>\n");
    out
}

/// The site's search, for a browser's address bar.
pub(crate) fn open_search(site: &Site, lang: Lang) -> String {
    let (base, w) = (base(site), Words::of(lang));
    let (title, about) = (escape(site.options.title), escape(w.overview_title));
    let (page, icon) = (Route::Page(lang, Topic::Search).path(), crate::asset::ICON.path);
    let tag = html_lang(lang);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n<ShortName>{title}</ShortName>\n<Description>{about}</Description>\n<InputEncoding>UTF-8</InputEncoding>\n<Language>{tag}</Language>\n<Image width=\"16\" height=\"16\" type=\"image/svg+xml\">{base}{icon}</Image>\n<Url type=\"text/html\" template=\"{base}{page}?q={{searchTerms}}\"/>\n</OpenSearchDescription>\n"
    )
}

fn base(site: &Site) -> String {
    escape(site.options.base_url.as_deref().unwrap_or_default().trim_end_matches('/'))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
