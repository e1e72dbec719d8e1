/* Records what a program does to the files below DISK_ROOT, in order, into DISK_LOG; loaded with LD_PRELOAD.
 *
 * A record is: kind (1 byte), length of the path (u32), of the second path or the data (u32), offset or size (u64), path, data.
 * What is written to DISK_ACK is recorded as an acknowledgement: a point that the program said it had reached. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static const char *root, *ack;

#define UNWATCHED "-shm" /* shared memory: nobody reads it again after a crash */

static int wanted(const char *path) {
    size_t length = root ? strlen(root) : 0, own = strlen(path), tail = strlen(UNWATCHED);
    if (!length) return 0;
    if (own > tail && !strcmp(path + own - tail, UNWATCHED)) return 0;
    return (!strncmp(path, root, length) && (path[length] == '/' || !path[length])) || (ack && !strcmp(path, ack));
}

static void put(const void *data, size_t size) {
    for (size_t done = 0; done < size;) {
        long wrote = syscall(SYS_write, log_fd, (const char *)data + done, size - done);
        if (wrote < 0) _exit(97);
        done += wrote;
    }
}

static void record(char kind, const char *path, const void *data, uint32_t size, uint64_t where) {
    uint32_t length = strlen(path);
    if (ack && !strcmp(path, ack)) {
        if (kind != 'W') return;
        kind = 'A';
    }
    put(&kind, 1), put(&length, 4), put(&size, 4), put(&where, 8), put(path, length), put(data, size);
}

static void begin(void) {
    pthread_mutex_lock(&lock);
    if (log_fd < 0) {
        root = getenv("DISK_ROOT"), ack = getenv("DISK_ACK");
        const char *log = getenv("DISK_LOG");
        log_fd = log ? syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : 0;
    }
}

static void end(void) { pthread_mutex_unlock(&lock); }

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    size_t size = strlen(path);
    return size && !(size > 10 && !strcmp(path + size - 10, " (deleted)")) && wanted(path);
}

static int path_at(int folder, const char *name, char *path) {
    char base[PATH_MAX] = "";
    if (name[0] != '/') {
        if (folder == AT_FDCWD) { if (!getcwd(base, sizeof base)) return 0; }
        else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
            ssize_t length = readlink(link, base, PATH_MAX - 1);
            base[length < 0 ? 0 : length] = 0;
        }
    }
    size_t length = strlen(base), own = strlen(name);
    path[0] = 0;
    if (length + own + 2 > PATH_MAX) return 0;
    memcpy(path, base, length);
    if (length) path[length++] = '/';
    memcpy(path + length, name, own + 1);
    return wanted(path);
}

static int opened(int folder, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    begin();
    int watch = path_at(folder, name, path), was_there = !watch || !syscall(SYS_faccessat, AT_FDCWD, path, F_OK);
    int fd = syscall(SYS_openat, folder, name, flags, mode), error = errno;
    if (fd >= 0 && watch) {
        if (!was_there) record('C', path, "", 0, 0);
        else if (flags & O_TRUNC) record('T', path, "", 0, 0);
    }
    end();
    errno = error;
    return fd;
}

#define MODE(flags) mode_t mode = 0; if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, int); va_end(more); }
int open(const char *name, int flags, ...) { MODE(flags) return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return opened(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE(flags) return opened(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE(flags) return opened(folder, name, flags, mode); }

static ssize_t written(int fd, const void *data, ssize_t done, off_t where) {
    char path[PATH_MAX];
    int error = errno;
    if (done > 0 && path_of(fd, path)) record('W', path, data, done, where);
    errno = error;
    return done;
}

ssize_t write(int fd, const void *data, size_t size) {
    begin();
    ssize_t done = syscall(SYS_write, fd, data, size);
    int error = errno;
    off_t after = lseek(fd, 0, SEEK_CUR);
    errno = error;
    done = written(fd, data, done, after < 0 ? 0 : after - (done > 0 ? done : 0));
    end();
    return done;
}

static ssize_t written_at(int fd, const void *data, size_t size, off_t where) {
    begin();
    ssize_t done = written(fd, data, syscall(SYS_pwrite64, fd, data, size, where), where);
    end();
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t where) { return written_at(fd, data, size, where); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t where) { return written_at(fd, data, size, where); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    ssize_t all = 0;
    for (int part = 0; part < count; part++) {
        ssize_t done = write(fd, parts[part].iov_base, parts[part].iov_len);
        if (done < 0) return all ? all : done;
        all += done;
        if ((size_t)done < parts[part].iov_len) break;
    }
    return all;
}

/* Callers fall back to reading and writing. */
ssize_t sendfile(int out, int in, off_t *where, size_t size) { (void)out, (void)in, (void)where, (void)size; errno = EINVAL; return -1; }
ssize_t sendfile64(int out, int in, off64_t *where, size_t size) { (void)out, (void)in, (void)where, (void)size; errno = EINVAL; return -1; }
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags) { (void)in, (void)from, (void)out, (void)to, (void)size, (void)flags; errno = EINVAL; return -1; }

static int cut(int fd, off_t size) {
    char path[PATH_MAX];
    begin();
    int failed = syscall(SYS_ftruncate, fd, size);
    if (!failed && path_of(fd, path)) record('T', path, "", 0, size);
    end();
    return failed;
}
int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

static int synced(int fd, long call) {
    char path[PATH_MAX];
    begin();
    int failed = syscall(call, fd);
    if (!failed && path_of(fd, path)) record('S', path, "", 0, 0);
    end();
    return failed;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int renameat(int from, const char *name, int to, const char *other) {
    char before[PATH_MAX], after[PATH_MAX];
    begin();
    int watch = path_at(from, name, before) | path_at(to, other, after);
    int failed = syscall(SYS_renameat2, from, name, to, other, 0), error = errno;
    if (!failed && watch) record('R', before, after, strlen(after), 0);
    end();
    errno = error;
    return failed;
}
int rename(const char *name, const char *other) { return renameat(AT_FDCWD, name, AT_FDCWD, other); }

int unlinkat(int folder, const char *name, int flags) {
    char path[PATH_MAX];
    begin();
    int watch = path_at(folder, name, path), failed = syscall(SYS_unlinkat, folder, name, flags), error = errno;
    if (!failed && watch) record(flags & AT_REMOVEDIR ? 'X' : 'U', path, "", 0, 0);
    end();
    errno = error;
    return failed;
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdirat(int folder, const char *name, mode_t mode) {
    char path[PATH_MAX];
    begin();
    int watch = path_at(folder, name, path), failed = syscall(SYS_mkdirat, folder, name, mode), error = errno;
    if (!failed && watch) record('D', path, "", 0, 0);
    end();
    errno = error;
    return failed;
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }
