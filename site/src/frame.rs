//! What every page has: its head, its place, its links to others.

use apigw_errors::{CodeRow, ConditionRow, Lang, Place, Status, VendorRow};

use crate::checks::Check;
use crate::filter::Filter;
use crate::link::{self, Difference, Links, Route, Topic};
use crate::words::Words;
use crate::{Site, asset};

/// The head of a page and the ways out of it.
pub(crate) struct Frame<'s> {
    pub(crate) site: &'s Site,
    pub(crate) lang: Lang,
    pub(crate) w: &'static Words,
    pub(crate) title: String,
    pub(crate) description: String,
    /// What the page is about; nothing for the page that says no.
    topic: Option<Topic>,
    /// Path of the page.
    here: String,
    /// Links carry the whole base URL, because the page is served at addresses of any depth.
    rooted: bool,
}

/// A link to the same page in another language.
pub(crate) struct Alternate {
    pub(crate) lang: &'static str,
    pub(crate) href: String,
}

/// Tag of a language for `lang` and `hreflang`: says which script, so that browsers choose the right glyphs.
pub(crate) const fn html_lang(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh-Hans",
    }
}

const fn locale(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en_US",
        Lang::Zh => "zh_CN",
    }
}

impl<'s> Frame<'s> {
    /// The frame of a page at its own address.
    pub(crate) fn new(site: &'s Site, lang: Lang, topic: Topic, title: String, description: String) -> Self {
        let here = Route::Page(lang, topic).path();
        Self { site, lang, w: Words::of(lang), title, description, topic: Some(topic), here, rooted: false }
    }

