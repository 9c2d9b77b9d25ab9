/*
 * trusted_root.h - the logs of a Sigstore trusted_root.json.
 * Source: sigstore/protobuf-specs, sigstore_trustroot.proto.
 */
#ifndef VEXLOG_TLOG_TRUSTED_ROOT_H
#define VEXLOG_TLOG_TRUSTED_ROOT_H

#include "tlog/trust.h"

/* By its media type. */
bool trusted_root_is(const struct json_value *root);
/* Fills trust->logs; what it had taken when it fails is in there too. */
int trusted_root_read(struct trust *trust, const struct json_doc *doc,
    struct vexlog_err *err);

#endif
