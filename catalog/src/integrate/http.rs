//! The crate `http`: responses in and out. Feature `http`.
//!
//! # hyper
//! ```
//! use apigw_errors::{AnyError, decode::Decoded};
//! use http_body_util::BodyExt as _;
//!
//! async fn why(response: hyper::Response<hyper::body::Incoming>) -> hyper::Result<Option<AnyError>> {
//!     let (head, body) = response.into_parts();
//!     let response = hyper::Response::from_parts(head, body.collect().await?.to_bytes());
//!     Ok(Decoded::from(&response).error())
//! }
//! ```
//!
//! # reqwest
//! ```
//! # mod reqwest { // Reqwest's signatures over the types it reexports: it is no dependency of this crate, not even here.
//! #     pub type Result<T> = std::result::Result<T, std::convert::Infallible>;
//! #     pub struct Response(pub http::Response<hyper::body::Bytes>);
//! #     impl Response {
//! #         pub fn status(&self) -> http::StatusCode { self.0.status() }
//! #         pub fn headers(&self) -> &http::HeaderMap { self.0.headers() }
//! #         pub async fn bytes(self) -> Result<hyper::body::Bytes> { Ok(self.0.into_body()) }
//! #     }
//! # }
//! use apigw_errors::{AnyError, decode::decode};
//!
//! async fn why(response: reqwest::Response) -> reqwest::Result<Option<AnyError>> {
//!     let (status, headers) = (response.status().as_u16(), response.headers().clone());
//!     let body = response.bytes().await?;
//!     Ok(decode(status, &headers, &body).error())
//! }
//! ```
//! With its blocking client the same without `async` and `.await`.
//!
//! # What comes of it, and the way back
//! ```
//! use apigw_errors::decode::Decoded;
//! use apigw_errors::integrate::http::ToResponse;
//! use apigw_errors::{AnyError, tencent};
//!
//! let response = http::Response::builder()
//!     .status(403)
//!     .header("Server", "apigw/1.0.15")
//!     .body(br#"{"message":"header X-Token is required"}"#.as_slice())
//!     .unwrap();
//! let decoded = Decoded::from(&response);
//! let Some(AnyError::Tencent(tencent::Error::HeaderRequired { header })) = decoded.error() else { panic!() };
//! assert_eq!(header.as_str(), "X-Token");
//!
//! // What a stand-in for the vendor's gateway would send.
//! let error = tencent::Error::HeaderRequired { header };
//! let again = error.to_response("0fd5dc3f8e5ca9bcd2f6c7ef7e2fb1c8").unwrap();
//! assert_eq!((again.status().as_u16(), again.body().as_bytes()), (403, *response.body()));
//! ```

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::AnyError;
use crate::code::{VendorCode as _, VendorError};
use crate::decode::{Decoded, Headers, decode};
use crate::row::CodeRow;

impl Headers for HeaderMap {
    fn header(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }
}

/// Reads a response whose body was received; see [`decode()`].
impl<'t, B: AsRef<[u8]>> From<&'t Response<B>> for Decoded<'t> {
    fn from(response: &'t Response<B>) -> Self {
        decode(response.status().as_u16(), response.headers(), response.body().as_ref())
    }
}

/// An error as the response that its vendor's gateway sends.
pub trait ToResponse {
    /// Status, media type, request id and body, in the vendor's envelope; a vendor whose envelope this crate does not
    /// know is written as RFC 9457.
    ///
    /// `None` for the rows that no HTTP response carries: failed TLS handshakes, and clients that are gone.
    fn to_response(&self, request_id: &str) -> Option<Response<String>>;
}

impl<E: VendorError> ToResponse for E {
    fn to_response(&self, request_id: &str) -> Option<Response<String>> {
        response(self.code().row(), &self.to_string(), request_id)
    }
}

impl ToResponse for AnyError {
    fn to_response(&self, request_id: &str) -> Option<Response<String>> {
        response(self.code().row(), &self.to_string(), request_id)
    }
}

fn response(code: &'static CodeRow, message: &str, request_id: &str) -> Option<Response<String>> {
    let wire = code.wire(message, request_id)?;
    let mut response = Response::new(wire.body);
    *response.status_mut() = StatusCode::from_u16(wire.status.get()).ok()?;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(wire.content_type));
    for (name, value) in wire.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    // An id that no header can carry stays in the body alone.
    if let Ok(value) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert(HeaderName::from_static(wire.request_id), value);
    }
    Some(response)
}
