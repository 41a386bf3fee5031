#include "pack/build.h"

#include <stdlib.h>

#include "pack/field.h"
#include "pack/source.h"

/* --- things by id --------------------------------------------------------------------- */

struct pack_item *pack_item_of(const struct pack_items *items, hy_str id)
{
	return hy_map_get(&items->by_id, id);
}

void pack_add(struct pack_build *b, struct pack_items *to, const char *what, hy_str id,
	      const struct pack_node *at, const struct pack_node *node, const struct pack_doc *d,
	      size_t source)
{
	struct pack_item *it = pack_item_of(to, id);

	if (it && it->source == source) {
		pack_wrong(&b->log, d, at, "%s \"" HY_FMT "\" stands twice, first in " HY_FMT ":%d",
			   what, HY_ARG(id), HY_ARG(it->doc->shown), it->node->line);
		return;
	}
	if (!it) {
		it = hy_new(b->tmp, struct pack_item);
		to->by_id.a = b->tmp;
		hy_map_put(&to->by_id, id, it);
		*hy_push(b->tmp, &to->list) = it;
	}
	*it = (struct pack_item){ .id = id, .node = node, .doc = d, .source = source };
}

static int by_id(const void *a, const void *b)
{
	return hy_str_cmp((*(struct pack_item *const *)a)->id, (*(struct pack_item *const *)b)->id);
}

void pack_items_sort(struct pack_items *items)
{
	if (items->list.n)
		qsort(items->list.v, items->list.n, sizeof(*items->list.v), by_id);
}

void *pack_refer(struct pack_build *b, const struct pack_items *items, const char *what,
		 const struct pack_doc *d, const struct pack_node *n)
{
	const struct pack_item *it = pack_item_of(items, n->s);

	if (!it)
		pack_wrong(&b->log, d, n, "unknown %s \"" HY_FMT "\"" HY_FMT, what, HY_ARG(n->s),
			   HY_ARG(pack_near(b->log.a, &items->by_id, n->s)));
	return it ? it->made : NULL;
}

static const char *const word_of_list[PACK__LISTS] = {
	[PACK_CHANNELS] = "channel",
	[PACK_ROLES] = "role",
	[PACK_CLASSES] = "class",
	[PACK_PAUSE_GROUNDS] = "ground for pausing",
	[PACK_CLOSE_GROUNDS] = "ground for closing",
	[PACK_DECLINE_GROUNDS] = "ground for declining",
	[PACK_RETURN_GROUNDS] = "ground for returning",
	[PACK_REOPEN_GROUNDS] = "ground for reopening",
	[PACK_ANNUL_GROUNDS] = "ground for annulling",
	[PACK_HANDOFF_GROUNDS] = "ground for handing off",
	[PACK_FINDINGS] = "finding",
	[PACK_RATING_REASONS] = "reason for a rating",
	[PACK_PROBLEM_CATEGORIES] = "category of problems",
};

bool pack_refer_word(struct pack_build *b, enum pack_list list, const struct pack_doc *d,
		     const struct pack_node *n)
{
	if (list == PACK_ROLES && hy_str_eq(n->s, HY_S("system")))
		return true;
	if (pack_item_of(&b->lists[list], n->s))
		return true;
	pack_wrong(&b->log, d, n, "unknown %s \"" HY_FMT "\"" HY_FMT, word_of_list[list],
		   HY_ARG(n->s), HY_ARG(pack_near(b->log.a, &b->lists[list].by_id, n->s)));
	return false;
}

void pack_refer_words(struct pack_build *b, enum pack_list list, const struct pack_doc *d,
		      const struct pack_node *scalars)
{
	for (size_t i = 0; scalars && i < scalars->n; i++)
		pack_refer_word(b, list, d, scalars->v[i]);
}

/* --- reading --------------------------------------------------------------------------- */

static bool plain_path(hy_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_' || c == '-' || c == '.' || c == '/'))
			return false;
	}
	return s.n > 0 && s.n < 200;
}

/* Is the file where a pack may have one, and its shape right? */
static void read_file(struct pack_build *b, struct pack_doc *d)
{
	const struct pack_place *place = pack_place_of(d->path);

	if (!plain_path(d->path))
		pack_wrong(&b->log, d, NULL, "a path has letters, digits, _, -, . and / only");
	else if (!place)
		pack_wrong(
			&b->log, d, NULL,
			"a pack has no such file; known: pack.yaml, calendar/hours.yaml, "
			"calendar/statutory.yaml, calendar/2026.yaml, calendar/regions/, lists/, "
			"rules/, ladders/, kinds/, pledges/, schemes/, tests/");
	else if (pack_node_read(b->tmp, b->a, &b->log, d)) {
		if (place->id == PLACE_NOTICE)
			pack_notice_check(&b->log, d);
		else
			pack_shape_check(&b->log, d, d->root, place->shape);
	}
}

