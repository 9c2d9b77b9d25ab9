/*
 * bundle_broken_test.c - intact Sigstore bundles and trusted roots, with one
 * named thing broken at a time.
 */
#include "tests/bundles.h"

/* ---- messages ----------------------------------------------------------- */

static void
test_form(struct vexlog_bundle_options o)
{
	breaks(o, "/mediaType", "\"application/json\"", "another media type",
	    "bundle", "no bundle of version");
	breaks(o, "/mediaType",
	    "\"application/vnd.dev.sigstore.bundle.v0.4+json\"", "v0.4",
	    "bundle", "no bundle of version");
	breaks(o, "/mediaType", NULL, "no media type", "bundle", "mediaType");
	breaks(o, M, NULL, "no material", "bundle", "verificationMaterial");
	breaks(o, M "/x509CertificateChain/certificates", "[]",
	    "an empty chain", "bundle", "without a certificate");
	breaks(o, M "/x509CertificateChain", NULL, "no signer", "bundle",
	    "here are 0");
	breaks(o, M "/x509CertificateChain",
	    "{\"certificates\":[]},\"publicKey\":{}", "two signers", "bundle",
	    "here are 2");
	breaks(o, "/mediaType",
	    "\"application/vnd.dev.sigstore.bundle.v0.3+json\"",
	    "a chain in v0.3", "bundle", "v0.3 has one certificate");
	breaks(o, M "/tlogEntries", "[]", "no entry", "bundle", "no entry");
	breaks(o, M "/tlogEntries", repeated(o.bundle, M "/tlogEntries", 2),
	    "an entry twice", "bundle", "the same entry twice");
	breaks(o, M "/tlogEntries",
	    repeated(o.bundle, M "/tlogEntries", BUNDLE_ENTRIES_MAX + 1),
	    "too many entries", "bundle", "at most 32");
	breaks(o, ENTRY "/inclusionProof", NULL, "no proof", "bundle",
	    "no inclusion proof, v0.2");
	breaks(o, ENTRY "/inclusionProof/checkpoint", NULL, "no checkpoint",
	    "bundle", "no checkpoint, v0.2");
	breaks(o, "/messageSignature", NULL, "no content", "bundle",
	    "messageSignature");
	breaks(o, "/messageSignature/signature", "\"%%\"", "no base64",
	    "bundle", "no base64");
	breaks(o, "/messageSignature/signature", "\"\"", "no signature",
	    "bundle", "is empty");
	breaks(o, "/messageSignature/messageDigest/algorithm", "\"MD5\"", "MD5",
	    "bundle", "no hash");
	breaks(o, "/messageSignature/messageDigest/algorithm", "\"SHA2_512\"",
	    "a digest of another size", "bundle", "32 bytes");
	o.bundle.size -= 2;
	fails(&o, "a cut bundle", "bundle", "");
	o.bundle.size = 0;
	fails(&o, "an empty bundle", "bundle", "");
}

static void
test_message(void)
{
	struct vexlog_bundle_options o = open_case("happy-path-v0.2"), other;
	const char *chain = M "/x509CertificateChain/certificates/0/rawBytes";
	const char *js;

	holds(&o, "a message signed with a certificate");
	test_form(o);

	other = o;
	other.artifact = text_bytes("another artifact");
	fails(&other, "another artifact", "artifact", "messageDigest");
	fails(&other, "another artifact", "signature", "is not by key");
	fails(&other, "another artifact", "binding", "something else");
	turns(o, "/messageSignature/messageDigest/digest", 0, "another digest",
	    "artifact", "messageDigest");
	turns(o, "/messageSignature/signature", -1, "another signature",
	    "signature", "is not by key");
	turns(o, "/messageSignature/signature", -1, "another signature",
	    "binding", "another than the bundle's");
	turns(o, chain, -1, "another certificate's signature", "binding",
	    "another certificate");
	breaks(o, chain, "\"MAA=\"", "no certificate", "certificate",
	    "no certificate");
	js = raw_at(load("sigstore-js", "bundleV03-dsse.sigstore"),
	    M "/certificate/rawBytes");
	breaks(o, chain, js, "somebody else's certificate", "signature",
	    "is not by key");
	turns(o, ENTRY "/inclusionPromise/signedEntryTimestamp", -1,
	    "a changed promise", "signed entry timestamp", "");
	breaks(o, ENTRY "/integratedTime", "\"1689177397\"", "another time",
	    "signed entry timestamp", "");
	breaks(o, ENTRY "/logIndex", "\"7\"", "another index",
	    "signed entry timestamp", "");
	breaks(o, ENTRY "/inclusionPromise", NULL, "no time", "signing time",
	    "neither");
	turns(o, ENTRY "/inclusionProof/rootHash", 0, "another root",
	    "tree size and root", "");
	breaks(o, ENTRY "/inclusionProof/hashes/0", NULL, "a shorter proof",
	    "proof length", "");
	turns(o, ENTRY "/inclusionProof/hashes/0", 3, "another hash",
	    "inclusion proof", "");
	turns(o, ENTRY "/canonicalizedBody", 3, "another body",
	    "inclusion proof", "");
	breaks(o, ENTRY "/kindVersion/version", "\"0.0.2\"",
	    "another version than the body's", "kind and version", "");
	turns(o, ENTRY "/logId/keyId", 0, "another log", "log key", "");

	other = o;
	other.identity = IDENTITY "x";
	fails(&other, "another identity", "identity", "expected");
	other = o;
	other.issuer = ISSUER "/";
	fails(&other, "another issuer", "identity issuer", "vouched for by");
	other = o;
	other.logs = 2;
	fails(&other, "two logs needed", "distinct logs", "2 needed");
	other = o;
	other.key = text_bytes("");
	other.instance = "staging";
	fails(&other, "another instance", "log key", "");
	other = o;
	other.artifact = (struct vexlog_bytes){NULL, 0};
	other.digest = "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc"
		       "83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931"
		       "bd47417a81a538327af927da3e";
	fails(&other, "a digest of another kind", "artifact", "another");
}

