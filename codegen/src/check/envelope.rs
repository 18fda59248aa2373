//! An envelope that the vendor's file describes.

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::{self, Entries, Scalar};
use crate::envelope::{self, EnvelopeForm, Fault, Part, Syntax};
use crate::model::{EnvelopeField, RequestIdForm};
use crate::source::{FileId, SourceMap};

use super::{Sink, within};

/// Headers that belong to HTTP or to whoever writes the response.
const RESERVED: [&str; 6] = ["connection", "content-length", "content-type", "date", "keep-alive", "transfer-encoding"];

/// The envelope; what is wrong with it is left out.
pub(super) fn check(
    file: FileId,
    sources: &SourceMap,
    written: &document::EnvelopeForm,
    sink: &mut Sink,
) -> EnvelopeForm {
    let content_type = content_type(file, &written.content_type, sink);
    let syntax = Syntax::of(&content_type);
    let fault = |scalar: &Scalar, kind: Kind, fault: Fault, sink: &mut Sink| {
        let site = within(file, sources, scalar, fault.at, fault.len);
        sink.push(Diagnostic::new(kind, site, fault.message));
    };
    let body = envelope::parts(&written.body.value);
    let members = match syntax {
        Syntax::Json => envelope::members(&written.body.value),
        Syntax::Xml | Syntax::Plain => Ok(Vec::new()),
    };
    let (body, members) = match (body, members) {
        (Ok(body), Ok(members)) => (body, members),
        (Err(wrong), _) | (_, Err(wrong)) => {
            fault(&written.body, Kind::BadEnvelope, wrong, sink);
            (Vec::new(), Vec::new())
        }
    };
    if body.contains(&Part::Field(EnvelopeField::RetryAfter)) {
        let label = "`{retry_after}` is known in headers alone";
        sink.push(Diagnostic::new(Kind::BadEnvelope, file.at(&written.body), label));
    }
    let mut headers = |entries: &Entries<Scalar>, fields: &[EnvelopeField]| {
        let mut checked: Vec<(String, Vec<Part>)> = Vec::new();
        for (name, value) in entries.iter() {
            let Some(name) = header_name(file, name, sink) else { continue };
            let parts = match envelope::parts(&value.value) {
                Ok(parts) => parts,
                Err(wrong) => {
                    fault(value, Kind::BadHeader, wrong, sink);
                    continue;
                }
            };
            let foreign = parts.iter().find_map(|part| match part {
                Part::Field(field) if !fields.contains(field) => Some(*field),
                _ => None,
            });
            if let Some(field) = foreign {
                let label = format!("`{{{}}}` is known of errors alone", field.word());
                let help = "headers of errors stand under `error_headers`";
                sink.push(Diagnostic::new(Kind::BadHeader, file.at(value), label).help(help));
            } else if value.value.trim().is_empty() || value.value.chars().any(char::is_control) {
                let label = "a header's value is one line of text";
                sink.push(Diagnostic::new(Kind::BadHeader, file.at(value), label));
            } else if checked.iter().any(|(known, _)| *known == name) {
                let label = "this header stands twice";
                sink.push(Diagnostic::new(Kind::BadHeader, file.at(value), label));
            } else {
                checked.push((name, parts));
            }
        }
        checked
    };
    let every = headers(&written.headers, &[EnvelopeField::RequestId]);
    let of_errors = headers(&written.error_headers, EnvelopeField::ALL);
    let says_message = |parts: &[Part]| parts.contains(&Part::Field(EnvelopeField::Message));
    if !body.is_empty() && !says_message(&body) && !of_errors.iter().any(|(_, parts)| says_message(parts)) {
        let label = "neither the body nor a header has `{message}`";
        sink.push(Diagnostic::new(Kind::BadEnvelope, file.at(&written.body), label));
    }
    let recognised_by = written.recognised_by.iter();
    let recognised_by = recognised_by
        .filter_map(|(name, start)| Some((header_name(file, name, sink)?, start.value.to_ascii_lowercase())))
        .collect();
    let form = written.request_id.as_ref();
    let request_id = form.and_then(|word| sink.word(file, word, RequestIdForm::WORDS, RequestIdForm::from_word));
    EnvelopeForm {
        content_type,
        syntax,
        body,
        members,
        headers: every,
        error_headers: of_errors,
        recognised_by,
        request_id: request_id.unwrap_or(RequestIdForm::Hex),
        distinctive: written.distinctive,
    }
}

fn content_type(file: FileId, scalar: &Scalar, sink: &mut Sink) -> String {
    let text = sink.filled(file, scalar);
    let essence = text.split(';').next().unwrap_or_default().trim();
    let is_type = essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    if !text.is_empty() && (!is_type || !text.is_ascii() || text.chars().any(char::is_control)) {
        let label = format!("`{text}` is no media type");
        let help = "write one such as `application/json` or `text/plain; charset=utf-8`";
        sink.push(Diagnostic::new(Kind::BadEnvelope, file.at(scalar), label).help(help));
    }
    text
}

/// The name in lower case.
fn header_name(file: FileId, name: &Scalar, sink: &mut Sink) -> Option<String> {
    let lower = name.value.to_ascii_lowercase();
    let label = if !is_token(&lower) {
        format!("`{}` is no name of a header", name.value)
    } else if RESERVED.contains(&lower.as_str()) {
        format!("`{}` is written with every response", name.value)
    } else {
        return Some(lower);
    };
    sink.push(Diagnostic::new(Kind::BadHeader, file.at(name), label));
    None
}

/// RFC 9110, section 5.6.2.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
