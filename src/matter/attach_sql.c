/* Files of matters: pieces in the database, encrypted, each file under a key of its own. */
#include "matter/attach.h"

#include <sodium.h>
#include <unistd.h>

#include "base/hash.h"
#include "matter/city.h"
#include "matter/seal_box.h"

enum { PIECE = 256 << 10, PIECES_AT_ONCE = 4 };
#define HOUR (INT64_C(3600) * 1000)
#define ADDED HY_S("file.added")
#define PURPOSE "keys of files 1"

/* file: a cache of events "file.added" but for its keys.  file_piece: what lies under them.
 * file_loose: uploads on their way, by their blob; what stays an hour is swept. */
#define TABLES(ID, BLOB)                                                                           \
	"CREATE TABLE file(id " ID " PRIMARY KEY, matter BIGINT NOT NULL, n BIGINT NOT NULL,"      \
	" type TEXT NOT NULL, hash TEXT NOT NULL, name TEXT NOT NULL, size BIGINT NOT NULL,"       \
	" clean BIGINT NOT NULL, blob TEXT NOT NULL, view_size BIGINT NOT NULL,"                   \
	" key " BLOB " NOT NULL, original TEXT NOT NULL, original_key " BLOB ","                   \
	" at BIGINT NOT NULL);"                                                                    \
	"CREATE UNIQUE INDEX file_matter ON file(matter, n);"                                      \
	"CREATE TABLE file_piece(blob TEXT NOT NULL, n BIGINT NOT NULL, box " BLOB " NOT NULL,"    \
	" PRIMARY KEY(blob, n));"                                                                  \
	"CREATE TABLE file_loose(blob TEXT PRIMARY KEY, at BIGINT NOT NULL);"
const struct hy_migration attach_migrations[] = {
	{ .name = "file-001",
	  .sqlite = TABLES("INTEGER", "BLOB"),
	  .pg = TABLES("BIGINT", "BYTEA") },
	{ 0 },
};

const struct setting matter_settings[] = {
	{ .name = "attach.most_files",
	  .type = SETTING_INT,
	  .otherwise = "10",
	  .least = 0,
	  .most = 50,
	  .unit = "files",
	  .meaning = SETTING_MEANS("每件事项最多附件数", "每件事項最多附件數",
				   "How many files one matter may have.") },
	{ .name = "attach.most_megabytes",
	  .type = SETTING_INT,
	  .otherwise = "20",
	  .least = 1,
	  .most = 32,
	  .unit = "MB",
	  .meaning = SETTING_MEANS("单个附件的最大大小", "單個附件的最大大小",
				   "How large one file may be.") },
	{ .name = "attach.total_megabytes",
	  .type = SETTING_INT,
	  .otherwise = "60",
	  .least = 1,
	  .most = 500,
	  .unit = "MB",
	  .meaning = SETTING_MEANS("每件事项附件的总大小", "每件事項附件的總大小",
				   "How large the files of one matter may be together.") },
	{ .name = "attach.clamd",
	  .type = SETTING_TEXT,
	  .otherwise = "",
	  .least = 0,
	  .most = 100,
	  .meaning = SETTING_MEANS("clamd 的套接字；为空则不查毒", "clamd 的通訊端；為空則不查毒",
				   "The socket of clamd; empty: files are not scanned.") },
	{ 0 },
};

/* --- keys ---------------------------------------------------------------------------------------
 */

static hy_str wrap(const struct record *r, struct hy_arena *a, hy_str blob,
		   const struct seal_key *key)
{
	struct seal_key own;

	record_derive(r, HY_S(PURPOSE), own.b);
	hy_str box = seal_close(a, &own, blob, (hy_str){ (const char *)key->b, SEAL_KEY });
	seal_key_wipe(&own);
	return box;
}

static enum hy_code unwrap_by(const struct seal_key *own, struct hy_arena *a, hy_str blob,
			      hy_str box, struct seal_key *out, struct hy_err *e)
{
	hy_str plain = HY_S("");
	enum hy_code code = seal_open(a, own, blob, box, &plain, e);

	if (!code)
		memcpy(out->b, plain.p, SEAL_KEY);
	return code;
}

