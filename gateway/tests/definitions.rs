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

use apigw_gateway::{Config, Gateway};
use harness::{at, call, gateway, get};
use serde::Deserialize;

/// A case of `definitions/cases.yaml`, which says what each field means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    api: String,
    load: Option<String>,
    answer: Option<String>,
    unless: Option<String>,
}

/// A file with the API of a case, beside one that is good.
fn file(case: &Case, faulty_routes: &str) -> Result<Config, apigw_gateway::Problems> {
    let api = if case.api.is_empty() { String::new() } else { format!(", {}", case.api) };
    let text = format!(
        r#"
listeners: [{{ address: 127.0.0.1:0 }}]
access_log: off
pools: [{{ id: two, servers: [{{ address: 192.0.2.1:80, group: blue }}] }}]
registries: [{{ id: tsf }}]
hosts:
  - host: issuer.test
    dialect: tencent
    routes:
      - {{ id: keyless, path: /keyless, auth: {{ oauth: {{}} }} }}
      - {{ id: pem, path: /pem, auth: {{ oauth: {{ public_key: "-----BEGIN PUBLIC KEY-----" }} }} }}
      - {{ id: query, path: /query, auth: {{ oauth: {{ public_key: {{ kty: RSA }}, location: query }} }} }}
  - host: api.test
    dialect: tencent
    faulty_routes: {faulty_routes}
    routes:
      - {{ id: good, path: /good, backend: {{ mock: {{ body: good }} }} }}
      - {{ id: faulty, path: /faulty{api} }}
"#
    );
    Config::parse("gateway.yaml", &text)
}

#[test]
fn each_fault_is_said_when_the_file_is_loaded_or_by_its_own_api_alone() {
    let cases: Vec<Case> = serde_yaml::from_str(include_str!("definitions/cases.yaml")).unwrap();
    for case in &cases {
        let about = &case.about;
        let (how, message) = case.load.as_deref().map_or(("", ""), |load| load.split_once(' ').unwrap());
        let strict = file(case, "refuse");
        let lenient = file(case, "answer");
        let begins = |list: &[apigw_gateway::config::Problem]| list.iter().any(|one| one.message.starts_with(message));
        match how {
            "refused" => {
                let problems = strict.expect_err(about);
                assert!(begins(&problems.list), "{about}: {problems}");
            }
            _ => assert!(strict.is_ok_and(|config| how.is_empty() || begins(&config.warnings)), "{about}"),
        }
        if case.unless.is_some() {
            assert!(lenient.is_err(), "{about}");
            continue;
        }
        let config = lenient.expect(about);
        assert!(how.is_empty() || begins(&config.warnings), "{about}");
        let gateway = Gateway::start(config.snapshot).unwrap();
        let reply = get(at(&gateway), "api.test", "/faulty", &["Authorization: Bearer id_token=\"a.b.c\""]);
        let (status, message) = case.answer.as_deref().unwrap().split_once(' ').unwrap();
        assert_eq!(reply.status().to_string(), status, "{about}: {}", reply.text());
        assert_eq!(reply.text(), format!(r#"{{"message":"{message}"}}"#), "{about}");
        assert_eq!(get(at(&gateway), "api.test", "/good", &[]).text(), "good", "{about}");
    }
    let readme = include_str!("../README.md");
    let vendor = apigw_errors::CATALOG.vendor("tencent").unwrap();
    for row in vendor.codes.iter().filter(|code| code.status.is_some_and(|status| status.get() == 481)) {
        let message = &*row.message.source.replace("{{", "{").replace("}}", "}");
        assert!(readme.contains(message), "README.md does not say when `{message}` is answered");
        let answered = |case: &Case| case.answer.as_deref().is_some_and(|answer| answer.ends_with(message));
        assert!(cases.iter().any(answered), "no case is answered with `{message}`");
    }
}

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
