/*
 * bundle_certificate.c - who signed a bundle: the certificate, from the
 * authority that gave it out to the identity in it.
 *
 * A signing certificate lives for minutes, so it is judged at the times that
 * are proven for the signature and never at the present one. Where several
 * are proven, it has to be good at each.
 */
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "sign/sct.h"
#include "tlog/bundle_judge.h"

#define RULE_PATH     "RFC 5280 6.1"
#define RULE_USE      "RFC 5280 4.2.1.12"
#define RULE_SCT      "RFC 6962 3.2"
#define RULE_IDENTITY "Fulcio 1.3.6.1.4.1.57264.1"

/* ---- reading ---------------------------------------------------------- */

static int
read_chain(struct bundle_judge *j, struct vexlog_err *why)
{
	const struct bundle *b = &j->bundle;
	int rc;

	for (size_t i = 0; i < b->certificate_count; i++) {
		struct x509 **cert = &j->chain.list[j->chain.count];
		if ((rc = x509_read(cert, b->certificates[i], why)) != 0)
			return rc;
		j->chain.count++;
		/* the authority is the verifier's to know, never the bundle's
		 */
		if (x509_is_root(*cert))
			return err_set(why, VEXLOG_BAD_PROOF,
			    "certificate %zu of %zu is a root", i + 1,
			    b->certificate_count);
	}
	if (x509_is_authority(j->chain.list[0]))
		return err_set(why, VEXLOG_BAD_PROOF,
		    "the signer's certificate is one of an authority");
	return x509_key(&j->own_key, j->chain.list[0], why);
}

int
bundle_open_certificate(struct bundle_judge *j)
{
	struct vexlog_err why;
	int rc;

	j->chain.list = arena_list(j->arena, j->bundle.certificate_count,
	    sizeof(struct x509 *), j->err);
	if (j->chain.list == NULL)
		return j->err->code;
	rc = read_chain(j, &why);
	j->key = j->own_key;
	return report_judge(j->report, "certificate", "Sigstore bundle", rc,
	    &why, j->err, "key %.16s… (%s), %zu certificates",
	    rc == 0 ? key_id(j->key) : "", rc == 0 ? key_algo(j->key) : "",
	    j->bundle.certificate_count);
}

/* ---- path ------------------------------------------------------------- */

static bool
is_trusted_then(const struct bundle_authority *a, const struct bundle_judge *j)
{
	for (size_t i = 0; i < j->time_count; i++)
		if (j->times[i] < a->valid_from || a->valid_until < j->times[i])
			return false;
	return true;
}

static int
find_path(struct hash *issuer_key, const char **name,
    const struct bundle_judge *j, struct vexlog_err *why)
{
	struct bundle_root *root = j->expect->root;
	struct vexlog_err last;
	int rc = err_set(why, VEXLOG_BAD_PROOF,
	    "none of the %zu certificate authorities was trusted then",
	    root->issuer_count);

	for (size_t i = 0; i < root->issuer_count; i++) {
		struct bundle_authority *a = &root->issuers[i];
		if (!is_trusted_then(a, j))
			continue;
		rc = bundle_root_chain(a, root, &last);
		if (rc == 0)
			rc =
			    x509_verify(issuer_key, j->chain.list[0], &a->chain,
				&j->chain, j->times, j->time_count, &last);
		if (rc == 0) {
			*name = a->name;
			return 0;
		}
		*why = last;
		if (rc != VEXLOG_BAD_PROOF)
			return rc;
	}
	return rc;
}

/* Sets *found when there is a path at each time. */
static int
judge_path(struct hash *issuer_key, bool *found, struct bundle_judge *j)
{
	struct vexlog_err why;
	const char *name = "";
	int rc;

	*found = false;
	if (j->time_count == 0)
		return report_missed(j->report, "certificate path", RULE_PATH,
		    j->err, "not judged without a time of signing");
	rc = find_path(issuer_key, &name, j, &why);
	*found = rc == 0;
	return report_judge(j->report, "certificate path", RULE_PATH, rc, &why,
	    j->err, "to %.200s, valid at %zu proven times", name,
	    j->time_count);
}

