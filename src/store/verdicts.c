/*
 * verdicts.c - what was concluded, each with its number in the history of
 * its decision (vulnerability, product, SBOM entry). Nothing is overwritten:
 * the current verdict is the one with the largest number.
 */
#include "base/hash.h"
#include "base/limits.h"
#include "store/page.h"
#include "store/rows.h"
#include "vex/observation.h"
#include "json/write.h"

/* ---- the id of a row -------------------------------------------------- */

/* Domain: vexVerdictId, over the predicate without it. */
static int
make_id(char out[DIGEST_TEXT], const struct store_verdict *v,
    struct vexlog_arena *scratch, struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(scratch);
	struct vexlog_bytes bytes;
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, scratch, MIB);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "justification", v->justification);
	json_member(&w, "policyVersion", v->policy_version);
	json_member(&w, "reasoningId", v->reasoning_id);
	json_member(&w, "sbomEntryId", v->sbom_entry_id);
	json_member(&w, "status", v->status);
	json_member(&w, "vulnerabilityId", v->vulnerability);
	json_close(&w);
	int rc = buffer_finish(&b, &bytes, err);
	if (rc == 0)
		rc = hash_digest(out, bytes, err);
	arena_back(scratch, mark);
	return rc;
}

static int
check_id(const struct store_verdict *v, enum vexlog_code code,
    struct vexlog_arena *scratch, struct vexlog_err *err)
{
	char made[DIGEST_TEXT];
	int rc = make_id(made, v, scratch, err);

	if (rc != 0 || text_same(made, v->id))
		return rc;
	err_set(
	    err, code, "verdict %.80s: its content hashes to %s", v->id, made);
	err_rule(err, "vexVerdictId");
	if (code == VEXLOG_BAD_PROOF)
		err_hint(err,
		    "the store was changed from outside: restore "
		    "it from a backup");
	return code;
}

/* ---- rows ------------------------------------------------------------- */

struct verdict_rows {
	struct vexlog_arena *arena, *scratch;
	struct store_verdict *list;
	size_t count, room;
};

static int
take_verdict(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct verdict_rows *out = context;
	struct store_verdict v;
	struct row row;
	int rc;

	row_open(&row, columns, count, out->arena, err);
	v.id = row_text(&row);
	v.vulnerability = row_text(&row);
	v.product = row_text(&row);
	v.status = row_text(&row);
	v.justification = row_text(&row);
	v.policy_version = row_text(&row);
	v.policy_digest = row_text(&row);
	v.reasoning_id = row_text(&row);
	v.sbom_entry_id = row_text(&row);
	v.sbom_entry_kind = row_text(&row);
	v.proof_bundle_id = row_text(&row);
	v.record = row_text(&row);
	v.replaces = row_text_or_null(&row);
	v.evaluated_at = row_integer(&row);
	v.created_at = row_integer(&row);
	v.sequence = row_integer(&row);
	v.claims = (size_t)row_integer(&row);
	v.conflicts = (size_t)row_integer(&row);
	if ((rc = row_close(&row)) != 0 ||
	    (rc = check_id(&v, VEXLOG_BAD_PROOF, out->scratch, err)) != 0)
		return rc;
	void *list = arena_grow(
	    out->arena, out->list, out->count, &out->room, sizeof(v), err);
	if (list == NULL)
		return err->code;
	out->list = list;
	out->list[out->count++] = v;
	return 0;
}

/* ---- one -------------------------------------------------------------- */

static int
get_current(struct verdict_rows *rows, struct store *store,
    const char *vulnerability, const char *product, const char *sbom_entry_id,
    struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(vulnerability), value_text(product),
	    value_text(sbom_entry_id)};

	return store_query(store, SQL_verdict_current, values, COUNT(values),
	    &(struct store_rows){take_verdict, rows}, NULL, err);
}

int
store_current_verdict(struct store_verdict *out, struct vexlog_arena *arena,
    struct store *store, const char *vulnerability, const char *product,
    const char *sbom_entry_id, struct vexlog_err *err)
{
	struct verdict_rows rows = {arena, store->scratch, NULL, 0, 0};
	int rc = core_need(vulnerability, "the vulnerability", err);

	if (rc == 0)
		rc = core_need(product, "the product", err);
	if (rc == 0)
		rc = core_need(sbom_entry_id, "the SBOM entry", err);
	if (rc == 0)
		rc = get_current(
		    &rows, store, vulnerability, product, sbom_entry_id, err);
	if (rc != 0)
		return rc;
	if (rows.count == 0)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "there is no verdict about %s in %s", vulnerability,
		    product);
	*out = rows.list[0];
	return 0;
}

