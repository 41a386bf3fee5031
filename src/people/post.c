#include "people/post.h"

#include "people/post_fold.h"
#include "people/role.h"
#include "people/security.h"
#include "people/unit_row.h"

static enum hy_code know(const struct unit_act *w, hy_str code, struct post_row *out,
			 struct hy_err *e)
{
	bool there;
	enum hy_code c = post_row_read(hy_db_arena(w->db), w->db, code, out, &there, e);

	if (!c && !there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no post " HY_FMT,
			       HY_ARG(hy_str_head(code, UNIT_CODE_MOST)));
	if (!c && !out->post.open)
		return hy_fail(e, HY_NOT_NOW, "code", "post " HY_FMT " is closed", HY_ARG(code));
	return c;
}

/* --- writing -------------------------------------------------------------------------------------
 */

/* For the audit trail; WHOM, when not 0, is given a role by it. */
static enum hy_code note(const struct unit_act *w, const char *act, hy_str subject, int64_t whom,
			 struct hy_err *e)
{
	struct security_act x = { .act = act,
				  .by = { w->account, w->address },
				  .subject = subject,
				  .role = w->role,
				  .unit = w->unit,
				  .at = w->at };

	if (whom)
		x.private = hy_printf(hy_db_arena(w->db), "{\"account\":%lld}", (long long)whom);
	return security_note(w->record, w->db, &x, e);
}

static enum hy_code write(const struct unit_act *w, struct post_row *row, struct post_event *ev,
			  struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);

	ev->account = w->account;
	row->seq++;
	struct record_new n = { .subject =
					hy_printf(a, POST_SUBJECT HY_FMT, HY_ARG(row->post.code)),
				.move = post_moves[ev->move],
				.seq = row->seq,
				.at = w->at,
				.rec = hy_store_now(hy_db_store(w->db)),
				.role = w->role,
				.unit = w->unit,
				.data = post_event_data(a, ev),
				.private = post_event_private(a, ev) };
	enum hy_code c = record_append(w->record, w->db, &n, &row->post.last_idx, e);
	if (c)
		return c;
	post_apply(a, row, ev);
	c = post_row_store(w->db, row, e);
	for (size_t i = 0; !c && ev->move != POST_PUT && i < row->held.n; i++)
		if (row->held.v[i].from == ev->from)
			c = post_held_store(w->db, row->post.code, &row->held.v[i], e);
	return c ? c : note(w, "post.change", n.subject, ev->move == POST_SEAT ? ev->holder : 0, e);
}

static enum hy_code check_unit(const struct unit_act *w, hy_str code, struct hy_err *e)
{
	struct hy_err why = { 0 };
	struct unit u;
	enum hy_code c = unit_by_code(hy_db_arena(w->db), w->db, code, &u, &why);

	if (c == HY_NOT_FOUND)
		return hy_fail(e, HY_BAD_FIELD, "unit", "%s; make it first", why.detail);
	if (c) {
		*e = why;
		return c;
	}
	if (u.closed != HY_NO_DAY)
		return hy_fail(e, HY_BAD_FIELD, "unit", "unit " HY_FMT " is closed", HY_ARG(code));
	if (u.kind == UNIT_REGION)
		return hy_fail(e, HY_BAD_FIELD, "unit",
			       "unit " HY_FMT " is a region; a post stands in an organ, a section "
			       "or at a window",
			       HY_ARG(code));
	return HY_OK;
}

enum hy_code post_role_check(const struct pack *p, hy_str role, struct hy_err *e)
{
	struct role r;

	if (!role_of(p, role, &r) || !role_held(&r))
		return hy_fail(e, HY_BAD_FIELD, "role",
			       "there is no role '" HY_FMT "' that a person can hold",
			       HY_ARG(hy_str_head(role, UNIT_CODE_MOST)));
	if (r.system)
		return hy_fail(e, HY_BAD_FIELD, "role",
			       "'" HY_FMT "' is given to a person by two others, not by a post",
			       HY_ARG(role));
	return HY_OK;
}

