/*
 * spdx_test.c - the security profile of SPDX 3: what is claimed, each rule
 * that can be broken.
 */
#include "tests/read.h"

#define HEAD                                                                   \
	"{'@context':'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',"        \
	"'@graph':[{'type':'CreationInfo','@id':'_:c','specVersion':'3.0.1',"  \
	"'created':'2025-01-01T00:00:00Z','createdBy':['urn:me']},"            \
	"{'type':'Organization','spdxId':'urn:me','name':'Me'},"               \
	"{'type':'SpdxDocument','spdxId':'urn:doc','creationInfo':'_:c',"      \
	"'import':[{'type':'ExternalMap','externalSpdxId':'urn:else'}]},"      \
	"{'type':'software_Package','spdxId':'urn:a','name':'a',"              \
	"'software_packageUrl':'pkg:npm/a@1'},"                                \
	"{'type':'software_Package','spdxId':'urn:b','name':'b',"              \
	"'software_packageVersion':'2'},"                                      \
	"{'type':'software_Package','spdxId':'urn:c','name':'c',"              \
	"'externalIdentifier':[{'externalIdentifierType':'cpe23',"             \
	"'identifier':'cpe:2.3:a:v:c:1:*:*:*:*:*:*:*'}]},"                     \
	"{'type':'security_Vulnerability','spdxId':'urn:v','name':'GHSA-1',"   \
	"'externalIdentifier':[{'externalIdentifierType':'cve',"               \
	"'identifier':'cve-2025-1'}]},"
#define REL(class, word, to)                                                   \
	"{'type':'security_Vex" class "VulnAssessmentRelationship',"           \
				      "'spdxId':'urn:r" class                  \
	    "','creationInfo':'_:c','relationshipType':'" word                 \
	    "','from':'urn:v','to':[" to "]"
#define FIXED                REL("Fixed", "fixedIn", "'urn:a'")
#define CLAIM(n, what, from) "= /@graph/" n " CVE-2025-1 " what " " from "\n"

