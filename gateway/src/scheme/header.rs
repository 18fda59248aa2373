//! Header fields that a signature scheme reads: present, single, and text.

use apigw_errors::Condition;
use http::header::AsHeaderName;
use http::{HeaderMap, HeaderName, HeaderValue};

/// A field's name: one that is known need not be read again for each call.
pub(super) trait Name: AsHeaderName + AsRef<str> + Copy {}

impl Name for &str {}
impl Name for &HeaderName {}

/// The only field called `name`.
///
/// # Errors
/// `auth.signature.repeated_header` if there are several: picking one would let the client sign one and send another.
pub(super) fn single(headers: &HeaderMap, name: impl Name) -> Result<Option<&HeaderValue>, Condition> {
    let mut fields = headers.get_all(name).iter();
    let first = fields.next();
    if fields.next().is_some() {
        return Err(Condition::AuthSignatureRepeatedHeader { header: name.as_ref().to_ascii_lowercase().into() });
    }
    Ok(first)
}

/// The only field called `name`, as text without white space around it. Absent, blank, and not text are one.
///
/// # Errors
/// As [`single`].
pub(super) fn text(headers: &HeaderMap, name: impl Name) -> Result<Option<&str>, Condition> {
    let value = single(headers, name)?;
    Ok(value.and_then(|value| value.to_str().ok()).map(str::trim).filter(|text| !text.is_empty()))
}

/// A field's value without white space around it.
pub(super) fn trimmed(value: &HeaderValue) -> &[u8] {
    value.as_bytes().trim_ascii()
}

/// `auth.signature.incomplete` for a needed part that is absent or blank.
pub(super) fn incomplete(parameter: &'static str) -> Condition {
    Condition::AuthSignatureIncomplete { parameter: parameter.into() }
}

/// `auth.signature.incomplete.signed_header` for a field that is named as signed but absent, or must be signed and is
/// not.
pub(super) fn unsigned(header: &str) -> Condition {
    let header = header.to_ascii_lowercase();
    Condition::AuthSignatureIncompleteSignedHeader { parameter: header.clone().into(), header: header.into() }
}

/// The fields that signing adds, gathered in order; one that the request carries already is left alone.
#[derive(Debug)]
pub(super) struct Added<'a> {
    request: &'a HeaderMap,
    fields: Vec<(HeaderName, HeaderValue)>,
}

impl<'a> Added<'a> {
    pub(super) fn to(request: &'a HeaderMap) -> Self {
        Self { request, fields: Vec::new() }
    }

    /// Adds the field unless the request carries it.
    pub(super) fn set_default(
        &mut self,
        name: &'static str,
        value: impl FnOnce() -> String,
    ) -> Result<(), http::header::InvalidHeaderValue> {
        if !self.request.contains_key(name) {
            self.fields.push((HeaderName::from_static(name), HeaderValue::try_from(value())?));
        }
        Ok(())
    }

    /// All fields as they will be sent.
    pub(super) fn all(&self) -> HeaderMap {
        let mut all = self.request.clone();
        all.extend(self.fields.iter().cloned());
        all
    }

    /// Ends with `Authorization`.
    pub(super) fn authorize(
        mut self,
        authorization: String,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, http::header::InvalidHeaderValue> {
        self.fields.push((http::header::AUTHORIZATION, HeaderValue::try_from(authorization)?));
        Ok(self.fields)
    }
}
