/* The rules of changing the catalogue. */
#include "service/item.h"

#include "service/board.h"
#include "service/item_row.h"

const struct city_room service_room = { .migrations = item_migrations,
					.fsck = item_fsck,
					.settings = board_settings,
					.item = item_of_filing,
					.fee = item_fee_of,
					.found_demo = item_found_demo };

bool item_code_ok(hy_str code)
{
	if (code.n < 1 || code.n > ITEM_CODE_MOST)
		return false;
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      c == '-' || c == '_' || c == '.'))
			return false;
	}
	return true;
}

/* May WHO write the items of UNIT?  *W: as what, as the event shows it. */
static enum hy_code check_reach(const struct item_act *x, hy_str unit, struct unit_act *w,
				struct hy_err *e)
{
	struct access_as as;
	enum hy_code c = access_need_unit(hy_db_arena(x->w.db), x->w.db, x->who,
					  PERMISSION_ITEM_WRITE, unit, &as, e);

	if (!c && x->who->kind != ACTOR_CONSOLE) {
		w->role = as.role;
		w->unit = as.unit;
	}
	return c;
}

static enum hy_code check_line(const char *field, hy_str s, bool required, struct hy_err *e)
{
	if (required && !s.n)
		return hy_fail(e, HY_BAD_FIELD, field, "is missing: by which document is it done?");
	if (!hy_str_utf8(s, NULL) || hy_str_chars(s) > ITEM_LINE_MOST || hy_str_trim(s).n != s.n)
		return hy_fail(e, HY_BAD_FIELD, field,
			       "must be text of at most %d characters without blanks around it",
			       ITEM_LINE_MOST);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return hy_fail(e, HY_BAD_FIELD, field, "must stand on one line");
	return HY_OK;
}

/* What is common to all changes. */
static enum hy_code begin(const struct item_act *x, hy_str code, bool document, struct item *it,
			  bool *there, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(x->w.db);

	if (!item_code_ok(code))
		return hy_fail(e, HY_BAD_FIELD, "code",
			       "1 to %d letters, digits, '-', '_', '.' are needed", ITEM_CODE_MOST);
	enum hy_code c = check_line("document", x->document, document, e);
	if (!c)
		c = check_line("reason", x->w.reason, false, e);
	if (!c)
		c = item_find(a, x->w.db, code, it, there, e);
	it->code = code;
	if (!c && *there && x->from < it->past[it->n_past - 1].from)
		c = hy_fail(e, HY_BAD_FIELD, "from",
			    "must not lie before " HY_FMT ", since when item " HY_FMT
			    " is as it is",
			    HY_ARG(hy_day_text(a, it->past[it->n_past - 1].from)), HY_ARG(code));
	return c;
}

static enum hy_code write(const struct item_act *x, struct item *it, const struct item_event *ev,
			  struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(x->w.db);
	int64_t idx;
	struct record_new n = { .subject = hy_printf(a, ITEM_SUBJECT HY_FMT, HY_ARG(it->code)),
				.move = item_moves[ev->move],
				.seq = it->seq + 1,
				.at = x->w.at,
				.rec = hy_store_now(hy_db_store(x->w.db)),
				.role = x->w.role,
				.unit = x->w.unit,
				.data = item_event_data(a, ev) };

	if (x->w.account)
		n.private = hy_printf(a, "{\"account\":%lld}", (long long)x->w.account);
	enum hy_code c = record_append(x->w.record, x->w.db, &n, &idx, e);
	if (c)
		return c;
	item_apply(a, it, ev, idx);
	return item_store(a, x->w.db, it, e);
}

static enum hy_code check_unit(const struct item_act *x, hy_str code, struct hy_err *e)
{
	struct hy_err why = { 0 };
	struct unit u;
	enum hy_code c = unit_by_code(hy_db_arena(x->w.db), x->w.db, code, &u, &why);

	if (c == HY_NOT_FOUND)
		return hy_fail(e, HY_BAD_FIELD, "unit",
			       "there is no unit " HY_FMT "; make it first",
			       HY_ARG(hy_str_head(code, 40)));
	if (c) {
		*e = why;
		return c;
	}
	if (!unit_open_on(&u, x->from))
		return hy_fail(e, HY_BAD_FIELD, "unit", "unit " HY_FMT " is not there on that day",
			       HY_ARG(code));
	return HY_OK;
}

