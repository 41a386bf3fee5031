/* The cache row of a matter: written from the fold, read into lists. */
#include "matter/row.h"
#include "matter/sight.h"

#include <assert.h>

#define COLUMNS                                                                                    \
	"m.id, m.code, m.kind, m.version, m.seq, m.last_idx, m.state, m.open, m.annulled, "        \
	"m.paused,"                                                                                \
	" m.provisional, m.unit, m.person, m.title, m.place, m.channel, m.class, m.ground,"        \
	" m.outcome, m.lead, m.rating, m.hand_offs, m.returns, m.reopens, m.filed_at,"             \
	" m.changed_at, m.closed_at, m.answered_at, m.main_due_at, m.original_at, m.pledged_at,"   \
	" m.verdict, m.pledged_verdict, m.auto_at, m.due_at, m.green_at, m.blue_at, m.yellow_at,"  \
	" m.orange_at, m.red_at, m.about_unit, m.about_person, m.guard"

const char matter_row_select[] = "SELECT " COLUMNS ", NULL FROM matter m";
const char matter_row_by_code[] =
	"SELECT " COLUMNS ", u.name FROM matter m LEFT JOIN unit u ON u.code = m.unit"
	" WHERE m.code = $1";
const char matter_rows_by_id[] =
	"SELECT " COLUMNS
	", NULL, m.source, m.shown FROM matter m WHERE m.id > $1 ORDER BY m.id LIMIT $2";

void matter_row_rest(struct hy_arena *a, struct hy_stmt *s, struct matter_row *r,
		     hy_str *source_out)
{
	if (source_out)
		*source_out = hy_col_dup(a, s, MATTER_ROW_COLUMNS + 1);
	r->shown = hy_col_dup(a, s, MATTER_ROW_COLUMNS + 2);
}

void matter_row_get(struct hy_arena *a, struct hy_stmt *s, struct matter_row *r)
{
	int i = 0;

	r->id = hy_col_int(s, i++);
	r->code = hy_col_dup(a, s, i++);
	r->kind = hy_col_dup(a, s, i++);
	r->version = hy_col_int(s, i++);
	r->seq = hy_col_int(s, i++);
	r->last_idx = hy_col_int(s, i++);
	r->state = hy_col_dup(a, s, i++);
	r->open = hy_col_int(s, i++) != 0;
	r->annulled = hy_col_int(s, i++) != 0;
	r->paused = hy_col_int(s, i++) != 0;
	r->provisional = hy_col_int(s, i++) != 0;
	r->unit = hy_col_dup(a, s, i++);
	r->person = hy_col_dup(a, s, i++);
	r->title = hy_col_dup(a, s, i++);
	r->place = hy_col_dup(a, s, i++);
	r->channel = hy_col_dup(a, s, i++);
	r->cls = hy_col_dup(a, s, i++);
	r->ground = hy_col_dup(a, s, i++);
	r->outcome = hy_col_dup(a, s, i++);
	r->lead = hy_col_dup(a, s, i++);
	r->rating = (int)hy_col_int(s, i++);
	r->hand_offs = (int)hy_col_int(s, i++);
	r->returns = (int)hy_col_int(s, i++);
	r->reopens = (int)hy_col_int(s, i++);
	r->filed_at = hy_col_int(s, i++);
	r->changed_at = hy_col_int(s, i++);
	r->closed_at = hy_col_opt(s, i++, HY_NO_TIME);
	r->answered_at = hy_col_opt(s, i++, HY_NO_TIME);
	r->main_due_at = hy_col_opt(s, i++, HY_NO_TIME);
	r->original_at = hy_col_opt(s, i++, HY_NO_TIME);
	r->pledged_at = hy_col_opt(s, i++, HY_NO_TIME);
	r->verdict = (enum matter_verdict)hy_col_int(s, i++);
	r->pledged_verdict = (enum matter_verdict)hy_col_int(s, i++);
	r->auto_at = hy_col_opt(s, i++, HY_NO_TIME);
	r->due_at = hy_col_int(s, i++);
	r->lights[HY_LIGHT_NONE] = HY_NO_TIME;
	for (int k = HY_LIGHT_GREEN; k <= HY_LIGHT_RED; k++)
		r->lights[k] = hy_col_int(s, i++);
	r->about_unit = hy_col_dup(a, s, i++);
	r->about_person = hy_col_dup(a, s, i++);
	r->guard = (enum pack_guard)hy_col_int(s, i++);
	assert(i == MATTER_ROW_COLUMNS);
	r->unit_name = hy_col_dup(a, s, i);
}

