/*
 * vexlog.h - make VEX decisions traceable through a transparency log.
 *
 * The road of one decision, and the function for each step:
 *
 *   files  --vexlog_ingest--> observations, kept in a store
 *   store  --vexlog_link----> signed batches in a transparency log, and the
 *                             verified linkage beside each observation
 *   store  --vexlog_decide--> verdicts with their merge traces
 *   store  --vexlog_verify--> a report of named checks, offline
 *   store  --vexlog_trace---> how a decision came to be
 *
 * Rules that hold for every function below, so no comment repeats them:
 *
 *   result   0 on success, a negative enum vexlog_code on failure. On failure
 *            *err is filled and no out parameter is touched.
 *   order    out parameters, arena, the object, its inputs, err.
 *   memory   what a function hands out lives in the arena it was given and
 *            dies with it. Only handles (arena, vexlog, key) are closed by
 *            name; X_close(NULL) does nothing.
 *   text     valid UTF-8 without U+0000, NUL-terminated. Readers reject
 *            anything else, so no later step checks again.
 *   time     int64_t microseconds since 1970-01-01T00:00:00Z, UTC.
 *   digest   "sha256:" and 64 lower-case hex digits.
 *   micro    weights and confidences are integers in millionths.
 *   threads  one handle, one thread at a time.
 *   output   the library never prints, exits or reads the environment.
 */
#ifndef VEXLOG_H
#define VEXLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define VEXLOG_API	  __attribute__((visibility("default")))
#define VEXLOG_MUST_CHECK __attribute__((warn_unused_result))
#else
#define VEXLOG_API
#define VEXLOG_MUST_CHECK
#endif

#define VEXLOG_MAPPING_VERSION "1.0.0"
#define VEXLOG_LATTICE_VERSION "1.0.0"

/* The release this library was built as, "1.2.3". */
VEXLOG_API const char *vexlog_version(void);

/* ---- errors -------------------------------------------------------- */

/* One code per thing a caller can do about it. */
enum vexlog_code {
	VEXLOG_OK = 0,
	VEXLOG_NO_MEMORY = -1,	 /* allocation failed */
	VEXLOG_IO = -2,		 /* file system or database; see os_errno */
	VEXLOG_SYNTAX = -3,	 /* not JSON; err->offset is the byte */
	VEXLOG_SHAPE = -4,	 /* JSON that breaks a rule; err->pointer */
	VEXLOG_LIMIT = -5,	 /* larger or deeper than a stated limit */
	VEXLOG_NOT_FOUND = -6,
	VEXLOG_CONFLICT = -7,	 /* the same id with other content */
	VEXLOG_BAD_PROOF = -8,	 /* a signature, digest or proof fails */
	VEXLOG_UNREACHABLE = -9, /* no answer; the same call may work later */
	VEXLOG_REFUSED = -10,	 /* answered no; trying again is no use */
	VEXLOG_MISUSE = -11,	 /* the caller broke this header's rules */
};

struct vexlog_err {
	enum vexlog_code code;
	int os_errno;	   /* 0 when the operating system was not involved */
	size_t offset;	   /* byte in the input; SIZE_MAX when unknown */
	char where[256];   /* file name, log URL or database address */
	char pointer[512]; /* RFC 6901 pointer into the document, or "" */
	char rule[64];	   /* the rule broken, "OpenVEX status", or "" */
	char message[512]; /* one line: what, with both values */
	char hint[256];	   /* what to do next, or "" */
};

/* "SYNTAX" for VEXLOG_SYNTAX; "UNKNOWN" for a number that is no code. */
VEXLOG_API const char *vexlog_code_name(int code);

/* ---- memory -------------------------------------------------------- */

struct vexlog_arena;

/* limit: bytes this arena may ever hold; past it calls fail with LIMIT.
 * NULL when memory is short. */
VEXLOG_API struct vexlog_arena *vexlog_arena_open(size_t limit);
/* Frees all that was handed out, keeps the arena for the next job. */
VEXLOG_API void vexlog_arena_reset(struct vexlog_arena *arena);
VEXLOG_API void vexlog_arena_close(struct vexlog_arena *arena);
/* The most bytes it ever held at once. */
VEXLOG_API size_t vexlog_arena_peak(const struct vexlog_arena *arena);

struct vexlog_bytes {
	const uint8_t *data;
	size_t size; /* bytes */
};

/* ---- canonical bytes and ids --------------------------------------- */

/*
 * RFC 8785 form of one JSON text.
 *
 * errors   SYNTAX (offset), LIMIT (depth past 64, size), NO_MEMORY
 * cost     linear; about 300 MB/s
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_canon(struct vexlog_bytes *out,
    struct vexlog_arena *arena, struct vexlog_bytes json,
    struct vexlog_err *err);

/*
 * The id of a JSON body: kind is "observation", "content", "reasoning" or
 * "verdict". The body is checked for exactly the members that kind hashes; a
 * self-hash member (observationId, contentDigest, reasoningId, vexVerdictId
 * of the same kind) is left out.
 *
 * errors   MISUSE (kind), SYNTAX, SHAPE (member missing, extra, of another
 *          type)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_hash(const char **id,
    struct vexlog_arena *arena, const char *kind, struct vexlog_bytes json,
    struct vexlog_err *err);

/* ---- what was said ------------------------------------------------- */

