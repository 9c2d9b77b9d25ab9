/*
 * entry_mutate_test.c - entries made here, whole and then with one named
 * thing broken at a time: the check that is about it fails, and says why.
 */
#include "entry_world.h"

static const char *const names[CHECKS] = {"entry form", "log key",
    "signed entry timestamp", "log key validity", "checkpoint form",
    "checkpoint signature", "origin", "witness cosignatures", "tree size and root", "index",
    "proof length", "leaf hash", "inclusion proof", "uuid", "kind and version",
    "binding digest", "binding signature", "binding key", "own signature"};

/* ---- what is broken --------------------------------------------------- */

#define BREAK(name) static void name(struct world *w)

BREAK(no_body)
{
	w->entry.body.size = 0;
}
BREAK(large_body)
{
	w->entry.body.size = ENTRY_BODY_MAX + 1;
}
BREAK(many_hashes)
{
	w->entry.hash_count = 65;
}
BREAK(negative_index)
{
	w->entry.log_index = -1;
}
BREAK(short_log_id)
{
	w->entry.log_id = "1842ae";
}
BREAK(short_uuid)
{
	w->entry.uuid++;
}
BREAK(huge_tree)
{
	w->entry.tree_size = (uint64_t)INT64_MAX + 1;
}
BREAK(unknown_log)
{
	w->entry.log_id =
	    replaced(w->entry.log_id, (char[]){w->entry.log_id[0], '\0'},
		w->entry.log_id[0] == 'f' ? "0" : "f");
}
BREAK(empty_trust)
{
	w->trust = text_bytes("{\"schema\":\"vexlog.trust/v1\",\"logs\":[],"
			      "\"signers\":[]}");
}
BREAK(other_key_trusted)
{
	set_trust(w, w->origin, other_logs[w->v1], 0, TIME_MAX);
}
BREAK(promise_flipped)
{
	w->entry.set = flipped(w->entry.set, w->entry.set.size - 1);
}
BREAK(promise_cut)
{
	w->entry.set.size--;
}
BREAK(promised_time)
{
	w->entry.integrated_time += SECOND;
}
BREAK(promised_index)
{
	w->entry.log_index++;
}
BREAK(promised_body)
{
	with_body(w, "hashedrekord", "0.0.2", w->bodies[0]);
	w->entry.set = (struct vexlog_bytes){(const uint8_t *)"0", 1};
}
BREAK(before_validity)
{
	set_trust(w, w->origin, log_key(w), LOGGED + SECOND, TIME_MAX);
	w->at = LOGGED;
}
BREAK(after_validity)
{
	set_trust(w, w->origin, log_key(w), 0, LOGGED - SECOND);
	w->at = LOGGED;
}
BREAK(no_proof)
{
	w->entry.has_proof = false;
}
BREAK(no_checkpoint)
{
	w->entry.checkpoint = NULL;
}
BREAK(no_note)
{
	w->entry.checkpoint = "hello\n";
}
BREAK(leading_zero)
{
	w->entry.checkpoint = replaced(w->entry.checkpoint, "\n7\n", "\n07\n");
}
BREAK(endless_note)
{
	char *text = arena_take(arena, NOTE_SIZE_MAX + 2, &err);

	memset(text, 'x', NOTE_SIZE_MAX + 1);
	text[NOTE_SIZE_MAX + 1] = '\0';
	w->entry.checkpoint = text;
}
BREAK(other_signer_of_note)
{
	w->entry.checkpoint =
	    sign_checkpoint(w, w->origin, 7, &w->roots[7], other_logs[w->v1]);
}
BREAK(copied_key_id)
{
	/* the id of the true key in front of another key's signature */
	const char *real = strrchr(w->entry.checkpoint, ' ') + 1;
	struct vexlog_bytes head, tail;
	char *fake;

	other_signer_of_note(w);
	fake = (char *)(uintptr_t)strrchr(w->entry.checkpoint, ' ') + 1;
	if (text_unbase64(&head, arena, real, strlen(real) - 1, BASE64_STANDARD,
		&err) != 0 ||
	    text_unbase64(&tail, arena, fake, strlen(fake) - 1, BASE64_STANDARD,
		&err) != 0)
		bail("no base64");
	tail = copy(tail);
	memcpy((uint8_t *)(uintptr_t)tail.data, head.data, 4);
	w->entry.checkpoint = replaced(w->entry.checkpoint, fake,
	    arena_print(arena, &err, "%s\n", base64(tail)));
}
BREAK(other_name)
{
	w->entry.checkpoint = replaced(w->entry.checkpoint,
	    w->v1 ? "\xe2\x80\x94 rekor" : "\xe2\x80\x94 vexlog",
	    "\xe2\x80\x94 other");
}
BREAK(extension_added)
{
	w->entry.checkpoint =
	    replaced(w->entry.checkpoint, "=\n\n", "=\nmore\n\n");
}
BREAK(other_origin)
{
	/* signed by the log's key and under its name */
	w->entry.checkpoint =
	    sign_checkpoint(w, "other.example", 7, &w->roots[7], log_key(w));
}
BREAK(other_tree)
{
	w->entry.checkpoint =
	    sign_checkpoint(w, HOST " - 78", 7, &w->roots[7], log_key(w));
}
BREAK(expected_other)
{
	w->expect.origin = "vexlog.local/other";
}
BREAK(no_witness)
{
	struct trust *old;

	must(trust_read(&old, w->trust, &err), "trust");
	must(trust_add_witness(&w->trust, arena, old, "w.example",
		 other_logs[0], 0, TIME_MAX, &err),
	    "witness");
	trust_close(old);
	must(trust_read(&old, w->trust, &err), "trust");
	must(trust_set_quorum(&w->trust, arena, old, NULL, 1, &err), "quorum");
	trust_close(old);
}
BREAK(other_size)
{
	w->entry.tree_size--;
}
BREAK(other_root)
{
	w->entry.root.bytes[0] ^= 1;
}
BREAK(older_checkpoint)
{
	w->entry.checkpoint =
	    sign_checkpoint(w, w->origin, 6, &w->roots[6], log_key(w));
}
BREAK(index_is_size)
{
	w->entry.proof_index = 7;
	if (!w->v1)
		w->entry.log_index = 7;
}
BREAK(other_log_index)
{
	w->entry.log_index++;
}
BREAK(unproven_global_index)
{
	w->entry.set.size = 0;
	w->entry.integrated_time = TIME_NONE;
}
BREAK(hash_dropped)
{
	w->entry.hash_count--;
}
BREAK(hash_added)
{
	w->hashes[w->entry.hash_count++] = w->roots[7];
}
BREAK(other_body)
{
	w->entry.body = w->bodies[0];
}
BREAK(body_with_space)
{
	w->entry.body = text_bytes(replaced(
	    (const char *)w->entry.body.data, "\"kind\":", "\"kind\": "));
}
BREAK(other_leaf)
{
	char *uuid = arena_copy(arena, w->entry.uuid, &err);
	char *last = uuid + strlen(uuid) - 1;

	*last = *last == '0' ? '1' : '0';
	w->entry.uuid = uuid;
}
BREAK(hash_flipped)
{
	w->hashes[1].bytes[7] ^= 1;
}
BREAK(hashes_swapped)
{
	struct hash first = w->hashes[0];

	w->hashes[0] = w->hashes[1];
	w->hashes[1] = first;
}
BREAK(neighbour_index)
{
	w->entry.proof_index ^= 1;
	if (!w->v1)
		w->entry.log_index ^= 1;
}
BREAK(other_tree_id)
{
	w->entry.uuid = replaced(w->entry.uuid, TREE, "000000000000004e");
}
BREAK(tree_id_of_none)
{
	w->entry.uuid = arena_print(arena, &err, TREE "%s", w->entry.uuid);
}
BREAK(other_kind)
{
	w->entry.kind = "dsse";
}
BREAK(other_version)
{
	w->entry.version = "0.0.1";
}
BREAK(unknown_kind)
{
	with_body(w, "helm", "0.0.1",
	    text_bytes("{\"apiVersion\":\"0.0.1\",\"kind\":\"helm\","
		       "\"spec\":{}}"));
}
BREAK(body_no_json)
{
	with_body(w, "hashedrekord", "0.0.2", text_bytes("{"));
}
BREAK(body_without_kind)
{
	with_body(w, "hashedrekord", "0.0.2",
	    text_bytes("{\"apiVersion\":\"0.0.2\"}"));
}
BREAK(body_without_spec)
{
	with_body(w, "hashedrekord", "0.0.2",
	    text_bytes("{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\"}"));
}
BREAK(intoto_without_content)
{
	with_body(w, "intoto", "0.0.2",
	    text_bytes("{\"apiVersion\":\"0.0.2\",\"kind\":\"intoto\","
		       "\"spec\":{\"content\":null}}"));
}
BREAK(intoto_without_envelope)
{
	with_body(w, "intoto", "0.0.2",
	    text_bytes(replaced((const char *)intoto_v2(w).data,
		"\"signatures\":", "\"signaturez\":")));
}
BREAK(other_message)
{
	w->expect.message = text_bytes("DSSEv1 1 a 1 b");
}
BREAK(other_entry)
{
	/* a whole entry of the same log, signer and kind, but not ours */
	w->expect.message = w->messages[4];
	w->expect.signature = w->signatures[4];
}
BREAK(other_payload)
{
	with_body(w, "dsse", "0.0.1", dsse_v1(w));
	w->expect.message = w->messages[4];
}
BREAK(no_pae)
{
	with_body(w, "dsse", "0.0.1", dsse_v1(w));
	w->expect.message = text_bytes("DSSEv1 1 a 2 b");
}
BREAK(other_envelope)
{
	with_body(w, "dsse", "0.0.1", dsse_v1(w));
	w->expect.envelope = text_bytes("envelope ");
}
BREAK(short_digest)
{
	with_body(w, "hashedrekord", "0.0.2",
	    text_bytes(replaced((const char *)w->entry.body.data,
		"\"digest\":\"", "\"digest\":\"AAAA")));
}
BREAK(weak_hash)
{
	with_body(w, "hashedrekord", "0.0.2",
	    text_bytes(replaced(
		(const char *)w->entry.body.data, "SHA2_256", "SHA1")));
}
BREAK(signed_again)
{
	must(key_sign(
		 &w->expect.signature, arena, signer, w->expect.message, &err),
	    "sign");
}
BREAK(signature_longer)
{
	struct vexlog_bytes s = w->expect.signature;
	char *longer = arena_text(arena, s.data, s.size, &err);

	w->expect.signature =
	    (struct vexlog_bytes){(uint8_t *)longer, s.size + 1};
}
BREAK(other_key)
{
	w->expect.key = other_signer;
}
BREAK(certificate_wanted)
{
	w->expect.certificate = key_spki(signer);
}
BREAK(certificate_named)
{
	with_body(w, "hashedrekord", "0.0.2",
	    text_bytes(replaced((const char *)w->entry.body.data, "publicKey",
		"x509Certificate")));
}
BREAK(two_verifiers)
{
	with_body(w, "hashedrekord", "0.0.2",
	    text_bytes(replaced((const char *)w->entry.body.data,
		"\"publicKey\"",
		"\"x509Certificate\":{\"rawBytes\":\"AAAA\"},\"publicKey\"")));
}
BREAK(false_signature)
{
	/* a log that does not look at signatures took a false one */
	struct vexlog_bytes body;
	struct vexlog_bytes s =
	    flipped(w->expect.signature, w->expect.signature.size - 1);

	w->signatures[MINE] = s;
	must(entry_body_v2(&body, arena, signer, w->expect.message, s, &err),
	    "body");
	with_body(w, "hashedrekord", "0.0.2", body);
}

