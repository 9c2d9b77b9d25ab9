#!/bin/bash
# ingest and check: what goes in, what is refused, and what is said of it.
. "$(dirname "$0")/lib.sh"

vex_document one.json CVE-2026-0001 pkg:npm/lodash@4.17.20 not_affected \
    2026-01-12T08:30:00Z '"justification": "vulnerable_code_not_present"'
vex_document two.json CVE-2026-0001 pkg:npm/lodash@4.17.20 affected \
    2026-01-10T00:00:00Z '"action_statement": "update"'
vex_document three.json CVE-2026-0002 pkg:npm/left-pad@1.3.0 fixed \
    2026-01-11T00:00:00Z
sed 's/"affected"/"unaffected"/' two.json >bad-status.json
printf '{"a":1' >cut.json
printf '{}\n' >other.json

vex -q init
vex --json ingest --provider vendor:example one.json
exits 0 "one document"
json '.documents | [.read, .stored, .known, .refused] | @csv' 1,1,0,0 \
    "is read and stored"
json '.observations | [.stored, .known] | @csv' 1,0 "with its claim"
json '.refused | length' 0 "nothing is refused"
vex --json ingest --provider vendor:example one.json
exits 0 "again"
json '.documents | [.stored, .known] | @csv' 0,1 "it is known"
json '.observations | [.stored, .known] | @csv' 0,1 "and so is its claim"
vex --json ingest --provider vendor:second one.json
json '.documents.known' 1 "from another provider: the document is known"
json '.observations.stored' 1 "the claim is new"

vex --json pending
json '.items | length' 2 "two claims wait"
json '.items[0] | keys | join(" ")' \
    "createdAt observationId productKey status vulnerabilityId" \
    "each with these members"
json '.items[0].createdAt |
    test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{6}Z$")' true \
    "createdAt has six digits"
json '.items[0].productKey' pkg:npm/lodash@4.17.20 "the product"
json '.items == (.items | sort_by(.createdAt, .observationId))' true \
    "in queue order"
vex --json pending --limit 1
cursor=$(jq -r .nextCursor out)
first=$(jq -r '.items[0].observationId' out)
ok "a page has a cursor" test "$cursor" != null
vex --json pending --limit 1 --cursor "$cursor"
ok "the next page is another one" \
    test "$(jq -r '.items[0].observationId' out)" != "$first"
json .nextCursor null "and the last"
vex pending --cursor nonsense
exits 2 "a cursor that is none"

# ---- folders, gzip, zstd, lines, standard input ------------------------------------
mkdir -p folder/below
cp two.json folder
gzip -c three.json >folder/below/three.json.gz
vex --json ingest --provider distro:example folder
exits 0 "a folder"
json '.documents.stored' 2 "with all below, and .gz"
mkdir elsewhere
cp one.json elsewhere
ln -s ../elsewhere folder/a-link
ln -s .. folder/below/up
vex --json ingest --provider distro:example folder
exits 1 "a folder with a link that leads out of it"
json '.documents | [.read, .known, .refused] | @csv' 3,2,1 \
    "the link is refused, what is behind it goes in, and no link up is followed"
json '.refused[0].file' folder/a-link "by its name"
says 'what it leads to has to be named itself' "and what to do"
rm -r folder/a-link folder/below/up elsewhere
zstd -q three.json -o three.json.zst
vex --json ingest --provider distro:zstd three.json.zst
exits 0 "a .zst"
json '.documents.known' 1 "is the document in it"
vex --json check three.json.zst
exits 0 "and is checked as that"
head -c 60 three.json.zst >half.json.zst
vex --json check half.json.zst
exits 1 "half of it is not"
json '[.readable, .findings[0].rule] | @csv' 'false,"compression"' "by name"
rm half.json.zst
head -c 40000000 /dev/zero | zstd -q >bomb.json.zst
vex --json ingest bomb.json.zst
exits 1 "a bomb"
json '.refused[0].code' LIMIT "is stopped"
vex --json ingest --max-size 50 three.json.zst
json '.refused[0].code' LIMIT "--max-size is of the document unpacked"
says 'a larger limit can be given by --max-size' "and the hint says how"
jq -c . one.json three.json >lines.jsonl
zstd -q lines.jsonl -o packed.jsonl.zst
vex --json ingest --provider vendor:packed packed.jsonl.zst
json '.documents.read' 2 "a .jsonl.zst has a document a line"
vex --json ingest --provider vendor:lines lines.jsonl
exits 0 "a .jsonl"
json '.documents.read' 2 "has a document a line"
sed 's/$/\r/; 1s/$/\n\r/' lines.jsonl >crlf.jsonl
vex --json ingest --provider vendor:lines crlf.jsonl
exits 0 "a .jsonl whose lines end with CR LF"
json '.documents.read' 2 "a blank line of it is no document"
vex --json check crlf.jsonl
exits 0 "nor is it to check"
jq -nc --slurpfile d one.json \
    'range(106) as $i | $d[0] | .version = $i + 2' >reused.jsonl
