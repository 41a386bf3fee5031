/* Sending: two threads of the process that leads, one for mail, one for webhooks. */
#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "tell/hook.h"

enum { BATCH = 20, LONGEST = 4 * HY_HOUR, POLL_US = 500000 };

/* --- one mail ----------------------------------------------------------------------------------
 */

static enum hy_code password(struct hy_arena *a, const char *files, hy_str *out, struct hy_err *e)
{
	const char *path = hy_printf(a, "%s/keys/mail.password", files).p;
	struct hy_err why = { 0 };
	hy_str text = { 0 };

	if (hy_file_read(a, path, 4096, &text, &why))
		return hy_fail(e, HY_NOT_NOW, "mail.user",
			       "has no password: write it into %s (mode 0600, one line)", path);
	hy_str_cut(&text, '\n', out);
	*out = hy_str_trim(*out);
	return HY_OK;
}

enum hy_code tell_account(struct hy_arena *a, struct city *c, struct hy_db *db,
			  struct tell_account *out, struct hy_err *e)
{
	static const hy_str words[] = { HY_S_INIT("starttls"), HY_S_INIT("maybe"), HY_S_INIT("tls"),
					HY_S_INIT("plain") };
	static const enum outgoing_tls tls[] = { OUTGOING_STARTTLS, OUTGOING_STARTTLS_MAYBE,
						 OUTGOING_TLS, OUTGOING_PLAIN };
	const char *files = hy_store_files(city_store(c));
	const char *ca = hy_printf(a, "%s/keys/mail.ca.pem", files).p;
	struct tell_account t = { 0 };
	char host[256] = "localhost";

	gethostname(host, sizeof(host) - 1);
	t.server.host = hy_str_dup(a, setting_text(db, "mail.host"));
	t.server.port = (int)setting_int(db, "mail.port");
	t.server.user = hy_str_dup(a, setting_text(db, "mail.user"));
	t.server.hello = hy_str_dup(a, hy_str_of(host));
	t.server.ca_file = access(ca, R_OK) == 0 ? ca : NULL;
	for (size_t i = 0; i < HY_COUNT(words); i++)
		if (hy_str_eq(setting_text(db, "mail.tls"), words[i]))
			t.server.tls = tls[i];
	t.from = hy_str_dup(a, setting_text(db, "mail.from"));
	t.bounce = hy_str_dup(a, setting_text(db, "mail.bounce"));
	t.from_name = hy_str_dup(a, setting_text(db, "mail.from_name"));
	if (!t.bounce.n)
		t.bounce = t.from;
	if (!t.from_name.n)
		t.from_name = city_issuer(a, c, db);
	if (!t.server.host.n)
		return hy_fail(e, HY_NOT_NOW, "mail.host", "is not set: which server sends mail?");
	if (!outgoing_address_ok(t.from))
		return hy_fail(e, HY_NOT_NOW, "mail.from",
			       "is no address: from whom does mail come?");
	if (!outgoing_address_ok(t.bounce))
		return hy_fail(e, HY_NOT_NOW, "mail.bounce", "is no address");
	if (t.server.user.n) {
		enum hy_code code = password(a, files, &t.server.password, e);
		if (code)
			return code;
	}
	*out = t;
	return HY_OK;
}

enum hy_code tell_mail(struct hy_arena *a, const struct tell_account *by,
		       const struct tell_message *m, struct outgoing_delivery *out,
		       struct hy_err *e)
{
	const char *at = memchr(by->from.p, '@', by->from.n);
	struct outgoing_letter l = {
		.from_name = by->from_name,
		.from = by->from,
		.to = m->address,
		.subject = m->subject,
		.date_ms = m->made_at,
		.text = m->text,
		.message_id =
			hy_printf(a, "huiyin.%lld.%lld%.*s", (long long)m->id,
				  (long long)m->made_at, (int)(by->from.p + by->from.n - at), at),
	};
	hy_str bytes;
	enum hy_code code = outgoing_letter(a, &l, &bytes, e);

	return code ? code : outgoing_deliver(&by->server, by->bounce, m->address, bytes, out, e);
}

hy_ms tell_pause(hy_ms first, int tries)
{
	hy_ms pause = first;

	for (int i = 1; i < tries && pause < LONGEST; i++)
		pause *= 2;
	return pause < LONGEST ? pause : LONGEST;
}

/* --- what is due -------------------------------------------------------------------------------
 */

struct tell_sender {
	struct city *c;
	pthread_t threads[2];
	int n;
	_Atomic bool stop;
};
struct sending {
	struct tell_sender *s;
	bool hooks;
};

/* A server names the recipient when it refuses; the log of deliveries does not. */
static void hide(char *said, hy_str address)
{
	char *at;

	while (address.n && (at = memmem(said, strlen(said), address.p, address.n)))
		memmove(at + 1, at + address.n, strlen(at + address.n) + 1), *at = '*';
}