/* In the order of safety: a smaller value is the less safe claim, and wins
 * where the merge has nothing else to go by. */
enum vexlog_status {
	VEXLOG_AFFECTED,
	VEXLOG_UNDER_INVESTIGATION,
	VEXLOG_FIXED,
	VEXLOG_NOT_AFFECTED,
};
#define VEXLOG_STATUSES 4

VEXLOG_API const char *vexlog_status_name(enum vexlog_status status);

/* Which entry of which log proves an observation. Written once. */
struct vexlog_linkage {
	const char *uuid;	 /* 80 hex (Rekor v1) or the 64 hex leaf hash */
	int64_t log_index;	 /* top-level (v1: global) index */
	const char *log_id;	 /* 64 hex, of the log's key */
	const char *log_url;
	int64_t integrated_time; /* microseconds; INT64_MIN where the log has
				  * none */
	const char *tree_root;	 /* 64 hex */
	int64_t tree_size;
	const char *inclusion_proof; /* JSON: {"batch":…,"log":…} */
	const char *body_hash;	     /* digest of the entry's body */
	const char *entry_kind;	     /* "hashedrekord" */
	int64_t linked_at;
};

/* One claim in one document. Immutable but for the linkage. */
struct vexlog_observation {
	const char *id;		     /* "vex:obs:sha256:…" */
	const char *content_digest;  /* over id and claim */
	const char *document_digest; /* of the bytes as received */
	const char *format;	     /* openvex, csaf, cyclonedx, spdx */
	const char *pointer;	     /* where in the document it was said */
	const char *provider;
	const char *vulnerability;
	const char *aliases;	     /* JSON array of names, sorted; "[]" */
	const char *product;	     /* key; "P > S" for a subcomponent */
	const char *product_text;    /* as the document wrote it */
	enum vexlog_status status;
	const char *justification;   /* mapped token, or NULL */
	const char *source_status;   /* the document's own word */
	const char *source_justification; /* or NULL */
	const char *impact_text;     /* why it is not affected, or NULL */
	const char *action_text;     /* what to do, or NULL */
	int64_t said_at;
	const char *said_at_from;    /* "statement", "document", …, "none" */
	const char *mapping_version;
	int64_t created_at;	     /* when the store took it in */
	const struct vexlog_linkage *linkage; /* NULL while pending */
};

struct vexlog_observations {
	const struct vexlog_observation *list;
	size_t count;
};

/* ---- reading one document ------------------------------------------ */

struct vexlog_finding {
	bool unsafe;	     /* the document is refused */
	const char *rule;    /* "CSAF 6.1.6", "OpenVEX status", … */
	const char *pointer; /* RFC 6901 */
	size_t offset;	     /* byte, or SIZE_MAX */
	const char *message; /* one line, both values */
};

enum vexlog_rule_effect {
	VEXLOG_RULE_FINDING, /* the document is used all the same */
	VEXLOG_RULE_UNSAFE,  /* it is refused */
	VEXLOG_RULE_EITHER,  /* refused where the breach leaves a doubt */
};

struct vexlog_rule {
	const char *name;  /* as in a finding */
	const char *about; /* what it asks for, in a few words */
	enum vexlog_rule_effect effect;
};

/* All rules that findings can name; docs/formats.md shows them. */
VEXLOG_API const struct vexlog_rule *vexlog_rules(size_t *count);

struct vexlog_document {
	struct vexlog_bytes bytes; /* what digest is over: as given, or the
				    * payload of an attestation's envelope */
	const char *digest;
	const char *format;	    /* NULL when it was not recognised */
	const char *format_version; /* "0.2.0", "2.0", "1.6", or "" */
	const char *provider;
	struct vexlog_observations observations;
	const struct vexlog_finding *findings;
	size_t finding_count;
	bool readable; /* no finding is unsafe */
};

struct vexlog_read_options {
	const char *format;   /* NULL: find out from the bytes */
	const char *provider; /* NULL: what the document says of itself */
	int64_t received_at;  /* claims over 24 h later are refused */
};

/*
 * Reads one VEX document. A document that breaks rules is no failure of the
 * call: its findings say what is wrong, and readable whether its claims may
 * be used.
 *
 * errors   LIMIT, NO_MEMORY, MISUSE (format)
 * cost     linear in the bytes; memory about 4 bytes a byte
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_read(struct vexlog_document *out,
    struct vexlog_arena *arena, struct vexlog_bytes document,
    const struct vexlog_read_options *options, struct vexlog_err *err);

/* ---- what we conclude ---------------------------------------------- */

