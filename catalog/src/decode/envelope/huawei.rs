//! Huawei Cloud APIG: `{"error_msg":…,"error_code":…,"request_id":…}`, in the order seen on the wire.

use super::{Envelope, Mark, Outgoing, Read, Says, Shape, escape, mark};
use crate::decode::json::Object;

pub(super) struct Huawei;

impl Envelope for Huawei {
    fn name(&self) -> &'static str {
        "huawei"
    }

    fn read<'t>(&self, body: Object<'_, 't>) -> Option<Read<'t>> {
        // All of Huawei's services write this form; the code's prefix tells the gateway from them.
        let mut read = Read::new(Some(self.name()), Shape::Own);
        read.code = Some(body.text("error_code")?);
        read.message = body.text("error_msg");
        read.request_id = body.text("request_id");
        Some(read)
    }

    fn marks(&self) -> &'static [Mark] {
        const {
            &[
                mark("server", "api-gateway", Says::Gateway),
                mark("x-apig-latency", "", Says::Gateway),
                mark("x-apig-upstream-latency", "", Says::Upstream),
                mark("x-request-id", "", Says::CommonRequestId),
            ]
        }
    }

    fn write(&self, error: &Outgoing<'_>, out: &mut String) {
        out.push_str("{\"error_msg\":\"");
        escape(error.message, false, out);
        out.push_str("\",\"error_code\":\"");
        escape(error.code.unwrap_or_default(), false, out);
        out.push_str("\",\"request_id\":\"");
        escape(error.request_id, false, out);
        out.push_str("\"}");
    }
}
