/*
 * key_test.c - keys of every kind: made, written, read, used; what is refused
 * and with which words; and what libcrypto says of odd Ed25519 signatures.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"
#include "sign/key.h"
#include "sign/key_cache.h"
#include "tests/crypto_memory.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;

static const struct {
	enum key_kind kind;
	const char *algo, *details;
	size_t digest; /* bytes */
} kinds[] = {
    {KEY_P256, "ecdsa-p256-sha256", "PKIX_ECDSA_P256_SHA_256", 32},
    {KEY_P384, "ecdsa-p384-sha384", "PKIX_ECDSA_P384_SHA_384", 48},
    {KEY_P521, "ecdsa-p521-sha512", "PKIX_ECDSA_P521_SHA_512", 64},
    {KEY_RSA, "rsa-pkcs1v15-sha256", "PKIX_RSA_PKCS1V15_3072_SHA256", 32},
    {KEY_ED25519, "ed25519", NULL, 64},
};

static void
check_kind(size_t i)
{
	struct vexlog_bytes message = text_bytes("hello"), pem, signature;
	struct vexlog_bytes der, digest;
	struct key *key, *half, *again;
	uint8_t bytes[HASH_SIZE_MAX], raw[32];
	size_t size;

	if (key_generate(&key, kinds[i].kind, &err) != 0)
		bail("%s", err.message);
	is_text(key_algo(key), kinds[i].algo, "made");
	is_text(key_details(key), kinds[i].details, "  key details");
	ok(key_is_private(key), "  is private");
	is_int(key_write_private(&pem, arena, key, &err), 0, "  written");
	ok(text_starts((const char *)pem.data, "-----BEGIN PRIVATE KEY-----"),
	    "  as PKCS#8");
	is_int(key_read_private(&again, pem, NULL, NULL, &err), 0, "  read");
	is_text(key_id(again), key_id(key), "  has the same id");
	key_close(again);
	is_int(key_write_public(&pem, arena, key, &err), 0, "  public half");
	is_int(key_read_public(&half, pem, &err), 0, "  read");
	is_text(key_id(half), key_id(key), "  has the same id");
	ok(!key_is_private(half), "  is not private");
	is_int(key_write_private(&der, arena, half, &err), VEXLOG_MISUSE,
	    "  can't be written as private");
	is_int(key_sign(&der, arena, half, message, &err), VEXLOG_MISUSE,
	    "  can't sign");
	der = key_spki(half);
	is_int(key_read_public(&again, der, &err), 0, "  DER, read");
	key_close(again);
	der.size--;
	is_int(key_read_public(&again, der, &err), VEXLOG_SYNTAX,
	    "  DER, a byte less");
	is_int(key_raw(raw, half, &err),
	    kinds[i].kind == KEY_ED25519 ? 0 : VEXLOG_MISUSE, "  raw bytes");
	is_int(key_sign(&signature, arena, key, message, &err), 0, "  signs");
	is_int(key_verify(half, message, signature, &err), 0, "  holds");
	is_int(key_verify(half, text_bytes("hellp"), signature, &err),
	    VEXLOG_BAD_PROOF, "  over nothing else");
	has_text(err.message, key_id(key), "  and names the key");
	hash_any(bytes, &size, key_hash(half), message, &err);
	is_int((int64_t)size, (int64_t)kinds[i].digest, "  hash");
	digest = (struct vexlog_bytes){bytes, size};
	is_int(key_verify_digest(half, digest, signature, &err),
	    kinds[i].kind == KEY_ED25519 ? VEXLOG_MISUSE : 0, "  by digest");
	digest.size--;
	ok(key_verify_digest(half, digest, signature, &err) != 0,
	    "  by a digest too short");
	signature.size--;
	is_int(key_verify(half, message, signature, &err), VEXLOG_BAD_PROOF,
	    "  a signature cut");
	signature.size = 0;
	is_int(key_verify(half, message, signature, &err), VEXLOG_BAD_PROOF,
	    "  an empty signature");
	is_int(key_sign(&signature, arena, key, (struct vexlog_bytes){NULL, 0},
		   &err),
	    0, "  signs nothing");
	is_int(
	    key_verify(half, (struct vexlog_bytes){NULL, 0}, signature, &err),
	    0, "  holds");
	key_close(half);
	key_close(key);
	vexlog_arena_reset(arena);
}