struct vexlog_step {
	const char *rule;   /* dedupe, superseded, freshness, trust,
			     * lattice_join */
	const char *winner; /* observation id */
	const char *loser;
	const char *reason; /* for a person, both values named */
};

struct vexlog_input {
	const struct vexlog_observation *observation;
	int64_t weight; /* micro, the claim's final score */
	bool conflict;	/* says another status than the outcome */
};

struct vexlog_verdict {
	const char *id;	       /* VexVerdictId */
	const char *vulnerability;
	const char *product;
	const char *sbom_entry_id;
	const char *sbom_entry_kind; /* "purl-only" or "sbom" */
	enum vexlog_status status;
	const char *justification; /* never empty */
	int64_t confidence;	   /* micro */
	const char *winner;	   /* observation id */
	const char *policy_version;
	const char *policy_digest;
	const char *reasoning_id;
	const char *reasoning; /* the hashed inputs body, canonical JSON */
	const char *proof_bundle_id;
	const struct vexlog_input *inputs; /* sorted by observation id */
	size_t input_count;
	const struct vexlog_step *steps;
	size_t step_count;
	size_t conflict_count;
	int64_t evaluated_at;	 /* not part of any id */
	const char *replaces;	 /* verdict id before, or NULL */
	const struct vexlog_linkage *linkage; /* NULL while pending */
};

struct vexlog_policy;

/* json.size 0: the built-in policy called name, "v1.0.0" or "latest". */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_policy_read(
    const struct vexlog_policy **out, struct vexlog_arena *arena,
    const char *name, struct vexlog_bytes json, struct vexlog_err *err);
VEXLOG_API const char *vexlog_policy_version(const struct vexlog_policy *);
VEXLOG_API const char *vexlog_policy_digest(const struct vexlog_policy *);
/* Canonical JSON, the bytes that the digest is over. */
VEXLOG_API struct vexlog_bytes vexlog_policy_bytes(
    const struct vexlog_policy *);

/*
 * One verdict from all known claims about one (vulnerability, product): a
 * pure function of the set. Claims may come in any order and more than once.
 *
 * sbom     digest of the SBOM, or NULL for none
 * errors   MISUSE (no claims, claims of two products), LIMIT, NO_MEMORY
 * cost     n log n in the claims
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_merge(struct vexlog_verdict *out,
    struct vexlog_arena *arena, const struct vexlog_observations *claims,
    const struct vexlog_policy *policy, const char *sbom,
    struct vexlog_err *err);

/* ---- does it hold -------------------------------------------------- */

enum vexlog_outcome { VEXLOG_PASS, VEXLOG_FAIL, VEXLOG_SKIP };

struct vexlog_check {
	const char *name;   /* "inclusion proof" */
	const char *rule;   /* "RFC 9162 2.1.3.2" */
	enum vexlog_outcome outcome;
	const char *detail; /* for a person: what was compared with what */
};

struct vexlog_report {
	const char *id; /* what was judged */
	const struct vexlog_check *list;
	size_t count;
	bool holds; /* no check failed, none that is required was skipped */
};

/* ---- a working place: home, store and log -------------------------- */

struct vexlog;

struct vexlog_options {
	const char *home;   /* folder; NULL: none, then store must be given */
	const char *store;  /* "sqlite:PATH", "postgresql://…"; NULL: home's */
	const char *tenant; /* NULL: "default" */
	int64_t (*now)(void *); /* NULL: the system's clock */
	void *now_context;
	/* Asked for the passphrase of an encrypted key; NULL: none is known.
	 * Writes at most size bytes, returns how many, negative to give up. */
	int (*passphrase)(char *out, int size, void *context);
	void *passphrase_context;
	/* Called before each step of link with the step's name; for tests
	 * that stop a process there. NULL: nothing. */
	void (*step)(const char *name, void *context);
	void *step_context;
	/* Told in a line what is no failure and yet the operator's business: a
	 * login that the database's policies do not bind. NULL: nobody is. */
	void (*warn)(const char *line, void *context);
	void *warn_context;
};

struct vexlog_init_result {
	const char *home;
	const char *store;  /* URL without its password */
	const char *log;    /* URL of the default log */
	const char *key_id; /* of the signing key */
};

/*
 * Makes home, signing key, trust file, store and local log. What is there
 * already stays as it is.
 *
 * log_url  the default log of this home; NULL: the local one
 * errors   IO, CONFLICT (something else is in the way), BAD_PROOF (damaged)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_init(struct vexlog_init_result *out,
    struct vexlog_arena *arena, const struct vexlog_options *options,
    const char *log_url, struct vexlog_err *err);

/* errors   NOT_FOUND ("run vexlog init"), IO, UNREACHABLE, MISUSE */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_open(struct vexlog **out,
    const struct vexlog_options *options, struct vexlog_err *err);
VEXLOG_API void vexlog_close(struct vexlog *v);

