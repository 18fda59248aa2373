//! The files that are the same for every catalog: style sheet, icon, scripts.
//!
//! Scripts are plain ones, not modules, because a browser refuses modules from a folder on disk. Each is a function that
//! leaves at most one name behind, and none stands inside a page, so that a strict content security policy can be kept.

/// A file of the site that no catalog changes.
#[derive(Debug, PartialEq, Eq)]
pub struct Asset {
    /// Path from the root of the site.
    pub path: &'static str,
    /// Value for the `Content-Type` header.
    pub content_type: &'static str,
    /// As it is written; a reader gets [`Asset::body`].
    pub text: &'static str,
}

impl Asset {
    /// What is sent: without indentation, empty lines and lines that are a comment, which are a third of it.
    pub fn body(&self) -> String {
        let comment = |line: &str| line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"));
        let mut body = String::with_capacity(self.text.len());
        for line in self.text.lines().map(str::trim).filter(|line| !line.is_empty() && !comment(line)) {
            body.push_str(line);
            body.push('\n');
        }
        body
    }
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The style sheet.
pub(crate) static STYLE: Asset = Asset {
    path: "/assets/site.css",
    content_type: "text/css; charset=utf-8",
    text: concat!(
        include_str!("../assets/style/base.css"),
        include_str!("../assets/style/frame.css"),
        include_str!("../assets/style/table.css"),
        include_str!("../assets/style/page.css"),
        include_str!("../assets/style/vendor.css"),
        include_str!("../assets/style/tool.css"),
        include_str!("../assets/style/print.css"),
    ),
};

/// The icon.
pub(crate) static ICON: Asset =
    Asset { path: "/assets/icon.svg", content_type: "image/svg+xml", text: include_str!("../assets/icon.svg") };

/// Sets the reader's choice of light or dark before anything is drawn.
pub(crate) static THEME: Asset =
    Asset { path: "/assets/theme.js", content_type: SCRIPT, text: include_str!("../assets/script/theme.js") };

/// What every page does: the search box, the theme's switch, copying.
pub(crate) static PAGE: Asset = Asset {
    path: "/assets/page.js",
    content_type: SCRIPT,
    text: concat!(include_str!("../assets/script/page.js"), include_str!("../assets/script/search-box.js")),
};

/// The filters of the overview.
pub(crate) static FILTER: Asset =
    Asset { path: "/assets/filter.js", content_type: SCRIPT, text: include_str!("../assets/script/filter.js") };

/// Reading messages; loaded when the search box is first used, and where responses are read.
pub(crate) static READING: Asset =
    Asset { path: "/assets/reading.js", content_type: SCRIPT, text: include_str!("../assets/script/reading.js") };

/// Searching; loaded when the search box is first used.
pub(crate) static SEARCH: Asset =
    Asset { path: "/assets/search.js", content_type: SCRIPT, text: include_str!("../assets/script/search.js") };

/// Reading whole responses, for the page that does.
pub(crate) static DECODE: Asset = Asset {
    path: "/assets/decode.js",
    content_type: SCRIPT,
    text: concat!(
        include_str!("../assets/script/decode-body.js"),
        include_str!("../assets/script/decode.js"),
        include_str!("../assets/script/decode-page.js"),
    ),
};

/// Loads a page anew while the site is being edited; in no built site.
pub(crate) static LIVE: Asset =
    Asset { path: "/assets/live.js", content_type: SCRIPT, text: include_str!("../assets/script/live.js") };

/// All that a built site has.
pub(crate) static ALL: [&Asset; 8] = [&STYLE, &ICON, &THEME, &PAGE, &FILTER, &READING, &SEARCH, &DECODE];
