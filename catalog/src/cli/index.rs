//! Search over everything that is said of a code, in both languages.
//!
//! All terms of a query have to be found, each somewhere: whole words before their beginnings, these before slips of the
//! finger; names before messages, these before explanations. Chinese has no spaces, so a Chinese term is also found by
//! the pairs of characters that it shares with a text.

use apigw_errors::CodeRow;

use crate::cli::fuzzy::{distance, slips};
use crate::cli::subject::catalog;

/// A code that was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    /// The code.
    pub(crate) code: &'static CodeRow,
    score: u32,
    /// How many of the terms were found.
    terms: usize,
}

/// What was found, best first.
#[derive(Debug)]
pub(crate) struct Found {
    /// The codes.
    pub(crate) hits: Vec<Hit>,
    /// False if no code has all the terms.
    pub(crate) complete: bool,
}

/// Searches all codes that `wanted` admits.
pub(crate) fn search(query: &str, wanted: impl Fn(&CodeRow) -> bool) -> Found {
    let terms = terms(query);
    let mut hits: Vec<Hit> = catalog().codes().filter(|code| wanted(code)).map(|code| hit(code, &terms)).collect();
    let most = hits.iter().map(|hit| hit.terms).max().unwrap_or(0);
    // One word of three says little.
    hits.retain(|hit| hit.terms == most && hit.score > 0 && most * 2 >= terms.len());
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.score));
    Found { hits, complete: most == terms.len() }
}

fn hit(code: &'static CodeRow, terms: &[Term]) -> Hit {
    let fields = fields(code);
    let best = |term: &Term| fields.iter().map(|field| field.weight * field.has(term)).max().unwrap_or(0);
    let found = terms.iter().map(|term| term.synonyms().map(|term| best(&term)).chain([best(term)]).max().unwrap_or(0));
    found.fold(Hit { code, score: 0, terms: 0 }, |hit, score| Hit {
        score: hit.score + score,
        terms: hit.terms + usize::from(score > 0),
        ..hit
    })
}

struct Field {
    weight: u32,
    text: String,
    words: Vec<String>,
}

fn fields(code: &CodeRow) -> Vec<Field> {
    let field = |weight, text: &str| Field { weight, text: text.to_lowercase(), words: words(text) };
    let mut fields = vec![
        field(6, code.id),
        field(6, &code.slug.replace('-', " ")),
        field(4, code.message.source),
        field(3, &code.condition.id.replace(['.', '_'], " ")),
        field(5, code.condition.id),
        field(1, code.vendor.id),
    ];
    fields.extend(
        code.code.into_iter().chain(code.editions.iter().filter_map(|row| row.code)).map(|text| field(6, text)),
    );
    fields.extend(code.editions.iter().map(|row| field(4, row.printed)));
    fields.extend(code.variants.iter().map(|variant| field(3, variant.message.source)));
    for (weight, text) in [(4, code.condition.title), (2, code.summary), (1, code.remedy)] {
        fields.extend([field(weight, text.en), field(weight, text.zh)]);
    }
    fields
}

/// A word of a query.
struct Term {
    text: String,
    chinese: bool,
}

/// Words that people use for each other, where the catalog may have only one of them.
const SYNONYMS: [&[&str]; 6] = [
    &["限流", "流控", "频率限制", "请求频率"],
    &["throttled", "throttling", "limited"],
    &["过期", "失效", "超时"],
    &["黑名单", "blacklist", "black"],
    &["签名", "signature"],
    &["token", "令牌"],
];

impl Term {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), chinese: text.chars().any(is_chinese) }
    }

    /// The other words of its group.
    fn synonyms(&self) -> impl Iterator<Item = Self> {
        let group = SYNONYMS.into_iter().find(|group| group.contains(&self.text.as_str())).unwrap_or_default();
        group.iter().filter(|word| **word != self.text).map(|word| Self::new(word))
    }
}

/// Words that stand in every text.
const IDLE: [&str; 12] = ["the", "a", "an", "of", "is", "in", "to", "and", "or", "not", "be", "的"];

fn terms(query: &str) -> Vec<Term> {
    let all = words(query);
    let telling: Vec<&String> = all.iter().filter(|word| !IDLE.contains(&word.as_str())).collect();
    let kept = if telling.is_empty() { all.iter().collect() } else { telling };
    kept.into_iter().map(|text| Term::new(text)).collect()
}

/// Lower-case words; Chinese and Latin are parted. Points stay inside of a word: `apig.0308`.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.to_lowercase().chars() {
        let part = c.is_alphanumeric() || (matches!(c, '.' | '_' | '-') && !word.is_empty());
        let parted = word.chars().last().is_some_and(|last| is_chinese(last) != is_chinese(c));
        if (!part || parted) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if part {
            word.push(c);
        }
    }
    words.push(word);
    for word in &mut words {
        word.truncate(word.trim_end_matches(['.', '_', '-']).len());
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

impl Field {
    /// How well the term is found, 0 to 10.
    fn has(&self, term: &Term) -> u32 {
        if term.chinese {
            return if self.text.contains(&term.text) { 10 } else { self.shares_pairs(&term.text) };
        }
        let slips = slips(&term.text);
        let of_word = |word: &String| {
            if *word == term.text {
                10
            } else if word.starts_with(&term.text) && term.text.len() > 1 {
                8
            } else if slips > 0 && !word.chars().any(|c| c.is_ascii_digit()) {
                // Two numbers with one digit changed are not the same number.
                distance(word, &term.text, slips).map_or(0, |edits| if edits == 1 { 5 } else { 3 })
            } else {
                0
            }
        };
        let best = self.words.iter().map(of_word).max().unwrap_or(0);
        if best < 6 && term.text.len() > 2 && self.text.contains(&term.text) { 6 } else { best }
    }

    /// Two thirds of the pairs of neighbours make a find.
    fn shares_pairs(&self, term: &str) -> u32 {
        let chars: Vec<char> = term.chars().collect();
        let pairs: Vec<String> = chars.windows(2).map(|pair| pair.iter().collect()).collect();
        let shared = pairs.iter().filter(|pair| self.text.contains(pair.as_str())).count();
        if shared > 0 && shared * 3 >= pairs.len() * 2 { 5 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fall_into_words() {
        assert_eq!(words("APIG.0308: 签名abc过期, x-date."), ["apig.0308", "签名", "abc", "过期", "x-date"]);
        assert_eq!(words("  "), Vec::<String>::new());
    }

    #[test]
    fn the_first_hit_is_the_one_that_is_meant() {
        for (query, wanted) in [
            ("signatrue does not match", "tencent.HmacSignatureMismatch"),
            ("nonce conflict", "jdcloud.NonceConflict"),
            ("apig.0308", "huawei.ThrottlingThresholdReached"),
            ("throtling threshold", "huawei.ThrottlingThresholdReached"),
        ] {
            let found = search(query, |_| true);
            let hits: Vec<String> = found.hits.iter().take(3).map(|hit| hit.code.to_string()).collect();
            assert!(hits.iter().any(|hit| hit == wanted), "{query}: {hits:?}");
        }
    }
}