/*
 * Waits until something may be there to be linked: for so long at most, less
 * when an ingest into the same PostgreSQL database tells of it, or a signal
 * comes. Other stores tell nothing, so ask them again when it returns.
 *
 * errors   UNREACHABLE (the database)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_wait(struct vexlog *v,
    int milliseconds, struct vexlog_err *err);

/* ---- ingest -------------------------------------------------------- */

struct vexlog_refusal {
	const char *file;
	const char *format; /* or NULL */
	struct vexlog_err err;
};

struct vexlog_ingest_result {
	size_t read, stored, known, refused; /* documents */
	size_t observations_stored, observations_known;
	size_t findings;
};

struct vexlog_ingest_options {
	const char *format;
	const char *provider;
	bool strict; /* refuse a document with any finding */
	/* Told of each refused document while the others go in. */
	void (*refusal)(const struct vexlog_refusal *, void *context);
	/* Told of each document that went in and claims nothing, as a
	 * withdrawn one: it takes back nothing that was claimed before. */
	void (*silent)(const char *file, void *context);
	/* Told after each document; for progress. */
	void (*progress)(const struct vexlog_ingest_result *, void *context);
	void *context;
	size_t size_max; /* bytes of one document; 0: the default */
};

/*
 * Reads files, folders (recursively, in sorted order), "-" (standard input
 * as a descriptor), gzip. One transaction a document.
 *
 * errors   IO (a path that is not there, the store); a refused document is
 *          no failure of the call
 */
/* *out is set on failure too: it counts what was done before. */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_ingest(
    struct vexlog_ingest_result *out, struct vexlog *v,
    const char *const *paths, size_t path_count,
    const struct vexlog_ingest_options *options, struct vexlog_err *err);

/* ---- find ---------------------------------------------------------- */

#define VEXLOG_PAGE_DEFAULT 1000
#define VEXLOG_PAGE_MAX	    10000

struct vexlog_filter {
	const char *vulnerability;
	const char *product; /* exact, or every subcomponent of it */
	const char *provider;
	const char *status;
	const char *uuid;
	const char *log_id;
	int64_t log_index; /* -1: any */
	bool pending;	   /* only those without a linkage */
	int64_t known_at;  /* created_at at most this; INT64_MAX: any */
	size_t limit;	   /* 1..VEXLOG_PAGE_MAX */
	const char *cursor; /* from the page before, or NULL */
};

/*
 * Observations, oldest created_at first, then by id.
 *
 * next     cursor of the next page, NULL after the last
 * errors   MISUSE (limit, cursor), BAD_PROOF (a row does not hash to its id)
 * cost     one index scan
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_find(struct vexlog_observations *out,
    const char **next, struct vexlog_arena *arena, struct vexlog *v,
    const struct vexlog_filter *filter, struct vexlog_err *err);

/* The record behind any id (of an observation, verdict, delta, document,
 * policy, trust file, envelope, entry) as JSON.
 *
 * errors   NOT_FOUND, BAD_PROOF
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_show(struct vexlog_bytes *json,
    struct vexlog_arena *arena, struct vexlog *v, const char *id,
    struct vexlog_err *err);

/* ---- link ---------------------------------------------------------- */

#define VEXLOG_BATCH_DEFAULT 256
#define VEXLOG_BATCH_MAX     65536

struct vexlog_link_options {
	const char *log_url; /* NULL: the home's default log */
	size_t batch;	     /* observations in one entry; 0: default */
	size_t limit;        /* observations in all; 0: no limit */
	size_t workers;      /* entries on their way at once; 0: 64 */
	bool others;         /* also verdicts, policies, trust files */
	bool again;          /* jobs that failed, dead or not, as if new */
	/* Told after each entry; for progress. */
	void (*progress)(size_t linked, void *context);
	void *context;
};

struct vexlog_link_result {
	size_t linked;	/* observations */
	size_t entries; /* in the log */
	size_t retried; /* observations signed by an earlier try */
	size_t failed;	/* observations */
	size_t pending; /* observations left */
	size_t others_linked, others_failed, others_pending;
	size_t given_up;    /* of all that failed: not to be tried again */
	size_t again;       /* jobs that were dead, or to wait, and are not */
	size_t dead;        /* jobs left that only .again tries once more */
	char dead_why[512]; /* what the newest of them failed by, or "" */
	size_t waiting;     /* jobs that failed and are sent again later */
	int64_t waiting_until; /* when the first of them is */
	char waiting_why[512]; /* what it failed by, or "" */
};

/*
 * Works off the queue, oldest first. Safe to stop at any point and to run
 * again. A job that the log refuses, or that failed for about 15 days, is
 * dead: it is kept with its reason and not tried again by itself.
 *
 * errors   UNREACHABLE (the log; what was linked before stays), BAD_PROOF
 *          (its answer does not hold), REFUSED (it will not take the entry),
 *          MISUSE (an Ed25519 key: no log takes it; a log that the trust
 *          file has no key of)
 */
