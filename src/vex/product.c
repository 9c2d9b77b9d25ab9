/*
 * product.c - make product keys, each once.
 *
 * In OpenVEX each statement writes its products out in full, so equal texts
 * share one product; the other formats define each product once.
 *
 * A relationship may pair products that are pairs themselves, so a small
 * document could ask for keys without end: all keys of one document together
 * are held to KEY_BYTES_RATIO times its size.
 */
#include "vex/product.h"

#include <stdio.h>
#include <strings.h>

#include "base/limits.h"
#include "base/text.h"
#include "vex/cpe.h"
#include "vex/purl.h"

#define KEY_BYTES_RATIO 16
#define KEY_BYTES_FREE  MIB

static void *
keep(struct reader *r, int rc)
{
	if (rc != 0 && r->failed == 0)
		r->failed = rc;
	return NULL;
}

size_t
product_size(const char *key)
{
	const char *stop = strstr(key, PRODUCT_SEPARATOR);

	return stop == NULL ? strlen(key) : (size_t)(stop - key);
}

bool
product_is_purl(const char *text)
{
	return text != NULL && strncasecmp(text, "pkg:", 4) == 0;
}

/* The name's characters as CSAF's schema has them; whether its parts are
 * right is for the owner of the CPE dictionary. */
bool
product_is_cpe(const char *text)
{
	if (text == NULL ||
	    (!text_starts(text, "cpe:2.3:") &&
		strncasecmp(text, "cpe:/", 5) != 0))
		return false;
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0';
	     c++)
		if (*c <= ' ' || *c >= 0x7f)
			return false;
	return true;
}

/* The key in the arena: the same pointer for the same key where the document
 * shares keys. Pairs are told apart by their parts instead. */
static const char *
intern(struct reader *r, const char *key, size_t size, bool shared)
{
	size_t found;
	char *copy;

	if (r->failed != 0)
		return NULL;
	if (shared && map_get(&r->keys, key, size, &found))
		return (const char *)(uintptr_t)found;
	r->key_bytes += size;
	if (r->key_bytes > KEY_BYTES_FREE + KEY_BYTES_RATIO * r->doc.size) {
		r->failed = err_set(r->err, VEXLOG_LIMIT,
		    "the product keys of this document are longer than %d "
		    "times the document (%zu bytes)",
		    KEY_BYTES_RATIO, r->doc.size);
		return NULL;
	}
	if ((copy = arena_text(r->arena, key, size, r->err)) == NULL)
		return keep(r, r->err->code);
	if (!r->shares_keys)
		return copy;
	int rc = map_put(
	    &r->keys, copy, size, (size_t)(uintptr_t)copy, &found, r->err);
	return rc < 0 ? keep(r, rc) : copy;
}

static bool
fits(struct reader *r, const char *key, const char *member,
    const struct json_value *at)
{
	size_t size = strlen(key);

	if (size > NAME_MAX_BYTES) {
		reader_refuse(r, "product key", member, at,
		    "the product's key has %zu bytes, more than %d", size,
		    NAME_MAX_BYTES);
		return false;
	}
	if (strstr(key, PRODUCT_SEPARATOR) != NULL) {
		reader_refuse(r, "product key", member, at,
		    "the product's key \"%.200s\" holds \" > \", which parts "
		    "product and component",
		    key);
		return false;
	}
	return true;
}

/* key may be scratch; text lives as long as the document. */
static const struct product *
make(struct reader *r, const char *key, const char *text, bool shared)
{
	struct product *p;
	const char *own = intern(r, key, strlen(key), shared);

	if (own == NULL)
		return NULL;
	if ((p = arena_take(r->arena, sizeof(*p), r->err)) == NULL)
		return keep(r, r->err->code);
	p->key = own;
	p->text = text == NULL || strcmp(text, own) == 0 ? own : text;
	p->breach = NULL;
	return p;
}

