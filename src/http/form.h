#ifndef HY_HTTP_FORM_H
#define HY_HTTP_FORM_H

/* form -- what a page without scripts sends: application/x-www-form-urlencoded (URL Standard) and
 * multipart/form-data (RFC 7578).  Pure; strict: what a browser would not send is refused. */

#include "http/request.h"

struct hy_form_file {
	hy_str field, name, bytes; /* NAME is the sender's, without any folder */
};
struct hy_form {
	struct hy_pairs fields;
	struct hy_form_file *files; /* without those that were left empty */
	size_t n_files;
};

/* Is TYPE one that a form may have?  Multipart only where FILES are taken. */
bool hy_form_type(hy_str type, bool files);

/* Fields live in A: UTF-8 without control characters but tab and line ends, which become \n.
 * Files are views of BYTES. */
enum hy_code hy_form_read(struct hy_arena *a, hy_str type, hy_str bytes, struct hy_form *out,
			  struct hy_err *e) HY_MUST;

#endif
