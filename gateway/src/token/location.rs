//! Where a request carries its `id_token`.
//!
//! ```text
//! Authorization: Bearer id_token="<token>"       the word and the quotes to the letter
//! Cookie: id_token=<token>
//! ```
//! That is Tencent's form; the vendor's table has a message for each way to get it wrong.

use apigw_errors::Condition;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HeaderValue};

/// The place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// `Authorization`.
    Header,
    /// `Cookie`.
    Cookie,
}

/// The cookie's name, and the parameter's.
const ID_TOKEN: &str = "id_token";

impl Location {
    /// All of them by their name in the configuration.
    pub const NAMES: &'static [(&'static str, Self)] = &[("header", Self::Header), ("cookie", Self::Cookie)];

    /// The token that the request carries here. Anywhere else none is looked for.
    ///
    /// # Errors
    /// `auth.token.*`: there is none, or it is not carried in the way it has to be.
    pub fn find(self, headers: &HeaderMap) -> Result<&str, Condition> {
        match self {
            Self::Header => in_authorization(headers),
            Self::Cookie => in_cookie(headers),
        }
    }

    /// Takes the token out of the request: whoever sees it could use it again.
    pub fn remove(self, headers: &mut HeaderMap) {
        match self {
            Self::Header => {
                headers.remove(AUTHORIZATION);
            }
            Self::Cookie => remove_cookie(headers),
        }
    }

    /// What to say of a token here that does not even look like one.
    pub(crate) fn malformed(self) -> Condition {
        match self {
            Self::Header => Condition::AuthTokenAuthorizationMalformed,
            Self::Cookie => Condition::AuthTokenJwtInvalid,
        }
    }
}

fn in_authorization(headers: &HeaderMap) -> Result<&str, Condition> {
    let mut fields = headers.get_all(AUTHORIZATION).iter();
    let field = fields.next().ok_or(Condition::AuthTokenNoAuthorization)?;
    if fields.next().is_some() {
        return Err(Condition::AuthTokenAuthorizationMalformed);
    }
    let text = field.to_str().map_err(|_| Condition::AuthTokenAuthorizationMalformed)?.trim_ascii();
    if text.is_empty() {
        return Err(Condition::AuthTokenAuthorizationBlank);
    }
    let rest = text.strip_prefix("Bearer").ok_or(Condition::AuthTokenAuthorizationMalformed)?;
    if rest.is_empty() {
        return Err(Condition::AuthTokenAbsent);
    }
    let quoted = rest.strip_prefix([' ', '\t']).and_then(|rest| rest.trim_ascii_start().strip_prefix(ID_TOKEN));
    let token = quoted.and_then(|rest| rest.strip_prefix("=\"")?.strip_suffix('"'));
    match token {
        Some("") => Err(Condition::AuthTokenAbsent),
        Some(token) => Ok(token),
        None => Err(Condition::AuthTokenAuthorizationMalformed),
    }
}

/// Name and value of each cookie in a field.
fn cookies(field: &HeaderValue) -> impl Iterator<Item = (&[u8], &[u8])> {
    field.as_bytes().split(|byte| *byte == b';').filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = pair.split_at_checked(at)?;
        Some((name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii()))
    })
}

fn in_cookie(headers: &HeaderMap) -> Result<&str, Condition> {
    let all = headers.get_all(COOKIE).iter().flat_map(cookies);
    let mut found = all.filter(|(name, _)| *name == ID_TOKEN.as_bytes()).map(|(_, value)| value);
    let value = found.next().ok_or(Condition::AuthTokenAbsentCookie)?;
    // Two of them, for different paths perhaps: which is meant cannot be known.
    if found.next().is_some() {
        return Err(Condition::AuthTokenJwtInvalid);
    }
    let value = std::str::from_utf8(value).map_err(|_| Condition::AuthTokenJwtInvalid)?;
    let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    if value.is_empty() { Err(Condition::AuthTokenAbsent) } else { Ok(value) }
}

