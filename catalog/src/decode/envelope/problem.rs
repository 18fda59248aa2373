//! RFC 9457 problem details, with the condition's id and parameters as extension members, as our gateway writes them.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{BodyForm, Envelope, Mark, Outgoing, Read, Shape, escape};
use crate::decode::json::{Object, Value};

/// Members that the RFC defines, and our own.
const KNOWN: [&str; 6] = ["type", "title", "status", "detail", "instance", "condition"];

pub(super) struct Problem;

impl Envelope for Problem {
    fn name(&self) -> &'static str {
        "problem"
    }

    /// Extension members may be of any name, so that this is no form.
    fn bodies(&self) -> &'static [BodyForm] {
        &[]
    }

    fn read<'t>(&self, body: Object<'_, 't>) -> Option<Read<'t>> {
        let title = body.text("title");
        let (kind, condition) = (body.text("type"), body.text("condition"));
        if title.is_none() || (kind.is_none() && condition.is_none()) {
            return None;
        }
        let shape = if condition.is_some() { Shape::Own } else { Shape::Shared };
        let mut read = Read::new(Some(self.name()), shape);
        read.status = body.status("status");
        read.message = body.text("detail").or(title);
        read.request_id = body.text("instance").and_then(request_id);
        read.condition = condition;
        let extensions = body.members().filter(|(key, _)| !KNOWN.contains(key));
        read.params = extensions
            .filter_map(|(key, value)| {
                let value = match value {
                    Value::Text(text) => text.clone(),
                    Value::Number(number) => Cow::Borrowed(*number),
                    _ => return None,
                };
                Some((Cow::Owned(key.to_owned()), value))
            })
            .collect();
        Some(read)
    }

    fn marks(&self) -> &'static [Mark] {
        &[]
    }

    fn write(&self, error: &Outgoing<'_>, out: &mut String) {
        out.push_str("{\"type\":\"about:blank\",\"title\":\"");
        escape(error.condition.title.en, false, out);
        // Writing to a string cannot fail.
        let _ = write!(out, "\",\"status\":{},\"detail\":\"", error.status);
        escape(error.message, false, out);
        out.push_str("\",\"instance\":\"urn:request:");
        escape(error.request_id, false, out);
        out.push_str("\",\"condition\":\"");
        escape(error.condition.id, false, out);
        out.push_str("\"}");
    }

    fn content_type(&self) -> &'static str {
        "application/problem+json"
    }
}

fn request_id(instance: Cow<'_, str>) -> Option<Cow<'_, str>> {
    match instance {
        Cow::Borrowed(text) => text.strip_prefix("urn:request:").map(Cow::Borrowed),
        Cow::Owned(text) => text.strip_prefix("urn:request:").map(|id| Cow::Owned(id.to_owned())),
    }
}
