/*
 * fuzz_vex.c - any bytes as a document whose format is to be found out, also
 * inside of attestations.
 */
#include "fuzz/json_mutator.h"
#include "fuzz/read_twice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return read_twice(data, size, NULL);
}
