#include "store/backup_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"

enum {
	CHUNK = 64 << 10,
	EXTRA = crypto_secretstream_xchacha20poly1305_ABYTES,
	HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	KEY = crypto_secretstream_xchacha20poly1305_KEYBYTES,
	BOX = crypto_box_SEALBYTES + KEY,
	PUBLIC = crypto_box_PUBLICKEYBYTES,
	PATHS = 4096
};
#define MARK "huiyin-sealed-backup 1\n"
enum { MARK_N = sizeof(MARK) - 1, HEAD = MARK_N + PUBLIC + BOX + HEADER };

static enum hy_code trouble(struct hy_err *e, const char *doing, const char *path)
{
	return hy_fail(e, errno == ENOENT ? HY_NOT_FOUND : HY_IO, "", "could not %s %s: %s", doing,
		       path, strerror(errno));
}

static enum hy_code no_memory(struct hy_err *e)
{
	return hy_broke(e, HY_IO, "no memory");
}

/* --- keys -------------------------------------------------------------------------- */

static const hy_str secret_words = HY_S_INIT("huiyin backup secret key 1 ");
static const hy_str public_words = HY_S_INIT("huiyin backup public key 1 ");

static enum hy_code refuse_there(const char *path, struct hy_err *e)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return HY_OK;
	return hy_fail(e, HY_EXISTS, "", "%s is there already; take another name",
		       path ? path : "");
}

enum hy_code hy_backup_key_make(const char *path, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str public_path = hy_printf(a, "%s.pub", path);
	unsigned char public[32], secret[32];
	enum hy_code code = refuse_there(path, e);

	if (!code)
		code = refuse_there(public_path.p, e);
	if (!code && sodium_init() < 0)
		code = hy_broke(e, HY_INTERNAL, "libsodium does not start");
	if (code)
		return code;
	crypto_box_keypair(public, secret);
	hy_str text = hy_printf(a, HY_FMT HY_FMT "\n", HY_ARG(secret_words),
				HY_ARG(hy_base64(a, secret, sizeof(secret))));
	code = hy_file_write(path, text, 0600, e);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero((char *)text.p, text.n);
	if (code)
		return code;
	return hy_file_write(public_path.p,
			     hy_printf(a, HY_FMT HY_FMT "\n", HY_ARG(public_words),
				       HY_ARG(hy_base64(a, public, sizeof(public)))),
			     0644, e);
}

enum hy_code hy_backup_key_read(const char *path, struct hy_backup_key *out, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str text = HY_S("");
	struct hy_backup_key k = { 0 };
	enum hy_code code = hy_file_read(a, path, 4096, &text, e);

	if (code == HY_TOO_LARGE)
		hy_err_clear(e); /* told below */
	else if (code)
		return code;
	hy_str line = hy_str_trim(text);
	k.has_secret = hy_str_starts(line, secret_words);
	hy_str words = k.has_secret ? secret_words : public_words;
	unsigned char *to = k.has_secret ? k.secret : k.public;
	if (!hy_str_starts(line, words) ||
	    hy_unbase64((hy_str){ line.p + words.n, line.n - words.n }, to, 32) != 32)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "%s is no key for backups; make a pair with `huiyin backup-key`",
			       path);
	if (k.has_secret && crypto_scalarmult_base(k.public, k.secret) != 0)
		return hy_fail(e, HY_BAD_INPUT, "", "%s is a damaged key", path);
	*out = k;
	hy_backup_key_wipe(&k);
	sodium_memzero((char *)text.p, text.n);
	return HY_OK;
}

void hy_backup_key_wipe(struct hy_backup_key *k)
{
	sodium_memzero(k, sizeof(*k));
}

/* --- to the file ------------------------------------------------------------------- */

struct backup_sink {
	char file[PATHS], tmp[PATHS + 32];
	int fd;
	bool sealed;
	crypto_secretstream_xchacha20poly1305_state stream;
	unsigned char opening[MARK_N + PUBLIC]; /* authenticated with the first chunk */
	bool begun;
	size_t n; /* of the chunk that is being filled */
	unsigned char chunk[CHUNK], sealed_chunk[CHUNK + EXTRA];
};

static enum hy_code write_all(struct backup_sink *s, const void *p, size_t n, struct hy_err *e)
{
	for (const char *at = p; n;) {
		ssize_t put = write(s->fd, at, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return trouble(e, "write", s->file);
		at += put;
		n -= (size_t)put;
	}
	return HY_OK;
}

static enum hy_code write_head(struct backup_sink *s, const struct hy_backup_key *to,
			       struct hy_err *e)
{
	unsigned char key[KEY], head[HEAD], *at = head;

