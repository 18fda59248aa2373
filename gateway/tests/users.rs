//! Users whom calls name beside their key: who is asked for one, and what files are refused.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod harness;
mod signing_fixture;

use apigw_gateway::clock::Timestamp;
use apigw_gateway::scheme::{Scheme, Signing};
use apigw_gateway::secret::Secret;
use apigw_gateway::{Config, Gateway};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness::{Backend, at, call, gateway};
use signing_fixture::{NOW, SECRET, Sent};

fn running(backend: &Backend) -> Gateway {
    let to = format!("backend: {{ url: \"http://{}\" }}", backend.address);
    gateway(&format!(
        "access_log: off\nbackends: {{ allow: [127.0.0.1] }}\ntest: {{ clock: {NOW} }}\n\
         keys: [{{ id: k, secret: {{ value: {SECRET} }}, grants: [\"*\"] }}]\n\
         users:\n\
         - {{ name: 小红 }}\n\
         - {{ name: sub, permits: [named] }}\n\
         - {{ name: all, permits: [\"*\"] }}\n\
         - {{ name: careful, protects: [other] }}\n\
         hosts:\n- host: t\n  dialect: problem\n  routes:\n  \
         - {{ id: named, path: /named, auth: {{ scheme: jdcloud, user_required: true }}, {to} }}\n  \
         - {{ id: other, path: /other, auth: {{ scheme: jdcloud, user_required: true }}, {to} }}\n  \
         - {{ id: plain, path: /plain, auth: {{ scheme: jdcloud }}, {to} }}\n"
    ))
}

/// Calls a path in the name of `pin`, which is signed unless `signed` lists what is.
fn outcome(gateway: &Gateway, path: &str, pin: Option<&str>, signed: Option<&[&str]>) -> String {
    let mut sent = Sent::parse(&format!("GET {path}\nhost: t"));
    if let Some(pin) = pin {
        sent.set("x-jdcloud-pin", pin);
    }
    let secret = Secret::from(SECRET);
    let nonce = format!("{path}{pin:?}{signed:?}").replace('"', "").replace(' ', "");
    let now = Timestamp::from_basic_iso8601(NOW).unwrap();
    let signing = Signing { signed_headers: signed, ..Signing::new("k", &secret, now, &nonce) };
    let sent = sent.signed(Scheme::Jdcloud, &signing);
    let fields = sent.headers.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    let reply = call(at(gateway), format!("GET {path} HTTP/1.1\r\n{}\r\n", fields.collect::<String>()));
    let condition = reply.text().split("\"condition\":\"").nth(1).map(str::to_owned);
    condition.and_then(|rest| rest.split('"').next().map(str::to_owned)).unwrap_or_else(|| reply.status().to_string())
}

#[test]
fn a_call_is_made_in_the_name_of_a_user() {
    let backend = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let gateway = running(&backend);
    let name = |name: &str| STANDARD.encode(name);
    for (path, user, expected) in [
        ("/named", "小红", "200"),
        ("/named", "nobody", "auth.user.unknown"),
        // Names are compared to the letter.
        ("/named", "Sub", "auth.user.unknown"),
        ("/named", "", "auth.user.unknown"),
        ("/named", "sub", "200"),
        ("/other", "sub", "access.user.sub_account"),
        ("/other", "all", "200"),
        ("/named", "careful", "200"),
        ("/other", "careful", "access.operation"),
        // Nobody asks who it is, so anybody may be named.
        ("/plain", "nobody", "200"),
        ("/plain", "sub", "200"),
    ] {
        let given = name(user);
        let given = Some(given.as_str()).filter(|given| !given.is_empty());
        let expected = if user.is_empty() { "auth.signature.incomplete" } else { expected };
        assert_eq!(outcome(&gateway, path, given, None), expected, "{path} {user}");
    }
    assert_eq!(outcome(&gateway, "/named", Some("no base64!"), None), "auth.user.identifier_malformed");
    // A name that is not signed could be anybody's.
    let dated = ["host", "x-jdcloud-date", "x-jdcloud-nonce"];
    let unsigned = outcome(&gateway, "/named", Some(&name("小红")), Some(&dated));
    assert_eq!(unsigned, "auth.signature.incomplete.signed_header");
    assert_eq!(outcome(&gateway, "/plain", Some(&name("小红")), Some(&dated)), "200");
    assert_eq!(backend.requests(), 7);
}

