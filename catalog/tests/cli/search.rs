use crate::run::run;

#[test]
fn words_are_found_in_both_languages_and_with_slips() {
    for (query, meant) in [
        ("nonce conflict", "jdcloud.NonceConflict"),
        ("nonce confilct", "jdcloud.NonceConflict"),
        ("throtling threshold", "huawei.ThrottlingThresholdReached"),
        ("rate limit exceeded", "tencent.ApiRateLimitExceeded"),
        ("APIG.0308", "huawei.ThrottlingThresholdReached"),
        ("traffic.rate_limited", "huawei.ThrottlingThresholdReached"),
        ("签名不一致", "jdcloud.SignResultNotSame"),
        ("签名不匹配", "tencent.HmacSignatureMismatch"),
        ("限流", "huawei.ThrottlingThresholdReached"),
    ] {
        let json = run(&format!("search {query} --json")).json();
        let found: Vec<String> = json
            .as_array()
            .unwrap()
            .iter()
            .map(|code| format!("{}.{}", code["vendor"], code["id"]).replace('"', ""))
            .collect();
        assert!(found.iter().any(|code| code == meant), "{query}: {found:?}");
    }
}

#[test]
fn limits_and_filters_hold() {
    let three = run("search signature --limit 3 --json").json();
    assert_eq!(three.as_array().unwrap().len(), 3);
    let narrowed = run("search signature --vendor huawei --json").json();
    assert!(narrowed.as_array().unwrap().iter().all(|code| code["vendor"] == "huawei"));
    let none = run("search qqqqzzzzx");
    assert_eq!((none.status, none.out.as_str()), (1, ""));
}
