//! Who made a response: the gateway, or the service behind it.

use super::envelope::{Answered, Marked, Read};
use crate::facets::Origin;
use crate::row::CodeRow;
use crate::text::{Lang, Text};

/// Who made a response, as far as one can tell, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OriginHint {
    /// Who.
    pub origin: Origin,
    /// How that is known.
    pub why: OriginWhy,
}

/// How an origin is known; stronger signs first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OriginWhy {
    /// A header gives the status that the backend answered, and it is that of the response.
    UpstreamStatus,
    /// The header is there and says that no backend was called.
    NoUpstream,
    /// The message ends with what only the gateway appends.
    WireSuffix,
    /// The page names the gateway's software as its writer.
    Signed,
    /// The document names a condition of the catalog, which gateways do.
    Condition,
    /// The row of the vendor's table says who sends it; nothing in the response does.
    Table,
    /// A header says that the backend was called, and the body is none that the gateway is known to write.
    Upstream,
}

impl OriginWhy {
    /// A sentence.
    pub const fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::UpstreamStatus => Text {
                en: "A header of the gateway says that the backend answered with this status.",
                zh: "网关的响应头表明后端返回的就是这个状态码。",
            },
            Self::NoUpstream => Text {
                en: "A header of the gateway says that no backend was called.",
                zh: "网关的响应头表明没有调用后端。",
            },
            Self::WireSuffix => Text {
                en: "The message ends with the mark that the gateway appends to its own.",
                zh: "消息末尾带有网关附加在自身消息后的标记。",
            },
            Self::Signed => Text {
                en: "The page's last line names the gateway's own software.",
                zh: "页面末行写明了网关自身的软件名称。",
            },
            Self::Condition => Text {
                en: "The document names a condition of this catalog, as a gateway of this project writes it.",
                zh: "该文档写明了本目录中的条件，这是本项目网关的写法。",
            },
            Self::Table => Text {
                en: "The vendor's table says so; nothing in the response confirms it.",
                zh: "依据厂商的错误码表；响应本身没有可以印证的内容。",
            },
            Self::Upstream => Text {
                en: "A header says that the backend was called, and the body is none that the gateway is known to write.",
                zh: "响应头表明调用过后端，而响应体不是网关已知的写法。",
            },
        }
        .get(lang)
    }
}

/// What the response itself says.
pub(super) fn of_response(
    read: &Read<'_>,
    marks: &Marked<'_>,
    suffixed: bool,
    status: Option<u16>,
) -> Option<OriginHint> {
    let gateway = |why| Some(OriginHint { origin: Origin::Gateway, why });
    match marks.answered {
        Answered::Status(upstream) if Some(upstream) == status => {
            return Some(OriginHint { origin: Origin::Backend, why: OriginWhy::UpstreamStatus });
        }
        Answered::Nothing => return gateway(OriginWhy::NoUpstream),
        Answered::Status(_) | Answered::Unsaid => {}
    }
    if suffixed {
        return gateway(OriginWhy::WireSuffix);
    }
    if read.signed {
        return gateway(OriginWhy::Signed);
    }
    None
}

/// What is said where no row fits.
pub(super) fn of_unknown(marks: &Marked<'_>) -> Option<OriginHint> {
    let called = marks.gateway.is_some() && marks.upstream;
    called.then_some(OriginHint { origin: Origin::Backend, why: OriginWhy::Upstream })
}

/// What the row says.
pub(super) const fn of_row(row: &CodeRow) -> OriginHint {
    OriginHint { origin: row.origin, why: OriginWhy::Table }
}