/* ---- SCT -------------------------------------------------------------- */

static struct bundle_ctlog *
find_ctlog(const struct bundle_root *root, const struct sct *sct)
{
	for (size_t i = 0; i < root->ctlog_count; i++) {
		struct bundle_ctlog *log = &root->ctlogs[i];
		if (hash_same(&log->id, &sct->log_id) &&
		    log->valid_from <= sct->time &&
		    sct->time <= log->valid_until)
			return log;
	}
	return NULL;
}

/* One by a trusted log is needed; each one of a trusted log has to hold. */
static int
check_scts(size_t *good, const struct bundle_judge *j,
    const struct hash *issuer_key, struct vexlog_err *why)
{
	const struct x509 *cert = j->chain.list[0];
	const struct sct *list = NULL;
	size_t count = 0;
	int rc = sct_read(&list, &count, j->arena, cert, why);

	*good = 0;
	for (size_t i = 0; i < count && rc == 0; i++) {
		struct bundle_ctlog *log =
		    find_ctlog(j->expect->root, &list[i]);
		if (log == NULL)
			continue;
		rc = bundle_root_key(log, j->expect->root, why);
		if (rc == 0)
			rc = sct_verify(&list[i], j->arena, cert, issuer_key,
			    log->key, why);
		*good += rc == 0;
	}
	if (rc == 0 && *good == 0)
		return err_set(why, VEXLOG_BAD_PROOF,
		    "none of the %zu SCTs is by one of the %zu trusted "
		    "certificate logs, at a time it was trusted",
		    count, j->expect->root->ctlog_count);
	return rc;
}

static int
judge_scts(
    struct bundle_judge *j, bool has_issuer, const struct hash *issuer_key)
{
	struct vexlog_err why;
	size_t good;
	int rc;

	if (!has_issuer)
		return report_missed(j->report, "certificate transparency",
		    RULE_SCT, j->err, "not judged without a path");
	rc = check_scts(&good, j, issuer_key, &why);
	return report_judge(j->report, "certificate transparency", RULE_SCT, rc,
	    &why, j->err, "%zu promised by trusted certificate logs", good);
}

/* ---- identity --------------------------------------------------------- */

static int
judge_use(struct bundle_judge *j)
{
	bool good = x509_signs_code(j->chain.list[0]);

	return report_add(j->report, "certificate use", RULE_USE,
	    good ? VEXLOG_PASS : VEXLOG_FAIL, j->err, "%s",
	    good ? "signs code" : "the certificate is not for signing code");
}

static int
judge_identity(struct bundle_judge *j)
{
	const char *const *names = NULL;
	const char *wanted = j->expect->identity;
	struct vexlog_err why;
	size_t count = 0;
	bool good = false;
	int rc =
	    x509_identities(&names, &count, j->arena, j->chain.list[0], &why);

	for (size_t i = 0; i < count; i++)
		good = good || text_same(names[i], wanted);
	if (rc == 0 && !good)
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "signed by \"%.150s\", expected \"%.150s\"",
		    count == 0 ? "" : names[0], wanted);
	return report_judge(j->report, "identity", RULE_IDENTITY, rc, &why,
	    j->err, "%.300s", wanted);
}

static int
judge_issuer(struct bundle_judge *j)
{
	const char *wanted = j->expect->issuer, *issuer = "";
	struct vexlog_err why;
	int rc = x509_oidc_issuer(&issuer, j->arena, j->chain.list[0], &why);

	if (rc == 0 && !text_same(issuer, wanted))
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "vouched for by \"%.150s\", expected \"%.150s\"", issuer,
		    wanted);
	return report_judge(j->report, "identity issuer", RULE_IDENTITY, rc,
	    &why, j->err, "%.300s", wanted);
}

int
bundle_judge_certificate(struct bundle_judge *j)
{
	struct hash issuer_key = {{0}};
	bool found;
	int rc = judge_path(&issuer_key, &found, j);

	if (rc != 0 || (rc = judge_use(j)) != 0 ||
	    (rc = judge_scts(j, found, &issuer_key)) != 0 ||
	    (rc = judge_identity(j)) != 0)
		return rc;
	return judge_issuer(j);
}
