/* How one's own matter stands, in plain words: who has it, by when, what comes next, what one may
 * do. */
#include "plain/own.h"

#include "pack/field.h"
#include "people/unit.h"
#include "plain/fields.h"

struct own {
	struct page *p;
	const struct matter *m;
	const struct own_key *key;
	const json_t *told;
	struct unit_book units;
	const json_t *clock; /* the one that says by when; NULL: none */
	hy_str due;
};

static hy_str get(const struct own *o, const char *key)
{
	return hy_json_get(o->told, key);
}

static bool is(const struct own *o, const char *key)
{
	return json_is_true(json_object_get(o->told, key));
}

static hy_str unit_name(const struct own *o, hy_str code)
{
	const struct unit_entry *u = unit_book_find(&o->units, code);

	return u ? u->unit.name : code;
}

/* The main clock's last running, else any that has an end. */
static void choose_clock(struct own *o)
{
	const json_t *clocks = json_object_get(o->told, "clocks");

	for (size_t i = 0; i < json_array_size(clocks); i++) {
		const json_t *c = json_array_get(clocks, i);
		bool main = json_is_true(json_object_get(c, "main"));
		if (main || !o->clock || !json_is_true(json_object_get(o->clock, "main")))
			o->clock = c;
	}
	o->due = o->clock && json_is_true(json_object_get(o->clock, "main"))
			 ? hy_json_get(o->clock, "due_at")
			 : get(o, "due_at");
}

/* --- where it stands ---------------------------------------------------------------------------
 */

static bool answered(const struct own *o)
{
	return get(o, "answered_at").n && get(o, "reply").n;
}

static hy_ms instant(hy_str s)
{
	hy_ms at;

	return hy_instant_read(s, NULL, &at) ? at : HY_NO_TIME;
}

static const char *stands(const struct own *o)
{
	if (!is(o, "open"))
		return get(o, "reply").n ? "closed" : "ended";
	if (answered(o))
		return "answered";
	if (is(o, "paused"))
		return "paused";
	if (o->due.n && instant(o->due) < instant(o->p->now))
		return "late";
	return get(o, "unit").n ? "handled" : "received";
}

static int64_t days_left(const struct own *o)
{
	hy_day from, to;

	if (!hy_day_read(hy_str_head(o->p->now, 10), &from) ||
	    !hy_day_read(hy_str_head(o->due, 10), &to))
		return 0;
	return (int64_t)to - from;
}

static void until(struct own *o, const char *how)
{
	struct page *p = o->p;
	int64_t left = days_left(o);

	PUT(p, "<div class=\"left\"><b>{}</b><span>{} ",
	    strcmp(how, "late") == 0 ? T1(p, "own.late", page_number(p, -left))
	    : left == 0		     ? T(p, "own.today")
				     : T1(p, "own.left", page_number(p, left)),
	    T(p, "own.by"));
	page_time(p, o->due);
	PUT(p, "</span>");
	hy_str original = hy_json_get(o->clock, "original_due_at");
	if (original.n && !hy_str_eq(original, o->due)) {
		PUT(p, "<span class=\"dim\">{} ", T(p, "own.original"));
		page_time(p, original);
		PUT(p, "</span>");
	}
	PUT(p, "</div>");
}

static void stand(struct own *o)
{
	struct page *p = o->p;
	const char *how = stands(o);

	PUT(p, "<section class=\"card stand s-{}\"><div><p class=\"state\">{}</p>", hy_str_of(how),
	    T(p, hy_printf(p->a, "own.state.%s", how).p));
	if (get(o, "unit").n)
		PUT(p, "<p>{}</p>", T1(p, "own.who", unit_name(o, get(o, "unit"))));
	PUT(p, "<p>{}</p></div>", T(p, hy_printf(p->a, "own.next.%s", how).p));
	if (is(o, "open") && !answered(o) && o->due.n)
		until(o, how);
	PUT(p, "</section>");
	if (o->clock && hy_json_get(o->clock, "due_at").n) {
		PUT(p, "<section class=\"card\">");
		own_why(p, o->clock);
		PUT(p, "</section>");
	}
}

