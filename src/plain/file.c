/* The first page, and filing. */
#include "matter/similar.h"
#include "pack/field.h"
#include "people/unit.h"
#include "plain/fields.h"
#include "plain/handlers.h"

enum { BODY_LEAST = 4, BODY_MOST = 8000, TITLE_MOST = 100 };

/* --- the first page ------------------------------------------------------------------------------
 */

static void door(struct page *p, const char *class, const char *path, const char *name,
		 const char *more)
{
	PUT(p,
	    "<a class=\"door {}\" href=\"{}\"><span><b>{}</b><small>{}</small></span>"
	    "<span class=\"go\" aria-hidden=\"true\">→</span></a>",
	    hy_str_of(class), page_link(p, path, HY_S("")), T(p, name), T(p, more));
}

static void steps(struct page *p)
{
	static const char *const names[] = { "file", "clock", "star" };

	PUT(p, "<h2 class=\"section\">{}</h2><ol class=\"how\">", T(p, "home.how"));
	for (size_t i = 0; i < HY_COUNT(names); i++)
		PUT(p,
		    "<li class=\"card\"><span class=\"num\" aria-hidden=\"true\">{}</span><div>"
		    "<h3>{}</h3><p>{}</p></div></li>",
		    page_number(p, (int64_t)i + 1),
		    T(p, hy_printf(p->a, "home.step.%s", names[i]).p),
		    T(p, hy_printf(p->a, "home.step.%s_more", names[i]).p));
	PUT(p,
	    "</ol><section class=\"card rights\"><h2>{}</h2><ul class=\"plain-list\"><li>{}</li>"
	    "<li>{}</li><li>{}</li></ul></section>",
	    T(p, "home.rights"), T(p, "home.right_anonymous"), T(p, "home.right_log"),
	    T(p, "home.right_why"));
}

enum hy_code plain_home(struct hy_request *r, struct hy_err *e)
{
	hy_str title = plain_word(plain_language_of(hy_request_language(r)), "brand.promise");
	struct page page = page_begin(r, "/plain", NULL, title), *p = &page;

	(void)e;
	PUT(p, "<section class=\"hero\"><h1>{}</h1><p class=\"lead\">{}</p><div class=\"doors\">",
	    title, T(p, "home.lead"));
	door(p, "first", "/plain/file", "nav.file", "home.file");
	door(p, "", "/plain/follow", "nav.follow", "home.follow");
	PUT(p, "</div></section>");
	steps(p);
	PUT(p, "<p><a href=\"{}\">{}</a></p>", page_link(p, "/plain/rate", HY_S("")),
	    T(p, "plain.rate_door"));
	page_end(p, 200);
	return HY_OK;
}

/* --- what may be filed
 * ---------------------------------------------------------------------------- */

/* By citizens, with no more than a title demanded. */
static bool is_open(const struct pack_kind *k)
{
	const struct pack_move *file = &k->moves[0];
	bool citizen = false;

	for (size_t i = 0; i < file->n_who; i++)
		citizen = citizen || hy_str_eq(file->who[i], HY_S("citizen"));
	for (size_t i = 0; i < file->n_needs; i++)
		if (file->needs[i].required && file->needs[i].field != PACK_TITLE)
			return false;
	return citizen;
}

static bool takes(const struct pack_kind *k, enum pack_field field)
{
	for (size_t i = 0; i < k->moves[0].n_needs; i++)
		if (k->moves[0].needs[i].field == field)
			return true;
	return false;
}

static const struct pack_kind *kind_of(struct page *p, hy_str id)
{
	const struct pack_kind *k = id.n ? pack_kind(city_pack(p->c), id) : NULL;

	return k && is_open(k) ? k : NULL;
}

static hy_str kind_name(const struct page *p, const struct pack_kind *k)
{
	hy_str key = hy_printf(p->a, "kind." HY_FMT, HY_ARG(k->id));

	return page_has_word(p, key) ? T(p, key.p)
				     : pack_say(&k->title, hy_str_of(plain_languages[p->l]));
}

