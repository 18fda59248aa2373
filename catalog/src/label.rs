//! The words of [`facets`](crate::facets) for people, in both languages: on pages, in the terminal, in one's own messages.
//!
//! `as_str` is for programs and never changes; `label` is a word or two for a table, `about` a phrase that explains it.

use crate::decode::Confidence;
use crate::facets::{Evidence, Fault, Kind, Origin, Plane, Relation, Retry};
use crate::text::Text;

const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

impl Plane {
    /// `Calling an API`
    pub const fn label(self) -> Text {
        match self {
            Self::Data => text("Calling an API", "调用 API"),
            Self::Console => text("Managing an API", "管理 API"),
        }
    }
}

impl Kind {
    /// What the row is: `Error`, or why it is none.
    pub const fn label(self) -> Text {
        match self {
            Self::Error => text("Error", "错误"),
            Self::Success => text("Not an error: this row means success", "不是错误：此行表示成功"),
            Self::LogOnly => {
                text("Seen only in the gateway's log: the client is gone", "仅出现在网关日志中：客户端已断开")
            }
            Self::NoHttp => text("Below HTTP: no answer carries it", "发生在 HTTP 之下，没有响应可以承载"),
        }
    }
}

impl Origin {
    /// `Gateway`
    pub const fn label(self) -> Text {
        match self {
            Self::Gateway => text("Gateway", "网关"),
            Self::Backend => text("Backend", "后端服务"),
        }
    }

    /// `the gateway answered by itself`
    pub const fn about(self) -> Text {
        match self {
            Self::Gateway => text("the gateway answered by itself", "由网关自身返回"),
            Self::Backend => text("the backend answered, the gateway passed it on", "由后端返回，网关仅转发"),
        }
    }
}

impl Fault {
    /// `Caller`
    pub const fn label(self) -> Text {
        match self {
            Self::Client => text("Caller", "调用方"),
            Self::Operator => text("API operator", "API 提供方"),
            Self::Backend => text("Backend", "后端服务"),
            Self::Platform => text("Cloud provider", "云平台"),
        }
    }

    /// `whoever sends the request`
    pub const fn about(self) -> Text {
        match self {
            Self::Client => text("whoever sends the request", "发送请求的一方"),
            Self::Operator => text("whoever runs the API on the gateway", "在网关上发布和维护 API 的一方"),
            Self::Backend => text("the service behind the gateway", "网关之后的服务"),
            Self::Platform => text("whoever runs the gateway itself", "运营网关本身的一方"),
        }
    }
}

impl Retry {
    /// `After waiting`
    pub const fn label(self) -> Text {
        match self {
            Self::Never => text("No", "无用"),
            Self::AfterFix => text("After a fix", "修正后重试"),
            Self::AfterBackoff => text("After waiting", "等待后重试"),
            Self::SameRequestOk => text("At once", "可立即重试"),
        }
    }

    /// The advice: `the same request may succeed later`
    pub const fn about(self) -> Text {
        match self {
            Self::Never => text("trying again cannot help", "重试没有帮助"),
            Self::AfterFix => text("something has to be changed first", "需先作出修改"),
            Self::AfterBackoff => text("the same request may succeed later", "同一请求稍后可能成功"),
            Self::SameRequestOk => text("the same request may be sent again", "同一请求可以直接重发"),
        }
    }
}

impl Evidence {
    /// `documented`
    pub const fn label(self) -> Text {
        match self {
            Self::Documented => text("documented", "有文档"),
            Self::Observed => text("observed", "有实测"),
            Self::Inferred => text("inferred", "推断"),
        }
    }
}

impl Relation {
    /// `broader`
    pub const fn label(self) -> Text {
        match self {
            Self::Exact => text("same", "相同"),
            Self::Close => text("close", "相近"),
            Self::Broad => text("broader", "更宽泛"),
            Self::Narrow => text("narrower", "更具体"),
        }
    }

    /// `covers this and more`
    pub const fn about(self) -> Text {
        match self {
            Self::Exact => text("means the same", "含义相同"),
            Self::Close => text("near, but neither covers the other", "相近，但互不包含"),
            Self::Broad => text("covers this and more", "包含本错误，范围更广"),
            Self::Narrow => text("one case of this", "是本错误的一种情况"),
        }
    }

    /// The mark that goes with the word: `=`, `≈`, `⊃`, `⊂`.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Exact => "=",
            Self::Close => "≈",
            Self::Broad => "⊃",
            Self::Narrow => "⊂",
        }
    }
}

impl Confidence {
    /// `likely`
    pub const fn label(self) -> Text {
        match self {
            Self::Possible => text("possible", "有可能"),
            Self::Likely => text("likely", "很可能"),
            Self::Certain => text("certain", "确定"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_facet_tell_its_values_apart() {
        fn check<T: Copy>(all: &[T], word: impl Fn(T) -> Text) {
            for lang in crate::Lang::ALL {
                let mut words: Vec<&str> = all.iter().map(|value| word(*value).get(lang)).collect();
                let chinese = |word: &&str| word.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert!(words.iter().all(|word| chinese(word) == (lang == crate::Lang::Zh)), "{words:?}");
                words.sort_unstable();
                words.dedup();
                assert_eq!(words.len(), all.len(), "{words:?}");
            }
        }
        check(Plane::ALL, Plane::label);
        check(Kind::ALL, Kind::label);
        check(Origin::ALL, Origin::label);
        check(Origin::ALL, Origin::about);
        check(Fault::ALL, Fault::label);
        check(Fault::ALL, Fault::about);
        check(Retry::ALL, Retry::label);
        check(Retry::ALL, Retry::about);
        check(Evidence::ALL, Evidence::label);
        check(Relation::ALL, Relation::label);
        check(Relation::ALL, Relation::about);
        check(&[Confidence::Possible, Confidence::Likely, Confidence::Certain], Confidence::label);
    }
}
