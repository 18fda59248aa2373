//! The crate `axum`: errors as a handler's answer. Feature `axum`.
//!
//! ```
//! use apigw_errors::integrate::axum::Answer;
//! use apigw_errors::tencent;
//! use axum::{Router, routing::get};
//!
//! async fn quota() -> Result<&'static str, Answer<tencent::Error>> {
//!     Err(Answer::new(tencent::Error::ApiQuotaExceeded, "0fd5dc3f8e5ca9bcd2f6c7ef7e2fb1c8"))
//! }
//!
//! let app: Router = Router::new().route("/quota", get(quota));
//! ```

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

use super::http::ToResponse;

/// An error and the request id under which it is answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer<E> {
    /// The error: of one vendor, or [`AnyError`](crate::AnyError).
    pub error: E,
    /// The request id.
    pub request_id: String,
}

impl<E> Answer<E> {
    /// An answer.
    pub fn new(error: E, request_id: impl Into<String>) -> Self {
        Self { error, request_id: request_id.into() }
    }
}

impl<E: ToResponse> IntoResponse for Answer<E> {
    /// The response of [`ToResponse`]; an empty 500 for an error that no HTTP response carries.
    fn into_response(self) -> Response {
        match self.error.to_response(&self.request_id) {
            Some(response) => response.into_response(),
            None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AnyError, tencent};

    #[test]
    fn errors_are_answered_as_their_gateway_does() {
        let response = Answer::new(tencent::Error::ApiQuotaExceeded, "ab").into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers().get("x-api-requestid").unwrap(), "ab");
        assert_eq!(response.headers().get("content-type").unwrap(), "application/json");
        let gone = AnyError::Tencent(tencent::Error::ClientClosedConnection);
        assert_eq!(Answer::new(gone, "ab").into_response().status(), 500);
    }
}
