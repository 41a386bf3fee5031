/* The month that is looked at, kept in memory: after one more event one row is read again.
 *
 * Of each matter of the period its facts are kept and when they change by themselves (a due date
 * passes, a light turns), and of each unit the tally of all.  What changed since is found in the
 * log: the matters of the events behind the last one seen.  Whatever touches units, institution or
 * much of the month makes everything anew; so does another log, an earlier time, another round.
 * One month is kept in a process, the one that was asked for last. */
#include <pthread.h>
#include <stdlib.h>

#include "appraise/round_part.h"

enum { ENTRIES_MOST = 4000000, CHANGED_SHARE = 50 };

struct entry {
	int64_t id;
	facts facts;
	hy_ms next;   /* when they change by themselves; HY_NO_TIME */
	int32_t unit; /* -1: of no appraised one */
	struct numbers numbers;
};
struct watch {
	struct hy_arena *a; /* NULL: nothing is kept */
	const struct hy_store *store;
	const struct pack *pack;
	int64_t round, seen; /* SEEN: size of the log */
	hy_hash last;	     /* leaf of its newest entry then: it is the same log */
	hy_ms at;
	struct entry *v; /* by id */
	size_t n, cap, n_units;
	bool sorted;
	struct tally *tallies;
	int64_t unassigned;
};
static struct {
	pthread_mutex_t lock;
	struct watch w;
} kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- one row ------------------------------------------------------------------------------------
 */

static void sooner(hy_ms *next, hy_ms at, hy_ms now)
{
	if (at >= now && at < *next)
		*next = at;
}

static hy_ms next_change(const struct fact_row *r, hy_ms now)
{
	hy_ms next = HY_NO_TIME;

	if (!r->open)
		return next;
	sooner(&next, r->main_due_at, now);
	sooner(&next, r->original_at, now);
	sooner(&next, r->pledged_at, now);
	sooner(&next, r->due_at, now);
	for (int k = HY_LIGHT_GREEN; k <= HY_LIGHT_RED; k++)
		if (r->lights[k] > now)
			sooner(&next, r->lights[k], now);
	return next;
}

struct looking {
	struct watch *w;
	const struct watch_ask *k;
	struct period period;
};

static struct entry entry_of(const struct looking *l, struct hy_stmt *s)
{
	const struct pack *pack = l->k->pack;
	struct fact_row r;

	facts_row_get(s, &r);
	size_t at = (uintptr_t)hy_map_get(l->k->appraised, hy_col_text(s, 4));
	return (struct entry){
		.id = hy_col_int(s, 0),
		.facts = facts_of(&r, l->period, &pack->lists[PACK_DECLINE_GROUNDS], l->k->at),
		.next = next_change(&r, l->k->at),
		.unit = (int32_t)at - 1,
		.numbers = facts_numbers(pack->calendar, &r),
	};
}

static void count(struct watch *w, const struct entry *x, int sign)
{
	if (!x->facts)
		return;
	if (x->unit < 0)
		w->unassigned += sign;
	else if (sign > 0)
		tally_add(w->a, &w->tallies[x->unit], x->facts, &x->numbers);
	else
		tally_take(&w->tallies[x->unit], x->facts, &x->numbers);
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static int by_id(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	return (a->id > b->id) - (a->id < b->id);
}

static void forget(struct watch *w)
{
	hy_arena_free(&w->a);
	free(w->v);
	*w = (struct watch){ 0 };
}

static void keep(struct watch *w, const struct entry *x)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 4096;
		struct entry *wider = realloc(w->v, cap * sizeof(*wider));
		if (!wider)
			abort();
		w->v = wider;
		w->cap = cap;
	}
	w->sorted &= w->n == 0 || w->v[w->n - 1].id < x->id;
	w->v[w->n++] = *x;
}

static enum hy_code make(struct looking *l, struct hy_db *db, struct hy_err *e)
{
	struct watch *w = l->w;
	HY_SCOPED_STMT s = hy_sql_many(db, "SELECT " FACTS_COLUMNS_BARE " FROM matter m"
					   " WHERE m.filed_at >= $1 AND m.filed_at < $2");
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, l->period.from);
	hy_bind_int(s, 2, l->period.until);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct entry x = entry_of(l, s);
		count(w, &x, 1);
		if (w->n <= ENTRIES_MOST)
			keep(w, &x);
	}
	return code;
}

/* --- what is new --------------------------------------------------------------------------------
 */

struct head {
	int64_t size;
	hy_hash last;
};

static enum hy_code leaf_at(struct hy_db *db, int64_t idx, hy_hash *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT leaf FROM event WHERE idx = $1");
	bool there;

	hy_bind_int(s, 1, idx);
	enum hy_code code = hy_step(s, &there, e);
	*out = (hy_hash){ 0 };
	if (!code && there) {
		hy_str leaf = hy_col_text(s, 0);
		memcpy(out->b, leaf.p, leaf.n < sizeof(out->b) ? leaf.n : sizeof(out->b));
	}
	return code;
}

static enum hy_code head_of(struct hy_db *db, struct head *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT size FROM log_head WHERE id = 1");
	bool there;
	enum hy_code code = hy_step(s, &there, e);

	if (code)
		return code;
	out->size = there ? hy_col_int(s, 0) : 0;
	hy_done(&s);
	return leaf_at(db, out->size - 1, &out->last, e);
}