int
store_get_verdict(struct store_verdict *out, struct vexlog_arena *arena,
    struct store *store, const char *id, struct vexlog_err *err)
{
	struct verdict_rows rows = {arena, store->scratch, NULL, 0, 0};
	int rc = core_need(id, "the verdict id", err);

	if (rc != 0)
		return rc;
	const struct store_value values[] = {
	    value_text(store->tenant), value_text(id)};
	rc = store_query(store, SQL_verdict_get, values, COUNT(values),
	    &(struct store_rows){take_verdict, &rows}, NULL, err);
	if (rc != 0)
		return rc;
	if (rows.count == 0)
		return err_set(
		    err, VEXLOG_NOT_FOUND, "there is no verdict %s", id);
	*out = rows.list[0];
	return 0;
}

/* ---- putting ---------------------------------------------------------- */

static int
put_verdict(struct store *store, void *context, struct vexlog_err *err)
{
	const struct store_verdict *v = context;
	struct verdict_rows rows = {store->scratch, store->scratch, NULL, 0, 0};
	int64_t sequence = 1, now = core_now(store);
	const char *replaces = v->replaces;
	int rc = get_current(
	    &rows, store, v->vulnerability, v->product, v->sbom_entry_id, err);

	if (rc != 0)
		return rc;
	if (rows.count > 0) {
		if (text_same(rows.list[0].id, v->id))
			return 0; /* current already */
		sequence = rows.list[0].sequence + 1;
		replaces = rows.list[0].id;
		/* a clock that was set back does not change what was known
		 * before what */
		if (now < rows.list[0].created_at)
			now = rows.list[0].created_at;
	}
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(v->vulnerability), value_text(v->product),
	    value_text(v->sbom_entry_id), value_integer(sequence),
	    value_text(v->id), value_text(v->status),
	    value_text(v->justification), value_text(v->policy_version),
	    value_text(v->policy_digest), value_text(v->reasoning_id),
	    value_text(v->sbom_entry_kind), value_text(v->proof_bundle_id),
	    value_text(v->record), value_text(replaces),
	    value_moment(v->evaluated_at), value_moment(now),
	    value_integer((int64_t)v->claims),
	    value_integer((int64_t)v->conflicts)};
	return store_query(
	    store, SQL_verdict_put, values, COUNT(values), NULL, NULL, err);
}

int
store_put_verdict(struct store *store, const struct store_verdict *verdict,
    struct vexlog_err *err)
{
	struct store_verdict v = *verdict;
	const struct {
		const char *text, *what;
	} needed[] = {{v.id, "the verdict id"},
	    {v.vulnerability, "the vulnerability"}, {v.product, "the product"},
	    {v.status, "the status"}, {v.justification, "the justification"},
	    {v.policy_version, "the policy version"},
	    {v.policy_digest, "the policy digest"},
	    {v.reasoning_id, "the reasoning id"},
	    {v.sbom_entry_kind, "the SBOM entry's kind"},
	    {v.proof_bundle_id, "the proof bundle id"}};
	enum vexlog_status status;

	for (size_t i = 0; i < COUNT(needed); i++) {
		int rc = core_need(needed[i].text, needed[i].what, err);
		if (rc != 0)
			return rc;
	}
	if (v.sbom_entry_id == NULL || v.sbom_entry_id[0] == '\0' ||
	    v.record == NULL || !status_read(&status, v.status))
		return err_set(
		    err, VEXLOG_MISUSE, "verdict %.80s is not complete", v.id);
	int rc = check_id(&v, VEXLOG_MISUSE, store->scratch, err);
	if (rc != 0)
		return rc;
	return store_transaction(store, put_verdict, &v, err);
}

/* ---- many ------------------------------------------------------------- */

