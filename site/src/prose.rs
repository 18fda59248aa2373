//! Small readings of texts for the templates.

/// A stretch of a text: plain, or set as code because it stood between back ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run<'t> {
    pub(crate) code: bool,
    pub(crate) text: &'t str,
}

/// Splits a text at its back ticks. One without a partner stays as it is.
pub(crate) fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut rest = text.trim();
    while let Some((before, after)) = rest.split_once('`') {
        let Some((code, tail)) = after.split_once('`') else { break };
        if !before.is_empty() {
            runs.push(Run { code: false, text: before });
        }
        runs.push(Run { code: true, text: code });
        rest = tail;
    }
    if !rest.is_empty() {
        runs.push(Run { code: false, text: rest });
    }
    runs
}

/// The text without its back ticks, on one line: for titles and descriptions.
pub(crate) fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('`', "")
}

/// The lines of a text, empty ones left out.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// BCP 47 tag of a text's own language: wire texts are English or Chinese, whatever the page is.
pub(crate) fn lang_of(text: &str) -> &'static str {
    if text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) { "zh-Hans" } else { "en" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_ticks_mark_code() {
        let code = |text| Run { code: true, text };
        let text = |text| Run { code: false, text };
        assert_eq!(
            runs("send `Date` or `x-date`."),
            [text("send "), code("Date"), text(" or "), code("x-date"), text(".")]
        );
        assert_eq!(runs("one ` alone"), [text("one ` alone")]);
        assert_eq!(runs(""), []);
    }

    #[test]
    fn the_language_of_a_wire_text_is_its_own() {
        assert_eq!(lang_of("The API does not exist."), "en");
        assert_eq!(lang_of("参数 argument 不支持"), "zh-Hans");
    }
}