/* A city that is only read has no record open: then the log's key is read from its file. */
static enum hy_code unwrap(const struct city *c, struct hy_arena *a, hy_str blob, hy_str box,
			   struct seal_key *out, struct hy_err *e)
{
	struct seal_key own;

	if (c->record)
		record_derive(c->record, HY_S(PURPOSE), own.b);
	else if (!record_derive_reading(c->store, HY_S(PURPOSE), own.b))
		return hy_fail(e, HY_FORBIDDEN, "",
			       "files open with the log's key, keys/log.key, which cannot be read "
			       "here; ask on the server, as its user");
	enum hy_code code = unwrap_by(&own, a, blob, box, out, e);
	seal_key_wipe(&own);
	return code;
}

static hy_str piece_context(struct hy_arena *a, hy_str blob, int64_t n)
{
	return hy_printf(a, HY_FMT " %lld", HY_ARG(blob), (long long)n);
}

/* --- writing pieces, outside the final transaction -----------------------------------------------
 */

struct batch {
	hy_str blob;
	int64_t first, at;
	hy_str box[PIECES_AT_ONCE];
	int n;
};

static enum hy_code batch_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct batch *b = in_out;
	enum hy_code code = HY_OK;

	if (b->first == 0) {
		HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO file_loose(blob, at) VALUES ($1, $2)");
		hy_bind_text(s, 1, b->blob);
		hy_bind_int(s, 2, b->at);
		code = hy_exec(s, NULL, e);
	}
	for (int i = 0; !code && i < b->n; i++) {
		HY_SCOPED_STMT s =
			hy_sql(db, "INSERT INTO file_piece(blob, n, box) VALUES ($1, $2, $3)");
		hy_bind_text(s, 1, b->blob);
		hy_bind_int(s, 2, b->first + i);
		hy_bind_blob(s, 3, b->box[i]);
		code = hy_exec(s, NULL, e);
	}
	return code;
}

static ssize_t read_piece(int fd, char *p)
{
	size_t n = 0;

	while (n < PIECE) {
		ssize_t got = read(fd, p + n, PIECE - n);
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

/* FD from where it stands; the blob's name and its key. */
static enum hy_code pieces_put(struct city *c, struct hy_arena *a, int fd, hy_str *blob_out,
			       struct seal_key *key, struct hy_err *e)
{
	unsigned char name[16];
	HY_SCOPED_ARENA own = hy_arena_new(0);
	char *piece = hy_arena_take(own, PIECE);
	struct batch b = { .at = city_now(c) };
	enum hy_code code = HY_OK;
	ssize_t got = 1;

	hy_random(name, sizeof(name));
	*blob_out = b.blob = hy_hex(a, name, sizeof(name));
	seal_key_new(key);
	while (!code && got > 0) {
		HY_SCOPED_ARENA work = hy_arena_new(0);
		for (b.n = 0; b.n < PIECES_AT_ONCE && (got = read_piece(fd, piece)) > 0; b.n++)
			b.box[b.n] =
				seal_close(work, key, piece_context(work, b.blob, b.first + b.n),
					   (hy_str){ piece, (size_t)got });
		if (got < 0)
			return hy_broke(e, HY_IO, "could not read an upload");
		if (b.n)
			code = hy_store_write(c->store, batch_work, &b, e);
		b.first += b.n;
	}
	sodium_memzero(piece, PIECE);
	return code;
}

/* --- recording
 * --------------------------------------------------------------------------------------- */

struct adding {
	struct city *c;
	struct hy_arena *a;
	hy_str code, view, original;
	const struct attach_new *f;
	const struct attach_look *look;
	struct seal_key view_key, original_key;
	struct attach_file out;
};

/* How many there are, how large together. */
static enum hy_code room(struct hy_db *db, int64_t matter, const struct attach_new *f,
			 int64_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT count(*), coalesce(max(n), 0), coalesce(sum(size), 0)"
				      " FROM file WHERE matter = $1");
	bool row;

	hy_bind_int(s, 1, matter);
	enum hy_code code = hy_step(s, &row, e);
	if (code)
		return code;
	int64_t files = setting_int(db, "attach.most_files"),
		megabytes = setting_int(db, "attach.total_megabytes");
	if (hy_col_int(s, 0) >= files)
		return hy_fail(e, HY_NOT_NOW, "", "the matter has %lld files, no more fit",
			       (long long)hy_col_int(s, 0));
	if (hy_col_int(s, 2) + f->size > megabytes << 20)
		return hy_fail(e, HY_TOO_LARGE, "",
			       "the files of a matter may have %lld MB together",
			       (long long)megabytes);
	*n_out = hy_col_int(s, 1) + 1;
	return HY_OK;
}

/* The original's key: to the custodians, or wrapped where there are none. */
static enum hy_code keep_original(struct adding *x, struct hy_db *db, int64_t matter,
				  struct hy_stmt *s, struct hy_err *e)
{
	struct custodians all = { 0 };
	hy_str hash = HY_S("");
	enum hy_code code = custodian_list(x->a, db, &all, e);

	if (code || !x->look->clean)
		return code;
	if (!custodian_complete(&all)) {
		hy_bind_blob(s, 12, wrap(x->c->record, x->a, x->original, &x->original_key));
		return HY_OK;
	}
	x->out.sealed = true;
	hy_str text = hy_printf(x->a, "{\"key\":\"" HY_FMT "\"}",
				HY_ARG(hy_hex(x->a, x->original_key.b, SEAL_KEY)));
	hy_str what = hy_printf(x->a, HY_FMT ".%lld", HY_ARG(x->out.hash), (long long)x->out.n);
	return seal_box_put(db, x->a, &all, matter, what, seal_box_context(x->a, what, x->code),
			    text, &hash, e);
}

static enum hy_code tied(struct hy_db *db, hy_str blob, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM file_loose WHERE blob = $1");
	int64_t n = 0;

	if (blob.n == 0)
		return HY_OK;
	hy_bind_text(s, 1, blob);
	enum hy_code code = hy_exec(s, &n, e);
	return code || n ? code
			 : hy_fail(e, HY_STORE_BUSY, "", "the upload took too long; send it again");
}

static enum hy_code row_put(struct adding *x, struct hy_db *db, int64_t matter, struct hy_err *e)
{
	HY_SCOPED_STMT last = hy_sql(db, "SELECT coalesce(max(id), 0) FROM file");
	HY_SCOPED_STMT s = hy_sql(
		db,
		"INSERT INTO file(id, matter, n, type, hash, name, size, clean, blob, view_size,"
		" key, original_key, original, at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");
	bool row;
	enum hy_code code = hy_step(last, &row, e);

	if (code)
		return code;
	x->out.id = hy_col_int(last, 0) + 1;
	hy_bind_int(s, 1, x->out.id);
	hy_bind_int(s, 2, matter);
	hy_bind_int(s, 3, x->out.n);
	hy_bind_text(s, 4, x->out.type);
	hy_bind_text(s, 5, x->out.hash);
	hy_bind_text(s, 6, x->out.name);
	hy_bind_int(s, 7, x->out.size);
	hy_bind_int(s, 8, x->out.clean);
	hy_bind_text(s, 9, x->view);
	hy_bind_int(s, 10, x->out.view_size);
	hy_bind_blob(s, 11, wrap(x->c->record, x->a, x->view, &x->view_key));
	hy_bind_text(s, 13, x->original);
	hy_bind_int(s, 14, x->out.at);
	code = keep_original(x, db, matter, s, e);
	return code ? code : hy_exec(s, NULL, e);
}

static enum hy_code add_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct adding *x = in_out;
	json_t *data = json_object(), *private = json_object();
	struct matter_key key;

	hy_json_keep(x->a, data);
	hy_json_keep(x->a, private);
	enum hy_code code = matter_key_of(db, &access_all, x->a, x->code, &key, e);
	x->out = (struct attach_file){ .type = x->look->type,
				       .hash = hy_hex(x->a, x->f->hash.b, HY_SHA256),
				       .name = x->f->name,
				       .size = x->f->size,
				       .view_size = x->look->clean ? x->look->size : x->f->size,
				       .clean = x->look->clean,
				       .at = city_now(x->c) };
	if (!code)
		code = attach_sweep(db, x->out.at, e);
	if (!code)
		code = room(db, key.id, x->f, &x->out.n, e);
	if (!code)
		code = tied(db, x->view, e);
	if (!code)
		code = tied(db, x->original, e);
	if (!code)
		code = row_put(x, db, key.id, e);
	if (code)
		return code;
	json_object_set_new(data, "file", json_integer(x->out.n));
	json_object_set_new(private, "clean", json_boolean(x->out.clean));
	hy_json_put(private, "hash", x->out.hash);
	hy_json_put(private, "filename", x->out.name);
	json_object_set_new(private, "size", json_integer(x->out.size));
	hy_json_put(private, "type", x->out.type);
	struct matter_event ev = { .at = x->out.at,
				   .name = ADDED,
				   .role = x->f->role,
				   .unit = x->f->unit,
				   .data = data,
				   .private = private };
	return matter_remark(x->c, db, x->a, key.code, &ev, NULL, e);
}

