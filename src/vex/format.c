/*
 * format.c - vexlog_read: bytes to findings and sealed claims.
 */
#include "vex/format.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "vex/attestation.h"
#include "vex/csaf.h"
#include "vex/observation.h"
#include "vex/repository.h"

static const struct format_ops *const formats[] = {
    &openvex_format,
    &csaf_format,
    &cyclonedx_format,
    &spdx_format,
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static const struct format_ops *
by_name(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

static const struct format_ops *
by_content(const struct json_value *root)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (formats[i]->recognise(root))
			return formats[i];
	return NULL;
}

static int
open_reader(struct reader *r, struct vexlog_arena *arena,
    struct vexlog_bytes document, const struct vexlog_read_options *options,
    struct vexlog_err *err)
{
	struct hash hash;
	size_t size;
	char *digest;
	int rc = hash_bytes(&hash, document, err);

	if (rc != 0)
		return rc;
	if ((digest = arena_take(arena, DIGEST_TEXT, err)) == NULL)
		return err->code;
	hash_digest_text(digest, &hash);
	*r = (struct reader){.arena = arena,
	    .err = err,
	    .digest = digest,
	    .received_at = options->received_at,
	    .format_version = ""};
	memcpy(r->secret, hash.bytes, sizeof(r->secret));
	map_open(&r->vulnerabilities, arena);
	map_open(&r->purls, arena);
	map_open(&r->keys, arena);
	map_open(&r->pairs, arena);
	if (text_blank(options->provider))
		return 0;
	r->provider = text_trim(arena, options->provider, err);
	if (r->provider == NULL)
		return err->code;
	size = strlen(r->provider);
	if (size > NAME_MAX_BYTES)
		return err_set(err, VEXLOG_MISUSE,
		    "the provider's name has %zu bytes, more than %d", size,
		    NAME_MAX_BYTES);
	if (text_utf8_valid(r->provider, size) != size)
		return err_set(
		    err, VEXLOG_MISUSE, "the provider's name is not UTF-8");
	return 0;
}

/* A broken text is a finding; a document past a limit, or no memory, fails
 * the call. */
static int
read_tree(
    struct reader *r, struct vexlog_bytes document, struct vexlog_err *err)
{
	struct vexlog_err why = {0};
	struct vexlog_finding *f;
	int rc = json_read(&r->doc, r->arena, document, 0, &why);

	if (rc == 0)
		return 0;
	/* too deep has a place, too large has none */
	if (rc != VEXLOG_SYNTAX &&
	    (rc != VEXLOG_LIMIT || why.offset == SIZE_MAX)) {
		*err = why;
		return rc;
	}
	r->doc = (struct json_doc){0};
	reader_refuse(r,
	    csaf_is_too_deep(why.pointer) ? "CSAF 6.1.34" : "json", NULL, NULL,
	    "%s", why.message);
	if (r->failed != 0)
		return r->failed;
	f = &r->findings[0];
	f->offset = why.offset;
	if ((f->pointer = arena_copy(r->arena, why.pointer, err)) == NULL)
		return err->code;
	return 0;
}

static const char *
top_name(const struct json_value *root)
{
	if (!json_is(root, JSON_OBJECT))
		return json_type_name(root->type);
	return json_count(root) == 0 ? "an empty object"
				     : json_first(root)->as.text;
}

/* An envelope is read as its payload, which is the document from then on. */
static int
unwrap(struct reader *r, struct vexlog_bytes *document, struct vexlog_err *err)
{
	struct vexlog_bytes payload;
	struct hash hash;
	char *digest;

	if (!attestation_unwrap(r, r->doc.root, &payload)) {
		r->doc = (struct json_doc){0};
		return r->failed;
	}
	if ((digest = arena_take(r->arena, DIGEST_TEXT, err)) == NULL)
		return err->code;
	int rc = hash_bytes(&hash, payload, err);
	if (rc != 0)
		return rc;
	hash_digest_text(digest, &hash);
	r->digest = digest;
	memcpy(r->secret, hash.bytes, sizeof(r->secret));
	*document = payload;
	return read_tree(r, payload, err);
}

/* What is to be read: the document, or what a statement says of it. */
static const struct json_value *
find_root(struct reader *r)
{
	const struct json_value *root = r->doc.root;

	if (root == NULL || !attestation_is_statement(root))
		return root;
	return json_get(root, "predicate");
}

static void
read_format(struct reader *r, const struct format_ops *format,
    const struct json_value *root)
{
	if (format == NULL)
		format = by_content(root);
	if (format == NULL && root == r->doc.root &&
	    (repository_is_index(root) || repository_is_manifest(root))) {
		reader_refuse(r, "format", NULL, NULL,
		    "this describes a VEX repository and claims nothing; its "
		    "folder can be ingested as a whole");
		return;
	}
	if (format == NULL) {
		reader_refuse(r, "format",
		    root == r->doc.root ? NULL : "predicate", NULL,
		    "not OpenVEX (\"@context\"), CSAF (\"document\" with "
		    "\"csaf_version\"), CycloneDX (\"bomFormat\") or SPDX 3: it "
		    "begins with %.80s",
		    top_name(root));
		return;
	}
	r->format = format->name;
	if (root != r->doc.root) {
		attestation_check(r, r->doc.root);
		reader_enter(r, "predicate");
	}
	format->read(r, root);
}

static int
seal(struct reader *r, struct vexlog_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->claim_count; i++)
		rc = observation_seal(&r->claims[i], r->arena, err);
	return rc;
}

static void
hand_out(struct vexlog_document *out, struct reader *r)
{
	if (r->findings_dropped > 0 && r->finding_count > 0)
		r->findings[r->finding_count - 1].message =
		    arena_print(r->arena, r->err,
			"%zu more findings are not shown, after the first %d",
			r->findings_dropped + 1, FINDINGS_MAX - 1);
	*out = (struct vexlog_document){
	    .digest = r->digest,
	    .format = r->format,
	    .format_version = r->format_version,
	    .provider = r->provider == NULL ? "doc:unknown" : r->provider,
	    .observations = {r->claims, r->claim_count},
	    .findings = r->findings,
	    .finding_count = r->finding_count,
	    .readable = !r->unsafe,
	};
}

int
vexlog_read(struct vexlog_document *out, struct vexlog_arena *arena,
    struct vexlog_bytes document, const struct vexlog_read_options *options,
    struct vexlog_err *err)
{
	static const struct vexlog_read_options none = {
	    .received_at = TIME_MAX};
	const struct format_ops *format = NULL;
	struct vexlog_err local;
	struct reader r;
	int rc;

	if (err == NULL)
		err = &local;
	if (options == NULL)
		options = &none;
	if (options->format != NULL &&
	    (format = by_name(options->format)) == NULL)
		return err_set(err, VEXLOG_MISUSE,
		    "\"%.60s\" is no format; openvex, csaf, cyclonedx and spdx are",
		    options->format);
	if ((rc = open_reader(&r, arena, document, options, err)) != 0 ||
	    (rc = read_tree(&r, document, err)) != 0)
		return rc;
	if (r.doc.root != NULL && attestation_is_envelope(r.doc.root) &&
	    (rc = unwrap(&r, &document, err)) != 0)
		return rc;
	const struct json_value *root = find_root(&r);
	if (root != NULL)
		read_format(&r, format, root);
	if (r.failed == 0)
		r.failed = seal(&r, err);
	if (r.failed != 0)
		return r.failed;
	hand_out(out, &r);
	out->bytes = document;
	return 0;
}
