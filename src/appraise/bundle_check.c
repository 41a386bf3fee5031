/* A bundle recomputed by anybody, without a city. */
#include <stdlib.h>

#include "appraise/bundle_part.h"
#include "base/json.h"

enum hy_code bundle_differs(struct hy_err *e, const char *what)
{
	return hy_fail(e, HY_TAMPERED, "", "%s", what);
}

static enum hy_code unreadable(struct hy_err *e, const char *what)
{
	return hy_fail(e, HY_BAD_INPUT, "", "this is no bundle of a round: %s", what);
}

/* --- the log
 * --------------------------------------------------------------------------------------- */

static enum hy_code read_events(struct checking *k, uint64_t **idx_out, hy_hash **leaves_out,
				struct hy_err *e)
{
	const json_t *list = json_object_get(k->bundle, "events");
	size_t n = json_array_size(list);
	uint64_t *idx = hy_new_n(k->a, uint64_t, n + 1);
	hy_hash *leaves = hy_new_n(k->a, hy_hash, n + 1);

	k->log.v = hy_new_n(k->a, struct record_event, n + 1);
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(list, i), *text = json_array_get(row, 1);
		if (!json_is_integer(json_array_get(row, 0)) || !json_is_string(text))
			return unreadable(e, "an event is its place in the log and its text");
		hy_str body = { json_string_value(text), json_string_length(text) };
		enum hy_code code = record_parse(k->a, body, &k->log.v[i], e);
		if (code)
			return code;
		k->log.v[i].idx = json_integer_value(json_array_get(row, 0));
		idx[i] = (uint64_t)k->log.v[i].idx;
		leaves[i] = hy_leaf_hash(body);
	}
	k->log.n = n;
	*idx_out = idx;
	*leaves_out = leaves;
	return HY_OK;
}

static enum hy_code read_proof(struct checking *k, hy_hash **out, size_t *n_out, struct hy_err *e)
{
	const json_t *list = json_object_get(k->bundle, "proof");
	size_t n = json_array_size(list);
	hy_hash *v = hy_new_n(k->a, hy_hash, n + 1);

	for (size_t i = 0; i < n; i++) {
		const json_t *h = json_array_get(list, i);
		if (!json_is_string(h) ||
		    !hy_hash_read((hy_str){ json_string_value(h), json_string_length(h) }, &v[i]))
			return unreadable(e, "the proof is a list of hashes");
	}
	*out = v;
	*n_out = n;
	return HY_OK;
}

const struct record_event *bundle_freezing(const struct bundle_log *log, hy_str round,
					   int64_t version)
{
	const hy_str head = HY_S(ROUND_SUBJECT);

	for (size_t i = log->n; i-- > 0;) {
		const struct record_event *ev = &log->v[i];
		if (hy_str_eq(ev->move, HY_S("freeze")) && hy_str_starts(ev->subject, head) &&
		    hy_str_eq((hy_str){ ev->subject.p + head.n, ev->subject.n - head.n }, round) &&
		    hy_json_get_int(ev->data, "version", 0) == version)
			return ev;
	}
	return NULL;
}

/* The log has these events. */
static enum hy_code check_log(struct checking *k, hy_str vkey, struct hy_err *e)
{
	hy_str own = hy_json_get(k->bundle, "vkey");
	struct hy_vkey key;
	struct hy_head head;
	uint64_t *idx = NULL;
	hy_hash *leaves = NULL, *proof = NULL;
	size_t n = 0;

	if (vkey.n && !hy_str_eq(hy_str_trim(vkey), own))
		return bundle_differs(e,
				      "the bundle names another log than the key that was given");
	enum hy_code code = hy_vkey_read(own, &key, e);
	struct hy_trust trust = { .log = key, .origin = key.name };
	if (!code)
		code = hy_checkpoint_open(k->a, hy_json_get(k->bundle, "checkpoint"), &trust, &head,
					  e);
	if (!code)
		code = read_events(k, &idx, &leaves, e);
	if (!code)
		code = read_proof(k, &proof, &n, e);
	if (code)
		return code;
	if (!hy_many_hold(idx, leaves, k->log.n, head.cp.size, proof, n, &head.cp.root))
		return bundle_differs(e, "an event of the bundle is not in the log as it is given");
	k->frozen = bundle_freezing(&k->log, k->v.round, k->v.version);
	if (!k->frozen)
		return bundle_differs(
			e, "the freezing of this version is not among the events of the bundle");
	k->v.index = k->frozen->idx;
	k->v.size = (int64_t)head.cp.size;
	k->v.origin = hy_str_dup(k->a, head.cp.origin);
	k->v.events = k->log.n;
	return HY_OK;
}

