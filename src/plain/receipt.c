/* What the person takes away: code, secret, the day of the answer and why, a receipt. */
#include "people/totp.h"
#include "plain/own.h"

enum hy_code own_told(struct page *p, const struct matter *m, json_t **out, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(p->a);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = citizen_json(&j, p->c, m, e);

	struct hy_err why = { 0 };

	if (!code && hy_json_read(p->a, hy_buf_str(&b), out, &why))
		return hy_broke(e, HY_INTERNAL, "what is told cannot be read: %.200s", why.detail);
	return code;
}

static void key_fields(struct page *p, const struct own_key *key)
{
	page_hidden(p, "code", key->code);
	page_hidden(p, "secret", key->secret);
}

static void key_button(struct page *p, const struct own_key *key, const char *path,
		       const char *class, hy_str text)
{
	PUT(p, "<form method=\"post\" action=\"{}\">", page_link(p, path, HY_S("")));
	key_fields(p, key);
	PUT(p, "<button type=\"submit\" class=\"{}\">{}</button></form>", hy_str_of(class), text);
}

/* Behind the #, which browsers send to nobody. */
static enum hy_code picture(struct page *p, const struct own_key *key, struct hy_err *e)
{
	hy_str svg = HY_S(""), host = hy_request_header(p->r, "Host");
	hy_str to = hy_printf(p->a, "http%s://" HY_FMT "/follow#" HY_FMT "." HY_FMT,
			      hy_request_secure(p->r) ? "s" : "", HY_ARG(host), HY_ARG(key->code),
			      HY_ARG(key->secret));
	enum hy_code code = host.n && host.n < 256 ? totp_qr(p->a, to, &svg, e) : HY_OK;

	if (code || !svg.n)
		return code;
	PUT(p, "<div class=\"qr\"><div role=\"img\" aria-label=\"{}\">", T(p, "filed.qr"));
	hy_buf_add(&p->b, svg); /* our own */
	PUT(p, "</div><p class=\"dim small\">{}</p></div>", T(p, "plain.qr"));
	return HY_OK;
}

void own_attach(struct page *p, const struct own_key *key, const char *back)
{
	PUT(p,
	    "<form method=\"post\" action=\"{}\" enctype=\"multipart/form-data\" "
	    "class=\"attach\">",
	    page_link(p, "/plain/attach", HY_S("")));
	key_fields(p, key);
	page_hidden(p, "back", hy_str_of(back));
	PUT(p,
	    "<label class=\"field\"><span>{}</span><small class=\"dim\">{}</small>"
	    "<input type=\"file\" name=\"files\" multiple accept=\"image/*,application/pdf\">"
	    "</label><button type=\"submit\" class=\"button quiet\">{}</button></form>",
	    T(p, "plain.attach"), T1(p, "file.files_hint", HY_S("9")), T(p, "plain.attach_go"));
}

static void keys(struct page *p, const struct own_key *key)
{
	PUT(p,
	    "<h2>{}</h2><dl><div><dt>{}</dt><dd class=\"key\">{}</dd></div>"
	    "<div><dt>{}</dt><dd class=\"key\">{}</dd></div></dl><p class=\"note warn\">{}</p>",
	    T(p, "filed.keep_title"), T(p, "filed.code"), key->code, T(p, "filed.secret"),
	    plain_groups(p->a, key->secret), T(p, "filed.keep"));
}

static void due(struct page *p, const json_t *own)
{
	const json_t *clocks = json_object_get(own, "clocks"), *main = NULL;

	for (size_t i = 0; i < json_array_size(clocks); i++) {
		const json_t *c = json_array_get(clocks, i);
		if (json_is_true(json_object_get(c, "main")) && hy_json_get(c, "due_at").n)
			main = c;
	}
	PUT(p, "<div class=\"card\"><h2>{}</h2>", T(p, "filed.due"));
	if (!main) {
		PUT(p, "<p>{}</p></div>", T(p, "filed.no_due"));
		return;
	}
	hy_str at = hy_json_get(main, "due_at");
	PUT(p, "<p class=\"due-big\">");
	page_time(p, at);
	PUT(p, "</p><p>{}</p>", T(p, "filed.due_more"));
	for (size_t i = 0; i < json_array_size(clocks); i++) {
		const json_t *c = json_array_get(clocks, i);
		hy_str other = hy_json_get(c, "due_at");
		if (c == main || !other.n || hy_str_cmp(other, at) >= 0)
			continue;
		PUT(p, "<p class=\"dim\">{} · ",
		    T1(p, "filed.also", page_say(p, json_object_get(c, "title"))));
		page_time(p, other);
		PUT(p, "</p>");
	}
	own_why(p, main);
	PUT(p, "</div>");
}

static void next(struct page *p, const struct own_key *key)
{
	PUT(p,
	    "<div class=\"card\"><h2>{}</h2><ol class=\"plain-list\"><li>{}</li><li>{}</li>"
	    "<li>{}</li></ol><div class=\"acts\">",
	    T(p, "filed.next"), T(p, "filed.next_1"), T(p, "filed.next_2"), T(p, "filed.next_3"));
	key_button(p, key, "/plain/follow", "button quiet", T(p, "plain.see"));
	PUT(p, "<a class=\"button quiet\" href=\"{}\">{}</a></div></div>",
	    page_link(p, "/plain/file", HY_S("")), T(p, "filed.another"));
}

enum hy_code own_receipt(struct hy_request *r, const struct matter *m, const struct own_key *key,
			 hy_str said, int status, struct hy_err *e)
{
	hy_str title = plain_word(plain_language_of(hy_request_language(r)), "filed.title");
	struct page page = page_begin(r, "/plain/filed", "again", title), *p = &page;
	json_t *own = NULL;
	enum hy_code code = own_told(p, m, &own, e);

	if (code)
		return code;
	PUT(p, "<form id=\"again\" method=\"post\" action=\"{}\">",
	    page_link(p, "/plain/filed", HY_S("")));
	key_fields(p, key);
	PUT(p,
	    "</form><section class=\"filed\"><header class=\"page-head\"><h1>{}</h1><p>{}</p>"
	    "</header>",
	    title, T(p, "filed.thanks"));
	if (said.n)
		PUT(p, "<p class=\"note\" role=\"status\">{}</p>", said);
	PUT(p, "<div class=\"filed-in\"><div class=\"card keys\">");
	keys(p, key);
	code = picture(p, key, e);
	PUT(p, "<div class=\"acts\">");
	key_button(p, key, "/plain/card", "button", T(p, "filed.save"));
	key_button(p, key, "/plain/receipt", "button quiet", T(p, "filed.proof"));
	PUT(p, "</div><p class=\"dim small\">{}</p></div><div class=\"stack\">",
	    T(p, "filed.proof_more"));
	due(p, own);
	PUT(p, "<div class=\"card\">");
	own_attach(p, key, "filed");
	PUT(p, "</div>");
	next(p, key);
	PUT(p, "</div></div></section>");
	if (!code)
		page_end(p, status);
	return code;
}
