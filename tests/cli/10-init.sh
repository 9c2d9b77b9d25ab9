#!/bin/bash
# init: what it makes, that twice is harmless, and what stands in its way.
. "$(dirname "$0")/lib.sh"

vex pending
exits 6 "before init every command that needs a store ends with 6"
says 'hint: .*vexlog init' "and says what to run"

vex --json init
exits 0 "init"
json .home "$VEXLOG_HOME" "home"
json '.keyId | test("^[0-9a-f]{64}$")' true "keyId is 64 hex"
json '.store | test("^sqlite:.*store\\.db$")' true "store is the home's"
json '.log | test("^local:")' true "the log is the local one"
cp out first
for file in key.pem trust.json store.db log/key.pem; do
	ok "$file is there" test -s "home/$file"
done
is "$(stat -c %a home/key.pem)" 600 "the signing key is its owner's alone"
is "$(stat -c %a home/log/key.pem)" 600 "so is the log's"
is "$(openssl pkey -in home/key.pem -noout -text | grep -c 'NIST CURVE: P-256')" \
    1 "it is a P-256 key"
is "$(openssl pkey -in home/log/key.pem -noout -text | grep -c ED25519)" 1 \
    "the log's is Ed25519"
is "$(openssl pkey -in home/key.pem -pubout -outform DER | sha256sum |
    cut -d' ' -f1)" "$(jq -r .keyId first)" \
    "keyId is the SHA-256 of its public half"
is "$(jq -r '.logs[0].origin' home/trust.json)" \
    "vexlog.local/$(openssl pkey -in home/log/key.pem -pubout -outform DER |
    sha256sum | cut -c1-16)" "the log's origin names its key"
is "$(jq -r '.signers[0].keyId' home/trust.json)" "$(jq -r .keyId first)" \
    "the signer is trusted"

sha256sum home/key.pem home/trust.json home/log/key.pem >before
vex --json init
exits 0 "init again"
ok "the same answer" cmp -s out first
ok "the same files" sha256sum -c --quiet before

vex --json pending
exits 0 "now there is a store"
json '.items | length' 0 "with nothing in it"
json .nextCursor null "and no next page"

vex --json key show
json .keyId "$(jq -r .keyId first)" "key show"
vex --json trust show
is "$(jq -r 'select(.kind == "log") | .name' out)" \
    "$(jq -r '.logs[0].origin' home/trust.json)" "trust show lists the log"
vex --json trust check
json .logs 1 "trust check counts the logs"
vex --json log checkpoint
exits 0 "log checkpoint"
json .treeSize 0 "of an empty tree"
vex --json migrate status
exits 0 "migrate status"
json '.pending | length' 0 "nothing is pending"

# ---- global options ---------------------------------------------------------
vex --home other --json init
exits 0 "--home before the command"
json .home other "names another home"
vex init --json --home third
exits 0 "and after it"
json .home third "too"
VEXLOG_HOME=fourth vex init --json
json .home fourth "VEXLOG_HOME"
VEXLOG_HOME=fourth vex --home fifth init --json
json .home fifth "--home is stronger"
vex --store "sqlite:$work/elsewhere.db" --home sixth --json init
exits 0 "--store"
ok "makes the store there" test -s elsewhere.db
ok "and none in the home" test ! -e sixth/store.db

# ---- what stands in the way -------------------------------------------------
mkdir damaged
cp -r home/. damaged
echo nonsense >damaged/key.pem
vex --home damaged init
ok "a damaged key is an error" test "$code" -ne 0
says '^vexlog: .*key.pem' "that names the file"
cp -r home/. damaged
echo '{}' >damaged/trust.json
vex --home damaged init
ok "a damaged trust file is an error" test "$code" -ne 0
says 'trust.json' "that names the file"
echo file >plain
vex --home plain/below init
exits 6 "a home that cannot be made"

