//! Someone else's catalog in someone else's module, through the public macro.

use apigw_errors::{Dialect, Relation, VendorError, param::Token};

/// Names that the expansion must not trip over; `Iterator` is missing because strum's own derives do.
#[allow(dead_code)]
mod gateways {
    pub struct Option;
    pub struct Some;
    pub struct None;
    pub struct Vec;
    pub struct String;
    pub struct Result;
    pub struct Clone;
    pub struct Debug;
    pub mod core {}
    pub mod std {}

    apigw_errors::catalog! {
        root: "../../../../tests/fixture",
        conditions: "conditions.yaml",
        relations: "relations.yaml",
        vendors: ["vendors/acme.yaml", "vendors/bolt.yaml"],
    }
}

use gateways::{AnyCode, AnyError, CATALOG, Condition, ConditionId, Vendor, acme, bolt};

fn main() {
    look_up();
    raise();
    parse();
    dialects();
}

fn look_up() {
    let found: Vec<_> = acme::Code::by_code("A.002").collect();
    assert_eq!(found, [acme::Code::SignatureWrong, acme::Code::SignatureWrongInChinese]);
    assert_eq!(acme::Code::by_status(403).next(), Some(acme::Code::HeaderRequired));
    assert_eq!(bolt::Code::by_slug("client-gone"), Some(bolt::Code::ClientGone));
    assert_eq!("Throttled".parse(), Ok(acme::Code::Throttled));
    assert_eq!(AnyCode::by_code("A.5").next(), Some(AnyCode::Acme(acme::Code::Broken)));
    assert_eq!(acme::Code::Throttled.condition(), ConditionId::Traffic);
    let close = bolt::Code::TooManyRequests.equivalents().iter().find(|other| other.relation == Relation::Close);
    assert_eq!(close.map(|other| other.code.id), Some("SignatureWrong"));
}

fn raise() {
    let missing = Condition::RequestHeaderMissingUserId { header: Token::from("X-User") };
    let error = missing.to_error(Vendor::Bolt);
    assert_eq!(error.to_string(), "miss X-User");
    assert_eq!(error, AnyError::from(bolt::Error::UserIdMissing { name: "X-User".into() }));
    assert_eq!(missing.to_acme().to_string(), "header X-User is required");
    // Nearest node upwards: Bolt has no row for a missing header in general.
    let other = Condition::RequestHeaderMissing { header: "X-Any".into() };
    assert_eq!(other.to_bolt().code(), bolt::Code::InternalError);
    assert!(format!("{:?}", Condition::Auth { app_key: "secret".into() }).contains("[redacted]"));
}

fn parse() {
    let parsed = bolt::parse("limit 12 of gold reached").remove(0);
    assert_eq!(parsed.error, Some(bolt::Error::TooManyRequests { limit: 12, policy: "gold".into() }));
    assert_eq!(parsed.error.map(|error| VendorError::code(&error)), Some(bolt::Code::TooManyRequests));
    let variant = acme::parse("Too fast: policy gold allows 12").remove(0);
    assert_eq!((variant.code, variant.reading.param("limit")), (acme::Code::Throttled, Some("12")));
    assert!(acme::parse("no such text").is_empty());
}

fn dialects() {
    let missing = Condition::RequestHeaderMissing { header: "X-Any".into() };
    let say = |name: &str| Dialect::parse(&CATALOG, name).unwrap().say(&missing).message().into_owned();
    assert_eq!(say("acme"), "header X-Any is required [acme]");
    assert_eq!(say("acme@v1"), "header X-Any missing");
    assert_eq!(say("bolt"), "internal error");
    let limited = Condition::TrafficRateLimited { policy: "gold".into(), limit: 12 };
    let legacy = Dialect::parse(&CATALOG, "acme+legacy").unwrap();
    let saying = legacy.say(&limited);
    assert_eq!((saying.code_text(), saying.status().map(u16::from)), (Some("THROTTLED"), Some(503)));
}
