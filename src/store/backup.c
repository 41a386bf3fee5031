#include "store/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "store/backup_seal.h"
#include "store/inside.h"

enum { PIECE = 256 << 10, MANIFEST_MOST = 1 << 20, FORMAT = 1 };
#define MANIFEST "manifest.json"

/* name, the folder that is made for it, mode */
#define ALLOWED(X)                                                                                 \
	X("huiyin.db", NULL, 0640)                                                                 \
	X("log.vkey", NULL, 0644)                                                                  \
	X("log/checkpoint", "log", 0644)                                                           \
	X("keys/log.key", "keys", 0600)

static const struct allowed {
	const char *name, *folder;
	unsigned mode;
} allowed[] = {
#define X(name, folder, mode) { name, folder, mode },
	ALLOWED(X)
#undef X
};
const char *const hy_backup_names[] = {
#define X(name, folder, mode) name,
	ALLOWED(X)
#undef X
		NULL,
};

static const struct allowed *allowed_of(hy_str name)
{
	for (size_t i = 0; i < HY_COUNT(allowed); i++)
		if (hy_str_eq(name, hy_str_of(allowed[i].name)))
			return &allowed[i];
	return NULL;
}

static enum hy_code trouble(struct hy_err *e, const char *doing, const char *path)
{
	return hy_fail(e, errno == ENOENT ? HY_NOT_FOUND : HY_IO, "", "could not %s %s: %s", doing,
		       path, strerror(errno));
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define SCOPED_FD __attribute__((cleanup(close_fd))) int

static void drop_digest(EVP_MD_CTX **c)
{
	EVP_MD_CTX_free(*c);
}
#define SCOPED_DIGEST __attribute__((cleanup(drop_digest))) EVP_MD_CTX *

static EVP_MD_CTX *digest_begin(struct hy_err *e)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	if (c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1)
		return c;
	EVP_MD_CTX_free(c);
	(void)!hy_broke(e, HY_INTERNAL, "SHA-256 does not start");
	return NULL;
}

static hy_hash digest_end(EVP_MD_CTX *c)
{
	hy_hash h;

	EVP_DigestFinal_ex(c, h.b, NULL);
	return h;
}

/* --- the database ------------------------------------------------------------------ */

/* From a server the rows come, into a store of their own beside FILE. */
static enum hy_code snapshot_of_rows(struct hy_db *db, const char *file, hy_backup_heard *heard,
				     void *arg, struct hy_err *e)
{
	static const char *const beside[] = { "lock", "huiyin.db", "huiyin.db-wal",
					      "huiyin.db-shm" };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str folder = hy_printf(a, "%s.copying", file);
	const struct hy_store_options o = { .create = true,
					    .fast_import = true,
					    .readers = 1,
					    .migrations = db->store->o.migrations };
	struct hy_store *to = NULL;
	enum hy_code code = hy_store_open(folder.p, &o, &to, e);

	if (!code)
		code = hy_copy_from(db, to, "", heard, arg, e);
	hy_store_close(&to); /* with it the log goes into the file */
	if (!code && rename(hy_printf(a, "%s/huiyin.db", folder.p).p, file) != 0)
		code = hy_fail(e, HY_IO, "", "could not make %s: %s", file, strerror(errno));
	for (size_t i = 0; i < HY_COUNT(beside); i++)
		unlink(hy_printf(a, "%s/%s", folder.p, beside[i]).p);
	rmdir(folder.p);
	return code;
}

enum hy_code hy_store_snapshot(struct hy_db *db, const char *file, hy_backup_heard *heard,
			       void *arg, struct hy_err *e)
{
	return db->d->remote ? snapshot_of_rows(db, file, heard, arg, e)
			     : db->d->snapshot(db->conn, file, heard, arg, e);
}

enum hy_code hy_store_steps(struct hy_arena *a, struct hy_db *db, struct hy_steps *out,
			    struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "SELECT name FROM schema_step ORDER BY name");
	HY_VEC(hy_str) v = { 0 };
	enum hy_code code;
	bool row;

	while (!(code = hy_step(q, &row, e)) && row)
		*hy_push(a, &v) = hy_col_dup(a, q, 0);
	if (!code)
		*out = (struct hy_steps){ v.v, v.n };
	return code;
}

/* --- writing ----------------------------------------------------------------------- */

struct listed { /* a file of the manifest */
	hy_str name;
	int64_t size;
	hy_hash sha256;
	bool there;
};

