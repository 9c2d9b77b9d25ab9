/*
 * fuzz_x509.c - certificates, timestamps and lists of SCTs, by the first byte
 * of the input: c, t or s. What is read answers every question, the same way
 * from its own bytes, and no authority of Sigstore's vouches for what the
 * fuzzer changed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "sign/sct.h"
#include "sign/timestamp.h"
#include "tlog/bundle_root.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vexlog_arena *arena, *lasting;
static struct bundle_root root;

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
open_root(void)
{
	struct vexlog_bytes json;
	struct vexlog_err err;

	must((arena = vexlog_arena_open(64 * MIB)) != NULL);
	must((lasting = vexlog_arena_open(64 * MIB)) != NULL);
	must(bundle_root_builtin(&json, "public-good", &err) == 0);
	must(bundle_root_read(&root, lasting, json, &err) == 0);
	must(root.issuer_count == 2 && root.stamper_count == 1);
	must(bundle_root_chain(&root.issuers[1], &root, &err) == 0);
	must(bundle_root_chain(&root.stampers[0], &root, &err) == 0);
	must(bundle_root_key(&root.ctlogs[1], &root, &err) == 0);
}

static void
check_scts(const struct x509 *cert, const struct hash *issuer)
{
	const struct sct *list = NULL;
	struct vexlog_err err;
	size_t count = 0;

	if (sct_read(&list, &count, arena, cert, &err) != 0)
		return;
	must(count > 0 && count <= SCT_LIST_MAX);
	for (size_t i = 0; i < count; i++) {
		int rc = sct_verify(
		    &list[i], arena, cert, issuer, root.ctlogs[1].key, &err);
		must(rc == 0 || rc == VEXLOG_BAD_PROOF);
	}
}

static void
check_names(const struct x509 *cert)
{
	const char *const *names = NULL;
	const char *issuer = NULL;
	struct vexlog_err err;
	size_t count = 0;

	if (x509_identities(&names, &count, arena, cert, &err) == 0)
		for (size_t i = 0; i < count; i++)
			must(names[i][0] != '\0' &&
			    text_utf8_valid(names[i], strlen(names[i])) ==
				strlen(names[i]));
	if (x509_oidc_issuer(&issuer, arena, cert, &err) == 0)
		must(issuer[0] != '\0');
}

static void
certificate(struct vexlog_bytes in)
{
	struct hash issuer = {{0}};
	struct x509 *cert = NULL, *again = NULL;
	struct key *key = NULL;
	struct vexlog_err err;
	int64_t at;

	if (x509_read(&cert, in, &err) != 0)
		return;
	must(x509_read(&again, x509_der(cert), &err) == 0);
	must(x509_same(cert, again));
	must(x509_signs_code(cert) == x509_signs_code(again));
	at = x509_valid_from(cert);
	if (x509_verify(
		&issuer, cert, &root.issuers[1].chain, NULL, &at, 1, &err) == 0)
		must(at <= x509_valid_until(cert));
	check_names(cert);
	check_scts(cert, &issuer);
	if (x509_key(&key, cert, &err) == 0)
		must(key_id(key)[0] != '\0');
	key_close(key);
	x509_close(again);
	x509_close(cert);
}

static void
timestamp(struct vexlog_bytes in)
{
	struct timestamp *t = NULL;
	struct vexlog_err err;
	int rc;

	if (timestamp_read(&t, in, &err) != 0)
		return;
	must(timestamp_time(t) != TIME_NONE);
	must(timestamp_covers(t, in, &err) != 0);
	rc = timestamp_verify(t, &root.stampers[0].chain, &err);
	must(rc == 0 || rc == VEXLOG_BAD_PROOF || rc == VEXLOG_NOT_FOUND);
	timestamp_close(t);
}

static void
scts(struct vexlog_bytes in)
{
	const struct sct *list = NULL;
	struct vexlog_err err;
	size_t count = 0, size = 2;

	if (sct_read_list(&list, &count, arena, in, &err) != 0)
		return;
	for (size_t i = 0; i < count; i++)
		size += 2 + list[i].sent.size + 4 + list[i].signature.size;
	must(size == in.size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (arena == NULL)
		open_root();
	if (size == 0)
		return 0;
	struct vexlog_bytes in = {data + 1, size - 1};
	if (data[0] == 'c')
		certificate(in);
	else if (data[0] == 't')
		timestamp(in);
	else if (data[0] == 's')
		scts(in);
	vexlog_arena_reset(arena);
	return 0;
}