vex --json ingest --provider vendor:reused reused.jsonl
exits 0 "106 documents of one @id"
json '.documents | [.read, .stored] | @csv' 106,106 "are 106 documents"
json '.observations.stored' 106 "each with its claim"
truncate -s 3G huge.json
vex --json check huge.json
exits 1 "3 GiB"
says 'a larger limit|--max-size raises the limit' "are more than the limit"
json '[.file, .format, .readable, .findings[0].level, .findings[0].rule] |
    @csv' '"huge.json",,false,"unsafe","limit"' "its line says so too"
vex --json check --max-size 2147483647 huge.json
exits 1 "and more than the largest limit"
vex check --max-size 2147483648 huge.json
exits 2 "which --max-size cannot raise"
rm huge.json
cat one.json three.json >several.json
vex --json ingest several.json
exits 1 "several documents in a .json are refused"
json '.refused[0].file' several.json "by name"
"$VEXLOG" --json ingest --provider vendor:stdin - <one.json >out 2>err
code=$?
exits 0 "standard input"
json '.observations.stored' 1 "as -"

# ---- refusals ---------------------------------------------------------------
vex --json ingest bad-status.json one.json cut.json --provider vendor:mixed
exits 1 "documents that cannot be read"
json '.documents.refused' 2 "are counted"
json '.observations.stored' 1 "and the good one between them went in"
json '.refused | map(.file) | join(" ")' "bad-status.json cut.json" \
    "each is named"
json '.refused[0] | keys - ["code","file","format","message","offset",
    "pointer","rule"] | length' 0 "with no unknown members"
json '.refused[1].code' SYNTAX "a cut file is SYNTAX"
json '.refused[1].offset' 6 "at its byte"
says 'bad-status.json: /statements/0/status: .*unaffected' \
    "for people: file, pointer and the value"
says 'cut.json: ' "for people: the cut file"
vex ingest nowhere.json
exits 6 "a path that is not there"
says '^vexlog: nowhere.json: ' "is named"
vex --json ingest --strict other.json one.json
exits 1 "--strict"

vex_document future.json CVE-2026-0009 pkg:npm/x@1 fixed 2999-01-01T00:00:00Z
vex --json ingest future.json
exits 1 "a claim of the future"
grep -q time-in-future out err
result $? "is refused by the rule time-in-future"

# ---- find and show ------------------------------------------------------------
vex --json find --vuln CVE-2026-0002
json '.items | length > 0' true "find --vuln"
json '[.items[].vulnerabilityId] | unique | join(" ")' CVE-2026-0002 \
    "finds only these"
json '.items[0].rekor' null "rekor is null while it waits"
vex --json find --product pkg:npm/left-pad@1.3.0 --status fixed
json '[.items[].status] | unique | join(" ")' fixed "find --product --status"
vex --json find --provider vendor:second
json '.items | length' 1 "find --provider"
id=$(jq -r '.items[0].observationId' out)
vex --json show "$id"
exits 0 "show an observation"
json .observationId "$id" "by its id"
json .providerId vendor:second "with who said it"
json .rekor null "and no entry yet"
vex show "$id"
prints '^providerId +vendor:second$' "for people: aligned"
vex show "vex:obs:sha256:$(printf '0%.0s' $(seq 64))"
exits 3 "no such observation"
vex show nonsense
ok "no id at all" test "$code" -ne 0
vex find --log-id "$(printf 'a%.0s' $(seq 64))"
exits 2 "--log-id alone"
vex find --limit 10001
exits 2 "a page past its limit"

# ---- tenants ----------------------------------------------------------------
vex --tenant other --json pending
json '.items | length' 0 "another tenant sees nothing"
vex --tenant other show "$id"
exits 3 "not even by id"

# ---- check --------------------------------------------------------------------
vex --json check one.json
exits 0 "check a good document"
json '[.file, .format, .readable, .observations, .statuses.not_affected] |
    @csv' '"one.json","openvex",true,1,1' "says what is in it"
