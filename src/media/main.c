/* huiyin-media: says what a stranger's file is and, of a picture, makes a copy without metadata.
 *
 * A program of its own, because it parses hostile bytes: started for one file, with that file as
 *its standard input and another as its standard output, little memory and time, and, once the file
 *is read, no system call but those for memory and for writing the answer.  What it writes is a line
 * with the MIME type, a line with what was done ("same", "clean" or why not), then the copy's
 *bytes.
 *
 *	huiyin-media MOST_BYTES MOST_PIXELS <file >answer */
#include <errno.h>
#include <magic.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "media/picture.h"

enum { SECONDS = 20, MEMORY = 768 << 20, ANSWER = 96 << 20 };

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static void limit(int what, rlim_t most)
{
	const struct rlimit l = { most, most };

	if (setrlimit(what, &l) != 0)
		_exit(3);
}

static void limits(void)
{
	limit(RLIMIT_CPU, SECONDS);
	limit(RLIMIT_FSIZE, ANSWER);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NPROC, 0);
#ifndef SANITIZED
	limit(RLIMIT_AS, MEMORY);
#endif
}

/* From here on only memory, and writing to what is open; anything else ends the program. */
static bool shut(void)
{
#ifdef SANITIZED
	return true; /* the sanitizer needs more than that */
#else
	static const int allowed[] = {
		SCMP_SYS(brk),		SCMP_SYS(mmap),	      SCMP_SYS(munmap),
		SCMP_SYS(mremap),	SCMP_SYS(madvise),    SCMP_SYS(mprotect),
		SCMP_SYS(write),	SCMP_SYS(writev),     SCMP_SYS(futex),
		SCMP_SYS(rt_sigreturn), SCMP_SYS(exit),	      SCMP_SYS(exit_group),
		SCMP_SYS(fstat),	SCMP_SYS(newfstatat), SCMP_SYS(getrandom),
	};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool ok = f != NULL && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

	for (size_t i = 0; ok && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
	ok = ok && seccomp_load(f) == 0;
	if (f)
		seccomp_release(f);
	return ok;
#endif
}

static bool read_all(unsigned char **out, size_t *n_out, size_t most)
{
	size_t n = 0;
	unsigned char *p = malloc(most + 1);

	while (p && n <= most) {
		ssize_t got = read(0, p + n, most + 1 - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*out = p;
	*n_out = n;
	return p && n <= most;
}

static bool write_all(const void *p, size_t n)
{
	const char *at = p;

	while (n) {
		ssize_t put = write(1, at, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		n -= (size_t)put;
	}
	return true;
}

int main(int argc, char **argv)
{
	unsigned char *bytes = NULL;
	size_t n = 0;
	struct picture_out out = { 0 };
	char head[256];

	if (argc != 3)
		return 2;
	size_t most = strtoul(argv[1], NULL, 10), pixels = strtoul(argv[2], NULL, 10);
	limits();
	magic_t m = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
			       MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_ENCODING);
	if (!m || magic_load(m, NULL) != 0)
		return 4;
	if (!read_all(&bytes, &n, most))
		return 5;
	if (!shut())
		return 6;
	const char *type = n ? magic_buffer(m, bytes, n) : "application/x-empty";
	if (!type)
		type = "application/octet-stream";
	const char *done = picture_clean(type, bytes, n, pixels, &out);
	int k = snprintf(head, sizeof(head), "%.100s\n%.100s\n", type, done);
	bool ok = write_all(head, (size_t)k) && (!out.n || write_all(out.p, out.n));
	_exit(ok ? 0 : 7);
}
