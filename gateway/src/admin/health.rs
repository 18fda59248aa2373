//! `/health`: the process is alive. Nothing that an operator could mend makes this fail; see `/ready` for that.

use http::StatusCode;

use super::Answer;

pub(super) fn answer() -> Answer {
    Answer::text(StatusCode::OK, "ok\n")
}
