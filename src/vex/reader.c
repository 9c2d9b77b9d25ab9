/*
 * reader.c - path, findings and claims of a document that is being read.
 */
#include "vex/reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "json/write.h"

#define SHOWN_MAX 120 /* bytes of a value in a message */
/* OpenVEX 0.0.1 pairs every product with every subcomponent: few bytes could
 * make claims without end. */
#define CLAIM_SIZE_MIN 4
#define CLAIMS_FREE    10000

/* ---- where we are ------------------------------------------------------ */

static void
enter(struct reader *r, struct path_step step)
{
	if (r->depth < PATH_MAX_STEPS)
		r->path[r->depth] = step;
	r->depth++;
}

void
reader_enter(struct reader *r, const char *name)
{
	enter(r, (struct path_step){name, 0});
}

void
reader_enter_index(struct reader *r, size_t index)
{
	enter(r, (struct path_step){NULL, index});
}

void
reader_leave(struct reader *r)
{
	r->depth--;
}

static size_t
step_size(const struct path_step *step)
{
	size_t n = 1;

	if (step->name == NULL) {
		for (size_t i = step->index; i > 9; i /= 10)
			n++;
		return n + 1;
	}
	for (const char *c = step->name; *c != '\0'; c++)
		n += *c == '~' || *c == '/' ? 2 : 1;
	return n;
}

static char *
put_step(char *at, const struct path_step *step)
{
	char number[24];
	size_t n = 0;

	*at++ = '/';
	if (step->name == NULL) {
		size_t i = step->index;
		do {
			number[n++] = (char)('0' + i % 10);
			i /= 10;
		} while (i > 0);
		while (n > 0)
			*at++ = number[--n];
		return at;
	}
	for (const char *c = step->name; *c != '\0'; c++) {
		if (*c == '~' || *c == '/')
			*at++ = '~';
		*at++ = *c == '~' ? '0' : *c == '/' ? '1' : *c;
	}
	return at;
}

const char *
reader_pointer(struct reader *r, const char *member)
{
	struct path_step last = {member, 0};
	size_t size = member == NULL ? 1 : 1 + step_size(&last);
	size_t depth = r->depth < PATH_MAX_STEPS ? r->depth : PATH_MAX_STEPS;
	char *text, *at;

	if (r->failed != 0)
		return "";
	for (size_t i = 0; i < depth; i++)
		size += step_size(&r->path[i]);
	if ((text = at = arena_take(r->arena, size, r->err)) == NULL) {
		r->failed = r->err->code;
		return "";
	}
	for (size_t i = 0; i < depth; i++)
		at = put_step(at, &r->path[i]);
	if (member != NULL)
		at = put_step(at, &last);
	*at = '\0';
	return text;
}

/* ---- what was found ---------------------------------------------------- */

static void
find(struct reader *r, bool unsafe, const char *rule, const char *member,
    const struct json_value *at, const char *format, va_list ap)
{
	char message[512];
	struct vexlog_finding *list, *f;

	if (r->failed != 0)
		return;
	r->unsafe = r->unsafe || unsafe;
	if (r->finding_count >= FINDINGS_MAX) {
		r->findings_dropped++;
		return;
	}
	int n = vsnprintf(message, sizeof(message), format, ap);
	size_t size = n < 0               ? 0
	    : (size_t)n < sizeof(message) ? (size_t)n
					  : sizeof(message) - 1;
	/* one line, and whole characters where it was cut */
	size = text_utf8_valid(message, size);
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)message[i] < 0x20 || message[i] == 0x7f)
			message[i] = '?';
	list = arena_grow(r->arena, r->findings, r->finding_count,
	    &r->finding_room, sizeof(*list), r->err);
	if (list == NULL) {
		r->failed = r->err->code;
		return;
	}
	r->findings = list;
	f = &list[r->finding_count];
	f->unsafe = unsafe;
	f->rule = rule;
	f->pointer = reader_pointer(r, member);
	f->offset = json_offset(&r->doc, at);
	f->message = arena_text(r->arena, message, size, r->err);
	if (f->message == NULL)
		r->failed = r->err->code;
	else
		r->finding_count++;
}

