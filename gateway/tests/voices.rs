//! Refusals to the byte, in every voice.

#![allow(
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod harness;

use harness::{at, call, gateway};

const CONFIG: &str = r#"
help: { base: "https://errors.example/" }
backends: { allow: [127.0.0.1] }
access_log: off
hosts:
  - &api
    host: tencent.test
    dialect: tencent
    routes:
      - { id: t-items, path: "/items/{id}", methods: [GET], backend: { url: "http://127.0.0.1:1" } }
      - { id: t-none, path: /none }
      - { id: t-undefined, path: /undefined, backend: {} }
      - { id: t-quiet, path: /quiet, help_link: false, backend: { url: "http://127.0.0.1:1" } }
  - host: jdcloud.test
    dialect: jdcloud
    routes:
      - { id: j-items, path: "/items/{id}", methods: [GET], backend: { url: "http://127.0.0.1:1" } }
      - { id: j-none, path: /none }
  - host: huawei.test
    dialect: huawei
    environment: { header: { name: X-Stage, default: RELEASE } }
    routes:
      - { id: h-items, path: "/items/{id}", methods: [GET], backend: { url: "http://127.0.0.1:1" } }
      - { id: h-none, path: /none }
      - { id: h-undefined, path: /undefined, backend: {} }
  - host: problem.test
    dialect: problem
    routes:
      - { id: p-items, path: "/items/{id}", methods: [GET], backend: { url: "http://127.0.0.1:1" } }
  - host: secure.tencent.test
    dialect: tencent
    protocols: [https]
  - host: secure.huawei.test
    dialect: huawei
    protocols: [https]
  - host: old.huawei.test
    dialect: huawei@v1
    routes:
      - { id: o-items, path: /items, methods: [GET], backend: { url: "http://127.0.0.1:1" } }
      - { id: o-undefined, path: /undefined, backend: {} }
  - host: default.tencent.test
    dialect: tencent
    environment: { default_domain: [release, prepub, test] }
    routes:
      - { id: d-test, path: /only, environments: [test], backend: { url: "http://127.0.0.1:1" } }
  - host: custom.tencent.test
    dialect: tencent
    environment: { mapping: [{ path: /v1, environment: release }] }
"#;

