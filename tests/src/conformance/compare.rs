//! What differs between two texts, line by line.

use std::fmt::Write;

/// All lines, marked `-` where only expected and `+` where only found.
pub(super) fn difference(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    // common[i][j]: how many lines expected[i..] and found[j..] have in common, in order.
    let mut common = vec![vec![0_usize; found.len() + 1]; expected.len() + 1];
    let at = |common: &[Vec<usize>], i: usize, j: usize| common.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
    for (i, left) in expected.iter().enumerate().rev() {
        for (j, right) in found.iter().enumerate().rev() {
            let longest = if left == right {
                at(&common, i + 1, j + 1) + 1
            } else {
                at(&common, i + 1, j).max(at(&common, i, j + 1))
            };
            if let Some(cell) = common.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = longest;
            }
        }
    }
    let (mut i, mut j, mut out) = (0, 0, String::new());
    loop {
        let (mark, line) = match (expected.get(i), found.get(j)) {
            (None, None) => return out,
            (Some(left), Some(right)) if left == right => {
                (i, j) = (i + 1, j + 1);
                (' ', left)
            }
            (Some(left), right) if right.is_none() || at(&common, i + 1, j) >= at(&common, i, j + 1) => {
                i += 1;
                ('-', left)
            }
            (_, Some(right)) => {
                j += 1;
                ('+', right)
            }
            (Some(left), None) => {
                i += 1;
                ('-', left)
            }
        };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {mark} {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differing_lines_are_marked() {
        let found = difference("a\nb\nc", "a\nx\nc\nd");
        assert_eq!(found, "    a\n  - b\n  + x\n    c\n  + d\n");
    }
}
