/* Sessions, and when they and tokens were last used. */
#include "people/session.h"

#include <pthread.h>

#include "people/account_part.h"
#include "people/setting.h"

enum { RANDOM_BYTES = 32, AGENT_MOST = 200, SEEN_MOST = 4096, KEEP_ENDED = 100 };

const char *const session_stage_names[] = { "totp", "enrol", "open" };

#define COLUMNS                                                                                    \
	"SELECT s.id, s.account, s.stage, s.strong, s.made_at, s.seen_at, s.ends_at, s.address,"   \
	" s.agent FROM session s"

static struct session row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct session){ .id = hy_col_int(s, 0),
				 .account = hy_col_int(s, 1),
				 .stage = (enum session_stage)hy_col_int(s, 2),
				 .strong = hy_col_int(s, 3) != 0,
				 .made_at = hy_col_int(s, 4),
				 .seen_at = hy_col_int(s, 5),
				 .ends_at = hy_col_int(s, 6),
				 .address = hy_col_dup(a, s, 7),
				 .agent = hy_col_dup(a, s, 8) };
}

static hy_ms idle_ms(struct hy_db *db)
{
	return setting_int(db, "session.idle_minutes") * HY_MINUTE;
}

static hy_str hash_view(const hy_hash *h)
{
	return (hy_str){ (const char *)h->b, sizeof(h->b) };
}

static hy_str draw(struct hy_arena *a)
{
	unsigned char random[RANDOM_BYTES];

	hy_random(random, sizeof(random));
	return hy_hex(a, random, sizeof(random));
}

/* --- last seen, in memory ------------------------------------------------------------------------
 */

struct seen {
	int64_t id;
	hy_ms at, written;
};
/* A table of its own for each: sessions, tokens.  Full places are given up to newcomers: what is
 * lost is at most a minute's knowledge that is in the database soon after. */
static struct {
	pthread_mutex_t lock;
	struct seen v[2][SEEN_MOST];
	hy_ms flushed;
} memory = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void remember(int which, int64_t id, hy_ms at)
{
	pthread_mutex_lock(&memory.lock);
	struct seen *s = &memory.v[which][(uint64_t)id % SEEN_MOST];
	if (s->id != id)
		*s = (struct seen){ .id = id };
	if (at > s->at)
		s->at = at;
	pthread_mutex_unlock(&memory.lock);
}

static hy_ms remembered(int which, int64_t id)
{
	pthread_mutex_lock(&memory.lock);
	const struct seen *s = &memory.v[which][(uint64_t)id % SEEN_MOST];
	hy_ms at = s->id == id ? s->at : 0;
	pthread_mutex_unlock(&memory.lock);
	return at;
}

void session_seen(int64_t id, hy_ms at)
{
	remember(0, id, at);
}

void token_seen(int64_t id, hy_ms at)
{
	remember(1, id, at);
}

struct flush {
	struct seen v[2][SEEN_MOST];
	size_t n[2];
	hy_ms now;
};

/* What is newer than what was written. */
static void collect(struct flush *f)
{
	pthread_mutex_lock(&memory.lock);
	for (int w = 0; w < 2; w++)
		for (size_t i = 0; i < SEEN_MOST; i++) {
			struct seen *s = &memory.v[w][i];
			if (s->id && s->at > s->written) {
				f->v[w][f->n[w]++] = *s;
				s->written = s->at;
			}
		}
	memory.flushed = f->now;
	pthread_mutex_unlock(&memory.lock);
}

static enum hy_code write_seen(struct hy_db *db, const char *sql, const struct seen *v, size_t n,
			       struct hy_err *e)
{
	for (size_t i = 0; i < n; i++) {
		HY_SCOPED_STMT s = hy_sql(db, sql);
		hy_bind_int(s, 1, v[i].id);
		hy_bind_int(s, 2, v[i].at);
		enum hy_code c = hy_exec(s, NULL, e);
		if (c)
			return c;
	}
	return HY_OK;
}

static enum hy_code flush_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct flush *f = in_out;
	enum hy_code c =
		write_seen(db, "UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2",
			   f->v[0], f->n[0], e);

	if (!c)
		c = write_seen(db, "UPDATE token SET used_at = $2 WHERE id = $1 AND used_at < $2",
			       f->v[1], f->n[1], e);
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM session WHERE ends_at <= $1 OR seen_at <= $2");
	hy_bind_int(s, 1, f->now);
	hy_bind_int(s, 2, f->now - idle_ms(db));
	if (!c)
		c = hy_exec(s, NULL, e);
	return c ? c : account_failures_sweep(db, f->now - HY_DAY_MS, e);
}

enum hy_code session_flush(struct hy_store *s, hy_ms now, bool all, struct hy_err *e)
{
	static struct flush f; /* one thread calls this */

	pthread_mutex_lock(&memory.lock);
	bool due = all || now - memory.flushed >= HY_MINUTE || now < memory.flushed;
	pthread_mutex_unlock(&memory.lock);
	if (!due)
		return HY_OK;
	f.n[0] = f.n[1] = 0;
	f.now = now;
	collect(&f);
	return hy_store_write(s, flush_work, &f, e);
}

/* --- beginning and ending
 * -------------------------------------------------------------------------- */

