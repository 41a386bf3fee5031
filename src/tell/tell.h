#ifndef TELL_TELL_H
#define TELL_TELL_H

/* tell 通知 -- what goes out by itself: mail to people, webhooks to programs.
 *
 * The log is the outbox.  What was committed stands in it, what was not does not; the leader walks
 * it (tell_fill.c), and in one transaction writes the messages that follow from its events and how
 * far it came, so each event gives its messages once, whatever dies when.  Digests follow from the
 * worklists in the same way: message and what was told are one transaction (tell_digest.c).  A
 * message is sent outside the writer, by the leader (tell_send.c), again and again with a growing
 * pause until the other side has it or tell.give_up is over.  Between having it and our noting it
 * the program may die: then it goes out a second time with the same Message-ID or Huiyin-Delivery.
 *
 * No mail says what a matter is about or who has to do with it: codes and plain words alone.  The
 * address of a citizen lives in tell_news as long as they want news, and in a message until it is
 * sent; a sealed matter takes none, since an address beside it would tell who reported. Protected
 * and sealed matters go to no webhook.
 *
 * None of these tables can be rebuilt from events, and no state of a matter depends on them. */

#include "base/command.h"
#include "http/http.h"
#include "matter/doctor.h"
#include "matter/matter_store.h"
#include "outgoing/outgoing.h"
#include "people/setting.h"

extern const struct city_room tell_room;
extern const struct hy_command mail_commands[], hook_commands[];
extern const struct doctor_check tell_checks[]; /* matter/doctor.h */
extern const struct hy_route tell_routes[], hook_routes[], feed_routes[];

/* --- messages ----------------------------------------------------------------------------------
 */
enum tell_kind { TELL_TEST, TELL_NEWS, TELL_DIGEST, TELL_HOOK, TELL__KINDS };
extern const char *const tell_kind_names[]; /* "test", "news", "digest", "hook"; ends with NULL */
enum tell_state { TELL_WAITING, TELL_SENT, TELL_GIVEN_UP, TELL_DROPPED };
extern const char *const tell_state_names[]; /* "waiting" ...; ends with NULL */

struct tell_message {
	int64_t id;
	enum tell_kind kind;
	int64_t target;		       /* a digest's account, a webhook's number; else 0 */
	int64_t matter;		       /* row; 0: none */
	int64_t idx;		       /* of the event; -1: none */
	hy_str address, subject, text; /* "" once a citizen's mail was sent */
	hy_ms made_at, due_at;
	int tries;
	enum tell_state state;
	hy_ms last_at; /* 0: never tried */
	int status;    /* of the last answer; 0: none */
	hy_str said;   /* what the last answer said, without addresses of citizens */
};
/* Inside work.  Nothing when the same target has one about the same event. */
enum hy_code tell_add(struct hy_db *db, const struct tell_message *m, int64_t *id_out,
		      struct hy_err *e) HY_MUST;
struct tell_filter {	 /* zero values do not filter */
	int kind, state; /* 1 + the enum */
	int64_t target;
	int64_t before; /* only older ones than this id */
	int limit;
};
struct tell_list {
	struct tell_message *v;
	size_t n;
	int64_t next; /* BEFORE of the next page; 0: the last */
};
/* Newest first.  Addresses are there; who shows them decides (tell_message_json()). */
enum hy_code tell_read(struct hy_arena *a, struct hy_db *db, const struct tell_filter *f,
		       struct tell_list *out, struct hy_err *e) HY_MUST;
/* Its query, for those who ask how it is carried out. */
void tell_list_query(struct hy_arena *a, const struct tell_filter *f, int limit,
		     struct hy_query *out);
enum hy_code tell_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct tell_message *out,
			struct hy_err *e) HY_MUST; /* HY_NOT_FOUND */
/* Once more from the beginning: HY_NOT_NOW unless it was given up. */
enum hy_code tell_again(struct hy_db *db, int64_t id, hy_ms now, struct hy_err *e) HY_MUST;
struct tell_try {
	hy_ms at;
	enum outgoing_fate fate;
	int status;
	hy_str said;
};
enum hy_code tell_tries(struct hy_arena *a, struct hy_db *db, int64_t id, struct tell_try **out,
			size_t *n_out, struct hy_err *e) HY_MUST;
