/*
 * fuzz_json.c - the JSON reader and its canonical writer.
 *
 * What is read has one canonical form: writing is idempotent, the indented
 * form means the same, and every value is found again by its pointer. What is
 * refused says where.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static bool
canonical(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct json_doc *doc)
{
	struct vexlog_err err;
	struct buffer b;

	buffer_open(&b, arena, 256 * MIB);
	if (json_canonical(&b, doc, doc->root, &err) != 0) {
		must(err.code == VEXLOG_SYNTAX);
		return false;
	}
	must(buffer_finish(&b, out, &err) == 0);
	return true;
}

static void
read_again(struct vexlog_arena *arena, struct vexlog_bytes text,
    struct vexlog_bytes want)
{
	struct vexlog_err err;
	struct vexlog_bytes form;
	struct json_doc doc;

	must(json_read(&doc, arena, text, JSON_TAKE_NUL, &err) == 0);
	must(canonical(&form, arena, &doc));
	must(form.size == want.size &&
	    memcmp(form.data, want.data, want.size) == 0);
}

static void
check_pointers(const struct json_doc *doc)
{
	const struct json_value *end = json_next(doc->root);
	char pointer[POINTER_MAX];
	size_t looked_at = 0;

	for (const struct json_value *v = doc->root;
	     v != end && looked_at++ < 100; v++) {
		json_pointer(pointer, sizeof(pointer), doc, v);
		/* a long one is cut, and U+0000 ends one early */
		if (strlen(pointer) + 8 > sizeof(pointer))
			continue;
		const struct json_value *there = json_at(doc, pointer);
		must(there == NULL || (there >= doc->root && there < end));
		size_t offset = json_offset(doc, v);
		must(offset == SIZE_MAX || offset <= doc->size);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open(1024 * MIB);
	struct vexlog_bytes in = {data, size}, form, text;
	struct vexlog_err err;
	struct json_doc doc;
	struct buffer b;

	if (arena == NULL)
		return 0;
	if (json_read(&doc, arena, in, JSON_TAKE_NUL, &err) != 0) {
		must(err.code == VEXLOG_SYNTAX || err.code == VEXLOG_LIMIT);
		must(err.message[0] != '\0' && err.offset <= size);
	} else {
		check_pointers(&doc);
		if (canonical(&form, arena, &doc)) {
			read_again(arena, form, form);
			buffer_open(&b, arena, 512 * MIB);
			json_indented(&b, doc.root);
			must(buffer_finish(&b, &text, &err) == 0);
			read_again(arena, text, form);
		}
	}
	vexlog_arena_close(arena);
	return 0;
}
