#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

/* What the targets of libFuzzer share.  A target reads bytes as a stranger sends them, and where
 * what was read can be written again, reading that must give the same. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

#define HOLDS(x)                                                                                   \
	do {                                                                                       \
		if (!(x)) {                                                                        \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #x);      \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An error says something, and success nothing. */
static inline bool well(enum hy_code code, struct hy_err *e)
{
	HOLDS(code == e->code);
	HOLDS(code != HY_INTERNAL);
	HOLDS(!code || hy_err_text(e)[0]);
	hy_err_clear(e);
	return code == HY_OK;
}

static inline hy_str bytes_of(const uint8_t *data, size_t size)
{
	return (hy_str){ (const char *)data, size };
}

/* The bytes as a file; PATH holds at least 40 bytes. */
static inline int file_of(const uint8_t *data, size_t size, char *path)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, 40, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
