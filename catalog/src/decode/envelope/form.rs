//! What the decoder knows of an envelope, as data: the forms of its bodies, the headers that tell of its gateway.
//!
//! The site hands the same data to the decoder that runs in its pages, so that what is known stands in one place.

use std::borrow::Cow;

use super::{ENVELOPES, Read, Shape, described};
use crate::catalog::Catalog;
use crate::decode::json::Object;
use crate::envelope::EnvelopeForm;

/// What the decoder knows of an envelope.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct KnownEnvelope {
    /// The catalog's name for it.
    pub name: &'static str,
    /// Its JSON bodies, in the order in which they are tried; none of `problem`, whose form is RFC 9457, and of those that
    /// a vendor's file describes.
    pub bodies: &'static [BodyForm],
    /// The headers that tell of its gateway.
    pub marks: Vec<Mark>,
    /// How the last line of the gateway's own error pages begins.
    pub foot: Option<&'static str>,
    /// What a vendor's file describes.
    pub form: Option<&'static EnvelopeForm>,
}

/// All envelopes of a catalog: first those of this crate, in the order in which bodies are offered to them, then those
/// that vendors' files describe. The latter are offered bodies before the last of the former if they have several members,
/// and after it if not.
pub fn known_envelopes(catalog: &Catalog) -> Vec<KnownEnvelope> {
    let ours = ENVELOPES.into_iter().map(|envelope| KnownEnvelope {
        name: envelope.name(),
        bodies: envelope.bodies(),
        marks: envelope.marks().to_vec(),
        foot: envelope.foot(),
        form: None,
    });
    let described = catalog.all_vendors().filter_map(|vendor| vendor.form).map(|form| KnownEnvelope {
        name: form.name,
        bodies: &[],
        marks: described::marks(form).collect(),
        foot: None,
        form: Some(form),
    });
    ours.chain(described).collect()
}

/// A form of JSON bodies: which members hold what.
#[derive(Debug, Clone, Copy)]
pub struct BodyForm {
    /// Where the code text is; keys from the outermost inwards. Empty if it has none, here and below.
    pub code: &'static [&'static str],
    /// Where the message is.
    pub message: &'static [&'static str],
    /// Where the status is, as a number or a text.
    pub status: &'static [&'static str],
    /// Where the request id is.
    pub request_id: &'static [&'static str],
    /// Without these it is another form.
    pub needs: Needs,
    /// The only members that it may have; empty if that does not matter.
    pub only: &'static [&'static str],
    /// With all of these no one else writes it; `None` if others always do.
    pub own_with: Option<&'static [BodyField]>,
}

/// What a body must have.
#[derive(Debug, Clone, Copy)]
pub enum Needs {
    /// All of these.
    All(&'static [BodyField]),
    /// One of these.
    Any(&'static [BodyField]),
}

/// What stands in bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyField {
    /// The code text.
    Code,
    /// The message.
    Message,
    /// The status.
    Status,
    /// The request id.
    RequestId,
}

impl BodyForm {
    /// A body without anything.
    pub(super) const NONE: Self = Self {
        code: &[],
        message: &[],
        status: &[],
        request_id: &[],
        needs: Needs::All(&[]),
        only: &[],
        own_with: None,
    };

    /// Reads a body; `None` if it has another form.
    pub(super) fn read<'t>(&self, envelope: &'static str, body: Object<'_, 't>) -> Option<Read<'t>> {
        if !self.only.is_empty() && body.members().any(|(key, _)| !self.only.contains(&key)) {
            return None;
        }
        let mut read = Read::new(Some(envelope), Shape::Shared);
        read.code = text(body, self.code);
        read.message = text(body, self.message);
        read.request_id = text(body, self.request_id);
        read.status = inside(body, self.status).and_then(|(object, key)| object.status(key));
        let has = |field: &BodyField| match field {
            BodyField::Code => read.code.is_some(),
            BodyField::Message => read.message.is_some(),
            BodyField::Status => read.status.is_some(),
            BodyField::RequestId => read.request_id.is_some(),
        };
        let fits = match self.needs {
            Needs::All(fields) => fields.iter().all(has),
            Needs::Any(fields) => fields.iter().any(has),
        };
        if fits && self.own_with.is_some_and(|fields| fields.iter().all(has)) {
            read.shape = Shape::Own;
        }
        fits.then_some(read)
    }
}

/// The object in which the last key of a path is.
fn inside<'d, 't>(body: Object<'d, 't>, path: &'static [&'static str]) -> Option<(Object<'d, 't>, &'static str)> {
    let (key, above) = path.split_last()?;
    Some((above.iter().try_fold(body, |object, key| object.object(key))?, key))
}

fn text<'t>(body: Object<'_, 't>, path: &'static [&'static str]) -> Option<Cow<'t, str>> {
    let (object, key) = inside(body, path)?;
    object.text(key)
}

/// A response header that says something.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// Name in lower case.
    pub header: &'static str,
    /// How its value begins, whatever its case; empty if that does not matter.
    pub value: &'static str,
    /// What it says.
    pub says: Says,
}

/// See [`Mark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// The response came through this envelope's gateway.
    Gateway,
    /// The same, and the value is the request id.
    RequestId,
    /// The value is the request id, but others name theirs so too.
    CommonRequestId,
    /// The backend was called.
    Upstream,
    /// The value is the status that the backend answered; no number says that no backend was called.
    UpstreamStatus,
    /// The value is the code text.
    Code,
    /// The value is the message.
    Message,
}
