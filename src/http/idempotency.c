#include "http/request.h"

#include <sodium.h>
#include <string.h>

#include "base/hash.h"

enum { KEPT_MS = 48 * 3600 * 1000, PURGE_EVERY = 64 };
#define PURGE_MOST "200"

/* slot  where: a digest of who asks, method, path and key
 * bound  what: a digest of the key and the whole request
 * reply  the answer, sealed with a key made from the Idempotency-Key, which is not stored */
#define TABLE(blob, integer)                                                                       \
	"CREATE TABLE http_idempotency (slot " blob " PRIMARY KEY, bound " blob                    \
	" NOT NULL, reply " blob " NOT NULL, at " integer " NOT NULL);"                            \
	"CREATE INDEX http_idempotency_at ON http_idempotency (at);"

const struct hy_migration hy_http_migrations[] = {
	{ .name = "http-001", .sqlite = TABLE("BLOB", "INTEGER"), .pg = TABLE("BYTEA", "BIGINT") },
	{ 0 },
};

static hy_str bytes(const hy_hash *h)
{
	return (hy_str){ (const char *)h->b, sizeof(h->b) };
}

enum hy_code hy_key_read(hy_str header, hy_str *out, struct hy_err *e)
{
	hy_str s = hy_str_trim(header);

	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = (hy_str){ s.p + 1, s.n - 2 };
	bool good = s.n >= 8 && s.n <= 200;
	for (size_t i = 0; i < s.n; i++)
		good = good && s.p[i] > 0x20 && s.p[i] < 0x7f && s.p[i] != '"';
	if (!good)
		return hy_fail(e, HY_BAD_FIELD, "Idempotency-Key",
			       "must be 8 to 200 visible ASCII characters; a random UUID is best");
	*out = s;
	return HY_OK;
}

static hy_hash slot_of(struct hy_request *r)
{
	hy_str place = hy_printf(r->arena, "slot\n" HY_FMT "\n" HY_FMT "\n", HY_ARG(r->method),
				 HY_ARG(r->target.path));

	return hy_sha256_4(place, r->scope, HY_S("\n"), r->key);
}

static hy_hash bound_of(struct hy_request *r)
{
	return hy_sha256_4(HY_S("bound\n"), r->key, HY_S("\n"), hy_request_digest(r));
}

static hy_hash seal_of(struct hy_request *r)
{
	return hy_sha256_4(HY_S("seal\n"), r->scope, HY_S("\n"), r->key);
}

/* --- the reply as bytes: one line of JSON, then the body ------------------------------- */

static hy_str pack(struct hy_request *r)
{
	const struct hy_reply *reply = &r->reply;
	struct hy_buf b = hy_buf_on(r->arena);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "etag", reply->etag);
	hy_json_key(&j, "headers");
	hy_json_arr(&j);
	for (size_t i = 0; i < reply->n_headers; i++) {
		hy_json_str(&j, hy_str_of(reply->header[i].name));
		hy_json_str(&j, reply->header[i].value);
	}
	hy_json_arr_end(&j);
	hy_json_kint(&j, "status", reply->status ? reply->status : 204);
	if (reply->type)
		hy_json_kstr(&j, "type", hy_str_of(reply->type));
	hy_json_obj_end(&j);
	hy_buf_byte(&b, '\n');
	hy_buf_add(&b, reply->body);
	return hy_buf_str(&b);
}

static enum hy_code unpack(struct hy_request *r, hy_str packed, struct hy_err *e)
{
	struct hy_reply *reply = &r->reply;
	hy_str line, body = packed;
	json_t *v;

	if (!hy_str_cut(&body, '\n', &line) || hy_json_read(r->arena, line, &v, e)) {
		hy_err_clear(e);
		return hy_broke(e, HY_TAMPERED, "a stored answer cannot be read");
	}
	*reply = (struct hy_reply){ .status = (int)hy_json_get_int(v, "status", 204) };
	reply->body = body;
	reply->etag = hy_json_get(v, "etag");
	if (json_object_get(v, "type"))
		reply->type = hy_json_get(v, "type").p;
	const json_t *headers = json_object_get(v, "headers");
	for (size_t i = 0; i + 1 < json_array_size(headers); i += 2)
		hy_answer_header(r, json_string_value(json_array_get(headers, i)),
				 hy_str_of(json_string_value(json_array_get(headers, i + 1))));
	hy_answer_header(r, "Idempotent-Replayed", HY_S("true"));
	return HY_OK;
}