/// The request, and the whole answer.
const EXCHANGES: &[(&str, &str)] = &[
    (
        "GET /elsewhere HTTP/1.1\nHost: tencent.test\n",
        r#"HTTP/1.1 404 Not Found
content-type: application/json
server: apigw/1.0.15
x-api-requestid: <id>
link: <https://errors.example/en/tencent/no-api-matches-uri/>; rel="help"
content-length: 52
date: <date>

{"message":"There is no api match uri[\/elsewhere]"}"#,
    ),
    (
        "GET /quiet HTTP/1.1\nHost: tencent.test\n",
        r#"HTTP/1.1 502 Bad Gateway
content-type: application/json
server: apigw/1.0.15
x-api-requestid: <id>
x-api-id: api-y3xe8p21
x-api-ratelimit: unlimited
x-usageplan-ratelimit: unlimited
x-usageplan-quota: unlimited
content-length: 25
date: <date>

{"message":"Bad Gateway"}"#,
    ),
    (
        "GET / HTTP/1.1\nHost: secure.tencent.test\n",
        r#"HTTP/1.1 426 Upgrade Required
content-type: application/json
server: apigw/1.0.15
x-api-requestid: <id>
link: <https://errors.example/en/tencent/http-protocol-not-allowed/>; rel="help"
connection: Upgrade
upgrade: TLS/1.2, HTTP/1.1
content-length: 41
date: <date>

{"message":"Not allow use HTTP protocol"}"#,
    ),
    (
        "GET /none HTTP/1.1\nHost: tencent.test\n",
        r#"HTTP/1.1 481 
content-type: application/json
server: apigw/1.0.15
x-api-requestid: <id>
x-api-id: api-86dssmzj
x-api-ratelimit: unlimited
x-usageplan-ratelimit: unlimited
x-usageplan-quota: unlimited
link: <https://errors.example/en/tencent/api-config-error/>; rel="help"
content-length: 30
date: <date>

{"message":"API config error"}"#,
    ),
    (
        "GET /elsewhere HTTP/1.1\nHost: jdcloud.test\n",
        r#"HTTP/1.1 404 Not Found
content-type: application/json; charset=utf-8
server: jfe
via: jd-gateway/1.0.1
x-jdcloud-request-id: <id>
link: <https://errors.example/en/jdcloud/not-found/>; rel="help"
content-length: 123
date: <date>

{"requestId":"<id>","error":{"status":"NOT_FOUND","code":404,"message":"找不到 /elsewhere"}}"#,
    ),
    (
        "GET /items/7 HTTP/1.1\nHost: huawei.test\n",
        r#"HTTP/1.1 502 Bad Gateway
content-type: application/json
server: api-gateway
x-request-id: <id>
x-apig-latency: 0
link: <https://errors.example/en/huawei/backend-unavailable/>; rel="help"
content-length: 109
date: <date>

{"error_msg":"Backend unavailable.","error_code":"APIG.0202","request_id":"<id>"}"#,
    ),
    (
        "GET /items/a\"b HTTP/1.1\nHost: problem.test\n",
        r#"HTTP/1.1 400 Bad Request
content-type: application/problem+json
x-request-id: <id>
link: <https://errors.example/en/conditions/request.malformed/>; rel="help"
connection: close
content-length: <n>
date: <date>

{"type":"https://errors.example/en/conditions/request.malformed/","title":"<title>","status":400,"detail":"<detail>","instance":"urn:uuid:<uuid>","request_id":"<id>","condition":"request.malformed"}"#,
    ),
    (
        "PUT /items/7 HTTP/1.1\nHost: problem.test\n",
        r#"HTTP/1.1 405 Method Not Allowed
content-type: application/problem+json
x-request-id: <id>
link: <https://errors.example/en/conditions/route.not_found.method/>; rel="help"
content-length: <n>
date: <date>

{"type":"https://errors.example/en/conditions/route.not_found.method/","title":"<title>","status":405,"detail":"<detail>","instance":"urn:uuid:<uuid>","request_id":"<id>","condition":"route.not_found.method","host":"problem.test","method":"PUT","uri":"/items/7"}"#,
    ),
];

#[test]
fn whole_answers() {
    let gateway = gateway(CONFIG);
    for (request, expected) in EXCHANGES {
        let reply = call(at(&gateway), format!("{}\r\n", request.replace('\n', "\r\n")));
        let mut got = reply.normal();
        // Titles and details are the catalog's, and its tests' business.
        for (name, shown) in [("\"title\":\"", "<title>"), ("\"detail\":\"", "<detail>")] {
            if let Some(start) = got.find(name).map(|start| start + name.len()) {
                let end = start + got[start..].find("\",\"").unwrap();
                got.replace_range(start..end, shown);
                got = got.replace(&format!("content-length: {}\n", reply.body.len()), "content-length: <n>\n");
            }
        }
        assert_eq!(got, *expected, "{request}");
        assert_eq!(reply.header("content-length"), Some(&*reply.body.len().to_string()), "{request}");
    }
}

