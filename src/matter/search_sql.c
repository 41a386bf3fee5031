/* Search: the index in the store, and the condition of a list. */
#include "matter/search.h"

#include "base/monotonic.h"
#include "matter/city.h"
#include "matter/sight.h"

/* search_text: the folded texts; search (SQLite): their pairs, which FTS5 needs told again when
 * they go, so it keeps nothing of its own.  search_seen: up to which event the index is; no row:
 * none. */
const struct hy_migration search_migrations[] = {
	{ .name = "search-001",
	  .sqlite = "CREATE TABLE search_text(id INTEGER PRIMARY KEY, whole TEXT NOT NULL,"
		    " shown TEXT NOT NULL);"
		    "CREATE VIRTUAL TABLE search USING fts5(pairs, content = '', tokenize ="
		    " 'ascii', columnsize = 0);"
		    "CREATE TABLE search_seen(id INTEGER PRIMARY KEY CHECK(id = 1),"
		    " idx INTEGER NOT NULL);",
	  .pg = "CREATE TABLE search_text(id BIGINT PRIMARY KEY, whole TEXT NOT NULL,"
		" shown TEXT NOT NULL, pairs TSVECTOR NOT NULL);"
		"CREATE INDEX search_pairs ON search_text USING gin(pairs);"
		"CREATE TABLE search_seen(id BIGINT PRIMARY KEY CHECK(id = 1), idx BIGINT NOT "
		"NULL)" },
	{ 0 },
};

/* BATCH events are one transaction, and of a second the index takes so much; CANDIDATES are looked
 * at one by one, and a word that stands in more matters is soon met when the list is read in its
 * own order. */
enum { BATCH = 200, TICK_MS = 200, CANDIDATES = 10000 };
/* A word that stands in COMMON of BLOCKS times BLOCK texts, spread over all, is one of those: an
 * index would be read to the end of its list only to learn that. */
enum { BLOCKS = 20, BLOCK = 100, COMMON = 20 };

static bool postgres(struct hy_db *db)
{
	return hy_store_shared(hy_db_store(db));
}

static enum hy_code read_seen(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	return hy_sql_int(db, "SELECT idx FROM search_seen WHERE id = 1", -1, out, e);
}

/* --- bringing it up to the log -------------------------------------------------------------- */

struct text {
	int64_t id;
	hy_str whole, shown;
};
struct batch {
	struct hy_arena *a;
	struct text *v; /* those that changed */
	size_t n;
	int64_t was_seen, seen;
};

/* The folded texts of the matter as it is now; *CHANGED_OUT: they are not what the index has. */
static enum hy_code text_of(struct hy_arena *a, struct hy_db *db, int64_t id, struct text *out,
			    bool *changed_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT m.title, m.place, CASE WHEN m.shown = '' THEN m.title"
				      " ELSE coalesce(m.shown, '') END, t.whole, t.shown"
				      " FROM matter m LEFT JOIN search_text t ON t.id = m.id"
				      " WHERE m.id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code c = hy_step(s, &row, e);
	*changed_out = false;
	if (c || !row)
		return c;
	hy_str title = hy_col_dup(a, s, 0), place = hy_col_dup(a, s, 1);
	out->id = id;
	out->whole = search_fold(a, hy_printf(a, HY_FMT "\n" HY_FMT, HY_ARG(title), HY_ARG(place)));
	out->shown = search_fold(a, hy_col_dup(a, s, 2));
	*changed_out = hy_col_null(s, 3) || !hy_str_eq(hy_col_text(s, 3), out->whole) ||
		       !hy_str_eq(hy_col_text(s, 4), out->shown);
	return HY_OK;
}

/* The next stretch of the log, and which texts it changed. */
static enum hy_code look(struct batch *b, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "SELECT x.last, x.matter FROM (SELECT matter, max(idx) AS last FROM (SELECT"
		    " idx, matter FROM event WHERE idx > $1 ORDER BY idx LIMIT $2) n"
		    " GROUP BY matter) x ORDER BY x.last");
	enum hy_code c = read_seen(db, &b->was_seen, e);
	HY_VEC(int64_t) ids = { 0 };
	HY_VEC(struct text) texts = { 0 };
	bool row;

	b->seen = b->was_seen;
	hy_bind_int(s, 1, b->seen);
	hy_bind_int(s, 2, BATCH);
	while (!c && !(c = hy_step(s, &row, e)) && row) {
		b->seen = hy_col_int(s, 0);
		if (!hy_col_null(s, 1))
			*hy_push(b->a, &ids) = hy_col_int(s, 1);
	}
	for (size_t i = 0; !c && i < ids.n; i++) {
		struct text t = { 0 };
		bool changed;
		c = text_of(b->a, db, ids.v[i], &t, &changed, e);
		if (!c && changed)
			*hy_push(b->a, &texts) = t;
	}
	b->v = texts.v;
	b->n = texts.n;
	return c;
}

