//! A single code: its facts, its condition, its texts.

use crate::diagnostic::{Diagnostic, Kind};
use crate::document;
use crate::model::{self, Fault, Origin, Plane, Retry};
use crate::name;

use super::texts::{self, Texts};
use super::vendor::Scope;
use super::{Sink, messages, params, place, rows, variants};

/// A code on its way into the model.
pub(crate) struct CodeDraft {
    pub(crate) code: model::Code,
    /// `None` if there is no such condition.
    pub(crate) condition: Option<usize>,
}

/// Checks what can be said of a code without looking at others.
pub(crate) fn check<'a>(
    scope: &Scope<'_>,
    written: &'a document::Code,
    texts: &mut Texts<'a>,
    sink: &mut Sink,
) -> CodeDraft {
    let file = scope.file;
    let id = &written.id;
    if !name::is_upper_camel(&id.value) {
        let label = format!("`{}` cannot be a Rust variant", id.value);
        let help = "use ASCII letters and digits, beginning every word with a capital";
        sink.push(Diagnostic::new(Kind::BadCodeId, file.at(id), label).help(help));
    }
    let kind = match &written.kind {
        Some(word) => sink.word(file, word, model::Kind::WORDS, model::Kind::from_word),
        None => Some(model::Kind::Error),
    };
    let status = written.status.as_ref().and_then(|status| sink.status(file, status));
    if let Some(kind) = kind {
        status_of_kind(scope, written, kind, sink);
    }
    let condition = scope.conditions.find(file, &written.condition, sink);
    let message = messages::template(scope, &written.message, sink);
    let params = params::check(scope, written, message.as_ref(), condition, sink);
    let code = model::Code {
        id: id.value.clone(),
        slug: name::kebab(&id.value),
        text: written.code.as_ref().map(|text| sink.filled(file, text)),
        plane: sink.word(file, &written.plane, Plane::WORDS, Plane::from_word).unwrap_or(Plane::Data),
        kind: kind.unwrap_or(model::Kind::Error),
        status,
        condition: condition.unwrap_or_default(),
        canonical: written.canonical.unwrap_or(written.style.is_none()),
        style: written.style.as_ref().map(|style| variants::style(file, style, sink)),
        origin: sink.word(file, &written.origin, Origin::WORDS, Origin::from_word).unwrap_or(Origin::Gateway),
        fault: sink.word(file, &written.fault, Fault::WORDS, Fault::from_word).unwrap_or(Fault::Client),
        retry: sink.word(file, &written.retry, Retry::WORDS, Retry::from_word).unwrap_or(Retry::Never),
        rows: rows::check(scope, written, message.as_ref(), sink),
        variants: variants::check(scope, written, &params, sink),
        summary: texts.own(file, &written.summary, sink),
        remedy: texts.own(file, &written.remedy, sink),
        notes: written.notes.as_ref().map(|notes| texts::text(file, notes, sink)),
        equivalents: Vec::new(),
        place: place(scope.sources, file.at(id)),
        message: message.unwrap_or_default(),
        params,
    };
    CodeDraft { code, condition }
}

/// Does the status fit the kind of row?
fn status_of_kind(scope: &Scope<'_>, written: &document::Code, kind: model::Kind, sink: &mut Sink) {
    let file = scope.file;
    match (kind, &written.status) {
        (model::Kind::Error | model::Kind::Success, None) => {
            let label = "this code has no `status`";
            let help = "a row without any HTTP answer says `kind: no_http`";
            sink.push(Diagnostic::new(Kind::MissingStatus, file.at(&written.id), label).help(help));
        }
        (model::Kind::NoHttp, Some(status)) => {
            let label = "this code is `kind: no_http`";
            sink.push(Diagnostic::new(Kind::NeedlessStatus, file.at(status), label).help("remove the status"));
        }
        (model::Kind::Success, Some(status)) if !(200..300).contains(&status.value) => {
            let label = format!("{} is no success", status.value);
            sink.push(Diagnostic::new(Kind::UnsuccessfulSuccess, file.at(status), label));
        }
        _ => {}
    }
}
