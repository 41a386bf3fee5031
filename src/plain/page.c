#include "plain/page.h"

#include "base/hash.h"

/* No scripts, nothing inline, nothing from elsewhere. */
#define POLICY                                                                                     \
	"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "         \
	"base-uri 'none'; frame-ancestors 'none'"

const struct hy_field plain_query[] = {
	HY_FIELD_WORD(struct plain_query, size, false, "big|normal"),
	HY_FIELD_TEXT(struct plain_query, kind, false, 1, 64),
	{ 0 },
};

void page_put_n(struct page *p, const char *html, const hy_str *values, size_t n)
{
	size_t next = 0;

	for (const char *s = html; *s; s++) {
		if (s[0] == '{' && s[1] == '}' && next < n) {
			hy_buf_html(&p->b, values[next++]);
			s++;
		} else {
			hy_buf_byte(&p->b, *s);
		}
	}
}

hy_str T(const struct page *p, const char *key)
{
	return plain_word(p->l, key);
}

hy_str T1(const struct page *p, const char *key, hy_str value)
{
	return plain_word_with(p->a, p->l, key, &value, 1);
}

bool page_has_word(const struct page *p, hy_str key)
{
	return plain_word(p->l, hy_str_dup(p->a, key).p).n > 0;
}

hy_str page_number(const struct page *p, int64_t n)
{
	return hy_printf(p->a, "%lld", (long long)n);
}

hy_str page_say(const struct page *p, const json_t *title)
{
	hy_str s = hy_json_get(title, plain_languages[p->l]);

	return s.n ? s : hy_json_get(title, "zh-CN");
}

static hy_str link_in(const struct page *p, const char *path, enum plain_language l, bool big,
		      hy_str kind)
{
	struct hy_buf b = hy_buf_on(p->a);

	hy_buf_fmt(&b, "%s?lang=%s%s", path, plain_languages[l], big ? "&size=big" : "");
	if (kind.n) {
		hy_buf_add(&b, HY_S("&kind="));
		for (size_t i = 0; i < kind.n; i++) {
			unsigned char c = (unsigned char)kind.p[i];
			if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')
				hy_buf_byte(&b, (char)c);
			else
				hy_buf_fmt(&b, "%%%02X", c);
		}
	}
	return hy_buf_str(&b);
}

hy_str page_link(const struct page *p, const char *path, hy_str kind)
{
	return link_in(p, path, p->l, p->big, kind);
}