struct limits {
	int64_t most;
	hy_str clamd;
};

static enum hy_code limits_of(struct city *c, struct hy_arena *a, struct limits *out,
			      struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(c->store, &db, e);

	if (!code)
		*out = (struct limits){ setting_int(db, "attach.most_megabytes"),
					hy_str_dup(a, setting_text(db, "attach.clamd")) };
	return code;
}

enum hy_code attach_add(struct city *c, struct hy_arena *a, hy_str code, const struct attach_new *f,
			const char *spool, struct attach_file *out, struct hy_err *e)
{
	struct attach_look look = { 0 };
	struct limits limits = { 0 };
	struct adding x = {
		.c = c, .a = a, .code = code, .f = f, .look = &look, .original = HY_S("")
	};
	enum hy_code failed = limits_of(c, a, &limits, e);

	if (failed)
		return failed;
	if (f->size > limits.most << 20)
		return hy_fail(e, HY_TOO_LARGE, "", "a file may have %lld MB",
			       (long long)limits.most);
	if (f->size == 0)
		return hy_fail(e, HY_BAD_INPUT, "", "the file is empty");
	failed = limits.clamd.n ? attach_scan(a, limits.clamd, f->fd, e) : HY_OK;
	if (!failed)
		failed = attach_look(a, f->fd, spool, &look, e);
	if (!failed && lseek(f->fd, 0, SEEK_SET) != 0)
		failed = hy_broke(e, HY_IO, "could not read an upload");
	if (!failed && look.clean)
		failed = pieces_put(c, a, look.fd, &x.view, &x.view_key, e);
	if (!failed)
		failed = look.clean ? pieces_put(c, a, f->fd, &x.original, &x.original_key, e)
				    : pieces_put(c, a, f->fd, &x.view, &x.view_key, e);
	if (!failed)
		failed = hy_store_write(c->store, add_work, &x, e);
	seal_key_wipe(&x.view_key);
	seal_key_wipe(&x.original_key);
	if (!failed)
		*out = x.out;
	return failed;
}

/* --- reading
 * ------------------------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
	"SELECT id, n, type, hash, name, size, clean, view_size, at, original_key IS NULL,"        \
	" blob, key, original, original_key FROM file WHERE matter = $1"

static void file_of(struct hy_arena *a, struct hy_stmt *s, struct attach_file *out)
{
	*out = (struct attach_file){ .id = hy_col_int(s, 0),
				     .n = hy_col_int(s, 1),
				     .type = hy_col_dup(a, s, 2),
				     .hash = hy_col_dup(a, s, 3),
				     .name = hy_col_dup(a, s, 4),
				     .size = hy_col_int(s, 5),
				     .clean = hy_col_int(s, 6) != 0,
				     .view_size = hy_col_int(s, 7),
				     .at = hy_col_int(s, 8) };
	out->sealed = out->clean && hy_col_null(s, 13);
}

enum hy_code attach_list(struct hy_db *db, struct hy_arena *a, int64_t matter,
			 struct attach_file **out, size_t *n_out, struct hy_err *e)
{
	HY_VEC(struct attach_file) v = { 0 };
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " ORDER BY n");
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, matter);
	while (!(code = hy_step(s, &row, e)) && row)
		file_of(a, s, hy_push(a, &v));
	*out = v.v;
	*n_out = v.n;
	return code;
}

struct place { /* where a file lies */
	struct attach_file file;
	hy_str blob, key, original, original_key;
};

