/*
 * witness_test.c - k of n witnesses: a checkpoint that enough different
 * witnesses cosigned is believed, and one thing at a time makes it too few.
 */
#define _GNU_SOURCE
#include "tests/fakelog.h"

#include "entry_world.h"
#include "tlog/log.h"
#include "tlog/trust_checkpoint.h"

#define SEEN      1768611700 /* seconds */
#define WITNESSES 3

static struct key *witnesses[WITNESSES], *second_key;
static const char *const witness_names[WITNESSES] = {
    "one.example/w", "two.example/w", "three.example/w"};

/* ---- trust files -------------------------------------------------------- */

static struct trust *
read_trust(struct vexlog_bytes json)
{
	struct trust *trust;

	must(trust_read(&trust, json, &err), "trust");
	return trust;
}

static struct vexlog_bytes
with_witness(struct vexlog_bytes json, const char *name, const struct key *key,
    int64_t from, int64_t until)
{
	struct trust *old = read_trust(json);
	struct vexlog_bytes out;

	must(trust_add_witness(&out, arena, old, name, key, from, until, &err),
	    "witness");
	trust_close(old);
	return out;
}

static struct vexlog_bytes
with_quorum(struct vexlog_bytes json, const char *origin, size_t quorum)
{
	struct trust *old = read_trust(json);
	struct vexlog_bytes out;

	must(
	    trust_set_quorum(&out, arena, old, origin, quorum, &err), "quorum");
	trust_close(old);
	return out;
}

/* A world that two of three witnesses have to have seen. */
static void
policy(struct world *w, bool v1)
{
	build(w, v1, LEAVES);
	for (size_t i = 0; i < WITNESSES; i++)
		w->trust = with_witness(
		    w->trust, witness_names[i], witnesses[i], 0, TIME_MAX);
	w->trust = with_quorum(w->trust, NULL, 2);
}

static void
seen_by(struct world *w, size_t i, uint64_t seconds)
{
	w->entry.checkpoint = cosign(arena, w->entry.checkpoint,
	    witness_names[i], witnesses[i], seconds);
}

/* ---- one thing at a time ------------------------------------------------ */

static void
two_of_three(struct world *w)
{
	seen_by(w, 0, SEEN);
	seen_by(w, 2, SEEN + 5);
}

static void
nobody(struct world *w)
{
	(void)w;
}

static void
one_only(struct world *w)
{
	seen_by(w, 1, SEEN);
}

static void
one_twice(struct world *w)
{
	seen_by(w, 1, SEEN);
	seen_by(w, 1, SEEN + 60);
}

/* A witness that changed its key is still one witness. */
static void
one_with_two_keys(struct world *w)
{
	w->trust =
	    with_witness(w->trust, witness_names[1], second_key, 0, TIME_MAX);
	seen_by(w, 1, SEEN);
	w->entry.checkpoint = cosign(
	    arena, w->entry.checkpoint, witness_names[1], second_key, SEEN);
}

static void
a_stranger(struct world *w)
{
	seen_by(w, 0, SEEN);
	w->entry.checkpoint = cosign(
	    arena, w->entry.checkpoint, "four.example/w", second_key, SEEN);
}

/* A key of a trusted witness under a name that is none. */
static void
another_name(struct world *w)
{
	seen_by(w, 0, SEEN);
	w->entry.checkpoint = cosign(
	    arena, w->entry.checkpoint, "four.example/w", witnesses[1], SEEN);
}

/* The witness cosigned the tree that was there before. */
static void
of_an_older_tree(struct world *w)
{
	const char *older = sign_checkpoint(
	    w, w->origin, LEAVES - 1, &w->roots[LEAVES - 1], log_key(w));
	const char *line =
	    strstr(cosign(arena, older, witness_names[1], witnesses[1], SEEN),
		"\xe2\x80\x94 two.");

	seen_by(w, 0, SEEN);
	w->entry.checkpoint =
	    arena_print(arena, &err, "%s%s", w->entry.checkpoint, line);
}

/* One digit in the base64 of the last cosignature. */
static void
flipped_bit(struct world *w)
{
	char *text;

	two_of_three(w);
	text = arena_copy(arena, w->entry.checkpoint, &err);
	text[strlen(text) - 10] = text[strlen(text) - 10] == 'A' ? 'B' : 'A';
	w->entry.checkpoint = text;
}

static void
key_from_later_on(struct world *w)
{
	build(w, w->v1, LEAVES);
	w->trust =
	    with_witness(w->trust, witness_names[0], witnesses[0], 0, TIME_MAX);
	w->trust = with_witness(w->trust, witness_names[2], witnesses[2],
	    (SEEN + 6) * (int64_t)SECOND, TIME_MAX);
	w->trust = with_quorum(w->trust, NULL, 2);
	two_of_three(w);
}

