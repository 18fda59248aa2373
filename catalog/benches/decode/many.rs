//! A vendor with as many codes as one likes: Huawei's, over and over, each time for another service.

use std::collections::BTreeMap;

use apigw_errors::{
    Affix, CodeRow, EditionRow, Lookup, Pattern, PatternWording, Piece, Template, Variant, VendorRow, huawei, reading,
};
use apigw_errors_codegen::expand::affix;
use phf::Map;

/// A vendor of this many codes; it lives as long as the program, as those of a macro do.
pub(crate) fn vendor(codes: usize) -> &'static VendorRow {
    let rows = huawei::CODES.iter().cycle().take(codes).enumerate();
    let rows: Vec<CodeRow> = rows.map(|(index, base)| code(index, base, index / huawei::CODES.len())).collect();
    let rows: &'static [CodeRow] = rows.leak();
    Box::leak(Box::new(VendorRow { codes: rows, lookup: Box::leak(Box::new(lookup(rows))), ..huawei::VENDOR }))
}

fn code(index: usize, base: &'static CodeRow, service: usize) -> CodeRow {
    let own = |text: &'static str| if service == 0 { text } else { format!("S{service}{text}").leak() };
    let edition = |row: &'static EditionRow| EditionRow {
        code: row.code.map(own),
        message: template(&row.message, service),
        ..*row
    };
    let variant =
        |row: &'static Variant| Variant { code: row.code.map(own), message: template(&row.message, service), ..*row };
    CodeRow {
        index: u16::try_from(index).unwrap(),
        id: own(base.id),
        slug: own(base.slug),
        code: base.code.map(own),
        message: template(&base.message, service),
        editions: base.editions.iter().map(edition).collect::<Vec<_>>().leak(),
        variants: base.variants.iter().map(variant).collect::<Vec<_>>().leak(),
        ..*base
    }
}

/// The text of another service: `Service 7: the …`.
fn template(base: &Template, service: usize) -> Template {
    if service == 0 {
        return *base;
    }
    let mut pieces = base.pieces.to_vec();
    let prefix = format!("Service {service}: ");
    match pieces.first_mut() {
        Some(Piece::Text(text)) => *text = format!("{prefix}{text}").leak(),
        _ => pieces.insert(0, Piece::Text(prefix.clone().leak())),
    }
    Template { source: format!("{prefix}{}", base.source).leak(), pieces: pieces.leak() }
}

fn lookup(codes: &'static [CodeRow]) -> Lookup {
    let (mut by_code, mut by_status, mut by_slug) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let (mut by_variant_code, mut fixed) = (BTreeMap::new(), BTreeMap::new());
    let (mut patterns, mut open) = (Vec::new(), Vec::new());
    for code in codes {
        let texts = code.code.into_iter().chain(code.editions.iter().filter_map(|row| row.code));
        texts.for_each(|text| push(&mut by_code, text, code.index));
        let statuses = code.status.into_iter().chain(code.editions.iter().filter_map(|row| row.status));
        statuses.for_each(|status| push(&mut by_status, status.get(), code.index));
        by_slug.insert(code.slug, code.index);
        code.variants.iter().filter_map(|row| row.code).for_each(|text| push(&mut by_variant_code, text, code.index));
        for (wording, template) in wordings(code) {
            let index = u16::try_from(patterns.len()).unwrap();
            patterns.push(Pattern { code: code.index, wording });
            if let Some(text) = template.as_static() {
                push(&mut fixed, &*String::leak(reading::fold(text).into_owned()), index);
            } else {
                let template = apigw_errors_codegen::template::Template::parse(template.source).unwrap();
                open.push((usize::from(index), template));
            }
        }
    }
    let open = affix::index(open.iter().map(|(index, template)| (*index, template)));
    Lookup {
        by_code: map(&leaked(by_code)),
        by_status: map(&leaked(by_status)),
        by_slug: map(&by_slug.into_iter().collect::<Vec<_>>()),
        by_variant_code: map(&leaked(by_variant_code)),
        patterns: patterns.leak(),
        fixed: map(&leaked(fixed)),
        starting: affixes(&open.starting),
        ending: affixes(&open.ending),
        loose: numbers(&open.loose),
    }
}

/// Each wording of a code once, as the macro lists them.
fn wordings(code: &'static CodeRow) -> Vec<(PatternWording, &'static Template)> {
    let editions = (0..).map(PatternWording::Edition).zip(code.editions.iter().map(|row| &row.message));
    let variants = (0..).map(PatternWording::Variant).zip(code.variants.iter().map(|variant| &variant.message));
    let mut all: Vec<_> =
        std::iter::once((PatternWording::Message, &code.message)).chain(editions).chain(variants).collect();
    let mut seen = Vec::new();
    all.retain(|(_, template)| {
        let text = reading::fold(template.source);
        let new = !seen.contains(&text);
        seen.push(text);
        new
    });
    all
}

fn push<K: Ord>(map: &mut BTreeMap<K, Vec<u16>>, key: K, index: u16) {
    let list = map.entry(key).or_default();
    if !list.contains(&index) {
        list.push(index);
    }
}

fn leaked<K: Ord>(map: BTreeMap<K, Vec<u16>>) -> Vec<(K, &'static [u16])> {
    map.into_iter().map(|(key, list)| (key, &*list.leak())).collect()
}

/// A perfect hash, made as `phf_map!` makes it.
fn map<K: phf_shared::PhfHash + Copy, V: Copy>(entries: &[(K, V)]) -> Map<K, V> {
    let keys: Vec<K> = entries.iter().map(|(key, _)| *key).collect();
    let state = phf_generator::generate_hash(&keys);
    let entries: Vec<(K, V)> = state.map.iter().map(|&at| entries[at]).collect();
    Map { key: state.key, disps: state.disps.leak(), entries: entries.leak() }
}

fn affixes(affixes: &[affix::Affix]) -> &'static [Affix] {
    let affix = |affix: &affix::Affix| Affix {
        text: affix.text.clone().leak(),
        within: affix.within.map(|position| u16::try_from(position).unwrap()),
        patterns: numbers(&affix.patterns),
    };
    affixes.iter().map(affix).collect::<Vec<_>>().leak()
}

fn numbers(numbers: &[usize]) -> &'static [u16] {
    numbers.iter().map(|&number| u16::try_from(number).unwrap()).collect::<Vec<_>>().leak()
}
