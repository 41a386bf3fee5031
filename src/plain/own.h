#ifndef PLAIN_OWN_H
#define PLAIN_OWN_H

/* own -- the pages about one's own matter: the receipt after filing, and how it stands. */

#include "matter/citizen.h"
#include "plain/page.h"

struct own_key {
	hy_str code, secret;
};
/* What was tried and did not work: shown beside the field, with what was typed. */
struct own_tried {
	hy_str move, field, message;
};

/* What they are told of M (matter/citizen.h), read back. */
enum hy_code own_told(struct page *p, const struct matter *m, json_t **out,
		      struct hy_err *e) HY_MUST;

/* After filing: code and secret, until when, why, what comes next.  SAID: what else was done. */
enum hy_code own_receipt(struct hy_request *r, const struct matter *m, const struct own_key *key,
			 hy_str said, int status, struct hy_err *e) HY_MUST;
/* How it stands.  DB for the names of units. */
enum hy_code own_page(struct hy_request *r, struct hy_db *db, const struct matter *m,
		      const struct own_key *key, hy_str said, const struct own_tried *tried,
		      int status, struct hy_err *e) HY_MUST;

/* The form with which files are added; BACK: "filed" or "own", the page that answers. */
void own_attach(struct page *p, const struct own_key *key, const char *back);

/* "Why this day?": every day of the clock TOLD, with what stands behind it. */
void own_why(struct page *p, const json_t *clock);

#endif
