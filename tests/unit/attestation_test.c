/*
 * attestation_test.c - VEX inside an in-toto statement, inside a DSSE
 * envelope: digests, pointers, and whom a statement is about.
 */
#include "base/hash.h"
#include "tests/read.h"

#define SUBJECT(name, digest)                                                  \
	"{'name':'" name "','digest':{'sha256':'" digest "'}}"
#define STATEMENT(type, subject, predicate)                                    \
	"{'_type':'https://in-toto.io/Statement/v1','predicateType':'" type    \
	"','subject':[" subject "],'predicate':" predicate "}"
#define OPENVEX(statements)                                                    \
	"{'@context':'https://openvex.dev/ns/v0.2.0','@id':'i','author':'a',"  \
	"'timestamp':'2025-01-01T00:00:00Z','version':1,"                      \
	"'statements':[" statements "]}"
#define TYPE "https://openvex.dev/ns"
#define VULN "'vulnerability':{'name':'CVE-2025-1'},'status':'fixed'"
#define A    SUBJECT("pkg:npm/a@1", "aa")
#define B    SUBJECT("registry.example/b", "bb")

static const struct read_case cases[] = {
    {"without products: every subject, each once",
	STATEMENT(TYPE, A "," B "," A, OPENVEX("{" VULN "}")),
	"= /predicate/statements/0 CVE-2025-1 fixed pkg:npm/a@1 document\n"
	"= /predicate/statements/0 CVE-2025-1 fixed "
	"local:doc%3Aa:registry.example%2Fb document\n"},
    {"products of another type: not every subject",
	STATEMENT(TYPE, A,
	    OPENVEX("{" VULN ",'products':{'@id':'pkg:npm/a@1'}}")),
	"? OpenVEX products /predicate/statements/0/products\n"},
    {"with products: those that are subjects",
	STATEMENT(TYPE, A,
	    OPENVEX("{" VULN ",'products':[{'@id':'pkg:npm/a@1'},"
		    "{'@id':'pkg:npm/c@1'},{'@id':'pkg:npm/a'}]}")),
	"? OpenVEX subject /predicate/statements/0/products/1\n"
	"= /predicate/statements/0/products/0 CVE-2025-1 fixed pkg:npm/a@1 "
	"document\n"
	"= /predicate/statements/0/products/2 CVE-2025-1 fixed pkg:npm/a "
	"document\n"},
    {"by digest: a hash, the version of an image",
	STATEMENT(TYPE, B,
	    OPENVEX("{" VULN ",'products':[{'@id':'x',"
		    "'hashes':{'sha-256':'bb'}},{'@id':"
		    "'pkg:oci/b@sha256%3Abb?arch=amd64'},"
		    "{'@id':'pkg:oci/b@sha256%3Abbb'}]}")),
	"? OpenVEX subject /predicate/statements/0/products/2\n"
	"= /predicate/statements/0/products/0 CVE-2025-1 fixed "
	"local:doc%3Aa:x document\n"
	"= /predicate/statements/0/products/1 CVE-2025-1 fixed "
	"pkg:oci/b@sha256:bb?arch=amd64 document\n"},
    {"0.0.1, each product once",
	STATEMENT("text/vex", A,
	    "{'@context':'https://openvex.dev/ns','@id':'i','author':'a',"
	    "'timestamp':'2025-01-01T00:00:00Z','version':'1','statements':["
	    "{'vulnerability':'CVE-2025-1','status':'fixed','products':["
	    "'pkg:npm/a@1','pkg:NPM/a@1'],'subcomponents':['pkg:npm/c']}]}"),
	"= /predicate/statements/0/subcomponents/0 CVE-2025-1 fixed "
	"pkg:npm/a@1 > pkg:npm/c document\n"},
    {"a subject without a name",
	STATEMENT(TYPE, "{'digest':{'sha256':'cc'}},{'name':'z'}",
	    OPENVEX("{" VULN "}")),
	"? in-toto subject /subject/1\n"
	"= /predicate/statements/0 CVE-2025-1 fixed "
	"local:doc%3Aa:sha256%3Acc document\n"
	"= /predicate/statements/0 CVE-2025-1 fixed local:doc%3Aa:z "
	"document\n"},
    {"CycloneDX keeps its own products",
	STATEMENT("https://cyclonedx.org/bom", A,
	    "{'bomFormat':'CycloneDX','specVersion':'1.5','metadata':"
	    "{'timestamp':'2025-01-01T00:00:00Z'},'vulnerabilities':["
	    "{'id':'CVE-2025-1','analysis':{'state':'resolved'},"
	    "'affects':[{'ref':'pkg:npm/q@1'}]}]}"),
	"= /predicate/vulnerabilities/0/affects/0 CVE-2025-1 fixed "
	"pkg:npm/q@1 document\n"},
    {"a type of something else, no subject",
	"{'_type':'https://in-toto.io/Statement/v0.1','predicateType':'x',"
	"'predicate':" OPENVEX(
	    "{" VULN ",'products':[{'@id':'pkg:npm/a'}]}") "}",
	"? in-toto subject \n"
	"? in-toto predicateType /predicateType\n"
	"= /predicate/statements/0/products/0 CVE-2025-1 fixed pkg:npm/a "
	"document\n"},
    {"a predicate that is no VEX",
	STATEMENT("https://slsa.dev/provenance/v1", A, "{'buildType':1}"),
	"! format /predicate\n"},
    {"a broken envelope",
	"{'payloadType':'application/vnd.in-toto+json','payload':'!',"
	"'signatures':[]}",
	"! DSSE payload /payload\n"},
    {"an envelope around no JSON",
	"{'payloadType':'application/vnd.in-toto+json','payload':'aGk=',"
	"'signatures':[]}",
	"! json \n"},
    {"an envelope in an envelope is none",
	"{'payloadType':'x','payload':"
	"'eyJwYXlsb2FkVHlwZSI6IngiLCJwYXlsb2FkIjoiZTMwPSIsInNpZ25hdHVyZXMiOl"
	"tdfQ==','signatures':[]}",
	"! format \n"},
};

static void
test_envelope(void)
{
	const char *statement = STATEMENT(TYPE, A, OPENVEX("{" VULN "}"));
	struct vexlog_document doc, bare;
	struct vexlog_err err;
	const char *payload, *json;

	vexlog_arena_reset(read_arena);
	payload = text_base64(read_arena, text_bytes(quoted(statement)), &err);
	json = arena_print(read_arena, &err,
	    "{'payloadType':'application/vnd.in-toto+json','payload':'%s',"
	    "'signatures':[{'sig':'x'}]}",
	    payload);
	if (read_document(&bare, statement, &err) != 0 ||
	    read_document(&doc, json, &err) != 0)
		bail("%s", err.message);
	is_text(told(&doc), told(&bare), "an envelope says what it holds");
	is_text(doc.digest, bare.digest, "the digest is of the payload");
	is_text(doc.observations.list[0].id, bare.observations.list[0].id,
	    "so the claims are the same");
	is_int((int64_t)doc.bytes.size, (int64_t)strlen(statement),
	    "and the payload is handed out");
	is_text(hash_digest_new(read_arena, doc.bytes, &err), doc.digest,
	    "whose digest it is");
	char *copy = strdup(json); /* the arena is used again */
	run_out_of_memory(copy, "an envelope");
	free(copy);
}

int
main(void)
{
	read_arena = vexlog_arena_open(256 * MIB);
	run_cases(cases, sizeof(cases) / sizeof(cases[0]));
	test_envelope();
	vexlog_arena_close(read_arena);
	return tap_done();
}