/// The request, the status, and the body with `<id>`.
const BODIES: &[(&str, u16, &str)] = &[
    // Hosts.
    ("GET / HTTP/1.1\n", 400, ""),
    (
        "GET / HTTP/1.1\nHost: nobody.tencent.test\n",
        404,
        r#"{"message":"There is no api match host[nobody.tencent.test]"}"#,
    ),
    (
        "GET / HTTP/1.1\nHost: a.b.huawei.test:8\n",
        404,
        r#"{"error_msg":"The API does not exist or has not been published in the environment.","error_code":"APIG.0101","request_id":"<id>"}"#,
    ),
    ("GET / HTTP/1.1\nHost: TENCENT.test:99\n", 404, r#"{"message":"There is no api match uri[\/]"}"#),
    ("GET http://tencent.test/x HTTP/1.1\nHost: huawei.test\n", 404, r#"{"message":"There is no api match uri[\/x]"}"#),
    // Environments.
    (
        "GET /only HTTP/1.1\nHost: default.tencent.test\n",
        404,
        r#"{"message":"There is no api match default env_mapping[only]"}"#,
    ),
    ("GET /release/only HTTP/1.1\nHost: default.tencent.test\n", 404, r#"{"message":"Found no api"}"#),
    ("GET /test/only HTTP/1.1\nHost: default.tencent.test\n", 502, r#"{"message":"Bad Gateway"}"#),
    (
        "GET /v2/x HTTP/1.1\nHost: custom.tencent.test\n",
        404,
        r#"{"message":"There is no api match env_mapping[\/v2]"}"#,
    ),
    (
        "GET /v10 HTTP/1.1\nHost: custom.tencent.test\n",
        404,
        r#"{"message":"There is no api match env_mapping[\/v10]"}"#,
    ),
    (
        "GET /items/1 HTTP/1.1\nHost: huawei.test\nX-Stage: TEST\n",
        404,
        r#"{"error_msg":"The API does not exist or has not been published in the environment.","error_code":"APIG.0101","request_id":"<id>"}"#,
    ),
    (
        "GET /items/1 HTTP/1.1\nHost: huawei.test\nX-Stage: RELEASE\n",
        502,
        r#"{"error_msg":"Backend unavailable.","error_code":"APIG.0202","request_id":"<id>"}"#,
    ),
    // Methods.
    ("POST /items/1 HTTP/1.1\nHost: tencent.test\n", 405, r#"{"message":"Method Not Allowed"}"#),
    (
        "POST /items/1 HTTP/1.1\nHost: huawei.test\n",
        404,
        r#"{"error_msg":"The API does not exist.","error_code":"APIG.0101","request_id":"<id>"}"#,
    ),
    ("FROB / HTTP/1.1\nHost: tencent.test\n", 404, r#"{"message":"Could not support method"}"#),
    ("TRACE / HTTP/1.1\nHost: tencent.test\n", 404, r#"{"message":"Could not support method"}"#),
    (
        "FROB / HTTP/1.1\nHost: jdcloud.test\n",
        501,
        r#"{"requestId":"<id>","error":{"status":"NOT_IMPLEMENTED","code":501,"message":"目前不支持 FROB"}}"#,
    ),
    // Protocols; an older edition.
    (
        "GET / HTTP/1.1\nHost: secure.huawei.test\nX-Forwarded-Proto: https\n",
        400,
        r#"{"error_msg":"The following protocol is supported: HTTPS.","error_code":"APIG.0607","request_id":"<id>"}"#,
    ),
    (
        "GET /undefined HTTP/1.1\nHost: old.huawei.test\n",
        404,
        r#"{"error_msg":"Backend not found.","error_code":"APIG.0103","request_id":"<id>"}"#,
    ),
    // Backends that the configuration lacks.
    (
        "GET /none HTTP/1.1\nHost: huawei.test\n",
        500,
        r#"{"error_msg":"The backend configurations do not exist.","error_code":"APIG.0105","request_id":"<id>"}"#,
    ),
    (
        "GET /undefined HTTP/1.1\nHost: huawei.test\n",
        500,
        r#"{"error_msg":"The backend does not exist.","error_code":"APIG.0103","request_id":"<id>"}"#,
    ),
    // Nothing that a client sends breaks out of the JSON.
    ("GET /a'{} HTTP/1.1\nHost: tencent.test\n", 404, r#"{"message":"There is no api match uri[\/a'{}]"}"#),
];

#[test]
fn statuses_and_bodies() {
    let gateway = gateway(CONFIG);
    for (request, status, body) in BODIES {
        let reply = call(at(&gateway), format!("{}\r\n", request.replace('\n', "\r\n")));
        let normal = reply.normal();
        let got = normal.split_once("\n\n").map_or("", |(_, body)| body);
        assert_eq!(reply.status(), *status, "{request}\n{normal}");
        if !body.is_empty() {
            assert_eq!(got, *body, "{request}");
        }
    }
}

#[test]
fn a_refusal_of_head_has_the_length_but_no_body() {
    let gateway = gateway(CONFIG);
    let mut client = harness::Client::connect(at(&gateway));
    client.write("HEAD /elsewhere HTTP/1.1\r\nHost: tencent.test\r\n\r\n");
    let reply = client.read_to("HEAD");
    assert_eq!((reply.status(), reply.header("content-length")), (404, Some("52")));
    // What follows on the connection is the next answer, not a body.
    client.write("GET /quiet HTTP/1.1\r\nHost: tencent.test\r\n\r\n");
    assert_eq!(client.read().status(), 502);
}
