/*
 * timestamp_test.c - RFC 3161 timestamps by an authority of our own, with one
 * thing wrong at a time.
 */
#include "sign/timestamp.h"

#include <openssl/ts.h>

#include "tests/certificates.h"
#include "tests/crypto_memory.h"

/* ---- timestamps --------------------------------------------------------- */

static long stamp_time;

static int
tell_time(TS_RESP_CTX *ctx, void *data, long *seconds, long *micro)
{
	(void)ctx;
	(void)data;
	*seconds = stamp_time;
	*micro = 0;
	return 1;
}

static ASN1_INTEGER *
tell_serial(TS_RESP_CTX *ctx, void *data)
{
	ASN1_INTEGER *serial = ASN1_INTEGER_new();

	(void)ctx;
	(void)data;
	ASN1_INTEGER_set(serial, 1);
	return serial;
}

static BIO *
make_request(struct vexlog_bytes message, bool embed)
{
	TS_REQ *request = TS_REQ_new();
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	uint8_t digest[32];
	BIO *bio = BIO_new(BIO_s_mem());

	EVP_Digest(
	    message.data, message.size, digest, NULL, EVP_sha256(), NULL);
	X509_ALGOR_set_md(algorithm, EVP_sha256());
	TS_MSG_IMPRINT_set_algo(imprint, algorithm);
	TS_MSG_IMPRINT_set_msg(imprint, digest, 32);
	TS_REQ_set_version(request, 1);
	TS_REQ_set_msg_imprint(request, imprint);
	TS_REQ_set_cert_req(request, embed);
	i2d_TS_REQ_bio(bio, request);
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(imprint);
	TS_REQ_free(request);
	return bio;
}

static struct vexlog_bytes
make_stamp(const struct x509 *cert, EVP_PKEY *key, long at,
    struct vexlog_bytes message, bool embed)
{
	TS_RESP_CTX *ctx = TS_RESP_CTX_new();
	BIO *request = make_request(message, embed);
	struct vexlog_bytes bytes = x509_der(cert);
	const uint8_t *start = bytes.data;
	X509 *x = d2i_X509(NULL, &start, (long)bytes.size);
	ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3", 1);
	TS_RESP *response;
	struct vexlog_bytes out;
	uint8_t *der = NULL;

	stamp_time = at;
	TS_RESP_CTX_set_time_cb(ctx, tell_time, NULL);
	TS_RESP_CTX_set_serial_cb(ctx, tell_serial, NULL);
	if (TS_RESP_CTX_set_signer_cert(ctx, x) != 1 ||
	    TS_RESP_CTX_set_signer_key(ctx, key) != 1 ||
	    TS_RESP_CTX_set_def_policy(ctx, policy) != 1 ||
	    TS_RESP_CTX_add_md(ctx, EVP_sha256()) != 1 ||
	    TS_RESP_CTX_set_signer_digest(ctx, EVP_sha256()) != 1 ||
	    TS_RESP_CTX_set_ess_cert_id_digest(ctx, EVP_sha256()) != 1)
		bail("TS_RESP_CTX");
	response = TS_RESP_create_response(ctx, request);
	if (response == NULL)
		bail("no timestamp");
	out.size = (size_t)i2d_TS_RESP(response, &der);
	out.data = (uint8_t *)arena_text(arena, der, out.size, &err);
	OPENSSL_free(der);
	TS_RESP_free(response);
	ASN1_OBJECT_free(policy);
	X509_free(x);
	BIO_free(request);
	TS_RESP_CTX_free(ctx);
	return out;
}

static struct recipe
stamper_recipe(void)
{
	struct recipe r = leaf_recipe();

	r.subject = "stamper";
	r.extended = "critical,timeStamping";
	return r;
}

static struct x509 *
again(const struct x509 *cert)
{
	struct x509 *out = NULL;

	if (x509_read(&out, x509_der(cert), &err) != 0)
		bail("%s", err.message);
	return out;
}

/* authority: s stamper, m middle, r root, o another root, in their order;
 * why: what the error says, or NULL */
static void
stamp_is(struct vexlog_bytes der, const struct x509 *stamper,
    const char *authority, int code, const char *why, const char *name)
{
	struct recipe m = middle_recipe(), r = root_recipe(), o = r;
	struct x509 *list[4];
	struct x509_chain chain = {list, 0};
	struct timestamp *t = NULL;
	int rc;

	o.key = o.signer = log_key;
	for (const char *a = authority; *a != '\0'; a++)
		list[chain.count++] = *a == 's' ? again(stamper)
		    : *a == 'm'                 ? make(&m)
		    : *a == 'r'                 ? make(&r)
						: make(&o);
	rc = timestamp_read(&t, der, &err);
	if (rc == 0)
		rc = timestamp_verify(t, &chain, &err);
	if (!is_int(rc, code, name))
		printf("# %s\n", err.message);
	else if (why != NULL)
		has_text(err.message, why, "and why");
	timestamp_close(t);
	x509_chain_close(&chain);
}

