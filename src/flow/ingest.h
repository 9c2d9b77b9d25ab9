/*
 * ingest.h - what the files of ingest share.
 */
#ifndef VEXLOG_FLOW_INGEST_H
#define VEXLOG_FLOW_INGEST_H

#include "base/map.h"
#include "flow/home.h"
#include "vex/repository.h"

struct ingest {
	struct vexlog *v;
	struct vexlog_arena *arena; /* of the document at hand */
	const struct vexlog_ingest_options *options;
	struct vexlog_ingest_result result;

	struct vexlog_arena *kept; /* until the end */
	struct trust *trust;	   /* read with the first envelope */
	struct map manifests;      /* files that are no documents */
	/* of the VEX repository at hand */
	struct vexlog_arena *index_arena;
	const char *format;   /* as its index says, or NULL */
	/* what the index says the document at hand is about; NULL: nothing */
	const struct repository_entry *packages;
	size_t package_count;
};

void ingest_refuse(struct ingest *in, const char *file, const char *format,
    const struct vexlog_err *why);
void ingest_refuse_finding(struct ingest *in, const char *file,
    const char *format, const struct vexlog_finding *f);
/* Reads and stores what is in the file; what is refused is no failure. */
int ingest_file(const char *file, void *context, struct vexlog_err *err);

/* ingest_signer.c: the trusted signer of the envelope that bytes are, or NULL.
 * The name lives as long as in->trust. */
int ingest_signer(const char **name, struct ingest *in,
    struct vexlog_bytes bytes, struct vexlog_err *err);

/* ingest_repository.c: takes a folder that is a VEX repository as a whole. */
int ingest_folder(bool *whole, const char *path, void *context,
    struct vexlog_err *err);
/* A finding where the document is about other packages than its index says. */
int ingest_check_packages(struct ingest *in, struct vexlog_document *doc,
    struct vexlog_err *err);

#endif
