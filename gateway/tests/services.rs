//! Services with several names: hosts that serve the APIs of another.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod harness;

use apigw_gateway::Config;
use harness::{at, get};

const SERVICE: &str = "
hosts:
  - host: service.test
    dialect: tencent
    environment: { default_domain: [release, test] }
    rate: { limit: 3, per: day }
    cors: refuse
    routes:
      - { id: hello, path: /hello, backend: { mock: { body: hello } } }
      - { id: tested, path: /tested, environments: [test], backend: { mock: { body: tested } } }
";

#[test]
fn a_custom_domain_serves_the_apis_of_the_service_and_counts_with_it() {
    let gateway = harness::gateway(&format!(
        "{SERVICE}
  - host: api.test
    dialect: problem
    routes_of: Service.test
    environment: {{ mapping: [{{ path: /, environment: release }}] }}
"
    ));
    let status = |host: &str, path: &str, fields: &[&str]| get(at(&gateway), host, path, fields).status();
    assert_eq!(status("api.test", "/hello", &[]), 200);
    // What the service says of other origins holds here as well.
    assert_eq!(status("api.test", "/hello", &["Origin: https://app.test"]), 403);
    // It is published in an environment that this name does not offer.
    assert_eq!(status("api.test", "/tested", &[]), 404);
    assert_eq!(status("service.test", "/test/tested", &[]), 200);
    assert_eq!(status("service.test", "/release/hello", &[]), 200);
    assert_eq!(status("api.test", "/hello", &[]), 200);
    // The rate is that of the service, whatever name it is called by.
    assert_eq!(status("api.test", "/hello", &[]), 429);
    assert_eq!(status("service.test", "/release/hello", &[]), 429);
}

#[test]
fn a_name_with_a_rate_of_its_own_counts_apart() {
    let gateway = harness::gateway(&format!(
        "{SERVICE}
  - host: api.test
    dialect: tencent
    routes_of: service.test
    environment: {{ mapping: [{{ path: /, environment: release }}] }}
    rate: {{ limit: 1, per: day }}
"
    ));
    let status = |host: &str, path: &str| get(at(&gateway), host, path, &[]).status();
    assert_eq!((status("api.test", "/hello"), status("api.test", "/hello")), (200, 429));
    assert_eq!(status("service.test", "/release/hello"), 200);
}

#[test]
fn what_cannot_be_shared_is_refused_at_its_place() {
    for (hosts, line, problem) in [
        ("  - { host: a, dialect: problem, routes_of: b }\n", 3, "there is no host `b`"),
        ("  - { host: a, dialect: problem, routes_of: a }\n", 3, "`a` has no APIs of its own"),
        (
            "  - { host: a, dialect: problem }\n\
             \x20 - { host: b, dialect: problem, routes_of: a, routes: [{ id: r, path: /r }] }\n",
            4,
            "`routes` beside `routes_of`",
        ),
        // In no environment of any of its names.
        (
            "  - { host: a, dialect: problem, environment: { default_domain: [x] }, routes: [{ id: r, path: /r, environments: [x, y, z] }] }\n\
             \x20 - { host: b, dialect: problem, environment: { default_domain: [y] }, routes_of: a }\n",
            3,
            "unknown environment `z`",
        ),
        // Said once, although two hosts serve it.
        (
            "  - { host: a, dialect: problem, routes: [{ id: r, path: /r, match: wild }] }\n\
             \x20 - { host: b, dialect: problem, routes_of: a }\n",
            3,
            "unknown kind of path `wild`",
        ),
        ("  - { host: a, dialect: problem, https_redirect: 0 }\n", 3, "port 0"),
        ("  - { host: a, dialect: problem, protocols: [http], https_redirect: 443 }\n", 3, "not for"),
    ] {
        let text = format!("listeners: [{{ address: 127.0.0.1:0 }}]\nhosts:\n{hosts}");
        let problems = Config::parse("test.yaml", &text).expect_err(hosts);
        assert_eq!(problems.list.len(), 1, "{problems}");
        assert!(problems.list.iter().all(|one| one.message.contains(problem) && one.line == line), "{problems}");
    }
}

#[test]
fn calls_over_http_are_sent_to_https() {
    let gateway = harness::gateway(
        "hosts:\n  - { host: a.test, dialect: tencent, https_redirect: 443 }\n  \
         - { host: b.test, dialect: problem, protocols: [https], https_redirect: 8443 }\n",
    );
    let answer = get(at(&gateway), "a.test", "/x?y=z", &[]);
    assert_eq!((answer.status(), answer.header("location")), (308, Some("https://a.test/x?y=z")));
    assert!(answer.header("x-api-requestid").is_some(), "{}", answer.head);
    // To the name that is served, whatever was written for it.
    let answer = get(at(&gateway), "B.test:1234", "//evil.test/", &[]);
    assert_eq!((answer.status(), answer.header("location")), (308, Some("https://b.test:8443//evil.test/")));
}
