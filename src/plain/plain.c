/* Following a matter: by code and secret in the body of each request. */
#include "plain/plain.h"

#include "matter/attach.h"
#include "matter/city.h"
#include "plain/fields.h"
#include "plain/handlers.h"

enum { FILES_MOST = 9, UPLOAD_MOST = 32 << 20 };

/* --- code and secret
 * ------------------------------------------------------------------------------- */

static struct own_key key_of(struct hy_request *r)
{
	hy_str code = hy_str_trim(hy_request_form(r, "code"));
	struct hy_buf b = hy_buf_on(hy_request_arena(r));

	for (size_t i = 0; i < code.n; i++)
		hy_buf_byte(&b, code.p[i] >= 'a' && code.p[i] <= 'z' ? (char)(code.p[i] - 'a' + 'A')
								     : code.p[i]);
	return (struct own_key){ hy_buf_str(&b), hy_str_trim(hy_request_form(r, "secret")) };
}

static enum hy_code opened(struct hy_request *r, struct hy_db *db, const struct own_key *key,
			   struct matter **out, struct hy_err *e)
{
	const struct citizen_key k = { key->code, key->secret };

	return citizen_open(api_city(r), db, hy_request_arena(r), &k, out, e);
}

/* --- the form
 * ----------------------------------------------------------------------------------------- */

static void ask(struct hy_request *r, hy_str wrong, int status)
{
	enum plain_language l = plain_language_of(hy_request_language(r));
	struct page page = page_begin(r, "/plain/follow", NULL, plain_word(l, "nav.follow")),
		    *p = &page;

	PUT(p,
	    "<header class=\"page-head\"><h1>{}</h1><p class=\"dim\">{}</p></header>"
	    "<form method=\"post\" action=\"{}\" class=\"card form narrow\">",
	    T(p, "nav.follow"), T(p, "follow.about"), page_link(p, "/plain/follow", HY_S("")));
	if (wrong.n)
		PUT(p, "<p class=\"wrong\" role=\"alert\" id=\"w-code\">{}</p>", wrong);
	PUT(p,
	    wrong.n ? "<label class=\"field\"><span>{}</span><input name=\"code\" class=\"key-in\" "
		      "maxlength=\"40\" required autocomplete=\"off\" spellcheck=\"false\" "
		      "placeholder=\"TS-2026-000123\" value=\"{}\" aria-invalid=\"true\" "
		      "aria-describedby=\"w-code\"></label>"
		    : "<label class=\"field\"><span>{}</span><input name=\"code\" class=\"key-in\" "
		      "maxlength=\"40\" required autocomplete=\"off\" spellcheck=\"false\" "
		      "placeholder=\"TS-2026-000123\" value=\"{}\"></label>",
	    T(p, "filed.code"), hy_request_form(r, "code"));
	PUT(p,
	    "<label class=\"field\"><span>{}</span><small class=\"dim\" id=\"h-secret\">{}</small>"
	    "<input name=\"secret\" class=\"key-in\" inputmode=\"numeric\" maxlength=\"40\" "
	    "required "
	    "autocomplete=\"off\" aria-describedby=\"h-secret\" placeholder=\"0000 0000 0000 "
	    "0000\" "
	    "value=\"{}\"></label><div class=\"acts end\"><button type=\"submit\" "
	    "class=\"button large\">{}</button></div></form><p class=\"dim narrow\">{}</p>",
	    T(p, "filed.secret"), T(p, "follow.secret_hint"), hy_request_form(r, "secret"),
	    T(p, "follow.go"), T(p, "follow.lost"));
	page_end(p, status);
}

static enum hy_code follow_form(struct hy_request *r, struct hy_err *e)
{
	(void)e;
	ask(r, HY_S(""), 200);
	return HY_OK;
}

static void follow_wrong(struct hy_request *r, const struct hy_err *e, int status)
{
	struct page page = page_begin(r, "/plain/follow", NULL, HY_S(""));

	if (status >= 500 || e->code == HY_TOO_LARGE)
		page_of_wrong(r, e, status);
	else
		ask(r,
		    e->code == HY_BAD_FIELD ? T(&page, "plain.follow_missing")
					    : page_wrong(&page, e),
		    status);
}

