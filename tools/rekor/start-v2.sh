#!/bin/sh
# start-v2.sh FOLDER PORT [VERSION]: a real Rekor v2 (rekor-tiles, POSIX
# storage) on 127.0.0.1, all of it behind one address as the public one is:
#
#   PORT    front: writes go on to the server, reads come from its files
#   PORT+1  the server (writes)   PORT+2 gRPC   PORT+3 metrics
#
# VERSION   v2.3.0, or v2.2.1, the last that takes dsse
# EXTRA     more flags for the server, e.g. --read-only
# INTERVAL  between checkpoints, default 1s (the public one: 10s)
#
# The folder keeps log/ and key.pem, so starting again goes on with the same
# log. Prints url, origin and key, for a trust file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
folder=${1:?folder} port=${2:?port} version=${3:-v2.3.0}
origin=rekor2.interop.test
tool openssl openssl
tool python3 python3
server=$(program "rekor-server-$version")
mkdir -p "$folder/log"
folder=$(cd "$folder" && pwd)
touch "$folder/pids"

if [ ! -f "$folder/key.pem" ]; then
	openssl genpkey -algorithm ed25519 -out "$folder/key.pem"
	openssl pkey -in "$folder/key.pem" -pubout -out "$folder/pub.pem"
fi
run "$folder" rekor "$server" serve \
	--http-address 127.0.0.1 --http-port $((port + 1)) \
	--grpc-address 127.0.0.1 --grpc-port $((port + 2)) \
	--http-metrics-port $((port + 3)) --hostname $origin \
	--storage-dir "$folder/log" --signer-filepath "$folder/key.pem" \
	--checkpoint-interval "${INTERVAL:-1s}" --batch-max-age 100ms \
	--persistent-antispam=true ${EXTRA:-}
run "$folder" front python3 "$here/front.py" "$port" $((port + 1)) \
	"$folder/log"
until_true 30 answers "http://127.0.0.1:$port/healthz" ||
	die "not up: see $folder/rekor.log"
loopback_only "$folder"
echo "url=http://127.0.0.1:$port origin='$origin' key=$folder/pub.pem"