static enum hy_code check_hashes(struct checking *k, struct hy_err *e)
{
	static const char *const names[] = { "inputs", "result" };

	for (size_t i = 0; i < HY_COUNT(names); i++)
		if (!hy_str_eq(round_hash(k->a, hy_json_get(k->bundle, names[i])),
			       hy_json_get(k->frozen->data, names[i])))
			return hy_fail(
				e, HY_TAMPERED, "",
				"the %s of the bundle are not those whose hash is in the log",
				names[i]);
	return HY_OK;
}

/* --- the institution
 * --------------------------------------------------------------------------------------- */

static void free_pack(void *p)
{
	struct pack *pack = p;

	pack_free(&pack);
}

static void read_files(struct hy_arena *a, const json_t *list, struct pack_file **out,
		       size_t *n_out)
{
	size_t n = json_array_size(list);
	struct pack_file *v = hy_new_n(a, struct pack_file, n + 1);

	for (size_t i = 0; i < n; i++)
		v[i] = (struct pack_file){ hy_json_get(json_array_get(list, i), "path"),
					   hy_json_get(json_array_get(list, i), "text") };
	*out = v;
	*n_out = n;
}

static const struct record_event *event_at(const struct bundle_log *log, int64_t idx)
{
	for (size_t i = 0; i < log->n; i++)
		if (log->v[i].idx == idx)
			return &log->v[i];
	return NULL;
}

/* One version: its event in the log has the hashes of its texts and of its calendar. */
static enum hy_code read_version(struct checking *k, const json_t *v, struct matter_version *out,
				 struct hy_err *e)
{
	const json_t *packs = json_object_get(v, "packs");
	size_t n = json_array_size(packs), n_notices = 0;
	struct pack_source *sources = hy_new_n(k->a, struct pack_source, n + 1);
	struct pack_file *notices = NULL;
	struct pack_messages msgs;
	struct pack *pack = NULL;

	read_files(k->a, json_object_get(v, "notices"), &notices, &n_notices);
	for (size_t i = 0; i < n; i++) {
		const json_t *s = json_array_get(packs, i);
		sources[i].name = hy_json_get(s, "name");
		read_files(k->a, json_object_get(s, "files"), &sources[i].files,
			   &sources[i].n_files);
	}
	enum hy_code code = pack_build(k->a, sources, n, notices, n_notices, &msgs, &pack, e);
	if (code)
		return code;
	hy_arena_defer(k->a, free_pack, pack);
	out->from_idx = hy_json_get_int(v, "from", -1);
	out->pack = pack;
	const struct record_event *ev = event_at(&k->log, out->from_idx);
	if (!ev || !hy_str_eq(ev->subject, HY_S("institution")) ||
	    !hy_str_eq(hy_json_get(ev->data, "pack"), pack->hash))
		return bundle_differs(e, "the institution is not the one whose hash is in the log");
	return hy_str_eq(hy_json_get(ev->data, "calendar"), hy_calendar_hash(pack->calendar))
		       ? HY_OK
		       : bundle_differs(e, "the calendar is not the one whose hash is in the log");
}

static enum hy_code check_institution(struct checking *k, struct hy_err *e)
{
	const json_t *list = json_object_get(k->bundle, "institution");
	size_t n = json_array_size(list);
	struct matter_version *v = hy_new_n(k->a, struct matter_version, n + 1);
	json_t *inputs = NULL;
	enum hy_code code = n ? HY_OK : unreadable(e, "it has no institution");

	for (size_t i = 0; !code && i < n; i++) {
		code = read_version(k, json_array_get(list, i), &v[i], e);
		if (!code && i && v[i].from_idx <= v[i - 1].from_idx)
			code = unreadable(e, "versions of the institution do not ascend");
	}
	if (!code)
		code = hy_json_read(k->a, hy_json_get(k->bundle, "inputs"), &inputs, e);
	if (code)
		return code;
	k->rules = (struct matter_rules){ v, n };
	k->pack = v[n - 1].pack;
	hy_str calendar = hy_json_get(k->frozen->data, "calendar");
	if (!hy_str_eq(k->pack->hash, hy_json_get(k->frozen->data, "pack")) ||
	    (calendar.n && !hy_str_eq(calendar, hy_calendar_hash(k->pack->calendar))))
		return bundle_differs(e, "the institution is not the one by which it was frozen");
	k->scheme = pack_scheme(k->pack, hy_json_get(inputs, "scheme"));
	if (!k->scheme)
		return bundle_differs(e, "the institution has no such scheme");
	if (!hy_str_eq(scheme_canonical(k->a, k->scheme),
		       hy_json_canonical(k->a, json_object_get(k->bundle, "scheme"))))
		return bundle_differs(e, "the scheme of the bundle is not the institution's");
	return HY_OK;
}