/* ---- what is trusted ---------------------------------------------------- */

static void
test_trust(void)
{
	struct vexlog_bundle_options o = open_case("happy-path-v0.2");
	struct vexlog_report report;

	/* signed at 2023-07-12T15:56:36Z */
	distrusts(o, "/certificateAuthorities/1/validFor",
	    "{\"start\":\"2022-04-13T20:06:15Z\","
	    "\"end\":\"2023-07-12T15:56:35.999Z\"}",
	    "an authority that ended before", "certificate path",
	    "was trusted then");
	distrusts(o, "/certificateAuthorities/1", NULL,
	    "an authority that is not there", "certificate path",
	    "was trusted then");
	distrusts(o, "/certificateAuthorities/1/certChain/certificates/0", NULL,
	    "an authority without its intermediate", "certificate path",
	    "no path");
	distrusts(o, "/certificateAuthorities/1/certChain/certificates/0",
	    "{\"rawBytes\":\"MAA=\"}", "a damaged authority",
	    "certificate path", "no certificate");
	distrusts(o, "/ctlogs/1", NULL, "a certificate log that is not there",
	    "certificate transparency", "none of the 1 SCTs");
	distrusts(o, "/ctlogs/1/publicKey/validFor/start",
	    "\"2023-07-12T15:56:36Z\"", "a certificate log that began later",
	    "certificate transparency", "none of the 1 SCTs");
	distrusts(o, "/ctlogs/1/publicKey/rawBytes",
	    raw_at(load("conformance/bundle-with-sct-with-extensions",
		       "trusted_root.json"),
		"/ctlogs/0/publicKey/rawBytes"),
	    "another key under its id", "certificate transparency",
	    "the key gives");
	distrusts(o, "/tlogs/0", NULL, "a log that is not there", "log key",
	    "is not among");
	distrusts(o, "/tlogs/0/publicKey/validFor/start",
	    "\"2023-07-12T15:56:36.001Z\"", "a log that began later",
	    "log key validity", "valid from");

	if (bundle_root_builtin(&o.trusted_root, "public-good", &err) != 0)
		bail("%s", err.message);
	o.trusted_root =
	    with(o.trusted_root, "/certificateAuthorities/1/validFor", "{}");
	is_int(vexlog_verify_bundle(&report, arena, &o, &err), VEXLOG_SHAPE,
	    "an authority without a start refuses the file");
	is_text(err.pointer, "/certificateAuthorities/1/validFor",
	    "and says where");
	is_text(err.rule, "Sigstore trusted root", "and what");
	o.trusted_root.size = 9;
	is_int(vexlog_verify_bundle(&report, arena, &o, &err), VEXLOG_SYNTAX,
	    "a cut file is refused");
}

/* ---- timestamps --------------------------------------------------------- */

