//! Typed errors of three vendors' API gateways.

// The macro's expansion names this crate by its absolute path, here as elsewhere.
extern crate self as apigw_errors;

pub mod code;
pub mod dialect;
pub mod facets;
pub mod param;
pub mod reading;
pub mod row;
pub mod status;
pub mod template;
pub mod text;

mod stub;
pub use stub::*;

pub use code::{VendorCode, VendorError, parse_as};
pub use dialect::{Dialect, DialectError, Occurrence, Saying};
pub use facets::{Evidence, Fault, Grpc, Kind, Origin, Plane, Relation, Retry};
pub use reading::{Lookup, Parsed, Pattern, PatternWording, Reading, Wording};
pub use row::{
    Answer, Catalog, CodeParam, CodeRow, ConditionParam, ConditionRow, Edition, EditionRow, Equivalent, Place,
    PlainAnswer, Say, Table, Variant, VendorRow,
};
pub use status::Status;
pub use template::{Params, Piece, Template};
pub use text::{Lang, Text};
