apigw_errors::catalog! {
    root: "two-files",
    condition: "conditions.yaml",
    vendors: ["vendors/acme.yaml"],
}

fn main() {}
