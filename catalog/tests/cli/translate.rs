use crate::run::run;

#[test]
fn relations_and_reasons_are_told() {
    for (line, parts) in [
        ("APIG.0308 --to tencent", &["=", "tencent.ApiRateLimitExceeded", "means the same", "its gateway answers"][..]),
        (
            "huawei.OidcTokenVerificationFailed --to tencent",
            &["≈", "tencent.OauthIdTokenVerifyError", "Both refuse a token"],
        ),
        ("tencent.ApiRateLimitExceeded --to tencent", &["is a code of this vendor already"]),
        ("APIG.0308 --to tencent --lang zh", &["含义相同", "其网关返回"]),
    ] {
        let ran = run(&format!("translate {line}"));
        assert_eq!(ran.status, 0, "{line}: {ran:?}");
        for part in parts {
            assert!(ran.out.contains(part), "{line} `{part}`: {}", ran.out);
        }
    }
}

#[test]
fn every_translation_is_the_catalogs() {
    let json = run("translate huawei.ThrottlingThresholdReached --to jdcloud --json").json();
    let code = apigw_errors::huawei::Code::ThrottlingThresholdReached;
    let there = code.equivalents().iter().filter(|other| other.code.vendor.id == "jdcloud");
    let wanted: Vec<_> = there.map(|other| (other.code.id, other.relation.as_str())).collect();
    let told = json[0]["equivalents"].as_array().unwrap();
    let told: Vec<_> =
        told.iter().map(|one| (one["id"].as_str().unwrap(), one["relation"].as_str().unwrap())).collect();
    assert_eq!(told, wanted);
    assert_eq!(json[0]["condition"], "traffic.rate_limited");
}

/// Where a vendor has no code, its gateway still says something.
#[test]
fn every_code_has_an_answer_everywhere() {
    for vendor in apigw_errors::CATALOG.vendors {
        let json = run(&format!("translate 4xx --to {} --json", vendor.id)).json();
        for one in json.as_array().unwrap() {
            assert!(one["answer"]["message"].is_string(), "{one}");
        }
    }
}

#[test]
fn the_matrix_has_all_codes_of_the_condition() {
    let by_condition = run("translate traffic.rate_limited --all");
    assert_eq!(by_condition.status, 0);
    for code in ["huawei.ThrottlingThresholdReached", "tencent.ApiRateLimitExceeded", "= traffic.rate_limited"] {
        assert!(by_condition.out.contains(code), "`{code}`: {}", by_condition.out);
    }
    assert_eq!(run("translate APIG.0308 --all").out, by_condition.out);
    let above = run("translate auth.signature.mismatch --all");
    assert!(above.out.contains("⊃ auth ") && above.out.contains("huawei.IncorrectAuthentication"), "{above:?}");
    let json = run("translate traffic.rate_limited --all --json").json();
    assert_eq!(json[0]["condition"], "traffic.rate_limited");
}

#[test]
fn what_is_missing_is_asked_for() {
    let ran = run("translate APIG.0308");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--to"), "{ran:?}");
    let ran = run("translate APIG.0308 --to tencnt");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("'tencent'"), "{ran:?}");
    let ran = run("translate APIG.308 --to tencent");
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("huawei.ThrottlingThresholdReached"), "{ran:?}");
}
