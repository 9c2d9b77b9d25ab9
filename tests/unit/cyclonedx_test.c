/*
 * cyclonedx_test.c - CycloneDX 1.4 to 1.7: refs, versions, states, times, and
 * each rule that can be broken.
 */
#include "tests/read.h"

#define BOM(minor)                                                             \
	"{'bomFormat':'CycloneDX','specVersion':'1." minor "','version':1,"
#define META(more)                                                             \
	"'metadata':{'timestamp':'2025-01-01T00:00:00Z',"                      \
	"'supplier':{'name':'S'}" more "},"
#define LIB                                                                    \
	"'components':[{'type':'library','bom-ref':'c','name':'lib',"          \
	"'purl':'pkg:npm/lib@1'},{'type':'library','bom-ref':'d',"             \
	"'group':'g','name':'d','version':'2'}],"
#define HEAD BOM("6") META("") LIB "'vulnerabilities':["
#define VULN(analysis, affects)                                                \
	"{'id':'CVE-2025-1','analysis':{" analysis "},'affects':[" affects "]}"
#define RESOLVED "'state':'resolved'"
#define Q8(q)                                                                  \
	"&" q "0=v&" q "1=v&" q "2=v&" q "3=v&" q "4=v&" q "5=v&" q "6=v&" q   \
	"7=v"
/* as many as a purl may have */
#define QUALIFIERS_64                                                          \
	"a0=v&a1=v&a2=v&a3=v&a4=v&a5=v&a6=v&a7=v" Q8("b") Q8("c") Q8("d")      \
	    Q8("e") Q8("f") Q8("g") Q8("h")

