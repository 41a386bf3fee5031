#include "plain/fields.h"

#include "pack/field.h"

enum { TEXT_MOST = 8000 }; /* of one field here; the institution may say less */

static const char *const levels[] = { "1", "2", "3", "4", "5" };

bool field_is_asked(const struct pack_need *need)
{
	const struct pack_field_info *f = &pack_fields[need->field];

	if (need->field == PACK_CHANNEL || need->field == PACK_NAME || need->field == PACK_CONTACT)
		return false;
	return f->type == PACK_T_WORD || f->type == PACK_T_TEXT || f->type == PACK_T_WORDS ||
	       f->type == PACK_T_TEXTS || need->field == PACK_LEVEL;
}

static int most_of(const struct pack_field_info *f)
{
	return f->type == PACK_T_TEXT && f->most < TEXT_MOST ? f->most : TEXT_MOST;
}

/* --- parts of a form ----------------------------------------------------------------------------
 */

void field_wrong(struct page *p, const char *name, hy_str wrong)
{
	if (wrong.n)
		PUT(p, "<p class=\"miss\" id=\"w-{}\" role=\"alert\">{}</p>", hy_str_of(name),
		    wrong);
}

/* The attributes that tie what is wrong, and the hint, to the field. */
static void described(struct page *p, const char *name, bool hint, bool wrong)
{
	hy_str id = hy_str_of(name);

	if (wrong && hint)
		PUT(p, " aria-invalid=\"true\" aria-describedby=\"w-{} h-{}\"", id, id);
	else if (wrong)
		PUT(p, " aria-invalid=\"true\" aria-describedby=\"w-{}\"", id);
	else if (hint)
		PUT(p, " aria-describedby=\"h-{}\"", id);
}

void field_text(struct page *p, const struct field_text *f)
{
	hy_str name = hy_str_of(f->name);

	PUT(p, "<label class=\"field\"><span>{}</span>", f->label);
	if (f->hint.n)
		PUT(p, "<small class=\"dim\" id=\"h-{}\">{}</small>", name, f->hint);
	PUT(p,
	    f->rows ? "<textarea name=\"{}\" rows=\"{}\" maxlength=\"{}\""
		    : "<input name=\"{}\" size=\"{}\" maxlength=\"{}\"",
	    name, page_number(p, f->rows ? f->rows : 20), page_number(p, f->most));
	PUT(p, " autocomplete=\"{}\"", hy_str_of(f->autocomplete ? f->autocomplete : "off"));
	if (f->sample.n)
		PUT(p, " placeholder=\"{}\"", f->sample);
	described(p, f->name, f->hint.n, f->wrong.n);
	/* The first line end after <textarea> is not part of the text. */
	PUT(p, f->rows ? ">\n{}</textarea></label>" : " value=\"{}\"></label>", f->value);
	field_wrong(p, f->name, f->wrong);
}

static hy_str label_of(const struct page *p, const struct pack_move *mv, const char *field)
{
	hy_str own = hy_printf(p->a, "field." HY_FMT ".%s", HY_ARG(mv->id), field);
	hy_str any = hy_printf(p->a, "field.%s", field);

	if (page_has_word(p, own))
		return T(p, own.p);
	return T(p, page_has_word(p, any) ? any.p : "field.text");
}

static hy_str typed(struct page *p, const char *name, const struct own_tried *tried)
{
	return tried ? hy_request_form(p->r, name) : HY_S("");
}

static void level(struct page *p, hy_str chosen, hy_str wrong)
{
	PUT(p, "<fieldset class=\"field\"><legend>{}</legend><div class=\"levels\">",
	    T(p, "field.level"));
	for (size_t i = HY_COUNT(levels); i-- > 0;) {
		PUT(p, "<label class=\"level\"><input type=\"radio\" name=\"level\" value=\"{}\"",
		    hy_str_of(levels[i]));
		if (hy_str_eq(chosen, hy_str_of(levels[i])))
			PUT(p, " checked");
		PUT(p, "><span class=\"stars\" aria-hidden=\"true\">");
		for (size_t k = 0; k <= i; k++)
			PUT(p, "★");
		PUT(p, "</span><b>{}</b></label>", T(p, hy_printf(p->a, "level.%s", levels[i]).p));
	}
	PUT(p, "</div></fieldset>");
	field_wrong(p, "level", wrong);
}

/* Of a list, the words that are a citizen's to say; all when the list has none of those. */
static size_t own_words(struct page *p, const struct pack_words *list, const struct pack_move *mv,
			const struct pack_word **out)
{
	const char *key = hy_printf(p->a, "own." HY_FMT, HY_ARG(mv->id)).p;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (plain_listed(key, list->v[i].id))
			out[n++] = &list->v[i];
	for (size_t i = 0; !n && i < list->n; i++)
		out[i] = &list->v[i];
	return n ? n : list->n;
}

static bool ticked(const struct hy_texts *t, hy_str id)
{
	for (size_t i = 0; i < t->n; i++)
		if (hy_str_eq(t->v[i], id))
			return true;
	return false;
}

