#ifndef TELL_FEED_H
#define TELL_FEED_H

/* feed -- my deadlines as a calendar (RFC 5545) that phones and mail programs subscribe to.
 *
 * Its address holds 256 random bits, kept as a hash; making a new one ends the old one.  Whoever
 * has the address reads the calendar, and calendars are kept by strangers: it says codes, days and
 * what state a matter is in, nothing of what it is about.  It ends with its account. */

#include "tell/tell.h"

/* Inside work.  *SECRET_OUT is shown once. */
enum hy_code feed_make(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t account,
		       struct security_by by, hy_str *secret_out, struct hy_err *e) HY_MUST;
enum hy_code feed_end(struct city *c, struct hy_db *db, int64_t account, struct security_by by,
		      struct hy_err *e) HY_MUST;
/* When the account's was made; 0: there is none. */
enum hy_code feed_made(struct hy_db *db, int64_t account, hy_ms *out, struct hy_err *e) HY_MUST;
/* The calendar that SECRET opens.  HY_NOT_FOUND. */
enum hy_code feed_read(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str secret,
		       hy_str *out, struct hy_err *e) HY_MUST;

/* Pure: one deadline, and the whole text. */
struct feed_entry {
	hy_str code, state;
	hy_ms due, changed;
	enum hy_light light;
};
hy_str feed_text(struct hy_arena *a, hy_str language, hy_str city, hy_str site,
		 const struct feed_entry *v, size_t n, hy_ms now);

#endif
