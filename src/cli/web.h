#ifndef CLI_WEB_H
#define CLI_WEB_H

/* web -- the pages that are built into the program.
 *
 * tools/pack_web.c makes the table from web/dist and web/first when the program is built;
 * cli/page.c serves it.
 */

#include <stddef.h>

#include "http/http.h"

struct web_file {
	const char *path;	  /* "/index.html"; the table is sorted by it, in bytes */
	const char *content_type; /* "text/html; charset=utf-8" */
	const char *etag;	  /* a digest of the bytes */
	const char *bytes;
	size_t n;
	const char *gzip; /* the same packed, when that is shorter; else NULL */
	size_t gzip_n;
};
extern const struct web_file web_files[];
extern const size_t web_files_n;

/* Answers GETs that no route takes: a file of the table; for a path without a dot, which the pages
 * route themselves, the page of the portal (/), the workbench (/work/) or the first pages
 * (/first/); HY_NO_ROUTE for everything else and below /api/ and /log/. */
enum hy_code page_answer(struct hy_request *r, struct hy_err *e);

#endif
