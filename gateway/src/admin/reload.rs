//! `POST /reload`: reads the configuration again and says what came of it.

use std::sync::Arc;

use http::StatusCode;

use super::Answer;
use super::config::summary;
use crate::reload::{ReloadError, Trigger};
use crate::server::Control;

pub(super) async fn answer(control: Arc<Control>) -> Answer {
    // Reading and compiling 100,000 routes takes a while, and health has to be answered meanwhile.
    let reload = tokio::task::spawn_blocking(move || control.reload(Trigger::Request));
    match reload.await {
        Ok(Ok(status)) => Answer::text(StatusCode::OK, summary(&status)),
        Ok(Err(error @ ReloadError::NoFile)) => Answer::text(StatusCode::CONFLICT, format!("{error}\n")),
        Ok(Err(error)) => Answer::text(StatusCode::UNPROCESSABLE_ENTITY, format!("{error}\n")),
        Err(_) => Answer::text(StatusCode::INTERNAL_SERVER_ERROR, "reloading failed; the log says where\n"),
    }
}