static const struct read_case whole[] = {
    {"each state",
	HEAD VULN(RESOLVED,
	    "{'ref':'c'},{'ref':'d'}") ","
				       "{'id':'2','analysis':{'state':'exploitable'},"
				       "'affects':[{'ref':'c'}]},"
				       "{'id':'3','analysis':{'state':'in_triage'},"
				       "'affects':[{'ref':'c'}]},"
				       "{'id':'4','analysis':{'state':'false_positive'},"
				       "'affects':[{'ref':'c'}]},"
				       "{'id':'5','analysis':{'state':'not_affected',"
				       "'justification':'requires_configuration'},"
				       "'affects':[{'ref':'c'}]},"
				       "{'id':'6','analysis':{'state':'resolved_with_pedigree'},"
				       "'affects':[{'ref':'c'}]}]}",
	"= /vulnerabilities/0/affects/0 CVE-2025-1 fixed pkg:npm/lib@1 "
	"document\n"
	"= /vulnerabilities/0/affects/1 CVE-2025-1 fixed "
	"local:doc%3AS:g%2Fd%402 document\n"
	"= /vulnerabilities/1/affects/0 2 affected pkg:npm/lib@1 document\n"
	"= /vulnerabilities/2/affects/0 3 under_investigation pkg:npm/lib@1 "
	"document\n"
	"= /vulnerabilities/3/affects/0 4 not_affected pkg:npm/lib@1 "
	"document\n"
	"= /vulnerabilities/4/affects/0 5 not_affected pkg:npm/lib@1 "
	"impact_statement_only document\n"
	"= /vulnerabilities/5/affects/0 6 fixed pkg:npm/lib@1 document\n"},
    {"no analysis, or one without a state, claims nothing",
	HEAD "{'id':'1','affects':[{'ref':'c'}]},"
	     "{'id':'2','analysis':{'detail':'d'},"
	     "'affects':[{'ref':'c'}]}]}",
	""},
    {"times, the first that is there",
	HEAD "{'id':'1','updated':'2025-02-01T00:00:00Z',"
	     "'analysis':{" RESOLVED ",'firstIssued':'2025-03-01T00:00:00Z'},"
	     "'affects':[{'ref':'c'}]},"
	     "{'id':'2','created':'2025-02-01T00:00:00Z',"
	     "'analysis':{" RESOLVED "},'affects':[{'ref':'c'}]}]}",
	"= /vulnerabilities/0/affects/0 1 fixed pkg:npm/lib@1 analysis\n"
	"= /vulnerabilities/1/affects/0 2 fixed pkg:npm/lib@1 vulnerability\n"},
    {"versions of what states none itself",
	BOM("5")
	    META(",'component':{'type':'application','bom-ref':'p','name':'p'}") "'vulnerabilities':[" VULN(
		RESOLVED,
		"{'ref':'p','versions':[{'version':'1'},"
		"{'version':'2','status':'affected'},"
		"{'range':'vers:semver/>=3','status':'unaffected'},"
		"{'version':'4','status':'unknown'}]}") "]}",
	"= /vulnerabilities/0/affects/0/versions/0 CVE-2025-1 fixed "
	"local:doc%3AS:p%401 document\n"
	"= /vulnerabilities/0/affects/0/versions/1 CVE-2025-1 fixed "
	"local:doc%3AS:p%402 document\n"
	"= /vulnerabilities/0/affects/0/versions/2 CVE-2025-1 fixed "
	"local:doc%3AS:p%20vers%3Asemver%2F%3E%3D3 document\n"},
    {"versions of a purl",
	BOM("5") META("") "'vulnerabilities':[" VULN(RESOLVED,
	    "{'ref':'pkg:npm/x?a=b','versions':[{'version':'1'},"
	    "{'range':'vers:npm/>=3'}]}") "]}",
	"= /vulnerabilities/0/affects/0/versions/0 CVE-2025-1 fixed "
	"pkg:npm/x@1?a=b document\n"
	"= /vulnerabilities/0/affects/0/versions/1 CVE-2025-1 fixed "
	"pkg:npm/x?a=b&vers=vers:npm%2F%3E%3D3 document\n"},
    {"versions of what states its own: its claim, and others by name",
	HEAD VULN(RESOLVED,
	    "{'ref':'c','versions':[{'version':'1'},{'version':'2'},"
	    "{'range':'vers:npm/>=3'}]},"
	    "{'ref':'d','versions':[{'range':'vers:npm/>=3'}]}") "]}",
	"= /vulnerabilities/0/affects/0/versions/0 CVE-2025-1 fixed "
	"pkg:npm/lib@1 document\n"
	"= /vulnerabilities/0/affects/0/versions/1 CVE-2025-1 fixed "
	"pkg:npm/lib@2 document\n"
	"= /vulnerabilities/0/affects/1 CVE-2025-1 fixed "
	"local:doc%3AS:g%2Fd%402 document\n"},
    {"a whole key as ref is no purl",
	BOM("6") META("") "'components':[{'type':'library','name':'n',"
			  "'bom-ref':'pkg:npm/a@1 > local:x:n'}],"
			  "'vulnerabilities':[" VULN(RESOLVED,
			      "{'ref':'pkg:npm/a@1 > local:x:n'}") "]}",
	"= /vulnerabilities/0/affects/0 CVE-2025-1 fixed local:doc%3AS:n "
	"document\n"},
    {"refs: BOM-Links, this document's own, nested, services",
	"{'bomFormat':'CycloneDX','specVersion':'1.7','version':3,"
	"'serialNumber':'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79'," META(
	    "") "'components':[{'type':'library','name':'o','components':["
		"{'type':'library','bom-ref':'in','name':'i',"
		"'cpe':'cpe:/a:v:p:1'}]}],"
		"'services':[{'bom-ref':'s','name':'svc'}],"
		"'vulnerabilities':[" VULN(RESOLVED,
		    "{'ref':'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/3#in'"
		    "},{'ref':'in'},{'ref':'s'},"
		    "{'ref':'urn:cdx:4e671687-395b-41f5-a30f-a58921a69b79/1#"
		    "pkg%3Anpm/x%401'},"
		    "{'ref':'urn:cdx:4e671687-395b-41f5-a30f-a58921a69b79/1#"
		    "q'}") "]}",
	"= /vulnerabilities/0/affects/0 CVE-2025-1 fixed cpe:/a:v:p:1 "
	"document\n"
	"= /vulnerabilities/0/affects/1 CVE-2025-1 fixed cpe:/a:v:p:1 "
	"document\n"
	"= /vulnerabilities/0/affects/2 CVE-2025-1 fixed local:doc%3AS:svc "
	"document\n"
	"= /vulnerabilities/0/affects/3 CVE-2025-1 fixed pkg:npm/x@1 "
	"document\n"
	"= /vulnerabilities/0/affects/4 CVE-2025-1 fixed "
	"local:doc%3AS:urn%3Acdx%3A4e671687-395b-41f5-a30f-a58921a69b79%2F1%23"
	"q document\n"},
};

