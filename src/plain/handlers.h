#ifndef PLAIN_HANDLERS_H
#define PLAIN_HANDLERS_H

/* handlers -- what plain.c's table of routes points to. */

#include "http/http.h"

hy_handler plain_home, plain_file_form, plain_file;	      /* file.c */
hy_handler plain_rate_code, plain_rate_open, plain_rate_send; /* rate.c */
void plain_file_wrong(struct hy_request *r, const struct hy_err *e, int status);
void plain_rate_wrong(struct hy_request *r, const struct hy_err *e, int status);

#endif