static void reply(struct own *o)
{
	struct page *p = o->p;

	if (!get(o, "reply").n)
		return;
	PUT(p, "<section class=\"card reply\"><h2>{}</h2><p class=\"prose\">{}</p>",
	    T(p, "own.reply"), get(o, "reply"));
	if (get(o, "answered_at").n) {
		PUT(p, "<p class=\"dim\">");
		page_time(p, get(o, "answered_at"));
		if (get(o, "unit").n)
			PUT(p, " · {}", unit_name(o, get(o, "unit")));
		PUT(p, "</p>");
	}
	PUT(p, "</section>");
}

/* --- what one may do -----------------------------------------------------------------------------
 */

static hy_str deed_name(struct own *o, const json_t *move)
{
	hy_str key = hy_printf(o->p->a, "deed." HY_FMT, HY_ARG(hy_json_get(move, "move")));

	return page_has_word(o->p, key) ? T(o->p, key.p)
					: page_say(o->p, json_object_get(move, "title"));
}

static void deed(struct own *o, const json_t *move, const struct own_tried *tried)
{
	struct page *p = o->p;
	hy_str id = hy_json_get(move, "move"), last = hy_json_get(move, "until");
	int index = pack_move_index(o->m->kind, id);
	bool open = tried && hy_str_eq(tried->move, id);
	hy_str more = hy_printf(p->a, "deed." HY_FMT "_more", HY_ARG(id));

	if (index < 0)
		return;
	PUT(p,
	    open ? "<li><details class=\"deed\" open><summary><b>{}</b>"
		 : "<li><details class=\"deed\"><summary><b>{}</b>",
	    deed_name(o, move));
	if (last.n) {
		PUT(p, "<small>{} ", T(p, "own.until"));
		page_time(p, last);
		PUT(p, "</small>");
	}
	PUT(p, "</summary>");
	page_form(p, "/plain/move", hy_printf(p->a, "do-" HY_FMT, HY_ARG(id)).p, "form deed-form",
		  HY_S(""));
	page_hidden(p, "code", o->key->code);
	page_hidden(p, "secret", o->key->secret);
	page_hidden(p, "move", id);
	if (page_has_word(p, more))
		PUT(p, "<p class=\"dim\">{}</p>", T(p, more.p));
	if (open && !tried->field.n)
		PUT(p, "<p class=\"miss\" role=\"alert\">{}</p>", tried->message);
	const struct pack_move *mv = &o->m->kind->moves[index];
	for (size_t i = 0; i < mv->n_needs; i++)
		field_put(p, o->m->pack, mv, &mv->needs[i], open ? tried : NULL);
	PUT(p,
	    "<div class=\"acts end\"><button type=\"submit\" class=\"button\">{}</button></div>"
	    "</form></details></li>",
	    T(p, "send"));
}

static int rank(const json_t *move)
{
	static const char *const order[] = { "rate", "reopen", "add", "withdraw" };

	for (size_t i = 0; i < HY_COUNT(order); i++)
		if (hy_str_eq(hy_json_get(move, "move"), hy_str_of(order[i])))
			return (int)i;
	return HY_COUNT(order);
}

static void deeds(struct own *o, const struct own_tried *tried)
{
	const json_t *moves = json_object_get(o->told, "moves");
	struct page *p = o->p;

	if (!json_array_size(moves))
		return;
	PUT(p,
	    "<section class=\"card\" aria-labelledby=\"can\"><h2 id=\"can\">{}</h2>"
	    "<ul class=\"deeds\">",
	    T(p, "own.can"));
	for (int at = 0; at <= 4; at++)
		for (size_t i = 0; i < json_array_size(moves); i++)
			if (rank(json_array_get(moves, i)) == at)
				deed(o, json_array_get(moves, i), tried);
	PUT(p, "</ul></section>");
}

/* --- what has happened --------------------------------------------------------------------------
 */