vex --json check bad-status.json
exits 1 "check a bad one"
json .readable false "is not readable"
json '[.observations, (.statuses | length)] | @csv' 0,0 "and gives nothing"
json '.findings[0] | [.level, .pointer] | @csv' \
    '"unsafe","/statements/0/status"' "and the finding says where"
vex check bad-status.json
prints '/statements/0/status' "for people: the place"
vex --json check one.json cut.json two.json
exits 1 "several"
is "$(wc -l <out)" 3 "a line each"
vex check nowhere.json
exits 6 "a file that is not there"
vex check --sarif bad-status.json one.json
exits 1 "--sarif"
json '.version' 2.1.0 "is SARIF 2.1.0"
json '.runs[0] | .results[0] as $r |
    .tool.driver.rules[$r.ruleIndex].id == $r.ruleId' true "with the rule"
json '.runs[0].results | length' 1 "with one result"
json '.runs[0].results[0] | [.level,
    .locations[0].physicalLocation.artifactLocation.uri,
    .locations[0].logicalLocations[0].fullyQualifiedName] | @csv' \
    '"error","bad-status.json","/statements/0/status"' "that says where"
ok "check made no home" test ! -e .vexlog

# ---- a vendor that takes its advisory back ------------------------------------
advisory() {
	cat <<END
{"document":{"category":"$1","csaf_version":"2.1","title":"t",
 "distribution":{"tlp":{"label":"CLEAR"}},"lang":"en",
 "publisher":{"category":"vendor","name":"Acme","namespace":"https://a.example"},
 "notes":[{"category":"description","title":"Reasoning for Withdrawal",
  "text":"it was about another product"}],
 "tracking":{"id":"A-1","status":"final","version":"$2",
  "initial_release_date":"2026-01-01T00:00:00Z",
  "current_release_date":"2026-01-0$2T00:00:00Z","revision_history":[
  $(for n in $(seq "$2"); do
	echo '{"date":"2026-01-0'"$n"'T00:00:00Z","number":"'"$n"'","summary":"s"},'
done | sed '$s/,$//')]}}$3}
END
}
advisory csaf_vex 1 ',"product_tree":{"full_product_names":[
 {"product_id":"P","name":"p","product_identification_helper":
  {"purls":["pkg:npm/p@1.0.0"]}}]},
 "vulnerabilities":[{"cve":"CVE-2026-0007","notes":[{"category":"description",
  "text":"t"}],"product_status":{"known_not_affected":["P"]},
  "flags":[{"label":"vulnerable_code_not_present","product_ids":["P"]}]}]' \
    >said.json
advisory csaf_withdrawn 2 '' >withdrawn.json
vex --json ingest --provider vendor:acme said.json
exits 0 "an advisory"
[ ! -s err ]
result $? "of which nothing is to be told"
vex check withdrawn.json
exits 0 "its withdrawal breaks no rule"
vex --json ingest --provider vendor:acme withdrawn.json
exits 0 "and goes in"
says '^1 document claims nothing \(withdrawn.json\): what was claimed before' \
    "telling that it takes nothing back"
vex --json decide --vuln CVE-2026-0007
json .status not_affected "the verdict stays until something newer is said"

# ---- names in another encoding ------------------------------------------------
# What is no UTF-8 can't be read back, and nothing that was taken in goes away.
mkdir names
vex_document names/r.json CVE-2026-0008 pkg:npm/r@1 fixed 2026-01-01T00:00:00Z
mv names/r.json "$(printf 'names/r\351sum\351.json')"
echo '{' >names/"$(printf 'caf\351.json')"
vex --json ingest names
exits 1 "files with names in Latin-1"
ok "the line is UTF-8 all the same" iconv -f UTF-8 -t UTF-8 out
json '.documents | [.stored, .refused] | @csv' 1,1 "each is taken or refused"
json '.refused[0].file' "$(printf 'names/caf\357\277\275.json')" \
    "and named, with U+FFFD for what is no character"
vex export --format bundle -o names.tar
exits 0 "an archive can be written of what was taken"
vex ingest --provider "$(printf 'vendor:caf\351')" names
exits 2 "a provider in Latin-1"
says 'provider is not UTF-8 text, byte 10 is e9' "is refused, and where"
vex find --provider "$(printf 'vendor:caf\351')"
exits 2 "and not looked for"
vex find --vuln "$(printf 'CVE-\351')"
exits 2 "nor a vulnerability"
vex --tenant "$(printf 'caf\351')" pending
exits 2 "nor is there such a tenant"
vex find
exits 0 "everything can still be read"

done_testing
