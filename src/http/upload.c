/* The body of an upload, on its way to an unnamed file: nobody else can open it, and it is gone
 * with the request, also when the program dies. */
#include "http/request.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

struct hy_upload_hash {
	EVP_MD_CTX *ctx;
};

static void close_file(void *arg)
{
	const struct hy_upload *u = arg;

	close(u->fd);
}

static void free_hash(void *arg)
{
	struct hy_upload_hash *h = arg;

	EVP_MD_CTX_free(h->ctx);
}

static int unnamed(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	/* A file system that has no unnamed files: the name lives for a moment. */
	char path[4096];
	snprintf(path, sizeof(path), "%s/.upload-XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static enum hy_code begin(struct hy_request *r, struct hy_upload **u_out,
			  struct hy_upload_hash **h_out, struct hy_err *e)
{
	const char *dir = r->server->o.spool;
	struct hy_upload_hash *h = hy_new(r->arena, struct hy_upload_hash);
	struct hy_upload *u = hy_new(r->arena, struct hy_upload);

	if (!dir)
		return hy_broke(e, HY_INTERNAL, "an upload on a server without a spool");
	h->ctx = EVP_MD_CTX_new();
	hy_arena_defer(r->arena, free_hash, h);
	if (!h->ctx || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1)
		return hy_broke(e, HY_INTERNAL, "no SHA-256");
	u->fd = unnamed(dir);
	if (u->fd < 0)
		return hy_broke(e, HY_IO, "could not make a file in %s: %s", dir, strerror(errno));
	hy_arena_defer(r->arena, close_file, u);
	*h_out = h;
	*u_out = u;
	return HY_OK;
}

static enum hy_code add(struct hy_upload *u, struct hy_upload_hash *h, hy_str data,
			struct hy_err *e)
{
	if (EVP_DigestUpdate(h->ctx, data.p, data.n) != 1)
		return hy_broke(e, HY_INTERNAL, "SHA-256 failed");
	for (size_t done = 0; done < data.n;) {
		ssize_t n = write(u->fd, data.p + done, data.n - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return hy_broke(e, HY_IO, "could not write an upload: %s", strerror(errno));
		done += (size_t)n;
	}
	u->size += (int64_t)data.n;
	return HY_OK;
}

static enum hy_code end(struct hy_upload *u, struct hy_upload_hash *h, struct hy_err *e)
{
	if (EVP_DigestFinal_ex(h->ctx, u->hash.b, NULL) != 1 || lseek(u->fd, 0, SEEK_SET) != 0)
		return hy_broke(e, HY_IO, "could not finish an upload");
	return HY_OK;
}

enum hy_code hy_upload_add(struct hy_request *r, hy_str data, struct hy_err *e)
{
	enum hy_code c = r->upload ? HY_OK : begin(r, &r->upload, &r->upload_hash, e);

	return c ? c : add(r->upload, r->upload_hash, data, e);
}

enum hy_code hy_upload_end(struct hy_request *r, struct hy_err *e)
{
	return end(r->upload, r->upload_hash, e);
}

enum hy_code hy_request_part(struct hy_request *r, hy_str bytes, struct hy_upload **out,
			     struct hy_err *e)
{
	struct hy_upload_hash *h = NULL;
	enum hy_code c = begin(r, out, &h, e);

	if (!c)
		c = add(*out, h, bytes, e);
	return c ? c : end(*out, h, e);
}
