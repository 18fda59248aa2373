//! The reference site of a catalog: a page for every vendor, code, condition and status, in every language.
//!
//! It renders any catalog that went through the macro and names no vendor. A page is made when it is asked for, so a
//! server starts at once; [`Site::routes`] lists all of them for a static build.
//!
//! ```
//! use apigw_site::{Options, Site};
//!
//! let site = Site::new(&apigw_errors::CATALOG, Options::default());
//! let page = site.page("/en/conditions/").expect("every catalog has the tree");
//! assert_eq!(page.content_type, "text/html; charset=utf-8");
//! ```

pub mod check;
mod command;
pub mod export;
mod frame;
mod index;
mod label;
mod link;
mod page;
mod prose;
pub mod recording;
mod rust;
mod serve;
mod words;
pub mod write;

pub use command::run;
pub use export::catalog_json;
pub use link::{Links, Route, Topic};

use std::borrow::Cow;

use apigw_errors::{Catalog, Lang};

use crate::index::Index;
use crate::link::{CATALOG, ICON, NO_STATUS, NOT_FOUND, STYLE, is_addressable};

/// What a site depends on beside the catalog.
#[derive(Debug, Clone)]
pub struct Options {
    /// Name in the header and in page titles.
    pub title: &'static str,
    /// Where the site will live (`https://example.org/errors`); canonical and language links become absolute.
    pub base_url: Option<String>,
    /// How links name a folder's page.
    pub links: Links,
    /// The command that explains a code in the terminal.
    pub command: &'static str,
    /// Address of the catalog's folder, for links to its lines: `https://…/blob/main/catalog`.
    pub source_url: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { title: "apigw-errors", base_url: None, links: Links::Folders, command: "apigw-errors", source_url: None }
    }
}

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Value for the `Content-Type` header.
    pub content_type: &'static str,
    /// The bytes.
    pub body: Cow<'static, [u8]>,
}

impl Page {
    fn html(body: String) -> Self {
        Self { content_type: "text/html; charset=utf-8", body: Cow::Owned(body.into_bytes()) }
    }
}

/// What a server answers for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200 with this page.
    Page(Page),
    /// 308 to this path: the same with its trailing slash.
    Redirect(String),
    /// 404 with this page, in the language of the path.
    NotFound(Page),
}

/// The site of one catalog.
#[derive(Debug)]
pub struct Site {
    catalog: &'static Catalog,
    options: Options,
    index: Index,
}

impl Site {
    /// Prepares the look-ups; renders nothing.
    pub fn new(catalog: &'static Catalog, options: Options) -> Self {
        Self { catalog, options, index: Index::new(catalog) }
    }

