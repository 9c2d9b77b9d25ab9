#!/bin/bash
# pages.sh VEXLOG [FOLDER] - the page of a trace in a real Chromium: widths,
# dark, contrast, print, and nothing fetched. FOLDER keeps the pictures.
set -u
[ $# -ge 1 ] || {
	echo "usage: pages.sh build/vexlog [FOLDER]" >&2
	exit 2
}
VEXLOG=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
pictures=${2:+$(realpath -m "$2")}
VEXLOG_TEST_DATA=$here/../data
export VEXLOG VEXLOG_TEST_DATA
# shellcheck source=../cli/lib.sh
. "$here/../cli/lib.sh"
for tool in chromium pdftotext; do
	command -v $tool >/dev/null || bail "no $tool: tools/deps.sh pages"
done
[ -z "$pictures" ] || mkdir -p "$pictures"

browse() {
	timeout 120 chromium --headless --no-sandbox --disable-gpu \
	    --disable-quic --no-first-run --disable-background-networking \
	    --disable-component-update --disable-sync --hide-scrollbars \
	    --allow-file-access-from-files --user-data-dir="$(mktemp -d -p .)" \
	    "$@" 2>browser.err
}

# look PAGE: each width and scheme; out has a line of JSON for each
look() {
	sed "s|PAGE|$1|" "$here/pages.html" >"$work/look.html"
	browse --virtual-time-budget=20000 --dump-dom \
	    "file://$work/look.html" >dom
	sed -n '/<pre id="result">/,/<\/pre>/p' dom |
	    sed 's/<[^>]*>//g; s/&gt;/>/g; s/&lt;/</g; s/&amp;/\&/g' |
	    grep '^{' >out
}

# ---- a story with names as long and as odd as they come -------------------
vuln=CVE-2026-0001
long=$(printf 'a%.0s' $(seq 90))
product="pkg:maven/org.example.$long/$long@1.2.3?classifier=dist&type=zip"
vex_document a.json $vuln "$product" under_investigation 2026-01-11T00:00:00Z
vex_document b.json $vuln "$product" not_affected 2026-01-12T08:30:00Z \
    '"justification": "vulnerable_code_not_present",
     "impact_statement": "\u05e9\u05dc\u05d5\u05dd '"$long$long"'"'
vex_document c.json $vuln "$product" affected 2026-02-01T00:00:00Z \
    '"action_statement": "update to 1.2.4"'
vex -q init
for claim in a:distro:example b:vendor:example c:security:lab; do
	vex -q ingest --provider "${claim#*:}" "${claim%%:*}.json"
	vex -q decide
	vex -q link
done
vex trace $vuln "$product" --html page.html
exits 0 "a page"

look page.html
is "$(wc -l <out)" 8 "looked at in four widths, light and dark"
is "$(jq -r 'select(.right > .width) | "\(.width): \(.widest)"' out)" "" \
    "nothing is wider than the page, at 320, 360, 768 or 1200 pixels"
is "$(jq -s 'map(.texts > 100) | all' out)" true "texts were measured"
is "$(jq -r 'select(.contrast < 4.5) | "\(.scheme): \(.faintest)"' out)" "" \
    "each text stands out from its ground, by 4.5 to 1 or more"
is "$(jq -r 'select(.small != "") | .small' out)" "" \
    "no text is under 12 pixels"
is "$(jq -s '[.[] | select(.scheme == "dark") | .ground] | unique | length' \
    out)" 1 "dark has one ground"
is "$(jq -s 'map({(.scheme): .ground}) | add | .light != .dark' out)" true \
    "and another than light"
is "$(jq -s 'map(.requests) | add' out)" 0 "nothing is fetched"
is "$(jq -s 'map(.scripts) | add' out)" 0 "nothing is a script"

# ---- the eye that judges sees what is wrong -------------------------------
sed 's|<footer>|<footer><p style="width:50rem">wide</p>|' page.html >wide.html
look wide.html
is "$(jq -s 'map(select(.right > .width)) | length' out)" 6 \
    "a wide line is found in the three narrow widths"
sed 's|<footer>|<footer><p style="color:#777;background:#888">x</p>|' \
    page.html >faint.html
look faint.html
is "$(jq -s 'map(.contrast < 4.5) | all' out)" true "a faint text is found"
sed '/Content-Security-Policy/d; s|<footer>|<footer><img src="http://127.0.0.1:9/">|' \
    page.html >fetch.html
look fetch.html
ok "a picture from elsewhere is found" \
    test "$(jq -s 'map(.requests) | add' out)" -gt 0

# ---- on paper ----------------------------------------------------------------
browse --no-pdf-header-footer --print-to-pdf="$work/page.pdf" \
    "file://$work/page.html" >/dev/null
ok "it prints" pdftotext -layout page.pdf page.txt
paths=$(grep -c 'class="path"' page.html)
is "$(grep -c 'python3 root.py' page.txt)" "$paths" \
    "with each proof, closed on the screen or not"
ok "and the hashed inputs" grep -q '"reasoning.vexlog/v1"' page.txt

if [ -n "$pictures" ]; then
	cp page.html page.pdf "$pictures"
	for scheme in light dark; do
		for width in 360 1200; do
			echo "<!doctype html><body style='margin:0'><iframe
			    src='file://$work/page.html' style='border:0;
			    width:${width}px; height:2600px;
			    color-scheme:$scheme'></iframe>" >frame.html
			browse --window-size=$((width < 500 ? 500 : width)),2600 \
			    --screenshot="$pictures/$scheme-$width.png" \
			    "file://$work/frame.html" >/dev/null
		done
	done
fi
done_testing