	memcpy(at, MARK, MARK_N);
	memcpy(at += MARK_N, to->public, PUBLIC);
	memcpy(s->opening, head, sizeof(s->opening));
	crypto_secretstream_xchacha20poly1305_keygen(key);
	int rc = crypto_box_seal(at += PUBLIC, key, KEY, to->public);
	crypto_secretstream_xchacha20poly1305_init_push(&s->stream, at += BOX, key);
	sodium_memzero(key, sizeof(key));
	if (rc != 0)
		return hy_fail(e, HY_BAD_INPUT, "", "the public key is a damaged one");
	return write_all(s, head, HEAD, e);
}

enum hy_code backup_sink_open(const char *file, const struct hy_backup_key *to,
			      struct backup_sink **out, struct hy_err *e)
{
	enum hy_code code = refuse_there(file, e);

	if (code)
		return code;
	if (strlen(file) >= PATHS)
		return hy_fail(e, HY_BAD_INPUT, "", "the path is too long");
	if (sodium_init() < 0)
		return hy_broke(e, HY_INTERNAL, "libsodium does not start");
	struct backup_sink *s = calloc(1, sizeof(*s));
	if (!s)
		return no_memory(e);
	snprintf(s->file, sizeof(s->file), "%s", file);
	snprintf(s->tmp, sizeof(s->tmp), "%s.%ld.tmp", file, (long)getpid());
	s->sealed = to != NULL;
	s->fd = open(s->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	code = s->fd < 0 ? trouble(e, "create", s->tmp) : to ? write_head(s, to, e) : HY_OK;
	if (code)
		backup_sink_close(&s);
	else
		*out = s;
	return code;
}

static enum hy_code push(struct backup_sink *s, unsigned char tag, struct hy_err *e)
{
	crypto_secretstream_xchacha20poly1305_push(&s->stream, s->sealed_chunk, NULL, s->chunk,
						   s->n, s->begun ? NULL : s->opening,
						   s->begun ? 0 : sizeof(s->opening), tag);
	size_t n = s->n + EXTRA;
	s->begun = true;
	s->n = 0;
	return write_all(s, s->sealed_chunk, n, e);
}

/* A full chunk waits for more bytes: only then is it known not to be the last. */
enum hy_code backup_sink_put(struct backup_sink *s, const void *p, size_t n, struct hy_err *e)
{
	if (!s->sealed)
		return write_all(s, p, n, e);
	for (const char *at = p; n;) {
		if (s->n == CHUNK) {
			enum hy_code code =
				push(s, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, e);
			if (code)
				return code;
		}
		size_t part = CHUNK - s->n < n ? CHUNK - s->n : n;
		memcpy(s->chunk + s->n, at, part);
		s->n += part;
		at += part;
		n -= part;
	}
	return HY_OK;
}

static enum hy_code flush_folder(const char *file, struct hy_err *e)
{
	char dir[PATHS];

	snprintf(dir, sizeof(dir), "%s", file);
	char *slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = '\0';
	int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum hy_code code =
		fd < 0 || fsync(fd) != 0 ? trouble(e, "flush the folder of", file) : HY_OK;
	if (fd >= 0)
		close(fd);
	return code;
}

enum hy_code backup_sink_finish(struct backup_sink *s, struct hy_err *e)
{
	enum hy_code code =
		s->sealed ? push(s, crypto_secretstream_xchacha20poly1305_TAG_FINAL, e) : HY_OK;

	if (!code && fsync(s->fd) != 0)
		code = trouble(e, "flush", s->file);
	/* link() and not rename(): what came there meanwhile is left alone. */
	if (!code && link(s->tmp, s->file) != 0) {
		if (errno == EEXIST)
			return refuse_there(s->file, e);
		if (rename(s->tmp, s->file) != 0) /* no hard links there */
			return trouble(e, "rename to", s->file);
	}
	return code ? code : flush_folder(s->file, e);
}

void backup_sink_close(struct backup_sink **s)
{
	if (!*s)
		return;
	if ((*s)->fd >= 0) {
		close((*s)->fd);
		unlink((*s)->tmp);
	}
	sodium_memzero(*s, sizeof(**s));
	free(*s);
	*s = NULL;
}

/* --- from the file ----------------------------------------------------------------- */

struct backup_tap {
	const char *file;
	int fd;
	int64_t at, size;
	bool sealed, begun, over;
	crypto_secretstream_xchacha20poly1305_state stream;
	unsigned char opening[MARK_N + PUBLIC];
	unsigned char raw[CHUNK + EXTRA], plain[CHUNK];
};

/* As many as there are, at most N. */
static enum hy_code read_up_to(struct backup_tap *t, void *p, size_t n, size_t *got_out,
			       struct hy_err *e)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(t->fd, (char *)p + got, n - got);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return trouble(e, "read", t->file);
		if (r == 0)
			break;
		got += (size_t)r;
	}
	t->at += (int64_t)got;
	*got_out = got;
	return HY_OK;
}

static enum hy_code cut_off(struct backup_tap *t, struct hy_err *e)
{
	return hy_fail(e, HY_BAD_INPUT, "", "%s is cut off: its end is missing", t->file);
}

