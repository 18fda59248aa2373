//! Typed errors of the API gateways of Tencent Cloud, JD Cloud and Huawei Cloud: what each is, whose fault it is, whether
//! retrying helps, and what it would be at another vendor.
//!
//! # You have a response
//! ```
//! use apigw_errors::{AnyError, Fault, decode::decode, tencent};
//!
//! let headers = [("Server", "apigw/1.0.15")];
//! let decoded = decode(403, &headers, br#"{"message":"header X-Token is required"}"#);
//!
//! let Some(AnyError::Tencent(tencent::Error::HeaderRequired { header })) = decoded.error() else { panic!() };
//! assert_eq!(header.as_str(), "X-Token");
//! assert_eq!(decoded.best().unwrap().code.fault, Fault::Client);
//! assert_eq!(decoded.is_retryable(), Some(false));
//! ```
//! How sure it is and why, other candidates, request id, origin: [`decode`]. With hyper, reqwest, axum: [`integrate`].
//!
//! # You have a code
//! ```
//! use apigw_errors::{Relation, Retry, huawei, tencent};
//!
//! // Everything that is known of it …
//! let code = huawei::Code::by_code("APIG.0308").next().unwrap();
//! assert_eq!(code, huawei::Code::ThrottlingThresholdReached);
//! assert_eq!(code.http_status().map(u16::from), Some(429));
//! assert_eq!(code.retry(), Retry::AfterBackoff);
//!
//! // … and what it would be at another vendor.
//! let elsewhere = code.equivalents_at(&tencent::VENDOR).next().unwrap();
//! assert_eq!(elsewhere.relation, Relation::Exact);
//! assert_eq!(elsewhere.code.message.source, "API rate limit exceeded");
//! ```
//!
//! # You answer as a gateway does
//! ```
//! use apigw_errors::{Condition, Vendor};
//!
//! let what_happened = Condition::AuthSignatureAlgorithmUnsupported { algorithm: "hmac-md5".into() };
//! let error = what_happened.to_error(Vendor::Tencent);
//! assert_eq!(error.to_string(), "HMAC algorithm hmac-md5 not supported");
//!
//! let wire = error.code().row().wire(&error.to_string(), "0fd5dc3f").unwrap();
//! assert_eq!(wire.body, r#"{"message":"HMAC algorithm hmac-md5 not supported"}"#);
//! ```
//!
//! # Where to look
//! The catalog is YAML that a macro reads at compile time ([`catalog!`]); at run time there are statics only. It comes in
//! two forms: typed enums per vendor ([`tencent`], [`jdcloud`], [`huawei`]) for code that knows its vendor, and the
//! records behind them ([`CATALOG`]) for code that works over any.
//!
//! | you have | you want | use |
//! |---|---|---|
//! | code text, status, slug | the code | [`huawei::Code::by_code`], `by_status`, `by_slug`, over all vendors [`AnyCode`] |
//! | a whole response | what it may be, best first | [`decode()`](decode::decode) |
//! | a message | code and parameters | [`tencent::parse`], over records [`VendorRow::read`] |
//! | a code | everything about it | its accessors, or [`CodeRow`] |
//! | a code | the same elsewhere | [`CodeRow::equivalents`] |
//! | a [`Condition`] | a vendor's error | [`Condition::to_error`] |
//! | a [`Condition`] | the words of an edition, an older one included | [`Dialect::say`] |
//! | a vendor of your own | all of this for it | [`catalog!`], and the guide beside the YAML |
//!
//! Features, none on by default: `http` (responses of that crate in and out), `axum`, `serde`, `export` (`catalog.json`),
//! `cli` (the command `apigw-errors`).

// The macro's expansion names this crate by its absolute path, here as elsewhere.
#[allow(unused_extern_crates)]
extern crate self as apigw_errors;

mod affix;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod code;
pub mod decode;
pub mod dialect;
pub mod envelope;
#[cfg(feature = "export")]
pub mod export;
pub mod facets;
pub mod fact;
pub mod integrate;
pub mod label;
pub mod param;
pub mod reading;
pub mod row;
pub mod status;
pub mod template;
pub mod text;

pub use affix::Affix;
pub use apigw_errors_macros::catalog;
pub use catalog::Catalog;
pub use code::{VendorCode, VendorError, parse_as};
pub use dialect::{Dialect, DialectError, Occurrence, Saying};
pub use envelope::EnvelopeForm;
pub use facets::{Evidence, Fault, Grpc, Kind, Origin, Plane, Relation, Retry};
pub use reading::{Lookup, Parsed, Pattern, PatternWording, Reading, Wording};
pub use row::{
    Answer, CodeParam, CodeRow, ConditionParam, ConditionRow, Edition, EditionRow, Equivalent, Place, PlainAnswer, Say,
    Table, Variant, VendorRow,
};
pub use status::Status;
pub use template::{Params, Piece, Template};
pub use text::{Lang, Text};

catalog! {
    root: "..",
    conditions: "conditions.yaml",
    relations: "relations.yaml",
    vendors: ["vendors/tencent.yaml", "vendors/jdcloud.yaml", "vendors/huawei.yaml"],
    extensible: true,
}
