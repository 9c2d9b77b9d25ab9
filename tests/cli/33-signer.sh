#!/bin/bash
# 33-signer.sh - a signed attestation speaks for the trusted signer whose
# signature is on it, and for nobody where that does not hold.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

type=application/vnd.in-toto+json
vex_document vex.json CVE-2026-0001 pkg:npm/a@1 fixed 2026-01-12T00:00:00Z
jq -c '{_type: "https://in-toto.io/Statement/v1", subject: [{name:
    "pkg:npm/a@1", digest: {sha256: ("0" * 64)}}],
    predicateType: "https://openvex.dev/ns/v0.2.0", predicate: .}' vex.json \
    >statement.json
for name in vendor other; do
	openssl ecparam -name prime256v1 -genkey -noout -out $name.pem 2>err
	openssl ec -in $name.pem -pubout -out $name.pub 2>err
done

# envelope KEY PAYLOAD: on stdout
envelope() {
	printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c <"$2")" >pae
	cat "$2" >>pae
	jq -nc --arg type "$type" --arg payload "$(base64 -w0 "$2")" \
	    --arg sig "$(openssl dgst -sha256 -sign "$1" pae | base64 -w0)" \
	    '{payloadType: $type, payload: $payload,
	      signatures: [{keyid: "a hint", sig: $sig}]}'
}

# provider ARG...: of the one claim in a home of its own
provider() {
	rm -rf "$VEXLOG_HOME"
	vex -q init
	[ -z "${trusted:-}" ] || vex trust add --signer $trusted \
	    --name vendor:acme ${until:+--not-after $until}
	vex --json ingest "$@"
	json '[.documents.stored, .observations.stored] | @csv' 1,1 \
	    "$*: is taken in"
	vex --json find
	vex --json show "$(jq -r '.items[0].observationId' out)"
}

envelope vendor.pem statement.json >signed.json
provider signed.json
json .providerId doc:Example "nobody is trusted: the document's author"
trusted=$work/vendor.pub
provider signed.json
json .providerId vendor:acme "a trusted signer: that one"
digest=$(jq -r .documentDigest out)
is "$digest" "sha256:$(sha256sum statement.json | cut -d' ' -f1)" \
    "the document is what was signed"
vex -q decide
vex -q link
vex --json verify --all --deep
exits 0 "and all of it verifies"
vex --json trace CVE-2026-0001 pkg:npm/a@1
json .inputs[0].weightMicro 770000 "the claim weighs as one of a vendor"
vex -q export --format bundle -o a.tar
vex --json replay a.tar
exits 0 "and the archive replays"
provider --provider distro:mine signed.json
json .providerId distro:mine "the operator's word comes first"
provider statement.json
json .providerId doc:Example "the statement without its envelope"

# ---- one thing broken at a time ---------------------------------------------------
trusted=$work/other.pub
provider signed.json
json .providerId doc:Example "another key is trusted"
trusted=$work/vendor.pub
until=2020-01-01T00:00:00Z
provider signed.json
json .providerId doc:Example "the key was trusted until then"
until=
jq -c '.predicate.author = "Mallory"' statement.json >changed.json
jq -c --arg p "$(base64 -w0 changed.json)" '.payload = $p' signed.json >moved.json
provider moved.json
json .providerId doc:Mallory "another payload under the signature"
jq -c '.payloadType = "text/json"' signed.json >type.json
provider type.json
json .providerId doc:Example "another type of payload"
jq -c '.signatures[0].sig |= (@base64d | . as $s | "A" * 96)' signed.json \
    >bad.json 2>err
provider bad.json
json .providerId doc:Example "a signature that is none"
jq -c '.signatures = []' signed.json >none.json
provider none.json
json .providerId doc:Example "no signature"
envelope other.pem statement.json >second.json
jq -c --slurpfile s second.json '.signatures = $s[0].signatures +
    .signatures' signed.json >both.json
provider both.json
json .providerId vendor:acme "two signatures, one of them trusted"

# ---- in a .jsonl, each line for itself ----------------------------------------------
vex_document more.json CVE-2026-0002 pkg:npm/a@1 fixed 2026-01-12T00:00:00Z
jq -c . more.json >more.jsonl
cat signed.json more.jsonl >lines.jsonl
rm -rf "$VEXLOG_HOME"
vex -q init
vex trust add --signer vendor.pub --name vendor:acme
vex --json ingest lines.jsonl
vex --json find
for id in $(jq -r '.items[].observationId' out); do
	"$VEXLOG" --json show "$id"
done | jq -r '.vulnerabilityId + " " + .providerId' | sort >"who"
is "$(cat who)" "CVE-2026-0001 vendor:acme
CVE-2026-0002 doc:Example" "a signature is of its line alone"

done_testing
