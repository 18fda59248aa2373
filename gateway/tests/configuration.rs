//! What is wrong with a configuration is said all at once, with places.

#![allow(
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use apigw_gateway::{Config, demo};

const LISTENERS: &str = "listeners: [{ address: 127.0.0.1:0 }]\n";

fn problems(text: &str) -> Vec<(u64, u64, String)> {
    match Config::parse("gateway.yaml", text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.list.into_iter().map(|one| (one.line, one.column, one.message)).collect(),
    }
}

#[test]
fn all_problems_at_once_in_the_order_of_the_file() {
    let text = r#"listeners:
  - { address: 127.0.0.1 }
threads: 0
limits: { uri: lots, idle_timeout: 5, header_count: 99999 }
backends: { deny: [10.0.0.0/40] }
help: { base: errors.example }
hosts:
  - host: api.example:80
    dialect: huawai
  - host: a.example
    dialect: huawei@v9
  - host: b.example
    dialect: tencent+loud
    protocols: [ftp]
    environment: { header: { name: "X Stage", default: RELEASE } }
    routes:
      - { id: one, path: x }
      - { id: one, path: "/a/{b}", methods: [GET, YELL], match: fuzzy }
      - { id: two, path: "/a/{c}", methods: [GET] }
      - { id: three, path: /r, auth: { scheme: basic }, rate: { limit: 5, per: fortnight } }
      - { id: four, path: /s, rate: { limit: 5, per: minute, by: app } }
      - { id: five, path: /t, backend: { url: "ftp://b.example", timeout: 5 } }
      - { id: six, path: /u, backend: { url: b.example } }
  - host: B.example
    dialect: problem
keys:
  - { id: k, secret: { value: "" }, grants: [seven] }
  - { id: k, secret: { env: APIGW_NO_SUCH_VARIABLE } }
plans:
  - { id: p, keys: [nobody], routes: ["*"] }
test: { clock: noon }
"#;
    let expected = [
        (2, 16, "`127.0.0.1` is no address with a port"),
        (3, 10, "threads must be from 1 to 1024"),
        (4, 16, "`lots` is no size"),
        (4, 36, "`5` is no time"),
        (4, 53, "the most that the number of header fields may be is 1024"),
        (5, 20, "`10.0.0.0/40` is no network"),
        (6, 15, "`errors.example` is no address of a site"),
        (8, 11, "`api.example:80` is no host name"),
        (9, 14, "unknown vendor `huawai`; known are `tencent`, `jdcloud`, `huawei`"),
        (11, 14, "vendor `huawei` has no edition `v9`; known are `v2`, `v1`"),
        (13, 14, "vendor `tencent` has no style `loud`; known are "),
        (14, 17, "unknown protocol `ftp`"),
        (15, 36, "`X Stage` is no header name"),
        (17, 26, "`x` cannot be routed: a path begins with `/`"),
        (18, 15, "second route `one`"),
        (18, 51, "unknown method `YELL`"),
        (18, 65, "unknown kind of path `fuzzy`"),
        (19, 26, "route `one` already answers a method of `/a/{c}`"),
        (20, 48, "unknown signature scheme `basic`"),
        (20, 80, "unknown window `fortnight`"),
        (21, 66, "calls cannot be counted by app on a route without `auth`"),
        (22, 47, "`ftp://b.example` is no backend: it begins with neither `http://` nor `https://`"),
        (22, 75, "`5` is no time"),
        (23, 46, "`b.example` is no backend: it begins with neither `http://` nor `https://`"),
        (24, 11, "second host `B.example`"),
        (27, 22, "the secret is empty"),
        (27, 46, "there is no route `seven`"),
        (28, 22, "environment variable `APIGW_NO_SUCH_VARIABLE` is not set"),
        (30, 21, "there is no key `nobody`"),
        (31, 16, "`noon` is no moment"),
    ];
    let got = problems(text);
    let same = |(got, expected): (&(u64, u64, String), &(u64, u64, &str))| {
        (got.0, got.1) == (expected.0, expected.1) && got.2.starts_with(expected.2)
    };
    assert!(got.len() == expected.len() && got.iter().zip(&expected).all(same), "{got:#?}");
}

#[test]
fn a_problem_shows_its_line_with_a_caret_and_what_to_do() {
    let text = format!("{LISTENERS}limits:\n  uri: 32 kilos  # 中文\n");
    let shown = Config::parse("conf/gateway.yaml", &text).unwrap_err().to_string();
    let expected = "\
error: `32 kilos` is no size
 --> conf/gateway.yaml:3:8
  |
3 |   uri: 32 kilos  # 中文
  |        ^^^^^^^^
  |
  = help: write bytes, or a number and a unit: 32768, 32 KiB, 12 MiB

conf/gateway.yaml: 1 problem";
    assert_eq!(shown, expected);
}