/* --- choosing a kind
 * ------------------------------------------------------------------------------ */

static void choose_kind(struct page *p)
{
	const struct pack *pack = city_pack(p->c);
	size_t n = 0;

	PUT(p,
	    "<header class=\"page-head\"><h1>{}</h1></header><section class=\"card form\">"
	    "<h2>{}</h2><ul class=\"kinds\">",
	    T(p, "nav.file"), T(p, "plain.kind"));
	for (size_t i = 0; i < pack->n_kinds; i++) {
		const struct pack_kind *k = &pack->kinds[i];
		hy_str more = hy_printf(p->a, "kind." HY_FMT "_more", HY_ARG(k->id));
		if (!is_open(k))
			continue;
		PUT(p,
		    "<li><a class=\"door\" href=\"{}\"><span><b>{}</b><small>{}</small></span>"
		    "<span class=\"go\" aria-hidden=\"true\">→</span></a></li>",
		    page_link(p, "/plain/file", k->id), kind_name(p, k),
		    page_has_word(p, more) ? T(p, more.p) : HY_S(""));
		n++;
	}
	PUT(p, "</ul>");
	if (!n)
		PUT(p, "<p>{}</p>", T(p, "plain.nothing"));
	PUT(p, "</section>");
}

/* --- the form
 * --------------------------------------------------------------------------------------- */

struct filing {
	struct page *p;
	const struct pack_kind *kind;
	hy_str title, body, place, class, about, who, name, contact, key;
	hy_str field, message; /* what is wrong; FIELD empty: with the whole */
	hy_str seen;	       /* the class whose open matters have been shown */
	struct similars alike; /* those to be shown */
};

static void read_form(struct filing *f, struct hy_request *r)
{
	f->title = hy_str_trim(hy_request_form(r, "title"));
	f->body = hy_str_trim(hy_request_form(r, "body"));
	f->place = hy_str_trim(hy_request_form(r, "place"));
	f->class = hy_request_form(r, "class");
	f->about = hy_request_form(r, "about_unit");
	f->who = hy_request_form(r, "who");
	f->name = hy_str_trim(hy_request_form(r, "name"));
	f->contact = hy_str_trim(hy_request_form(r, "contact"));
	f->key = hy_request_form(r, "key");
	f->seen = hy_request_form(r, "seen");
	f->kind = kind_of(f->p, hy_request_form(r, "kind"));
}

static hy_str wrong_at(const struct filing *f, const char *field)
{
	return hy_str_eq(f->field, hy_str_of(field)) ? f->message : HY_S("");
}

static void text(struct filing *f, const char *name, const char *label, const char *hint,
		 const char *sample, hy_str value, int rows, int most, const char *autocomplete)
{
	field_text(f->p, &(struct field_text){ .name = name,
					       .label = T(f->p, label),
					       .hint = T(f->p, hint),
					       .sample = T(f->p, sample),
					       .value = value,
					       .wrong = wrong_at(f, name),
					       .rows = rows,
					       .most = most,
					       .autocomplete = autocomplete });
}

static void choose_begin(struct filing *f, const char *name, const char *label, const char *hint,
			 const char *none, hy_str chosen)
{
	struct page *p = f->p;
	bool wrong = wrong_at(f, name).n;

	PUT(p,
	    "<label class=\"field\"><span>{}</span><small class=\"dim\" id=\"h-{}\">{}</small>"
	    "<select name=\"{}\"",
	    T(p, label), hy_str_of(name), T(p, hint), hy_str_of(name));
	PUT(p,
	    wrong ? " aria-invalid=\"true\" aria-describedby=\"w-{} h-{}\">"
		  : " aria-describedby=\"{}h-{}\">",
	    wrong ? hy_str_of(name) : HY_S(""), hy_str_of(name));
	page_option(p, HY_S(""), T(p, none), chosen);
}

