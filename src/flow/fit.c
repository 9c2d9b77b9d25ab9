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
fit_key(struct vexlog_arena *scratch, const char *key,
    const struct fit_product *product)
{
	struct purl_qualifier rest[PURL_QUALIFIERS_MAX];
	struct vexlog_err why;
	struct purl purl;
	struct vers vers;
	const char *range;

	if (text_same(key, product->key))
		return FIT_EXACT;
	if (purl_read(&purl, scratch, key, &why) != 0)
		return -1;
	range = fit_take_range(&purl, rest);
	if (!purl_matches(&purl, &product->purl))
		return -1;
	if (range == NULL)
		return purl.version == NULL ? FIT_NAME : FIT_VERSION;
	if (product->purl.version == NULL ||
	    vers_read(&vers, scratch, range, &why) != 0 ||
	    vers_contains(&vers, product->purl.version) != VERS_IN)
		return -1;
	return FIT_RANGE;
}

const char *
fit_words(int fit)
{
	static const char *const words[FITS] = {
	    [FIT_NAME] = "versionless",
	    [FIT_RANGE] = "version range",
	    [FIT_VERSION] = "qualifier subset",
	    [FIT_EXACT] = "exact",
	};

	return words[fit];
}