/* Matters of the events since, when nothing else happened that matters; *FEW_OUT: so it was. */
static enum hy_code changed(struct hy_arena *a, struct hy_db *db, const struct watch *w,
			    int64_t **ids_out, size_t *n_out, bool *few_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT matter, subject FROM event WHERE idx >= $1"
				      " ORDER BY idx LIMIT 20001");
	HY_VEC(int64_t) ids = { 0 };
	enum hy_code code;
	bool row, few = true;
	size_t n = 0;

	hy_bind_int(s, 1, w->seen);
	while (!(code = hy_step(s, &row, e)) && row) {
		n++;
		if (!hy_col_null(s, 0))
			*hy_push(a, &ids) = hy_col_int(s, 0);
		else if (hy_str_starts(hy_col_text(s, 1), HY_S("unit/")))
			few = false;
	}
	*ids_out = ids.v;
	*n_out = ids.n;
	*few_out = few && n <= 20000 && n <= w->n / CHANGED_SHARE + 100;
	return code;
}

static enum hy_code again(struct looking *l, struct hy_db *db, int64_t id, struct hy_err *e)
{
	struct watch *w = l->w;
	HY_SCOPED_STMT s = hy_sql(db, "SELECT " FACTS_COLUMNS_BARE " FROM matter m WHERE m.id = $1"
				      " AND m.filed_at >= $2 AND m.filed_at < $3");
	struct entry key = { .id = id },
		     *was = w->n ? bsearch(&key, w->v, w->n, sizeof(key), by_id) : NULL;
	bool there;

	hy_bind_int(s, 1, id);
	hy_bind_int(s, 2, l->period.from);
	hy_bind_int(s, 3, l->period.until);
	enum hy_code code = hy_step(s, &there, e);
	if (code || !there)
		return code;
	struct entry now = entry_of(l, s);
	if (was) {
		count(w, was, -1);
		*was = now;
	} else {
		keep(w, &now);
		if (!w->sorted) { /* ids grow with time but for imports */
			qsort(w->v, w->n, sizeof(*w->v), by_id);
			w->sorted = true;
		}
	}
	count(w, &now, 1);
	return HY_OK;
}

/* Those whose facts have changed by themselves. */
static enum hy_code turned(struct looking *l, struct hy_db *db, struct hy_err *e)
{
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < l->w->n; i++)
		if (l->w->v[i].next <= l->k->at)
			code = again(l, db, l->w->v[i].id, e);
	return code;
}

static size_t n_turned(const struct watch *w, hy_ms at)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->v[i].next <= at;
	return n;
}

static enum hy_code go_on(struct looking *l, struct hy_arena *a, struct hy_db *db,
			  const struct head *head, bool *done_out, struct hy_err *e)
{
	struct watch *w = l->w;
	int64_t *ids = NULL;
	size_t n = 0;
	bool few = false;
	hy_hash then;
	enum hy_code code;

	*done_out = false;
	if (!w->a || w->store != hy_db_store(db) || w->round != l->k->r->id ||
	    w->pack != l->k->pack || w->n > ENTRIES_MOST || w->at > l->k->at ||
	    w->seen > head->size || w->n_units != l->k->n_units)
		return HY_OK;
	code = leaf_at(db, w->seen - 1, &then, e);
	if (!code && memcmp(then.b, w->last.b, sizeof(then.b)) != 0)
		return HY_OK;
	if (!code)
		code = changed(a, db, w, &ids, &n, &few, e);
	if (code || !few || n_turned(w, l->k->at) > w->n / CHANGED_SHARE + 100)
		return code;
	for (size_t i = 0; !code && i < n; i++)
		code = again(l, db, ids[i], e);
	if (!code)
		code = turned(l, db, e);
	*done_out = !code;
	return code;
}

/* --- for who looks ------------------------------------------------------------------------------
 */

static enum hy_code watch(struct looking *l, struct hy_arena *a, struct hy_db *db, struct hy_err *e)
{
	struct watch *w = l->w;
	struct head head;
	bool done = false;
	enum hy_code code = head_of(db, &head, e);

	if (!code)
		code = go_on(l, a, db, &head, &done, e);
	if (!code && !done) {
		forget(w);
		*w = (struct watch){ .a = hy_arena_new(0),
				     .store = hy_db_store(db),
				     .pack = l->k->pack,
				     .round = l->k->r->id,
				     .n_units = l->k->n_units,
				     .sorted = true };
		w->tallies = hy_new_n(w->a, struct tally, w->n_units + 1);
		code = make(l, db, e);
		if (!code && !w->sorted)
			qsort(w->v, w->n, sizeof(*w->v), by_id);
		w->sorted = true;
	}
	if (code)
		return code;
	w->seen = head.size;
	w->last = head.last;
	w->at = l->k->at;
	return HY_OK;
}

enum hy_code watch_tallies(struct hy_arena *a, struct hy_db *db, const struct watch_ask *k,
			   struct tally **out, int64_t *unassigned_out, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(k->pack->calendar);
	struct looking l = { .w = &kept.w,
			     .k = k,
			     .period = { hy_instant(zone, k->r->from, 0),
					 hy_instant(zone, k->r->to + 1, 0) } };
	struct tally *copies = hy_new_n(a, struct tally, k->n_units + 1);

	pthread_mutex_lock(&kept.lock);
	enum hy_code code = watch(&l, a, db, e);
	if (code)
		forget(&kept.w);
	for (size_t i = 0; !code && i < k->n_units; i++)
		tally_join(a, &copies[i], &kept.w.tallies[i]);
	if (!code)
		*unassigned_out = kept.w.unassigned;
	pthread_mutex_unlock(&kept.lock);
	*out = copies;
	return code;
}

void watch_forget(void)
{
	pthread_mutex_lock(&kept.lock);
	forget(&kept.w);
	pthread_mutex_unlock(&kept.lock);
}
