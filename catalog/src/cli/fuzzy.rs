//! How far two texts are apart.

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`; `None` beyond `most`.
pub(crate) fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    // Three rows of the usual matrix: a swap looks two rows back.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, &ca) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, &cb) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&above, j) + usize::from(ca != cb)).min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(&cb) && b.get(j - 1) == Some(&ca);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|&edits| edits <= most)
}

/// The edits that a slip in a word of this length may be.
pub(crate) fn slips(word: &str) -> usize {
    match word.chars().count() {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    }
}

/// A name without what people leave out of it: case, separators, zeros in front of numbers.
///
/// `APIG.308`, `apig-0308` and `APIG.0308` are the same.
pub(crate) fn squashed(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut in_number = false;
    for c in name.chars().filter(|c| c.is_alphanumeric()) {
        if c == '0' && !in_number {
            continue;
        }
        in_number = c.is_ascii_digit();
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (a, b, edits) in [
            ("", "", Some(0)),
            ("abc", "abc", Some(0)),
            ("signature", "signatrue", Some(1)),
            ("kitten", "sitting", Some(3)),
            ("签名不匹配", "签名不匹佩", Some(1)),
            ("abcdefgh", "abc", None),
            ("ab", "xyz", Some(3)),
        ] {
            assert_eq!(distance(a, b, 3), edits, "{a} {b}");
            assert_eq!(distance(b, a, 3), edits, "{b} {a}");
        }
    }

    #[test]
    fn names_are_squashed() {
        for name in ["APIG.0308", "apig.308", "APIG-0308", "apig 308"] {
            assert_eq!(squashed(name), "apig308");
        }
        assert_eq!(squashed("APIG.1010"), "apig1010");
    }
}
