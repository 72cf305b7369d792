/*
 * Records what a process does to the files below one folder.
 *
 * Loaded before all other libraries (LD_PRELOAD), it stands between a program
 * and the system: every call that changes a file or a name below RECORDER_ROOT
 * is done and then written down, with its data, in RECORDER_LOG. So are the
 * bytes that leave the process by standard output and by sockets: whoever reads
 * the log knows what had been promised to others at each moment.
 *
 * One lock covers a call and its record, across threads and processes: the log
 * has the order in which things happened. With RECORDER_KILL_AT=N the process
 * dies by SIGKILL right after its N-th record.
 *
 * What could change a file unseen (a shared writable mapping, a copy inside the
 * system, a doubled descriptor) is refused or recorded as FORBIDDEN, which fails
 * the test. The index SQLite shares in memory (-shm) is left alone: it is built
 * anew when nobody has the database open.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    START, OPEN, WRITE, TRUNCATE, ALLOCATE, SYNC, CLOSE, RENAME, LINK, UNLINK,
    MKDIR, RMDIR, OUTPUT, NETWORK, FORBIDDEN
};

#define MOST_FILES 65536
static char root[PATH_MAX];
static size_t root_length;
static int log_fd = -1;
static long kill_at, records;
static unsigned char tracked[MOST_FILES], is_socket[MOST_FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void enter(void)
{
    pthread_mutex_lock(&lock);
    while (syscall(SYS_flock, log_fd, LOCK_EX) != 0 && errno == EINTR) {
    }
}

/* Keeps errno, which belongs to the call that was recorded. */
static void leave(void)
{
    int kept = errno;
    syscall(SYS_flock, log_fd, LOCK_UN);
    pthread_mutex_unlock(&lock);
    errno = kept;
}

static void put(const struct iovec *parts, int count, size_t total)
{
    if ((size_t)syscall(SYS_writev, log_fd, parts, count) != total) {
        static const char text[] = "recorder: the log cannot be written\n";
        syscall(SYS_write, 2, text, sizeof text - 1);
        abort();
    }
}

/* Inside the lock. */
static void record(enum kind kind, int fd, int64_t a, int64_t b, const void *data, size_t length)
{
    int kept = errno;
    struct {
        uint32_t length, kind;
        int32_t process, fd;
        int64_t a, b;
    } head = {(uint32_t)length, kind, (int32_t)getpid(), fd, a, b};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, length}};
    put(parts, length ? 2 : 1, sizeof head + length);
    if (++records == kill_at)
        syscall(SYS_kill, getpid(), SIGKILL);
    errno = kept;
}

__attribute__((constructor)) static void begin(void)
{
    const char *folder = getenv("RECORDER_ROOT"), *log = getenv("RECORDER_LOG");
    const char *at = getenv("RECORDER_KILL_AT");
    if (!folder || !log || strlen(folder) + 2 > sizeof root)
        return;
    strcpy(root, folder);
    strcat(root, "/");
    root_length = strlen(root);
    kill_at = at ? atol(at) : 0;
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0)
        abort();
    enter();
    record(START, -1, 0, 0, NULL, 0);
    leave();
}

static int on(void) { return log_fd >= 0; }

/* The whole path of a name; 0 where it is not below the root, or is the shared index. */
static int below(int folder, const char *name, char *path)
{
    if (!on() || !name)
        return 0;
    if (name[0] == '/') {
        if (strlen(name) >= PATH_MAX)
            return 0;
        strcpy(path, name);
    } else {
        char link[64];
        snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, path, PATH_MAX - 1);
        if (length < 0 || (size_t)length + strlen(name) + 2 > PATH_MAX)
            return 0;
        path[length] = '/';
        strcpy(path + length + 1, name);
    }
    size_t length = strlen(path);
    if (length >= 4 && strcmp(path + length - 4, "-shm") == 0)
        return 0;
    if (length + 1 == root_length && strncmp(path, root, length) == 0)
        return 1;
    return strncmp(path, root, root_length) == 0;
}

static int known(int fd) { return on() && fd >= 0 && fd < MOST_FILES && tracked[fd]; }

/* Files */

