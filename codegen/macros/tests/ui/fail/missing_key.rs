apigw_errors::catalog! {
    root: "two-files",
    conditions: "conditions.yaml",
}

fn main() {}
