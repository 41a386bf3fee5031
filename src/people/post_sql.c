/* The tables of posts, seats and absences. */
#include "people/post_row.h"
#include "store/query.h"

/* post, post_seat: caches of the events of "post/CODE"; absence: of "absence/N".  A seat has the
 * account of its last row whose instant has come. */
#define TABLES(ID, TEXT_C)                                                                         \
	"CREATE TABLE post(id " ID " PRIMARY KEY, code " TEXT_C " NOT NULL UNIQUE,"                \
	" title TEXT NOT NULL, role TEXT NOT NULL, unit " TEXT_C                                   \
	" NOT NULL, open BIGINT NOT NULL,"                                                         \
	" last_idx BIGINT NOT NULL, seq BIGINT NOT NULL);"                                         \
	"CREATE INDEX post_unit ON post(unit);"                                                    \
	"CREATE TABLE post_seat(post " TEXT_C " NOT NULL, seat BIGINT NOT NULL,"                   \
	" from_at BIGINT NOT NULL, account BIGINT NOT NULL, PRIMARY KEY(post, seat, from_at));"    \
	"CREATE INDEX post_seat_account ON post_seat(account);"                                    \
	"CREATE TABLE absence(id " ID " PRIMARY KEY, account BIGINT NOT NULL,"                     \
	" kind TEXT NOT NULL, from_at BIGINT NOT NULL, until_at BIGINT NOT NULL,"                  \
	" substitute BIGINT NOT NULL, note TEXT NOT NULL, last_idx BIGINT NOT NULL,"               \
	" seq BIGINT NOT NULL);"                                                                   \
	"CREATE INDEX absence_account ON absence(account, until_at);"                              \
	"CREATE INDEX absence_substitute ON absence(substitute, until_at);"                        \
	"CREATE INDEX absence_until ON absence(until_at);"
const struct hy_migration post_migrations[] = { { .name = "post-001",
						  .sqlite = TABLES("INTEGER", "TEXT"),
						  .pg = TABLES("BIGINT", "TEXT COLLATE \"C\"") },
						{ 0 } };

#define POST_COLUMNS                                                                               \
	"SELECT p.id, p.code, p.title, p.role, p.unit, p.open, p.last_idx, p.seq FROM post p"

static struct post_row post_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct post_row){ .post = { .id = hy_col_int(s, 0),
					    .code = hy_col_dup(a, s, 1),
					    .title = hy_col_dup(a, s, 2),
					    .role = hy_col_dup(a, s, 3),
					    .unit = hy_col_dup(a, s, 4),
					    .open = hy_col_int(s, 5) != 0,
					    .last_idx = hy_col_int(s, 6) },
				  .seq = hy_col_int(s, 7) };
}

static enum hy_code held_of(struct hy_arena *a, struct hy_db *db, struct post_row *r,
			    struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT seat, from_at, account FROM post_seat"
				      " WHERE post = $1 ORDER BY seat, from_at");
	bool row;

	hy_bind_text(s, 1, r->post.code);
	for (;;) {
		enum hy_code c = hy_step(s, &row, e);
		if (c || !row)
			return c;
		*hy_push(a, &r->held) = (struct post_held){ (enum post_seat)hy_col_int(s, 0),
							    hy_col_int(s, 1), hy_col_int(s, 2) };
	}
}

enum hy_code post_row_read(struct hy_arena *a, struct hy_db *db, hy_str code, struct post_row *out,
			   bool *there_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, POST_COLUMNS " WHERE p.code = $1");

	hy_bind_text(s, 1, code);
	enum hy_code c = hy_step(s, there_out, e);
	if (c || !*there_out)
		return c;
	*out = post_of(a, s);
	return held_of(a, db, out, e);
}

static enum hy_code read_all(struct hy_arena *a, struct hy_db *db, struct hy_stmt *s,
			     post_row_vec *out, struct hy_err *e)
{
	enum hy_code c;
	bool row;

	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, out) = post_of(a, s);
	for (size_t i = 0; !c && i < out->n; i++)
		c = held_of(a, db, &out->v[i], e);
	return c;
}

enum hy_code post_rows(struct hy_arena *a, struct hy_db *db, post_row_vec *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, POST_COLUMNS " ORDER BY p.code");

	return read_all(a, db, s, out, e);
}

const char post_of_unit_sql[] = POST_COLUMNS " WHERE p.unit = $1 ORDER BY p.code";