static enum hy_code shown(struct hy_request *r, bool filed, hy_str said, struct hy_err *e)
{
	struct own_key key = key_of(r);
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code && (!key.code.n || !key.secret.n))
		code = hy_fail(e, HY_BAD_FIELD, "code", "code and secret are both needed");
	if (!code)
		code = opened(r, db, &key, &m, e);
	if (code)
		return code;
	return filed ? own_receipt(r, m, &key, said, 200, e)
		     : own_page(r, db, m, &key, said, NULL, 200, e);
}

static enum hy_code follow(struct hy_request *r, struct hy_err *e)
{
	return shown(r, false, HY_S(""), e);
}

static enum hy_code filed(struct hy_request *r, struct hy_err *e)
{
	return shown(r, true, HY_S(""), e);
}

/* --- a move
 * ------------------------------------------------------------------------------------------- */

static enum hy_code moved(struct hy_request *r, struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct citizen_deed *d = in_out;
	const struct own_key key = { d->key.code, d->key.secret };
	enum plain_language l = plain_language_of(hy_request_language(r));
	hy_str done = plain_word(l, hy_printf(d->a, "done." HY_FMT, HY_ARG(d->mv.move)).p);

	return own_page(r, db, d->m, &key, done.n ? done : plain_word(l, "done.other"), NULL, 200,
			e);
}

/* The page as it stands, with what was tried. */
static enum hy_code again(struct hy_request *r, const struct own_tried *tried, int status,
			  struct hy_err *e)
{
	struct own_key key = key_of(r);
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = opened(r, db, &key, &m, e);
	return code ? code : own_page(r, db, m, &key, HY_S(""), tried, status, e);
}

static enum hy_code move(struct hy_request *r, struct hy_err *e)
{
	struct page page = page_begin(r, "/plain/follow", NULL, HY_S(""));
	struct own_key key = key_of(r);
	struct own_tried tried = { .move = hy_request_form(r, "move") };
	struct citizen_deed *d = citizen_deed_of(r);
	struct matter *m = NULL;
	json_t *data = NULL;
	enum hy_code code;
	int index;

	{
		HY_SCOPED_DB db = NULL;
		code = hy_store_read(hy_request_store(r), &db, e);
		if (!code)
			code = opened(r, db, &key, &m, e);
	}
	if (code)
		return code;
	index = pack_move_index(m->kind, tried.move);
	if (index < 0)
		return hy_fail(e, HY_BAD_FIELD, "move", "there is no such move");
	if (!field_data(&page, &m->kind->moves[index], &data, &tried.field, &tried.message))
		return again(r, &tried, 400, e);
	d->key = (struct citizen_key){ key.code, key.secret };
	d->m = m;
	d->mv.move = tried.move;
	d->mv.data = data;
	return citizen_move(r, d, moved, e);
}

static void move_wrong(struct hy_request *r, const struct hy_err *e, int status)
{
	struct page page = page_begin(r, "/plain/follow", NULL, HY_S(""));
	struct own_tried tried = { .move = hy_request_form(r, "move"),
				   .field = HY_S(""),
				   .message = page_wrong(&page, e) };
	struct hy_err why = { 0 };

	if (e->code == HY_BAD_FIELD) {
		tried.field = hy_str_of(e->field);
		tried.message = field_refused(&page, tried.field);
	}
	if (e->code == HY_NOT_NOW || e->code == HY_KEY_REUSED)
		tried.message = T(&page, "plain.done_already");
	/* A wrong key shows nothing of the matter, and so does a flood. */
	if (!hy_request_form(r, "code").n || status >= 429 || e->code == HY_NOT_FOUND ||
	    again(r, &tried, status, &why))
		follow_wrong(r, e, status);
}

/* --- files
 * -------------------------------------------------------------------------------------------- */

static enum hy_code take_file(struct hy_request *r, hy_str code, hy_str name, hy_str bytes,
			      struct hy_err *e)
{
	struct city *c = api_city(r);
	struct hy_upload *up = NULL;
	struct attach_file out;
	enum hy_code failed = hy_request_part(r, bytes, &up, e);

