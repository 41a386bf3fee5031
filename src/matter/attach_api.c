/* Files of matters over HTTP.  The body of an upload is the file itself, of whatever type; code and
 * secret of a citizen come in headers, so that they stand in no address. */
#include "matter/acting.h"
#include "matter/attach.h"
#include "matter/citizen.h"
#include "matter/city.h"
#include "matter/explain.h"
#include "matter/sight.h"
#include "people/security.h"

enum { NAME_MOST = 200 };

/* --- sending -----------------------------------------------------------------------------------
 */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* X-File-Name, as encodeURIComponent() writes it; what is no such name is none. */
static hy_str name_of(struct hy_request *r)
{
	hy_str s = hy_request_header(r, "X-File-Name");
	struct hy_buf b = hy_buf_on(hy_request_arena(r));

	for (size_t i = 0; i < s.n; i++) {
		bool coded = s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
			     hex(s.p[i + 2]) >= 0;
		hy_buf_byte(&b, coded ? (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2])) : s.p[i]);
		i += coded ? 2 : 0;
	}
	return attach_name(b.a, hy_buf_str(&b));
}

hy_str attach_name(struct hy_arena *a, hy_str name)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool part = (unsigned char)c >= 0x20 && c != 0x7f && c != '/' && c != '\\';
		hy_buf_byte(&b, part ? c : '_');
	}
	name = hy_buf_str(&b);
	return name.n <= NAME_MOST && hy_str_utf8(name, NULL) ? name : HY_S("");
}

void attach_file_json(struct hy_json *j, const struct attach_file *f, const struct hy_calendar *cal,
		      unsigned parts)
{
	hy_json_obj(j);
	hy_json_kint(j, "n", f->n);
	hy_json_kstr(j, "type", f->type);
	hy_json_kint(j, "size", f->view_size);
	hy_json_kbool(j, "clean", f->clean);
	explain_instant(j, "at", cal, f->at);
	if (parts & ATTACH_NAME)
		hy_json_kstr(j, "name", f->name);
	if (parts & ATTACH_HASH) {
		hy_json_kstr(j, "hash", f->hash);
		hy_json_kbool(j, "sealed", f->sealed);
	}
	hy_json_obj_end(j);
}

static enum hy_code take(struct hy_request *r, hy_str code, hy_str role, hy_str unit,
			 struct hy_err *e)
{
	struct city *c = api_city(r);
	struct hy_arena *a = hy_request_arena(r);
	const struct hy_upload *up = hy_request_upload(r);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	struct attach_file out;

	if (!up)
		return hy_fail(e, HY_BAD_INPUT, "", "the file is empty");
	struct attach_new f = { .fd = up->fd,
				.size = up->size,
				.hash = up->hash,
				.name = name_of(r),
				.role = role,
				.unit = unit };
	enum hy_code failed = attach_add(c, a, code, &f, hy_store_files(city_store(c)), &out, e);
	if (failed)
		return failed;
	attach_file_json(&j, &out, city_pack(c)->calendar, ATTACH_HASH | ATTACH_NAME);
	hy_answer_json(r, 201, &b);
	return HY_OK;
}

/* Runs aside: examining takes long. */
static enum hy_code take_citizens(struct hy_request *r, struct hy_err *e)
{
	const struct citizen_key key = { hy_request_header(r, "X-Matter-Code"),
					 hy_request_header(r, "X-Matter-Secret") };
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = citizen_open(api_city(r), db, hy_request_arena(r), &key, &m, e);
	hy_store_give(&db);
	return code ? code : take(r, m->code, HY_S("citizen"), HY_S(""), e);
}

static enum hy_code send_citizens(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, take_citizens, e);
}

static enum hy_code take_officials(struct hy_request *r, struct hy_err *e)
{
	hy_str code = hy_request_param(r, "code");
	struct access_as as;
	HY_SCOPED_DB db = NULL;
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	if (!c)
		c = acting_as(db, hy_request_arena(r), api_actor(r), PERMISSION_MATTER_MOVE, code,
			      &as, e);
	hy_store_give(&db);
	return c ? c : take(r, code, as.role, as.unit, e);
}

static enum hy_code send_officials(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, take_officials, e);
}

/* --- looking -------------------------------------------------------------------------------------
 */

static enum hy_code files_json(struct hy_request *r, struct hy_db *db, int64_t matter,
			       unsigned parts, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct attach_file *v = NULL;
	size_t n = 0;
	enum hy_code code = attach_list(db, b.a, matter, &v, &n, e);

	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "files");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		attach_file_json(&j, &v[i], city_pack(api_city(r))->calendar, parts);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	struct sight sight = { 0 };
	struct matter *m = NULL;
	struct matter_key key;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = matter_key_of(db, &scope, hy_request_arena(r), hy_request_param(r, "code"),
				     &key, e);
	if (!code)
		code = matter_read(api_city(r), db, &scope, hy_request_arena(r), key.code, &m, e);
	if (!code)
		code = sight_of(db, hy_request_arena(r), api_actor(r), m, &sight, e);
	const unsigned parts = !sight.words	? 0
			       : sight.identity ? ATTACH_HASH | ATTACH_NAME
						: ATTACH_HASH;
	return code ? code : files_json(r, db, key.id, parts, e);
}

static enum hy_code number(struct hy_request *r, int64_t *out, struct hy_err *e)
{
	return hy_str_int(hy_request_param(r, "n"), out)
		       ? HY_OK
		       : hy_fail(e, HY_NOT_FOUND, "n", "files have numbers");
}