static hy_str ground_name(const struct own *o, hy_str id)
{
	static const enum pack_list lists[] = { PACK_CLOSE_GROUNDS,  PACK_DECLINE_GROUNDS,
						PACK_RETURN_GROUNDS, PACK_HANDOFF_GROUNDS,
						PACK_PAUSE_GROUNDS,  PACK_REOPEN_GROUNDS,
						PACK_ANNUL_GROUNDS };

	for (size_t i = 0; i < HY_COUNT(lists); i++) {
		const struct pack_word *w = pack_word(o->m->pack, lists[i], id);
		if (w)
			return pack_say(&w->title, hy_str_of(plain_languages[o->p->l]));
	}
	return id;
}

static void fact(struct page *p, const char *word, hy_str value)
{
	if (value.n)
		PUT(p, "<div><dt>{}</dt><dd>{}</dd></div>", T(p, word), value);
}

/* What was charged or given back, beside what the catalogue says. */
static void fee(struct page *p, const json_t *ev)
{
	int64_t quantity = hy_json_get_int(ev, "quantity", 0);
	hy_str standard = hy_json_get(ev, "fee_standard");

	PUT(p, "<p>{} <b>{}</b>", hy_json_get(ev, "fee"),
	    T1(p, "own.yuan", hy_json_get(ev, "amount")));
	if (quantity)
		PUT(p, " <span class=\"dim\">· {}</span>",
		    T1(p, "own.fee_quantity", page_number(p, quantity)));
	PUT(p, "</p>");
	if (standard.n)
		PUT(p, "<p class=\"dim\">{}</p>", T1(p, "own.fee_standard", standard));
	else if (json_object_get(ev, "fee_standard"))
		PUT(p, "<p class=\"note warn\">{}</p>", T(p, "own.fee_unlisted"));
}

static void event(struct own *o, const json_t *ev)
{
	struct page *p = o->p;
	hy_str key = hy_printf(p->a, "step." HY_FMT, HY_ARG(hy_json_get(ev, "move")));
	const json_t *papers = json_object_get(ev, "papers");
	int64_t level = hy_json_get_int(ev, "level", 0);

	PUT(p, "<li><p class=\"e-head\"><b>{}</b> ",
	    page_has_word(p, key) ? T(p, key.p) : page_say(p, json_object_get(ev, "title")));
	page_time(p, hy_json_get(ev, "at"));
	PUT(p, "</p>");
	if (hy_json_get(ev, "unit").n)
		PUT(p, "<p class=\"dim\">{}</p>", unit_name(o, hy_json_get(ev, "unit")));
	if (hy_json_get(ev, "ground").n)
		PUT(p, "<p class=\"dim\">{}</p>", ground_name(o, hy_json_get(ev, "ground")));
	if (hy_json_get(ev, "limit").n)
		PUT(p, "<p class=\"dim\">{}</p>",
		    plain_limit(p->a, p->l, hy_json_get(ev, "limit")));
	if (hy_json_get(ev, "fee").n)
		fee(p, ev);
	if (level)
		PUT(p, "<p class=\"dim\">{}</p>", T1(p, "own.stars", page_number(p, level)));
	if (hy_json_get(ev, "reason").n || hy_json_get(ev, "basis").n ||
	    hy_json_get(ev, "remedy").n) {
		PUT(p, "<dl class=\"facts small\">");
		fact(p, "own.reason", hy_json_get(ev, "reason"));
		fact(p, "own.basis", hy_json_get(ev, "basis"));
		fact(p, "own.remedy", hy_json_get(ev, "remedy"));
		PUT(p, "</dl>");
	}
	if (json_array_size(papers)) {
		PUT(p, "<ul class=\"plain-list\">");
		for (size_t i = 0; i < json_array_size(papers); i++)
			PUT(p, "<li>{}</li>",
			    hy_str_of(json_string_value(json_array_get(papers, i))));
		PUT(p, "</ul>");
	}
	PUT(p, "</li>");
}

