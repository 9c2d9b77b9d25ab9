/*
 * policy.h - how much a claim weighs. A policy is a JSON file; its digest
 * stands in every verdict.
 */
#ifndef VEXLOG_VEX_POLICY_H
#define VEXLOG_VEX_POLICY_H

#include "base/arena.h"

#define POLICY_MICRO	    ((int64_t)1000000)
#define POLICY_CLASSES_MAX  64
#define POLICY_PATTERNS_MAX 4096

struct policy_class {
	const char *name;
	int64_t base; /* micro */
	const char *const *patterns;
	size_t pattern_count;
};

enum policy_strength {
	STRENGTH_AFFECTED,
	STRENGTH_FIXED,
	STRENGTH_UNDER_INVESTIGATION,
	STRENGTH_WITH_IMPACT,
	STRENGTH_WITH_JUSTIFICATION,
	STRENGTH_BARE,
	STRENGTHS,
};

struct vexlog_policy {
	const char *version, *digest;
	struct vexlog_bytes bytes;
	bool latest; /* newest wins, not the highest score */
	const struct policy_class *classes;
	size_t class_count;
	int64_t other; /* base of a provider that fits no class */
	int64_t strength[STRENGTHS];
	int64_t half_life; /* microseconds */
	int64_t floor;
};

/* Index of the class, or class_count for "other". A "doc:" name is what a
 * document says of itself, and is always other. */
size_t policy_class_of(const struct vexlog_policy *policy,
    const char *provider);
int64_t policy_base(const struct vexlog_policy *policy, size_t class);
int64_t policy_strength_of(const struct vexlog_policy *policy,
    const struct vexlog_observation *claim);
/* age: newest of the class minus this, at least 0 */
int64_t policy_freshness(const struct vexlog_policy *policy, int64_t age);
/* base * strength * freshness, truncated at each step */
int64_t policy_weight(int64_t base, int64_t strength, int64_t freshness);

#endif
