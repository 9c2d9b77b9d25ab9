/*
 * log_test.c - one scenario for every kind of log: submit, submit again,
 * fetch, follow its checkpoints, open it anew. Then what the front of all
 * logs refuses, with a backend that lies in one named way at a time.
 */
#include "tests/unit/log_scenario.h"

/* ---- the local log's own ------------------------------------------------ */

static void
test_refused(const char *url, const struct trust *trust)
{
	struct log *log = open_log(url, trust);
	struct log_options options = {
	    .url = url, .trust = trust, .read_only = true};
	struct log_request bad = requests[0];
	struct checkpoint before, after;
	struct vexlog_bytes json;
	struct trust *other;
	struct entry entry;
	struct key *ed;

	must(log_checkpoint(&before, arena, log, &err), "checkpoint");
	bad.message = requests[1].message;
	is_int(log_submit(&entry, arena, log, &bad, 1, &err), VEXLOG_REFUSED,
	    "a signature over something else");
	must(key_generate(&ed, KEY_ED25519, &err), "key");
	bad.key = ed;
	is_int(log_submit(&entry, arena, log, &bad, 1, &err), VEXLOG_MISUSE,
	    "an Ed25519 key");
	bad.key = NULL;
	is_int(log_submit(&entry, arena, log, &bad, 1, &err), VEXLOG_MISUSE,
	    "no key");
	is_int(
	    log_fetch(&entry, arena, log, -1, &err), VEXLOG_MISUSE, "no index");
	log_close(log);

	must(trust_add_signer(
		 &json, arena, NULL, "nobody", signer, 0, TIME_MAX, &err),
	    "trust");
	must(trust_read(&other, json, &err), "trust");
	log = open_log(url, other);
	is_int(log_submit(&entry, arena, log, requests, 1, &err), VEXLOG_MISUSE,
	    "a log that is not trusted takes nothing");
	has_text(err.hint, "vexlog trust add", "what to do");
	is_int(log_checkpoint(&after, arena, log, &err), VEXLOG_BAD_PROOF,
	    "its checkpoint is not believed");
	is_int(log_fetch(&entry, arena, log, 0, &err), VEXLOG_BAD_PROOF,
	    "nor an entry");
	has_text(err.message, "log key", "says which check");
	log_close(log);
	trust_close(other);

	must(log_open(&log, &options, &err), "read-only");
	is_int(log_submit(&entry, arena, log, requests, 1, &err), VEXLOG_MISUSE,
	    "read only");
	must(log_fetch(&entry, arena, log, 0, &err), "but read it is");
	must(log_checkpoint(&after, arena, log, &err), "checkpoint");
	ok(after.size == before.size, "nothing of all this was logged");
	log_close(log);

	log = open_log(url, NULL);
	is_int(log_fetch(&entry, arena, log, 0, &err), VEXLOG_MISUSE,
	    "no trust file");
	log_close(log);
	key_close(ed);
}