	if (failed)
		return failed;
	struct attach_new f = { .fd = up->fd,
				.size = up->size,
				.hash = up->hash,
				.name = name,
				.role = HY_S("citizen"),
				.unit = HY_S("") };
	return attach_add(c, hy_request_arena(r), code, &f, hy_store_files(city_store(c)), &out, e);
}

/* Runs aside: examining takes long. */
static enum hy_code attach_aside(struct hy_request *r, struct hy_err *e)
{
	struct page page = page_begin(r, "/plain/follow", NULL, HY_S(""));
	bool receipt = hy_str_eq(hy_request_form(r, "back"), HY_S("filed"));
	struct own_key key = key_of(r);
	struct hy_buf refused = hy_buf_on(page.a);
	struct matter *m = NULL;
	hy_str name, bytes, said;
	size_t n = 0, good = 0;
	enum hy_code code;

	{
		HY_SCOPED_DB db = NULL;
		code = hy_store_read(hy_request_store(r), &db, e);
		if (!code)
			code = opened(r, db, &key, &m, e);
	}
	if (code)
		return code;
	for (; n < FILES_MOST && hy_request_form_file(r, n, &name, &bytes); n++) {
		struct hy_err why = { 0 };
		if (!take_file(r, m->code, name, bytes, &why)) {
			good++;
			continue;
		}
		hy_buf_add(&refused, refused.n ? HY_S("、") : HY_S(""));
		hy_buf_add(&refused, name.n ? name : page_number(&page, (int64_t)n + 1));
	}
	said = n ? T1(&page, "plain.attached", page_number(&page, (int64_t)good))
		 : T(&page, "plain.attach_none");
	if (refused.n)
		said = hy_printf(page.a, HY_FMT " " HY_FMT, HY_ARG(good ? said : HY_S("")),
				 HY_ARG(T1(&page, "plain.attach_bad", hy_buf_str(&refused))));
	return shown(r, receipt, said, e);
}

static enum hy_code attach(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, attach_aside, e);
}

/* --- to take away
 * --------------------------------------------------------------------------------------- */

/* NAME.ENDING as a file; the code only where it is one. */
static void as_file(struct hy_request *r, const char *ending)
{
	const struct citizen_key *key = hy_request_body(r);
	hy_str code = hy_str_trim(key->code);
	bool plain = code.n > 0;

	for (size_t i = 0; i < code.n; i++)
		plain = plain && ((code.p[i] >= '0' && code.p[i] <= '9') ||
				  (code.p[i] >= 'A' && code.p[i] <= 'Z') || code.p[i] == '-');
	hy_answer_header(r, "Content-Disposition",
			 hy_printf(hy_request_arena(r), "attachment; filename=\"" HY_FMT "%s\"",
				   HY_ARG(plain ? code : HY_S("huiyin")), ending));
}

static enum hy_code receipt(struct hy_request *r, struct hy_err *e)
{
	as_file(r, ".tlog-proof");
	return citizen_receipt(r, e);
}

static enum hy_code data(struct hy_request *r, struct hy_err *e)
{
	as_file(r, ".json");
	return citizen_own_data(r, e);
}