static enum hy_code open_seal(struct backup_tap *t, const unsigned char *head,
			      const struct hy_backup_key *key, struct hy_err *e)
{
	const unsigned char *public = head + MARK_N, *box = public + PUBLIC, *header = box + BOX;
	unsigned char stream_key[KEY];

	if (!key)
		return hy_fail(e, HY_BAD_FIELD, "--key",
			       "%s is sealed; give the secret key it was sealed for", t->file);
	if (!key->has_secret)
		return hy_fail(e, HY_BAD_FIELD, "--key",
			       "a public key cannot open a backup; give the secret one");
	if (memcmp(public, key->public, PUBLIC) != 0)
		return hy_fail(e, HY_BAD_FIELD, "--key", "%s is sealed for another key", t->file);
	memcpy(t->opening, head, sizeof(t->opening));
	int rc = crypto_box_seal_open(stream_key, box, BOX, key->public, key->secret);
	if (rc == 0)
		rc = crypto_secretstream_xchacha20poly1305_init_pull(&t->stream, header,
								     stream_key);
	sodium_memzero(stream_key, sizeof(stream_key));
	return rc == 0 ? HY_OK
		       : hy_fail(e, HY_BAD_INPUT, "",
				 "%s was changed: its seal is broken at the "
				 "beginning",
				 t->file);
}

static enum hy_code read_head(struct backup_tap *t, const struct hy_backup_key *key,
			      struct hy_err *e)
{
	unsigned char head[HEAD];
	size_t n = 0;
	enum hy_code code = read_up_to(t, head, HEAD, &n, e);

	if (code)
		return code;
	t->sealed = n >= MARK_N && memcmp(head, MARK, MARK_N) == 0;
	if (!t->sealed) {
		t->at = 0;
		return lseek(t->fd, 0, SEEK_SET) == 0 ? HY_OK : trouble(e, "read", t->file);
	}
	return n < HEAD ? cut_off(t, e) : open_seal(t, head, key, e);
}

enum hy_code backup_tap_open(const char *file, const struct hy_backup_key *key,
			     struct backup_tap **out, struct hy_err *e)
{
	struct backup_tap *t = calloc(1, sizeof(*t));
	struct stat st;
	enum hy_code code = HY_OK;

	if (!t)
		return no_memory(e);
	t->file = file;
	t->fd = open(file, O_RDONLY | O_CLOEXEC);
	if (t->fd < 0 || fstat(t->fd, &st) != 0)
		code = trouble(e, "open", file);
	else if (!S_ISREG(st.st_mode))
		code = hy_fail(e, HY_BAD_INPUT, "", "%s is no file", file);
	else if (sodium_init() < 0)
		code = hy_broke(e, HY_INTERNAL, "libsodium does not start");
	else
		t->size = st.st_size;
	if (!code)
		code = read_head(t, key, e);
	if (code)
		backup_tap_close(&t);
	else
		*out = t;
	return code;
}

static enum hy_code pull(struct backup_tap *t, size_t n, hy_str *out, struct hy_err *e)
{
	unsigned long long m = 0;
	unsigned char tag = 0;

	if (n < EXTRA)
		return cut_off(t, e);
	int rc = crypto_secretstream_xchacha20poly1305_pull(&t->stream, t->plain, &m, &tag, t->raw,
							    n, t->begun ? NULL : t->opening,
							    t->begun ? 0 : sizeof(t->opening));
	if (rc != 0)
		return t->at == t->size && n < sizeof(t->raw)
			       ? hy_fail(e, HY_BAD_INPUT, "",
					 "%s is cut off or was changed in its last %zu bytes",
					 t->file, n)
			       : hy_fail(e, HY_BAD_INPUT, "",
					 "%s was changed: its seal is broken before byte %lld",
					 t->file, (long long)t->at);
	t->begun = true;
	t->over = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	if (t->over && t->at != t->size)
		return hy_fail(e, HY_BAD_INPUT, "", "%s was changed: something follows its end",
			       t->file);
	if (!t->over && t->at == t->size)
		return cut_off(t, e);
	*out = (hy_str){ (const char *)t->plain, (size_t)m };
	return HY_OK;
}

enum hy_code backup_tap_get(struct backup_tap *t, hy_str *out, struct hy_err *e)
{
	size_t n = 0;

	if (t->over) {
		*out = HY_S("");
		return HY_OK;
	}
	enum hy_code code = read_up_to(t, t->raw, sizeof(t->raw), &n, e);
	if (code || t->sealed)
		return code ? code : pull(t, n, out, e);
	t->over = n == 0;
	*out = (hy_str){ (const char *)t->raw, n };
	return HY_OK;
}

bool backup_tap_sealed(const struct backup_tap *t)
{
	return t->sealed;
}

int64_t backup_tap_at(const struct backup_tap *t)
{
	return t->at;
}

int64_t backup_tap_size(const struct backup_tap *t)
{
	return t->size;
}

void backup_tap_close(struct backup_tap **t)
{
	if (!*t)
		return;
	if ((*t)->fd >= 0)
		close((*t)->fd);
	sodium_memzero(*t, sizeof(**t));
	free(*t);
	*t = NULL;
}