struct writing {
	struct hy_arena *a;
	const struct hy_backup_source *sources;
	struct listed *files;
	size_t n;
	struct backup_sink *sink;
	struct archive *tar;
	hy_backup_heard *heard;
	void *arg;
	int64_t done, total; /* bytes to be read: each file twice */
	struct hy_err *e;    /* of a write inside libarchive */
};

static void heard(struct writing *w, size_t more)
{
	w->done += (int64_t)more;
	if (w->heard)
		w->heard(w->arg, w->done, w->total);
}

/* Calls FN for the file's bytes, piece by piece. */
static enum hy_code each_piece(struct writing *w, const struct hy_backup_source *s,
			       enum hy_code (*fn)(struct writing *w, hy_str piece, void *to,
						  struct hy_err *e),
			       void *to, struct hy_err *e)
{
	if (!s->path) {
		heard(w, s->data.n);
		return fn(w, s->data, to, e);
	}
	SCOPED_FD fd = open(s->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return trouble(e, "open", s->path);
	char *piece = hy_arena_take(w->a, PIECE);
	for (;;) {
		ssize_t n = read(fd, piece, PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trouble(e, "read", s->path);
		if (n == 0)
			return HY_OK;
		enum hy_code code = fn(w, (hy_str){ piece, (size_t)n }, to, e);
		if (code)
			return code;
		heard(w, (size_t)n);
	}
}

static enum hy_code size_of(const struct hy_backup_source *s, int64_t *out, struct hy_err *e)
{
	struct stat st;

	*out = (int64_t)s->data.n;
	if (!s->path)
		return HY_OK;
	if (stat(s->path, &st) != 0)
		return trouble(e, "read", s->path);
	*out = st.st_size;
	return HY_OK;
}

struct measure {
	EVP_MD_CTX *digest;
	int64_t size;
};

static enum hy_code measure(struct writing *w, hy_str piece, void *to, struct hy_err *e)
{
	struct measure *m = to;

	(void)w;
	(void)e;
	EVP_DigestUpdate(m->digest, piece.p, piece.n);
	m->size += (int64_t)piece.n;
	return HY_OK;
}

static enum hy_code measure_all(struct writing *w, struct hy_err *e)
{
	for (size_t i = 0; i < w->n; i++) {
		SCOPED_DIGEST digest = digest_begin(e);
		struct measure m = { .digest = digest };
		if (!digest)
			return e->code;
		enum hy_code code = each_piece(w, &w->sources[i], measure, &m, e);
		if (code)
			return code;
		w->files[i] = (struct listed){ .name = hy_str_of(w->sources[i].name),
					       .size = m.size,
					       .sha256 = digest_end(digest) };
	}
	return HY_OK;
}

static hy_str manifest_of(struct writing *w, hy_str about)
{
	struct hy_buf b = hy_buf_on(w->a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_key(&j, "about");
	hy_json_raw(&j, about);
	hy_json_key(&j, "files");
	hy_json_arr(&j);
	for (size_t i = 0; i < w->n; i++) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "name", w->files[i].name);
		hy_json_kstr(&j, "sha256",
			     hy_hex(w->a, w->files[i].sha256.b, sizeof(w->files[i].sha256.b)));
		hy_json_kint(&j, "size", w->files[i].size);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_kint(&j, "huiyin_backup", FORMAT);
	hy_json_obj_end(&j);
	/* The same with its own digest, the greatest of the keys. */
	hy_hash own = hy_sha256(hy_buf_str(&b));
	b.n--;
	j.comma = true;
	hy_json_kstr(&j, "sha256", hy_hex(w->a, own.b, sizeof(own.b)));
	hy_json_obj_end(&j);
	hy_buf_byte(&b, '\n');
	return hy_buf_str(&b);
}

/* Why libarchive stopped: a write of ours, or something of its own. */
static enum hy_code tar_failed(struct writing *w, struct hy_err *e)
{
	return e->code ? e->code
		       : hy_broke(e, HY_IO, "could not pack the backup: %s",
				  archive_error_string(w->tar));
}

static enum hy_code put_piece(struct writing *w, hy_str piece, void *to, struct hy_err *e)
{
	int64_t *left = to;

	*left -= (int64_t)piece.n;
	return archive_write_data(w->tar, piece.p, piece.n) == (la_ssize_t)piece.n
		       ? HY_OK
		       : tar_failed(w, e);
}

static enum hy_code put_file(struct writing *w, const struct hy_backup_source *s, int64_t size,
			     unsigned mode, struct hy_err *e)
{
	struct archive_entry *entry = archive_entry_new();
	int64_t left = size;

	archive_entry_set_pathname(entry, s->name);
	archive_entry_set_size(entry, size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, (mode_t)mode);
	int rc = archive_write_header(w->tar, entry);
	archive_entry_free(entry);
	if (rc != ARCHIVE_OK)
		return tar_failed(w, e);
	enum hy_code code = each_piece(w, s, put_piece, &left, e);
	if (!code && left != 0)
		code = hy_broke(e, HY_IO, "%s changed while it was read", s->name);
	return code;
}

static la_ssize_t on_write(struct archive *tar, void *arg, const void *p, size_t n)
{
	struct writing *w = arg;

	(void)tar;
	return w->e->code || backup_sink_put(w->sink, p, n, w->e) ? -1 : (la_ssize_t)n;
}

static enum hy_code pack(struct writing *w, hy_str manifest, struct hy_err *e)
{
	struct hy_backup_source first = { .name = MANIFEST, .data = manifest };

	w->e = e;
	w->total += (int64_t)manifest.n;
	if (archive_write_set_format_pax_restricted(w->tar) != ARCHIVE_OK ||
	    archive_write_add_filter_zstd(w->tar) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(w->tar, 1) != ARCHIVE_OK ||
	    archive_write_open(w->tar, w, NULL, on_write, NULL) != ARCHIVE_OK)
		return tar_failed(w, e);
	enum hy_code code = put_file(w, &first, (int64_t)manifest.n, 0644, e);
	for (size_t i = 0; !code && i < w->n; i++)
		code = put_file(w, &w->sources[i], w->files[i].size,
				allowed_of(w->files[i].name)->mode, e);
	if (!code && archive_write_close(w->tar) != ARCHIVE_OK)
		code = tar_failed(w, e);
	return code;
}

enum hy_code hy_backup_write(const char *file, const struct hy_backup_source *sources, size_t n,
			     hy_str about, const struct hy_backup_key *to, hy_backup_heard *fn,
			     void *arg, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct writing w = { .a = a, .sources = sources, .n = n, .heard = fn, .arg = arg };
	enum hy_code code = HY_OK;

	w.files = hy_new_n(a, struct listed, n);
	for (size_t i = 0; !code && i < n; i++) {
		int64_t size = 0;
		if (!allowed_of(hy_str_of(sources[i].name)))
			code = hy_broke(e, HY_INTERNAL, "a backup cannot hold %s", sources[i].name);
		else
			code = size_of(&sources[i], &size, e);
		w.total += 2 * size;
	}
	/* Made first: a place that cannot take it is told before the work. */
	if (!code)
		code = backup_sink_open(file, to, &w.sink, e);
	if (!code)
		code = measure_all(&w, e);
	w.tar = archive_write_new();
	if (!code)
		code = pack(&w, manifest_of(&w, about), e);
	if (!code)
		code = backup_sink_finish(w.sink, e);
	/* Freeing an archive that is open still writes its end; that must not count. */
	if (code && w.tar)
		archive_write_fail(w.tar);
	archive_write_free(w.tar);
	backup_sink_close(&w.sink);
	return code;
}

/* --- reading ----------------------------------------------------------------------- */

struct reading {
	struct hy_arena *a;
	const char *file, *into;
	struct backup_tap *tap;
	struct archive *tar;
	struct listed *files;
	size_t n;
	const json_t *about;
	hy_backup_heard *heard;
	void *arg;
	struct hy_err *e; /* of a read inside libarchive */
	char *piece;
};

static la_ssize_t on_read(struct archive *tar, void *arg, const void **out)
{
	struct reading *r = arg;
	hy_str bytes = HY_S("");

	if (r->e->code || backup_tap_get(r->tap, &bytes, r->e)) {
		archive_set_error(tar, EIO, "the file could not be read");
		return -1;
	}
	*out = bytes.p;
	return (la_ssize_t)bytes.n;
}

static enum hy_code not_whole(struct reading *r, const char *why, struct hy_err *e)
{
	return e->code ? e->code
		       : hy_fail(e, HY_BAD_INPUT, "", "%s is cut off or was changed: %s", r->file,
				 why);
}

static enum hy_code no_backup(struct reading *r, struct hy_err *e)
{
	return e->code ? e->code : hy_fail(e, HY_BAD_INPUT, "", "%s is no backup", r->file);
}

static enum hy_code list_file(struct reading *r, const json_t *v, struct hy_err *e)
{
	struct listed *f = &r->files[r->n];

	f->name = hy_json_get(v, "name");
	f->size = hy_json_get_int(v, "size", -1);
	if (!allowed_of(f->name) || f->size < 0 ||
	    !hy_unhex(hy_json_get(v, "sha256"), f->sha256.b, sizeof(f->sha256.b)))
		return hy_fail(e, HY_BAD_INPUT, "",
			       "%s names a file that does not belong in a backup: " HY_FMT, r->file,
			       HY_ARG(hy_str_head(f->name, 60)));
	for (size_t i = 0; i < r->n; i++)
		if (hy_str_eq(r->files[i].name, f->name))
			return hy_fail(e, HY_BAD_INPUT, "", "%s names " HY_FMT " twice", r->file,
				       HY_ARG(f->name));
	r->n++;
	return HY_OK;
}

/* Is it what was written?  Takes its own digest out of M. */
static bool manifest_whole(struct hy_arena *a, json_t *m)
{
	hy_hash said;

	if (!hy_unhex(hy_json_get(m, "sha256"), said.b, sizeof(said.b)))
		return false;
	json_object_del(m, "sha256");
	hy_hash own = hy_sha256(hy_json_canonical(a, m));
	return hy_hash_eq(&own, &said);
}

static enum hy_code read_manifest(struct reading *r, struct hy_err *e)
{
	struct archive_entry *entry;
	json_t *m = NULL;

	if (archive_read_next_header(r->tar, &entry) != ARCHIVE_OK)
		return no_backup(r, e);
	const char *name = archive_entry_pathname(entry);
	int64_t size = archive_entry_size(entry);
	if (!name || strcmp(name, MANIFEST) != 0 || size <= 0 || size > MANIFEST_MOST)
		return no_backup(r, e);
	char *text = hy_arena_take(r->a, (size_t)size);
	if (archive_read_data(r->tar, text, (size_t)size) != (la_ssize_t)size)
		return not_whole(r, "its manifest cannot be read", e);
	enum hy_code code = hy_json_read(r->a, (hy_str){ text, (size_t)size }, &m, e);
	if (code) {
		hy_err_clear(e);
		return not_whole(r, "its manifest cannot be read", e);
	}
	int64_t format = hy_json_get_int(m, "huiyin_backup", 0);
	const json_t *files = json_object_get(m, "files");
	r->about = json_object_get(m, "about");
	if (format > FORMAT)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "%s was made by a newer version of Huiyin (form %lld, this program "
			       "knows %d); restore it with that version",
			       r->file, (long long)format, FORMAT);
	if (!manifest_whole(r->a, m))
		return not_whole(r, "its manifest is not what was written", e);
	if (format != FORMAT || !json_is_object(r->about) || json_array_size(files) == 0 ||
	    json_array_size(files) > HY_COUNT(allowed))
		return no_backup(r, e);
	r->files = hy_new_n(r->a, struct listed, json_array_size(files));
	for (size_t i = 0; !code && i < json_array_size(files); i++)
		code = list_file(r, json_array_get(files, i), e);
	return code;
}

static enum hy_code create(struct reading *r, const struct allowed *f, int *fd_out,
			   struct hy_err *e)
{
	*fd_out = -1;
	if (!r->into)
		return HY_OK;
	if (f->folder) {
		const char *dir = hy_printf(r->a, "%s/%s", r->into, f->folder).p;
		if (mkdir(dir, f->mode == 0600 ? 0700 : 0750) != 0 && errno != EEXIST)
			return trouble(e, "make", dir);
	}
	const char *path = hy_printf(r->a, "%s/%s", r->into, f->name).p;
	*fd_out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, f->mode);
	return *fd_out < 0 ? trouble(e, "create", path) : HY_OK;
}

static enum hy_code put(int fd, const char *p, size_t n, const char *name, struct hy_err *e)
{
	while (fd >= 0 && n) {
		ssize_t done = write(fd, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return trouble(e, "write", name);
		p += done;
		n -= (size_t)done;
	}
	return HY_OK;
}

static enum hy_code take_file(struct reading *r, struct listed *f, struct hy_err *e)
{
	SCOPED_DIGEST digest = digest_begin(e);
	SCOPED_FD fd = -1;
	int64_t size = 0;
	la_ssize_t n;
	enum hy_code code = digest ? create(r, allowed_of(f->name), &fd, e) : e->code;

	while (!code && (n = archive_read_data(r->tar, r->piece, PIECE)) != 0) {
		if (n < 0)
			return not_whole(r, archive_error_string(r->tar), e);
		EVP_DigestUpdate(digest, r->piece, (size_t)n);
		size += n;
		code = put(fd, r->piece, (size_t)n, f->name.p, e);
		if (r->heard)
			r->heard(r->arg, backup_tap_at(r->tap), backup_tap_size(r->tap));
	}
	if (code)
		return code;
	hy_hash got = digest_end(digest);
	if (size != f->size || !hy_hash_eq(&got, &f->sha256))
		return not_whole(
			r,
			hy_printf(r->a, HY_FMT " is not what the manifest says", HY_ARG(f->name)).p,
			e);
	f->there = true;
	if (fd >= 0 && fsync(fd) != 0)
		return trouble(e, "flush", f->name.p);
	return HY_OK;
}

static struct listed *listed_of(struct reading *r, const char *name)
{
	for (size_t i = 0; name && i < r->n; i++)
		if (hy_str_eq(r->files[i].name, hy_str_of(name)))
			return &r->files[i];
	return NULL;
}

static enum hy_code take_files(struct reading *r, struct hy_err *e)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(r->tar, &entry)) == ARCHIVE_OK) {
		struct listed *f = listed_of(r, archive_entry_pathname(entry));
		if (!f || f->there || archive_entry_filetype(entry) != AE_IFREG)
			return not_whole(r, "it holds what its manifest does not name", e);
		enum hy_code code = take_file(r, f, e);
		if (code)
			return code;
	}
	if (rc != ARCHIVE_EOF)
		return not_whole(r, archive_error_string(r->tar), e);
	for (size_t i = 0; i < r->n; i++)
		if (!r->files[i].there)
			return not_whole(
				r,
				hy_printf(r->a, HY_FMT " is missing", HY_ARG(r->files[i].name)).p,
				e);
	return HY_OK;
}

