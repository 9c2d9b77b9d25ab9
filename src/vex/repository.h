/*
 * repository.h - the two files that describe a VEX repository
 * (vex-repo-spec v0.1), the folder of documents that Trivy reads: index.json
 * says which package's document lies where, vex-repository.json which
 * versions of the specification there are.
 */
#ifndef VEXLOG_VEX_REPOSITORY_H
#define VEXLOG_VEX_REPOSITORY_H

#include "base/arena.h"
#include "vex/purl.h"

#define REPOSITORY_VERSION "0.1"

/* A package of the index, and where its document lies. */
struct repository_entry {
	const char *id; /* as written */
	struct purl purl;
	const char *location; /* below the index; never leads out of there */
	const char *format;   /* "openvex" or "csaf" */
	const char *pointer;  /* of the entry in the index */
};

struct repository {
	bool recognised; /* by content; nothing else is set where it is not */
	const struct repository_entry *entries; /* by location, then place */
	size_t count;
	/* unsafe: the entry is left out, or of a manifest: the repository */
	const struct vexlog_finding *findings;
	size_t finding_count;
};

/* Bytes of an index.json. Those of something else are no failure.
 * errors   LIMIT, NO_MEMORY */
int repository_read_index(struct repository *out, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err);
/* Bytes of a vex-repository.json; it has no entries. */
int repository_read_manifest(struct repository *out,
    struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err);

struct json_value;
bool repository_is_index(const struct json_value *root);
bool repository_is_manifest(const struct json_value *root);

/*
 * How many claims of the document are about none of the packages that the
 * index says it is about; *first is the first of them.
 *
 * errors   NO_MEMORY, LIMIT
 */
int repository_strangers(size_t *count, const struct vexlog_observation **first,
    struct vexlog_arena *arena, const struct vexlog_document *document,
    const struct repository_entry *entries, size_t entry_count,
    struct vexlog_err *err);

#endif
