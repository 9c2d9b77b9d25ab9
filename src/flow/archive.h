/*
 * archive.h - names and layout of the auditor's archive.
 *
 *	README.txt		what this is, for whoever opens it
 *	deltas.jsonl		{"attestation","delta","states"}, by delta
 *	documents/<hex>		bytes as received
 *	entries/<hex>.json	log entry of an envelope, with its proof
 *	envelopes/<hex>.json	signed envelope; <hex> is its SHA-256
 *	files/<hex>.json	policies, trust files, deltas and the states
 *				they are of, by digest
 *	manifest.json		SHA-256 of each other file
 *	observations.jsonl	{"attestation","observation"}, by id
 *	subjects.jsonl		{"attestation","kind","subject"}: the others
 *	trust.json		the trust file of the writer
 *	verdicts.jsonl		{"attestation","record","replaces","sequence"}
 *
 * All JSON is canonical (RFC 8785), one value a line in .jsonl.
 */
#ifndef VEXLOG_FLOW_ARCHIVE_H
#define VEXLOG_FLOW_ARCHIVE_H

#include "base/tar.h"
#include "json/write.h"

#define ARCHIVE_README	     "README.txt"
#define ARCHIVE_DELTAS	     "deltas.jsonl"
#define ARCHIVE_MANIFEST     "manifest.json"
#define ARCHIVE_OBSERVATIONS "observations.jsonl"
#define ARCHIVE_SUBJECTS     "subjects.jsonl"
#define ARCHIVE_TRUST	     "trust.json"
#define ARCHIVE_VERDICTS     "verdicts.jsonl"

/* The manifest of these files (the manifest itself is passed over). */
int archive_manifest(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct tar_file *list, size_t count, struct vexlog_err *err);
const char *archive_readme(void);

#endif
