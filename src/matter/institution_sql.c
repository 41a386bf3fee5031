/* The institution over time: its packs and notices live in the store, so that a city can be
 * read and checked without the folders it was made from. */
#include "matter/city.h"

#include <stdlib.h>

/* --- content as one canonical JSON text --------------------------------------------------- */

void institution_files_json(struct hy_json *j, const struct pack_file *files, size_t n)
{
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "path", files[i].path);
		hy_json_kstr(j, "text", files[i].text);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

void institution_packs_json(struct hy_json *j, const struct pack_source *packs, size_t n)
{
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		hy_json_key(j, "files");
		institution_files_json(j, packs[i].files, packs[i].n_files);
		hy_json_kstr(j, "name", packs[i].name);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static hy_str packs_text(struct hy_arena *a, const struct pack_source *packs, size_t n)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	institution_packs_json(&j, packs, n);
	return hy_buf_str(&b);
}

static hy_str notices_text(struct hy_arena *a, const struct pack_file *v, size_t n)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	institution_files_json(&j, v, n);
	return hy_buf_str(&b);
}

static void read_files(struct hy_arena *a, const json_t *arr, struct pack_file **out, size_t *n)
{
	*n = json_array_size(arr);
	*out = hy_new_n(a, struct pack_file, *n + 1);
	for (size_t i = 0; i < *n; i++) {
		const json_t *f = json_array_get(arr, i);
		(*out)[i] = (struct pack_file){ hy_json_get(f, "path"), hy_json_get(f, "text") };
	}
}

static enum hy_code fetch(struct hy_arena *a, struct hy_db *db, hy_str hash, json_t **out,
			  struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT body FROM institution_content WHERE hash = $1");
	bool row;

	hy_bind_text(s, 1, hash);
	enum hy_code code = hy_step(s, &row, e);
	if (code)
		return code;
	if (!row)
		return hy_fail(e, HY_TAMPERED, "",
			       "the content " HY_FMT " of the institution is missing",
			       HY_ARG(hy_str_head(hash, 16)));
	hy_str body = hy_col_dup(a, s, 0);
	hy_hash h = hy_sha256(body);
	if (!hy_str_eq(hy_hex(a, h.b, sizeof(h.b)), hash))
		return hy_fail(e, HY_TAMPERED, "",
			       "the content " HY_FMT " of the institution was changed",
			       HY_ARG(hy_str_head(hash, 16)));
	return hy_json_read(a, body, out, e);
}

enum hy_code institution_kept_packs(struct hy_arena *a, struct hy_db *db, hy_str hash,
				    struct pack_source **out, size_t *n_out, struct hy_err *e)
{
	json_t *packs = NULL;
	enum hy_code code = fetch(a, db, hash, &packs, e);

	if (code)
		return code;
	size_t n = json_array_size(packs);
	struct pack_source *v = hy_new_n(a, struct pack_source, n + 1);
	for (size_t i = 0; i < n; i++) {
		const json_t *p = json_array_get(packs, i);
		v[i].name = hy_json_get(p, "name");
		read_files(a, json_object_get(p, "files"), &v[i].files, &v[i].n_files);
	}
	*out = v;
	*n_out = n;
	return HY_OK;
}

static enum hy_code kept_notices(struct hy_arena *a, struct hy_db *db, hy_str hash,
				 struct pack_file **out, size_t *n_out, struct hy_err *e)
{
	json_t *notices = NULL;
	enum hy_code code = fetch(a, db, hash, &notices, e);

	if (!code)
		read_files(a, notices, out, n_out);
	return code;
}

enum hy_code institution_kept_notice(struct hy_arena *a, struct hy_db *db, hy_str hash,
				     struct pack_file *out, struct hy_err *e)
{
	struct pack_file *v = NULL;
	size_t n = 0;
	enum hy_code code = kept_notices(a, db, hash, &v, &n, e);