enum in { BOTH, ONLY_LOCAL, ONLY_V1 };

static const struct {
	const char *name;
	enum in in;
	void (*change)(struct world *);
	const char *check, *part; /* that fails, and in its detail */
} mutations[] = {
    {"no body", BOTH, no_body, "entry form", "0 bytes"},
    {"a body past the tile's 65535", BOTH, large_body, "entry form", "65536"},
    {"CVE-2024-45395: 65 hashes", BOTH, many_hashes, "entry form", "65 hashes"},
    {"an index below zero", BOTH, negative_index, "entry form", "-1"},
    {"half a log id", BOTH, short_log_id, "entry form", "1842ae"},
    {"a digit less in the uuid", BOTH, short_uuid, "entry form", "uuid"},
    {"a tree of 2^63 leaves", BOTH, huge_tree, "entry form",
	"9223372036854775808"},
    {"another log", BOTH, unknown_log, "log key", "not among the 1"},
    {"a trust file without logs", BOTH, empty_trust, "log key",
	"the first is none"},
    {"another key under the same origin", BOTH, other_key_trusted, "log key",
	"not among the 1"},
    {"the SET altered", ONLY_V1, promise_flipped, "signed entry timestamp",
	"not by key"},
    {"the SET cut", ONLY_V1, promise_cut, "signed entry timestamp",
	"strict DER"},
    {"integrated time + 1 s", ONLY_V1, promised_time, "signed entry timestamp",
	"not by key"},
    {"global index + 1", ONLY_V1, promised_index, "signed entry timestamp",
	"not by key"},
    {"a SET of one byte", ONLY_V1, promised_body, "signed entry timestamp",
	"strict DER"},
    {"the key is valid only later", BOTH, before_validity, "log key validity",
	"2026-01-17T01:00:01Z"},
    {"the key was valid only before", BOTH, after_validity, "log key validity",
	"2026-01-17T00:59:59Z"},
    {"rekor-cli, no bundle is no success: no proof", BOTH, no_proof,
	"checkpoint form", "neither"},
    {"a proof without a checkpoint", BOTH, no_checkpoint, "checkpoint form",
	"no checkpoint"},
    {"a checkpoint that is no note", BOTH, no_note, "checkpoint form",
	"empty line"},
    {"a size with a leading zero", BOTH, leading_zero, "checkpoint form",
	"\"07\""},
    {"CVE-2024-45395: a note past 1 MiB", BOTH, endless_note, "checkpoint form",
	"1048577"},
    {"a checkpoint by another key", BOTH, other_signer_of_note,
	"checkpoint signature", "no signature by"},
    {"with the key id copied", BOTH, copied_key_id, "checkpoint signature",
	"not by key"},
    {"a signature under another name", BOTH, other_name, "checkpoint signature",
	"other"},
    {"a line added to the checkpoint", BOTH, extension_added,
	"checkpoint signature", "not by key"},
    {"a checkpoint of another log by the same key", BOTH, other_origin,
	"origin", "other.example"},
    {"a checkpoint of another shard", ONLY_V1, other_tree, "origin", "- 78"},
    {"another log was expected", ONLY_LOCAL, expected_other, "origin",
	"vexlog.local/other"},
    {"a checkpoint that no witness has seen", BOTH, no_witness,
	"witness cosignatures", "1 are needed"},
    {"tree size - 1", BOTH, other_size, "tree size and root", "size 6"},
    {"rekor #1092, sigstore-java #654, sigstore-python #248: another root",
	BOTH, other_root, "tree size and root", "the checkpoint has 7"},
    {"an older checkpoint of the log", BOTH, older_checkpoint,
	"tree size and root", "the checkpoint has 6"},
    {"index = size", BOTH, index_is_size, "index", "index 7"},
    {"another index than in the proof", ONLY_LOCAL, other_log_index, "index",
	"log index 4, in the proof 3"},
    {"a global index that no SET proves", ONLY_V1, unproven_global_index,
	"index", "log index 1003"},
    {"a hash less", BOTH, hash_dropped, "proof length", "2 hashes"},
    {"a hash more", BOTH, hash_added, "proof length", "4 hashes"},
    {"the body of another entry", BOTH, other_body, "leaf hash",
	"the body hashes to"},
    {"a space in the body", BOTH, body_with_space, "leaf hash",
	"the body hashes to"},
    {"the uuid of another leaf", BOTH, other_leaf, "leaf hash",
	"the uuid says"},
    {"a bit of the proof", BOTH, hash_flipped, "inclusion proof",
	"leads to the root"},
    {"two hashes swapped", BOTH, hashes_swapped, "inclusion proof",
	"leads to the root"},
    {"the index of its neighbour", BOTH, neighbour_index, "inclusion proof",
	"leads to the root"},
    {"another tree id in the uuid", ONLY_V1, other_tree_id, "uuid",
	"000000000000004e"},
    {"a tree id where the log has none", ONLY_LOCAL, tree_id_of_none, "uuid",
	"has none"},
    {"another kind than the body's", BOTH, other_kind, "kind and version",
	"dsse 0.0.2"},
    {"another version than the body's", BOTH, other_version, "kind and version",
	"hashedrekord 0.0.1"},
    {"a kind that nobody here can bind", BOTH, unknown_kind, "kind and version",
	"unknown"},
    {"CVE-2022-36056, an entry that can't be read is no success", BOTH,
	body_no_json, "kind and version", ""},
    {"a body without a kind", BOTH, body_without_kind, "kind and version",
	"missing"},
    {"a body without a spec", BOTH, body_without_spec, "binding digest",
	"\"spec\" is missing"},
    {"CVE-2023-33199: an intoto entry without content", BOTH,
	intoto_without_content, "binding digest", "/spec/content"},
    {"an intoto entry without signatures", BOTH, intoto_without_envelope,
	"binding digest", "signatures"},
    {"another message", BOTH, other_message, "binding digest", "ours is"},
    {"CVE-2026-22703 GHSA-whqx-f9j3-ch6m, CVE-2022-36056 "
     "GHSA-8gw7-4j42-w388: any entry of the log",
	BOTH, other_entry, "binding digest", "ours is"},
    {"and its signature", BOTH, other_entry, "binding signature", "ours is"},
    {"dsse 0.0.1 of another payload", BOTH, other_payload, "binding digest",
	"payload"},
    {"dsse 0.0.1, and no envelope was signed", BOTH, no_pae, "binding digest",
	"none"},
    {"dsse 0.0.1 of another envelope", BOTH, other_envelope, "binding digest",
	"envelope"},
    {"a digest too long", BOTH, short_digest, "binding digest", "35 bytes"},
    {"a weak hash", BOTH, weak_hash, "binding digest", "SHA1"},
    {"the same message signed again", BOTH, signed_again, "binding signature",
	"ours is"},
    {"a byte behind the signature", BOTH, signature_longer, "binding signature",
	"ours is"},
    {"another key signed", BOTH, other_key, "binding key", "ours is key"},
    {"a certificate was expected", BOTH, certificate_wanted, "binding key",
	"ours is certificate"},
    {"the entry names a certificate", BOTH, certificate_named, "binding key",
	"names certificate"},
    {"the entry names two verifiers", BOTH, two_verifiers, "binding digest",
	"one of both"},
    {"a log that takes any signature", BOTH, false_signature, "own signature",
	"not by key"},
    {"another key, again", BOTH, other_key, "own signature", "not by key"},
};

