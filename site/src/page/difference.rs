//! What changed from one edition of a vendor's tables to a later one, row by row.

use apigw_errors::{CodeRow, EditionRow, Lang};
use askama::Template;

use super::finish;
use crate::frame::Frame;
use crate::link::{Difference, Topic};
use crate::words::Words;
use crate::{Page, Site, wording};

#[derive(Template)]
#[template(path = "difference.html")]
struct DifferencePage<'s> {
    f: Frame<'s>,
    pair: Difference,
    changed: Vec<Changed>,
    added: Vec<&'static CodeRow>,
    removed: Vec<&'static CodeRow>,
    /// Rows that say the same in both.
    same: usize,
}

struct Changed {
    code: &'static CodeRow,
    older: &'static EditionRow,
    newer: &'static EditionRow,
    /// The wording before and after, in runs; nothing if it is the same.
    wording: Option<wording::Change>,
}

pub(super) fn render(site: &Site, lang: Lang, pair: Difference) -> Page {
    let w = Words::of(lang);
    let (mut changed, mut added, mut removed, mut same) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for code in pair.vendor.codes {
        match (code.in_edition(pair.older), code.in_edition(pair.newer)) {
            (Some(older), Some(newer)) => {
                let wording = (older.printed != newer.printed).then(|| wording::change(older.printed, newer.printed));
                if wording.is_none() && older.status == newer.status && older.code == newer.code {
                    same += 1;
                } else {
                    changed.push(Changed { code, older, newer, wording });
                }
            }
            (None, Some(_)) => added.push(code),
            (Some(_), None) => removed.push(code),
            (None, None) => {}
        }
    }
    let name = pair.vendor.name.get(lang);
    let title = format!("{name} {} → {}{}{}", pair.older.id, pair.newer.id, w.colon, w.difference_title);
    let description = format!(
        "{title} – {} {}, {} {}, {} {}",
        w.changed,
        changed.len(),
        w.added,
        added.len(),
        w.removed,
        removed.len()
    );
    finish(&DifferencePage {
        f: Frame::new(site, lang, Topic::Difference(pair), title, description),
        pair,
        changed,
        added,
        removed,
        same,
    })
}