static hy_str pairs_of(struct hy_arena *a, hy_str whole, hy_str shown, bool positions)
{
	struct hy_buf b = hy_buf_on(a);
	int at = 0;

	search_pairs(&b, whole, SEARCH_WHOLE, positions, &at);
	search_pairs(&b, shown, SEARCH_SHOWN, positions, &at);
	return hy_buf_str(&b);
}

/* FTS5 is told what it was given before. */
static enum hy_code forget(struct hy_arena *a, struct hy_db *db, int64_t id, struct hy_err *e)
{
	HY_SCOPED_STMT was = hy_sql(db, "SELECT whole, shown FROM search_text WHERE id = $1");
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO search(search, rowid, pairs) VALUES('delete', $1, $2)");
	bool row;

	hy_bind_int(was, 1, id);
	enum hy_code c = hy_step(was, &row, e);
	if (c || !row)
		return c;
	hy_bind_int(s, 1, id);
	hy_bind_text(s, 2, pairs_of(a, hy_col_dup(a, was, 0), hy_col_dup(a, was, 1), false));
	return hy_exec(s, NULL, e);
}

static enum hy_code keep_sqlite(struct hy_arena *a, struct hy_db *db, const struct text *t,
				struct hy_err *e)
{
	enum hy_code c = forget(a, db, t->id, e);
	HY_SCOPED_STMT text = hy_sql(db, "INSERT INTO search_text(id, whole, shown) VALUES($1, $2,"
					 " $3) ON CONFLICT(id) DO UPDATE SET whole ="
					 " excluded.whole, shown = excluded.shown");
	HY_SCOPED_STMT pairs = hy_sql(db, "INSERT INTO search(rowid, pairs) VALUES($1, $2)");

	if (c)
		return c;
	hy_bind_int(text, 1, t->id);
	hy_bind_text(text, 2, t->whole);
	hy_bind_text(text, 3, t->shown);
	hy_bind_int(pairs, 1, t->id);
	hy_bind_text(pairs, 2, pairs_of(a, t->whole, t->shown, false));
	c = hy_exec(text, NULL, e);
	return c ? c : hy_exec(pairs, NULL, e);
}

static enum hy_code keep_postgres(struct hy_arena *a, struct hy_db *db, const struct text *t,
				  struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO search_text(id, whole, shown, pairs) VALUES($1,"
				      " $2, $3, $4::text::tsvector) ON CONFLICT(id) DO UPDATE SET"
				      " whole = excluded.whole, shown = excluded.shown, pairs ="
				      " excluded.pairs");

	hy_bind_int(s, 1, t->id);
	hy_bind_text(s, 2, t->whole);
	hy_bind_text(s, 3, t->shown);
	hy_bind_text(s, 4, pairs_of(a, t->whole, t->shown, true));
	return hy_exec(s, NULL, e);
}

static enum hy_code keep(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct batch *b = in_out;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	enum hy_code c = HY_OK;

	for (size_t i = 0; !c && i < b->n; i++) {
		c = (postgres(db) ? keep_postgres : keep_sqlite)(a, db, &b->v[i], e);
		hy_arena_empty(a);
	}
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO search_seen(id, idx) VALUES(1, $1) ON CONFLICT(id)"
			   " DO UPDATE SET idx = excluded.idx");
	hy_bind_int(s, 1, b->seen);
	return c ? c : hy_exec(s, NULL, e);
}

/* *MORE_OUT: the log may have more. */
static enum hy_code step(struct city *c, int64_t *texts, int64_t *seen_out, bool *more_out,
			 struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct batch b = { .a = a };
	struct hy_db *db;
	enum hy_code code = hy_store_read(city_store(c), &db, e);

	if (code)
		return code;
	code = look(&b, db, e);
	hy_store_give(&db);
	*more_out = b.seen != b.was_seen;
	if (!code && *more_out)
		code = hy_store_write(city_store(c), keep, &b, e);
	*texts += (int64_t)b.n;
	*seen_out = b.seen;
	return code;
}

static enum hy_code tick(struct city *c, int most, int *done_out, struct hy_err *e)
{
	int64_t texts = 0, seen, until = hy_monotonic_ms() + TICK_MS;
	enum hy_code code = HY_OK;
	bool more = true;

	(void)most;
	while (!code && more && hy_monotonic_ms() < until)
		code = step(c, &texts, &seen, &more, e);
	*done_out = (int)texts;
	return code;
}

/* Not only when the leader comes by: what is erased is gone with the transaction. */
static enum hy_code erase(struct hy_db *db, int64_t id, struct hy_err *e)
{
	enum hy_code c = postgres(db) ? HY_OK : forget(hy_db_arena(db), db, id, e);
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM search_text WHERE id = $1");

