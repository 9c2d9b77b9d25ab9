/*
 * purl.c - package URLs by the parsing and building steps of ECMA-427.
 *
 * The text is taken apart from the right (subpath, qualifiers, version) and
 * then from the left (scheme, type), as the standard says. Where the test
 * suite of purl-spec asks for more than the type definitions, the code says
 * so.
 */
#include "vex/purl.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"

static const struct purl_type *
find_type(const char *type)
{
	size_t low = 0, high = purl_type_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(type, purl_types[middle].type);
		if (order == 0)
			return &purl_types[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int
refuse(struct vexlog_err *err, const char *what)
{
	return err_set(err, VEXLOG_SHAPE, "not a purl: %s", what);
}

/* A piece of the text that is not copied yet. */
struct piece {
	const char *at;
	size_t size;
};

/* The last byte c of the piece, or NULL. */
static const char *
last(struct piece in, char c)
{
	for (const char *p = in.at + in.size; p > in.at;)
		if (*--p == c)
			return p;
	return NULL;
}

/* What stands behind the last byte c; the piece ends before it. */
static struct piece
split_right(struct piece *in, char c)
{
	const char *at = last(*in, c);
	struct piece right = {NULL, 0};

	if (at != NULL) {
		right.at = at + 1;
		right.size = (size_t)(in->at + in->size - right.at);
		in->size = (size_t)(at - in->at);
	}
	return right;
}

/* Up to the first byte c, which is taken too; false at the end. */
static bool
next_part(struct piece *in, char c, struct piece *part)
{
	if (in->at == NULL)
		return false;
	const char *stop = memchr(in->at, c, in->size);
	part->at = in->at;
	if (stop == NULL) {
		part->size = in->size;
		in->at = NULL;
		return true;
	}
	part->size = (size_t)(stop - in->at);
	in->size -= part->size + 1;
	in->at = stop + 1;
	return true;
}

/* Appends the piece without its percent-encoding. */
static int
decode(struct buffer *out, struct piece in, bool whole, struct vexlog_err *err)
{
	size_t from = out->size;

	for (size_t i = 0; i < in.size; i++) {
		char c = in.at[i];
		if (c == '%') {
			int high =
			    i + 2 < in.size ? hex_value(in.at[i + 1]) : -1;
			int low =
			    i + 2 < in.size ? hex_value(in.at[i + 2]) : -1;
			if (high < 0 || low < 0)
				return refuse(err,
				    "'%' without two hex digits behind it");
			c = (char)(high << 4 | low);
			i += 2;
			if (c == '\0')
				return refuse(err, "%00 in it");
			if (c == '/' && !whole)
				return refuse(
				    err, "%2F inside one segment of a path");
		}
		buffer_byte(out, c);
	}
	if (out->failed == 0 &&
	    text_utf8_valid(out->data + from, out->size - from) !=
		out->size - from)
		return refuse(err, "its decoded bytes are not UTF-8");
	return 0;
}

static int
decode_one(const char **out, struct vexlog_arena *arena, struct piece in,
    struct vexlog_err *err)
{
	struct buffer b;
	int rc;

	buffer_open(&b, arena, TEXT_MAX_BYTES);
	if ((rc = decode(&b, in, true, err)) != 0)
		return rc;
	return buffer_finish_text(&b, out, err);
}

/* Segments between slashes, the empty ones dropped; dots: "." and ".." are
 * dropped too. NULL when nothing is left. */
static int
decode_path(const char **out, struct vexlog_arena *arena, struct piece in,
    bool dots, struct vexlog_err *err)
{
	struct piece part;
	struct buffer b;
	int rc;

	buffer_open(&b, arena, TEXT_MAX_BYTES);
	while (next_part(&in, '/', &part)) {
		if (part.size == 0)
			continue;
		size_t before = b.size;
		if (b.size > 0)
			buffer_byte(&b, '/');
		size_t from = b.size;
		if ((rc = decode(&b, part, false, err)) != 0)
			return rc;
		size_t size = b.size - from;
		if (b.failed == 0 && dots &&
		    ((size == 1 && b.data[from] == '.') ||
			(size == 2 && memcmp(b.data + from, "..", 2) == 0)))
			b.size = before;
	}
	if (b.size == 0 && b.failed == 0) {
		*out = NULL;
		return 0;
	}
	return buffer_finish_text(&b, out, err);
}

static bool
is_key(const char *key, size_t size)
{
	if (size == 0 || is_digit(key[0]))
		return false;
	for (size_t i = 0; i < size; i++)
		if (!is_letter(key[i]) && !is_digit(key[i]) && key[i] != '.' &&
		    key[i] != '-' && key[i] != '_')
			return false;
	return true;
}

static char *
lower_text(struct vexlog_arena *arena, const char *text, size_t size,
    struct vexlog_err *err)
{
	char *out = arena_text(arena, text, size, err);

	for (size_t i = 0; out != NULL && i < size; i++)
		out[i] = lower(out[i]);
	return out;
}

/* Sorts by insertion: there are at most PURL_QUALIFIERS_MAX. */
static int
sort_qualifiers(
    struct purl_qualifier *list, size_t count, struct vexlog_err *err)
{
	for (size_t i = 1; i < count; i++) {
		struct purl_qualifier one = list[i];
		size_t k = i;
		for (; k > 0 && strcmp(list[k - 1].key, one.key) > 0; k--)
			list[k] = list[k - 1];
		list[k] = one;
	}
	for (size_t i = 1; i < count; i++)
		if (strcmp(list[i - 1].key, list[i].key) == 0)
			return err_set(err, VEXLOG_SHAPE,
			    "not a purl: the qualifier \"%.40s\" is there "
			    "twice",
			    list[i].key);
	return 0;
}

static int
read_qualifiers(struct purl *out, struct vexlog_arena *arena, struct piece in,
    struct vexlog_err *err)
{
	struct purl_qualifier list[PURL_QUALIFIERS_MAX], *copy;
	struct piece part, rest = in;
	size_t count = 0;
	int rc;

	while (next_part(&rest, '&', &part)) {
		struct piece key = part, value = {NULL, 0};
		const char *equals = memchr(part.at, '=', part.size);
		if (part.size == 0)
			continue;
		if (equals == NULL)
			return refuse(err, "a qualifier without '='");
		key.size = (size_t)(equals - part.at);
		value.at = equals + 1;
		value.size = part.size - key.size - 1;
		if (!is_key(key.at, key.size))
			return refuse(err,
			    "a qualifier's key may hold only letters, "
			    "digits, '.', '-' and '_'");
		if (value.size == 0)
			continue; /* the same as no qualifier */
		if (count == PURL_QUALIFIERS_MAX)
			return refuse(err, "more than 64 qualifiers");
		for (size_t i = 0; i < key.size; i++)
			if (key.at[i] >= 'A' && key.at[i] <= 'Z')
				out->folded_keys = true;
		list[count].key = lower_text(arena, key.at, key.size, err);
		if (list[count].key == NULL)
			return err->code;
		if ((rc = decode_one(&list[count].value, arena, value, err)) !=
		    0)
			return rc;
		count++;
	}
	if (count == 0)
		return 0;
	if ((rc = sort_qualifiers(list, count, err)) != 0)
		return rc;
	if ((copy = arena_list(arena, count, sizeof(*copy), err)) == NULL)
		return err->code;
	memcpy(copy, list, count * sizeof(*copy));
	out->qualifiers = copy;
	out->qualifier_count = count;
	return 0;
}

/* The version: behind the last '@', which is no version's sign where it
 * begins a path of more segments, as the scope of an npm package written
 * without its encoding does. */
static struct piece
split_version(struct piece *in)
{
	const char *at = last(*in, '@');
	struct piece none = {NULL, 0};

	if (at == NULL)
		return none;
	bool begins = at == in->at || at[-1] == '/';
	size_t behind = (size_t)(in->at + in->size - at) - 1;
	if (begins && memchr(at + 1, '/', behind) != NULL)
		return none;
	return split_right(in, '@');
}

static int
fold_one(const char **text, struct vexlog_arena *arena, struct vexlog_err *err)
{
	if (*text == NULL)
		return 0;
	*text = lower_text(arena, *text, strlen(*text), err);
	return *text == NULL ? err->code : 0;
}

static int
fold_name(struct purl *p, unsigned rules, struct vexlog_arena *arena,
    struct vexlog_err *err)
{
	char *name = arena_copy(arena, p->name, err);

	if (name == NULL)
		return err->code;
	for (char *c = name; *c != '\0'; c++) {
		if ((rules & PURL_UNDERSCORE_TO_DASH) != 0 && *c == '_')
			*c = '-';
		if ((rules & PURL_OTHER_TO_UNDERSCORE) != 0 && !is_digit(*c) &&
		    !(*c >= 'a' && *c <= 'z'))
			*c = '_';
	}
	p->name = name;
	return 0;
}

/* A git purl's namespace is the host alone and its name the path on it. */
static int
move_git_path(
    struct purl *p, struct vexlog_arena *arena, struct vexlog_err *err)
{
	const char *path = arena_print(
	    arena, err, "%s/%s", p->space == NULL ? "" : p->space, p->name);
	const char *name = NULL, *host = NULL;
	struct piece in, part;
	struct buffer b;
	int rc;

	if (path == NULL)
		return err->code;
	in = (struct piece){path, strlen(path)};
	buffer_open(&b, arena, 2 * TEXT_MAX_BYTES);
	while (next_part(&in, '/', &part)) {
		if (part.size == 0)
			continue;
		if (host == NULL) {
			host = arena_text(arena, part.at, part.size, err);
			if (host == NULL)
				return err->code;
			continue;
		}
		if (b.size > 0)
			buffer_byte(&b, '/');
		buffer_bytes(&b, part.at, part.size);
	}
	if (host == NULL)
		return refuse(err, "it has no name");
	p->space = NULL;
	p->name = host;
	if (b.size == 0 && b.failed == 0)
		return 0;
	if ((rc = buffer_finish_text(&b, &name, err)) != 0)
		return rc;
	p->space = host;
	p->name = name;
	return 0;
}

static int
fold_by_type(struct purl *p, struct vexlog_arena *arena, struct vexlog_err *err)
{
	const struct purl_type *type = find_type(p->type);
	unsigned rules = type == NULL ? 0 : type->rules;
	int rc;

	if (type != NULL && strcmp(type->type, "git") == 0) {
		if ((rc = move_git_path(p, arena, err)) != 0)
			return rc;
		/* the suite folds this host's paths, as the type github */
		if (text_same(p->space, "github"))
			rules |= PURL_FOLD_NAME;
	}
	if ((rules & PURL_FOLD_NAMESPACE) != 0 &&
	    (rc = fold_one(&p->space, arena, err)) != 0)
		return rc;
	if ((rules & PURL_FOLD_NAME) != 0 &&
	    (rc = fold_one(&p->name, arena, err)) != 0)
		return rc;
	if ((rules & PURL_FOLD_VERSION) != 0 &&
	    (rc = fold_one(&p->version, arena, err)) != 0)
		return rc;
	if ((rules & PURL_FOLD_SUBPATH) != 0 &&
	    (rc = fold_one(&p->subpath, arena, err)) != 0)
		return rc;
	if ((rules & (PURL_UNDERSCORE_TO_DASH | PURL_OTHER_TO_UNDERSCORE)) != 0)
		return fold_name(p, rules, arena, err);
	return 0;
}

static bool
is_type(const char *type, size_t size)
{
	if (size == 0 || !is_letter(type[0]))
		return false;
	for (size_t i = 0; i < size; i++)
		if (!is_letter(type[i]) && !is_digit(type[i]) &&
		    type[i] != '.' && type[i] != '-' && type[i] != '+')
			return false;
	return true;
}

static struct piece
strip_slashes(struct piece in)
{
	while (in.size > 0 && in.at[0] == '/') {
		in.at++;
		in.size--;
	}
	while (in.size > 0 && in.at[in.size - 1] == '/')
		in.size--;
	return in;
}

static int
read_parts(struct purl *out, struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err)
{
	struct piece in = {text, strlen(text)}, type, name;
	int rc;

	if (in.size > TEXT_MAX_BYTES)
		return refuse(err, "longer than 65536 bytes");
	struct piece subpath = split_right(&in, '#');
	struct piece qualifiers = split_right(&in, '?');
	if (in.size < 4 || lower(in.at[0]) != 'p' || lower(in.at[1]) != 'k' ||
	    lower(in.at[2]) != 'g' || in.at[3] != ':')
		return refuse(err, "it does not begin with \"pkg:\"");
	in.at += 4;
	in.size -= 4;
	in = strip_slashes(in);
	const char *slash = memchr(in.at, '/', in.size);
	if (slash == NULL)
		return refuse(err, "no '/' behind the type");
	type.at = in.at;
	type.size = (size_t)(slash - in.at);
	if (!is_type(type.at, type.size))
		return refuse(err,
		    "a type begins with a letter and holds letters, digits, "
		    "'.' and '-'");
	in.size -= type.size + 1;
	in.at = slash + 1;
	struct piece version = split_version(&in);
	const char *cut = last(in, '/');
	name = in;
	struct piece space = {NULL, 0};
	if (cut != NULL) {
		name = split_right(&in, '/');
		space = in;
	}
	if (name.size == 0)
		return refuse(err, "it has no name");
	if ((out->type = lower_text(arena, type.at, type.size, err)) == NULL)
		return err->code;
	if ((rc = decode_one(&out->name, arena, name, err)) != 0 ||
	    (rc = decode_path(&out->space, arena, space, false, err)) != 0 ||
	    (rc = decode_path(&out->subpath, arena, subpath, true, err)) != 0)
		return rc;
	if (version.size > 0 &&
	    (rc = decode_one(&out->version, arena, version, err)) != 0)
		return rc;
	if (qualifiers.at != NULL &&
	    (rc = read_qualifiers(out, arena, qualifiers, err)) != 0)
		return rc;
	return fold_by_type(out, arena, err);
}

int
purl_read(struct purl *out, struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err)
{
	struct purl p = {0};
	int rc = read_parts(&p, arena, text, err);

	if (rc == 0)
		*out = p;
	return rc;
}

int
purl_fold(struct purl *purl, struct vexlog_arena *arena, struct vexlog_err *err)
{
	struct purl_qualifier list[PURL_QUALIFIERS_MAX], *copy;
	struct purl p = *purl;
	size_t count = 0;
	int rc;

	if (p.type == NULL || !is_type(p.type, strlen(p.type)))
		return refuse(err, "no type, or not a type");
	if (p.name == NULL || p.name[0] == '\0')
		return refuse(err, "it has no name");
	if ((rc = fold_one(&p.type, arena, err)) != 0)
		return rc;
	if (p.version != NULL && p.version[0] == '\0')
		p.version = NULL;
	if (p.qualifier_count > PURL_QUALIFIERS_MAX)
		return refuse(err, "more than 64 qualifiers");
	for (size_t i = 0; i < p.qualifier_count; i++) {
		struct purl_qualifier q = p.qualifiers[i];
		if (!is_key(q.key, strlen(q.key)))
			return refuse(err, "not a qualifier's key");
		if (q.value == NULL || q.value[0] == '\0')
			continue;
		if ((rc = fold_one(&q.key, arena, err)) != 0)
			return rc;
		list[count++] = q;
	}
	if ((rc = sort_qualifiers(list, count, err)) != 0)
		return rc;
	if ((copy = arena_list(arena, count + 1, sizeof(*copy), err)) == NULL)
		return err->code;
	memcpy(copy, list, count * sizeof(*copy));
	p.qualifiers = copy;
	p.qualifier_count = count;
	/* as a path that is read: no empty segments, no dots */
	struct piece path = {
	    p.subpath, p.subpath == NULL ? 0 : strlen(p.subpath)};
	struct piece part;
	struct buffer b;
	buffer_open(&b, arena, TEXT_MAX_BYTES);
	while (next_part(&path, '/', &part)) {
		if (part.size == 0 || (part.size == 1 && part.at[0] == '.') ||
		    (part.size == 2 && memcmp(part.at, "..", 2) == 0))
			continue;
		if (b.size > 0)
			buffer_byte(&b, '/');
		buffer_bytes(&b, part.at, part.size);
	}
	p.subpath = NULL;
	if ((b.size > 0 || b.failed != 0) &&
	    (rc = buffer_finish_text(&b, &p.subpath, err)) != 0)
		return rc;
	if (p.space != NULL && p.space[0] == '\0')
		p.space = NULL;
	if ((rc = fold_by_type(&p, arena, err)) == 0)
		*purl = p;
	return rc;
}

/* One to four numbers with dots between them. */
static bool
is_numbers(const char *text)
{
	int numbers = 0;

	for (;;) {
		if (!is_digit(*text) || ++numbers > 4)
			return false;
		while (is_digit(*text))
			text++;
		if (*text == '\0')
			return true;
		if (*text++ != '.')
			return false;
	}
}

static bool
fits(enum purl_pattern pattern, const char *text)
{
	size_t n = 0;

	if (text == NULL)
		return true;
	switch (pattern) {
	case PURL_ANY:
		return true;
	case PURL_32_A_TO_P:
		while (text[n] >= 'a' && text[n] <= 'p')
			n++;
		return n == 32 && text[n] == '\0';
	case PURL_1_TO_4_NUMBERS:
		return is_numbers(text);
	case PURL_LOWER_DIGIT_UNDERSCORE:
		return is_digit(text[0]) || text[0] == '_' ||
		    (text[0] >= 'a' && text[0] <= 'z');
	}
	return false;
}

int
purl_check(const struct purl *p, struct vexlog_err *err)
{
	const struct purl_type *type = find_type(p->type);
	size_t i = 0;

	if (type == NULL)
		return 0;
	if ((type->rules & PURL_NAMESPACE_REQUIRED) != 0 && p->space == NULL)
		return err_set(err, VEXLOG_SHAPE,
		    "a purl of type %s needs a namespace", p->type);
	if ((type->rules & PURL_NAMESPACE_PROHIBITED) != 0 && p->space != NULL)
		return err_set(err, VEXLOG_SHAPE,
		    "a purl of type %s has no namespace, this has \"%.80s\"",
		    p->type, p->space);
	if (!fits(type->name, p->name))
		return err_set(err, VEXLOG_SHAPE,
		    "\"%.80s\" is not a name of type %s", p->name, p->type);
	if (!fits(type->version, p->version))
		return err_set(err, VEXLOG_SHAPE,
		    "\"%.80s\" is not a version of type %s", p->version,
		    p->type);
	/* The suite refuses this for gem and takes it for maven. */
	if (p->folded_keys && strcmp(p->type, "gem") == 0)
		return err_set(err, VEXLOG_SHAPE,
		    "a qualifier's key of type gem is lower-case");
	if (type->qualifier == NULL)
		return 0;
	while (i < p->qualifier_count &&
	    strcmp(p->qualifiers[i].key, type->qualifier) != 0)
		i++;
	if (i == p->qualifier_count)
		return err_set(err, VEXLOG_SHAPE,
		    "a purl of type %s needs the qualifier \"%s\"", p->type,
		    type->qualifier);
	return 0;
}

/* Everything but unreserved characters, ':' and those in keep. */
static void
encode(struct buffer *out, const char *text, char keep)
{
	static const char digits[] = "0123456789ABCDEF";

	for (const char *c = text; *c != '\0'; c++) {
		unsigned char byte = (unsigned char)*c;
		if (is_letter(*c) || is_digit(*c) || *c == '.' || *c == '-' ||
		    *c == '_' || *c == '~' || *c == ':' ||
		    (*c == keep && keep != '\0')) {
			buffer_byte(out, *c);
			continue;
		}
		buffer_byte(out, '%');
		buffer_byte(out, digits[byte >> 4]);
		buffer_byte(out, digits[byte & 15]);
	}
}

int
purl_write(const char **out, struct vexlog_arena *arena, const struct purl *p,
    struct vexlog_err *err)
{
	bool git = strcmp(p->type, "git") == 0;
	struct buffer b;

	buffer_open(&b, arena, 8 * TEXT_MAX_BYTES);
	buffer_text(&b, "pkg:");
	buffer_text(&b, p->type);
	buffer_byte(&b, '/');
	if (p->space != NULL) {
		encode(&b, p->space, '/');
		buffer_byte(&b, '/');
	}
	encode(&b, p->name, git ? '/' : '\0');
	if (p->version != NULL) {
		buffer_byte(&b, '@');
		encode(&b, p->version, '\0');
	}
	for (size_t i = 0; i < p->qualifier_count; i++) {
		buffer_byte(&b, i == 0 ? '?' : '&');
		buffer_text(&b, p->qualifiers[i].key);
		buffer_byte(&b, '=');
		encode(&b, p->qualifiers[i].value, '\0');
	}
	if (p->subpath != NULL) {
		buffer_byte(&b, '#');
		encode(&b, p->subpath, '/');
	}
	return buffer_finish_text(&b, out, err);
}

bool
purl_matches(const struct purl *general, const struct purl *specific)
{
	size_t k = 0;

	if (!text_same(general->type, specific->type) ||
	    !text_same(general->space, specific->space) ||
	    !text_same(general->name, specific->name))
		return false;
	if (general->version != NULL &&
	    !text_same(general->version, specific->version))
		return false;
	/* both lists are sorted */
	for (size_t i = 0; i < general->qualifier_count; i++) {
		const struct purl_qualifier *q = &general->qualifiers[i];
		while (k < specific->qualifier_count &&
		    strcmp(specific->qualifiers[k].key, q->key) < 0)
			k++;
		if (k == specific->qualifier_count ||
		    !text_same(specific->qualifiers[k].key, q->key) ||
		    !text_same(specific->qualifiers[k].value, q->value))
			return false;
	}
	return true;
}
