#include <math.h>

#include "appraise/indices.h"
#include "matter/matter_json.h"

/* What is not to be published is not told. */
static void point_json(struct hy_json *j, const struct indices_point *p)
{
	bool told = p->known && p->publishable;

	if (told)
		hy_json_kint(j, "index", llround(p->index * 100));
	else
		hy_json_knull(j, "index");
	hy_json_kint(j, "se", told ? llround(p->se * 100) : 0);
	hy_json_kint(j, "imputed_bp", p->imputed_bp);
	hy_json_kbool(j, "linked", p->linked);
}

static void canonical_point(struct hy_json *j, const struct indices_point *p)
{
	bool told = p->known && p->publishable;

	hy_json_obj(j);
	hy_json_kint(j, "imputed_bp", p->imputed_bp);
	if (told)
		hy_json_kint(j, "index", llround(p->index * 100));
	else
		hy_json_knull(j, "index");
	hy_json_kbool(j, "linked", p->linked);
	hy_json_kint(j, "se", told ? llround(p->se * 100) : 0);
	hy_json_obj_end(j);
}

hy_str indices_point_json(struct hy_arena *a, const struct indices_month_given *given,
			  const struct indices_month *m)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_key(&j, "city");
	canonical_point(&j, &m->city);
	hy_json_key(&j, "units");
	hy_json_obj(&j);
	for (size_t i = 0; i < given->n; i++) {
		hy_json_key(&j, given->units[i].code.p);
		canonical_point(&j, &m->units[i]);
	}
	hy_json_obj_end(&j);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static void month_json(struct hy_json *j, const struct indices *x, size_t m,
		       const struct unit_book *book)
{
	const struct indices_month *o = &x->months[m];
	const struct round *r = &x->rounds[m];

	hy_json_obj(j);
	hy_json_kstr(j, "month", hy_str_head(hy_day_text(j->b->a, r->from), 7));
	hy_json_kstr(j, "round", r->code);
	hy_json_kint(j, "version", r->version);
	point_json(j, &o->city);
	hy_json_key(j, "parts");
	hy_json_arr(j);
	for (size_t i = 0; i < x->scheme->n_index; i++) {
		const struct indices_part *p = &o->parts[i];
		hy_json_obj(j);
		if (p->known && o->city.publishable)
			hy_json_kint(j, "relative", llround(p->relative * 100));
		else
			hy_json_knull(j, "relative");
		hy_json_kbool(j, "imputed", p->imputed);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "units");
	hy_json_arr(j);
	for (size_t i = 0; i < x->given[m].n; i++) {
		hy_str code = x->given[m].units[i].code;
		hy_json_obj(j);
		hy_json_kstr(j, "code", code);
		hy_json_kstr(j, "name", unit_name_on(book, code, r->to));
		point_json(j, &o->units[i]);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

enum hy_code indices_json(struct hy_json *j, struct hy_db *db, const struct indices *x,
			  struct hy_err *e)
{
	const struct pack_scheme *s = x->scheme;
	struct unit_book book;
	enum hy_code code = unit_book_read(j->b->a, db, &book, e);

	if (code)
		return code;
	hy_json_obj(j);
	hy_json_kstr(j, "scheme", s->id);
	matter_text_json(j, "title", &s->title);
	hy_json_kstr(j, "base_from", hy_day_text(j->b->a, s->index_from));
	hy_json_kint(j, "base_months", s->index_months);
	hy_json_key(j, "components");
	hy_json_arr(j);
	for (size_t i = 0; i < s->n_index; i++) {
		const struct pack_index_part *p = &s->index[i];
		hy_json_obj(j);
		hy_json_kstr(j, "figure", hy_str_of(p->figure->id));
		matter_text_json(j, "title", &p->figure->title);
		hy_json_kint(j, "weight_bp", p->weight_bp);
		hy_json_kbool(j, "complement", p->complement);
		hy_json_kint(j, "least", p->least);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "months");
	hy_json_arr(j);
	for (size_t m = 0; m < x->n; m++)
		month_json(j, x, m, &book);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return HY_OK;
}
