//! `/metrics`: everything that is counted, for Prometheus.

use http::StatusCode;

use super::Answer;
use crate::metrics;
use crate::server::Control;

pub(super) async fn answer(control: &Control) -> Answer {
    let tally = control.tally().await;
    let body = metrics::text(tally, control.singles(), control.servers());
    Answer { status: StatusCode::OK, content_type: "application/openmetrics-text; version=1.0.0; charset=utf-8", body }
}
