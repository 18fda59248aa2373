//! From a host and a path to an environment and an API.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod harness;

use apigw_gateway::Config;
use harness::{at, gateway, get};

/// Each API answers with its own name.
fn route(id: &str, rest: &str) -> String {
    format!("      - {{ id: {id}, {rest}, backend: {{ mock: {{ body: {id} }} }} }}\n")
}

fn config(host: &str, routes: &[(&str, &str)]) -> String {
    let routes: String = routes.iter().map(|(id, rest)| route(id, rest)).collect();
    format!("access_log: off\nhosts:\n  - host: t\n    dialect: tencent\n    {host}\n    routes:\n{routes}")
}

#[test]
fn a_default_domain_may_have_an_environment_that_need_not_be_named() {
    let routes = [("all", "path: /a"), ("tested", "path: /t, environments: [test]"), ("named", "path: /release")];
    let domain = "environment: { default_domain: [release, prepub, test] }";
    let strict = gateway(&config(domain, &routes));
    let lenient = gateway(&config(&format!("{domain}\n    default_environment: release"), &routes));
    let ask = |gateway, path| {
        let reply = get(at(gateway), "t", path, &[]);
        (reply.status(), reply.text())
    };
    for (path, text) in
        [("/release/a", "all"), ("/test/t", "tested"), ("/test/a", "all"), ("/release/release", "named")]
    {
        assert_eq!(ask(&strict, path), (200, text.to_owned()), "{path}");
        assert_eq!(ask(&lenient, path), (200, text.to_owned()), "{path}");
    }
    let none = r#"{"message":"There is no api match default env_mapping[a]"}"#;
    assert_eq!(ask(&strict, "/a"), (404, none.to_owned()));
    assert_eq!(ask(&lenient, "/a"), (200, "all".to_owned()));
    assert_eq!(ask(&lenient, "/t").0, 404, "it is published in the test environment alone");
    assert_eq!(ask(&lenient, "/release").0, 404, "a name of an environment is one");
}

#[test]
fn regular_expressions_fit_whole_paths() {
    let routes = [
        ("number", r#"path: "/item/[0-9]+", match: regex, methods: [GET]"#),
        ("word", r#"path: "/item/.*", match: regex"#),
        ("first", r#"path: "/item/{id}/first""#),
        ("rest", "path: /item, match: text_prefix"),
    ];
    let gateway = gateway(&config("", &routes));
    for (path, text) in [
        ("/item/12", "number"),
        ("/item/12/", "word"),
        ("/item/12/first", "first"),
        ("/item/%2e%2e", ""),
        ("/items", "rest"),
        ("/x/item/12", ""),
    ] {
        let reply = get(at(&gateway), "t", path, &[]);
        let expected = if text.is_empty() { 404 } else { 200 };
        assert_eq!(reply.status(), expected, "{path}: {}", reply.text());
        assert!(text.is_empty() || reply.text() == text, "{path}: {}", reply.text());
    }
}

#[test]
fn a_host_has_a_rate_of_its_own_in_each_environment() {
    let host = "environment: { default_domain: [release, test] }\n    rate: { limit: 2, per: day }";
    let gateway = gateway(&config(host, &[("a", "path: /a"), ("b", "path: /b, rate: { limit: 9, per: day }")]));
    let ask = |path: &str| {
        let reply = get(at(&gateway), "t", path, &[]);
        let field = |name| reply.header(name).map(str::to_owned);
        (reply.status(), field("x-service-ratelimit"), field("x-api-ratelimit"))
    };
    let told = |status: u16, service: &str, api: &str| (status, Some(service.to_owned()), Some(api.to_owned()));
    assert_eq!(ask("/release/a"), told(200, "1/2", "unlimited"));
    assert_eq!(ask("/release/b"), told(200, "0/2", "8/9"));
    assert_eq!(ask("/release/b"), told(429, "0/2", "unlimited"), "what is refused is counted no further");
    assert_eq!(ask("/test/b"), told(200, "1/2", "7/9"), "another environment, and the API's own count");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let problem = |host: &str, route: &str| {
        let text = format!("listeners: [{{ address: 127.0.0.1:0 }}]\n{}", config(host, &[("a", route)]));
        Config::parse("gateway.yaml", &text).unwrap_err().to_string()
    };
    for (host, route, message) in [
        ("default_environment: release", "path: /a", "this goes with `environment: { default_domain: … }`"),
        (
            "environment: { default_domain: [release] }\n    default_environment: test",
            "path: /a",
            "unknown environment `test`",
        ),
        ("rate: { limit: 1, per: eon }", "path: /a", "unknown window `eon`"),
        ("rate: { limit: 1, per: day, by: app }", "path: /a", "unknown subject of a rate limit `app`"),
        ("", r#"path: "/a(", match: regex"#, "unclosed group"),
        ("", r#"path: "a", match: regex"#, "a path begins with `/`"),
    ] {
        let said = problem(host, route);
        assert!(said.contains(message), "{host} {route}: {said}");
    }
}