static void choose_class(struct filing *f)
{
	const struct pack_words *classes = &city_pack(f->p->c)->lists[PACK_CLASSES];

	choose_begin(f, "class", "file.class", "plain.class_hint", "file.class_none", f->class);
	for (size_t i = 0; i < classes->n; i++)
		if (!plain_listed("office", classes->v[i].id))
			page_option(
				f->p, classes->v[i].id,
				pack_say(&classes->v[i].title, hy_str_of(plain_languages[f->p->l])),
				f->class);
	PUT(f->p, "</select></label>");
	field_wrong(f->p, "class", wrong_at(f, "class"));
}

static enum hy_code choose_unit(struct filing *f, struct hy_err *e)
{
	struct page *p = f->p;
	struct unit_book book;
	hy_day today = city_today(p->c);
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(p->r), &db, e);

	if (!code)
		code = unit_book_read(p->a, db, &book, e);
	if (code)
		return code;
	choose_begin(f, "about_unit", "file.about", "file.about_hint", "file.about_none", f->about);
	for (size_t i = 0; i < book.n; i++)
		if (book.v[i].unit.kind == UNIT_ORGAN && unit_open_on(&book.v[i].unit, today))
			page_option(p, book.v[i].unit.code, book.v[i].unit.name, f->about);
	PUT(p, "</select></label>");
	field_wrong(p, "about_unit", wrong_at(f, "about_unit"));
	return HY_OK;
}

static void choose_who(struct filing *f)
{
	static const hy_str modes[] = { HY_S_INIT("anonymous"), HY_S_INIT("named"),
					HY_S_INIT("sealed") };
	struct page *p = f->p;
	hy_str chosen = f->who.n ? f->who : HY_S("anonymous");

	PUT(p,
	    "<fieldset class=\"field\"><legend>{}</legend><small class=\"dim\">{}</small>"
	    "<div class=\"choices tall\">",
	    T(p, "file.who.title"), T(p, "file.who_ask"));
	for (size_t i = 0; i < HY_COUNT(modes); i++) {
		PUT(p, "<label class=\"choice\"><input type=\"radio\" name=\"who\" value=\"{}\"",
		    modes[i]);
		PUT(p,
		    hy_str_eq(chosen, modes[i])
			    ? " checked><span><b>{}</b><small>{}</small></span></label>"
			    : "><span><b>{}</b><small>{}</small></span></label>",
		    T(p, hy_printf(p->a, "file.mode." HY_FMT, HY_ARG(modes[i])).p),
		    T(p, hy_printf(p->a, "file.mode." HY_FMT "_more", HY_ARG(modes[i])).p));
	}
	PUT(p, "</div></fieldset>");
	field_wrong(p, "who", wrong_at(f, "who"));
	text(f, "name", "file.name", "", "", f->name, 0, 100, "name");
	text(f, "contact", "file.contact", "file.name_kept", "", f->contact, 0, 200, "tel");
}

/* What of the same class is being handled, before it is sent: with a button that sends it all the
 * same. */
static void put_alike(struct filing *f)
{
	struct page *p = f->p;

	if (!f->alike.n)
		return;
	page_hidden(p, "seen", f->class);
	PUT(p,
	    "<section class=\"similar\" role=\"status\"><h2>{}</h2><h3>{}</h3>"
	    "<ul class=\"plain-list\">",
	    T(p, "plain.not_yet"), T1(p, "file.similar", page_number(p, (int64_t)f->alike.n)));
	for (size_t i = 0; i < f->alike.n; i++) {
		const struct similar *m = &f->alike.v[i];
		PUT(p, "<li><b>{}</b> · {} <small class=\"dim\">{} ",
		    m->unit_name.n ? m->unit_name : T(p, "file.similar_nobody"),
		    pack_say(&m->state, hy_str_of(plain_languages[p->l])),
		    T(p, "file.similar_filed"));
		page_time(p, m->filed_on);
		if (m->due_on.n) {
			PUT(p, " · {} ", T(p, "own.by"));
			page_time(p, m->due_on);
		}
		PUT(p, "</small></li>");
	}
	PUT(p,
	    "</ul><p class=\"dim small\">{}</p><p><button type=\"submit\" class=\"button\">{}"
	    "</button></p></section>",
	    T(p, "file.similar_more"), T(p, "plain.all_the_same"));
}