static hy_str seal(struct hy_request *r, hy_str plain)
{
	hy_hash key = seal_of(r);
	size_t n = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + plain.n;
	unsigned char *p = hy_arena_take(r->arena, n);

	hy_random(p, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(p + crypto_secretbox_NONCEBYTES, (const unsigned char *)plain.p,
			      plain.n, p, key.b);
	return (hy_str){ (char *)p, n };
}

static bool unseal(struct hy_request *r, hy_str box, hy_str *out)
{
	hy_hash key = seal_of(r);
	const unsigned char *p = (const unsigned char *)box.p;
	size_t extra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;

	if (box.n < extra)
		return false;
	unsigned char *plain = hy_arena_take(r->arena, box.n - extra + 1);
	*out = (hy_str){ (char *)plain, box.n - extra };
	return crypto_secretbox_open_easy(plain, p + crypto_secretbox_NONCEBYTES,
					  box.n - crypto_secretbox_NONCEBYTES, p, key.b) == 0;
}

/* --- in the transaction ------------------------------------------------------------------ */

static int64_t oldest(struct hy_db *db)
{
	return hy_store_now(hy_db_store(db)) - KEPT_MS;
}

bool hy_key_met(struct hy_request *r)
{
	hy_hash slot = slot_of(r);
	uint64_t name;

	memcpy(&name, slot.b, sizeof(name));
	return atomic_exchange(&r->server->met[name % HY_COUNT(r->server->met)], name) == name;
}

enum hy_code hy_key_recall(struct hy_request *r, struct hy_db *db, bool *found_out,
			   struct hy_err *e)
{
	hy_hash slot = slot_of(r), bound = bound_of(r);
	hy_str plain;

	HY_SCOPED_STMT s = hy_sql(db, "SELECT bound, reply FROM http_idempotency "
				      "WHERE slot = $1 AND at >= $2");
	hy_bind_blob(s, 1, bytes(&slot));
	hy_bind_int(s, 2, oldest(db));
	enum hy_code c = hy_step(s, found_out, e);
	if (c || !*found_out)
		return c;
	if (!hy_str_eq(hy_col_text(s, 0), bytes(&bound)))
		return hy_fail(e, HY_KEY_REUSED, "Idempotency-Key",
			       "was used for another request; take a new key for a new request");
	if (!unseal(r, hy_col_text(s, 1), &plain))
		return hy_broke(e, HY_TAMPERED, "a stored answer cannot be opened");
	return unpack(r, plain, e);
}

static enum hy_code purge(struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM http_idempotency WHERE slot IN (SELECT slot "
				      "FROM http_idempotency WHERE at < $1 ORDER BY at "
				      "LIMIT " PURGE_MOST ")");

	hy_bind_int(s, 1, oldest(db));
	return hy_exec(s, NULL, e);
}

#define KEEP "INSERT INTO http_idempotency (slot, bound, reply, at) VALUES ($1, $2, $3, $4)"

enum hy_code hy_key_keep(struct hy_request *r, struct hy_db *db, bool fresh, struct hy_err *e)
{
	hy_hash slot = slot_of(r), bound = bound_of(r);
	hy_str box = seal(r, pack(r));

	if (atomic_fetch_add(&r->server->kept, 1) % PURGE_EVERY == 0) {
		enum hy_code c = purge(db, e);
		if (c)
			return c;
	}
	HY_SCOPED_STMT s =
		hy_sql(db, fresh ? KEEP
				 : KEEP " ON CONFLICT (slot) DO UPDATE SET bound = excluded.bound,"
					" reply = excluded.reply, at = excluded.at");
	hy_bind_blob(s, 1, bytes(&slot));
	hy_bind_blob(s, 2, bytes(&bound));
	hy_bind_blob(s, 3, box);
	hy_bind_int(s, 4, hy_store_now(hy_db_store(db)));
	return hy_exec(s, NULL, e);
}