/* ---- strict DER of ECDSA ---------------------------------------------- */

static struct vexlog_bytes
splice(
    struct vexlog_bytes s, size_t at, size_t drop, const char *put, size_t size)
{
	uint8_t *out = arena_take(arena, s.size + size, &err);

	memcpy(out, s.data, at);
	memcpy(out + at, put, size);
	memcpy(out + at + size, s.data + at + drop, s.size - at - drop);
	return (struct vexlog_bytes){out, s.size + size - drop};
}

/* A signature whose r and s both have 32 bytes, so that offsets are known:
 * 30 44 02 20 <r> 02 20 <s> */
static void
check_der(void)
{
	struct vexlog_bytes message = text_bytes("m"), s, t;
	struct key *key;

	if (key_generate(&key, KEY_P256, &err) != 0)
		bail("%s", err.message);
	do {
		vexlog_arena_reset(arena);
		if (key_sign(&s, arena, key, message, &err) != 0)
			bail("%s", err.message);
	} while (s.size != 70 || s.data[3] != 32);
	is_int(key_verify(key, message, s, &err), 0, "DER, intact");
	t = splice(s, 70, 0, "", 1);
	is_int(key_verify(key, message, t, &err), VEXLOG_BAD_PROOF,
	    "a byte behind it");
	has_text(err.message,
	    "71 bytes that are no ECDSA signature in strict "
	    "DER",
	    "says so");
	t = splice(splice(s, 1, 1, "\x45", 1), 70, 0, "", 1);
	is_int(key_verify(key, message, t, &err), VEXLOG_BAD_PROOF,
	    "a byte behind it, counted");
	t = splice(splice(s, 3, 1, "\x21\0", 2), 1, 1, "\x45", 1);
	is_int(key_verify(key, message, t, &err), VEXLOG_BAD_PROOF,
	    "a zero before r");
	t = splice(s, 1, 1, "\x81\x44", 2);
	is_int(key_verify(key, message, t, &err), VEXLOG_BAD_PROOF,
	    "a length in two bytes that fits one");
	t = splice(s, 1, 1, "\x80", 1);
	is_int(key_verify(key, message, t, &err), VEXLOG_BAD_PROOF,
	    "an indefinite length");
	t = splice(s, 0, 1, "\x31", 1);
	is_int(key_verify(key, message, t, &err), VEXLOG_BAD_PROOF,
	    "a SET for a SEQUENCE");
	t = splice(s, 4, 1, "\x80", 1);
	is_int(key_verify(key, message, t, &err), VEXLOG_BAD_PROOF,
	    "a negative r");
	t = (struct vexlog_bytes){
	    (const uint8_t *)"\x30\x06\x02\x01\x00\x02\x01\x00", 8};
	is_int(key_verify(key, message, t, &err), VEXLOG_BAD_PROOF,
	    "r and s are 0 (CVE-2022-21449)");
	for (size_t n = 0; n < s.size; n++) {
		t = (struct vexlog_bytes){s.data, n};
		if (key_verify(key, message, t, &err) != VEXLOG_BAD_PROOF)
			ok(false, "cut to %zu bytes", n);
	}
	ok(true, "cut at every byte");
	key_close(key);
}

/* ---- what is refused -------------------------------------------------- */

static struct vexlog_bytes
pem_of(EVP_PKEY *pkey, const char *passphrase)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long size;

	if (PEM_write_bio_PKCS8PrivateKey(bio, pkey,
		passphrase == NULL ? NULL : EVP_aes_256_cbc(), passphrase,
		passphrase == NULL ? 0 : (int)strlen(passphrase), NULL,
		NULL) != 1)
		bail("no PEM");
	size = BIO_get_mem_data(bio, &text);
	text = arena_text(arena, text, (size_t)size, &err);
	BIO_free(bio);
	return text_bytes(text);
}

static int
give(char *out, int size, void *context)
{
	const char *text = context;

	if (text == NULL)
		return -1;
	(void)snprintf(out, (size_t)size, "%s", text);
	return (int)strlen(text);
}

static int
give_too_much(char *out, int size, void *context)
{
	(void)out;
	(void)context;
	return size + 1;
}

