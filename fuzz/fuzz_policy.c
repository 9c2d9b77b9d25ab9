/*
 * fuzz_policy.c - policies of a user's own: what is read is read the same from
 * its canonical bytes, and weighs every claim within its scale.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "fuzz/json_mutator.h"
#include "vex/observation.h"
#include "vex/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
weigh(const struct vexlog_policy *policy, const char *provider)
{
	struct vexlog_observation claim = {.provider = provider};
	size_t class = policy_class_of(policy, provider);
	int64_t base = policy_base(policy, class), before = INT64_MAX;

	must(class <= policy->class_count);
	must(base >= 0);
	for (int status = 0; status < VEXLOG_STATUSES; status++) {
		claim.status = (enum vexlog_status)status;
		must(policy_strength_of(policy, &claim) >= 0);
	}
	/* what is older weighs no more */
	for (int64_t age = 0; age >= 0 && age < INT64_MAX / 4;
	     age = age * 3 + 1) {
		int64_t fresh = policy_freshness(policy, age);
		int64_t weight = policy_weight(base, POLICY_MICRO, fresh);
		must(fresh >= 0 && fresh <= before && weight >= 0);
		before = fresh;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open(256 * MIB);
	const struct vexlog_policy *policy, *again;
	struct vexlog_err err;

	must(arena != NULL);
	if (size > 0 &&
	    vexlog_policy_read(&policy, arena, "fuzzed",
		(struct vexlog_bytes){data, size}, &err) == 0) {
		must(vexlog_policy_read(
			 &again, arena, "again", policy->bytes, &err) == 0);
		must(text_same(policy->digest, again->digest));
		weigh(policy, "vendor:acme");
		weigh(policy, "doc:vendor:acme");
		weigh(policy, "internal:");
	}
	vexlog_arena_close(arena);
	return 0;
}
