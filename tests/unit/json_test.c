/*
 * json_test.c - the reader: JSONTestSuite, RFC 8785's vectors, and what
 * errors say. docs/json.md has the reasons for the choices checked here.
 */
#include <dirent.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/tap.h"
#include "json/scan.h"
#include "json/write.h"

static struct vexlog_bytes
read_file(struct vexlog_arena *arena, const char *folder, const char *name)
{
	struct vexlog_bytes bytes;
	struct vexlog_err err;
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (file_read(&bytes, arena, path, MIB, &err) != 0)
		bail("%s: %s", path, err.message);
	return bytes;
}

static int
canonical(const char **out, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	struct json_doc doc;
	struct vexlog_bytes text;
	struct buffer b;
	int rc = json_read(&doc, arena, bytes, JSON_TAKE_NUL, err);

	if (rc != 0)
		return rc;
	buffer_open(&b, arena, MIB);
	if ((rc = json_canonical(&b, &doc, doc.root, err)) != 0 ||
	    (rc = buffer_finish(&b, &text, err)) != 0)
		return rc;
	*out = (const char *)text.data;
	return 0;
}

/* ---- JSONTestSuite ------------------------------------------------------ */

/* What the suite leaves open. read: taken as JSON; canon: has an RFC 8785
 * form. */
static const struct choice {
	const char *name;
	bool read, canon;
} choices[] = {
    {"i_number_huge_exp.json", true, false},
    {"i_number_neg_int_huge_exp.json", true, false},
    {"i_number_pos_double_huge_exp.json", true, false},
    {"i_number_real_neg_overflow.json", true, false},
    {"i_number_real_pos_overflow.json", true, false},
    {"i_number_very_big_negative_int.json", true, true},
    {"i_string_1st_surrogate_but_2nd_missing.json", false, false},
    {"i_string_1st_valid_surrogate_2nd_invalid.json", false, false},
    {"i_string_UTF-16LE_with_BOM.json", false, false},
    {"i_string_UTF8_surrogate_U+D800.json", false, false},
    {"i_string_incomplete_surrogate_pair.json", false, false},
    {"i_string_invalid_lonely_surrogate.json", false, false},
    {"i_string_invalid_surrogate.json", false, false},
    {"i_string_invalid_utf-8.json", false, false},
    {"i_string_inverted_surrogates_U+1D11E.json", false, false},
    {"i_string_lone_second_surrogate.json", false, false},
    {"i_string_lone_utf8_continuation_byte.json", false, false},
    {"i_string_not_in_unicode_range.json", false, false},
    {"i_string_overlong_sequence_6_bytes.json", false, false},
    {"i_string_utf16LE_no_BOM.json", false, false},
    /* I-JSON and this project refuse a name that is there twice */
    {"y_object_duplicated_key.json", false, false},
    {"y_object_duplicated_key_and_value.json", false, false},
    /* test_transform: not yes or no, but what becomes of it */
    {"number_-9223372036854775809.json", true, true},
    {"number_1000000000000000.json", true, true},
    {"number_10000000000000000999.json", true, true},
    {"number_9223372036854775807.json", true, true},
    {"object_same_key_same_value.json", false, false},
    {"object_same_key_unclear_values.json", false, false},
    {"string_1_invalid_codepoint.json", false, false},
    {"string_2_escaped_invalid_codepoints.json", false, false},
    {"string_3_invalid_codepoints.json", false, false},
};

static struct choice
choice_of(const char *name)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (strcmp(choices[i].name, name) == 0)
			return choices[i];
	if (strncmp(name, "y_", 2) == 0)
		return (struct choice){name, true, true};
	if (strncmp(name, "n_", 2) == 0)
		return (struct choice){name, false, false};
	bail("%s: no choice is stated for it", name);
}

static void
test_suite(const char *folder)
{
	char path[4096];
	struct dirent **list;

	(void)snprintf(path, sizeof(path), "%s", data_path(folder));
	int count = scandir(path, &list, NULL, alphasort);
	if (count < 3)
		bail("%s: no files", path);
	for (int i = 0; i < count; i++) {
		const char *name = list[i]->d_name, *text;
		struct vexlog_arena *arena;
		struct json_doc doc;
		struct vexlog_err err;
		if (name[0] != '.') {
			struct choice want = choice_of(name);
			arena = vexlog_arena_open(16 * MIB);
			struct vexlog_bytes bytes =
			    read_file(arena, path, name);
			int rc =
			    json_read(&doc, arena, bytes, JSON_TAKE_NUL, &err);
			ok((rc == 0) == want.read, "%s is %s", name,
			    want.read ? "read" : "refused");
			if (rc != 0)
				ok((rc == VEXLOG_SYNTAX ||
				       rc == VEXLOG_LIMIT) &&
					err.offset <= bytes.size &&
					err.message[0] != '\0',
				    "%s: %s", name, err.message);
			rc = canonical(&text, arena, bytes, &err);
			ok((rc == 0) == want.canon, "%s has %s canonical form",
			    name, want.canon ? "a" : "no");
			vexlog_arena_close(arena);
		}
		free(list[i]);
	}
	free(list);
}

