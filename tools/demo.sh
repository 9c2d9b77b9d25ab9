#!/bin/sh
# demo.sh PROGRAM - one decision, from real documents to its trace.
#
# Published VEX documents say that Log4Shell does not matter for a Spring Boot
# release, and speak of 180 other pairs; then our own security team says
# otherwise. Everything goes into a home that is made for this.
set -eu
cd "$(dirname "$0")/.."
vexlog=$PWD/$1
data=$PWD/tests/data
out=$PWD/build/demo
rm -rf "$out"
mkdir -p "$out"
export VEXLOG_HOME="$out/home"

run() {
	printf '\n$ vexlog %s\n' "$*" | sed "s|$PWD/||g"
	"$vexlog" "$@"
}

run init
run ingest --provider vendor:aqua "$data/openvex/trivy__openvex-multiple.json"
run ingest --provider distro:trivy "$data/openvex/trivy__testdata_openvex.json"
run ingest --provider vendor:rancher "$data/merge-inputs"
run link
run decide --vuln CVE-2021-44228
before=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
run ingest --provider internal:psirt examples/our-claim.openvex.json
run decide --vuln CVE-2021-44228
run link
run delta "$before" now
run trace CVE-2021-44228 \
    pkg:maven/org.springframework.boot/spring-boot@2.6.0 \
    --html "$out/trace.html"
printf '\n$ vexlog verify --all\n'
"$vexlog" verify --all
printf 'the trace as a page: %s\n' "$out/trace.html"