static int do_open(int folder, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    if (!below(folder, name, path))
        return (int)syscall(SYS_openat, folder, name, flags, mode);
    enter();
    int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
    if (fd >= MOST_FILES || (fd >= 0 && (flags & O_TMPFILE) == O_TMPFILE))
        record(FORBIDDEN, fd, 0, 0, "open", 4);
    if (fd >= 0 && fd < MOST_FILES) {
        tracked[fd] = 1;
        record(OPEN, fd, (flags & O_CREAT) != 0, (flags & O_TRUNC) != 0, path, strlen(path));
    }
    leave();
    return fd;
}

#define MODE(mode, flags)                                      \
    mode_t mode = 0;                                           \
    if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE) { \
        va_list more;                                          \
        va_start(more, flags);                                 \
        mode = va_arg(more, mode_t);                           \
        va_end(more);                                          \
    }

int open(const char *name, int flags, ...) { MODE(mode, flags) return do_open(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(mode, flags) return do_open(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE(mode, flags) return do_open(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE(mode, flags) return do_open(folder, name, flags, mode); }
int creat(const char *name, mode_t mode) { return do_open(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *name, mode_t mode) { return do_open(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int fd)
{
    if (on() && fd >= 0 && fd < MOST_FILES)
        is_socket[fd] = 0;
    if (fd == log_fd && on()) {
        errno = EBADF;
        return -1;
    }
    if (!known(fd))
        return (int)syscall(SYS_close, fd);
    enter();
    tracked[fd] = 0;
    int result = (int)syscall(SYS_close, fd);
    record(CLOSE, fd, 0, 0, NULL, 0);
    leave();
    return result;
}

/* What was written lies in one piece from here on; records it. Inside the lock. */
static void wrote(int fd, int64_t at, const struct iovec *parts, int count, ssize_t written)
{
    enum kind kind = tracked[fd] ? WRITE : fd == 1 ? OUTPUT : NETWORK;
    for (int i = 0; i < count && written > 0; i++) {
        size_t piece = parts[i].iov_len < (size_t)written ? parts[i].iov_len : (size_t)written;
        if (piece)
            record(kind, fd, at, 0, parts[i].iov_base, piece);
        at += (int64_t)piece;
        written -= (ssize_t)piece;
    }
}

static int seen(int fd)
{
    return on() && fd >= 0 && fd < MOST_FILES && (tracked[fd] || fd == 1 || is_socket[fd]);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    if (!seen(fd))
        return syscall(SYS_writev, fd, parts, count);
    enter();
    ssize_t written = syscall(SYS_writev, fd, parts, count);
    if (written > 0)
        wrote(fd, tracked[fd] ? syscall(SYS_lseek, fd, 0, SEEK_CUR) - written : 0, parts, count, written);
    leave();
    return written;
}

ssize_t write(int fd, const void *data, size_t length)
{
    struct iovec part = {(void *)data, length};
    return seen(fd) ? writev(fd, &part, 1) : syscall(SYS_write, fd, data, length);
}

static ssize_t do_pwritev(int fd, const struct iovec *parts, int count, off64_t at)
{
    if (!known(fd))
        return syscall(SYS_pwritev, fd, parts, count, at, 0);
    enter();
    ssize_t written = syscall(SYS_pwritev, fd, parts, count, at, 0);
    wrote(fd, at, parts, count, written);
    leave();
    return written;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return do_pwritev(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return do_pwritev(fd, parts, count, at); }
ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t at, int flags)
{
    (void)flags;
    return at == -1 ? writev(fd, parts, count) : do_pwritev(fd, parts, count, at);
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t at)
{
    struct iovec part = {(void *)data, length};
    return do_pwritev(fd, &part, 1, at);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) { return pwrite(fd, data, length, at); }

int ftruncate(int fd, off_t length)
{
    if (!known(fd))
        return (int)syscall(SYS_ftruncate, fd, length);
    enter();
    int result = (int)syscall(SYS_ftruncate, fd, length);
    if (result == 0)
        record(TRUNCATE, fd, length, 0, NULL, 0);
    leave();
    return result;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int fallocate(int fd, int mode, off_t at, off_t length)
{
    if (!known(fd))
        return (int)syscall(SYS_fallocate, fd, mode, at, length);
    enter();
    int result = (int)syscall(SYS_fallocate, fd, mode, at, length);
    if (result == 0)
        record(mode ? FORBIDDEN : ALLOCATE, fd, at, length, "fallocate", mode ? 9 : 0);
    leave();
    return result;
}
int fallocate64(int fd, int mode, off64_t at, off64_t length) { return fallocate(fd, mode, at, length); }
int posix_fallocate(int fd, off_t at, off_t length) { return fallocate(fd, 0, at, length) ? errno : 0; }
int posix_fallocate64(int fd, off64_t at, off64_t length) { return posix_fallocate(fd, at, length); }

/* A sync counts once it has returned without error. sync_file_range promises nothing: not seen. */
static int do_sync(long call, int fd)
{
    if (!known(fd))
        return (int)syscall(call, fd);
    enter();
    int result = (int)syscall(call, fd);
    if (result == 0)
        record(SYNC, fd, 0, 0, NULL, 0);
    leave();
    return result;
}
int fsync(int fd) { return do_sync(SYS_fsync, fd); }
int fdatasync(int fd) { return do_sync(SYS_fdatasync, fd); }

/* Names */

static void two(enum kind kind, const char *from, const char *to)
{
    char both[2 * PATH_MAX];
    size_t first = strlen(from) + 1, second = strlen(to);
    memcpy(both, from, first);
    memcpy(both + first, to, second);
    record(kind, -1, 0, 0, both, first + second);
}

int renameat2(int from, const char *name, int to, const char *new_name, unsigned flags)
{
    char old[PATH_MAX], new[PATH_MAX];
    int is_old = below(from, name, old), is_new = below(to, new_name, new);
    if (!is_old && !is_new)
        return (int)syscall(SYS_renameat2, from, name, to, new_name, flags);
    enter();
    int result = (int)syscall(SYS_renameat2, from, name, to, new_name, flags);
    if (result == 0 && (flags & ~1u || !is_old || !is_new))
        record(FORBIDDEN, -1, 0, 0, "rename", 6);
    else if (result == 0)
        two(RENAME, old, new);
    leave();
    return result;
}
int renameat(int from, const char *name, int to, const char *new_name) { return renameat2(from, name, to, new_name, 0); }
int rename(const char *name, const char *new_name) { return renameat2(AT_FDCWD, name, AT_FDCWD, new_name, 0); }

int linkat(int from, const char *name, int to, const char *new_name, int flags)
{
    char old[PATH_MAX], new[PATH_MAX];
    int is_new = below(to, new_name, new);
    if (!is_new)
        return (int)syscall(SYS_linkat, from, name, to, new_name, flags);
    int is_old = below(from, name, old);
    enter();
    int result = (int)syscall(SYS_linkat, from, name, to, new_name, flags);
    if (result == 0 && !is_old)
        record(FORBIDDEN, -1, 0, 0, "link", 4);
    else if (result == 0)
        two(LINK, old, new);
    leave();
    return result;
}
int link(const char *name, const char *new_name) { return linkat(AT_FDCWD, name, AT_FDCWD, new_name, 0); }

static int one(enum kind kind, int folder, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    int is_below = below(folder, name, path);
    if (is_below)
        enter();
    int result = kind == MKDIR ? (int)syscall(SYS_mkdirat, folder, name, mode)
                               : (int)syscall(SYS_unlinkat, folder, name, flags);
    if (is_below && result == 0)
        record(kind, -1, 0, 0, path, strlen(path));
    if (is_below)
        leave();
    return result;
}
int unlinkat(int folder, const char *name, int flags) { return one(flags & AT_REMOVEDIR ? RMDIR : UNLINK, folder, name, flags, 0); }
int unlink(const char *name) { return one(UNLINK, AT_FDCWD, name, 0, 0); }
int rmdir(const char *name) { return one(RMDIR, AT_FDCWD, name, AT_REMOVEDIR, 0); }
int mkdirat(int folder, const char *name, mode_t mode) { return one(MKDIR, folder, name, 0, mode); }
int mkdir(const char *name, mode_t mode) { return one(MKDIR, AT_FDCWD, name, 0, mode); }

/* What goes to others */

int socket(int domain, int type, int protocol)
{
    int fd = (int)syscall(SYS_socket, domain, type, protocol);
    if (fd >= 0 && fd < MOST_FILES)
        is_socket[fd] = 1;
    return fd;
}

ssize_t sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *to, socklen_t size)
{
    if (!on())
        return syscall(SYS_sendto, fd, data, length, flags, to, size);
    struct iovec part = {(void *)data, length};
    enter();
    ssize_t sent = syscall(SYS_sendto, fd, data, length, flags, to, size);
    wrote(fd, 0, &part, 1, sent);
    leave();
    return sent;
}
ssize_t send(int fd, const void *data, size_t length, int flags) { return sendto(fd, data, length, flags, NULL, 0); }

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    if (!on())
        return syscall(SYS_sendmsg, fd, message, flags);
    enter();
    ssize_t sent = syscall(SYS_sendmsg, fd, message, flags);
    wrote(fd, 0, message->msg_iov, (int)message->msg_iovlen, sent);
    leave();
    return sent;
}

/* What would change files unseen */

static void forbidden(int fd, const char *what)
{
    enter();
    record(FORBIDDEN, fd, 0, 0, what, strlen(what));
    leave();
}

/* Callers know that these may be missing, and write instead. */
ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t length, unsigned flags)
{
    if (!known(out))
        return syscall(SYS_copy_file_range, in, in_at, out, out_at, length, flags);
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile(int out, int in, off_t *at, size_t length)
{
    if (!known(out))
        return syscall(SYS_sendfile, out, in, at, length);
    errno = ENOSYS;
    return -1;
}
ssize_t splice(int in, off64_t *in_at, int out, off64_t *out_at, size_t length, unsigned flags)
{
    if (!known(out))
        return syscall(SYS_splice, in, in_at, out, out_at, length, flags);
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile64(int out, int in, off64_t *at, size_t length) { return sendfile(out, in, at, length); }

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
    if (known(fd) && (protection & PROT_WRITE) && (flags & MAP_SHARED))
        forbidden(fd, "mmap");
    return (void *)syscall(SYS_mmap, at, length, protection, flags, fd, offset);
}
void *mmap64(void *at, size_t length, int protection, int flags, int fd, off64_t offset) { return mmap(at, length, protection, flags, fd, offset); }

int dup(int fd)
{
    if (known(fd))
        forbidden(fd, "dup");
    return (int)syscall(SYS_dup, fd);
}
int dup3(int fd, int to, int flags)
{
    if (known(fd) || known(to))
        forbidden(fd, "dup3");
    return (int)syscall(SYS_dup3, fd, to, flags);
}

static int do_fcntl(int fd, int command, void *argument)
{
    if (known(fd) && (command == F_DUPFD || command == F_DUPFD_CLOEXEC))
        forbidden(fd, "fcntl");
    return (int)syscall(SYS_fcntl, fd, command, argument);
}
#define ARGUMENT(argument, after)          \
    va_list more;                          \
    va_start(more, after);                 \
    void *argument = va_arg(more, void *); \
    va_end(more);
int fcntl(int fd, int command, ...) { ARGUMENT(argument, command) return do_fcntl(fd, command, argument); }
int fcntl64(int fd, int command, ...) { ARGUMENT(argument, command) return do_fcntl(fd, command, argument); }

int truncate(const char *name, off_t length)
{
    char path[PATH_MAX];
    if (below(AT_FDCWD, name, path))
        forbidden(-1, "truncate");
    return (int)syscall(SYS_truncate, name, length);
}
int truncate64(const char *name, off64_t length) { return truncate(name, length); }

int symlinkat(const char *text, int folder, const char *name)
{
    char path[PATH_MAX];
    if (below(folder, name, path))
        forbidden(-1, "symlink");
    return (int)syscall(SYS_symlinkat, text, folder, name);
}
int symlink(const char *text, const char *name) { return symlinkat(text, AT_FDCWD, name); }