static enum hy_code place_of(struct hy_db *db, struct hy_arena *a, int64_t matter, int64_t n,
			     struct place *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " AND n = $2");
	bool row;

	hy_bind_int(s, 1, matter);
	hy_bind_int(s, 2, n);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && !row)
		return hy_fail(e, HY_NOT_FOUND, "n", "the matter has no file %lld", (long long)n);
	if (code)
		return code;
	file_of(a, s, &out->file);
	out->blob = hy_col_dup(a, s, 10);
	out->key = hy_col_dup(a, s, 11);
	out->original = hy_col_dup(a, s, 12);
	out->original_key = hy_col_dup(a, s, 13);
	return HY_OK;
}

/* SIZE: of all of them, so that memory is taken once. */
static enum hy_code pieces_get(struct hy_db *db, struct hy_arena *a, hy_str blob,
			       const struct seal_key *key, int64_t size, hy_str *out,
			       struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(a);
	HY_SCOPED_STMT s =
		hy_sql_many(db, "SELECT n, box FROM file_piece WHERE blob = $1 ORDER BY n");
	enum hy_code code;
	bool row;

	hy_buf_room(&b, (size_t)size);
	hy_bind_text(s, 1, blob);
	for (int64_t n = 0; !(code = hy_step(s, &row, e)) && row; n++) {
		HY_SCOPED_ARENA work = hy_arena_new(0);
		hy_str plain = HY_S("");
		code = seal_open(work, key, piece_context(work, blob, n), hy_col_text(s, 1), &plain,
				 e);
		if (code)
			return code;
		hy_buf_add(&b, plain);
	}
	*out = hy_buf_str(&b);
	return code;
}

static enum hy_code opened(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str blob,
			   hy_str wrapped, int64_t size, hy_str *out, struct hy_err *e)
{
	struct seal_key key;
	enum hy_code code = unwrap(c, a, blob, wrapped, &key, e);

	if (!code)
		code = pieces_get(db, a, blob, &key, size, out, e);
	seal_key_wipe(&key);
	if (!code && (int64_t)out->n != size)
		return hy_broke(e, HY_TAMPERED, "a file of %lld bytes has %zu", (long long)size,
				out->n);
	return code;
}

enum hy_code attach_view(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t matter,
			 int64_t n, struct attach_file *file_out, hy_str *bytes_out,
			 struct hy_err *e)
{
	struct place p;
	enum hy_code code = place_of(db, a, matter, n, &p, e);

	if (!code)
		code = opened(c, db, a, p.blob, p.key, p.file.view_size, bytes_out, e);
	if (!code)
		*file_out = p.file;
	return code;
}

#define SEALED_HEAD "huiyin-sealed-1 "

enum hy_code attach_original(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t matter,
			     int64_t n, struct attach_file *file_out, hy_str *bytes_out,
			     bool *sealed_out, struct hy_err *e)
{
	struct place p;
	enum hy_code code = place_of(db, a, matter, n, &p, e);

	if (code)
		return code;
	*file_out = p.file;
	*sealed_out = p.file.sealed;
	if (!p.file.clean)
		return opened(c, db, a, p.blob, p.key, p.file.size, bytes_out, e);
	if (!p.file.sealed)
		return opened(c, db, a, p.original, p.original_key, p.file.size, bytes_out, e);
	struct hy_buf b = hy_buf_on(a);
	HY_SCOPED_STMT s = hy_sql_many(db, "SELECT box FROM file_piece WHERE blob = $1 ORDER BY n");
	bool row;
	hy_buf_fmt(&b, SEALED_HEAD HY_FMT "\n", HY_ARG(p.original));
	hy_bind_text(s, 1, p.original);
	while (!(code = hy_step(s, &row, e)) && row) {
		hy_str box = hy_col_text(s, 0);
		for (int shift = 24; shift >= 0; shift -= 8)
			hy_buf_byte(&b, (char)(box.n >> shift & 0xff));
		hy_buf_add(&b, box);
	}
	*bytes_out = hy_buf_str(&b);
	return code;
}

