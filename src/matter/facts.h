#ifndef MATTER_FACTS_H
#define MATTER_FACTS_H

/* facts -- which facts a matter has, and what many of them come to.  Pure. */

#include "matter/matter_store.h"
#include "pack/figure.h"

/* What facts_of() reads of a matter. */
struct fact_row {
	bool open, annulled, paused, provisional, assigned;
	hy_str outcome;
	hy_ms filed_at, answered_at, main_due_at, original_at, pledged_at, due_at;
	enum matter_verdict verdict, pledged_verdict;
	hy_ms lights[HY_LIGHT_RED + 1];
	int hand_offs, returns, reopens, rating; /* rating 0: none; 1..5 */
};
struct period { /* from <= t < until */
	hy_ms from, until;
};
struct fact_row fact_row_of(const struct matter *m);
/* DECLINES: the grounds of refusal, by which a refusal is known from other outcomes. */
facts facts_of(const struct fact_row *r, struct period p, const struct pack_words *declines,
	       hy_ms now);

/* --- tallies: what is kept of a group ------------------------------------------------------------
 */
struct spread { /* how often each number of days occurred: quantiles are exact */
	int64_t *at;
	size_t cap;
	int64_t n, sum;
};
struct tally {
	int64_t count[FACT__COUNT];
	int64_t sum[NUMBER__COUNT];
	struct spread days[2]; /* working, calendar */
};
struct numbers {	       /* of one matter */
	int of[NUMBER__COUNT]; /* days are -1 when it is not answered */
};
void tally_add(struct hy_arena *a, struct tally *t, facts f, const struct numbers *n);
/* Takes out again what was added. */
void tally_take(struct tally *t, facts f, const struct numbers *n);
void tally_join(struct hy_arena *a, struct tally *into, const struct tally *from);

struct figure_value {
	bool known;    /* false: a share of nothing, a median of nobody */
	int64_t value; /* in the figure's unit, rounded here and nowhere else (half up) */
	int64_t numerator, denominator; /* of a share or a mean; of a count 1 */
};
struct figure_value figure_value(const struct figure *f, const struct tally *t);

/* The smallest number that at least PERMILLE of all do not exceed; S must not be empty. */
int spread_quantile(const struct spread *s, int permille);

/* --- what rooms above count beside matters (facts_sql.c) ----------------------------------------
 */
/* A case of its own, as a card.  Views live until the callback returns. */
struct fact_thing {
	int64_t id, matter;
	hy_str code;		    /* its own, in no matter's form */
	hy_str matter_code, title;  /* TITLE as ASK.who reads it; "" without one */
	hy_str unit, kind, cls;	    /* UNIT: whose it is; KIND and CLS of the matter */
	hy_ms at, due_at, filed_at; /* when it came about; the matter's main clock; its filing */
	facts facts;		    /* one */
};
struct fact_ask {
	struct period period; /* of .at */
	const struct access_scope *scope;
	const struct actor *who; /* NULL: no titles are read */
	int64_t after;		 /* only greater ids */
	enum hy_code (*fn)(void *arg, const struct fact_thing *x, struct hy_err *e);
	void *arg;
};
enum hy_code facts_of_rooms(struct hy_arena *a, struct hy_db *db, const struct fact_ask *ask,
			    struct hy_err *e) HY_MUST;

/* --- rows (facts_sql.c) ------------------------------------------------------------------------
 */
/* What a SELECT from `matter m` reads for facts, in this order: id, code, kind, class and unit come
 * first. */
#define FACTS_COLUMNS "m.id, m.code, m.kind, m.class, " FACTS_FROM_UNIT
/* The same for whoever looks at no code, kind and class: these are empty. */
#define FACTS_COLUMNS_BARE "m.id, '', '', '', " FACTS_FROM_UNIT
#define FACTS_FROM_UNIT                                                                            \
	"m.unit, m.open, m.annulled, m.paused, m.provisional,"                                     \
	" m.outcome, m.hand_offs, m.returns, m.reopens, m.filed_at, m.answered_at,"                \
	" m.main_due_at, m.original_at, m.pledged_at, m.verdict, m.pledged_verdict, m.due_at,"     \
	" m.green_at, m.blue_at, m.yellow_at, m.orange_at, m.red_at, m.rating"
enum { FACTS_COLUMNS_N = 27 };
/* Texts live until the next step of S. */
void facts_row_get(struct hy_stmt *s, struct fact_row *r);
struct numbers facts_numbers(const struct hy_calendar *cal, const struct fact_row *r);

#endif
