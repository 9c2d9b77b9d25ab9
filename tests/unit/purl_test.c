/*
 * purl_test.c - every case of purl-spec's test suite, matching, and texts
 * that are no purl.
 */
#include <dirent.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/tap.h"
#include "vex/purl.h"
#include "json/json.h"

static struct vexlog_arena *arena;
static size_t cases;

/* ---- the suite --------------------------------------------------------- */

static bool
same_member(const struct json_value *want, const char *name, const char *got)
{
	const char *text = json_get_text(want, name);

	return text_same(text == NULL || text[0] == '\0' ? NULL : text, got);
}

static bool
same_parts(const struct json_value *want, const struct purl *got)
{
	const struct json_value *list = json_get(want, "qualifiers");

	if (!same_member(want, "type", got->type) ||
	    !same_member(want, "namespace", got->space) ||
	    !same_member(want, "name", got->name) ||
	    !same_member(want, "version", got->version) ||
	    !same_member(want, "subpath", got->subpath) ||
	    json_count(list) != got->qualifier_count)
		return false;
	for (size_t i = 0; i < got->qualifier_count; i++)
		if (!same_member(
			list, got->qualifiers[i].key, got->qualifiers[i].value))
			return false;
	return true;
}

static int
parse(struct purl *out, const char *text, struct vexlog_err *err)
{
	int rc = purl_read(out, arena, text, err);

	return rc != 0 ? rc : purl_check(out, err);
}

static int
build(const char **out, const struct json_value *in, struct vexlog_err *err)
{
	const struct json_value *list = json_get(in, "qualifiers");
	struct purl p = {.type = json_get_text(in, "type"),
	    .space = json_get_text(in, "namespace"),
	    .name = json_get_text(in, "name"),
	    .version = json_get_text(in, "version"),
	    .subpath = json_get_text(in, "subpath")};
	struct purl_qualifier qualifiers[16];

	if (json_is(list, JSON_OBJECT))
		for (const struct json_value *n = json_first(list);
		     n != json_end(list); n = json_next(n + 1)) {
			qualifiers[p.qualifier_count].key = n->as.text;
			qualifiers[p.qualifier_count].value = json_text(n + 1);
			p.qualifier_count++;
		}
	p.qualifiers = qualifiers;
	int rc = purl_fold(&p, arena, err);
	if (rc == 0)
		rc = purl_check(&p, err);
	return rc != 0 ? rc : purl_write(out, arena, &p, err);
}

static void
run_case(const char *file, const struct json_value *test)
{
	const char *kind = json_get_text(test, "test_type");
	const struct json_value *in = json_get(test, "input");
	const struct json_value *want = json_get(test, "expected_output");
	bool fails = json_is(json_get(test, "expected_failure"), JSON_TRUE);
	struct vexlog_err err = {0};
	const char *text = NULL;
	struct purl purl;
	int rc;

	cases++;
	if (strcmp(kind, "build") == 0)
		rc = build(&text, in, &err);
	else if (strcmp(kind, "parse") == 0)
		rc = parse(&purl, json_text(in), &err);
	else {
		/* read it, whatever its type says, and write it */
		rc = purl_read(&purl, arena, json_text(in), &err);
		if (rc == 0)
			rc = purl_write(&text, arena, &purl, &err);
	}
	bool good = fails == (rc != 0);
	if (rc == 0 && !fails)
		good = strcmp(kind, "parse") == 0
		    ? same_parts(want, &purl)
		    : text_same(text, json_text(want));
	if (!ok(good, "%s: %s: %s", file, kind,
		json_get_text(test, "description")))
		printf("# %s %s\n", json_text(in) == NULL ? "" : json_text(in),
		    rc != 0            ? err.message
			: text != NULL ? text
				       : "");
}

static void
run_file(const char *name)
{
	struct vexlog_bytes bytes;
	struct json_doc doc;
	struct vexlog_err err;
	char path[512];

	(void)snprintf(path, sizeof(path), "purl/%s", name);
	if (file_read(&bytes, arena, data_path(path), 16 * MIB, &err) != 0 ||
	    json_read(&doc, arena, bytes, 0, &err) != 0)
		bail("%s: %s", name, err.message);
	const struct json_value *list = json_get(doc.root, "tests");
	for (const struct json_value *t = json_first(list); t != json_end(list);
	     t = json_next(t))
		run_case(name, t);
}

static void
test_suite(void)
{
	DIR *folder = opendir(data_path("purl"));
	struct dirent *entry;

	if (folder == NULL)
		bail("tests/data/purl cannot be opened");
	while ((entry = readdir(folder)) != NULL) {
		size_t n = strlen(entry->d_name);
		if (n > 10 && strcmp(entry->d_name + n - 10, "-test.json") == 0)
			run_file(entry->d_name);
		vexlog_arena_reset(arena);
	}
	(void)closedir(folder);
	is_int((int64_t)cases, 586, "that was the whole suite");
}

/* ---- beside the suite -------------------------------------------------- */

