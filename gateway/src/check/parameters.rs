//! The call carries what its API declares: every required parameter, each of its kind and within its range.
//!
//! What is read is what the backend will read. A field that `Connection` names is removed on the way, so it counts as
//! absent; a parameter that stands there twice is refused unless it may, because nobody knows which one the backend
//! takes.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write;

use apigw_errors::{Condition, ConditionId};
use bytes::{BufMut, BytesMut};
use http::header::{CONNECTION, CONTENT_TYPE, HeaderName};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Uri};
use hyper::body::Body as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{CheckInfo, Phase, Verdict, what};
use crate::body::Inbound;
use crate::parameters::{Fields, Flaw, MOST_FIELDS, Parameter, Parameters, Place, Unreadable, count, decoded, number};

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::parameters",
    phase: Phase::Parameters,
    what: what(
        "Reads every parameter that the API declares: whether it is there, once, of its type and within its bounds.",
        "读取 API 声明的每个参数：是否存在、是否唯一、类型与取值范围是否符合。",
    ),
    raises: &[
        ConditionId::RequestQueryUnprocessable,
        ConditionId::RequestFormRequired,
        ConditionId::RequestParameterUnreadable,
        ConditionId::RequestParameterMissingHeader,
        ConditionId::RequestParameterMissingPath,
        ConditionId::RequestParameterMissingQuery,
        ConditionId::RequestParameterMissingBody,
        ConditionId::RequestParameterInvalid,
        ConditionId::RequestParameterInvalidUnsupported,
        ConditionId::RequestParameterInvalidFormat,
        ConditionId::RequestParameterInvalidRange,
        ConditionId::RequestParameterInvalidNotOfResource,
        ConditionId::RequestParameterInvalidDependency,
    ],
};

const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// Defaults that the call lacks and the backend gets.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    /// Header fields.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// The target with what its path and its query lacked.
    pub(crate) uri: Option<Uri>,
    /// The API's path with what it lacked.
    pub(crate) path: Option<String>,
}

/// Looks at all declared parameters. `path` is the call's without what named the environment. Defaults of the form go
/// into `body`, of which, together with others, so much may be held.
///
/// # Errors
/// Those of [`INFO`], and what keeps a form from being read.
pub(crate) async fn check(
    parameters: &Parameters,
    path: &str,
    parts: &Parts,
    body: &mut Inbound,
    most_held: usize,
) -> Verdict<Filled> {
    let mut reading = Reading { parameters, found: vec![None; parameters.declared.len()], filled: Filled::default() };
    let query = parts.uri.query().unwrap_or_default();
    if count(query.as_bytes()) > MOST_FIELDS {
        return Err(Condition::RequestQueryUnprocessable);
    }
    reading.headers(&parts.headers)?;
    reading.path(path)?;
    let missing = reading.fields(&Place::Query, query.as_bytes(), "querystring")?;
    reading.target(&parts.uri, &missing);
    reading.form(&parts.headers, body, most_held).await?;
    reading.together()?;
    Ok(reading.filled)
}

struct Reading<'a> {
    parameters: &'a Parameters,
    /// The first value of each parameter that is there.
    found: Vec<Option<String>>,
    filled: Filled,
}

