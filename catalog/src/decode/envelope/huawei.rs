//! Huawei Cloud APIG: `{"error_msg":…,"error_code":…,"request_id":…}`, in the order seen on the wire.

use super::{BodyField, BodyForm, Envelope, Mark, Needs, Outgoing, Says, escape, mark};

pub(super) struct Huawei;

impl Envelope for Huawei {
    fn name(&self) -> &'static str {
        "huawei"
    }

    fn bodies(&self) -> &'static [BodyForm] {
        // All of Huawei's services write this form; the code's prefix tells the gateway from them.
        const {
            &[BodyForm {
                code: &["error_code"],
                message: &["error_msg"],
                request_id: &["request_id"],
                needs: Needs::All(&[BodyField::Code]),
                own_with: Some(&[]),
                ..BodyForm::NONE
            }]
        }
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
