/*
 * limits.h - every size that untrusted input could drive, by name. Limits
 * that a user may raise say by which option.
 */
#ifndef VEXLOG_BASE_LIMITS_H
#define VEXLOG_BASE_LIMITS_H

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

/* bytes of one document after decompression; `ingest --max-size` */
#define DOCUMENT_SIZE_DEFAULT (256 * MIB)
/* offsets in the JSON tree are 32 bits wide */
#define DOCUMENT_SIZE_MAX (2048 * MIB - 1)
/* a decompressed stream may be this many times its compressed size, once it
 * is past UNPACK_FREE bytes */
#define UNPACK_RATIO_MAX  1100
#define UNPACK_FREE	  (16 * MIB)
#define UNPACK_WINDOW_LOG 27 /* zstd's window, 128 MiB */

#define JSON_DEPTH_MAX	64
#define POINTER_MAX	512 /* bytes, in an error; longer ones are cut */
/* A vulnerability id, provider, product key ("P > S" in all). Together with a
 * tenant they are the key of a row, and an index of PostgreSQL takes 2704
 * bytes; every store has the same limits, so that what one took in fits into
 * each. */
#define NAME_MAX_BYTES	 1024
#define TENANT_MAX_BYTES 256
#define CURSOR_MAX	(64 * KIB) /* of a page, base64url, with its NUL */
#define TEXT_MAX_BYTES	(64 * KIB) /* an impact or action text kept */
#define FINDINGS_MAX	10000 /* kept of one document; more are counted */
#define OBSERVATIONS_MAX 16000000 /* of one document */
#define FOLDER_DEPTH_MAX 64
#define FILES_MAX	10000000 /* in one ingest */

#define CONFIG_SIZE_MAX	  (16 * MIB)  /* trust, policy, key files */
#define ENVELOPE_SIZE_MAX (64 * MIB)
#define DELTA_STATES_MAX  (64 * MIB)  /* of both sides, to make it again */
#define ENTRY_BODY_MAX	  65535	      /* C2SP tlog-tiles entry bundle */
#define ENTRY_JSON_MAX	  (10 * MIB)  /* a log's answer */
#define NOTE_SIZE_MAX	  (1 * MIB)
#define NOTE_SIGNATURES_MAX 100
#define PROOF_LENGTH_MAX  64	      /* hashes; a tree has at most 2^63 */
#define TRUST_KEYS_MAX	  10000

/* a Sigstore bundle; each entry and timestamp costs signatures to verify */
#define BUNDLE_SIZE_MAX	      (64 * MIB)
#define BUNDLE_ENTRIES_MAX    32
#define BUNDLE_TIMESTAMPS_MAX 32
#define X509_SIZE_MAX	      (64 * KIB) /* one certificate */
#define X509_CHAIN_MAX	      10
#define X509_NAMES_MAX	      64 /* of one certificate */
#define TIMESTAMP_SIZE_MAX    (64 * KIB)
#define SCT_LIST_MAX	      16

#define JOB_ARENA_MAX (16384 * MIB)   /* one document or queue item */

#endif
