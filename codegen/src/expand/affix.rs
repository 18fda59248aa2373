//! The index by which a message finds the templates that could fit it, however many there are.
//!
//! A template with parameters can be told by the literal text at one of its ends. These texts are sorted, and each points
//! at the longest other one that it begins (or ends) with: then the texts that a message begins with are a chain, whose
//! longest member one binary search finds.

use std::collections::{BTreeMap, HashMap};

use proc_macro2::TokenStream;
use quote::quote;

use super::literal::{number, option};
use crate::template::{Piece, Template};

/// A literal text at an end of templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affix {
    /// The text; at the end of a template without its final period, which the wire may lack.
    pub text: String,
    /// Position of the longest other text that this one begins (or ends) with.
    pub within: Option<usize>,
    /// The templates that have it, in ascending order.
    pub patterns: Vec<usize>,
}

/// Every template with parameters once, at the end whose text it shares with fewer others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// By how they begin, sorted by bytes.
    pub starting: Vec<Affix>,
    /// By how they end, sorted by bytes from the last to the first.
    pub ending: Vec<Affix>,
    /// Those with a parameter at both ends.
    pub loose: Vec<usize>,
}

/// Indexes templates, given with their numbers.
pub fn index<'t>(templates: impl IntoIterator<Item = (usize, &'t Template)>) -> Index {
    let templates: Vec<_> =
        templates.into_iter().map(|(number, template)| (number, start(template), end(template))).collect();
    let (mut starts, mut ends) = (HashMap::<&str, usize>::new(), HashMap::<&str, usize>::new());
    for (_, start, end) in &templates {
        if let Some(text) = start {
            *starts.entry(text).or_default() += 1;
        }
        if let Some(text) = end {
            *ends.entry(text).or_default() += 1;
        }
    }
    let (mut starting, mut ending, mut loose) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for &(number, start, end) in &templates {
        let at_end = match (start, end) {
            (Some(start), Some(end)) => ends.get(end) < starts.get(start),
            (Some(_), None) => false,
            (None, Some(_)) => true,
            (None, None) => {
                loose.push(number);
                continue;
            }
        };
        let (affixes, text) = if at_end { (&mut ending, end) } else { (&mut starting, start) };
        let mut key = text.unwrap_or_default().as_bytes().to_vec();
        if at_end {
            key.reverse();
        }
        affixes.entry(key).or_insert_with(|| (text.unwrap_or_default(), Vec::new())).1.push(number);
    }
    Index { starting: chain(starting), ending: chain(ending), loose }
}

fn start(template: &Template) -> Option<&str> {
    match template.pieces.first() {
        Some(Piece::Text(text)) => Some(text),
        _ => None,
    }
}

fn end(template: &Template) -> Option<&str> {
    match template.pieces.last() {
        Some(Piece::Text(text)) => Some(text.strip_suffix('.').unwrap_or(text)).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// Sorted texts, each with its position in the chain.
fn chain(sorted: BTreeMap<Vec<u8>, (&str, Vec<usize>)>) -> Vec<Affix> {
    let mut affixes = Vec::with_capacity(sorted.len());
    let mut open: Vec<(usize, Vec<u8>)> = Vec::new();
    for (position, (key, (text, patterns))) in sorted.into_iter().enumerate() {
        while open.last().is_some_and(|(_, longest)| !key.starts_with(longest)) {
            open.pop();
        }
        let within = open.last().map(|(position, _)| *position);
        affixes.push(Affix { text: text.to_owned(), within, patterns });
        open.push((position, key));
    }
    affixes
}

/// The affixes as static records.
pub(super) fn expand(affixes: &[Affix]) -> TokenStream {
    let items = affixes.iter().map(|affix| {
        let (text, patterns) = (&affix.text, affix.patterns.iter().map(|&pattern| number(pattern)));
        let within = option(affix.within.map(|position| {
            let position = number(position);
            quote!(#position)
        }));
        quote!(::apigw_errors::Affix { text: #text, within: #within, patterns: &[#(#patterns),*] })
    });
    quote!(&[#(#items),*])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_in_chains() {
        let templates: Vec<Template> =
            ["ab{x}", "a{x}", "abc{x}d", "b{x}", "abd{x}e", "{x} no.", "{x} is no", "{x}o{y}"]
                .into_iter()
                .map(|text| Template::parse(text).unwrap())
                .collect();
        let index = index(templates.iter().enumerate());
        let shown = |affixes: &[Affix]| -> Vec<(String, Option<usize>, Vec<usize>)> {
            affixes.iter().map(|affix| (affix.text.clone(), affix.within, affix.patterns.clone())).collect()
        };
        let starting = [("a", None, 1), ("ab", Some(0), 0), ("abc", Some(1), 2), ("abd", Some(1), 4), ("b", None, 3)];
        let starting = starting.map(|(text, within, pattern)| (text.to_owned(), within, vec![pattern]));
        assert_eq!(shown(&index.starting), starting);
        assert_eq!(shown(&index.ending), [(" no".to_owned(), None, vec![5]), (" is no".to_owned(), Some(0), vec![6])]);
        assert_eq!(index.loose, [7]);
    }

    #[test]
    fn the_rarer_end_is_taken() {
        let templates: Vec<Template> =
            ["x {a} one", "x {a} two", "x {a}"].into_iter().map(|text| Template::parse(text).unwrap()).collect();
        let index = index(templates.iter().enumerate());
        assert_eq!(index.starting.iter().map(|affix| affix.patterns.clone()).collect::<Vec<_>>(), [vec![2]]);
        assert_eq!(index.ending.len(), 2);
    }
}
