#ifndef HY_BASE_FILE_H
#define HY_BASE_FILE_H

/* file -- whole files in and out. */

#include "base/arena.h"
#include "base/err.h"

/* The bytes of PATH, refused above MOST.  HY_NOT_FOUND when it does not exist. */
enum hy_code hy_file_read(struct hy_arena *a, const char *path, size_t most, hy_str *out,
			  struct hy_err *e) HY_MUST;

/* Writes DATA durably: to a temporary neighbour, fsync, rename over PATH, fsync of the
 * folder.  PATH then holds either the old or the new bytes, whatever happens. */
enum hy_code hy_file_write(const char *path, hy_str data, unsigned mode, struct hy_err *e) HY_MUST;

/* The last name in PATH, whether slashes follow it or not: a view. */
hy_str hy_path_name(const char *path);

/* Makes the folder and its parents where they are missing. */
enum hy_code hy_dir_make(const char *path, struct hy_err *e) HY_MUST;

/* Names of the regular files below DIR (not following links, "." names left out) that
 * end with SUFFIX, relative to DIR, sorted by bytes. */
struct hy_names {
	hy_str *v;
	size_t n;
};
enum hy_code hy_dir_list(struct hy_arena *a, const char *dir, const char *suffix,
			 struct hy_names *out, struct hy_err *e) HY_MUST;

#endif
