//! The two grammars of `Authorization` that the vendors use.
//!
//! [`quoted`]: `hmac id="…", algorithm="…", headers="…", signature="…"` (Tencent, after Kong's).
//! [`plain`]: `WORD Access=…, SignedHeaders=…, Signature=…` (Huawei and JD, after AWS's).
//!
//! Both take the parameters in any order and with any white space, and refuse one that stands twice.

use apigw_errors::Condition;

use super::header::incomplete;

/// The scheme's word and what follows it.
pub(super) fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim_ascii();
    match text.split_once([' ', '\t']) {
        Some((word, rest)) => (word, rest.trim_ascii_start()),
        None => (text, ""),
    }
}

/// Parameters of the quoted grammar. A blank one counts as given.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Quoted<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) algorithm: Option<&'a str>,
    pub(super) headers: Option<&'a str>,
    pub(super) signature: Option<&'a str>,
    /// How many parameters there are, those of other names included.
    pub(super) count: usize,
}

/// Reads the parameters behind the scheme's word.
///
/// # Errors
/// `auth.signature.malformed` for anything but `name="value"` separated by commas, or a name that stands twice.
pub(super) fn quoted(parameters: &str) -> Result<Quoted<'_>, Condition> {
    let mut read = Quoted::default();
    let mut rest = parameters.trim_ascii();
    while !rest.is_empty() {
        let (parameter, value, behind) = quoted_parameter(rest).ok_or(Condition::AuthSignatureMalformed)?;
        let slot = match parameter {
            "id" => Some(&mut read.id),
            "algorithm" => Some(&mut read.algorithm),
            "headers" => Some(&mut read.headers),
            "signature" => Some(&mut read.signature),
            _ => None,
        };
        if slot.is_some_and(|slot| slot.replace(value).is_some()) {
            return Err(Condition::AuthSignatureMalformed);
        }
        read.count += 1;
        rest = behind.trim_ascii_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',').ok_or(Condition::AuthSignatureMalformed)?.trim_ascii_start();
            if rest.is_empty() {
                return Err(Condition::AuthSignatureMalformed);
            }
        }
    }
    Ok(read)
}

/// Name, value, and what is behind the closing quote.
fn quoted_parameter(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('=')?;
    let name = name.trim_ascii_end();
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let (value, behind) = rest.trim_ascii_start().strip_prefix('"')?.split_once('"')?;
    is_name.then_some((name, value, behind))
}

/// Parameters of the plain grammar, none of them blank.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plain<'a> {
    /// `Access` or `Credential`.
    pub(super) credential: &'a str,
    /// `SignedHeaders`
    pub(super) signed_headers: &'a str,
    /// `Signature`
    pub(super) signature: &'a str,
}

/// Reads the parameters behind the scheme's word; `credential` is what the scheme calls the first.
///
/// # Errors
/// `auth.signature.malformed` for an item that is no `name=value` or stands twice; then `auth.signature.incomplete` for
/// the first parameter that is absent (or misspelt) or blank; then malformed again for an item of any other name.
pub(super) fn plain<'a>(parameters: &'a str, credential: &'static str) -> Result<Plain<'a>, Condition> {
    let (mut key, mut signed_headers, mut signature, mut stray) = (None, None, None, false);
    let items = parameters.trim_ascii();
    for item in items.split(',').filter(|_| !items.is_empty()) {
        let (name, value) = item.trim_ascii().split_once('=').ok_or(Condition::AuthSignatureMalformed)?;
        let slot = match name {
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ if name == credential => &mut key,
            _ => {
                stray = true;
                continue;
            }
        };
        if value.bytes().any(|b| b.is_ascii_whitespace()) || slot.replace(value).is_some() {
            return Err(Condition::AuthSignatureMalformed);
        }
    }
    let given = |value: Option<&'a str>, name| value.filter(|value| !value.is_empty()).ok_or(incomplete(name));
    let read = Plain {
        credential: given(key, credential)?,
        signed_headers: given(signed_headers, "SignedHeaders")?,
        signature: given(signature, "Signature")?,
    };
    if stray { Err(Condition::AuthSignatureMalformed) } else { Ok(read) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quoted_parameters_in_any_order_and_spacing() {
        let expected = Quoted {
            id: Some("k"),
            algorithm: Some("hmac-sha1"),
            headers: Some("x-date source"),
            signature: Some("ab=="),
            count: 4,
        };
        for text in [
            r#"id="k", algorithm="hmac-sha1", headers="x-date source", signature="ab==""#,
            r#"id="k",algorithm="hmac-sha1",headers="x-date source",signature="ab==""#,
            r#"  signature = "ab=="  ,  headers="x-date source" , id="k" ,algorithm= "hmac-sha1"  "#,
        ] {
            assert_eq!(quoted(text), Ok(Quoted { ..expected }), "{text}");
        }
    }

    #[test]
    fn what_is_not_quoted_is_malformed() {
        for text in [
            "id",
            "id=",
            "id=k",
            r#"id="k"#,
            r#"id="k" algorithm="x""#,
            r#"id="k","#,
            ",",
            r#"="k""#,
            r#"id="k", id="k""#,
            r#"i d="k""#,
            "id='k'",
            r#"id="k";"#,
        ] {
            assert_eq!(quoted(text), Err(Condition::AuthSignatureMalformed), "{text}");
        }
        assert_eq!(quoted("").unwrap().count, 0);
        assert_eq!(quoted(r#"id="", username="x""#).unwrap().count, 2);
    }

    #[test]
    fn plain_parameters_in_any_order_and_spacing() {
        let expected = Plain { credential: "k", signed_headers: "a;b", signature: "00" };
        for text in [
            "Access=k, SignedHeaders=a;b, Signature=00",
            "Signature=00,Access=k,SignedHeaders=a;b",
            " Access=k ,  SignedHeaders=a;b , Signature=00 ",
        ] {
            assert_eq!(plain(text, "Access"), Ok(Plain { ..expected }), "{text}");
        }
    }

    #[test]
    fn plain_parameters_are_malformed_or_incomplete() {
        for text in [
            "Access",
            "Access=k,,Signature=00",
            "Access=k, Access=k, SignedHeaders=a, Signature=0",
            "Access=k, SignedHeaders=a, Signature=0, More=1",
            "Access=k SignedHeaders=a, Signature=0",
        ] {
            assert_eq!(plain(text, "Access"), Err(Condition::AuthSignatureMalformed), "{text}");
        }
        for (text, missing) in [
            ("", "Access"),
            ("Access=, SignedHeaders=, Signature=", "Access"),
            ("Access=k, Signature=0", "SignedHeaders"),
            ("Access=k, SignedHeaders=a, Signature=", "Signature"),
            ("Credential=k, SignedHeaders=a, Signature=0", "Access"),
            ("access=k, SignedHeaders=a, Signature=0", "Access"),
        ] {
            assert_eq!(plain(text, "Access"), Err(incomplete(missing)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text in "\\PC*|[a-zA-Z =\",;/]*") {
            let (_, rest) = split_word(&text);
            for text in [&text[..], rest] {
                let _ = quoted(text);
                let _ = plain(text, "Access");
            }
        }

        #[test]
        fn what_is_written_is_read(id in "[!#-~]{0,20}", headers in "[a-z ]{0,20}", signature in "[A-Za-z0-9+/=]{0,40}") {
            let text = format!(r#"id="{id}", algorithm="a", headers="{headers}", signature="{signature}""#);
            let read = quoted(&text).unwrap();
            prop_assert_eq!((read.id, read.headers, read.signature), (Some(&*id), Some(&*headers), Some(&*signature)));
        }
    }
}
