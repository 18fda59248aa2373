//! Parameters of messages: declared and used, and filled by what a condition knows.

use crate::diagnostic::{Diagnostic, Kind};
use crate::document;
use crate::model::{self, CodeParam, ParamType};
use crate::name;
use crate::source::Site;
use crate::template::Template;

use super::vendor::Scope;
use super::{Sink, messages, suggest};

/// The parameters of a code in the order of their first use.
pub(crate) fn check(
    scope: &Scope<'_>,
    written: &document::Code,
    message: Option<&Template>,
    condition: Option<usize>,
    sink: &mut Sink,
) -> Vec<CodeParam> {
    let mut params: Vec<CodeParam> = Vec::new();
    for (key, param) in written.params.iter() {
        params.push(code_param(scope, key, param, condition, sink));
        if message.is_some_and(|message| !message.params().contains(&key.value.as_str())) {
            let label = format!("the message has no `{{{}}}`", key.value);
            sink.push(Diagnostic::new(Kind::UnusedParam, scope.file.at(key), label));
        }
    }
    let used = message.map(Template::params).unwrap_or_default();
    for name in &used {
        if written.params.get(name).is_none() {
            let known: Vec<&str> = written.params.iter().map(|(key, _)| key.value.as_str()).collect();
            undeclared(scope, messages::param_site(scope, &written.message, name), name, &known, sink);
        }
    }
    params.sort_by_key(|param| used.iter().position(|&name| name == param.name).unwrap_or(used.len()));
    params
}

/// Reports a parameter that nobody declares.
pub(crate) fn undeclared(_scope: &Scope<'_>, site: Site, name: &str, known: &[&str], sink: &mut Sink) {
    let hint = suggest(name, known.iter().copied()).or_else(|| match known {
        [] => Some("no parameter is declared: add it under `params`".to_owned()),
        known => Some(format!("declared: {}", known.join(", "))),
    });
    sink.push(Diagnostic::new(Kind::UndeclaredParam, site, format!("`{name}` is not declared")).hint(hint));
}

fn code_param(
    scope: &Scope<'_>,
    key: &document::Scalar,
    written: &document::CodeParam,
    condition: Option<usize>,
    sink: &mut Sink,
) -> CodeParam {
    let file = scope.file;
    if !name::is_field(&key.value) {
        let label = format!("`{}` is no snake_case name free in Rust", key.value);
        sink.push(Diagnostic::new(Kind::BadName, file.at(key), label));
    }
    let ty = sink.word(file, &written.ty, ParamType::WORDS, ParamType::from_word);
    if let (Some(ty), Some(default)) = (ty, &written.default)
        && !admits(ty, &default.value)
    {
        let label = format!("this is no {}", ty.word());
        sink.push(Diagnostic::new(Kind::BadDefault, file.at(default), label));
    }
    let from = written.from.as_ref().unwrap_or(key);
    let mut param = CodeParam {
        name: key.value.clone(),
        ty: ty.unwrap_or(ParamType::Text),
        sensitive: false,
        from: from.value.clone(),
        default: written.default.as_ref().map(|default| default.value.clone()),
    };
    if let (Some(condition), Some(_)) = (condition, ty) {
        let source = available(scope, &param, condition, file.at(from), sink);
        param.sensitive = source.is_some_and(|source| source.sensitive);
    }
    param
}

/// The condition's parameter that fills one of a code; reports if there is none, or one of another type.
pub(crate) fn available<'a>(
    scope: &Scope<'a>,
    param: &CodeParam,
    condition: usize,
    site: Site,
    sink: &mut Sink,
) -> Option<&'a model::Param> {
    let known = scope.conditions.params(condition);
    let id = scope.conditions.id(condition);
    let Some(source) = known.iter().find(|known| known.name == param.from) else {
        if param.default.is_none() {
            let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
            let label = format!("`{id}` has no parameter `{}`", param.from);
            let help = suggest(&param.from, names.iter().copied()).unwrap_or_else(|| match names.as_slice() {
                [] => "it has none at all: declare it there, or give the code's parameter a `default`".to_owned(),
                names => format!("it has {}: name one with `from`, or give a `default`", names.join(", ")),
            });
            sink.push(Diagnostic::new(Kind::UnavailableParam, site, label).help(help));
        }
        return None;
    };
    // Every type prints as text, so a text takes them all.
    if source.ty != param.ty && param.ty != ParamType::Text && scope.conditions.is_typed(&source.name) {
        let label = format!("this is {}, but `{}` of `{id}` is {}", param.ty.word(), source.name, source.ty.word());
        sink.push(Diagnostic::new(Kind::ParamTypeMismatch, site, label));
    }
    Some(source)
}

/// Could `text` be a value of the type? The generated types accept the same.
fn admits(ty: ParamType, text: &str) -> bool {
    let graphic = |byte: u8| byte > b' ' && byte != 0x7f;
    match ty {
        ParamType::Text => true,
        ParamType::Token | ParamType::Method | ParamType::Protocol => is_token(text),
        ParamType::Host => !text.is_empty() && text.bytes().all(|byte| graphic(byte) && byte != b'/'),
        ParamType::Uri => !text.is_empty() && text.bytes().all(graphic),
        ParamType::Number => text.parse::<u64>().is_ok_and(|number| number.to_string() == text),
        ParamType::Protocols => text.split(',').all(|protocol| is_token(protocol.trim())),
        ParamType::TlsVersion => {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b' ')
        }
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_values_of_their_type() {
        assert!(
            admits(ParamType::Number, "10") && !admits(ParamType::Number, "010") && !admits(ParamType::Number, "x")
        );
        assert!(admits(ParamType::Token, "X-Date") && !admits(ParamType::Token, "X Date"));
        assert!(admits(ParamType::Host, "a.example:80") && !admits(ParamType::Host, "a/b"));
        assert!(admits(ParamType::Protocols, "HTTP, HTTPS") && !admits(ParamType::Protocols, ""));
        assert!(admits(ParamType::TlsVersion, "TLSv1.1") && !admits(ParamType::TlsVersion, ""));
        assert!(admits(ParamType::Uri, "/a?b=c") && !admits(ParamType::Uri, "/a b"));
    }
}
