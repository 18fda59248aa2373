//! A code: what it is, who must act, what to do, what it would be elsewhere, and how all that is known.

use apigw_errors::{
    Answer, Catalog, CodeParam, CodeRow, Edition, EditionRow, Equivalent, Lang, Relation, Text, VendorRow,
};
use askama::Template;

use super::finish;
use crate::checks::{self, Check};
use crate::frame::Frame;
use crate::label::short_name;
use crate::link::{Topic, is_addressable};
use crate::prose::plain;
use crate::recording::{self, Recording};
use crate::reproduce::{self, Steps};
use crate::words::Words;
use crate::{Page, Site, rust};

/// More narrower codes of one vendor than this are folded away.
const SHOWN: usize = 6;

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'s> {
    f: Frame<'s>,
    code: &'static CodeRow,
    params: Vec<Param>,
    elsewhere: Vec<Elsewhere>,
    editions: Vec<EditionCard>,
    /// How many rows have the same code text, if it is more than this one.
    siblings: usize,
    snippet: String,
    command: String,
    recording: Option<&'static Recording>,
    check: Option<&'static Check>,
    steps: Option<Steps>,
    previous: Option<&'static CodeRow>,
    next: Option<&'static CodeRow>,
}

struct Param {
    row: &'static CodeParam,
    /// What the condition says of it.
    about: Option<Text>,
}

/// What corresponds to the code at one vendor.
struct Elsewhere {
    vendor: &'static VendorRow,
    shown: Vec<Equivalent>,
    folded: Vec<Equivalent>,
    /// What its gateway answers, if no row corresponds.
    answer: Option<&'static Answer>,
}

/// What one edition says.
struct EditionCard {
    edition: &'static Edition,
    row: Option<&'static EditionRow>,
    /// In what it differs from the newest edition that has the row.
    differs: Vec<&'static str>,
}

pub(super) fn render(site: &Site, lang: Lang, code: &'static CodeRow) -> Page {
    let w = Words::of(lang);
    let at = usize::from(code.index);
    let shared = code.code.filter(|text| is_addressable(text)).map_or(0, |text| site.index.codes_with(text).len());
    finish(&CodePage {
        f: Frame::new(site, lang, Topic::Code(code), title(code, lang), plain(code.summary.get(lang))),
        code,
        params: code.params.iter().map(|row| Param { row, about: about(code, row) }).collect(),
        elsewhere: elsewhere_all(site.catalog, code),
        editions: code.vendor.editions.iter().map(|edition| edition_card(code, edition, w)).collect(),
        siblings: if shared > 1 { shared } else { 0 },
        snippet: rust::match_arm(code, w),
        command: rust::command_line(code, &site.options),
        recording: recording::of(code),
        check: checks::of(code),
        steps: recording::of(code).and_then(reproduce::steps),
        previous: at.checked_sub(1).and_then(|at| code.vendor.codes.get(at)),
        next: code.vendor.codes.get(at + 1),
    })
}

/// `APIG.0308: The throttling threshold has been reached. – Huawei Cloud APIG`
fn title(code: &CodeRow, lang: Lang) -> String {
    format!("{}: {} – {}", short_name(code), plain(code.message.source), code.vendor.name.get(lang))
}

fn about(code: &CodeRow, param: &CodeParam) -> Option<Text> {
    code.condition.params.iter().find(|known| known.name == param.from).map(|known| known.about)
}

fn elsewhere_all(catalog: &Catalog, code: &'static CodeRow) -> Vec<Elsewhere> {
    let equivalents = catalog.equivalents(code);
    catalog.all_vendors().filter_map(|vendor| elsewhere(code, vendor, &equivalents)).collect()
}

fn elsewhere(code: &'static CodeRow, vendor: &'static VendorRow, equivalents: &[Equivalent]) -> Option<Elsewhere> {
    let here = equivalents.iter().filter(|equivalent| equivalent.code.vendor == vendor);
    let mut all: Vec<Equivalent> = here.copied().collect();
    if all.is_empty() && vendor == code.vendor {
        return None;
    }
    all.sort_by_key(|equivalent| equivalent.relation);
    let narrow = all.iter().filter(|equivalent| equivalent.relation == Relation::Narrow).count();
    let folded = if narrow > SHOWN { all.split_off(all.len() - narrow) } else { Vec::new() };
    let answer = all.is_empty().then(|| vendor.answer(code.plane, code.condition));
    Some(Elsewhere { vendor, shown: all, folded, answer })
}

fn edition_card(code: &'static CodeRow, edition: &'static Edition, w: &'static Words) -> EditionCard {
    let row = code.in_edition(edition);
    let differs = row.zip(code.editions.first()).map_or_else(Vec::new, |(row, newest)| {
        let aspects = [
            (row.code != newest.code, w.differs_code),
            (row.status != newest.status, w.differs_status),
            (row.printed != newest.printed, w.differs_wording),
        ];
        aspects.into_iter().filter_map(|(differs, aspect)| differs.then_some(aspect)).collect()
    });
    EditionCard { edition, row, differs }
}