static void
test_normal(void)
{
	static const struct {
		const char *in, *out; /* NULL: no purl */
	} texts[] = {
	    {"pkg:npm/@angular/core@1", "pkg:npm/%40angular/core@1"},
	    {"PKG:npm/a", "pkg:npm/a"},
	    {"pkg:npm/a@", "pkg:npm/a"},
	    {"pkg:npm/a?", "pkg:npm/a"},
	    {"pkg:npm/a?b=", "pkg:npm/a"},
	    {"pkg:npm/a#", "pkg:npm/a"},
	    {"pkg:npm/a#./../b//c", "pkg:npm/a#b/c"},
	    {"pkg:npm//n///a", "pkg:npm/n/a"},
	    {"pkg:npm/a?z=1&b=2", "pkg:npm/a?b=2&z=1"},
	    {"pkg:oci/A@SHA256%3AAB?tag=X", "pkg:oci/a@sha256:ab?tag=X"},
	    {"pkg:golang/x@v1+incompatible", "pkg:golang/x@v1%2Bincompatible"},
	    {"pkg:generic/%C3%A9@1", "pkg:generic/%C3%A9@1"},
	    {"pkg:generic/\xc3\xa9@1", "pkg:generic/%C3%A9@1"},
	    {"pkg:pub/My-Name", "pkg:pub/my_name"},
	    {"pkg:cpan/A%3A%3AB", "pkg:cpan/A::B"},
	    {"pkg:generic/a > b", "pkg:generic/a%20%3E%20b"},
	    {"", NULL},
	    {"pkg:", NULL},
	    {"pkg:npm", NULL},
	    {"pkg:npm/", NULL},
	    {"pkg:npm/a?b", NULL},
	    {"pkg:npm/a?b=1&b=2", NULL},
	    {"pkg:npm/a?b=1&B=2", NULL},
	    {"pkg:npm/a?1=2", NULL},
	    {"pkg:npm/a%", NULL},
	    {"pkg:npm/a%4", NULL},
	    {"pkg:npm/a%zz", NULL},
	    {"pkg:npm/a%00", NULL},
	    {"pkg:npm/a%ff", NULL},
	    {"pkg:npm/%2F/a", NULL},
	    {"pkg:n m/a", NULL},
	    {"npm/a", NULL},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct vexlog_err err = {0};
		const char *out = NULL;
		struct purl purl;
		int rc = purl_read(&purl, arena, texts[i].in, &err);
		if (rc == 0)
			rc = purl_write(&out, arena, &purl, &err);
		if (!is_text(out, texts[i].out, texts[i].in))
			printf("# %s\n", err.message);
		if (texts[i].out == NULL)
			is_int(rc, VEXLOG_SHAPE, "which is a broken shape");
	}
}

static void
test_matches(void)
{
	static const struct {
		const char *general, *specific;
		bool match;
	} pairs[] = {
	    {"pkg:npm/a", "pkg:npm/a@1", true},
	    {"pkg:npm/a@1", "pkg:npm/a", false},
	    {"pkg:npm/a@1", "pkg:npm/a@1", true},
	    {"pkg:npm/a@1", "pkg:npm/a@2", false},
	    {"pkg:npm/a", "pkg:npm/A", false},
	    {"pkg:NPM/a", "pkg:npm/a", true},
	    {"pkg:npm/n/a", "pkg:npm/a", false},
	    {"pkg:npm/a?x=1", "pkg:npm/a?x=1&y=2", true},
	    {"pkg:npm/a?x=1&z=3", "pkg:npm/a?x=1&y=2", false},
	    {"pkg:npm/a?x=1", "pkg:npm/a?x=2", false},
	    {"pkg:npm/a?y=2", "pkg:npm/a?x=1&y=2&z=3", true},
	    {"pkg:npm/a#s", "pkg:npm/a#t", true},
	    {"pkg:oci/a@sha256%3Aab", "pkg:oci/a@sha256:AB", true},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct vexlog_err err;
		struct purl a, b;
		if (purl_read(&a, arena, pairs[i].general, &err) != 0 ||
		    purl_read(&b, arena, pairs[i].specific, &err) != 0)
			bail("%s", err.message);
		ok(purl_matches(&a, &b) == pairs[i].match, "%s %s %s",
		    pairs[i].general,
		    pairs[i].match ? "names" : "does not name",
		    pairs[i].specific);
	}
}

static void
test_memory(void)
{
	static const char text[] = "pkg:OCI/a/B%3A@1?C=d&b=%20#x/y";
	struct vexlog_err err;
	const char *out;
	struct purl p;
	long n = 0;
	int rc;

	do {
		arena_fail_in = ++n;
		rc = purl_read(&p, arena, text, &err);
		if (rc == 0)
			rc = purl_write(&out, arena, &p, &err);
		if (rc == 0 && arena_fail_in != 0)
			break;
	} while (rc == VEXLOG_NO_MEMORY);
	arena_fail_in = 0;
	is_int(rc, 0, "no memory at any place is said so");
	is_text(out, "pkg:oci/a/b:@1?b=%20&c=d#x/y", "and then it reads");
	ok(n > 5, "%ld places", n - 1);
}

static void
test_table(void)
{
	bool sorted = true;

	for (size_t i = 1; i < purl_type_count; i++)
		sorted = sorted &&
		    strcmp(purl_types[i - 1].type, purl_types[i].type) < 0;
	ok(sorted, "the table of types is sorted, so that it can be searched");
	is_int((int64_t)purl_type_count, 42, "and whole");
}

int
main(void)
{
	arena = vexlog_arena_open(64 * MIB);
	test_table();
	test_suite();
	test_normal();
	test_matches();
	test_memory();
	vexlog_arena_close(arena);
	return tap_done();
}