static enum hy_code rows_of_unit(struct hy_arena *a, struct hy_db *db, hy_str unit,
				 post_row_vec *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, post_of_unit_sql);

	if (!unit.n)
		return post_rows(a, db, out, e);
	hy_bind_text(s, 1, unit);
	return read_all(a, db, s, out, e);
}

enum hy_code post_row_store(struct hy_db *db, const struct post_row *r, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db,
		"INSERT INTO post(id, code, title, role, unit, open, last_idx, seq)"
		" VALUES((SELECT coalesce(max(id), 0) + 1 FROM post), $1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT(code) DO UPDATE SET title = excluded.title, role = excluded.role,"
		" unit = excluded.unit, open = excluded.open, last_idx = excluded.last_idx,"
		" seq = excluded.seq");

	hy_bind_text(s, 1, r->post.code);
	hy_bind_text(s, 2, r->post.title);
	hy_bind_text(s, 3, r->post.role);
	hy_bind_text(s, 4, r->post.unit);
	hy_bind_int(s, 5, r->post.open);
	hy_bind_int(s, 6, r->post.last_idx);
	hy_bind_int(s, 7, r->seq);
	return hy_exec(s, NULL, e);
}

enum hy_code post_held_store(struct hy_db *db, hy_str code, const struct post_held *h,
			     struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO post_seat(post, seat, from_at, account)"
				      " VALUES($1, $2, $3, $4) ON CONFLICT(post, seat, from_at)"
				      " DO UPDATE SET account = excluded.account");

	hy_bind_text(s, 1, code);
	hy_bind_int(s, 2, h->seat);
	hy_bind_int(s, 3, h->from);
	hy_bind_int(s, 4, h->account);
	return hy_exec(s, NULL, e);
}

/* The first column of each row of SQL for ACCOUNT. */
static enum hy_code texts_of(struct hy_arena *a, struct hy_db *db, const char *sql, int64_t account,
			     hy_str **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, sql);
	HY_VEC(hy_str) v = { 0 };
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, account);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = hy_col_dup(a, s, 0);
	*out = v.v;
	*n_out = v.n;
	return c;
}

enum hy_code post_of_account(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str **out,
			     size_t *n_out, struct hy_err *e)
{
	return texts_of(a, db,
			"SELECT DISTINCT p.code FROM post p JOIN post_seat s ON s.post = p.code"
			" WHERE s.account = $1 AND p.open = 1 ORDER BY p.code",
			account, out, n_out, e);
}

enum hy_code post_units(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str **out,
			size_t *n_out, struct hy_err *e)
{
	return texts_of(a, db,
			"SELECT DISTINCT p.unit FROM post p JOIN post_seat s ON s.post = p.code"
			" WHERE s.account = $1 AND p.open = 1 ORDER BY p.unit",
			account, out, n_out, e);
}

/* --- absences -----------------------------------------------------------------------------------
 */

#define ABSENCE_COLUMNS                                                                            \
	"SELECT id, account, kind, from_at, until_at, substitute, note, last_idx, seq FROM "       \
	"absence"

static struct absence_row absence_of(struct hy_arena *a, struct hy_stmt *s)
{
	struct absence_row r = { .absence = { .id = hy_col_int(s, 0),
					      .account = hy_col_int(s, 1),
					      .kind = ABSENCE__KINDS,
					      .from = hy_col_int(s, 3),
					      .until = hy_col_int(s, 4),
					      .substitute = hy_col_int(s, 5),
					      .note = hy_col_dup(a, s, 6) },
				 .last_idx = hy_col_int(s, 7),
				 .seq = hy_col_int(s, 8) };

	if (!absence_kind_of(hy_col_text(s, 2), &r.absence.kind))
		r.absence.kind = ABSENCE__KINDS; /* for fsck to find */
	return r;
}

enum hy_code absence_rows(struct hy_arena *a, struct hy_db *db, absence_row_vec *out,
			  struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, ABSENCE_COLUMNS " ORDER BY id");
	enum hy_code c;
	bool row;

	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, out) = absence_of(a, s);
	return c;
}

enum hy_code absence_row_read(struct hy_arena *a, struct hy_db *db, int64_t id,
			      struct absence_row *out, bool *there_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, ABSENCE_COLUMNS " WHERE id = $1");

	hy_bind_int(s, 1, id);
	enum hy_code c = hy_step(s, there_out, e);
	if (!c && *there_out)
		*out = absence_of(a, s);
	return c;
}

