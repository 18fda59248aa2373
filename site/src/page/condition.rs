//! A condition: its place in the tree, its codes at every vendor, what each vendor answers.

use apigw_errors::{Answer, CodeRow, ConditionRow, Lang, Plane, Say, VendorRow};
use askama::Template;

use super::finish;
use crate::checks::{self, Check};
use crate::frame::Frame;
use crate::link::Topic;
use crate::phase::{self, Phase};
use crate::prose::plain;
use crate::{Page, Site, recording};

/// More codes of narrower conditions than this are folded away.
const SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "condition.html")]
struct ConditionPage<'s> {
    f: Frame<'s>,
    condition: &'static ConditionRow,
    /// From the root down to the parent.
    above: Vec<&'static ConditionRow>,
    children: Vec<Child>,
    vendors: Vec<AtVendor>,
    below: Vec<&'static CodeRow>,
    fold: bool,
    /// The gateway's check that raises it.
    check: Option<&'static Check>,
    phase: Option<&'static Phase>,
    /// Codes of it with a recorded exchange.
    recorded: Vec<&'static CodeRow>,
}

struct Child {
    condition: &'static ConditionRow,
    /// Codes at it and below it.
    count: usize,
}

struct AtVendor {
    vendor: &'static VendorRow,
    codes: Vec<&'static CodeRow>,
    /// What is answered on a plane where none of `codes` is it.
    answers: Vec<PlaneAnswer>,
}

struct PlaneAnswer {
    plane: Plane,
    answer: &'static Answer,
}

pub(super) fn render(site: &Site, lang: Lang, condition: &'static ConditionRow) -> Page {
    let mut above: Vec<_> = condition.ancestry().skip(1).collect();
    above.reverse();
    let children = site.index.children_of(condition).iter().map(|child| Child {
        condition: child,
        count: site.index.codes_of(child).len() + site.index.codes_below(child).len(),
    });
    let title = format!("{} ({})", condition.title.get(lang), condition.id);
    let below = site.index.codes_below(condition);
    let check = checks::raising(condition);
    let codes = site.index.codes_of(condition).iter().copied();
    finish(&ConditionPage {
        check,
        phase: check.and_then(|check| phase::named(&check.phase)),
        recorded: codes.filter(|code| recording::of(code).is_some()).collect(),
        f: Frame::new(site, lang, Topic::Condition(condition), title, plain(condition.summary.get(lang))),
        condition,
        above,
        children: children.collect(),
        vendors: site.catalog.all_vendors().map(|vendor| at_vendor(site, condition, vendor)).collect(),
        fold: below.len() > SHOWN,
        below,
    })
}

fn at_vendor(site: &Site, condition: &'static ConditionRow, vendor: &'static VendorRow) -> AtVendor {
    let codes: Vec<_> = site.index.codes_of(condition).iter().copied().filter(|code| code.vendor == vendor).collect();
    let answers = Plane::ALL.iter().filter_map(|&plane| {
        // A vendor without any row of a plane does not speak on it.
        vendor.codes.iter().find(|code| code.plane == plane)?;
        let answer = vendor.answer(plane, condition);
        let own = matches!(answer.say, Say::Code(code) if codes.contains(&code));
        (!own).then_some(PlaneAnswer { plane, answer })
    });
    AtVendor { vendor, answers: answers.collect(), codes }
}
