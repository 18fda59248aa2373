//! Text for terminals: wrapping that knows the width of Chinese, and nothing that would take the terminal over.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();

/// The text with control characters shown instead of sent: what came over the wire must not move the cursor.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    let harmful =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    text.chars()
        .flat_map(|c| if harmful(c) { Shown::Escaped(c.escape_default()) } else { Shown::Plain(Some(c)) })
        .collect()
}

enum Shown {
    Plain(Option<char>),
    Escaped(std::char::EscapeDefault),
}

impl Iterator for Shown {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::Plain(c) => c.take(),
            Self::Escaped(escape) => escape.next(),
        }
    }
}

/// Breaks a text into lines of at most `width` columns; a word that is longer stands alone.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for piece in pieces(paragraph) {
            if !line.is_empty() && line.width() + piece.trim_end().width() > width {
                lines.push(line.trim_end().to_owned());
                line.clear();
            }
            line.push_str(if line.is_empty() { piece.trim_start() } else { piece });
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Pieces that stay together: a word with the spaces after it, or one wide character with its punctuation.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            pieces.extend(text.get(start..at));
            start = at;
        }
        before = Some(c);
    }
    pieces.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}

fn may_break(before: char, after: char) -> bool {
    if after.is_whitespace() {
        return false;
    }
    if before.is_whitespace() {
        return true;
    }
    let wide = |c: char| c.width() == Some(2);
    (wide(before) || wide(after)) && !"，。、；：！？）》”’…".contains(after) && !"（《“‘".contains(before)
}

/// Wraps `text` below `first`: the first line begins with it, the others with as many spaces.
pub(crate) fn hanging(first: &str, text: &str, width: usize) -> String {
    let indent = first.width();
    let mut out = String::new();
    for (at, line) in wrap(text, width.saturating_sub(indent).max(20)).iter().enumerate() {
        if at == 0 {
            out.push_str(first);
        } else if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// `text` and spaces up to `width` columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    let mut out = text.to_owned();
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(text.width())));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_to_the_width() {
        let texts = [
            "Open the console and check that the list of published environments contains the one you call.",
            "在控制台“API 管理 > API 列表”中打开该 API，确认“已发布环境”里有所调用的环境；没有就先发布。",
        ];
        for text in texts {
            for width in [24, 31, 50] {
                let lines = wrap(text, width);
                assert!(lines.iter().all(|line| line.width() <= width + 2), "{lines:#?}");
                assert!(lines.iter().all(|line| !line.starts_with(['，', '。', '；', '”'])), "{lines:#?}");
                let squeezed = |text: &str| text.replace(' ', "");
                assert_eq!(squeezed(&lines.concat()), squeezed(text));
            }
        }
        assert_eq!(wrap("签名不匹配", 4), ["签名", "不匹", "配"]);
    }

    #[test]
    fn a_hanging_indent_counts_columns() {
        assert_eq!(hanging("签名  ", "one two three four five", 26), "签名  one two three four\n      five\n");
    }

    #[test]
    fn the_terminal_stays_ours() {
        assert_eq!(clean("a\u{1b}[2Jb\r\u{202e}"), "a\\u{1b}[2Jb\\r\\u{202e}");
        assert!(matches!(clean("签名\nok"), Cow::Borrowed(_)));
    }
}
