//! Lines of a YAML file, grouped by how deep they stand.

/// A line without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Blanks before the text.
    pub(super) indent: usize,
    /// The rest, trailing blanks included.
    pub(super) text: &'t str,
}

impl<'t> Line<'t> {
    pub(super) fn new(line: &'t str) -> Self {
        let text = line.trim_start_matches(' ');
        Self { indent: line.len() - text.len(), text }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn is_comment(&self) -> bool {
        self.text.starts_with('#')
    }

    /// The end of this line as a line of its own.
    pub(super) fn behind(&self, rest: &'t str) -> Self {
        Self { indent: self.indent + self.text.len() - rest.len(), text: rest }
    }
}

/// A key or a list item, with the comments above it and all that is below it.
#[derive(Debug)]
pub(super) struct Entry<'t> {
    pub(super) before: Vec<Line<'t>>,
    pub(super) head: Line<'t>,
    pub(super) body: Vec<Line<'t>>,
}

impl<'t> Entry<'t> {
    /// What stands behind the dash of a list item.
    pub(super) fn item(&self) -> Option<&'t str> {
        item(self.head.text)
    }

    pub(super) fn key(&self) -> Option<&'t str> {
        key(self.head.text).map(|(key, _)| key)
    }

    /// What stands behind the key, comments left out.
    pub(super) fn value(&self) -> &'t str {
        let value = key(self.head.text).map_or(self.head.text, |(_, value)| value);
        if value.starts_with('#') { "" } else { value }
    }
}

/// How a value goes on below its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    /// `|` or `>`: by the lines below, at whatever level they stand.
    Block,
    /// The same with its level given, which is kept.
    Explicit,
    /// Not in this way.
    No,
}

/// Whether a value begins a block scalar.
pub(super) fn scalar(value: &str) -> Scalar {
    let value = value.trim_end();
    match value.strip_prefix(['|', '>']) {
        Some(rest) if rest.chars().any(|c| c.is_ascii_digit()) => Scalar::Explicit,
        Some(_) => Scalar::Block,
        None => Scalar::No,
    }
}

fn item(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('-')?;
    if rest.trim().is_empty() { Some("") } else { rest.starts_with(' ').then(|| rest.trim_start()) }
}

/// A key and what stands behind its colon.
pub(super) fn key(text: &str) -> Option<(&str, &str)> {
    if text.starts_with(['{', '[', '|', '>', '#', '&', '*', '!', '?', '%']) || text.starts_with("- ") {
        return None;
    }
    let from = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => 1 + text.get(1..)?.find(quote)? + 1,
        _ => 0,
    };
    let rest = text.get(from..)?;
    let colon = rest.match_indices(':').map(|(at, _)| from + at).find(|at| {
        let behind = text.get(at + 1..).unwrap_or_default();
        behind.is_empty() || behind.starts_with([' ', '\t'])
    })?;
    // `a #b: c` is no key, but a comment.
    let key = text.get(..colon).filter(|key| !key.contains(" #"))?;
    Some((key.trim_end(), text.get(colon + 1..)?.trim()))
}

/// The entries at the level of the first line, and the comments behind the last of them.
pub(super) fn entries<'t>(lines: &[Line<'t>]) -> (Vec<Entry<'t>>, Vec<Line<'t>>) {
    let mut entries: Vec<Entry<'t>> = Vec::new();
    let mut pending: Vec<Line<'t>> = Vec::new();
    let level = lines.iter().find(|line| !line.is_blank() && !line.is_comment()).map_or(0, |line| line.indent);
    let mut rest = lines.iter().copied().peekable();
    while let Some(line) = rest.next() {
        if line.is_blank() || line.is_comment() {
            pending.push(line);
            continue;
        }
        let below = line.indent > level
            || (item(line.text).is_some() && entries.last().is_some_and(|entry| entry.item().is_none()));
        match entries.last_mut() {
            Some(entry) if below => {
                entry.body.append(&mut pending);
                entry.body.push(line);
            }
            last => {
                // Comments that stand deeper belong to what is above.
                let own = pending.iter().position(|line| line.is_blank() || line.indent <= level);
                let before = pending.split_off(own.unwrap_or(pending.len()));
                if let Some(last) = last {
                    last.body.append(&mut pending);
                }
                pending.clear();
                entries.push(Entry { before, head: line, body: Vec::new() });
            }
        }
        if let Some(column) = scalar_column(line) {
            let Some(entry) = entries.last_mut() else { continue };
            let mut blanks = Vec::new();
            while let Some(next) = rest.next_if(|next| next.is_blank() || next.indent > column) {
                if next.is_blank() {
                    blanks.push(next);
                } else {
                    entry.body.append(&mut blanks);
                    entry.body.push(next);
                }
            }
            pending = blanks;
        }
    }
    let own = pending.iter().position(|line| line.is_blank() || line.indent <= level).unwrap_or(pending.len());
    let tail = pending.split_off(own);
    match entries.last_mut() {
        Some(last) => last.body.append(&mut pending),
        None => return (entries, lines.to_vec()),
    }
    (entries, tail)
}

/// Where a line begins a block scalar, the column of its key or dash: the scalar's lines stand deeper.
fn scalar_column(line: Line<'_>) -> Option<usize> {
    let mut line = line;
    while let Some(rest) = item(line.text) {
        let inner = line.behind(rest);
        if scalar(rest) != Scalar::No {
            return Some(line.indent);
        }
        if rest.is_empty() {
            return None;
        }
        line = inner;
    }
    let (_, value) = key(line.text)?;
    (scalar(value) != Scalar::No).then_some(line.indent)
}