/* *out is set on failure too: it counts what was done before. */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_link(struct vexlog_link_result *out,
    struct vexlog *v, const struct vexlog_link_options *options,
    struct vexlog_err *err);

/* ---- decide, trace ------------------------------------------------- */

struct vexlog_decide_options {
	const char *vulnerability; /* NULL: all */
	const char *product;	   /* NULL: all; also its subcomponents */
	const struct vexlog_policy *policy; /* NULL: v1.0.0 */
	int64_t at;		   /* INT64_MAX: now, and stored */
	bool by_log; /* at, given, by the time of log entries, not of receipt */
	const char *sbom;	   /* digest of an SBOM, or NULL */
	bool again;   /* also where nothing new is known */
	bool changed; /* tell only of verdicts that are new */
	/* Told of each verdict; a negative return stops. One that was not
	 * decided again comes without inputs and steps (vexlog_trace). */
	int (*verdict)(const struct vexlog_verdict *, const char *changed_from,
	    void *context);
	void *context;
};

/*
 * A pair is decided again when there are claims that its verdict has not seen,
 * or under another policy.
 *
 * errors   NOT_FOUND (no claim fits), and as vexlog_find
 * cost     of each pair that is settled a look at two indexes
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_decide(size_t *count,
    struct vexlog *v, const struct vexlog_decide_options *options,
    struct vexlog_err *err);

/* One verdict with everything that explains it, and what was concluded
 * before. history: earlier and later verdicts, oldest first. */
struct vexlog_trace {
	struct vexlog_verdict verdict;
	const struct vexlog_verdict *history;
	size_t history_count;
	/* how its product names the one that was asked for: "exact",
	 * "subcomponent", "qualifier subset", "version range", "versionless" */
	const char *match;
};

/*
 * product  a key; a product with subcomponents gives a trace for each. Where
 *          nobody spoke about that key, those that name it among others
 * at       INT64_MAX: now
 * by_log   at is by the time of log entries (a log that gives none: of linking),
 *          not of receipt; what is not linked was not known
 * errors   NOT_FOUND
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_trace(
    const struct vexlog_trace **list, size_t *count,
    struct vexlog_arena *arena, struct vexlog *v, const char *vulnerability,
    const char *product, int64_t at, bool by_log, struct vexlog_err *err);

/* Members of the merge trace at top level, and "history". */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_trace_json(struct vexlog_bytes *out,
    struct vexlog_arena *arena, const struct vexlog_trace *trace,
    struct vexlog_err *err);

/* The proof payload of a stored verdict. errors   NOT_FOUND */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_payload(struct vexlog_bytes *out,
    struct vexlog_arena *arena, struct vexlog *v, const char *verdict_id,
    struct vexlog_err *err);

/* ---- what changed --------------------------------------------------- */

/* One verdict of a state, with what a delta needs to say why it changed. */
struct vexlog_state_item {
	const char *vulnerability, *product;
	enum vexlog_status status;
	const char *justification;
	const char *verdict_id, *reasoning_id;
	const char *policy_version, *policy_digest;
	const char *sbom_entry_id;
	/* of the winner; NULL where the source does not tell, as payloads */
	const char *winner;	     /* observation id */
	const char *winner_provider; /* who said it */
	const char *document_digest, *document_format; /* of the winner */
	const char *const *inputs;   /* observation ids, sorted */
	size_t input_count, conflict_count;
	const struct vexlog_linkage *linkage; /* NULL while pending */
};

/* Verdicts sorted by (vulnerability, product), each pair once. */
struct vexlog_state {
	const struct vexlog_state_item *list;
	size_t count;
	bool document; /* the claims of a document, decided for this state */
};

/*
 * The delta predicate (vex-delta.stella/v1) between two states, JSON. Pure:
 * compared_at stands in it and in no hash.
 *
 * errors   MISUSE (a state that is not sorted, an id that is no digest)
 * cost     linear in both states, n log n in their verdict ids
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_delta(struct vexlog_bytes *out,
    struct vexlog_arena *arena, const struct vexlog_state *before,
    const struct vexlog_state *after, int64_t compared_at,
    struct vexlog_err *err);

/*
 * A state: "now", an RFC 3339 time (what was known then, by the store's
 * receipt), or the path of a VEX document or of an export, an archive and
 * payloads too.
 *
 * v        may be NULL for a document or an export
 * policy   that a document's claims are decided under, NULL: the built-in
 *          v1.0.0; a time has that of then, an export its own
 * errors   NOT_FOUND (no such file), MISUSE (neither), and as vexlog_read
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_state(struct vexlog_state *out,
    struct vexlog_arena *arena, struct vexlog *v, const char *what,
    const struct vexlog_policy *policy, struct vexlog_err *err);

/*
 * The delta between what vexlog_state takes. Of two times both states are of
 * one snapshot of the store, and only what changed is held in memory.
 *
 * id       NULL, or for the id of the delta, which is kept as by
 *          vexlog_delta_keep
 * v        as for vexlog_state; not NULL with id
 * policy   as for vexlog_state
 * errors   as for vexlog_state, and MISUSE (a policy, and neither side is a
 *          document)
 * cost     of two times: a look at each (vulnerability, product), and a merge
 *          of those that changed or were not decided
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_compare(struct vexlog_bytes *out,
    const char **id, struct vexlog_arena *arena, struct vexlog *v,
    const char *from, const char *to, const struct vexlog_policy *policy,
    int64_t compared_at, struct vexlog_err *err);

/*
 * Keeps a delta and queues it for an entry of its own. *id is the digest of
 * its canonical form. The states that it was made of are kept with it, for
 * whoever replays an archive; not those of more than 64 MiB as JSON.
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_delta_keep(const char **id,
    struct vexlog_arena *arena, struct vexlog *v, struct vexlog_bytes delta,
    const struct vexlog_state *before, const struct vexlog_state *after,
    struct vexlog_err *err);

/* ---- verify -------------------------------------------------------- */