	if (!code && n != 1)
		return hy_fail(e, HY_TAMPERED, "", "the content " HY_FMT " is no single notice",
			       HY_ARG(hy_str_head(hash, 16)));
	if (!code)
		*out = v[0];
	return code;
}

static enum hy_code content_read(struct hy_arena *a, struct hy_db *db, hy_str packs_hash,
				 hy_str notices_hash, struct institution_content *out,
				 struct hy_err *e)
{
	struct institution_content c = { .packs_hash = packs_hash, .notices_hash = notices_hash };
	enum hy_code code = institution_kept_packs(a, db, packs_hash, &c.packs, &c.n_packs, e);

	if (!code)
		code = kept_notices(a, db, notices_hash, &c.notices, &c.n_notices, e);
	if (!code)
		*out = c;
	return code;
}

static enum hy_code content_write(struct hy_arena *a, struct hy_db *db, hy_str body,
				  hy_str *hash_out, struct hy_err *e)
{
	hy_hash h = hy_sha256(body);
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO institution_content (hash, body) VALUES ($1, $2)"
				      " ON CONFLICT (hash) DO NOTHING");

	*hash_out = hy_hex(a, h.b, sizeof(h.b));
	hy_bind_text(s, 1, *hash_out);
	hy_bind_text(s, 2, body);
	return hy_exec(s, NULL, e);
}

enum hy_code institution_keep(struct hy_arena *a, struct hy_db *db, const struct pack_source *packs,
			      size_t n, const struct pack_file *notice, hy_str *hash_out,
			      struct hy_err *e)
{
	return content_write(a, db, notice ? notices_text(a, notice, 1) : packs_text(a, packs, n),
			     hash_out, e);
}

/* --- versions -------------------------------------------------------------------------------- */

static void free_pack(void *p)
{
	struct pack *pack = p;

	pack_free(&pack);
}

enum hy_code institution_build(struct hy_arena *a, const struct institution_content *c,
			       struct pack_messages *msgs, struct pack **out, struct hy_err *e)
{
	enum hy_code code =
		pack_build(a, c->packs, c->n_packs, c->notices, c->n_notices, msgs, out, e);

	if (!code)
		hy_arena_defer(a, free_pack, *out);
	return code;
}

static enum hy_code build(struct hy_arena *a, const struct institution_content *c,
			  struct pack **out, struct hy_err *e)
{
	struct pack_messages msgs = { 0 };

	return institution_build(a, c, &msgs, out, e);
}

struct version_row {
	int64_t idx;
	hy_str packs, notices;
};

static enum hy_code version_rows(struct hy_arena *a, struct hy_db *db, struct version_row **out,
				 size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT idx, packs, notices FROM institution ORDER BY n");
	HY_VEC(struct version_row) rows = { 0 };
	bool row;
	enum hy_code code;

	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &rows) = (struct version_row){ hy_col_int(s, 0), hy_col_dup(a, s, 1),
							   hy_col_dup(a, s, 2) };
	*out = rows.v;
	*n_out = rows.n;
	return code;
}

enum hy_code institution_load(struct hy_arena *a, struct hy_db *db,
			      const struct matter_rules *known, const struct matter_rules **out,
			      struct hy_err *e)
{
	struct version_row *rows = NULL;
	size_t n = 0;
	enum hy_code code = version_rows(a, db, &rows, &n, e);

	if (code)
		return code;
	if (n == 0)
		return hy_fail(e, HY_NOT_FOUND, "",
			       "this city has no institution; make it with 'huiyin init'");
	struct matter_version *v = hy_new_n(a, struct matter_version, n);
	size_t had = known && known->n < n ? known->n : 0;
	memcpy(v, had ? known->v : v, had * sizeof(*v));
	for (size_t i = had; i < n; i++) {
		struct institution_content c;
		struct pack *p = NULL;
		code = content_read(a, db, rows[i].packs, rows[i].notices, &c, e);
		if (!code)
			code = build(a, &c, &p, e);
		if (code)
			return code;
		v[i] = (struct matter_version){ rows[i].idx, p };
	}
	struct matter_rules *rules = hy_new(a, struct matter_rules);
	*rules = (struct matter_rules){ v, n };
	*out = rules;
	return HY_OK;
}

