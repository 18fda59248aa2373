//! The program's own words, both languages side by side: a missing translation does not compile.
//!
//! Those for the facets of a code are the library's: `Fault::label` and the like.

crate::words! {
    colon: ": ", "：";
    stop: ". ", "。";
    space: " ", "";
    id: "id", "标识";
    code: "code", "错误码";
    status: "status", "状态码";
    plane: "plane", "接口面";
    message: "message", "错误信息";
    fault: "fault", "责任方";
    retry: "retry", "重试";
    condition: "condition", "错误情形";
    no_status: "no HTTP status", "无 HTTP 状态码";

    what_happened: "What happened", "发生了什么";
    what_to_do: "What to do", "如何处理";
    facts: "In short", "要点";
    who_acts: "who must act", "由谁处理";
    origin: "made by", "响应来自";
    grpc: "gRPC", "gRPC";
    kind: "kind", "类型";
    values: "Read from the message", "从错误信息中读出";
    documents: "In the documents", "文档原文";
    same_words: "the same words", "文字相同";
    also_seen: "Also seen as", "其他写法";
    elsewhere: "Elsewhere", "其他厂商";
    elsewhere_none: "No other vendor has a code for this; `apigw-errors translate --to` tells what its gateway answers.",
        "其他厂商没有对应的错误码；`apigw-errors translate --to` 可查看其网关会返回什么。";
    more: "more: apigw-errors translate", "个未列出：apigw-errors translate";
    notes: "Notes", "备注";
    in_rust: "In Rust", "Rust 代码";
    candidates: "codes fit; `apigw-errors explain ID` tells more of one:", "个错误码符合，可用 `apigw-errors explain 标识` 查看：";
    nothing_called: "nothing in the catalog is called", "目录中没有";
    did_you_mean: "did you mean:", "是否想查：";
    try_search: "try `apigw-errors search` with a word of it, or `apigw-errors decode` for a whole response",
        "可用 `apigw-errors search` 搜索其中的词，或用 `apigw-errors decode` 读取完整响应";
    open_one: "nothing was opened: several codes fit; name one of them by its id, or narrow with --vendor or --plane",
        "没有打开页面：有多个错误码符合，请写出其中一个的标识，或用 --vendor、--plane 缩小范围";
    no_browser: "no browser could be opened; follow the address, or name a browser in BROWSER",
        "无法打开浏览器；请自行打开上面的地址，或用 BROWSER 指定浏览器";
    no_code_fits: "no code fits", "没有符合的错误码";
    drop_filter: "leave out a filter; `apigw-errors list --help` shows them all", "请去掉某个筛选条件；`apigw-errors list --help` 列出全部条件";
    partly: "no code has all of these words; the nearest:", "没有同时包含这些词的错误码，最接近的是：";

    answers: "its gateway answers", "其网关返回";
    none_of_its_own: "no code of its own for this", "没有专门的错误码";
    because: "because", "原因";
    same_vendor: "is a code of this vendor already", "已是该厂商的错误码";
    plain_answer: "an answer of ours, since its tables have no row for it", "其错误码表中没有对应行，由本项目给出的应答";
    codes: "codes", "个错误码";

    paste: "Paste the response, then press Ctrl-D:", "请粘贴响应内容，然后按 Ctrl-D：";
    may_also_be: "It may also be", "也可能是";
    one_of_these: "One of these, as far as this text tells:", "仅凭这段文字，可能是以下之一：";
    stands_for: "its tables have no row for this; its gateway may answer so for", "其错误码表中没有对应行；其网关在下列情形下可能这样返回";
    detail: "detail", "附加细节";
    request_id: "request id", "请求 ID";
}