static bool source_name(struct pack_build *b, size_t i)
{
	const struct pack_source *s = &b->p->sources[i];
	struct pack_doc d = { .shown = s->name };
	static const struct pack_shape id = { .type = SHAPE_ID };
	struct pack_node n = { .kind = PACK_SCALAR, .s = s->name, .line = 1, .column = 1 };

	if (!pack_shape_check(&b->log, &d, &n, &id))
		return false;
	for (size_t k = 0; k < i; k++)
		if (hy_str_eq(b->p->sources[k].name, s->name)) {
			pack_wrong(&b->log, &d, NULL, "two folders are called \"" HY_FMT "\"",
				   HY_ARG(s->name));
			return false;
		}
	for (size_t k = 0; k < s->n_files; k++)
		if (hy_str_eq(s->files[k].path, HY_S("pack.yaml")))
			return true;
	pack_wrong(&b->log, &d, NULL, "the folder has no pack.yaml");
	return false;
}

static void read_all(struct pack_build *b, const struct pack_file *notices, size_t n_notices)
{
	const struct pack *p = b->p;
	size_t n = n_notices;

	for (size_t i = 0; i < p->n_sources; i++)
		n += p->sources[i].n_files;
	b->docs = hy_new_n(b->tmp, struct pack_doc, n);
	for (size_t i = 0; i < p->n_sources; i++) {
		const struct pack_source *s = &p->sources[i];
		source_name(b, i);
		for (size_t k = 0; k < s->n_files; k++) {
			struct pack_doc *d = &b->docs[b->n_docs++];
			d->shown = hy_printf(b->tmp, HY_FMT "/" HY_FMT, HY_ARG(s->name),
					     HY_ARG(s->files[k].path));
			d->path = s->files[k].path;
			d->text = s->files[k].text;
			if (k && hy_str_eq(d->path, s->files[k - 1].path))
				pack_wrong(&b->log, d, NULL, "the folder has this file twice");
			read_file(b, d);
		}
	}
	for (size_t i = 0; i < n_notices; i++) {
		struct pack_doc *d = &b->docs[b->n_docs++];
		d->shown = d->path = hy_str_dup(b->tmp, notices[i].path);
		d->text = hy_str_dup(b->tmp, notices[i].text);
		if (pack_node_read(b->tmp, b->a, &b->log, d))
			pack_notice_check(&b->log, d);
	}
}

/* --- gathering ------------------------------------------------------------------------- */

static void gather_list(struct pack_build *b, struct pack_items *to, const char *what,
			const char *key, const struct pack_doc *d, const struct pack_node *list,
			size_t source)
{
	for (size_t i = 0; list && i < list->n; i++) {
		const struct pack_node *id = pack_node_get(list->v[i], key);
		pack_add(b, to, what, id->s, id, list->v[i], d, source);
	}
}

static struct pack_item *one(struct pack_build *b, const struct pack_doc *d, size_t source)
{
	struct pack_item *it = hy_new(b->tmp, struct pack_item);

	*it = (struct pack_item){ .node = d->root, .doc = d, .source = source };
	return it;
}

static hy_str file_name(hy_str path)
{
	for (size_t i = path.n; i-- > 0;)
		if (path.p[i] == '/') {
			path.p += i + 1;
			path.n -= i + 1;
			break;
		}
	return hy_str_ends(path, HY_S(".yaml")) ? (hy_str){ path.p, path.n - 5 } : path;
}

/* The name of the file is the id in it: so a reader finds it. */
static void named_as(struct pack_build *b, const struct pack_doc *d, const struct pack_node *id)
{
	hy_str name = file_name(d->path);

	if (!hy_str_eq(name, id->s))
		pack_wrong(&b->log, d, id,
			   "the file is called \"" HY_FMT "\", in it stands \"" HY_FMT "\"",
			   HY_ARG(name), HY_ARG(id->s));
}

static void gather_pack(struct pack_build *b, const struct pack_doc *d, size_t source)
{
	const struct pack_node *name = pack_node_get(d->root, "pack");
	hy_str region = pack_node_str(d->root, "region");

	if (!hy_str_eq(name->s, b->p->sources[source].name))
		pack_wrong(&b->log, d, name,
			   "the folder is kept as \"" HY_FMT "\", in it stands \"" HY_FMT "\"",
			   HY_ARG(b->p->sources[source].name), HY_ARG(name->s));
	b->pack = one(b, d, source);
	if (region.n)
		b->region = region;
}

static void gather_notice(struct pack_build *b, const struct pack_doc *d, size_t source, bool named)
{
	const struct pack_node *n =
		pack_node_get(d->root, pack_is_holiday(d->root) ? "year" : "notice");

	if (named)
		named_as(b, d, n);
	pack_add(b, &b->notices, "the notice", n->s, n, d->root, d, source);
}

static void gather_pledges(struct pack_build *b, const struct pack_doc *d, size_t source)
{
	const struct pack_node *list = pack_node_get(d->root, "pledges");

	for (size_t i = 0; i < list->n; i++)
		*hy_push(b->tmp, &b->pledges) =
			(struct pack_item){ .id = pack_node_str(list->v[i], "kind"),
					    .node = list->v[i],
					    .doc = d,
					    .source = source };
}

