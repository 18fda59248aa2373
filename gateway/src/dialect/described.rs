//! Envelopes that a vendor's file describes.

use std::fmt::{self, Write};

use apigw_errors::Occurrence as _;
use apigw_errors::envelope::{EnvelopeField, EnvelopeForm, Header, RequestIdForm, Values};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Envelope, Facts, Told};
use crate::request_id::RequestId;

impl Envelope for EnvelopeForm {
    fn name(&self) -> &'static str {
        self.name
    }

    fn request_id(&self, bits: u128) -> RequestId {
        match self.request_id {
            RequestIdForm::Hex => RequestId::hex(bits),
            RequestIdForm::Uuid => RequestId::uuid(bits),
            RequestIdForm::Alphanumeric => RequestId::alphanumeric(bits),
        }
    }

    fn content_type(&self, _error: &Told<'_>) -> HeaderValue {
        HeaderValue::try_from(self.content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"))
    }

    fn body(&self, error: &Told<'_>, out: &mut Vec<u8>) {
        // Writing to a vector cannot fail, and a value's own failure ends the body early.
        let _ = self.write_body(&values(error, None), &mut Bytes(out));
    }

    fn error_headers(&self, error: &Told<'_>, facts: &Facts<'_>, headers: &mut HeaderMap) {
        let limited = facts.rate.or(facts.service).filter(|_| error.status == 429);
        let values = values(error, limited.map(|(_, standing)| seconds(standing.reset)));
        for header in self.error_headers {
            let value = header.value(&values).and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok());
            if let Some(value) = value {
                headers.insert(HeaderName::from_static(header.name), value);
            }
        }
    }

    fn headers(&self, facts: &Facts<'_>, headers: &mut HeaderMap) {
        for header in self.headers {
            if let Some(value) = every_response(header, facts) {
                headers.insert(HeaderName::from_static(header.name), value);
            }
        }
    }
}

/// The value of a header of every response.
fn every_response(header: &Header, facts: &Facts<'_>) -> Option<HeaderValue> {
    if let Some(text) = header.constant() {
        return HeaderValue::from_str(text).ok();
    }
    if header.field() == Some(EnvelopeField::RequestId) {
        return Some(facts.request_id.to_header());
    }
    let request_id = facts.request_id.as_str();
    let values = Values { status: 0, code: None, message: &"", request_id, condition: "", retry_after: None };
    HeaderValue::try_from(header.value(&values)?).ok()
}

fn values<'a>(error: &Told<'a>, retry_after: Option<u64>) -> Values<'a> {
    Values {
        status: error.status,
        code: error.code,
        message: error.message,
        request_id: error.request_id,
        condition: error.condition.row().id,
        retry_after,
    }
}

/// Whole seconds, rounded up: whoever waits that long has waited long enough.
fn seconds(time: std::time::Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

struct Bytes<'a>(&'a mut Vec<u8>);

impl Write for Bytes<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
