//! The index finds what trying every template finds: the same readings, in the same order.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use std::sync::LazyLock;

use apigw_errors::{CATALOG, CodeRow, Lookup, PatternWording, Piece, Reading, Template, VendorRow, reading};
use phf::phf_map;
use proptest::prelude::*;

/// A vendor whose templates with parameters are all tried on every text.
struct Tried {
    indexed: &'static VendorRow,
    all: &'static VendorRow,
    /// Every wording without parameters.
    fixed: Vec<(&'static CodeRow, &'static Template)>,
}

static VENDORS: LazyLock<Vec<Tried>> = LazyLock::new(|| CATALOG.vendors.iter().map(|vendor| tried(vendor)).collect());

fn tried(vendor: &'static VendorRow) -> Tried {
    let (mut loose, mut fixed) = (Vec::new(), Vec::new());
    for (index, pattern) in (0..).zip(vendor.lookup.patterns) {
        let code = &vendor.codes[usize::from(pattern.code)];
        let template = match pattern.wording {
            PatternWording::Message => &code.message,
            PatternWording::Edition(at) => &code.editions[usize::from(at)].message,
            PatternWording::Variant(at) => &code.variants[usize::from(at)].message,
        };
        match template.as_static() {
            Some(_) => fixed.push((code, template)),
            None => loose.push(index),
        }
    }
    let lookup = Lookup {
        by_code: phf_map! {},
        by_status: phf_map! {},
        by_variant_code: phf_map! {},
        by_slug: phf_map! {},
        patterns: vendor.lookup.patterns,
        fixed: phf_map! {},
        starting: &[],
        ending: &[],
        loose: loose.leak(),
    };
    let all = Box::leak(Box::new(VendorRow { lookup: Box::leak(Box::new(lookup)), ..*vendor }));
    Tried { indexed: vendor, all, fixed }
}

/// What tells readings apart.
type Found = (&'static str, &'static str, Vec<(&'static str, String)>);

fn found(reading: &Reading<'_>) -> Found {
    let params = reading.params.iter().map(|(name, value)| (*name, value.to_string())).collect();
    (reading.code.id, reading.template().source, params)
}

impl Tried {
    /// Readings without parameters, and those with.
    fn by_index(&self, text: &str) -> (Vec<Found>, Vec<Found>) {
        let readings: Vec<_> = self.indexed.read(text).iter().map(found).collect();
        let (mut fixed, open): (Vec<_>, Vec<_>) = readings.into_iter().partition(|(_, _, params)| params.is_empty());
        fixed.sort();
        (fixed, open)
    }

    /// The same without an index.
    fn one_by_one(&self, text: &str) -> (Vec<Found>, Vec<Found>) {
        let suffixes = self.indexed.editions.iter().flat_map(|edition| edition.tables).map(|table| table.wire_suffix);
        let bare =
            suffixes.filter(|suffix| !suffix.is_empty()).find_map(|suffix| text.trim().strip_suffix(suffix.trim()));
        let folded = reading::fold(bare.unwrap_or(text));
        let same = self.fixed.iter().filter(|(_, template)| reading::fold(template.as_static().unwrap()) == folded);
        let mut fixed: Vec<Found> = same.map(|(code, template)| (code.id, template.source, Vec::new())).collect();
        fixed.sort();
        (fixed, self.all.read(text).iter().map(found).collect())
    }
}

fn templates() -> impl Iterator<Item = &'static Template> {
    CATALOG.codes().flat_map(|code| {
        let editions = code.editions.iter().map(|row| &row.message);
        std::iter::once(&code.message).chain(editions).chain(code.variants.iter().map(|variant| &variant.message))
    })
}

/// What stands between the parameters of any template, and what could be a value.
fn literals() -> Vec<&'static str> {
    let pieces = templates().flat_map(|template| template.pieces);
    let mut all: Vec<_> =
        pieces.filter_map(|piece| if let Piece::Text(text) = piece { Some(*text) } else { None }).collect();
    all.extend([
        "", " ", ".", "..", "  ", "\n", "a", "7", "X-Token", "GET", "/a/b", "[gw]", " [gw]", "中文", "{header}", ":",
    ]);
    all.sort_unstable();
    all.dedup();
    all
}

/// A template with texts in its gaps, mostly a message.
fn filled() -> impl Strategy<Value = String> {
    let all: Vec<_> = templates().collect();
    let gaps = proptest::collection::vec(proptest::sample::select(literals()), 6);
    (proptest::sample::select(all), gaps).prop_map(|(template, gaps)| {
        let mut gaps = gaps.iter().cycle();
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => *text,
            Piece::Param(..) => gaps.next().unwrap(),
        };
        template.pieces.iter().map(piece).collect()
    })
}

/// Texts, near messages most of them.
fn text() -> impl Strategy<Value = String> {
    let whole = prop_oneof![
        6 => filled(),
        3 => proptest::collection::vec(proptest::sample::select(literals()), 1..6).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ];
    let end = proptest::sample::select(vec!["", "", "", ".", "..", ". ", " [gw]", ". [gw]", "x", "\u{3002}"]);
    (whole, end, any::<proptest::sample::Index>(), 0..8_u8).prop_map(|(whole, end, at, edit)| {
        let places: Vec<usize> = whole.char_indices().map(|(at, _)| at).chain([whole.len()]).collect();
        let (head, tail) = whole.split_at(places[at.index(places.len())]);
        match edit {
            0 => tail.to_owned(),
            1 => head.to_owned(),
            2 => format!("{head}  {tail}{end}"),
            3 => format!("{head}{end}{tail}"),
            _ => format!("{whole}{end}"),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_finds_what_trying_everything_finds(text in text()) {
        for vendor in VENDORS.iter() {
            prop_assert_eq!(vendor.by_index(&text), vendor.one_by_one(&text), "{}: {:?}", vendor.indexed.id, text);
        }
    }
}

/// Every message as its document has it, which random texts may miss.
#[test]
fn the_index_finds_every_template() {
    let mut open = 0;
    for template in templates() {
        let text: String =
            template.pieces.iter().map(|piece| if let Piece::Text(text) = piece { *text } else { "7" }).collect();
        for vendor in VENDORS.iter() {
            let indexed = vendor.by_index(&text);
            assert_eq!(indexed, vendor.one_by_one(&text), "{}: {text:?}", vendor.indexed.id);
            open += indexed.1.len();
        }
    }
    assert!(open > 100, "{open}");
}
