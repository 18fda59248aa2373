//! A second opinion on tokens: nothing is believed here that `jsonwebtoken` does not believe.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests, and helpers of tests")]

mod token_signing;

use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

use apigw_gateway::clock::Timestamp;
use apigw_gateway::token::{Algorithm, PublicKey, Verifier};
use aws_lc_rs::rsa::KeyPair;
use jsonwebtoken::{DecodingKey, Validation, decode};
use proptest::prelude::*;
use token_signing::{N, jwk, key, token};

static KEY: LazyLock<KeyPair> = LazyLock::new(key);

fn ours(token: &str, now: Timestamp) -> bool {
    static VERIFIER: LazyLock<Verifier> =
        LazyLock::new(|| Verifier::new(Arc::new(PublicKey::from_jwk(&jwk(), Algorithm::Rs256).unwrap())));
    VERIFIER.verify(token, now).is_ok()
}

fn theirs(token: &str) -> bool {
    let mut validation = Validation::new(jsonwebtoken::Algorithm::RS256);
    (validation.validate_nbf, validation.validate_aud) = (true, false);
    let key = DecodingKey::from_rsa_components(N, "AQAB").unwrap();
    decode::<serde_json::Value>(token, &key, &validation).is_ok()
}

fn json() -> impl Strategy<Value = String> {
    let moment = prop_oneof![
        Just("0".to_owned()),
        Just("99999999999".to_owned()),
        "-?[0-9]{1,12}(\\.5|e[0-9])?",
        Just("\"1\"".to_owned())
    ];
    let member = ("exp|iat|nbf|sub|x", moment).prop_map(|(name, value)| format!("\"{name}\":{value}"));
    prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_is_believed_that_is_not_believed_there(
        header in prop_oneof![3 => Just(r#"{"alg":"RS256"}"#.to_owned()), 1 => "\\{\"(alg|typ|kid)\":\"[A-Za-z0-9]{0,6}\"\\}"],
        payload in prop_oneof![Just(r#"{"iat":1,"exp":99999999999}"#.to_owned()), json()],
        cut in prop::option::of((0_usize..800, "[A-Za-z0-9_.=-]{0,3}")),
    ) {
        let mut token = token(&KEY, header.as_bytes(), payload.as_bytes());
        if let Some((at, text)) = cut {
            let at = at.min(token.len());
            token.replace_range(at..(at + text.len()).min(token.len()), &text);
        }
        let now = SystemTime::now().into();
        prop_assert!(!ours(&token, now) || theirs(&token), "{token}");
    }

    #[test]
    fn no_text_makes_the_verifier_panic(text in "\\PC*|[A-Za-z0-9_.-]{0,80}", seconds: i64) {
        prop_assert!(!ours(&text, Timestamp::from_unix(seconds)));
    }
}

#[test]
fn good_tokens_are_believed_in_both_places() {
    let good = token(&KEY, br#"{"typ":"JWT","alg":"RS256"}"#, br#"{"sub":"ann","iat":1709208000,"exp":99999999999}"#);
    assert!(ours(&good, SystemTime::now().into()) && theirs(&good));
}
