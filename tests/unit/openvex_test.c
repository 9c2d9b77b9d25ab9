/*
 * openvex_test.c - OpenVEX 0.2.0 and 0.0.1: what is claimed, each rule that
 * can be broken.
 */
#include "tests/read.h"

#define HEAD                                                                   \
	"{'@context':'https://openvex.dev/ns/v0.2.0','@id':'https://e.org/1'," \
	"'author':'  Example  ','timestamp':'2025-01-01T00:00:00Z','version':1,"
#define OLD                                                                    \
	"{'@context':'https://openvex.dev/ns','@id':'https://e.org/1',"        \
	"'author':'Example','role':'r','timestamp':'2025-01-01T00:00:00Z',"    \
	"'version':'1',"
#define VULN  "'vulnerability':{'name':'CVE-2025-1'},"
#define PROD  "'products':[{'@id':'pkg:npm/a@1'}],"
#define FIXED "'status':'fixed'"

static const struct read_case whole[] = {
    {"each status",
	HEAD "'statements':[{" VULN PROD FIXED "},"
	     "{" VULN "'products':[{'@id':'pkg:npm/b@1'}],'status':'affected',"
	     "'action_statement':'update'},"
	     "{" VULN "'products':[{'@id':'pkg:npm/c@1'}],"
	     "'status':'under_investigation'},"
	     "{" VULN "'products':[{'@id':'pkg:npm/d@1'}],"
	     "'status':'not_affected',"
	     "'justification':'component_not_present'}]}",
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"
	"= /statements/1/products/0 CVE-2025-1 affected pkg:npm/b@1 document\n"
	"= /statements/2/products/0 CVE-2025-1 under_investigation pkg:npm/c@1 "
	"document\n"
	"= /statements/3/products/0 CVE-2025-1 not_affected pkg:npm/d@1 "
	"component_not_present document\n"},
    {"the statement's last_updated, timestamp, then the document's",
	HEAD "'statements':[{" VULN PROD FIXED
	     ",'timestamp':'2025-02-01T00:00:00Z',"
	     "'last_updated':'2025-03-01T00:00:00Z'}]}",
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 statement\n"},
    {"subcomponents make the claims",
	HEAD
	"'statements':[{" VULN
	"'products':[{'@id':'pkg:oci/p','subcomponents':["
	"{'@id':'pkg:npm/a@1'},{'identifiers':{'purl':'pkg:NPM/b@2'}}]}]," FIXED
	"}]}",
	"= /statements/0/products/0/subcomponents/0 CVE-2025-1 fixed "
	"pkg:oci/p > pkg:npm/a@1 document\n"
	"= /statements/0/products/0/subcomponents/1 CVE-2025-1 fixed "
	"pkg:oci/p > pkg:npm/b@2 document\n"},
    {"purl, then an @id that is one, cpe23, cpe22, the @id, a hash",
	HEAD "'statements':[{" VULN "'products':["
	     "{'@id':'pkg:npm/x@1','identifiers':{'purl':'pkg:npm/y@1',"
	     "'cpe23':'cpe:2.3:a:v:p:1:*:*:*:*:*:*:*'}},"
	     "{'@id':'pkg:npm/x@2',"
	     "'identifiers':{'cpe22':'cpe:/a:v:p:1'}},"
	     "{'@id':'x','identifiers':{'cpe22':'cpe:/a:v:p:1',"
	     "'cpe23':'cpe:2.3:a:v:p:1:*:*:*:*:*:*:*'}},"
	     "{'@id':'x','identifiers':{'cpe22':'cpe:/a:v:p:1'}},"
	     "{'@id':'cool router, bro'},"
	     "{'@id':'','hashes':{'md5':'00','sha-256':'ab'}}]," FIXED "}]}",
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/y@1 document\n"
	"= /statements/0/products/1 CVE-2025-1 fixed pkg:npm/x@2 document\n"
	"= /statements/0/products/2 CVE-2025-1 fixed "
	"cpe:2.3:a:v:p:1:*:*:*:*:*:*:* document\n"
	"= /statements/0/products/3 CVE-2025-1 fixed cpe:/a:v:p:1 document\n"
	"= /statements/0/products/4 CVE-2025-1 fixed "
	"local:doc%3AExample:cool%20router%2C%20bro document\n"
	"= /statements/0/products/5 CVE-2025-1 fixed "
	"local:doc%3AExample:sha-256%3Aab document\n"},
    {"0.0.1: every product with every subcomponent of the statement",
	OLD "'statements':[{'vulnerability':'cve-2025-1',"
	    "'products':['pkg:npm/a@1','pkg:npm/b@1'],"
	    "'subcomponents':['pkg:npm/c@1','x'],'status':'fixed'}]}",
	"= /statements/0/subcomponents/0 CVE-2025-1 fixed pkg:npm/a@1 > "
	"pkg:npm/c@1 document\n"
	"= /statements/0/subcomponents/1 CVE-2025-1 fixed pkg:npm/a@1 > "
	"local:doc%3AExample:x document\n"
	"= /statements/0/subcomponents/0 CVE-2025-1 fixed pkg:npm/b@1 > "
	"pkg:npm/c@1 document\n"
	"= /statements/0/subcomponents/1 CVE-2025-1 fixed pkg:npm/b@1 > "
	"local:doc%3AExample:x document\n"},
    {"other times are history, not a contradiction",
	HEAD "'statements':[{" VULN PROD FIXED "},{" VULN PROD
	     "'status':'under_investigation',"
	     "'timestamp':'2024-01-01T00:00:00Z'}]}",
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"
	"= /statements/1/products/0 CVE-2025-1 under_investigation pkg:npm/a@1 "
	"statement\n"},
};

static const struct read_case broken[] = {
    {"a status with a space",
	HEAD "'statements':[{" VULN PROD "'status':'not affected'}]}",
	"! OpenVEX status /statements/0/status\n"},
    {"a status in other case",
	HEAD "'statements':[{" VULN PROD "'status':'Fixed'}]}",
	"! OpenVEX status /statements/0/status\n"},
    {"no status",
	HEAD "'statements':[{" VULN "'products':[{'@id':'pkg:npm/a@1'}]}]}",
	"! OpenVEX status /statements/0\n"},
    {"a justification of CycloneDX",
	HEAD "'statements':[{" VULN PROD
	     "'status':'not_affected','justification':'code_not_present'}]}",
	"! OpenVEX justification /statements/0/justification\n"},
    {"not_affected with no reason",
	HEAD "'statements':[{" VULN PROD "'status':'not_affected',"
	     "'impact_statement':' '}]}",
	"? OpenVEX not_affected /statements/0\n"
	"= /statements/0/products/0 CVE-2025-1 not_affected pkg:npm/a@1 "
	"document\n"},
    {"affected with no action",
	HEAD "'statements':[{" VULN PROD "'status':'affected'}]}",
	"? OpenVEX affected /statements/0\n"
	"= /statements/0/products/0 CVE-2025-1 affected pkg:npm/a@1 "
	"document\n"},
    {"texts that belong to other statuses",
	HEAD "'statements':[{" VULN PROD FIXED
	     ",'justification':'component_not_present',"
	     "'impact_statement':'i','action_statement':'a'}]}",
	"? OpenVEX justification /statements/0/justification\n"
	"? OpenVEX impact_statement /statements/0/impact_statement\n"
	"? OpenVEX action_statement /statements/0/action_statement\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 "
	"component_not_present document\n"},
    {"two statuses at one time",
	HEAD "'statements':[{" VULN PROD FIXED "},{" VULN PROD
	     "'status':'under_investigation'}]}",
	"! OpenVEX contradiction /statements/1/products/0\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"
	"= /statements/1/products/0 CVE-2025-1 under_investigation pkg:npm/a@1 "
	"document\n"},
    {"two statuses at one time, under two writings of one purl and id",
	HEAD "'statements':[{'vulnerability':{'name':' cve-2025-1'},"
	     "'products':[{'@id':'pkg:oci/a@sha256%3Aab'}]," FIXED "},{" VULN
	     "'products':[{'@id':'pkg:OCI/A@sha256:ab'}],"
	     "'status':'under_investigation',"
	     "'timestamp':'2025-01-01T01:00:00+01:00'}]}",
	"! OpenVEX contradiction /statements/1/products/0\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:oci/a@sha256:ab "
	"document\n"
	"= /statements/1/products/0 CVE-2025-1 under_investigation "
	"pkg:oci/a@sha256:ab statement\n"},
    {"the same statement twice, its members in another order",
	HEAD "'statements':[{" VULN PROD FIXED "},{" FIXED "," PROD
	     "'vulnerability':{'name':'CVE-2025-1'}}]}",
	"? OpenVEX statements /statements/1\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"
	"= /statements/1/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"},
    {"no products", HEAD "'statements':[{" VULN FIXED "}]}",
	"? OpenVEX products /statements/0\n"},
    {"an empty product",
	HEAD "'statements':[{" VULN "'products':[{}]," FIXED "}]}",
	"? OpenVEX component /statements/0/products/0\n"},
    {"a blank product, empty identifiers, a name that is no CPE (told once)",
	HEAD "'statements':[{" VULN
	     "'products':[{'@id':' '},{'identifiers':{}},"
	     "{'identifiers':{'cpe23':'z'}},"
	     "{'@id':'x','subcomponents':[{'@id':''}]}]," FIXED "}]}",
	"? OpenVEX component /statements/0/products/0\n"
	"? OpenVEX component /statements/0/products/1\n"
	"? OpenVEX identifiers "
	"/statements/0/products/2/identifiers/cpe23\n"
	"? OpenVEX component /statements/0/products/3/subcomponents/0\n"},
    {"no vulnerability", HEAD "'statements':[{" PROD FIXED "}]}",
	"? OpenVEX vulnerability /statements/0\n"},
    {"a vulnerability with an @id only",
	HEAD "'statements':[{'vulnerability':{'@id':'CVE-2025-1'}," PROD FIXED
	     "}]}",
	"? OpenVEX vulnerability /statements/0/vulnerability\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"},
    {"members nobody knows",
	HEAD "'supplier':'s','statements':[{" VULN
	     "'products':[{'@id':'pkg:npm/a@1','x/y':1}]," FIXED ",'z':2}]}",
	"? OpenVEX document /supplier\n"
	"? OpenVEX statement /statements/0/z\n"
	"? OpenVEX component /statements/0/products/0/x~1y\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"},
    {"no @id, author, timestamp and version",
	"{'@context':'https://openvex.dev/ns/v0.2.0','statements':[{" VULN PROD
	    FIXED "}]}",
	"? OpenVEX document \n"
	"? OpenVEX document \n"
	"? OpenVEX version \n"
	"? OpenVEX timestamp \n"
	"? OpenVEX timestamp /statements/0\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 none\n"},
    {"version 0 and no statements",
	"{'@context':'https://openvex.dev/ns/v0.2.0','@id':'i','author':'a',"
	"'timestamp':'2025-01-01T00:00:00Z','version':0,'statements':[]}",
	"? OpenVEX version /version\n"
	"? OpenVEX statements /statements\n"},
    {"a version of OpenVEX that is not known",
	"{'@context':'https://openvex.dev/ns/v9','@id':'i','author':'a',"
	"'timestamp':'2025-01-01T00:00:00Z','version':1,'statements':[{" VULN
	    PROD FIXED "}]}",
	"! OpenVEX @context /@context\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"},
    {"a time without a zone, where it counts",
	HEAD "'statements':[{" VULN PROD FIXED
	     ",'timestamp':'2025-01-01T00:00:00'}]}",
	"! OpenVEX timestamp /statements/0/timestamp\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"},
    {"a time without a zone, where another counts",
	HEAD "'statements':[{" VULN PROD FIXED
	     ",'timestamp':'2025-01-01T00:00:00',"
	     "'last_updated':'2025-03-01T00:00:00Z'}]}",
	"? OpenVEX timestamp /statements/0/timestamp\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 statement\n"},
    {"Go's zero time is no time",
	HEAD "'statements':[{" VULN PROD FIXED
	     ",'timestamp':'0001-01-01T00:00:00Z'}]}",
	"? OpenVEX timestamp /statements/0/timestamp\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"},
    {"25 hours after receipt",
	HEAD "'statements':[{" VULN PROD FIXED
	     ",'timestamp':'2026-01-02T01:00:00Z'}]}",
	"! time-in-future /statements/0/products/0\n"},
    {"24 hours after receipt",
	HEAD "'statements':[{" VULN PROD FIXED
	     ",'timestamp':'2026-01-02T00:00:00Z'}]}",
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 statement\n"},
    {"0.2.0 written as 0.0.1",
	HEAD "'statements':[{'vulnerability':'CVE-2025-1',"
	     "'products':['pkg:npm/a@1']," FIXED "}]}",
	"? OpenVEX vulnerability /statements/0/vulnerability\n"
	"? OpenVEX component /statements/0/products/0\n"
	"= /statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"},
    {"what is said beside an object", HEAD "'statements':[1]}",
	"? OpenVEX statement /statements/0\n"},
    {"a product key with its separator inside",
	HEAD "'statements':[{" VULN "'products':[{'@id':'a','identifiers':{"
	     "'cpe23':'cpe:2.3:a:x > y:p:1:*:*:*:*:*:*:*'}}]," FIXED "}]}",
	"? OpenVEX identifiers "
	"/statements/0/products/0/identifiers/cpe23\n"
	"= /statements/0/products/0 CVE-2025-1 fixed local:doc%3AExample:a "
	"document\n"},
    {"a purl with the separator inside", HEAD "'statements':[{" VULN
	"'products':[{'@id':'pkg:npm/a@1 > pkg:npm/b@1'}]," FIXED "}]}",
	"! product key /statements/0/products/0/@id\n"
	"= /statements/0/products/0 CVE-2025-1 fixed "
	"local:doc%3AExample:pkg%3Anpm%2Fa%401%20%3E%20pkg%3Anpm%2Fb%401 "
	"document\n"},
    {"a purl that is none",
	HEAD "'statements':[{" VULN
	     "'products':[{'@id':'pkg:npm','identifiers':{'purl':'x'}}]," FIXED
	     "}]}",
	"? OpenVEX identifiers /statements/0/products/0/identifiers/purl\n"
	"? OpenVEX @id /statements/0/products/0/@id\n"
	"= /statements/0/products/0 CVE-2025-1 fixed "
	"local:doc%3AExample:pkg%3Anpm document\n"},
};

static void
test_values(void)
{
	struct vexlog_document doc;
	struct vexlog_err err;

	if (read_document(&doc,
		HEAD "'statements':[{'vulnerability':{'name':' CVE-2025-1 ',"
		     "'aliases':['GHSA-b','cve-2025-1','GHSA-a','GHSA-b']},"
		     "'products':[{'@id':'pkg:NPM/%40scope/A@1'}],"
		     "'status':'not_affected','impact_statement':'why',"
		     "'justification':'vulnerable_code_not_present',"
		     "'timestamp':'2025-02-01T12:00:00.1234567+02:00'}]}",
		&err) != 0)
		bail("%s", err.message);
	const struct vexlog_observation *o = doc.observations.list;
	is_int((int64_t)doc.observations.count, 1, "one claim");
	is_text(doc.provider, "doc:Example", "the author, trimmed");
	is_text(o->provider, doc.provider, "also of the claim");
	is_text(o->format, "openvex", "format");
	is_text(doc.format_version, "0.2.0", "version");
	is_text(o->document_digest, doc.digest, "document");
	is_text(o->vulnerability, "CVE-2025-1", "trimmed name");
	is_text(o->aliases, "[\"GHSA-a\",\"GHSA-b\"]",
	    "aliases sorted, each once, without the name");
	is_text(o->product, "pkg:npm/%40scope/A@1", "normalised");
	is_text(o->product_text, "pkg:NPM/%40scope/A@1", "as written");
	is_text(o->impact_text, "why", "impact");
	is_text(o->source_status, "not_affected", "source's word");
	is_text(o->source_justification, "vulnerable_code_not_present",
	    "source's reason");
	is_text(o->mapping_version, VEXLOG_MAPPING_VERSION, "mapping");
	is_int(o->said_at, INT64_C(1738404000123456), "microseconds, UTC");
	ok(o->linkage == NULL, "pending");
	ok(text_starts(o->id, "vex:obs:sha256:"), "sealed");
}

int
main(void)
{
	read_arena = vexlog_arena_open(256 * MIB);
	run_cases(whole, sizeof(whole) / sizeof(whole[0]));
	test_values();
	run_cases(broken, sizeof(broken) / sizeof(broken[0]));
	run_out_of_memory(HEAD
	    "'x':1,'statements':[{'vulnerability':{'name':'CVE-2025-1',"
	    "'aliases':['b','a']},'products':[{'@id':'pkg:oci/P%3A@1?b=1&a=2',"
	    "'subcomponents':[{'@id':'x'}]}]," FIXED "},{" VULN PROD FIXED
	    "},{" VULN PROD FIXED "}]}",
	    "OpenVEX");
	vexlog_arena_close(read_arena);
	return tap_done();
}
