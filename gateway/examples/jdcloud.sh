# Calls to JD Cloud API Gateway, signed with nothing but a shell: . ./jdcloud.sh
# It takes bash, curl and openssl.

# Prints an answer's code, or its body where there is none, and its status.
show() { curl -sw ' %{http_code}\n' "$@" | sed -E 's/^\{"requestId":.*"status":"([^"]*)".*\}/\1/'; }

# An access key: signed ACCESS_KEY SECRET_KEY GROUP METHOD ADDRESS PATH [QUERY]
# Signed are method, path, query, the header fields that SignedHeaders names, and the body, which is empty here. The key is
# derived from the secret key, the day, the region and the group in four steps. A nonce is good for one call; NONCE sets it.
signed() {
    local date day scope nonce request text key step
    date=$(date -u +%Y%m%dT%H%M%SZ)
    day=${date%T*}
    scope=$day/cn-north-1/$3/jdcloud2_request
    nonce=${NONCE-$(openssl rand -hex 16)}
    request=$(printf '%s\n%s\n%s\nx-jdcloud-date:%s\nx-jdcloud-nonce:%s\n\nx-jdcloud-date;x-jdcloud-nonce\n' \
        "$4" "$6" "${7-}" "$date" "$nonce"; printf '' | digest)
    text=$(printf 'JDCLOUD2-HMAC-SHA256\n%s\n%s\n' "$date" "$scope"; printf %s "$request" | digest)
    key=$(printf %s "JDCLOUD2$2" | od -An -v -tx1 | tr -d ' \n')
    for step in "$day" cn-north-1 "$3" jdcloud2_request "$text"; do
        key=$(printf %s "$step" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -r | cut -c-64)
    done
    show -X "$4" -H "x-jdcloud-date: $date" -H "x-jdcloud-nonce: $nonce" "$5$6${7:+?$7}" \
        -H "Authorization: JDCLOUD2-HMAC-SHA256 Credential=$1/$scope, SignedHeaders=x-jdcloud-date;x-jdcloud-nonce, Signature=$key"
}

digest() { openssl dgst -sha256 -r | cut -c-64 | tr -d '\n'; }
