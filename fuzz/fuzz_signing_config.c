/*
 * fuzz_signing_config.c - a signing config: what is read is complete, and
 * the log that is chosen fits what was asked for.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "tlog/signing_config.h"
#include "fuzz/json_mutator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vexlog_arena *arena;
	static const int64_t times[] = {
	    INT64_MIN, 0, 1700000000000000, INT64_MAX};
	struct signing_config config;
	const struct signing_log *log;
	struct vexlog_err err;
	const struct signing_log *const *list;
	size_t count, i, j;

	if (arena == NULL)
		arena = vexlog_arena_open(64 * MIB);
	vexlog_arena_reset(arena);
	if (signing_config_read(
		&config, arena, (struct vexlog_bytes){data, size}, &err) != 0) {
		if (err.code == VEXLOG_OK || err.message[0] == '\0')
			abort();
		return 0;
	}
	for (i = 0; i < config.log_count; i++) {
		log = config.logs + i;
		if (!text_starts(log->url, "http") || log->version < 1 ||
		    log->valid_until < log->valid_from ||
		    log->operator_name == NULL)
			abort();
	}
	for (i = 0; i < sizeof times / sizeof times[0]; i++) {
		if (signing_config_logs(
			&list, &count, arena, &config, times[i], 2, &err) != 0)
			abort();
		for (j = 0; j < count; j++)
			if (list[j]->version > 2 ||
			    list[j]->valid_from > times[i] ||
			    list[j]->valid_until < times[i] ||
			    (j > 0 && list[j]->version > list[j - 1]->version))
				abort();
	}
	return 0;
}