static void
check_passphrase(void)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "prime256v1");
	struct vexlog_bytes pem = pem_of(pkey, "open sesame");
	char right[] = "open sesame", wrong[] = "open barley";
	struct key *key;

	is_int(key_read_private(&key, pem, give, right, &err), 0,
	    "encrypted, the right passphrase");
	key_close(key);
	is_int(key_read_private(&key, pem, give, wrong, &err), VEXLOG_REFUSED,
	    "the wrong one");
	has_text(err.hint, "VEXLOG_KEY_PASSWORD", "the hint names how");
	is_int(key_read_private(&key, pem, NULL, NULL, &err), VEXLOG_REFUSED,
	    "nobody to ask");
	has_text(err.message, "encrypted", "says why");
	has_text(err.hint, "VEXLOG_KEY_PASSWORD", "the hint names how");
	is_int(key_read_private(&key, pem, give, NULL, &err), VEXLOG_REFUSED,
	    "nothing given");
	is_int(key_read_private(&key, pem, give_too_much, NULL, &err),
	    VEXLOG_REFUSED, "more than the buffer holds");
	EVP_PKEY_free(pkey);
}

static void
refused_key(const char *name, EVP_PKEY *pkey, const char *part)
{
	struct key *key = NULL;
	uint8_t *spki = NULL;
	int size;

	if (pkey == NULL)
		bail("libcrypto makes no %s", name);
	is_int(key_read_private(&key, pem_of(pkey, NULL), NULL, NULL, &err),
	    VEXLOG_REFUSED, name);
	has_text(err.message, part, "  says why");
	ok(err.hint[0] != '\0', "  and what to do");
	size = i2d_PUBKEY(pkey, &spki);
	is_int(key_read_public(
		   &key, (struct vexlog_bytes){spki, (size_t)size}, &err),
	    VEXLOG_REFUSED, "  its public half too");
	OPENSSL_free(spki);
	EVP_PKEY_free(pkey);
}

static void
check_refused(void)
{
	static const struct {
		const char *name, *text, *part;
	} texts[] = {
	    {"empty", "", "no PEM block"},
	    {"not PEM", "hello", "no PEM block"},
	    {"a certificate",
		"-----BEGIN CERTIFICATE-----\nMAA=\n"
		"-----END CERTIFICATE-----\n",
		"expected \"PUBLIC KEY\""},
	    {"one and a half",
		"-----BEGIN PUBLIC KEY-----\nMAA=\n"
		"-----END PUBLIC KEY-----\n"
		"-----BEGIN PUBLIC KEY-----\nMAA=\n",
		"second PEM block that is damaged"},
	    {"a key of nothing",
		"-----BEGIN PUBLIC KEY-----\nMAA=\n"
		"-----END PUBLIC KEY-----\n",
		"no DER public key"},
	};
	struct vexlog_bytes pem, two;
	struct key *key;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		is_int(key_read_public(&key, text_bytes(texts[i].text), &err),
		    VEXLOG_SYNTAX, texts[i].name);
		has_text(err.message, texts[i].part, "  says why");
	}
	refused_key("RSA of 1024 bits",
	    EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024), "1024 bits");
	refused_key("another curve",
	    EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1"), "secp256k1");
	refused_key("Ed448", EVP_PKEY_Q_keygen(NULL, NULL, "ED448"), "ED448");
	refused_key(
	    "X25519", EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), "X25519");
	if (key_generate(&key, KEY_P256, &err) != 0 ||
	    key_write_public(&pem, arena, key, &err) != 0)
		bail("%s", err.message);
	key_close(key);
	two = text_bytes(arena_print(arena, &err, "%s%s",
	    (const char *)pem.data, (const char *)pem.data));
	is_int(key_read_public(&key, two, &err), VEXLOG_SYNTAX, "two keys");
	has_text(err.message, "two PEM blocks", "  says why");
	is_int(key_read_private(&key, pem, NULL, NULL, &err), VEXLOG_SYNTAX,
	    "a public key for a private one");
	two = text_bytes(arena_print(
	    arena, &err, "a key of mine\n%s", (const char *)pem.data));
	is_int(key_read_public(&key, two, &err), 0, "text before the key");
	key_close(key);
}

/* The same P-256 point in its compressed form would give the key a second
 * id. */