enum hy_code attach_unseal(struct hy_arena *a, hy_str sealed, hy_str key_hex, hy_str *bytes_out,
			   struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(a);
	struct seal_key key;
	hy_str head, blob;

	if (!hy_unhex(hy_str_trim(key_hex), key.b, SEAL_KEY))
		return hy_fail(e, HY_BAD_FIELD, "key",
			       "must be the 64 hex digits that were opened");
	if (!hy_str_cut(&sealed, '\n', &head) || !hy_str_starts(head, HY_S(SEALED_HEAD)))
		return hy_fail(e, HY_BAD_INPUT, "", "this is no sealed original");
	blob = (hy_str){ head.p + sizeof(SEALED_HEAD) - 1, head.n - (sizeof(SEALED_HEAD) - 1) };
	enum hy_code code = HY_OK;
	if (sealed.n == 0)
		code = hy_fail(e, HY_BAD_INPUT, "", "the sealed original is cut short");
	for (int64_t n = 0; !code && sealed.n; n++) {
		const unsigned char *p = (const unsigned char *)sealed.p;
		hy_str plain = HY_S("");
		size_t size = 0;
		bool whole = sealed.n >= 4;
		if (whole)
			size = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
		if (!whole || size > sealed.n - 4)
			code = hy_fail(e, HY_BAD_INPUT, "", "the sealed original is cut short");
		else
			code = seal_open(a, &key, piece_context(a, blob, n),
					 (hy_str){ sealed.p + 4, size }, &plain, e);
		if (code)
			break;
		hy_buf_add(&b, plain);
		sealed = (hy_str){ sealed.p + 4 + size, sealed.n - 4 - size };
	}
	seal_key_wipe(&key);
	if (!code)
		*bytes_out = hy_buf_str(&b);
	return code;
}

/* --- going
 * -------------------------------------------------------------------------------------------------
 */

enum hy_code attach_erase(struct hy_db *db, int64_t matter, struct hy_err *e)
{
	static const char *const all[] = {
		"DELETE FROM file_piece WHERE blob IN (SELECT blob FROM file WHERE matter = $1"
		" UNION SELECT original FROM file WHERE matter = $1)",
		"DELETE FROM file WHERE matter = $1",
	};
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < HY_COUNT(all); i++) {
		HY_SCOPED_STMT s = hy_sql(db, all[i]);
		hy_bind_int(s, 1, matter);
		code = hy_exec(s, NULL, e);
	}
	return code;
}

enum hy_code attach_sweep(struct hy_db *db, hy_ms now, struct hy_err *e)
{
	static const char *const all[] = {
		"DELETE FROM file_piece WHERE blob IN (SELECT blob FROM file_loose WHERE at < $1)",
		"DELETE FROM file_loose WHERE at < $1",
	};
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < HY_COUNT(all); i++) {
		HY_SCOPED_STMT s = hy_sql(db, all[i]);
		hy_bind_int(s, 1, now - HOUR);
		code = hy_exec(s, NULL, e);
	}
	return code;
}

/* --- fsck
 * ----------------------------------------------------------------------------------------------------
 */

static enum hy_code pieces_whole(struct hy_db *db, hy_str blob, int64_t size, bool *out,
				 struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT count(*), coalesce(sum(length(box)), 0)"
				      " FROM file_piece WHERE blob = $1");
	bool row;

	hy_bind_text(s, 1, blob);
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		*out = hy_col_int(s, 0) == (size + PIECE - 1) / PIECE &&
		       hy_col_int(s, 1) == size + hy_col_int(s, 0) * SEAL_OVER;
	return code;
}

/* As its event says; what was erased has neither. */
static enum hy_code told(struct hy_arena *a, struct hy_db *db, int64_t matter,
			 const struct place *p, bool *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_matter);
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, matter);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct record_event ev;
		code = record_row(a, s, &ev, e);
		if (code)
			return code;
		if (hy_str_eq(ev.move, ADDED) && hy_json_get_int(ev.data, "file", 0) == p->file.n)
			*out = hy_str_eq(hy_json_get(ev.private, "hash"), p->file.hash) &&
			       hy_str_eq(hy_json_get(ev.private, "type"), p->file.type) &&
			       hy_json_get_int(ev.private, "size", -1) == p->file.size;
	}
	return code;
}

/* Does it open, and is it what HASH (empty: not known) says? */
static enum hy_code genuine(struct hy_db *db, struct hy_arena *a, const struct seal_key *own,
			    hy_str blob, hy_str wrapped, int64_t size, hy_str hash, bool *out,
			    struct hy_err *e)
{
	struct seal_key key;
	struct hy_err why = { 0 };
	hy_str plain = HY_S("");
	enum hy_code code = unwrap_by(own, a, blob, wrapped, &key, &why);