/* ---- judging ---------------------------------------------------------- */

static struct vexlog_report
judge(const struct world *w)
{
	struct report report;
	struct trust *trust;

	must(trust_read(&trust, w->trust, &err), "trust");
	report_open(&report, arena);
	must(entry_verify(
		 &report, arena, &w->entry, trust, &w->expect, w->at, &err),
	    "entry_verify");
	trust_close(trust);
	return report_close(&report, w->entry.uuid);
}

static enum vexlog_outcome
outcome(const struct vexlog_report *report, const char *name)
{
	for (size_t i = 0; i < report->count; i++)
		if (text_same(report->list[i].name, name))
			return report->list[i].outcome;
	bail("no check \"%s\"", name);
}

static const char *
detail(const struct vexlog_report *report, const char *name)
{
	for (size_t i = 0; i < report->count; i++)
		if (text_same(report->list[i].name, name))
			return report->list[i].detail;
	return "";
}

static bool
is_complete(const struct vexlog_report *report)
{
	bool same = report->count == CHECKS;

	for (size_t i = 0; same && i < CHECKS; i++)
		same = text_same(report->list[i].name, names[i]);
	return same;
}

static void
holds(const struct world *w, const char *name)
{
	struct vexlog_report report = judge(w);

	if (!ok(report.holds && is_complete(&report), "holds: %s", name))
		for (size_t i = 0; i < report.count; i++)
			printf("# %d %s: %s\n", report.list[i].outcome,
			    report.list[i].name, report.list[i].detail);
}

