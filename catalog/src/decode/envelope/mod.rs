//! How errors travel: one file per envelope, all of the same shape.
//!
//! An envelope knows the forms of its bodies and the headers of its gateway, both as data ([`form`]), and no code of any
//! vendor. Vendors name their envelope in the catalog, or describe one there ([`described`]); one that names none of these
//! is read through the plain JSON form ([`plain`]).

mod described;
mod form;
mod html;
mod huawei;
mod jdcloud;
mod plain;
mod problem;
mod tencent;
mod text;

use std::borrow::Cow;
use std::fmt::Write as _;

pub use form::{BodyField, BodyForm, KnownEnvelope, Mark, Needs, Says, known_envelopes};

use super::headers::Headers;
use super::json::{Document, Object};
use super::wire::Wire;
use crate::envelope::EnvelopeForm;
use crate::row::{CodeRow, ConditionRow, VendorRow};
use crate::status::Status;

/// All envelopes in the order in which a JSON body is offered to them: the most particular form first.
static ENVELOPES: [&dyn Envelope; 4] = [&huawei::Huawei, &jdcloud::Jdcloud, &problem::Problem, &tencent::Tencent];

/// A way for errors to travel.
pub(crate) trait Envelope: Sync {
    /// The catalog's name for it.
    fn name(&self) -> &'static str;

    /// The forms of its JSON bodies, in the order in which they are tried.
    fn bodies(&self) -> &'static [BodyForm];

    /// Reads a JSON body; `None` if it has another form.
    fn read<'t>(&self, body: Object<'_, 't>) -> Option<Read<'t>> {
        self.bodies().iter().find_map(|form| form.read(self.name(), body))
    }

    /// The headers that tell of its gateway.
    fn marks(&self) -> &'static [Mark];

    /// How the last line of its gateway's own error pages begins.
    fn foot(&self) -> Option<&'static str> {
        None
    }

    /// Writes an error's body; the inverse of `read`.
    fn write(&self, error: &Outgoing<'_>, out: &mut String);

    /// The media type of its bodies.
    fn content_type(&self) -> &'static str {
        "application/json"
    }
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

/// Reads a body of any form. `is_code` tells whether some vendor has this code text; `forms` are the envelopes that
/// vendors' files describe.
pub(crate) fn read<'t>(body: &'t str, is_code: &dyn Fn(&str) -> bool, forms: &[&'static EnvelopeForm]) -> Read<'t> {
    let body = body.trim_start_matches('\u{feff}').trim();
    let json = Document::read(body).filter(|(_, rest)| rest.trim().is_empty());
    if let Some((document, _)) = json {
        return read_json(&document, forms).unwrap_or_else(|| plain::read(document.root()));
    }
    let mut described =
        forms.iter().filter_map(|form| Some(described::unescape(form, described::read_text(form, body)?)));
    if let Some(read) = described.next() {
        return read;
    }
    if body.starts_with('<') {
        return html::read(body);
    }
    text::read(body, is_code, forms)
}

/// The described forms of several members are more particular than the last of ours, which has one.
fn read_json<'t>(document: &Document<'t>, forms: &[&'static EnvelopeForm]) -> Option<Read<'t>> {
    let root = document.root();
    let described = |particular: bool| {
        let mut forms = forms.iter().filter(|form| (form.members.len() > 1) == particular);
        forms.find_map(|form| described::read_json(form, root))
    };
    let [particular @ .., last] = &ENVELOPES;
    let found = particular.iter().find_map(|envelope| envelope.read(root));
    found.or_else(|| described(true)).or_else(|| last.read(root)).or_else(|| described(false))
}

/// True if an envelope of this vendor's is one that can be told from others.
pub(crate) fn is_known(vendor: &VendorRow) -> bool {
    vendor.form.is_some() || ENVELOPES.iter().any(|envelope| envelope.name() == vendor.envelope)
}

/// The envelope of this name; RFC 9457 for one that has no file here.
fn named(name: &str) -> &'static dyn Envelope {
    ENVELOPES.iter().find(|envelope| envelope.name() == name).copied().unwrap_or(&problem::Problem)
}

/// An error in its vendor's envelope.
pub(crate) fn write(code: &'static CodeRow, status: Status, message: &str, request_id: &str) -> Wire {
    let (vendor, condition) = (code.vendor, code.condition);
    let told = Outgoing { status: status.get(), code: code.code, message, request_id, condition };
    let mut body = String::with_capacity(128 + message.len());
    if let Some(form) = vendor.form {
        described::write(form, &told, &mut body);
        return Wire {
            status,
            content_type: form.content_type,
            request_id: described::request_id(form).unwrap_or(REQUEST_ID),
            headers: described::error_headers(form, &told),
            body,
        };
    }
    let envelope = named(vendor.envelope);
    envelope.write(&told, &mut body);
    let named = envelope.marks().iter().find(|mark| matches!(mark.says, Says::RequestId | Says::CommonRequestId));
    let request_id = named.map_or(REQUEST_ID, |mark| mark.header);
    Wire { status, content_type: envelope.content_type(), request_id, headers: Vec::new(), body }
}

/// The header that carries a request id where the envelope names none.
const REQUEST_ID: &str = "x-request-id";

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
    /// The code text, where it travels as a header.
    pub(crate) code: Option<&'h str>,
    /// The message, where it travels as a header.
    pub(crate) message: Option<&'h str>,
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
pub(crate) const KONG: [Mark; 4] = [
    mark("server", "kong/", Says::Gateway),
    mark("via", "kong/", Says::Gateway),
    mark("x-kong-proxy-latency", "", Says::Gateway),
    mark("x-kong-request-id", "", Says::Gateway),
];

/// Looks for the marks of all envelopes, those of `forms` included.
pub(crate) fn marked<'h>(headers: &'h (impl Headers + ?Sized), forms: &[&'static EnvelopeForm]) -> Marked<'h> {
    let mut marked = Marked::default();
    for envelope in ENVELOPES {
        envelope.marks().iter().for_each(|mark| marked.take(headers, envelope.name(), *mark));
    }
    for form in forms {
        described::marks(form).for_each(|mark| marked.take(headers, form.name, mark));
    }
    marked.kong = KONG.iter().any(|mark| value(headers, *mark).is_some());
    marked
}

impl<'h> Marked<'h> {
    fn take(&mut self, headers: &'h (impl Headers + ?Sized), envelope: &'static str, mark: Mark) {
        let Some(value) = value(headers, mark) else { return };
        if matches!(mark.says, Says::Gateway | Says::RequestId) && self.gateway.is_none() {
            (self.gateway, self.by) = (Some(envelope), Some(mark.header));
        }
        let filled = || Some(value).filter(|value| !value.is_empty());
        match mark.says {
            Says::Gateway => {}
            Says::RequestId | Says::CommonRequestId => self.request_id = self.request_id.or_else(filled),
            Says::Upstream => self.upstream = true,
            Says::UpstreamStatus => self.answered = value.parse().map_or(Answered::Nothing, Answered::Status),
            Says::Code => self.code = self.code.or_else(filled),
            Says::Message => self.message = self.message.or_else(filled),
        }
    }
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
