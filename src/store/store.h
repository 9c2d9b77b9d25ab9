/*
 * store.h - what vexlog keeps: one function an operation, the same for every
 * database. All rows belong to the tenant the store was opened for.
 *
 * store.c checks arguments, runs the statements of sql/ through the backend
 * and hashes again what comes back: a row whose ids do not follow from its
 * content is BAD_PROOF, not data.
 */
#ifndef VEXLOG_STORE_STORE_H
#define VEXLOG_STORE_STORE_H

#include "base/arena.h"

struct store;

struct store_options {
	const char *url;    /* "sqlite:PATH", "postgresql://…" */
	const char *tenant;
	int64_t (*now)(void *); /* for created_at; NULL: the system's clock */
	void *now_context;
	bool migrate; /* bring the schema up to date when it is old */
	bool create;  /* make the database file when it is not there */
};

/* errors   NOT_FOUND (no such database: "run vexlog init"), IO, UNREACHABLE,
 *          CONFLICT (schema newer than this program, or changed file) */
int store_open(struct store **out, const struct store_options *options,
    struct vexlog_err *err);
void store_close(struct store *store);
/* The URL without its password, for messages. */
const char *store_url(const struct store *store);
/* What its operator should know of this connection: a line, or NULL. */
const char *store_warning(const struct store *store);
/* Until something new waits for an entry, at most so long: at once where the
 * database tells, else when the time is over. It may return early, at a
 * signal too. errors   UNREACHABLE */
int store_wait(struct store *store, int milliseconds, struct vexlog_err *err);

/* Nothing is kept until commit. A failed call inside leaves rollback as the
 * only thing to do. */
int store_begin(struct store *store, struct vexlog_err *err);
int store_commit(struct store *store, struct vexlog_err *err);
void store_rollback(struct store *store);
/*
 * Runs work inside the caller's transaction, or else in one of its own, which
 * is begun again a few times when the database asks for that. So work may run
 * more than once and fills its results anew each time.
 */
int store_transaction(struct store *store,
    int (*work)(struct store *, void *context, struct vexlog_err *),
    void *context, struct vexlog_err *err);
/* Of a transaction that has failed for the tries-th time, after rollback: is
 * it to be begun again? It waits a moment first, and says no in the end. */
bool store_again(struct store *store, int tries);
/* The reads until store_rollback are of one moment, whatever others write, and
 * cost no locks each. Nothing can be written in it (MISUSE). On PostgreSQL a
 * lost connection ends it: the read fails and is not sent again. */
int store_snapshot(struct store *store, struct vexlog_err *err);

/* ---- documents and observations ------------------------------------- */

struct store_document {
	const char *digest;
	const char *format, *format_version;
	const char *source; /* file name or URL it came from */
	struct vexlog_bytes bytes;  /* as received, after decompression */
	const char *findings; /* JSON array, as `check --json` writes them */
	int64_t created_at;
};

/* *stored is false when the digest was known; that is no failure. */
int store_put_document(bool *stored, struct store *store,
    const struct store_document *document, struct vexlog_err *err);
/* errors   NOT_FOUND, BAD_PROOF (bytes do not hash to the digest) */
int store_get_document(struct store_document *out, struct vexlog_arena *arena,
    struct store *store, const char *digest, struct vexlog_err *err);
/* created_at and linkage of the list are ignored; created_at becomes the
 * store's clock, one value for the list. *stored counts the new ones.
 * errors   CONFLICT: the id is there with another content digest */
int store_put_observations(size_t *stored, struct store *store,
    const struct vexlog_observation *list, size_t count,
    struct vexlog_err *err);
int store_get_observation(struct vexlog_observation *out,
    struct vexlog_arena *arena, struct store *store, const char *id,
    struct vexlog_err *err);
/* From now on store_get_observation and store_find hand out observations as
 * they are stored, for a caller that hashes each and tells which do not fit. */
void store_as_is(struct store *store, bool as_is);
/* As vexlog_find. */
int store_find(struct vexlog_observations *out, const char **next,
    struct vexlog_arena *arena, struct store *store,
    const struct vexlog_filter *filter, struct vexlog_err *err);
int store_count_pending(size_t *out, struct store *store,
    struct vexlog_err *err);

/* A distinct (vulnerability, product) with at least one observation known at
 * filter->known_at, in order; vulnerability, product, limit and cursor of the
 * filter apply. For each its observations can be had by store_claims. */