/* Reads, checks and writes in scratch; the key is copied behind it. */
static const struct product *
read_purl(struct reader *r, const char *text, const char *rule,
    const char *member, const struct json_value *at)
{
	struct arena_mark mark = arena_mark(r->arena);
	struct vexlog_err err = {0};
	char key[NAME_MAX_BYTES + 2];
	const char *written = NULL;
	struct product *p;
	struct purl purl;
	int rc;

	/* escaped it would name one thing, where two are meant */
	if (strstr(text, PRODUCT_SEPARATOR) != NULL &&
	    !fits(r, text, member, at))
		return NULL;
	rc = purl_read(&purl, r->arena, text, &err);
	if (rc == VEXLOG_SHAPE) {
		arena_back(r->arena, mark);
		reader_note(
		    r, rule, member, at, "\"%.120s\" is %s", text, err.message);
		return NULL;
	}
	if (rc == 0)
		rc = purl_write(&written, r->arena, &purl, &err);
	if (rc != 0) {
		*r->err = err;
		return keep(r, rc);
	}
	int breach = purl_check(&purl, &err);
	size_t size = strlen(written);
	bool good = size < sizeof(key) - 1 && fits(r, written, member, at);
	if (good)
		memcpy(key, written, size + 1);
	else if (size >= sizeof(key) - 1)
		(void)fits(r, written, member, at);
	/* fits may have added a finding behind the mark: then keep it all */
	if (!good)
		return NULL;
	arena_back(r->arena, mark);
	if ((p = (struct product *)(uintptr_t)make(
		 r, key, text, r->shares_keys)) == NULL)
		return NULL;
	if (breach != 0 &&
	    (p->breach = arena_copy(r->arena, err.message, r->err)) == NULL)
		return keep(r, r->err->code);
	return p;
}

const struct product *
product_purl(struct reader *r, const char *text, const char *rule, bool strict,
    const char *member, const struct json_value *at)
{
	const struct product *p;
	size_t found = 0, size;

	if (r->failed != 0 || text == NULL)
		return NULL;
	size = strlen(text);
	if (r->shares_keys && map_get(&r->purls, text, size, &found))
		p = (const struct product *)(uintptr_t)found;
	else if ((p = read_purl(r, text, rule, member, at)) == NULL)
		return NULL;
	if (r->shares_keys && found == 0) {
		int rc = map_put(&r->purls, text, size, (size_t)(uintptr_t)p,
		    &found, r->err);
		if (rc < 0)
			return keep(r, rc);
	}
	if (strict && p->breach != NULL)
		reader_note(
		    r, rule, member, at, "\"%.120s\": %s", text, p->breach);
	return p;
}

const struct product *
product_cpe(struct reader *r, const char *text, const char *member,
    const struct json_value *at)
{
	if (r->failed != 0 || text == NULL || !fits(r, text, member, at))
		return NULL;
	if (!cpe_is_name(text))
		reader_note(r, "CPE name", member, at,
		    "\"%.120s\" breaks the grammar of CPE names", text);
	return make(r, text, text, r->shares_keys);
}

const struct product *
product_local(struct reader *r, const char *name, const char *member,
    const struct json_value *at)
{
	struct arena_mark mark;
	char key[NAME_MAX_BYTES + 2];
	char *provider, *escaped;

	if (r->failed != 0 || name == NULL)
		return NULL;
	if (strlen(name) > NAME_MAX_BYTES) {
		reader_refuse(r, "product key", member, at,
		    "the product's name has %zu bytes, more than %d",
		    strlen(name), NAME_MAX_BYTES);
		return NULL;
	}
	mark = arena_mark(r->arena);
	provider = text_percent(r->arena, r->provider, r->err);
	escaped = text_percent(r->arena, name, r->err);
	if (provider == NULL || escaped == NULL)
		return keep(r, r->err->code);
	size_t size = strlen(provider) + strlen(escaped) + 7;
	if (size <= NAME_MAX_BYTES)
		(void)snprintf(
		    key, sizeof(key), "local:%s:%s", provider, escaped);
	arena_back(r->arena, mark);
	if (size > NAME_MAX_BYTES) {
		reader_refuse(r, "product key", member, at,
		    "the product's key has %zu bytes, more than %d", size,
		    NAME_MAX_BYTES);
		return NULL;
	}
	return make(r, key, name, r->shares_keys);
}

/* "a > b" in out, which holds NAME_MAX_BYTES + 1; false when it is longer. */
static bool
join(char *out, const char *a, const char *b)
{
	const size_t gap = sizeof(PRODUCT_SEPARATOR) - 1;
	size_t a_size = strlen(a), b_size = strlen(b);

	if (a_size + gap + b_size > NAME_MAX_BYTES)
		return false;
	memcpy(out, a, a_size);
	memcpy(out + a_size, PRODUCT_SEPARATOR, gap);
	memcpy(out + a_size + gap, b, b_size + 1);
	return true;
}

