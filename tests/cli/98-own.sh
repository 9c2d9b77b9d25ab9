#!/bin/bash
# What vexlog is made of, and what it says of itself: read by itself.
. "$(dirname "$0")/lib.sh"

own=$root/security/vexlog.openvex.json
program=$(readlink -f "$VEXLOG")
python3 "$root/tools/sbom.py" "$program" --output one.cdx.json
python3 "$root/tools/sbom.py" "$program" --output two.cdx.json
ok "the same bytes each time" cmp one.cdx.json two.cdx.json
cp one.cdx.json out
json '.metadata.component.name' vexlog "an SBOM of vexlog"
for name in libsodium sqlite zstd zlib curl microhttpd; do
	ok "that names $name" jq -e --arg name "$name" \
	    'any(.components[]; (.name | contains($name)) and .version != "" and .version != "unknown")' \
	    one.cdx.json
done
ok "of no other program it makes one" sh -c \
    '! python3 "$0" ./nothing --output three.json 2>/dev/null' \
    "$root/tools/sbom.py"

vex check --strict "$own"
exits 0 "what vexlog says of itself keeps to every rule"
version=$("$VEXLOG" --version | awk '{print $2}')
is "$(jq -r '[.statements[].products[]."@id"] | unique | join(" ")' "$own")" \
    "pkg:generic/vexlog@$version" "and is about this version"
vex -q init
vex -q ingest --provider vendor:vexlog "$own"
vex -q decide
vex --json gate --sbom one.cdx.json --fail-on affected,under_investigation
exits 0 "a gate lets it pass"
jq '.statements[1] |= (del(.justification, .impact_statement)
    | .status = "affected" | .action_statement = "wait")' "$own" >worse.json
jq '.timestamp = "2026-11-26T00:00:00Z"' worse.json >newer.json
vex -q ingest --provider vendor:vexlog newer.json
vex -q decide
vex --json gate --sbom one.cdx.json --fail-on affected
exits 1 "and would not, if it were affected"

done_testing
