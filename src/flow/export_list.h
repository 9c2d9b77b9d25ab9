/*
 * export_list.h - the verdicts that are to be written, with what a document
 * of any format has to say about each, and the products they are about.
 *
 * Nothing in it comes from a clock, so a document that is written from it
 * alone is the same to the byte each time.
 */
#ifndef VEXLOG_FLOW_EXPORT_LIST_H
#define VEXLOG_FLOW_EXPORT_LIST_H

#include "flow/home.h"
#include "json/write.h"

enum export_kind {
	EXPORT_PURL,
	EXPORT_CPE23,
	EXPORT_CPE22,
	EXPORT_NAME, /* a name that only its issuer gave it */
};

/* A product, or a component in one. */
struct export_product {
	const char *key;       /* "P > S" for a component in a product */
	enum export_kind kind; /* of the innermost */
	const char *name;      /* purl, CPE or name of the innermost */
	/* of a purl that holds a range of versions: the range, and the purl
	 * without it; else NULL */
	const char *range, *plain;
	struct export_product *parent;    /* the product around it, or NULL */
	struct export_product *component; /* S by itself; P: itself */
	struct export_product *children, *last_child, *sibling;
	size_t depth;  /* products around it */
	size_t number; /* from 1, in the order of keys */
	bool stated;   /* it, or a component in it, has a verdict */
	/* of a component by itself: in other places the same vulnerability
	 * has another status, so its name alone does not tell which */
	bool mixed;
};

struct export_item {
	const char *vulnerability;
	const char *const *aliases; /* other names, sorted */
	size_t alias_count;
	struct export_product *product;
	enum vexlog_status status;
	const char *justification; /* as in the verdict, never empty */
	const char *verdict, *policy;
	size_t conflicts; /* claims that say another status */
	/* of the claim that won */
	const char *claim, *provider, *format, *source_status;
	const char *source_justification, *impact, *action; /* or NULL */
	int64_t said_at;
	bool timed; /* its document said when */
	/* entry of the verdict; log_id is NULL while it is in no log */
	const char *log_id, *uuid;
	int64_t log_index;
};

struct export_list {
	const struct export_item *items; /* by vulnerability, product key */
	size_t count;
	struct export_product *const *products; /* by key */
	size_t product_count;
	size_t observations; /* claims that were weighed */
	int64_t newest;      /* said_at of the newest claim */
};

/* A document that is being written. */
struct export_doc {
	const struct export_list *list;
	const struct vexlog_export_options *options;
	char id[65];         /* hex; names the document by its content */
	bool counts;         /* this pass tells of losses and counts */
	size_t written;      /* verdicts */
	const void *context; /* of the writer */
};

typedef void (*export_writer)(struct json_writer *w, struct export_doc *doc);

/* errors   NOT_FOUND (no verdict fits), BAD_PROOF, as the store */
int export_list_read(struct export_list *out, struct vexlog_arena *arena,
    struct vexlog *v, const struct vexlog_export_options *options,
    struct vexlog_err *err);
/* The document's bytes, indented; *written counts the verdicts in it. */
int export_render(struct vexlog_bytes *out, size_t *written,
    struct vexlog_arena *arena, const struct export_list *list,
    const struct vexlog_export_options *options, export_writer writer,
    struct vexlog_err *err);
/* One pass of a writer, indented. */
int export_text(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct export_doc *doc, export_writer writer, struct vexlog_err *err);
/* Reads the list and writes the document to its path. */
int export_file(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, export_writer writer,
    struct vexlog_err *err);

/* Tells of what the format can't carry; item NULL: of the whole document. */
void export_lost(const struct export_doc *doc, const struct export_item *item,
    const char *format, ...) PRINTF_LIKE(3, 4);
/* Tells of what no format carries. */
void export_lost_all(const struct export_list *list,
    const struct vexlog_export_options *options);
/* One of the five tokens that OpenVEX and CSAF share. */
bool export_has_token(const struct export_item *item);
/* Why it is not affected: the source's words, or that there are none, which
 * is told as a loss. Always a text where the item has no token. NULL: there
 * is nothing to say beside the token. */
const char *export_impact(struct export_doc *doc,
    const struct export_item *item, char *scratch, size_t size);
/* What to do about it; stated to be missing where it is, which is told. */
const char *export_action(
    struct export_doc *doc, const struct export_item *item);
/* Tells of a range of versions, where a format has no place for one. */
void export_lost_range(
    const struct export_doc *doc, const struct export_item *item);
/* Tells of texts that a format has no place for beside this status. */
void export_lost_texts(const struct export_doc *doc,
    const struct export_item *item, bool impact, bool action);
/* Verdict, claim, conflicts and log entry, for a person and for grep. */
const char *export_notes(
    const struct export_item *item, char *scratch, size_t size);
#define EXPORT_NOTES_MAX 16384

void export_openvex_document(struct json_writer *w, struct export_doc *doc);

#endif
