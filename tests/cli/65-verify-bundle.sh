#!/bin/bash
# verify-bundle: the protocol of sigstore-conformance, its exit codes and reports.
. "$(dirname "$0")/lib.sh"
bundles=$VEXLOG_TEST_DATA/bundles/conformance
good=$bundles/happy-path-v0.2/bundle.sigstore.json
identity=https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main
issuer=https://token.actions.githubusercontent.com
who=(--certificate-identity "$identity" --certificate-oidc-issuer "$issuer")
digest=sha256:$(sha256sum <"$bundles/a.txt" | cut -d' ' -f1)

vex verify-bundle --bundle "$good" "${who[@]}" "$bundles/a.txt"
exits 0 "an intact bundle, by path"
prints '^verified' "says so"
vex verify-bundle --bundle "$good" "${who[@]}" "$digest"
exits 0 "by digest"
[ ! -e home ]
result $? "without a home"

vex verify-bundle --json --bundle "$good" "${who[@]}" "$digest"
json '.holds' true "one line with --json"
json '.id' "sha256:$(sha256sum <"$good" | cut -d' ' -f1)" "its id is the bundle's digest"
json '[.checks[] | select(.outcome == "FAIL")] | length' 0 "no check failed"
for check in bundle artifact signature "inclusion proof" "checkpoint signature" binding \
    "certificate path" "certificate transparency" identity "identity issuer"; do
	json "[.checks[] | select(.name == \"$check\" and .outcome == \"PASS\")] | length" 1 "$check is shown"
done

vex verify-bundle --json --bundle "$good" "${who[@]}" "$good"
exits 1 "another artifact"
json '.holds' false "does not hold"
json '[.checks[] | select(.outcome == "FAIL") | .name] | join(",")' "artifact,signature,binding" \
    "and the checks say why"
vex verify-bundle --bundle "$good" --certificate-identity "$identity" \
    --certificate-oidc-issuer "$issuer/" "$digest"
exits 1 "another issuer"
prints 'FAIL.*identity issuer' "is named"
vex verify-bundle --staging --bundle "$good" "${who[@]}" "$digest"
exits 1 "another instance"
vex verify-bundle --bundle "$bundles/rekor2-happy-path/bundle.sigstore.json" --staging "${who[@]}" "$digest"
exits 0 "staging is built in"
vex verify-bundle --staging --bundle "$bundles/trust-root-tsa-validity-end-inclusive/bundle.sigstore.json" \
    "${who[@]}" --trusted-root "$bundles/trust-root-tsa-validity-end-inclusive/trusted_root.json" "$digest"
exits 0 "a trusted root of one's own comes first"
printf '{"mediaType":' >cut.json
vex verify-bundle --bundle cut.json "${who[@]}" "$digest"
exits 1 "a cut bundle"

# a digest that is a file, too, is a file
cp "$good" "$digest"
vex verify-bundle --bundle "$good" "${who[@]}" "$digest"
exits 1 "a file called like a digest is a file"

vex verify-bundle --bundle "$good" "$digest"
exits 2 "nobody to have signed"
vex verify-bundle --bundle "$good" "${who[@]}" --key "$good" "$digest"
exits 2 "a key and an identity"
vex verify-bundle "${who[@]}" "$digest"
exits 2 "no bundle"
vex verify-bundle --bundle "$good" --key "$good" "$bundles/a.txt"
exits 1 "a key that is none"
vex verify-bundle --bundle nowhere "${who[@]}" "$bundles/a.txt"
exits 6 "a bundle that is not there"
vex verify-bundle --bundle "$good" "${who[@]}" nowhere
exits 6 "an artifact that is not there"
vex verify-bundle --bundle "$good" "${who[@]}" --trusted-root cut.json "$bundles/a.txt"
exits 1 "a trusted root that is none"

# every case of the suite, as the suite drives it
bad=0
for case in "$bundles"/*/; do
	case=${case%/}
	[ -f "$case/identity" ] && i=$(cat "$case/identity") || i=$identity
	[ -f "$case/issuer" ] && u=$(cat "$case/issuer") || u=$issuer
	artifact=$bundles/a.txt
	[ -f "$case/artifact" ] && artifact=$case/artifact
	root=()
	[ -f "$case/trusted_root.json" ] && root=(--trusted-root "$case/trusted_root.json")
	vex verify-bundle --bundle "$case/bundle.sigstore.json" --certificate-identity "$i" \
	    --certificate-oidc-issuer "$u" "${root[@]}" "$artifact"
	case $case in
	*_fail) [ "$code" = 1 ] ;;
	*) [ "$code" = 0 ] ;;
	esac || { bad=$((bad + 1)); echo "# $case: $code"; }
done
is "$bad" 0 "every case of the conformance suite at hand"

# ---- bundles of our own ----------------------------------------------------------
vex -q init
vex_document own.json CVE-2026-0001 pkg:npm/own@1.0.0 fixed 2026-01-12T08:30:00Z
vex -q ingest --provider vendor:example own.json
observation=$(vex --json pending; jq -r '.items[0].observationId' out)
vex show --bundle "$observation"
exits 3 "nothing is linked yet"
says 'vexlog link' "says what to do"
vex -q link
vex --json decide
verdict=$(jq -r .vexVerdictId out)
vex -q link
vex --json key show
key_id=$(jq -r .keyId out)
vex show --bundle "$observation"
exits 0 "show --bundle of an observation"
cp out batch.sigstore.json
json '[.mediaType, (.verificationMaterial.tlogEntries | length),
    .verificationMaterial.publicKey.hint] | join(" ")' \
    "application/vnd.dev.sigstore.bundle.v0.3+json 1 $key_id" \
    "is a bundle v0.3 with the key id as hint"
vex show --bundle "$verdict"
exits 0 "of a verdict"
cp out verdict.sigstore.json
vex --json show "$observation"
entry=$(jq -r .rekor.uuid out)
vex show --bundle "$entry"
exits 0 "of an entry"
ok "the same as of what is in it" cmp -s out batch.sigstore.json
openssl pkey -in home/key.pem -pubout -out own.pub 2>/dev/null
subject() {
	jq -r '.dsseEnvelope.payload | @base64d | fromjson |
	    "sha256:" + .subject[0].digest.sha256' "$1"
}
for kind in batch verdict; do
	vex --json verify-bundle --bundle $kind.sigstore.json --key own.pub \
	    --trusted-root home/trust.json "$(subject $kind.sigstore.json)"
	exits 0 "our $kind bundle verifies"
	json .holds true "  every check of it"
done
vex verify-bundle --bundle batch.sigstore.json --key own.pub \
    --trusted-root home/trust.json "$(subject verdict.sigstore.json)"
exits 1 "not as a bundle of something else"
jq -c '.verificationMaterial.tlogEntries[0].logIndex = "7"' \
    batch.sigstore.json >moved.json
vex verify-bundle --bundle moved.json --key own.pub \
    --trusted-root home/trust.json "$(subject batch.sigstore.json)"
exits 1 "nor with another index"
vex show --bundle sha256:no
exits 2 "an id that is none"

done_testing
