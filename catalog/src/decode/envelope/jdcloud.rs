//! JD Cloud API Gateway: `{"requestId":…,"error":{"status":…,"code":…,"message":…}}`.
//!
//! `status` is the string code of the tables, `code` the HTTP status. Google's APIs write the inner object too, without
//! a request id.

use std::fmt::Write as _;

use super::{Envelope, Mark, Outgoing, Read, Says, Shape, escape, mark};
use crate::decode::json::Object;

pub(super) struct Jdcloud;

impl Envelope for Jdcloud {
    fn name(&self) -> &'static str {
        "jdcloud"
    }

    fn read<'t>(&self, body: Object<'_, 't>) -> Option<Read<'t>> {
        let error = body.object("error")?;
        let (code, message) = (error.text("status"), error.text("message"));
        if code.is_none() && message.is_none() {
            return None;
        }
        let request_id = body.text("requestId");
        let shape = if request_id.is_some() && code.is_some() { Shape::Own } else { Shape::Shared };
        let mut read = Read::new(Some(self.name()), shape);
        (read.code, read.message, read.request_id) = (code, message, request_id);
        read.status = error.status("code");
        Some(read)
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
