/* Items as JSON, for the API and the command line. */
#include "service/item.h"

static void version_members(struct hy_json *j, const struct item_version *v)
{
	hy_json_kstr(j, "from", hy_day_text(j->b->a, v->from));
	hy_json_kstr(j, "state", item_states[v->state].id);
	hy_json_kstr(j, "document", v->document);
	hy_json_kstr(j, "reason", v->reason);
	hy_json_kstr(j, "target", v->target);
	hy_json_kint(j, "event", v->idx);
}

static void missing_json(struct hy_json *j, const struct item_content *c)
{
	unsigned bits = item_missing(c);

	hy_json_key(j, "missing");
	hy_json_arr(j);
	for (int k = 0; k < GAP__N; k++)
		if (bits >> k & 1)
			hy_json_str(j, item_gaps[k].id);
	hy_json_arr_end(j);
}

void item_row_json(struct hy_json *j, const struct item_row *r, const struct unit_book *book,
		   hy_day on)
{
	const struct item_content *c = &r->v.content;

	hy_json_obj(j);
	hy_json_kstr(j, "code", r->code);
	hy_json_kstr(j, "name", c->name);
	hy_json_kstr(j, "type", c->type);
	hy_json_kstr(j, "unit", c->unit);
	hy_json_kstr(j, "unit_name", unit_name_on(book, c->unit, on));
	hy_json_kstr(j, "state", item_states[r->v.state].id);
	hy_json_kstr(j, "from", hy_day_text(j->b->a, r->v.from));
	hy_json_kstr(j, "statutory", item_limit_text(j->b->a, c->statutory));
	hy_json_kstr(j, "pledged", item_limit_text(j->b->a, c->pledged));
	hy_json_kint(j, "papers", (int64_t)c->n_papers);
	hy_json_kint(j, "fees", (int64_t)c->n_fees);
	missing_json(j, c);
	hy_json_obj_end(j);
}

void item_show_json(struct hy_json *j, const struct item *it, const struct unit_book *book,
		    hy_day on)
{
	const struct item_version *v = item_on(it, on);

	hy_json_obj(j);
	hy_json_kstr(j, "code", it->code);
	hy_json_kstr(j, "on", hy_day_text(j->b->a, on));
	hy_json_key(j, "now");
	if (v) {
		hy_json_obj(j);
		version_members(j, v);
		hy_json_kstr(j, "unit_name", unit_name_on(book, v->content.unit, on));
		hy_json_key(j, "content");
		hy_json_raw(j, item_content_text(j->b->a, &v->content));
		missing_json(j, &v->content);
		hy_json_obj_end(j);
	} else {
		hy_json_null(j);
	}
	hy_json_key(j, "versions");
	hy_json_arr(j);
	for (size_t i = 0; i < it->n_past; i++) {
		hy_json_obj(j);
		version_members(j, &it->past[i]);
		hy_json_kstr(j, "name", it->past[i].content.name);
		hy_json_kstr(j, "unit", it->past[i].content.unit);
		hy_json_kstr(j, "statutory",
			     item_limit_text(j->b->a, it->past[i].content.statutory));
		hy_json_kstr(j, "pledged", item_limit_text(j->b->a, it->past[i].content.pledged));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

void item_fees_json(struct hy_json *j, const struct item_fee_rows *rows,
		    const struct unit_book *book, hy_day on)
{
	struct hy_arena *a = j->b->a;

	hy_json_obj(j);
	hy_json_kstr(j, "on", hy_day_text(a, on));
	hy_json_key(j, "fees");
	hy_json_arr(j);
	for (size_t i = 0; i < rows->n; i++) {
		const struct item_fee_row *r = &rows->v[i];
		hy_json_obj(j);
		hy_json_kstr(j, "item", r->code);
		hy_json_kstr(j, "item_name", r->name);
		hy_json_kstr(j, "unit", r->unit);
		hy_json_kstr(j, "unit_name", unit_name_on(book, r->unit, on));
		hy_json_kstr(j, "name", r->fee.name);
		hy_json_kstr(j, "standard", r->fee.standard);
		hy_json_kstr(j, "basis", r->fee.basis);
		hy_json_kstr(j, "from", hy_day_text(a, r->from));
		if (r->abolished == HY_NO_DAY)
			hy_json_knull(j, "abolished");
		else
			hy_json_kstr(j, "abolished", hy_day_text(a, r->abolished));
		hy_json_kstr(j, "document", r->document);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}