#define LIB_FIXED                                                              \
	"= /vulnerabilities/0/affects/0 CVE-2025-1 fixed pkg:npm/lib@1 "       \
	"document\n"

static const struct read_case broken[] = {
    {"a state of OpenVEX", HEAD VULN("'state':'fixed'", "{'ref':'c'}") "]}",
	"! CycloneDX analysis.state /vulnerabilities/0/analysis/state\n"},
    {"a state in other case",
	HEAD VULN("'state':'Resolved'", "{'ref':'c'}") "]}",
	"! CycloneDX analysis.state /vulnerabilities/0/analysis/state\n"},
    {"a justification of OpenVEX",
	HEAD VULN("'state':'not_affected',"
		  "'justification':'component_not_present'",
	    "{'ref':'c'}") "]}",
	"! CycloneDX analysis.justification "
	"/vulnerabilities/0/analysis/justification\n"},
    {"two states of one ref",
	HEAD VULN(RESOLVED, "{'ref':'c'}") "," VULN(
	    "'state':'in_triage'", "{'ref':'c'}") "]}",
	"! CycloneDX contradiction /vulnerabilities/1/affects/0\n" LIB_FIXED
	"= /vulnerabilities/1/affects/0 CVE-2025-1 under_investigation "
	"pkg:npm/lib@1 document\n"},
    {"two states of two versions of one ref are none",
	BOM("5") META("") "'vulnerabilities':[" VULN(RESOLVED,
	    "{'ref':'pkg:npm/x','versions':[{'version':'1'}]}") "," VULN("'state':'in_triage'",
	    "{'ref':'pkg:npm/x','versions':[{'version':'2'}]}") "]}",
	"= /vulnerabilities/0/affects/0/versions/0 CVE-2025-1 fixed "
	"pkg:npm/x@1 document\n"
	"= /vulnerabilities/1/affects/0/versions/0 CVE-2025-1 "
	"under_investigation pkg:npm/x@2 document\n"},
    {"a ref that no component has", HEAD VULN(RESOLVED, "{'ref':'z'}") "]}",
	"! CycloneDX affects.ref /vulnerabilities/0/affects/0/ref\n"},
    {"a ref into a document without components",
	BOM("4")
	    META("") "'vulnerabilities':[" VULN(RESOLVED, "{'ref':'z'}") "]}",
	"? CycloneDX affects.ref /vulnerabilities/0/affects/0/ref\n"
	"= /vulnerabilities/0/affects/0 CVE-2025-1 fixed local:doc%3AS:z "
	"document\n"},
    {"no ref, nothing affected, no id",
	HEAD VULN(RESOLVED, "{}") ",{'id':'2','analysis':{" RESOLVED "}},"
				  "{'analysis':{" RESOLVED
				  "},'affects':[{'ref':'c'}]}]}",
	"? CycloneDX affects.ref /vulnerabilities/0/affects/0\n"
	"? CycloneDX affects /vulnerabilities/1\n"
	"? CycloneDX vulnerability.id /vulnerabilities/2\n"},
    {"one bom-ref, two components",
	BOM("6") META("") "'components':["
			  "{'type':'library','bom-ref':'c','name':'a'},"
			  "{'type':'library','bom-ref':'c','name':'b'}]}",
	"! CycloneDX bom-ref /components/1/bom-ref\n"},
    {"an unaffected version under exploitable",
	BOM("6") META("") "'vulnerabilities':[" VULN("'state':'exploitable'",
	    "{'ref':'pkg:npm/x','versions':[{'version':'1',"
	    "'status':'unaffected'},{'version':'2','status':'fine'},"
	    "{'version':'3','range':'vers:npm/3'},{'range':'3'}]}") "]}",
	"? CycloneDX affects.versions "
	"/vulnerabilities/0/affects/0/versions/0/status\n"
	"! CycloneDX affects.versions "
	"/vulnerabilities/0/affects/0/versions/1/status\n"
	"? CycloneDX affects.versions "
	"/vulnerabilities/0/affects/0/versions/2\n"
	"? CycloneDX affects.versions "
	"/vulnerabilities/0/affects/0/versions/3/range\n"
	"= /vulnerabilities/0/affects/0/versions/3 CVE-2025-1 affected "
	"pkg:npm/x?vers=3 document\n"},
    {"a blank version, a blank range are no claims of every version",
	BOM("6") META("") "'vulnerabilities':[" VULN(RESOLVED,
	    "{'ref':'pkg:npm/x','versions':[{'version':''},{'range':' '}]}")
	"]}",
	"? CycloneDX affects.versions "
	"/vulnerabilities/0/affects/0/versions/0/version\n"
	"? CycloneDX affects.versions "
	"/vulnerabilities/0/affects/0/versions/1/range\n"},
    {"a range for which the purl has no room is not left out",
	BOM("6") META("") "'vulnerabilities':[" VULN(
	    RESOLVED, "{'ref':'pkg:npm/x?" QUALIFIERS_64
		      "','versions':[{'range':'vers:npm/3'}]}") "]}",
	"! product key /vulnerabilities/0/affects/0/versions/0\n"},
    {"a response that is a text, and one nobody knows",
	HEAD VULN(RESOLVED ",'response':'update'",
	    "{'ref':'c'}") ","
			   "{'id':'2','analysis':{" RESOLVED
			   ",'response':['fix']},"
			   "'affects':[{'ref':'c'}]}]}",
	"? CycloneDX analysis.response "
	"/vulnerabilities/0/analysis/response\n"
	"? CycloneDX analysis.response "
	"/vulnerabilities/1/analysis/response/0\n" LIB_FIXED
	"= /vulnerabilities/1/affects/0 2 fixed pkg:npm/lib@1 document\n"},
    {"the same vulnerability twice",
	HEAD VULN(RESOLVED, "{'ref':'c'}") "," VULN(
	    RESOLVED, "{'ref':'c'}") "]}",
	"? CycloneDX vulnerabilities /vulnerabilities/1\n" LIB_FIXED
	"= /vulnerabilities/1/affects/0 CVE-2025-1 fixed pkg:npm/lib@1 "
	"document\n"},
    {"a time without a zone, where it counts",
	HEAD VULN(RESOLVED ",'lastUpdated':'2025-01-01T00:00:00'",
	    "{'ref':'c'}") "]}",
	"! CycloneDX timestamp /vulnerabilities/0/analysis/lastUpdated\n" LIB_FIXED},
    {"after receipt",
	HEAD VULN(RESOLVED ",'lastUpdated':'2026-01-03T00:00:00Z'",
	    "{'ref':'c'}") "]}",
	"! time-in-future /vulnerabilities/0/affects/0\n"},
    {"no time",
	BOM("6") LIB "'vulnerabilities':[" VULN(RESOLVED, "{'ref':'c'}") "]}",
	"? CycloneDX timestamp /vulnerabilities/0\n"
	"= /vulnerabilities/0/affects/0 CVE-2025-1 fixed pkg:npm/lib@1 "
	"none\n"},
    {"another format's name",
	"{'bomFormat':'SPDX','specVersion':'1.6','version':1}",
	"! CycloneDX bomFormat /bomFormat\n"},
    {"a version that is not known",
	"{'bomFormat':'CycloneDX','specVersion':'2.0'}",
	"! CycloneDX specVersion /specVersion\n"},
    {"a version from before vulnerabilities",
	"{'bomFormat':'CycloneDX','specVersion':'1.3','version':1}",
	"? CycloneDX specVersion /specVersion\n"},
    {"1.4 without version, a serial number in capitals",
	"{'bomFormat':'CycloneDX','specVersion':'1.4','serialNumber':"
	"'urn:uuid:3E671687-395b-41f5-a30f-a58921a69b79'}",
	"? CycloneDX version \n"
	"? CycloneDX serialNumber /serialNumber\n"},
    {"types and hashes",
	BOM("4") "'components':[{'type':'data','name':'a','hashes':["
		 "{'alg':'SHA256','content':'00'}]},{'name':'b'},"
		 "{'type':'library'}]}",
	"? CycloneDX component.type /components/0/type\n"
	"? CycloneDX hash /components/0/hashes/0/alg\n"
	"? CycloneDX hash /components/0/hashes/0/content\n"
	"? CycloneDX component.type /components/1\n"
	"? CycloneDX component /components/2\n"},
};

