/*
 * sandbox.c - Landlock and seccomp, without a library: one rule set, one
 * filter, both made of what is asked for.
 *
 * What older headers do not know of Landlock has its number here, so that the
 * program takes what the kernel it runs on gives (Linux 5.13 to 6.12: ABI 1
 * to 6), not the one it was built on.
 */
#define _GNU_SOURCE /* O_PATH */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <openssl/crypto.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* A build that counts coverage names the folder its counters go to. */
#ifndef COUNTED
#define COUNTED ""
#endif
#define COUNTING (COUNTED[0] != '\0')

enum lacks {
	LACKS_LANDLOCK = 1,
	LACKS_SECCOMP = 2,
};

/* ---- paths: Landlock ---------------------------------------------------- */

#define FS_ABI1      ((UINT64_C(1) << 13) - 1)
#define FS_REFER     (UINT64_C(1) << 13) /* ABI 2 */
#define FS_TRUNCATE  (UINT64_C(1) << 14) /* ABI 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15) /* ABI 5 */
#define NET_TCP      UINT64_C(3)         /* ABI 4: bind, connect */
#define SCOPE_ALL    UINT64_C(3)         /* ABI 6: abstract sockets, signals */

struct ruleset {
	uint64_t files, net, scoped;
};

static struct ruleset
ruleset_of(long abi)
{
	struct ruleset r = {FS_ABI1, 0, 0};

	if (abi >= 2)
		r.files |= FS_REFER;
	if (abi >= 3)
		r.files |= FS_TRUNCATE;
	if (abi >= 4)
		r.net = NET_TCP;
	if (abi >= 5)
		r.files |= FS_IOCTL_DEV;
	if (abi >= 6)
		r.scoped = SCOPE_ALL;
	return r;
}

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

/* A path that can't be named here can't be opened later either. */
static void
allow_path(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr beneath = {0};
	struct stat st;
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0) {
		beneath.parent_fd = fd;
		beneath.allowed_access = S_ISDIR(st.st_mode)
		    ? access
		    : access & LANDLOCK_ACCESS_FS_READ_FILE;
		(void)syscall(SYS_landlock_add_rule, ruleset,
		    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	}
	(void)close(fd);
}

static int
keep_paths(unsigned int *lacks, const char *const *paths, size_t count,
    struct vexlog_err *err)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset attr = ruleset_of(abi);
	int rc = 0;

	/* none, turned off at boot, or hidden by a container */
	if (abi < 1) {
		*lacks |= LACKS_LANDLOCK;
		return 0;
	}
	int fd =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	/* an older kernel takes a longer struct whose rest is zero */
	if (fd < 0)
		return err_system(err, "make Landlock rules", "");
	for (size_t i = 0; i < count; i++)
		allow_path(fd, paths[i], FS_READ);
	/* what the sanitizers' own reports read */
	if (SANITIZED || COUNTING) {
		allow_path(fd, "/proc", FS_READ);
		allow_path(fd, "/usr/lib", FS_READ);
	}
	if (COUNTING)
		allow_path(fd, COUNTED, attr.files);
	if (syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		rc = err_system(err, "enter Landlock rules", "");
	(void)close(fd);
	return rc;
}

/* ---- system calls: seccomp ---------------------------------------------- */

#if defined(__x86_64__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define FILTER_ARCH AUDIT_ARCH_RISCV64
#else
#define FILTER_ARCH 0
#endif

/* Some processors lack the older of two calls. */
static const int reading[] = {
    SYS_read,
    SYS_readv,
    SYS_pread64,
    SYS_write,
    SYS_writev,
    SYS_lseek,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_faccessat,
    SYS_getdents64,
    SYS_readlinkat,
    SYS_getcwd,
    SYS_dup,
    SYS_fadvise64,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getpid,
    SYS_getppid,
    SYS_gettid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getrandom,
    SYS_futex,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_sysinfo,
    SYS_uname,
    SYS_getrusage,
    SYS_exit,
    SYS_exit_group,
    SYS_restart_syscall,
    SYS_ppoll,
    SYS_pselect6,
#ifdef SYS_faccessat2
    SYS_faccessat2,
#endif
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_stat
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_dup2,
    SYS_time,
    SYS_poll,
    SYS_select,
#endif
};

/* On the files or the connection of a store. Nothing that changes rights or an
 * owner: Landlock does not ask about those, and a descriptor to read from is
 * enough for them. */
static const int keeping[] = {SYS_pwrite64, SYS_fsync, SYS_fdatasync,
    SYS_ftruncate, SYS_fallocate, SYS_sendto, SYS_recvfrom, SYS_sendmsg,
    SYS_recvmsg, SYS_getsockopt, SYS_setsockopt, SYS_getpeername,
    SYS_getsockname, SYS_shutdown};