struct vexlog_verify_options {
	const char *const *ids; /* NULL: everything that is linked */
	size_t id_count;
	struct vexlog_bytes trust; /* a trust file; size 0: the home's */
	bool deep; /* also read each document again and compare the claim */
	int (*report)(const struct vexlog_report *, void *context);
	void *context;
};

struct vexlog_verify_result {
	size_t checked, held, failed;
};

/* Offline, always. A proof that does not hold is no failure of the call. */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_verify(
    struct vexlog_verify_result *out, struct vexlog *v,
    const struct vexlog_verify_options *options, struct vexlog_err *err);

VEXLOG_API VEXLOG_MUST_CHECK int vexlog_report_json(struct vexlog_bytes *out,
    struct vexlog_arena *arena, const struct vexlog_report *report,
    struct vexlog_err *err);

/*
 * A proof payload with nothing but the envelope it names and a trust file:
 * no store, no network. A proof that does not hold is no failure of the call.
 *
 * errors   SYNTAX, SHAPE (no payload; no trust file)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_verify_payload(
    struct vexlog_report *out, struct vexlog_arena *arena,
    struct vexlog_bytes payload, struct vexlog_bytes envelope,
    struct vexlog_bytes trust, struct vexlog_err *err);

/* ---- the auditor's archive ------------------------------------------ */

struct vexlog_archive_options {
	const char *path;	   /* of the file to write */
	const char *vulnerability; /* NULL: all */
	const char *product;	   /* NULL: all; also its subcomponents */
	int64_t at;		   /* what was known then; INT64_MAX: now */
};

struct vexlog_archive_result {
	size_t documents, observations, verdicts, attestations;
};

/*
 * Writes one file that holds all that a verdict rests on: documents, claims,
 * verdicts with their traces, policies, the trust file, envelopes, entries
 * with their proofs. The same evidence gives the same bytes.
 *
 * errors   NOT_FOUND (nothing fits), IO
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_archive_write(
    struct vexlog_archive_result *out, struct vexlog *v,
    const struct vexlog_archive_options *options, struct vexlog_err *err);

struct vexlog_export_options {
	const char *format;	   /* "openvex", "csaf", "cyclonedx",
				    * "bundle", "payloads" */
	const char *path;	   /* of the file to write */
	const char *layout;	   /* NULL: one file; "repo": path is a folder,
				    * a VEX repository of OpenVEX */
	const char *url; /* where an archive of the folder will be, or NULL:
			  * then there is no manifest */
	const char *vulnerability; /* NULL: all */
	const char *product;	   /* NULL: all; also its subcomponents */
	int64_t at;		   /* INT64_MAX: now */
	/* Told of what the format can't carry; may be NULL. */
	void (*lost)(const char *what, void *context);
	void *context;
};

struct vexlog_export_result {
	size_t verdicts, observations;
};

/*
 * Current verdicts as one file that others can read, the same to the byte
 * each time.
 *
 * errors   MISUSE (format), NOT_FOUND (nothing fits), IO
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_export(
    struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err);

struct vexlog_replay_options {
	const char *path;
	struct vexlog_bytes trust; /* a trust file; size 0: the archive's own,
				    * which proves nothing about who signed */
	/* Told of each thing that does not come out as it is kept. */
	int (*difference)(const char *what, const char *detail,
	    void *context);
	/* Told of each proof; may be NULL. */
	int (*report)(const struct vexlog_report *, void *context);
	void *context;
};

struct vexlog_replay_result {
	size_t documents, observations, verdicts, proofs, differences;
	size_t pending; /* observations, verdicts and deltas without a proof */
	size_t deltas, deltas_alone; /* alone: without the states they are of,
				      * so not computed again */
	bool own_trust; /* the archive's own trust file was used */
};

