#include "people/unit.h"

#include "people/post_row.h"
#include "people/security.h"
#include "people/unit_row.h"

/* --- rules of the tree ------------------------------------------------------------------------ */

static enum hy_code know(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit_row *out,
			 struct hy_err *e)
{
	bool there;
	enum hy_code c = unit_row_read(a, db, code, out, &there, e);

	if (!c && !there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no unit " HY_FMT,
			       HY_ARG(hy_str_head(code, UNIT_CODE_MOST)));
	return c;
}

/* Days on which things hold: FROM <= d < UNTIL. */
struct span {
	hy_day from, until;
};

/* How deep the search is and what it looks for. */
struct climb {
	struct hy_arena *a;
	struct hy_db *db;
	hy_str code; /* must not be met */
};

/* Nothing above PARENT during S is CODE, and there are not too many of them. */
static enum hy_code climb(const struct climb *k, hy_str parent, struct span s, int depth,
			  struct hy_err *e)
{
	struct unit_row row = { 0 };
	bool there;

	if (depth > UNIT_DEPTH_MOST)
		return hy_fail(e, HY_BAD_FIELD, "parent",
			       "at most %d units may stand one above the other", UNIT_DEPTH_MOST);
	if (hy_str_eq(parent, k->code))
		return hy_fail(e, HY_BAD_FIELD, "parent", "unit " HY_FMT " cannot be above itself",
			       HY_ARG(k->code));
	enum hy_code c = unit_row_read(k->a, k->db, parent, &row, &there, e);
	if (!c && !there)
		return hy_fail(e, HY_BAD_FIELD, "parent",
			       "there is no unit " HY_FMT "; make it first", HY_ARG(parent));
	for (size_t i = 0; !c && i < row.past.n; i++) {
		const struct unit_past *p = &row.past.v[i];
		struct span both = { p->from,
				     i + 1 < row.past.n ? row.past.v[i + 1].from : HY_NO_DAY };
		both.from = both.from > s.from ? both.from : s.from;
		both.until = both.until < s.until ? both.until : s.until;
		if (p->parent.n && both.from < both.until)
			c = climb(k, p->parent, both, depth + 1, e);
	}
	return c;
}

/* May CODE, a KIND, stand in PARENT from FROM on? */
static enum hy_code check_parent(struct hy_arena *a, struct hy_db *db, hy_str code,
				 enum unit_kind kind, hy_str parent, hy_day from, struct hy_err *e)
{
	struct climb k = { a, db, code };
	struct unit above;

	if (!parent.n)
		return unit_kinds[kind].top
			       ? HY_OK
			       : hy_fail(e, HY_BAD_FIELD, "parent",
					 "a unit of kind '" HY_FMT "' must stand in another one",
					 HY_ARG(unit_kinds[kind].id));
	enum hy_code c = climb(&k, parent, (struct span){ from, HY_NO_DAY }, 2, e);
	if (!c)
		c = unit_by_code(a, db, parent, &above, e);
	if (c)
		return c;
	if (!(unit_kinds[kind].under & 1u << above.kind))
		return hy_fail(e, HY_BAD_FIELD, "parent",
			       "a unit of kind '" HY_FMT "' cannot stand in " HY_FMT
			       ", which is of kind '" HY_FMT "'",
			       HY_ARG(unit_kinds[kind].id), HY_ARG(parent),
			       HY_ARG(unit_kinds[above.kind].id));
	if (above.closed != HY_NO_DAY)
		return hy_fail(e, HY_BAD_FIELD, "parent", "unit " HY_FMT " is closed since " HY_FMT,
			       HY_ARG(parent), HY_ARG(hy_day_text(a, above.closed)));
	if (above.opened > from)
		return hy_fail(e, HY_BAD_FIELD, "parent",
			       "unit " HY_FMT " is there only from " HY_FMT, HY_ARG(parent),
			       HY_ARG(hy_day_text(a, above.opened)));
	return HY_OK;
}

static enum hy_code check_day(const struct unit_act *w, const char *field, hy_day d,
			      struct hy_err *e)
{
	if (d > hy_local(w->zone, w->at, NULL))
		return hy_fail(e, HY_BAD_FIELD, field,
			       "is a day to come; enter the change on that day or later");
	return HY_OK;
}

static enum hy_code check_open(struct hy_arena *a, const struct unit *u, struct hy_err *e)
{
	if (u->closed == HY_NO_DAY)
		return HY_OK;
	return hy_fail(e, HY_NOT_NOW, "code", "unit " HY_FMT " is closed since " HY_FMT "%s" HY_FMT,
		       HY_ARG(u->code), HY_ARG(hy_day_text(a, u->closed)),
		       u->successor.n ? "; its matters went to " : "", HY_ARG(u->successor));
}

/* --- writing --------------------------------------------------------------------------------- */

