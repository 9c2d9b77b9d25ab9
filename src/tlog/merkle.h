/*
 * merkle.h - RFC 6962 / RFC 9162 trees: hashes, roots and proofs. Pure.
 *
 * All indexes and sizes are below 2^63. Proof lengths are exact.
 */
#ifndef VEXLOG_TLOG_MERKLE_H
#define VEXLOG_TLOG_MERKLE_H

#include "base/hash.h"

/* H(0x00 || data), RFC 9162 2.1.1 */
int merkle_leaf(struct hash *out, struct vexlog_bytes data,
    struct vexlog_err *err);
/* H(0x01 || left || right) */
int merkle_node(struct hash *out, const struct hash *left,
    const struct hash *right, struct vexlog_err *err);
/* H(""), the root of the tree without leaves */
int merkle_empty(struct hash *out, struct vexlog_err *err);

/* Root over leaf hashes. cost: count - 1 nodes; memory 64 hashes */
int merkle_root(struct hash *out, const struct hash *leaves, size_t count,
    struct vexlog_err *err);
/*
 * Audit paths of all leaves at once: paths[i] points to path_sizes[i] hashes,
 * leaf to root. cost: count - 1 nodes, and the paths themselves.
 */
int merkle_paths(struct hash *root, const struct hash ***paths,
    size_t **path_sizes, struct vexlog_arena *arena, const struct hash *leaves,
    size_t count, struct vexlog_err *err);

/* The root that a proof leads to. errors BAD_PROOF (index, length) */
int merkle_inclusion_root(struct hash *out, uint64_t index, uint64_t size,
    const struct hash *leaf, const struct hash *proof, size_t proof_size,
    struct vexlog_err *err);
/* errors   BAD_PROOF, with both roots in the message */
int merkle_verify_inclusion(uint64_t index, uint64_t size,
    const struct hash *leaf, const struct hash *proof, size_t proof_size,
    const struct hash *root, struct vexlog_err *err);
int merkle_verify_consistency(uint64_t size1, uint64_t size2,
    const struct hash *root1, const struct hash *root2,
    const struct hash *proof, size_t proof_size, struct vexlog_err *err);
/* The same, and every tree extends the empty one: RFC 9162 2.1.4.1 defines no
 * proof for that, C2SP tlog-witness takes the empty one. */
int merkle_verify_growth(uint64_t size1, uint64_t size2,
    const struct hash *root1, const struct hash *root2,
    const struct hash *proof, size_t proof_size, struct vexlog_err *err);
/* Length of the inclusion proof of index in a tree of size leaves. */
size_t merkle_inclusion_length(uint64_t index, uint64_t size);

/*
 * Proofs over a tree whose hashes are kept elsewhere: get answers the hash
 * of the complete subtree over leaves [n << level, (n + 1) << level).
 */
struct merkle_source {
	int (*get)(struct hash *out, unsigned level, uint64_t n, void *context,
	    struct vexlog_err *err);
	void *context;
};
int merkle_source_root(struct hash *out, const struct merkle_source *source,
    uint64_t size, struct vexlog_err *err);
/* Both write at most PROOF_LENGTH_MAX hashes. */
int merkle_prove_inclusion(struct hash *proof, size_t *proof_size,
    const struct merkle_source *source, uint64_t index, uint64_t size,
    struct vexlog_err *err);
int merkle_prove_consistency(struct hash *proof, size_t *proof_size,
    const struct merkle_source *source, uint64_t size1, uint64_t size2,
    struct vexlog_err *err);

#endif
