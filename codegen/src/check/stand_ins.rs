//! How a vendor says conditions for which its tables have no row.

use std::collections::HashMap;

use crate::answer::StandIn;
use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, Scalar};
use crate::model::{Code, Evidence, Plain, Say};
use crate::source::Site;

use super::vendor::{Scope, StandIns};
use super::{Sink, params, suggest, texts};

/// The stand-ins, and the plain answers that some of them are.
pub(crate) fn check(scope: &Scope<'_>, codes: &[Code], sink: &mut Sink) -> StandIns {
    let file = scope.file;
    let index: HashMap<&str, usize> = codes.iter().zip(0..).map(|(code, number)| (code.id.as_str(), number)).collect();
    let mut plain = Vec::new();
    let mut stand_ins = Vec::new();
    let mut seen: HashMap<usize, Site> = HashMap::new();
    for written in &scope.document.value.stand_ins {
        let condition = scope.conditions.find(file, &written.condition, sink);
        let reason = texts::text(file, &written.reason, sink);
        let say = match (&written.code, written.status.is_some() || written.message.is_some()) {
            (Some(code), false) => self::code(scope, code, codes, &index, condition, sink).map(Say::Code),
            (None, true) => {
                plain.extend(self::plain(scope, written, sink));
                plain.len().checked_sub(1).map(Say::Plain)
            }
            (Some(_), true) => {
                bad(scope, written, "this gives both a `code` and an answer of its own", sink);
                None
            }
            (None, false) => {
                bad(scope, written, "this gives neither a `code` nor an answer of its own", sink);
                None
            }
        };
        let Some(condition) = condition else { continue };
        let site = file.at(&written.condition);
        if let Some(&first) = seen.get(&condition) {
            let label = format!("`{}` has a stand-in already", written.condition.value);
            sink.push(Diagnostic::new(Kind::DuplicateStandIn, site, label).related(first, "the other one"));
        } else {
            seen.insert(condition, site);
            stand_ins.extend(say.map(|say| StandIn { condition, say, reason }));
        }
    }
    (stand_ins, plain)
}

fn bad(scope: &Scope<'_>, written: &document::StandIn, label: &str, sink: &mut Sink) {
    let help = "write either `code`, or `status`, `message` and `evidence`";
    sink.push(Diagnostic::new(Kind::BadStandIn, scope.file.at(&written.condition), label).help(help));
}

/// A code of this vendor, whose parameters the condition can fill.
fn code(
    scope: &Scope<'_>,
    id: &Scalar,
    codes: &[Code],
    index: &HashMap<&str, usize>,
    condition: Option<usize>,
    sink: &mut Sink,
) -> Option<usize> {
    let site = scope.file.at(id);
    let Some(&number) = index.get(id.value.as_str()) else {
        if !scope.document.may_have_lost("codes", &id.value) {
            let label = format!("this vendor has no code `{}`", id.value);
            let hint = suggest(&id.value, index.keys().copied());
            sink.push(Diagnostic::new(Kind::UnknownCode, site, label).hint(hint));
        }
        return None;
    };
    for param in codes.get(number).map_or(&[][..], |code| &code.params) {
        if let Some(condition) = condition {
            params::available(scope, param, condition, site, sink);
        }
    }
    Some(number)
}

/// An answer that no table has a row for.
fn plain(scope: &Scope<'_>, written: &document::StandIn, sink: &mut Sink) -> Option<Plain> {
    let file = scope.file;
    let (Some(status), Some(message), Some(evidence)) = (&written.status, &written.message, &written.evidence) else {
        let label = "an answer of its own needs `status`, `message` and `evidence`";
        bad(scope, written, label, sink);
        return None;
    };
    let text = written.text.as_ref().map(|text| sink.filled(file, text));
    let message = sink.filled(file, message);
    let evidence = sink.word(file, evidence, Evidence::WORDS, Evidence::from_word);
    Some(Plain { status: sink.status(file, status)?, text, message, evidence: evidence? })
}
