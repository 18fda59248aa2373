//! Usage plans: what binds a key to an API, in which environments, and how many of its calls pass.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests, and helpers of tests"
)]

mod harness;

use apigw_gateway::Gateway;
use apigw_gateway::clock::Timestamp;
use apigw_gateway::scheme::{Scheme, SignedRequest, Signing};
use apigw_gateway::secret::Secret;
use harness::{Backend, Reply, at, gateway, get};
use http::{HeaderMap, Method};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn start(backend: &Backend) -> Gateway {
    let to = backend.address;
    gateway(&format!(
        r#"
access_log: off
threads: 2
backends: {{ allow: [127.0.0.1] }}
test: {{ clock: 20240229T120000Z }}
keys:
  - {{ id: a, secret: {{ value: s }} }}
  - {{ id: b, secret: {{ value: s }} }}
  - {{ id: lapsed, secret: {{ value: s }} }}
  - {{ id: granted, secret: {{ value: s }}, grants: ["*"] }}
plans:
  - {{ id: off, keys: [lapsed], routes: ["*"], disabled: true }}
  - {{ id: trial, keys: [a], routes: [one], environments: [test], rate: {{ limit: 1, per: day }} }}
  - {{ id: paid, keys: [a, b], routes: [one, two], environments: [release], rate: {{ limit: 20, per: day }}, quota: {{ limit: 50, by: plan }} }}
hosts:
  - host: t
    dialect: tencent
    environment: {{ default_domain: [release, test] }}
    routes:
      - {{ id: one, path: /one, auth: {{ scheme: tencent-key-pair, plan_required: true }}, backend: {{ url: "http://{to}" }} }}
      - {{ id: two, path: /two, auth: {{ scheme: tencent-key-pair, plan_required: true }}, backend: {{ url: "http://{to}" }} }}
      - {{ id: free, path: /free, auth: {{ scheme: tencent-key-pair }}, backend: {{ url: "http://{to}" }} }}
"#
    ))
}

fn ask(gateway: &Gateway, path: &str, key: &str) -> Reply {
    let (headers, secret) = (HeaderMap::new(), Secret::from("s"));
    let request =
        SignedRequest { method: &Method::GET, path, signed_path: path, query: None, headers: &headers, body: None };
    let signing = Signing::new(key, &secret, Timestamp::from_unix(1_709_208_000), "nonce");
    let added = Scheme::TencentKeyPair.sign(&request, &signing).unwrap();
    let lines: Vec<String> = added.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    get(at(gateway), "t", path, &lines)
}

#[test]
fn a_plan_binds_its_keys_to_its_apis_in_its_environments() {
    let backend = Backend::answering(OK);
    let gateway = start(&backend);
    for (path, key, status, text) in [
        ("/release/one", "a", 200, "ok"),
        ("/release/two", "b", 200, "ok"),
        ("/test/one", "b", 401, "HMAC apikey is invalid for API"),
        ("/test/two", "a", 401, "HMAC apikey is invalid for API"),
        ("/release/one", "granted", 403, "Found no validate usage plan"),
        ("/release/one", "lapsed", 403, "Found no validate usage plan"),
        ("/release/free", "granted", 200, "ok"),
        ("/release/free", "lapsed", 401, "HMAC apikey is invalid for API"),
    ] {
        let reply = ask(&gateway, path, key);
        assert_eq!((reply.status(), reply.text().contains(text)), (status, true), "{path} {key}: {}", reply.text());
    }
    let reply = ask(&gateway, "/release/one", "a");
    let field = |name| reply.header(name).map(str::to_owned);
    assert_eq!(field("x-usageplan-id").as_deref(), Some("paid"));
    assert_eq!(field("x-secret-id").as_deref(), Some("a"));
    assert_eq!(field("x-usageplan-ratelimit").as_deref(), Some("18/20"));
    assert_eq!(field("x-usageplan-quota").as_deref(), Some("47/50"));
}

#[test]
fn of_many_calls_at_once_exactly_as_many_pass_as_the_plan_has() {
    let backend = Backend::answering(OK);
    let gateway = start(&backend);
    let passed = |path: &str, key: &str| -> usize {
        std::thread::scope(|scope| {
            let eight = || (0..8).filter(|_| ask(&gateway, path, key).status() == 200).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(eight)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        })
    };
    assert_eq!(passed("/release/one", "a"), 20, "the rate, of this key at this API");
    assert_eq!(passed("/release/two", "a"), 20, "another API");
    assert_eq!(passed("/release/one", "b"), 10, "another key, and the quota of both is used up");
    assert!(ask(&gateway, "/release/two", "b").text().contains("API quota exceeded"));
    assert!(ask(&gateway, "/release/one", "a").text().contains("API rate limit exceeded"));
    assert_eq!(passed("/test/one", "a"), 1, "another plan");
    assert_eq!(backend.requests(), 51);
}

#[test]
fn a_plan_names_environments_that_exist() {
    let text = "listeners: [{ address: 127.0.0.1:0 }]
plans: [{ id: p, keys: [], routes: [], environments: [relaese] }]
hosts: [{ host: t, dialect: tencent, environment: { default_domain: [release] } }]\n";
    let problems = apigw_gateway::Config::parse("test.yaml", text).unwrap_err();
    let problem = &problems.list[0];
    assert_eq!((problem.line, &*problem.message), (2, "no host has an environment `relaese`"));
    assert_eq!(problem.help.as_deref(), Some("known: `release`"));
}
