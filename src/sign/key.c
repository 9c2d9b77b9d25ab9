/*
 * key.c - signing and verification keys: kinds, ids, reading and writing.
 *
 * A key's identity is the DER of its SubjectPublicKeyInfo. Only the one
 * canonical DER of a key is taken, so that one key has one id. Signatures are
 * in signature.c.
 */
#include "sign/key_openssl.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/text.h"
#include "sign/crypto.h"
#include "sign/pem.h"

#define RSA_BITS_MIN    2048
#define RSA_BITS_MAX    16384 /* libcrypto verifies no longer ones */
#define RSA_BITS_NEW    3072
#define PASSPHRASE_ROOM 1024
#define CONVERT_COMMAND "openssl pkcs8 -topk8 -in OLD -out NEW"

/* What depends on the kind alone; RSA's keyDetails depend on its size too. */
static const struct {
	const char *group; /* libcrypto's name of the curve */
	const char *algo;
	const char *details;
	enum hash_kind hash;
} kinds[] = {
    [KEY_P256] = {"prime256v1", "ecdsa-p256-sha256", "PKIX_ECDSA_P256_SHA_256",
	HASH_SHA256},
    [KEY_P384] = {"secp384r1", "ecdsa-p384-sha384", "PKIX_ECDSA_P384_SHA_384",
	HASH_SHA384},
    [KEY_P521] = {"secp521r1", "ecdsa-p521-sha512", "PKIX_ECDSA_P521_SHA_512",
	HASH_SHA512},
    [KEY_RSA] = {NULL, "rsa-pkcs1v15-sha256", NULL, HASH_SHA256},
    [KEY_ED25519] = {NULL, "ed25519", NULL, HASH_SHA512},
};

/* ---- which kind ------------------------------------------------------ */

static int
refuse(struct vexlog_err *err, const char *what)
{
	if (crypto_out_of_memory())
		return crypto_failed(err, "tell the kind of a key");
	err_set(err, VEXLOG_REFUSED, "%s is no kind of key that is used here",
	    what);
	err_hint(err,
	    "use ECDSA P-256, P-384 or P-521, RSA of 2048 bits or "
	    "more, or Ed25519");
	return VEXLOG_REFUSED;
}

static int
curve_kind(enum key_kind *out, EVP_PKEY *pkey, struct vexlog_err *err)
{
	char text[80], encoding[20];
	size_t size;

	/* A curve written out by its numbers is not the curve of that name. */
	if (EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING,
		encoding, sizeof(encoding), &size) != 1 ||
	    strcmp(encoding, OSSL_PKEY_EC_ENCODING_GROUP) != 0 ||
	    EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME,
		text, sizeof(text), &size) != 1)
		return refuse(err, "an elliptic curve without a name");
	/* A compressed point would be written compressed again, and give the
	 * key a second id. */
	if (EVP_PKEY_set_utf8_string_param(pkey,
		OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
		OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) != 1)
		return crypto_failed(err, "set the form of a point");
	for (enum key_kind k = KEY_P256; k <= KEY_P521; k++)
		if (strcmp(text, kinds[k].group) == 0) {
			*out = k;
			return 0;
		}
	return refuse(err, text);
}

static int
find_kind(enum key_kind *out, EVP_PKEY *pkey, struct vexlog_err *err)
{
	if (EVP_PKEY_is_a(pkey, "EC"))
		return curve_kind(out, pkey, err);
	if (EVP_PKEY_is_a(pkey, "ED25519")) {
		*out = KEY_ED25519;
		return 0;
	}
	if (!EVP_PKEY_is_a(pkey, "RSA")) {
		const char *name = EVP_PKEY_get0_type_name(pkey);
		return refuse(err, name != NULL ? name : "an unknown type");
	}
	int bits = EVP_PKEY_get_bits(pkey);
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
		err_set(err, VEXLOG_REFUSED,
		    "RSA key of %d bits, %d to %d are taken", bits,
		    RSA_BITS_MIN, RSA_BITS_MAX);
		err_hint(err, "use a key of another size");
		return VEXLOG_REFUSED;
	}
	*out = KEY_RSA;
	return 0;
}