/* --- figures
 * --------------------------------------------------------------------------------------- */

static size_t unit_index(const struct round_inputs *in, hy_str code)
{
	size_t i = 0;

	while (i < in->n && !hy_str_eq(in->units[i].code, code))
		i++;
	return i;
}

enum hy_code bundle_cases(struct hy_arena *a, const json_t *list, struct round_inputs *in,
			  struct hy_err *e)
{
	in->n_facts = json_array_size(list);
	in->facts = hy_new_n(a, struct round_fact, in->n_facts + 1);
	for (size_t i = 0; i < in->n_facts; i++) {
		const json_t *row = json_array_get(list, i);
		struct round_fact *f = &in->facts[i];
		const char *unit = json_string_value(json_array_get(row, 0)),
			   *code = json_string_value(json_array_get(row, 1)),
			   *bits = json_string_value(json_array_get(row, 2));
		if (!unit || !code || !bits || json_array_size(row) != 3 + NUMBER__COUNT)
			return hy_fail(e, HY_BAD_INPUT, "", "case %zu of the bundle is none",
				       i + 1);
		f->unit = unit_index(in, hy_str_of(unit));
		f->code = hy_str_of(code);
		f->facts = strtoull(bits, NULL, 16);
		if (f->unit == in->n)
			return bundle_differs(e, "a case belongs to no unit of the round");
		for (int n = 0; n < NUMBER__COUNT; n++)
			f->numbers.of[n] =
				(int)json_integer_value(json_array_get(row, 3 + (size_t)n));
	}
	return HY_OK;
}

/* Nobody's ballots are left out as "too few" that are enough, nor the other way round. */
static enum hy_code check_rated(struct checking *k, const struct round_inputs *in, struct hy_err *e)
{
	for (size_t i = 0; i < in->n; i++) {
		for (size_t r = 0; r < in->rated[i].n; r++) {
			const struct rating_group *g = &in->rated[i].v[r];
			int least = k->scheme->panels[g->panel].groups[g->group].least;
			if (g->few != ((int64_t)g->n < least))
				return bundle_differs(
					e, "the ballots of raters are given when they are "
					   "enough by the scheme, and only then");
		}
	}
	return HY_OK;
}

/* Figures from the cases: what was marked by people stays as it was given. */
static enum hy_code check_figures(struct checking *k, struct hy_err *e)
{
	hy_str inputs = hy_json_get(k->bundle, "inputs");
	struct round_inputs in;
	enum hy_code code = round_inputs_read(k->a, k->scheme, inputs, &in, e);

	if (!code)
		code = bundle_cases(k->a, json_object_get(k->bundle, "cases"), &in, e);
	if (!code)
		code = check_rated(k, &in, e);
	if (code)
		return code;
	round_figures(k->a, &in); /* and the marks of panels, from the ratings in the inputs */
	in.cases = round_hash(k->a, round_case_lines(k->a, &in));
	if (!hy_str_eq(in.cases, hy_json_get(k->frozen->data, "cases")))
		return bundle_differs(e, "the cases are not those whose hash is in the log");
	if (!hy_str_eq(round_inputs_json(k->a, &in), inputs))
		return bundle_differs(e, "the figures do not follow from the cases");
	k->v.units = in.n;
	k->v.cases = in.n_facts;
	code = round_inputs_read(k->a, k->scheme, inputs, &k->in, e);
	k->in.facts = in.facts;
	k->in.n_facts = in.n_facts;
	return code;
}

static enum hy_code check_result(struct checking *k, struct hy_err *e)
{
	hy_str result;
	enum hy_code code = round_result_json(k->a, &k->in, &result, e);

	if (code)
		return code;
	return hy_str_eq(result, hy_json_get(k->bundle, "result"))
		       ? HY_OK
		       : bundle_differs(
				 e, "the result does not follow from the figures and the scheme");
}

/* --- the index
 * --------------------------------------------------------------------------------------- */

