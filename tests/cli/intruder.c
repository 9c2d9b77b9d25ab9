/*
 * intruder.c - a compromised reader: loaded before the program (LD_PRELOAD),
 * it takes over as soon as the program looks at the size of the file
 * INTRUDER_AT, as an exploit in that file would, or where that is "exit" at the
 * program's end, and tries to get out. A line of standard error for each try:
 * its name, then DONE or refused.
 *
 * INTRUDER_LANDLOCK is the version of Landlock that the program is told the
 * kernel has; 0 is a kernel without.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif

static void
tell(const char *name, bool done)
{
	(void)dprintf(2, "intruder: %s %s\n", name, done ? "DONE" : "refused");
}

static void
try_files(const char *input)
{
	const char *outside = getenv("INTRUDER_OUTSIDE");
	DIR *folder = opendir("/etc");
	int fd = open(input, O_RDONLY);

	tell("read a file outside", open(outside, O_RDONLY) >= 0);
	tell("list a folder outside", folder != NULL);
	tell("write to the input", open(input, O_WRONLY) >= 0);
	tell("make a file", open("loot", O_WRONLY | O_CREAT, 0600) >= 0);
	tell("read a key", open("home/key.pem", O_RDONLY) >= 0);
	tell("change a key", open("home/key.pem", O_WRONLY) >= 0);
	tell("make a folder", mkdir("loot.d", 0700) == 0);
	tell("make a link", symlink("/etc/passwd", "loot.l") == 0);
	tell("change rights", chmod(outside, 0644) == 0);
	tell("change rights of what is open", fchmod(fd, 0755) == 0);
	tell("change an owner", fchown(fd, getuid(), getgid()) == 0);
	tell("remove a file of the home", unlink("home/kept") == 0);
	tell("remove a file of the log", unlink("home/log/kept") == 0);
	tell("make a file of the home",
	    open("home/loot", O_RDONLY | O_CREAT, 0600) >= 0 ||
		access("home/loot", F_OK) == 0);
	tell("empty the input", open(input, O_RDONLY | O_TRUNC) >= 0);
}

static void
try_network(void)
{
	int pair[2];

	tell("open an internet socket", socket(AF_INET, SOCK_STREAM, 0) >= 0);
	tell("open a local socket", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	tell("open a pair", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	tell(
	    "open a ring", syscall(SYS_io_uring_setup, 1, (char[120]){0}) >= 0);
}

/* Built with LeakSanitizer, which traces, the program has Landlock alone to
 * keep it from others. */
static bool
may_trace(void)
{
#if defined(__SANITIZE_ADDRESS__)
	const char *version = getenv("INTRUDER_LANDLOCK");

	return version != NULL && atol(version) == 0;
#else
	return false;
#endif
}

static void
try_processes(void)
{
	char byte, echo[] = "echo", words[] = "intruder: run a program DONE";
	char *arguments[] = {echo, words, NULL};
	struct iovec here = {&byte, 1}, there = {arguments, 1};
	pid_t parent = getppid();

	tell("signal another", kill(parent, 0) == 0);
	tell("have the kernel signal another",
	    fcntl(STDIN_FILENO, F_SETOWN, parent) == 0);
	tell("trace another",
	    ptrace(PTRACE_SEIZE, parent, 0, 0) == 0 && !may_trace());
	/* EFAULT: it was let in, and the address means nothing there */
	tell("read another's memory",
	    process_vm_readv(parent, &here, 1, &there, 1, 0) >= 0 ||
		errno == EFAULT);
	tell("write code by /proc", open("/proc/self/mem", O_RDWR) >= 0);
	tell("type into the terminal", ioctl(2, TIOCSTI, "x") == 0);
#if !defined(__SANITIZE_ADDRESS__)
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	tell("start a process", child > 0);
	tell("bring code",
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
#endif
	(void)dup2(2, 1);
	(void)execv("/bin/echo", arguments);
	tell("run a program", false);
	_exit(0);
}

static void
try_all(const char *input)
{
	try_files(input);
	try_network();
	try_processes();
}

/* named fstat64 by the headers, as the program's own calls are */
__attribute__((visibility("default"))) int
fstat(int fd, struct stat *st)
{
	int (*real)(int, struct stat *) = NULL;
	const char *input = getenv("INTRUDER_AT");
	struct stat wanted;

	*(void **)&real = dlsym(RTLD_NEXT, "fstat64");
	int rc = real(fd, st);
	if (rc == 0 && input != NULL && stat(input, &wanted) == 0 &&
	    wanted.st_ino == st->st_ino && wanted.st_dev == st->st_dev &&
	    (fcntl(fd, F_GETFL) & O_PATH) == 0)
		try_all(input);
	return rc;
}

__attribute__((destructor)) static void
at_exit(void)
{
	const char *at = getenv("INTRUDER_AT");

	if (at != NULL && strcmp(at, "exit") == 0)
		try_all(getenv("INTRUDER_OUTSIDE"));
}

__attribute__((visibility("default"))) long
syscall(long number, ...)
{
	long (*real)(long, ...) = NULL, a[6];
	const char *version = getenv("INTRUDER_LANDLOCK");
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	/* asked with no rules, it tells its version */
	if (number == SYS_landlock_create_ruleset && a[0] == 0 &&
	    version != NULL) {
		errno = ENOSYS;
		return atol(version) > 0 ? atol(version) : -1;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
