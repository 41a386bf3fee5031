#include "intake/source.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define BOM HY_S("\xef\xbb\xbf")
#define REPLACEMENT HY_S("\xef\xbf\xbd")

struct span {
	size_t from, n;
};

struct intake_source {
	const char *path;
	int fd;
	bool ended;
	char *block; /* what was read and not yet parsed: block[at..n) */
	size_t at, n;
	int64_t read, size;
	enum intake_encoding encoding;
	iconv_t iconv; /* (iconv_t)-1 for UTF-8 */

	struct csv_parser csv;
	bool csv_open;
	char delimiter;
	int64_t line; /* of the byte at AT */

	/* the row that is being parsed */
	struct hy_arena *bytes; /* holds TEXT and CELLS until the row is done */
	struct hy_buf text;
	HY_VEC(struct span) cells;
	bool done, begun;
	size_t size_of_row;
	bool swallow; /* too large: read on to its end, keep nothing */
};

/* --- the encoding ---------------------------------------------------------------------- */

/* Bytes of S that are whole characters of the encoding; the rest is wrong or cut off. */
static size_t gb_valid(hy_str s)
{
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	char out[4096], *in = (char *)(uintptr_t)s.p;
	size_t left = s.n;

	if (cd == (iconv_t)-1)
		return 0;
	while (left) {
		char *to = out;
		size_t room = sizeof(out);
		if (iconv(cd, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG)
			break;
	}
	iconv_close(cd);
	return s.n - left;
}

static bool ascii(hy_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* Of the lines with other bytes than ASCII: how many are UTF-8, how many are not. */
static void count_lines(hy_str s, size_t *good, size_t *bad)
{
	hy_str line;

	*good = *bad = 0;
	while (hy_str_cut(&s, '\n', &line)) {
		if (ascii(line))
			continue;
		if (hy_str_utf8(line, NULL))
			++*good;
		else
			++*bad;
	}
}

static bool utf8_to_the_end(hy_str s, bool whole)
{
	size_t bad = 0;

	return hy_str_utf8(s, &bad) || (!whole && s.n - bad < 4 && s.p[bad] != '\0');
}

enum hy_code intake_encoding_of(hy_str s, bool whole, enum intake_encoding *out, struct hy_err *e)
{
	size_t good, bad;

	if (hy_str_starts(s, HY_S("\xff\xfe")) || hy_str_starts(s, HY_S("\xfe\xff")))
		return hy_fail(e, HY_BAD_INPUT, "encoding",
			       "is UTF-16; save it as UTF-8 and import it again");
	if (hy_str_starts(s, BOM) || utf8_to_the_end(s, whole)) {
		*out = INTAKE_UTF8;
		return HY_OK;
	}
	count_lines(s, &good, &bad);
	bool gb = s.n - gb_valid(s) < (whole ? 1 : 4) && !memchr(s.p, '\0', s.n);
	if (gb && good == 0) {
		*out = INTAKE_GB18030;
		return HY_OK;
	}
	if (gb)
		return hy_fail(e, HY_BAD_INPUT, "encoding",
			       "cannot be told: %zu lines are UTF-8 and %zu are not; say "
			       "`encoding: utf-8` or "
			       "`encoding: gb18030` in the map",
			       good, bad);
	return hy_fail(e, HY_BAD_INPUT, "encoding",
		       "is neither UTF-8 nor GB18030 throughout (%zu lines are not UTF-8); mend "
		       "the file, or say "
		       "`encoding:` in the map to import the rows that are right",
		       bad);
}

/* --- bytes ------------------------------------------------------------------------------- */

/* Fills the block from its start as far as there is something to read. */
static enum hy_code fill(struct intake_source *s, size_t upto, struct hy_err *e)
{
	memmove(s->block, s->block + s->at, s->n - s->at);
	s->n -= s->at;
	s->at = 0;
	while (!s->ended && s->n < upto) {
		ssize_t got = read(s->fd, s->block + s->n, INTAKE_SEEN - s->n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return hy_fail(e, HY_IO, "", "%s could not be read: %s", s->path,
				       strerror(errno));
		s->ended = got == 0;
		s->n += (size_t)got;
		s->read += got;
	}
	return HY_OK;
}

static enum hy_code settle_encoding(struct intake_source *s, struct hy_err *e)
{
	hy_str seen = { s->block, s->n };
	enum hy_code code = HY_OK;

	if (s->encoding == INTAKE_AUTO)
		code = intake_encoding_of(seen, s->ended, &s->encoding, e);
	if (code) {
		struct hy_err why = *e;
		hy_err_clear(e);
		return hy_fail(e, why.code, why.field, "%s: its encoding %s", s->path, why.detail);
	}
	if (s->encoding == INTAKE_GB18030) {
		s->iconv = iconv_open("UTF-8", "GB18030");
		if (s->iconv == (iconv_t)-1)
			return hy_broke(e, HY_INTERNAL, "iconv knows no GB18030");
	} else if (hy_str_starts(seen, BOM)) {
		s->at = BOM.n;
	}
	return HY_OK;
}

static enum hy_code csv_new(struct intake_source *s, struct hy_err *e)
{
	if (s->csv_open)
		csv_free(&s->csv);
	s->csv_open = csv_init(&s->csv, CSV_STRICT | CSV_STRICT_FINI) == 0;
	if (!s->csv_open)
		return hy_broke(e, HY_INTERNAL, "csv_init failed");
	csv_set_delim(&s->csv, (unsigned char)s->delimiter);
	return HY_OK;
}

static enum hy_code open_file(struct intake_source *s, struct hy_err *e)
{
	struct stat st;

	s->fd = strcmp(s->path, "-") == 0 ? dup(STDIN_FILENO) : open(s->path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		return hy_fail(e, errno == ENOENT ? HY_NOT_FOUND : HY_IO, "FILE",
			       "%s could not be opened: %s", s->path, strerror(errno));
	if (fstat(s->fd, &st) == 0 && S_ISDIR(st.st_mode))
		return hy_fail(e, HY_BAD_INPUT, "FILE", "%s is a folder", s->path);
	s->size = S_ISREG(st.st_mode) ? st.st_size : 0;
	return HY_OK;
}

enum hy_code intake_source_open(const char *path, enum intake_encoding encoding, char delimiter,
				struct intake_source **out, struct hy_err *e)
{
	SCOPED_SOURCE s = calloc(1, sizeof(*s));

	if (!s)
		return hy_broke(e, HY_INTERNAL, "no memory");
	s->fd = -1;
	s->iconv = (iconv_t)-1;
	s->path = path;
	s->block = malloc(INTAKE_SEEN);
	if (!s->block)
		return hy_broke(e, HY_INTERNAL, "no memory");
	s->encoding = encoding;
	s->delimiter = delimiter;
	s->line = 1;
	s->bytes = hy_arena_new(0);
	enum hy_code code = open_file(s, e);
	if (!code)
		code = fill(s, INTAKE_SEEN, e);
	if (!code && s->n == 0)
		return hy_fail(e, HY_BAD_INPUT, "FILE", "%s is empty", path);
	if (!code)
		code = settle_encoding(s, e);
	if (!code)
		code = csv_new(s, e);
	if (code)
		return code;
	*out = s;
	s = NULL;
	return HY_OK;
}

void intake_source_close(struct intake_source **source)
{
	struct intake_source *s = *source;

	if (!s)
		return;
	if (s->csv_open)
		csv_free(&s->csv);
	if (s->iconv != (iconv_t)-1)
		iconv_close(s->iconv);
	if (s->fd >= 0)
		close(s->fd);
	hy_arena_free(&s->bytes);
	free(s->block);
	free(s);
	*source = NULL;
}

enum intake_encoding intake_source_encoding(const struct intake_source *s)
{
	return s->encoding;
}

int64_t intake_source_read(const struct intake_source *s)
{
	return s->read - (int64_t)(s->n - s->at);
}

int64_t intake_source_size(const struct intake_source *s)
{
	return s->size;
}

/* --- rows --------------------------------------------------------------------------------- */

static void on_cell(void *bytes, size_t n, void *arg)
{
	struct intake_source *s = arg;

	if (s->cells.n > INTAKE_CELLS_MOST)
		s->swallow = true;
	if (s->swallow)
		return;
	*hy_push(s->bytes, &s->cells) = (struct span){ s->text.n, n };
	hy_buf_add(&s->text, (hy_str){ bytes, n });
}

static void on_row(int end, void *arg)
{
	(void)end;
	((struct intake_source *)arg)->done = true;
}

/* The next line with its end in the block (or as much of it as the block holds); false at the
 * end of the file.  A row may go over many lines; a line never ends more than one. */
static enum hy_code next_line(struct intake_source *s, hy_str *out, bool *more_out,
			      struct hy_err *e)
{
	for (;;) {
		const char *p = s->block + s->at;
		size_t n = s->n - s->at;
		const char *lf = memchr(p, '\n', n),
			   *cr = memchr(p, '\r', lf ? (size_t)(lf - p) : n);
		bool at_edge = cr == p + n - 1; /* its LF may be in the next block */
		if (cr && !at_edge && cr[1] != '\n')
			lf = cr;
		if (cr && at_edge && !lf && s->ended)
			lf = cr;
		if (lf || n == INTAKE_SEEN || s->ended) {
			*out = (hy_str){ p, lf ? (size_t)(lf - p) + 1 : n };
			*more_out = n > 0;
			return HY_OK;
		}
		enum hy_code code = fill(s, s->n - s->at + 1, e);
		if (code)
			return code;
	}
}

/* Forgets what was collected; libcsv keeps its place between quotes.  A byte stays for the
 * quotation mark or the blanks it may still take back. */
static void forget(struct intake_source *s)
{
	s->csv.spaces = 0;
	if (s->csv.entry_pos > 1)
		s->csv.entry_pos = 1;
	s->cells.n = 0;
	s->text.n = 0;
	s->swallow = true;
}

static bool blank(hy_str line)
{
	return hy_str_trim(line).n == 0;
}

/* Takes one line into the row.  *BROKEN_OUT: the line is no CSV; it is skipped. */
static enum hy_code take_line(struct intake_source *s, hy_str line, bool *broken_out,
			      struct hy_err *e)
{
	size_t taken = csv_parse(&s->csv, line.p, line.n, on_cell, on_row, s);
	bool ended = line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r';

	*broken_out = taken < line.n;
	s->at += line.n;
	s->line += ended;
	s->size_of_row += line.n;
	if (taken < line.n && csv_error(&s->csv) != CSV_EPARSE)
		return hy_broke(e, HY_INTERNAL, "libcsv: %s", csv_strerror(csv_error(&s->csv)));
	if (s->size_of_row > INTAKE_ROW_MOST && !s->done)
		forget(s);
	return HY_OK;
}

/* --- cells into UTF-8 --------------------------------------------------------------------- */

/* Bytes that are no characters become U+FFFD; *BAD tells that there were some. */
static hy_str decode_gb(struct intake_source *s, struct hy_arena *a, hy_str in, bool *bad)
{
	struct hy_buf b = hy_buf_on(a);
	char *from = (char *)(uintptr_t)in.p;
	size_t left = in.n;

	iconv(s->iconv, NULL, NULL, NULL, NULL);
	while (left) {
		size_t room = left * 3 + 8;
		char *to = hy_buf_room(&b, room), *start = to;
		size_t rc = iconv(s->iconv, &from, &left, &to, &room);
		b.n += (size_t)(to - start);
		if (rc != (size_t)-1)
			break;
		if (errno == E2BIG)
			continue;
		*bad = true;
		hy_buf_add(&b, REPLACEMENT);
		from++;
		left--;
	}
	if (b.p)
		b.p[b.n] = '\0';
	return hy_buf_str(&b);
}

static hy_str mend_utf8(struct hy_arena *a, hy_str in)
{
	struct hy_buf b = hy_buf_on(a);
	size_t bad = 0;

	while (!hy_str_utf8(in, &bad)) {
		hy_buf_add(&b, (hy_str){ in.p, bad });
		hy_buf_add(&b, REPLACEMENT);
		in = (hy_str){ in.p + bad + 1, in.n - bad - 1 };
	}
	hy_buf_add(&b, in);
	return hy_buf_str(&b);
}

static hy_str decode(struct intake_source *s, struct hy_arena *a, hy_str in, bool *bad)
{
	hy_str text = s->encoding == INTAKE_GB18030 ? decode_gb(s, a, in, bad) : in;

	if (!hy_str_utf8(text, NULL)) {
		*bad = true;
		return mend_utf8(a, text);
	}
	return s->encoding == INTAKE_GB18030 ? text : hy_str_dup(a, text);
}

static void hand_out(struct intake_source *s, struct hy_arena *a, struct intake_row *out)
{
	out->n = s->cells.n;
	out->cells = hy_new_n(a, hy_str, out->n + 1);
	for (size_t i = 0; i < out->n; i++) {
		bool bad = false;
		hy_str cell = { s->text.p ? s->text.p + s->cells.v[i].from : "", s->cells.v[i].n };
		out->cells[i] = hy_str_trim(decode(s, a, cell, &bad));
		if (bad && !out->problem) {
			out->problem = s->encoding == INTAKE_UTF8
					       ? "holds bytes that are no UTF-8"
					       : "holds bytes that are no GB18030";
			out->problem_cell = i;
		}
	}
}

/* --- one row ------------------------------------------------------------------------------- */

static void begin_row(struct intake_source *s)
{
	hy_arena_empty(s->bytes);
	s->text = hy_buf_on(s->bytes);
	s->cells.v = NULL;
	s->cells.n = s->cells.cap = 0;
	s->done = s->begun = s->swallow = false;
	s->size_of_row = 0;
}

static const char too_large[] =
	"is larger than 1 MiB or has more than 4,096 columns; is a quotation mark not closed?";

/* What is left when the file ends: a last row without a line's end, or an open quotation. */
static enum hy_code finish(struct intake_source *s, struct intake_row *out, bool *more_out,
			   struct hy_err *e)
{
	if (csv_fini(&s->csv, on_cell, on_row, s) != 0) {
		if (csv_error(&s->csv) != CSV_EPARSE)
			return hy_broke(e, HY_INTERNAL, "libcsv: %s",
					csv_strerror(csv_error(&s->csv)));
		out->problem = "has a quotation mark that is never closed";
		s->done = true;
	}
	*more_out = s->done;
	return s->done ? csv_new(s, e) : HY_OK;
}

static enum hy_code read_row(struct intake_source *s, struct intake_row *out, bool *more_out,
			     struct hy_err *e)
{
	for (;;) {
		hy_str line;
		bool more = false, broken = false;
		enum hy_code code = next_line(s, &line, &more, e);
		if (code)
			return code;
		if (!more)
			return finish(s, out, more_out, e);
		if (!s->begun) {
			out->line = s->line;
			s->begun = !blank(line);
		}
		code = take_line(s, line, &broken, e);
		if (code)
			return code;
		if (broken) {
			/* The row's text as it stands goes into the report. */
			out->problem = "has a quotation mark where none may stand";
			forget(s);
			s->swallow = false;
			on_cell((char *)(uintptr_t)line.p, hy_str_trim(line).n, s);
			*more_out = true;
			return csv_new(s, e);
		}
		if (s->done) {
			*more_out = true;
			return HY_OK;
		}
	}
}

enum hy_code intake_source_next(struct intake_source *s, struct hy_arena *a, struct intake_row *out,
				bool *more_out, struct hy_err *e)
{
	struct intake_row row = { .problem_cell = SIZE_MAX };
	bool more = false;

	begin_row(s);
	enum hy_code code = read_row(s, &row, &more, e);
	if (code)
		return code;
	if (more) {
		if (s->swallow && !row.problem)
			row.problem = too_large;
		hand_out(s, a, &row);
		*out = row;
	}
	*more_out = more;
	return HY_OK;
}
