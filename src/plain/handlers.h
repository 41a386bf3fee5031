#ifndef PLAIN_HANDLERS_H
#define PLAIN_HANDLERS_H

/* handlers -- what plain.c's table of routes points to. */

#include "http/http.h"

hy_handler plain_home, plain_file_form, plain_file; /* file.c */
void plain_file_wrong(struct hy_request *r, const struct hy_err *e, int status);

#endif