static enum hy_code write(const struct unit_act *w, struct unit_row *row,
			  const struct unit_event *ev, int64_t *id_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	int64_t id;

	row->seq++;
	struct record_new n = { .subject =
					hy_printf(a, UNIT_SUBJECT HY_FMT, HY_ARG(row->unit.code)),
				.move = unit_moves[ev->move],
				.seq = row->seq,
				.at = w->at,
				.rec = hy_store_now(hy_db_store(w->db)),
				.role = w->role,
				.unit = w->unit,
				.data = unit_event_data(a, ev) };
	if (w->account)
		n.private = hy_printf(a, "{\"account\":%lld}", (long long)w->account);
	enum hy_code c = record_append(w->record, w->db, &n, &row->unit.last_idx, e);
	if (c)
		return c;
	unit_apply(a, row, ev);
	c = unit_row_store(w->db, row, &id, e);
	if (!c && id_out)
		*id_out = id;
	/* roles reach as far as the tree does; no address: no person does it, but an import */
	const struct security_act act = { .act = "unit.change",
					  .by = { w->account, w->address },
					  .subject = n.subject,
					  .role = w->role,
					  .unit = w->unit,
					  .at = w->at };
	return c || !w->address.n ? c : security_note(w->record, w->db, &act, e);
}

static enum hy_code check_texts(const struct unit_act *w, hy_str code, hy_str name, hy_str parent,
				struct hy_err *e)
{
	enum hy_code c = unit_check_code(code, e);

	if (!c)
		c = unit_check_line("name", name, e);
	if (!c && parent.n && !unit_code_ok(parent))
		c = hy_fail(e, HY_BAD_FIELD, "parent", "must be the code of a unit, or empty");
	if (!c && w->reason.n)
		c = unit_check_line("reason", w->reason, e);
	return c;
}

static enum hy_code make(const struct unit_act *w, const struct unit_new *n, hy_str origin,
			 int64_t *id_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct unit_row row = { .unit = { .code = n->code } };
	struct unit_event ev = { .move = UNIT_PUT,
				 .kind = n->kind,
				 .from = n->opened,
				 .name = n->name,
				 .parent = n->parent,
				 .origin = origin,
				 .reason = w->reason };
	enum hy_code c = check_parent(a, w->db, n->code, n->kind, n->parent, n->opened, e);

	return c ? c : write(w, &row, &ev, id_out, e);
}

enum hy_code unit_make(const struct unit_act *w, const struct unit_new *n, int64_t *id_out,
		       struct hy_err *e)
{
	struct unit_row row = { 0 };
	bool there;

	enum hy_code c = check_texts(w, n->code, n->name, n->parent, e);
	if (!c)
		c = unit_row_read(hy_db_arena(w->db), w->db, n->code, &row, &there, e);
	if (!c && there)
		return hy_fail(e, HY_EXISTS, "code", "there is a unit " HY_FMT " already",
			       HY_ARG(n->code));
	if (!c && n->opened != UNIT_EVER)
		c = check_day(w, "opened", n->opened, e);
	return c ? c : make(w, n, HY_S(""), id_out, e);
}

/* A kind holds for all days: what stands or stood in ROW, and what ROW stood in, must fit KIND. */
static enum hy_code check_kind(struct hy_arena *a, struct hy_db *db, const struct unit_row *row,
			       enum unit_kind kind, struct hy_err *e)
{
	hy_str *below;
	size_t n;
	enum hy_code c = unit_ever_below(a, db, row->unit.code, &below, &n, e);

	for (size_t i = 0; !c && i < n; i++) {
		struct unit u;
		c = unit_by_code(a, db, below[i], &u, e);
		if (!c && !(unit_kinds[u.kind].under & 1u << kind))
			c = hy_fail(e, HY_BAD_FIELD, "kind",
				    "cannot be '" HY_FMT "': " HY_FMT ", of kind '" HY_FMT
				    "', stands or stood in it",
				    HY_ARG(unit_kinds[kind].id), HY_ARG(u.code),
				    HY_ARG(unit_kinds[u.kind].id));
	}
	/* the present period is looked at with its new parent */
	for (size_t i = 0; !c && i + 1 < row->past.n; i++) {
		hy_str parent = row->past.v[i].parent;
		struct unit u = { 0 };
		if (parent.n)
			c = unit_by_code(a, db, parent, &u, e);
		if (!c && !(parent.n ? unit_kinds[kind].under >> u.kind & 1
				     : (unsigned)unit_kinds[kind].top))
			c = hy_fail(e, HY_BAD_FIELD, "kind",
				    "cannot be '" HY_FMT "' in view of where it stood before",
				    HY_ARG(unit_kinds[kind].id));
	}
	return c;
}

