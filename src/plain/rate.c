/* A rater's form: by a personal code, once, without scripts. */
#include "appraise/survey.h"
#include "base/json.h"
#include "pack/field.h"
#include "plain/handlers.h"
#include "plain/page.h"

/* --- the code
 * --------------------------------------------------------------------------------------- */

static void ask(struct hy_request *r, hy_str wrong, int status)
{
	hy_str title = plain_word(plain_language_of(hy_request_language(r)), "rate.title");
	struct page page = page_begin(r, "/plain/rate", NULL, title), *p = &page;

	PUT(p,
	    "<header class=\"page-head\"><h1>{}</h1><p class=\"dim\">{}</p></header>"
	    "<form method=\"post\" action=\"{}\" class=\"card form narrow\">",
	    title, T(p, "rate.about"), page_link(p, "/plain/rate", HY_S("")));
	if (wrong.n)
		PUT(p, "<p class=\"wrong\" role=\"alert\" id=\"w-code\">{}</p>", wrong);
	PUT(p,
	    "<label class=\"field\"><span>{}</span><small class=\"dim\" id=\"h-code\">{}</small>"
	    "<input name=\"code\" class=\"key-in\" maxlength=\"40\" required autocomplete=\"off\" "
	    "autocapitalize=\"characters\" spellcheck=\"false\" "
	    "placeholder=\"ABCD-2345-EFGH-6789\" aria-describedby=\"{}\" value=\"{}\"></label>"
	    "<div class=\"acts end\"><button type=\"submit\" class=\"button large\">{}</button>"
	    "</div></form>",
	    T(p, "rate.code"), T(p, "rate.code_hint"),
	    wrong.n ? HY_S("h-code w-code") : HY_S("h-code"), hy_request_form(r, "code"),
	    T(p, "rate.open"));
	page_end(p, status);
}

enum hy_code plain_rate_code(struct hy_request *r, struct hy_err *e)
{
	(void)e;
	ask(r, HY_S(""), 200);
	return HY_OK;
}

/* --- the ballot
 * --------------------------------------------------------------------------------------- */

static hy_str text_of(const struct page *p, const struct pack_text *t)
{
	return pack_say(t, hy_str_of(plain_languages[p->l]));
}

/* Answer number ITEM about UNIT has this name in the form. */
static const char *name_of(struct hy_arena *a, hy_str unit, size_t item)
{
	return hy_printf(a, HY_FMT ".%zu", HY_ARG(unit), item).p;
}

static void put_item(struct page *p, const struct survey_form *f, size_t unit, size_t item)
{
	const char *name = name_of(p->a, f->units[unit], item);
	hy_str chosen = hy_request_form(p->r, name), of = text_of(p, &f->panel->items[item]);

	PUT(p,
	    "<div class=\"rate-item\" role=\"radiogroup\" aria-label=\"{} · {}\">"
	    "<span aria-hidden=\"true\">{}</span><div class=\"rate-levels\">",
	    f->names[unit], of, of);
	for (size_t i = 0; i < f->panel->n_levels; i++) {
		const struct pack_level *l = &f->panel->levels[i];
		PUT(p,
		    hy_str_eq(chosen, l->id) ? "<label class=\"{}\"><input type=\"radio\" "
					       "name=\"{}\" value=\"{}\" checked>{}</label>"
					     : "<label class=\"{}\"><input type=\"radio\" "
					       "name=\"{}\" value=\"{}\">{}</label>",
		    l->points < 0 ? HY_S("quiet") : HY_S(""), hy_str_of(name), l->id,
		    text_of(p, &l->title));
	}
	PUT(p, "</div></div>");
}

static void put_units(struct page *p, const struct survey_form *f)
{
	for (size_t u = 0; u < f->n_units; u++) {
		PUT(p, "<fieldset class=\"card rate-unit\"><legend><b>{}</b>", f->names[u]);
		if (f->above[u].n)
			PUT(p, "<small class=\"dim\">{}</small>", f->above[u]);
		PUT(p, "</legend>");
		for (size_t i = 0; i < f->panel->n_items; i++)
			put_item(p, f, u, i);
		PUT(p, "</fieldset>");
	}
}

static hy_str day_of(const struct page *p, hy_day d)
{
	return plain_day(p->a, p->l, hy_day_text(p->a, d), p->now);
}

/* Why nothing can be sent; empty: it can. */
static hy_str shut(const struct page *p, const struct survey_form *f)
{
	hy_str days[] = { day_of(p, f->s.from), day_of(p, f->s.until) };

	if (survey_void(&f->s))
		return T(p, "rate.void");
	if (f->spent)
		return T(p, "rate.spent");
	return f->now ? HY_S("") : plain_word_with(p->a, p->l, "rate.closed", days, 2);
}

/* What the sender's side draws, so that the same may be sent again; it stands in the page alone. */
static hy_str nonce_of(struct page *p)
{
	hy_str kept = hy_request_form(p->r, "nonce");
	unsigned char drawn[16];

	if (kept.n)
		return kept;
	hy_random(drawn, sizeof(drawn));
	return hy_hex(p->a, drawn, sizeof(drawn));
}

static void put_ballot(struct page *p, const struct survey_form *f, hy_str wrong)
{
	PUT(p,
	    "<form id=\"f\" class=\"ballot\" method=\"post\" action=\"{}\" "
	    "accept-charset=\"utf-8\"><p class=\"note\">{}</p>",
	    page_link(p, "/plain/rating", HY_S("")), T(p, "rate.secret"));
	page_hidden(p, "code", hy_request_form(p->r, "code"));
	page_hidden(p, "nonce", nonce_of(p));
	put_units(p, f);
	if (wrong.n)
		PUT(p, "<p class=\"wrong\" role=\"alert\"><b>{}</b></p>", wrong);
	PUT(p,
	    "<div class=\"acts end\"><button type=\"submit\" class=\"button large\">{}</button>"
	    "</div></form>",
	    T(p, "rate.send"));
}