static void
check_canonical(void)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "prime256v1");
	uint8_t *spki = NULL;
	struct key *key;
	int size;

	if (EVP_PKEY_set_utf8_string_param(
		pkey, "point-format", "compressed") != 1 ||
	    (size = i2d_PUBKEY(pkey, &spki)) != 59)
		bail("no compressed point");
	is_int(key_read_public(
		   &key, (struct vexlog_bytes){spki, (size_t)size}, &err),
	    VEXLOG_SYNTAX, "a compressed point");
	has_text(err.message, "canonical", "says why");
	OPENSSL_free(spki);
	EVP_PKEY_free(pkey);
}

/* ---- Ed25519's edges -------------------------------------------------- */

/*
 * The vectors differ in what verifiers may do with points of low order and
 * with encodings that are not canonical. libsodium checks the equation
 * without the cofactor, by encoding [S]B - [k]A and comparing that with the R
 * given, byte for byte, and takes no point of low order and no A that is not
 * canonical: the strictest reading. Keys come from the trust file and from the
 * operator, and a signature that binds is compared byte for byte, so nothing
 * that a signer makes is refused by it.
 */
static void
check_ed25519(void)
{
	static const char *const strict[] = {"low_order_residue", "low_order_A",
	    "low_order_R", "non_canonical_A", "non_canonical_R"};
	static const char head[] = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03"
				   "\x21";
	struct json_doc doc = cases_read(
	    arena, data_path("tlog/ed25519/ed25519vectors-dev.json"));
	const struct json_value *v, *f;
	size_t taken = 0, total = 0, odd = 0;

	for (v = json_first(doc.root); v != json_end(doc.root);
	     v = json_next(v), total++) {
		const struct json_value *flags = json_get(v, "flags");
		const char *message = json_get_text(v, "msg");
		uint8_t der[44], signature[64];
		bool want = true;
		struct key *key;
		memcpy(der, head, 12);
		if (!text_unhex(der + 12, 32, json_get_text(v, "key")) ||
		    !text_unhex(signature, 64, json_get_text(v, "sig")) ||
		    key_read_public(&key,
			(struct vexlog_bytes){der, sizeof(der)}, &err) != 0)
			bail("vector %zu: %s", total, err.message);
		if (json_is(flags, JSON_ARRAY))
			for (f = json_first(flags); f != json_end(flags);
			     f = json_next(f))
				for (size_t i = 0; i < 5; i++)
					if (text_same(json_text(f), strict[i]))
						want = false;
		int rc = key_verify(key, text_bytes(message),
		    (struct vexlog_bytes){signature, sizeof(signature)}, &err);
		taken += rc == 0;
		odd += (rc == 0) != want;
		key_close(key);
	}
	ok(total == 440 && odd == 0 && taken > 0,
	    "Ed25519: %zu vectors, %zu taken, %zu against the rule", total,
	    taken, odd);
}

/* A key that was read before is the same one, and lives as long as anybody
 * holds it. */
static void
check_cache(void)
{
	struct key *own, *one, *two, *other;
	struct vexlog_bytes signature, message = text_bytes("m");
	struct key_cache *cache;

	if (key_generate(&own, KEY_P256, &err) != 0 ||
	    key_cache_open(&cache, arena, &err) != 0)
		bail("%s", err.message);
	is_int(key_cache_read(&one, cache, key_spki(own), &err), 0, "a key");
	is_int(key_cache_read(&two, cache, key_spki(own), &err), 0, "again");
	ok(one == two, "is the same one");
	key_close(one);
	for (size_t i = 0; i < 200; i++) {
		if (key_generate(&other, KEY_P256, &err) != 0 ||
		    key_cache_read(&one, cache, key_spki(other), &err) != 0 ||
		    !text_same(key_id(one), key_id(other)))
			bail("another key: %s", err.message);
		key_close(one);
		key_close(other);
	}
	is_int(key_sign(&signature, arena, own, message, &err), 0, "sign");
	is_int(key_verify(two, message, signature, &err), 0,
	    "driven out by others it still verifies");
	is_int(key_cache_read(&one, cache, text_bytes("0 no key"), &err),
	    VEXLOG_SYNTAX, "no key is not kept");
	is_int(key_cache_read(&one, NULL, key_spki(own), &err), 0,
	    "without a cache");
	key_close(one);
	key_cache_close(cache);
	is_int(key_verify(two, message, signature, &err), 0,
	    "and after the cache is closed");
	key_close(two);
	key_close(own);
}

