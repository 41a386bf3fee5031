#ifndef TELL_HOOK_H
#define TELL_HOOK_H

/* hook -- webhooks: events of matters and cards, posted to a program of the city's, such as a
 * gateway for short messages or a chat.
 *
 * The body is JSON (docs/manual/mail.md) and says what the public log says: code, move,
 * who by role and unit, when.  Headers of each post:
 *   Huiyin-Delivery   its number, the same at each try
 *   Huiyin-Event      "matter.accept", "card.raise", "test.ping"
 *   Huiyin-Timestamp  seconds since 1970 of this try
 *   Huiyin-Signature  v1=hex(HMAC-SHA-256(secret, timestamp + "." + body))
 * A receiver compares the signature, refuses timestamps more than five minutes away, and answers
 * 2xx; anything else is tried again, but 410 turns the webhook off.
 *
 * The secret is a function of the log's key and a number drawn for the webhook, so it stands in no
 * table; it is shown once, when the webhook is made. */

#include "tell/tell.h"

enum { HOOK_SECRET = 32, HOOKS_MOST = 50 };

struct hook {
	int64_t id;
	hy_str name, url;
	hy_str events; /* words with blanks between them: "matter", "card", "matter.reply" */
	hy_str nonce;
	bool off;	  /* the receiver said 410, or somebody turned it off */
	int64_t from_idx; /* only events after this one */
	hy_ms made_at;
};
struct hook_new {
	hy_str name, url, events;
};
/* Inside work.  *SECRET_OUT (hex) is shown once. */
enum hy_code hook_add(struct city *c, struct hy_db *db, struct hy_arena *a,
		      const struct hook_new *n, struct security_by by, int64_t *id_out,
		      hy_str *secret_out, struct hy_err *e) HY_MUST;
/* Ends it; what waits for it is dropped. */
enum hy_code hook_end(struct city *c, struct hy_db *db, int64_t id, struct security_by by,
		      struct hy_err *e) HY_MUST;
/* On again: from the present event on; or off. */
enum hy_code hook_turn(struct city *c, struct hy_db *db, int64_t id, bool off,
		       struct security_by by, struct hy_err *e) HY_MUST;
/* Posts a "test.ping" to it soon. */
enum hy_code hook_ping(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
		       int64_t *message_out, struct hy_err *e) HY_MUST;
enum hy_code hook_list(struct hy_arena *a, struct hy_db *db, struct hook **out, size_t *n_out,
		       struct hy_err *e) HY_MUST;
enum hy_code hook_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct hook *out,
			struct hy_err *e) HY_MUST; /* HY_NOT_FOUND */
void hook_json(struct hy_json *j, const struct hook *h);

/* Does H want events called TYPE, as "matter.reply"? */
bool hook_wants(const struct hook *h, hy_str type);
/* The text that is posted about one event. */
struct hook_event {
	hy_str type, subject, move, role, unit, text, city;
	hy_ms at;
	int64_t idx; /* -1: none */
};
hy_str hook_body(struct hy_arena *a, const struct hook_event *ev);
/* hex(HMAC-SHA-256(SECRET, SECONDS + "." + BODY)) */
hy_str hook_signature(struct hy_arena *a, const unsigned char secret[HOOK_SECRET], int64_t seconds,
		      hy_str body);
/* Posts M, which is for H, now; INSIDE: also to private addresses and unencrypted. */
void hook_post(struct hy_arena *a, struct city *c, bool inside, const struct hook *h,
	       const struct tell_message *m, struct outgoing_delivery *out);

#endif