impl<'a> Reading<'a> {
    fn declared(&self) -> impl Iterator<Item = (usize, &'a Parameter)> + use<'a> {
        self.parameters.declared.iter().enumerate()
    }

    /// Looks at the values of a parameter, and says whether its default is wanted.
    fn take<'v>(
        &mut self,
        number: usize,
        parameter: &'a Parameter,
        mut values: impl Iterator<Item = &'v str>,
    ) -> Verdict<Option<&'a str>> {
        let first = match values.next() {
            None if parameter.default.is_some() => return Ok(parameter.default.as_deref()),
            None | Some("") if parameter.required && parameter.default.is_none() => return Err(missing(parameter)),
            None | Some("") => return Ok(None),
            Some(first) => first,
        };
        let name = || parameter.name.to_string().into();
        for (index, value) in std::iter::once(first).chain(values).enumerate() {
            if index > 0 && !parameter.repeated {
                return Err(Condition::RequestParameterInvalid { name: name() });
            }
            parameter.judge(value).map_err(|flaw| match flaw {
                Flaw::Kind => {
                    let format = parameter.kind.name().into();
                    Condition::RequestParameterInvalidFormat { name: name(), format }
                }
                Flaw::Range => Condition::RequestParameterInvalidRange { name: name() },
            })?;
        }
        if let Some(found) = self.found.get_mut(number) {
            *found = Some(first.to_owned());
        }
        Ok(None)
    }

    fn headers(&mut self, headers: &HeaderMap) -> Verdict {
        for (number, parameter) in self.declared() {
            let Place::Header(name) = &parameter.place else { continue };
            let stays = !is_of_connection(headers, name);
            let values: Result<Vec<&str>, _> =
                headers.get_all(name).iter().filter(|_| stays).map(|value| str::from_utf8(value.as_bytes())).collect();
            let values = values.map_err(|_| unreadable("header"))?;
            let default = self.take(number, parameter, values.into_iter())?;
            if let Some(default) = default.and_then(|default| HeaderValue::try_from(default).ok()) {
                self.filled.headers.push((name.clone(), default));
            }
        }
        Ok(())
    }

    fn path(&mut self, path: &str) -> Verdict {
        for (number, parameter) in self.declared() {
            let Place::Path { segment, rest } = parameter.place else { continue };
            let value = if rest { path.splitn(segment + 1, '/').nth(segment) } else { path.split('/').nth(segment) };
            let value = decoded(value.unwrap_or_default().as_bytes()).map_err(|Unreadable| unreadable("path"))?;
            let value = Some(&*value).filter(|value| !value.is_empty());
            if let Some(default) = self.take(number, parameter, value.into_iter())? {
                // Only a final segment can be empty.
                self.filled.path = Some(format!("{path}{}", escaped(default)));
            }
        }
        Ok(())
    }

    /// Reads a query or a form; what it lacks and has a default comes back as further fields.
    fn fields(&mut self, place: &Place, list: &[u8], location: &'static str) -> Verdict<String> {
        let mut further = String::new();
        let closed = self.parameters.closed;
        if !closed && !self.parameters.declared.iter().any(|parameter| parameter.place == *place) {
            return Ok(further);
        }
        let fields = Fields::read(list).map_err(|Unreadable| unreadable(location))?;
        let here = |parameter: &&Parameter| parameter.place == *place;
        if closed {
            let known = |name: &&str| self.parameters.declared.iter().filter(here).any(|one| *one.name == **name);
            if let Some(name) = fields.names().find(|name| !known(name)) {
                return Err(Condition::RequestParameterInvalidUnsupported { name: name.to_owned().into() });
            }
        }
        for (number, parameter) in self.declared().filter(|(_, parameter)| here(parameter)) {
            if let Some(default) = self.take(number, parameter, fields.values(&parameter.name))? {
                let and = if further.is_empty() { "" } else { "&" };
                // Writing to a string cannot fail.
                let _ = write!(further, "{and}{}={}", escaped(&parameter.name), escaped(default));
            }
        }
        Ok(further)
    }

    /// The target with further fields in its query, and with the path as it is by now.
    fn target(&mut self, uri: &Uri, further: &str) {
        if further.is_empty() && self.filled.path.is_none() {
            return;
        }
        let default = self.declared().find(|(_, parameter)| matches!(parameter.place, Place::Path { .. }));
        let default = default.and_then(|(_, parameter)| parameter.default.as_deref());
        let end = default.filter(|_| self.filled.path.is_some()).map(escaped).unwrap_or_default();
        let path = uri.path();
        let written = match (uri.query().filter(|query| !query.is_empty()), further.is_empty()) {
            (Some(query), false) => format!("{path}{end}?{query}&{further}"),
            (Some(query), true) => format!("{path}{end}?{query}"),
            (None, false) => format!("{path}{end}?{further}"),
            (None, true) => format!("{path}{end}"),
        };
        self.filled.uri = PathAndQuery::try_from(written).ok().map(Uri::from);
    }

    async fn form(&mut self, headers: &HeaderMap, body: &mut Inbound, most_held: usize) -> Verdict {
        let mut declared = self.parameters.declared.iter().filter(|parameter| parameter.place == Place::Body);
        let Some(first) = declared.next() else { return Ok(()) };
        let is_form = headers.get(CONTENT_TYPE).is_some_and(|value| {
            let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
            essence.trim_ascii().eq_ignore_ascii_case(FORM)
        });
        if !is_form {
            let needed = |parameter: &Parameter| parameter.required && parameter.default.is_none();
            // A call without a body lacks nothing that it needs.
            let lacks_nothing = body.is_end_stream() && !needed(first) && !declared.any(needed);
            return if lacks_nothing { Ok(()) } else { Err(Condition::RequestFormRequired) };
        }
        let form = body.collect(most_held).await.map_err(super::body::failed)?;
        let further = self.fields(&Place::Body, &form, "body")?;
        if !further.is_empty() {
            let mut filled = BytesMut::with_capacity(form.len() + 1 + further.len());
            filled.put(form);
            if !filled.is_empty() {
                filled.put_u8(b'&');
            }
            filled.put(further.as_bytes());
            body.replace(filled.freeze());
        }
        Ok(())
    }

    /// The rules between parameters.
    fn together(&self) -> Verdict {
        let value = |number: usize| self.found.get(number).and_then(Option::as_deref);
        for (number, parameter) in self.declared() {
            let Some(only_for) = parameter.only_for.as_ref().filter(|_| value(number).is_some()) else { continue };
            let resource = value(only_for.parameter).unwrap_or_default();
            if !only_for.values.iter().any(|known| **known == *resource) {
                let (name, resource) = (parameter.name.to_string().into(), resource.to_owned().into());
                return Err(Condition::RequestParameterInvalidNotOfResource { name, resource });
            }
        }
        for group in &self.parameters.ascending {
            let given = group.iter().filter_map(|number| {
                let parameter = self.parameters.declared.get(*number)?;
                Some((parameter, value(*number).or(parameter.default.as_deref())?))
            });
            let given: Vec<(&Parameter, &str)> = given.collect();
            for pair in given.windows(2) {
                let [(first, low), (second, high)] = pair else { continue };
                let numeric = first.kind.is_numeric() && second.kind.is_numeric();
                let order = if numeric { number(low).partial_cmp(&number(high)) } else { Some((*low).cmp(*high)) };
                if order == Some(Ordering::Greater) {
                    return Err(Condition::RequestParameterInvalidDependency { name: second.name.to_string().into() });
                }
            }
        }
        Ok(())
    }
}

fn missing(parameter: &Parameter) -> Condition {
    let name = parameter.name.to_string().into();
    match parameter.place {
        Place::Header(_) => Condition::RequestParameterMissingHeader { name },
        Place::Path { .. } => Condition::RequestParameterMissingPath { name },
        Place::Query => Condition::RequestParameterMissingQuery { name },
        Place::Body => Condition::RequestParameterMissingBody { name },
    }
}

fn unreadable(location: &'static str) -> Condition {
    Condition::RequestParameterUnreadable { location: location.into() }
}

/// True if `Connection` says that this field ends here.
fn is_of_connection(headers: &HeaderMap, name: &HeaderName) -> bool {
    let named = headers.get_all(CONNECTION).iter().flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
    named.map(<[u8]>::trim_ascii).any(|named| named.eq_ignore_ascii_case(name.as_str().as_bytes()))
}

fn escaped(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, NON_ALPHANUMERIC).into()
}
