/*
 * record_read.c - an observation out of its JSON record.
 */
#include "base/text.h"
#include "base/time.h"
#include "flow/record.h"
#include "vex/observation.h"

static int
raw(const char **out, struct vexlog_arena *arena, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err)
{
	const struct json_value *v = json_get(object, name);
	struct buffer b;
	int rc;

	if (v == NULL)
		return json_fail(doc, object, err, "\"%s\" is missing", name);
	buffer_open(&b, arena, ENTRY_JSON_MAX);
	if ((rc = json_canonical(&b, doc, v, err)) != 0)
		return rc;
	return buffer_finish_text(&b, out, err);
}

int
record_read_entry_ref(struct vexlog_linkage *out, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err)
{
	int rc;

	*out = (struct vexlog_linkage){.integrated_time = TIME_NONE};
	if ((rc = json_need_text(&out->uuid, doc, v, "uuid", err)) != 0 ||
	    (rc = json_need_text(&out->log_id, doc, v, "logId", err)) != 0)
		return rc;
	return json_need_integer(&out->log_index, doc, v, "logIndex", err);
}

static int
read_linkage(const struct vexlog_linkage **out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err)
{
	static const char *const names[] = {"uuid", "logIndex", "logId",
	    "logUrl", "integratedTime", "treeSize", "treeRoot", "entryKind",
	    "entryBodyHash", "linkedAt", "inclusionProof"};
	struct vexlog_linkage *l;
	int64_t seconds;
	int rc;

	*out = NULL;
	if (v->type == JSON_NULL)
		return 0;
	rc = json_only(doc, v, names, sizeof(names) / sizeof(names[0]), err);
	if (rc != 0)
		return rc;
	if ((l = arena_zero(arena, sizeof(*l), err)) == NULL)
		return err->code;
	if ((rc = record_read_entry_ref(l, doc, v, err)) != 0 ||
	    (rc = json_need_text(&l->log_url, doc, v, "logUrl", err)) != 0 ||
	    (rc = json_need_integer(&l->tree_size, doc, v, "treeSize", err)) !=
		0 ||
	    (rc = json_need_text(&l->tree_root, doc, v, "treeRoot", err)) !=
		0 ||
	    (rc = json_need_text(&l->entry_kind, doc, v, "entryKind", err)) !=
		0 ||
	    (rc = json_need_text(
		 &l->body_hash, doc, v, "entryBodyHash", err)) != 0 ||
	    (rc = json_need_time(&l->linked_at, doc, v, "linkedAt", err)) !=
		0 ||
	    (rc = raw(&l->inclusion_proof, arena, doc, v, "inclusionProof",
		 err)) != 0)
		return rc;
	if (!json_is(json_get(v, "integratedTime"), JSON_NULL)) {
		rc = json_need_integer(&seconds, doc, v, "integratedTime",
		    err);
		if (rc != 0)
			return rc;
		if (seconds < 0 || seconds > INT64_MAX / SECOND)
			return json_fail(doc, v, err,
			    "\"integratedTime\" is out of range");
		l->integrated_time = seconds * SECOND;
	}
	*out = l;
	return 0;
}

int
record_read_observation(struct vexlog_observation *out,
    struct vexlog_arena *arena, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err)
{
	static const char *const names[] = {"observationId", "contentDigest",
	    "documentDigest", "format", "pointer", "providerId",
	    "vulnerabilityId", "aliases", "productKey", "productText",
	    "status", "justification", "sourceStatus", "sourceJustification",
	    "impactText", "actionText", "saidAt", "saidAtFrom",
	    "mappingVersion", "createdAt", "rekor"};
	struct vexlog_observation o = {0};
	const struct json_value *rekor;
	const char *status;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "an observation is %s",
		    json_type_name(v->type));
	const struct {
		const char **to;
		const char *name;
		bool null;
	} texts[] = {{&o.id, "observationId", false},
	    {&o.content_digest, "contentDigest", false},
	    {&o.document_digest, "documentDigest", false},
	    {&o.format, "format", false}, {&o.pointer, "pointer", false},
	    {&o.provider, "providerId", false},
	    {&o.vulnerability, "vulnerabilityId", false},
	    {&o.product, "productKey", false},
	    {&o.product_text, "productText", true},
	    {&o.justification, "justification", true},
	    {&o.source_status, "sourceStatus", false},
	    {&o.source_justification, "sourceJustification", true},
	    {&o.impact_text, "impactText", true},
	    {&o.action_text, "actionText", true},
	    {&o.said_at_from, "saidAtFrom", false},
	    {&o.mapping_version, "mappingVersion", false}};
	rc = json_only(doc, v, names, sizeof(names) / sizeof(names[0]), err);
	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
		rc = (texts[i].null ? json_need_text_or_null : json_need_text)(
		    texts[i].to, doc, v, texts[i].name, err);
	if (rc != 0 ||
	    (rc = json_need_text(&status, doc, v, "status", err)) != 0 ||
	    (rc = json_need_time(&o.said_at, doc, v, "saidAt", err)) != 0 ||
	    (rc = json_need_time(&o.created_at, doc, v, "createdAt", err)) !=
		0 ||
	    (rc = raw(&o.aliases, arena, doc, v, "aliases", err)) != 0)
		return rc;
	if (!status_read(&o.status, status))
		return json_fail(doc, json_get(v, "status"), err,
		    "\"%.64s\" is not a status", status);
	if ((rekor = json_get(v, "rekor")) == NULL)
		return json_fail(doc, v, err, "\"rekor\" is missing");
	rc = read_linkage(&o.linkage, arena, doc, rekor, err);
	if (rc == 0)
		*out = o;
	return rc;
}