enum hy_code absence_row_store(struct hy_db *db, const struct absence_row *r, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "INSERT INTO absence(id, account, kind, from_at, until_at, substitute, note,"
		    " last_idx, seq) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		    " ON CONFLICT(id) DO UPDATE SET until_at = excluded.until_at,"
		    " last_idx = excluded.last_idx, seq = excluded.seq");

	hy_bind_int(s, 1, r->absence.id);
	hy_bind_int(s, 2, r->absence.account);
	hy_bind_text(s, 3, absence_kinds[r->absence.kind].id);
	hy_bind_int(s, 4, r->absence.from);
	hy_bind_int(s, 5, r->absence.until);
	hy_bind_int(s, 6, r->absence.substitute);
	hy_bind_text(s, 7, r->absence.note);
	hy_bind_int(s, 8, r->last_idx);
	hy_bind_int(s, 9, r->seq);
	return hy_exec(s, NULL, e);
}

enum hy_code absence_next_id(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	return hy_sql_int(db, "SELECT max(id) + 1 FROM absence", 1, out, e);
}

enum hy_code absence_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct absence *out,
			   struct hy_err *e)
{
	struct absence_row row;
	bool there;
	enum hy_code c = absence_row_read(a, db, id, &row, &there, e);

	if (!c && !there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no absence %lld", (long long)id);
	if (!c)
		*out = row.absence;
	return c;
}

#define TOUCHING ABSENCE_COLUMNS " WHERE until_at > $1 AND from_at < $2 AND from_at < until_at"
const char absence_all_sql[] = TOUCHING " ORDER BY from_at, id",
	   absence_of_account_sql[] = TOUCHING " AND account = $3 ORDER BY from_at, id";

enum hy_code absence_list(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms from,
			  hy_ms until, struct absence **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, account ? absence_of_account_sql : absence_all_sql);
	HY_VEC(struct absence) v = { 0 };
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, from);
	hy_bind_int(s, 2, until);
	if (account)
		hy_bind_int(s, 3, account);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = absence_of(a, s).absence;
	*out = v.v;
	*n_out = v.n;
	return c;
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

static void fill_holders(struct post_row *r, hy_ms now)
{
	for (size_t i = 0; i < r->held.n; i++) {
		const struct post_held *h = &r->held.v[i];
		if (h->from > now)
			continue;
		r->post.holder[h->seat] = h->account;
		r->post.since[h->seat] = h->from;
	}
}

enum hy_code post_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, hy_ms now,
			  struct post *out, struct hy_err *e)
{
	struct post_row row;
	bool there;
	enum hy_code c = post_row_read(a, db, code, &row, &there, e);

	if (!c && !there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no post " HY_FMT,
			       HY_ARG(hy_str_head(code, 40)));
	if (c)
		return c;
	fill_holders(&row, now);
	*out = row.post;
	return HY_OK;
}

enum hy_code post_list(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_ms now,
		       struct post **out, size_t *n_out, struct hy_err *e)
{
	post_row_vec rows = { 0 };
	enum hy_code c = rows_of_unit(a, db, unit, &rows, e);

	if (c)
		return c;
	*out = hy_new_n(a, struct post, rows.n + 1);
	*n_out = rows.n;
	for (size_t i = 0; i < rows.n; i++) {
		fill_holders(&rows.v[i], now);
		(*out)[i] = rows.v[i].post;
	}
	return HY_OK;
}

enum hy_code post_plates(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_ms now,
			 struct post_plate **out, size_t *n_out, struct hy_err *e)
{
	post_row_vec rows = { 0 };
	struct absence *away = NULL;
	size_t n_away = 0, n = 0;
	enum hy_code c = rows_of_unit(a, db, unit, &rows, e);

	if (!c)
		c = absence_list(a, db, 0, now, now + 1, &away, &n_away, e);
	if (c)
		return c;
	struct post_plate *v = hy_new_n(a, struct post_plate, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		struct post_row *r = &rows.v[i];
		struct post_plate *p = &v[n];
		int64_t whom;
		if (!r->post.open)
			continue;
		n++;
		fill_holders(r, now);
		p->post = r->post;
		for (int k = 0; k < POST_SEATS; k++) {
			int64_t who = p->seat[k].account = r->post.holder[k];
			const struct absence *ab = who ? post_away(away, n_away, who, now) : NULL;
			if (!ab)
				continue;
			p->seat[k].away = true;
			p->seat[k].kind = ab->kind;
			p->seat[k].since = ab->from;
			p->seat[k].until = ab->until;
		}
		p->acting = post_acting(r, away, n_away, now, &whom);
	}
	*out = v;
	*n_out = n;
	return HY_OK;
}