/*
 * Computes everything in an archive again and verifies every proof, with no
 * network and no store. Differences are no failure of the call.
 *
 * errors   NOT_FOUND, LIMIT, IO
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_replay(
    struct vexlog_replay_result *out,
    const struct vexlog_replay_options *options, struct vexlog_err *err);

/* ---- a gate for pipelines ------------------------------------------- */

struct vexlog_gate_failure {
	const char *vulnerability, *product;
	const char *status;
	const char *reason; /* one line */
};

struct vexlog_gate_options {
	struct vexlog_bytes sbom; /* CycloneDX or SPDX 2.x/3.x, JSON */
	bool fail_on[VEXLOG_STATUSES];
	bool require_linked; /* a verdict without a log entry fails */
	int64_t max_age;     /* of a decision, microseconds; 0: any */
	int (*failed)(const struct vexlog_gate_failure *, void *context);
	/* Of a status that fails, but about a range of versions that a
	 * component's version can't be compared with, or about a component as
	 * a part of what the SBOM does not say it is of; NULL: not asked. */
	int (*undecided)(const struct vexlog_gate_failure *, void *context);
	void *context;
};

struct vexlog_gate_result {
	size_t components; /* of the SBOM that have a package URL */
	size_t verdicts;   /* that are about them */
	size_t failed;
	size_t skipped;   /* package URLs that are none: not looked up */
	size_t nameless;  /* components without a package URL: likewise */
	size_t undecided; /* not among verdicts */
};

/*
 * Holds the components of an SBOM against the current verdicts: those about
 * the component itself, or about it as a part of the SBOM's own product. Of
 * several about one vulnerability the most specific counts.
 *
 * errors   SYNTAX, SHAPE (no SBOM)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_gate(struct vexlog_gate_result *out,
    struct vexlog *v, const struct vexlog_gate_options *options,
    struct vexlog_err *err);

/* "sha256:…" of any bytes, for an SBOM or a document. */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_digest(const char **digest,
    struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err);

/* The "rekor" member of an observation: an object; "null" for NULL. */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_linkage_json(
    struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_linkage *linkage, struct vexlog_err *err);

/* ---- keys ---------------------------------------------------------- */

struct vexlog_key_info {
	const char *id;	    /* 64 hex, SHA-256 of the public key's DER */
	const char *algo;   /* "ecdsa-p256-sha256" */
	const char *pem;    /* of the public half */
	bool links;	    /* false: no log takes signatures of this kind */
};

/*
 * What a key file holds: a private key, encrypted or not (options'
 * passphrase is asked), or a public one. options may be NULL.
 *
 * errors   SYNTAX (no key), REFUSED (wrong passphrase, kind of key)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_key_read(struct vexlog_key_info *out,
    struct vexlog_arena *arena, struct vexlog_bytes pem,
    const struct vexlog_options *options, struct vexlog_err *err);
/*
 * A new private key as PEM (PKCS#8), for the caller to keep.
 *
 * kind     "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-3072", "ed25519"
 * errors   MISUSE (kind)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_key_generate(struct vexlog_bytes *pem,
    struct vexlog_key_info *info, struct vexlog_arena *arena,
    const char *kind, struct vexlog_err *err);

/* ---- trust files --------------------------------------------------- */

struct vexlog_trust_item {
	bool signer, witness; /* neither: a log */
	const char *name; /* a signer's or witness's name, a log's origin */
	const char *url;  /* of a log, or NULL */
	const char *id;	  /* 64 hex */
	const char *algo;
	int64_t valid_from, valid_until; /* INT64_MAX: open */
	size_t quorum; /* of a log: witnesses its checkpoints need */
};

/* Reads and checks a trust file. errors SYNTAX, SHAPE (pointer), LIMIT */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_trust_read(
    const struct vexlog_trust_item **list, size_t *count,
    const char **digest, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err);
/*
 * A new trust file: the old one (size 0: none) and one log, signer or
 * witness. The same key again changes nothing.
 *
 * key      PEM of the public key; of a signer a private key will do
 * item     signer, witness, name, url, valid_from, valid_until; the rest is
 *          ignored
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_trust_add(struct vexlog_bytes *json,
    struct vexlog_arena *arena, struct vexlog_bytes old,
    const struct vexlog_trust_item *item, struct vexlog_bytes key,
    struct vexlog_err *err);

/*
 * A new trust file in which the checkpoints of a log (origin; NULL: of every
 * log without a quorum of its own) need that many cosignatures of different
 * witnesses.
 *
 * errors   NOT_FOUND (no such log), SHAPE (more than there are witnesses)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_trust_quorum(
    struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog_bytes old, const char *origin, size_t quorum,
    struct vexlog_err *err);

/* ---- the log itself ------------------------------------------------ */

struct vexlog_checkpoint {
	const char *log_id; /* 64 hex */
	const char *log_url;
	const char *origin;
	int64_t tree_size;
	const char *root; /* 64 hex */
	const char *note; /* as signed */
};

