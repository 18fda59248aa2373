//! The vendors' signatures once more, written from their documents and apart from the gateway's code.
//!
//! Only as much as the scenarios need: no bodies of queries to escape, no repeated fields. A request beyond that is an
//! error, not a wrong signature.

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Failure;

/// Stands in a request where its signature goes.
const PLACE: &str = "{signature}";

/// Puts the signature into a request that has a place for it. `secret` answers the secret of a key.
pub(super) fn sign(request: &str, secret: impl Fn(&str) -> Option<String>) -> Result<String, Failure> {
    if !request.contains(PLACE) {
        return Ok(request.to_owned());
    }
    let request_parts = Request::read(request)?;
    let authorization = request_parts.field("authorization")?;
    let (word, parameters) = authorization.split_once(' ').unwrap_or((authorization, ""));
    let signature = match word {
        "hmac" | "Hmac" => request_parts.tencent_key_pair(parameters, secret)?,
        "SDK-HMAC-SHA256" => request_parts.huawei(parameters, secret)?,
        "JDCLOUD2-HMAC-SHA256" | "JDCLOUD3-HMAC-SHA256" => request_parts.jdcloud(word, parameters, secret)?,
        _ => return Err(Failure::Signing(format!("no signer for `{word}`"))),
    };
    Ok(request.replace(PLACE, &signature))
}

/// A request's parts, as written.
#[derive(Debug)]
struct Request<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    fields: Vec<(String, &'a str)>,
    body: &'a str,
}

impl<'a> Request<'a> {
    fn read(text: &'a str) -> Result<Self, Failure> {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(Failure::Signing("no request line".to_owned()));
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if !target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/?&=-._~".contains(&byte)) {
            return Err(Failure::Signing(format!("`{target}` needs escaping, which this signer has not")));
        }
        let fields = lines.filter_map(|line| line.split_once(':'));
        let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim())).collect();
        Ok(Self { method, path, query, fields, body: body.strip_suffix('\n').unwrap_or(body) })
    }

    fn field(&self, name: &str) -> Result<&'a str, Failure> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| *value).ok_or_else(|| Failure::Signing(format!("the request has no `{name}`")))
    }

    /// `name: value` of each signed field, joined by line ends.
    fn tencent_key_pair(&self, parameters: &str, secret: impl Fn(&str) -> Option<String>) -> Result<String, Failure> {
        let parameter = |name: &str| {
            let found = parameters.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
            found.map(|(value, _)| value).ok_or_else(|| Failure::Signing(format!("no `{name}`")))
        };
        let algorithm = match parameter("algorithm")? {
            "hmac-sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            "hmac-sha256" => hmac::HMAC_SHA256,
            "hmac-sha384" => hmac::HMAC_SHA384,
            "hmac-sha512" => hmac::HMAC_SHA512,
            other => return Err(Failure::Signing(format!("no algorithm `{other}`"))),
        };
        let mut lines = Vec::new();
        for name in parameter("headers")?.split(' ') {
            lines.push(format!("{name}: {}", self.field(name)?));
        }
        let key = hmac::Key::new(algorithm, known(secret, parameter("id")?)?.as_bytes());
        Ok(STANDARD.encode(hmac::sign(&key, lines.join("\n").as_bytes())))
    }

    /// The canonical request under the secret itself. The path ends with `/` whatever was sent.
    fn huawei(&self, parameters: &str, secret: impl Fn(&str) -> Option<String>) -> Result<String, Failure> {
        let slash = if self.path.ends_with('/') { "" } else { "/" };
        let canonical = self.canonical(&format!("{}{slash}", self.path), parameters)?;
        let date = self.field("x-sdk-date")?;
        let text = format!("SDK-HMAC-SHA256\n{date}\n{}", sha256(&canonical));
        let key = known(secret, unquoted(parameters, "Access")?)?;
        Ok(hex(mac(key.as_bytes(), &text).as_ref()))
    }

    /// The canonical request under a key derived for day, region and service.
    fn jdcloud(
        &self,
        word: &str,
        parameters: &str,
        secret: impl Fn(&str) -> Option<String>,
    ) -> Result<String, Failure> {
        let (id, scope) = unquoted(parameters, "Credential")?.split_once('/').unwrap_or_default();
        let canonical = self.canonical(self.path, parameters)?;
        let date = self.field("x-jdcloud-date")?;
        let text = format!("{word}\n{date}\n{scope}\n{}", sha256(&canonical));
        let version = word.split('-').next().unwrap_or_default();
        let mut key = format!("{version}{}", known(secret, id)?).into_bytes();
        for step in scope.split('/') {
            key = mac(&key, step).as_ref().to_vec();
        }
        Ok(hex(mac(&key, &text).as_ref()))
    }

    fn canonical(&self, path: &str, parameters: &str) -> Result<String, Failure> {
        let names = unquoted(parameters, "SignedHeaders")?;
        let mut query: Vec<&str> = self.query.split('&').filter(|pair| !pair.is_empty()).collect();
        query.sort_unstable();
        let mut fields = String::new();
        for name in names.split(';') {
            fields.extend([name, ":", self.field(name)?, "\n"]);
        }
        let (method, query, body) = (self.method, query.join("&"), sha256(self.body));
        Ok(format!("{method}\n{path}\n{query}\n{fields}\n{names}\n{body}"))
    }
}

/// The value of `name=value` in a list separated by commas.
fn unquoted<'a>(parameters: &'a str, name: &str) -> Result<&'a str, Failure> {
    let pairs = parameters.split(',').filter_map(|item| item.trim().split_once('='));
    let found = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value).next();
    found.ok_or_else(|| Failure::Signing(format!("no `{name}`")))
}

fn known(secret: impl Fn(&str) -> Option<String>, id: &str) -> Result<String, Failure> {
    secret(id).ok_or_else(|| Failure::Signing(format!("no secret for `{id}`: the scenario has to name one")))
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn sha256(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).flatten().collect()
}
