//! The phases of a call through the gateway, in words.

use apigw_errors::Text;

/// What a phase is called and what it asks.
pub(crate) struct Phase {
    name: &'static str,
    pub(crate) title: Text,
    pub(crate) asks: Text,
}

const fn phase(name: &'static str, title: (&'static str, &'static str), asks: (&'static str, &'static str)) -> Phase {
    Phase { name, title: Text { en: title.0, zh: title.1 }, asks: Text { en: asks.0, zh: asks.1 } }
}

/// The phase of this name; a newer gateway may have more of them.
pub(crate) fn named(name: &str) -> Option<&'static Phase> {
    PHASES.iter().find(|phase| phase.name == name)
}

static PHASES: [Phase; 15] = [
    phase("connection", ("Connection", "连接"), ("Does a connection come about at all?", "连接能否建立？")),
    phase(
        "limits",
        ("Limits", "大小限制"),
        ("Is the request small enough to be read?", "请求的大小是否在允许范围内？"),
    ),
    phase(
        "protocol",
        ("Protocol", "协议"),
        ("Is it sound HTTP, of a kind that is served?", "是否为合法且受支持的 HTTP？"),
    ),
    phase("host", ("Host", "域名"), ("Whose host is called?", "请求的是谁的域名？")),
    phase("environment", ("Environment", "环境"), ("Which environment of it?", "请求的是哪个环境？")),
    phase("route", ("Route", "路由"), ("Which API?", "请求的是哪个 API？")),
    phase("cors", ("CORS", "跨域"), ("May a page of this origin call it?", "该来源的页面可否调用？")),
    phase("ip_access", ("IP access", "IP 访问控制"), ("May this address call it?", "该 IP 地址可否调用？")),
    phase("authentication", ("Authentication", "身份认证"), ("Who calls, and is it proven?", "调用方是谁，能否证明？")),
    phase("authorisation", ("Authorisation", "授权"), ("May they call this API?", "其可否调用该 API？")),
    phase("traffic", ("Traffic", "流量"), ("Not too often?", "调用是否过于频繁？")),
    phase("parameters", ("Parameters", "参数"), ("With the parameters that the API wants?", "参数是否符合 API 定义？")),
    phase("plugins", ("Plug-ins", "插件"), ("What else was configured for it?", "还配置了哪些处理？")),
    phase("backend", ("Backend", "后端"), ("Does the service behind it answer?", "后端服务是否应答？")),
    phase("response", ("Response", "响应"), ("Can the answer be delivered?", "响应能否送达？")),
];
