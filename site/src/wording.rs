//! How one wording became another, word by word.

/// Both wordings in runs.
pub(crate) struct Change {
    pub(crate) before: Vec<Run>,
    pub(crate) after: Vec<Run>,
}

/// A stretch of a wording.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The other wording has it too.
    pub(crate) kept: bool,
    pub(crate) text: String,
}

/// Compares two wordings by the longest sequence of words that they share.
pub(crate) fn change(before: &str, after: &str) -> Change {
    let (old, new) = (words(before), words(after));
    let shared = shared(&old, &new);
    let kept = |at: usize, side: fn(&(usize, usize)) -> usize| shared.iter().any(|pair| side(pair) == at);
    Change { before: runs(&old, |at| kept(at, |pair| pair.0)), after: runs(&new, |at| kept(at, |pair| pair.1)) }
}

/// Words with what follows them up to the next; a Chinese character is a word of its own.
fn words(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = Vec::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if !c.is_whitespace() && (before.is_whitespace() || !c.is_ascii() || !before.is_ascii()) {
            starts.push(at);
        }
        before = c;
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(&start, end)| text.get(start..end)).collect()
}

/// Pairs of positions of the words in a longest common sequence.
fn shared(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let same = |a: usize, b: usize| old.get(a).map(|word| word.trim_end()) == new.get(b).map(|word| word.trim_end());
    // `longest[a][b]`: how much the tails from `a` and `b` share.
    let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    let at =
        |longest: &[Vec<usize>], a: usize, b: usize| longest.get(a).and_then(|row| row.get(b)).copied().unwrap_or(0);
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            let best = if same(a, b) {
                at(&longest, a + 1, b + 1) + 1
            } else {
                at(&longest, a + 1, b).max(at(&longest, a, b + 1))
            };
            if let Some(cell) = longest.get_mut(a).and_then(|row| row.get_mut(b)) {
                *cell = best;
            }
        }
    }
    let (mut a, mut b, mut pairs) = (0, 0, Vec::new());
    while a < old.len() && b < new.len() {
        if same(a, b) {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if at(&longest, a + 1, b) >= at(&longest, a, b + 1) {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}

fn runs(words: &[&str], kept: impl Fn(usize) -> bool) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.kept == kept(at) => run.text.push_str(word),
            _ => runs.push(Run { kept: kept(at), text: (*word).to_owned() }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(runs: &[Run]) -> String {
        runs.iter().map(|run| if run.kept { run.text.clone() } else { format!("[{}]", run.text) }).collect()
    }

    #[test]
    fn only_what_changed_is_marked() {
        let change = change("API not exist or not published.", "The API does not exist or is not published.");
        assert_eq!(marked(&change.before), "API not exist or not published.");
        assert_eq!(marked(&change.after), "[The ]API [does ]not exist or [is ]not published.");
    }

    #[test]
    fn nothing_is_lost() {
        for (before, after) in [("a b", "b a c"), ("", "x"), ("参数 x 不存在", "参数 y 不存在。"), ("same", "same")]
        {
            let change = change(before, after);
            let joined = |runs: &[Run]| runs.iter().map(|run| run.text.as_str()).collect::<String>();
            assert_eq!((joined(&change.before).as_str(), joined(&change.after).as_str()), (before, after));
        }
    }
}
