# Calls to Huawei Cloud APIG, signed with nothing but a shell: . ./huawei.sh
# It takes bash, curl and openssl.

# Prints an answer's code, or its body where there is none, and its status.
show() { curl -sw ' %{http_code}\n' "$@" | sed -E 's/^\{"error_msg":.*"error_code":"([^"]*)".*\}/\1/'; }

# An application or an account: signed KEY SECRET METHOD ADDRESS PATH [QUERY]
# Signed are method, path, query, the header fields that SignedHeaders names, and the body, which is empty here. The path
# ends with a slash when it is signed; a query has to be in order, and escaped.
signed() {
    local date request text signature
    date=$(date -u +%Y%m%dT%H%M%SZ)
    request=$(printf '%s\n%s/\n%s\nx-sdk-date:%s\n\nx-sdk-date\n' "$3" "${5%/}" "${6-}" "$date"; printf '' | digest)
    text=$(printf 'SDK-HMAC-SHA256\n%s\n' "$date"; printf %s "$request" | digest)
    signature=$(printf %s "$text" | openssl dgst -sha256 -hmac "$2" -r | cut -c-64)
    show -X "$3" -H "X-Sdk-Date: $date" "$4$5${6:+?$6}" \
        -H "Authorization: SDK-HMAC-SHA256 Access=$1, SignedHeaders=x-sdk-date, Signature=$signature"
}

digest() { openssl dgst -sha256 -r | cut -c-64 | tr -d '\n'; }
