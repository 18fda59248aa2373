//! Answers that the gateway gives in place of a backend, as written and compiled.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::sink::Sink;
use crate::snapshot::Mock;

/// Fields that the connection decides about.
const FRAMING: [HeaderName; 5] = [CONNECTION, CONTENT_LENGTH, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// An answer.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// From 200 to 599; 200 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<At<u16>>,
    /// Header fields. `Content-Type` follows from the body unless it stands here.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, At<Word>>,
    /// The text. Without it the API has nothing to answer with, and says so when called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<At<Word>>,
}

/// Compiles one answer; `None` if it has no text.
pub(super) fn compile(written: &At<Written>, sink: &mut Sink) -> Option<Mock> {
    let answer = &written.value;
    let status = match &answer.status {
        None => StatusCode::OK,
        Some(number) => {
            let status = StatusCode::from_u16(number.value).ok().filter(|_| (200..600).contains(&number.value));
            let status = status.or_else(|| sink.report(number.referenced, "a status is a number from 200 to 599"));
            status.unwrap_or_default()
        }
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &answer.headers {
        match (HeaderName::try_from(name), HeaderValue::try_from(&*value.value.0)) {
            (Ok(name), _) if FRAMING.contains(&name) => {
                sink.report::<()>(value.referenced, format!("`{name}` is set by the gateway"));
            }
            (Ok(name), Ok(value)) => {
                headers.insert(name, value);
            }
            _ => {
                sink.report::<()>(value.referenced, format!("`{name}` with this value is no header field"));
            }
        }
    }
    let Some(body) = &answer.body else {
        sink.warn_with(
            written.referenced,
            "the mock has no `body`, so calls of this API will be answered with a configuration error",
            "write `body: \"{}\"`, or `body: \"\"` for an answer without one",
        );
        return None;
    };
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) && !body.value.is_empty() {
        sink.report::<()>(body.referenced, format!("an answer with status {} has no body", status.as_u16()));
    }
    if !body.value.is_empty() && !headers.contains_key(CONTENT_TYPE) {
        let is_json = body.value.starts_with(['{', '[']);
        let guess = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(guess));
    }
    Some(Mock { status, headers, body: Bytes::from(body.value.0.clone()) })
}
