/* shape_json -- the JSON Schema of packs, from the tables of schema.c. */
#include "base/json.h"
#include "pack/schema.h"

struct out {
	struct hy_arena *a;
	struct hy_json *j;
	HY_VEC(const struct pack_shape *) maps; /* in $defs, in order of first use */
};

static void put_ref(struct out *o, const struct pack_shape *s)
{
	size_t i = 0;

	while (i < o->maps.n && o->maps.v[i] != s)
		i++;
	if (i == o->maps.n)
		*hy_push(o->a, &o->maps) = s;
	hy_json_kstr(o->j, "$ref", hy_printf(o->a, "#/$defs/%s", s->name));
}

static void put_members(struct out *o, const struct pack_shape *s);

static void put_shape(struct out *o, const struct pack_shape *s)
{
	hy_json_obj(o->j);
	put_members(o, s);
	hy_json_obj_end(o->j);
}

/* The table's own members, as they stand there. */
static void put_leaf(struct out *o, const struct pack_shape *s)
{
	hy_str members = hy_str_of(pack_leaves[s->type].json);

	if (members.n) {
		if (o->j->comma)
			hy_buf_byte(o->j->b, ',');
		hy_buf_add(o->j->b, members);
		o->j->comma = true;
	}
}

static void put_words(struct out *o, const struct pack_shape *s)
{
	hy_json_key(o->j, "enum");
	hy_json_arr(o->j);
	for (size_t i = 0; s->words[i]; i++)
		hy_json_str(o->j, hy_str_of(s->words[i]));
	hy_json_arr_end(o->j);
}

static void put_members(struct out *o, const struct pack_shape *s)
{
	if (s->type == SHAPE_MAP) {
		put_ref(o, s);
		return;
	}
	put_leaf(o, s);
	switch (s->type) {
	case SHAPE_INT:
		hy_json_kint(o->j, "minimum", s->least);
		hy_json_kint(o->j, "maximum", s->most);
		break;
	case SHAPE_LINE:
		hy_json_kint(o->j, "minLength", s->least);
		hy_json_kint(o->j, "maxLength", s->most);
		break;
	case SHAPE_WORD:
		put_words(o, s);
		break;
	case SHAPE_LIST:
		hy_json_kint(o->j, "minItems", s->least);
		hy_json_kint(o->j, "maxItems", s->most);
		hy_json_key(o->j, "items");
		put_shape(o, s->item);
		break;
	case SHAPE_KEYED:
		hy_json_key(o->j, "additionalProperties");
		put_shape(o, s->item);
		break;
	case SHAPE_EITHER:
		hy_json_key(o->j, "anyOf");
		hy_json_arr(o->j);
		put_shape(o, s->item);
		put_shape(o, s->other);
		hy_json_arr_end(o->j);
		break;
	case SHAPE_ID:
	case SHAPE_RULE:
	case SHAPE_PREFIX:
	case SHAPE_FLAG:
	case SHAPE_DAY:
	case SHAPE_INSTANT:
	case SHAPE_LOCAL:
	case SHAPE_DUE:
	case SHAPE_LIMIT:
	case SHAPE_LIMIT_OR_NULL:
	case SHAPE_TIME:
	case SHAPE_SPAN:
	case SHAPE_OFFSET:
	case SHAPE_PERCENT:
	case SHAPE_POINTS:
	case SHAPE_MEASURE:
	case SHAPE_DATA:
	case SHAPE_MAP:
	case SHAPE__TYPES:
		break;
	}
}

static void put_map(struct out *o, const struct pack_shape *s)
{
	hy_json_key(o->j, s->name);
	hy_json_obj(o->j);
	hy_json_kstr(o->j, "description", hy_str_of(s->about));
	hy_json_kstr(o->j, "type", HY_S("object"));
	hy_json_kbool(o->j, "additionalProperties", false);
	hy_json_key(o->j, "required");
	hy_json_arr(o->j);
	for (const struct pack_key *k = s->keys; k->name; k++)
		if (k->required)
			hy_json_str(o->j, hy_str_of(k->name));
	hy_json_arr_end(o->j);
	hy_json_key(o->j, "properties");
	hy_json_obj(o->j);
	for (const struct pack_key *k = s->keys; k->name; k++) {
		hy_json_key(o->j, k->name);
		hy_json_obj(o->j);
		hy_json_kstr(o->j, "description", hy_str_of(k->about));
		put_members(o, k->shape);
		hy_json_obj_end(o->j);
	}
	hy_json_obj_end(o->j);
	hy_json_obj_end(o->j);
}

/* A folder is an object from path to content: each file's schema hangs on its path. */
static void put_places(struct out *o, bool exact)
{
	hy_json_key(o->j, exact ? "properties" : "patternProperties");
	hy_json_obj(o->j);
	for (size_t i = 0; i < pack_n_places; i++) {
		const struct pack_place *p = &pack_places[i];
		if ((strchr(p->path, '*') == NULL) != exact)
			continue;
		hy_json_key(o->j, exact ? p->path : p->pattern);
		hy_json_obj(o->j);
		hy_json_kstr(o->j, "description", hy_str_of(p->about));
		put_ref(o, p->shape);
		hy_json_obj_end(o->j);
	}
	hy_json_obj_end(o->j);
}

hy_str pack_schema(struct hy_arena *a)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	struct out o = { .a = a, .j = &j };

	hy_json_obj(&j);
	hy_json_kstr(&j, "$schema", HY_S("https://json-schema.org/draft/2020-12/schema"));
	hy_json_kstr(&j, "title", HY_S("Huiyin pack: the files of a folder by path"));
	hy_json_kstr(&j, "type", HY_S("object"));
	hy_json_kbool(&j, "additionalProperties", false);
	put_places(&o, true);
	put_places(&o, false);
	hy_json_key(&j, "$defs");
	hy_json_obj(&j);
	for (size_t i = 0; i < o.maps.n; i++) /* grows while it is written */
		put_map(&o, o.maps.v[i]);
	hy_json_obj_end(&j);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}