static enum hy_code correct(const struct unit_act *w, struct unit_row *row, enum unit_kind kind,
			    hy_str name, hy_str parent, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct unit *u = &row->unit;
	struct unit_event ev = { .move = UNIT_PUT,
				 .kind = kind,
				 .from = UNIT_EVER,
				 .name = name,
				 .parent = parent,
				 .reason = w->reason };
	enum hy_code c = HY_OK;

	if (u->kind == kind && hy_str_eq(u->name, name) && hy_str_eq(u->parent, parent))
		return HY_OK;
	c = check_open(a, u, e);
	if (!c && u->kind != kind)
		c = check_kind(a, w->db, row, kind, e);
	if (!c && (u->kind != kind || !hy_str_eq(u->parent, parent)))
		c = check_parent(a, w->db, u->code, kind, parent, row->past.v[row->past.n - 1].from,
				 e);
	return c ? c : write(w, row, &ev, NULL, e);
}

enum hy_code unit_correct(const struct unit_act *w, hy_str code, enum unit_kind kind, hy_str name,
			  hy_str parent, struct hy_err *e)
{
	struct unit_row row = { 0 };

	enum hy_code c = check_texts(w, code, name, parent, e);
	if (!c)
		c = know(hy_db_arena(w->db), w->db, code, &row, e);
	return c ? c : correct(w, &row, kind, name, parent, e);
}

enum hy_code unit_put(struct record *r, struct hy_db *db, hy_str code, hy_str name, hy_str parent,
		      hy_ms at, int64_t *id_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	struct unit_act w = { .record = r, .db = db, .at = at, .zone = &hy_zone_utc };
	struct unit_new n = { code, name, parent, UNIT_ORGAN, UNIT_EVER };
	struct unit_row row = { 0 }, above = { 0 };
	bool there, under = false;

	enum hy_code c = check_texts(&w, code, name, parent, e);
	if (!c)
		c = unit_row_read(a, db, code, &row, &there, e);
	if (!c && there) {
		*id_out = row.unit.id;
		return correct(&w, &row, row.unit.kind, name, parent, e);
	}
	if (!c && parent.n)
		c = unit_row_read(a, db, parent, &above, &under, e);
	if (under)
		n.opened = above.unit.opened;
	return c ? c : make(&w, &n, HY_S(""), id_out, e);
}

static enum hy_code change(const struct unit_act *w, struct unit_row *row, hy_day from, hy_str name,
			   hy_str parent, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	const struct unit_past *last = &row->past.v[row->past.n - 1];
	struct unit_event ev = { .move = UNIT_CHANGE,
				 .from = from,
				 .name = name,
				 .parent = parent,
				 .reason = w->reason };

	if (hy_str_eq(last->name, name) && hy_str_eq(last->parent, parent))
		return HY_OK;
	enum hy_code c = check_open(a, &row->unit, e);
	if (!c)
		c = check_day(w, "from", from, e);
	if (!c && (from < last->from || from == UNIT_EVER))
		c = hy_fail(e, HY_BAD_FIELD, "from",
			    "must not lie before " HY_FMT ", since when unit " HY_FMT
			    " is as it is",
			    HY_ARG(last->from == UNIT_EVER ? HY_S("the first day")
							   : hy_day_text(a, last->from)),
			    HY_ARG(row->unit.code));
	if (!c && !hy_str_eq(last->parent, parent))
		c = check_parent(a, w->db, row->unit.code, row->unit.kind, parent, from, e);
	return c ? c : write(w, row, &ev, NULL, e);
}

enum hy_code unit_change(const struct unit_act *w, hy_str code, hy_day from, hy_str name,
			 hy_str parent, struct hy_err *e)
{
	struct unit_row row = { 0 };

	enum hy_code c = check_texts(w, code, name, parent, e);
	if (!c)
		c = know(hy_db_arena(w->db), w->db, code, &row, e);
	return c ? c : change(w, &row, from, name, parent, e);
}

/* --- the end of a unit -------------------------------------------------------------------------
 */

static enum hy_code check_empty(const struct unit_act *w, hy_str code, hy_day on, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	hy_str child, post;
	hy_day until;

	enum hy_code c = unit_last_child(a, w->db, code, &child, &until, e);
	if (!c && child.n && until == HY_NO_DAY)
		return hy_fail(e, HY_NOT_NOW, "code",
			       "unit " HY_FMT " stands in it; move or close that first",
			       HY_ARG(child));
	if (!c && child.n && until > on)
		return hy_fail(e, HY_BAD_FIELD, "on", "unit " HY_FMT " stood in it until " HY_FMT,
			       HY_ARG(child), HY_ARG(hy_day_text(a, until)));
	if (!c)
		c = unit_open_post(a, w->db, code, &post, e);
	if (!c && post.n)
		return hy_fail(e, HY_NOT_NOW, "code",
			       "post " HY_FMT " is in it; move or close that first", HY_ARG(post));
	return c;
}