static void path(struct own *o)
{
	const json_t *timeline = json_object_get(o->told, "timeline");
	struct page *p = o->p;

	PUT(p, "<section class=\"card\"><h2>{}</h2><ol class=\"timeline\">", T(p, "own.path"));
	for (size_t i = 0; i < json_array_size(timeline); i++)
		event(o, json_array_get(timeline, i));
	PUT(p, "</ol></section>");
}

static void said_and_opened(struct own *o)
{
	const json_t *opened = json_object_get(o->told, "identity");
	struct page *p = o->p;

	if (get(o, "body").n)
		PUT(p,
		    "<section class=\"card\"><h2>{}</h2><p class=\"prose\">{}</p>"
		    "<p class=\"dim\">{}</p></section>",
		    T(p, "own.said"), get(o, "body"), get(o, "place"));
	if (!json_array_size(opened))
		return;
	PUT(p, "<section class=\"card\"><h2>{}</h2><ol class=\"timeline\">", T(p, "own.identity"));
	for (size_t i = 0; i < json_array_size(opened); i++) {
		const json_t *s = json_array_get(opened, i);
		hy_str key = hy_printf(p->a, "own.seal." HY_FMT, HY_ARG(hy_json_get(s, "step")));
		PUT(p, "<li><p class=\"e-head\"><b>{}</b> ", T(p, key.p));
		page_time(p, hy_json_get(s, "at"));
		PUT(p, "</p><p class=\"dim\">{}</p></li>", hy_json_get(s, "purpose"));
	}
	PUT(p, "</ol></section>");
}

/* --- the page
 * ------------------------------------------------------------------------------------- */

static void head(struct own *o, hy_str title, hy_str said)
{
	struct page *p = o->p;

	PUT(p, "<form id=\"again\" method=\"post\" action=\"{}\">",
	    page_link(p, "/plain/follow", HY_S("")));
	page_hidden(p, "code", o->key->code);
	page_hidden(p, "secret", o->key->secret);
	PUT(p,
	    "</form><header class=\"page-head own-head\"><p class=\"crumb\"><code>{}</code> "
	    "<span class=\"pill\">{}</span></p><h1>{}</h1></header>",
	    get(o, "code"), page_say(p, json_object_get(o->told, "kind_title")), title);
	if (said.n)
		PUT(p, "<p class=\"note good\" role=\"status\">{}</p>", said);
}

static void tail(struct own *o)
{
	struct page *p = o->p;

	if (is(o, "open")) {
		PUT(p, "<section class=\"card\">");
		own_attach(p, o->key, "own");
		PUT(p, "</section>");
	}
	PUT(p, "<section class=\"acts\"><form method=\"post\" action=\"{}\">",
	    page_link(p, "/plain/data", HY_S("")));
	page_hidden(p, "code", o->key->code);
	page_hidden(p, "secret", o->key->secret);
	PUT(p,
	    "<button type=\"submit\" class=\"button quiet\">{}</button></form>"
	    "<a class=\"button quiet\" href=\"{}\">{}</a></section>",
	    T(p, "own.everything"), page_link(p, "/plain/follow", HY_S("")), T(p, "own.leave"));
}

enum hy_code own_page(struct hy_request *r, struct hy_db *db, const struct matter *m,
		      const struct own_key *key, hy_str said, const struct own_tried *tried,
		      int status, struct hy_err *e)
{
	hy_str nameless = plain_word(plain_language_of(hy_request_language(r)), "own.erased");
	hy_str title = m->title.n ? m->title : nameless;
	struct page page = page_begin(r, "/plain/follow", "again", title);
	struct own o = { .p = &page, .m = m, .key = key };
	json_t *told = NULL;
	enum hy_code code = own_told(&page, m, &told, e);

	if (!code)
		code = unit_book_read(page.a, db, &o.units, e);
	if (code)
		return code;
	o.told = told;
	choose_clock(&o);
	head(&o, title, said);
	stand(&o);
	reply(&o);
	deeds(&o, tried);
	path(&o);
	said_and_opened(&o);
	tail(&o);
	page_end(&page, status);
	return HY_OK;
}
