//! Whether what happened is what was required.

use serde_json::Value;

use super::answer::Answer;
use super::dialect;
use super::file::{Expect, Reaches, ReachesWord, Some1};
use super::watch::Reached;

/// Longest line of the access log, in bytes.
const LINE: usize = 8 << 10;

/// What one client saw.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) answers: Vec<Answer>,
    /// Bytes behind the last whole answer.
    pub(super) rest: usize,
    pub(super) ended: bool,
    /// With a reset.
    pub(super) reset: bool,
}

/// Compares the answers.
pub(super) fn answers(expect: &Expect, dialect: &str, seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    let wanted = expect.answers();
    let found: Vec<u16> = seen.answers.iter().map(|answer| answer.status).collect();
    let fits = wanted.len() == found.len()
        && wanted.iter().zip(&found).all(|(wanted, found)| wanted.as_slice().contains(found));
    if !fits {
        let shown: String = seen.answers.iter().map(dialect::show).collect();
        wrong.push(format!("answers {found:?} instead of {wanted:?}\n{shown}"));
    }
    match (expect.truncated.unwrap_or(false), seen.rest) {
        (false, 1..) => wrong.push(format!("{} bytes that are no whole answer", seen.rest)),
        (true, 0) => wrong.push("nothing is truncated".to_owned()),
        _ => {}
    }
    if expect.reset.unwrap_or(false) && !seen.reset {
        wrong.push("the connection ends as if all were well".to_owned());
    }
    if !expect.relayed.unwrap_or(false) {
        let refusals = seen.answers.iter().filter(|answer| answer.status >= 400);
        wrong.extend(refusals.filter_map(|answer| dialect::judge(expect.speaks.as_deref().unwrap_or(dialect), answer)));
    }
    if let Some(last) = seen.answers.last() {
        let body = String::from_utf8_lossy(&last.body);
        let lacks = |texts: &Option<Some1<String>>, within: &str| -> Option<String> {
            let texts = texts.as_ref()?.as_slice();
            texts.iter().find(|text| !within.contains(&***text)).cloned()
        };
        for (what, texts, within) in [("body", &expect.body, &*body), ("head", &expect.head, &*last.head)] {
            if let Some(text) = lacks(texts, within) {
                wrong.push(format!("no `{text}` in the last answer's {what}:\n{}", dialect::show(last)));
            }
        }
        let unwanted = expect.lacks.iter().flat_map(Some1::as_slice).find(|text| last.head.contains(&***text));
        if let Some(text) = unwanted {
            wrong.push(format!("`{text}` in the last answer's head:\n{}", dialect::show(last)));
        }
    }
    wrong
}

/// Compares what reached the watching backend.
pub(super) fn reached(expect: &Expect, clients: usize, seen: &[Reached]) -> Vec<String> {
    let mut wrong = Vec::new();
    let whole = seen.iter().filter(|one| one.whole).count();
    let answered = expect.answers().iter().filter(|wanted| is_pass(wanted)).count();
    let wanted = expect.reaches.unwrap_or(Reaches::Whole(answered));
    let fits = match wanted {
        Reaches::Whole(0) if expect.reaches.is_none() => seen.is_empty(),
        Reaches::Word(ReachesWord::Nothing) => seen.is_empty(),
        Reaches::Word(ReachesWord::Part) => whole == 0,
        Reaches::Word(ReachesWord::Any) => true,
        Reaches::Whole(count) => whole == count * clients && seen.len() == whole,
    };
    let all: Vec<u8> = seen.iter().flat_map(|one| one.bytes.iter().copied()).collect();
    let all: String = all.iter().map(|byte| char::from(*byte)).collect();
    if !fits {
        let parts = seen.len() - whole;
        let shown: String = all.chars().take(600).collect();
        wrong
            .push(format!("{whole} whole requests and {parts} parts reached the backend, wanted {wanted:?}:\n{shown}"));
    }
    let listed = |texts: &Option<Some1<String>>| texts.as_ref().map_or(Vec::new(), |texts| texts.as_slice().to_vec());
    for text in listed(&expect.saw) {
        if !all.contains(&text) {
            wrong.push(format!("the backend did not see `{text}`, but:\n{all}"));
        }
    }
    for text in listed(&expect.saw_not) {
        if all.to_ascii_lowercase().contains(&text.to_ascii_lowercase()) {
            wrong.push(format!("the backend saw `{text}`:\n{all}"));
        }
    }
    wrong
}

fn is_pass(wanted: &Some1<u16>) -> bool {
    wanted.as_slice().iter().all(|status| (200..400).contains(status))
}

/// Compares the lines of the access log that belong to one connection.
pub(super) fn lines(expect: &Expect, kept: bool, lines: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    // A request that shows that the connection was kept has its line, too.
    let lines = if kept { lines.split_last().map_or(lines, |(_, lines)| lines) } else { lines };
    if let Some(wanted) = expected_lines(expect)
        && wanted != lines.len()
    {
        wrong.push(format!("{} lines in the access log instead of {wanted}", lines.len()));
    }
    let last = lines.last().copied().unwrap_or_default();
    if let Some(condition) = &expect.condition {
        let value: Value = serde_json::from_str(last).unwrap_or_default();
        let found = value.get("condition").and_then(Value::as_str);
        if found != Some(condition) {
            wrong.push(format!("condition {found:?} instead of {condition} in the access log"));
        }
    }
    for text in expect.logged.as_ref().map_or(&[][..], Some1::as_slice) {
        if !last.contains(&**text) {
            wrong.push(format!("no `{text}` in the line of the access log:\n      {last}"));
        }
    }
    wrong
}

/// How many lines a variant has to have, if that is looked at.
pub(super) fn expected_lines(expect: &Expect) -> Option<usize> {
    let is_final = |wanted: &&Some1<u16>| wanted.as_slice().iter().all(|status| *status >= 200);
    let finals = expect.answers().iter().filter(is_final).count();
    expect.lines.or_else(|| Some(finals).filter(|count| *count > 0))
}

/// What about the log as a whole is wrong.
pub(super) fn log(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in text.lines() {
        if let Err(error) = serde_json::from_str::<Value>(line) {
            wrong.push(format!("a line of the access log that is no JSON ({error}):\n{line}"));
        }
        if line.len() > LINE {
            wrong.push(format!("a line of the access log with {} bytes", line.len()));
        }
    }
    wrong
}