int
store_history(const struct store_verdict **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, const char *vulnerability,
    const char *product, bool subcomponents, int64_t known_at,
    struct vexlog_err *err)
{
	struct verdict_rows rows = {arena, store->scratch, NULL, 0, 0};
	const char *from = NULL, *to = NULL;
	int rc = core_need(vulnerability, "the vulnerability", err);

	if (rc == 0)
		rc = core_need(product, "the product", err);
	if (rc == 0 && subcomponents)
		rc = page_bounds(&from, &to, arena, product, err);
	if (rc != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(vulnerability), value_text(product), value_text(from),
	    value_text(to), value_moment(known_at)};
	rc = store_query(store, SQL_verdict_history, values, COUNT(values),
	    &(struct store_rows){take_verdict, &rows}, NULL, err);
	if (rc != 0)
		return rc;
	*out = rows.list;
	*count = rows.count;
	return 0;
}

int
store_verdicts(const struct store_verdict **out, size_t *count,
    const char **next, struct vexlog_arena *arena, struct store *store,
    const struct vexlog_filter *filter, struct vexlog_err *err)
{
	struct verdict_rows rows = {arena, store->scratch, NULL, 0, 0};
	const char *from = NULL, *to = NULL;
	const char *after[3] = {"", "", ""}, *cursor = NULL;
	int rc = page_check_limit(filter->limit, err);

	if (rc == 0 && filter->cursor != NULL)
		rc = page_read_names(after, 3, arena, filter->cursor, err);
	if (rc == 0 && filter->product != NULL)
		rc = page_bounds(&from, &to, arena, filter->product, err);
	if (rc != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(after[0]), value_text(after[1]), value_text(after[2]),
	    value_integer((int64_t)filter->limit + 1),
	    value_moment(filter->known_at), value_text(filter->vulnerability),
	    value_text(filter->product), value_text(from), value_text(to)};
	enum store_sql sql = filter->vulnerability != NULL
	    ? SQL_verdicts_vulnerability
	    : SQL_verdicts_all;
	rc = store_query(store, sql, values, COUNT(values),
	    &(struct store_rows){take_verdict, &rows}, NULL, err);
	if (rc != 0)
		return rc;
	if (rows.count > filter->limit) {
		const struct store_verdict *last = &rows.list[--rows.count - 1];
		const char *names[] = {
		    last->vulnerability, last->product, last->sbom_entry_id};
		if ((rc = page_write_names(&cursor, arena, names, 3, err)) != 0)
			return rc;
	}
	*out = rows.list;
	*count = rows.count;
	*next = cursor;
	return 0;
}

int
store_verdicts_between(const struct store_verdict **out, size_t *count,
    struct vexlog_arena *arena, struct store *store,
    const struct store_pair *first, const struct store_pair *last,
    const char *sbom, const char *product, struct vexlog_err *err)
{
	struct verdict_rows rows = {arena, store->scratch, NULL, 0, 0};
	const char *from = NULL, *to = NULL;
	int rc = 0;

	if (product != NULL)
		rc = page_bounds(&from, &to, arena, product, err);
	if (rc != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(first->vulnerability), value_text(first->product),
	    value_text(last->vulnerability), value_text(last->product),
	    value_text(sbom == NULL ? "purl-only" : "sbom"), value_text(sbom),
	    value_text(product), value_text(from), value_text(to)};
	rc = store_query(store, SQL_verdicts_between, values, COUNT(values),
	    &(struct store_rows){take_verdict, &rows}, NULL, err);
	if (rc != 0)
		return rc;
	*out = rows.list;
	*count = rows.count;
	return 0;
}

int
store_verdicts_then(const struct store_verdict **out, size_t *count,
    struct vexlog_arena *arena, struct store *store,
    const struct store_pair *first, const struct store_pair *last,
    int64_t known_at, struct vexlog_err *err)
{
	struct verdict_rows rows = {arena, store->scratch, NULL, 0, 0};
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(first->vulnerability), value_text(first->product),
	    value_text(last->vulnerability), value_text(last->product),
	    value_moment(known_at)};
	int rc = store_query(store, SQL_verdicts_then, values, COUNT(values),
	    &(struct store_rows){take_verdict, &rows}, NULL, err);

	if (rc != 0)
		return rc;
	*out = rows.list;
	*count = rows.count;
	return 0;
}
