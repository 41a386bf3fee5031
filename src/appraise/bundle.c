/* A published result with all it was made of, and its recomputation by anybody.
 *
 * {"bundle":1,"cases":[[unit, code, facts in hex, working days, calendar days, hand-offs, returns,
 *  reopenings]...],"inputs":text,"institution":[{"files":[{"path","text"}],"name"}],"receipt":text,
 *  "result":text,"round":code,"scheme":{...},"version":n,"vkey":text}
 *
 * inputs and result are the texts whose hashes the log has (round_json.c); the receipt proves the
 * event that has them (c2sp.org/tlog-proof).  Nothing in it says what a case was about. */
#include <stdlib.h>

#include "appraise/round_part.h"
#include "appraise/survey.h"
#include "base/json.h"
#include "ledger/receipt.h"

/* --- writing
 * --------------------------------------------------------------------------------------- */

static enum hy_code cases_json(struct hy_json *j, struct hy_db *db, const struct round *r,
			       int version, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql_many(db, "SELECT unit, code, facts, work_days, days, hand_offs, returns,"
				" reopens FROM round_case"
				" WHERE round = $1 AND version = $2 ORDER BY unit, code");
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, version);
	hy_json_arr(j);
	while (!(c = hy_step(s, &row, e)) && row) {
		hy_json_arr(j);
		hy_json_str(j, hy_col_text(s, 0));
		hy_json_str(j, hy_col_text(s, 1));
		hy_json_str(j, hy_printf(j->b->a, "%llx", (unsigned long long)hy_col_int(s, 2)));
		for (int n = 0; n < NUMBER__COUNT; n++)
			hy_json_int(j, hy_col_int(s, 3 + n));
		hy_json_arr_end(j);
	}
	hy_json_arr_end(j);
	return c;
}