#[test]
fn what_makes_no_sense_is_refused_at_its_place() {
    let problem = |users: &str, auth: &str| {
        let text = format!(
            "listeners: [{{ address: 127.0.0.1:0 }}]\nusers: {users}\nhosts:\n\
             - {{ host: t, dialect: problem, routes: [{{ id: r, path: /, auth: {auth} }}] }}\n"
        );
        Config::parse("test.yaml", &text).expect_err(users).to_string()
    };
    let required = "{ scheme: jdcloud, user_required: true }";
    for (users, auth, line, part) in [
        (
            "[{ name: a }]",
            "{ scheme: huawei-app, user_required: true }",
            4,
            "`huawei-app` names no user beside the key",
        ),
        ("[]", required, 4, "there are no users, so nobody could call"),
        ("[{ name: a }, { name: a }]", required, 2, "second user `a`"),
        ("[{ name: \"\" }]", required, 2, "a user needs a name"),
        ("[{ name: a, state: gone }]", required, 2, "`active`, `not_activated`, `blacklisted`"),
        ("[{ name: a, permits: [x] }]", required, 2, "there is no route `x`"),
        ("[{ name: a, protects: [x] }]", required, 2, "there is no route `x`"),
    ] {
        let told = problem(users, auth);
        assert!(told.contains(part) && told.contains(&format!("test.yaml:{line}:")), "{users} {auth}: {told}");
    }
}

#[test]
fn a_service_that_is_offline_answers_nobody_under_any_name() {
    let backend = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let to = format!("backend: {{ url: \"http://{}\" }}", backend.address);
    let gateway = gateway(&format!(
        "access_log: off\nbackends: {{ allow: [127.0.0.1] }}\nhosts:\n\
         - {{ host: off, dialect: problem, disabled: true, routes: [{{ id: a, path: /, {to} }}] }}\n\
         - {{ host: alias, dialect: problem, routes_of: off }}\n\
         - {{ host: on, dialect: problem, routes: [{{ id: b, path: /, {to} }}] }}\n\
         - {{ host: shut, dialect: problem, disabled: true, routes_of: on }}\n"
    ));
    for (host, path, status) in
        [("off", "/", 403), ("off", "/none", 403), ("alias", "/", 403), ("shut", "/", 403), ("on", "/", 200)]
    {
        assert_eq!(harness::get(at(&gateway), host, path, &[]).status(), status, "{host}{path}");
    }
    assert_eq!(backend.requests(), 1);
}

#[test]
fn a_key_of_a_role_is_good_while_there_is_the_role_and_where_roles_are_taken() {
    let backend = Backend::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let to = format!("backend: {{ url: \"http://{}\" }}", backend.address);
    let key =
        |id: &str, rest: &str| format!("- {{ id: {id}, secret: {{ value: {SECRET} }}, grants: [\"*\"]{rest} }}\n");
    let config = |roles: &str| {
        format!(
            "listeners: [{{ address: 127.0.0.1:0 }}]\naccess_log: off\nbackends: {{ allow: [127.0.0.1] }}\n\
             test: {{ clock: {NOW} }}\nroles: {roles}\nkeys:\n{}{}\
             hosts:\n- host: t\n  dialect: problem\n  routes:\n  \
             - {{ id: any, path: /any, auth: {{ scheme: jdcloud }}, {to} }}\n  \
             - {{ id: own, path: /own, auth: {{ scheme: jdcloud, roles: refuse }}, {to} }}\n",
            key("k", ", role: reader"),
            key("owner", "")
        )
    };
    let parse =
        |roles: &str| Config::parse("test.yaml", &config(roles)).unwrap_or_else(|problems| panic!("{problems}"));
    for (roles, any, own) in
        [("[reader]", "200", "access.user.role"), ("[writer]", "auth.user.role_unknown", "auth.user.role_unknown")]
    {
        let config = parse(roles);
        let warned = config.warnings.iter().any(|one| one.message.contains("no role `reader`") && one.line == 7);
        assert_eq!(warned, any != "200", "{:?}", config.warnings);
        let gateway = Gateway::start(config.snapshot).unwrap();
        assert_eq!(outcome(&gateway, "/any", None, None), any, "{roles}");
        assert_eq!(outcome(&gateway, "/own", None, None), own, "{roles}");
    }
    let wrong = config("[]").replace("roles: refuse", "roles: maybe");
    let told = Config::parse("test.yaml", &wrong).unwrap_err().to_string();
    assert!(told.contains("unknown way with roles `maybe`") && told.contains("`allow`, `refuse`"), "{told}");
}
