/*
 * observation.c - ids of observations and their claims.
 *
 * Both are SHA-256 over RFC 8785 bytes that are written here in the order of
 * their names, so that nothing is parsed or sorted to hash a row.
 */
#include "vex/observation.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "json/write.h"

#define PREFIX	   "vex:obs:"
#define BODY_USUAL 512 /* bytes that most bodies fit into */

const char *
vexlog_status_name(enum vexlog_status status)
{
	static const char *const names[VEXLOG_STATUSES] = {"affected",
	    "under_investigation", "fixed", "not_affected"};

	return (unsigned)status < VEXLOG_STATUSES ? names[status] : "unknown";
}

bool
status_read(enum vexlog_status *out, const char *text)
{
	for (int i = 0; i < VEXLOG_STATUSES; i++)
		if (text_same(text, vexlog_status_name(i))) {
			*out = (enum vexlog_status)i;
			return true;
		}
	return false;
}

bool
observation_is_id(const char *text)
{
	return text_starts(text, PREFIX) &&
	    text_is_digest(text + sizeof(PREFIX) - 1);
}

/* The part before a value is written as it is, names in order; text may be
 * NULL. */
static inline void
put(struct buffer *b, const char *before, const char *text)
{
	buffer_bytes(b, before, strlen(before));
	if (text == NULL)
		buffer_bytes(b, "null", 4);
	else
		json_quote(b, text, strlen(text));
}

static int
close_body(struct buffer *b, char digest[DIGEST_TEXT],
    struct vexlog_err *err)
{
	struct vexlog_bytes bytes;
	int rc;

	buffer_byte(b, '}');
	rc = buffer_finish(b, &bytes, err);
	return rc != 0 ? rc : hash_digest(digest, bytes, err);
}

int
observation_id(char out[OBSERVATION_ID_TEXT],
    const struct vexlog_observation *o, struct vexlog_arena *scratch,
    struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(scratch);
	struct buffer b;

	buffer_open(&b, scratch, MIB);
	buffer_reserve(&b, BODY_USUAL);
	put(&b, "{\"documentDigest\":", o->document_digest);
	put(&b, ",\"format\":", o->format);
	put(&b, ",\"pointer\":", o->pointer);
	put(&b, ",\"productKey\":", o->product);
	put(&b, ",\"providerId\":", o->provider);
	put(&b, ",\"vulnerabilityId\":", o->vulnerability);
	memcpy(out, PREFIX, sizeof(PREFIX) - 1);
	int rc = close_body(&b, out + sizeof(PREFIX) - 1, err);
	arena_back(scratch, mark);
	return rc;
}

int
observation_content(char out[DIGEST_TEXT], const struct vexlog_observation *o,
    struct vexlog_arena *scratch, struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(scratch);
	char said[TIME_TEXT];
	struct buffer b;

	if (o->said_at != TIME_NONE)
		time_write(said, o->said_at);
	buffer_open(&b, scratch, MIB);
	buffer_reserve(&b, BODY_USUAL);
	put(&b, "{\"justification\":", o->justification);
	put(&b, ",\"mappingVersion\":", o->mapping_version);
	put(&b, ",\"observationId\":", o->id);
	put(&b, ",\"saidAt\":", o->said_at == TIME_NONE ? NULL : said);
	put(&b, ",\"saidAtFrom\":", o->said_at_from);
	put(&b, ",\"sourceJustification\":", o->source_justification);
	put(&b, ",\"sourceStatus\":", o->source_status);
	put(&b, ",\"status\":", vexlog_status_name(o->status));
	int rc = close_body(&b, out, err);
	arena_back(scratch, mark);
	return rc;
}

int
observation_seal(struct vexlog_observation *o, struct vexlog_arena *arena,
    struct vexlog_err *err)
{
	/* taken first, so that the scratch space can be given back */
	char *id = arena_take(arena, OBSERVATION_ID_TEXT, err);
	char *digest = arena_take(arena, DIGEST_TEXT, err);

	if (id == NULL || digest == NULL)
		return err->code;
	int rc = observation_id(id, o, arena, err);
	if (rc != 0)
		return rc;
	o->id = id;
	if ((rc = observation_content(digest, o, arena, err)) == 0)
		o->content_digest = digest;
	return rc;
}

int
observation_check(const struct vexlog_observation *o,
    struct vexlog_arena *scratch, struct vexlog_err *err)
{
	char id[OBSERVATION_ID_TEXT], digest[DIGEST_TEXT];
	int rc = observation_id(id, o, scratch, err);

	if (rc != 0)
		return rc;
	if (!text_same(id, o->id)) {
		err_set(err, VEXLOG_BAD_PROOF,
		    "observation %s: its content hashes to %s", o->id, id);
		return err_rule(err, "observationId");
	}
	if ((rc = observation_content(digest, o, scratch, err)) != 0)
		return rc;
	if (!text_same(digest, o->content_digest)) {
		err_set(err, VEXLOG_BAD_PROOF,
		    "observation %s: content digest is %s, its claim hashes "
		    "to %s",
		    o->id, o->content_digest, digest);
		return err_rule(err, "contentDigest");
	}
	return 0;
}
