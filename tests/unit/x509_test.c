/*
 * x509_test.c - certificates: what they say, and paths at the edges of what
 * is valid and with one thing wrong.
 */
#include "tests/certificates.h"
#include "tests/crypto_memory.h"

/* ---- reading ------------------------------------------------------------ */

static void
test_read(void)
{
	struct recipe r = leaf_recipe();
	struct x509 *leaf = make(&r), *out = NULL;
	struct vexlog_bytes der = x509_der(leaf);
	uint8_t *longer = arena_take(arena, der.size + 1, &err);
	size_t n;

	memcpy(longer, der.data, der.size);
	longer[der.size] = 0;
	is_int(
	    x509_read(&out, (struct vexlog_bytes){longer, der.size + 1}, &err),
	    VEXLOG_SYNTAX, "a byte behind a certificate");
	for (n = 0; n < der.size; n++)
		if (x509_read(&out, (struct vexlog_bytes){longer, n}, &err) !=
		    VEXLOG_SYNTAX)
			break;
	ok(n == der.size, "none of its %zu beginnings is one", n);
	is_int(x509_read(&out,
		   (struct vexlog_bytes){der.data, X509_SIZE_MAX + 1}, &err),
	    VEXLOG_LIMIT, "one that is too large");
	is_int(x509_read_pem(&out, text_bytes("no PEM"), &err), VEXLOG_SYNTAX,
	    "no PEM");
	is_int(x509_read_pem(&out,
		   text_bytes("-----BEGIN PUBLIC KEY-----\nMAA=\n"
			      "-----END PUBLIC KEY-----\n"),
		   &err),
	    VEXLOG_SYNTAX, "PEM of something else");
	ok(x509_same(leaf, leaf) && !x509_is_root(leaf) &&
		!x509_is_authority(leaf) && x509_signs_code(leaf),
	    "a signer's certificate is none of an authority");
	x509_close(leaf);
}

static bool
signs_code(const char *usage, const char *extended)
{
	struct recipe r = leaf_recipe();
	struct x509 *leaf;
	bool good;

	r.usage = usage;
	r.extended = extended;
	leaf = make(&r);
	good = x509_signs_code(leaf);
	x509_close(leaf);
	return good;
}

static void
test_use(void)
{
	ok(!signs_code("digitalSignature", NULL), "no extended key usage");
	ok(!signs_code("digitalSignature", "timeStamping"), "another use");
	ok(!signs_code("keyEncipherment", "codeSigning"), "no signatures");
	ok(!signs_code(NULL, "codeSigning"), "no key usage");
	ok(signs_code("digitalSignature", "codeSigning,emailProtection"),
	    "code among others");
}

/* ---- paths -------------------------------------------------------------- */

struct family {
	struct x509 *list[2]; /* middle, root */
	struct x509_chain chain;
	struct x509 *leaf;
};

static void
found(struct family *f, const struct recipe *leaf, const struct recipe *middle,
    const struct recipe *root)
{
	f->leaf = make(leaf);
	f->list[0] = make(middle);
	f->list[1] = make(root);
	f->chain = (struct x509_chain){f->list, 2};
}

static void
leave(struct family *f)
{
	x509_close(f->leaf);
	f->chain = (struct x509_chain){f->list, 2};
	x509_chain_close(&f->chain);
}

static int
path_at(const struct family *f, int64_t at)
{
	struct hash key;

	return x509_verify(&key, f->leaf, &f->chain, NULL, &at, 1, &err);
}

static void
path_is(const struct recipe *leaf, const struct recipe *middle,
    const struct recipe *root, int64_t at, const char *why, const char *name)
{
	struct family f;
	int rc;

	found(&f, leaf, middle, root);
	rc = path_at(&f, at);
	if (why == NULL) {
		if (!ok(rc == 0, "%s", name))
			printf("# %s\n", err.message);
	} else if (is_int(rc, VEXLOG_BAD_PROOF, name)) {
		has_text(err.message, why, "and says so");
	}
	leave(&f);
}

static void
test_times(void)
{
	struct recipe l = leaf_recipe(), m = middle_recipe(), r = root_recipe(),
		      other;
	const int64_t first = T0 * SECOND, last = (T0 + LEAF) * SECOND;

	path_is(&l, &m, &r, first, NULL, "the first moment is valid");
	path_is(&l, &m, &r, last, NULL, "the last second is valid");
	path_is(&l, &m, &r, last + SECOND - 1, NULL, "to its end");
	path_is(&l, &m, &r, last + SECOND, "2023-11-14T22:23:20Z",
	    "the second after is not");
	path_is(&l, &m, &r, first - 1, "2023-11-14T22:13:20Z",
	    "a moment before is not");
	other = m;
	other.seconds = LEAF / 2;
	path_is(&l, &other, &r, last, "is valid from",
	    "an authority that expired before");
	other = r;
	other.seconds = LEAF / 2;
	path_is(&l, &m, &other, last, "is valid from",
	    "a root that expired before");
}

