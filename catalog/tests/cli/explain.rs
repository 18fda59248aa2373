use crate::run::{run, run_with};

/// Everything that people call a code leads to it.
#[test]
fn a_code_is_found_by_all_of_its_names() {
    for query in [
        "APIG.0308",
        "apig.0308",
        "huawei.ThrottlingThresholdReached",
        "ThrottlingThresholdReached",
        "huawei::Code::ThrottlingThresholdReached",
        "throttling-threshold-reached",
        "https://example.org/errors/zh/huawei/throttling-threshold-reached/",
        "/APIG.0308/",
        "The throttling threshold has been reached.",
        "The throttling  threshold has been reached",
        "Throttling threshold reached.",
        "APIG.0308: The throttling threshold has been reached.",
        r#"{"error_code":"APIG.0308","error_msg":"The throttling threshold has been reached."}"#,
    ] {
        let ran = run(&format!("explain {query}"));
        assert_eq!(ran.status, 0, "{query}: {ran:?}");
        assert!(ran.out.starts_with("huawei.ThrottlingThresholdReached  APIG.0308 · 429"), "{query}: {ran:?}");
    }
}

#[test]
fn a_page_has_everything() {
    let ran = run("explain tencent.HeaderRequired");
    for part in [
        "403 Forbidden",
        "Tencent Cloud API Gateway",
        "“header {header} is required”",
        "What happened",
        "What to do",
        "  1. ",
        "who must act",
        "Caller (whoever sends the request)",
        "request.parameter.missing.header",
        "In the documents",
        "  v2 ",
        "Elsewhere",
        "apigw_errors::tencent::Code::HeaderRequired",
    ] {
        assert!(ran.out.contains(part), "`{part}`: {}", ran.out);
    }
}

#[test]
fn values_are_read_from_a_message() {
    let ran = run("explain header X-Token is required");
    assert!(ran.out.contains("Read from the message") && ran.out.contains("X-Token"), "{ran:?}");
    let json = run("explain header X-Token is required --json").json();
    assert_eq!(json["candidates"][0]["values"]["header"], "X-Token");
    assert_eq!(json["candidates"][0]["id"], "HeaderRequired");
}

#[test]
fn several_codes_are_listed_and_can_be_narrowed() {
    let ran = run("explain APIG.0101");
    assert_eq!(ran.status, 0);
    assert!(
        ran.out.contains("huawei.ApiNotFoundOrNotPublished") && ran.out.contains("huawei.ApiMethodNotFound"),
        "{ran:?}"
    );
    let all = run("explain 403 --json").json();
    let narrowed = run("explain 403 --vendor jdcloud --plane console --json").json();
    let count = |json: &serde_json::Value| json["candidates"].as_array().unwrap().len();
    assert!(count(&all) > count(&narrowed) && count(&narrowed) > 0);
    for code in narrowed["candidates"].as_array().unwrap() {
        assert_eq!((&code["vendor"], &code["plane"]), (&"jdcloud".into(), &"console".into()));
    }
}

#[test]
fn near_misses_are_suggested() {
    for (query, meant) in [
        ("APIG.308", "huawei.ThrottlingThresholdReached"),
        ("APIG 0308", "huawei.ThrottlingThresholdReached"),
        ("huawei.ThrottlingTresholdReached", "huawei.ThrottlingThresholdReached"),
        ("APIGW_NONCE_CONFLCIT", "jdcloud.NonceConflict"),
        ("APIGW_KEY_NOT_EXIST", "jdcloud.KeyNotExist"),
        ("HMAC signatur does not mach", "tencent.HmacSignatureMismatch"),
    ] {
        let ran = run(&format!("explain {query}"));
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{query}: {ran:?}");
        let code = meant.split_once('.').unwrap().1.get(..9).unwrap();
        assert!(ran.err.contains(code), "{query}: {ran:?}");
        let json = run(&format!("explain {query} --json")).json();
        assert_eq!(json["candidates"].as_array().unwrap().len(), 0, "{query}");
        assert!(!json["suggestions"].as_array().unwrap().is_empty(), "{query}");
    }
    let only = run("explain APIG.308");
    assert_eq!(only.err.lines().filter(|line| line.starts_with("  ")).count(), 1, "{only:?}");
}

#[test]
fn nonsense_says_what_to_try() {
    let ran = run("explain qqqqqq zzzzzz");
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("apigw-errors search"), "{ran:?}");
    // What was asked must not take the terminal over.
    let ran = run_with(["explain", "\u{1b}[2Jzzzz"], &[], None);
    assert!(!ran.err.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn the_language_is_that_of_the_locale_or_of_the_argument() {
    let explain =
        |env: &[(&str, &str)], more: &[&str]| run_with(["explain", "APIG.0308"].iter().chain(more), env, None).out;
    for (env, more, heading) in [
        (&[][..], &[][..], "What to do"),
        (&[("LANG", "zh_CN.UTF-8")], &[], "如何处理"),
        (&[("LANG", "zh_CN.UTF-8")], &["--lang", "en"], "What to do"),
        (&[("LC_ALL", "en_US.UTF-8"), ("LANG", "zh_CN")], &[], "What to do"),
        (&[], &["--lang", "zh"], "如何处理"),
    ] {
        assert!(explain(env, more).contains(heading), "{env:?} {more:?}");
    }
}

#[test]
fn colours_are_for_terminals() {
    let coloured = |env: &[(&str, &str)], more: &[&str]| {
        run_with(["explain", "APIG.0308"].iter().chain(more), env, None).out.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]));
    assert!(coloured(&[], &["--color", "always"]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!coloured(&[], &["--color", "never"]));
}

/// Every code can be asked for by its id and its code text, in both languages, and fits an 80 column terminal.
#[test]
fn every_code_has_a_page() {
    let env = [("COLUMNS", "80")];
    for code in apigw_errors::CATALOG.codes().step_by(7) {
        for lang in ["en", "zh"] {
            let ran = run_with(["explain", &code.to_string(), "--lang", lang], &env, None);
            assert!(ran.out.starts_with(&code.to_string()), "{code}: {ran:?}");
            // Wire texts without spaces may stand out.
            let wide = |line: &&str| unicode_width::UnicodeWidthStr::width(*line) > 82 && line.contains(' ');
            let long = ran.out.lines().filter(wide).find(|line| !line.contains("  ") && !line.contains("apigw"));
            assert_eq!(long, None, "{code}");
        }
    }
}
