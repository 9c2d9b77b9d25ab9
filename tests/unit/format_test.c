/*
 * format_test.c - vexlog_read from outside: which format it is, what no
 * format may hold, what the caller can ask for, and how it ends.
 */
#include "tests/read.h"

#define STATEMENT                                                              \
	"{'vulnerability':{'name':'CVE-2025-1'},"                              \
	"'products':[{'@id':'pkg:npm/a@1'}],'status':'fixed'}"
#define OPENVEX                                                                \
	"{'@context':'https://openvex.dev/ns/v0.2.0','@id':'https://e.org/1'," \
	"'author':'Example','timestamp':'2025-01-01T00:00:00Z','version':1,"   \
	"'statements':[" STATEMENT "]}"
#define FIXED                                                                  \
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"

static const struct {
	const char *name, *json, *format; /* NULL: not recognised */
} kinds[] = {
    {"OpenVEX", OPENVEX, "openvex"},
    {"CSAF", "{'document':{'csaf_version':'2.0'}}", "csaf"},
    {"a stub of CSAF", "{'document':{'tracking':{}}}", "csaf"},
    {"CycloneDX", "{'bomFormat':'CycloneDX','specVersion':'1.6'}", "cyclonedx"},
    {"CycloneDX with its members in any order",
	"{'vulnerabilities':[],'specVersion':'1.6','bomFormat':'CycloneDX'}",
	"cyclonedx"},
    {"SARIF", "{'version':'2.1.0','runs':[]}", NULL},
    {"what came before OpenVEX", "{'id':'x','format':'text/vex+json'}", NULL},
    {"a document that is a text", "{'document':'x'}", NULL},
    {"another context", "{'@context':'https://schema.org'}", NULL},
    {"an empty object", "{}", NULL},
    {"an array", "[1]", NULL},
    {"a number", "1", NULL},
};

static void
test_kinds(void)
{
	struct vexlog_document doc;
	struct vexlog_err err;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		vexlog_arena_reset(read_arena);
		if (read_document(&doc, kinds[i].json, &err) != 0)
			bail("%s", err.message);
		is_text(doc.format, kinds[i].format, kinds[i].name);
		if (kinds[i].format != NULL)
			continue;
		ok(!doc.readable && doc.finding_count == 1, "and is refused");
		is_text(doc.findings[0].rule, "format", "by this rule");
	}
}

static const struct {
	const char *name, *text, *message;
	size_t size; /* 0: as long as the text */
	size_t offset;
} texts[] = {
    {"nothing", "", "", 0, 0},
    {"no JSON", "hello", "", 0, 0},
    {"bytes after the value", "{} x", "", 0, 3},
    {"two values", "{}{}", "", 0, 2},
    {"a byte order mark", "\xef\xbb\xbf{}", "byte order mark", 0, 0},
    {"a name twice", "{\"a\":1,\"a\":2}", "twice", 0, 8},
    {"a name twice, written otherwise", "{\"a\":1,\"\\u0061\":2}", "twice", 0,
	8},
    {"U+0000, escaped", "{\"a\":\"\\u0000\"}", "", 0, 6},
    {"U+0000, plain", "{\"a\":\"\0\"}", "", 9, 6},
    {"bad UTF-8", "{\"a\":\"\xff\"}", "UTF-8", 0, 6},
    {"a lone surrogate", "{\"a\":\"\\ud800\"}", "", 0, 6},
    {"a comment", "{/**/}", "", 0, 1},
    {"a comma too many", "[1,]", "", 0, 3},
    {"NaN", "[NaN]", "", 0, 1},
};

static void
test_texts(void)
{
	struct vexlog_document doc;
	struct vexlog_err err;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct vexlog_bytes bytes = text_bytes(texts[i].text);
		if (texts[i].size > 0)
			bytes.size = texts[i].size;
		vexlog_arena_reset(read_arena);
		if (vexlog_read(&doc, read_arena, bytes, NULL, &err) != 0)
			bail("%s: %s", texts[i].name, err.message);
		ok(!doc.readable && doc.finding_count == 1 &&
			doc.findings[0].unsafe && doc.observations.count == 0,
		    "%s is refused", texts[i].name);
		is_text(doc.findings[0].rule, "json", "as JSON");
		is_int((int64_t)doc.findings[0].offset,
		    (int64_t)texts[i].offset, "at this byte");
		has_text(doc.findings[0].message, texts[i].message,
		    "with this reason");
		ok(text_is_digest(doc.digest), "the bytes have a digest");
	}
}