	hy_bind_int(s, 1, id);
	return c ? c : hy_exec(s, NULL, e);
}

const struct city_room search_room = { .tick = tick, .own_erase = erase };

static enum hy_code empty(struct hy_db *db, void *in_out, struct hy_err *e)
{
	(void)in_out;
	return hy_sql_script(db,
			     postgres(db) ? "DELETE FROM search_text; DELETE FROM search_seen"
					  : "INSERT INTO search(search) VALUES('delete-all');"
					    "DELETE FROM search_text; DELETE FROM search_seen",
			     e);
}

enum hy_code search_rebuild(struct city *c, void (*heard)(void *arg, int64_t done), void *arg,
			    int64_t *events_out, int64_t *texts_out, struct hy_err *e)
{
	enum hy_code code = hy_store_write(city_store(c), empty, NULL, e);
	int64_t seen = -1;
	bool more = true;

	*texts_out = 0;
	while (!code && more) {
		code = step(c, texts_out, &seen, &more, e);
		if (!code && heard)
			heard(arg, seen + 1);
	}
	*events_out = seen + 1;
	return code;
}

/* --- asking ---------------------------------------------------------------------------------- */

struct asking {
	struct hy_query *q;
	struct hy_arena *a;
	struct hy_db *db;
	const struct sight_sql *sight;
	hy_str words[SEARCH_WORDS], folded[SEARCH_WORDS], codes[SEARCH_WORDS];
	int n;
	int64_t seen; /* what happened later is not in the index */
	bool behind;
};

/* Codes are written in large letters. */
static hy_str as_code(struct hy_arena *a, hy_str folded)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < folded.n; i++) {
		char c = folded.p[i];
		hy_buf_byte(&b, c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
	}
	return hy_buf_str(&b);
}

static void split(struct asking *k, hy_str words)
{
	hy_str rest = words, word;

	while (k->n < SEARCH_WORDS && hy_str_cut(&rest, ' ', &word))
		if (word.n)
			k->words[k->n++] = word;
	for (int i = 0; i < k->n; i++) {
		k->folded[i] = hy_str_trim(search_fold(k->a, k->words[i]));
		k->codes[i] = as_code(k->a, k->folded[i]);
	}
}

/* The query of the index: every word, in one of the two texts; false: some word is none to it. */
static bool asked(const struct asking *k, struct hy_buf *out)
{
	bool pg = postgres(k->db), all = k->n > 0;

	for (int i = 0; all && i < k->n; i++) {
		hy_buf_add(out, i == 0 ? HY_S("(") : pg ? HY_S(" & (") : HY_S(" AND ("));
		all = search_asked(out, k->folded[i], SEARCH_WHOLE, pg);
		hy_buf_add(out, pg ? HY_S(" | ") : HY_S(" OR "));
		all = all && search_asked(out, k->folded[i], SEARCH_SHOWN, pg);
		hy_buf_byte(out, ')');
	}
	return all;
}

/* Adds the ids that S gives to OUT; *N counts them. */
static enum hy_code add_ids(struct hy_stmt *s, struct hy_buf *out, int *n, struct hy_err *e)
{
	enum hy_code c;
	bool row;

	while (!(c = hy_step(s, &row, e)) && row)
		hy_buf_fmt(out, "%s%lld", (*n)++ ? "," : "", (long long)hy_col_int(s, 0));
	return c;
}

/* Do all the words stand together in many texts? */
static enum hy_code common(struct asking *k, bool *out, struct hy_err *e)
{
	struct hy_query q = { .sql = hy_buf_on(k->a) };
	int64_t last;
	bool row;
	enum hy_code c = hy_sql_int(k->db, "SELECT max(id) FROM search_text", 0, &last, e);

	*out = false;
	if (c || last < (int64_t)BLOCKS * BLOCK)
		return c;
	hy_buf_add(&q.sql, HY_S("SELECT count(*) FROM search_text t WHERE ("));
	for (int i = 0; i < BLOCKS; i++) {
		int64_t from = last * i / BLOCKS;
		hy_buf_fmt(&q.sql, "%s(t.id >= $%d AND t.id < $%d)", i ? " OR " : "",
			   hy_query_int(&q, from), hy_query_int(&q, from + BLOCK));
	}
	hy_buf_byte(&q.sql, ')');
	for (int i = 0; i < k->n; i++)
		hy_buf_fmt(&q.sql, " AND replace(t.whole, $%d, '') <> t.whole",
			   hy_query_text(&q, k->folded[i]));
	HY_SCOPED_STMT s = hy_sql(k->db, hy_buf_str(&q.sql).p);
	hy_bind_values(s, 1, q.value, q.n);
	c = hy_step(s, &row, e);
	if (!c)
		*out = hy_col_int(s, 0) >= COMMON;
	return c;
}