#[test]
fn what_is_no_configuration_is_said_with_its_place() {
    for (text, line, column, message) in [
        ("listeners: [\n", 1, 12, "unclosed"),
        ("listeners: []\nlistener: []\n", 2, 1, "unknown field `listener`"),
        ("listeners: []\nlisteners: []\n", 2, 1, "duplicate"),
        ("listeners:\n  - { address: [1] }\n", 2, 16, "expected string"),
        ("listeners:\n  - {}\n", 2, 5, "a listener needs an address"),
        (
            "listeners: []\nhosts:\n  - { host: a, dialect: problem, routes: [{ id: a, path: /, rate: { limit: -1, per: day } }] }",
            3,
            76,
            "invalid u64",
        ),
    ] {
        let got = problems(text);
        assert_eq!(got.len(), 1, "{text}: {got:?}");
        assert_eq!((got[0].0, got[0].1), (line, column), "{text}: {got:?}");
        assert!(got[0].2.contains(message), "{text}: {got:?}");
    }
    assert_eq!(problems("listeners: []"), [(0, 0, "no listener: `listeners` needs at least one address".to_owned())]);
}

#[test]
fn all_unknown_keys_are_told_at_once_each_with_the_one_that_was_meant() {
    let text = "\
listeners: [{ address: 127.0.0.1:0, dialekt: tencent }]
limit: { body: 1 MiB }
limits:
  header_timout: 1s
  body: 12 MiB
hosts:
  - host: a.test
    dialect: tencent
    rutes: []
    routes:
      - id: x
        path: /
        auth: { schem: jdcloud, colour: blue }
        backend:
          urll: http://127.0.0.1:1
          timeout: [1s]
";
    let problems = Config::parse("gateway.yaml", text).unwrap_err().list;
    let got: Vec<_> = problems.iter().map(|one| (one.line, &*one.message, one.help.as_deref())).collect();
    let expected = [
        (1, "unknown field `dialekt`", "did you mean `dialect`?"),
        (2, "unknown field `limit`", "did you mean `limits`?"),
        (4, "unknown field `header_timout`", "did you mean `header_timeout`?"),
        (9, "unknown field `rutes`", "did you mean `routes`?"),
        (13, "unknown field `schem`", "did you mean `scheme`?"),
        (13, "unknown field `colour`", "known here: scheme, oauth, plan_required, "),
        (15, "unknown field `urll`", "did you mean `url`?"),
    ];
    let same = got.iter().zip(&expected).all(|(got, expected)| {
        (got.0, got.1) == (expected.0, expected.1) && got.2.is_some_and(|help| help.starts_with(expected.2))
    });
    assert!(got.len() == expected.len() && same, "{got:#?}");
}

#[test]
fn secrets_appear_in_no_output() {
    let dir = std::env::temp_dir().join(format!("apigw-secret-{}", std::process::id()));
    std::fs::write(&dir, "hunter2-from-file\n").unwrap();
    let text = format!(
        "{LISTENERS}keys:\n  - {{ id: a, secret: {{ value: hunter2 }} }}\n  - {{ id: b, secret: {{ file: {} }} }}\n",
        dir.display()
    );
    let config = Config::parse("gateway.yaml", &text).unwrap();
    std::fs::remove_file(&dir).unwrap();
    for shown in [config.to_yaml(), format!("{config:?}"), format!("{:#?}", config.snapshot)] {
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("[redacted]"), "{shown}");
    }
}

