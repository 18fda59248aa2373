//! Equivalences follow from the tree, so they cannot contradict each other.

use apigw_errors::{CATALOG, CodeRow, Kind, Relation};

fn relation(from: &CodeRow, to: &CodeRow) -> Option<Relation> {
    from.equivalents.iter().find(|other| other.code == to).map(|other| other.relation)
}

#[test]
fn every_relation_has_its_inverse() {
    let mut seen = 0;
    for code in CATALOG.codes() {
        for other in code.equivalents {
            seen += 1;
            assert_eq!(relation(other.code, code), Some(other.relation.inverse()), "{code} → {}", other.code);
        }
    }
    assert!(seen > 500, "{seen} relations");
}

#[test]
fn relations_are_what_the_tree_says() {
    for code in CATALOG.codes() {
        for other in code.equivalents {
            let (a, b) = (code.condition, other.code.condition);
            match other.relation {
                Relation::Exact => assert_eq!(a, b, "{code}"),
                Relation::Broad => assert!(a != b && b.covers(a), "{code} → {}", other.code),
                Relation::Narrow => assert!(a != b && a.covers(b), "{code} → {}", other.code),
                Relation::Close => {
                    assert!(!a.covers(b) && !b.covers(a), "{code} → {}: the tree relates them already", other.code);
                    assert!(other.reason.is_some(), "{code} → {}", other.code);
                }
            }
            assert!(other.code != code);
            assert_eq!(code.kind == Kind::Success, other.code.kind == Kind::Success, "{code} → {}", other.code);
        }
    }
}

#[test]
fn no_relation_of_the_tree_is_missing() {
    for code in CATALOG.codes().filter(|code| code.condition.parent.is_some()) {
        for other in CATALOG.codes().filter(|other| other.vendor != code.vendor && other.condition.parent.is_some()) {
            if code.kind == other.kind
                && (code.condition.covers(other.condition) || other.condition.covers(code.condition))
            {
                assert!(relation(code, other).is_some(), "{code} → {other}");
            }
        }
    }
}

/// What a person who moves from one vendor to another would check first.
#[test]
fn known_mappings_hold() {
    let find = |text: &str| {
        let (vendor, id) = text.split_once('.').unwrap();
        CATALOG.vendor(vendor).and_then(|vendor| vendor.code(id)).unwrap_or_else(|| panic!("no code {text}"))
    };
    let by_code = |vendor: &str, code: &str, status: u16| {
        let vendor = CATALOG.vendor(vendor).unwrap();
        vendor
            .by_code(code)
            .find(|row| row.status.is_some_and(|s| s.get() == status))
            .unwrap_or_else(|| panic!("no {code} {status}"))
    };
    // JD's two FAILED_PRECONDITION are different things.
    let (state, dependency) =
        (by_code("jdcloud", "FAILED_PRECONDITION", 400), by_code("jdcloud", "FAILED_PRECONDITION", 409));
    assert_ne!(state.condition, dependency.condition);
    // Huawei's 0303 is broader than any one of Tencent's HMAC rows.
    let app_auth = by_code("huawei", "APIG.0303", 401);
    let mismatch = CATALOG.vendor("tencent").unwrap().read("HMAC signature does not match");
    let mismatch = mismatch.first().map(|reading| reading.code).unwrap();
    assert_eq!(relation(mismatch, app_auth), Some(Relation::Broad));
    // 413, 414 and 494 under 0201 are three conditions.
    let conditions: Vec<_> =
        [413, 414, 494].iter().map(|&status| by_code("huawei", "APIG.0201", status).condition.id).collect();
    assert_eq!(conditions, ["request.too_large.body", "request.too_large.uri", "request.too_large.headers"]);
    // JD's console rows have relatives in JD's own common table.
    let console = by_code("jdcloud", "APIGATEWAY_ARGUMENT_NOT_FOUND", 400);
    assert_eq!(relation(console, by_code("jdcloud", "ARGUMENT_NOT_FOUND", 400)), Some(Relation::Exact));
    // Rate limits are the same thing everywhere.
    let limited = find("huawei.ThrottlingThresholdReached");
    for other in limited.equivalents.iter().filter(|other| other.relation == Relation::Exact) {
        assert_eq!(other.code.status.map(u16::from), Some(429));
    }
    assert!(limited.equivalents.iter().filter(|other| other.relation == Relation::Exact).count() >= 2);
}

/// The records can tell relations by themselves, as they must for vendors of other catalogs.
#[test]
fn the_tree_gives_the_same_relations_at_run_time() {
    for code in CATALOG.codes() {
        for other in CATALOG.codes() {
            let listed = relation(code, other).filter(|relation| *relation != Relation::Close);
            assert_eq!(code.relation_to(other), listed, "{code} → {other}");
        }
        assert_eq!(CATALOG.equivalents(code), code.equivalents);
    }
}
