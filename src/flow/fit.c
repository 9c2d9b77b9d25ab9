/*
 * fit.c - product keys that are more general than a product: without its
 * version, with fewer qualifiers, of a range that its version is in.
 */
#include "flow/fit.h"

#include "base/text.h"
#include "vex/vers.h"

const char *
fit_take_range(struct purl *purl, struct purl_qualifier *rest)
{
	const char *range = NULL;
	size_t n = 0;

	if (purl->version != NULL)
		return NULL;
	for (size_t i = 0; i < purl->qualifier_count; i++)
		if (text_same(purl->qualifiers[i].key, "vers"))
			range = purl->qualifiers[i].value;
		else
			rest[n++] = purl->qualifiers[i];
	purl->qualifiers = rest;
	purl->qualifier_count = n;
	return range;
}

int
fit_read(bool *good, struct fit_product *out, struct vexlog_arena *arena,
    const char *text, struct vexlog_err *err)
{
	int rc = purl_try(good, &out->purl, arena, text, err);

	return rc != 0 || !*good
	    ? rc
	    : purl_write(&out->key, arena, &out->purl, err);
}

static int
fit_range(enum fit *out, struct vexlog_arena *scratch, const char *range,
    const char *version, struct vexlog_err *err)
{
	static const enum fit fits[] = {[VERS_OUT] = FIT_NONE,
	    [VERS_IN] = FIT_RANGE,
	    [VERS_UNKNOWN] = FIT_UNKNOWN};
	struct vexlog_err why;
	struct vers vers;
	int rc = vers_read(&vers, scratch, range, &why);

	if (rc != 0 && rc != VEXLOG_SHAPE) {
		*err = why;
		return rc;
	}
	*out = rc != 0 ? FIT_UNKNOWN : fits[vers_contains(&vers, version)];
	return 0;
}

int
fit_key(enum fit *out, struct vexlog_arena *scratch, const char *key,
    const struct fit_product *product, struct vexlog_err *err)
{
	struct purl_qualifier rest[PURL_QUALIFIERS_MAX];
	struct purl purl;
	bool good;

	*out = FIT_EXACT;
	if (text_same(key, product->key))
		return 0;
	*out = FIT_NONE;
	int rc = purl_try(&good, &purl, scratch, key, err);
	if (rc != 0 || !good)
		return rc;
	const char *range = fit_take_range(&purl, rest);
	if (!purl_matches(&purl, &product->purl))
		return 0;
	if (range == NULL)
		*out = purl.version == NULL ? FIT_NAME : FIT_VERSION;
	else if (product->purl.version != NULL)
		return fit_range(
		    out, scratch, range, product->purl.version, err);
	else
		*out = FIT_UNKNOWN;
	return 0;
}

const char *
fit_words(enum fit fit)
{
	static const char *const words[FITS] = {
	    [FIT_NAME] = "versionless",
	    [FIT_RANGE] = "version range",
	    [FIT_VERSION] = "qualifier subset",
	    [FIT_EXACT] = "exact",
	};

	return words[fit];
}
