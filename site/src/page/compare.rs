//! Conditions against vendors: what each of them says for each of the others' errors.

use apigw_errors::{ConditionRow, Lang, VendorRow};
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::link::Topic;
use crate::matrix::{Row, rows};
use crate::words::Words;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "compare.html")]
struct Compare<'s> {
    f: Frame<'s>,
    vendors: Vec<&'static VendorRow>,
    branches: Vec<Branch>,
}

/// A subtree directly below the root.
struct Branch {
    condition: &'static ConditionRow,
    /// Codes of each vendor in it.
    counts: Vec<Count>,
    rows: Vec<Row>,
}

struct Count {
    vendor: &'static VendorRow,
    codes: usize,
}

pub(super) fn render(site: &Site, lang: Lang) -> Page {
    let w = Words::of(lang);
    let vendors: Vec<_> = site.catalog.all_vendors().collect();
    let top = site.catalog.all_conditions().next().map_or(&[][..], |root| site.index.children_of(root));
    let branches = top.iter().map(|condition| {
        let codes: Vec<_> =
            site.index.codes_of(condition).iter().copied().chain(site.index.codes_below(condition)).collect();
        let count = |vendor: &&'static VendorRow| Count {
            vendor,
            codes: codes.iter().filter(|code| code.vendor == *vendor).count(),
        };
        Branch { condition, counts: vendors.iter().map(count).collect(), rows: rows(site, condition, &vendors) }
    });
    finish(&Compare {
        f: Frame::new(site, lang, Topic::Compare, w.compare_title.to_owned(), w.compare_lead.to_owned()),
        branches: branches.collect(),
        vendors,
    })
}
