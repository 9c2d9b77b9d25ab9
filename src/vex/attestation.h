/*
 * attestation.h - a VEX document inside an in-toto statement, and that inside
 * a DSSE envelope.
 *
 * The statement is the document then: its bytes have the digest, and pointers
 * lead into it ("/predicate/statements/0"). Signatures are not looked at
 * here. An OpenVEX statement without products is said of every subject; one
 * with products only of those that are subjects (OpenVEX ATTESTING.md).
 */
#ifndef VEXLOG_VEX_ATTESTATION_H
#define VEXLOG_VEX_ATTESTATION_H

#include "vex/product.h"
#include "vex/reader.h"

/* A subject is matched by purl against so many at most; by name and digest
 * against all. */
#define SUBJECTS_MATCHED_MAX 64

struct subjects {
	const struct product **list; /* each key once */
	size_t count;
	struct map keys;    /* of list */
	struct map digests; /* the SHA-256 of all */
};

bool attestation_is_envelope(const struct json_value *root);
/* False: the payload cannot be decoded, which is a finding, or memory is
 * short (r->failed). */
bool attestation_unwrap(struct reader *r, const struct json_value *root,
    struct vexlog_bytes *payload);
bool attestation_is_statement(const struct json_value *root);
/* Notes what is wrong around the predicate; remembers the subjects. */
void attestation_check(struct reader *r, const struct json_value *root);

/* Reads the subjects into r->attested; after the provider is known, which is
 * part of the keys of subjects without a purl. */
void attestation_read_subjects(struct reader *r);
/* Whether a product with these hashes is one of the subjects. */
bool attestation_has(struct reader *r, const struct product *product,
    const struct json_value *hashes);

#endif
