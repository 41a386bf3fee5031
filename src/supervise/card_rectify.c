/* From a card to a rectification: a matter with clocks of its own, addressed to the unit. */
#include "base/json.h"
#include "paper/paper.h"
#include "supervise/card.h"

enum hy_code card_mendable(const struct card *k, struct hy_err *e)
{
	if (k->level == CARD_WARNING)
		return hy_fail(e, HY_NOT_NOW, "",
			       "card " HY_FMT " is a warning; a rectification follows a yellow or "
			       "red card",
			       HY_ARG(k->code));
	if (k->state == CARD_CONTESTED)
		return hy_fail(e, HY_NOT_NOW, "",
			       "card " HY_FMT " is contested; decide on it first", HY_ARG(k->code));
	if (k->state == CARD_ANNULLED)
		return hy_fail(e, HY_NOT_NOW, "", "card " HY_FMT " is annulled", HY_ARG(k->code));
	if (k->rectification_id && !k->rectification.annulled)
		return hy_fail(e, HY_NOT_NOW, "", "the rectification of card " HY_FMT " is " HY_FMT,
			       HY_ARG(k->code), HY_ARG(k->rectification.code));
	return HY_OK;
}

/* "红牌KP-2026-000001：事项TS-2026-000001，超过法定时限，自2026年3月18日起。依据：…。" */
static hy_str what_it_says(const struct card_act *w, const struct card *k)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(w->city)->calendar);
	hy_str since = paper_date(w->a, hy_local(zone, k->since, NULL));
	struct hy_buf b = hy_buf_on(w->a);

	hy_buf_fmt(&b, HY_FMT HY_FMT "：事项" HY_FMT "，" HY_FMT "，自" HY_FMT "起。",
		   HY_ARG(card_level_titles[k->level].zh_cn), HY_ARG(k->code), HY_ARG(k->matter),
		   HY_ARG(k->kind->title.zh_cn), HY_ARG(since));
	if (k->clause.n)
		hy_buf_fmt(&b, "依据：" HY_FMT "。", HY_ARG(k->clause));
	return hy_buf_str(&b);
}

static void put(json_t *data, const char *key, hy_str value)
{
	json_object_set_new(data, key, json_stringn(value.p, value.n));
}

enum hy_code card_filing(const struct card_act *w, const struct card *k, const json_t *given,
			 json_t **out, struct hy_err *e)
{
	json_t *data = given ? json_deep_copy(given) : json_object();
	hy_str says = what_it_says(w, k), body = hy_json_get(given, "body");
	struct matter_row about;
	enum hy_code c = matter_row(w->a, w->db, &access_all, k->matter, &about, e);

	hy_json_keep(w->a, data);
	if (c)
		return c;
	if (k->clause.n && hy_json_get(given, "basis").n == 0)
		put(data, "basis", k->clause);
	put(data, "body",
	    body.n ? hy_printf(w->a, HY_FMT "\n" HY_FMT, HY_ARG(body), HY_ARG(says)) : says);
	put(data, "channel", HY_S("esup"));
	if (about.guard != PACK_NORMAL)
		put(data, "guard", hy_str_of(pack_guard_names[about.guard]));
	if (hy_json_get(given, "title").n == 0)
		put(data, "title", k->kind->title.zh_cn);
	put(data, "unit", k->unit);
	*out = data;
	return HY_OK;
}

enum hy_code card_rectify(const struct card_act *w, hy_str code, const struct matter_move *mv,
			  struct card *out, struct hy_err *e)
{
	struct matter_move file = *mv;
	struct matter_filed filed;
	json_t *data = NULL;
	struct card k;
	enum hy_code c = card_by_code(w->a, w->db, w->scope, code, &k, e);

	if (!c && hy_str_trim(w->name).n == 0)
		c = hy_fail(e, HY_BAD_FIELD, "by", "a rectification is ordered by name");
	if (!c)
		c = card_mendable(&k, e);
	if (!c)
		c = card_filing(w, &k, mv->data, &data, e);
	if (c)
		return c;
	if (hy_json_get(data, "class").n == 0)
		put(data, "class", HY_S("supervise_notice"));
	file.data = data;
	c = matter_file(w->city, w->db, w->a, HY_S(CARD_RECTIFICATION), &file, HY_S(""), false,
			&filed, e);
	if (c)
		return c;
	k.rectification_id = filed.id;
	c = card_event(w, &k, "rectify",
		       hy_printf(w->a, "{\"rectification\":\"" HY_FMT "\"}", HY_ARG(filed.code)),
		       HY_S(""), e);
	if (!c)
		c = card_store(w->db, &k, e);
	return c ? c : card_by_code(w->a, w->db, w->scope, code, out, e);
}