struct store_pair {
	const char *vulnerability, *product;
	size_t claims;      /* known then */
	size_t claims_then; /* known at the earlier time of store_pairs_then */
	bool aliased;       /* some claim about the product names aliases */
};
int store_pairs(const struct store_pair **out, size_t *count, const char **next,
    struct vexlog_arena *arena, struct store *store,
    const struct vexlog_filter *filter, struct vexlog_err *err);
/* The same at a time and an earlier one; filter->vulnerability and product do
 * not apply. */
int store_pairs_then(const struct store_pair **out, size_t *count,
    const char **next, struct vexlog_arena *arena, struct store *store,
    const struct vexlog_filter *filter, int64_t then, struct vexlog_err *err);
/* All claims about exactly (vulnerability, product) known at a time
 * (TIME_MAX: all), sorted by observation id. by_log: by the time of their
 * entries; a log that gives none, by when they were linked. */
int store_claims(struct vexlog_observations *out, struct vexlog_arena *arena,
    struct store *store, const char *vulnerability, const char *product,
    int64_t known_at, bool by_log, struct vexlog_err *err);

/* How many they are. */
int store_count_claims(size_t *out, struct store *store,
    const char *vulnerability, const char *product, int64_t known_at,
    struct vexlog_err *err);

/* Distinct (vulnerability, aliases) of the claims about exactly a product that
 * name aliases, known at a time; the other members are not set. */
int store_aliased(struct vexlog_observations *out, struct vexlog_arena *arena,
    struct store *store, const char *product, int64_t known_at,
    bool by_log, struct vexlog_err *err);

/* ---- linkage --------------------------------------------------------- */

enum store_linked {
	STORE_LINKED,
	STORE_LINKED_SAME,  /* the same entry already; what is stored stays */
	STORE_LINK_CONFLICT, /* another entry; the old one is kept */
	STORE_LINK_MISSING,  /* no such observation; nothing is written */
};

/* log id, index, uuid and body hash decide whether it is the same.
 * errors   MISUSE (incomplete linkage); the four outcomes are no failures */
int store_link(enum store_linked *out, struct store *store,
    const char *observation_id, const struct vexlog_linkage *linkage,
    struct vexlog_err *err);

/* The same for many in one transaction; outcomes[i] is of ids[i], which are
 * all different. */
int store_link_all(enum store_linked *outcomes, struct store *store,
    const char *const *ids, const struct vexlog_linkage *linkages,
    size_t count, struct vexlog_err *err);

/* ---- the queue of things to be linked -------------------------------- */

/*
 * A job is one attestation on its way into a log: a batch of observations, or
 * one verdict, delta, policy or trust file.
 *
 *   claimed  (lease held, members fixed)  -> store_job_signed
 *   signed   (envelope bytes kept)	   -> store_job_done, one transaction
 *   done
 */
struct store_job {
	int64_t id;
	const char *kind;    /* "observations", "verdict", "delta", "policy",
			      * "trust" */
	const char *subject; /* id of a verdict …; "" for observations */
	struct vexlog_bytes payload;  /* statement; size 0 for observations
				       * that are not signed yet */
	struct vexlog_bytes envelope; /* size 0 until signed */
	const struct vexlog_observation *members; /* in queue order */
	size_t member_count;
	const char *log_url; /* where it was or will be submitted */
	int attempts;
	const char *last_error; /* or NULL */
	int64_t logged_at; /* when its entry was kept; of store_job_of */
};

struct store_claim {
	const char *owner; /* "host:pid:start", of this worker */
	/* owners of this host that are gone; their leases are taken over */
	bool (*owner_gone)(const char *owner, void *context);
	void *context;
	int64_t lease; /* microseconds */
	size_t jobs;   /* at most; 1..STORE_JOBS_MAX */
	size_t batch;  /* observations in one of them */
	size_t most;   /* observations in all new ones; 0: as many as fit */
	const char *log_url;
	bool observations, others; /* what to claim */
};
#define STORE_JOBS_MAX 1024

/* Puts a verdict, … into the queue unless (kind, subject) is there. */
int store_enqueue(struct store *store, const char *kind, const char *subject,
    struct vexlog_bytes payload, struct vexlog_err *err);