static const struct read_case cases[] = {
    {"each status",
	HEAD FIXED "}," REL("Affected", "affects",
	    "'urn:b'") ",'security_actionStatement':'do'}," REL("NotAffected",
	    "doesNotAffect",
	    "'urn:c'") ",'security_justificationType':'componentNotPresent',"
		       "'security_publishedTime':'2025-02-01T00:00:00Z'}," REL(
			   "UnderInvestigation", "underInvestigationFor",
			   "'urn:else','pkg:npm/z'") "}]}",
	CLAIM("7/to/0", "fixed pkg:npm/a@1", "document") CLAIM("8/to/0",
	    "affected local:doc%3AMe:b%402", "document") CLAIM("9/to/0",
	    "not_affected cpe:2.3:a:v:c:1:*:*:*:*:*:*:* "
	    "component_not_present",
	    "statement") CLAIM("10/to/0",
	    "under_investigation local:doc%3AMe:urn%3Aelse", "document")
	    CLAIM("10/to/1", "under_investigation pkg:npm/z", "document")},
    {"a component of the product, or the product itself",
	HEAD REL("Fixed", "fixedIn",
	    "'urn:b','urn:a'") ",'security_assessedElement':'urn:a'}]}",
	CLAIM("7/to/0", "fixed local:doc%3AMe:b%402 > pkg:npm/a@1", "document")
	    CLAIM("7/to/1", "fixed pkg:npm/a@1", "document")},
    {"withdrawn", HEAD FIXED ",'withdrawnTime':'2025-02-01T00:00:00Z'}]}",
	"? SPDX withdrawnTime /@graph/7/withdrawnTime\n"},
    {"neither reason nor action",
	HEAD REL("Affected", "affects", "'urn:a'") "}," REL(
	    "NotAffected", "doesNotAffect", "'urn:b'") "}]}",
	"? SPDX affects /@graph/7\n"
	"? SPDX doesNotAffect /@graph/8\n" CLAIM(
	    "7/to/0", "affected pkg:npm/a@1", "document")
	    CLAIM("8/to/0", "not_affected local:doc%3AMe:b%402", "document")},
    {"two statuses of one product",
	HEAD FIXED "}," REL(
	    "UnderInvestigation", "underInvestigationFor", "'urn:a'") "}]}",
	"! SPDX contradiction /@graph/8/to/0\n" CLAIM(
	    "7/to/0", "fixed pkg:npm/a@1", "document")
	    CLAIM("8/to/0", "under_investigation pkg:npm/a@1", "document")},
    {"an unknown status", HEAD REL("Fixed", "FixedIn", "'urn:a'") "}]}",
	"! SPDX relationshipType /@graph/7/relationshipType\n"},
    {"a status of another class", HEAD REL("Fixed", "affects", "'urn:a'") "}]}",
	"! SPDX relationshipType /@graph/7/relationshipType\n"},
    {"an unknown justification",
	HEAD REL("NotAffected", "doesNotAffect",
	    "'urn:a'") ",'security_justificationType':'component_not_present'}]}",
	"! SPDX justificationType /@graph/7/security_justificationType\n"},
    {"an undefined product", HEAD REL("Fixed", "fixedIn", "'urn:nobody'") "}]}",
	"! SPDX element /@graph/7/to/0\n"},
    {"an undefined component", HEAD FIXED ",'assessedElement':'urn:nobody'}]}",
	"! SPDX element /@graph/7/assessedElement\n"},
    {"an undefined vulnerability",
	HEAD "{'type':'security_VexFixedVulnAssessmentRelationship',"
	     "'creationInfo':'_:c','relationshipType':'fixedIn',"
	     "'from':'urn:nobody','to':['urn:a']}]}",
	"? SPDX vulnerability /@graph/7/from\n"},
    {"one id, two elements", HEAD "{'type':'Tool','spdxId':'urn:a'}]}",
	"! SPDX spdxId /@graph/7\n"},
    {"no products", HEAD REL("Fixed", "fixedIn", "") "}]}",
	"? SPDX to /@graph/7\n"},
    {"a time without a zone",
	HEAD FIXED ",'security_modifiedTime':'2025-02-01'}]}",
	"! SPDX time /@graph/7/security_modifiedTime\n" CLAIM(
	    "7/to/0", "fixed pkg:npm/a@1", "document")},
    {"no document and no graph",
	"{'@context':['https://spdx.org/rdf/3.0.0/spdx-context.jsonld']}",
	"? SPDX @graph \n"},
};

static void
test_values(void)
{
	struct vexlog_document doc;
	struct vexlog_err err;

	vexlog_arena_reset(read_arena);
	if (read_document(&doc,
		HEAD REL("NotAffected", "doesNotAffect",
		    "'urn:a'") ",'security_justificationType':'componentNotPresent',"
			       "'security_impactStatement':'why'}]}",
		&err) != 0)
		bail("%s", err.message);
	const struct vexlog_observation *o = doc.observations.list;
	is_text(doc.format, "spdx", "format");
	is_text(doc.format_version, "3.0.1", "version");
	is_text(doc.provider, "doc:Me", "who made it");
	is_text(o->aliases, "[\"GHSA-1\"]", "its other name");
	is_text(o->impact_text, "why", "impact");
	is_text(o->source_status, "doesNotAffect", "source's word");
	is_text(
	    o->source_justification, "componentNotPresent", "source's reason");
}

int
main(void)
{
	read_arena = vexlog_arena_open(256 * MIB);
	run_cases(cases, sizeof(cases) / sizeof(cases[0]));
	test_values();
	run_out_of_memory(
	    HEAD REL("Fixed", "fixedIn",
		"'urn:b','urn:c'") ",'security_assessedElement':'urn:a'}]}",
	    "SPDX");
	vexlog_arena_close(read_arena);
	return tap_done();
}
