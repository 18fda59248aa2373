//! APIs whose definitions cannot be carried out, beside others that can.

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

use apigw_gateway::Config;
use harness::{at, call, gateway, get};

const FAULTY: &str = r#"
access_log: off
hosts:
  - host: api.example
    dialect: tencent
    faulty_routes: answer
    routes:
      - { id: good, path: /good, backend: { mock: { body: "{}" } } }
      - { id: told, path: /told, backend: { mock: { status: 418, headers: { X-Mock: yes }, body: short and stout } } }
      - { id: empty, path: /empty, backend: { mock: { status: 204, body: "" } } }
      - { id: mute, path: /mute, backend: { mock: {} } }
      - { id: impossible, path: /impossible, backend: { mock: { status: 99, body: x } } }
      - { id: framed, path: /framed, backend: { mock: { headers: { Content-Length: 7 }, body: x } } }
      - { id: nowhere, path: /nowhere, backend: { url: "ftp://files.example" } }
      - { id: unsigned, path: /unsigned, auth: { scheme: none }, backend: { mock: { body: secret } } }
      - { id: unlimited, path: /unlimited, rate: { limit: 1, per: eon }, backend: { mock: { body: x } } }
      - { id: patterned, path: /patterned, cors: { rules: { origins: ["https://*.example"] } }, backend: { mock: { body: x } } }
      - { id: originless, path: /originless, cors: { rules: {} }, backend: { mock: { body: x } } }
      - { id: greedy, path: /greedy, cors: { rules: { origins: ["*"], credentials: true } }, backend: { mock: { body: x } } }
"#;

#[test]
fn each_says_what_is_wrong_with_it_and_hurts_no_other() {
    let gateway = gateway(FAULTY);
    for (path, status, text) in [
        ("/good", 200, "{}"),
        ("/told", 418, "short and stout"),
        ("/empty", 204, ""),
        ("/mute", 481, r#"{"message":"Mock config error"}"#),
        ("/impossible", 481, r#"{"message":"Mock config error"}"#),
        ("/framed", 481, r#"{"message":"Mock config error"}"#),
        ("/nowhere", 481, r#"{"message":"API config error"}"#),
        ("/unsigned", 481, r#"{"message":"API config error"}"#),
        ("/unlimited", 481, r#"{"message":"API config error"}"#),
        ("/patterned", 481, r#"{"message":"Found no valid cors config"}"#),
        ("/originless", 481, r#"{"message":"Found no valid cors config"}"#),
        ("/greedy", 481, r#"{"message":"Found no valid cors config"}"#),
        ("/good", 200, "{}"),
    ] {
        let reply = get(at(&gateway), "api.example", path, &[]);
        assert_eq!((reply.status(), reply.text().as_str()), (status, text), "{path}");
    }
}

#[test]
fn a_mock_answers_like_a_backend() {
    let gateway = gateway(FAULTY);
    let reply = get(at(&gateway), "api.example", "/told", &[]);
    assert_eq!(
        (reply.header("x-mock"), reply.header("content-type")),
        (Some("yes"), Some("text/plain; charset=utf-8"))
    );
    assert_eq!(get(at(&gateway), "api.example", "/good", &[]).header("content-type"), Some("application/json"));
    let head = call(at(&gateway), "HEAD /told HTTP/1.1\r\nHost: api.example\r\n\r\n");
    assert_eq!((head.status(), head.header("content-length")), (418, Some("15")));
    assert_eq!(get(at(&gateway), "api.example", "/empty", &[]).header("content-type"), None);
}

#[test]
fn what_is_set_aside_is_said_as_a_warning() {
    let text = format!("listeners: [{{ address: 127.0.0.1:0 }}]{FAULTY}");
    let warnings = Config::parse("gateway.yaml", &text).unwrap().warnings;
    let messages: Vec<&str> = warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the mock has no `body`, so calls of this API will be answered with a configuration error",
            "a status is a number from 200 to 599",
            "`content-length` is set by the gateway",
            "`ftp://files.example` is no backend: it begins with neither `http://` nor `https://`",
            "unknown signature scheme `none`",
            "unknown window `eon`",
            "`https://*.example` is no origin",
            "the rules name no origin, so calls of this API will be answered with a configuration error",
            "credentials cannot be allowed to every origin",
        ]
    );
}

#[test]
fn without_leave_to_answer_the_file_is_refused() {
    let text = format!("listeners: [{{ address: 127.0.0.1:0 }}]{}", FAULTY.replace("faulty_routes: answer", ""));
    // Two are no faults of what is written: nothing is written.
    assert_eq!(Config::parse("gateway.yaml", &text).unwrap_err().list.len(), 7);
}