/* --- grants
 * ---------------------------------------------------------------------------------------- */

struct granting {
	struct hy_arena *a;
	struct hy_db *db;
	int64_t account;
	hy_ms now;
	HY_VEC(struct post_grant) out;
};

/* What the posts of HOLDER give to the one who asks, under the absences V of their holders. */
static enum hy_code grants_of(struct granting *g, int64_t holder, struct hy_err *e)
{
	hy_str *codes;
	size_t n;
	enum hy_code c = post_of_account(g->a, g->db, holder, &codes, &n, e);

	for (size_t i = 0; !c && i < n; i++) {
		struct post_row r = { 0 };
		HY_VEC(struct absence) away = { 0 };
		int64_t whom;
		bool there;
		c = post_row_read(g->a, g->db, codes[i], &r, &there, e);
		for (int k = 0; !c && k < POST_SEATS; k++) {
			struct absence *v;
			size_t nv;
			int64_t who = post_holder(&r, (enum post_seat)k, g->now);
			if (!who)
				continue;
			c = absence_list(g->a, g->db, who, g->now, g->now + 1, &v, &nv, e);
			for (size_t x = 0; !c && x < nv; x++)
				*hy_push(g->a, &away) = v[x];
		}
		if (c)
			return c;
		bool own = post_holder(&r, POST_A, g->now) == g->account;
		bool acting = post_acting(&r, away.v, away.n, g->now, &whom) == g->account;
		if ((own && holder == g->account) || (acting && !own))
			*hy_push(g->a, &g->out) =
				(struct post_grant){ .post = r.post.code,
						     .role = r.post.role,
						     .unit = r.post.unit,
						     .acting = !own,
						     .acting_for = own			? 0
								   : whom == g->account ? 0
											: whom };
	}
	return c;
}

static bool same_post(const struct granting *g, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (hy_str_eq(g->out.v[k].post, g->out.v[i].post))
			return true;
	return false;
}

enum hy_code post_grants(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms now,
			 struct post_grant **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT DISTINCT account FROM absence WHERE substitute = $1"
				      " AND until_at > $2 AND from_at <= $2 ORDER BY account");
	struct granting g = { .a = a, .db = db, .account = account, .now = now };
	HY_VEC(int64_t) away = { 0 };
	size_t n = 0;
	bool row;
	enum hy_code c;

	if (!account) {
		*out = NULL;
		*n_out = 0;
		return HY_OK;
	}
	hy_bind_int(s, 1, account);
	hy_bind_int(s, 2, now);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &away) = hy_col_int(s, 0);
	if (!c)
		c = grants_of(&g, account, e);
	for (size_t i = 0; !c && i < away.n; i++)
		c = grants_of(&g, away.v[i], e);
	for (size_t i = 0; i < g.out.n; i++)
		if (!same_post(&g, i))
			g.out.v[n++] = g.out.v[i];
	*out = g.out.v;
	*n_out = n;
	return c;
}

enum hy_code post_turns(struct hy_arena *a, struct hy_db *db, hy_str unit, int64_t account,
			struct post_turns *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql_many(
		db, "SELECT s.post, p.title, s.seat, s.account, s.from_at FROM post_seat s"
		    " JOIN post p ON p.code = s.post WHERE p.unit = $2 AND s.post IN"
		    " (SELECT x.post FROM post_seat x WHERE x.account = $1)"
		    " ORDER BY s.seat, s.post, s.from_at");
	HY_VEC(struct post_turn) v = { 0 };
	enum hy_code c;
	bool there;

	hy_bind_int(s, 1, account);
	hy_bind_text(s, 2, unit);
	while (!(c = hy_step(s, &there, e)) && there)
		*hy_push(a, &v) =
			(struct post_turn){ hy_col_dup(a, s, 0), hy_col_dup(a, s, 1),
					    hy_col_int(s, 2), hy_col_int(s, 3), hy_col_int(s, 4) };
	if (!c)
		*out = (struct post_turns){ v.v, v.n, account };
	return c;
}

hy_str post_title_at(const struct post_turns *t, hy_ms at)
{
	for (size_t i = 0, next; i < t->n; i = next) {
		const struct post_turn *held = NULL, *first = &t->v[i];
		for (next = i; next < t->n && t->v[next].seat == first->seat &&
			       hy_str_eq(t->v[next].post, first->post);
		     next++)
			if (t->v[next].from <= at)
				held = &t->v[next];
		if (held && held->account == t->account)
			return held->title;
	}
	return HY_S("");
}
