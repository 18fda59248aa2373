//! Envelopes that a vendor's file describes.

use std::borrow::Cow;

use super::{Mark, Outgoing, Read, Says, Shape};
use crate::decode::json::{Object, Value};
use crate::envelope::{EnvelopeField, EnvelopeForm, Member, MemberValue, Part, Syntax, Values};

/// Reads a JSON body; `None` if it has another form. Members that the template does not have make it another one's.
pub(super) fn read_json<'t>(form: &'static EnvelopeForm, body: Object<'_, 't>) -> Option<Read<'t>> {
    if form.members.is_empty() || !has_no_others(form.members, body, 0) {
        return None;
    }
    let mut read = new(form);
    for member in form.members {
        let (key, above) = member.path.split_last()?;
        let object = above.iter().try_fold(body, |object, key| object.object(key));
        let value = object.and_then(|object| object.get(key));
        let found = match (&member.value, value) {
            (MemberValue::Text(parts), Some(Value::Text(text))) => take(&mut read, parts, text.clone()),
            (MemberValue::Status, Some(_)) => {
                read.status = object.and_then(|object| object.status(key));
                read.status.is_some()
            }
            // Some responses are made where no id is known yet.
            (MemberValue::Any, Some(_)) | (MemberValue::Text([Part::Field(EnvelopeField::RequestId)]), None) => true,
            _ => false,
        };
        if !found {
            return None;
        }
    }
    Some(read)
}

/// True if each member of the object, and of those in it that the template spells out, is one of the template's.
fn has_no_others(members: &[Member], object: Object<'_, '_>, depth: usize) -> bool {
    object.members().all(|(key, value)| {
        let mut own = members.iter().filter(|member| member.path.get(depth).is_some_and(|own| *own == key)).peekable();
        let known = own.peek().is_some();
        let inner = own.any(|member| member.path.len() > depth + 1);
        known
            && (!inner
                || *value != Value::Object
                || object.object(key).is_some_and(|inner| has_no_others(members, inner, depth + 1)))
    })
}

/// Reads a body of another syntax; `None` if it has another form.
pub(super) fn read_text<'t>(form: &'static EnvelopeForm, body: &'t str) -> Option<Read<'t>> {
    let literal = form.body.iter().any(|part| matches!(part, Part::Text(text) if !text.trim().is_empty()));
    // A template that is all field would take any text for its own.
    if form.syntax == Syntax::Json || !literal {
        return None;
    }
    let mut read = new(form);
    take(&mut read, form.body, Cow::Borrowed(body)).then_some(read)
}

fn new<'t>(form: &'static EnvelopeForm) -> Read<'t> {
    Read::new(Some(form.name), if form.distinctive { Shape::Own } else { Shape::Shared })
}

/// Takes the values of a template's fields from a text; false if it does not fit.
fn take<'t>(read: &mut Read<'t>, parts: &[Part], text: Cow<'t, str>) -> bool {
    match text {
        Cow::Borrowed(text) => take_from(read, parts, text, Cow::Borrowed),
        Cow::Owned(text) => take_from(read, parts, &text, |part| Cow::Owned(part.to_owned())),
    }
}

fn take_from<'s, 't>(
    read: &mut Read<'t>,
    parts: &[Part],
    text: &'s str,
    own: impl Fn(&'s str) -> Cow<'t, str>,
) -> bool {
    let mut rest = text;
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Text(literal) => {
                // White space around the whole does not matter.
                let literal = if at + 1 == parts.len() { literal.trim_end() } else { literal };
                let literal = if at == 0 { literal.trim_start() } else { literal };
                let Some(after) = rest.strip_prefix(literal) else { return false };
                rest = after;
            }
            Part::Field(field) => {
                let end = match parts.get(at + 1) {
                    // The last literal stands at the end, so that a value may hold it too.
                    Some(Part::Text(next)) if at + 2 == parts.len() => {
                        let next = next.trim_end();
                        rest.len().checked_sub(next.len()).filter(|_| rest.ends_with(next))
                    }
                    Some(Part::Text(next)) => rest.find(next),
                    _ => Some(rest.len()),
                };
                let Some((value, after)) = end.and_then(|end| rest.split_at_checked(end)) else { return false };
                rest = after;
                if !set(read, *field, own(value)) {
                    return false;
                }
            }
        }
    }
    rest.trim().is_empty()
}

fn set<'t>(read: &mut Read<'t>, field: EnvelopeField, value: Cow<'t, str>) -> bool {
    let filled = Some(value).filter(|value| !value.is_empty());
    match field {
        EnvelopeField::Status => {
            read.status = filled.and_then(|text| text.parse().ok()).filter(|status| (100..=599).contains(status));
            return read.status.is_some();
        }
        EnvelopeField::Code => read.code = filled,
        EnvelopeField::Message => read.message = filled,
        EnvelopeField::RequestId => read.request_id = filled,
        EnvelopeField::Condition => read.condition = filled,
        EnvelopeField::RetryAfter => {}
    }
    true
}

/// The values of an XML body were escaped when it was written.
pub(super) fn unescape<'t>(form: &EnvelopeForm, mut read: Read<'t>) -> Read<'t> {
    if form.syntax == Syntax::Xml {
        for value in [&mut read.code, &mut read.message, &mut read.request_id, &mut read.condition] {
            if let Some(text) = value.as_mut().filter(|text| text.contains('&')) {
                *text = Cow::Owned(unescaped(text));
            }
        }
    }
    read
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('&') {
        out.push_str(plain);
        let entity = after.split_once(';').and_then(|(name, after)| Some((entity(name)?, after)));
        let (c, after) = entity.unwrap_or(('&', after));
        out.push(c);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let point = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(point)
        }
    }
}

/// The headers that tell of its gateway.
pub(super) fn marks(form: &'static EnvelopeForm) -> impl Iterator<Item = Mark> {
    let known = |name: &str| form.recognised_by.iter().any(|(own, _)| *own == name);
    let fields = form.headers.iter().chain(form.error_headers).filter_map(move |header| {
        let says = match header.field()? {
            EnvelopeField::RequestId if known(header.name) => Says::RequestId,
            EnvelopeField::RequestId => Says::CommonRequestId,
            EnvelopeField::Code => Says::Code,
            EnvelopeField::Message => Says::Message,
            _ => return None,
        };
        Some(Mark { header: header.name, value: "", says })
    });
    let recognised = form.recognised_by.iter();
    recognised.map(|(header, value)| Mark { header, value, says: Says::Gateway }).chain(fields)
}

/// The header that carries the request id.
pub(super) fn request_id(form: &'static EnvelopeForm) -> Option<&'static str> {
    let mut headers = form.headers.iter().chain(form.error_headers);
    headers.find(|header| header.field() == Some(EnvelopeField::RequestId)).map(|header| header.name)
}

/// Writes an error's body.
pub(super) fn write(form: &EnvelopeForm, error: &Outgoing<'_>, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = form.write_body(&values(error), out);
}

/// Headers that errors carry, but for the one with the request id.
pub(super) fn error_headers(form: &'static EnvelopeForm, error: &Outgoing<'_>) -> Vec<(&'static str, String)> {
    let (values, id) = (values(error), request_id(form));
    let headers = form.headers.iter().chain(form.error_headers).filter(|header| Some(header.name) != id);
    headers.filter_map(|header| Some((header.name, header.value(&values)?))).collect()
}

fn values<'a>(error: &'a Outgoing<'_>) -> Values<'a> {
    Values {
        status: error.status,
        code: error.code,
        message: &error.message,
        request_id: error.request_id,
        condition: error.condition.id,
        retry_after: None,
    }
}
