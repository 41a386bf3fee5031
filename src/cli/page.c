/* The pages built into the program, over HTTP. */
#include "cli/web.h"

#include <stdlib.h>

/* Scripts and styles of this server alone; nothing inline, nothing from elsewhere. */
#define POLICY                                                                                     \
	"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "           \
	"form-action 'self'; frame-ancestors 'none'"
/* libsodium is WebAssembly, which needs leave; a worker goes by the policy of its own file, so no
 * page gets it. */
#define POLICY_OF_SEALS POLICY "; script-src 'self' 'wasm-unsafe-eval'"

static int by_path(const void *key, const void *file)
{
	return hy_str_cmp(*(const hy_str *)key, hy_str_of(((const struct web_file *)file)->path));
}

static const struct web_file *file_at(hy_str path)
{
	return bsearch(&path, web_files, web_files_n, sizeof(web_files[0]), by_path);
}

/* What programs ask for must not be answered with a page. */
static bool is_page(hy_str path)
{
	static const hy_str programs[] = { HY_S_INIT("/api/"), HY_S_INIT("/log/"),
					   HY_S_INIT("/open311/"), HY_S_INIT("/problems/") };

	for (size_t i = 0; i < HY_COUNT(programs); i++)
		if (hy_str_starts(path, programs[i]))
			return false;
	return hy_str_find(path, HY_S(".")) < 0;
}

/* The pages of each face find their way by themselves. */
static const struct web_file *face_of(hy_str path)
{
	static const struct {
		hy_str below, page;
	} faces[] = {
		{ HY_S_INIT("/work"), HY_S_INIT("/work/index.html") },
		{ HY_S_INIT("/first"), HY_S_INIT("/first/index.html") },
		{ HY_S_INIT("/login"), HY_S_INIT("/first/index.html") },
		{ HY_S_INIT("/welcome"), HY_S_INIT("/work/index.html") },
		{ HY_S_INIT("/oidc"), HY_S_INIT("/work/index.html") },
	};

	for (size_t i = 0; i < HY_COUNT(faces); i++) {
		size_t n = faces[i].below.n;
		if (hy_str_starts(path, faces[i].below) && (path.n == n || path.p[n] == '/'))
			return file_at(faces[i].page);
	}
	return file_at(path.n == 1 ? HY_S("/index.html") : HY_S("/page.html"));
}

static bool takes_gzip(struct hy_request *r)
{
	hy_str rest = hy_request_header(r, "Accept-Encoding"), item, name;

	while (hy_str_cut(&rest, ',', &item)) {
		if (!hy_str_cut(&item, ';', &name) || !hy_str_eq(hy_str_trim(name), HY_S("gzip")))
			continue;
		hy_str q = hy_str_trim(item);
		return !hy_str_eq(q, HY_S("q=0")) && !hy_str_starts(q, HY_S("q=0.0"));
	}
	return false;
}

enum hy_code page_answer(struct hy_request *r, struct hy_err *e)
{
	hy_str path = hy_request_path(r);
	const struct web_file *f = file_at(path);

	if (!f && is_page(path))
		f = face_of(path);
	if (!f)
		return hy_fail(e, HY_NO_ROUTE, "", "there is nothing at " HY_FMT,
			       HY_ARG(hy_str_head(path, 100)));
	bool packed = f->gzip && takes_gzip(r);
	hy_answer(r, 200, f->content_type,
		  packed ? (hy_str){ f->gzip, f->gzip_n } : (hy_str){ f->bytes, f->n });
	hy_answer_etag(r, packed ? hy_printf(hy_request_arena(r), "%s-gz", f->etag)
				 : hy_str_of(f->etag));
	if (packed)
		hy_answer_header(r, "Content-Encoding", HY_S("gzip"));
	if (f->gzip)
		hy_answer_header(r, "Vary", HY_S("Accept-Encoding"));
	/* Builds put a digest into the names below /assets/. */
	hy_answer_header(r, "Cache-Control",
			 hy_str_starts(path, HY_S("/assets/"))
				 ? HY_S("public, max-age=31536000, immutable")
				 : HY_S("no-cache"));
	hy_answer_header(r, "Content-Security-Policy",
			 hy_str_starts(path, HY_S("/assets/seal.worker")) ? HY_S(POLICY_OF_SEALS)
									  : HY_S(POLICY));
	return HY_OK;
}
