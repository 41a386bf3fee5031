#include "pack/node.h"

#include <yaml.h>

struct reader {
	struct hy_arena *a, *texts;
	struct pack_log *l;
	struct pack_doc *d;
	yaml_parser_t *y;
};

static void place(struct pack_node *n, const yaml_mark_t *m)
{
	n->line = (int)m->line + 1;
	n->column = (int)m->column + 1;
}

/* Line and column (in characters) of byte AT. */
static struct pack_node mark_of(hy_str text, size_t at)
{
	struct pack_node n = { .line = 1, .column = 1 };

	for (size_t i = 0; i < at && i < text.n; i++) {
		if (text.p[i] == '\n') {
			n.line++;
			n.column = 1;
		} else if (((unsigned char)text.p[i] & 0xc0) != 0x80) {
			n.column++;
		}
	}
	return n;
}

static bool syntax_wrong(struct reader *r)
{
	const yaml_parser_t *y = r->y;
	struct pack_node at = { 0 };

	if (y->error == YAML_READER_ERROR)
		at = mark_of(r->d->text, y->problem_offset);
	else
		place(&at, &y->problem_mark);
	if (y->context)
		pack_wrong(r->l, r->d, &at, "cannot be read as YAML: %s, %s", y->context,
			   y->problem ? y->problem : "bad syntax");
	else
		pack_wrong(r->l, r->d, &at, "cannot be read as YAML: %s",
			   y->problem ? y->problem : "bad syntax");
	return false;
}

static bool refuse(struct reader *r, const yaml_event_t *ev, const char *what)
{
	struct pack_node at = { 0 };

	place(&at, &ev->start_mark);
	pack_wrong(r->l, r->d, &at, "%s", what);
	return false;
}

static void drop_event(yaml_event_t *ev)
{
	yaml_event_delete(ev);
}
#define SCOPED_EVENT __attribute__((cleanup(drop_event))) yaml_event_t

static bool plain_event(struct reader *r, const yaml_event_t *ev)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		anchor = ev->data.scalar.anchor;
		tag = ev->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = ev->data.sequence_start.anchor;
		tag = ev->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = ev->data.mapping_start.anchor;
		tag = ev->data.mapping_start.tag;
		break;
	case YAML_ALIAS_EVENT:
		return refuse(r, ev, "aliases (*name) are not used in packs: write the value out");
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		break;
	}
	if (anchor)
		return refuse(r, ev, "anchors (&name) are not used in packs: write the value out");
	if (tag)
		return refuse(r, ev, "tags (!name) are not used in packs");
	return true;
}

static bool next(struct reader *r, yaml_event_t *ev)
{
	return yaml_parser_parse(r->y, ev) ? plain_event(r, ev) : syntax_wrong(r);
}

typedef HY_VEC(struct pack_node *) node_vec;

static bool read_node(struct reader *r, const yaml_event_t *ev, int depth, struct pack_node **out);

static bool read_items(struct reader *r, struct pack_node *n, yaml_event_type_t end, int depth)
{
	node_vec items = { 0 };

	for (;;) {
		SCOPED_EVENT ev = { 0 };
		if (!next(r, &ev))
			return false;
		if (ev.type == end)
			break;
		struct pack_node *item = NULL;
		if (!read_node(r, &ev, depth + 1, &item))
			return false;
		*hy_push(r->a, &items) = item;
	}
	n->v = items.v;
	n->n = items.n;
	return true;
}

static bool read_node(struct reader *r, const yaml_event_t *ev, int depth, struct pack_node **out)
{
	if (depth > PACK_DEPTH_MOST)
		return refuse(r, ev, "nested too deeply: at most 32 levels");
	if (++r->l->nodes > PACK_NODES_MOST)
		return refuse(r, ev, "the packs hold too many values: at most 500,000");
	struct pack_node *n = *out = hy_new(r->a, struct pack_node);
	place(n, &ev->start_mark);
	if (ev->type == YAML_SEQUENCE_START_EVENT) {
		n->kind = PACK_SEQ;
		return read_items(r, n, YAML_SEQUENCE_END_EVENT, depth);
	}
	if (ev->type == YAML_MAPPING_START_EVENT) {
		n->kind = PACK_MAPPING;
		return read_items(r, n, YAML_MAPPING_END_EVENT, depth);
	}
	n->kind = PACK_SCALAR;
	n->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	n->s = hy_str_dup(r->texts,
			  (hy_str){ (const char *)ev->data.scalar.value, ev->data.scalar.length });
	return true;
}

static bool read_stream(struct reader *r)
{
	for (;;) {
		SCOPED_EVENT ev = { 0 };
		if (!next(r, &ev))
			return false;
		switch (ev.type) {
		case YAML_STREAM_END_EVENT:
			if (!r->d->root)
				pack_wrong(r->l, r->d, NULL, "the file is empty");
			return r->d->root != NULL;
		case YAML_NO_EVENT:
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		case YAML_DOCUMENT_START_EVENT:
			if (r->d->root)
				return refuse(r, &ev,
					      "a second document (---) in one file: use two files");
			break;
		case YAML_SCALAR_EVENT:
		case YAML_SEQUENCE_START_EVENT:
		case YAML_MAPPING_START_EVENT:
			if (!read_node(r, &ev, 1, &r->d->root))
				return false;
			break;
		case YAML_ALIAS_EVENT:
		case YAML_SEQUENCE_END_EVENT:
		case YAML_MAPPING_END_EVENT:
			return refuse(r, &ev, "cannot be read as YAML");
		}
	}
}

