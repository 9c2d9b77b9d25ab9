/*
 * trust_write.c - a trust file with something added to it.
 *
 * A change is made to the lists that were read, and all of them are written
 * again; what is written is read once more before anybody gets it.
 */
#include "tlog/trust.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/note.h"
#include "json/write.h"

static int
write_key(struct json_writer *w, struct vexlog_arena *arena,
    const struct key *key, const char *id, struct vexlog_err *err)
{
	struct vexlog_bytes pem;
	int rc = key_write_public(&pem, arena, key, err);

	if (rc != 0)
		return rc;
	json_member(w, "keyId", id);
	json_name(w, "key");
	json_put_bytes(w, (const char *)pem.data, pem.size);
	return 0;
}

static void
write_validity(struct json_writer *w, int64_t from, int64_t until)
{
	json_member_time(w, "validFrom", from);
	json_member_time(
	    w, "validUntil", until == TIME_MAX ? TIME_NONE : until);
}

static int
write_log(struct json_writer *w, struct vexlog_arena *arena,
    const struct trust_log *log, struct vexlog_err *err)
{
	int rc;

	json_object(w);
	json_member(w, "origin", log->origin);
	json_member(w, "url", log->url);
	if ((rc = write_key(w, arena, log->key, log->id, err)) != 0)
		return rc;
	write_validity(w, log->valid_from, log->valid_until);
	if (log->own_quorum)
		json_member_integer(w, "quorum", (int64_t)log->quorum);
	json_close(w);
	return 0;
}

static int
write_named(struct json_writer *w, struct vexlog_arena *arena, const char *name,
    const struct trust_signer *list, size_t count, struct vexlog_err *err)
{
	int rc = 0;

	json_name(w, name);
	json_array(w);
	for (size_t i = 0; i < count && rc == 0; i++) {
		json_object(w);
		json_member(w, "name", list[i].name);
		rc = write_key(w, arena, list[i].key, list[i].id, err);
		write_validity(w, list[i].valid_from, list[i].valid_until);
		json_close(w);
	}
	json_close(w);
	return rc;
}

/* Witnesses and quorum are left out of a file that never had any. */
static int
write_all(struct buffer *b, struct vexlog_arena *arena,
    const struct trust *trust, struct vexlog_err *err)
{
	struct json_writer w;
	int rc = 0;

	json_open(&w, b, false);
	json_object(&w);
	json_member(&w, "schema", TRUST_SCHEMA);
	json_name(&w, "logs");
	json_array(&w);
	for (size_t i = 0; i < trust->log_count && rc == 0; i++)
		rc = write_log(&w, arena, &trust->logs[i], err);
	json_close(&w);
	if (rc == 0)
		rc = write_named(&w, arena, "signers", trust->signers,
		    trust->signer_count, err);
	if (rc == 0 && trust->witness_count > 0)
		rc = write_named(&w, arena, "witnesses", trust->witnesses,
		    trust->witness_count, err);
	if (trust->quorum > 0)
		json_member_integer(&w, "quorum", (int64_t)trust->quorum);
	json_close(&w);
	return rc;
}

static int
write_indented(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *trust, struct vexlog_err *err)
{
	struct vexlog_bytes compact, indented;
	struct buffer b, out;
	struct json_doc doc;
	struct trust *check;
	int rc;

	buffer_open(&b, arena, CONFIG_SIZE_MAX);
	if ((rc = write_all(&b, arena, trust, err)) != 0 ||
	    (rc = buffer_finish(&b, &compact, err)) != 0 ||
	    (rc = json_read(&doc, arena, compact, 0, err)) != 0)
		return rc;
	buffer_open(&out, arena, CONFIG_SIZE_MAX);
	json_indented(&out, doc.root);
	if (out.size == 0 || out.data[out.size - 1] != '\n')
		buffer_byte(&out, '\n');
	if ((rc = buffer_finish(&out, &indented, err)) != 0)
		return rc;
	/* What we write we can read, or we do not write it. */
	if ((rc = trust_read(&check, indented, err)) != 0)
		return rc;
	trust_close(check);
	*json = indented;
	return 0;
}

/* ---- what may be added -------------------------------------------------- */

