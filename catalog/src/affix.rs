//! Which templates a text could be of, told by how it begins or ends.
//!
//! The cost is that of a binary search, whatever the number of templates; only those are tried whose literal text at one
//! end is there.

/// A literal text at an end of templates; made by the macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Affix {
    /// The text; at the end of a template without its final period.
    pub text: &'static str,
    /// Position of the longest other text of the list that this one begins (or ends) with.
    pub within: Option<u16>,
    /// Positions in [`Lookup::patterns`](crate::Lookup::patterns).
    pub patterns: &'static [u16],
}

/// The patterns that begin as `text` does, the longest beginning first. `affixes` are sorted by bytes.
pub(crate) fn starting(affixes: &'static [Affix], text: &str) -> impl Iterator<Item = u16> {
    let after = affixes.partition_point(|affix| affix.text <= text);
    matching(affixes, after, |affix| text.starts_with(affix))
}

/// The patterns that end as `text` does, the longest ending first. `affixes` are sorted by bytes from the last on.
pub(crate) fn ending(affixes: &'static [Affix], text: &str) -> impl Iterator<Item = u16> {
    let after = affixes.partition_point(|affix| affix.text.bytes().rev().le(text.bytes().rev()));
    matching(affixes, after, |affix| text.ends_with(affix))
}

/// Whatever `text` has as an affix, the greatest text up to it has too, or is: the rest is a walk along its chain.
fn matching(affixes: &'static [Affix], after: usize, fits: impl Fn(&str) -> bool) -> impl Iterator<Item = u16> {
    let within = |affix: &&'static Affix| affix.within.and_then(|position| affixes.get(usize::from(position)));
    let nearest = after.checked_sub(1).and_then(|position| affixes.get(position));
    let longest = std::iter::successors(nearest, within).find(|affix| fits(affix.text));
    std::iter::successors(longest, within).flat_map(|affix| affix.patterns.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn affix(text: &'static str, within: Option<u16>, patterns: &'static [u16]) -> Affix {
        Affix { text, within, patterns }
    }

    #[test]
    fn all_beginnings_of_a_text_are_found() {
        static LIST: [Affix; 5] = [
            affix("a", None, &[1]),
            affix("ab", Some(0), &[0, 7]),
            affix("abc", Some(1), &[2]),
            affix("abd", Some(1), &[4]),
            affix("b", None, &[3]),
        ];
        for (text, wanted) in [
            ("abcx", &[2, 0, 7, 1][..]),
            ("abcde", &[2, 0, 7, 1]),
            ("abz", &[0, 7, 1]),
            ("az", &[1]),
            ("a", &[1]),
            ("", &[]),
            ("c", &[]),
            ("A", &[]),
        ] {
            assert_eq!(starting(&LIST, text).collect::<Vec<_>>(), wanted, "{text}");
        }
    }

    #[test]
    fn all_endings_of_a_text_are_found() {
        static LIST: [Affix; 3] =
            [affix(" no", None, &[5]), affix(" is no", Some(0), &[6]), affix("不存在", None, &[1])];
        for (text, wanted) in [("it is no", &[6, 5][..]), ("x no", &[5]), ("no", &[]), ("参数不存在", &[1])] {
            assert_eq!(ending(&LIST, text).collect::<Vec<_>>(), wanted, "{text}");
        }
    }
}