static void
test_urls(const struct trust *trust)
{
	static const struct {
		const char *url;
		int code;
		const char *says;
	} cases[] = {
	    {NULL, VEXLOG_MISUSE, "needs a URL"},
	    {"", VEXLOG_MISUSE, "no scheme"},
	    {"local:", VEXLOG_MISUSE, "followed by the log's folder"},
	    {"/var/log", VEXLOG_MISUSE, "no scheme"},
	    {"https://u:secret@rekor.example", VEXLOG_MISUSE, "no scheme"},
	    {"local:/nonexistent", VEXLOG_NOT_FOUND, "there is no log"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct log_options options = {
		    .url = cases[i].url, .trust = trust};
		struct log *log;
		is_int(log_open(&log, &options, &err), cases[i].code,
		    cases[i].url == NULL ? "no URL" : cases[i].url);
		has_text(err.message, cases[i].says, "says what");
		ok(strstr(err.message, "secret") == NULL &&
			strstr(err.where, "secret") == NULL,
		    "and no password");
	}
	log_close(NULL);
}

/* ---- a log that lies ---------------------------------------------------- */

static const struct lie {
	const char *name, *says;
} lies[] = {
    {"another index", "index"},
    {"another entry", "binding"},
    {"a body that was changed", "leaf hash"},
    {"another uuid", "leaf hash"},
    {"a proof that was changed", "inclusion"},
    {"a proof too short", "proof length"},
    {"another root", "root"},
    {"another size", "size"},
    {"a checkpoint that was changed", "checkpoint"},
    {"no checkpoint", "checkpoint"},
    {"another log's id", "log key"},
    {"another kind", "kind"},
};

static size_t lie_now;     /* index in lies */
static struct entry spare; /* a true entry for another request */

static void
tell(struct entry *e)
{
	struct vexlog_bytes body = e->body;
	struct hash *hashes =
	    arena_list(arena, e->hash_count, sizeof(*hashes), &err);
	char *text;

	memcpy(hashes, e->hashes, e->hash_count * sizeof(*hashes));
	switch (lie_now) {
	case 0:
		e->log_index++;
		break;
	case 1:
		*e = spare;
		break;
	case 2:
		text = arena_text(arena, body.data, body.size, &err);
		text[body.size - 20] ^= 1;
		e->body.data = (const uint8_t *)text;
		break;
	case 3:
		text = arena_copy(arena, e->uuid, &err);
		text[9] = text[9] == 'a' ? 'b' : 'a';
		e->uuid = text;
		break;
	case 4:
		hashes[0].bytes[5] ^= 4;
		e->hashes = hashes;
		break;
	case 5:
		e->hash_count--;
		break;
	case 6:
		e->root.bytes[1] ^= 1;
		break;
	case 7:
		e->tree_size++;
		break;
	case 8:
		text = arena_copy(arena, e->checkpoint, &err);
		text[strlen(text) - 10] ^= 1;
		e->checkpoint = text;
		break;
	case 9:
		e->checkpoint = NULL;
		break;
	case 10:
		text = arena_copy(arena, e->log_id, &err);
		text[9] = text[9] == 'a' ? 'b' : 'a';
		e->log_id = text;
		break;
	default:
		e->kind = "dsse";
		break;
	}
}

static int
lying_submit(struct entry *entries, struct vexlog_arena *to, struct log *log,
    const struct log_request *list, size_t count, struct vexlog_err *why)
{
	int rc = log_local.submit(entries, to, log, list, count, why);

	if (rc == 0)
		tell(&entries[count - 1]);
	return rc;
}

static int
lying_fetch(struct entry *out, struct vexlog_arena *to, struct log *log,
    int64_t index, struct vexlog_err *why)
{
	int rc = log_local.fetch(out, to, log, index, why);

	if (rc == 0)
		tell(out);
	return rc;
}

static void
test_lies(const char *url, const struct trust *trust)
{
	struct log *log = open_log(url, trust);
	struct log_ops lying = *log->ops;
	struct entry kept[3], got[3];

	must(log_submit(kept, arena, log, requests, 3, &err), "the truth");
	spare = kept[1];
	lying.submit = lying_submit;
	lying.fetch = lying_fetch;
	log->ops = &lying;
	for (lie_now = 0; lie_now < sizeof(lies) / sizeof(*lies); lie_now++) {
		memset(got, 0, sizeof(got));
		is_int(log_submit(got, arena, log, requests, 3, &err),
		    VEXLOG_BAD_PROOF, lies[lie_now].name);
		has_text(err.message, lies[lie_now].says, "is seen");
		ok(got[0].uuid == NULL && got[0].body.data == NULL,
		    "and nothing is handed out");
		is_int(log_fetch(got, arena, log, 2, &err), VEXLOG_BAD_PROOF,
		    "so it is when fetched");
	}
	log->ops = &log_local;
	log_close(log);
}

int
main(void)
{
	const char *folder, *url = NULL;
	struct trust *trust;

	if ((arena = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		bail("no memory");
	folder = fast_folder();
	trust = make_log(&url, folder);
	make_requests();
	scenario(url, trust);
	test_refused(url, trust);
	test_urls(trust);
	test_lies(url, trust);
	trust_close(trust);
	remove_all(folder);
	key_close(signer);
	vexlog_arena_close(arena);
	return tap_done();
}
