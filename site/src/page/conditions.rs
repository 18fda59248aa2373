//! The tree of conditions.

use apigw_errors::{ConditionRow, Lang};
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::link::Topic;
use crate::words::Words;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "conditions.html")]
struct Conditions<'s> {
    f: Frame<'s>,
    root: Option<&'static ConditionRow>,
    branches: Vec<Branch>,
}

/// A subtree directly below the root.
struct Branch {
    condition: &'static ConditionRow,
    count: usize,
    lines: Vec<Line>,
}

/// A node in the order of the tree; nesting is told by the lists to open before it and to close after it.
struct Line {
    condition: &'static ConditionRow,
    count: usize,
    /// First of its list.
    opens: bool,
    /// No list follows inside it.
    leaf: bool,
    /// Lists that end with it, each with the item it stands in.
    closes: usize,
    /// The branch's own list ends with it.
    last: bool,
}

pub(super) fn render(site: &Site, lang: Lang) -> Page {
    let w = Words::of(lang);
    let root = site.catalog.all_conditions().next();
    let top = root.map_or(&[][..], |root| site.index.children_of(root));
    let branches = top.iter().map(|condition| {
        let mut lines = Vec::new();
        below(site, condition, &mut lines);
        if let Some(last) = lines.last_mut() {
            last.closes = last.closes.saturating_sub(1);
            last.last = true;
        }
        Branch { condition, count: site.index.codes_of(condition).len(), lines }
    });
    finish(&Conditions {
        f: Frame::new(site, lang, Topic::Conditions, w.conditions_title.to_owned(), w.conditions_lead.to_owned()),
        root,
        branches: branches.collect(),
    })
}

/// The nodes below `condition`, depth first.
fn below(site: &Site, condition: &'static ConditionRow, lines: &mut Vec<Line>) {
    for (at, child) in site.index.children_of(condition).iter().enumerate() {
        lines.push(Line {
            condition: child,
            count: site.index.codes_of(child).len(),
            opens: at == 0,
            leaf: site.index.children_of(child).is_empty(),
            closes: 0,
            last: false,
        });
        below(site, child, lines);
    }
    // The last line of a list closes it, after all lists inside.
    if !site.index.children_of(condition).is_empty()
        && let Some(last) = lines.last_mut()
    {
        last.closes += 1;
    }
}
