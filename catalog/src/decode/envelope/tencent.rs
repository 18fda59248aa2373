//! Tencent Cloud API Gateway: `{"message":"…"}`, slashes escaped as its Lua encoder does.
//!
//! The form is Kong's, from which the gateway descends, and many others write it too: it says little by itself.

use super::{BodyField, BodyForm, Envelope, Mark, Needs, Outgoing, Says, escape, mark};

pub(super) struct Tencent;

impl Envelope for Tencent {
    fn name(&self) -> &'static str {
        "tencent"
    }

    fn bodies(&self) -> &'static [BodyForm] {
        const {
            &[
                // A cloud function's malformed answer: `{"errno":403,"error":"Invalid scf response. …"}`.
                BodyForm {
                    message: &["error"],
                    status: &["errno"],
                    needs: Needs::All(&[BodyField::Message, BodyField::Status]),
                    ..BodyForm::NONE
                },
                // Newer answers of Kong itself add a request id; anything more is somebody else's.
                BodyForm {
                    message: &["message"],
                    request_id: &["request_id"],
                    needs: Needs::All(&[BodyField::Message]),
                    only: &["message", "request_id"],
                    ..BodyForm::NONE
                },
            ]
        }
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

    fn foot(&self) -> Option<&'static str> {
        Some("apigw/")
    }

    fn write(&self, error: &Outgoing<'_>, out: &mut String) {
        out.push_str("{\"message\":\"");
        escape(error.message, true, out);
        out.push_str("\"}");
    }
}
