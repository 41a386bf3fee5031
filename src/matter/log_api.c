/* /log/: the public log as c2sp.org/tlog-tiles serves it, and a proof for convenience. */
#include "matter/api.h"

static enum hy_code head_of(struct hy_request *r, struct hy_db *db, struct record_head *out,
			    struct hy_err *e)
{
	enum hy_code code = record_head(hy_request_arena(r), db, out, e);

	if (!code && out->note.n == 0)
		return hy_fail(e, HY_NOT_FOUND, "", "the log has no event yet");
	return code;
}

static enum hy_code checkpoint(struct hy_request *r, struct hy_err *e)
{
	struct record_head head;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = head_of(r, db, &head, e);
	if (code)
		return code;
	hy_answer(r, 200, "text/plain; charset=utf-8", head.note);
	hy_answer_etag(r, hy_printf(hy_request_arena(r), "%lld", (long long)head.size));
	hy_answer_header(r, "Cache-Control", HY_S("public, no-cache"));
	return HY_OK;
}

static enum hy_code tile(struct hy_request *r, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	hy_str path = hy_printf(a, "tile/" HY_FMT, HY_ARG(hy_request_param(r, "path")));
	struct hy_tile t;
	hy_str bytes = HY_S("");
	HY_SCOPED_DB db = NULL;

	if (!hy_tile_parse(path, &t))
		return hy_fail(e, HY_NOT_FOUND, "",
			       "no tile has this name; see https://c2sp.org/tlog-tiles");
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = record_tile(a, db, t, &bytes, e);
	if (code)
		return code;
	hy_answer(r, 200, "application/octet-stream", bytes);
	hy_answer_header(r, "Cache-Control", HY_S("public, max-age=31536000, immutable"));
	return HY_OK;
}

static enum hy_code vkey(struct hy_request *r, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	hy_str key = HY_S("");
	enum hy_code code = record_vkey(a, hy_store_files(hy_request_store(r)), &key, e);

	if (!code)
		hy_answer(r, 200, "text/plain; charset=utf-8",
			  hy_printf(a, HY_FMT "\n", HY_ARG(hy_str_trim(key))));
	return code;
}

struct since {
	int64_t old;
};
static const struct hy_field since_fields[] = {
	HY_FIELD_INT(struct since, old, true, 1, INT64_MAX),
	{ 0 },
};

static enum hy_code consistency(struct hy_request *r, struct hy_err *e)
{
	const struct since *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct record_head head;
	hy_hash *proof = NULL;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = head_of(r, db, &head, e);
	if (!code)
		code = record_consistency(b.a, db, q->old, &proof, &n, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_kint(&j, "old", q->old);
	hy_json_kint(&j, "size", head.size);
	hy_json_kstr(&j, "root", hy_base64(b.a, head.root.b, sizeof(head.root.b)));
	hy_json_key(&j, "proof");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		hy_json_str(&j, hy_base64(b.a, proof[i].b, sizeof(proof[i].b)));
	hy_json_arr_end(&j);
	hy_json_kstr(&j, "checkpoint", head.note);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

const struct hy_route log_routes[] = {
	{ .method = "GET",
	  .path = "/log/checkpoint",
	  .permission = "public",
	  .summary = "The signed head of the log",
	  .run = checkpoint },
	{ .method = "GET",
	  .path = "/log/tile/{path*}",
	  .permission = "public",
	  .summary = "Hashes and events of the log, as tiles",
	  .run = tile },
	{ .method = "GET",
	  .path = "/log/vkey",
	  .permission = "public",
	  .summary = "The log's public key",
	  .run = vkey },
	{ .method = "GET",
	  .path = "/api/v1/log/consistency",
	  .permission = "public",
	  .summary = "Proof that the log only grew since it had OLD events",
	  .query = since_fields,
	  .query_size = sizeof(struct since),
	  .run = consistency },
	{ 0 },
};
