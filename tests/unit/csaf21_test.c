/*
 * csaf21_test.c - the tests that CSAF 2.1 has on top of those of 2.0, each
 * broken in one place, and the same document without the break.
 */
#include "tests/unit/csaf_world.h"

#define N1(category) DOC(category, "2.1", TRACK("final", "1", REV("2", "1")))
#define BRANCH(category, name, in)                                             \
	"{'category':'" category "','name':'" name "'," in "}"
#define PRODUCT(id) "'product':{'product_id':'" id "','name':'" id "'}"
#define IN(list)    "'branches':[" list "]"
#define VERSIONS                                                               \
	",'product_tree':{" IN(BRANCH("vendor", "v",                           \
	    IN(BRANCH("product_name", "p",                                     \
		IN(BRANCH("product_version", "2", PRODUCT("A2")) "," BRANCH(   \
		    "product_version_range", "<2",                             \
		    PRODUCT("A1")))) "," BRANCH("product_name", "q",           \
		IN(BRANCH("product_version", "2", PRODUCT("Q2")) "," BRANCH(   \
		    "product_version", "1", PRODUCT("Q1")))))))
#define PATH(id, from, kind, to)                                               \
	"{'beginning_product_reference':'" from "','full_product_name':"       \
	"{'product_id':'" id "','name':'" id                                   \
	"'},'subpaths':[{'category':'" kind "','next_product_reference':'" to  \
	"'}]}"
#define SAYS(statuses)                                                         \
	",'vulnerabilities':[{'cve':'CVE-2025-0001',"                          \
	"'notes':[],'product_status':{" statuses "}}]}"
#define RANGE(name)                                                            \
	N ",'product_tree':{" IN(                                              \
	    BRANCH("product_version_range", name, PRODUCT("A"))) "}}"
#define AT        "/vulnerabilities/0/product_status/"
#define LOCAL(id) "local:doc%3Ahttps%3A%2F%2Fe.org:" id
#define TIMES(time)                                                            \
	N TREE "}," VULN "'flags':[{'label':'component_not_present',"          \
	       "'product_ids':['A'],'date':'" time "'}],'threats':"            \
	       "[{'category':'impact','details':'d','product_ids':['A'],"      \
	       "'date':'" time "'}],'disclosure_date':'" time "',"             \
	       "'metrics':[{'content':{'epss':{'timestamp':'" time "'}},"      \
	       "'products':['A']}]}]}"

#define CLAIMED(at, status, product)                                           \
	"= " AT at " CVE-2025-0001 " status " " product " document\n"
#define FIXED_PATHS                                                            \
	N1("csaf_security_advisory")                                           \
	VERSIONS ",'product_paths':[" PATH("Q2A2", "Q2", "installed_on",       \
	    "A2") "," PATH("Q1A2", "Q1", "installed_on",                       \
	    "A2") "," PATH("Q2A1", "Q2", "installed_on", "A1") "," PATH("Q2H", \
	    "Q2", "installed_with",                                            \
	    "A1") "]}" SAYS("'fixed':['Q2A2','Q2A1','Q2H'],"                   \
			    "'known_affected':['Q1A2','Q1']")