/*
 * Claims the next jobs into list: first those left behind (lease over or owner
 * gone, and their time to try again has come), then other things, then the
 * oldest pending observations that no job holds, batch in each. NOT_FOUND:
 * nothing to do.
 *
 * Alone in its transaction it waits for no disk: whoever signs the jobs
 * (store_job_signed) makes the claim last with them. A claim that a crash of
 * the server took back is a lost lease.
 */
int store_claim_jobs(struct store_job *list, size_t *count,
    struct vexlog_arena *arena, struct store *store,
    const struct store_claim *claim, struct vexlog_err *err);
/* Keeps payload and envelope. errors CONFLICT: the lease was lost */
int store_job_signed(struct store *store, int64_t id, const char *owner,
    struct vexlog_bytes payload, struct vexlog_bytes envelope,
    struct vexlog_err *err);
/* Frees the lease with the reason; next try at retry_at (TIME_MAX: never,
 * a dead letter). */
int store_job_failed(struct store *store, int64_t id, const char *owner,
    const char *why, int64_t retry_at, struct vexlog_err *err);
/* Frees the lease of a job that has nothing to tell; for a clean stop. Its
 * members stay in it, so that the order of claims stays that of the queue. */
int store_job_release(struct store *store, int64_t id, const char *owner,
    struct vexlog_err *err);
/* Marks it done, inside the caller's transaction. CONFLICT: lease lost */
int store_job_done(struct store *store, int64_t id, const char *owner,
    const char *entry_uuid, struct vexlog_err *err);
/* Envelope (and entry) that attests something: kind and subject; for
 * "observations" the observation id, for "entry" the entry's uuid. NOT_FOUND
 * when there is none. */
int store_job_of(struct store_job *out, const char **entry_json,
    struct vexlog_arena *arena, struct store *store, const char *kind,
    const char *subject, struct vexlog_err *err);
int store_count_jobs(size_t *others_pending, struct store *store,
    struct vexlog_err *err);
/* Jobs that are given up, and why the newest was (NULL when none is). */
int store_jobs_dead(size_t *count, const char **why, struct vexlog_arena *arena,
    struct store *store, struct vexlog_err *err);
/* Jobs that failed and are to be sent again later: when the first is, and why
 * it failed (NULL when none is). */
int store_jobs_waiting(size_t *count, int64_t *until, const char **why,
    struct vexlog_arena *arena, struct store *store, struct vexlog_err *err);
/* The dead, and those that wait for another try, are as if never tried; what
 * was signed stays as it is. */
int store_jobs_again(
    size_t *count, struct store *store, struct vexlog_err *err);
/* Every (kind, subject) that is done, but observations; in order. */
int store_jobs_done(const struct store_job **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, struct vexlog_err *err);

/* ---- entries and checkpoints ----------------------------------------- */

struct store_entry {
	const char *log_id, *uuid, *log_url, *origin;
	int64_t log_index;
	int64_t integrated_time; /* or TIME_NONE */
	const char *body_hash;
	const char *envelope_digest;
	const char *json; /* entry_write without batch */
	/* when it was kept, by the store's clock; put: not before this */
	int64_t created_at;
};
/* The same (log id, index) again changes nothing; other content there is
 * CONFLICT. */
int store_put_entry(struct store *store, const struct store_entry *entry,
    struct vexlog_err *err);
/* By uuid (log_id NULL: any log) or, uuid NULL, by log id and index. */
int store_get_entry(struct store_entry *out, struct vexlog_arena *arena,
    struct store *store, const char *uuid, const char *log_id,
    int64_t log_index, struct vexlog_err *err);

/* The signed envelope behind an entry. errors NOT_FOUND, BAD_PROOF (the bytes
 * do not hash to the digest) */
int store_get_envelope(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct store *store, const char *digest, struct vexlog_err *err);
/* Entries of a log in the order they should be verified again: never
 * verified first, then the longest ago. */
int store_entries_due(const struct store_entry **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, const char *log_id,
    size_t limit, struct vexlog_err *err);
/* What verifying gave: why is NULL when it held. */
int store_entry_verified(struct store *store, const char *log_id,
    int64_t log_index, const char *why, struct vexlog_err *err);

struct store_checkpoint {
	const char *log_id, *origin;
	int64_t tree_size;
	const char *root; /* 64 hex */
	const char *note;
	bool consistent;
	const char *reason; /* why not, or NULL */
	int64_t captured_at;
};
int store_put_checkpoint(struct store *store,
    const struct store_checkpoint *checkpoint, struct vexlog_err *err);