/* A month: what the freezing of its round in the log has the hashes of. */
static enum hy_code read_month(struct checking *k, const json_t *m, const json_t *whole,
			       struct indices_month_given *out, struct hy_err *e)
{
	hy_str text = hy_json_get(whole, "inputs");
	const json_t *takes = json_object_get(m, "takes");
	const struct record_event *ev =
		bundle_freezing(&k->log, hy_json_get(m, "round"), hy_json_get_int(m, "version", 0));
	struct round_inputs in = { 0 };
	struct round r = { 0 };
	json_t *inputs = NULL;

	if (!ev || !hy_str_eq(round_hash(k->a, text), hy_json_get(ev->data, "inputs")))
		return bundle_differs(e, "a month of the index is not the one that was frozen");
	enum hy_code code = hy_json_read(k->a, text, &inputs, e);
	if (!code && !hy_day_read(hy_json_get(inputs, "from"), &r.from))
		code = unreadable(e, "a month of the index has no beginning");
	if (!code)
		code = indices_units(k->a, &r, text, out, e);
	if (code)
		return code;
	in.n = out->n;
	in.units = hy_new_n(k->a, struct score_unit, in.n + 1);
	for (size_t i = 0; i < in.n; i++)
		in.units[i].code = out->units[i].code;
	code = bundle_cases(k->a, json_object_get(whole, "cases"), &in, e);
	if (code)
		return code;
	for (size_t i = 0; i < in.n_facts; i++)
		tally_add(k->a, &out->units[in.facts[i].unit].tally, in.facts[i].facts,
			  &in.facts[i].numbers);
	for (size_t i = 0; i < json_array_size(takes); i++)
		for (size_t u = 0; u < out->n; u++)
			out->units[u].takes |=
				hy_str_eq(out->units[u].code,
					  hy_str_of(json_string_value(json_array_get(takes, i))));
	return hy_str_eq(round_hash(k->a, round_case_lines(k->a, &in)),
			 hy_json_get(ev->data, "cases"))
		       ? HY_OK
		       : bundle_differs(e, "a month of the index is not the one that was frozen");
}

static enum hy_code check_index(struct checking *k, struct hy_err *e)
{
	const json_t *index = json_object_get(k->bundle, "index"),
		     *list = json_object_get(k->bundle, "months");
	size_t n = json_array_size(list);
	struct indices_month_given *given = hy_new_n(k->a, struct indices_month_given, n + 1);
	struct indices_month *months = hy_new_n(k->a, struct indices_month, n + 1);
	enum hy_code code = HY_OK;

	if (json_is_null(index) && n == 0)
		return HY_OK;
	if (n == 0 || k->scheme->n_index == 0)
		return unreadable(e, "an index without its months");
	for (size_t i = 0; !code && i < n; i++) {
		const json_t *m = json_array_get(list, i);
		code = read_month(k, m, i + 1 < n ? m : k->bundle, &given[i], e);
	}
	if (!code && !hy_str_eq(hy_json_get(json_array_get(list, n - 1), "round"), k->v.round))
		code = unreadable(e, "the last month of the index is another");
	if (!code)
		code = indices_reckon(k->a, k->scheme, given, n, months, e);
	if (code)
		return code;
	k->v.months = n;
	return hy_str_eq(indices_point_json(k->a, &given[n - 1], &months[n - 1]),
			 hy_json_canonical(k->a, index))
		       ? HY_OK
		       : bundle_differs(e, "the index does not follow from its months");
}

enum hy_code bundle_verify(struct hy_arena *a, hy_str text, hy_str vkey, struct bundle_verdict *out,
			   struct hy_err *e)
{
	struct checking k = { .a = a };
	enum hy_code code = hy_json_read(a, text, &k.bundle, e);

	if (code)
		return code;
	if (hy_json_get_int(k.bundle, "bundle", 0) != 2)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "this is no bundle of a round, or one of another form");
	k.v.round = hy_json_get(k.bundle, "round");
	k.v.version = (int)hy_json_get_int(k.bundle, "version", 0);
	code = check_log(&k, vkey, e);
	if (!code)
		code = check_hashes(&k, e);
	if (!code)
		code = check_institution(&k, e);
	if (!code)
		code = check_figures(&k, e);
	if (!code)
		code = bundle_facts(&k, e);
	if (!code)
		code = check_index(&k, e);
	if (!code)
		code = check_result(&k, e);
	if (!code)
		*out = k.v;
	return code;
}
