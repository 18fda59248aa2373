//! Every condition can be said in every dialect, and the two ways of saying it agree.

#![allow(clippy::panic, reason = "helpers of tests are tests")]

use apigw_errors::{AnyError, CATALOG, Condition, ConditionId, Dialect, Fault, Kind, Occurrence, Plane, Say, Vendor};
use strum::VariantArray;

fn sample(id: ConditionId) -> Condition {
    let value = |name: &str| {
        let param = id.row().params.iter().find(|param| param.name == name)?;
        Some(match param.ty.as_str() {
            "number" => "12",
            "protocol" => "HTTP",
            "protocols" => "HTTPS,GRPCS",
            "tls_version" => "TLSv1.1",
            "method" => "PATCH",
            "host" => "a.example",
            "uri" => "/a?b=1",
            _ => "x-sample",
        })
    };
    Condition::from_params(id, value).unwrap_or_else(|| panic!("{id}: not every parameter has a sample"))
}

#[test]
fn every_condition_is_an_error_everywhere() {
    for &id in ConditionId::VARIANTS {
        let condition = sample(id);
        assert_eq!(condition.id(), id);
        for &vendor in Vendor::VARIANTS {
            let error: AnyError = condition.to_error(vendor);
            assert_eq!(error.code().vendor(), vendor);
            let text = error.to_string();
            assert!(!text.is_empty() && !text.contains("{name}"), "{id} at {vendor}: {text}");
        }
    }
}

#[test]
fn dialect_and_typed_error_agree() {
    for &id in ConditionId::VARIANTS {
        let condition = sample(id);
        for &vendor in Vendor::VARIANTS {
            let dialect = Dialect::newest(vendor.row());
            let saying = dialect.say(&condition);
            let Some(code) = saying.code().filter(|code| code.kind != Kind::Success) else { continue };
            let error = condition.to_error(vendor);
            assert_eq!(error.code().row(), code, "{id} at {vendor}");
            let suffix = code.editions.first().map_or("", |row| row.table.wire_suffix);
            assert_eq!(format!("{error}{suffix}"), saying.message(), "{id} at {vendor}");
        }
    }
}

/// Older tables that lack the row which the newest one has for a client's mistake.
const NO_ROW: &[(&str, ConditionId)] = &[("huawei@v1", ConditionId::BackendTargetMicroServiceUnknown)];

#[test]
fn a_clients_fault_is_never_answered_with_a_5xx() {
    for vendor in CATALOG.vendors {
        for edition in vendor.editions {
            for &id in ConditionId::VARIANTS.iter().filter(|id| id.row().fault == Fault::Client) {
                let condition = sample(id);
                let dialect = Dialect { edition, ..Dialect::newest(vendor) };
                let saying = dialect.say(&condition);
                let own_row = saying.code().is_some_and(|code| code.condition == condition.row());
                let status = saying.status().map(u16::from);
                let exempt = NO_ROW.contains(&(dialect.to_string().as_str(), id));
                // 501 names what the client asked for, and nobody else.
                let fine = own_row || status.is_none_or(|status| status < 500 || status == 501);
                assert_eq!(fine, !exempt, "{id} at {dialect}: {status:?}");
            }
        }
    }
}

#[test]
fn answers_follow_the_tree() {
    for vendor in CATALOG.vendors {
        for plane in Plane::ALL {
            for condition in CATALOG.conditions {
                let answer = vendor.answer(*plane, condition);
                assert!(answer.at.covers(condition), "{} {}", vendor.id, condition.id);
                match &answer.say {
                    Say::Code(code) if code.condition == answer.at => assert!(code.canonical, "{code}"),
                    Say::Code(code) => assert!(answer.reason.is_some(), "{code} stands in without a reason"),
                    Say::Plain(_) => assert!(answer.reason.is_some(), "{} {}", vendor.id, condition.id),
                }
            }
        }
    }
}

#[test]
fn older_editions_speak_their_own_words() {
    let vendor = CATALOG.vendor("huawei").unwrap();
    let old = Dialect::parse(&CATALOG, "huawei@v1").unwrap();
    let limited = sample(ConditionId::TrafficRateLimited);
    assert_eq!(old.say(&limited).message(), "Throttling threshold reached.");
    assert_eq!(Dialect::newest(vendor).say(&limited).message(), "The throttling threshold has been reached.");
    let detailed = Dialect::parse(&CATALOG, "huawei@v2+detailed").unwrap();
    assert_eq!(
        detailed.say(&limited).message(),
        "The throttling threshold has been reached: policy x-sample over ratelimit,limit:12,time:x-sample"
    );
    // The older table has other rows for a backend that is gone or silent.
    let unavailable = old.say(&Condition::BackendUnavailable);
    assert_eq!(unavailable.code_text().zip(unavailable.status().map(u16::from)), Some(("APIG.0201", 503)));
    let timeout = old.say(&Condition::BackendTimeout);
    assert_eq!(timeout.code_text().zip(timeout.status().map(u16::from)), Some(("APIG.0201", 504)));
    // A row that the older table lacks altogether is said by the nearest one that it has.
    let mismatch = sample(ConditionId::ConnectionTlsVersionUnsupported);
    let saying = old.say(&mismatch);
    assert!(saying.code().is_none_or(|code| code.in_edition(old.edition).is_some()), "{saying:?}");
}

#[test]
fn a_style_may_have_a_row_of_its_own_for_a_condition() {
    let refused = sample(ConditionId::RequestProtocolHttp);
    for (name, id, status) in [
        ("tencent", "HttpProtocolNotAllowed", 426),
        ("tencent@v1", "HttpProtocolNotAllowed", 426),
        ("tencent+quoted", "HttpProtocolNotAllowed", 426),
        ("tencent+legacy", "HttpProtocolNotAllowedAsNotFound", 404),
        ("tencent@v1+legacy", "HttpProtocolNotAllowedAsNotFound", 404),
    ] {
        let saying = Dialect::parse(&CATALOG, name).unwrap().say(&refused);
        assert_eq!(
            saying.code().zip(saying.status().map(u16::from)).map(|(code, status)| (code.id, status)),
            Some((id, status)),
            "{name}"
        );
    }
}

#[test]
fn dialects_are_named() {
    for name in ["tencent@v1", "jdcloud@v1+legacy", "huawei@v2+detailed"] {
        assert_eq!(Dialect::parse(&CATALOG, name).unwrap().to_string(), name);
    }
    for (name, message) in [
        ("tencnt", "unknown vendor `tencnt`; known are `tencent`, `jdcloud`, `huawei`"),
        ("huawei@v9", "vendor `huawei` has no edition `v9`; known are `v2`, `v1`"),
        ("huawei+loud", "vendor `huawei` has no style `loud`; known are `detailed`"),
    ] {
        assert_eq!(Dialect::parse(&CATALOG, name).unwrap_err().to_string(), message);
    }
}

#[test]
fn secrets_stay_out_of_debug() {
    let condition = Condition::AuthSignatureKeyUnknown { key: "AKIDsecret".into() };
    let debug = format!("{condition:?}");
    assert!(debug.contains("[redacted]") && !debug.contains("AKIDsecret"), "{debug}");
    assert!(!condition.to_string().contains("AKIDsecret"));
}