static void gather(struct pack_build *b, const struct pack_doc *d, size_t source)
{
	const struct pack_node *r = d->root;

	switch (pack_place_of(d->path)->id) {
	case PLACE_PACK:
		gather_pack(b, d, source);
		break;
	case PLACE_HOURS:
		b->hours = one(b, d, source);
		break;
	case PLACE_STATUTE:
		b->statute = one(b, d, source);
		break;
	case PLACE_NOTICE:
		gather_notice(b, d, source, true);
		break;
	case PLACE_REGION:
		named_as(b, d, pack_node_get(r, "region"));
		pack_add(b, &b->regions, "the region", pack_node_str(r, "region"),
			 pack_node_get(r, "region"), r, d, source);
		break;
	case PLACE_LISTS:
		for (int i = 0; i < PACK__LISTS; i++)
			gather_list(b, &b->lists[i], "the word", "id", d,
				    pack_node_get(r, pack_list_names[i]), source);
		break;
	case PLACE_RULES:
		gather_list(b, &b->rules, "the rule", "id", d, pack_node_get(r, "rules"), source);
		break;
	case PLACE_LADDERS:
		gather_list(b, &b->ladders, "the ladder", "id", d, pack_node_get(r, "ladders"),
			    source);
		break;
	case PLACE_KIND:
		pack_add(b, &b->kinds, "the kind", pack_node_str(r, "kind"),
			 pack_node_get(r, "kind"), r, d, source);
		break;
	case PLACE_PLEDGES:
		gather_pledges(b, d, source);
		break;
	case PLACE_SCHEME:
		named_as(b, d, pack_node_get(r, "scheme"));
		pack_add(b, &b->schemes, "the scheme", pack_node_str(r, "scheme"),
			 pack_node_get(r, "scheme"), r, d, source);
		break;
	case PLACE_TESTS:
		gather_list(b, &b->tests, "the test", "name", d, pack_node_get(r, "tests"), source);
		break;
	case PACK__PLACES:
		break;
	}
}

static void gather_all(struct pack_build *b)
{
	const struct pack *p = b->p;
	size_t doc = 0;

	for (size_t i = 0; i < p->n_sources; i++)
		for (size_t k = 0; k < p->sources[i].n_files; k++)
			gather(b, &b->docs[doc++], i);
	/* A further notice replaces those of the folders and earlier further ones. */
	for (size_t source = p->n_sources; doc < b->n_docs; source++)
		gather_notice(b, &b->docs[doc++], source, false);
}

/* --- making ---------------------------------------------------------------------------- */

static void make_pack(struct pack_build *b)
{
	const struct pack_node *n = b->pack->node;

	b->p->name = pack_node_str(n, "pack");
	b->p->version = pack_node_str(n, "version");
	b->p->jurisdiction = pack_node_str(n, "jurisdiction");
	b->p->title = pack_node_text(n, "title");
}

static void build(struct pack_build *b, const struct pack_file *notices, size_t n_notices)
{
	const struct pack_messages *msgs = b->log.msgs;

	read_all(b, notices, n_notices);
	if (msgs->errors)
		return;
	gather_all(b);
	if (msgs->errors)
		return;
	make_pack(b);
	pack_load_calendar(b);
	pack_load_lists(b);
	pack_load_rules(b);
	pack_load_ladders(b);
	pack_load_kinds(b);
	if (!msgs->errors) /* of a kind in error they would only repeat that */
		pack_load_pledges(b);
	pack_load_schemes(b);
	if (b->p->calendar)
		pack_load_tests(b);
}

enum hy_code pack_build(struct hy_arena *a, const struct pack_source *sources, size_t n_sources,
			const struct pack_file *notices, size_t n_notices,
			struct pack_messages *msgs, struct pack **out, struct hy_err *e)
{
	*msgs = (struct pack_messages){ 0 };
	if (n_sources == 0)
		return hy_fail(e, HY_BAD_PACK, "", "no folder given");
	/* What scalars say ends up in the pack; the trees they stood in do not. */
	HY_SCOPED_ARENA own = hy_arena_new(0);
	HY_SCOPED_ARENA tmp = hy_arena_new(0);
	struct pack_build b = {
		.a = own, .tmp = tmp, .log = { .a = a, .msgs = msgs }, .p = hy_new(own, struct pack)
	};
	b.p->arena = own;
	b.p->sources = pack_sources_copy(own, sources, n_sources);
	b.p->n_sources = n_sources;
	build(&b, notices, n_notices);
	pack_log_end(&b.log);
	enum hy_code code = pack_log_code(&b.log, e);
	if (code)
		return code;
	b.p->hash = pack_hash(own, b.p->sources, n_sources);
	*out = b.p;
	own = NULL;
	return HY_OK;
}

void pack_free(struct pack **p)
{
	if (!p || !*p)
		return;
	struct hy_arena *a = (*p)->arena;

	*p = NULL;
	hy_arena_free(&a);
}
