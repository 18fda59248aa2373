//! A vendor's perfect-hash look-ups and message patterns.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::affix;
use super::literal::number;
use crate::model::Vendor;
use crate::template::{Piece, Template};

pub(super) fn expand(vendor: &Vendor) -> TokenStream {
    let mut by_code: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut by_status: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
    let mut by_slug: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_variant_code: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, code) in vendor.codes.iter().enumerate() {
        let texts = code.text.iter().chain(code.rows.iter().filter_map(|row| row.text.as_ref()));
        texts.for_each(|text| push(by_code.entry(text).or_default(), index));
        let statuses = code.status.iter().chain(code.rows.iter().filter_map(|row| row.status.as_ref()));
        statuses.for_each(|status| push(by_status.entry(*status).or_default(), index));
        by_slug.insert(&code.slug, index);
        let spellings = code.variants.iter().filter_map(|variant| variant.text.as_ref());
        spellings.for_each(|text| push(by_variant_code.entry(text).or_default(), index));
    }
    let listed = |map: BTreeMap<&str, Vec<usize>>| -> Vec<TokenStream> {
        let entry = |(text, codes): (&str, Vec<usize>)| {
            let codes = codes.into_iter().map(number);
            quote!(#text => &[#(#codes),*])
        };
        map.into_iter().map(entry).collect()
    };
    let (code_entries, variant_entries) = (listed(by_code), listed(by_variant_code));
    let status_entries = by_status.iter().map(|(status, codes)| {
        let (status, codes) = (Literal::u16_suffixed(*status), codes.iter().map(|&code| number(code)));
        quote!(#status => &[#(#codes),*])
    });
    let slug_entries = by_slug.iter().map(|(slug, code)| {
        let code = Literal::u16_suffixed(u16::try_from(*code).unwrap_or(u16::MAX));
        quote!(#slug => #code)
    });

    let patterns = patterns(vendor);
    let pattern_items = patterns.iter().map(|pattern| {
        let (code, wording) = (number(pattern.code), &pattern.wording);
        quote!(::apigw_errors::Pattern { code: #code, wording: ::apigw_errors::PatternWording::#wording })
    });
    let mut fixed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut open = Vec::new();
    for (index, pattern) in patterns.iter().enumerate() {
        match pattern.template.pieces.as_slice() {
            [] => {}
            [Piece::Text(text)] => push(fixed.entry(fold(text)).or_default(), index),
            // A template without any text would take every text for its own; such a row is known by its code.
            pieces if pieces.iter().all(|piece| matches!(piece, Piece::Param(_))) => {}
            _ => open.push((index, pattern.template)),
        }
    }
    let fixed_entries = fixed.iter().map(|(text, patterns)| {
        let patterns = patterns.iter().map(|&pattern| number(pattern));
        quote!(#text => &[#(#patterns),*])
    });
    let open = affix::index(open);
    let (starting, ending) = (affix::expand(&open.starting), affix::expand(&open.ending));
    let loose = open.loose.into_iter().map(number);
    quote! {
        static LOOKUP: ::apigw_errors::Lookup = ::apigw_errors::Lookup {
            by_code: ::phf::phf_map! { #(#code_entries),* },
            by_status: ::phf::phf_map! { #(#status_entries),* },
            by_variant_code: ::phf::phf_map! { #(#variant_entries),* },
            by_slug: ::phf::phf_map! { #(#slug_entries),* },
            patterns: &[#(#pattern_items),*],
            fixed: ::phf::phf_map! { #(#fixed_entries),* },
            starting: #starting,
            ending: #ending,
            loose: &[#(#loose),*],
        };
    }
}

fn push(list: &mut Vec<usize>, index: usize) {
    if !list.contains(&index) {
        list.push(index);
    }
}

struct Pattern<'a> {
    code: usize,
    wording: TokenStream,
    template: &'a Template,
}

/// Every wording of every code once: the message, then editions newest first, then variants.
fn patterns(vendor: &Vendor) -> Vec<Pattern<'_>> {
    let mut patterns = Vec::new();
    for (code, row) in vendor.codes.iter().enumerate() {
        let editions = row.rows.iter().enumerate().map(|(at, row)| {
            let at = number(at);
            (quote!(Edition(#at)), &row.message)
        });
        let variants = row.variants.iter().enumerate().map(|(at, variant)| {
            let at = number(at);
            (quote!(Variant(#at)), &variant.message)
        });
        let mut seen: Vec<String> = Vec::new();
        for (wording, template) in std::iter::once((quote!(Message), &row.message)).chain(editions).chain(variants) {
            let key = fold(&template.to_string());
            if !seen.contains(&key) {
                seen.push(key);
                patterns.push(Pattern { code, wording, template });
            }
        }
    }
    patterns
}

/// The form in which fixed texts are compared: runs of white space are one space, one final period is dropped.
///
/// The runtime folds what it reads in the same way (`apigw_errors::reading::fold`); a test compares the two.
pub fn fold(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.strip_suffix('.').map(str::to_owned).unwrap_or(folded)
}