/* ROW may end on the day ON. */
static enum hy_code check_end(const struct unit_act *w, const struct unit_row *row, hy_day on,
			      struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	hy_day last = row->past.v[row->past.n - 1].from;
	enum hy_code c = check_open(a, &row->unit, e);

	if (!c)
		c = check_day(w, "on", on, e);
	if (!c && (on == UNIT_EVER || on < last))
		c = hy_fail(
			e, HY_BAD_FIELD, "on",
			"must not lie before " HY_FMT ", the last change of unit " HY_FMT,
			HY_ARG(last == UNIT_EVER ? HY_S("the first day") : hy_day_text(a, last)),
			HY_ARG(row->unit.code));
	if (!c && w->reason.n)
		c = unit_check_line("reason", w->reason, e);
	return c;
}

static enum hy_code check_heir(const struct unit_act *w, hy_str code, hy_str heir, hy_day on,
			       struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct unit u;

	if (hy_str_eq(code, heir))
		return hy_fail(e, HY_BAD_FIELD, "successor", "unit " HY_FMT " cannot follow itself",
			       HY_ARG(code));
	enum hy_code c = unit_by_code(a, w->db, heir, &u, e);
	if (!c && u.closed != HY_NO_DAY)
		c = hy_fail(e, HY_BAD_FIELD, "successor", "unit " HY_FMT " is closed itself",
			    HY_ARG(heir));
	if (!c && u.opened > on)
		c = hy_fail(e, HY_BAD_FIELD, "successor",
			    "unit " HY_FMT " is there only from " HY_FMT, HY_ARG(heir),
			    HY_ARG(hy_day_text(a, u.opened)));
	return c;
}

enum hy_code unit_close(const struct unit_act *w, hy_str code, hy_day on, hy_str successor,
			struct hy_err *e)
{
	struct unit_event ev = {
		.move = UNIT_CLOSE, .from = on, .successor = successor, .reason = w->reason
	};
	struct unit_row row = { 0 };

	enum hy_code c = know(hy_db_arena(w->db), w->db, code, &row, e);
	if (!c)
		c = check_end(w, &row, on, e);
	if (!c && successor.n)
		c = check_heir(w, code, successor, on, e);
	if (!c)
		c = check_empty(w, code, on, e);
	if (!c && w->leave)
		c = w->leave(w->leave_arg, w, code, successor, e);
	return c ? c : write(w, &row, &ev, NULL, e);
}

/* What stands in CODE stands in TO from the day ON. */
static enum hy_code move_below(const struct unit_act *w, hy_str code, hy_str to, hy_day on,
			       struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	hy_str *below;
	size_t n;
	enum hy_code c = unit_children(a, w->db, code, &below, &n, e);

	for (size_t i = 0; !c && i < n; i++) {
		struct unit_row row = { 0 };
		c = know(a, w->db, below[i], &row, e);
		if (!c)
			c = change(w, &row, on, row.unit.name, to, e);
	}
	return c ? c : post_move_all(w, code, to, e);
}

enum hy_code unit_merge(const struct unit_act *w, hy_str code, hy_str into, hy_day on,
			struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct unit_row row = { 0 };

	enum hy_code c = know(a, w->db, code, &row, e);
	if (!c)
		c = check_end(w, &row, on, e);
	if (!c)
		c = check_heir(w, code, into, on, e);
	if (!c)
		c = move_below(w, code, into, on, e);
	return c ? c : unit_close(w, code, on, into, e);
}

enum hy_code unit_split(const struct unit_act *w, hy_str code, const struct unit_new *parts,
			size_t n, hy_day on, bool keep, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct unit_row row = { 0 };

	if (n < (keep ? 1 : 2))
		return hy_fail(e, HY_BAD_FIELD, "parts", "%d are needed at least", keep ? 1 : 2);
	enum hy_code c = know(a, w->db, code, &row, e);
	if (!c)
		c = check_end(w, &row, on, e);
	for (size_t i = 0; !c && i < n; i++) {
		struct unit_new part = parts[i];
		struct unit_row other = { 0 };
		bool there;
		part.parent = row.unit.parent;
		part.opened = on;
		c = check_texts(w, part.code, part.name, part.parent, e);
		if (!c)
			c = unit_row_read(a, w->db, part.code, &other, &there, e);
		if (!c && there)
			c = hy_fail(e, HY_EXISTS, "code", "there is a unit " HY_FMT " already",
				    HY_ARG(part.code));
		if (!c)
			c = make(w, &part, code, NULL, e);
	}
	if (c || keep)
		return c;
	c = move_below(w, code, parts[0].code, on, e);
	return c ? c : unit_close(w, code, on, parts[0].code, e);
}