#[test]
fn a_problem_elsewhere_does_not_print_the_secret_beside_it() {
    let text = format!("{LISTENERS}keys: [{{ id: a, secret: {{ value: hunter2 }}, grants: [nothing] }}]\n");
    let shown = Config::parse("gateway.yaml", &text).unwrap_err().to_string();
    assert!(shown.contains("there is no route `nothing`") && !shown.contains("hunter2"), "{shown}");
    for key in [
        "{ id: a, secret: hunter2, grants: [1] }",
        "{ id: a, secret: { value: hunter2, x: 1 } }",
        "{ id: a, secret: { value: \"hunter2, }hunter2\", x: 1 } }",
        "{ id: a, secret: { value: 'hunter2, }hunter2', x: 1 } }",
        "{ id: a, secret: { valve: hunter2 } }",
        "{ id: a, secret: \"hunter2, hunter2\" }",
    ] {
        let shown = Config::parse("gateway.yaml", &format!("{LISTENERS}keys: [{key}]\n")).unwrap_err().to_string();
        assert!(shown.contains("gateway.yaml:2:") && !shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn what_is_printed_can_be_read_again() {
    let (backend, site) = (demo::PLACEHOLDER_BACKEND, demo::SITE);
    let config = Config::parse("demo.yaml", &demo::config(backend, site)).unwrap();
    let printed = config.to_yaml().replace("[redacted]", "secret");
    let again = Config::parse("printed.yaml", &printed).unwrap_or_else(|problems| panic!("{printed}\n{problems}"));
    assert_eq!(again.snapshot.hosts.len(), 4);
    assert_eq!(again.to_yaml().replace("[redacted]", "secret"), printed);
}

#[test]
fn addresses_that_are_none_are_said_with_their_place() {
    let routes = |rule: &str| {
        format!(
            "{LISTENERS}hosts: [{{ host: a, dialect: problem, routes: [{{ id: a, path: /, ip_access: {rule} }}] }}]"
        )
    };
    for (text, message) in [
        ("listeners: [{ unix: run/gateway.sock }]".to_owned(), "`run/gateway.sock` is no absolute path of a socket"),
        (format!("listeners: [{{ unix: /{} }}]", "x".repeat(107)), "at most 107 bytes, not 108"),
        ("listeners: [{ unix: /run/g.sock, mode: 888 }]".to_owned(), "`888` is no mode of a socket"),
        ("listeners: [{ unix: /run/g.sock, mode: 7777 }]".to_owned(), "`7777` is no mode of a socket"),
        ("listeners: [{ address: 127.0.0.1:0, mode: 660 }]".to_owned(), "only a Unix socket has a mode"),
        ("listeners: [{ address: 127.0.0.1:0, unix: /run/g.sock }]".to_owned(), "not both"),
        ("listeners: [{ address: 127.0.0.1 }]".to_owned(), "`127.0.0.1` is no address with a port"),
        ("listeners: [{ address: 127.0.0.1:0, proxy_protocol: { from: [] } }]".to_owned(), "an empty `from`"),
        ("listeners: [{ address: 127.0.0.1:0, proxy_protocol: { from: [x] } }]".to_owned(), "`x` is no network"),
        (format!("{LISTENERS}trusted_proxies: [10.0.0.0/33]"), "`10.0.0.0/33` is no network"),
        (format!("{LISTENERS}forwarded_protocol: true"), "`forwarded_protocol` without a proxy that is trusted"),
        (format!("{LISTENERS}ip_access: {{ deny: [example.com] }}"), "`example.com` is no network"),
        (format!("{LISTENERS}ip_access: {{}}"), "the rule names no network"),
        (routes("{ allow: [] }"), "an empty `allow` lets nobody call"),
        (routes("{ allow: [010.0.0.1] }"), "`010.0.0.1` is no network"),
        (
            format!("{LISTENERS}keys: [{{ id: k, secret: {{ value: s }}, ip_access: {{ deny: [x] }} }}]"),
            "`x` is no network",
        ),
    ] {
        let got = problems(&text);
        assert_eq!(got.len(), 1, "{text}: {got:?}");
        assert!(got[0].0 > 0 && got[0].2.contains(message), "{text}: {got:?}");
    }
    let good = "listeners:\n  - { unix: /run/g.sock, mode: 0660, proxy_protocol: { from: [unix, 10.0.0.0/8] } }\n  - { address: \"[::]:80\" }\n\
        trusted_proxies: [unix, 10.0.0.0/8, \"::1\"]\nforwarded_protocol: true\n";
    let config = Config::parse("gateway.yaml", good).unwrap();
    let again = Config::parse("again.yaml", &config.to_yaml()).unwrap();
    let addresses = |config: &Config| {
        config
            .snapshot
            .listeners
            .iter()
            .map(|one| (one.address.clone(), one.proxy_protocol.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(addresses(&config), addresses(&again));
    assert_eq!(config.snapshot.trusted_proxies, again.snapshot.trusted_proxies);
}

#[test]
fn a_file_of_many_routes_is_read() {
    let mut text = "hosts:\n  - host: a.example\n    dialect: tencent\n    routes:\n".to_owned();
    for number in 0..30_000 {
        let route = format!("{{ id: r{number}, path: /{number}, backend: {{ url: 'http://127.0.0.1:9' }} }}");
        text.extend(["      - ", &route, "\n"]);
    }
    let config = Config::parse(
        "many.yaml",
        &("backends: { allow: [127.0.0.1] }\nlisteners: [{ address: '127.0.0.1:0' }]\n".to_owned() + &text),
    );
    assert!(config.is_ok(), "{:?}", config.err().map(|problems| problems.to_string()));
}