/* All that is kept of a log, at most limit, the smallest tree first. */
int store_checkpoints(const struct store_checkpoint **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, const char *log_id,
    size_t limit, struct vexlog_err *err);
/* Consistent ones of the tree origin that are smaller than size, in the order
 * in which they should be held against it. */
int store_checkpoints_due(const struct store_checkpoint **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, const char *log_id,
    const char *origin, int64_t size, size_t limit, struct vexlog_err *err);
/* The largest consistent one of the tree origin. NOT_FOUND */
int store_last_checkpoint(struct store_checkpoint *out,
    struct vexlog_arena *arena, struct store *store, const char *log_id,
    const char *origin, struct vexlog_err *err);

/* ---- verdicts -------------------------------------------------------- */

struct store_verdict {
	const char *id, *vulnerability, *product;
	const char *status, *justification;
	const char *policy_version, *policy_digest, *reasoning_id;
	const char *sbom_entry_id, *sbom_entry_kind, *proof_bundle_id;
	const char *record; /* the whole verdict with its trace, JSON */
	const char *replaces; /* id of the one before, or NULL */
	int64_t evaluated_at;
	int64_t created_at; /* by the store's clock */
	int64_t sequence;   /* of this (V, P, SBOM entry), from 1 */
	size_t claims;	    /* that it was decided from, */
	size_t conflicts;   /* and how many of them say otherwise */
};

/* The current one of (V, P) for this sbom_entry_id. NOT_FOUND */
int store_current_verdict(struct store_verdict *out,
    struct vexlog_arena *arena, struct store *store, const char *vulnerability,
    const char *product, const char *sbom_entry_id, struct vexlog_err *err);
/* A new current verdict that replaces the one before. The id may have been
 * current earlier: then it is current again, with a new sequence. */
int store_put_verdict(struct store *store,
    const struct store_verdict *verdict, struct vexlog_err *err);
int store_get_verdict(struct store_verdict *out, struct vexlog_arena *arena,
    struct store *store, const char *id, struct vexlog_err *err);
/* All of (V, P), by sequence. product also fits its subcomponents when
 * subcomponents is set. known_at as everywhere. */
int store_history(const struct store_verdict **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, const char *vulnerability,
    const char *product, bool subcomponents, int64_t known_at,
    struct vexlog_err *err);
/* Current verdicts at known_at, by (V, P); a page as store_pairs. */
int store_verdicts(const struct store_verdict **out, size_t *count,
    const char **next, struct vexlog_arena *arena, struct store *store,
    const struct vexlog_filter *filter, struct vexlog_err *err);

/* Current ones from the pair first to the pair last, by (V, P), of one SBOM
 * (its digest; NULL: of none), of a product and its subcomponents (NULL: any).
 * Their records are left out (""). */
int store_verdicts_between(const struct store_verdict **out, size_t *count,
    struct vexlog_arena *arena, struct store *store,
    const struct store_pair *first, const struct store_pair *last,
    const char *sbom, const char *product, struct vexlog_err *err);

/* All from the pair first to the pair last that were known at a time, of any
 * SBOM entry, by (V, P, SBOM entry, sequence). Their records are left out
 * (""). */
int store_verdicts_then(const struct store_verdict **out, size_t *count,
    struct vexlog_arena *arena, struct store *store,
    const struct store_pair *first, const struct store_pair *last,
    int64_t known_at, struct vexlog_err *err);

/* ---- things kept by their digest: policies, trust files, deltas ------- */

int store_put_blob(bool *stored, struct store *store, const char *kind,
    const char *digest, struct vexlog_bytes bytes, struct vexlog_err *err);
int store_get_blob(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct store *store, const char *kind, const char *digest,
    struct vexlog_err *err);
/* The digests of all that was kept under a kind until then, sorted. */
int store_blobs(const char *const **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, const char *kind,
    int64_t known_at, struct vexlog_err *err);

/* ---- schema ---------------------------------------------------------- */

struct store_migration {
	const char *version, *checksum;
	int64_t applied_at; /* TIME_NONE: not yet */
};
/* Opens only the database, not the schema. */
int store_migrations(const struct store_migration **out, size_t *count,
    struct vexlog_arena *arena, const struct store_options *options,
    struct vexlog_err *err);
int store_migrate(size_t *applied, const struct store_options *options,
    bool online, struct vexlog_err *err);

#endif