static const struct product *
make_pair(struct reader *r, const struct product *product,
    const struct product *component)
{
	char key[NAME_MAX_BYTES + 1];
	const char *text = NULL;

	if (!join(key, product->key, component->key)) {
		reader_refuse(r, "product key", NULL, NULL,
		    "the key of product and component has %zu bytes, more "
		    "than %d",
		    strlen(product->key) + strlen(component->key) + 3,
		    NAME_MAX_BYTES);
		return NULL;
	}
	if (product->text != product->key ||
	    component->text != component->key) {
		text =
		    arena_print(r->arena, r->err, "%s" PRODUCT_SEPARATOR "%s",
			product->text, component->text);
		if (text == NULL)
			return keep(r, r->err->code);
	}
	return make(r, key, text, false);
}

/* A pair by its keys, so that other writings of both find the same key. */
struct pair {
	const char *keys[2];
	const struct product *product, *component;
	const struct product *whole;
};

/* The same keys in another writing: the same key, another text. */
static const struct product *
rewritten(struct reader *r, const struct product *whole,
    const struct product *product, const struct product *component)
{
	struct product *p = arena_take(r->arena, sizeof(*p), r->err);
	const char *text = p == NULL
	    ? NULL
	    : arena_print(r->arena, r->err, "%s" PRODUCT_SEPARATOR "%s",
		  product->text, component->text);

	if (text == NULL)
		return keep(r, r->err->code);
	*p = (struct product){whole->key, text, NULL};
	return p;
}

const struct product *
product_pair(struct reader *r, const struct product *product,
    const struct product *component)
{
	struct pair *pair, one;
	size_t found;

	if (r->failed != 0 || product == NULL || component == NULL)
		return NULL;
	if (!r->shares_keys)
		return make_pair(r, product, component);
	one = (struct pair){
	    {product->key, component->key}, product, component, NULL};
	if (map_get(
		&r->pairs, (const char *)one.keys, sizeof(one.keys), &found)) {
		pair = (struct pair *)(uintptr_t)found;
		return pair->product == product && pair->component == component
		    ? pair->whole
		    : rewritten(r, pair->whole, product, component);
	}
	if ((one.whole = make_pair(r, product, component)) == NULL)
		return NULL;
	if ((pair = arena_take(r->arena, sizeof(*pair), r->err)) == NULL)
		return keep(r, r->err->code);
	*pair = one;
	int rc = map_put(&r->pairs, (const char *)pair->keys,
	    sizeof(pair->keys), (size_t)(uintptr_t)pair, &found, r->err);
	return rc < 0 ? keep(r, rc) : pair->whole;
}

/* The purl with another version, or with a range instead of one. */
static const char *
purl_in_version(
    struct reader *r, const char *key, const char *version, const char *range)
{
	struct purl_qualifier list[PURL_QUALIFIERS_MAX + 1];
	const char *written = NULL;
	struct purl purl;
	size_t count = 0;
	int rc = purl_read(&purl, r->arena, key, r->err);

	if (rc != 0)
		return keep(r, rc);
	for (; count < purl.qualifier_count; count++)
		list[count] = purl.qualifiers[count];
	purl.version = version;
	if (range != NULL) {
		size_t k = 0;
		for (size_t i = 0; i < count; i++)
			if (strcmp(list[i].key, "vers") != 0)
				list[k++] = list[i];
		count = k;
		list[count++] = (struct purl_qualifier){"vers", range};
	}
	purl.qualifiers = list;
	purl.qualifier_count = count;
	/* without the range it would be said of every version */
	if (count > PURL_QUALIFIERS_MAX) {
		reader_refuse(r, "product key", NULL, NULL,
		    "the purl has %d qualifiers, and no room for the range",
		    PURL_QUALIFIERS_MAX);
		return NULL;
	}
	if ((rc = purl_fold(&purl, r->arena, r->err)) == 0)
		rc = purl_write(&written, r->arena, &purl, r->err);
	return rc != 0 ? keep(r, rc) : written;
}

const struct product *
product_version(struct reader *r, const struct product *product,
    const char *name, const char *version, const char *range)
{
	const char *key, *text;

	if (r->failed != 0 || product == NULL)
		return NULL;
	text = arena_print(r->arena, r->err, "%s%s%s", name,
	    range != NULL ? " " : "@", range != NULL ? range : version);
	if (text == NULL)
		return keep(r, r->err->code);
	if (!product_is_purl(product->key))
		return product_local(r, text, NULL, NULL);
	key = purl_in_version(r, product->key, version, range);
	if (key == NULL || !fits(r, key, NULL, NULL))
		return NULL;
	return make(r, key, text, r->shares_keys);
}