enum hy_code institution_content(struct hy_arena *a, struct hy_db *db, int64_t n,
				 struct institution_content *out, int64_t *n_out, struct hy_err *e)
{
	struct version_row *rows = NULL;
	size_t n_rows = 0;
	enum hy_code code = version_rows(a, db, &rows, &n_rows, e);

	if (code)
		return code;
	if (n < 0 || n > (int64_t)n_rows || n_rows == 0)
		return hy_fail(e, HY_BAD_FIELD, "version",
			       "there is no version %lld of the institution; it has %zu",
			       (long long)n, n_rows);
	n = n ? n : (int64_t)n_rows;
	if (n_out)
		*n_out = n;
	return content_read(a, db, rows[n - 1].packs, rows[n - 1].notices, out, e);
}

void institution_with(struct hy_arena *a, struct institution_content *now,
		      const struct pack_source *packs, size_t n, const struct pack_file *notice)
{
	if (n) {
		now->packs = (struct pack_source *)(uintptr_t)packs;
		now->n_packs = n;
	}
	if (notice) {
		struct pack_file *all = hy_new_n(a, struct pack_file, now->n_notices + 1);
		memcpy(all, now->notices, now->n_notices * sizeof(*all));
		all[now->n_notices++] = *notice;
		now->notices = all;
	}
}

enum hy_code institution_trial(struct hy_arena *a, const struct pack_source *packs, size_t n,
			       struct matter_trial_result *out, struct hy_err *e)
{
	HY_VEC(struct pack_message) failures = { 0 };
	enum hy_code code = HY_OK;

	*out = (struct matter_trial_result){ 0 };
	for (size_t i = 1; !code && i <= n; i++) {
		const struct institution_content c = {
			.packs = (struct pack_source *)(uintptr_t)packs, .n_packs = i
		};
		struct matter_trial_result r = { 0 };
		struct pack *p = NULL;
		code = build(a, &c, &p, e);
		if (!code)
			code = matter_trial(a, p, packs[i - 1].name, &r, e);
		out->passed += r.passed;
		out->failed += r.failed;
		for (size_t k = 0; k < r.n_failures; k++)
			*hy_push(a, &failures) = r.failures[k];
	}
	out->failures = failures.v;
	out->n_failures = failures.n;
	return code;
}

enum hy_code institution_try(struct hy_arena *a, const struct pack_source *packs, size_t n,
			     struct hy_err *e)
{
	struct matter_trial_result r;
	enum hy_code code = institution_trial(a, packs, n, &r, e);

	if (code || r.failed == 0)
		return code;
	const struct pack_message *m = &r.failures[0];
	return hy_fail(e, HY_BAD_PACK, "",
		       "%zu of %zu tests fail; the first: " HY_FMT ":%d: " HY_FMT, r.failed,
		       r.failed + r.passed, HY_ARG(m->file), m->line, HY_ARG(m->text));
}

/* Who proposed and who approved: not public, but part of the event. */
static hy_str people(struct hy_arena *a, const struct city_change *x)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	if (!x->proposal)
		return HY_S("");
	hy_json_obj(&j);
	hy_json_kint(&j, "approved_by", x->approved_by);
	hy_json_kint(&j, "proposed_by", x->proposed_by);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static enum hy_code record_version(struct city *c, struct hy_db *db, struct hy_arena *a,
				   const struct institution_content *now, const struct pack *p,
				   const struct city_change *x, int64_t n, int64_t *idx_out,
				   struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "calendar", hy_calendar_hash(p->calendar));
	hy_json_kstr(&j, "name", p->name);
	if (x->notice)
		hy_json_kstr(&j, "notice", x->notice->path);
	hy_json_kstr(&j, "notices", now->notices_hash);
	hy_json_kstr(&j, "pack", p->hash);
	hy_json_kstr(&j, "packs", now->packs_hash);
	if (x->proposal)
		hy_json_kint(&j, "proposal", x->proposal);
	hy_json_kstr(&j, "version", p->version);
	hy_json_obj_end(&j);
	struct record_new ev = {
		.subject = HY_S("institution"),
		.move = x->notice ? HY_S("notice") : HY_S("activate"),
		.seq = n,
		.at = x->at,
		.rec = hy_store_now(c->store),
		.role = x->proposal ? x->role : HY_S("system"),
		.data = hy_buf_str(&b),
		.private = people(a, x),
	};
	return record_append(c->record, db, &ev, idx_out, e);
}

