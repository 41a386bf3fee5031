/* Digests: what is new on an official's worklist, and what has come near its end or gone over it
 * since they were told. */
#include "tell/tell.h"

enum { ACCOUNTS = 20, ROWS = 200, UNITS = 20 };

struct told {
	int64_t matter;
	int light;
};
struct digesting {
	struct city *c;
	struct hy_arena *a;
	int64_t account;
	hy_str address;
	struct tell_message message;
	bool any;
	HY_VEC(struct told) told; /* everything that is on the list now */
	hy_ms next;
};

bool tell_office_now(struct city *c, hy_ms now)
{
	return hy_office_between(city_pack(c)->calendar, now, now + 1) > 0;
}

static enum hy_code told_before(struct hy_db *db, int64_t account, int64_t matter, int *out,
				struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT light FROM tell_told WHERE account = $1 AND matter = $2");
	bool row;

	hy_bind_int(s, 1, account);
	hy_bind_int(s, 2, matter);
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		*out = row ? (int)hy_col_int(s, 0) : -1;
	return code;
}

static enum hy_code add_row(struct digesting *d, struct hy_db *db, struct tell_digest *to,
			    const struct matter_row *r, hy_ms now, struct hy_err *e)
{
	int light = matter_light(r->lights, now), was = 0;
	enum hy_code code = told_before(db, d->account, r->id, &was, e);

	if (code)
		return code;
	to->waiting++;
	*hy_push(d->a, &d->told) = (struct told){ r->id, light };
	if (light == HY_LIGHT_RED && was < HY_LIGHT_RED)
		*hy_push(d->a, &to->red) = r->code;
	else if (light >= HY_LIGHT_YELLOW && was < HY_LIGHT_YELLOW)
		*hy_push(d->a, &to->yellow) = r->code;
	else if (was < 0)
		*hy_push(d->a, &to->fresh) = r->code;
	return HY_OK;
}

/* What waits in one unit for this person: theirs, and what nobody has taken on yet. */
static enum hy_code of_unit(struct digesting *d, struct hy_db *db, const struct actor *who,
			    hy_str unit, struct tell_digest *to, struct hy_err *e)
{
	hy_ms now = city_now(d->c);
	struct access_scope scope = access_scope(d->a, who, PERMISSION_MATTER_READ, HY_S(""));
	struct matter_filter f = { .unit = unit, .open = 1, .who = who, .now = now };
	struct matter_page page;
	enum hy_code code =
		matter_list(d->a, db, &scope, &f, MATTER_BY_DUE, HY_S(""), ROWS, &page, e);

	for (size_t i = 0; !code && i < page.n; i++)
		if (!page.v[i].person.n || hy_str_eq(page.v[i].person, who->login))
			code = add_row(d, db, to, &page.v[i], now, e);
	return code;
}

static enum hy_code look(struct digesting *d, struct hy_db *db, struct hy_err *e)
{
	struct tell_digest to = { 0 };
	struct actor who;
	struct account account;
	hy_str units[UNITS];
	size_t n = 0;
	enum hy_code code = account_by_id(d->a, db, d->account, &account, e);

	if (code || account.state != ACCOUNT_OPEN)
		return code;
	code = actor_read(d->a, db, city_pack(d->c), d->account, city_now(d->c), &who, e);
	for (size_t i = 0; !code && i < who.n_grants && n < UNITS; i++) {
		const struct actor_grant *g = &who.grants[i];
		bool had = !g->unit.n || g->reach == PACK_REACH_ALL ||
			   !(access_by(&who, g) & PERMISSION_BIT(PERMISSION_MATTER_MOVE));

		for (size_t k = 0; k < n; k++)
			had |= hy_str_eq(units[k], g->unit);
		if (had)
			continue;
		units[n++] = g->unit;
		code = of_unit(d, db, &who, g->unit, &to, e);
	}
	d->any = to.fresh.n || to.yellow.n || to.red.n;
	if (code || !d->any)
		return code;
	d->message = (struct tell_message){ .kind = TELL_DIGEST,
					    .target = d->account,
					    .idx = -1,
					    .address = d->address,
					    .made_at = city_now(d->c),
					    .due_at = city_now(d->c) };
	tell_text_digest(d->a, setting_text(db, "mail.language"), city_name(d->c),
			 setting_text(db, "mail.site"), &to, &d->message);
	return HY_OK;
}

/* What was told is forgotten with the matter leaving the list, so that it is new when it comes
 * back. */
static enum hy_code write_down(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct digesting *d = in_out;
	HY_SCOPED_STMT drop = hy_sql(db, "DELETE FROM tell_told WHERE account = $1");
	HY_SCOPED_STMT put =
		hy_sql(db, "INSERT INTO tell_told(account, matter, light) VALUES($1, $2, $3)");
	HY_SCOPED_STMT next =
		hy_sql(db, "UPDATE tell_address SET next_at = $2 WHERE account = $1 AND"
			   " address = $3");
	int64_t there = 0;

	hy_bind_int(next, 1, d->account);
	hy_bind_int(next, 2, d->next);
	hy_bind_text(next, 3, d->address);
	enum hy_code code = hy_exec(next, &there, e);
	if (code || !there) /* the address was changed meanwhile */
		return code;
	hy_bind_int(drop, 1, d->account);
	code = hy_exec(drop, NULL, e);
	for (size_t i = 0; !code && i < d->told.n; i++) {
		hy_bind_int(put, 1, d->account);
		hy_bind_int(put, 2, d->told.v[i].matter);
		hy_bind_int(put, 3, d->told.v[i].light);
		code = hy_exec(put, NULL, e);
	}
	return code || !d->any ? code : tell_add(db, &d->message, NULL, e);
}

struct due {
	int64_t account;
	hy_str address;
};

static enum hy_code who_is_due(struct hy_arena *a, struct hy_db *db, hy_ms now, struct due *v,
			       int most, int *n, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT account, address FROM tell_address WHERE next_at <= $1"
			   " ORDER BY next_at LIMIT $2");
	enum hy_code code = HY_OK;
	bool row;

	hy_bind_int(s, 1, now);
	hy_bind_int(s, 2, most);
	*n = 0;
	while (!(code = hy_step(s, &row, e)) && row)
		v[(*n)++] = (struct due){ hy_col_int(s, 0), hy_col_dup(a, s, 1) };
	return code;
}

enum hy_code tell_digests(struct city *c, int most, int *done_out, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct due due[ACCOUNTS];
	hy_ms now = city_now(c), every = 0;
	int n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(c), &db, e);

	*done_out = 0;
	if (code || !setting_bool(db, "mail.on") ||
	    (hy_str_eq(setting_text(db, "mail.digest_hours"), HY_S("office")) &&
	     !tell_office_now(c, now)))
		return code;
	every = setting_ms(db, "mail.digest_every");
	code = who_is_due(a, db, now, due, most < ACCOUNTS ? most : ACCOUNTS, &n, e);
	for (int i = 0; !code && i < n; i++) {
		struct digesting d = { .c = c,
				       .a = a,
				       .account = due[i].account,
				       .address = due[i].address,
				       .next = now + every };
		code = look(&d, db, e);
		if (!code)
			code = hy_store_write(city_store(c), write_down, &d, e);
		*done_out += !code;
	}
	return code;
}
