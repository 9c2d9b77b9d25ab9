/*
 * reader.h - what the readers of all formats share: where we are in the
 * document, what was found, what was claimed.
 *
 * The first failure (memory, a limit) sticks in `failed`: everything after it
 * does nothing, so that a reader works through a document without a check on
 * every line. A broken rule is no failure; it becomes a finding.
 */
#ifndef VEXLOG_VEX_READER_H
#define VEXLOG_VEX_READER_H

#include "base/map.h"
#include "json/json.h"

/* Deeper than any JSON that is read, and the member a finding is about. */
#define PATH_MAX_STEPS 80

struct path_step {
	const char *name; /* NULL: an index */
	size_t index;
};

struct reader {
	struct vexlog_arena *arena;
	struct vexlog_err *err;
	int failed; /* a vexlog_code, 0 while all is well */

	struct json_doc doc;
	const char *format;
	const char *format_version;
	const char *digest;
	const char *provider;
	int64_t received_at;

	struct path_step path[PATH_MAX_STEPS];
	size_t depth;

	struct vexlog_finding *findings;
	size_t finding_count, finding_room;
	size_t findings_dropped;
	bool unsafe;

	struct vexlog_observation *claims;
	size_t claim_count, claim_room;
	const void **subjects; /* what each claim is about */
	uint32_t *claim_slots; /* by (vulnerability, subject, time) */
	size_t slot_room;
	uint64_t secret[2]; /* of the slots, from the document's digest */

	struct map vulnerabilities; /* text as written to index of names */
	struct name *names;
	size_t name_count, name_room;

	/* of attestation.c: what the statement around the document is about */
	const struct json_value *subject_list;
	const struct subjects *attested; /* NULL: there is no statement */

	/* of product.c: where a document writes its products out again and
	 * again, equal keys are one pointer */
	bool shares_keys;
	struct map purls, keys, pairs;
	size_t key_bytes;
};

/* A vulnerability's id, one pointer for one text. */
struct name {
	const char *text;
	const char *aliases;
};

/* ---- where we are ------------------------------------------------------ */

void reader_enter(struct reader *r, const char *name);
void reader_enter_index(struct reader *r, size_t index);
void reader_leave(struct reader *r);
/* RFC 6901, in the arena; member: one step more, or NULL. */
const char *reader_pointer(struct reader *r, const char *member);

/* ---- what was found ---------------------------------------------------- */

/* A rule is broken, the claims may still be used. at gives the offset, or
 * NULL; member: the finding is about this member of where we are. */
void reader_note(struct reader *r, const char *rule, const char *member,
    const struct json_value *at, const char *format, ...) PRINTF_LIKE(5, 6);
/* The document cannot be read safely. */
void reader_refuse(struct reader *r, const char *rule, const char *member,
    const struct json_value *at, const char *format, ...) PRINTF_LIKE(5, 6);
/* A value for a message, cut to what fits: "\"text\"", "12", "an object". */
const char *reader_show(struct reader *r, const struct json_value *v);

/* ---- looking up, with a finding where the type is another --------------- */

/* The member, or NULL: absent, or of another type and noted as a breach of
 * rule. need also notes that it is missing. */
const struct json_value *reader_want(struct reader *r, const char *rule,
    const struct json_value *object, const char *name, enum json_type type);
const struct json_value *reader_need(struct reader *r, const char *rule,
    const struct json_value *object, const char *name, enum json_type type);
const char *reader_want_text(struct reader *r, const char *rule,
    const struct json_value *object, const char *name);
const char *reader_need_text(struct reader *r, const char *rule,
    const struct json_value *object, const char *name);

/* Notes each member that names does not list. */
void reader_members(struct reader *r, const char *rule,
    const struct json_value *object, const char *const *names, size_t count);

/*
 * A time that will be used: *out is set and true when it is there and good;
 * malformed it is unsafe. unused: then it is only noted.
 */
bool reader_time(struct reader *r, const char *rule,
    const struct json_value *object, const char *name, bool used, int64_t *out);

/* ---- what was claimed -------------------------------------------------- */

/* Room for count claims in all; call once, before the first. */
void reader_expect(struct reader *r, size_t count);
/* Trimmed, "cve-" upper-cased; NULL when it is blank or too long (refused).
 * One pointer for each id. */
const char *reader_vulnerability(
    struct reader *r, const char *text, const char *member);
/* Sorted JSON array of other names, without id itself, or "[]". */
const char *reader_aliases(
    struct reader *r, const char *id, const char *const *names, size_t count);
/* "doc:" and the name, trimmed; "doc:unknown" without one. Not when the
 * caller of vexlog_read gave a provider. */
void reader_provider(struct reader *r, const char *name, const char *member);
/* Cut to TEXT_MAX_BYTES; NULL when it is NULL or blank. */
const char *reader_text(struct reader *r, const char *text);
/*
 * Adds the claim with the pointer of where we are. vulnerability must be a
 * pointer that this reader handed out; subject stands for the product as the
 * document tells products apart, the same pointer for the same product.
 * Refused: a time more than 24 hours after receipt, and another status said
 * of the same subject at the same time, by the rule contradiction.
 */
void reader_claim(struct reader *r, const struct vexlog_observation *claim,
    const void *subject, const char *contradiction);

#endif
