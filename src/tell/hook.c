/* Webhooks: who gets what, and one post. */
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "tell/hook.h"

enum { NONCE = 16, MOST_ANSWER = 65536 };

/* --- in the store ------------------------------------------------------------------------------
 */

#define COLUMNS "SELECT id, name, url, events, nonce, state, from_idx, made_at FROM hook"

static struct hook row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct hook){ .id = hy_col_int(s, 0),
			      .name = hy_col_dup(a, s, 1),
			      .url = hy_col_dup(a, s, 2),
			      .events = hy_col_dup(a, s, 3),
			      .nonce = hy_col_dup(a, s, 4),
			      .off = hy_col_int(s, 5) != 0,
			      .from_idx = hy_col_int(s, 6),
			      .made_at = hy_col_int(s, 7) };
}

enum hy_code hook_list(struct hy_arena *a, struct hy_db *db, struct hook **out, size_t *n_out,
		       struct hy_err *e)
{
	HY_VEC(struct hook) v = { 0 };
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " ORDER BY id");
	enum hy_code code;
	bool row;

	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = row_of(a, s);
	if (!code) {
		*out = v.v;
		*n_out = v.n;
	}
	return code;
}

enum hy_code hook_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct hook *out,
			struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code code = hy_step(s, &row, e);
	if (code)
		return code;
	if (!row)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no webhook number %lld",
			       (long long)id);
	*out = row_of(a, s);
	return HY_OK;
}

/* Words as "matter" or "card.raise"; nothing else of the log goes out. */
static enum hy_code events_ok(hy_str events, struct hy_err *e)
{
	hy_str rest = events, word;
	int n = 0;

	while (hy_str_cut(&rest, ' ', &word)) {
		hy_str head = word, all = word;
		bool dotted = memchr(word.p, '.', word.n) != NULL;

		n++;
		hy_str_cut(&all, '.', &head);
		if ((!hy_str_eq(head, HY_S("matter")) && !hy_str_eq(head, HY_S("card"))) ||
		    (dotted && !all.n))
			return hy_fail(e, HY_BAD_FIELD, "events",
				       "'" HY_FMT "' is none: write matter, card, or one move as "
				       "matter.reply or card.raise, with a blank between them",
				       HY_ARG(hy_str_head(word, 40)));
	}
	return n ? HY_OK : hy_fail(e, HY_BAD_FIELD, "events", "must name at least one");
}

static void secret_of(const struct record *r, hy_str nonce, unsigned char out[HOOK_SECRET])
{
	HY_SCOPED_ARENA a = hy_arena_new(0);

	record_derive(r, hy_printf(a, "secret of webhook " HY_FMT, HY_ARG(nonce)), out);
}

static enum hy_code note(struct city *c, struct hy_db *db, int64_t id, const char *data,
			 struct security_by by, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);

	return security_note(
		city_record(c), db,
		&(struct security_act){ .act = "hook.change",
					.by = by,
					.subject = hy_printf(a, "hook/%lld", (long long)id),
					.data = hy_str_of(data),
					.at = city_now(c) },
		e);
}

static enum hy_code next_id(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	/* a number that messages of an ended one still have is not given again */
	HY_SCOPED_STMT s = hy_sql(db, "SELECT max(id), count(*) FROM hook");
	HY_SCOPED_STMT m = hy_sql(db, "SELECT max(target) FROM message WHERE kind = 3");
	bool row;
	enum hy_code code = hy_step(s, &row, e);

	if (!code && hy_col_int(s, 1) >= HOOKS_MOST)
		return hy_fail(e, HY_NOT_NOW, "", "there are %d webhooks already; end one first",
			       HOOKS_MOST);
	if (!code)
		code = hy_step(m, &row, e);
	if (code)
		return code;
	*out = hy_col_int(s, 0) > hy_col_int(m, 0) ? hy_col_int(s, 0) + 1 : hy_col_int(m, 0) + 1;
	return HY_OK;
}