/* Not F_SETOWN and F_SETSIG, by which the kernel signals another process. */
static const uint32_t controls[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD,
    F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW};

/* LeakSanitizer looks for leaks from a process of its own that traces this
 * one; Landlock still keeps it from tracing any other. */
static const int sanitizing[] = {
#ifdef SYS_getdents
    SYS_getdents,
#endif
    SYS_clone, SYS_ptrace, SYS_prctl, SYS_wait4, SYS_mprotect, SYS_mmap};

#define FILTER_MAX 400

struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned short size;
};

static void
put(struct filter *f, unsigned short code, uint32_t k, uint8_t yes, uint8_t no)
{
	if (f->size < FILTER_MAX)
		f->code[f->size++] = (struct sock_filter){code, yes, no, k};
}

static void
put_return(struct filter *f, uint32_t what)
{
	put(f, BPF_RET | BPF_K, what, 0, 0);
}

static void
put_load(struct filter *f, size_t offset)
{
	put(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void
allow(struct filter *f, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i], 0, 1);
		put_return(f, SECCOMP_RET_ALLOW);
	}
}

/* The low half, which is all of an int. */
static size_t
argument(size_t i)
{
	size_t at = offsetof(struct seccomp_data, args) + 8 * i;

	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? at + 4 : at;
}

/* A call whose argument has none of these bits. */
static void
allow_without(struct filter *f, int call, size_t i, uint32_t bits)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4);
	put_load(f, argument(i));
	put(f, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
	put_return(f, SECCOMP_RET_ERRNO | EACCES);
	put_return(f, SECCOMP_RET_ALLOW);
}

/* A call whose argument is this. The number is loaded again behind it. */
static void
allow_with(struct filter *f, int call, size_t i, uint32_t value)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4);
	put_load(f, argument(i));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	put_return(f, SECCOMP_RET_ALLOW);
	put_load(f, offsetof(struct seccomp_data, nr));
}

static void
fill(struct filter *f, bool keeps)
{
	const uint32_t makes =
	    COUNTING ? 0 : O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

	put_load(f, offsetof(struct seccomp_data, arch));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, FILTER_ARCH, 1, 0);
	put_return(f, SECCOMP_RET_KILL_PROCESS);
	put_load(f, offsetof(struct seccomp_data, nr));
	allow(f, reading, sizeof(reading) / sizeof(*reading));
	if (keeps || COUNTING)
		allow(f, keeping, sizeof(keeping) / sizeof(*keeping));
	if (SANITIZED)
		allow(f, sanitizing, sizeof(sanitizing) / sizeof(*sanitizing));
	allow_without(f, SYS_openat, 2, makes);
#ifdef SYS_open
	allow_without(f, SYS_open, 1, makes);
#endif
	allow_without(f, SYS_mmap, 2, PROT_EXEC);
	allow_without(f, SYS_mprotect, 2, PROT_EXEC);
	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++)
		allow_with(f, SYS_fcntl, 1, controls[i]);
	/* is it a terminal, how wide; not TIOCSTI, which types into it */
	allow_with(f, SYS_ioctl, 1, TCGETS);
	allow_with(f, SYS_ioctl, 1, TIOCGWINSZ);
	allow_with(f, SYS_tgkill, 0, (uint32_t)getpid()); /* abort */
	/* the GNU library then tries what came before it */
#ifdef SYS_clone3
	put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1);
	put_return(f, SECCOMP_RET_ERRNO | ENOSYS);
#endif
	put_return(f, SECCOMP_RET_ERRNO | EPERM);
}

static int
keep_calls(unsigned int *lacks, bool keeps, struct vexlog_err *err)
{
	struct filter f = {.size = 0};
	struct sock_fprog program = {.filter = f.code};

	if (FILTER_ARCH == 0) {
		*lacks |= LACKS_SECCOMP;
		return 0;
	}
	fill(&f, keeps);
	if (f.size == FILTER_MAX)
		return err_set(
		    err, VEXLOG_MISUSE, "a filter of %d steps", FILTER_MAX);
	program.len = f.size;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return err_system(err, "enter a system call filter", "");
	*lacks |= LACKS_SECCOMP;
	return 0;
}

int
sandbox_enter(const char **lacks, const char *const *paths, size_t count,
    bool keeps, struct vexlog_err *err)
{
	static const char *const words[] = {
	    NULL, "no Landlock", "no seccomp", "neither Landlock nor seccomp"};
	unsigned int missing = 0;
	int rc;

	/* libcrypto reads its configuration at first use, which comes later */
	if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) != 1)
		return err_memory(err);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_system(err, "give up new privileges", "");
	if ((rc = keep_paths(&missing, paths, count, err)) != 0 ||
	    (rc = keep_calls(&missing, keeps, err)) != 0)
		return rc;
	*lacks = words[missing];
	return 0;
}
