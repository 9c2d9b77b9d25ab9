/*
 * csaf_helper.c - product_identification_helper: the purl or CPE by which a
 * product is known everywhere (tests 6.1.13, and of 2.1 6.1.42).
 */
#include "vex/csaf.h"
#include "vex/purl.h"

/* Of several purls the first names the product; the others may differ from it
 * in their qualifiers. */
static void
check_purls(struct csaf *c, const struct json_value *list)
{
	struct reader *r = c->r;
	struct vexlog_err why = {0};
	struct purl purl;
	const char *first = NULL, *other;
	size_t index = 0;

	for (const struct json_value *v = json_first(list);
	     v != json_end(list) && r->failed == 0; v = json_next(v)) {
		int rc = json_is(v, JSON_STRING)
		    ? purl_read(&purl, r->arena, v->as.text, &why)
		    : VEXLOG_SHAPE;
		bool good = rc == 0;

		if (!good && rc != VEXLOG_SHAPE) {
			*r->err = why;
			r->failed = rc;
			return;
		}
		reader_enter_index(r, index++);
		if (!good && index > 1)
			reader_note(r, "CSAF 6.1.13", NULL, v,
			    "%s is no purl: %s", reader_show(r, v),
			    why.message);
		purl.qualifier_count = 0;
		if (good && purl_write(&other, r->arena, &purl, r->err) != 0)
			r->failed = r->err->code;
		else if (good && first == NULL)
			first = other;
		else if (good && strcmp(first, other) != 0)
			reader_note(r, "CSAF 6.1.42", NULL, v,
			    "%s differs from the first purl in more than its "
			    "qualifiers",
			    reader_show(r, v));
		reader_leave(r);
	}
}

const struct product *
csaf_helper(struct csaf *c, const struct json_value *full)
{
	struct reader *r = c->r;
	const char *rule = c->newer ? "CSAF 2.1 helper" : "CSAF helper";
	const struct json_value *helper = reader_want(
	    r, rule, full, "product_identification_helper", JSON_OBJECT);
	const struct json_value *purl, *cpe;
	const struct product *p = NULL;

	if (helper == NULL)
		return NULL;
	reader_enter(r, "product_identification_helper");
	purl = json_get(helper, "purl");
	if (purl == NULL && json_count(json_get(helper, "purls")) > 0 &&
	    json_is(json_get(helper, "purls"), JSON_ARRAY)) {
		purl = json_first(json_get(helper, "purls"));
		reader_enter(r, "purls");
		reader_enter_index(r, 0);
		p = product_purl(
		    r, json_text(purl), "CSAF 6.1.13", true, NULL, purl);
		reader_leave(r);
		check_purls(c, json_get(helper, "purls"));
		reader_leave(r);
	} else if (purl != NULL)
		p = product_purl(r, reader_want_text(r, rule, helper, "purl"),
		    "CSAF 6.1.13", true, "purl", purl);
	cpe = json_get(helper, "cpe");
	if (cpe != NULL && !product_is_cpe(json_text(cpe)))
		reader_note(
		    r, rule, "cpe", cpe, "%s is no CPE", reader_show(r, cpe));
	else if (cpe != NULL && p == NULL)
		p = product_cpe(r, cpe->as.text, "cpe", cpe);
	reader_leave(r);
	return p;
}