enum hy_code post_put(const struct unit_act *w, const struct post_new *n, bool *changed_out,
		      struct hy_err *e)
{
	struct post_row row = { .post = { .code = n->code } };
	struct post_event ev = { .move = POST_PUT,
				 .title = n->title,
				 .role = n->role,
				 .unit = n->unit,
				 .reason = w->reason };
	bool there = false;

	enum hy_code c = unit_check_code(n->code, e);
	if (!c)
		c = unit_check_line("title", n->title, e);
	if (!c && !unit_code_ok(n->role))
		c = hy_fail(e, HY_BAD_FIELD, "role", "must be one of the pack's roles");
	if (!c && w->reason.n)
		c = unit_check_line("reason", w->reason, e);
	if (!c)
		c = post_row_read(hy_db_arena(w->db), w->db, n->code, &row, &there, e);
	if (!c && there && !row.post.open)
		c = hy_fail(e, HY_NOT_NOW, "code", "post " HY_FMT " is closed", HY_ARG(n->code));
	if (c)
		return c;
	bool same = there && hy_str_eq(row.post.title, n->title) &&
		    hy_str_eq(row.post.role, n->role) && hy_str_eq(row.post.unit, n->unit);
	if (changed_out)
		*changed_out = !same;
	if (same)
		return HY_OK;
	c = check_unit(w, n->unit, e);
	return c ? c : write(w, &row, &ev, e);
}

enum hy_code post_move_all(const struct unit_act *w, hy_str from, hy_str to, struct hy_err *e)
{
	struct post *v;
	size_t n;
	enum hy_code c = post_list(hy_db_arena(w->db), w->db, from, w->at, &v, &n, e);

	for (size_t i = 0; !c && i < n; i++) {
		struct post_new moved = { v[i].code, v[i].title, v[i].role, to };
		if (v[i].open)
			c = post_put(w, &moved, NULL, e);
	}
	return c;
}

/* A seat of ROW changes hands behind T. */
static enum hy_code check_last(const struct unit_act *w, const struct post_row *row, int seat,
			       hy_ms t, struct hy_err *e)
{
	for (size_t i = 0; i < row->held.n; i++) {
		const struct post_held *h = &row->held.v[i];
		if (h->from > t && (seat < 0 || (int)h->seat == seat))
			return hy_fail(
				e, HY_NOT_NOW, "from",
				"seat " HY_FMT " of post " HY_FMT " changes hands at " HY_FMT
				" already",
				HY_ARG(post_seat_ids[h->seat]), HY_ARG(row->post.code),
				HY_ARG(hy_instant_text(hy_db_arena(w->db), w->zone, h->from)));
	}
	return HY_OK;
}

enum hy_code post_close(const struct unit_act *w, hy_str code, struct hy_err *e)
{
	struct post_event ev = { .move = POST_CLOSE, .from = w->at, .reason = w->reason };
	struct post_row row = { 0 };

	enum hy_code c = know(w, code, &row, e);
	if (!c)
		c = check_last(w, &row, -1, w->at, e);
	if (!c && w->reason.n)
		c = unit_check_line("reason", w->reason, e);
	return c ? c : write(w, &row, &ev, e);
}

/* Everybody's absences that end behind FROM. */
static enum hy_code absences(const struct unit_act *w, hy_ms from, struct absence **out,
			     size_t *n_out, struct hy_err *e)
{
	return absence_list(hy_db_arena(w->db), w->db, 0, from, HY_NO_TIME, out, n_out, e);
}

static hy_ms later(hy_ms x, hy_ms y)
{
	return x > y ? x : y;
}