static void answer_bytes(struct hy_request *r, const char *type, hy_str ending, int64_t n,
			 hy_str bytes)
{
	hy_answer(r, 200, type, bytes);
	/* The sender's name of it may tell who they are: it is called by its number. */
	hy_answer_header(r, "Content-Disposition",
			 hy_printf(hy_request_arena(r),
				   "attachment; filename=\"file-%lld" HY_FMT "\"", (long long)n,
				   HY_ARG(ending)));
}

static hy_str ending_of(hy_str type)
{
	static const struct {
		hy_str type, ending;
	} rows[] = {
		{ HY_S_INIT("image/jpeg"), HY_S_INIT(".jpg") },
		{ HY_S_INIT("image/png"), HY_S_INIT(".png") },
		{ HY_S_INIT("image/webp"), HY_S_INIT(".webp") },
		{ HY_S_INIT("application/pdf"), HY_S_INIT(".pdf") },
		{ HY_S_INIT("audio/mpeg"), HY_S_INIT(".mp3") },
		{ HY_S_INIT("video/mp4"), HY_S_INIT(".mp4") },
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++)
		if (hy_str_eq(rows[i].type, type))
			return rows[i].ending;
	return hy_str_find(type, HY_S("wordprocessingml")) >= 0 ? HY_S(".docx")
	       : hy_str_find(type, HY_S("spreadsheetml")) >= 0	? HY_S(".xlsx")
								: HY_S(".bin");
}

/* A picture's copy is for all who may see the matter; what cannot be cleaned, for whoever handles
 * it. */
static enum hy_code view(struct hy_request *r, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	struct attach_file f;
	struct sight sight = { 0 };
	struct matter *m = NULL;
	struct matter_key key;
	hy_str bytes = HY_S("");
	int64_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = number(r, &n, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = matter_key_of(db, &scope, a, hy_request_param(r, "code"), &key, e);
	if (!code)
		code = matter_read(api_city(r), db, &scope, a, key.code, &m, e);
	if (!code)
		code = sight_of(db, a, api_actor(r), m, &sight, e);
	if (!code)
		code = attach_view(api_city(r), db, a, key.id, n, &f, &bytes, e);
	if (code)
		return code;
	if (!f.clean && !sight.words)
		return hy_fail(
			e, HY_FORBIDDEN, "",
			"this file may say who sent it; it is for whoever handles the matter");
	answer_bytes(r, hy_printf(a, HY_FMT, HY_ARG(f.type)).p, ending_of(f.type), n, bytes);
	return HY_OK;
}

static enum hy_code view_aside(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, view, e);
}

/* --- originals: evidence
 * ---------------------------------------------------------------------------- */

struct original {
	struct city *c;
	struct hy_arena *a;
	const struct actor *who;
	hy_str code, bytes;
	int64_t n;
	struct attach_file f;
	bool sealed;
};

static enum hy_code original_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct original *x = in_out;
	struct matter_key key;
	enum hy_code code = matter_key_of(db, &access_all, x->a, x->code, &key, e);

	if (!code)
		code = attach_original(x->c, db, x->a, key.id, x->n, &x->f, &x->bytes, &x->sealed,
				       e);
	const struct security_act act = {
		.act = "attachment.original",
		.by = { x->who->account, x->who->address },
		.subject = hy_printf(x->a, "matter/" HY_FMT, HY_ARG(x->code)),
		.role = x->who->kind == ACTOR_CONSOLE ? HY_S("console") : HY_S("custodian"),
	};
	return code ? code : security_note(city_record(x->c), db, &act, e);
}

static enum hy_code original_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				    struct hy_err *e)
{
	const struct original *x = in_out;

	(void)db;
	(void)e;
	answer_bytes(r, "application/octet-stream",
		     x->sealed ? HY_S(".sealed") : ending_of(x->f.type), x->n, x->bytes);
	return HY_OK;
}

static enum hy_code original(struct hy_request *r, struct hy_err *e)
{
	struct original *x = hy_new(hy_request_arena(r), struct original);
	enum hy_code code = number(r, &x->n, e);

	x->c = api_city(r);
	x->a = hy_request_arena(r);
	x->who = api_actor(r);
	x->code = hy_request_param(r, "code");
	return code ? code : hy_answer_after(r, original_work, original_answer, x, e);
}

const struct hy_route attach_routes[] = {
	{ .method = "POST",
	  .path = "/api/v1/public/files",
	  .permission = "public",
	  .summary = "Send a file that belongs to one's own matter",
	  .upload = true,
	  .body_limit = ATTACH_MOST,
	  .run = send_citizens,
	  .pace = HY_PACE_FILING },
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/files",
	  .permission = "matter.read",
	  .summary = "Files of a matter",
	  .run = list },
	{ .method = "POST",
	  .path = "/api/v1/matters/{code}/files",
	  .permission = "matter.move",
	  .summary = "Add a file to a matter",
	  .upload = true,
	  .body_limit = ATTACH_MOST,
	  .run = send_officials },
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/files/{n}",
	  .permission = "matter.read",
	  .summary = "A file, a picture without metadata",
	  .run = view_aside },
	{ .method = "POST",
	  .path = "/api/v1/matters/{code}/files/{n}/original",
	  .permission = "sealed.open",
	  .summary = "The original as it was sent, sealed where there are custodians; recorded",
	  .run = original },
	{ 0 },
};
