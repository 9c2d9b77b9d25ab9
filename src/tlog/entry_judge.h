/*
 * entry_judge.h - what the two halves of entry_verify share.
 */
#ifndef VEXLOG_TLOG_ENTRY_JUDGE_H
#define VEXLOG_TLOG_ENTRY_JUDGE_H

#include "tlog/entry.h"

/* In the order of the report. */
enum check {
	FORM,
	LOG_KEY,
	PROMISE,
	VALIDITY,
	CHECKPOINT,
	CHECKPOINT_SIGNATURE,
	ORIGIN,
	WITNESSES,
	SIZE_AND_ROOT,
	INDEX,
	LENGTH,
	LEAF,
	INCLUSION,
	UUID,
	KIND,
	DIGEST,
	SIGNATURE,
	KEY,
	OWN,
};

/* Name and source of each. */
struct check_name {
	const char *name, *rule;
};
extern const struct check_name entry_checks[];

struct judge {
	struct report *report;
	struct vexlog_arena *arena;
	const struct entry *entry;
	const struct trust *trust;
	const struct entry_expect *expect;
	int64_t at;
	struct vexlog_err *err;

	const struct trust_log *log; /* NULL: not trusted */
	struct checkpoint checkpoint;
	int checkpoint_rc;
	struct vexlog_err checkpoint_why;
	bool promised; /* a SET that holds */
	struct hash leaf;
};

/* Adds check c: PASS when rc is 0. */
#define JUDGE(j, c, rc, why, ...)                                              \
	report_judge((j)->report, entry_checks[c].name, entry_checks[c].rule,  \
	    rc, why, (j)->err, __VA_ARGS__)
#define ADD(j, c, outcome, ...)                                                \
	report_add((j)->report, entry_checks[c].name, entry_checks[c].rule,    \
	    outcome, (j)->err, __VA_ARGS__)
#define MISSED(j, c, ...)                                                      \
	report_missed((j)->report, entry_checks[c].name, entry_checks[c].rule, \
	    (j)->err, __VA_ARGS__)

/* The last checks, from "kind and version" on. */
int entry_judge_meaning(struct judge *j);

#endif