struct outcome {
	struct city *c;
	const struct tell_message *m;
	struct outgoing_delivery d;
	hy_ms at;
};

static enum hy_code keep_try(struct hy_db *db, const struct outcome *o, struct hy_err *e)
{
	HY_SCOPED_STMT n = hy_sql(db, "SELECT max(n) FROM message_try WHERE message = $1");
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO message_try(message, n, at, fate, status, said)"
				      " VALUES($1, $2, $3, $4, $5, $6)");
	bool row;

	hy_bind_int(n, 1, o->m->id);
	enum hy_code code = hy_step(n, &row, e);
	if (code)
		return code;
	hy_bind_int(s, 1, o->m->id);
	hy_bind_int(s, 2, hy_col_int(n, 0) + 1);
	hy_bind_int(s, 3, o->at);
	hy_bind_int(s, 4, o->d.fate);
	hy_bind_int(s, 5, o->d.status);
	hy_bind_text(s, 6, hy_str_of(o->d.said));
	return hy_exec(s, NULL, e);
}

static enum hy_code mark(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct outcome *o = in_out;
	const struct tell_message *m = o->m;
	hy_ms pause = tell_pause(setting_ms(db, "tell.first_pause"), m->tries + 1);
	bool over = o->at + pause > m->made_at + setting_ms(db, "tell.give_up");
	enum tell_state state = o->d.fate == OUTGOING_TAKEN	      ? TELL_SENT
				: o->d.fate == OUTGOING_NEVER || over ? TELL_GIVEN_UP
								      : TELL_WAITING;
	/* A citizen's address is not kept for what is done. */
	bool forget = m->kind == TELL_NEWS && state == TELL_SENT;
	HY_SCOPED_STMT s =
		hy_sql(db, "UPDATE message SET tries = tries + 1, state = $2, due_at = $3,"
			   " last_at = $4, status = $5, said = $6,"
			   " address = CASE $7 WHEN 1 THEN '' ELSE address END,"
			   " text = CASE $7 WHEN 1 THEN '' ELSE text END"
			   " WHERE id = $1 AND state = 0");
	int64_t changed = 0;

	hy_bind_int(s, 1, m->id);
	hy_bind_int(s, 2, state);
	hy_bind_int(s, 3, o->at + pause);
	hy_bind_int(s, 4, o->at);
	hy_bind_int(s, 5, o->d.status);
	hy_bind_text(s, 6, hy_str_of(o->d.said));
	hy_bind_int(s, 7, forget);
	enum hy_code code = hy_exec(s, &changed, e);
	if (!code && changed)
		code = keep_try(db, o, e);
	if (!code && m->kind == TELL_HOOK && o->d.fate == OUTGOING_NEVER)
		code = hook_turn(o->c, db, m->target, true, (struct security_by){ 0 }, e);
	return code;
}

static bool may(struct city *c, hy_str hours)
{
	return hy_str_eq(hours, HY_S("always")) || tell_office_now(c, city_now(c));
}

/* Kinds of this thread that may go out now, as bits. */
static unsigned allowed(const struct sending *k, struct hy_db *db)
{
	struct city *c = k->s->c;
	unsigned bits = 1u << TELL_TEST;

	if (k->hooks)
		return 1u << TELL_HOOK;
	if (!setting_bool(db, "mail.on"))
		return 0;
	if (may(c, setting_text(db, "mail.news_hours")))
		bits |= 1u << TELL_NEWS;
	if (may(c, setting_text(db, "mail.digest_hours")))
		bits |= 1u << TELL_DIGEST;
	return bits;
}

static enum hy_code due(struct hy_arena *a, struct hy_db *db, unsigned bits, hy_ms now,
			struct tell_list *out, struct hy_err *e)
{
	HY_VEC(struct tell_message) v = { 0 };
	HY_VEC(int64_t) ids = { 0 };
	HY_SCOPED_STMT s = hy_sql(db, "SELECT id FROM message WHERE state = 0 AND due_at <= $1"
				      " AND kind IN ($2, $3, $4) ORDER BY due_at, id LIMIT $5");
	enum hy_code code;
	bool row;
	int param = 2;

	hy_bind_int(s, 1, now);
	for (int k = 0; k < TELL__KINDS && param < 5; k++)
		if (bits >> k & 1)
			hy_bind_int(s, param++, k);
	while (param < 5)
		hy_bind_int(s, param++, -1);
	hy_bind_int(s, 5, BATCH);
	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &ids) = hy_col_int(s, 0);
	for (size_t i = 0; !code && i < ids.n; i++)
		code = tell_by_id(a, db, ids.v[i], hy_push(a, &v), e);
	if (!code)
		*out = (struct tell_list){ v.v, v.n, 0 };
	return code;
}

