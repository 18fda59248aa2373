//! The words of the site itself, both languages side by side: a missing translation does not compile.
//!
//! Those for the facets of a code are the library's: `Fault::label` and the like.

use apigw_errors::Lang;

macro_rules! words {
    ($($key:ident: $en:literal, $zh:literal;)+) => {
        /// The words of one language.
        #[derive(Debug)]
        pub(crate) struct Words { $(pub(crate) $key: &'static str),+ }

        const EN: Words = Words { $($key: $en),+ };
        const ZH: Words = Words { $($key: $zh),+ };
    };
}

words! {
    skip: "Skip to the content", "跳到正文";
    home: "All codes", "全部错误码";
    conditions: "Conditions", "错误条件";
    statuses: "Status codes", "状态码";
    site_nav: "Site", "站点导航";
    other_language: "中文", "English";
    colon: ": ", "：";
    crumbs: "You are here", "当前位置";
    licence: "Explanations are ours; wire texts are the vendors'.", "说明文字由本项目撰写；报文原文属于各厂商。";
    for_programs: "For programs", "供程序使用";

    overview_title: "API gateway errors", "API 网关错误参考";
    overview_lead: "Every error that these API gateways document: what it means, who must act, whether retrying helps, and what it would be at another vendor.",
        "这些 API 网关文档中的每一个错误：含义、应由谁处理、重试是否有用，以及在其他厂商处对应什么。";
    vendors: "Vendors", "厂商";
    by_status: "By status", "按状态码";
    by_condition: "By what went wrong", "按错误条件";
    jump: "Ways in", "快速查找";

    code: "Code", "错误码";
    status: "Status", "状态码";
    error: "Error", "错误";
    vendor: "Vendor", "厂商";
    row: "Row", "行号";
    who_acts: "Who must act", "由谁处理";
    retry: "Retry", "重试";
    made_by: "Made by", "响应来自";
    grpc: "gRPC", "gRPC";
    condition: "Condition", "错误条件";
    kind: "Kind", "类型";
    no_status: "no status", "无状态码";
    no_status_title: "No HTTP status", "没有 HTTP 状态码";
    no_status_lead: "Rows below HTTP: the connection ends before an answer could carry a status.",
        "发生在 HTTP 之下的错误：连接在能够返回状态码之前就已结束。";
    unregistered_short: "unregistered", "未登记";
    unregistered: "This status is not in the IANA registry.", "该状态码不在 IANA 登记表中。";

    facts: "At a glance", "概要";

    what_happened: "What happened", "发生了什么";
    what_to_do: "What to do", "如何处理";
    parameters: "Parameters", "参数";
    parameter: "Parameter", "参数";
    type_: "Type", "类型";
    filled_from: "Meaning", "含义";
    sensitive: "may be a secret, never logged", "可能含敏感信息，不写入日志";
    stands_for_default: "where nothing is known: ", "未知时填：";

    elsewhere: "What it would be elsewhere", "在其他厂商处对应什么";
    elsewhere_none: "No row of its own for this.", "没有专门的错误码。";
    would_answer: "Its gateway answers", "其网关会返回";
    plain_answer: "This answer is ours: its tables have no row for it.", "其错误码表中没有对应行，此应答由本项目给出。";
    narrower_many: "narrower codes", "个更具体的错误码";
    documents: "In the documents", "文档原文";
    source: "Source", "来源";
    source_document: "source document", "来源文档";
    table_row: "Table and row", "表与行号";
    whole_cell: "The whole cell", "单元格全文";
    differs: "Differs from the newest edition in", "与最新版本不同之处";
    differs_code: "code", "错误码";
    differs_status: "status", "状态码";
    differs_wording: "wording", "措辞";
    not_in_edition: "Does not stand in this edition.", "该版本中没有这一行。";
    variants: "Also seen as", "其他写法";
    when: "when", "条件";
    style: "spoken as", "方言";
    reading_only: "known for reading only", "仅用于识别";
    notes: "Notes", "备注";
    in_code: "In your code", "在代码中";
    rust: "Rust", "Rust";
    terminal: "Terminal", "终端";
    wait_comment: "wait, then send the same request again", "等待后重发同一请求";
    once_comment: "the same request may be sent again", "可以立即重发同一请求";
    fix_comment: "sending it again does not help before something is changed", "修正之前重发没有用";
    never_comment: "sending it again cannot help", "重发没有用";
    exchange: "Recorded exchange", "实录报文";
    exchange_lead: "Sent and received in the test run, byte for byte; request ids and dates are normalised.",
        "测试运行中实际收发的报文，逐字节一致；请求 ID 与日期已归一化。";
    request: "Request", "请求";
    response: "Response", "响应";
    raised_by: "Raised by", "抛出位置";
    catalog_line: "Catalog", "目录源文件";
    previous: "Previous", "上一个";
    next: "Next", "下一个";
    neighbours: "Neighbouring codes", "相邻错误码";
    not_canonical: "When this condition holds, the vendor's gateway raises another row.", "该条件成立时，此厂商的网关返回的是另一行。";
    shares_text: "rows share this code text: ", "行共用这个错误码：";
    see_all: "compare them", "对照查看";

    candidates_lead: "This code text stands for several errors. Status and message tell them apart.",
        "这个错误码对应多个错误，可凭状态码和错误信息区分。";
    candidates_title: "Rows with the code", "使用该错误码的行：";
    older_text: "in an older edition or a variant", "见于旧版本或其他写法";

    conditions_title: "Conditions", "错误条件";
    conditions_lead: "What can go wrong, independent of vendor, in one tree. Each code stands at one node; the number says how many stand at the node itself.",
        "与厂商无关的错误条件，构成一棵树。每个错误码对应一个节点；数字表示直接对应该节点的错误码数量。";
    place_in_tree: "Place in the tree", "在树中的位置";
    at_vendors: "At each vendor", "各厂商的错误码";
    below: "Codes of narrower conditions", "更具体条件的错误码";
    data_plane_says: "Calling an API, its gateway answers", "调用 API 时，其网关返回";
    console_plane_says: "Managing an API, it answers", "管理 API 时返回";
    taken_from: "What it says for the broader ", "沿用其上级条件的应答：";
    problem_status: "Plain status", "通用状态码";

    statuses_title: "Status codes", "状态码";
    statuses_lead: "Every HTTP status that the vendors' tables use, the unregistered ones included.",
        "各厂商错误码表使用的全部 HTTP 状态码，包括未登记的。";
    also_status: "Only in an older edition or a variant", "仅见于旧版本或其他写法";
    codes: "Codes", "错误码";

    envelope: "Envelope", "响应格式";
    envelope_example: "An error as it travels", "错误的实际报文";
    editions: "Editions", "版本";
    rows: "rows", "行";
    appended: "appended on the wire: ", "报文中追加：";
    only_older: "Only in older editions", "仅见于旧版本";

    not_found_title: "No such page", "没有这个页面";
    not_found_lead: "Pages of codes never move; perhaps the address was cut or mistyped. A short address is the code text itself, such as the one in your response.",
        "错误码页面的地址不会变动，可能是地址不完整或有误。也可以直接用响应中的错误码文本作为短地址。";
    moved_on: "This page is at", "页面位于";
}

impl Words {
    /// The words of this language.
    pub(crate) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Zh => &ZH,
        }
    }
}

/// "3 codes", "3 个错误码".
pub(crate) fn codes(lang: Lang, n: usize) -> String {
    match (lang, n) {
        (Lang::En, 1) => "1 code".to_owned(),
        (Lang::En, n) => format!("{n} codes"),
        (Lang::Zh, n) => format!("{n} 个错误码"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_words_are_chinese() {
        let spoken = [ZH.skip, ZH.what_to_do, ZH.elsewhere, ZH.not_found_lead, ZH.candidates_lead, ZH.overview_lead];
        for word in spoken {
            assert!(word.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{word}");
            assert!(!word.contains(','), "{word}: a Chinese text has Chinese punctuation");
        }
    }
}