static void
test_reading(struct vexlog_bytes der, struct vexlog_bytes message)
{
	struct timestamp *t = NULL;
	uint8_t *longer = arena_take(arena, der.size + 1, &err);
	size_t n;

	if (timestamp_read(&t, der, &err) != 0)
		bail("%s", err.message);
	is_int(timestamp_time(t), (T0 + 5) * SECOND, "its time");
	is_int(timestamp_covers(t, message, &err), 0, "it is of the message");
	is_int(timestamp_covers(t, text_bytes("Signature"), &err),
	    VEXLOG_BAD_PROOF, "and of no other");
	timestamp_close(t);
	for (n = 0; n < der.size; n++)
		if (timestamp_read(&t, (struct vexlog_bytes){der.data, n},
			&err) != VEXLOG_SYNTAX)
			break;
	ok(n == der.size, "none of its %zu beginnings is one", n);
	memcpy(longer, der.data, der.size);
	longer[der.size] = 0;
	is_int(timestamp_read(
		   &t, (struct vexlog_bytes){longer, der.size + 1}, &err),
	    VEXLOG_SYNTAX, "nor one with a byte behind it");
	is_int(timestamp_read(&t,
		   (struct vexlog_bytes){longer, TIMESTAMP_SIZE_MAX + 1}, &err),
	    VEXLOG_LIMIT, "nor one that is too large");
	/* SEQUENCE { SEQUENCE { INTEGER 2 } }: rejection */
	is_int(timestamp_read(&t,
		   (struct vexlog_bytes){
		       (const uint8_t *)"\x30\x05\x30\x03\x02\x01\x02", 7},
		   &err),
	    VEXLOG_REFUSED, "what the authority refused");
}

static void
test_times(const struct x509 *stamper, struct vexlog_bytes message)
{
	stamp_is(make_stamp(stamper, leaf_key, T0, message, false), stamper,
	    "smr", 0, NULL, "in the first second of the signer");
	stamp_is(make_stamp(stamper, leaf_key, T0 + LEAF, message, false),
	    stamper, "smr", 0, NULL, "in his last second");
	stamp_is(make_stamp(stamper, leaf_key, T0 + LEAF + 1, message, false),
	    stamper, "smr", VEXLOG_BAD_PROOF, "expired", "a second later");
	stamp_is(make_stamp(stamper, leaf_key, T0 - 1, message, false), stamper,
	    "smr", VEXLOG_BAD_PROOF, "not yet valid", "a second earlier");
}

static void
test_timestamps(void)
{
	struct recipe s = stamper_recipe(), other = s;
	struct x509 *stamper = make(&s), *stranger;
	struct vexlog_bytes message = text_bytes("signature");
	struct vexlog_bytes bare =
	    make_stamp(stamper, leaf_key, T0 + 5, message, false);
	struct vexlog_bytes full =
	    make_stamp(stamper, leaf_key, T0 + 5, message, true);

	test_reading(bare, message);
	test_times(stamper, message);
	stamp_is(bare, stamper, "smr", 0, NULL, "by the authority's signer");
	stamp_is(full, stamper, "smr", 0, NULL, "who shows his certificate");
	stamp_is(full, stamper, "mr", 0, NULL, "which need not be listed");
	stamp_is(bare, stamper, "mr", VEXLOG_NOT_FOUND, "not by this",
	    "but somebody has to know it");
	stamp_is(
	    full, stamper, "o", VEXLOG_NOT_FOUND, NULL, "another authority's");
	stamp_is(bare, stamper, "smo", VEXLOG_BAD_PROOF, "verify error",
	    "a root of the same name");
	other.key = log_key;
	stranger = make(&other);
	stamp_is(make_stamp(stranger, log_key, T0 + 5, message, true), stamper,
	    "smr", VEXLOG_BAD_PROOF, "does not hold",
	    "a stranger with the signer's name and number");
	x509_close(stranger);
	other = s;
	other.seconds++;
	stranger = make(&other);
	stamp_is(bare, stranger, "smr", VEXLOG_BAD_PROOF, "ess",
	    "another certificate of the signer's key");
	x509_close(stranger);
	other = s;
	other.extended = "critical,timeStamping,codeSigning";
	stranger = make(&other);
	stamp_is(bare, stranger, "smr", VEXLOG_BAD_PROOF, "purpose",
	    "a certificate that is for more than time stamping");
	x509_close(stranger);
	x509_close(stamper);
}

struct stamped {
	struct vexlog_bytes stamp, ders[3], message;
	size_t first; /* of ders: 1 when the stamp brings its signer */
};

static int
read_all(void *context, struct vexlog_err *e)
{
	const struct stamped *s = context;
	struct x509 *list[3] = {NULL};
	struct x509_chain chain = {list, 0};
	struct timestamp *t = NULL;
	int rc = 0;

	for (size_t i = s->first; i < 3 && rc == 0; i++)
		if ((rc = x509_read(&list[chain.count], s->ders[i], e)) == 0)
			chain.count++;
	if (rc == 0 && (rc = timestamp_read(&t, s->stamp, e)) == 0 &&
	    (rc = timestamp_covers(t, s->message, e)) == 0)
		rc = timestamp_verify(t, &chain, e);
	timestamp_close(t);
	x509_chain_close(&chain);
	return rc;
}

static void
test_memory(void)
{
	struct recipe recipes[] = {
	    stamper_recipe(), middle_recipe(), root_recipe()};
	struct stamped s = {.message = text_bytes("signature")};
	struct x509 *list[3];
	struct x509_chain chain = {list, 3};

	for (size_t i = 0; i < 3; i++) {
		list[i] = make(&recipes[i]);
		s.ders[i] = x509_der(list[i]);
	}
	s.stamp = make_stamp(list[0], leaf_key, T0 + 5, s.message, false);
	without_crypto_memory("a timestamp", 7, read_all, &s);
	s.stamp = make_stamp(list[0], leaf_key, T0 + 5, s.message, true);
	s.first = 1;
	without_crypto_memory("one with its signer", 7, read_all, &s);
	x509_chain_close(&chain);
}

int
main(void)
{
	crypto_memory_open();
	open_keys();
	test_timestamps();
	test_memory();
	close_keys();
	return tap_done();
}