/* What stands behind the end of the archive: of a sealed one the seal must be whole. */
static enum hy_code drain(struct reading *r, struct hy_err *e)
{
	hy_str rest = HY_S("");
	enum hy_code code;

	while (!(code = backup_tap_get(r->tap, &rest, e)) && rest.n)
		;
	return code;
}

static enum hy_code unpack(struct reading *r,
			   enum hy_code (*knows)(const json_t *about, void *arg, struct hy_err *e),
			   struct hy_err *e)
{
	r->e = e;
	if (archive_read_support_format_tar(r->tar) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(r->tar) != ARCHIVE_OK)
		return hy_broke(e, HY_INTERNAL, "libarchive: %s", archive_error_string(r->tar));
	if (archive_read_open(r->tar, r, NULL, on_read, NULL) != ARCHIVE_OK)
		return no_backup(r, e);
	enum hy_code code = read_manifest(r, e);
	if (!code && knows)
		code = knows(r->about, r->arg, e);
	if (!code)
		code = take_files(r, e);
	return code ? code : drain(r, e);
}

enum hy_code hy_backup_read(struct hy_arena *a, const char *file, const struct hy_backup_key *key,
			    const char *into,
			    enum hy_code (*knows)(const json_t *about, void *arg, struct hy_err *e),
			    hy_backup_heard *fn, void *arg, struct hy_backup_facts *out,
			    struct hy_err *e)
{
	struct reading r = { .a = a, .file = file, .into = into, .heard = fn, .arg = arg };
	enum hy_code code = backup_tap_open(file, key, &r.tap, e);

	if (code)
		return code;
	r.piece = hy_arena_take(a, PIECE);
	r.tar = archive_read_new();
	code = unpack(&r, knows, e);
	if (!code) {
		*out = (struct hy_backup_facts){ .about = r.about,
						 .files = (int64_t)r.n,
						 .sealed = backup_tap_sealed(r.tap) };
		for (size_t i = 0; i < r.n; i++)
			out->bytes += r.files[i].size;
	}
	archive_read_free(r.tar);
	backup_tap_close(&r.tap);
	return code;
}
