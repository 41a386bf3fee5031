/* source -- a folder of YAML from disk, and the digest over folders. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "pack/source.h"

/* The folder's name as its pack.yaml says; NULL view when that cannot be read. */
static hy_str name_in(const struct pack_source *s)
{
	for (size_t i = 0; i < s->n_files; i++) {
		if (!hy_str_eq(s->files[i].path, HY_S("pack.yaml")))
			continue;
		HY_SCOPED_ARENA tmp = hy_arena_new(0);
		struct pack_messages msgs = { 0 };
		struct pack_log l = { .a = tmp, .msgs = &msgs };
		struct pack_doc d = { .path = s->files[i].path, .text = s->files[i].text };
		if (pack_node_read(tmp, tmp, &l, &d)) {
			/* The name is a view into the text's copy: find it in the text itself. */
			hy_str name = pack_node_str(d.root, "pack");
			ptrdiff_t at = name.n ? hy_str_find(s->files[i].text, name) : -1;
			if (at >= 0)
				return (hy_str){ s->files[i].text.p + at, name.n };
		}
	}
	return (hy_str){ 0 };
}

/* A file that looks like YAML and would be passed over is a trap. */
static enum hy_code no_yml(struct hy_arena *a, const char *dir, struct hy_err *e)
{
	struct hy_names names = { 0 };
	enum hy_code code = hy_dir_list(a, dir, ".yml", &names, e);

	if (!code && names.n)
		return hy_fail(e, HY_BAD_PACK, "", HY_FMT ": name it .yaml",
			       HY_ARG(hy_str_head(names.v[0], 200)));
	return code;
}

enum hy_code pack_source_make(struct hy_arena *a, const struct pack_file *files, size_t n,
			      struct pack_source *out, struct hy_err *e)
{
	size_t all = 0;

	for (size_t i = 0; i < n; i++) {
		hy_str path = files[i].path;
		if (!hy_str_ends(path, HY_S(".yaml")))
			return hy_fail(e, HY_BAD_PACK, "",
				       HY_FMT ": a pack is made of files called .yaml",
				       HY_ARG(hy_str_head(path, 200)));
		if (path.p[0] == '/' || hy_str_find(path, HY_S("..")) >= 0 ||
		    hy_str_find(path, HY_S("\\")) >= 0)
			return hy_fail(e, HY_BAD_PACK, "", HY_FMT ": must be a path in the folder",
				       HY_ARG(hy_str_head(path, 200)));
		all += files[i].text.n;
		if (files[i].text.n > PACK_FILE_MOST || all > PACK_ALL_MOST)
			return hy_fail(e, HY_TOO_LARGE, "", "a pack holds at most 8 MiB of YAML");
	}
	struct pack_source s = { .files = (struct pack_file *)(uintptr_t)files, .n_files = n };
	s.name = name_in(&s);
	*out = *pack_sources_copy(a, &s, 1);
	return HY_OK;
}

enum hy_code pack_source_read(struct hy_arena *a, const char *dir, struct pack_source *out,
			      struct hy_err *e)
{
	struct hy_names names = { 0 };
	enum hy_code code = no_yml(a, dir, e);

	if (!code)
		code = hy_dir_list(a, dir, ".yaml", &names, e);
	struct pack_file *files = hy_new_n(a, struct pack_file, names.n + 1);
	for (size_t i = 0; !code && i < names.n; i++) {
		files[i].path = names.v[i];
		hy_str path = hy_printf(a, "%s/" HY_FMT, dir, HY_ARG(names.v[i]));
		code = hy_file_read(a, path.p, PACK_FILE_MOST, &files[i].text, e);
	}
	if (!code)
		code = pack_source_make(a, files, names.n, out, e);
	if (!code && out->name.n == 0)
		out->name = hy_str_dup(a, hy_path_name(dir));
	return code;
}

hy_str pack_hash(struct hy_arena *a, const struct pack_source *sources, size_t n)
{
	HY_SCOPED_ARENA tmp = hy_arena_new(0);
	struct hy_buf b = hy_buf_on(tmp);
	size_t all = 64;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sources[i].n_files; k++)
			all += sources[i].name.n + sources[i].files[k].path.n +
			       sources[i].files[k].text.n + 32;
	hy_buf_room(&b, all);
	hy_buf_add(&b, HY_S("huiyin pack 1\n"));
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sources[i].n_files; k++) {
			const struct pack_file *f = &sources[i].files[k];
			hy_buf_fmt(&b, HY_FMT "/" HY_FMT "\n%zu\n", HY_ARG(sources[i].name),
				   HY_ARG(f->path), f->text.n);
			hy_buf_add(&b, f->text);
			hy_buf_byte(&b, '\n');
		}
	}
	hy_hash h = hy_sha256(hy_buf_str(&b));
	return hy_hex(a, h.b, sizeof(h.b));
}

static int by_path(const void *a, const void *b)
{
	return hy_str_cmp(((const struct pack_file *)a)->path, ((const struct pack_file *)b)->path);
}

struct pack_source *pack_sources_copy(struct hy_arena *a, const struct pack_source *from, size_t n)
{
	struct pack_source *to = hy_new_n(a, struct pack_source, n);

	for (size_t i = 0; i < n; i++) {
		to[i].name = hy_str_dup(a, from[i].name);
		to[i].n_files = from[i].n_files;
		to[i].files = hy_new_n(a, struct pack_file, from[i].n_files);
		for (size_t k = 0; k < from[i].n_files; k++) {
			to[i].files[k].path = hy_str_dup(a, from[i].files[k].path);
			to[i].files[k].text = hy_str_dup(a, from[i].files[k].text);
		}
		if (to[i].n_files)
			qsort(to[i].files, to[i].n_files, sizeof(*to[i].files), by_path);
	}
	return to;
}