static void
break_one(size_t i, bool v1, bool failed[CHECKS])
{
	struct arena_mark mark = arena_mark(arena);
	struct vexlog_report report;
	struct world w;
	bool good;

	build(&w, v1, LEAVES);
	mutations[i].change(&w);
	report = judge(&w);
	for (size_t c = 0; c < CHECKS; c++)
		failed[c] |= outcome(&report, names[c]) == VEXLOG_FAIL;
	good = !report.holds && is_complete(&report) &&
	    outcome(&report, mutations[i].check) == VEXLOG_FAIL &&
	    strstr(detail(&report, mutations[i].check), mutations[i].part) !=
		NULL;
	if (!ok(good, "%s: %s: %s: %s", v1 ? "v1" : "local", mutations[i].name,
		mutations[i].check, detail(&report, mutations[i].check)))
		for (size_t c = 0; c < report.count; c++)
			printf("# %d %s: %s\n", report.list[c].outcome,
			    report.list[c].name, report.list[c].detail);
	arena_back(arena, mark);
}

/* ---- what holds ------------------------------------------------------- */

static void
intact(bool v1)
{
	struct vexlog_report report;
	struct world w;

	build(&w, v1, 1);
	holds(&w, v1 ? "v1, one leaf" : "local, one leaf");
	build(&w, v1, LEAVES);
	holds(&w, v1 ? "v1, seven leaves" : "local, seven leaves");
	w.expect.origin = w.origin;
	holds(&w, "the origin is the expected one");
	set_trust(&w, w.origin, log_key(&w), LOGGED, LOGGED);
	w.at = LOGGED;
	holds(&w, "validity is a closed interval");
	w.at = LOGGED + SECOND;
	report = judge(&w);
	ok(report.holds == v1,
	    "a proven time counts, the time given only without one");
	w.at = TIME_NONE;
	report = judge(&w);
	ok(report.holds &&
		outcome(&report, "log key validity") ==
		    (v1 ? VEXLOG_PASS : VEXLOG_SKIP),
	    "no time at all is not judged");
	build(&w, v1, LEAVES);
	with_body(&w, "hashedrekord", "0.0.1", hashedrekord_v1(&w));
	holds(&w, "hashedrekord 0.0.1");
	with_body(&w, "dsse", "0.0.1", dsse_v1(&w));
	holds(&w, "dsse 0.0.1");
	w.expect.envelope = text_bytes("envelope");
	holds(&w, "dsse 0.0.1 with its envelope");
	with_body(&w, "dsse", "0.0.2", dsse_v2(&w));
	holds(&w, "dsse 0.0.2, ours is the second signature");
	with_body(&w, "intoto", "0.0.2", intoto_v2(&w));
	holds(&w, "intoto 0.0.2");
}