/* All matters that can be meant, when they are few: *FEW_OUT, and then their ids in OUT. */
static enum hy_code candidates(struct asking *k, struct hy_buf *out, bool *few_out,
			       struct hy_err *e)
{
	struct hy_buf query = hy_buf_on(k->a);
	int n = 0;

	*few_out = false;
	bool often = false;
	enum hy_code c = common(k, &often, e);
	if (c || often || !asked(k, &query))
		return c;
	HY_SCOPED_STMT s = hy_sql(
		k->db,
		postgres(k->db)
			? "SELECT id FROM search_text WHERE pairs @@ $1::text::tsquery LIMIT $2"
			: "SELECT rowid FROM search WHERE search MATCH $1 LIMIT $2");
	HY_SCOPED_STMT fresh = hy_sql(k->db, "SELECT DISTINCT matter FROM event WHERE idx > $1 AND"
					     " matter IS NOT NULL LIMIT $2");
	hy_bind_text(s, 1, hy_buf_str(&query));
	hy_bind_int(s, 2, CANDIDATES + 1);
	c = add_ids(s, out, &n, e);
	hy_bind_int(fresh, 1, k->seen);
	hy_bind_int(fresh, 2, CANDIDATES + 1);
	if (!c && n <= CANDIDATES && k->behind)
		c = add_ids(fresh, out, &n, e);
	for (int i = 0; !c && n <= CANDIDATES && i < k->n; i++) {
		HY_SCOPED_STMT code = hy_sql(k->db, "SELECT id FROM matter WHERE code = $1");
		hy_bind_text(code, 1, k->codes[i]);
		c = add_ids(code, out, &n, e);
	}
	*few_out = n <= CANDIDATES;
	return c;
}

/* strpos() and instr() differ between engines; replace() does not. */
static void where_word(struct asking *k, int i)
{
	const struct sight_sql *x = k->sight;
	int folded = hy_query_text(k->q, k->folded[i]), code = hy_query_text(k->q, k->codes[i]);
	int word = k->behind ? hy_query_text(k->q, k->words[i]) : 0;

	hy_buf_fmt(&k->q->sql,
		   " AND (m.code = $%d OR EXISTS (SELECT 1 FROM search_text t WHERE t.id = m.id AND"
		   " ((" HY_FMT " AND replace(t.whole, $%d, '') <> t.whole)"
		   " OR replace(t.shown, $%d, '') <> t.shown))",
		   code, HY_ARG(x->handles), folded, folded);
	if (k->behind)
		hy_buf_fmt(&k->q->sql,
			   " OR (m.last_idx > $%d AND (replace(" HY_FMT ", $%d, '') <> " HY_FMT
			   " OR (" HY_FMT " AND replace(m.place, $%d, '') <> m.place)))",
			   hy_query_int(k->q, k->seen), HY_ARG(x->title), word, HY_ARG(x->title),
			   HY_ARG(x->handles), word);
	hy_buf_byte(&k->q->sql, ')');
}

static enum hy_code how_far(struct asking *k, struct hy_err *e)
{
	int64_t newest = -1;
	enum hy_code c = read_seen(k->db, &k->seen, e);

	if (!c)
		c = hy_sql_int(k->db, "SELECT max(idx) FROM event", -1, &newest, e);
	k->behind = newest > k->seen;
	return c;
}

enum hy_code search_where(struct hy_query *q, struct hy_arena *a, struct hy_db *db, hy_str words,
			  const struct actor *who, bool *few_out, struct hy_err *e)
{
	struct asking k = { .q = q, .a = a, .db = db };
	struct hy_buf ids = hy_buf_on(a);

	*few_out = false;
	split(&k, words);
	if (k.n == 0)
		return HY_OK;
	enum hy_code c = how_far(&k, e);
	if (!c)
		c = candidates(&k, &ids, few_out, e);
	if (c)
		return c;
	struct sight_sql sight = sight_sql(a, who ? who : &actor_console, q->n + 1);
	k.sight = &sight;
	hy_query_values(q, sight.w[0].v, sight.w[0].n);
	hy_query_values(q, sight.w[1].v, sight.w[1].n);
	if (*few_out && postgres(db))
		hy_buf_fmt(
			&q->sql, " AND m.id = ANY($%d::text::bigint[])",
			hy_query_text(q, hy_printf(a, "{" HY_FMT "}", HY_ARG(hy_buf_str(&ids)))));
	else if (*few_out)
		hy_buf_fmt(
			&q->sql, " AND m.id IN (SELECT value FROM json_each($%d))",
			hy_query_text(q, hy_printf(a, "[" HY_FMT "]", HY_ARG(hy_buf_str(&ids)))));
	for (int i = 0; i < k.n; i++)
		where_word(&k, i);
	return HY_OK;
}
