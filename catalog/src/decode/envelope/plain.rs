//! JSON objects of no known form: members with the customary names, at the top or one level below.
//!
//! This is how vendors are read whose envelope has no file here.

use super::{Read, Shape};
use crate::decode::json::{Object, Value};

const CODES: [&str; 7] = ["code", "error_code", "errorCode", "errcode", "Code", "status", "reason"];
const MESSAGES: [&str; 8] = ["message", "error_msg", "errorMessage", "errmsg", "msg", "Message", "error", "detail"];
const STATUSES: [&str; 4] = ["status", "statusCode", "httpStatus", "code"];
const REQUEST_IDS: [&str; 5] = ["request_id", "requestId", "RequestId", "requestID", "req_id"];

pub(super) fn read<'t>(root: Object<'_, 't>) -> Read<'t> {
    let mut read = Read::new(None, Shape::Shared);
    let inner = root.members().find(|(_, value)| **value == Value::Object).and_then(|(key, _)| root.object(key));
    for object in [Some(root), inner].into_iter().flatten() {
        let first = |names: &[&str]| names.iter().find_map(|name| object.text(name));
        read.code = read.code.or_else(|| first(&CODES));
        read.message = read.message.or_else(|| first(&MESSAGES));
        read.request_id = read.request_id.or_else(|| first(&REQUEST_IDS));
        read.status = read.status.or_else(|| STATUSES.iter().find_map(|name| object.status(name)));
    }
    read
}