/* A v1 log may be trusted by its host alone, and is then any tree of it; a
 * trust file may have one key for several logs. */
static void
trusted_by_host(void)
{
	struct vexlog_report report;
	struct trust *old;
	struct world w;

	build(&w, true, LEAVES);
	set_trust(&w, HOST, log_key(&w), 0, TIME_MAX);
	holds(&w, "v1, trusted by its host");
	w.expect.origin = HOST;
	holds(&w, "v1, expected by its host");
	other_tree(&w);
	report = judge(&w);
	ok(!report.holds && outcome(&report, "origin") == VEXLOG_PASS &&
		outcome(&report, "uuid") == VEXLOG_FAIL,
	    "another tree of that host: %s", detail(&report, "uuid"));
	build(&w, true, LEAVES);
	set_trust(&w, "another.example", log_key(&w), 0, TIME_MAX);
	must(trust_read(&old, w.trust, &err), "trust");
	must(trust_add_log(&w.trust, arena, old, V1, NULL, log_key(&w), 0,
		 TIME_MAX, &err),
	    "trust");
	trust_close(old);
	holds(&w, "one key under two origins, the second is it");
}

static void
as_a_bundle(void)
{
	struct vexlog_report report;
	struct report open;
	struct trust *trust;
	struct world w;

	build(&w, true, LEAVES);
	w.expect = (struct entry_expect){.log_only = true};
	report = judge(&w);
	ok(report.holds && report.count == CHECKS - 4,
	    "the log's part alone has %zu checks", report.count);
	w.entry.has_proof = false;
	report = judge(&w);
	ok(!report.holds, "without a proof it does not hold");
	w.expect.promise_will_do = true;
	report = judge(&w);
	ok(report.holds, "unless the promise will do");
	promised_time(&w);
	report = judge(&w);
	ok(!report.holds &&
		outcome(&report, "signed entry timestamp") == VEXLOG_FAIL,
	    "and holds");
	w.entry.set.size = 0;
	report = judge(&w);
	ok(!report.holds, "and is there");
	ok(outcome(&report, "signed entry timestamp") == VEXLOG_SKIP &&
		strstr(detail(&report, "signed entry timestamp"),
		    "not believed") != NULL,
	    "a time without a SET is not believed");
	build(&w, false, LEAVES);
	must(trust_read(&trust, w.trust, &err), "trust");
	report_open(&open, arena);
	w.expect.message.data = NULL;
	is_int(entry_verify(
		   &open, arena, &w.entry, trust, &w.expect, TIME_NONE, &err),
	    VEXLOG_MISUSE, "judged without what was signed");
	trust_close(trust);
}

int
main(void)
{
	bool failed[CHECKS] = {false};

	open_world();
	intact(false);
	intact(true);
	trusted_by_host();
	as_a_bundle();
	vexlog_arena_reset(arena);
	for (size_t i = 0; i < sizeof(mutations) / sizeof(*mutations); i++) {
		if (mutations[i].in != ONLY_V1)
			break_one(i, false, failed);
		if (mutations[i].in != ONLY_LOCAL)
			break_one(i, true, failed);
	}
	for (size_t c = 0; c < CHECKS; c++)
		ok(failed[c], "some mutation fails \"%s\"", names[c]);
	close_world();
	return tap_done();
}
