/*
 * bundle_test.c - Sigstore bundles: the cases of other implementations, keys
 * instead of certificates, wrong calls and short memory.
 */
#include <dirent.h>

#include "tests/bundles.h"

/* ---- the cases of others ------------------------------------------------ */

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
judge_case(const char *name)
{
	struct vexlog_bundle_options o = open_case(name);
	size_t size = strlen(name);
	bool good = size < 5 || strcmp(name + size - 5, "_fail") != 0;
	struct vexlog_report by_bytes = verify(&o);

	ok(by_bytes.holds == good, "%s", name);
	if (vexlog_digest(&o.digest, arena, o.artifact, &err) != 0)
		bail("%s", err.message);
	o.artifact = (struct vexlog_bytes){NULL, 0};
	ok(verify(&o).holds == good, "%s by digest", name);
}

static void
test_conformance(void)
{
	struct dirent **list;
	int count =
	    scandir(data_path("bundles/conformance"), &list, NULL, by_name);

	if (count < 0)
		bail("tests/data/bundles/conformance is not there");
	for (int i = 0; i < count; i++) {
		if (list[i]->d_name[0] != '.' &&
		    strchr(list[i]->d_name, '.') == NULL)
			judge_case(list[i]->d_name);
		else if (strncmp(list[i]->d_name, "happy-path-v0.", 14) == 0)
			judge_case(list[i]->d_name);
		free(list[i]);
		vexlog_arena_reset(arena);
	}
	free(list);
}

static const struct {
	const char *folder, *file;
	const char *identity, *issuer;
	const char *instance;
	const char *artifact; /* a file; NULL: the digest in the bundle */
	bool good;
} others[] = {
    {"sigstore-js", "bundleV02-intoto.sigstore", "brian@dehamer.com", GITHUB,
	NULL, NULL, true},
    {"sigstore-js", "bundleV03-dsse.sigstore", "brian@dehamer.com", GITHUB,
	NULL, NULL, true},
    {"sigstore-js", "bundleV03-intoto.sigstore", "brian@dehamer.com", GITHUB,
	NULL, NULL, true},
    /* carries a root */
    {"sigstore-go", "dsse.sigstore.json", "brian@dehamer.com", GITHUB, NULL,
	NULL, false},
    {"sigstore-go", "dsse-2sigs.sigstore.json", "brian@dehamer.com", GITHUB,
	NULL, NULL, false},
    /* of an instance that nobody here trusts */
    {"sigstore-go", "othername.sigstore.json", "foo!oidc.local",
	"http://oidc.local:8080", NULL, NULL, false},
    /* a P-384 key that signed SHA-256 */
    {"sigstore-python", "Python-3.12.5.tgz.sigstore", "thomas@python.org",
	PYTHON, NULL, NULL, true},
    {"sigstore-python", "bundle_v3_github.whl.sigstore",
	"https://github.com/trailofbits/rfc8785.py/.github/workflows/"
	"release.yml@refs/tags/v0.1.2",
	ISSUER, NULL, NULL, true},
    {"sigstore-python", "bundle.txt.sigstore", "a@tny.town", GITHUB, "staging",
	"bundle.txt", true},
    {"sigstore-python", "bundle_v3_alt.txt.sigstore", "william@yossarian.net",
	GITHUB, "staging", "bundle_v3_alt.txt", true},
    {"sigstore-python", "bundle_cve_2022_36056.txt.sigstore",
	"william@yossarian.net", GITHUB, "staging", "bundle_cve_2022_36056.txt",
	false},
    {"sigstore-python", "bundle_invalid_version.txt.sigstore",
	"william@yossarian.net", GITHUB, "staging",
	"bundle_invalid_version.txt", false},
    {"sigstore-python", "bundle_no_checkpoint.txt.sigstore",
	"william@yossarian.net", GITHUB, "staging", "bundle_no_checkpoint.txt",
	false},
    {"sigstore-python", "bundle_no_log_entry.txt.sigstore",
	"alex.cameron@trailofbits.com", GITHUB, "staging",
	"bundle_no_log_entry.txt", false},
    {"sigstore-rust", "happy-path.json", IDENTITY, ISSUER, NULL, NULL, true},
};

/* The digest of what a bundle says it is about. */
static const char *
digest_inside(struct vexlog_bytes json)
{
	struct vexlog_bytes bytes;
	struct json_doc doc;
	const struct json_value *v;
	const char *text;

	if (json_read(&doc, arena, json, 0, &err) != 0)
		bail("%s", err.message);
	v = json_at(&doc, "/messageSignature/messageDigest/digest");
	if (v != NULL) {
		if (text_unbase64(&bytes, arena, v->as.text, v->size,
			BASE64_ANY, &err) != 0)
			bail("no digest");
		return arena_print(arena, &err, "sha256:%s",
		    text_hex_new(arena, bytes.data, bytes.size, &err));
	}
	v = json_at(&doc, "/dsseEnvelope/payload");
	if (text_unbase64(
		&bytes, arena, v->as.text, v->size, BASE64_ANY, &err) != 0 ||
	    json_read(&doc, arena, bytes, 0, &err) != 0)
		bail("no payload");
	text = json_text(json_at(&doc, "/subject/0/digest/sha512"));
	if (text != NULL)
		return arena_print(arena, &err, "sha512:%s", text);
	text = json_text(json_at(&doc, "/subject/0/digest/sha256"));
	return arena_print(arena, &err, "sha256:%s", text);
}

