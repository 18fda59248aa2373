//! Other texts of a code.

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, Scalar};
use crate::model::{Answer, Code, CodeParam, Evidence, Variant};
use crate::name;
use crate::relation::Mapping;
use crate::source::FileId;

use super::vendor::Scope;
use super::{Sink, messages, params};

/// The style that speaks a variant which words a condition and names no style.
const DEFAULT_STYLE: &str = "detailed";

/// The variants of a code.
pub(crate) fn check(
    scope: &Scope<'_>,
    code: &document::Code,
    code_params: &[CodeParam],
    sink: &mut Sink,
) -> Vec<Variant> {
    code.variants.iter().map(|written| variant(scope, written, code_params, sink)).collect()
}

fn variant(scope: &Scope<'_>, written: &document::Variant, code_params: &[CodeParam], sink: &mut Sink) -> Variant {
    let file = scope.file;
    let when = written.when.as_ref().map(|when| scope.conditions.find(file, when, sink));
    let message = messages::template(scope, &written.message, sink);
    if let Some(message) = &message
        && when != Some(None)
    {
        let own = code_params.iter().map(|param| param.name.as_str());
        let raised = when.flatten().map_or(&[][..], |when| scope.conditions.params(when));
        let known: Vec<&str> = own.chain(raised.iter().map(|param| param.name.as_str())).collect();
        for name in message.params() {
            if !known.contains(&name) {
                params::undeclared(scope, messages::param_site(scope, &written.message, name), name, &known, sink);
            }
        }
    }
    let style = written.style.as_ref().map(|written| style(file, written, sink));
    Variant {
        message: message.unwrap_or_default(),
        evidence: sink
            .word(file, &written.evidence, Evidence::WORDS, Evidence::from_word)
            .unwrap_or(Evidence::Inferred),
        source: sink.filled(file, &written.source),
        when: when.flatten(),
        style: style.or_else(|| written.when.as_ref().map(|_| DEFAULT_STYLE.to_owned())),
        text: written.code.as_ref().map(|text| sink.filled(file, text)),
        status: written.status.as_ref().and_then(|status| sink.status(file, status)),
    }
}

/// The name of a style.
pub(crate) fn style(file: FileId, written: &Scalar, sink: &mut Sink) -> String {
    if !name::is_field(&written.value) {
        let label = format!("`{}` is no snake_case name free in Rust", written.value);
        sink.push(Diagnostic::new(Kind::BadName, file.at(written), label));
    }
    written.value.clone()
}

/// A variant may word its code's condition, one below it, or one that the vendor answers with this code.
pub(crate) fn check_conditions(
    scope: &Scope<'_>,
    codes: &[Code],
    mappings: &[Mapping],
    answers: [&[Option<Answer>]; 2],
    sink: &mut Sink,
) {
    for mapping in mappings {
        let written = scope.document.value.codes.get(mapping.code);
        let Some((code, written)) = codes.get(mapping.code).zip(written) else { continue };
        for (variant, written) in code.variants.iter().zip(&written.variants) {
            let Some((when, site)) = variant.when.zip(written.when.as_ref()) else { continue };
            let answered = answers.iter().any(|answers| {
                let answer = answers.get(when).and_then(Option::as_ref);
                answer.is_some_and(|answer| answer.code == mapping.code)
            });
            let tree = &scope.conditions.tree;
            if !answered && when != mapping.condition && !tree.is_below(when, mapping.condition) {
                let id = scope.conditions.id(mapping.condition);
                let label = format!("this vendor answers this condition with another code than `{}`", code.id);
                let help = format!("name `{id}`, a condition below it, or one whose stand-in is `{}`", code.id);
                sink.push(Diagnostic::new(Kind::WhenElsewhere, scope.file.at(site), label).help(help));
            }
        }
    }
}
