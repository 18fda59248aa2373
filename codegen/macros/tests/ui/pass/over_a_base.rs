//! A vendor of someone else's, on our conditions: once with conditions of its own below ours, once without.

mod own_conditions {
    apigw_errors::catalog! {
        base: apigw_errors,
        root: "../over-a-base",
        conditions: "conditions.yaml",
        vendors: ["nimbus.yaml"],
    }
}

use apigw_errors::{Condition as Ours, Dialect, Fault, Relation};
use own_conditions::{CATALOG, Condition, ConditionId, Vendor, nimbus};

fn main() {
    // Both catalogs take part in everything.
    assert!(CATALOG.vendor("tencent").is_some() && CATALOG.vendor("nimbus").is_some());
    let burst = CATALOG.condition("traffic.rate_limited.burst").unwrap();
    assert_eq!(burst, ConditionId::TrafficRateLimitedBurst.row());
    assert_eq!(burst.parent, CATALOG.condition("traffic.rate_limited"));
    assert_eq!(usize::from(burst.index), apigw_errors::CONDITIONS.len());

    // Our conditions are said by its codes, and its conditions by ours.
    let limited = Ours::TrafficRateLimited { policy: "api".into(), limit: 5, window: "1 minute".into() };
    let error = nimbus::Error::from(&limited);
    assert_eq!(error.to_string(), "slow down, 5 calls are enough");
    assert_eq!(nimbus::Error::from(&Ours::BackendTimeout).code(), nimbus::Code::Broken);
    assert_eq!(nimbus::Code::Throttled.condition().id, "traffic.rate_limited");
    let emptied = Condition::TrafficRateLimitedBurst {
        policy: "api".into(),
        limit: 5,
        window: "1 minute".into(),
        tokens: 100,
    };
    assert_eq!(emptied.to_error(Vendor::Nimbus).to_string(), "bucket of 100 empty");
    let huawei = Dialect::parse(&CATALOG, "huawei@v2").unwrap();
    assert_eq!(huawei.say(&emptied).code_text(), Some("APIG.0308"));
    let nimbus_dialect = Dialect::parse(&CATALOG, "nimbus").unwrap();
    assert_eq!(nimbus_dialect.say(&limited).message(), "slow down, 5 calls are enough");

    // Relations are made in both directions.
    let relation = |from, to: &str| {
        let found = CATALOG.equivalents(from).into_iter().find(|other| other.code.to_string() == to);
        found.map(|other| other.relation)
    };
    let theirs = CATALOG.vendor("huawei").unwrap().by_code("APIG.0308").next().unwrap();
    assert_eq!(relation(nimbus::Code::Throttled.row(), &theirs.to_string()), Some(Relation::Exact));
    assert_eq!(relation(nimbus::Code::Burst.row(), &theirs.to_string()), Some(Relation::Broad));
    assert_eq!(relation(theirs, "nimbus.Burst"), Some(Relation::Narrow));
    assert_eq!(nimbus::Code::Burst.fault(), Fault::Client);

    // What is sensitive in our tree is so in their errors: told to the caller, never to a log by accident.
    let stranger = nimbus::Error::Stranger { key: "AKID-secret".into() };
    assert_eq!(format!("{stranger:?}"), "Stranger { key: [redacted] }");
    assert_eq!(format!("{:?}", nimbus::Error::Throttled { limit: 5 }), "Throttled { limit: 5 }");
    assert_eq!(stranger.to_string(), "nobody here is called AKID-secret");
}