/* For administrators: neither addresses nor texts. */
void tell_message_json(struct hy_json *j, const struct tell_message *m);
void tell_try_json(struct hy_json *j, const struct tell_try *t);

/* Lines for /metrics: what waits, how long, what was tried. */
enum hy_code tell_metrics(struct hy_buf *b, struct city *c, struct hy_db *db,
			  struct hy_err *e) HY_MUST;
void tell_count_try(enum tell_kind kind, enum outgoing_fate fate);

/* --- who gets mail -----------------------------------------------------------------------------
 */
/* The official ACCOUNT's address for digests; "": none.  Inside work; noted in the audit trail
 * without the address. */
enum hy_code tell_set_address(struct city *c, struct hy_db *db, int64_t account, hy_str address,
			      struct security_by by, struct hy_err *e) HY_MUST;
enum hy_code tell_address(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str *out,
			  struct hy_err *e) HY_MUST;
/* The same for the matter of row ID: news goes there; a first mail says that it is so. */
enum hy_code tell_set_news(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
			   const struct matter *m, hy_str address, struct hy_err *e) HY_MUST;
enum hy_code tell_news(struct hy_arena *a, struct hy_db *db, int64_t id, hy_str *out,
		       struct hy_err *e) HY_MUST;
/* The hooks of tell_room (matter/matter_store.h): address and mails of whoever filed the matter ID,
 * in their own data, and erased. */
enum hy_code tell_news_own(struct hy_json *j, struct hy_db *db, int64_t id,
			   struct hy_err *e) HY_MUST;
enum hy_code tell_news_erase(struct hy_db *db, int64_t id, struct hy_err *e) HY_MUST;
/* "z***@city.example" */
hy_str tell_masked(struct hy_arena *a, hy_str address);

/* --- texts (pure) ------------------------------------------------------------------------------
 */
struct tell_digest {
	HY_VEC(hy_str) fresh, yellow, red; /* codes: new here; near its end; over it */
	size_t waiting;			   /* in all */
};
void tell_text_news(struct hy_arena *a, hy_str language, hy_str city, hy_str site, hy_str code,
		    bool first, struct tell_message *out);
void tell_text_digest(struct hy_arena *a, hy_str language, hy_str city, hy_str site,
		      const struct tell_digest *d, struct tell_message *out);
void tell_text_test(struct hy_arena *a, hy_str language, hy_str city, struct tell_message *out);

/* --- sending -----------------------------------------------------------------------------------
 */
/* The mail server of the settings.  The password is the first line of keys/mail.password in the
 * city's folder, a CA of its own the file keys/mail.ca.pem; HY_NOT_NOW says which setting lacks. */
struct tell_account {
	struct outgoing_server server;
	hy_str from, from_name, bounce;
};
enum hy_code tell_account(struct hy_arena *a, struct city *c, struct hy_db *db,
			  struct tell_account *out, struct hy_err *e) HY_MUST;
/* Sends M by mail now; the same M has the same Message-ID whenever it is sent. */
enum hy_code tell_mail(struct hy_arena *a, const struct tell_account *by,
		       const struct tell_message *m, struct outgoing_delivery *out,
		       struct hy_err *e) HY_MUST;
/* The next pause after TRIES of them: FIRST, doubled each time, at most four hours. */
hy_ms tell_pause(hy_ms first, int tries);

/* Two threads that send what is due while this process leads: one mail, one webhooks. */
struct tell_sender;
enum hy_code tell_begin(struct city *c, struct tell_sender **out, struct hy_err *e) HY_MUST;
/* Breaks off what is being sent and waits; NULL inside is allowed. */
void tell_end(struct tell_sender **s);

/* --- for the files of this room ----------------------------------------------------------------
 */
enum hy_code tell_tick(struct city *c, int most, int *done_out, struct hy_err *e) HY_MUST;
enum hy_code tell_digests(struct city *c, int most, int *done_out, struct hy_err *e) HY_MUST;
/* The newest event of the log; -1: none. */
enum hy_code tell_newest(struct hy_db *db, int64_t *out, struct hy_err *e) HY_MUST;
bool tell_office_now(struct city *c, hy_ms now);

#endif