static void
test_paths(void)
{
	struct recipe l = leaf_recipe(), m = middle_recipe(), r = root_recipe(),
		      other;
	const int64_t at = T0 * SECOND;
	EVP_PKEY *weak = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	struct x509_chain carried;
	struct family f;
	struct hash key;

	other = m;
	other.basic = "critical,CA:FALSE";
	path_is(
	    &l, &other, &r, at, "no path", "an issuer that is no authority");
	other = m;
	other.usage = "critical,digitalSignature";
	path_is(&l, &other, &r, at, "no path", "an issuer that may not issue");
	other = r;
	other.key = other.signer = log_key;
	path_is(&l, &m, &other, at, "no path", "a root of the same name");
	other = l;
	other.signer = log_key;
	path_is(&other, &m, &r, at, "no path", "somebody else's signature");
	other = l;
	other.issuer = "nobody";
	path_is(&other, &m, &r, at, "no path", "an issuer nobody knows");
	other = m;
	other.basic = "critical,CA:TRUE,pathlen:0";
	path_is(&l, &other, &r, at, NULL, "a path of the length allowed");
	other = l;
	other.key = weak;
	path_is(&other, &m, &r, at, "too weak", "a key of 1024 bits");
	EVP_PKEY_free(weak);

	found(&f, &l, &m, &r);
	f.chain = (struct x509_chain){&f.list[1], 1};
	is_int(path_at(&f, at), VEXLOG_BAD_PROOF, "without the intermediate");
	carried = (struct x509_chain){f.list, 1};
	is_int(x509_verify(&key, f.leaf, &f.chain, &carried, &at, 1, &err), 0,
	    "with the one that was carried along");
	f.chain = (struct x509_chain){&f.list[0], 1};
	is_int(path_at(&f, at), 0, "an intermediate may be what is trusted");
	f.leaf = (x509_close(f.leaf), make(&r));
	is_int(path_at(&f, at), VEXLOG_BAD_PROOF,
	    "a root that was brought along is not");
	leave(&f);
}

/* ---- names -------------------------------------------------------------- */

static void
names_are(const char *names, const char *want, const char *name)
{
	struct recipe r = leaf_recipe();
	const char *const *list = NULL;
	struct x509 *leaf;
	struct buffer b;
	const char *got = NULL;
	size_t count = 0;
	int rc;

	r.names = names;
	leaf = make(&r);
	rc = x509_identities(&list, &count, arena, leaf, &err);
	buffer_open(&b, arena, MIB);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		buffer_text(&b, list[i]);
		buffer_byte(&b, ' ');
	}
	if (rc != 0)
		got = err.message;
	else if (buffer_finish_text(&b, &got, &err) != 0)
		bail("%s", err.message);
	is_text(got, want, name);
	x509_close(leaf);
}

static void
test_names(void)
{
	names_are(NULL, "", "no names");
	names_are("email:a@example.org", "a@example.org ", "an address");
	names_are("URI:https://a.example/b", "https://a.example/b ", "a URI");
	names_are("otherName:1.3.6.1.4.1.57264.1.7;UTF8:foo!bar", "foo!bar ",
	    "a user name");
	names_are("otherName:1.3.6.1.4.1.57264.1.7;IA5:foo!bar", "",
	    "a user name that is no UTF8String");
	names_are("otherName:1.2.3.4;UTF8:foo", "", "a name of another kind");
	names_are("DNS:a.example,IP:127.0.0.1", "", "a host is nobody");
	names_are("email:a@b,URI:https://c,email:d@e", "a@b https://c d@e ",
	    "several");
}

/* A name with U+0000 inside is not the text before it. */
static void
test_nul(void)
{
	struct recipe r = leaf_recipe();
	X509 *x = make_x509(&r);
	const char *const *list = NULL;
	struct x509 *leaf = NULL;
	uint8_t *der = NULL;
	size_t count = 0;
	int size = i2d_X509(x, &der);

	for (int i = 0; i + 11 < size; i++)
		if (memcmp(der + i, "a@example.or", 12) == 0)
			der[i + 5] = 0;
	if (x509_read(&leaf, (struct vexlog_bytes){der, (size_t)size}, &err) !=
	    0)
		bail("%s", err.message);
	is_int(x509_identities(&list, &count, arena, leaf, &err), VEXLOG_SYNTAX,
	    "an address with U+0000 in it");
	x509_close(leaf);
	OPENSSL_free(der);
	X509_free(x);
}