enum hy_code item_put(const struct item_act *x, hy_str code, const struct item_content *content,
		      bool *changed_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(x->w.db);
	struct item_act y = *x;
	struct item it = { 0 };
	struct item_event ev = { .move = ITEM_PUT,
				 .from = x->from,
				 .document = x->document,
				 .reason = x->w.reason,
				 .content = content };
	bool there = false;
	enum hy_code c = item_content_check(a, content, e);

	if (!c)
		c = begin(x, code, false, &it, &there, e);
	if (c)
		return c;
	const struct item_version *last = there ? &it.past[it.n_past - 1] : NULL;
	if (last && last->state != ITEM_KEPT)
		return hy_fail(e, HY_NOT_NOW, "code",
			       "item " HY_FMT " is %s since " HY_FMT "; restore it first",
			       HY_ARG(code), item_states[last->state].title[2].p,
			       HY_ARG(hy_day_text(a, last->from)));
	if (changed_out)
		*changed_out = false;
	if (last && hy_str_eq(item_content_text(a, &last->content), item_content_text(a, content)))
		return HY_OK;
	if (last)
		c = check_reach(x, last->content.unit, &y.w, e);
	if (!c && (!last || !hy_str_eq(last->content.unit, content->unit))) {
		c = check_unit(x, content->unit, e);
		if (!c)
			c = check_reach(x, content->unit, &y.w, e);
	}
	if (!c)
		c = write(&y, &it, &ev, e);
	if (!c && changed_out)
		*changed_out = true;
	return c;
}

static enum hy_code check_target(const struct item_act *x, hy_str code, enum item_state state,
				 hy_str target, struct hy_err *e)
{
	struct item other = { 0 };
	bool there = false;

	switch (state) {
	case ITEM_KEPT:
	case ITEM_CUT:
		return target.n
			       ? hy_fail(e, HY_BAD_FIELD, "target", "goes with merge and hand-down")
			       : HY_OK;
	case ITEM_HANDED:
		if (!target.n)
			return hy_fail(e, HY_BAD_FIELD, "target", "to whom is it handed down?");
		return check_line("target", target, false, e);
	case ITEM_MERGED:
	case ITEM__STATES:
		break;
	}
	if (hy_str_eq(code, target))
		return hy_fail(e, HY_BAD_FIELD, "target", "an item cannot be merged into itself");
	if (!item_code_ok(target))
		return hy_fail(e, HY_BAD_FIELD, "target", "must be the code of an item");
	enum hy_code c = item_find(hy_db_arena(x->w.db), x->w.db, target, &other, &there, e);
	if (c)
		return c;
	const struct item_version *v = there ? item_on(&other, x->from) : NULL;
	if (!v || v->state != ITEM_KEPT || other.past[other.n_past - 1].state != ITEM_KEPT)
		return hy_fail(e, HY_BAD_FIELD, "target",
			       "item " HY_FMT " is not in force on that day", HY_ARG(target));
	return HY_OK;
}

enum hy_code item_turn(const struct item_act *x, hy_str code, enum item_state state, hy_str target,
		       struct hy_err *e)
{
	static const enum item_move moves[ITEM__STATES] = { [ITEM_KEPT] = ITEM_RESTORE,
							    [ITEM_CUT] = ITEM_MOVE_CUT,
							    [ITEM_MERGED] = ITEM_MERGE,
							    [ITEM_HANDED] = ITEM_HAND_DOWN };
	struct item_act y = *x;
	struct item it = { 0 };
	struct item_event ev = { .move = moves[state],
				 .from = x->from,
				 .document = x->document,
				 .reason = x->w.reason,
				 .target = target };
	bool there = false;
	enum hy_code c = begin(x, code, true, &it, &there, e);

	if (!c && !there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no item " HY_FMT, HY_ARG(code));
	if (c)
		return c;
	const struct item_version *last = &it.past[it.n_past - 1];
	if ((last->state == ITEM_KEPT) == (state == ITEM_KEPT))
		return hy_fail(e, HY_NOT_NOW, "code", "item " HY_FMT " is %s since " HY_FMT,
			       HY_ARG(code), item_states[last->state].title[2].p,
			       HY_ARG(hy_day_text(hy_db_arena(x->w.db), last->from)));
	c = check_reach(x, last->content.unit, &y.w, e);
	if (!c)
		c = check_target(x, code, state, target, e);
	if (!c && state == ITEM_KEPT)
		c = check_unit(x, last->content.unit, e);
	return c ? c : write(&y, &it, &ev, e);
}
