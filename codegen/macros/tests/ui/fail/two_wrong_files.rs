//! Every problem of both files is reported, and nothing about the names that the catalog would define.

apigw_errors::catalog! {
    root: "two-files",
    conditions: "conditions.yaml",
    vendors: ["vendors/acme.yaml"],
}

pub use acme::{Code, Error};

pub fn name(code: Code) -> (AnyCode, Option<Condition>, Option<ConditionId>, Option<AnyError>, Vendor) {
    match code {
        Code::Limited | Code::Broken => (AnyCode::Acme(code), None, Some(ConditionId::TrafficLimited), None, Vendor::Acme),
    }
}

fn main() {
    assert!(CATALOG.vendors.is_empty());
}
