//! Addresses: which pages there are, where each lives, and how one page points at another.
//!
//! Every link in a page is relative, so that the site works under any base path and from a folder on disk.

use apigw_errors::{CodeRow, ConditionRow, Edition, Lang, Status, VendorRow};

use crate::asset::Asset;
use crate::filter::Filter;

/// What a page is about. The same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// The list of all codes.
    Overview,
    /// A vendor.
    Vendor(&'static VendorRow),
    /// A code.
    Code(&'static CodeRow),
    /// The tree of conditions.
    Conditions,
    /// A condition.
    Condition(&'static ConditionRow),
    /// The list of statuses.
    Statuses,
    /// A status; `None` for the rows without an HTTP answer.
    Status(Option<Status>),
    /// The rows that share a code text.
    Candidates(&'static str),
    /// The codes that have something in common.
    Filter(Filter),
    /// What changed from one edition of a vendor's tables to a later one.
    Difference(Difference),
    /// Conditions against vendors.
    Compare,
    /// The checks of the gateway, in their order.
    Checks,
    /// Where a response can be pasted.
    Decode,
    /// Where search results stand.
    Search,
    /// How to read all this.
    About,
}

/// Two editions of a vendor's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The vendor.
    pub vendor: &'static VendorRow,
    /// The earlier edition.
    pub older: &'static Edition,
    /// The later one.
    pub newer: &'static Edition,
}

impl Difference {
    /// Every pair of editions of this vendor.
    pub fn all(vendor: &'static VendorRow) -> impl Iterator<Item = Self> {
        let editions = vendor.editions;
        let pair = move |(at, newer)| editions.iter().skip(at + 1).map(move |older| Self { vendor, older, newer });
        editions.iter().enumerate().flat_map(pair)
    }
}

/// Everything that has an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `/`: the way into the languages.
    Root,
    /// A page in a language.
    Page(Lang, Topic),
    /// The short address of a code text: `/APIG.0308/`.
    Short(&'static str),
    /// `/catalog.json`
    Catalog,
    /// The JSON Schema of `catalog.json`.
    Schema,
    /// A file that is the same for every catalog.
    Asset(&'static Asset),
    /// `/assets/data.js`: the catalog as the scripts read it.
    Data,
    /// The picture that programs show beside a link to the site.
    Preview,
    /// `/sitemap.xml`
    Sitemap,
    /// What a browser needs to offer the site's search in its address bar.
    OpenSearch(Lang),
    /// `/404.html`, for static hosts.
    NotFound,
}

/// Path of the scripts' data.
pub(crate) const DATA: &str = "/assets/data.js";
/// Path of the picture beside links.
pub(crate) const PREVIEW: &str = "/assets/preview.png";
/// Path of the list of pages for search engines.
pub(crate) const SITEMAP: &str = "/sitemap.xml";
/// Path of the schema of the machine-readable catalog.
pub(crate) const SCHEMA: &str = "/catalog.schema.json";
/// Path of the machine-readable catalog.
pub(crate) const CATALOG: &str = "/catalog.json";
/// Path of the page for static hosts' "not found".
pub(crate) const NOT_FOUND: &str = "/404.html";
/// Segment of the page for rows without a status.
pub(crate) const NO_STATUS: &str = "none";

/// First path segments that a short address may not take.
const RESERVED: [&str; 8] =
    ["en", "zh", "assets", "catalog.json", "catalog.schema.json", "404.html", "index.html", "sitemap.xml"];

impl Topic {
    /// The path below the language: `/huawei/throttling-threshold-reached/`.
    pub fn path(self) -> String {
        match self {
            Self::Overview => "/".to_owned(),
            Self::Vendor(vendor) => vendor_path(vendor),
            Self::Code(code) => code.path(),
            Self::Conditions => "/conditions/".to_owned(),
            Self::Condition(condition) => condition_path(condition),
            Self::Statuses => "/status/".to_owned(),
            Self::Status(status) => status_path(status),
            Self::Candidates(text) => candidates_path(text),
            Self::Filter(filter) => filter.path(),
            Self::Difference(pair) => difference_path(&pair),
            Self::Compare => "/compare/".to_owned(),
            Self::Checks => "/checks/".to_owned(),
            Self::Decode => "/decode/".to_owned(),
            Self::Search => "/search/".to_owned(),
            Self::About => "/about/".to_owned(),
        }
    }
}

/// Path of a vendor's page below the language.
pub(crate) fn vendor_path(vendor: &VendorRow) -> String {
    format!("/{}/", vendor.id)
}

/// Path of a condition's page below the language.
pub(crate) fn condition_path(condition: &ConditionRow) -> String {
    format!("/conditions/{}/", condition.id)
}

/// Path of a status's page below the language.
pub(crate) fn status_path(status: Option<Status>) -> String {
    status.map_or_else(|| format!("/status/{NO_STATUS}/"), |status| format!("/status/{status}/"))
}

/// Path below the language of the page that compares the rows with this code text.
pub(crate) fn candidates_path(text: &str) -> String {
    format!("/codes/{text}/")
}

/// Path below the language of the page that compares two editions.
pub(crate) fn difference_path(pair: &Difference) -> String {
    format!("/{}/{}-{}/", pair.vendor.id, pair.older.id, pair.newer.id)
}

impl Route {
    /// The path from the root of the site: `/en/status/429/`.
    pub fn path(self) -> String {
        match self {
            Self::Root => "/".to_owned(),
            Self::Page(lang, topic) => format!("/{lang}{}", topic.path()),
            Self::Short(text) => format!("/{text}/"),
            Self::Catalog => CATALOG.to_owned(),
            Self::Schema => SCHEMA.to_owned(),
            Self::Preview => PREVIEW.to_owned(),
            Self::Asset(asset) => asset.path.to_owned(),
            Self::Data => DATA.to_owned(),
            Self::Sitemap => SITEMAP.to_owned(),
            Self::OpenSearch(lang) => format!("/assets/opensearch-{lang}.xml"),
            Self::NotFound => NOT_FOUND.to_owned(),
        }
    }
}

/// How links name a folder's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Links {
    /// `../status/429/`: for everything that is served over HTTP.
    #[default]
    Folders,
    /// `../status/429/index.html`: also works when the folder is opened from disk.
    Files,
}

/// True if a code text can be an address of its own: nothing to escape, nothing taken.
pub(crate) fn is_addressable(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    plain && !text.is_empty() && !text.starts_with('.') && !RESERVED.contains(&text)
}

/// The link that leads from the page at `from` to `to`; both are paths from the root.
pub(crate) fn relative(from: &str, to: &str, links: Links) -> String {
    let here: Vec<&str> = from.split('/').collect();
    let there: Vec<&str> = to.split('/').collect();
    // The last segment of each is the file, empty for a folder's page.
    let folders = here.len().min(there.len()).saturating_sub(1);
    let same = here.iter().zip(&there).take(folders).take_while(|(a, b)| a == b).count();
    let mut link = "../".repeat(here.len().saturating_sub(same + 1));
    for (at, segment) in there.iter().enumerate().skip(same) {
        link.push_str(segment);
        if at + 1 < there.len() {
            link.push('/');
        }
    }
    if to.ends_with('/') && links == Links::Files {
        link.push_str("index.html");
    }
    if link.is_empty() { "./".to_owned() } else { link }
}

/// The path that a relative link on the page at `from` leads to; the inverse of [`relative`].
pub(crate) fn resolve(from: &str, link: &str) -> Option<String> {
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    for segment in link.split('/') {
        match segment {
            "." => folders.push(""),
            ".." => {
                folders.pop().filter(|_| !folders.is_empty())?;
            }
            segment => folders.push(segment),
        }
    }
    // `./` and `../` leave their slash behind as an empty segment; only the last one counts.
    let folder = link.ends_with('/') || link.ends_with("/.") || link.ends_with("..");
    let mut path = String::new();
    for segment in folders.iter().filter(|segment| !segment.is_empty()) {
        path.push('/');
        path.push_str(segment);
    }
    if folder || path.is_empty() {
        path.push('/');
    }
    Some(path.strip_suffix("index.html").unwrap_or(&path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_short_and_lead_back() {
        let cases = [
            ("/en/x/a/", "/en/x/b/", "../b/"),
            ("/en/x/a/", "/en/x/a/", "./"),
            ("/en/x/a/", "/en/", "../../"),
            ("/en/x/a/", "/assets/site.css", "../../../assets/site.css"),
            ("/404.html", "/en/", "en/"),
            ("/", "/en/status/", "en/status/"),
            ("/en/", "/", "../"),
        ];
        for (from, to, link) in cases {
            assert_eq!(relative(from, to, Links::Folders), link, "{from} → {to}");
            assert_eq!(resolve(from, link).as_deref(), Some(to), "{from} + {link}");
            let file = relative(from, to, Links::Files);
            assert_eq!(resolve(from, &file).as_deref(), Some(to), "{from} + {file}");
        }
        assert_eq!(relative("/en/x/a/", "/en/x/a/", Links::Files), "index.html");
        assert_eq!(resolve("/en/", "../../x/"), None, "a link may not leave the site");
    }

    #[test]
    fn only_plain_texts_have_an_address() {
        assert!(is_addressable("APIG.0308") && is_addressable("A-b_c"));
        for text in ["", "en", "a b", "a/b", "..", "参数"] {
            assert!(!is_addressable(text), "{text:?}");
        }
    }
}
