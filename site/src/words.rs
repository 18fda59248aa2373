//! The words of the site itself, both languages side by side: a missing translation does not compile.
//!
//! Those for the facets of a code are the library's: `Fault::label` and the like.

use apigw_errors::Lang;

apigw_errors::words! {
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

    compare: "Compare", "对照";
    decode: "Decode", "解析";
    checks: "How the gateway checks", "网关如何检查";
    about: "About", "关于";
    more_nav: "More", "更多";
    theme_auto: "Colours: as the system", "配色：跟随系统";
    theme_light: "Colours: light", "配色：浅色";
    theme_dark: "Colours: dark", "配色：深色";

    search: "Search codes, messages, words", "搜索错误码、消息、词语";
    search_placeholder: "Code, message, words", "错误码、消息、关键词";
    search_title: "Search", "搜索";
    search_lead: "A code with or without its prefix, a whole message with the values in it, or words in either language.",
        "可输入错误码（可省略前缀）、带有实际值的完整消息，或中英文词语。";
    search_more: "All results", "全部结果";
    search_none: "Nothing found. A part of the message or one word of it may do better.", "没有找到。可以只输入消息的一部分或其中一个词。";
    search_keys: "↑ ↓ choose, Enter opens, Esc closes", "↑ ↓ 选择，Enter 打开，Esc 关闭";
    search_fail: "The search data could not be loaded.", "搜索数据未能加载。";
    search_noscript: "Search runs in the page and needs a script. Without one, the list of all codes can be searched with the browser:",
        "搜索在页面内运行，需要脚本。没有脚本时，可在全部错误码的列表中用浏览器查找：";
    search_shortcut: "The key / jumps to the search box", "按 / 键跳到搜索框";

    decode_title: "Decode a response", "解析响应";
    decode_lead: "Paste a response, a line of a log, a message or a code. It is read here, in the page.",
        "粘贴响应、日志行、消息或错误码，就在本页面内解析。";
    decode_label: "Response", "响应内容";
    decode_placeholder: "HTTP/1.1 403 Forbidden …", "HTTP/1.1 403 Forbidden …";
    decode_private: "Nothing is uploaded: the page works without a network, too.", "内容不会上传：断网时本页面同样可用。";
    decode_noscript: "Reading in the page needs a script. In the terminal:", "在页面内解析需要脚本。也可以在终端中执行：";
    examples: "Examples", "示例";
    decode_words: "No code of the catalog fits.|Code|Message|Request id|Status|Made by|Condition|Parameters|Editions|Detail|certain|likely|possible|What was read|Candidates|Gateway|Backend|no table has a row for this; the gateway may answer so for these conditions.",
        "目录中没有吻合的错误码。|错误码|消息|请求 ID|状态码|响应来自|错误条件|参数|版本|细节|确定|很可能|可能|读取到的内容|候选|网关|后端服务|错误码表中没有对应行；网关在下列情形下可能这样返回。";

    compare_title: "Conditions and vendors", "错误条件与厂商对照";
    compare_lead: "What each vendor says when something goes wrong: one row for each condition, one column for each vendor.",
        "每种错误在各厂商处如何表达：每行一个错误条件，每列一个厂商。";
    legend_broad: "no row of its own: a broader one is answered", "没有专门的行：以更宽泛的行应答";
    legend_close: "another row stands in", "以其他行代替";
    legend_plain: "an answer of ours, no table has one", "错误码表中没有，由本项目给出";
    legend_narrow: "codes for narrower conditions", "更具体条件的错误码数量";
    unfold_all: "Unfold all", "全部展开";
    fold_all: "Fold all", "全部收起";

    checks_title: "How the gateway checks a call", "网关如何检查一次调用";
    checks_lead: "A call passes these checks in this order, and the first that refuses it decides the code. Made from the gateway's own list.",
        "每次调用依次经过下列检查，最先拒绝的检查决定返回哪个错误码。此页由网关自身的检查列表生成。";
    at_the_gateway: "At the gateway", "在网关中";
    raised_by_none: "No check of the gateway raises this condition itself.", "网关中没有检查直接抛出该条件。";

    difference_title: "what changed", "变更内容";
    changed: "Changed", "有变化";
    added: "Added", "新增";
    removed: "No longer there", "不再列出";
    unchanged: "The same", "未变化";

    plane: "Plane", "所属平面";
    edition: "Edition", "版本";
    raised: "In the gateway", "网关实现";
    raised_yes: "Raised", "已能抛出";
    raised_no: "Not raised", "尚未抛出";
    raised_yes_long: "the test run saw the gateway of this project raise it", "测试运行中，本项目的网关确实抛出过";
    raised_no_long: "no recorded exchange", "没有实录报文";
    more_filters: "More filters", "更多筛选";
    narrow: "Narrow the list", "筛选列表";
    clear: "Clear", "清除";
    shown_of: "{shown} of {total} codes", "共 {total} 个错误码，显示 {shown} 个";

    access_log: "Access log", "访问日志";
    access_log_lead: "The client was gone before an answer: only the log shows it.", "客户端在应答前已断开：只有日志可见。";
    reproduce: "Provoke it yourself", "自行重现";
    reproduce_config: "Save as gateway.yaml:", "保存为 gateway.yaml：";
    reproduce_backend: "Start a backend that behaves so:", "启动一个这样表现的后端：";
    reproduce_start: "Start the gateway in the repository:", "在仓库目录启动网关：";
    reproduce_send: "Send the request:", "发送请求：";
    reproduce_again: "The last answer is the one.", "最后一次应答即为该错误。";
    copy: "Copy|Copied", "复制|已复制";

    about_title: "About this reference", "关于本参考";
    about_lead: "How to read it, where its facts come from, and how to add to it.", "如何阅读、资料来源，以及如何参与。";
    about_evidence: "How a fact is known", "依据标记";
    about_evidence_lead: "Wire texts are facts; every one says how it is known:", "报文原文是事实，每一条都注明依据：";
    evidence_documented: "stands in one of the vendor's documents", "见于厂商文档";
    evidence_observed: "was seen on the wire and published; the source is named", "在实际报文中见到并已公开，注明出处";
    evidence_inferred: "is our reading, and may be wrong", "由本项目推断，可能有误";
    about_wire: "Codes, statuses and messages are kept to the letter, misspellings included. What is highlighted in a message is a parameter: it differs from one response to the next.",
        "错误码、状态码与消息逐字保留，包括其中的拼写错误。消息中突出显示的部分是参数，每次响应可能不同。";
    about_sources: "The source documents are numbered; which edition of which vendor's tables each of them is, and how many rows it has, stands on the vendor's page:",
        "来源文档以编号表示；各编号对应哪家厂商哪个版本的错误码表、共有多少行，见厂商页面：";
    about_relations: "How codes correspond", "错误码的对应关系";
    about_relations_lead: "Every code stands at one node of a tree of conditions, and the relations follow from the tree. Only “close” is written down, always with its reason.",
        "每个错误码对应条件树上的一个节点，对应关系由树推出；只有“相近”需要单独写明，并且总是附有理由。";
    about_facets: "Who must act, and whether retrying helps", "由谁处理，重试是否有用";
    about_json: "The whole catalog, and the schema it keeps to:", "完整目录及其结构定义：";
    about_short: "Each code text is an address of its own: put it behind the address of this site.", "每个错误码文本都是一个短地址：接在本站地址之后即可。";
    about_contribute: "Add to it", "参与";
    about_contribute_lead: "The catalog is YAML, one file for each vendor. A new row, edition or observed text needs a source; the compiler says what is missing.",
        "目录以 YAML 编写，每家厂商一个文件。新增行、版本或实测文本都需要来源；缺少什么，编译器会指出。";
    about_licence: "Licence", "许可";
    about_licence_text: "Explanations and code are ours: MIT or Apache-2.0, at your choice. Wire texts are the vendors'. This project is not affiliated with any of them.",
        "说明文字与代码由本项目撰写，采用 MIT 或 Apache-2.0 许可，任选其一。报文原文属于各厂商。本项目与各厂商没有关联。";

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
    response_headers: "Headers of its responses", "响应头";
    authentication: "Signing and authentication in brief", "签名与认证概要";
    editions: "Editions", "版本";
    rows: "rows", "行";
    appended: "appended on the wire: ", "报文中追加：";
    only_older: "Only in older editions", "仅见于旧版本";

    not_found_title: "No such page", "没有这个页面";
    not_found_lead: "Pages of codes never move; perhaps the address was cut or mistyped. A short address is the code text itself, such as the one in your response.",
        "错误码页面的地址不会变动，可能是地址不完整或有误。也可以直接用响应中的错误码文本作为短地址。";
    moved_on: "This page is at", "页面位于";
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
        let zh = Words::of(Lang::Zh);
        let spoken = [zh.skip, zh.what_to_do, zh.elsewhere, zh.not_found_lead, zh.candidates_lead, zh.overview_lead];
        for word in spoken {
            assert!(word.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{word}");
            assert!(!word.contains(','), "{word}: a Chinese text has Chinese punctuation");
        }
    }
}
