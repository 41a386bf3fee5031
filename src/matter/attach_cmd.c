/* huiyin matter files | attach */
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "matter/attach.h"
#include "matter/city.h"
#include "matter/command.h"

/* --- files -------------------------------------------------------------------------------------
 */

static void line(struct hy_buf *b, const struct attach_file *f)
{
	hy_buf_fmt(b, "%3lld  %8lld  " HY_FMT "  " HY_FMT "%s\n     sha256 " HY_FMT "\n",
		   (long long)f->n, (long long)f->view_size, HY_ARG(f->type), HY_ARG(f->name),
		   f->sealed  ? "  (a copy without metadata; the original is sealed)"
		   : f->clean ? "  (a copy without metadata)"
			      : "",
		   HY_ARG(f->hash));
}

static enum hy_code list(struct hy_run *run, struct city *c, struct hy_db *db, int64_t matter,
			 struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct attach_file *v = NULL;
	size_t n = 0;
	enum hy_code code = attach_list(db, run->arena, matter, &v, &n, e);

	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "files");
		hy_json_arr(&j);
	}
	for (size_t i = 0; i < n; i++) {
		if (run->json)
			attach_file_json(&j, &v[i], city_pack(c)->calendar,
					 ATTACH_HASH | ATTACH_NAME);
		else
			line(&b, &v[i]);
	}
	if (run->json) {
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
	} else if (n == 0) {
		hy_buf_fmt(&b, "no files\n");
	}
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code files(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct matter_key key;
	struct attach_file f;
	hy_str bytes = HY_S(""), out = hy_run_option(run, "--out");
	int64_t n = 0;
	enum hy_code code = hy_run_int(run, "--take", 1, INT32_MAX, &n, e);

	if (!code && (n > 0) != (out.n > 0))
		return hy_fail(e, HY_BAD_FIELD, n ? "--out" : "--take",
			       "--take N and --out FILE go together");
	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = matter_key_of(db, &access_all, run->arena, run->operands[0], &key, e);
	if (!code && n == 0)
		return list(run, c, db, key.id, e);
	if (!code)
		code = attach_view(c, db, run->arena, key.id, n, &f, &bytes, e);
	hy_db_drop(&db);
	city_close(&c);
	if (!code)
		code = hy_file_write(out.p, bytes, 0600, e);
	if (!code)
		command_note_export(run, "matters/file");
	return code;
}

/* --- attach ------------------------------------------------------------------------------------
 */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* BYTES as a file that nothing else can change while it is looked at. */
static enum hy_code still(hy_str bytes, int *out, struct hy_err *e)
{
	int fd = memfd_create("attach", MFD_CLOEXEC);

	for (size_t done = 0; fd >= 0 && done < bytes.n;) {
		ssize_t put = write(fd, bytes.p + done, bytes.n - done);
		if (put <= 0) {
			close(fd);
			fd = -1;
			break;
		}
		done += (size_t)put;
	}
	if (fd < 0 || lseek(fd, 0, SEEK_SET) != 0)
		return hy_broke(e, HY_IO, "no memory for a file of %zu bytes", bytes.n);
	*out = fd;
	return HY_OK;
}

static enum hy_code attach(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	__attribute__((cleanup(close_fd))) int fd = -1;
	struct attach_file out;
	hy_str bytes = HY_S(""), path = run->operands[1];
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = hy_file_read(run->arena, path.p, ATTACH_MOST, &bytes, e);

	if (!code)
		code = still(bytes, &fd, e);
	if (!code)
		code = command_city(run, false, &c, e);
	const struct attach_new f = { .fd = fd,
				      .size = (int64_t)bytes.n,
				      .hash = hy_sha256(bytes),
				      .name = attach_name(run->arena, hy_path_name(path.p)),
				      .role = hy_run_option(run, "--role"),
				      .unit = hy_run_option(run, "--as-unit") };
	if (!code)
		code = attach_add(c, run->arena, run->operands[0], &f,
				  hy_store_files(city_store(c)), &out, e);
	if (code)
		return code;
	if (run->json)
		attach_file_json(&j, &out, city_pack(c)->calendar, ATTACH_HASH | ATTACH_NAME);
	else
		line(&b, &out);
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option files_options[] = {
	DATA_OPTION,
	{ "--take", "N", "write file N to --out: of a picture the copy without metadata" },
	{ "--out", "FILE", "where to", .otherwise = "" },
	{ 0 },
};
static const struct hy_option attach_options[] = {
	DATA_OPTION,
	{ "--role", "ROLE", "who adds it, as desk or handler", .otherwise = "handler" },
	{ "--as-unit", "CODE", "their unit", .otherwise = "" },
	{ 0 },
};
static const char *const files_examples[] = {
	"huiyin matter files TS-2026-000001",
	"huiyin matter files TS-2026-000001 --take 1 --out lamp.jpg", NULL
};
static const char *const attach_examples[] = {
	"huiyin matter attach ZG-2026-000012 sealed-notice.pdf --role desk", NULL
};

const struct hy_command attach_commands[] = {
	{ "matter files", "the files of a matter; takes one out",
	  .description = "Type and SHA-256 are of what was sent. The original of a picture is "
			 "evidence: custodians open it (huiyin identity request --what).",
	  .options = files_options, .operands = "CODE", .least = 1, .most = 1, .json = true,
	  .examples = files_examples, .run = files },
	{ "matter attach", "add a file to a matter",
	  .description = "What it is, its content says: pictures, PDF, Word and Excel, sound and "
			 "film. Of a picture others see a copy without metadata.",
	  .options = attach_options, .operands = "CODE FILE", .least = 2, .most = 2, .json = true,
	  .examples = attach_examples, .run = attach },
	{ 0 },
};
