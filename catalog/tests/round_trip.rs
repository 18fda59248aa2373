//! Render, then parse: the same value, for every wording of every code and for hostile parameter values.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests")]

use apigw_errors::param::ParamType;
use apigw_errors::{CATALOG, CodeRow, Piece, Template, VendorError, huawei, jdcloud, tencent};
use proptest::prelude::*;
use std::borrow::Cow;
use strum::VariantArray;

/// Every wording of a code: what is raised, what editions print, what else was seen.
fn wordings(code: &'static CodeRow) -> impl Iterator<Item = &'static Template> {
    std::iter::once(&code.message)
        .chain(code.editions.iter().map(|row| &row.message))
        .chain(code.variants.iter().map(|variant| &variant.message))
}

fn value(ty: ParamType) -> BoxedStrategy<String> {
    match ty {
        ParamType::Number => any::<u64>().prop_map(|number| number.to_string()).boxed(),
        ParamType::Token | ParamType::Protocol => "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,24}".boxed(),
        ParamType::Method => "[A-Z]{1,12}".boxed(),
        ParamType::Protocols => "[A-Z]{1,6}(, ?[A-Z]{1,6}){0,3}".boxed(),
        ParamType::TlsVersion => "TLSv1(\\.[0-3])?|SSLv3".boxed(),
        ParamType::Host => "[a-z0-9.:\\[\\]\"{}'-]{1,40}".boxed(),
        ParamType::Uri => "/[!-~é中文]{0,60}".boxed(),
        ParamType::Text => prop_oneof![
            any::<String>(),
            "[{}\"'\\\\ .\r\n\t]{0,20}",
            "中文[，。 ]{0,4}",
            Just("header x is required".to_owned()),
            Just("HMAC signature does not match".to_owned()),
            Just("不存在".to_owned()),
            "x{10000}",
        ]
        .boxed(),
    }
}

/// A code, one of its wordings, and a value for each parameter of that wording.
fn filled() -> impl Strategy<Value = (&'static CodeRow, &'static Template, Vec<(&'static str, String)>)> {
    let all: Vec<_> = CATALOG.codes().flat_map(|code| wordings(code).map(move |template| (code, template))).collect();
    proptest::sample::select(all).prop_flat_map(|(code, template)| {
        let mut params: Vec<(&'static str, ParamType)> = Vec::new();
        for piece in template.pieces {
            if let Piece::Param(name, ty) = piece
                && !params.iter().any(|(known, _)| known == name)
            {
                params.push((name, *ty));
            }
        }
        let values: Vec<_> =
            params.into_iter().map(|(name, ty)| value(ty).prop_map(move |value| (name, value))).collect();
        (Just(code), Just(template), values)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_wording_reads_back((code, template, values) in filled()) {
        let params: Vec<(&'static str, Cow<'_, str>)> =
            values.iter().map(|(name, value)| (*name, Cow::Borrowed(value.as_str()))).collect();
        let mut text = String::new();
        template.render(params.as_slice(), &mut text).unwrap();
        // The ends of a message belong to the wire, not to a parameter.
        prop_assume!(text.trim() == text);
        let readings = code.vendor.read(&text);
        let same = |reading: &apigw_errors::Reading<'_>| {
            reading.code == code
                && values.iter().all(|(name, value)| reading.params.is_empty() || reading.param(name) == Some(value))
        };
        prop_assert!(readings.iter().any(same), "{code}: {text:?} read as {readings:?}");
    }

    #[test]
    fn reading_never_panics(text in any::<String>()) {
        for vendor in CATALOG.vendors {
            let _ = vendor.read(&text);
        }
    }
}

/// The typed form: value → wire text → value, for every code of a vendor.
fn typed<E: VendorError>(
    codes: &[E::Code],
    build: impl Fn(E::Code, &dyn Fn(&str) -> Option<&'static str>) -> Option<E>,
    parse: impl Fn(&str) -> Vec<E>,
) {
    let mut errors = 0;
    for &code in codes {
        let Some(error) = build(code, &|name| Some(if name == "version" { "TLSv1.1" } else { "HTTPS" })) else {
            continue;
        };
        errors += 1;
        let text = error.to_string();
        assert!(parse(&text).contains(&error), "{code}: {text}");
        assert!(!text.contains('{') || code.to_string() == "MapFromUnsupported", "{code}: {text}");
    }
    assert!(errors + 1 >= codes.len(), "only {errors} of {} codes are errors", codes.len());
}

#[test]
fn typed_errors_read_back() {
    typed(
        tencent::Code::VARIANTS,
        |code, get| tencent::Error::from_params(code, get),
        |text| tencent::parse(text).into_iter().filter_map(|parsed| parsed.error).collect(),
    );
    typed(
        jdcloud::Code::VARIANTS,
        |code, get| jdcloud::Error::from_params(code, get),
        |text| jdcloud::parse(text).into_iter().filter_map(|parsed| parsed.error).collect(),
    );
    typed(
        huawei::Code::VARIANTS,
        |code, get| huawei::Error::from_params(code, get),
        |text| huawei::parse(text).into_iter().filter_map(|parsed| parsed.error).collect(),
    );
}

#[test]
fn periods_spaces_and_suffixes_do_not_matter() {
    let ids = |readings: Vec<apigw_errors::Reading<'_>>| -> Vec<&str> {
        readings.iter().map(|reading| reading.code.id).collect()
    };
    let vendor = &tencent::VENDOR;
    let plain = ids(vendor.read("HMAC signature does not match"));
    assert_eq!(plain, ids(vendor.read("HMAC  signature does not match.")));
    assert!(plain.first().is_some_and(|id| id.contains("Mismatch") || id.contains("NotMatch")), "{plain:?}");
    assert!(!jdcloud::parse("签名不一致 [gw]").is_empty());
    assert!(!jdcloud::parse("签名不一致[gw]").is_empty());
    assert!(tencent::parse("no such text").is_empty());
}
