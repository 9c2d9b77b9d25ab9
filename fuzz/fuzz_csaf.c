/*
 * fuzz_csaf.c - any bytes as a document of the format csaf.
 */
#include "fuzz/json_mutator.h"
#include "fuzz/read_twice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return read_twice(data, size, "csaf");
}
