//! Names: which texts may be one, and how they change between YAML, addresses and Rust.

/// Words that cannot be a field, module or variant in Rust without escaping.
const RESERVED: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Words that would be taken for something else where a vendor's id stands: folders of the reference site
/// (`/en/conditions/`), and the gateway's dialect of RFC 9457.
const TAKEN: &[(&str, &str)] = &[
    ("about", "a folder of the reference site"),
    ("checks", "a folder of the reference site"),
    ("codes", "a folder of the reference site"),
    ("compare", "a folder of the reference site"),
    ("conditions", "a folder of the reference site"),
    ("decode", "a folder of the reference site"),
    ("search", "a folder of the reference site"),
    ("status", "a folder of the reference site"),
    ("problem", "the dialect of RFC 9457"),
];

/// What a vendor of this id would be taken for.
pub(crate) fn taken_by(vendor: &str) -> Option<&'static str> {
    TAKEN.iter().find(|(id, _)| *id == vendor).map(|(_, what)| *what)
}

/// Can `name` be a Rust field or module? Snake case and no keyword.
pub(crate) fn is_field(name: &str) -> bool {
    crate::template::is_name(name) && !RESERVED.contains(&name)
}

/// Can `id` be a Rust variant?
pub(crate) fn is_upper_camel(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_uppercase()) && id.bytes().all(|b| b.is_ascii_alphanumeric()) && id != "Self"
}

/// Can `id` name a condition? Dotted snake-case segments.
pub(crate) fn is_condition_id(id: &str) -> bool {
    id.split('.').all(crate::template::is_name)
}

/// `HmacApikeyInvalid` → `hmac-apikey-invalid`
pub fn kebab(camel: &str) -> String {
    let mut kebab = String::with_capacity(camel.len() + 4);
    let mut chars = camel.chars().peekable();
    let mut before: Option<char> = None;
    while let Some(c) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(char::is_ascii_lowercase);
        let starts_word =
            c.is_ascii_uppercase() && before.is_some_and(|before| !before.is_ascii_uppercase() || next_is_lower);
        if starts_word {
            kebab.push('-');
        }
        kebab.push(c.to_ascii_lowercase());
        before = Some(c);
    }
    kebab
}

/// `auth.signature.not_signed` → `AuthSignatureNotSigned`
pub fn upper_camel(dotted: &str) -> String {
    let mut camel = String::with_capacity(dotted.len());
    for word in dotted.split(['.', '_']) {
        let mut chars = word.chars();
        camel.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        camel.push_str(chars.as_str());
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_split_at_capitals() {
        assert_eq!(kebab("HmacApikeyInvalid"), "hmac-apikey-invalid");
        assert_eq!(kebab("NotAList"), "not-a-list");
        assert_eq!(kebab("HTTPError"), "http-error");
        assert_eq!(kebab("Tls11Refused"), "tls11-refused");
        assert_eq!(kebab("A"), "a");
    }

    #[test]
    fn dots_and_underscores_vanish_in_rust() {
        assert_eq!(upper_camel("auth.signature.not_signed"), "AuthSignatureNotSigned");
        assert_eq!(upper_camel("a.b_c"), upper_camel("a.b.c"));
    }

    #[test]
    fn names_are_checked() {
        assert!(is_field("user_id") && !is_field("type") && !is_field("UserId") && !is_field(""));
        assert!(is_upper_camel("Tls11Refused") && !is_upper_camel("tls") && !is_upper_camel("A_b"));
        assert!(!is_upper_camel("Self") && !is_upper_camel(""));
        assert!(is_condition_id("a.b_c") && !is_condition_id("a..b") && !is_condition_id("a.B"));
    }
}