/* Seats change hands at one instant: the rule holds for what comes out, not on the way there. */
static enum hy_code hand_over(const struct unit_act *w, hy_str code, const struct post_event *ev,
			      size_t n_ev, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct post_row row = { 0 }, then;
	bool changes[POST_SEATS] = { false };
	struct absence *v;
	size_t n, n_changes = 0;
	enum hy_code c = know(w, code, &row, e);

	if (!c && w->reason.n)
		c = unit_check_line("reason", w->reason, e);
	for (size_t i = 0; !c && i < n_ev; i++) {
		changes[i] = post_holder(&row, ev[i].seat, ev[i].from) != ev[i].holder;
		n_changes += changes[i];
		if (ev[i].holder < 0)
			c = hy_fail(e, HY_BAD_FIELD, "holder", "must be an account");
		else if (changes[i] || ev[i].n_matters)
			c = check_last(w, &row, (int)ev[i].seat, ev[i].from, e);
		if (!c && !changes[i] && ev[i].n_matters)
			c = hy_fail(e, HY_BAD_FIELD, "holder", "has this seat already");
	}
	if (c || !n_changes)
		return c;
	c = absences(w, w->at, &v, &n, e);
	if (c)
		return c;
	then = row;
	then.held.cap = then.held.n; /* grows elsewhere */
	then.held.v = hy_new_n(a, struct post_held, row.held.n + 1);
	if (row.held.n)
		memcpy(then.held.v, row.held.v, row.held.n * sizeof(row.held.v[0]));
	for (size_t i = 0; i < n_ev; i++)
		if (changes[i])
			post_held_put(a, &then.held,
				      (struct post_held){ ev[i].seat, ev[i].from, ev[i].holder });
	c = post_rule_check(a, w->zone, &then, v, n, later(ev[0].from, w->at), e);
	for (size_t i = 0; !c && i < n_ev; i++) {
		struct post_event one = ev[i];
		if (changes[i])
			c = write(w, &row, &one, e);
	}
	return c;
}

enum hy_code post_hand_over(const struct unit_act *w, hy_str code, enum post_seat seat,
			    int64_t account, hy_ms from, const hy_str *matters, size_t n_matters,
			    struct hy_err *e)
{
	const struct post_event ev = { .move = POST_SEAT,
				       .seat = seat,
				       .holder = account,
				       .from = from,
				       .matters = matters,
				       .n_matters = n_matters,
				       .reason = w->reason };

	if (n_matters > POST_HANDED_MOST)
		return hy_fail(e, HY_BAD_FIELD, "matters",
			       "at most %d are handed over at once; hand over the rest first",
			       POST_HANDED_MOST);
	return hand_over(w, code, &ev, 1, e);
}

enum hy_code post_seat_both(const struct unit_act *w, hy_str code, const int64_t holder[2],
			    struct hy_err *e)
{
	struct post_event ev[POST_SEATS] = { 0 };

	for (int k = 0; k < POST_SEATS; k++)
		ev[k] = (struct post_event){ .move = POST_SEAT,
					     .seat = (enum post_seat)k,
					     .holder = holder[k],
					     .from = w->at,
					     .reason = w->reason };
	return hand_over(w, code, ev, POST_SEATS, e);
}

/* --- absence
 * -------------------------------------------------------------------------------------- */

/* Every open post in which one of ACCOUNTS sits keeps the invariant from T on. */
static enum hy_code check_posts(const struct unit_act *w, const int64_t *accounts,
				size_t n_accounts, const struct absence *v, size_t n, hy_ms t,
				struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	enum hy_code c = HY_OK;

	for (size_t i = 0; !c && i < n_accounts; i++) {
		hy_str *codes;
		size_t n_codes;
		c = post_of_account(a, w->db, accounts[i], &codes, &n_codes, e);
		for (size_t k = 0; !c && k < n_codes; k++) {
			struct post_row row = { 0 };
			c = know(w, codes[k], &row, e);
			if (!c)
				c = post_rule_check(a, w->zone, &row, v, n, t, e);
		}
	}
	return c;
}