void
reader_note(struct reader *r, const char *rule, const char *member,
    const struct json_value *at, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	find(r, false, rule, member, at, format, ap);
	va_end(ap);
}

void
reader_refuse(struct reader *r, const char *rule, const char *member,
    const struct json_value *at, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	find(r, true, rule, member, at, format, ap);
	va_end(ap);
}

const char *
reader_show(struct reader *r, const struct json_value *v)
{
	const char *mark, *text;
	size_t size;

	if (v == NULL)
		return "nothing";
	if (v->type != JSON_STRING && v->type != JSON_NUMBER)
		return json_type_name(v->type);
	mark = v->type == JSON_STRING ? "\"" : "";
	size = v->size < SHOWN_MAX ? v->size : SHOWN_MAX;
	while (size < v->size && size > 0 &&
	    ((unsigned char)v->as.text[size] & 0xc0) == 0x80)
		size--;
	if (r->failed != 0)
		return "";
	text = arena_print(r->arena, r->err, "%s%.*s%s%s", mark, (int)size,
	    v->as.text, size < v->size ? "…" : "", mark);
	if (text == NULL) {
		r->failed = r->err->code;
		return "";
	}
	return text;
}

/* ---- looking up -------------------------------------------------------- */

const struct json_value *
reader_want(struct reader *r, const char *rule, const struct json_value *object,
    const char *name, enum json_type type)
{
	const struct json_value *v = json_get(object, name);

	if (v == NULL || v->type == (uint8_t)type)
		return v;
	reader_note(r, rule, name, v, "\"%s\" is %s, not %s", name,
	    reader_show(r, v), json_type_name((int)type));
	return NULL;
}

const struct json_value *
reader_need(struct reader *r, const char *rule, const struct json_value *object,
    const char *name, enum json_type type)
{
	const struct json_value *v = json_get(object, name);

	if (v == NULL) {
		reader_note(r, rule, NULL, NULL, "\"%s\" is missing", name);
		return NULL;
	}
	return reader_want(r, rule, object, name, type);
}

const char *
reader_want_text(struct reader *r, const char *rule,
    const struct json_value *object, const char *name)
{
	return json_text(reader_want(r, rule, object, name, JSON_STRING));
}

const char *
reader_need_text(struct reader *r, const char *rule,
    const struct json_value *object, const char *name)
{
	return json_text(reader_need(r, rule, object, name, JSON_STRING));
}

void
reader_members(struct reader *r, const char *rule,
    const struct json_value *object, const char *const *names, size_t count)
{
	for (const struct json_value *n = json_first(object);
	     n != json_end(object); n = json_next(n + 1)) {
		size_t i = 0;
		while (i < count &&
		    (names[i][0] != n->as.text[0] ||
			strcmp(names[i], n->as.text) != 0))
			i++;
		if (i == count)
			reader_note(r, rule, n->as.text, n,
			    "%s is no member here", reader_show(r, n));
	}
}

bool
reader_time(struct reader *r, const char *rule, const struct json_value *object,
    const char *name, bool used, int64_t *out)
{
	const struct json_value *v = json_get(object, name);
	const char *why = "not a text";

	if (v == NULL)
		return false;
	if (json_is(v, JSON_STRING) && time_read(out, v->as.text, &why)) {
		/* Go's zero time, written by tools that had none */
		if (strcmp(v->as.text, "0001-01-01T00:00:00Z") != 0)
			return true;
		reader_note(r, rule, name, v,
		    "\"%s\" is \"0001-01-01T00:00:00Z\", which stands for no "
		    "time",
		    name);
		return false;
	}
	if (used)
		reader_refuse(r, rule, name, v, "\"%s\" is %s: %s", name,
		    reader_show(r, v), why);
	else
		reader_note(r, rule, name, v, "\"%s\" is %s: %s", name,
		    reader_show(r, v), why);
	return false;
}

/* ---- what was claimed -------------------------------------------------- */