enum hy_code institution_add(struct city *c, struct hy_db *db, struct hy_arena *a,
			     const struct city_change *x, struct matter_version *out,
			     int64_t *n_out, struct hy_err *e)
{
	struct version_row *rows = NULL;
	size_t n_rows = 0;
	struct institution_content now = { 0 };
	enum hy_code code = version_rows(a, db, &rows, &n_rows, e);

	if (!code && n_rows)
		code = content_read(a, db, rows[n_rows - 1].packs, rows[n_rows - 1].notices, &now,
				    e);
	if (code)
		return code;
	institution_with(a, &now, x->packs, x->n_packs, x->notice);
	struct pack *p = NULL;
	code = x->n_packs ? institution_try(a, x->packs, x->n_packs, e) : HY_OK;
	if (!code)
		code = build(c->arena, &now, &p, e);
	if (!code)
		code = content_write(a, db, packs_text(a, now.packs, now.n_packs), &now.packs_hash,
				     e);
	if (!code)
		code = content_write(a, db, notices_text(a, now.notices, now.n_notices),
				     &now.notices_hash, e);
	int64_t idx = -1, version = (int64_t)n_rows + 1;
	if (!code)
		code = record_version(c, db, a, &now, p, x, version, &idx, e);
	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO institution (n, idx, packs, notices)"
				      " VALUES ($1, $2, $3, $4)");
	hy_bind_int(s, 1, version);
	hy_bind_int(s, 2, idx);
	hy_bind_text(s, 3, now.packs_hash);
	hy_bind_text(s, 4, now.notices_hash);
	code = hy_exec(s, NULL, e);
	if (!code) {
		*out = (struct matter_version){ idx, p };
		*n_out = version;
	}
	return code;
}

/* Each version's row must say what its event in the log says, and build to the same hashes. */
enum hy_code institution_fsck(struct hy_arena *a, struct hy_db *db, struct hy_err *e)
{
	struct version_row *rows = NULL;
	size_t n = 0, i = 0;
	const struct matter_rules *built = NULL;
	enum hy_code code = version_rows(a, db, &rows, &n, e);

	if (!code)
		code = institution_load(a, db, NULL, &built, e);
	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	bool row;
	hy_bind_text(s, 1, HY_S("institution"));
	while (!(code = hy_step(s, &row, e)) && row) {
		struct record_event ev;
		code = record_row(a, s, &ev, e);
		if (code)
			return code;
		const struct pack *p = i < n ? built->v[i].pack : NULL;
		if (!p || ev.idx != rows[i].idx ||
		    !hy_str_eq(hy_json_get(ev.data, "packs"), rows[i].packs) ||
		    !hy_str_eq(hy_json_get(ev.data, "notices"), rows[i].notices) ||
		    !hy_str_eq(hy_json_get(ev.data, "pack"), p->hash) ||
		    !hy_str_eq(hy_json_get(ev.data, "calendar"), hy_calendar_hash(p->calendar)))
			return hy_fail(
				e, HY_TAMPERED, "",
				"version %zu of the institution is not what event %lld recorded",
				i + 1, (long long)ev.idx);
		i++;
	}
	if (!code && i != n)
		return hy_fail(e, HY_TAMPERED, "",
			       "the institution has %zu versions, the log records %zu", n, i);
	return code;
}