/* A copy of a list with one item more, NULL: *err says why. */
static void *
one_more(struct vexlog_arena *arena, const void *list, size_t count,
    size_t size, const void *item, struct vexlog_err *err)
{
	char *out = arena_list(arena, count + 1, size, err);

	if (out == NULL)
		return NULL;
	if (count > 0)
		memcpy(out, list, count * size);
	memcpy(out + count * size, item, size);
	return out;
}

int
trust_add_log(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *origin, const char *url,
    const struct key *key, int64_t from, int64_t until, struct vexlog_err *err)
{
	struct trust new = old != NULL ? *old : (struct trust){0};
	struct trust_log log = {
	    .origin = origin,
	    .url = url,
	    .key = (struct key *)(uintptr_t)key, /* only read from here */
	    .valid_from = from,
	    .valid_until = until,
	};
	char id[2 * HASH_SIZE + 1];
	int rc;

	if ((rc = trust_log_name(&log, arena, err)) != 0 ||
	    (rc = note_key_hex(id, log.name, key, NOTE_PLAIN, err)) != 0)
		return rc;
	log.id = id;
	for (size_t i = 0; i < new.log_count; i++)
		if (text_same(new.logs[i].id, id) &&
		    text_same(new.logs[i].origin, origin))
			return write_indented(json, arena, &new, err);
	new.logs =
	    one_more(arena, new.logs, new.log_count++, sizeof(log), &log, err);
	return new.logs == NULL ? (int)err->code
				: write_indented(json, arena, &new, err);
}

/* Under id, one of the two lists of named keys. */
static int
add_named(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct trust *new, struct trust_signer **list, size_t *count,
    const struct trust_signer *item, struct vexlog_err *err)
{
	for (size_t i = 0; i < *count; i++)
		if (text_same((*list)[i].id, item->id) &&
		    text_same((*list)[i].name, item->name))
			return write_indented(json, arena, new, err);
	*list = one_more(arena, *list, (*count)++, sizeof(*item), item, err);
	return *list == NULL ? (int)err->code
			     : write_indented(json, arena, new, err);
}

int
trust_add_signer(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *name, const struct key *key,
    int64_t from, int64_t until, struct vexlog_err *err)
{
	struct trust new = old != NULL ? *old : (struct trust){0};
	const struct trust_signer signer = {
	    .name = name,
	    .id = key_id(key),
	    .key = (struct key *)(uintptr_t)key,
	    .valid_from = from,
	    .valid_until = until,
	};

	return add_named(
	    json, arena, &new, &new.signers, &new.signer_count, &signer, err);
}

int
trust_add_witness(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *name, const struct key *key,
    int64_t from, int64_t until, struct vexlog_err *err)
{
	struct trust new = old != NULL ? *old : (struct trust){0};
	char id[2 * HASH_SIZE + 1];
	const struct trust_signer witness = {
	    .name = name,
	    .id = id,
	    .key = (struct key *)(uintptr_t)key,
	    .valid_from = from,
	    .valid_until = until,
	};
	int rc = note_key_hex(id, name, key, NOTE_COSIGNATURE, err);

	return rc != 0 ? rc
		       : add_named(json, arena, &new, &new.witnesses,
			     &new.witness_count, &witness, err);
}

int
trust_set_quorum(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *origin, size_t quorum,
    struct vexlog_err *err)
{
	struct trust new = *old;
	size_t found = 0;

	if (origin == NULL) {
		new.quorum = quorum;
		return write_indented(json, arena, &new, err);
	}
	new.logs = arena_list(arena, new.log_count, sizeof(*new.logs), err);
	if (new.logs == NULL)
		return err->code;
	for (size_t i = 0; i < new.log_count; i++) {
		new.logs[i] = old->logs[i];
		if (!text_same(new.logs[i].origin, origin))
			continue;
		new.logs[i].own_quorum = true;
		new.logs[i].quorum = quorum;
		found++;
	}
	if (found > 0)
		return write_indented(json, arena, &new, err);
	err_set(err, VEXLOG_NOT_FOUND, "no log \"%.100s\" in the trust file",
	    origin);
	return err_hint(err, "`vexlog trust show` lists the origins");
}