/*
 * The newest checkpoint of a log, signature and origin verified.
 *
 * log_url  NULL: the home's default log
 * errors   NOT_FOUND, UNREACHABLE, BAD_PROOF
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_log_checkpoint(
    struct vexlog_checkpoint *out, struct vexlog_arena *arena,
    const struct vexlog_options *options, const char *log_url,
    struct vexlog_err *err);
/*
 * Recomputes every tile and the root of the home's local log from its
 * entries.
 *
 * errors   NOT_FOUND, BAD_PROOF (the first file and position that differ)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_log_verify(
    struct vexlog_checkpoint *out, struct vexlog_arena *arena,
    const struct vexlog_options *options, struct vexlog_err *err);

/* ---- watching a log ------------------------------------------------- */

#define VEXLOG_SKEW_MAX 5000000 /* microseconds; more is worth a warning */

struct vexlog_monitor_result {
	const char *log_id; /* 64 hex */
	int64_t tree_size;
	bool consistent;   /* with every checkpoint kept of this log */
	const char *alarm; /* why not, or NULL */
	size_t held;	   /* older checkpoints it was held against */
	size_t reverified; /* entries verified again */
	size_t failed;	   /* of these, no longer hold */
	int64_t skew;	   /* our clock minus the log's, microseconds, to a
			    * second; 0 when the log tells no time */
};

/*
 * One look at a log: its newest checkpoint, whether it extends those that
 * were seen before, and the entries whose proofs were checked longest ago,
 * verified again. What does not fit is kept as evidence.
 *
 * entries  how many to verify again, and older checkpoints to compare, at
 *          most 10000
 * errors   UNREACHABLE, NOT_FOUND (a log that is not in the trust file)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_monitor(
    struct vexlog_monitor_result *out, struct vexlog_arena *arena,
    struct vexlog *v, const char *log_url, size_t entries,
    struct vexlog_err *err);

/*
 * Every checkpoint that was kept of a log, as signed, with when it was seen and
 * what was wrong with it: what to show others when a log shows two histories.
 * log_id is 64 hex; of an unknown log the list is empty.
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_log_history(
    struct vexlog_bytes *json, struct vexlog_arena *arena, struct vexlog *v,
    const char *log_id, struct vexlog_err *err);

/* ---- Sigstore bundles ----------------------------------------------- */

struct vexlog_bundle_options {
	struct vexlog_bytes bundle; /* v0.1, v0.2 or v0.3 */
	/* Who has to have signed: a public key, PEM or DER; or, with size 0,
	 * an identity (e-mail address, URI or user name) and who vouched for
	 * it, both exactly as they stand in the certificate. */
	struct vexlog_bytes key;
	const char *identity, *issuer;
	/* A trusted_root.json, or a trust file of logs; size 0: the one that
	 * is built in under this name, "public-good" (NULL) or "staging". */
	struct vexlog_bytes trusted_root;
	const char *instance;
	/* What has to have been signed, or be a subject of the statement that
	 * was: the bytes, or "sha256:…" (sha384, sha512) of them. */
	struct vexlog_bytes artifact;
	const char *digest; /* NULL: artifact has the bytes */
	size_t logs;	    /* distinct logs needed; 0: 1 */
};

/*
 * Verifies one Sigstore bundle, offline and without a home. A bundle that
 * does not hold, or is none, is no failure of the call.
 *
 * errors   MISUSE (key and identity, a digest that is none), SYNTAX, SHAPE
 *          (the trusted root, the key)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_verify_bundle(
    struct vexlog_report *out, struct vexlog_arena *arena,
    const struct vexlog_bundle_options *options, struct vexlog_err *err);

/*
 * What was signed about an id (observation, verdict, delta, policy, trust
 * file, entry), with its entry, as a Sigstore bundle v0.3 signed with a key.
 *
 * errors   MISUSE (no id), NOT_FOUND (nothing is linked under it)
 */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_bundle(struct vexlog_bytes *json,
    struct vexlog_arena *arena, struct vexlog *v, const char *id,
    struct vexlog_err *err);

/* ---- migrations ---------------------------------------------------- */

struct vexlog_migration {
	const char *version;  /* "20260117" */
	const char *checksum; /* "sha256:…" of the file */
	int64_t applied_at;   /* INT64_MIN: not yet */
};

/* All of this release, in order. errors NOT_FOUND (no database there), IO,
 * UNREACHABLE, CONFLICT (schema newer than this release, changed file) */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_migrations(
    const struct vexlog_migration **list, size_t *count,
    struct vexlog_arena *arena, const struct vexlog_options *options,
    struct vexlog_err *err);
/* Applies what is not there yet. online: indexes are built without blocking
 * writers (PostgreSQL). */
VEXLOG_API VEXLOG_MUST_CHECK int vexlog_migrate(size_t *applied,
    const struct vexlog_options *options, bool online,
    struct vexlog_err *err);

#ifdef __cplusplus
}
#endif

#endif /* VEXLOG_H */