void page_hidden(struct page *p, const char *name, hy_str value)
{
	PUT(p, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", hy_str_of(name), value);
}

void page_form(struct page *p, const char *path, const char *id, const char *class, hy_str key)
{
	unsigned char drawn[16];

	if (!key.n) {
		hy_random(drawn, sizeof(drawn));
		key = hy_hex(p->a, drawn, sizeof(drawn));
	}
	PUT(p,
	    "<form method=\"post\" action=\"{}\" id=\"{}\" class=\"{}\" accept-charset=\"utf-8\">",
	    page_link(p, path, HY_S("")), hy_str_of(id), hy_str_of(class));
	page_hidden(p, "key", key);
}

void page_time(struct page *p, hy_str instant)
{
	PUT(p, "<time datetime=\"{}\">{}</time>", instant,
	    plain_instant(p->a, p->l, instant, p->now));
}

void page_option(struct page *p, hy_str value, hy_str text, hy_str chosen)
{
	PUT(p,
	    hy_str_eq(value, chosen) ? "<option value=\"{}\" selected>{}</option>"
				     : "<option value=\"{}\">{}</option>",
	    value, text);
}

/* --- the frame ----------------------------------------------------------------------------------
 */

static void tab(struct page *p, const char *path, const char *word, const char *at)
{
	bool here = strcmp(path, at) == 0;

	PUT(p,
	    here ? "<a href=\"{}\" aria-current=\"page\"><span>{}</span></a>"
		 : "<a href=\"{}\"><span>{}</span></a>",
	    page_link(p, path, HY_S("")), T(p, word));
}

/* A change of language or size: a link, or a button that sends what was typed along. */
static void change(struct page *p, const char *at, const char *form, hy_str kind,
		   enum plain_language l, bool big, hy_str text)
{
	hy_str to = link_in(p, at, l, big, kind);
	bool other = l != p->l;
	hy_str lang = other ? hy_str_of(plain_languages[l]) : hy_str_of(plain_languages[p->l]);

	if (form)
		PUT(p,
		    "<button form=\"{}\" formaction=\"{}\" formnovalidate name=\"look\" "
		    "value=\"1\" lang=\"{}\">{}</button>",
		    hy_str_of(form), to, lang, text);
	else
		PUT(p, "<a href=\"{}\" lang=\"{}\">{}</a>", to, lang, text);
}

static void switches(struct page *p, const char *at, const char *form)
{
	static const char *const names[PLAIN__LANGUAGES] = { "简体", "繁體", "English" };
	const struct plain_query *q = hy_request_query(p->r);
	hy_str kind = form || !q ? HY_S("") : q->kind;

	PUT(p, "<div class=\"switches\">");
	change(p, at, form, kind, p->l, !p->big, T(p, p->big ? "plain.small" : "look.big"));
	for (int l = 0; l < PLAIN__LANGUAGES; l++)
		if (l != (int)p->l)
			change(p, at, form, kind, l, p->big, hy_str_of(names[l]));
	PUT(p, "</div>");
}

struct page page_begin(struct hy_request *r, const char *at, const char *form, hy_str title)
{
	const struct plain_query *q = hy_request_query(r);
	struct hy_arena *a = hy_request_arena(r);
	struct city *c = api_city(r);
	struct page page = { .r = r,
			     .a = a,
			     .c = c,
			     .l = plain_language_of(hy_request_language(r)),
			     .big = q && hy_str_eq(q->size, HY_S("big")),
			     .b = hy_buf_on(a) },
		    *p = &page;
	hy_str lang = hy_str_of(plain_languages[p->l]);

	p->now = hy_instant_text(a, hy_calendar_zone(city_pack(c)->calendar), city_now(c));
	PUT(p, "<!doctype html>\n<html lang=\"{}\"", lang);
	PUT(p, p->big ? " data-big>" : ">");
	PUT(p,
	    "<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\"><title>{} · {}</title>"
	    "<link rel=\"icon\" href=\"/mark.svg\" type=\"image/svg+xml\">"
	    "<link rel=\"stylesheet\" href=\"/plain/portal.css\">"
	    "<link rel=\"stylesheet\" href=\"/plain/plain.css\"></head>"
	    "<body class=\"plain\"><div id=\"app\"><a class=\"skip\" href=\"#main\">{}</a>"
	    "<header class=\"top\"><div class=\"top-in\"><a class=\"brand\" href=\"{}\">"
	    "<img src=\"/mark.svg\" alt=\"\" width=\"36\" height=\"36\"><span><b>{}</b>"
	    "<small>{}</small></span></a><nav class=\"tabs\" aria-label=\"{}\">",
	    title, T(p, "brand.name"), T(p, "nav.skip"), page_link(p, "/plain", HY_S("")),
	    T(p, "brand.name"), city_name(c), T(p, "nav.main"));
	tab(p, "/plain", "nav.home", at);
	tab(p, "/plain/file", "nav.file", at);
	tab(p, "/plain/follow", "nav.follow", at);
	PUT(p, "</nav>");
	switches(p, at, form);
	PUT(p, "</div></header><main id=\"main\" tabindex=\"-1\">");
	return page;
}

void page_end(struct page *p, int status)
{
	const struct pack *pack = city_pack(p->c);
	hy_str rules[] = { pack_say(&pack->title, hy_str_of(plain_languages[p->l])),
			   pack->version };

	PUT(p,
	    "</main><footer class=\"foot\"><div class=\"foot-in\"><p><b>{}</b></p><p>{}</p>"
	    "<p>{} <a href=\"/\">{}</a></p></div></footer></div></body></html>\n",
	    T(p, "brand.promise"), plain_word_with(p->a, p->l, "foot.rules", rules, 2),
	    T(p, "plain.what"), T(p, "plain.full"));
	hy_answer(p->r, status, "text/html; charset=utf-8", hy_buf_str(&p->b));
	hy_answer_header(p->r, "Content-Security-Policy", HY_S(POLICY));
	/* A form from a page that hides where it came from has no origin, and is refused. */
	hy_answer_header(p->r, "Referrer-Policy", HY_S("same-origin"));
}

/* --- what went wrong
 * ------------------------------------------------------------------------------ */

hy_str page_wrong(struct page *p, const struct hy_err *e)
{
	int64_t wait = hy_request_wait(p->r);
	const char *key = "wrong.other";

	switch (e->code) {
	case HY_TOO_MANY:
	case HY_NEED_PROOF:
		return wait ? T1(p, "plain.wait", page_number(p, wait)) : T(p, "plain.wait_minute");
	case HY_NOT_FOUND:
		key = "wrong.not_found";
		break;
	case HY_NOT_NOW:
		key = "wrong.not_now";
		break;
	case HY_STORE_BUSY:
		key = "wrong.store_busy";
		break;
	case HY_KEY_REUSED:
		key = "plain.twice";
		break;
	case HY_TOO_LARGE:
		return T1(p, "plain.too_large", HY_S("32"));
	case HY_FORBIDDEN:
		key = "wrong.forbidden";
		break;
	case HY_BAD_FIELD:
	case HY_BAD_INPUT:
	case HY_NO_MEDIA:
		key = "wrong.bad_field";
		break;
	default:
		if (hy_code_info(e->code)->http >= 500)
			key = "wrong.server";
	}
	return T(p, key);
}

void page_of_wrong(struct hy_request *r, const struct hy_err *e, int status)
{
	enum plain_language l = plain_language_of(hy_request_language(r));
	struct page page = page_begin(r, "/plain", NULL, plain_word(l, "plain.failed")), *p = &page;

	PUT(p,
	    "<div class=\"note-box\"><h1>{}</h1><p role=\"alert\">{}</p>"
	    "<p class=\"dim small\">{}</p><p class=\"acts\"><a class=\"button quiet\" "
	    "href=\"{}\">{}</a></p></div>",
	    T(p, "plain.failed"), page_wrong(p, e), T1(p, "plain.number", hy_request_id(r)),
	    page_link(p, "/plain", HY_S("")), T(p, "plain.back"));
	page_end(p, status);
}