fn remove_cookie(headers: &mut HeaderMap) {
    let is_token = |pair: &&[u8]| cookie_name(pair) == ID_TOKEN.as_bytes();
    let kept = |field: &HeaderValue| {
        let pairs = field.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        pairs.filter(|pair| !is_token(pair) && !pair.is_empty()).collect::<Vec<_>>().join(&b"; "[..])
    };
    let fields: Vec<Vec<u8>> = headers.get_all(COOKIE).iter().map(kept).collect();
    headers.remove(COOKIE);
    for field in fields.into_iter().filter(|field| !field.is_empty()) {
        // Pieces of a value that was one.
        if let Ok(value) = HeaderValue::from_bytes(&field) {
            headers.append(COOKIE, value);
        }
    }
}

fn cookie_name(pair: &[u8]) -> &[u8] {
    pair.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(name: &http::HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap())).collect()
    }

    #[test]
    fn authorization_to_the_letter() {
        let find = |values: &[&str]| Location::Header.find(&map(&AUTHORIZATION, values)).map(str::to_owned);
        assert_eq!(find(&["Bearer id_token=\"a.b.c\""]), Ok("a.b.c".to_owned()));
        assert_eq!(find(&["Bearer   id_token=\"a b\" "]), Ok("a b".to_owned()), "judged as a token, not here");
        assert_eq!(find(&[]), Err(Condition::AuthTokenNoAuthorization));
        for blank in ["", " ", "\t"] {
            assert_eq!(find(&[blank]), Err(Condition::AuthTokenAuthorizationBlank));
        }
        for absent in ["Bearer", "Bearer ", "Bearer id_token=\"\""] {
            assert_eq!(find(&[absent]), Err(Condition::AuthTokenAbsent), "{absent}");
        }
        for wrong in [
            "Bearer a.b.c",
            "bearer id_token=\"a\"",
            "Bearerid_token=\"a\"",
            "Bearer id_token=a",
            "Bearer id_token=\"a",
            "Bearer id_token=\"",
            "Bearer id_token=a\"",
            "Bearer ID_TOKEN=\"a\"",
            "Bearer id_token = \"a\"",
            "Bearer access_token=\"a\"",
            "hmac id=\"a\"",
            "Basic YTpi",
            "Bearer id_token=\"\u{e9}\"",
        ] {
            assert_eq!(find(&[wrong]), Err(Condition::AuthTokenAuthorizationMalformed), "{wrong}");
        }
        let twice = ["Bearer id_token=\"a\"", "Bearer id_token=\"a\""];
        assert_eq!(find(&twice), Err(Condition::AuthTokenAuthorizationMalformed));
    }

    #[test]
    fn one_cookie_among_others() {
        let find = |values: &[&str]| Location::Cookie.find(&map(&COOKIE, values)).map(str::to_owned);
        for good in
            [&["id_token=a"][..], &["x=1; id_token=a;y"], &["x=1", "id_token=\"a\""], &["xid_token=b;id_token=a"]]
        {
            assert_eq!(find(good), Ok("a".to_owned()), "{good:?}");
        }
        for none in [&[][..], &["id_tokens=a"], &["ID_TOKEN=a"], &["id_token"], &["x=id_token=a"]] {
            assert_eq!(find(none), Err(Condition::AuthTokenAbsentCookie), "{none:?}");
        }
        for empty in ["id_token=", "id_token=\"\"; x=1"] {
            assert_eq!(find(&[empty]), Err(Condition::AuthTokenAbsent), "{empty}");
        }
        for wrong in
            [&["id_token=a; id_token=a"][..], &["id_token=a", "id_token=b"], &["id_token=\u{ff}", "id_token=a"]]
        {
            assert_eq!(find(wrong), Err(Condition::AuthTokenJwtInvalid), "{wrong:?}");
        }
    }

    #[test]
    fn the_token_ends_here_and_other_cookies_go_on() {
        let mut headers = map(&COOKIE, &["a=1; id_token=x;b=2", "id_token=y", " c=3; id_token"]);
        Location::Cookie.remove(&mut headers);
        assert_eq!(headers, map(&COOKIE, &["a=1; b=2", "c=3"]));
    }
}