void
reader_expect(struct reader *r, size_t count)
{
	size_t room = 16;

	if (r->failed != 0)
		return;
	size_t most = CLAIMS_FREE + r->doc.size / CLAIM_SIZE_MIN;
	most = most < OBSERVATIONS_MAX ? most : OBSERVATIONS_MAX;
	if (count > most) {
		r->failed = err_set(r->err, VEXLOG_LIMIT,
		    "the document makes %zu claims, more than %zu, the limit "
		    "for its %zu bytes",
		    count, most, r->doc.size);
		return;
	}
	while (room < 2 * count)
		room *= 2;
	r->claims =
	    arena_take(r->arena, (count + 1) * sizeof(*r->claims), r->err);
	r->subjects =
	    arena_take(r->arena, (count + 1) * sizeof(*r->subjects), r->err);
	r->claim_slots =
	    arena_list(r->arena, room, sizeof(*r->claim_slots), r->err);
	if (r->claims == NULL || r->subjects == NULL ||
	    r->claim_slots == NULL) {
		r->failed = r->err->code;
		return;
	}
	r->claim_room = count;
	r->slot_room = room;
}

static char *
vulnerability_id(struct reader *r, const char *text)
{
	char *id = text_trim(r->arena, text, r->err);

	if (id == NULL) {
		r->failed = r->err->code;
		return NULL;
	}
	text_fold_cve(id);
	return id;
}

const char *
reader_vulnerability(struct reader *r, const char *text, const char *member)
{
	size_t found = 0;
	char *id;

	if (r->failed != 0 || text == NULL)
		return NULL;
	size_t size = strlen(text);
	if (map_get(&r->vulnerabilities, text, size, &found))
		return r->names[found].text;
	if (size > NAME_MAX_BYTES) {
		reader_refuse(r, "vulnerability id", member, NULL,
		    "it has %zu bytes, more than %d", size, NAME_MAX_BYTES);
		return NULL;
	}
	if (text_blank(text) || (id = vulnerability_id(r, text)) == NULL)
		return NULL;
	/* the folded text is looked up too, so that one id is one pointer */
	int rc = map_put(
	    &r->vulnerabilities, id, strlen(id), r->name_count, &found, r->err);
	if (rc == 0) {
		struct name *list = arena_grow(r->arena, r->names,
		    r->name_count, &r->name_room, sizeof(*list), r->err);
		if (list != NULL) {
			r->names = list;
			list[r->name_count++] = (struct name){id, NULL};
			found = r->name_count - 1;
		} else
			rc = r->err->code;
	}
	if (rc >= 0 && strcmp(text, id) != 0) {
		size_t index = found;
		rc = map_put(
		    &r->vulnerabilities, text, size, index, &found, r->err);
		found = index;
	}
	if (rc < 0) {
		r->failed = rc;
		return NULL;
	}
	return r->names[found].text;
}

static int
by_text(const void *a, const void *b, void *context)
{
	(void)context;
	return strcmp(a, b);
}

const char *
reader_aliases(
    struct reader *r, const char *id, const char *const *names, size_t count)
{
	const void **list;
	struct json_writer w;
	struct buffer b;
	const char *out = "[]";
	size_t kept = 0;

	if (r->failed != 0 || count == 0)
		return out;
	list = arena_list(r->arena, count, sizeof(*list), r->err);
	if (list == NULL) {
		r->failed = r->err->code;
		return out;
	}
	for (size_t i = 0; i < count; i++) {
		if (text_blank(names[i]) || strlen(names[i]) > NAME_MAX_BYTES)
			continue;
		if ((list[kept] = vulnerability_id(r, names[i])) == NULL)
			return out;
		kept += !text_same(list[kept], id);
	}
	int rc = sort_pointers(list, kept, by_text, NULL, r->arena, r->err);
	buffer_open(&b, r->arena, DOCUMENT_SIZE_MAX);
	json_open(&w, &b, false);
	json_array(&w);
	for (size_t i = 0; rc == 0 && i < kept; i++)
		if (i == 0 || strcmp(list[i - 1], list[i]) != 0)
			json_put_text(&w, list[i]);
	json_close(&w);
	if (rc == 0)
		rc = buffer_finish_text(&b, &out, r->err);
	if (rc != 0)
		r->failed = rc;
	return out;
}

