/* Makes the disk of one Postgres full: preloaded into it, lets no file of its tables grow while the file
   named by FULL_DISK is there. What fits into them is written, as on a disk that is full. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int has_no_room(int file, off_t end) {
    const char *full = getenv("FULL_DISK");
    char link[64], path[4096];
    struct stat now;
    if (!full || access(full, F_OK) != 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = '\0';
    return strstr(path, "/base/") && fstat(file, &now) == 0 && end > now.st_size;
}

static ssize_t refused(void) {
    errno = ENOSPC;
    return -1;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
    if (has_no_room(file, at + (off_t)length)) return refused();
    return syscall(SYS_pwrite64, file, bytes, length, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off_t at) {
    return pwrite(file, bytes, length, at);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) {
    off_t end = at;
    for (int part = 0; part < count; part++) end += (off_t)parts[part].iov_len;
    if (has_no_room(file, end)) return refused();
    return syscall(SYS_pwritev, file, parts, (long)count, (long)at, 0L);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t at) {
    return pwritev(file, parts, count, at);
}

int posix_fallocate(int file, off_t at, off_t length) {
    if (has_no_room(file, at + length)) return ENOSPC;
    return syscall(SYS_fallocate, file, 0, at, length) == 0 ? 0 : errno;
}

int posix_fallocate64(int file, off_t at, off_t length) {
    return posix_fallocate(file, at, length);
}
