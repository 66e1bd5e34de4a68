/* Makes the k-th call of a kind fail, or kills the process there, where the call touches a file below a folder.
 *
 * Preloaded (LD_PRELOAD) into the process that forks the runs; a run arms it with `fault_arm`. Calls on all other files
 * (Python's modules, the terminal) pass. Kinds are bits: see `KINDS` in runs.py.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, FSYNC = 2, RENAME = 4, LINK = 8, MKDIR = 16, UNLINK = 32, OPEN = 64, READ = 128, LIST = 256 };
enum { FAIL = 0, KILL_BEFORE = 1, KILL_AFTER = 2 };

static char prefix[PATH_MAX];
static size_t prefix_length;
static unsigned armed;
static int error_number, action, forever;
static atomic_long left, calls;

void fault_arm(const char *folder, unsigned kinds, long k, int number, int what, int onwards) {
    snprintf(prefix, sizeof prefix, "%s", folder);
    prefix_length = strlen(prefix);
    error_number = number;
    action = what;
    forever = onwards;
    left = k;
    calls = 0;
    armed = kinds;
}

void fault_disarm(void) { armed = 0; }

long fault_calls(void) { return calls; }

static int below(const char *path) {
    return strncmp(path, prefix, prefix_length) == 0 && (path[prefix_length] == '/' || path[prefix_length] == 0);
}

static int fd_below(int fd) {
    char link[64], target[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, target, sizeof target - 1);
    if (n <= 0) return 0;
    target[n] = 0;
    return below(target);
}

static int path_below(int at, const char *path) {
    char cwd[PATH_MAX];
    if (!path) return 0;
    if (path[0] == '/') return below(path);
    if (at == AT_FDCWD) return getcwd(cwd, sizeof cwd) && below(cwd);
    return fd_below(at);
}

/* 1: fail; 2: kill after the call; 0: go on */
static int strikes(unsigned kind, int touches) {
    int saved = errno;
    if (!(armed & kind) || !touches) { errno = saved; return 0; }
    calls++;
    long now = left--;
    errno = saved;
    if (now != 0 && !(forever && now < 0)) return 0;
    if (action == KILL_BEFORE) kill(getpid(), SIGKILL);
    if (action == KILL_AFTER) return 2;
    errno = error_number;
    return 1;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define STRUCK(kind, touches, call)                                  \
    int hit = armed & (kind) ? strikes(kind, touches) : 0;           \
    if (hit == 1) return -1;                                         \
    __typeof__(call) result = call;                                  \
    if (hit == 2) kill(getpid(), SIGKILL);                           \
    return result

ssize_t write(int fd, const void *data, size_t n) { REAL(write); STRUCK(WRITE, fd_below(fd), real(fd, data, n)); }
ssize_t writev(int fd, const struct iovec *v, int n) { REAL(writev); STRUCK(WRITE, fd_below(fd), real(fd, v, n)); }
ssize_t pwrite(int fd, const void *d, size_t n, off_t o) { REAL(pwrite); STRUCK(WRITE, fd_below(fd), real(fd, d, n, o)); }
ssize_t pwrite64(int fd, const void *d, size_t n, off64_t o) { REAL(pwrite64); STRUCK(WRITE, fd_below(fd), real(fd, d, n, o)); }
int ftruncate(int fd, off_t n) { REAL(ftruncate); STRUCK(WRITE, fd_below(fd), real(fd, n)); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); STRUCK(WRITE, fd_below(fd), real(fd, n)); }
int fsync(int fd) { REAL(fsync); STRUCK(FSYNC, fd_below(fd), real(fd)); }
int fdatasync(int fd) { REAL(fdatasync); STRUCK(FSYNC, fd_below(fd), real(fd)); }
int rename(const char *a, const char *b) { REAL(rename); STRUCK(RENAME, path_below(AT_FDCWD, b), real(a, b)); }
int renameat(int f, const char *a, int t, const char *b) { REAL(renameat); STRUCK(RENAME, path_below(t, b), real(f, a, t, b)); }
int renameat2(int f, const char *a, int t, const char *b, unsigned g) { REAL(renameat2); STRUCK(RENAME, path_below(t, b), real(f, a, t, b, g)); }
int link(const char *a, const char *b) { REAL(link); STRUCK(LINK, path_below(AT_FDCWD, b), real(a, b)); }
int linkat(int f, const char *a, int t, const char *b, int g) { REAL(linkat); STRUCK(LINK, path_below(t, b), real(f, a, t, b, g)); }
int mkdir(const char *p, mode_t m) { REAL(mkdir); STRUCK(MKDIR, path_below(AT_FDCWD, p), real(p, m)); }
int mkdirat(int at, const char *p, mode_t m) { REAL(mkdirat); STRUCK(MKDIR, path_below(at, p), real(at, p, m)); }
int unlink(const char *p) { REAL(unlink); STRUCK(UNLINK, path_below(AT_FDCWD, p), real(p)); }
int unlinkat(int at, const char *p, int g) { REAL(unlinkat); STRUCK(UNLINK, path_below(at, p), real(at, p, g)); }
int rmdir(const char *p) { REAL(rmdir); STRUCK(UNLINK, path_below(AT_FDCWD, p), real(p)); }
ssize_t read(int fd, void *d, size_t n) { REAL(read); STRUCK(READ, fd_below(fd), real(fd, d, n)); }
ssize_t pread(int fd, void *d, size_t n, off_t o) { REAL(pread); STRUCK(READ, fd_below(fd), real(fd, d, n, o)); }
ssize_t pread64(int fd, void *d, size_t n, off64_t o) { REAL(pread64); STRUCK(READ, fd_below(fd), real(fd, d, n, o)); }

#define MODE(flags, mode)                                            \
    mode_t mode = 0;                                                 \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                           \
        va_list rest;                                                \
        va_start(rest, flags);                                       \
        mode = va_arg(rest, mode_t);                                 \
        va_end(rest);                                                \
    }

int open(const char *p, int flags, ...) { MODE(flags, mode); REAL(open); STRUCK(OPEN, path_below(AT_FDCWD, p), real(p, flags, mode)); }
int open64(const char *p, int flags, ...) { MODE(flags, mode); REAL(open64); STRUCK(OPEN, path_below(AT_FDCWD, p), real(p, flags, mode)); }
int openat(int at, const char *p, int flags, ...) { MODE(flags, mode); REAL(openat); STRUCK(OPEN, path_below(at, p), real(at, p, flags, mode)); }
int openat64(int at, const char *p, int flags, ...) { MODE(flags, mode); REAL(openat64); STRUCK(OPEN, path_below(at, p), real(at, p, flags, mode)); }
