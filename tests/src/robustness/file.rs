//! The files, as they are written; see the parent module.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::step::Step;

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) gateway: Option<String>,
    pub(super) memory: Option<u64>,
    pub(super) preamble: Option<String>,
    #[serde(default)]
    pub(super) backends: BTreeMap<String, Backend>,
    pub(super) rows: Vec<Row>,
}

/// A backend that is not the watching one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backend {
    #[serde(default)]
    pub(super) reads: Reads,
    pub(super) answer: Vec<Step>,
}

/// What a backend reads before it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reads {
    Nothing,
    Head,
    #[default]
    Request,
}

/// A row of the requirement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    #[serde(rename = "row")]
    pub(super) name: String,
    #[serde(default, rename = "about")]
    _about: Option<String>,
    pub(super) dialects: Option<Vec<String>>,
    pub(super) together: Option<usize>,
    #[serde(default)]
    pub(super) fresh: bool,
    #[serde(default)]
    pub(super) plain: bool,
    pub(super) variants: Vec<Variant>,
    pub(super) expect: Expect,
    #[serde(default)]
    pub(super) tencent: Expect,
    #[serde(default)]
    pub(super) jdcloud: Expect,
    #[serde(default)]
    pub(super) huawei: Expect,
    #[serde(default)]
    pub(super) problem: Expect,
}

/// What a client does.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Variant {
    Text(String),
    Steps(Vec<Step>),
}

impl Variant {
    pub(super) fn steps(&self) -> Vec<Step> {
        match self {
            Self::Text(text) => vec![Step::Text(text.clone())],
            Self::Steps(steps) => steps.clone(),
        }
    }
}

/// One or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Some1<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Some1<T> {
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Then {
    #[default]
    Closed,
    Kept,
    Any,
}

/// What reaches the watching backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Reaches {
    Whole(usize),
    Word(ReachesWord),
}

/// See [`Reaches`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReachesWord {
    Nothing,
    Part,
    Any,
}

macro_rules! expect {
    ($($name:ident: $kind:ty),+ $(,)?) => {
        /// Expectations; what is absent is not said here.
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Expect {
            $(#[serde(default)] pub(super) $name: Option<$kind>),+
        }

        impl Expect {
            /// These, and where they are silent, those of `general`.
            pub(super) fn or(&self, general: &Self) -> Self {
                Self { $($name: self.$name.clone().or_else(|| general.$name.clone())),+ }
            }
        }
    };
}

expect! {
    status: Some1<u16>,
    answers: Vec<Some1<u16>>,
    then: Then,
    body: Some1<String>,
    head: Some1<String>,
    lacks: Some1<String>,
    reaches: Reaches,
    saw: Some1<String>,
    saw_not: Some1<String>,
    condition: String,
    lines: usize,
    logged: Some1<String>,
    truncated: bool,
    reset: bool,
    relayed: bool,
    speaks: String,
}

impl Expect {
    /// The answers expected, in order.
    pub(super) fn answers(&self) -> Vec<Some1<u16>> {
        match (&self.answers, &self.status) {
            (Some(answers), _) => answers.clone(),
            (None, Some(status)) => vec![status.clone()],
            (None, None) => Vec::new(),
        }
    }
}
