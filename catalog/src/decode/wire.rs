//! The way back: an error as the bytes that its vendor's gateway sends.

use super::envelope;
use crate::facets::Kind;
use crate::row::CodeRow;
use crate::status::Status;

/// An error as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    /// HTTP status.
    pub status: Status,
    /// Media type of the body.
    pub content_type: &'static str,
    /// The header that carries the request id, in lower case.
    pub request_id: &'static str,
    /// Further headers, names in lower case; of an envelope that the vendor's file describes.
    pub headers: Vec<(&'static str, String)>,
    /// The body in the vendor's envelope; as RFC 9457 where this crate does not know the envelope.
    pub body: String,
}

impl CodeRow {
    /// What the vendor's gateway sends for this code with this message (an error's `Display`).
    ///
    /// `None` for the rows that no HTTP response carries: failed TLS handshakes, and clients that are gone.
    ///
    /// ```
    /// use apigw_errors::huawei::{Code, Error};
    ///
    /// let wire = Code::BackendTimeout.row().wire(&Error::BackendTimeout.to_string(), "0fd5").unwrap();
    /// assert_eq!(wire.status.get(), 504);
    /// assert_eq!(wire.body, r#"{"error_msg":"Backend timeout.","error_code":"APIG.0203","request_id":"0fd5"}"#);
    /// ```
    pub fn wire(&'static self, message: &str, request_id: &str) -> Option<Wire> {
        let status = self.status.filter(|_| self.kind != Kind::LogOnly)?;
        let suffix = self.editions.first().map_or("", |row| row.table.wire_suffix);
        Some(envelope::write(self, status, &format!("{message}{suffix}"), request_id))
    }
}
