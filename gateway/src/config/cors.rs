//! Cross-origin calls, as written and compiled.

use http::header::HeaderName;
use http::{HeaderValue, Method};
use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::sink::Sink;
use crate::cors::{Cors, Origins, Rules, normal};
use crate::dialect::Voice;
use crate::router::METHODS;

/// For how long a browser may remember the answer to a preflight, unless configured: a day, as Tencent documents.
const MAX_AGE: std::time::Duration = std::time::Duration::from_secs(86_400);

/// What an API does with calls of other origins.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Written {
    /// The backend answers for itself; the default.
    Pass,
    /// They are refused.
    Refuse,
    /// Every page may call, without credentials, and read what the dialect's vendor lets it read (`tencent`: the fields of
    /// its cross-origin flag).
    Allow,
    /// Pages of certain origins may call.
    Rules(Box<WrittenRules>),
}

/// Who may call from where, and how.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRules {
    /// `https://app.example`, `http://localhost:3000`; `*` alone is every page.
    #[serde(default)]
    pub(crate) origins: Vec<At<Word>>,
    /// `[GET, POST]`; every known method by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) methods: Option<Vec<At<Word>>>,
    /// Header fields a page may send; whatever a preflight asks for by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) headers: Option<Vec<At<Word>>>,
    /// Header fields of the answer that a page may read beside the few it always may.
    #[serde(default)]
    pub(crate) expose: Vec<At<Word>>,
    /// Whether cookies and `Authorization` may come along; not with `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) credentials: Option<At<bool>>,
    /// For how long a browser may remember the answer to a preflight; `24h` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_age: Option<At<Word>>,
}

/// Compiles one section of an API whose host speaks in this voice.
pub(super) fn compile(written: &At<Written>, voice: Option<Voice>, sink: &mut Sink) -> Cors {
    match &written.value {
        Written::Pass => Cors::Pass,
        Written::Refuse => Cors::Refuse,
        Written::Allow => Cors::Rules(Box::new(Rules {
            origins: Origins::Any,
            methods: joined(METHODS.iter().map(Method::as_str)),
            headers: None,
            expose: voice.and_then(|voice| voice.envelope.exposed()),
            credentials: false,
            max_age: MAX_AGE.as_secs().into(),
        })),
        Written::Rules(rules) if rules.origins.is_empty() => {
            sink.warn_with(
                written.referenced,
                "the rules name no origin, so calls of this API will be answered with a configuration error",
                "list `origins`, or write `cors: refuse`",
            );
            Cors::Unusable
        }
        Written::Rules(rules) => Cors::Rules(Box::new(rules_of(rules, sink))),
    }
}

fn rules_of(written: &WrittenRules, sink: &mut Sink) -> Rules {
    let any = written.origins.iter().find(|origin| &*origin.value == "*");
    let origins = match any {
        Some(any) => {
            if written.origins.len() > 1 {
                sink.report::<()>(any.referenced, "`*` is every origin, so it stands alone");
            }
            Origins::Any
        }
        None => Origins::Listed(written.origins.iter().filter_map(|word| origin(word, sink)).collect()),
    };
    let credentials = written.credentials.as_ref().filter(|credentials| credentials.value);
    if let (Some(credentials), Origins::Any) = (credentials, &origins) {
        sink.report_with::<()>(
            credentials.referenced,
            "credentials cannot be allowed to every origin",
            "list the origins that may send cookies and `Authorization`",
        );
    }
    let methods = match &written.methods {
        None => joined(METHODS.iter().map(Method::as_str)),
        Some(words) => {
            let known: Vec<(&str, &str)> = METHODS.iter().map(|method| (method.as_str(), method.as_str())).collect();
            joined(words.iter().filter_map(|word| sink.name(word, "method", &known)).collect::<Vec<_>>())
        }
    };
    let max_age = sink.duration(written.max_age.as_ref(), MAX_AGE);
    let mut names = |words: &[At<Word>]| joined(words.iter().filter_map(|word| field(word, sink)).collect::<Vec<_>>());
    Rules {
        origins,
        methods,
        headers: written.headers.as_deref().map(&mut names),
        expose: Some(&*written.expose).filter(|expose| !expose.is_empty()).map(&mut names),
        credentials: credentials.is_some(),
        max_age: max_age.as_secs().into(),
    }
}

fn origin(word: &At<Word>, sink: &mut Sink) -> Option<Box<str>> {
    normal(&word.value).or_else(|| {
        let message = format!("`{}` is no origin", word.value);
        let help = "write scheme, host and port without a path: https://app.example, http://localhost:3000; \
                    there are no patterns";
        sink.report_with(word.referenced, message, help)
    })
}

fn field<'a>(word: &'a At<Word>, sink: &mut Sink) -> Option<&'a str> {
    if HeaderName::try_from(&*word.value.0).is_ok() {
        return Some(&word.value);
    }
    sink.report(word.referenced, format!("`{}` is no header name", word.value))
}

/// A list for a header field, of names that were checked.
fn joined<'a>(names: impl IntoIterator<Item = &'a str>) -> HeaderValue {
    let names: Vec<&str> = names.into_iter().collect();
    HeaderValue::try_from(names.join(", ")).unwrap_or(HeaderValue::from_static(""))
}