static void form_head(struct filing *f)
{
	struct page *p = f->p;

	PUT(p,
	    "<header class=\"page-head\"><h1>{}</h1><p class=\"dim\">{} · <a href=\"{}\">{}</a>"
	    "</p></header>",
	    T(p, "nav.file"), kind_name(p, f->kind), page_link(p, "/plain/file", HY_S("")),
	    T(p, "plain.other_kind"));
	page_form(p, "/plain/file", "f", "card form", f->key);
	page_hidden(p, "kind", f->kind->id);
	if (f->message.n)
		PUT(p, "<div class=\"wrong\" role=\"alert\"><b>{}</b><p>{}</p></div>",
		    f->field.n ? T(p, "plain.wrong") : f->message, T(p, "plain.kept"));
	put_alike(f);
}

static enum hy_code show_form(struct filing *f, int status, struct hy_err *e)
{
	struct page *p = f->p;
	enum hy_code code = HY_OK;

	form_head(f);
	if (takes(f->kind, PACK_BODY))
		text(f, "body", "file.body", "file.body_hint", "file.body_sample", f->body, 8,
		     BODY_MOST, NULL);
	text(f, "title", "file.title", takes(f->kind, PACK_BODY) ? "plain.title_hint" : "", "",
	     f->title, 0, TITLE_MOST, NULL);
	if (takes(f->kind, PACK_PLACE))
		text(f, "place", "file.place", "", "file.place_sample", f->place, 0, 200, NULL);
	if (takes(f->kind, PACK_CLASS))
		choose_class(f);
	if (takes(f->kind, PACK_ABOUT_UNIT))
		code = choose_unit(f, e);
	if (code)
		return code;
	if (takes(f->kind, PACK_NAME) || takes(f->kind, PACK_CONTACT))
		choose_who(f);
	PUT(p,
	    "<p class=\"dim small\">{}</p><div class=\"acts end\"><button type=\"submit\" "
	    "class=\"button large\">{}</button></div><p class=\"dim small\">{}</p></form>",
	    T(p, "plain.files_later"), T(p, "file.send"), T(p, "file.send_more"));
	page_end(p, status);
	return HY_OK;
}

enum hy_code plain_file_form(struct hy_request *r, struct hy_err *e)
{
	const struct plain_query *q = hy_request_query(r);
	hy_str title = plain_word(plain_language_of(hy_request_language(r)), "nav.file");
	struct page page = page_begin(r, "/plain/file", NULL, title);
	struct filing f = { .p = &page, .kind = kind_of(&page, q->kind) };

	if (f.kind)
		return show_form(&f, 200, e);
	choose_kind(&page);
	page_end(&page, 200);
	return HY_OK;
}

/* --- filing
 * ------------------------------------------------------------------------------------------ */

static bool too_long(struct filing *f, const char *field, hy_str value, int most)
{
	hy_str counts[] = { page_number(f->p, most),
			    page_number(f->p, (int64_t)hy_str_chars(value)) };

	if ((int64_t)hy_str_chars(value) <= most)
		return false;
	f->field = hy_str_of(field);
	f->message = plain_word_with(f->p->a, f->p->l, "plain.long", counts, 2);
	return true;
}

static bool missing(struct filing *f, const char *field, const char *message)
{
	f->field = hy_str_of(field);
	f->message = T(f->p, message);
	return false;
}

/* What the portal asks before it sends; the rest says matter_check(). */
static bool is_whole(struct filing *f)
{
	bool body = takes(f->kind, PACK_BODY);

	if (body && hy_str_chars(f->body) < BODY_LEAST)
		return missing(f, "body", "file.body_missing");
	if (!f->title.n)
		f->title = plain_title(f->p->a, f->body);
	if (!f->title.n)
		return missing(f, "title", "file.title_missing");
	if (too_long(f, "body", f->body, BODY_MOST) || too_long(f, "title", f->title, TITLE_MOST) ||
	    too_long(f, "place", f->place, 200) || too_long(f, "name", f->name, 100) ||
	    too_long(f, "contact", f->contact, 200))
		return false;
	if (!f->who.n || hy_str_eq(f->who, HY_S("anonymous")))
		return true;
	return f->name.n || f->contact.n || missing(f, "name", "file.name_missing");
}

