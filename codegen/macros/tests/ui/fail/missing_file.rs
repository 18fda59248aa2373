apigw_errors::catalog! {
    root: "two-files",
    conditions: "conditons.yaml",
    vendors: [],
}

fn main() {}