/* ---- making the handle ------------------------------------------------ */

/* Owns pkey from here on, also when it fails. */
static int
make(struct key **out, EVP_PKEY *pkey, bool is_private, struct vexlog_err *err)
{
	struct key *key = OPENSSL_zalloc(sizeof(*key));
	struct hash id;
	size_t raw_size;
	int size, rc;

	if (key == NULL) {
		EVP_PKEY_free(pkey);
		return err_memory(err);
	}
	ERR_clear_error();
	atomic_init(&key->holders, 1);
	key->pkey = pkey;
	key->is_private = is_private;
	if ((rc = find_kind(&key->kind, pkey, err)) != 0)
		goto failed;
	size = i2d_PUBKEY(pkey, &key->spki);
	if (size <= 0) {
		rc = crypto_failed(err, "encode a public key");
		goto failed;
	}
	key->spki_size = (size_t)size;
	if ((rc = hash_bytes(&id, key_spki(key), err)) != 0)
		goto failed;
	text_hex(key->id, id.bytes, HASH_SIZE);
	raw_size = sizeof(key->raw);
	if (key->kind == KEY_ED25519 &&
	    (EVP_PKEY_get_raw_public_key(pkey, key->raw, &raw_size) != 1 ||
		raw_size != sizeof(key->raw))) {
		rc = crypto_failed(err, "take the bytes of a key");
		goto failed;
	}
	*out = key;
	return 0;

failed:
	ERR_clear_error();
	key_close(key);
	return rc;
}

void
key_close(struct key *key)
{
	if (key == NULL || atomic_fetch_sub(&key->holders, 1) > 1)
		return;
	EVP_PKEY_free(key->pkey);
	OPENSSL_free(key->spki);
	OPENSSL_free(key);
}

struct key *
key_share(struct key *key)
{
	(void)atomic_fetch_add(&key->holders, 1);
	return key;
}

int
key_generate(struct key **out, enum key_kind kind, struct vexlog_err *err)
{
	EVP_PKEY *pkey = NULL;
	int rc = crypto_begin(err);

	if (rc != 0)
		return rc;
	switch (kind) {
	case KEY_P256:
	case KEY_P384:
	case KEY_P521:
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", kinds[kind].group);
		break;
	case KEY_RSA:
		pkey =
		    EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_BITS_NEW);
		break;
	case KEY_ED25519:
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		break;
	default:
		return err_set(
		    err, VEXLOG_MISUSE, "no kind of key: %d", (int)kind);
	}
	if (pkey == NULL)
		return crypto_failed(err, "generate a key");
	return make(out, pkey, true, err);
}

/* ---- reading ---------------------------------------------------------- */

static int
read_spki_once(
    struct key **out, const uint8_t *der, size_t size, struct vexlog_err *err)
{
	const uint8_t *at = der;
	struct key *key;
	EVP_PKEY *pkey;
	int rc = crypto_begin(err);

	if (rc != 0)
		return rc;
	if (size > LONG_MAX ||
	    (pkey = d2i_PUBKEY(NULL, &at, (long)size)) == NULL) {
		if (crypto_out_of_memory())
			return crypto_failed(err, "read a public key");
		err_set(err, VEXLOG_SYNTAX,
		    "%zu bytes that are no DER public key", size);
		err_hint(err,
		    "give a SubjectPublicKeyInfo, as \"openssl pkey "
		    "-pubout\" writes it");
		return VEXLOG_SYNTAX;
	}
	if ((rc = make(&key, pkey, false, err)) != 0)
		return rc;
	if (key->spki_size != size || memcmp(key->spki, der, size) != 0) {
		key_close(key);
		err_set(err, VEXLOG_SYNTAX,
		    "the public key is not in its one canonical DER form");
		err_hint(err,
		    "write it anew with \"openssl pkey -pubin "
		    "-ec_conv_form uncompressed\"");
		return VEXLOG_SYNTAX;
	}
	*out = key;
	return 0;
}

static int
read_spki(
    struct key **out, const uint8_t *der, size_t size, struct vexlog_err *err)
{
	int rc = read_spki_once(out, der, size, err);

	return crypto_doubts(rc) ? read_spki_once(out, der, size, err) : rc;
}

