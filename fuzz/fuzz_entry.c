/*
 * fuzz_entry.c - answers of logs in their three forms: what is read survives
 * our own form of it, and an entry of somebody else never holds for us.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/entry.h"
#include "fuzz/json_mutator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of the logs that the corpus is from; fixed, so that a run can be repeated. */
static const char *const log_keys[] = {
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaRqZ6WA1j57hQ3z3KgGXjGhQzcX2\n"
    "cSRILjALlPQoIrrS1jMYYhrAcm68JsJGJzDF0gkuoUlFJvO5yeQKUDLyhA==\n"
    "-----END PUBLIC KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEX5GQnvdseH05djK5qUXnH74TYbb3\n"
    "iaX/0NnqiPBJ2B5SpMsO30RxYg+MBgzByZ4zrS3D1QR3JW3sStZtN4n4wg==\n"
    "-----END PUBLIC KEY-----\n",
};
static const char *const origins[] = {"rekor-v1.test", "rekor221.test"};

static struct vexlog_arena *arena;
static struct trust *trust;
static struct key *ours;

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
open_all(void)
{
	struct vexlog_bytes json = {NULL, 0};
	struct vexlog_err err;
	struct key *key;

	must((arena = vexlog_arena_open(512 * MIB)) != NULL);
	for (size_t i = 0; i < 2; i++) {
		struct trust *old = trust;
		must(key_read_public(&key, text_bytes(log_keys[i]), &err) == 0);
		must(trust_add_log(&json, arena, old, origins[i], NULL, key, 0,
			 TIME_MAX, &err) == 0);
		must(trust_read(&trust, json, &err) == 0);
		key_close(key);
		trust_close(old);
	}
	must(key_generate(&ours, KEY_P256, &err) == 0);
}

static struct vexlog_bytes
write(const struct entry *entry)
{
	struct vexlog_bytes out;
	struct vexlog_err err;
	struct buffer b;

	buffer_open(&b, arena, 128 * MIB);
	must(entry_write(&b, entry, NULL, &err) == 0);
	must(buffer_finish(&b, &out, &err) == 0);
	return out;
}

static void
check(const struct entry *entry)
{
	const struct entry_expect expects[] = {
	    {.key = ours,
		.message = text_bytes("DSSEv1 1 a 1 b"),
		.signature = text_bytes("no signature")},
	    {.log_only = true, .promise_will_do = true},
	};
	struct vexlog_bytes first = write(entry), second;
	struct report report;
	struct vexlog_err err;
	struct json_doc doc;
	struct entry again;

	must(json_read(&doc, arena, first, 0, &err) == 0);
	must(entry_read(&again, arena, &doc, doc.root, &err) == 0);
	second = write(&again);
	must(first.size == second.size &&
	    memcmp(first.data, second.data, first.size) == 0);
	for (size_t i = 0; i < 2; i++) {
		report_open(&report, arena);
		must(entry_verify(&report, arena, entry, trust, &expects[i],
			 TIME_NONE, &err) == 0);
		must(report.count == (i == 0 ? 19 : 15));
		must(i == 1 || !report_close(&report, "").holds);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_err err;
	struct json_doc doc;
	struct entry entry;

	if (arena == NULL)
		open_all();
	vexlog_arena_reset(arena);
	if (size > ENTRY_JSON_MAX ||
	    json_read(
		&doc, arena, (struct vexlog_bytes){data, size}, 0, &err) != 0)
		return 0;
	if (entry_read_v1(&entry, arena, &doc, doc.root, &err) == 0)
		check(&entry);
	if (entry_read_v2(&entry, arena, &doc, doc.root, &err) == 0)
		check(&entry);
	if (entry_read(&entry, arena, &doc, doc.root, &err) == 0)
		check(&entry);
	return 0;
}
