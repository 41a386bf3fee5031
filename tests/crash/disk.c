/* A disk that fails, for the whole program: preloaded (LD_PRELOAD), it stands between SQLite and
 * the files huiyin.db and huiyin.db-wal.
 *
 * HY_DISK is a folder.  HY_DISK/fault holds one word, read at every call:
 *   full      no room for more bytes          readonly  nothing may be written
 *   deaf      flushing fails                  lies      flushing seems to be done
 *   stuck     flushing waits until the word is gone
 *   lose-db   writes to the database seem to be done
 *   lose-odd  every second page of the database is lost in the same way
 * Into HY_DISK/writes goes every write with what stood there before, and every flush, so that a
 * test can take away what was not flushed, as a power cut does.  Records, little-endian:
 *   file u8 (0 database, 1 log), kind u8 (0 write, 1 truncation, 2 flush),
 *   offset i64, length i64, size before i64, bytes before (length; zeros beyond the size), bytes
 * after (writes only; a truncation keeps what it cut: offset is the new size). */

#undef _FILE_OFFSET_BITS /* both names of each function are defined here */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum which { DATABASE, LOG, OTHER };
enum kind { WRITE, TRUNCATE, FLUSH };
enum { PAGE = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char fault_path[512];
static int writes = -1;
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_truncate)(int, off64_t);
static int (*real_fsync)(int), (*real_fdatasync)(int);

static void find(void *slot, const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);

	if (!f)
		abort();
	memcpy(slot, &f, sizeof(f));
}

static void start(void)
{
	const char *dir = getenv("HY_DISK");
	char path[512];

	find(&real_pwrite, "pwrite64");
	find(&real_truncate, "ftruncate64");
	find(&real_fsync, "fsync");
	find(&real_fdatasync, "fdatasync");
	if (!dir)
		return;
	snprintf(fault_path, sizeof(fault_path), "%s/fault", dir);
	snprintf(path, sizeof(path), "%s/writes", dir);
	writes = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
}

static enum which which(int fd)
{
	static const char db[] = "/huiyin.db", log[] = "/huiyin.db-wal";
	char link[64], path[4096];

	pthread_once(&once, start);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	if (n < (ssize_t)sizeof(log))
		return OTHER;
	path[n] = '\0';
	if (strcmp(path + n - (sizeof(db) - 1), db) == 0)
		return DATABASE;
	return strcmp(path + n - (sizeof(log) - 1), log) == 0 ? LOG : OTHER;
}

static bool fault(const char *word)
{
	char said[32] = "";
	int fd = open(fault_path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	ssize_t n = read(fd, said, sizeof(said) - 1);
	close(fd);
	return n > 0 && strcmp(said, word) == 0;
}

struct __attribute__((packed)) record {
	uint8_t file, kind;
	int64_t offset, length, size;
};

static void put(const void *p, size_t n)
{
	if (write(writes, p, n) != (ssize_t)n)
		abort();
}

/* With the lock held. */
static void note(int fd, enum which w, enum kind kind, off64_t offset, const void *after, size_t n)
{
	struct stat st;

	if (writes < 0)
		return;
	if (fstat(fd, &st) != 0)
		abort();
	if (kind == TRUNCATE)
		n = st.st_size > offset ? (size_t)(st.st_size - offset) : 0;
	struct record r = { (uint8_t)w, (uint8_t)kind, offset, (int64_t)n, st.st_size };
	char *before = calloc(1, n + 1);
	if (!before || (n && pread64(fd, before, n, offset) < 0))
		abort();
	put(&r, sizeof(r));
	put(before, n);
	if (after)
		put(after, n);
	free(before);
}

static ssize_t on_pwrite(int fd, const void *p, size_t n, off64_t at)
{
	enum which w = which(fd);
	struct stat st;

	if (w == OTHER)
		return real_pwrite(fd, p, n, at);
	if (fault("readonly"))
		return errno = EROFS, -1;
	if (fault("full") && fstat(fd, &st) == 0 && at + (off64_t)n > st.st_size)
		return errno = ENOSPC, -1;
	if (w == DATABASE && (fault("lose-db") || (at / PAGE % 2 && fault("lose-odd"))))
		return (ssize_t)n;
	pthread_mutex_lock(&lock);
	note(fd, w, WRITE, at, p, n);
	ssize_t done = real_pwrite(fd, p, n, at);
	pthread_mutex_unlock(&lock);
	return done;
}

static int on_truncate(int fd, off64_t size)
{
	enum which w = which(fd);

	if (w == OTHER)
		return real_truncate(fd, size);
	if (fault("readonly"))
		return errno = EROFS, -1;
	pthread_mutex_lock(&lock);
	note(fd, w, TRUNCATE, size, NULL, 0);
	int rc = real_truncate(fd, size);
	pthread_mutex_unlock(&lock);
	return rc;
}

static int on_flush(int fd, bool all)
{
	enum which w = which(fd);

	while (w != OTHER && fault("stuck"))
		usleep(10000);
	if (w != OTHER && fault("deaf"))
		return errno = EIO, -1;
	if (w == OTHER)
		return all ? real_fsync(fd) : real_fdatasync(fd);
	pthread_mutex_lock(&lock);
	int rc = all ? real_fsync(fd) : real_fdatasync(fd);
	if (rc == 0 && !fault("lies"))
		note(fd, w, FLUSH, 0, NULL, 0);
	pthread_mutex_unlock(&lock);
	return rc;
}

#define EXPORT __attribute__((visibility("default")))
EXPORT ssize_t pwrite(int fd, const void *p, size_t n, off_t at);
EXPORT ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return on_pwrite(fd, p, n, at);
}
EXPORT ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at);
EXPORT ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return on_pwrite(fd, p, n, at);
}
EXPORT int ftruncate(int fd, off_t size);
EXPORT int ftruncate(int fd, off_t size)
{
	return on_truncate(fd, size);
}
EXPORT int ftruncate64(int fd, off64_t size);
EXPORT int ftruncate64(int fd, off64_t size)
{
	return on_truncate(fd, size);
}
EXPORT int fsync(int fd);
EXPORT int fsync(int fd)
{
	return on_flush(fd, true);
}
EXPORT int fdatasync(int fd);
EXPORT int fdatasync(int fd)
{
	return on_flush(fd, false);
}