/* count times text, in quotes' and all. */
static const char *
repeat(const char *before, const char *text, size_t count, const char *after)
{
	struct vexlog_err err;
	struct buffer b;
	const char *out;

	buffer_open(&b, read_arena, 256 * MIB);
	buffer_text(&b, before);
	for (size_t i = 0; i < count; i++)
		buffer_text(&b, text);
	buffer_text(&b, after);
	if (buffer_finish_text(&b, &out, &err) != 0)
		bail("%s", err.message);
	return out;
}

static void
test_sizes(void)
{
	struct vexlog_document doc;
	struct vexlog_err err;
	const char *json;

	vexlog_arena_reset(read_arena);
	json = repeat("", "[", 100000, "");
	if (!is_int(read_document(&doc, json, &err), 0, "depth is no failure"))
		bail("%s", err.message);
	ok(!doc.readable, "but refused");
	has_text(doc.findings[0].message, "64", "with its limit");

	/* more findings than are kept */
	vexlog_arena_reset(read_arena);
	json = repeat("{'@context':'https://openvex.dev/ns/v0.2.0',"
		      "'statements':[{}",
	    ",{}", 20000, "]}");
	if (!is_int(read_document(&doc, json, &err), 0, "many findings"))
		bail("%s", err.message);
	is_int((int64_t)doc.finding_count, FINDINGS_MAX, "are cut");
	has_text(doc.findings[FINDINGS_MAX - 1].message, "more findings",
	    "and counted");
	ok(!doc.readable, "none is lost for the verdict");

	/* few bytes that would make many claims */
	vexlog_arena_reset(read_arena);
	json = arena_print(read_arena, &err, "%s%s%s",
	    repeat("{'@context':'https://openvex.dev/ns','statements':[{"
		   "'vulnerability':'V','status':'fixed','products':['a'",
		",'a'", 4000, "],'subcomponents':['a'"),
	    repeat("", ",'a'", 4000, ""), "]}]}");
	is_int(read_document(&doc, json, &err), VEXLOG_LIMIT,
	    "pairs without end are a limit");
	has_text(err.message, "claims", "which says what");

	/* names longer than a key may be */
	vexlog_arena_reset(read_arena);
	json = repeat("{'@context':'https://openvex.dev/ns/v0.2.0','@id':'i',"
		      "'author':'a','timestamp':'2025-01-01T00:00:00Z',"
		      "'version':1,'statements':[{'status':'fixed',"
		      "'vulnerability':{'name':'V'},'products':[{'@id':'",
	    "x", NAME_MAX_BYTES, "'}]}]}");
	if (read_document(&doc, json, &err) != 0)
		bail("%s", err.message);
	is_text(told(&doc), "! product key /statements/0/products/0/@id\n",
	    "a name too long for a key");
	vexlog_arena_reset(read_arena);
	json = repeat("{'@context':'https://openvex.dev/ns/v0.2.0','@id':'i',"
		      "'author':'a','timestamp':'2025-01-01T00:00:00Z',"
		      "'version':1,'statements':[{'status':'fixed',"
		      "'vulnerability':{'name':'",
	    "x", NAME_MAX_BYTES + 1, "'},'products':[{'@id':'p'}]}]}");
	if (read_document(&doc, json, &err) != 0)
		bail("%s", err.message);
	ok(!doc.readable, "a vulnerability's name too long");
	is_text(doc.findings[0].rule, "vulnerability id", "is refused");

	/* texts longer than are kept */
	vexlog_arena_reset(read_arena);
	json = repeat("{'@context':'https://openvex.dev/ns/v0.2.0','@id':'i',"
		      "'author':'a','timestamp':'2025-01-01T00:00:00Z',"
		      "'version':1,'statements':[{'status':'not_affected',"
		      "'vulnerability':{'name':'V'},'products':[{'@id':'p'}],"
		      "'impact_statement':'x",
	    "\xc3\xa9", TEXT_MAX_BYTES, "'}]}");
	if (read_document(&doc, json, &err) != 0)
		bail("%s", err.message);
	is_int((int64_t)strlen(doc.observations.list[0].impact_text),
	    TEXT_MAX_BYTES - 1, "are cut between two characters");
}