static void set(json_t *data, const struct filing *f, enum pack_field field, hy_str v)
{
	if (v.n && takes(f->kind, field))
		json_object_set_new(data, pack_fields[field].name, json_stringn(v.p, v.n));
}

static json_t *data_of(const struct filing *f)
{
	json_t *data = json_object();

	hy_arena_defer(f->p->a, (void (*)(void *))json_decref, data);
	set(data, f, PACK_TITLE, f->title);
	set(data, f, PACK_BODY, f->body);
	set(data, f, PACK_PLACE, f->place);
	set(data, f, PACK_CLASS, f->class);
	set(data, f, PACK_ABOUT_UNIT, f->about);
	set(data, f, PACK_CHANNEL, HY_S("web"));
	/* Anonymous is anonymous, whatever stands in the fields. */
	if (f->who.n && !hy_str_eq(f->who, HY_S("anonymous"))) {
		set(data, f, PACK_NAME, f->name);
		set(data, f, PACK_CONTACT, f->contact);
	}
	return data;
}

static enum hy_code filed(struct hy_request *r, struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct citizen_deed *d = in_out;
	const struct own_key key = { d->filed.code, hy_str_of(d->filed.secret) };

	(void)db;
	return own_receipt(r, d->filed.m, &key, HY_S(""), 201, e);
}

static struct page form_page(struct hy_request *r)
{
	return page_begin(r, "/plain/file", "f",
			  plain_word(plain_language_of(hy_request_language(r)), "nav.file"));
}

static enum hy_code find_alike(struct filing *f, struct hy_err *e)
{
	struct page *p = f->p;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(p->r), &db, e);

	return code ? code : similar_find(p->a, db, p->c, f->kind->id, f->class, &f->alike, e);
}

enum hy_code plain_file(struct hy_request *r, struct hy_err *e)
{
	struct page page = form_page(r);
	struct filing f = { .p = &page };
	bool look = hy_request_form(r, "look").n, seen;
	enum hy_code code = HY_OK;

	read_form(&f, r);
	if (!f.kind)
		return hy_fail(e, HY_BAD_FIELD, "kind", "is not among those that citizens file");
	if (!look && !is_whole(&f))
		return show_form(&f, 400, e);
	/* Once for a class: who has seen them sends, or looks again in another language. */
	seen = hy_str_eq(f.seen, f.class);
	if (f.class.n && takes(f.kind, PACK_CLASS) && seen == look)
		code = find_alike(&f, e);
	if (code)
		return code;
	if (look || f.alike.n)
		return show_form(&f, 200, e);
	struct citizen_deed *d = citizen_deed_of(r);
	d->kind = f.kind->id;
	d->mv.data = data_of(&f);
	d->mv.protect = hy_str_eq(f.who, HY_S("sealed"));
	return citizen_file(r, d, filed, e);
}

void plain_file_wrong(struct hy_request *r, const struct hy_err *e, int status)
{
	struct page page = form_page(r);
	struct filing f = { .p = &page };
	struct hy_err why = { 0 };

	read_form(&f, r);
	if (!f.kind || status >= 500 || e->code == HY_TOO_LARGE) {
		page_of_wrong(r, e, status);
		return;
	}
	f.message = page_wrong(&page, e);
	if (e->code == HY_KEY_REUSED || hy_str_eq(hy_str_of(e->field), HY_S("Idempotency-Key")))
		f.key = HY_S("");
	else if (e->code == HY_NOT_NOW && hy_str_eq(f.who, HY_S("sealed")))
		missing(&f, "who", "file.no_seal");
	else if (e->code == HY_BAD_FIELD) {
		f.field = hy_str_of(e->field);
		f.message = field_refused(&page, f.field);
	}
	if (show_form(&f, status, &why))
		page_of_wrong(r, &why, hy_code_info(why.code)->http);
}
