# Calls to Tencent Cloud API Gateway, signed with nothing but a shell: . ./tencent.sh
# It takes bash, curl and openssl.

# Prints an answer's body and status.
show() { curl -sw ' %{http_code}\n' "$@"; }

# An HMAC in base64: mac sha1 SECRET <TEXT
mac() { openssl dgst "-$1" -hmac "$2" -binary | openssl base64 -A; }

# The time as HTTP writes it.
now() { LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT'; }

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# A key pair: keypair SECRET_ID SECRET_KEY ADDRESS
# Signed are the header fields that `headers` names, in that order, one a line, with no line end after the last.
keypair() {
    local date signature
    date=$(now)
    signature=$(printf 'x-date: %s\nsource: me' "$date" | mac sha1 "$2")
    show -H "X-Date: $date" -H 'Source: me' \
        -H "Authorization: hmac id=\"$1\", algorithm=\"hmac-sha1\", headers=\"x-date source\", signature=\"$signature\"" "$3"
}

# An application: app KEY SECRET METHOD HOST ENVIRONMENT PATH [JSON]
# Signed are the fields that `headers` names; the method; Accept, Content-Type and Content-MD5, an empty line for each that
# is not there; and the path without the environment. Parameters of PATH have to be in order, and decoded when signed;
# this function leaves both to its caller.
app() {
    local date signature md5='' type='' body=()
    date=$(now)
    if [ $# -gt 6 ]; then
        type=application/json
        # Base64 of the digest's hexadecimal digits: so the vendor's own samples write it.
        md5=$(printf %s "$7" | openssl dgst -md5 -r | cut -c-32 | tr -d '\n' | openssl base64 -A)
        body=(-H "Content-Type: $type" -H "Content-MD5: $md5" --data-raw "$7")
    fi
    signature=$(printf 'x-date: %s\n%s\napplication/json\n%s\n%s\n%s' "$date" "$3" "$type" "$md5" "$6" | mac sha256 "$2")
    show -X "$3" -H "X-Date: $date" -H 'Accept: application/json' "${body[@]}" \
        -H "Authorization: hmac id=\"$1\", algorithm=\"hmac-sha256\", headers=\"x-date\", signature=\"$signature\"" "$4$5$6"
}

# A key pair for tokens: token_key makes token.pem, which signs them, and token.jwk, the public half for the gateway.
token_key() {
    local modulus
    openssl genrsa -out token.pem 2048 2>/dev/null
    modulus=$(openssl rsa -in token.pem -noout -modulus | cut -d= -f2)
    modulus=$(printf "$(printf %s "$modulus" | sed 's/../\\x&/g')" | base64url)
    printf '{"kty":"RSA","alg":"RS256","e":"AQAB","n":"%s"}\n' "$modulus" >token.jwk
}

# A token for SUBJECT that is good for SECONDS: token SUBJECT SECONDS
token() {
    local text issued
    issued=$(date +%s)
    text=$(printf '{"alg":"RS256","typ":"JWT"}' | base64url)
    text=$text.$(printf '{"sub":"%s","iat":%d,"exp":%d}' "$1" "$issued" $((issued + $2)) | base64url)
    printf %s "$text.$(printf %s "$text" | openssl dgst -sha256 -sign token.pem | base64url)"
}
