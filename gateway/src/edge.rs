//! The edge: the one place where a condition becomes bytes, and where every answer gets its vendor's headers.

use std::fmt::Display;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use apigw_errors::{CodeRow, Condition, Occurrence, Status};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, LINK, UPGRADE};
use http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use hyper::ext::ReasonPhrase;

use crate::access_log::Record;
use crate::body::Outbound;
use crate::check::fault::Injected;
use crate::check::traffic::Counted;
use crate::cors::Grant;
use crate::dialect::{Diagnostics, Facts, PlanFacts, Told, Voice};
use crate::fault::Cut;
use crate::forward;
use crate::metrics::{self, Bound};
use crate::request_id::RequestId;
use crate::server::Handle;
use crate::snapshot::{Host, Route, help_path};
use crate::trace::Trace;
use crate::upstream::{Download, Handshake, Head};

/// Most refusals have no more fields than this.
const FIELDS: usize = 12;

/// What is known of a call when it is answered.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) snapshot: &'a Handle,
    pub(crate) voice: Voice,
    pub(crate) request_id: RequestId,
    pub(crate) started: Instant,
    /// The client's address; `None` if nobody knows it.
    pub(crate) client: Option<IpAddr>,
    /// What was asked for, where the answer is to tell of its call for diagnosis.
    pub(crate) diagnosed: Option<Uri>,
    pub(crate) host: Option<&'a Host>,
    pub(crate) route: Option<&'a Route>,
    pub(crate) grant: Option<Grant<'a>>,
    pub(crate) counted: Counted<'a>,
    pub(crate) injected: Option<Injected>,
    pub(crate) trace: Option<Trace>,
}

impl Call<'_> {
    /// `status` is that of the answer, which is the backend's if that took a time, to when its head had come.
    fn facts(&self, status: u16, upstream: Option<(Instant, Duration)>) -> Facts<'_> {
        Facts {
            request_id: &self.request_id,
            status,
            route: self.route,
            service: self.counted.service,
            rate: self.counted.rate,
            plan: self.counted.plan.as_ref().map(|standing| PlanFacts {
                id: &standing.plan.id,
                key_id: &standing.key_id,
                rate: standing.rate,
            }),
            quota: self.counted.quota,
            started: self.started,
            answered: upstream.map(|(at, _)| at),
            upstream: upstream.map(|(_, took)| took),
            diagnostics: self.diagnosed.as_ref().map(|asked| Diagnostics { asked, host: self.host }),
        }
    }

    /// Says what pages of other origins may read. In refusals as well: a page has to see why.
    fn grant(&self, headers: &mut HeaderMap) {
        if let Some(grant) = &self.grant {
            grant.apply(headers);
        }
    }

    /// The page that explains the error, unless links are off for this route, this host, or altogether.
    fn help(&self, code: Option<&CodeRow>, condition: &Condition) -> Option<String> {
        let wanted = match (self.route, self.host) {
            (Some(route), _) => route.help_link,
            (None, Some(host)) => host.help_link,
            (None, None) => true,
        };
        let base = self.snapshot.help_base.as_ref().filter(|_| wanted)?;
        Some(format!("{base}{}", help_path(code, condition.row())))
    }
}

/// A refusal as the call's dialect says it. Its fields go into `headers`, which is empty.
pub(crate) fn refuse(
    call: &Call<'_>,
    condition: &Condition,
    mut record: Box<Record>,
    headers: HeaderMap,
) -> Response<Outbound> {
    match condition {
        Condition::RequestTooLargeUri { .. } => metrics::hit(Bound::Uri),
        Condition::RequestTooLargeHeaders { .. } => metrics::hit(Bound::Headers),
        Condition::RequestTooLargeBody { .. } => metrics::hit(Bound::Body),
        _ => {}
    }
    let row = condition.row();
    let plain = row.status.map_or(500, Status::get);
    if let Some(dialect) = &call.voice.dialect {
        let named = call.injected.and_then(|injected| injected.code).filter(|code| code.vendor == dialect.vendor);
        let saying = named.map_or_else(|| dialect.say(condition), |code| dialect.say_code(condition, code));
        record.refused(row.id, saying.code());
        // A row without a status has no HTTP answer of its own; ours has to have one.
        let status = saying.status().map_or(plain, Status::get);
        said(call, condition, status, (saying.code(), saying.code_text()), &saying, record, headers)
    } else {
        record.refused(row.id, None);
        said(call, condition, plain, (None, None), &row.title.en, record, headers)
    }
}