bool pack_node_read(struct hy_arena *a, struct hy_arena *texts, struct pack_log *l,
		    struct pack_doc *d)
{
	size_t bad = 0;

	d->root = NULL;
	if (d->text.n > PACK_FILE_MOST) {
		pack_wrong(l, d, NULL, "the file has %zu bytes, at most %d are read", d->text.n,
			   PACK_FILE_MOST);
		return false;
	}
	if (hy_str_starts(d->text, HY_S("\xef\xbb\xbf")))
		d->text = (hy_str){ d->text.p + 3, d->text.n - 3 };
	if (!hy_str_utf8(d->text, &bad)) {
		struct pack_node at = mark_of(d->text, bad);
		pack_wrong(l, d, &at, "is not UTF-8 here (byte 0x%02x)",
			   (unsigned char)d->text.p[bad]);
		return false;
	}
	yaml_parser_t y;
	if (!yaml_parser_initialize(&y)) {
		pack_wrong(l, d, NULL, "could not be read: out of memory");
		return false;
	}
	yaml_parser_set_encoding(&y, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y, (const unsigned char *)d->text.p, d->text.n);
	struct reader r = { a, texts, l, d, &y };
	bool ok = read_stream(&r);
	yaml_parser_delete(&y);
	if (!ok)
		d->root = NULL;
	return ok;
}

/* --- what a checked tree holds ------------------------------------------------------ */

const struct pack_node *pack_node_get(const struct pack_node *m, const char *key)
{
	hy_str k = hy_str_of(key);

	if (!m || m->kind != PACK_MAPPING)
		return NULL;
	for (size_t i = 0; i + 1 < m->n; i += 2)
		if (m->v[i]->kind == PACK_SCALAR && hy_str_eq(m->v[i]->s, k))
			return m->v[i + 1];
	return NULL;
}

bool pack_node_is_null(const struct pack_node *n)
{
	return !n || (n->kind == PACK_SCALAR && n->plain &&
		      (n->s.n == 0 || hy_str_eq(n->s, HY_S("null")) || hy_str_eq(n->s, HY_S("~"))));
}

hy_str pack_node_str(const struct pack_node *m, const char *key)
{
	const struct pack_node *n = pack_node_get(m, key);

	return n && n->kind == PACK_SCALAR ? n->s : HY_S("");
}

bool pack_node_flag(const struct pack_node *m, const char *key, bool otherwise)
{
	const struct pack_node *n = pack_node_get(m, key);

	return n ? hy_str_eq(n->s, HY_S("true")) : otherwise;
}

int pack_node_int(const struct pack_node *m, const char *key, int otherwise)
{
	const struct pack_node *n = pack_node_get(m, key);
	int64_t v;

	return n && hy_str_int(n->s, &v) && v >= INT32_MIN && v <= INT32_MAX ? (int)v : otherwise;
}

struct hy_limit pack_node_limit(const struct pack_node *m, const char *key)
{
	const struct pack_node *n = pack_node_get(m, key);
	struct hy_limit l = { 0 };

	return n && !pack_node_is_null(n) && hy_limit_read(n->s, &l) ? l : (struct hy_limit){ 0 };
}

hy_day pack_node_day(const struct pack_node *m, const char *key, hy_day otherwise)
{
	const struct pack_node *n = pack_node_get(m, key);
	hy_day d;

	return n && hy_day_read(n->s, &d) ? d : otherwise;
}

struct pack_text pack_node_text(const struct pack_node *m, const char *key)
{
	const struct pack_node *n = pack_node_get(m, key);

	return (struct pack_text){ pack_node_str(n, "zh-CN"), pack_node_str(n, "zh-Hant"),
				   pack_node_str(n, "en") };
}

hy_str *pack_node_strs(struct hy_arena *a, const struct pack_node *list, size_t *n_out)
{
	*n_out = 0;
	if (!list || list->kind != PACK_SEQ || list->n == 0)
		return NULL;
	hy_str *v = hy_new_n(a, hy_str, list->n);
	for (size_t i = 0; i < list->n; i++)
		v[i] = list->v[i]->s;
	*n_out = list->n;
	return v;
}

static bool two_digits(const char *p, int most, int *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	return *out <= most;
}

bool pack_time_read(hy_str s, int *out)
{
	int h, m;

	if (s.n != 5 || s.p[2] != ':' || !two_digits(s.p, 24, &h) || !two_digits(s.p + 3, 59, &m) ||
	    h * 60 + m > 24 * 60)
		return false;
	*out = h * HY_HOUR + m * HY_MINUTE;
	return true;
}

bool pack_offset_read(hy_str s, int *out)
{
	int ms;

	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') ||
	    !pack_time_read((hy_str){ s.p + 1, 5 }, &ms) || ms > 14 * HY_HOUR)
		return false;
	*out = (s.p[0] == '-' ? -1 : 1) * (ms / 1000);
	return true;
}
