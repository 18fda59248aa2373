//! Tencent Cloud API Gateway: `{"message":"…"}`, slashes escaped as its Lua encoder does.
//!
//! The form is Kong's, from which the gateway descends, and many others write it too: it says little by itself.

use super::{Envelope, Mark, Outgoing, Read, Says, Shape, escape, mark};
use crate::decode::json::{Object, Value};

pub(super) struct Tencent;

impl Envelope for Tencent {
    fn name(&self) -> &'static str {
        "tencent"
    }

    fn read<'t>(&self, body: Object<'_, 't>) -> Option<Read<'t>> {
        let mut read = Read::new(Some(self.name()), Shape::Shared);
        // A cloud function's malformed answer: `{"errno":403,"error":"Invalid scf response. …"}`.
        if let (Some(Value::Number(_)), Some(error)) = (body.get("errno"), body.text("error")) {
            read.status = body.status("errno");
            read.message = Some(error);
            return Some(read);
        }
        // Newer answers of Kong itself add a request id; anything more is somebody else's.
        let foreign = |key: &str| !matches!(key, "message" | "request_id");
        if body.members().any(|(key, _)| foreign(key)) {
            return None;
        }
        read.message = Some(body.text("message")?);
        read.request_id = body.text("request_id");
        Some(read)
    }

    fn marks(&self) -> &'static [Mark] {
        const {
            &[
                mark("server", "apigw/", Says::Gateway),
                mark("x-api-requestid", "", Says::RequestId),
                mark("x-api-id", "api-", Says::Gateway),
                mark("x-service-ratelimit", "", Says::Gateway),
                mark("x-usageplan-ratelimit", "", Says::Gateway),
                mark("x-api-upstreamstatus", "", Says::UpstreamStatus),
            ]
        }
    }

    fn write(&self, error: &Outgoing<'_>, out: &mut String) {
        out.push_str("{\"message\":\"");
        escape(error.message, true, out);
        out.push_str("\"}");
    }
}
