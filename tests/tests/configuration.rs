//! The reference of the gateway's configuration is that of its sources, and has every key.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_push_string,
    reason = "helpers of tests fail as tests do"
)]

use apigw_gateway::Config;
use apigw_tests::configuration::reference;
use apigw_tests::generated::root;

#[test]
fn the_reference_is_up_to_date() {
    let made = reference(&root().join("gateway/src/config")).unwrap();
    let committed = std::fs::read_to_string(root().join("gateway/CONFIGURATION.md")).unwrap_or_default();
    assert!(made == committed, "run `cargo run -p apigw-tests --bin generate`; it should be:\n{made}");
}

/// Places of every kind: below lists, below tables, in choices, behind imports.
#[test]
fn it_has_keys_at_every_depth() {
    let made = reference(&root().join("gateway/src/config")).unwrap();
    for heading in [
        "limits",
        "listeners[].tls.certificates[]",
        "hosts[].environment.mapping[]",
        "hosts[].cors.rules",
        "hosts[].routes[].auth.oauth",
        "hosts[].routes[].backend.micro_service",
        "pools[].probe",
        "state",
    ] {
        assert!(made.contains(&format!("\n### `{heading}`\n")), "{heading} is missing in:\n{made}");
    }
    for key in ["first_byte_timeout", "routes_of", "only_for", "match", "on_failure", "default_domain", "related_api"] {
        assert!(made.contains(&format!("\n- `{key}`: ")), "{key} is missing in:\n{made}");
    }
    // Whoever adds a key says what it is for.
    let silent: Vec<&str> = made.lines().filter(|line| line.starts_with("- ") && line.ends_with("`: ")).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// What the reference says of bounds that nobody sets is what the gateway takes.
#[test]
fn defaults_of_limits_are_those_of_the_code() {
    let made = reference(&root().join("gateway/src/config")).unwrap();
    let section = made.split("\n### `limits`\n").nth(1).and_then(|rest| rest.split("\n### ").next()).unwrap();
    let mut limits = String::new();
    for line in section.lines().filter(|line| line.starts_with("- `")) {
        let mut quoted = line.split('`');
        let (key, value) = (quoted.nth(1).unwrap(), quoted.rev().nth(1).unwrap());
        assert!(line.ends_with(&format!("`{value}` by default.")), "{line}");
        limits.push_str(&format!("{key}: {value}, "));
    }
    let hosts = "listeners: [{ address: 127.0.0.1:0 }]\nhosts: [{ host: h, dialect: problem }]";
    let parse = |text: &str| Config::parse("test.yaml", text).unwrap().snapshot;
    let (silent, said) = (parse(hosts), parse(&format!("{hosts}\nlimits: {{ {limits} }}\n")));
    assert_eq!(said.limits, silent.limits);
    assert_eq!(said.hosts[0].limits, silent.hosts[0].limits);
}
