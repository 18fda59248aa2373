//! The gateway's checks in the order in which a call passes them, and what each can raise.

use apigw_errors::{Lang, VendorRow};
use askama::Template;

use super::finish;
use crate::checks::{self, Check};
use crate::frame::Frame;
use crate::link::Topic;
use crate::matrix::{Row, cells};
use crate::phase::{self, Phase};
use crate::words::Words;
use crate::{Page, Site};

#[derive(Template)]
#[template(path = "checks.html")]
struct Checks<'s> {
    f: Frame<'s>,
    vendors: Vec<&'static VendorRow>,
    phases: Vec<Group>,
}

/// The checks of one phase.
struct Group {
    id: &'static str,
    phase: Option<&'static Phase>,
    checks: Vec<Raising>,
}

struct Raising {
    check: &'static Check,
    rows: Vec<Row>,
    /// Rows of tables that these come to.
    codes: usize,
}

pub(super) fn render(site: &Site, lang: Lang) -> Page {
    let w = Words::of(lang);
    let vendors: Vec<_> = site.catalog.all_vendors().collect();
    let mut phases: Vec<Group> = Vec::new();
    for check in checks::all() {
        let raising = raising(site, check, &vendors);
        match phases.last_mut() {
            Some(group) if group.id == check.phase => group.checks.push(raising),
            _ => phases.push(Group { id: &check.phase, phase: phase::named(&check.phase), checks: vec![raising] }),
        }
    }
    finish(&Checks {
        f: Frame::new(site, lang, Topic::Checks, w.checks_title.to_owned(), w.checks_lead.to_owned()),
        vendors,
        phases,
    })
}

fn raising(site: &Site, check: &'static Check, vendors: &[&'static VendorRow]) -> Raising {
    let known = check.raises.iter().filter_map(|id| site.catalog.condition(id));
    let rows: Vec<Row> =
        known.map(|condition| Row { condition, depth: 0, cells: cells(site, condition, vendors) }).collect();
    let codes = rows.iter().flat_map(|row| &row.cells).map(|cell| cell.own.len()).sum();
    Raising { check, rows, codes }
}