/* A cosignature at the last moment of a key's time still counts. */
static void
key_just_ending(struct world *w)
{
	build(w, w->v1, LEAVES);
	w->trust =
	    with_witness(w->trust, witness_names[0], witnesses[0], 0, TIME_MAX);
	w->trust = with_witness(w->trust, witness_names[2], witnesses[2], 0,
	    (SEEN + 5) * (int64_t)SECOND);
	w->trust = with_quorum(w->trust, NULL, 2);
	two_of_three(w);
}

static void
asked_of_none(struct world *w)
{
	w->trust = with_quorum(w->trust, w->origin, 0);
}

static void
asked_of_all(struct world *w)
{
	w->trust = with_quorum(w->trust, w->origin, 3);
	two_of_three(w);
}

static void
as_a_plain_signature(struct world *w)
{
	struct vexlog_bytes note;
	struct note n;

	seen_by(w, 0, SEEN);
	must(note_read(&n, arena, text_bytes(w->entry.checkpoint), &err), "n");
	must(note_sign(
		 &note, arena, n.text, witness_names[1], witnesses[1], &err),
	    "sign");
	w->entry.checkpoint =
	    arena_print(arena, &err, "%s%s", w->entry.checkpoint,
		strstr((const char *)note.data, "\xe2\x80\x94 "));
}

static const struct {
	const char *name;
	void (*change)(struct world *);
	enum vexlog_outcome outcome;
	const char *part;
} cases[] = {
    {"two of three", two_of_three, VEXLOG_PASS, "2, needed are 2"},
    {"none at all", nobody, VEXLOG_FAIL, "0 of the trusted witnesses"},
    {"one", one_only, VEXLOG_FAIL, "1 of the trusted witnesses"},
    {"one twice", one_twice, VEXLOG_FAIL, "1 of the trusted witnesses"},
    {"one by two keys", one_with_two_keys, VEXLOG_FAIL,
	"1 of the trusted witnesses"},
    {"one and a stranger", a_stranger, VEXLOG_FAIL,
	"1 of the trusted witnesses"},
    {"a witness's key under another name", another_name, VEXLOG_FAIL,
	"1 of the trusted witnesses"},
    {"a cosignature of another checkpoint", of_an_older_tree, VEXLOG_FAIL,
	"witness \"two.example/w\" does not hold"},
    {"a flipped bit", flipped_bit, VEXLOG_FAIL,
	"witness \"three.example/w\" does not hold"},
    {"a key that is valid only later", key_from_later_on, VEXLOG_FAIL,
	"1 of the trusted witnesses"},
    {"a key in its last second", key_just_ending, VEXLOG_PASS,
	"2, needed are 2"},
    {"a plain signature of a witness", as_a_plain_signature, VEXLOG_FAIL,
	"1 of the trusted witnesses"},
    {"three are needed for this log", asked_of_all, VEXLOG_FAIL,
	"3 are needed"},
    {"none is needed for this log", asked_of_none, VEXLOG_SKIP,
	"asks for none"},
};

static void
run_case(size_t i, bool v1)
{
	const struct vexlog_check *check = NULL;
	struct vexlog_report report;
	const struct trust_log *log;
	struct checkpoint cp;
	struct report open;
	struct trust *trust;
	struct world w;
	int rc;

	policy(&w, v1);
	cases[i].change(&w);
	trust = read_trust(w.trust);
	report_open(&open, arena);
	must(entry_verify(&open, arena, &w.entry, trust, &w.expect, w.at, &err),
	    "verify");
	report = report_close(&open, w.entry.uuid);
	for (size_t c = 0; c < report.count; c++)
		if (text_same(report.list[c].name, "witness cosignatures"))
			check = &report.list[c];
	ok(check != NULL && check->outcome == cases[i].outcome &&
		strstr(check->detail, cases[i].part) != NULL &&
		report.holds == (cases[i].outcome != VEXLOG_FAIL),
	    "%s: %s: %s", v1 ? "v1" : "local", cases[i].name,
	    check == NULL ? "no check" : check->detail);
	must(checkpoint_read(&cp, arena, text_bytes(w.entry.checkpoint), &err),
	    "checkpoint");
	rc = trust_checkpoint(&log, trust, &cp, w.origin, &err);
	ok(rc == (cases[i].outcome == VEXLOG_FAIL ? VEXLOG_BAD_PROOF : 0),
	    "  and the checkpoint alone: %s", rc == 0 ? "holds" : err.message);
	trust_close(trust);
}

/* ---- what a trust file may not say -------------------------------------- */

static void
refused(const char *name, struct vexlog_bytes json, const char *old,
    const char *new, const char *pointer, const char *part)
{
	struct trust *trust = NULL;
	int rc;

	memset(&err, 0, sizeof(err));
	rc = trust_read(&trust,
	    text_bytes(replaced((const char *)json.data, old, new)), &err);
	ok(rc == VEXLOG_SHAPE && strstr(err.message, part) != NULL &&
		text_same(err.pointer, pointer),
	    "%s: %s: %s", name, err.pointer, err.message);
	trust_close(trust);
}

