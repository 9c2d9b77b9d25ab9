#!/bin/sh
# broken.sh - rows that break the CHECK are named, kept as they are, and leave
# the constraint NOT VALID; once they are mended it becomes valid.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
pg_start

CK=ck_vex_observations_rekor_complete
valid() { # DATABASE
	q "$1" "SELECT convalidated FROM pg_constraint WHERE conname = '$CK'"
}

# The columns are there already, without rules, as an older release left them.
older() { # DATABASE
	fresh "$1"
	apply one "$1" "$BASE"
	q "$1" "ALTER TABLE vex.observations ADD rekor_uuid TEXT,
	    ADD rekor_log_index BIGINT, ADD rekor_log_id TEXT,
	    ADD rekor_linked_at TIMESTAMPTZ" >/dev/null
	fill "$1" default 1 400
}
half="UPDATE vex.observations SET rekor_uuid = repeat('a', 64),
    rekor_log_index = 5"

older t_good
q t_good "$half, rekor_log_id = repeat('b', 64), rekor_linked_at = now()
    WHERE created_at < '2026-01-17T00:00:00.1Z'" >/dev/null
apply one t_good "$LINKAGE"
ok $? "linkages that are complete: applied"
is "$(valid t_good)" t "the CHECK is valid"

for way in bare one online; do
	older t_bad
	q t_bad "$half WHERE created_at < '2026-01-17T00:00:00.008Z'" >/dev/null
	before=$(q t_bad "SELECT md5(string_agg(md5((observation_id, rekor_uuid,
	    rekor_log_index, rekor_log_id, rekor_linked_at)::text
	    || ctid || xmin), '' ORDER BY observation_id))
	    FROM vex.observations")
	for round in 1 2; do
		apply $way t_bad "$LINKAGE"
		ok $? "7 half linkages: applied all the same, $way, round $round"
		has "$(cat "$WORK/apply.out")" \
		    "7 rows break $CK, which stays NOT VALID: default vex:obs:" \
		    "a warning counts and names them"
		has "$(cat "$WORK/apply.out")" 'SELECT * FROM vex.observations' \
		    "the hint says how to see them"
		is "$(valid t_bad)" f "the CHECK is there and not valid"
		is "$(q t_bad "SELECT md5(string_agg(md5((observation_id,
		    rekor_uuid, rekor_log_index, rekor_log_id,
		    rekor_linked_at)::text || ctid || xmin), ''
		    ORDER BY observation_id)) FROM vex.observations")" \
		    "$before" "no row was written"
	done
done

has "$(q t_bad "UPDATE vex.observations SET rekor_uuid = 'short',
    rekor_log_index = 1, rekor_log_id = 'x', rekor_linked_at = now()
    WHERE created_at > '2026-01-17T00:00:00.3Z'")" "$CK" \
    "NOT VALID still holds for what comes now"
has "$(q t_bad "UPDATE vex.observations SET rekor_uuid = repeat('c', 64),
    rekor_log_id = repeat('b', 64), rekor_linked_at = now()
    WHERE rekor_uuid IS NOT NULL")" 'rewrites a linkage' \
    "a half linkage can't be changed into another"
is "$(q t_bad "UPDATE vex.observations SET rekor_log_id = repeat('b', 64),
    rekor_linked_at = now() WHERE rekor_uuid IS NOT NULL")" "" \
    "but completed"
apply one t_bad "$LINKAGE"
is "$(valid t_bad)" t "then the next run makes the CHECK valid"
lacks "$(cat "$WORK/apply.out")" WARNING "without a warning"

# One thing wrong at a time.
apply one t_good "$LINKAGE"
while IFS='|' read -r name set; do
	has "$(q t_good "INSERT INTO vex.observations SELECT (jsonb_populate_record(
	    o, '{\"observation_id\": \"vex:obs:x\", \"rekor_log_index\": 1,
	    \"rekor_uuid\": \"$(printf '%064d' 0)\",
	    \"rekor_log_id\": \"$(printf '%064d' 1)\",
	    \"rekor_linked_at\": \"2026-01-17Z\"}'::jsonb || '$set')).*
	    FROM vex.observations o LIMIT 1")" "$CK" "refused: $name"
done <<END
no uuid|{"rekor_uuid": null}
no log index|{"rekor_log_index": null}
no log id|{"rekor_log_id": null}
no time of linking|{"rekor_linked_at": null}
a negative index|{"rekor_log_index": -1}
a uuid of 63 digits|{"rekor_uuid": "$(printf '%063d' 0)"}
a uuid of 65 digits|{"rekor_uuid": "$(printf '%065d' 0)"}
a uuid of 79 digits|{"rekor_uuid": "$(printf '%079d' 0)"}
a uuid in capitals|{"rekor_uuid": "$(printf '%063d' 0)A"}
a uuid with a line feed|{"rekor_uuid": "$(printf '%064d' 0)\n"}
a uuid that is no hex|{"rekor_uuid": "$(printf '%063d' 0)g"}
an empty uuid|{"rekor_uuid": ""}
END
for uuid in "$(printf '%064d' 0)" "$(printf '%080d' 0)"; do
	is "$(q t_good "INSERT INTO vex.observations SELECT (jsonb_populate_record(
	    o, '{\"observation_id\": \"vex:obs:${#uuid}\", \"rekor_log_index\": 0,
	    \"rekor_uuid\": \"$uuid\",
	    \"rekor_log_id\": \"$(printf '%064d' 1)\",
	    \"rekor_linked_at\": \"2026-01-17Z\"}'::jsonb)).*
	    FROM vex.observations o LIMIT 1")" "" \
	    "taken: a uuid of ${#uuid} digits at index 0"
done

# An owner that row-level security binds can't count them, and says so.
q postgres 'CREATE ROLE plain LOGIN' >/dev/null
older t_plain
q t_plain "$half WHERE created_at < '2026-01-17T00:00:00.008Z';
    GRANT CREATE ON DATABASE t_plain TO plain;
    ALTER TABLE vex.observations OWNER TO plain;
    ALTER TABLE vexhub.statement OWNER TO plain;
    ALTER TABLE attestor.rekor_entries OWNER TO plain;
    ALTER SCHEMA vex OWNER TO plain; ALTER SCHEMA vexhub OWNER TO plain;
    ALTER SCHEMA attestor OWNER TO plain" >/dev/null
(PGUSER=plain && export PGUSER && apply one t_plain "$LINKAGE")
ok $? "applied by an owner that sees no rows"
has "$(cat "$WORK/apply.out")" 'rows that this role may not see break' \
    "who is told that there are some"
is "$(valid t_plain)" f "the CHECK stays NOT VALID"
tap_done
