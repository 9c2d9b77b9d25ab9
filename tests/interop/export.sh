#!/bin/sh
# export.sh VEXLOG: other people's libraries read what vexlog exports. go-vex
# (inside Trivy, Grype and vexctl) reads the OpenVEX and gives the verdicts as
# its answers, csaf-validator-lib (Secvisogram) finds no breach in the CSAF,
# cyclonedx-python-lib reads the CycloneDX. TAP on stdout.
#
# Not part of `make check`: the libraries come from their registries, once.
set -u
vexlog=$(realpath "${1:?the program}")
here=$(cd "$(dirname "$0")" && pwd)
data=$here/../data
cache=${VEXLOG_INTEROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vexlog-interop}
validator=@secvisogram/csaf-validator-lib@2.0.10
cyclonedx='cyclonedx-python-lib[validation]==11.12.0'
number=0 failed=0

for tool in go node npm python3; do
	command -v $tool >/dev/null || {
		echo "Bail out! no $tool: install Go 1.25, Node 20, Python 3.9" \
			"or newer"
		exit 1
	}
done
work=$(mktemp -d "${TMPDIR:-/tmp}/vexlog-interop-XXXXXX")
trap '[ $failed -gt 0 ] || rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export VEXLOG_HOME="$work/home"
unset VEXLOG_STORE VEXLOG_TENANT

# Each library once; an install cut short leaves no mark and is done again.
libraries() {
	mkdir -p "$cache"
	[ -e "$cache/csaf/ready" ] || {
		npm --silent --prefix "$cache/csaf" install "$validator" &&
			touch "$cache/csaf/ready"
	} || return 1
	[ -e "$cache/cyclonedx/ready" ] || {
		python3 -m venv "$cache/cyclonedx" &&
			"$cache/cyclonedx/bin/pip" -q install "$cyclonedx" &&
			touch "$cache/cyclonedx/ready"
	} || return 1
	(cd "$here/go" && GOMAXPROCS="${GOMAXPROCS:-1}" CGO_ENABLED=0 \
		nice -n 19 go build -buildvcs=false -o "$cache/bin/govex" .)
}

# passes NAME COMMAND...
passes() {
	said=$1
	shift
	number=$((number + 1))
	if "$@" >"$work/said" 2>&1; then
		echo "ok $number - $said"
	else
		failed=$((failed + 1))
		echo "not ok $number - $said"
	fi
	grep -v '^warning' "$work/said" | cut -c1-300 | sed 's/^/# /' | head -20
}

# What decide said, as go-vex is asked: names without who gave them.
verdicts() {
	python3 -c '
import json, sys, urllib.parse
def name(key):
    if key.startswith("local:"):
        return urllib.parse.unquote(key.split(":", 2)[2])
    return key
for line in sys.stdin:
    v = json.loads(line)
    keys = v["productKey"].split(" > ")
    if len(keys) <= 2:
        print(v["vulnerabilityId"], name(keys[0]),
              name(keys[1]) if len(keys) == 2 else "", v["status"], sep="\t")'
}

# all NAME FILE...: a home of these documents, exported and judged
all() {
	name=$1
	shift
	rm -rf "$VEXLOG_HOME"
	"$vexlog" -q init >/dev/null
	"$vexlog" -q ingest "$@" >/dev/null 2>"$work/refused"
	"$vexlog" --json decide 2>/dev/null >"$work/decided"
	verdicts <"$work/decided" >"$work/verdicts"
	for format in openvex csaf cyclonedx; do
		passes "$name: export $format" "$vexlog" --json export \
			--format $format -o "$work/$format.json" -q
	done
	passes "$name: go-vex" "$cache/bin/govex" "$work/openvex.json" \
		"$work/verdicts"
	passes "$name: csaf-validator-lib" node "$here/check_csaf.mjs" \
		"$cache/csaf" "$work/csaf.json"
	passes "$name: cyclonedx-python-lib" "$cache/cyclonedx/bin/python" \
		"$here/check_cyclonedx.py" "$work/cyclonedx.json"
}

libraries || {
	echo "Bail out! a library could not be installed into $cache"
	exit 1
}
all "small documents" "$data"/openvex/grype* "$data"/openvex/trivy* \
	"$data"/openvex/vexctl* "$data"/openvex/go-vex* \
	"$data"/cyclonedx/guac* "$data"/cyclonedx/Use-Cases* \
	"$data"/cyclonedx/CISA* "$data"/csaf/trustify__CVE* \
	"$data"/csaf/grype* "$data"/csaf/csaf__* "$data"/csaf/trivy*
all "OpenVEX feeds" "$data"/openvex/vexhub__[ch]* \
	"$data"/openvex/rancher__golang*
all "CSAF of vendors" "$data"/csaf/trustify__cve* "$data"/csaf/vunnel* \
	"$data"/csaf/claircore__cve-2023*
all "cases of filters" "$data"/filtercases/*.json
echo "1..$number"
[ $failed -eq 0 ]