enum hy_code hook_add(struct city *c, struct hy_db *db, struct hy_arena *a,
		      const struct hook_new *n, struct security_by by, int64_t *id_out,
		      hy_str *secret_out, struct hy_err *e)
{
	unsigned char nonce[NONCE], secret[HOOK_SECRET];
	int64_t id = 0, newest = -1;
	hy_str hex;
	enum hy_code code = outgoing_url_check(n->url, !setting_bool(db, "hook.inside"), "url", e);

	if (!code)
		code = events_ok(n->events, e);
	if (!code)
		code = next_id(db, &id, e);
	if (!code)
		code = tell_newest(db, &newest, e);
	if (code)
		return code;
	hy_random(nonce, sizeof(nonce));
	hex = hy_hex(a, nonce, sizeof(nonce));
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO hook(id, name, url, events, nonce, state,"
				      " from_idx, made_at) VALUES($1, $2, $3, $4, $5, 0, $6, $7)");
	hy_bind_int(s, 1, id);
	hy_bind_text(s, 2, n->name);
	hy_bind_text(s, 3, n->url);
	hy_bind_text(s, 4, n->events);
	hy_bind_text(s, 5, hex);
	hy_bind_int(s, 6, newest);
	hy_bind_int(s, 7, city_now(c));
	code = hy_exec(s, NULL, e);
	if (!code)
		code = note(c, db, id, "{\"what\":\"add\"}", by, e);
	if (code)
		return code;
	secret_of(city_record(c), hex, secret);
	*secret_out = hy_hex(a, secret, sizeof(secret));
	*id_out = id;
	return HY_OK;
}

static enum hy_code drop_waiting(struct hy_db *db, int64_t id, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "UPDATE message SET state = 3 WHERE kind = 3 AND target = $1 AND state = 0");

	hy_bind_int(s, 1, id);
	return hy_exec(s, NULL, e);
}

enum hy_code hook_end(struct city *c, struct hy_db *db, int64_t id, struct security_by by,
		      struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM hook WHERE id = $1");
	struct hook h;
	enum hy_code code = hook_by_id(a, db, id, &h, e);

	hy_bind_int(s, 1, id);
	if (!code)
		code = hy_exec(s, NULL, e);
	if (!code)
		code = drop_waiting(db, id, e);
	return code ? code : note(c, db, id, "{\"what\":\"end\"}", by, e);
}

enum hy_code hook_turn(struct city *c, struct hy_db *db, int64_t id, bool off,
		       struct security_by by, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_STMT s = hy_sql(db, "UPDATE hook SET state = $2, from_idx = $3 WHERE id = $1");
	struct hook h;
	int64_t newest = -1;
	enum hy_code code = hook_by_id(a, db, id, &h, e);

	if (!code)
		code = tell_newest(db, &newest, e);
	if (code || h.off == off)
		return code;
	hy_bind_int(s, 1, id);
	hy_bind_int(s, 2, off);
	hy_bind_int(s, 3, newest);
	code = hy_exec(s, NULL, e);
	if (!code && off)
		code = drop_waiting(db, id, e);
	return code ? code
		    : note(c, db, id, off ? "{\"what\":\"off\"}" : "{\"what\":\"on\"}", by, e);
}

enum hy_code hook_ping(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
		       int64_t *message_out, struct hy_err *e)
{
	static const hy_str says[] = { HY_S_INIT("推送测试"), HY_S_INIT("推送測試"),
				       HY_S_INIT("A test of webhooks") };
	hy_str language = setting_text(db, "mail.language");
	struct hook_event ev = { .type = HY_S("test.ping"),
				 .subject = hy_printf(a, "hook/%lld", (long long)id),
				 .move = HY_S("ping"),
				 .text = says[hy_str_eq(language, HY_S("en"))	     ? 2
					      : hy_str_eq(language, HY_S("zh-Hant")) ? 1
										     : 0],
				 .city = city_name(c),
				 .at = city_now(c),
				 .idx = -1 };
	struct tell_message m = { .kind = TELL_HOOK,
				  .target = id,
				  .idx = -1,
				  .subject = ev.type,
				  .text = hook_body(a, &ev),
				  .made_at = ev.at,
				  .due_at = ev.at };
	struct hook h;
	enum hy_code code = hook_by_id(a, db, id, &h, e);

	if (!code && h.off)
		code = hy_fail(e, HY_NOT_NOW, "", "this webhook is off; turn it on first");
	return code ? code : tell_add(db, &m, message_out, e);
}

