use apigw_errors::{CATALOG, CodeRow, Fault, Plane, Retry};

use crate::run::{run, run_with};

/// Every filter lists what the catalog has, no more and no less.
#[test]
fn filters_keep_what_fits() {
    type Wanted = fn(&'static CodeRow) -> bool;
    let cases: [(&str, Wanted); 10] = [
        ("", |_| true),
        ("--vendor huawei", |code| code.vendor.id == "huawei"),
        ("--status 429 --vendor tencent", |code| {
            let statuses = code.editions.iter().filter_map(|row| row.status).chain(code.status);
            code.vendor.id == "tencent" && statuses.map(u16::from).any(|status| status == 429)
        }),
        ("--status none", |code| code.status.is_none() || code.editions.iter().any(|row| row.status.is_none())),
        ("--plane console", |code| code.plane == Plane::Console),
        ("--fault operator", |code| code.fault == Fault::Operator),
        ("--retry after_backoff", |code| code.retry == Retry::AfterBackoff),
        ("--edition huawei@v1", |code| {
            code.vendor.id == "huawei" && code.editions.iter().any(|row| row.edition.id == "v1")
        }),
        ("--edition v1", |code| code.editions.iter().any(|row| row.edition.id == "v1")),
        ("--condition auth.signature", |code| {
            code.condition.id == "auth.signature" || code.condition.id.starts_with("auth.signature.")
        }),
    ];
    for (line, wanted) in cases {
        let json = run(&format!("list --json {line}")).json();
        let told: Vec<String> = json
            .as_array()
            .unwrap()
            .iter()
            .map(|code| format!("{}.{}", code["vendor"], code["id"]).replace('"', ""))
            .collect();
        let wanted: Vec<String> = CATALOG.codes().filter(|code| wanted(code)).map(ToString::to_string).collect();
        assert_eq!(told, wanted, "{line}");
        assert!(!wanted.is_empty(), "{line}");
        let table = run(&format!("list {line}"));
        assert_eq!(table.out.lines().count(), 1 + wanted.len(), "{line}: lines stay whole in a pipe");
    }
}

#[test]
fn chinese_columns_are_aligned() {
    let ran = run("list --vendor jdcloud --lang zh");
    let column = |line: &str, word: &str| line.find(word).map(|at| unicode_width::UnicodeWidthStr::width(&line[..at]));
    let mut lines = ran.out.lines();
    let heading = column(lines.next().unwrap(), "状态码").unwrap();
    for line in lines {
        let status = line.split_whitespace().nth(2).unwrap();
        assert_eq!(column(line, &format!("  {status}  ")), Some(heading - 2), "{line}");
    }
}

/// On a terminal the messages wrap; names stay in one piece as long as there is room.
#[test]
fn names_stay_whole_on_a_terminal() {
    let ran = run_with(["list", "--vendor", "huawei"], &[("COLUMNS", "120")], None);
    assert!(ran.out.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 120), "{ran:?}");
    for code in CATALOG.vendor("huawei").unwrap().codes {
        assert!(ran.out.contains(&format!("{code} ")), "{code}");
    }
}

#[test]
fn wrong_filters_say_what_is_right() {
    for (line, said) in [
        ("list --condition auth.signatur", "`auth.signature`"),
        ("list --edition huawei@v9", "`huawei@v2`"),
        ("list --status teapot", "`4xx`"),
        ("list --fault nobody", "operator"),
        ("list --retry later", "after_backoff"),
    ] {
        let ran = run(line);
        assert_eq!(ran.status, 2, "{line}: {ran:?}");
        assert!(ran.err.contains(said), "{line}: {ran:?}");
    }
    let none = run("list --vendor huawei --status 418");
    assert_eq!((none.status, none.out.as_str()), (1, ""));
    assert!(none.err.contains("leave out a filter"), "{none:?}");
}