/* A page of text: what one must have to come back. */
static enum hy_code card(struct hy_request *r, struct hy_err *e)
{
	struct page page = page_begin(r, "/plain/follow", NULL, HY_S("")), *p = &page;
	const struct citizen_key *body = hy_request_body(r);
	struct own_key key = { body->code, body->secret };
	struct hy_buf b = hy_buf_on(p->a);
	const struct hy_zone *zone = hy_calendar_zone(city_pack(p->c)->calendar);
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = opened(r, db, &key, &m, e);
	if (code)
		return code;
	hy_buf_fmt(&b, HY_FMT " · " HY_FMT "\n\n", HY_ARG(T(p, "brand.name")),
		   HY_ARG(T(p, "filed.card")));
	hy_buf_fmt(&b, HY_FMT "  " HY_FMT "\n", HY_ARG(T(p, "filed.code")), HY_ARG(m->code));
	hy_buf_fmt(&b, HY_FMT "  " HY_FMT "\n", HY_ARG(T(p, "filed.secret")),
		   HY_ARG(plain_groups(p->a, key.secret)));
	hy_buf_fmt(&b, HY_FMT "  " HY_FMT "\n", HY_ARG(T(p, "filed.at")),
		   HY_ARG(plain_instant(p->a, p->l, hy_instant_text(p->a, zone, m->filed_at),
					HY_S(""))));
	if (m->main_due_at != HY_NO_TIME)
		hy_buf_fmt(&b, HY_FMT "  " HY_FMT "\n", HY_ARG(T(p, "filed.due")),
			   HY_ARG(plain_instant(p->a, p->l,
						hy_instant_text(p->a, zone, m->main_due_at),
						HY_S(""))));
	hy_buf_fmt(&b, HY_FMT "  %lld\n\n" HY_FMT "\n", HY_ARG(T(p, "filed.log")),
		   (long long)m->events[0].idx, HY_ARG(T(p, "filed.keep")));
	hy_answer(r, 200, "text/plain; charset=utf-8", hy_buf_str(&b));
	as_file(r, ".txt");
	return HY_OK;
}

/* --- the table
 * ------------------------------------------------------------------------------------------ */

#define PAGE(at, what, fn)                                                                         \
	{                                                                                          \
		.method = "GET", .path = at, .permission = "public", .summary = what,              \
		.query = plain_query, .query_size = sizeof(struct plain_query), .run = fn,         \
		.wrong = page_of_wrong                                                             \
	}
#define FORM(at, what, fn, how_often, mend, ...)                                                   \
	{                                                                                          \
		.method = "POST", .path = at, .permission = "public", .summary = what,             \
		.query = plain_query, .query_size = sizeof(struct plain_query), .form = true,      \
		.run = fn, .pace = how_often, .wrong = mend, __VA_ARGS__                           \
	}
#define KEY .body = citizen_key_fields, .body_size = sizeof(struct citizen_key)

const struct hy_route plain_routes[] = {
	PAGE("/plain", "The portal without scripts", plain_home),
	PAGE("/plain/file", "The form for filing", plain_file_form),
	FORM("/plain/file", "File with a form", plain_file, HY_PACE_FILING, plain_file_wrong,
	     .idempotent_key = true),
	PAGE("/plain/follow", "The form for following", follow_form),
	FORM("/plain/follow", "How one's own matter stands", follow, HY_PACE_LOOKUP, follow_wrong,
	     .idempotent_key = false),
	/* Whoever opens the address of an answer again comes to the form. */
	PAGE("/plain/filed", "The form for following", follow_form),
	FORM("/plain/filed", "Code, secret and date again", filed, HY_PACE_LOOKUP, follow_wrong,
	     .idempotent_key = false),
	PAGE("/plain/move", "The form for following", follow_form),
	FORM("/plain/move", "A move on one's own matter", move, HY_PACE_LOOKUP, move_wrong,
	     .idempotent_key = true),
	PAGE("/plain/attach", "The form for following", follow_form),
	FORM("/plain/attach", "Add files to one's own matter", attach, HY_PACE_FILING, follow_wrong,
	     .upload = true, .body_limit = UPLOAD_MOST),
	FORM("/plain/card", "Code, secret and date as a text", card, HY_PACE_LOOKUP, follow_wrong,
	     KEY),
	FORM("/plain/receipt", "The receipt of one's own filing", receipt, HY_PACE_LOOKUP,
	     follow_wrong, KEY),
	PAGE("/plain/rate", "The form for a rater's code", plain_rate_code),
	FORM("/plain/rate", "What a rater's code asks", plain_rate_open, HY_PACE_LOOKUP,
	     plain_rate_wrong, .idempotent_key = false),
	PAGE("/plain/rating", "The form for a rater's code", plain_rate_code),
	FORM("/plain/rating", "Rate, once, with a code", plain_rate_send, HY_PACE_LOOKUP,
	     plain_rate_wrong, .idempotent_key = false),
	FORM("/plain/data", "Everything that is kept about one's own matter", data, HY_PACE_LOOKUP,
	     follow_wrong, KEY),
	{ 0 },
};