fn said(
    call: &Call<'_>,
    condition: &Condition,
    status: u16,
    (code, code_text): (Option<&CodeRow>, Option<&'static str>),
    message: &dyn Display,
    mut record: Box<Record>,
    mut headers: HeaderMap,
) -> Response<Outbound> {
    let envelope = call.voice.envelope;
    let facts = call.facts(status, None);
    let help = call.help(code, condition);
    let told = Told {
        condition,
        status,
        code: code_text,
        style: call.voice.dialect.and_then(|dialect| dialect.style),
        message,
        request_id: call.request_id.as_str(),
        help: help.as_deref(),
    };
    let mut body = Vec::with_capacity(256);
    envelope.body(&told, &mut body);
    record.answered(status, None);
    let body = Bytes::from(body);
    let cut = call.injected.and_then(|injected| {
        record.injected();
        injected.cut
    });
    let body = if cut == Some(Cut::Truncate) { Outbound::half(&body, record) } else { Outbound::made(body, record) };
    let mut response = Response::new(body);
    if cut == Some(Cut::Reset) {
        response.extensions_mut().insert(Cut::Reset);
    }
    set_status(&mut response, status);
    headers.reserve(FIELDS);
    headers.insert(CONTENT_TYPE, envelope.content_type(&told));
    call.grant(&mut headers);
    envelope.headers(&facts, &mut headers);
    envelope.error_headers(&told, &facts, &mut headers);
    if let Some(link) = help.as_ref().and_then(|help| HeaderValue::try_from(format!("<{help}>; rel=\"help\"")).ok()) {
        headers.append(LINK, link);
    }
    if status == StatusCode::UPGRADE_REQUIRED.as_u16() && matches!(condition, Condition::RequestProtocolHttp { .. }) {
        // RFC 9110, section 15.5.22: the answer names what to upgrade to.
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("TLS/1.2, HTTP/1.1"));
    }
    if closes(condition) {
        close(&mut headers);
    }
    *response.headers_mut() = headers;
    response
}

/// The one place that decides which refusals end the connection: those after which it is not certain where the next
/// request begins, or that leave a body unread which nobody wants to read.
fn closes(condition: &Condition) -> bool {
    matches!(
        condition,
        Condition::Request
            | Condition::RequestMalformed
            | Condition::RequestMalformedHeader
            | Condition::RequestCodingUnsupported
            | Condition::RequestHostInvalid
            | Condition::RequestTooLargeBody { .. }
            | Condition::RequestTooLargeHeaders { .. }
            | Condition::RequestTooLargeUri { .. }
            | Condition::GatewayInternal
    )
}

fn close(headers: &mut HeaderMap) {
    // Beside `Upgrade`, which a 426 needs there.
    headers.append(CONNECTION, HeaderValue::from_static("close"));
}

/// The vendors' own statuses have no registered reason phrase; hyper would write `<none>`.
fn set_status(response: &mut Response<Outbound>, status: u16) {
    let Some(known) = Status::new(status) else { return };
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if response.status().canonical_reason().is_none() {
        let reason = ReasonPhrase::from_static(known.reason().as_bytes());
        response.extensions_mut().insert(reason);
    }
}

/// An answer that no backend gave and that is no error.
pub(crate) fn made(call: &Call<'_>, answer: Response<Bytes>, mut record: Box<Record>) -> Response<Outbound> {
    let (parts, body) = answer.into_parts();
    record.answered(parts.status.as_u16(), None);
    let mut response = Response::new(Outbound::made(body, record));
    set_status(&mut response, parts.status.as_u16());
    let headers = response.headers_mut();
    *headers = parts.headers;
    call.grant(headers);
    call.voice.envelope.headers(&call.facts(parts.status.as_u16(), None), headers);
    response
}

/// A backend's answer, whose head had come at the time of `at`.
pub(crate) fn relay(
    call: &Call<'_>,
    head: Head,
    body: Download,
    (at, elapsed): (Instant, Duration),
    mut record: Box<Record>,
) -> Response<Outbound> {
    let Head { status, reason, mut headers, .. } = head;
    if status == StatusCode::SWITCHING_PROTOCOLS {
        forward::response(&mut headers);
        Handshake::write(&mut headers);
    }
    call.grant(&mut headers);
    call.voice.envelope.headers(&call.facts(status.as_u16(), Some((at, elapsed))), &mut headers);
    record.answered(status.as_u16(), Some(elapsed));
    let mut response = Response::new(Outbound::relayed(body, record));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(reason) = reason {
        response.extensions_mut().insert(reason);
    }
    response
}
