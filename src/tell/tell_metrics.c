/* What waits to go out, for the operator. */
#include <stdatomic.h>

#include "tell/tell.h"

enum { FATES = OUTGOING_NEVER + 1 };
static _Atomic int64_t tries[TELL__KINDS][FATES]; /* of this process */
static const char *const fate_names[FATES] = { "taken", "later", "never" };

void tell_count_try(enum tell_kind kind, enum outgoing_fate fate)
{
	atomic_fetch_add_explicit(&tries[kind][fate], 1, memory_order_relaxed);
}

struct waiting {
	int64_t n[TELL__KINDS][TELL_DROPPED + 1];
	hy_ms oldest[TELL__KINDS]; /* when the oldest that waits was made; 0: none waits */
};

static enum hy_code read_queue(struct hy_db *db, struct waiting *out, struct hy_err *e)
{
	/* by the index on state, which leaves out what was sent */
	HY_SCOPED_STMT s = hy_sql(db, "SELECT kind, state, count(*), min(made_at) FROM message"
				      " WHERE state <> 1 GROUP BY kind, state");
	enum hy_code code;
	bool row;

	while (!(code = hy_step(s, &row, e)) && row) {
		int64_t kind = hy_col_int(s, 0), state = hy_col_int(s, 1);
		if (kind < 0 || kind >= TELL__KINDS || state < 0 || state > TELL_DROPPED)
			continue;
		out->n[kind][state] = hy_col_int(s, 2);
		if (state == TELL_WAITING)
			out->oldest[kind] = hy_col_int(s, 3);
	}
	return code;
}

static void head(struct hy_buf *b, const char *name, const char *type, const char *text)
{
	hy_buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, text, name, type);
}

static void tries_metrics(struct hy_buf *b)
{
	head(b, "huiyin_outgoing_tries_total", "counter",
	     "Mail and webhook deliveries tried by this server, by what the other side said.");
	for (int k = 0; k < TELL__KINDS; k++)
		for (int f = 0; f < FATES; f++)
			hy_buf_fmt(b, "huiyin_outgoing_tries_total{kind=\"%s\",fate=\"%s\"} %lld\n",
				   tell_kind_names[k], fate_names[f],
				   (long long)atomic_load_explicit(&tries[k][f],
								   memory_order_relaxed));
}

enum hy_code tell_metrics(struct hy_buf *b, struct city *c, struct hy_db *db, struct hy_err *e)
{
	struct waiting w = { 0 };
	hy_ms now = city_now(c);
	enum hy_code code = read_queue(db, &w, e);

	if (code)
		return code;
	head(b, "huiyin_outgoing_messages", "gauge",
	     "Mail and webhook messages that wait, or were given up or dropped.");
	for (int k = 0; k < TELL__KINDS; k++)
		for (int s = 0; s <= TELL_DROPPED; s++)
			if (s != TELL_SENT)
				hy_buf_fmt(
					b,
					"huiyin_outgoing_messages{kind=\"%s\",state=\"%s\"} %lld\n",
					tell_kind_names[k], tell_state_names[s],
					(long long)w.n[k][s]);
	head(b, "huiyin_outgoing_oldest_seconds", "gauge",
	     "Age of the oldest message that waits; 0: none waits.");
	for (int k = 0; k < TELL__KINDS; k++)
		hy_buf_fmt(b, "huiyin_outgoing_oldest_seconds{kind=\"%s\"} %lld\n",
			   tell_kind_names[k],
			   (long long)(w.oldest[k] ? (now - w.oldest[k]) / 1000 : 0));
	tries_metrics(b);
	return HY_OK;
}