	if (!code)
		code = pieces_get(db, a, blob, &key, size, &plain, &why);
	seal_key_wipe(&key);
	if (code && code != HY_TAMPERED)
		return *e = why, code;
	hy_hash h = hy_sha256(plain);
	*out = !code && (hash.n == 0 || hy_str_eq(hy_hex(a, h.b, HY_SHA256), hash));
	return HY_OK;
}

static hy_str code_of(struct hy_db *db, struct hy_arena *a, int64_t matter)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT code FROM matter WHERE id = $1");
	struct hy_err why = { 0 };
	bool row = false;

	hy_bind_int(s, 1, matter);
	return !hy_step(s, &row, &why) && row ? hy_col_dup(a, s, 0) : HY_S("?");
}

/* OWN: NULL without the log's key. */
static enum hy_code one_file(struct hy_arena *a, struct hy_db *db, const struct seal_key *own,
			     int64_t matter, int64_t n, struct hy_err *e)
{
	struct place p;
	bool good = false;
	enum hy_code code = place_of(db, a, matter, n, &p, e);

	if (!code)
		code = told(a, db, matter, &p, &good, e);
	if (!code && good)
		code = pieces_whole(db, p.blob, p.file.view_size, &good, e);
	if (!code && good && p.file.clean)
		code = pieces_whole(db, p.original, p.file.size, &good, e);
	if (!code && good && own)
		code = genuine(db, a, own, p.blob, p.key, p.file.view_size,
			       p.file.clean ? HY_S("") : p.file.hash, &good, e);
	if (!code && good && own && p.file.clean && !p.file.sealed)
		code = genuine(db, a, own, p.original, p.original_key, p.file.size, p.file.hash,
			       &good, e);
	if (!code && !good)
		return hy_fail(e, HY_TAMPERED, "",
			       "file %lld of " HY_FMT " is not what its event says; bring it back "
			       "from a backup",
			       (long long)n, HY_ARG(code_of(db, a, matter)));
	return code;
}

static enum hy_code all_there(struct hy_db *db, struct hy_arena *a, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT x.matter, x.n, coalesce(f.n, 0) FROM (SELECT e.matter AS matter,"
			   " count(*) AS n FROM event e JOIN event_private p ON p.idx = e.idx"
			   " WHERE e.matter IS NOT NULL AND p.body IS NOT NULL"
			   " AND e.body LIKE '%\"move\":\"file.added\"%' GROUP BY e.matter) x"
			   " LEFT JOIN (SELECT matter, count(*) AS n FROM file GROUP BY matter) f"
			   " ON f.matter = x.matter WHERE coalesce(f.n, 0) <> x.n"
			   " ORDER BY x.matter LIMIT 1");
	bool row;
	enum hy_code code = hy_step(s, &row, e);

	if (!code && row)
		return hy_fail(e, HY_TAMPERED, "",
			       HY_FMT " has %lld files, its events speak of %lld",
			       HY_ARG(code_of(db, a, hy_col_int(s, 0))),
			       (long long)hy_col_int(s, 2), (long long)hy_col_int(s, 1));
	return code;
}

enum hy_code attach_fsck(struct city *c, struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			 struct hy_err *e)
{
	struct one {
		int64_t matter, n;
	};
	HY_VEC(struct one) v = { 0 };
	HY_SCOPED_STMT s = hy_sql(db, "SELECT matter, n FROM file ORDER BY id");
	HY_SCOPED_ARENA work = hy_arena_new(0);
	struct seal_key own;
	enum hy_code code;
	bool row;

	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = (struct one){ hy_col_int(s, 0), hy_col_int(s, 1) };
	hy_done(&s);
	if (!code)
		code = all_there(db, a, e);
	bool has_key = record_derive_reading(c->store, HY_S(PURPOSE), own.b);
	for (size_t i = 0; !code && i < v.n; i++) {
		code = one_file(work, db, has_key ? &own : NULL, v.v[i].matter, v.v[i].n, e);
		hy_arena_empty(work);
	}
	seal_key_wipe(&own);
	if (!code)
		*checked_out = (int64_t)v.n;
	return code;
}