int
key_read_public(
    struct key **out, struct vexlog_bytes in, struct vexlog_err *err)
{
	struct pem block;
	int rc;

	/* DER begins with a SEQUENCE, which is '0' as text. */
	if (in.size > 0 && in.data[0] == 0x30)
		return read_spki(out, in.data, in.size, err);
	if ((rc = pem_read(&block, in, err)) != 0)
		return rc;
	if (strcmp(block.label, "PUBLIC KEY") != 0) {
		rc = err_set(err, VEXLOG_SYNTAX,
		    "PEM \"%.64s\", expected \"PUBLIC KEY\"", block.label);
		err_hint(err,
		    "\"openssl pkey -in KEY -pubout\" writes the "
		    "public half of a key");
	} else {
		rc = read_spki(out, block.data, (size_t)block.size, err);
	}
	pem_close(&block);
	return rc;
}

static int
damaged(struct vexlog_err *err, const char *why)
{
	if (crypto_out_of_memory())
		return crypto_failed(err, "read a private key");
	return err_set(err, VEXLOG_SYNTAX, "%s", why);
}

static int
wrong_passphrase(struct vexlog_err *err, const char *why)
{
	err_set(err, VEXLOG_REFUSED, "%s", why);
	err_hint(err, "set VEXLOG_KEY_PASSWORD to the passphrase of the key");
	return VEXLOG_REFUSED;
}

struct passphrase {
	char text[PASSPHRASE_ROOM];
	int size; /* below 0: the key is not encrypted */
};

static int
ask_passphrase(struct passphrase *out, const char *label,
    int (*ask)(char *, int, void *), void *context, struct vexlog_err *err)
{
	out->size = -1;
	if (strcmp(label, "PRIVATE KEY") == 0)
		return 0;
	if (strcmp(label, "ENCRYPTED PRIVATE KEY") != 0) {
		err_set(err, VEXLOG_SYNTAX,
		    "PEM \"%.64s\", expected \"PRIVATE KEY\"", label);
		err_hint(err, "write it as PKCS#8: " CONVERT_COMMAND);
		return VEXLOG_SYNTAX;
	}
	if (ask == NULL)
		return wrong_passphrase(
		    err, "the key is encrypted and no passphrase is known");
	out->size = ask(out->text, (int)sizeof(out->text), context);
	if (out->size < 0 || out->size > (int)sizeof(out->text))
		return wrong_passphrase(
		    err, "the key is encrypted and no passphrase was given");
	return 0;
}

static int
decrypt(PKCS8_PRIV_KEY_INFO **out, const struct pem *block,
    const struct passphrase *passphrase, struct vexlog_err *err)
{
	const uint8_t *at = block->data;
	X509_SIG *sealed = d2i_X509_SIG(NULL, &at, block->size);

	if (sealed == NULL)
		return damaged(err, "the encrypted key is damaged");
	*out = PKCS8_decrypt(sealed, passphrase->text, passphrase->size);
	X509_SIG_free(sealed);
	if (*out != NULL)
		return 0;
	return crypto_out_of_memory()
	    ? crypto_failed(err, "decrypt a private key")
	    : wrong_passphrase(err, "the passphrase does not open the key");
}

/* The two halves must belong together, or we would sign for nobody. */
static int
check_pair(EVP_PKEY *pkey, struct vexlog_err *err)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	bool good = ctx != NULL && EVP_PKEY_pairwise_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	if (good)
		return 0;
	return damaged(
	    err, "private and public half of the key do not belong together");
}

static int
open_block(PKCS8_PRIV_KEY_INFO **out, const struct pem *block,
    const struct passphrase *passphrase, struct vexlog_err *err)
{
	const uint8_t *at = block->data;

	if (passphrase->size >= 0)
		return decrypt(out, block, passphrase, err);
	*out = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, block->size);
	return *out != NULL ? 0 : damaged(err, "the private key is damaged");
}