static void
test_transform_values(struct vexlog_arena *arena)
{
	const char *folder = data_path("json/transform"), *text = NULL;
	struct vexlog_err err;

	/* RFC 8785 3.2.2.3: as the double nearest to it */
	is_int(canonical(&text, arena,
		   read_file(arena, folder, "number_-9223372036854775809.json"),
		   &err),
	    0, "an integer past 64 bits");
	is_text(text, "[-9223372036854776000]", "becomes the nearest double");
	is_int(
	    canonical(&text, arena,
		read_file(arena, folder, "number_1000000000000000.json"), &err),
	    0, "an integer a double can hold");
	is_text(text, "[1000000000000000]", "stays as it is");
}

/* ---- RFC 8785 ------------------------------------------------------------ */

static void
test_vectors(struct vexlog_arena *arena)
{
	static const char *const names[] = {"arrays", "structures", "values"};
	char in[4096], hex[4096], name[64];

	(void)snprintf(in, sizeof(in), "%s", data_path("json/jcs/input"));
	(void)snprintf(hex, sizeof(hex), "%s", data_path("json/jcs/outhex"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = NULL;
		struct vexlog_err err;
		(void)snprintf(name, sizeof(name), "%s.json", names[i]);
		is_int(
		    canonical(&text, arena, read_file(arena, in, name), &err),
		    0, name);
		(void)snprintf(name, sizeof(name), "%s.txt", names[i]);
		struct vexlog_bytes want = read_file(arena, hex, name);
		/* "5b 35 36 …" over several lines */
		size_t n = 0, bad = 0, size = text == NULL ? 0 : strlen(text);
		for (size_t at = 0; at + 1 < want.size;) {
			unsigned byte;
			if (want.data[at] <= ' ') {
				at++;
				continue;
			}
			char two[3] = {
			    (char)want.data[at], (char)want.data[at + 1], '\0'};
			byte = (unsigned)strtoul(two, NULL, 16);
			bad += n >= size || (unsigned char)text[n] != byte;
			n++;
			at += 2;
		}
		ok(bad == 0 && n == size, "%s: byte for byte", name);
	}
	/* names by UTF-16 code units, RFC 8785 3.2.3 */
	const char *text = NULL;
	struct vexlog_err err;
	is_int(
	    canonical(&text, arena,
		text_bytes("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3,"
			   "\"\\r\":4,\"1\":5,\"\\u0080\":6,\"\\u00f6\":7}"),
		&err),
	    0, "names of every length");
	is_text(text,
	    "{\"\\r\":4,\"1\":5,\"\xc2\x80\":6,\"\xc3\xb6\":7,"
	    "\"\xe2\x82\xac\":3,\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}",
	    "are in the order of UTF-16");
}

/* ---- what errors say ----------------------------------------------------- */

static void
test_errors(struct vexlog_arena *arena)
{
	static const struct {
		const char *json, *part, *pointer;
		size_t offset;
	} bad[] = {
	    {"", "value should be", "", 0},
	    {"{\"a\":1,\"a\":2}", "twice", "/a", 8},
	    {"{\"a\":[1,{\"b\":tru}]}", "value should be", "/a/1/b", 13},
	    {"[1,2,]", "value should be", "/2", 5},
	    {"{\"a~/b\":[x]}", "value should be", "/a~0~1b/0", 9},
	    {"[1] x", "more bytes", "", 4},
	    {"[01]", "starts with 0", "/0", 1},
	    {"[1.]", "after the point", "/0", 3},
	    {"[1e]", "exponent", "/0", 3},
	    {"[-]", "digit", "/0", 2},
	    {"[\"\\ud800\"]", "surrogate", "/0", 2},
	    {"[\"\\udc00\"]", "surrogate", "/0", 2},
	    {"[\"\\x\"]", "escape", "/0", 2},
	    {"[\"a\x01\"]", "control", "/0", 3},
	    {"[\"a\xff\"]", "UTF-8", "/0", 3},
	    {"[\"\\u0000\"]", "U+0000", "/0", 2},
	    {"\xef\xbb\xbf{}", "byte order mark", "", 0},
	    {"{\"a\" 1}", "':'", "/a", 5},
	    {"{a:1}", "name", "", 1},
	    {"[1 2]", "','", "/0", 3},
	    {"[\"a", "ends", "/0", 3},
	    {"[", "ends", "/0", 1},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct vexlog_err err = {0};
		struct json_doc doc;
		const char *json = bad[i].json;
		char name[128];
		is_int(json_read(&doc, arena, text_bytes(json), 0, &err),
		    VEXLOG_SYNTAX, json);
		has_text(err.message, bad[i].part, "the message says what");
		(void)snprintf(name, sizeof(name), "pointer of %s", json);
		is_text(err.pointer, bad[i].pointer, name);
		(void)snprintf(name, sizeof(name), "offset of %s", json);
		is_int((int64_t)err.offset, (int64_t)bad[i].offset, name);
	}
}

static void
test_nul(struct vexlog_arena *arena)
{
	struct vexlog_bytes json = text_bytes("[\"a\\u0000b\"]");
	struct vexlog_err err;
	struct json_doc doc;
	const char *text = NULL;

	is_int(json_read(&doc, arena, json, 0, &err), VEXLOG_SYNTAX,
	    "U+0000 is refused for documents");
	is_int(json_read(&doc, arena, json, JSON_TAKE_NUL, &err), 0,
	    "and taken for canon");
	is_int((int64_t)json_first(doc.root)->size, 3, "with its size");
	is_int(canonical(&text, arena, json, &err), 0, "it has a form");
	is_text(text, "[\"a\\u0000b\"]", "with an escape");
	is_int(json_read(&doc, arena,
		   text_bytes("[\"\xef\xbf\xbf\xef\xb7\x90\"]"), 0, &err),
	    0, "noncharacters are characters");
}

static void
test_depth(struct vexlog_arena *arena)
{
	char json[2 * JSON_DEPTH_MAX + 4];
	struct vexlog_err err;
	struct json_doc doc;

	memset(json, '[', JSON_DEPTH_MAX);
	memset(json + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	json[2 * JSON_DEPTH_MAX] = '\0';
	is_int(json_read(&doc, arena, text_bytes(json), 0, &err), 0,
	    "64 levels are read");
	memset(json, '[', JSON_DEPTH_MAX + 1);
	memset(json + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	json[2 * JSON_DEPTH_MAX + 2] = '\0';
	is_int(json_read(&doc, arena, text_bytes(json), 0, &err), VEXLOG_LIMIT,
	    "65 are not");
	is_int((int64_t)err.offset, JSON_DEPTH_MAX, "and the error says where");
}

/* Names are compared by sorting once there are many. */
static void
test_many_names(struct vexlog_arena *arena)
{
	for (size_t count = 2; count < 40; count++) {
		struct vexlog_err err;
		struct json_doc doc;
		struct buffer b;
		const char *text;
		buffer_open(&b, arena, MIB);
		for (size_t i = 0; i < count; i++)
			buffer_print(&b, "%s\"n%zu\":0", i == 0 ? "{" : ",", i);
		buffer_text(&b, "}");
		(void)buffer_finish_text(&b, &text, &err);
		int good = json_read(&doc, arena, text_bytes(text), 0, &err);
		b.size--;
		buffer_print(&b, ",\"n%zu\":1}", count / 2);
		(void)buffer_finish_text(&b, &text, &err);
		int bad = json_read(&doc, arena, text_bytes(text), 0, &err);
		char pointer[32];
		(void)snprintf(pointer, sizeof(pointer), "/n%zu", count / 2);
		ok(good == 0 && bad == VEXLOG_SYNTAX &&
			strcmp(err.pointer, pointer) == 0,
		    "%zu names, and one of them twice: %s", count, err.message);
	}
}

/* ---- walking and pointing ------------------------------------------------ */

static void
test_pointers(struct vexlog_arena *arena)
{
	static const char json[] =
	    "{\"a\":[{\"b/c\":1},[],{}],\"\":{\"~\":\"x\"},\"d\":null}";
	struct vexlog_err err;
	struct json_doc doc;
	size_t n = 0;

	is_int(json_read(&doc, arena, text_bytes(json), 0, &err), 0, "reads");
	for (const struct json_value *v = doc.root; v != json_next(doc.root);
	     v++) {
		char pointer[POINTER_MAX];
		json_pointer(pointer, sizeof(pointer), &doc, v);
		/* a name points to its member's value */
		const struct json_value *there = json_at(&doc, pointer);
		n += there == v || there == v + 1;
	}
	is_int((int64_t)n, 14, "every value is where its pointer leads");
	ok(json_at(&doc, "/a/3") == NULL && json_at(&doc, "/x") == NULL &&
		json_at(&doc, "a") == NULL && json_at(&doc, "/a/00") == NULL,
	    "and nothing is elsewhere");
	is_text(json_text(json_at(&doc, "//~0")), "x", "escapes of pointers");
}

static void
test_only(struct vexlog_arena *arena)
{
	static const char *const names[] = {"a", "b"};
	static const struct {
		const char *json, *message;
	} cases[] = {{"{\"b\":1}", NULL}, {"{}", NULL},
	    {"{\"a\":1,\"c\":2}", "\"c\" is not known here"},
	    {"[\"a\",1]", "this is no object"},
	    {"\"a\"", "this is no object"}, {"1", "this is no object"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vexlog_err err;
		struct json_doc doc;
		is_int(json_read(&doc, arena, text_bytes(cases[i].json), 0,
			   &err),
		    0, "reads");
		int rc = json_only(&doc, doc.root, names, 2, &err);
		is_text(rc == 0 ? NULL : err.message, cases[i].message,
		    cases[i].json);
	}
}

/* Every allocation fails once; nothing but NO_MEMORY comes of it. */
static void
test_memory(void)
{
	static const char json[] =
	    "{\"b\":[1,2.5,\"\\u00e4\"],\"a\":{\"x\":1,\"y\":2,\"z\":3,\"u\":4,"
	    "\"v\":5,\"w\":6,\"q\":7,\"r\":8,\"s\":9,\"t\":10}}";
	long n = 0;
	int rc;

	do {
		struct vexlog_arena *arena = vexlog_arena_open(MIB);
		struct vexlog_err err;
		const char *text;
		arena_fail_in = ++n;
		rc = canonical(&text, arena, text_bytes(json), &err);
		arena_fail_in = 0;
		vexlog_arena_close(arena);
	} while (rc == VEXLOG_NO_MEMORY && n < 1000);
	ok(rc == 0 && n > 1, "%ld failing allocations, each is NO_MEMORY",
	    n - 1);
}

/* What is looked at 16 bytes at a time against the same, one at a time: each
 * length, each byte at each place, and from each alignment. */
static void
test_scan(struct vexlog_arena *arena)
{
	enum { TEXT = 40, LONG = 3 * 255 * 16 };
	static const char some[] = "a,:[{}]\"\\ \n";
	char *text = arena_take(arena, LONG + 16, &(struct vexlog_err){0});
	size_t wrong = 0;

	for (size_t size = 0; text != NULL && size <= TEXT; size++)
		for (int c = 0; c < 256; c++)
			for (size_t at = 0; at < size; at++) {
				char *from = text + (size + at) % 16;
				memset(from, 'a', size);
				from[at] = (char)c;
				wrong += scan_plain(from, size) !=
				    scan_few(from, size);
			}
	is_int((int64_t)wrong, 0, "plain texts end where they end byte by byte");
	wrong = 0;
	for (size_t i = 0; text != NULL && i < LONG + 16; i++)
		text[i] = some[i * i % 101 % (sizeof(some) - 1)];
	for (size_t size = 0; text != NULL && size <= LONG; size += 1 + size / 7)
		wrong += scan_count(text + size % 16, size) !=
		    scan_count_few(text + size % 16, size);
	memset(text, ',', LONG);
	wrong += scan_count(text, LONG) != LONG;
	is_int((int64_t)wrong, 0, "commas and brackets counted as one by one");
}

int
main(void)
{
	struct vexlog_arena *arena = vexlog_arena_open(64 * MIB);

	test_suite("json/parsing");
	test_suite("json/transform");
	test_transform_values(arena);
	test_vectors(arena);
	test_errors(arena);
	test_nul(arena);
	test_depth(arena);
	test_many_names(arena);
	test_pointers(arena);
	test_only(arena);
	test_memory();
	test_scan(arena);
	vexlog_arena_close(arena);
	return tap_done();
}
