/*
 * version.c - the release this was built as.
 */
#include "vexlog.h"

const char *
vexlog_version(void)
{
	return VEXLOG_VERSION;
}