static int
run_key(void *context, struct vexlog_err *e)
{
	struct vexlog_bytes pem, signature;
	struct key *key;
	int rc;

	(void)context;
	vexlog_arena_reset(arena);
	if ((rc = key_generate(&key, KEY_ED25519, e)) != 0)
		return rc;
	if ((rc = key_write_private(&pem, arena, key, e)) == 0)
		rc = key_sign(&signature, arena, key, pem, e);
	if (rc == 0)
		rc = key_verify(key, pem, signature, e);
	key_close(key);
	if (rc == 0 && (rc = key_read_private(&key, pem, NULL, NULL, e)) == 0)
		key_close(key);
	return rc;
}

static int
read_plain(void *context, struct vexlog_err *e)
{
	struct key *key;
	int rc = key_read_private(
	    &key, *(struct vexlog_bytes *)context, NULL, NULL, e);

	if (rc == 0)
		key_close(key);
	return rc;
}

static int
read_sealed(void *context, struct vexlog_err *e)
{
	char passphrase[] = "open sesame";
	struct key *key;
	int rc = key_read_private(
	    &key, *(struct vexlog_bytes *)context, give, passphrase, e);

	if (rc == 0)
		key_close(key);
	return rc;
}

static int
read_and_verify(void *context, struct vexlog_err *e)
{
	struct vexlog_bytes *parts = context;
	struct key *key;
	int rc = key_read_public(&key, parts[0], e);

	if (rc != 0)
		return rc;
	rc = key_verify(key, parts[0], parts[1], e);
	key_close(key);
	return rc;
}

/* Where libcrypto's memory ends, a good key is not called a bad one. */
static void
check_crypto_memory(EVP_PKEY *pkey)
{
	struct vexlog_bytes plain = pem_of(pkey, NULL), parts[2];
	struct vexlog_bytes sealed = pem_of(pkey, "open sesame");
	struct key *key;

	if (key_read_private(&key, plain, NULL, NULL, &err) != 0 ||
	    key_write_public(&parts[0], arena, key, &err) != 0 ||
	    key_sign(&parts[1], arena, key, parts[0], &err) != 0)
		bail("%s", err.message);
	without_crypto_memory("a private key", 37, read_plain, &plain);
	without_crypto_memory("an encrypted one", 211, read_sealed, &sealed);
	without_crypto_memory("a signature", 5, read_and_verify, parts);
	key_close(key);
	EVP_PKEY_free(pkey);
}

/* In a process of its own, where libcrypto sets itself up. */
static int
read_first(struct vexlog_bytes der, long fail_in, bool *fired)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		struct key *key;
		crypto_fail_in = fail_in;
		int rc = key_read_public(&key, der, &err);
		bool now = crypto_fail_in == 0;
		_exit(-rc | (now ? 64 : 0));
	}
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    !WIFEXITED(status))
		bail("a child, allocation %ld: status %d", fail_in, status);
	*fired = (WEXITSTATUS(status) & 64) != 0;
	return -(WEXITSTATUS(status) & 63);
}

/* What fails then stays undone in the process; before any other call. */
static void
check_first_key(void)
{
	static const uint8_t der[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b,
	    0x65, 0x70, 0x03, 0x21, 0x00, 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1,
	    0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e,
	    0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68,
	    0xf7, 0x07, 0x51, 0x1a}; /* RFC 8032 7.1, test 1 */
	const struct vexlog_bytes in = {der, sizeof(der)};
	long times = 0, wrong = 0;
	bool fired = true;

	for (long n = 1; fired; n += 7) {
		int rc = read_first(in, n, &fired);
		times += fired;
		if (rc == 0 || (fired && rc == VEXLOG_NO_MEMORY))
			continue;
		printf("# allocation %ld: %s\n", n, vexlog_code_name(rc));
		wrong++;
	}
	ok(times > 100 && wrong == 0,
	    "%ld allocations fail while libcrypto sets itself up", times);
}

int
main(void)
{
	crypto_memory_open();
	check_first_key();
	arena = vexlog_arena_open(64 * MIB);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		check_kind(i);
	check_der();
	check_passphrase();
	check_refused();
	check_canonical();
	check_ed25519();
	check_cache();
	key_close(NULL);
	cases_without_memory("keys", run_key, NULL);
	check_crypto_memory(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"));
	check_crypto_memory(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048));
	check_crypto_memory(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	vexlog_arena_close(arena);
	return tap_done();
}