static enum hy_code check_absence(const struct unit_act *w, const struct absence *ab,
				  struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct absence *v;
	size_t n;

	if (ab->account <= 0)
		return hy_fail(e, HY_BAD_FIELD, "person", "must be an account");
	if (ab->kind >= ABSENCE__KINDS)
		return hy_fail(e, HY_BAD_FIELD, "kind", "is none of the kinds of absence");
	if (ab->until <= ab->from || ab->until == HY_NO_TIME)
		return hy_fail(e, HY_BAD_FIELD, "until", "must lie behind the beginning");
	if (ab->substitute < 0 || ab->substitute == ab->account)
		return hy_fail(e, HY_BAD_FIELD, "substitute", "must be somebody else");
	if (ab->note.n &&
	    (!hy_str_utf8(ab->note, NULL) || hy_str_chars(ab->note) > ABSENCE_NOTE_MOST))
		return hy_fail(e, HY_BAD_FIELD, "note", "at most %d characters", ABSENCE_NOTE_MOST);
	enum hy_code c = absence_list(a, w->db, ab->account, ab->from, ab->until, &v, &n, e);
	if (!c && n)
		return hy_fail(e, HY_NOT_NOW, "from",
			       "there is an absence from " HY_FMT " to " HY_FMT " already",
			       HY_ARG(hy_instant_text(a, w->zone, v[0].from)),
			       HY_ARG(hy_instant_text(a, w->zone, v[0].until)));
	return c;
}

static enum hy_code absence_write(const struct unit_act *w, struct absence_row *r, hy_str move,
				  hy_str data, hy_str private, struct hy_err *e)
{
	r->seq++;
	struct record_new n = { .subject = hy_printf(hy_db_arena(w->db), ABSENCE_SUBJECT "%lld",
						     (long long)r->absence.id),
				.move = move,
				.seq = r->seq,
				.at = w->at,
				.rec = hy_store_now(hy_db_store(w->db)),
				.role = w->role,
				.unit = w->unit,
				.data = data,
				.private = private };
	enum hy_code c = record_append(w->record, w->db, &n, &r->last_idx, e);

	return c ? c : absence_row_store(w->db, r, e);
}

enum hy_code absence_add(const struct unit_act *w, const struct absence *ab, int64_t *id_out,
			 struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct absence_row row = { .absence = *ab };
	struct absence *others;
	HY_VEC(struct absence) all = { 0 };
	HY_VEC(int64_t) touched = { 0 };
	hy_str *posts = NULL;
	size_t n, n_posts = 0;
	hy_ms t = later(ab->from, w->at);

	enum hy_code c = check_absence(w, ab, e);
	if (!c)
		c = absences(w, t, &others, &n, e);
	if (c)
		return c;
	*hy_push(a, &touched) = ab->account;
	for (size_t i = 0; i < n; i++) {
		*hy_push(a, &all) = others[i];
		if (others[i].substitute == ab->account && others[i].from < ab->until)
			*hy_push(a, &touched) = others[i].account;
	}
	*hy_push(a, &all) = *ab;
	if (t < ab->until)
		c = check_posts(w, touched.v, touched.n, all.v, all.n, t, e);
	if (!c)
		c = post_of_account(a, w->db, ab->account, &posts, &n_posts, e);
	if (!c)
		c = absence_next_id(w->db, &row.absence.id, e);
	if (!c)
		c = absence_write(w, &row, ABSENCE_AWAY, absence_data(a, ab, posts, n_posts),
				  absence_private(a, ab, w->account), e);
	if (!c && ab->substitute)
		c = note(w, "post.substitute",
			 hy_printf(a, ABSENCE_SUBJECT "%lld", (long long)row.absence.id),
			 ab->substitute, e);
	if (!c)
		*id_out = row.absence.id;
	return c;
}

enum hy_code absence_end(const struct unit_act *w, int64_t id, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct absence_row row;
	bool there;

	enum hy_code c = absence_row_read(a, w->db, id, &row, &there, e);
	if (!c && !there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no absence %lld", (long long)id);
	if (!c && row.absence.until <= w->at)
		return hy_fail(e, HY_NOT_NOW, "", "absence %lld is over since " HY_FMT,
			       (long long)id,
			       HY_ARG(hy_instant_text(a, w->zone, row.absence.until)));
	if (c)
		return c;
	row.absence.until = later(row.absence.from, w->at);
	hy_str private =
		w->account ? hy_printf(a, "{\"account\":%lld}", (long long)w->account) : HY_S("");
	return absence_write(w, &row, ABSENCE_BACK, absence_back_data(a, row.absence.until),
			     private, e);
}
