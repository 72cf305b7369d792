/* Loaded before the C library of a process under test: makes the disk below
 * DISK_ROOT fail. What fails is one word in the file DISK_FAULT, which is read
 * at every call: "full" (ENOSPC), "readonly" (EROFS), "write" (EIO of writes),
 * "sync" (EIO of fsync); any other content, or no file, is a good disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* The word of the fault file; an empty text where there is none. */
static const char *fault(char word[16]) {
    word[0] = 0;
    const char *path = getenv("DISK_FAULT");
    int file = path ? REAL(open)(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return word;
    ssize_t got = read(file, word, 15);
    word[got > 0 ? got : 0] = 0;
    close(file);
    return word;
}

static int below(const char *path) {
    const char *root = getenv("DISK_ROOT");
    return root && path && strncmp(path, root, strlen(root)) == 0;
}

static int is_below(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t got = readlink(link, path, sizeof path - 1);
    if (got < 0) return 0;
    path[got] = 0;
    return below(path);
}

/* The error a write gives, or 0. */
static int write_error(void) {
    char word[16];
    fault(word);
    if (!strcmp(word, "full")) return ENOSPC;
    if (!strcmp(word, "readonly")) return EROFS;
    if (!strcmp(word, "write")) return EIO;
    return 0;
}

#define REFUSE(fd)                                   \
    do {                                             \
        int error = is_below(fd) ? write_error() : 0; \
        if (error) { errno = error; return -1; }     \
    } while (0)

ssize_t write(int fd, const void *bytes, size_t count) {
    REFUSE(fd);
    return REAL(write)(fd, bytes, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    REFUSE(fd);
    return REAL(pwrite)(fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    REFUSE(fd);
    return REAL(pwrite64)(fd, bytes, count, at);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REFUSE(fd);
    return REAL(writev)(fd, parts, count);
}
int fallocate(int fd, int mode, off_t at, off_t count) {
    REFUSE(fd);
    return REAL(fallocate)(fd, mode, at, count);
}

static int sync_error(int fd) {
    char word[16];
    return is_below(fd) && !strcmp(fault(word), "sync");
}
int fsync(int fd) {
    if (sync_error(fd)) { errno = EIO; return -1; }
    return REAL(fsync)(fd);
}
int fdatasync(int fd) {
    if (sync_error(fd)) { errno = EIO; return -1; }
    return REAL(fdatasync)(fd);
}

/* A read-only disk takes no new file; a full one has no room for its entry. */
static int open_error(const char *path, int flags) {
    char word[16];
    if (!(flags & O_CREAT) || !below(path)) return 0;
    fault(word);
    struct stat there;
    if (!strcmp(word, "readonly")) return EROFS;
    if (!strcmp(word, "full") && stat(path, &there) != 0) return ENOSPC;
    return 0;
}
#define OPEN(name)                                              \
    int name(const char *path, int flags, ...) {                \
        va_list rest;                                           \
        va_start(rest, flags);                                  \
        mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                           \
        int error = open_error(path, flags);                    \
        if (error) { errno = error; return -1; }                \
        return REAL(name)(path, flags, mode);                   \
    }
OPEN(open)
OPEN(open64)
