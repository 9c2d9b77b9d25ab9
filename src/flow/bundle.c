/*
 * bundle.c - vexlog_verify_bundle: what the caller gave, as the bundle's
 * readers take it.
 */
#include "tlog/bundle.h"

#include "base/text.h"

#define INSTANCE_DEFAULT "public-good"

static int
check_options(const struct vexlog_bundle_options *o, struct vexlog_err *err)
{
	bool named = o->identity != NULL && o->issuer != NULL;

	if (o->key.size > 0 ? o->identity != NULL || o->issuer != NULL
			    : !named) {
		err_set(err, VEXLOG_MISUSE,
		    "who signed is either a key, or an identity and its "
		    "issuer");
		err_hint(err, "give one of both, and of the second both parts");
		return VEXLOG_MISUSE;
	}
	if (o->trusted_root.size > 0 && o->instance != NULL)
		return err_set(err, VEXLOG_MISUSE,
		    "a trusted root and the name of a built-in one, \"%.40s\"",
		    o->instance);
	return 0;
}

static int
open_root(struct bundle_root *root, struct vexlog_arena *arena,
    const struct vexlog_bundle_options *o, struct vexlog_err *err)
{
	struct vexlog_bytes json = o->trusted_root;
	int rc;

	if (json.size == 0 &&
	    (rc = bundle_root_builtin(&json,
		 o->instance != NULL ? o->instance : INSTANCE_DEFAULT, err)) !=
		0)
		return rc;
	return bundle_root_read(root, arena, json, err);
}

static int
verify(struct report *report, struct vexlog_arena *arena,
    const struct vexlog_bundle_options *o, struct artifact *artifact,
    const struct key *key, struct vexlog_err *err)
{
	struct bundle_root root;
	struct bundle_expect expect = {
	    .root = &root,
	    .key = key,
	    .identity = o->identity,
	    .issuer = o->issuer,
	    .artifact = artifact,
	    .logs = o->logs == 0 ? 1 : o->logs,
	};
	int rc = open_root(&root, arena, o, err);

	if (rc != 0)
		return rc;
	rc = bundle_verify(report, arena, o->bundle, &expect, err);
	bundle_root_close(&root);
	return rc;
}

int
vexlog_verify_bundle(struct vexlog_report *out, struct vexlog_arena *arena,
    const struct vexlog_bundle_options *o, struct vexlog_err *err)
{
	struct artifact artifact;
	struct report report;
	struct key *key = NULL;
	char *id;
	int rc;

	report_open(&report, arena);
	if ((rc = check_options(o, err)) != 0 ||
	    (rc = artifact_open(&artifact, o->artifact, o->digest, err)) != 0)
		return rc;
	if ((id = hash_digest_new(arena, o->bundle, err)) == NULL)
		return err->code;
	if (o->key.size > 0 && (rc = key_read_public(&key, o->key, err)) != 0)
		return rc;
	rc = verify(&report, arena, o, &artifact, key, err);
	key_close(key);
	if (rc == 0)
		*out = report_close(&report, id);
	return rc;
}