static void
test_timestamps(void)
{
	struct vexlog_bundle_options o = open_case("rekor2-happy-path"), other;
	struct vexlog_bundle_options v1 = open_case("happy-path-v0.2");
	struct vexlog_bundle_options bare =
	    open_case("rekor2-timestamp-without-embedded-cert");
	const char *stamp = STAMP "/0/signedTimestamp";
	const char *strange =
	    raw_at(open_case("rekor2-timestamp-untrusted-tsa-with-embedded-"
			     "cert_fail")
		       .bundle,
		STAMP);

	holds(&o, "a message in a log without times");
	breaks(o, M "/timestampVerificationData", NULL, "no timestamp",
	    "signing time", "neither");
	breaks(o, STAMP, repeated(o.bundle, STAMP, 2), "a timestamp twice",
	    "bundle", "the same timestamp twice");
	breaks(o, STAMP, repeated(o.bundle, STAMP, BUNDLE_TIMESTAMPS_MAX + 1),
	    "too many timestamps", "bundle", "at most 32");
	breaks(o, stamp, "\"MAA=\"", "no timestamp in it", "timestamp",
	    "no RFC 3161");
	turns(o, stamp, -1, "a timestamp's signature", "timestamp",
	    "does not hold");
	breaks(o, STAMP,
	    raw_at(
		open_case("rekor2-timestamp-with-embedded-cert").bundle, STAMP),
	    "the timestamp of another signature", "timestamp",
	    "of something else");
	breaks(o, STAMP, strange, "somebody else's timestamp of another",
	    "timestamp", "of something else");
	distrusts(o, "/timestampAuthorities", "[]",
	    "no time stamping authority", "signing time", "neither");
	distrusts(o, "/timestampAuthorities/0/validFor",
	    "{\"start\":\"2021-01-01T00:00:00Z\","
	    "\"end\":\"2021-01-02T00:00:00Z\"}",
	    "an authority that ended", "timestamp", "was not trusted then");
	distrusts(bare, "/timestampAuthorities/0/certChain/certificates/0",
	    NULL, "an authority whose signer nobody shows", "signing time",
	    "neither");
	distrusts(o, "/timestampAuthorities/0/certChain/certificates/1",
	    raw_at(open_case("bundle-with-sct-with-extensions").trusted_root,
		"/certificateAuthorities/0/certChain/certificates/0"),
	    "an authority with another root", "timestamp", "does not hold");

	/* of an authority that is not trusted it proves nothing */
	other =
	    open_case("rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail");
	fails(&other, "somebody else's timestamp", "signing time", "neither");
	/* beside a promise, a timestamp is judged too */
	breaks(v1, M "/tlogEntries",
	    arena_print(arena, &err,
		"%s,\"timestampVerificationData\":"
		"{\"rfc3161Timestamps\":%s}",
		raw_at(v1.bundle, M "/tlogEntries"), strange),
	    "a timestamp of something else beside a promise", "timestamp",
	    "of something else");
}

/* ---- envelopes ---------------------------------------------------------- */

static void
test_envelope(void)
{
	struct vexlog_bundle_options o =
	    open_case("happy-path-intoto-in-dsse-v3");
	struct vexlog_bundle_options v2 = open_case("rekor2-dsse-happy-path");
	struct vexlog_bundle_options other;

	holds(&o, "an envelope");
	holds(&v2, "an envelope in a log that has only digests");
	turns(o, "/dsseEnvelope/payload", -2, "another payload", "signature",
	    "is not by key");
	turns(o, "/dsseEnvelope/payload", -2, "another payload", "binding",
	    "payload");
	turns(v2, "/dsseEnvelope/payload", -2, "another payload", "binding",
	    "envelope");
	breaks(o, "/dsseEnvelope/payloadType", "\"text/plain\"",
	    "another type of payload", "subject", "text/plain");
	breaks(o, "/dsseEnvelope/signatures",
	    repeated(o.bundle, "/dsseEnvelope/signatures", 2), "two signatures",
	    "bundle", "exactly one");
	breaks(o, "/dsseEnvelope/signatures", "[]", "no signature", "bundle",
	    "without a signature");
	turns(o, "/dsseEnvelope/signatures/0/sig", -1, "another signature",
	    "binding", "another than the bundle's");
	other = o;
	other.artifact = text_bytes("another artifact");
	fails(&other, "another artifact", "subject", "none of the statement's");
	breaks(o, ENTRY "/canonicalizedBody",
	    raw_at(load("sigstore-js", "bundleV03-dsse.sigstore"),
		ENTRY "/canonicalizedBody"),
	    "the entry of another envelope", "binding", "");
}

int
main(void)
{
	arena = vexlog_arena_open(1024 * MIB);
	test_message();
	test_trust();
	test_timestamps();
	test_envelope();
	vexlog_arena_close(arena);
	return tap_done();
}
