/*
 * launch.c RESULT COMMAND ARG...: runs COMMAND and writes its wall seconds and
 * its peak resident memory in KiB to the file RESULT; leaves with its status.
 *
 * A process counts the memory of the one that started it as its own peak, so
 * it has to be started by a small one.
 */
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

int
main(int argc, char **argv)
{
	struct rusage usage;
	double start;
	int status;
	pid_t pid;
	FILE *f;

	if (argc < 3)
		return 125;
	start = bench_now();
	pid = fork();
	if (pid == 0) {
		(void)execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return 125;
	start = bench_now() - start;
	f = fopen(argv[1], "w");
	if (f == NULL || fprintf(f, "%.9f %ld\n", start, usage.ru_maxrss) < 0 ||
	    fclose(f) != 0)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