static void institution_json(struct hy_json *j, const struct pack *p)
{
	hy_json_arr(j);
	for (size_t i = 0; i < p->n_sources; i++) {
		hy_json_obj(j);
		hy_json_key(j, "files");
		hy_json_arr(j);
		for (size_t k = 0; k < p->sources[i].n_files; k++) {
			hy_json_obj(j);
			hy_json_kstr(j, "path", p->sources[i].files[k].path);
			hy_json_kstr(j, "text", p->sources[i].files[k].text);
			hy_json_obj_end(j);
		}
		hy_json_arr_end(j);
		hy_json_kstr(j, "name", p->sources[i].name);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

/* The event that froze VERSION. */
static enum hy_code freezing(struct hy_arena *a, struct hy_db *db, const struct round *r,
			     int version, struct record_event *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	struct record_event ev;
	enum hy_code c;
	bool row;

	hy_bind_text(s, 1, hy_printf(a, ROUND_SUBJECT HY_FMT, HY_ARG(r->code)));
	while (!(c = hy_step(s, &row, e)) && row) {
		c = record_row(a, s, &ev, e);
		if (c)
			return c;
		if (hy_str_eq(ev.move, HY_S("freeze")) &&
		    hy_json_get_int(ev.data, "version", 0) == version) {
			*out = ev;
			return HY_OK;
		}
	}
	return c ? c
		 : hy_fail(e, HY_NOT_FOUND, "", "the round " HY_FMT " has no version %d",
			   HY_ARG(r->code), version);
}

static const struct pack *pack_of_hash(struct city *c, hy_str hash)
{
	const struct matter_rules *rules = city_rules(c);

	for (size_t i = rules->n; i-- > 0;)
		if (hy_str_eq(rules->v[i].pack->hash, hash))
			return rules->v[i].pack;
	return NULL;
}

enum hy_code round_bundle(struct hy_arena *a, struct city *c, struct hy_db *db,
			  const struct round *r, int version, hy_str *out, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	struct round_version v;
	struct record_event ev = { 0 };
	hy_str receipt = HY_S(""), vkey = HY_S("");
	enum hy_code code = round_version(a, db, r, version, &v, e);

	if (!code)
		code = freezing(a, db, r, version, &ev, e);
	if (!code)
		code = record_receipt(a, db, ev.idx, &receipt, e);
	if (!code)
		code = record_vkey(a, hy_store_files(city_store(c)), &vkey, e);
	if (code)
		return code;
	const struct pack *p = pack_of_hash(c, hy_json_get(ev.data, "pack"));
	if (!p)
		return hy_broke(e, HY_INTERNAL, "no institution of the hash in event %lld",
				(long long)ev.idx);
	hy_json_obj(&j);
	hy_json_kint(&j, "bundle", 1);
	hy_json_key(&j, "cases");
	code = cases_json(&j, db, r, version, e);
	hy_json_kstr(&j, "inputs", v.inputs);
	hy_json_key(&j, "institution");
	institution_json(&j, p);
	hy_json_kstr(&j, "receipt", receipt);
	hy_json_kstr(&j, "result", v.result);
	hy_json_kstr(&j, "round", r->code);
	hy_json_key(&j, "scheme");
	hy_json_raw(&j, scheme_canonical(a, pack_scheme(p, r->scheme)));
	hy_json_kint(&j, "version", version);
	hy_json_kstr(&j, "vkey", hy_str_trim(vkey));
	hy_json_obj_end(&j);
	hy_buf_byte(&b, '\n');
	if (!code)
		*out = hy_buf_str(&b);
	return code;
}

/* --- recomputing
 * --------------------------------------------------------------------------------------- */

struct checking {
	struct hy_arena *a;
	json_t *bundle;
	struct record_event ev; /* the freezing, as the log has it */
	struct pack *pack;
	const struct pack_scheme *scheme;
	struct round_inputs in;
	struct bundle_verdict v;
};

static enum hy_code differs(struct hy_err *e, const char *what)
{
	return hy_fail(e, HY_TAMPERED, "", "%s", what);
}

/* The log has this freezing. */
static enum hy_code check_log(struct checking *k, hy_str vkey, struct hy_err *e)
{
	hy_str receipt = hy_json_get(k->bundle, "receipt"), own = hy_json_get(k->bundle, "vkey");
	struct hy_receipt parts;
	struct hy_proven proven;
	struct hy_vkey key;

	if (vkey.n && !hy_str_eq(hy_str_trim(vkey), own))
		return differs(e, "the bundle names another log than the key that was given");
	enum hy_code code = hy_vkey_read(own, &key, e);
	if (!code)
		code = hy_receipt_parse(k->a, receipt, &parts, e);
	if (code)
		return code;
	struct hy_trust trust = { .log = key, .origin = key.name };
	hy_hash leaf = hy_leaf_hash(parts.extra);
	code = hy_receipt_verify(k->a, receipt, &leaf, &trust, &proven, e);
	if (!code)
		code = record_parse(k->a, parts.extra, &k->ev, e);
	if (code)
		return code;
	k->v.index = (int64_t)proven.index;
	k->v.size = (int64_t)proven.head.cp.size;
	k->v.origin = hy_str_dup(k->a, proven.head.cp.origin);
	hy_str subject = hy_printf(k->a, ROUND_SUBJECT HY_FMT, HY_ARG(k->v.round));
	if (!hy_str_eq(k->ev.subject, subject) || !hy_str_eq(k->ev.move, HY_S("freeze")) ||
	    hy_json_get_int(k->ev.data, "version", 0) != k->v.version)
		return differs(e,
			       "the proof is of another event than the freezing of this version");
	return HY_OK;
}

static enum hy_code check_hashes(struct checking *k, struct hy_err *e)
{
	static const char *const names[] = { "inputs", "result" };

	for (size_t i = 0; i < HY_COUNT(names); i++)
		if (!hy_str_eq(round_hash(k->a, hy_json_get(k->bundle, names[i])),
			       hy_json_get(k->ev.data, names[i])))
			return hy_fail(
				e, HY_TAMPERED, "",
				"the %s of the bundle are not those whose hash is in the log",
				names[i]);
	return HY_OK;
}

static void free_pack(void *p)
{
	struct pack *pack = p;

	pack_free(&pack);
}

static enum hy_code check_institution(struct checking *k, struct hy_err *e)
{
	const json_t *list = json_object_get(k->bundle, "institution");
	size_t n = json_array_size(list);
	struct pack_source *v = hy_new_n(k->a, struct pack_source, n + 1);
	struct pack_messages msgs;

	for (size_t i = 0; i < n; i++) {
		const json_t *s = json_array_get(list, i), *files = json_object_get(s, "files");
		v[i].name = hy_json_get(s, "name");
		v[i].files = hy_new_n(k->a, struct pack_file, json_array_size(files) + 1);
		for (size_t f = 0; f < json_array_size(files); f++)
			v[i].files[v[i].n_files++] =
				(struct pack_file){ hy_json_get(json_array_get(files, f), "path"),
						    hy_json_get(json_array_get(files, f), "text") };
	}
	enum hy_code code = pack_build(k->a, v, n, NULL, 0, &msgs, &k->pack, e);
	if (code)
		return code;
	hy_arena_defer(k->a, free_pack, k->pack);
	if (!hy_str_eq(k->pack->hash, hy_json_get(k->ev.data, "pack")))
		return differs(e, "the institution is not the one whose hash is in the log");
	json_t *inputs = NULL;
	code = hy_json_read(k->a, hy_json_get(k->bundle, "inputs"), &inputs, e);
	if (code)
		return code;
	k->scheme = pack_scheme(k->pack, hy_json_get(inputs, "scheme"));
	if (!k->scheme)
		return differs(e, "the institution has no such scheme");
	if (!hy_str_eq(scheme_canonical(k->a, k->scheme),
		       hy_json_canonical(k->a, json_object_get(k->bundle, "scheme"))))
		return differs(e, "the scheme of the bundle is not the institution's");
	return HY_OK;
}

static size_t unit_index(const struct round_inputs *in, hy_str code)
{
	size_t i = 0;

	while (i < in->n && !hy_str_eq(in->units[i].code, code))
		i++;
	return i;
}

static enum hy_code read_cases(struct checking *k, struct round_inputs *in, struct hy_err *e)
{
	const json_t *list = json_object_get(k->bundle, "cases");

	in->n_facts = json_array_size(list);
	in->facts = hy_new_n(k->a, struct round_fact, in->n_facts + 1);
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
			return differs(e, "a case belongs to no unit of the round");
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
				return differs(e, "the ballots of raters are given when they are "
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
		code = read_cases(k, &in, e);
	if (!code)
		code = check_rated(k, &in, e);
	if (code)
		return code;
	round_figures(k->a, &in); /* and the marks of panels, from the ratings in the inputs */
	in.cases = round_hash(k->a, round_case_lines(k->a, &in));
	if (!hy_str_eq(in.cases, hy_json_get(k->ev.data, "cases")))
		return differs(e, "the cases are not those whose hash is in the log");
	if (!hy_str_eq(round_inputs_json(k->a, &in), inputs))
		return differs(e, "the figures do not follow from the cases");
	k->v.units = in.n;
	k->v.cases = in.n_facts;
	code = round_inputs_read(k->a, k->scheme, inputs, &k->in, e);
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
		       : differs(e, "the result does not follow from the figures and the scheme");
}

enum hy_code bundle_verify(struct hy_arena *a, hy_str text, hy_str vkey, struct bundle_verdict *out,
			   struct hy_err *e)
{
	struct checking k = { .a = a };
	enum hy_code code = hy_json_read(a, text, &k.bundle, e);

	if (code)
		return code;
	if (hy_json_get_int(k.bundle, "bundle", 0) != 1)
		return hy_fail(e, HY_BAD_INPUT, "", "this is no bundle of a round");
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
		code = check_result(&k, e);
	if (!code)
		*out = k.v;
	return code;
}
