#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}
#define SCOPED_FD __attribute__((cleanup(close_fd))) int

static enum hy_code no(struct hy_err *e, const char *what, const char *path)
{
	int why = errno;

	return hy_fail(e, why == ENOENT || why == ENOTDIR ? HY_NOT_FOUND : HY_IO, "",
		       "could not %s %s: %s", what, path, strerror(why));
}

enum hy_code hy_file_read(struct hy_arena *a, const char *path, size_t most, hy_str *out,
			  struct hy_err *e)
{
	SCOPED_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return no(e, "open", path);
	if (S_ISDIR(st.st_mode))
		return hy_fail(e, HY_BAD_INPUT, "", "%s is a folder, a file is needed", path);
	if ((uint64_t)st.st_size > most)
		return hy_fail(e, HY_TOO_LARGE, "", "%s has %lld bytes, at most %zu are read", path,
			       (long long)st.st_size, most);
	char *p = hy_arena_take(a, (size_t)st.st_size + 1);
	size_t n = 0;
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, p + n, (size_t)st.st_size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return no(e, "read", path);
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*out = (hy_str){ p, n };
	return HY_OK;
}

static enum hy_code write_all(int fd, hy_str data, const char *path, struct hy_err *e)
{
	while (data.n) {
		ssize_t put = write(fd, data.p, data.n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return no(e, "write", path);
		data.p += put;
		data.n -= (size_t)put;
	}
	return fsync(fd) == 0 ? HY_OK : no(e, "flush", path);
}

enum hy_code hy_file_write(const char *path, hy_str data, unsigned mode, struct hy_err *e)
{
	char tmp[4096], dir[4096];

	if (snprintf(tmp, sizeof(tmp), "%s.%ld.tmp", path, (long)getpid()) >= (int)sizeof(tmp))
		return hy_fail(e, HY_BAD_INPUT, "", "the path is too long");
	SCOPED_FD fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return no(e, "create", tmp);
	enum hy_code code = write_all(fd, data, tmp, e);
	if (!code && rename(tmp, path) != 0)
		code = no(e, "rename to", path);
	if (code) {
		unlink(tmp);
		return code;
	}
	snprintf(dir, sizeof(dir), "%s", path);
	char *slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = '\0';
	SCOPED_FD folder = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || fsync(folder) != 0)
		return no(e, "flush the folder of", path);
	return HY_OK;
}

hy_str hy_path_name(const char *path)
{
	hy_str s = hy_str_of(path);

	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	for (size_t i = s.n; i-- > 0;)
		if (s.p[i] == '/' && i + 1 < s.n)
			return (hy_str){ s.p + i + 1, s.n - i - 1 };
	return s;
}

enum hy_code hy_dir_make(const char *path, struct hy_err *e)
{
	char part[4096];

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return hy_fail(e, HY_BAD_INPUT, "", "the path is too long");
	for (char *p = part + 1;; p++) {
		char c = *p;
		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(part, 0750) != 0 && errno != EEXIST)
			return no(e, "make the folder", part);
		if (c == '\0')
			return HY_OK;
		*p = c;
	}
}

static int by_bytes(const void *a, const void *b)
{
	return hy_str_cmp(*(const hy_str *)a, *(const hy_str *)b);
}

typedef HY_VEC(hy_str) names_vec;

static enum hy_code walk(struct hy_arena *a, const char *dir, hy_str below, hy_str suffix,
			 names_vec *found, struct hy_err *e)
{
	hy_str full = below.n ? hy_printf(a, "%s/" HY_FMT, dir, HY_ARG(below)) : hy_str_of(dir);
	DIR *d = opendir(full.p);
	enum hy_code code = HY_OK;
	struct dirent *entry;

	if (!d)
		return no(e, "open the folder", full.p);
	while (!code && (entry = readdir(d))) {
		struct stat st;
		hy_str name = hy_str_of(entry->d_name);
		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		hy_str path = below.n ? hy_printf(a, HY_FMT "/%s", HY_ARG(below), entry->d_name)
				      : hy_str_dup(a, name);
		if (S_ISDIR(st.st_mode))
			code = walk(a, dir, path, suffix, found, e);
		else if (S_ISREG(st.st_mode) && hy_str_ends(name, suffix))
			*hy_push(a, found) = path;
	}
	closedir(d);
	return code;
}

enum hy_code hy_dir_list(struct hy_arena *a, const char *dir, const char *suffix,
			 struct hy_names *out, struct hy_err *e)
{
	names_vec found = { 0 };
	enum hy_code code = walk(a, dir, (hy_str){ 0 }, hy_str_of(suffix), &found, e);

	if (code)
		return code;
	if (found.n)
		qsort(found.v, found.n, sizeof(*found.v), by_bytes);
	*out = (struct hy_names){ found.v, found.n };
	return HY_OK;
}