    /// The catalog shown.
    pub fn catalog(&self) -> &'static Catalog {
        self.catalog
    }

    /// All addresses, in a stable order.
    pub fn routes(&self) -> Vec<Route> {
        let mut routes = vec![Route::Root, Route::NotFound, Route::Catalog, Route::Style, Route::Icon];
        for lang in Lang::ALL {
            routes.extend(self.topics().map(|topic| Route::Page(lang, topic)));
        }
        routes.extend(self.index.texts().filter(|text| is_addressable(text)).map(Route::Short));
        routes
    }

    /// All paths, in a stable order.
    pub fn paths(&self) -> impl Iterator<Item = String> {
        self.routes().into_iter().map(Route::path)
    }

    fn topics(&self) -> impl Iterator<Item = Topic> {
        let catalog = self.catalog;
        let shared = self.index.texts().filter(|text| is_addressable(text) && self.index.codes_with(text).len() > 1);
        [Topic::Overview, Topic::Conditions, Topic::Statuses]
            .into_iter()
            .chain(catalog.all_vendors().map(Topic::Vendor))
            .chain(catalog.codes().map(Topic::Code))
            .chain(catalog.all_conditions().map(Topic::Condition))
            .chain(self.index.statuses().map(|group| Topic::Status(group.status)))
            .chain(shared.map(Topic::Candidates))
    }

    /// What lives at `path`, which is a path from the root of the site.
    pub fn route(&self, path: &str) -> Option<Route> {
        match path {
            "/" | "/index.html" => return Some(Route::Root),
            CATALOG => return Some(Route::Catalog),
            STYLE => return Some(Route::Style),
            ICON => return Some(Route::Icon),
            NOT_FOUND => return Some(Route::NotFound),
            _ => {}
        }
        let folder = path.strip_suffix("index.html").unwrap_or(path);
        let inner = folder.strip_prefix('/')?.strip_suffix('/')?;
        let (first, rest) = inner.split_once('/').map_or((inner, None), |(first, rest)| (first, Some(rest)));
        match (first.parse::<Lang>(), rest) {
            (Ok(lang), rest) => Some(Route::Page(lang, self.topic(rest)?)),
            (Err(_), None) => self.index.text(first).filter(|text| is_addressable(text)).map(Route::Short),
            (Err(_), Some(_)) => None,
        }
    }

    fn topic(&self, path: Option<&str>) -> Option<Topic> {
        let Some(path) = path else { return Some(Topic::Overview) };
        let segments: Vec<&str> = path.split('/').collect();
        match *segments.as_slice() {
            ["conditions"] => Some(Topic::Conditions),
            ["conditions", id] => self.catalog.condition(id).map(Topic::Condition),
            ["status"] => Some(Topic::Statuses),
            ["status", NO_STATUS] => self.index.status(None).map(|group| Topic::Status(group.status)),
            ["status", number] => {
                let group = self.index.status(apigw_errors::Status::new(number.parse().ok()?))?;
                // Only the canonical spelling: neither `+429` nor `0429`.
                group.status.filter(|status| status.to_string() == number).map(|status| Topic::Status(Some(status)))
            }
            ["codes", text] => {
                let text = self.index.text(text).filter(|text| is_addressable(text))?;
                (self.index.codes_with(text).len() > 1).then_some(Topic::Candidates(text))
            }
            [vendor] => self.catalog.vendor(vendor).map(Topic::Vendor),
            [vendor, slug] => self.index.code(vendor, slug).map(Topic::Code),
            _ => None,
        }
    }

    /// Renders what lives at exactly this path.
    pub fn page(&self, path: &str) -> Option<Page> {
        self.route(path).map(|route| self.render(route))
    }

    /// What a server answers for this path: the page, the way to its trailing slash, or the page that says no.
    pub fn answer(&self, path: &str) -> Answer {
        if let Some(page) = self.page(path) {
            return Answer::Page(page);
        }
        let folder = format!("{path}/");
        if !path.ends_with('/') && self.route(&folder).is_some() {
            return Answer::Redirect(folder);
        }
        let lang = Lang::ALL.into_iter().find(|lang| path.split('/').nth(1) == Some(lang.tag())).unwrap_or(Lang::En);
        Answer::NotFound(page::not_found::render(self, lang, path))
    }

    /// Renders one address.
    pub fn render(&self, route: Route) -> Page {
        match route {
            Route::Root => page::redirect::root(self),
            Route::Page(lang, topic) => page::render(self, lang, topic),
            Route::Short(text) => match self.index.codes_with(text) {
                [code] => page::redirect::short(self, text, code),
                _ => page::candidates::render_at(self, Lang::En, text, &route.path()),
            },
            Route::Catalog => {
                Page { content_type: "application/json", body: Cow::Owned(catalog_json(self.catalog).into_bytes()) }
            }
            Route::Style => Page {
                content_type: "text/css; charset=utf-8",
                body: Cow::Borrowed(include_bytes!("../assets/site.css")),
            },
            Route::Icon => {
                Page { content_type: "image/svg+xml", body: Cow::Borrowed(include_bytes!("../assets/icon.svg")) }
            }
            Route::NotFound => page::not_found::render(self, Lang::En, NOT_FOUND),
        }
    }
}