void matter_row_of(struct hy_arena *a, const struct matter *m, struct matter_row *r)
{
	const struct matter_event *last = &m->events[m->n_events - 1];

	*r = (struct matter_row){
		.code = m->code,
		.kind = m->kind->id,
		.seq = last->seq,
		.last_idx = last->idx,
		.state = m->kind->states[m->state].id,
		.open = m->open,
		.annulled = m->annulled,
		.paused = m->paused,
		.provisional = m->provisional,
		.unit = m->unit,
		.person = m->person,
		.title = m->title,
		.place = m->place,
		.channel = m->channel,
		.cls = m->cls,
		.ground = m->ground,
		.outcome = m->outcome,
		.lead = m->lead,
		.rating = m->rating,
		.hand_offs = m->hand_offs,
		.returns = m->returns,
		.reopens = m->reopens,
		.filed_at = m->filed_at,
		.changed_at = m->changed_at,
		.closed_at = m->closed_at,
		.answered_at = m->answered_at,
		.main_due_at = m->main_due_at,
		.original_at = m->original_at,
		.pledged_at = m->pledged_at,
		.verdict = m->verdict,
		.pledged_verdict = m->pledged_verdict,
		.auto_at = m->auto_at,
		.due_at = m->due_at,
		.about_unit = m->about_unit,
		.about_person = m->about_person,
		.guard = m->guard,
		.shown = sight_title(a, m),
	};
	memcpy(r->lights, m->lights, sizeof(r->lights));
	r->lights[HY_LIGHT_NONE] = HY_NO_TIME;
}

#define STORED                                                                                     \
	"id, code, kind, version, seq, last_idx, state, open, annulled, paused, provisional,"      \
	" unit, person, title, place, channel, class, ground, outcome, lead, rating, hand_offs,"   \
	" returns, reopens, filed_at, changed_at, closed_at, answered_at, main_due_at,"            \
	" original_at, pledged_at, verdict, pledged_verdict, auto_at, due_at, green_at, blue_at,"  \
	" yellow_at, orange_at, red_at, about_unit, about_person, guard, shown"
#define VALUES                                                                                     \
	"$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"    \
	" $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36,"    \
	" $37, $38, $39, $40, $41, $42, $43, $44"

static int bind(struct hy_stmt *s, const struct matter_row *r)
{
	int i = 1;

	hy_bind_int(s, i++, r->id);
	hy_bind_text(s, i++, r->code);
	hy_bind_text(s, i++, r->kind);
	hy_bind_int(s, i++, r->version);
	hy_bind_int(s, i++, r->seq);
	hy_bind_int(s, i++, r->last_idx);
	hy_bind_text(s, i++, r->state);
	hy_bind_int(s, i++, r->open);
	hy_bind_int(s, i++, r->annulled);
	hy_bind_int(s, i++, r->paused);
	hy_bind_int(s, i++, r->provisional);
	hy_bind_text(s, i++, r->unit);
	hy_bind_text(s, i++, r->person);
	hy_bind_text(s, i++, r->title);
	hy_bind_text(s, i++, r->place);
	hy_bind_text(s, i++, r->channel);
	hy_bind_text(s, i++, r->cls);
	hy_bind_text(s, i++, r->ground);
	hy_bind_text(s, i++, r->outcome);
	hy_bind_text(s, i++, r->lead);
	hy_bind_int(s, i++, r->rating);
	hy_bind_int(s, i++, r->hand_offs);
	hy_bind_int(s, i++, r->returns);
	hy_bind_int(s, i++, r->reopens);
	hy_bind_int(s, i++, r->filed_at);
	hy_bind_int(s, i++, r->changed_at);
	hy_bind_opt(s, i++, r->closed_at, HY_NO_TIME);
	hy_bind_opt(s, i++, r->answered_at, HY_NO_TIME);
	hy_bind_opt(s, i++, r->main_due_at, HY_NO_TIME);
	hy_bind_opt(s, i++, r->original_at, HY_NO_TIME);
	hy_bind_opt(s, i++, r->pledged_at, HY_NO_TIME);
	hy_bind_int(s, i++, r->verdict);
	hy_bind_int(s, i++, r->pledged_verdict);
	hy_bind_opt(s, i++, r->auto_at, HY_NO_TIME);
	hy_bind_int(s, i++, r->due_at);
	for (int k = HY_LIGHT_GREEN; k <= HY_LIGHT_RED; k++)
		hy_bind_int(s, i++, r->lights[k]);
	hy_bind_text(s, i++, r->about_unit);
	hy_bind_text(s, i++, r->about_person);
	hy_bind_int(s, i++, r->guard);
	hy_bind_text(s, i++, r->shown);
	return i;
}

