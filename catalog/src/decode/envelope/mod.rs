//! How errors travel: one file per envelope, all of the same shape.
//!
//! An envelope knows the form of a body and the headers of its gateway, and no code of any vendor. Vendors name their
//! envelope in the catalog; one that names none of these is read through the plain JSON form ([`plain`]).

mod html;
mod huawei;
mod jdcloud;
mod plain;
mod problem;
mod tencent;
mod text;

use std::borrow::Cow;
use std::fmt::Write as _;

use super::headers::Headers;
use super::json::{Document, Object};
use crate::row::ConditionRow;

/// All envelopes in the order in which a JSON body is offered to them: the most particular form first.
static ENVELOPES: [&dyn Envelope; 4] = [&huawei::Huawei, &jdcloud::Jdcloud, &problem::Problem, &tencent::Tencent];

/// A way for errors to travel.
pub(crate) trait Envelope: Sync {
    /// The catalog's name for it.
    fn name(&self) -> &'static str;

    /// Reads a JSON body; `None` if it has another form.
    fn read<'t>(&self, body: Object<'_, 't>) -> Option<Read<'t>>;

    /// The headers that tell of its gateway.
    fn marks(&self) -> &'static [Mark];

    /// Writes an error's body; the inverse of `read`.
    fn write(&self, error: &Outgoing<'_>, out: &mut String);

    /// The media type of its bodies.
    fn content_type(&self) -> &'static str {
        "application/json"
    }
}

/// A response header that says something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    /// Name in lower case.
    pub(crate) header: &'static str,
    /// How its value begins; empty if that does not matter.
    pub(crate) value: &'static str,
    /// What it says.
    pub(crate) says: Says,
}

/// See [`Mark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// The response came through this envelope's gateway.
    Gateway,
    /// The same, and the value is the request id.
    RequestId,
    /// The value is the request id, but others name theirs so too.
    CommonRequestId,
    /// The backend was called.
    Upstream,
    /// The value is the status that the backend answered.
    UpstreamStatus,
}

const fn mark(header: &'static str, value: &'static str, says: Says) -> Mark {
    Mark { header, value, says }
}

/// How much the form of a body says about who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No one else writes bodies of this form.
    Own,
    /// Others write it too.
    Shared,
    /// No form: a text.
    Bare,
}

/// What was found in a body.
#[derive(Debug, Clone)]
pub(crate) struct Read<'t> {
    pub(crate) envelope: Option<&'static str>,
    pub(crate) shape: Shape,
    pub(crate) code: Option<Cow<'t, str>>,
    pub(crate) message: Option<Cow<'t, str>>,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<Cow<'t, str>>,
    pub(crate) condition: Option<Cow<'t, str>>,
    pub(crate) params: Vec<(Cow<'t, str>, Cow<'t, str>)>,
    /// The page names the gateway's own software as its writer.
    pub(crate) signed: bool,
}

impl Read<'_> {
    pub(crate) const fn new(envelope: Option<&'static str>, shape: Shape) -> Self {
        Self {
            envelope,
            shape,
            code: None,
            message: None,
            status: None,
            request_id: None,
            condition: None,
            params: Vec::new(),
            signed: false,
        }
    }
}

/// Reads a body of any form. `is_code` tells whether some vendor has this code text.
pub(crate) fn read<'t>(body: &'t str, is_code: &dyn Fn(&str) -> bool) -> Read<'t> {
    let body = body.trim_start_matches('\u{feff}').trim();
    let json = Document::read(body).filter(|(_, rest)| rest.trim().is_empty());
    if let Some((document, _)) = json {
        return read_json(&document).unwrap_or_else(|| plain::read(document.root()));
    }
    if body.starts_with('<') {
        return html::read(body);
    }
    text::read(body, is_code)
}

fn read_json<'t>(document: &Document<'t>) -> Option<Read<'t>> {
    ENVELOPES.iter().find_map(|envelope| envelope.read(document.root()))
}

/// True if an envelope of this name has a file here.
pub(crate) fn is_known(name: &str) -> bool {
    ENVELOPES.iter().any(|envelope| envelope.name() == name)
}

/// The envelope of this name; RFC 9457 for one that has no file here.
pub(crate) fn named(name: &str) -> &'static dyn Envelope {
    ENVELOPES.iter().find(|envelope| envelope.name() == name).copied().unwrap_or(&problem::Problem)
}

/// What the headers say.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marked<'h> {
    /// The envelope whose gateway the response came through.
    pub(crate) gateway: Option<&'static str>,
    /// The header that says so.
    pub(crate) by: Option<&'static str>,
    /// The response came through a plain Kong.
    pub(crate) kong: bool,
    pub(crate) request_id: Option<&'h str>,
    /// The backend was called.
    pub(crate) upstream: bool,
    pub(crate) answered: Answered,
}

/// What the gateway says of the backend's answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Answered {
    /// Nothing.
    #[default]
    Unsaid,
    /// That there was none.
    Nothing,
    /// Its status.
    Status(u16),
}

/// Headers that a Kong of one's own adds.
const KONG: [Mark; 4] = [
    mark("server", "kong/", Says::Gateway),
    mark("via", "kong/", Says::Gateway),
    mark("x-kong-proxy-latency", "", Says::Gateway),
    mark("x-kong-request-id", "", Says::Gateway),
];

/// Looks for the marks of all envelopes.
pub(crate) fn marked(headers: &(impl Headers + ?Sized)) -> Marked<'_> {
    let mut marked = Marked::default();
    for envelope in ENVELOPES {
        for mark in envelope.marks() {
            let Some(value) = value(headers, *mark) else { continue };
            if matches!(mark.says, Says::Gateway | Says::RequestId) && marked.gateway.is_none() {
                (marked.gateway, marked.by) = (Some(envelope.name()), Some(mark.header));
            }
            match mark.says {
                Says::Gateway => {}
                Says::RequestId | Says::CommonRequestId => {
                    marked.request_id = marked.request_id.or(Some(value).filter(|value| !value.is_empty()));
                }
                Says::Upstream => marked.upstream = true,
                Says::UpstreamStatus => marked.answered = value.parse().map_or(Answered::Nothing, Answered::Status),
            }
        }
    }
    marked.kong = KONG.iter().any(|mark| value(headers, *mark).is_some());
    marked
}

fn value(headers: &(impl Headers + ?Sized), mark: Mark) -> Option<&str> {
    let value = headers.header(mark.header)?.trim();
    let start = value.get(..mark.value.len())?;
    start.eq_ignore_ascii_case(mark.value).then_some(value)
}

/// An error on its way out.
#[derive(Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    pub(crate) status: u16,
    pub(crate) code: Option<&'a str>,
    /// With the wire suffix.
    pub(crate) message: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) condition: &'static ConditionRow,
}

/// Writes `text` as the inside of a JSON string.
fn escape(text: &str, slashes: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if slashes => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}