void hook_json(struct hy_json *j, const struct hook *h)
{
	hy_json_obj(j);
	hy_json_kint(j, "id", h->id);
	hy_json_kstr(j, "name", h->name);
	hy_json_kstr(j, "url", h->url);
	hy_json_kstr(j, "events", h->events);
	hy_json_kbool(j, "on", !h->off);
	hy_json_kstr(j, "made_at", hy_instant_text(j->b->a, &hy_zone_china, h->made_at));
	hy_json_obj_end(j);
}

/* --- one event ---------------------------------------------------------------------------------
 */

bool hook_wants(const struct hook *h, hy_str type)
{
	hy_str rest = h->events, word;

	while (hy_str_cut(&rest, ' ', &word))
		if (hy_str_starts(type, word) &&
		    (type.n == word.n || (type.n > word.n && type.p[word.n] == '.')))
			return true;
	return false;
}

hy_str hook_body(struct hy_arena *a, const struct hook_event *ev)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "at", hy_instant_text(a, &hy_zone_china, ev->at));
	hy_json_kstr(&j, "city", ev->city);
	if (ev->idx >= 0)
		hy_json_kint(&j, "index", ev->idx);
	else
		hy_json_knull(&j, "index");
	hy_json_kstr(&j, "move", ev->move);
	hy_json_kstr(&j, "role", ev->role);
	hy_json_kstr(&j, "subject", ev->subject);
	hy_json_kstr(&j, "text", ev->text);
	hy_json_kstr(&j, "type", ev->type);
	hy_json_kstr(&j, "unit", ev->unit);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

hy_str hook_signature(struct hy_arena *a, const unsigned char secret[HOOK_SECRET], int64_t seconds,
		      hy_str body)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state s;
	hy_str head = hy_printf(a, "%lld.", (long long)seconds);

	crypto_auth_hmacsha256_init(&s, secret, HOOK_SECRET);
	crypto_auth_hmacsha256_update(&s, (const unsigned char *)head.p, head.n);
	crypto_auth_hmacsha256_update(&s, (const unsigned char *)body.p, body.n);
	crypto_auth_hmacsha256_final(&s, mac);
	return hy_hex(a, mac, sizeof(mac));
}

void hook_post(struct hy_arena *a, struct city *c, bool inside, const struct hook *h,
	       const struct tell_message *m, struct outgoing_delivery *out)
{
	int64_t seconds = city_now(c) / 1000;
	unsigned char secret[HOOK_SECRET];
	const char *ca = hy_printf(a, "%s/keys/hook.ca.pem", hy_store_files(city_store(c))).p;
	struct outgoing_answer answer;
	struct hy_err why = { 0 };

	secret_of(city_record(c), h->nonce, secret);
	const struct outgoing_header headers[] = {
		{ HY_S("Content-Type"), HY_S("application/json") },
		{ HY_S("Huiyin-Delivery"), hy_printf(a, "%lld", (long long)m->id) },
		{ HY_S("Huiyin-Event"), m->subject },
		{ HY_S("Huiyin-Timestamp"), hy_printf(a, "%lld", (long long)seconds) },
		{ HY_S("Huiyin-Signature"),
		  hy_printf(a, "v1=" HY_FMT, HY_ARG(hook_signature(a, secret, seconds, m->text))) },
	};
	const struct outgoing_request r = { .method = "POST",
					    .url = h->url,
					    .headers = headers,
					    .n_headers = HY_COUNT(headers),
					    .body = m->text,
					    .most = MOST_ANSWER,
					    .connect_ms = 5000,
					    .total_ms = 15000,
					    .ca_file = access(ca, R_OK) == 0 ? ca : NULL,
					    .https_only = !inside,
					    .elsewhere = !inside };

	*out = (struct outgoing_delivery){ .fate = OUTGOING_LATER };
	if (outgoing_fetch(a, &r, &answer, &why)) {
		snprintf(out->said, sizeof(out->said), "%.250s", why.detail);
		return;
	}
	out->status = answer.status;
	snprintf(out->said, sizeof(out->said), "HTTP %d", answer.status);
	if (answer.status >= 200 && answer.status < 300)
		out->fate = OUTGOING_TAKEN;
	else if (answer.status == 410)
		out->fate = OUTGOING_NEVER;
}
