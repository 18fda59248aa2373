//! A catalog of any size that has everything a real one has: groups and leaves in its condition tree, typed parameters,
//! two editions that differ, texts in both languages.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

/// Each condition has a code at each of these.
const VENDORS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// Leaves of the condition tree under one node.
const GROUP: usize = 16;

/// Writes a catalog of `codes` codes below `root`, in the layout of the real one, and says which files the vendors are.
pub(crate) fn write(root: &Path, codes: usize) -> io::Result<Vec<String>> {
    let conditions = codes / VENDORS.len();
    fs::create_dir_all(root.join("vendors"))?;
    fs::write(root.join("conditions.yaml"), condition_tree(conditions))?;
    fs::write(root.join("relations.yaml"), relations())?;
    let mut files = Vec::new();
    for vendor in VENDORS {
        let file = format!("vendors/{vendor}.yaml");
        fs::write(root.join(&file), self::vendor(vendor, conditions))?;
        files.push(file);
    }
    Ok(files)
}

/// The id of the condition of the code at `index`; the first is the root.
fn condition(index: usize) -> String {
    match index {
        0 => "outcome".to_owned(),
        _ if index % GROUP == 1 => format!("group{}", index / GROUP),
        _ => format!("group{}.leaf{index}", (index - 1) / GROUP),
    }
}

/// Every other leaf has parameters.
fn has_params(index: usize) -> bool {
    index % GROUP != 1 && index.is_multiple_of(2) && index > 0
}

fn condition_tree(count: usize) -> String {
    let mut yaml = String::from("conditions:\n");
    for index in 0..count {
        let id = condition(index);
        let _ = write!(yaml, "  - id: {id}\n    status: {}\n    grpc: INTERNAL\n    fault: client\n", status(index));
        if has_params(index) {
            yaml.push_str(
                "    params:\n      name: { type: token, about: { en: \"Who.\", zh: \"何者。\" } }\n      \
                 limit: { type: number, about: { en: \"How many.\", zh: \"多少。\" } }\n",
            );
        }
        let _ = write!(
            yaml,
            "    title: {{ en: \"Condition {index}\", zh: \"条件 {index}\" }}\n    \
             summary: {{ en: \"What condition {index} says happened.\", zh: \"条件 {index} 所描述的情况。\" }}\n"
        );
    }
    yaml
}

fn relations() -> String {
    "close:\n  - between: [alpha.Code2, beta.Code3]\n    reason: { en: \"Both look alike.\", zh: \"两者相似。\" }\n"
        .to_owned()
}

fn status(index: usize) -> usize {
    400 + index % 120
}

fn vendor(vendor: &str, count: usize) -> String {
    let mut yaml =
        format!("vendor: {vendor}\nname: {{ en: {vendor}, zh: 厂商 {vendor} }}\nenvelope: {vendor}\neditions:\n");
    for (edition, source) in [("v2", 2), ("v1", 1)] {
        let _ = write!(
            yaml,
            "  - id: {edition}\n    title: {{ en: \"Edition {edition}\", zh: \"版本 {edition}\" }}\n    \
             source: \"{source}\"\n    evidence: documented\n    tables:\n      \
             - {{ id: main, title: {{ en: \"All\", zh: \"全部\" }}, rows: {count} }}\n"
        );
    }
    yaml.push_str("codes:\n");
    for index in 0..count {
        code(&mut yaml, vendor, index);
    }
    yaml
}

fn code(yaml: &mut String, vendor: &str, index: usize) {
    let (row, status, condition) = (index + 1, status(index), condition(index));
    let (message, printed, older, params) = if has_params(index) {
        (
            format!("{vendor} refuses {{name}} in case {index} because of {{limit}} at most"),
            format!("{vendor} refuses $n in case {index} because of $l at most."),
            format!("{vendor} {index}: $n, limit $l"),
            "    params:\n      name: { type: token, printed: $n }\n      limit: { type: number, printed: $l }\n",
        )
    } else {
        let message = format!("{vendor} cannot do what case {index} describes");
        (message.clone(), format!("{message}."), format!("{vendor} {index} failed"), "")
    };
    let _ = write!(
        yaml,
        "  - id: Code{index}\n    code: {}.{index:05}\n    plane: data\n    status: {status}\n    message: \"{message}\"\n\
         {params}    condition: {condition}\n    origin: gateway\n    fault: client\n    retry: after_fix\n    editions:\n      \
         v2: {{ table: main, row: {row}, printed: \"{printed}\" }}\n      \
         v1: {{ table: main, row: {row}, printed: \"{older}\" }}\n    summary:\n      \
         en: \"The request went against rule {index} of {vendor}, which the definition of the API sets.\"\n      \
         zh: \"请求违反了 {vendor} 的第 {index} 条规则，该规则由 API 定义设定。\"\n    remedy:\n      en: |\n        \
         Look up rule {index} of {vendor} in the definition.\n        Send the request again as it asks.\n      zh: |\n        \
         在定义中查找 {vendor} 的第 {index} 条规则。\n        按要求重新发送请求。\n",
        vendor.to_ascii_uppercase()
    );
}