enum hy_code matter_row_new(struct hy_db *db, const struct matter_row *r, hy_str source,
			    hy_str secret, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO matter (" STORED
				      ", source, secret) VALUES (" VALUES ", $45, $46)");
	int i = bind(s, r);

	if (source.n)
		hy_bind_text(s, i, source);
	if (secret.n)
		hy_bind_text(s, i + 1, secret);
	return hy_exec(s, NULL, e);
}

enum hy_code matter_row_put(struct hy_db *db, const struct matter_row *r, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db,
		"INSERT INTO matter (" STORED ") VALUES (" VALUES ") ON CONFLICT (id) DO UPDATE SET"
		" seq = $5, last_idx = $6, state = $7, open = $8, annulled = $9, paused = $10,"
		" provisional = $11, unit = $12, person = $13, title = $14, place = $15, channel = "
		"$16,"
		" class = $17, ground = $18, outcome = $19, lead = $20, rating = $21, hand_offs = "
		"$22,"
		" returns = $23, reopens = $24, filed_at = $25, changed_at = $26, closed_at = $27,"
		" answered_at = $28, main_due_at = $29, original_at = $30, pledged_at = $31, "
		"verdict = $32,"
		" pledged_verdict = $33, auto_at = $34, due_at = $35, green_at = $36, blue_at = "
		"$37,"
		" yellow_at = $38, orange_at = $39, red_at = $40, about_unit = $41,"
		" about_person = $42, guard = $43, shown = $44");

	(void)bind(s, r);
	return hy_exec(s, NULL, e);
}

#define DIFFERS(member, same)                                                                      \
	if (!(same))                                                                               \
		return #member;
#define TEXT(member) DIFFERS(member, hy_str_eq(x->member, y->member))
#define NUMBER(member) DIFFERS(member, x->member == y->member)

const char *matter_row_differs(const struct matter_row *x, const struct matter_row *y)
{
	TEXT(code)
	TEXT(kind)
	TEXT(state)
	TEXT(unit)
	TEXT(person)
	TEXT(title)
	TEXT(place)
	TEXT(channel)
	TEXT(cls)
	TEXT(ground)
	TEXT(outcome)
	TEXT(lead)
	TEXT(about_unit)
	TEXT(about_person)
	TEXT(shown)
	NUMBER(guard)
	NUMBER(seq)
	NUMBER(last_idx)
	NUMBER(open)
	NUMBER(annulled)
	NUMBER(paused)
	NUMBER(provisional)
	NUMBER(rating)
	NUMBER(hand_offs)
	NUMBER(returns)
	NUMBER(reopens)
	NUMBER(filed_at)
	NUMBER(changed_at)
	NUMBER(closed_at)
	NUMBER(answered_at)
	NUMBER(main_due_at)
	NUMBER(original_at)
	NUMBER(pledged_at)
	NUMBER(verdict)
	NUMBER(pledged_verdict)
	NUMBER(auto_at)
	NUMBER(due_at)
	NUMBER(lights[HY_LIGHT_GREEN])
	NUMBER(lights[HY_LIGHT_BLUE])
	NUMBER(lights[HY_LIGHT_YELLOW])
	NUMBER(lights[HY_LIGHT_ORANGE])
	NUMBER(lights[HY_LIGHT_RED])
	return NULL;
}
