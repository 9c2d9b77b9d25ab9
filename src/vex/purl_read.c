/*
 * purl_read.c - take a package URL apart by the parsing steps of ECMA-427:
 * from the right (subpath, qualifiers, version), then from the left (scheme,
 * type).
 */
#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "vex/purl_parts.h"

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

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
				return purl_refuse(err,
				    "'%' without two hex digits behind it");
			c = (char)(high << 4 | low);
			i += 2;
			if (c == '\0')
				return purl_refuse(err, "%00 in it");
			if (c == '/' && !whole)
				return purl_refuse(
				    err, "%2F inside one segment of a path");
		}
		buffer_byte(out, c);
	}
	if (out->failed == 0 &&
	    text_utf8_valid(out->data + from, out->size - from) !=
		out->size - from)
		return purl_refuse(err, "its decoded bytes are not UTF-8");
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
			return purl_refuse(err, "a qualifier without '='");
		key.size = (size_t)(equals - part.at);
		value.at = equals + 1;
		value.size = part.size - key.size - 1;
		if (!purl_is_key(key.at, key.size))
			return purl_refuse(err,
			    "a qualifier's key may hold only letters, "
			    "digits, '.', '-' and '_'");
		if (value.size == 0)
			continue; /* the same as no qualifier */
		if (count == PURL_QUALIFIERS_MAX)
			return purl_refuse(err, "more than 64 qualifiers");
		for (size_t i = 0; i < key.size; i++)
			if (key.at[i] >= 'A' && key.at[i] <= 'Z')
				out->folded_keys = true;
		list[count].key = purl_lower(arena, key.at, key.size, err);
		if (list[count].key == NULL)
			return err->code;
		if ((rc = decode_one(&list[count].value, arena, value, err)) !=
		    0)
			return rc;
		count++;
	}
	if (count == 0)
		return 0;
	if ((rc = purl_sort_qualifiers(list, count, err)) != 0)
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
		return purl_refuse(err, "longer than 65536 bytes");
	struct piece subpath = split_right(&in, '#');
	struct piece qualifiers = split_right(&in, '?');
	if (in.size < 4 || lower(in.at[0]) != 'p' || lower(in.at[1]) != 'k' ||
	    lower(in.at[2]) != 'g' || in.at[3] != ':')
		return purl_refuse(err, "it does not begin with \"pkg:\"");
	in.at += 4;
	in.size -= 4;
	in = strip_slashes(in);
	const char *slash = memchr(in.at, '/', in.size);
	if (slash == NULL)
		return purl_refuse(err, "no '/' behind the type");
	type.at = in.at;
	type.size = (size_t)(slash - in.at);
	if (!purl_is_type(type.at, type.size))
		return purl_refuse(err,
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
		return purl_refuse(err, "it has no name");
	if ((out->type = purl_lower(arena, type.at, type.size, err)) == NULL)
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
	return purl_fold_by_type(out, arena, err);
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
purl_try(bool *good, struct purl *out, struct vexlog_arena *arena,
    const char *text, struct vexlog_err *err)
{
	struct vexlog_err why = {0};
	int rc = purl_read(out, arena, text, &why);

	*good = rc == 0;
	if (rc == 0 || rc == VEXLOG_SHAPE)
		return 0;
	*err = why;
	return rc;
}