static void
check_files(void)
{
	struct vexlog_bytes json, pem;
	struct trust *trust;
	struct world w;

	policy(&w, false);
	trust = read_trust(w.trust);
	is_int((int64_t)trust->witness_count, 3, "three witnesses are read");
	is_int((int64_t)trust->logs[0].quorum, 2, "the file's quorum counts");
	is_int(trust_set_quorum(&json, arena, trust, NULL, 4, &err),
	    VEXLOG_SHAPE, "a quorum of more than there are is not written");
	is_int(trust_set_quorum(&json, arena, trust, "no.such/log", 1, &err),
	    VEXLOG_NOT_FOUND, "nor one of an unknown log");
	is_int(trust_add_witness(&json, arena, trust, "other.example/w",
		   witnesses[0], 0, TIME_MAX, &err),
	    VEXLOG_SHAPE, "nor a key under a second name");
	has_text(err.message, "one.example/w", "which names the first");
	must(key_write_public(&pem, arena, signer, &err), "pem");
	is_int(trust_add_witness(&json, arena, trust, "ec.example/w", signer, 0,
		   TIME_MAX, &err),
	    VEXLOG_MISUSE, "nor a key that is not Ed25519");
	trust_close(trust);
	refused("a quorum below zero", w.trust, "\"quorum\": 2",
	    "\"quorum\": -1", "/quorum", "is -1");
	refused("a quorum of all and one", w.trust, "\"quorum\": 2",
	    "\"quorum\": 4", "/quorum", "there are 3");
	refused("a name with a space", w.trust, "\"one.example/w\"",
	    "\"one witness\"", "/witnesses/0/name", "no spaces");
	refused("a key id of another name", w.trust, "\"one.example/w\"",
	    "\"own.example/w\"", "/witnesses/0/keyId", "the key gives");
	refused("a log that asks for more than there are", w.trust,
	    "\"validUntil\": null", "\"validUntil\": null, \"quorum\": 9",
	    "/logs", "needs 9 witnesses");
}

/* ---- a log that is asked ------------------------------------------------ */

static void
ask_log(bool v1)
{
	struct vexlog_bytes pae, signature, json;
	struct log_request request;
	struct log_options options;
	struct checkpoint cp;
	struct trust *trust;
	struct entry entry;
	struct fake fake;
	struct log *log;
	int rc;

	fake_open(&fake, v1);
	must(trust_add_log(&json, arena, NULL, fake.origin, fake.server.url,
		 fake.key, 0, TIME_MAX, &err),
	    "trust");
	json = with_witness(json, witness_names[0], witnesses[0], 0, TIME_MAX);
	trust = read_trust(with_quorum(json, NULL, 1));
	must(
	    dsse_pae(&pae, arena, DSSE_IN_TOTO, text_bytes("{}"), &err), "pae");
	must(key_sign(&signature, arena, signer, pae, &err), "sign");
	request = (struct log_request){signer, pae, signature};
	options =
	    (struct log_options){.url = arena_print(arena, &err, "rekor%d+%s",
				     v1 ? 1 : 2, fake.server.url),
		.trust = trust};
	must(log_open(&log, &options, &err), "open");
	rc = log_submit(&entry, arena, log, &request, 1, &err);
	is_int(rc, VEXLOG_UNREACHABLE,
	    v1 ? "v1: an entry without witnesses "
		 "waits for them"
	       : "v2: an entry without witnesses "
		 "waits for them");
	has_text(err.message, "witness cosignatures", "and says so");
	is_int(log_checkpoint(&cp, arena, log, &err), VEXLOG_BAD_PROOF,
	    "a checkpoint without them is not believed");
	fake.witness = witnesses[0];
	fake.witness_name = witness_names[0];
	is_int(
	    log_checkpoint(&cp, arena, log, &err), 0, "with its witness it is");
	rc = log_submit(&entry, arena, log, &request, 1, &err);
	is_int(rc, 0, "and the same entry is found");
	is_int((int64_t)fake.count, 1, "once");
	log_close(log);
	trust_close(trust);
	fake_close(&fake);
}

int
main(void)
{
	open_world();
	for (size_t i = 0; i < WITNESSES; i++)
		must(key_generate(&witnesses[i], KEY_ED25519, &err), "key");
	must(key_generate(&second_key, KEY_ED25519, &err), "key");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		run_case(i, false);
		run_case(i, true);
	}
	check_files();
	ask_log(true);
	ask_log(false);
	for (size_t i = 0; i < WITNESSES; i++)
		key_close(witnesses[i]);
	key_close(second_key);
	close_world();
	return tap_done();
}
