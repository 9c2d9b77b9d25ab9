/*
 * ingest_signer.c - who signed an attested document: the name of a trusted
 * signer, which then is the provider of its claims.
 *
 * A signature that nobody trusted made says nothing; the document is read as
 * it would be without.
 */
#define _GNU_SOURCE /* memmem, which POSIX has since 2024 */
#include <string.h>

#include "flow/ingest.h"
#include "sign/dsse.h"

/* Large documents that are no envelope are not read twice for it. */
static bool
may_be_envelope(struct vexlog_bytes bytes)
{
	static const char name[] = "\"payloadType\"";

	return memmem(bytes.data, bytes.size, name, sizeof(name) - 1) != NULL;
}

int
ingest_signer(const char **name, struct ingest *in, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	static const struct vexlog_bytes none;
	struct arena_mark mark = arena_mark(in->arena);
	int64_t now = home_now(&in->v->options);
	struct vexlog_err why;
	struct dsse dsse;
	int rc = 0;

	*name = NULL;
	if (in->v->home[0] == '\0' || !may_be_envelope(bytes))
		return 0;
	if (in->trust == NULL &&
	    (rc = home_trust(&in->trust, in->v->home, none, err)) != 0)
		return rc;
	rc = dsse_read(&dsse, in->arena, bytes, &why);
	/* whatever else it is, its reader tells */
	for (size_t i = 0; rc == 0 && *name == NULL &&
	     i < in->trust->signer_count;
	     i++) {
		const struct trust_signer *s = &in->trust->signers[i];
		if (now >= s->valid_from && now <= s->valid_until &&
		    dsse_verify(NULL, &dsse, s->key, &why) == 0)
			*name = s->name;
	}
	arena_back(in->arena, mark);
	if (rc == VEXLOG_NO_MEMORY)
		*err = why;
	return rc == VEXLOG_NO_MEMORY ? rc : 0;
}