    /// The same page, shown at another address.
    #[must_use]
    pub(crate) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.here);
        self
    }

    /// The frame of a page that answers for any address.
    pub(crate) fn nowhere(site: &'s Site, lang: Lang, path: &str) -> Self {
        let w = Words::of(lang);
        let rooted = path == link::NOT_FOUND && site.options.base_url.is_some();
        let (title, description) = (w.not_found_title.to_owned(), w.not_found_lead.to_owned());
        Self { site, lang, w, title, description, topic: None, here: path.to_owned(), rooted }
    }

    pub(crate) fn html_lang(&self) -> &'static str {
        html_lang(self.lang)
    }

    pub(crate) fn other_html_lang(&self) -> &'static str {
        html_lang(self.other_lang())
    }

    fn other_lang(&self) -> Lang {
        match self.lang {
            Lang::En => Lang::Zh,
            Lang::Zh => Lang::En,
        }
    }

    /// The link to a path of the site.
    pub(crate) fn to(&self, path: &str) -> String {
        if self.rooted { self.absolute(path) } else { link::relative(&self.here, path, self.site.options.links) }
    }

    /// The address for search engines: absolute where the base is known.
    fn absolute(&self, path: &str) -> String {
        match &self.site.options.base_url {
            Some(base) => format!("{}{path}", base.trim_end_matches('/')),
            None => link::relative(&self.here, path, self.site.options.links),
        }
    }

    fn below(&self, path: &str) -> String {
        self.to(&format!("/{}{path}", self.lang))
    }

    pub(crate) fn home(&self) -> String {
        self.below("/")
    }

    pub(crate) fn conditions(&self) -> String {
        self.below(&Topic::Conditions.path())
    }

    pub(crate) fn statuses(&self) -> String {
        self.below(&Topic::Statuses.path())
    }

    pub(crate) fn vendor(&self, vendor: &VendorRow) -> String {
        self.below(&link::vendor_path(vendor))
    }

    pub(crate) fn code(&self, code: &CodeRow) -> String {
        self.below(&code.path())
    }

    pub(crate) fn condition(&self, condition: &ConditionRow) -> String {
        self.below(&link::condition_path(condition))
    }

    #[allow(clippy::trivially_copy_pass_by_ref, clippy::ref_option, reason = "askama passes arguments by reference")]
    pub(crate) fn status(&self, status: &Option<Status>) -> String {
        self.below(&link::status_path(*status))
    }

    pub(crate) fn candidates(&self, text: &str) -> String {
        self.below(&link::candidates_path(text))
    }

    pub(crate) fn filter(&self, filter: &Filter) -> String {
        self.below(&filter.path())
    }

    pub(crate) fn filter_name(&self, filter: &Filter) -> String {
        filter.name(self.lang)
    }

    pub(crate) fn filter_about(&self, filter: &Filter) -> Option<&'static str> {
        filter.about(self.lang)
    }

    pub(crate) fn difference(&self, pair: &Difference) -> String {
        self.below(&link::difference_path(pair))
    }

    pub(crate) fn compare(&self) -> String {
        self.below(&Topic::Compare.path())
    }

    pub(crate) fn checks(&self) -> String {
        self.below(&Topic::Checks.path())
    }

    pub(crate) fn decode(&self) -> String {
        self.below(&Topic::Decode.path())
    }

    pub(crate) fn search(&self) -> String {
        self.below(&Topic::Search.path())
    }

    pub(crate) fn about(&self) -> String {
        self.below(&Topic::About.path())
    }

    pub(crate) fn style(&self) -> String {
        self.to(asset::STYLE.path)
    }

    pub(crate) fn icon(&self) -> String {
        self.to(asset::ICON.path)
    }

    /// A script by its name.
    pub(crate) fn script(&self, name: &str) -> String {
        self.to(&format!("/assets/{name}.js"))
    }

    pub(crate) fn catalog_json(&self) -> String {
        self.to(link::CATALOG)
    }

    pub(crate) fn schema(&self) -> String {
        self.to(link::SCHEMA)
    }

    /// The root of the site, for scripts that make links of their own.
    pub(crate) fn root(&self) -> String {
        self.to("/").trim_end_matches("index.html").to_owned()
    }

    /// The file that ends every link to a folder.
    pub(crate) fn file_name(&self) -> &'static str {
        match self.site.options.links {
            Links::Folders => "",
            Links::Files => "index.html",
        }
    }

    /// The description of the site's search, which needs whole addresses.
    pub(crate) fn open_search(&self) -> Option<String> {
        self.site.options.base_url.as_ref().map(|_| self.to(&Route::OpenSearch(self.lang).path()))
    }

    /// The line of the catalog's source.
    pub(crate) fn source(&self, place: &Place) -> Option<String> {
        let base = self.site.options.source_url.as_deref()?.trim_end_matches('/');
        Some(format!("{base}/{}/{}#L{}", self.site.options.catalog_folder, place.file, place.line))
    }

    /// The source of a check.
    pub(crate) fn check_source(&self, check: &Check) -> Option<String> {
        let base = self.site.options.source_url.as_deref()?.trim_end_matches('/');
        Some(format!("{base}/{}", check.file))
    }

    /// A file of the repository.
    pub(crate) fn repository(&self, path: &str) -> Option<String> {
        Some(format!("{}/{path}", self.site.options.source_url.as_deref()?.trim_end_matches('/')))
    }

    /// The same page in the other language; its front page where there is no such page.
    pub(crate) fn switch(&self) -> String {
        self.to(&Route::Page(self.other_lang(), self.topic.unwrap_or(Topic::Overview)).path())
    }

    /// The language as Open Graph names it.
    pub(crate) fn locale(&self) -> &'static str {
        locale(self.lang)
    }

    pub(crate) fn other_locale(&self) -> &'static str {
        locale(self.other_lang())
    }

    /// The picture beside links to the page. Whoever fetches it knows no relative addresses.
    pub(crate) fn preview(&self) -> Option<String> {
        self.site.options.base_url.as_ref().map(|_| self.absolute(link::PREVIEW))
    }

    pub(crate) fn canonical(&self) -> Option<String> {
        self.topic.map(|topic| self.absolute(&Route::Page(self.lang, topic).path()))
    }

    pub(crate) fn alternates(&self) -> Vec<Alternate> {
        let Some(topic) = self.topic else { return Vec::new() };
        let all = Lang::ALL.map(|lang| (html_lang(lang), lang));
        all.into_iter()
            .chain([("x-default", Lang::En)])
            .map(|(tag, lang)| Alternate { lang: tag, href: self.absolute(&Route::Page(lang, topic).path()) })
            .collect()
    }

    /// `page` for the entry of the navigation that this page is, `true` for the one it lies below.
    pub(crate) fn current(&self, entry: &str) -> Option<&'static str> {
        let (own, section) = match self.topic? {
            Topic::Overview => (true, "home"),
            Topic::Vendor(_)
            | Topic::Code(_)
            | Topic::Candidates(_)
            | Topic::Filter(_)
            | Topic::Difference(_)
            | Topic::Search => (false, "home"),
            Topic::Conditions => (true, "conditions"),
            Topic::Condition(_) => (false, "conditions"),
            Topic::Statuses => (true, "statuses"),
            Topic::Status(_) => (false, "statuses"),
            Topic::Compare => (true, "compare"),
            Topic::Checks => (true, "checks"),
            Topic::Decode => (true, "decode"),
            Topic::About => (true, "about"),
        };
        (section == entry).then_some(if own { "page" } else { "true" })
    }

    /// Page title with the site's name.
    pub(crate) fn head_title(&self) -> String {
        if self.title == self.site.options.title {
            self.title.clone()
        } else {
            format!("{} · {}", self.title, self.site.options.title)
        }
    }
}
