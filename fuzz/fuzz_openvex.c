/*
 * fuzz_openvex.c - any bytes as a document of the format openvex.
 */
#include "fuzz/json_mutator.h"
#include "fuzz/read_twice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return read_twice(data, size, "openvex");
}
