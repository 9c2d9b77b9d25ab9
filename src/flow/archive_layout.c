/*
 * archive_layout.c - what says what an archive holds: its README and its
 * manifest, for whoever writes one and whoever replays it.
 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "flow/archive.h"

const char *
archive_readme(void)
{
	return "This archive holds the evidence behind decisions about "
	       "vulnerabilities (VEX), so\nthat anybody can check them "
	       "without the people or the machine that made them.\n\n"
	       "documents/        each source document, byte for byte; the "
	       "name is its SHA-256\n"
	       "observations.jsonl  one line a claim: who said what about "
	       "which vulnerability in\n                  which product, "
	       "when, and where in which document\n"
	       "verdicts.jsonl    what was concluded, with every input, "
	       "step and conflict\n"
	       "deltas.jsonl      what changed between two sets of verdicts, "
	       "and the two sets\n"
	       "files/            the policies (rules) in force, trust files, "
	       "deltas and their\n                  sets of verdicts, by "
	       "SHA-256\n"
	       "envelopes/        signed statements (DSSE, in-toto); the name "
	       "is the SHA-256\n"
	       "entries/          for each envelope its entry in a "
	       "transparency log: the proof\n                  (RFC 9162 "
	       "inclusion proof and the log's signed checkpoint)\n"
	       "subjects.jsonl    what the other envelopes are about\n"
	       "trust.json        the keys of logs and signers the writer "
	       "trusted\n"
	       "manifest.json     SHA-256 of every file here\n\n"
	       "How to check it: `vexlog replay FILE` reads every document "
	       "again, computes every\nid, verdict and delta again, and "
	       "verifies every signature and proof, offline. Give the\nkeys you "
	       "yourself trust by --trust; the trust.json in here only says "
	       "whom the\nwriter trusted.\n\n"
	       "By hand: ids are SHA-256 over RFC 8785 JSON. An "
	       "observation's contentDigest is a\nleaf (SHA-256 of 0x00 and "
	       "its text) of the tree whose root its envelope signs.\n";
}

int
archive_manifest(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct tar_file *list, size_t count, struct vexlog_err *err)
{
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	json_name(&w, "files");
	json_object(&w);
	for (size_t i = 0; i < count; i++) {
		if (text_same(list[i].name, ARCHIVE_MANIFEST))
			continue;
		char *digest = hash_digest_new(arena, list[i].bytes, err);
		if (digest == NULL)
			return err->code;
		json_member(&w, list[i].name, digest);
	}
	json_close(&w);
	json_member(&w, "schema", "vexlog.archive/v1");
	json_close(&w);
	buffer_byte(&b, '\n');
	return buffer_finish(&b, out, err);
}
