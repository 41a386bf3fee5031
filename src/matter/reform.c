#include "matter/reform.h"

#include "matter/city.h"
#include "matter/fold.h"
#include "people/account.h"

typedef HY_VEC(hy_str) code_vec;

/* The open matters of UNIT; PERSON, when not empty, is who has them. */
static enum hy_code open_matters(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_str person,
				 code_vec *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT code FROM matter WHERE unit = $1 AND open = 1"
				      " AND ($2 = '' OR person = $2) ORDER BY id");
	enum hy_code c;
	bool row;

	hy_bind_text(s, 1, unit);
	hy_bind_text(s, 2, person);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, out) = hy_col_dup(a, s, 0);
	return c;
}

/* Appends the system event EV to CODE and writes its row anew. */
static enum hy_code remark(struct city *c, struct hy_db *db, hy_str code, struct matter_event *ev,
			   struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);

	return matter_remark(c, db, a, code, ev, NULL, e);
}

static enum hy_code leave(void *arg, const struct unit_act *w, hy_str code, hy_str successor,
			  struct hy_err *e)
{
	struct reform *r = arg;
	struct hy_arena *a = hy_db_arena(w->db);
	code_vec v = { 0 };
	enum hy_code c = open_matters(a, w->db, code, HY_S(""), &v, e);

	if (!c && v.n && !successor.n)
		return hy_fail(e, HY_NOT_NOW, "successor",
			       "unit " HY_FMT " has %zu open matters; name the unit they go to",
			       HY_ARG(code), v.n);
	json_t *data = json_object();
	hy_json_keep(a, data);
	json_object_set_new(data, "from", json_stringn(code.p, code.n));
	json_object_set_new(data, "to", json_stringn(successor.p, successor.n));
	for (size_t i = 0; !c && i < v.n; i++) {
		struct matter_event ev = {
			.at = w->at, .name = MATTER_EV_UNIT, .role = HY_S("system"), .data = data
		};
		c = remark(r->c, w->db, v.v[i], &ev, e);
	}
	r->moved += (int64_t)v.n;
	city_forget_units(&r->c->known); /* what is open no more */
	return c;
}

void reform_begin(struct reform *r, struct city *c, struct hy_db *db, const struct actor *who,
		  hy_str reason, struct unit_act *act)
{
	const struct actor_grant *g = who->n_grants ? &who->grants[0] : NULL;

	*r = (struct reform){ .c = c };
	*act = (struct unit_act){ .record = city_record(c),
				  .db = db,
				  .at = city_now(c),
				  .zone = hy_calendar_zone(city_pack(c)->calendar),
				  .role = who->kind == ACTOR_CONSOLE ? HY_S("console")
					  : g			     ? g->role.id
								     : HY_S(""),
				  .unit = g ? g->unit : HY_S(""),
				  .account = who->account,
				  .address = who->kind == ACTOR_CONSOLE ? HY_S("console")
									: who->address,
				  .reason = reason,
				  .leave = leave,
				  .leave_arg = r };
}

enum hy_code reform_hand_over(struct city *c, const struct unit_act *w, hy_str post,
			      enum post_seat seat, int64_t account, hy_ms from, bool matters,
			      size_t *moved_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct post p;
	hy_str old = HY_S(""), new = HY_S("");
	code_vec v = { 0 };

	enum hy_code code = post_by_code(a, w->db, post, w->at, &p, e);
	if (!code && matters && p.holder[seat])
		code = account_name(a, w->db, p.holder[seat], &old, e);
	if (!code && account)
		code = account_name(a, w->db, account, &new, e);
	if (!code && matters && from > w->at)
		code = hy_fail(e, HY_BAD_FIELD, "from",
			       "matters are handed over on the day itself; enter the seat now and "
			       "hand them over then");
	if (!code && old.n)
		code = open_matters(a, w->db, p.unit, old, &v, e);
	if (!code)
		code = post_hand_over(w, post, seat, account, from, v.v, v.n, e);
	json_t *data = json_object(), *private = json_object();
	hy_json_keep(a, data);
	hy_json_keep(a, private);
	json_object_set_new(data, "post", json_stringn(post.p, post.n));
	json_object_set_new(private, "person", json_stringn(new.p, new.n));
	for (size_t i = 0; !code && i < v.n; i++) {
		struct matter_event ev = { .at = w->at,
					   .name = MATTER_EV_HANDED,
					   .role = HY_S("system"),
					   .data = data,
					   .private = private };
		code = remark(c, w->db, v.v[i], &ev, e);
	}
	if (!code)
		*moved_out = v.n;
	return code;
}