/* --- sending -----------------------------------------------------------------------------------
 */

/* A message that cannot be sent as it stands is put off like any other, and says why. */
static void cannot(struct outcome *o, struct hy_err *e)
{
	o->d = (struct outgoing_delivery){ .fate = OUTGOING_LATER };
	snprintf(o->d.said, sizeof(o->d.said), "%s%s%.180s", e->field, e->field[0] ? " " : "",
		 e->detail[0] ? e->detail : hy_code_info(e->code)->text);
	hy_err_clear(e);
}

/* Only what has to be asked is asked of the store, and nothing of it is held while one waits for
 * the other side. */
static enum hy_code send_mail(struct city *c, struct hy_arena *a, struct outcome *o,
			      struct hy_err *e)
{
	struct tell_account account;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(c), &db, e);

	if (!code)
		code = tell_account(a, c, db, &account, e);
	hy_store_give(&db);
	return code ? code : tell_mail(a, &account, o->m, &o->d, e);
}

static enum hy_code send_hook(struct city *c, struct hy_arena *a, struct outcome *o,
			      struct hy_err *e)
{
	struct hook h;
	bool inside = false;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(c), &db, e);

	if (!code)
		code = hook_by_id(a, db, o->m->target, &h, e);
	if (code)
		return code;
	inside = setting_bool(db, "hook.inside");
	hy_store_give(&db);
	hook_post(a, c, inside, &h, o->m, &o->d);
	return HY_OK;
}

static void send_one(const struct sending *k, struct hy_arena *a, struct outcome *o)
{
	struct hy_err e = { 0 };

	if (k->hooks ? send_hook(k->s->c, a, o, &e) : send_mail(k->s->c, a, o, &e))
		cannot(o, &e);
	tell_count_try(o->m->kind, o->d.fate);
	if (o->m->kind == TELL_NEWS)
		hide(o->d.said, o->m->address);
	if (o->d.fate != OUTGOING_TAKEN)
		hy_log(HY_LOG_WARN, "tell", "message %lld (%s) try %d: %s", (long long)o->m->id,
		       tell_kind_names[o->m->kind], o->m->tries + 1, o->d.said);
}

static enum hy_code look(const struct sending *k, struct hy_arena *a, struct tell_list *out,
			 struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(k->s->c), &db, e);
	unsigned bits = code ? 0 : allowed(k, db);

	return code || !bits ? code : due(a, db, bits, city_now(k->s->c), out, e);
}

/* One round; false when there was nothing more to do. */
static bool round_of(const struct sending *k)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct city *c = k->s->c;
	struct tell_list list = { 0 };
	struct hy_err e = { 0 };
	bool down = false;
	enum hy_code code = look(k, a, &list, &e);

	for (size_t i = 0; !code && i < list.n && !down && !k->s->stop; i++) {
		struct outcome o = { .c = c, .m = &list.v[i] };

		send_one(k, a, &o);
		if (k->s->stop && o.d.fate != OUTGOING_TAKEN)
			break;
		o.at = city_now(c);
		code = hy_store_write(city_store(c), mark, &o, &e);
		/* a mail server that is not there is asked once in a round, not for each letter */
		down = !k->hooks && o.d.fate == OUTGOING_LATER && !o.d.status;
	}
	if (code)
		hy_log(HY_LOG_ERROR, "tell", "%s", hy_err_text(&e));
	return !code && !down && list.n == BATCH;
}

static void *run(void *arg)
{
	struct sending k = *(struct sending *)arg;

	free(arg);
	while (!k.s->stop)
		if (!hy_store_leads(city_store(k.s->c)) || !round_of(&k))
			usleep(POLL_US);
	return NULL;
}

enum hy_code tell_begin(struct city *c, struct tell_sender **out, struct hy_err *e)
{
	struct tell_sender *s = calloc(1, sizeof(*s));

	if (s)
		s->c = c;
	for (int i = 0; s && i < 2; i++) {
		struct sending *k = malloc(sizeof(*k));

		if (k)
			*k = (struct sending){ s, i == 1 };
		if (!k || pthread_create(&s->threads[i], NULL, run, k)) {
			free(k);
			tell_end(&s);
			break;
		}
		s->n++;
	}
	*out = s;
	return s ? HY_OK : hy_broke(e, HY_INTERNAL, "no thread for sending");
}

void tell_end(struct tell_sender **s)
{
	if (!*s)
		return;
	(*s)->stop = true;
	outgoing_stop();
	for (int i = 0; i < (*s)->n; i++)
		pthread_join((*s)->threads[i], NULL);
	free(*s);
	*s = NULL;
}