enum hy_code session_make(struct hy_db *db, struct hy_arena *a, const struct session_new *n,
			  int64_t *id_out, hy_str *secret_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO session(id, hash, account, stage, strong, made_at, seen_at,"
			   " ends_at, address, agent) VALUES($9, $1, $2, $3, $4, $5, $5, $6,"
			   " $7, $8)");
	hy_str secret = draw(a);
	hy_hash h = hy_sha256(secret);
	uint32_t number[2];

	/* Drawn, so that a number is not given to another session when this one is gone. */
	hy_random(number, sizeof(number));
	int64_t id = (int64_t)(number[0] & 0xfffff) << 32 | number[1];

	hy_bind_blob(s, 1, hash_view(&h));
	hy_bind_int(s, 2, n->account);
	hy_bind_int(s, 3, n->stage);
	hy_bind_int(s, 4, n->strong);
	hy_bind_int(s, 5, n->at);
	hy_bind_int(s, 6, n->at + setting_int(db, "session.hours") * HY_HOUR);
	hy_bind_text(s, 7, n->address.p ? n->address : HY_S(""));
	hy_bind_text(s, 8,
		     hy_str_utf8(n->agent, NULL) && n->agent.p ? hy_str_head(n->agent, AGENT_MOST)
							       : HY_S(""));
	hy_bind_int(s, 9, id);
	enum hy_code c = hy_exec(s, NULL, e);
	if (c)
		return c;
	*id_out = id;
	*secret_out = secret;
	return HY_OK;
}

enum hy_code session_raise(struct hy_db *db, struct hy_arena *a, int64_t id,
			   enum session_stage stage, bool strong, hy_ms at, hy_str *secret_out,
			   struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "UPDATE session SET hash = $2, stage = $3, strong = $4,"
				      " seen_at = $5 WHERE id = $1");
	hy_str secret = draw(a);
	hy_hash h = hy_sha256(secret);
	int64_t changed = 0;

	hy_bind_int(s, 1, id);
	hy_bind_blob(s, 2, hash_view(&h));
	hy_bind_int(s, 3, stage);
	hy_bind_int(s, 4, strong);
	hy_bind_int(s, 5, at);
	enum hy_code c = hy_exec(s, &changed, e);
	if (!c && changed != 1)
		return hy_fail(e, HY_NO_LOGIN, "", "this session has ended; log in again");
	if (!c)
		*secret_out = secret;
	return c;
}

enum hy_code session_end(struct hy_db *db, int64_t id, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM session WHERE id = $1");

	hy_bind_int(s, 1, id);
	return hy_exec(s, NULL, e);
}

enum hy_code session_end_all(struct hy_db *db, int64_t account, int64_t except, int64_t *n_out,
			     struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM session WHERE account = $1 AND id <> $2");

	hy_bind_int(s, 1, account);
	hy_bind_int(s, 2, except);
	return hy_exec(s, n_out, e);
}

static enum hy_code note_revoked(struct record *r, struct hy_db *db, int64_t account,
				 struct security_by by, hy_ms at, int64_t n, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	const struct security_act note = {
		.act = "session.revoke",
		.by = by,
		.subject = hy_printf(a, ACCOUNT_SUBJECT "%lld", (long long)account),
		.data = hy_printf(a, "{\"sessions\":%lld}", (long long)n),
		.at = at,
	};

	return security_note(r, db, &note, e);
}

enum hy_code session_revoke(struct record *r, struct hy_db *db, int64_t account, int64_t id,
			    struct security_by by, hy_ms at, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM session WHERE id = $1 AND account = $2");
	int64_t n = 0;

	hy_bind_int(s, 1, id);
	hy_bind_int(s, 2, account);
	enum hy_code c = hy_exec(s, &n, e);
	if (!c && !n)
		return hy_fail(e, HY_NOT_FOUND, "", "you have no such session");
	return c ? c : note_revoked(r, db, account, by, at, n, e);
}

enum hy_code session_revoke_all(struct record *r, struct hy_db *db, int64_t account, int64_t except,
				struct security_by by, hy_ms at, int64_t *n_out, struct hy_err *e)
{
	enum hy_code c = session_end_all(db, account, except, n_out, e);

	return c ? c : note_revoked(r, db, account, by, at, *n_out, e);
}

/* --- reading
 * ------------------------------------------------------------------------------------------ */

const char session_list_sql[] =
	COLUMNS " WHERE s.account = $1 AND s.ends_at > $2 ORDER BY s.id DESC";

enum hy_code session_list(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms now,
			  struct session **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, session_list_sql);
	HY_VEC(struct session) v = { 0 };
	hy_ms idle = idle_ms(db);
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, account);
	hy_bind_int(s, 2, now);
	while (!(c = hy_step(s, &row, e)) && row) {
		struct session x = row_of(a, s);
		hy_ms seen = remembered(0, x.id);
		if (seen > x.seen_at)
			x.seen_at = seen;
		if (now - x.seen_at < idle)
			*hy_push(a, &v) = x;
	}
	*out = v.v;
	*n_out = v.n;
	return c;
}

enum hy_code session_check(struct hy_arena *a, struct hy_db *db, hy_str secret, hy_ms now,
			   struct session *out, bool *there_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, COLUMNS " JOIN account x ON x.id = s.account"
				   " WHERE s.hash = $1 AND s.ends_at > $2 AND x.state = 0");
	unsigned char raw[RANDOM_BYTES];

	*there_out = false;
	if (!hy_unhex(secret, raw, sizeof(raw)))
		return HY_OK;
	hy_hash h = hy_sha256(secret);
	hy_bind_blob(s, 1, hash_view(&h));
	hy_bind_int(s, 2, now);
	enum hy_code c = hy_step(s, there_out, e);
	if (c || !*there_out)
		return c;
	*out = row_of(a, s);
	hy_ms seen = remembered(0, out->id);
	if (seen > out->seen_at)
		out->seen_at = seen;
	*there_out = now - out->seen_at < idle_ms(db);
	return HY_OK;
}