static const struct read_case profiles[] = {
    {"6.1.27.3, 6.1.27.15", N1("csaf_withdrawn") TREE "},'vulnerabilities':[]}",
	"? CSAF 6.1.27.3 /vulnerabilities\n? CSAF 6.1.27.15 /product_tree\n"},
    {"a withdrawn document without both", N1("csaf_withdrawn") "}", ""},
    {"6.1.27.3 of 2.0 is of informational advisories",
	DOC("csaf_informational_advisory", "2.0",
	    TRACK("final", "1", REV("2", "1"))) ",'vulnerabilities':[]}",
	"? CSAF 6.1.27.3 /vulnerabilities\n"},
    {"which of 2.0 may be withdrawn as they like",
	DOC("csaf_withdrawn", "2.0", TRACK("final", "1", REV("2", "1"))) TREE
	"},'vulnerabilities':[]}",
	""},
    {"6.1.27.8: ids of products each",
	N1("csaf_vex") TREE
	"},'vulnerabilities':[{'notes':[],'ids':["
	"{'system_name':'s','text':'X-1','product_ids':['A']},"
	"{'system_name':'s','text':'GHSA-2','product_ids':['B']}],"
	"'product_status':{'fixed':['A','B'],'under_investigation':['C']}}]}",
	"? CSAF 6.1.27.8 " AT "under_investigation/0\n"
	"= " AT "fixed/0 X-1 fixed pkg:npm/a@1 document\n"
	"= " AT "fixed/1 GHSA-2 fixed pkg:npm/b@1 document\n"},
    {"and one of the whole vulnerability",
	N1("csaf_vex") TREE
	"},'vulnerabilities':[{'notes':[],'ids':["
	"{'system_name':'s','text':'X-1','product_ids':['A']},"
	"{'system_name':'s','text':'X-2'}],"
	"'product_status':{'fixed':['A','B']}}]}",
	"= " AT "fixed/0 X-2 fixed pkg:npm/a@1 document\n"
	"= " AT "fixed/1 X-2 fixed pkg:npm/b@1 document\n"},
    {"contradictions are found by product, not by name",
	N1("csaf_vex") TREE
	"},'vulnerabilities':[{'notes':[],'ids':["
	"{'system_name':'s','text':'X-1','product_ids':['A']}],"
	"'product_status':{'fixed':['A'],'under_investigation':['A']}}]}",
	"! CSAF 6.1.6 " AT "under_investigation/0\n"
	"= " AT "fixed/0 X-1 fixed pkg:npm/a@1 document\n"
	"= " AT "under_investigation/0 X-1 under_investigation pkg:npm/a@1 "
	"document\n"},
    {"6.1.27.12, 6.1.27.13",
	N1("csaf_security_advisory") VERSIONS "}" SAYS("'fixed':['A2']"),
	"? CSAF 6.1.27.12 /vulnerabilities/0\n"
	"? CSAF 6.1.27.13 " AT
	"fixed/0\n" CLAIMED("fixed/0", "fixed", LOCAL("A2"))},
    {"6.1.27.13: of another product",
	N1("csaf_security_advisory") VERSIONS
	"}" SAYS("'fixed':['A2','Q2'],'first_affected':['A1'],"
		 "'known_affected':[]"),
	"? CSAF 6.1.27.13 " AT "fixed/1\n"
	"? CSAF product_status " AT "known_affected\n"
	"= " AT "fixed/0 CVE-2025-0001 fixed " LOCAL(
	    "A2") " document\n" CLAIMED("fixed/1", "fixed",
	    LOCAL("Q2")) "= " AT
			 "first_affected/0 CVE-2025-0001 affected " LOCAL(
			     "A1") " document\n"},
    {"6.1.27.13: a path, on the same product and on another", FIXED_PATHS,
	"? CSAF 6.1.27.13 " AT "fixed/1\n"
	"? CSAF 6.2.2 " AT "known_affected/0\n"
	"? CSAF 6.2.2 " AT "known_affected/1\n" CLAIMED("fixed/0", "fixed",
	    LOCAL("A2") " > " LOCAL("Q2")) CLAIMED("fixed/1", "fixed",
	    LOCAL("A1") " > " LOCAL("Q2"))
	    CLAIMED("fixed/2", "fixed", LOCAL("A1") " > " LOCAL("Q2")) CLAIMED(
		"known_affected/0", "affected", LOCAL("A2") " > " LOCAL("Q1"))
		CLAIMED("known_affected/1", "affected", LOCAL("Q1"))},
    {"6.1.27.12 is not of 2.0",
	DOC("csaf_security_advisory", "2.0", TRACK("final", "1", REV("2", "1")))
	    VERSIONS "}" SAYS("'fixed':['A2']"),
	CLAIMED("fixed/0", "fixed", LOCAL("A2"))},
};

static const struct read_case times[] = {
    {"6.1.37: no zone", TIMES("2025-01-01T00:00:00"),
	"? CSAF 6.1.37 /vulnerabilities/0/disclosure_date\n"
	"? CSAF 6.1.37 /vulnerabilities/0/flags/0/date\n"
	"? CSAF 6.1.37 /vulnerabilities/0/metrics/0/content/epss/timestamp\n"
	"? CSAF 6.1.37 /vulnerabilities/0/threats/0/date\n"},
    {"6.1.37: lower case", TIMES("2025-01-01t00:00:00z"),
	"? CSAF 6.1.37 /vulnerabilities/0/disclosure_date\n"
	"? CSAF 6.1.37 /vulnerabilities/0/flags/0/date\n"
	"? CSAF 6.1.37 /vulnerabilities/0/metrics/0/content/epss/timestamp\n"
	"? CSAF 6.1.37 /vulnerabilities/0/threats/0/date\n"},
    {"6.1.37: a leap second", TIMES("2016-12-31T23:59:60Z"),
	"? CSAF 6.1.37 /vulnerabilities/0/disclosure_date\n"
	"? CSAF 6.1.37 /vulnerabilities/0/flags/0/date\n"
	"? CSAF 6.1.37 /vulnerabilities/0/metrics/0/content/epss/timestamp\n"
	"? CSAF 6.1.37 /vulnerabilities/0/threats/0/date\n"},
    {"times with a zone", TIMES("2025-01-01T00:00:00.5+02:00"), ""},
    {"6.1.37 in tracking",
	DOC("csaf_base", "2.1",
	    "'tracking':{'id':'T','status':'final','version':'1',"
	    "'initial_release_date':'2025-01-01','generator':{'date':'x'},"
	    "'current_release_date':'2025-01-02t00:00:00Z',"
	    "'revision_history':[" REV("2", "1") "]}") "}",
	"? CSAF 6.1.37 /document/tracking/current_release_date\n"
	"? CSAF 6.1.37 /document/tracking/initial_release_date\n"
	"? CSAF 6.1.37 /document/tracking/generator/date\n"},
    {"and a time that counts is unsafe",
	DOC("csaf_base", "2.1",
	    "'tracking':{'id':'T','status':'final','version':'1',"
	    "'initial_release_date':'2025-01-01T00:00:00Z',"
	    "'current_release_date':'2025-01-02 00:00:00Z',"
	    "'revision_history':[" REV("2", "1") "]}") ",'vulnerabilities':[]}",
	"! CSAF 6.1.37 /document/tracking/current_release_date\n"},
};

