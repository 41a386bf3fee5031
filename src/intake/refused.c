#include "intake/refused.h"

#include <csv.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum hy_code intake_refused_open(const char *path, const char *const *files, size_t n, FILE **out,
				 struct hy_err *e)
{
	struct stat mine, theirs;

	for (size_t i = 0; i < n; i++)
		if (stat(path, &mine) == 0 && stat(files[i], &theirs) == 0 &&
		    mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino)
			return hy_fail(e, HY_BAD_FIELD, "--refused",
				       "%s is a file that is imported; name another", path);
	FILE *f = fopen(path, "we");
	if (!f)
		return hy_fail(e, HY_IO, "--refused", "%s could not be opened: %s", path,
			       strerror(errno));
	*out = f;
	return HY_OK;
}

static void cell(FILE *f, hy_str s, char after)
{
	csv_fwrite(f, s.p, s.n);
	fputc(after, f);
}

void intake_refused_header(FILE *f, const hy_str *header, size_t n)
{
	fputs("refused_file,refused_line,refused_key,refused_field,refused_reason", f);
	for (size_t i = 0; i < n; i++) {
		fputc(',', f);
		csv_fwrite(f, header[i].p, header[i].n);
	}
	fputc('\n', f);
}

void intake_refused_row(FILE *f, const struct intake_refusal *why, const struct intake_row *row)
{
	cell(f, why->file, ',');
	fprintf(f, "%lld,", (long long)why->line);
	cell(f, why->key, ',');
	cell(f, why->field, ',');
	cell(f, why->reason, row->n ? ',' : '\n');
	for (size_t i = 0; i < row->n; i++)
		cell(f, row->cells[i], i + 1 < row->n ? ',' : '\n');
}

enum hy_code intake_refused_close(FILE **f, struct hy_err *e)
{
	FILE *was = *f;

	if (!was)
		return HY_OK;
	*f = NULL;
	bool bad = ferror(was);
	if (fclose(was) != 0 || bad)
		return hy_fail(e, HY_IO, "--refused", "the refused rows could not be written: %s",
			       strerror(errno));
	return HY_OK;
}