static void
test_others(void)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct vexlog_bundle_options o = {
		    .identity = others[i].identity,
		    .issuer = others[i].issuer,
		    .instance = others[i].instance,
		    .bundle = load(others[i].folder, others[i].file),
		};
		if (others[i].artifact != NULL)
			o.artifact = load(others[i].folder, others[i].artifact);
		else
			o.digest = digest_inside(o.bundle);
		ok(verify(&o).holds == others[i].good, "%s/%s",
		    others[i].folder, others[i].file);
		vexlog_arena_reset(arena);
	}
}

/* ---- keys --------------------------------------------------------------- */

/* The public key inside the body of the first entry. */
static struct vexlog_bytes
key_inside(struct vexlog_bytes json, const char *pointer)
{
	const char *raw = raw_at(json, ENTRY "/canonicalizedBody");
	struct vexlog_bytes body, pem;
	struct json_doc doc;
	const struct json_value *v;

	if (text_unbase64(&body, arena, raw + 1, strlen(raw) - 2, BASE64_ANY,
		&err) != 0 ||
	    json_read(&doc, arena, body, 0, &err) != 0 ||
	    (v = json_at(&doc, pointer)) == NULL ||
	    text_unbase64(&pem, arena, v->as.text, v->size, BASE64_ANY, &err) !=
		0)
		bail("no key at %s", pointer);
	return pem;
}

static void
test_keys(void)
{
	struct vexlog_bundle_options o = open_case("managed-key-no-key_fail");
	struct vexlog_bundle_options npm = {
	    .bundle = load("sigstore-go", "bundle-publish.json"),
	};
	struct vexlog_bundle_options other;

	o.key = key_inside(o.bundle, "/spec/signature/publicKey/content");
	o.identity = o.issuer = NULL;
	npm.key = key_inside(
	    npm.bundle, "/spec/content/envelope/signatures/0/publicKey");
	npm.digest = digest_inside(npm.bundle);
	holds(&o, "a message signed with a key");
	holds(&npm, "an envelope signed with a key, v0.1");

	other = o;
	other.key = npm.key;
	fails(&other, "another key", "signature", "is not by key");
	fails(&other, "another key", "binding", "another key");
	other = npm;
	other.digest = digest_inside(o.bundle);
	fails(&other, "another artifact", "subject", "none of the statement's");
	breaks(npm, "/dsseEnvelope/signatures/0/keyid", "\"SHA256:other\"",
	    "another keyid than the hint", "key hint", "SHA256:other");
	breaks(npm, ENTRY "/inclusionPromise", NULL, "v0.1 without a promise",
	    "bundle", "no inclusion promise");
	turns(npm, ENTRY "/inclusionPromise/signedEntryTimestamp", -1,
	    "a changed promise", "signed entry timestamp", "");
	breaks(o, M "/publicKey", "{\"hint\":7}", "a hint that is no text",
	    "bundle", "hint");
	o.key = (struct vexlog_bytes){NULL, 0};
	o.identity = IDENTITY;
	o.issuer = ISSUER;
	fails(&o, "an identity for a key", "signer", "signed with a key");
}

/* ---- misuse, memory ----------------------------------------------------- */

static void
test_misuse(void)
{
	struct vexlog_bundle_options o = open_case("happy-path-v0.2"), other;
	struct vexlog_report report;

	other = o;
	other.key = text_bytes("key");
	is_int(vexlog_verify_bundle(&report, arena, &other, &err),
	    VEXLOG_MISUSE, "a key and an identity");
	other.identity = other.issuer = NULL;
	is_int(vexlog_verify_bundle(&report, arena, &other, &err),
	    VEXLOG_SYNTAX, "a key that is none");
	other = o;
	other.issuer = NULL;
	is_int(vexlog_verify_bundle(&report, arena, &other, &err),
	    VEXLOG_MISUSE, "an identity without its issuer");
	other = o;
	other.instance = "production";
	is_int(vexlog_verify_bundle(&report, arena, &other, &err),
	    VEXLOG_MISUSE, "an instance that is not built in");
	has_text(err.hint, "public-good", "and what is");
	other = o;
	other.digest = "sha256:abc";
	is_int(vexlog_verify_bundle(&report, arena, &other, &err),
	    VEXLOG_MISUSE, "a digest that is none");
	other.digest = "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709";
	is_int(vexlog_verify_bundle(&report, arena, &other, &err),
	    VEXLOG_MISUSE, "a digest by another hash");
}

/* Each allocation may fail: then the call does, and never says "holds". */
static void
starve(const char *name)
{
	struct vexlog_bundle_options o = open_case(name);
	long n = 1;

	for (;; n++) {
		struct vexlog_arena *own = vexlog_arena_open(64 * MIB);
		struct vexlog_report report = {0};
		arena_fail_in = n;
		int rc = vexlog_verify_bundle(&report, own, &o, &err);
		bool hit = arena_fail_in == 0;
		arena_fail_in = 0;
		vexlog_arena_close(own);
		if (!hit) {
			ok(rc == 0 && report.holds,
			    "%s: each of %ld allocations may fail", name,
			    n - 1);
			return;
		}
		if (rc == 0 && report.holds) {
			ok(false, "%s: holds without allocation %ld", name, n);
			return;
		}
	}
}

int
main(void)
{
	arena = vexlog_arena_open(1024 * MIB);
	test_conformance();
	test_others();
	test_keys();
	test_misuse();
	starve("happy-path-v0.2");
	starve("rekor2-dsse-happy-path");
	starve("happy-path-intoto-in-dsse-v3");
	vexlog_arena_close(arena);
	return tap_done();
}