static const struct read_case branches[] = {
    {"6.1.50: words", RANGE("all versions < 4"),
	"? CSAF 6.1.50 /product_tree/branches/0/name\n"},
    {"6.1.50: vers with white space", RANGE("vers:npm/ >= 2| <3"),
	"? CSAF 6.1.50 /product_tree/branches/0/name\n"},
    {"6.1.50: out of order", RANGE("vers:npm/<3.0.0|>=2.0.0"),
	"? CSAF 6.1.50 /product_tree/branches/0/name\n"},
    {"a range in vers", RANGE("vers:npm/>=2.0.0|<3.0.0"), ""},
    {"its constraints alone", RANGE(">=2|<3"), ""},
    {"all versions", RANGE("vers:all/*"), ""},
    {"6.1.59: vers", RANGE("vers:npm/2.0.0"),
	"? CSAF 6.1.59 /product_tree/branches/0/name\n"},
    {"6.1.59: a version alone", RANGE("2.0"),
	"? CSAF 6.1.59 /product_tree/branches/0/name\n"},
    {"6.1.57",
	N ",'product_tree':{" IN(BRANCH("vendor", "v",
	    IN(BRANCH("product_family", "f",
		IN(BRANCH("product_family", "g",
		    IN(BRANCH("vendor", "v", PRODUCT("A"))))))))) "}}",
	"? CSAF 6.1.57 "
	"/product_tree/branches/0/branches/0/branches/0/branches/0/category\n"},
    {"6.1.58",
	N ",'product_tree':{" IN(BRANCH("product_version", "1",
	    IN(BRANCH("product_version_range", "<1.1", PRODUCT("A"))))) "}}",
	"? CSAF 6.1.58 /product_tree/branches/0/branches/0/category\n"},
    {"none of them is of 2.0",
	B ",'product_tree':{" IN(BRANCH("product_version", "1",
	    IN(BRANCH("product_version_range", "before",
		IN(BRANCH("product_version", "1", PRODUCT("A"))))))) "}}",
	""},
    {"6.1.42",
	N ",'product_tree':{'full_product_names':[{'product_id':'A',"
	  "'name':'a','product_identification_helper':{'purls':["
	  "'pkg:npm/a@1?x=1','pkg:npm/a@1','pkg:npm/a@2','pkg:npm']}}]}}",
	"? CSAF 6.1.42 /product_tree/full_product_names/0/"
	"product_identification_helper/purls/2\n"
	"? CSAF 6.1.13 /product_tree/full_product_names/0/"
	"product_identification_helper/purls/3\n"},
};

/* A product below so many branches, as deep as `more` arrays in it. */
static const char *
deep(int levels, int more)
{
	const char *text = NULL;
	struct vexlog_err err;
	struct buffer b;

	buffer_open(&b, read_arena, MIB);
	buffer_text(&b, N ",'product_tree':{");
	for (int i = 0; i < levels; i++)
		buffer_text(
		    &b, "'branches':[{'category':'product_family','name':'f',");
	buffer_text(&b, "'product':");
	for (int i = 0; i < more; i++)
		buffer_byte(&b, '[');
	buffer_text(&b, "{'product_id':'A','name':'a'}");
	for (int i = 0; i < more; i++)
		buffer_byte(&b, ']');
	for (int i = 0; i < levels; i++)
		buffer_text(&b, "}]");
	buffer_text(&b, "}}");
	if (buffer_finish_text(&b, &text, &err) != 0)
		bail("%s", err.message);
	return text;
}

static void
test_depth(void)
{
	static const struct {
		int levels, more;
		const char *want, *name;
	} cases[] = {
	    {30, 0, "", "30 branches on the way to a product"},
	    {31, 0, "! CSAF 6.1.34", "6.1.34: 31 branches"},
	    {500, 0, "! CSAF 6.1.34", "6.1.34: 500 branches"},
	    {20, 40, "! json", "depth of other kinds is no matter of branches"},
	};
	struct vexlog_document doc;
	struct vexlog_err err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		vexlog_arena_reset(read_arena);
		if (read_document(
			&doc, deep(cases[i].levels, cases[i].more), &err) != 0)
			bail("%s", err.message);
		const char *line = told(&doc);
		is_text(arena_text(read_arena, line,
			    strlen(cases[i].want) == 0 ? strlen(line)
						       : strcspn(line, "/\n") -
				    (line[strcspn(line, "/\n")] == '/'),
			    &err),
		    cases[i].want, cases[i].name);
	}
}

#define CASES(list) run_cases(list, sizeof(list) / sizeof((list)[0]))

int
main(void)
{
	read_arena = vexlog_arena_open(1024 * MIB);
	CASES(profiles);
	CASES(times);
	CASES(branches);
	test_depth();
	run_out_of_memory(FIXED_PATHS, "fixed products of paths");
	vexlog_arena_close(read_arena);
	return tap_done();
}
