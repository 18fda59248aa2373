//! `/ready`: calls may be sent here. Not before a configuration is loaded, and not once stopping has begun.

use http::StatusCode;

use super::Answer;
use crate::server::Control;

pub(super) fn answer(control: &Control) -> Answer {
    match control.unready() {
        None => Answer::text(StatusCode::OK, "ready\n"),
        Some(why) => Answer::text(StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")),
    }
}