static void
test_values(void)
{
	struct vexlog_document doc;
	struct vexlog_err err;

	vexlog_arena_reset(read_arena);
	if (read_document(&doc,
		BOM("6") "'metadata':{'timestamp':'2025-01-01T00:00:00Z',"
			 "'authors':[{'name':'A'}]}," LIB
			 "'vulnerabilities':[{'id':'GHSA-1',"
			 "'references':[{'id':'cve-2025-1'}],"
			 "'recommendation':'do','analysis':{"
			 "'state':'not_affected','detail':'why',"
			 "'justification':'protected_at_runtime',"
			 "'response':['update','will_not_fix']},"
			 "'affects':[{'ref':'c'}]},"
			 "{'id':'2','analysis':{'state':'exploitable',"
			 "'response':['update','will_not_fix']},"
			 "'affects':[{'ref':'c'}]}]}",
		&err) != 0)
		bail("%s", err.message);
	const struct vexlog_observation *o = doc.observations.list;
	is_int((int64_t)doc.observations.count, 2, "two claims");
	is_text(doc.provider, "doc:A", "the first author");
	is_text(doc.format_version, "1.6", "version");
	is_text(o->aliases, "[\"CVE-2025-1\"]", "references are aliases");
	is_text(o->justification, "inline_mitigations_already_exist",
	    "mapped reason");
	is_text(o->source_justification, "protected_at_runtime",
	    "the source's own");
	is_text(o->impact_text, "why", "detail");
	is_text(o->action_text, "do", "recommendation");
	is_text(o[1].action_text, "update, will_not_fix", "or the response");
	ok(o[1].impact_text == NULL, "no impact where it is affected");
}

#define CASES(list) run_cases(list, sizeof(list) / sizeof((list)[0]))

int
main(void)
{
	read_arena = vexlog_arena_open(256 * MIB);
	CASES(whole);
	test_values();
	CASES(broken);
	run_out_of_memory(HEAD
	    "{'id':'GHSA-1','references':[{'id':'cve-2025-1'}],"
	    "'analysis':{" RESOLVED ",'response':['update']},"
	    "'affects':[{'ref':'c','versions':[{'version':'1'},"
	    "{'version':'2'}]},{'ref':'urn:cdx:x/1#q','versions':["
	    "{'range':'vers:npm/1'}]}]}," VULN(RESOLVED, "{'ref':'d'}") "]}",
	    "CycloneDX");
	vexlog_arena_close(read_arena);
	return tap_done();
}
