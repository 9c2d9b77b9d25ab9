/*
 * note_test.c - signed notes and checkpoints: every case of tests/data/tlog,
 * then one thing broken at a time.
 */
#include "cases.h"
#include "tlog/merkle.h"
#include "tlog/note.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;

static struct key *
need_key(const char *pem)
{
	struct key *key;

	if (pem == NULL || key_read_public(&key, text_bytes(pem), &err) != 0)
		bail("no key: %s", err.message);
	return key;
}

/* ---- the cases -------------------------------------------------------- */

/* What a client does: read, check the log's signature, check the origin, and
 * count the witness where the case has one. */
static const char *
answer(const struct json_value *v, struct vexlog_bytes bytes)
{
	const struct json_value *trust = json_get(v, "trust");
	const struct json_value *witness = json_get(v, "witness");
	const char *origin = json_get_text(trust, "origin");
	const char *out = "accept";
	struct checkpoint cp;
	struct key *key;
	int64_t time = 0;

	if (checkpoint_read(&cp, arena, bytes, &err) != 0)
		return "reject";
	key = need_key(json_get_text(trust, "public_key_pem"));
	if (note_verify(&cp.note, origin, key, NOTE_PLAIN, NULL, &err) != 0)
		out = "reject";
	else if (!text_same(cp.origin, origin)) {
		err_set(&err, VEXLOG_BAD_PROOF, "origin \"%s\", not \"%s\"",
		    cp.origin, origin);
		out = "reject";
	}
	key_close(key);
	if (text_same(out, "reject") || witness == NULL)
		return out;
	key = need_key(json_get_text(witness, "public_key_pem"));
	if (note_verify(&cp.note, json_get_text(witness, "name"), key,
		NOTE_COSIGNATURE, &time, &err) != 0)
		out = "reject-cosignature";
	else
		ok(time > 0, "  witnessed at %lld", (long long)time);
	key_close(key);
	return out;
}

static void
run_case(const char *path, void *context)
{
	struct json_doc doc = cases_read(arena, path);
	const char *want = json_get_text(doc.root, "expected");
	/* may hold U+0000, so its size counts */
	const struct json_value *text = json_get(doc.root, "checkpoint");
	const char *got;

	(void)context;
	err.message[0] = '\0';
	got = answer(doc.root,
	    (struct vexlog_bytes){(const uint8_t *)text->as.text, text->size});
	ok(text_same(got, want), "%s: %s (%s)", cases_name(path), got,
	    text_same(got, "accept") ? json_get_text(doc.root, "why")
				     : err.message);
	vexlog_arena_reset(arena);
}

/* ---- one thing at a time ---------------------------------------------- */

#define ROOT   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define SIGNED "\n\xe2\x80\x94 log.test AAAAAAA=\n"

static const struct {
	const char *name, *text;
	int code;
	const char *part; /* of the message */
} forms[] = {
    {"intact", "log.test\n0\n" ROOT "\n" SIGNED, 0, ""},
    {"extension line", "log.test\n0\n" ROOT "\nmore\n" SIGNED, 0, ""},
    {"empty", "", VEXLOG_SYNTAX, "ends with a newline"},
    {"only newlines", "\n\n", VEXLOG_SYNTAX, "without a signature"},
    {"no text", "\n" SIGNED, VEXLOG_SYNTAX, "without a text"},
    {"carriage return", "log.test\r\n0\n" ROOT "\n" SIGNED, VEXLOG_SYNTAX,
	"control character"},
    {"bad UTF-8", "log.\xc0\x80\n0\n" ROOT "\n" SIGNED, VEXLOG_SYNTAX, "UTF-8"},
    {"empty extension line", "log.test\n0\n" ROOT "\n\nmore\n" SIGNED,
	VEXLOG_SYNTAX, "extension line"},
    {"no root", "log.test\n0\n" SIGNED, VEXLOG_SYNTAX, "third line"},
    {"no size", "log.test\n" SIGNED, VEXLOG_SYNTAX, "second line"},
    {"leading zero", "log.test\n00\n" ROOT "\n" SIGNED, VEXLOG_SYNTAX,
	"not \"00\""},
    {"minus", "log.test\n-1\n" ROOT "\n" SIGNED, VEXLOG_SYNTAX, "second line"},
    {"empty tree of another root",
	"log.test\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" SIGNED,
	VEXLOG_SYNTAX, "hash of nothing"},
    {"plus in a name",
	"log.test\n0\n" ROOT "\n\n\xe2\x80\x94 log+test AAAAAAA=\n",
	VEXLOG_SYNTAX, "name"},
    {"no-break space in a name",
	"log.test\n0\n" ROOT "\n\n\xe2\x80\x94 log\xc2\xa0test AAAAAAA=\n",
	VEXLOG_SYNTAX, "name"},
    {"thin space in a name",
	"log.test\n0\n" ROOT "\n\n\xe2\x80\x94 l\xe2\x80\x89t AAAAAAA=\n",
	VEXLOG_SYNTAX, "name"},
    {"signature without padding",
	"log.test\n0\n" ROOT "\n\n\xe2\x80\x94 log.test AAAAAAA\n",
	VEXLOG_SYNTAX, "no base64"},
    {"signature of 3 bytes",
	"log.test\n0\n" ROOT "\n\n\xe2\x80\x94 log.test AAAA\n", VEXLOG_SYNTAX,
	"shorter than its key id"},
    {"space behind a signature",
	"log.test\n0\n" ROOT "\n\n\xe2\x80\x94 log.test AAAAAAA= \n",
	VEXLOG_SYNTAX, "no base64"},
};

