//! The examples of the repository, for whoever has the program alone.

/// Their names, and what they are.
const FILES: &[(&str, &str)] = &[
    ("tencent.yaml", include_str!("../examples/tencent.yaml")),
    ("tencent.sh", include_str!("../examples/tencent.sh")),
    ("jdcloud.yaml", include_str!("../examples/jdcloud.yaml")),
    ("jdcloud.sh", include_str!("../examples/jdcloud.sh")),
    ("huawei.yaml", include_str!("../examples/huawei.yaml")),
    ("huawei.sh", include_str!("../examples/huawei.sh")),
    ("tls.yaml", include_str!("../examples/tls.yaml")),
];

/// The names of all examples.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The text of an example; empty if there is none of this name.
pub(crate) fn text(name: &str) -> &'static str {
    FILES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}
