//! What a program does with the catalog, each beside the obvious alternative. Read the ratios, not the nanoseconds.
//!
//! `cargo bench -p apigw-errors`

#![allow(
    clippy::unwrap_used,
    clippy::wildcard_imports,
    reason = "a benchmark may panic, and its groups share the imports of the file"
)]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::LazyLock;

use apigw_errors::{CATALOG, CodeRow, Condition, Dialect, Piece, Template, Vendor, huawei};
use divan::Bencher;
use regex::Regex;

fn main() {
    divan::main();
}

const CODES: [&str; 4] = ["APIG.0308", "APIG.0201", "APIG.2213", "APIG.9999"];

#[divan::bench_group]
mod lookup {
    use super::*;

    static MAP: LazyLock<HashMap<&'static str, Vec<&'static CodeRow>>> = LazyLock::new(|| {
        let mut map: HashMap<_, Vec<_>> = HashMap::new();
        for code in &huawei::CODES {
            map.entry(code.code.unwrap_or_default()).or_default().push(code);
        }
        map
    });

    #[divan::bench]
    fn phf() -> usize {
        CODES.iter().map(|code| huawei::Code::by_code(black_box(code)).count()).sum()
    }

    #[divan::bench]
    fn hash_map() -> usize {
        CODES.iter().map(|code| MAP.get(black_box(code)).map_or(0, Vec::len)).sum()
    }

    #[divan::bench]
    fn linear_scan() -> usize {
        CODES.iter().map(|code| huawei::CODES.iter().filter(|row| row.code == Some(black_box(code))).count()).sum()
    }
}

#[divan::bench_group]
mod raise {
    use super::*;

    #[divan::bench]
    fn typed_without_params() -> apigw_errors::AnyError {
        black_box(Condition::AuthSignatureMalformed).to_error(black_box(Vendor::Tencent))
    }

    #[divan::bench]
    fn dialect_without_params(bencher: Bencher<'_, '_>) {
        let dialect = Dialect::newest(Vendor::Tencent.row());
        bencher.bench_local(|| black_box(dialect).say(&black_box(Condition::AuthSignatureMalformed)).message().len());
    }

    /// The alternative: a map from condition id to status and owned text, filled at start.
    #[divan::bench]
    fn hash_map_of_strings(bencher: Bencher<'_, '_>) {
        let map: HashMap<&str, (u16, String)> = CATALOG
            .conditions
            .iter()
            .map(|condition| {
                let code = Vendor::Tencent.row().answer(apigw_errors::Plane::Data, condition).code;
                (condition.id, (code.status.map_or(0, u16::from), code.message.source.to_owned()))
            })
            .collect();
        bencher.bench_local(|| map.get(black_box("auth.signature.malformed")).map(|(_, text)| text.clone()));
    }
}

#[divan::bench_group]
mod render {
    use super::*;

    fn condition() -> Condition {
        Condition::AuthSignatureIncompleteSignedHeader { parameter: "headers".into(), header: "x-token".into() }
    }

    #[divan::bench]
    fn dialect_with_params(bencher: Bencher<'_, '_>) {
        let dialect = Dialect::newest(Vendor::Tencent.row());
        let condition = condition();
        let mut out = String::with_capacity(256);
        bencher.bench_local(move || {
            out.clear();
            let _ = write!(out, "{}", dialect.say(black_box(&condition)));
            out.len()
        });
    }

    #[divan::bench]
    fn typed_display(bencher: Bencher<'_, '_>) {
        let error = condition().to_error(Vendor::Tencent);
        let mut out = String::with_capacity(256);
        bencher.bench_local(move || {
            out.clear();
            let _ = write!(out, "{}", black_box(&error));
            out.len()
        });
    }

    #[divan::bench]
    fn format_macro(bencher: Bencher<'_, '_>) {
        let mut out = String::with_capacity(256);
        bencher.bench_local(move || {
            out.clear();
            let _ =
                write!(out, "HMAC signature cannot be verified, a valid {} header is required", black_box("x-token"));
            out.len()
        });
    }

    #[divan::bench]
    fn string_replace() -> String {
        black_box("HMAC signature cannot be verified, a valid {header} header is required")
            .replace("{header}", black_box("x-token"))
    }
}

#[divan::bench_group]
mod parse {
    use super::*;

    const FIXED: &str = "HMAC signature does not match";
    const OPEN: &str = "HMAC signature cannot be verified, a valid x-token header is required";
    const NONE: &str = "upstream connect error or disconnect/reset before headers";

    fn pattern(template: &Template) -> Regex {
        let mut text = String::from("^");
        for piece in template.pieces {
            match piece {
                Piece::Text(literal) => text.push_str(&regex::escape(literal)),
                Piece::Param(..) => text.push_str("(.*)"),
            }
        }
        text.push_str("\\.?$");
        Regex::new(&text).unwrap()
    }

    static CHAIN: LazyLock<Vec<(&'static CodeRow, Regex)>> =
        LazyLock::new(|| Vendor::Tencent.row().codes.iter().map(|code| (code, pattern(&code.message))).collect());

    #[divan::bench(args = [FIXED, OPEN, NONE])]
    fn templates(text: &str) -> usize {
        Vendor::Tencent.row().read(black_box(text)).len()
    }

    #[divan::bench(args = [FIXED, OPEN, NONE])]
    fn chain_of_regexes(text: &str) -> Option<&'static CodeRow> {
        CHAIN.iter().find(|(_, regex)| regex.is_match(black_box(text))).map(|(code, _)| *code)
    }
}
