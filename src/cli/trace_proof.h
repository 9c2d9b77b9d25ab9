/*
 * trace_proof.h - the parts of a trace's page that let its reader check it:
 * log entries with their proofs, what was hashed, and the commands.
 */
#ifndef VEXLOG_CLI_TRACE_PROOF_H
#define VEXLOG_CLI_TRACE_PROOF_H

#include "cli/page.h"

void trace_entries(struct page *p, const struct vexlog_verdict *verdict);
void trace_inputs(struct page *p, const struct vexlog_verdict *verdict);
void trace_checks(struct page *p, const struct vexlog_verdict *verdict);

#endif
