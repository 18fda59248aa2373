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

pub mod archive;
mod asset;
pub mod check;
pub mod checks;
mod command;
mod data;
mod encoded;
mod envelopes;
pub mod export;
mod filter;
mod frame;
mod index;
mod label;
mod link;
mod live;
mod matrix;
mod page;
mod phase;
mod prose;
pub mod recording;
pub mod reproduce;
mod rust;
mod serve;
mod sitemap;
mod wording;
mod words;
pub mod write;

pub use asset::Asset;
pub use command::run;
pub use encoded::{Encoded, accepts_gzip};
pub use export::catalog_json;
pub use filter::Filter;
pub use link::{Difference, Links, Route, Topic};

use std::borrow::Cow;

use apigw_errors::{Catalog, Lang};

use crate::index::Index;
use crate::link::{CATALOG, DATA, NO_STATUS, NOT_FOUND, PREVIEW, SCHEMA, SITEMAP, is_addressable};

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
    /// Address of the repository's files, for links to lines of the catalog and to checks: `https://…/blob/main`.
    pub source_url: Option<String>,
    /// Folder of the catalog in the repository.
    pub catalog_folder: &'static str,
    /// Pages load themselves anew when the site was made again; for `serve` alone.
    pub live: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            title: "apigw-errors",
            base_url: None,
            links: Links::Folders,
            command: "apigw-errors",
            source_url: None,
            catalog_folder: "catalog",
            live: false,
        }
    }
}

/// The pages that every catalog has, and their paths below the language.
const PAGES: [(&str, Topic); 8] = [
    ("", Topic::Overview),
    ("conditions", Topic::Conditions),
    ("status", Topic::Statuses),
    ("compare", Topic::Compare),
    ("checks", Topic::Checks),
    ("decode", Topic::Decode),
    ("search", Topic::Search),
    ("about", Topic::About),
];

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
        Self::text("text/html; charset=utf-8", body)
    }

    fn text(content_type: &'static str, body: String) -> Self {
        Self { content_type, body: Cow::Owned(body.into_bytes()) }
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
        let mut routes = vec![Route::Root, Route::NotFound, Route::Catalog, Route::Schema, Route::Data];
        routes.extend(asset::ALL.map(Route::Asset));
        if self.options.base_url.is_some() {
            // These name whole addresses, or are named by one.
            routes.extend([Route::Sitemap, Route::Preview]);
            routes.extend(Lang::ALL.map(Route::OpenSearch));
        }
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
        let differences = catalog.all_vendors().flat_map(Difference::all);
        PAGES
            .into_iter()
            .map(|(_, topic)| topic)
            .chain(catalog.all_vendors().map(Topic::Vendor))
            .chain(differences.map(Topic::Difference))
            .chain(catalog.codes().map(Topic::Code))
            .chain(catalog.all_conditions().map(Topic::Condition))
            .chain(self.index.statuses().map(|group| Topic::Status(group.status)))
            .chain(shared.map(Topic::Candidates))
            .chain(Filter::all(catalog).map(Topic::Filter))
    }

    /// What lives at `path`, which is a path from the root of the site.
    pub fn route(&self, path: &str) -> Option<Route> {
        match path {
            "/" | "/index.html" => return Some(Route::Root),
            CATALOG => return Some(Route::Catalog),
            SCHEMA => return Some(Route::Schema),
            DATA => return Some(Route::Data),
            NOT_FOUND => return Some(Route::NotFound),
            SITEMAP if self.options.base_url.is_some() => return Some(Route::Sitemap),
            PREVIEW if self.options.base_url.is_some() => return Some(Route::Preview),
            _ => {}
        }
        if path.starts_with("/assets/") {
            if self.options.live && path == asset::LIVE.path {
                return Some(Route::Asset(&asset::LIVE));
            }
            let search = || Lang::ALL.into_iter().map(Route::OpenSearch).find(|route| route.path() == path);
            let asset = asset::ALL.into_iter().find(|asset| asset.path == path).map(Route::Asset);
            return asset.or_else(|| self.options.base_url.as_ref().and_then(|_| search()));
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
        if let Some((_, topic)) = PAGES.into_iter().find(|(known, _)| *known == path && !path.is_empty()) {
            return Some(topic);
        }
        let segments: Vec<&str> = path.split('/').collect();
        match *segments.as_slice() {
            ["conditions", id] => self.catalog.condition(id).map(Topic::Condition),
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
            ["codes", facet, value] => Filter::find(self.catalog, facet, value).map(Topic::Filter),
            [vendor] => self.catalog.vendor(vendor).map(Topic::Vendor),
            [vendor, slug] => self.index.code(vendor, slug).map(Topic::Code).or_else(|| {
                let mut pairs = Difference::all(self.catalog.vendor(vendor)?);
                let named = |pair: &Difference| slug.split_once('-') == Some((pair.older.id, pair.newer.id));
                pairs.find(named).map(Topic::Difference)
            }),
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
            Route::Catalog => Page::text("application/json", catalog_json(self.catalog)),
            Route::Schema => Page {
                content_type: "application/schema+json",
                body: Cow::Borrowed(include_bytes!("../assets/catalog.schema.json")),
            },
            Route::Preview => {
                Page { content_type: "image/png", body: Cow::Borrowed(include_bytes!("../assets/preview.png")) }
            }
            Route::Asset(asset) => Page::text(asset.content_type, asset.body()),
            Route::Data => Page::text("text/javascript; charset=utf-8", data::script(self.catalog)),
            Route::Sitemap => Page::text("application/xml; charset=utf-8", sitemap::sitemap(self)),
            Route::OpenSearch(lang) => {
                Page::text("application/opensearchdescription+xml", sitemap::open_search(self, lang))
            }
            Route::NotFound => page::not_found::render(self, Lang::En, NOT_FOUND),
        }
    }
}
