/*
 * sarif.h - findings as one SARIF 2.1.0 log, for code scanning.
 * Source: OASIS SARIF 2.1.0, sections 3.13, 3.14, 3.27.
 */
#ifndef VEXLOG_CLI_SARIF_H
#define VEXLOG_CLI_SARIF_H

#include "json/write.h"

struct sarif {
	struct json_writer w;
};

void sarif_open(struct sarif *sarif, struct buffer *out);
/* bytes is the file, to turn the offset into line and column. */
void sarif_result(struct sarif *sarif, struct vexlog_arena *arena,
    const char *file, struct vexlog_bytes bytes,
    const struct vexlog_finding *finding);
void sarif_close(struct sarif *sarif);

#endif