static void several(struct page *p, const char *name, hy_str label, const struct pack_word **words,
		    size_t n, const struct hy_texts *chosen)
{
	hy_str lang = hy_str_of(plain_languages[p->l]);

	PUT(p, "<fieldset class=\"field\"><legend>{}</legend>", label);
	if (strcmp(name, "reasons") == 0)
		PUT(p, "<small class=\"dim\">{}</small>", T(p, "plain.reasons_hint"));
	PUT(p, "<div class=\"chips\">");
	for (size_t i = 0; i < n; i++) {
		PUT(p,
		    "<label class=\"chip check\"><input type=\"checkbox\" name=\"{}\" "
		    "value=\"{}\"",
		    hy_str_of(name), words[i]->id);
		PUT(p, ticked(chosen, words[i]->id) ? " checked>{}</label>" : ">{}</label>",
		    pack_say(&words[i]->title, lang));
	}
	PUT(p, "</div></fieldset>");
}

static void one(struct page *p, const char *name, hy_str label, const struct pack_word **words,
		size_t n, hy_str chosen, hy_str wrong)
{
	hy_str lang = hy_str_of(plain_languages[p->l]);

	PUT(p, "<label class=\"field\"><span>{}</span><select name=\"{}\"", label, hy_str_of(name));
	described(p, name, false, wrong.n);
	PUT(p, ">");
	page_option(p, HY_S(""), T(p, "choose"), chosen);
	for (size_t i = 0; i < n; i++)
		page_option(p, words[i]->id, pack_say(&words[i]->title, lang), chosen);
	PUT(p, "</select></label>");
	field_wrong(p, name, wrong);
}

void field_put(struct page *p, const struct pack *pack, const struct pack_move *mv,
	       const struct pack_need *need, const struct own_tried *tried)
{
	const struct pack_field_info *f = &pack_fields[need->field];
	enum pack_list list = need->field == PACK_GROUND ? pack_ground_list(mv->act) : f->list;
	hy_str label = label_of(p, mv, f->name), value = typed(p, f->name, tried);
	hy_str wrong =
		tried && hy_str_eq(tried->field, hy_str_of(f->name)) ? tried->message : HY_S("");
	const struct pack_word **words = NULL;
	size_t n = 0;

	if (!field_is_asked(need))
		return;
	if (need->field == PACK_LEVEL) {
		level(p, value, wrong);
		return;
	}
	if (list < PACK__LISTS) {
		words = hy_new_n(p->a, const struct pack_word *, pack->lists[list].n + 1);
		n = own_words(p, &pack->lists[list], mv, words);
	}
	if (f->type == PACK_T_WORDS) {
		struct hy_texts chosen = hy_request_form_all(p->r, f->name);
		if (!tried)
			chosen.n = 0;
		several(p, f->name, label, words, n, &chosen);
	} else if (words) {
		one(p, f->name, label, words, n, n == 1 && need->required ? words[0]->id : value,
		    wrong);
	} else {
		field_text(p, &(struct field_text){ .name = f->name,
						    .label = label,
						    .value = value,
						    .wrong = wrong,
						    .rows = 3,
						    .most = most_of(f) });
	}
}

/* --- what came -----------------------------------------------------------------------------------
 */

/* One field; false: it is wrong. */
static bool take(struct page *p, const struct pack_need *need, json_t *data, hy_str *message_out)
{
	const struct pack_field_info *f = &pack_fields[need->field];
	hy_str v = hy_str_trim(hy_request_form(p->r, f->name));
	hy_str counts[2];
	int64_t n = 0;

	if (!v.n) {
		*message_out = T(p, "missing");
		return !need->required;
	}
	if (f->type == PACK_T_WORDS) {
		struct hy_texts all = hy_request_form_all(p->r, f->name);
		json_t *list = json_array();
		for (size_t i = 0; i < all.n; i++)
			json_array_append_new(list, json_stringn(all.v[i].p, all.v[i].n));
		json_object_set_new(data, f->name, list);
	} else if (f->type == PACK_T_TEXTS) {
		json_object_set_new(data, f->name, json_pack("[s%]", v.p, v.n));
	} else if (f->type == PACK_T_INT) {
		*message_out = T(p, "plain.not_taken");
		if (!hy_str_int(v, &n))
			return false;
		json_object_set_new(data, f->name, json_integer(n));
	} else {
		counts[0] = page_number(p, most_of(f));
		counts[1] = page_number(p, (int64_t)hy_str_chars(v));
		*message_out = plain_word_with(p->a, p->l, "plain.long", counts, 2);
		hy_json_put(data, f->name, v);
		return (int64_t)hy_str_chars(v) <= most_of(f);
	}
	return true;
}

bool field_data(struct page *p, const struct pack_move *mv, json_t **out, hy_str *field_out,
		hy_str *message_out)
{
	json_t *data = json_object();

	hy_arena_defer(p->a, (void (*)(void *))json_decref, data);
	*out = data;
	for (size_t i = 0; i < mv->n_needs; i++)
		if (field_is_asked(&mv->needs[i]) && !take(p, &mv->needs[i], data, message_out)) {
			*field_out = hy_str_of(pack_fields[mv->needs[i].field].name);
			return false;
		}
	return true;
}

hy_str field_refused(const struct page *p, hy_str field)
{
	for (size_t i = 0; i < PACK__FIELDS; i++)
		if (hy_str_eq(field, hy_str_of(pack_fields[i].name)))
			return T(p, pack_fields[i].type == PACK_T_WORD ||
						    pack_fields[i].type == PACK_T_WORDS
					    ? "plain.choose"
					    : "plain.not_taken");
	return T(p, "plain.not_taken");
}