static void
issuer_is(struct vexlog_bytes old, struct vexlog_bytes new, bool twice,
    int code, const char *want, const char *name)
{
	struct recipe r = leaf_recipe();
	const char *issuer = NULL;
	struct x509 *leaf;
	int rc;

	r.old_issuer = old;
	r.new_issuer = new;
	r.twice = twice;
	leaf = make(&r);
	rc = x509_oidc_issuer(&issuer, arena, leaf, &err);
	if (is_int(rc, code, name)) {
		if (rc == 0)
			is_text(issuer, want, "and which");
		else
			has_text(err.message, want, "and why");
	}
	x509_close(leaf);
}

static void
test_issuers(void)
{
	const struct vexlog_bytes none = {NULL, 0};
	const struct vexlog_bytes old = text_bytes("https://a.example");
	const struct vexlog_bytes new = text_bytes("\x0c\x11https://a.example");

	issuer_is(old, none, false, 0, "https://a.example", "the old way");
	issuer_is(none, new, false, 0, "https://a.example", "the new way");
	issuer_is(old, new, false, 0, "https://a.example", "both");
	issuer_is(none, none, false, VEXLOG_NOT_FOUND, "who vouched", "none");
	issuer_is(old, none, true, VEXLOG_SYNTAX, "twice", "twice");
	issuer_is(text_bytes("https://b.example"), new, false, VEXLOG_SYNTAX,
	    "two issuers", "two that differ");
	issuer_is(none, text_bytes("\x16\x11https://a.example"), false,
	    VEXLOG_SYNTAX, "no UTF8String", "another kind of text");
	issuer_is(none, text_bytes("\x0c\x10https://a.example"), false,
	    VEXLOG_SYNTAX, "no UTF8String", "a byte behind it");
	issuer_is(text_bytes("\xff"), none, false, VEXLOG_SYNTAX, "UTF-8",
	    "no UTF-8");
	issuer_is(none, (struct vexlog_bytes){(const uint8_t *)"\x0c\x01\0", 3},
	    false, VEXLOG_SYNTAX, "UTF-8", "U+0000");
}

/* Everything that is asked of a certificate, from its bytes on. */
static int
read_all(void *context, struct vexlog_err *e)
{
	const struct vexlog_bytes *ders = context;
	const int64_t at = (int64_t)(T0 + 1) * SECOND;
	struct x509 *list[3] = {NULL};
	struct x509_chain read = {list, 0}, trusted = {list + 1, 2};
	const char *const *names;
	const char *issuer;
	struct hash key;
	size_t count = 0;
	int rc = 0;

	for (size_t i = 0; i < 3 && rc == 0; i++)
		if ((rc = x509_read(&list[i], ders[i], e)) == 0)
			read.count++;
	if (rc == 0)
		rc = x509_verify(&key, list[0], &trusted, NULL, &at, 1, e);
	if (rc == 0)
		rc = x509_identities(&names, &count, arena, list[0], e);
	if (rc == 0)
		rc = x509_oidc_issuer(&issuer, arena, list[0], e);
	if (rc == 0 &&
	    (count != 1 || !text_same(names[0], "a@example.org") ||
		!text_same(issuer, "https://a.example") ||
		!x509_signs_code(list[0]) || x509_is_authority(list[0]) ||
		!x509_is_authority(list[1]) || !x509_is_root(list[2])))
		rc = err_set(e, VEXLOG_CONFLICT, "it says something else");
	x509_chain_close(&read);
	return rc;
}

static void
test_memory(void)
{
	struct recipe l = leaf_recipe(), m = middle_recipe();
	struct recipe r = root_recipe();
	struct vexlog_bytes ders[3];
	struct family f;

	l.old_issuer = text_bytes("https://a.example");
	l.new_issuer = text_bytes("\x0c\x11https://a.example");
	found(&f, &l, &m, &r);
	ders[0] = x509_der(f.leaf);
	ders[1] = x509_der(f.list[0]);
	ders[2] = x509_der(f.list[1]);
	without_crypto_memory("certificates", 7, read_all, ders);
	leave(&f);
}

int
main(void)
{
	crypto_memory_open();
	open_keys();
	test_read();
	test_use();
	test_times();
	test_paths();
	test_names();
	test_nul();
	test_issuers();
	test_memory();
	close_keys();
	return tap_done();
}
