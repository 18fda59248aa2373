//! JD Cloud API Gateway: `{"requestId":…,"error":{"status":…,"code":…,"message":…}}`.
//!
//! `status` is the string code of the tables, `code` the HTTP status. Google's APIs write the inner object too, without
//! a request id.

use std::fmt::Write as _;

use super::{BodyField, BodyForm, Envelope, Mark, Needs, Outgoing, Says, escape, mark};

pub(super) struct Jdcloud;

impl Envelope for Jdcloud {
    fn name(&self) -> &'static str {
        "jdcloud"
    }

    fn bodies(&self) -> &'static [BodyForm] {
        const {
            &[BodyForm {
                code: &["error", "status"],
                message: &["error", "message"],
                status: &["error", "code"],
                request_id: &["requestId"],
                needs: Needs::Any(&[BodyField::Code, BodyField::Message]),
                own_with: Some(&[BodyField::Code, BodyField::RequestId]),
                ..BodyForm::NONE
            }]
        }
    }

    fn marks(&self) -> &'static [Mark] {
        const {
            &[
                mark("x-jdcloud-request-id", "", Says::RequestId),
                mark("via", "jd-gateway/", Says::Gateway),
                mark("server", "jfe", Says::Gateway),
                mark("x-jdcloud-operationid", "", Says::Gateway),
                mark("x-jdcloud-upstream-latency", "", Says::Upstream),
            ]
        }
    }

    fn foot(&self) -> Option<&'static str> {
        Some("jfe")
    }

    fn write(&self, error: &Outgoing<'_>, out: &mut String) {
        out.push_str("{\"requestId\":\"");
        escape(error.request_id, false, out);
        out.push_str("\",\"error\":{\"status\":\"");
        escape(error.code.unwrap_or_default(), false, out);
        // Writing to a string cannot fail.
        let _ = write!(out, "\",\"code\":{},\"message\":\"", error.status);
        escape(error.message, false, out);
        out.push_str("\"}}");
    }

    fn content_type(&self) -> &'static str {
        "application/json; charset=utf-8"
    }
}