# ---- keys and trust ---------------------------------------------------------
vex --json key generate -o new.pem
exits 0 "key generate"
json '.algo' ecdsa-p256-sha256 "P-256 unless said otherwise"
json '.links' true "which logs take"
is "$(stat -c %a new.pem)" 600 "its owner's alone"
cp new.pem kept.pem
vex key generate -o new.pem
exits 4 "a key is never overwritten"
ok "the old one is untouched" cmp -s new.pem kept.pem
vex --json key generate --kind ed25519 -o ed.pem
json .links false "no log takes plain Ed25519"
vex --json key show ed.pem
json .algo ed25519 "key show FILE"
openssl pkey -in new.pem -pubout -out new.pub 2>/dev/null
vex --json key show new.pub
json .keyId "$(openssl pkey -pubin -in new.pub -outform DER | sha256sum |
    cut -d' ' -f1)" "of a public key too"
openssl pkcs8 -topk8 -in new.pem -passout pass:secret -out locked.pem \
    2>/dev/null
VEXLOG_KEY_PASSWORD=secret vex --json key show locked.pem
exits 0 "an encrypted key and its passphrase"
VEXLOG_KEY_PASSWORD=wrong vex key show locked.pem
exits 1 "a wrong passphrase is refused"
says 'locked.pem' "and the file is named"

vex trust add --signer new.pub --name vendor:acme
exits 0 "trust add --signer"
is "$(jq -r '.signers | length' home/trust.json)" 2 "adds a signer"
vex trust add --signer new.pub --name vendor:acme
is "$(jq -r '.signers | length' home/trust.json)" 2 "once"
openssl pkey -in ed.pem -pubout -out ed.pub 2>/dev/null
vex trust add --origin log.example/one --key ed.pub --url https://log.example \
    --not-after 2040-01-01T00:00:00Z
exits 0 "trust add --origin"
is "$(jq -r '.logs[] | select(.origin == "log.example/one") | .validUntil' \
    home/trust.json)" 2040-01-01T00:00:00Z "with an end"
vex trust add --origin log.example/two
exits 2 "a log without a key"
vex trust add --origin log.example/three --key ed.pub \
    --url https://user:s3cret@log.example
exits 2 "a trust file, which is logged and handed on, holds no password"
ok "nor is it told" sh -c '! grep -q s3cret out err home/trust.json'
vex trust add --origin o --key ed.pub --signer new.pub --name n
exits 2 "a log and a signer at once"
vex trust add --origin o --key home/trust.json
exits 1 "a file that is no key"

# ---- witnesses -----------------------------------------------------------------
vex trust add --witness ed.pub --name witness.example/w
exits 0 "trust add --witness"
vex trust add --witness new.pub --name ec.example/w
exits 2 "a witness without an Ed25519 key"
vex trust add --witness ed.pub --name other.example/w
exits 1 "one key under two names"
says 'witness.example/w' "names the first"
vex --json trust check
json '[.logs, .signers, .witnesses] | @csv' 2,2,1 "trust check counts them"
vex trust quorum 2
exits 1 "a quorum of more witnesses than there are"
vex trust quorum many
exits 2 "a quorum that is no number"
vex trust quorum 1 --origin no.such/log
exits 3 "a quorum of an unknown log"
vex trust quorum 1
exits 0 "trust quorum"
is "$(jq .quorum home/trust.json)" 1 "is in the trust file"
vex log checkpoint
exits 1 "a checkpoint that no witness has cosigned is not believed"
says '0 of the trusted witnesses' "and says why"
vex --json trust quorum 0 --origin "$(jq -r '.logs[0].origin' home/trust.json)"
exits 0 "the local log needs none"
json 'select(.kind == "log") | .quorum' "0
1" "each log has its own"
vex log checkpoint
exits 0 "and its checkpoints are believed again"

# ---- the default log ------------------------------------------------------------
vex --home far init --log log.example
exits 2 "a default log of no kind"
says 'hint: logs are ' "says which there are"
ok "before a home is made" test ! -e far
vex --home far --json init --log rekor+https://user:s3cret@log.example
exits 0 "one that asks for a password"
json .log rekor+https://log.example "is told without it"
vex --home far init
ok "again too" sh -c '! grep -q s3cret out err'
is "$(stat -c %a far/config.json)" 600 "what it is kept in is the owner's alone"

done_testing
