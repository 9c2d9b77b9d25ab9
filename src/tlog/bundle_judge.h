/*
 * bundle_judge.h - what the parts of bundle_verify share.
 */
#ifndef VEXLOG_TLOG_BUNDLE_JUDGE_H
#define VEXLOG_TLOG_BUNDLE_JUDGE_H

#include "tlog/bundle.h"

#define BUNDLE_TIMES_MAX (BUNDLE_ENTRIES_MAX + BUNDLE_TIMESTAMPS_MAX)

struct bundle_judge {
	struct report *report;
	struct vexlog_arena *arena;
	const struct bundle_expect *expect;
	struct vexlog_err *err;
	struct bundle bundle;

	const struct key *key; /* that signed; NULL: none was found */
	struct key *own_key;   /* the same when it is the certificate's */
	struct x509_chain
	    chain; /* the signer's certificate, and carried ones */
	/* When it was signed at the latest, each of them proven. */
	int64_t times[BUNDLE_TIMES_MAX];
	size_t time_count;
};

/* Each of these adds its checks and returns 0, or fails as a call does. */

/* The log entries: the log's part, then what they are bound to. */
int bundle_judge_entries(struct bundle_judge *j);
/* RFC 3161 timestamps. */
int bundle_judge_timestamps(struct bundle_judge *j);
/* Reads the certificates; key and chain are set after it. */
int bundle_open_certificate(struct bundle_judge *j);
/* Path, use, SCT, identity and issuer; after all times are known. */
int bundle_judge_certificate(struct bundle_judge *j);

#endif