void
reader_provider(struct reader *r, const char *name, const char *member)
{
	static const char mark[] = "doc:";
	/* with its mark it is a provider like others, and is read as one */
	const size_t most = NAME_MAX_BYTES - strlen(mark);
	const char *trimmed, *provider = NULL;

	if (r->failed != 0 || r->provider != NULL)
		return;
	r->provider = "doc:unknown";
	if (text_blank(name))
		return;
	trimmed = text_trim(r->arena, name, r->err);
	if (trimmed != NULL && strlen(trimmed) > most) {
		reader_refuse(r, "provider", member, NULL,
		    "the issuer's name has %zu bytes, more than %zu",
		    strlen(trimmed), most);
		return;
	}
	if (trimmed != NULL)
		provider = arena_print(r->arena, r->err, "%s%s", mark, trimmed);
	if (provider == NULL)
		r->failed = r->err->code;
	else
		r->provider = provider;
}

const char *
reader_text(struct reader *r, const char *text)
{
	if (r->failed != 0 || text_blank(text))
		return NULL;
	size_t size = strlen(text);
	if (size <= TEXT_MAX_BYTES)
		return text;
	size = TEXT_MAX_BYTES;
	while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	text = arena_text(r->arena, text, size, r->err);
	if (text == NULL)
		r->failed = r->err->code;
	return text;
}

static uint64_t
mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	return x ^ x >> 32;
}

/* Nobody can choose times that collide: the secret is drawn from the digest
 * of the very bytes that would have to be chosen. */
static uint64_t
claim_hash(const struct reader *r, size_t index)
{
	uint64_t h = r->secret[0];

	h = mix(h ^ (uint64_t)(uintptr_t)r->claims[index].vulnerability);
	h = mix(h + (uint64_t)(uintptr_t)r->subjects[index]);
	return mix(h ^ (uint64_t)r->claims[index].said_at ^ r->secret[1]);
}

static bool
same_subject(const struct reader *r, size_t a, size_t b)
{
	return r->subjects[a] == r->subjects[b] &&
	    r->claims[a].vulnerability == r->claims[b].vulnerability &&
	    r->claims[a].said_at == r->claims[b].said_at;
}

/* The first claim about the same, or the new one itself. */
static size_t
first_claim(struct reader *r, size_t index)
{
	size_t i = (size_t)claim_hash(r, index) & (r->slot_room - 1);

	for (;; i = (i + 1) & (r->slot_room - 1)) {
		uint32_t slot = r->claim_slots[i];
		if (slot == 0) {
			r->claim_slots[i] = (uint32_t)index + 1;
			return index;
		}
		if (same_subject(r, slot - 1, index))
			return slot - 1;
	}
}

void
reader_claim(struct reader *r, const struct vexlog_observation *claim,
    const void *subject, const char *contradiction)
{
	const struct vexlog_observation *first;
	struct vexlog_observation *o;
	char said[TIME_TEXT], received[TIME_TEXT];

	if (r->failed != 0 || claim->vulnerability == NULL ||
	    claim->product == NULL)
		return;
	if (r->claim_count >= r->claim_room) {
		r->failed = err_set(r->err, VEXLOG_MISUSE,
		    "the reader of %s expected %zu claims and makes more",
		    r->format, r->claim_room);
		return;
	}
	if (claim->said_at > 0 && claim->said_at - DAY > r->received_at) {
		time_write(said, claim->said_at);
		time_write(received, r->received_at);
		reader_refuse(r, "time-in-future", NULL, NULL,
		    "said at %s, more than 24 hours after it was received "
		    "(%s)",
		    said, received);
		return;
	}
	o = &r->claims[r->claim_count];
	*o = *claim;
	o->document_digest = r->digest;
	o->format = r->format;
	o->provider = r->provider;
	o->mapping_version = VEXLOG_MAPPING_VERSION;
	if (o->aliases == NULL)
		o->aliases = "[]";
	o->pointer = reader_pointer(r, NULL);
	if (r->failed != 0)
		return;
	r->subjects[r->claim_count++] = subject;
	first = &r->claims[first_claim(r, r->claim_count - 1)];
	if (first->status != o->status)
		reader_refuse(r, contradiction, NULL, NULL,
		    "\"%s\" for %s in %.200s contradicts \"%s\" at %s",
		    o->source_status, o->vulnerability, o->product,
		    first->source_status, first->pointer);
}
