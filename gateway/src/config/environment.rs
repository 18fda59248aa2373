//! Environments: how a call names the one it wants.

use http::HeaderName;
use serde::{Deserialize, Serialize};

use super::file::{At, Word};
use super::sink::Sink;
use crate::snapshot;

/// How a call names its environment.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Environment {
    /// The first segment of the path is one of these, and is not part of the API's path. See `default_environment`.
    DefaultDomain(Vec<At<Word>>),
    /// The path begins with one of these.
    Mapping(Vec<Mapping>),
    /// A header field holds it.
    Header(EnvironmentHeader),
}

/// A pair of a custom domain's mapping.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mapping {
    /// `/`, `/beta`
    pub(crate) path: At<Word>,
    /// `release`
    pub(crate) environment: At<Word>,
}

/// A header field that names the environment.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvironmentHeader {
    /// `X-Stage`
    pub(crate) name: At<Word>,
    /// Taken when the field is absent.
    pub(crate) default: At<Word>,
}

/// How the calls of a host name their environment, and the names. `default` is taken where the path names none.
pub(super) fn compile(
    written: Option<&At<Environment>>,
    default: Option<&At<Word>>,
    sink: &mut Sink,
) -> (snapshot::Environment, Vec<Box<str>>) {
    use crate::snapshot::Environment as Compiled;
    let mut names: Vec<Box<str>> = Vec::new();
    let mut number = |name: &str| {
        names.iter().position(|known| &**known == name).unwrap_or_else(|| {
            names.push(name.into());
            names.len() - 1
        })
    };
    if let (Some(word), None | Some(Environment::Mapping(_) | Environment::Header(_))) =
        (default, written.map(|written| &written.value))
    {
        let help = "a mapping can have the path `/`, a header field has a default of its own";
        sink.report_with::<()>(word.referenced, "this goes with `environment: { default_domain: … }`", help);
    }
    let Some(written) = written else { return (Compiled::Single, vec![Box::default()]) };
    let environment = match &written.value {
        Environment::DefaultDomain(words) => {
            let known: Vec<(&str, usize)> = words.iter().map(|word| (&*word.value.0, number(&word.value))).collect();
            let default = default.and_then(|word| sink.name(word, "environment", &known));
            Compiled::DefaultDomain { default }
        }
        Environment::Mapping(pairs) => {
            let mut mapping: Vec<(Box<str>, usize)> = Vec::new();
            for pair in pairs {
                let stem = pair.path.value.trim_end_matches('/');
                if !pair.path.value.starts_with('/') {
                    sink.report::<()>(pair.path.referenced, "a mapped path begins with `/`");
                } else if mapping.iter().any(|(known, _)| **known == *stem) {
                    sink.report::<()>(pair.path.referenced, format!("`{}` is mapped twice", pair.path.value));
                } else {
                    mapping.push((stem.into(), number(&pair.environment.value)));
                }
            }
            mapping.sort_by_key(|(stem, _)| std::cmp::Reverse(stem.len()));
            Compiled::Mapping(mapping)
        }
        Environment::Header(header) => {
            let default = number(&header.default.value);
            if let Ok(name) = HeaderName::try_from(&*header.name.value.0) {
                Compiled::Header { name, default }
            } else {
                let message = format!("`{}` is no header name", header.name.value);
                sink.report(header.name.referenced, message).unwrap_or(Compiled::Single)
            }
        }
    };
    if names.is_empty() {
        sink.report::<()>(written.referenced, "name at least one environment");
    }
    (environment, names)
}

/// The names of the environments of a host.
pub(super) fn names(environment: &Environment) -> Vec<&str> {
    match environment {
        Environment::DefaultDomain(words) => words.iter().map(|word| &*word.value.0).collect(),
        Environment::Mapping(pairs) => pairs.iter().map(|pair| &*pair.environment.value.0).collect(),
        Environment::Header(header) => vec![&*header.default.value.0],
    }
}