static void
check_forms(void)
{
	struct checkpoint cp;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		err.message[0] = '\0';
		int rc = checkpoint_read(
		    &cp, arena, text_bytes(forms[i].text), &err);
		ok(rc == forms[i].code &&
			(rc == 0 ||
			    (strstr(err.message, forms[i].part) &&
				err.hint[0] != '\0')),
		    "form: %s: %s", forms[i].name, err.message);
	}
}

/* CVE-2024-45395: what comes from a log has an end. */
static void
check_caps(void)
{
	struct note note;
	struct buffer b;
	struct vexlog_bytes bytes;

	for (int count = 100; count <= 101; count++) {
		buffer_open(&b, arena, MIB);
		buffer_text(&b, "text\n\n");
		for (int i = 0; i < count; i++)
			buffer_text(&b, "\xe2\x80\x94 log.test AAAAAAA=\n");
		buffer_finish(&b, &bytes, &err);
		is_int(note_read(&note, arena, bytes, &err),
		    count == 100 ? 0 : VEXLOG_LIMIT, "signatures are capped");
	}
	is_int((int64_t)note.signature_count, 100, "a hundred are taken");
	buffer_open(&b, arena, 4 * MIB);
	for (size_t i = 0; i <= NOTE_SIZE_MAX; i++)
		buffer_byte(&b, '\n');
	buffer_finish(&b, &bytes, &err);
	is_int(note_read(&note, arena, bytes, &err), VEXLOG_LIMIT,
	    "a note over 1 MiB is refused");
}

static void
sign_and_verify(enum key_kind kind)
{
	struct vexlog_bytes text, bytes;
	struct key *key, *other;
	struct checkpoint cp;
	struct hash root;

	merkle_empty(&root, &err);
	if (key_generate(&key, kind, &err) != 0 ||
	    key_generate(&other, kind, &err) != 0)
		bail("%s", err.message);
	checkpoint_write(&text, arena, "log.test", 0, &root, &err);
	is_int(note_sign(&bytes, arena, text, "log.test", key, &err), 0,
	    key_algo(key));
	is_int(checkpoint_read(&cp, arena, bytes, &err), 0, "  is read");
	is_int(note_verify(&cp.note, "log.test", key, NOTE_PLAIN, NULL, &err),
	    0, "  holds");
	is_int(note_verify(&cp.note, "log.tess", key, NOTE_PLAIN, NULL, &err),
	    VEXLOG_NOT_FOUND, "  another name is no signature");
	has_text(err.message, "\"log.tess\"", "  which is named");
	is_int(note_verify(&cp.note, "log.test", other, NOTE_PLAIN, NULL, &err),
	    VEXLOG_NOT_FOUND, "  another key is no signature");
	((uint8_t *)(uintptr_t)cp.note.text.data)[9] = '7';
	is_int(note_verify(&cp.note, "log.test", key, NOTE_PLAIN, NULL, &err),
	    VEXLOG_BAD_PROOF, "  a changed text does not hold");
	is_int(note_sign(&bytes, arena, text, "log test", key, &err),
	    VEXLOG_MISUSE, "  a name with a space is refused");
	is_int(note_sign(&bytes, arena, text_bytes("no newline"), "log.test",
		   key, &err),
	    VEXLOG_SYNTAX, "  a text without its newline is refused");
	if (kind != KEY_ED25519)
		is_int(note_verify(&cp.note, "log.test", key, NOTE_COSIGNATURE,
			   NULL, &err),
		    VEXLOG_MISUSE, "  cosignatures are Ed25519");
	key_close(key);
	key_close(other);
	vexlog_arena_reset(arena);
}

static int
run_read(void *context, struct vexlog_err *e)
{
	struct checkpoint cp;

	vexlog_arena_reset(arena);
	return checkpoint_read(&cp, arena, text_bytes(context), e);
}

int
main(void)
{
	arena = vexlog_arena_open(64 * MIB);
	is_int(cases_walk(data_path("tlog/cases/checkpoint"), run_case, NULL),
	    31, "cases");
	check_forms();
	check_caps();
	vexlog_arena_reset(arena);
	for (enum key_kind kind = KEY_P256; kind <= KEY_ED25519; kind++)
		sign_and_verify(kind);
	cases_without_memory(
	    "checkpoint_read", run_read, (void *)(uintptr_t)forms[0].text);
	vexlog_arena_close(arena);
	return tap_done();
}
