#ifndef PEOPLE_SECURITY_H
#define PEOPLE_SECURITY_H

/* security -- every security-relevant act is an event that the audit administrator finds again.
 *
 * Logging in and failing to, grants, exports, views of sealed data, settings, accounts, tokens:
 * whoever does such a thing notes it in the same transaction, beside the event of its own subject
 * where it has one.  Who, from where and to what stand
 * in the private part of the event alone, so that the public log tells nothing about a person and
 * the part can be erased when its time is over (setting audit.keep_months); the table `security`
 * is a cache by which one searches.
 *
 *	c = security_note(record, db, &(struct security_act){
 *		.act = "export", .by = by, .subject = HY_S("supervision/unit"),
 *		.data = HY_S("{\"rows\":120}") }, e);
 *
 * A new kind of act is a row in security_acts[] (security.c). */

#include "record/record.h"
#include "store/query.h"

extern const struct hy_migration security_migrations[];

/* A kind of act, with its titles. */
struct security_kind {
	const char *id; /* "login.failed": letters, '_' and '.' */
	const char *zh_cn, *zh_hant, *en;
};
extern const struct security_kind security_acts[]; /* ends with { 0 } */

/* Who does it and from where. */
struct security_by {
	int64_t account; /* 0: nobody who is logged in, or this machine's command line */
	hy_str address;	 /* "192.0.2.7", "console" or empty */
};

struct security_act {
	const char *act; /* an id of security_acts */
	struct security_by by;
	hy_str subject; /* what it is done to: "account/5", "matter/TS-2026-000001"; may be empty */
	hy_str role, unit; /* of who did it, public; may be empty */
	hy_str data;	   /* canonical JSON object, public; empty: {} */
	hy_str private;	   /* canonical JSON object, not public: {"reason":...}; empty: none */
	hy_ms at;	   /* 0: the store's now */
};
/* Inside work of hy_store_write. */
enum hy_code security_note(struct record *r, struct hy_db *db, const struct security_act *act,
			   struct hy_err *e) HY_MUST;

/* --- searching (permission audit.read) ---------------------------------------------------- */
struct security_filter {
	hy_ms from, until; /* from <= at < until; 0: open end */
	hy_str act;	   /* an id, or a beginning such as "login."; empty: all */
	int64_t account;   /* who did it; 0: all */
	hy_str subject;	   /* exactly; empty: all */
	hy_str address;	   /* a beginning: "192.0.2."; empty: all */
	int64_t before;	   /* index: only older ones (the cursor); 0: from the newest */
};
struct security_row {
	int64_t idx; /* in the log */
	hy_ms at;
	hy_str act, subject, address, role, unit;
	int64_t account; /* 0: nobody, or erased */
	hy_str login;	 /* of the account, as it is now */
	hy_str data;	 /* JSON */
	hy_str private;	 /* JSON; empty: none or erased */
	bool erased;
};
/* At most LIMIT rows (1..1000), newest first. */
enum hy_code security_list(struct hy_arena *a, struct hy_db *db, const struct security_filter *f,
			   int limit, struct security_row **out, size_t *n_out,
			   struct hy_err *e) HY_MUST;
/* Its query, for those who ask how it is carried out. */
void security_list_query(struct hy_arena *a, const struct security_filter *f, int limit,
			 struct hy_query *out);

/* Erases the private parts of whole months that are older than KEEP_MONTHS (6..120) at NOW and
 * records that; *DONE_OUT how many. */
enum hy_code security_retire(struct record *r, struct hy_db *db, int64_t keep_months, hy_ms now,
			     int64_t *done_out, struct hy_err *e) HY_MUST;

/* Compares the table with the events. */
enum hy_code security_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			   struct hy_err *e) HY_MUST;

#endif