static enum hy_code ballot(struct hy_request *r, hy_str wrong, int status, struct hy_err *e)
{
	struct survey_form f;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = survey_form(hy_request_arena(r), api_city(r), db, hy_request_form(r, "code"),
				   &f, e);
	if (code)
		return code;
	hy_str lang = hy_request_language(r), title = pack_say(&f.panel->title, lang);
	struct page page = page_begin(r, "/plain/rate", "f", title), *p = &page;
	hy_str closed = shut(p, &f);
	hy_str who[] = { text_of(p, &f.raters->title), day_of(p, f.s.until) };
	PUT(p, "<header class=\"page-head\"><h1>{}</h1><p class=\"dim\">{}</p></header>", title,
	    plain_word_with(p->a, p->l, "rate.who", who, 2));
	if (closed.n) {
		PUT(p,
		    "<p class=\"note\" role=\"status\"><b>{}</b></p>"
		    "<form id=\"f\" method=\"post\" action=\"{}\">",
		    closed, page_link(p, "/plain/rate", HY_S("")));
		page_hidden(p, "code", hy_request_form(r, "code"));
		PUT(p, "</form>");
	} else {
		put_ballot(p, &f, wrong);
	}
	page_end(p, status);
	return HY_OK;
}

enum hy_code plain_rate_open(struct hy_request *r, struct hy_err *e)
{
	return ballot(r, HY_S(""), 200, e);
}

/* --- sending it
 * --------------------------------------------------------------------------------------- */

struct sending {
	struct city *c;
	struct survey_ballot ballot;
};

/* Of each unit that has an answer. */
static json_t *ratings_of(struct hy_request *r, const struct survey_form *f)
{
	struct hy_arena *a = hy_request_arena(r);
	json_t *all = hy_json_object(a);

	for (size_t u = 0; u < f->n_units; u++) {
		json_t *list = json_array();
		bool any = false;
		for (size_t i = 0; i < f->panel->n_items; i++) {
			hy_str v = hy_request_form(r, name_of(a, f->units[u], i));
			any |= v.n > 0;
			json_array_append_new(list, v.n ? json_stringn(v.p, v.n) : json_null());
		}
		if (any)
			json_object_set(all, f->units[u].p, list);
		json_decref(list);
	}
	return all;
}

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct sending *s = in_out;
	const struct round_act w = {
		.city = s->c, .db = db, .a = hy_db_arena(db), .at = city_now(s->c)
	};

	return survey_rate(&w, &s->ballot, e);
}

static enum hy_code taken(struct hy_request *r, struct hy_db *db, void *in_out, struct hy_err *e)
{
	hy_str title = plain_word(plain_language_of(hy_request_language(r)), "rate.thanks");
	struct page page = page_begin(r, "/plain/rate", NULL, title), *p = &page;

	(void)db;
	(void)in_out;
	(void)e;
	PUT(p,
	    "<section class=\"note-box\"><h1>{}</h1><p role=\"status\">{}</p><p class=\"dim\">{}"
	    "</p><p class=\"acts\"><a class=\"button\" href=\"{}\">{}</a></p></section>",
	    title, T(p, "rate.taken"), T(p, "rate.more"), page_link(p, "/plain/file", HY_S("")),
	    T(p, "nav.file"));
	page_end(p, 200);
	return HY_OK;
}

enum hy_code plain_rate_send(struct hy_request *r, struct hy_err *e)
{
	struct sending *s = hy_new(hy_request_arena(r), struct sending);
	struct survey_form f;
	enum hy_code code;

	{
		HY_SCOPED_DB db = NULL;
		code = hy_store_read(hy_request_store(r), &db, e);
		if (!code)
			code = survey_form(hy_request_arena(r), api_city(r), db,
					   hy_request_form(r, "code"), &f, e);
	}
	if (code)
		return code;
	s->c = api_city(r);
	s->ballot = (struct survey_ballot){ hy_request_form(r, "code"), hy_request_form(r, "nonce"),
					    ratings_of(r, &f) };
	if (json_object_size(s->ballot.ratings) == 0)
		return hy_fail(e, HY_BAD_FIELD, "ratings",
			       "choose an answer for one unit at least");
	if (s->ballot.nonce.n < 22 || s->ballot.nonce.n > 64)
		return hy_fail(e, HY_BAD_FIELD, "nonce", "open the form again");
	return hy_answer_after(r, work, taken, s, e);
}

/* What was chosen stays chosen. */
void plain_rate_wrong(struct hy_request *r, const struct hy_err *e, int status)
{
	struct page page = page_begin(r, "/plain/rate", NULL, HY_S(""));
	struct hy_err why = { 0 };
	bool known = e->code != HY_NOT_FOUND && status < 429;
	hy_str said = page_wrong(&page, e);

	if (e->code == HY_NOT_FOUND)
		said = T(&page, "rate.no_code");
	else if (e->code == HY_EXISTS)
		said = T(&page, "rate.spent");
	else if (e->code == HY_BAD_FIELD && hy_str_eq(hy_str_of(e->field), HY_S("ratings")))
		said = T(&page, "plain.rate_none");
	if (status >= 500)
		page_of_wrong(r, e, status);
	else if (!known || !hy_request_form(r, "code").n || ballot(r, said, status, &why))
		ask(r, said, status);
}