static void
test_options(void)
{
	struct vexlog_bytes bytes = text_bytes(quoted(OPENVEX));
	struct vexlog_read_options options = {.received_at = RECEIVED_AT};
	struct vexlog_document doc, other;
	struct vexlog_err err;

	if (vexlog_read(&doc, read_arena, bytes, &options, &err) != 0)
		bail("%s", err.message);
	is_text(told(&doc), FIXED, "the intact document");

	options.provider = "  vendor:example ";
	is_int(vexlog_read(&other, read_arena, bytes, &options, &err), 0,
	    "with a provider");
	is_text(other.provider, "vendor:example", "which is trimmed");
	is_text(other.digest, doc.digest, "the document is the same");
	ok(strcmp(other.observations.list[0].id, doc.observations.list[0].id) !=
		0,
	    "its observations are others");

	options.provider = " ";
	is_int(vexlog_read(&other, read_arena, bytes, &options, &err), 0,
	    "with a blank provider");
	is_text(other.provider, "doc:Example", "which is none");
	is_text(other.observations.list[0].id, doc.observations.list[0].id,
	    "the same bytes have the same ids");

	options.provider = repeat("", "p", NAME_MAX_BYTES + 1, "");
	is_int(vexlog_read(&other, read_arena, bytes, &options, &err),
	    VEXLOG_MISUSE, "with a provider too long");
	options.provider = "vendor:\xff";
	is_int(vexlog_read(&other, read_arena, bytes, &options, &err),
	    VEXLOG_MISUSE, "with a provider that is not UTF-8");
	options.provider = NULL;

	options.format = "openvex";
	is_int(vexlog_read(&other, read_arena, bytes, &options, &err), 0,
	    "as the format that it is");
	ok(other.readable, "readable");
	options.format = "csaf";
	is_int(vexlog_read(&other, read_arena, bytes, &options, &err), 0,
	    "as another format");
	ok(!other.readable, "refused");
	is_text(other.findings[0].rule, "CSAF document", "by that format");
	options.format = "cyclonedx";
	is_int(vexlog_read(&other, read_arena, bytes, &options, &err), 0,
	    "as a third");
	ok(!other.readable, "refused too");
	options.format = "vex";
	is_int(vexlog_read(&other, read_arena, bytes, &options, &err),
	    VEXLOG_MISUSE, "as no format");
	has_text(err.message, "\"vex\"", "which it names");
	is_int(vexlog_read(&other, read_arena, bytes, NULL, &err), 0,
	    "without options no time is too late");
	is_int(vexlog_read(&other, read_arena, bytes, NULL, NULL), 0,
	    "nor is an error needed");
}

/* Feeds give one @id to many documents: the bytes tell them apart. */
static void
test_reused_id(void)
{
	struct vexlog_document a, b;
	struct vexlog_err err;

	vexlog_arena_reset(read_arena);
	if (read_document(&a, OPENVEX, &err) != 0 ||
	    read_document(&b, OPENVEX " ", &err) != 0)
		bail("%s", err.message);
	ok(a.readable && b.readable, "two documents of one @id");
	ok(strcmp(a.digest, b.digest) != 0 &&
		strcmp(a.observations.list[0].id, b.observations.list[0].id) !=
		    0,
	    "are two documents");
}

static void
test_limit(void)
{
	struct vexlog_arena *small = vexlog_arena_open(1024);
	struct vexlog_bytes bytes = text_bytes(quoted(OPENVEX));
	struct vexlog_document doc;
	struct vexlog_err err;

	is_int(vexlog_read(&doc, small, bytes, NULL, &err), VEXLOG_LIMIT,
	    "an arena that is too small is a limit");
	vexlog_arena_close(small);
}

int
main(void)
{
	read_arena = vexlog_arena_open(1024 * MIB);
	test_kinds();
	test_texts();
	test_sizes();
	test_options();
	test_reused_id();
	test_limit();
	run_out_of_memory("{'@context':1,'a':2}", "no format");
	vexlog_arena_close(read_arena);
	return tap_done();
}