static int
read_pkcs8(struct key **out, const struct pem *block,
    const struct passphrase *passphrase, struct vexlog_err *err)
{
	PKCS8_PRIV_KEY_INFO *info = NULL;
	EVP_PKEY *pkey = NULL;
	enum key_kind kind;
	int rc = crypto_begin(err);

	if (rc != 0)
		return rc;
	if ((rc = open_block(&info, block, passphrase, err)) == 0 &&
	    (pkey = EVP_PKCS82PKEY(info)) == NULL)
		rc = damaged(err,
		    "the private key is damaged, or of a kind that libcrypto "
		    "does not know");
	PKCS8_PRIV_KEY_INFO_free(info);
	if (rc == 0 && (rc = find_kind(&kind, pkey, err)) == 0)
		rc = check_pair(pkey, err);
	if (rc != 0) {
		EVP_PKEY_free(pkey);
		return rc;
	}
	return make(out, pkey, true, err);
}

int
key_read_private(struct key **out, struct vexlog_bytes pem,
    int (*passphrase)(char *out, int size, void *context), void *context,
    struct vexlog_err *err)
{
	struct passphrase given;
	struct pem block;
	int rc;

	if ((rc = pem_read(&block, pem, err)) != 0)
		return rc;
	rc = ask_passphrase(&given, block.label, passphrase, context, err);
	if (rc == 0 && crypto_doubts(rc = read_pkcs8(out, &block, &given, err)))
		rc = read_pkcs8(out, &block, &given, err);
	OPENSSL_cleanse(given.text, sizeof(given.text));
	pem_close(&block);
	return rc;
}

/* ---- what a key is ---------------------------------------------------- */

enum key_kind
key_kind(const struct key *key)
{
	return key->kind;
}

bool
key_is_private(const struct key *key)
{
	return key->is_private;
}

const char *
key_algo(const struct key *key)
{
	return kinds[key->kind].algo;
}

const char *
key_details(const struct key *key)
{
	if (key->kind != KEY_RSA)
		return kinds[key->kind].details;
	switch (EVP_PKEY_get_bits(key->pkey)) {
	case 2048:
		return "PKIX_RSA_PKCS1V15_2048_SHA256";
	case 3072:
		return "PKIX_RSA_PKCS1V15_3072_SHA256";
	case 4096:
		return "PKIX_RSA_PKCS1V15_4096_SHA256";
	default:
		return NULL;
	}
}

const char *
key_id(const struct key *key)
{
	return key->id;
}

struct vexlog_bytes
key_spki(const struct key *key)
{
	return (struct vexlog_bytes){key->spki, key->spki_size};
}

int
key_raw(uint8_t out[32], const struct key *key, struct vexlog_err *err)
{
	if (key->kind != KEY_ED25519)
		return err_set(err, VEXLOG_MISUSE,
		    "only an Ed25519 key has 32 raw bytes, this one is %s",
		    key_algo(key));
	memcpy(out, key->raw, sizeof(key->raw));
	return 0;
}

enum hash_kind
key_hash(const struct key *key)
{
	return kinds[key->kind].hash;
}

/* ---- writing ---------------------------------------------------------- */

static int
write_pem(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct key *key, bool is_private, struct vexlog_err *err)
{
	BIO *bio = BIO_new(is_private ? BIO_s_secmem() : BIO_s_mem());
	bool good = bio != NULL;
	char *text, *copy;
	long size;

	if (good && is_private)
		good = PEM_write_bio_PKCS8PrivateKey(
			   bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1;
	else if (good)
		good = PEM_write_bio_PUBKEY(bio, key->pkey) == 1;
	if (!good) {
		BIO_free(bio);
		return crypto_failed(err, "write a key");
	}
	size = BIO_get_mem_data(bio, &text);
	copy = arena_text(arena, text, (size_t)size, err);
	if (copy != NULL)
		*out = (struct vexlog_bytes){(uint8_t *)copy, (size_t)size};
	BIO_free(bio);
	return copy != NULL ? 0 : err->code;
}

int
key_write_public(struct vexlog_bytes *pem, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_err *err)
{
	return write_pem(pem, arena, key, false, err);
}

int
key_write_private(struct vexlog_bytes *pem, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_err *err)
{
	if (!key->is_private)
		return err_set(err, VEXLOG_MISUSE,
		    "key %s is only a public half", key->id);
	return write_pem(pem, arena, key, true, err);
}
