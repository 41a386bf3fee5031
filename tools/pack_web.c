/* Packs a folder of web files into a C table (src/cli/web.h).
 *
 *	pack_web OUT.c OUT.d [PATH=]FOLDER...
 *
 * A file of FOLDER is served below PATH, which is empty or begins with a slash.  OUT.d tells Ninja
 *what the table was made from.  Names that begin with a dot are left out. */
#include <dirent.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { FILES_MOST = 4096, BYTES_MOST = 64 << 20 };

struct file {
	char *disk, *path;
	unsigned char *bytes;
	size_t n;
};
static struct file files[FILES_MOST];
static size_t n_files;
static char *folders[FILES_MOST];
static size_t n_folders;

static const struct {
	const char *suffix, *type;
	int text; /* worth packing */
} types[] = {
	{ ".html", "text/html; charset=utf-8", 1 },
	{ ".js", "text/javascript; charset=utf-8", 1 },
	{ ".mjs", "text/javascript; charset=utf-8", 1 },
	{ ".css", "text/css; charset=utf-8", 1 },
	{ ".json", "application/json", 1 },
	{ ".webmanifest", "application/manifest+json", 1 },
	{ ".svg", "image/svg+xml", 1 },
	{ ".txt", "text/plain; charset=utf-8", 1 },
	{ ".map", "application/json", 1 },
	{ ".png", "image/png", 0 },
	{ ".ico", "image/x-icon", 0 },
	{ ".webp", "image/webp", 0 },
	{ ".jpg", "image/jpeg", 0 },
	{ ".woff2", "font/woff2", 0 },
};

static void die(const char *what, const char *name)
{
	fprintf(stderr, "pack_web: %s: %s\n", name, what);
	exit(1);
}

static void *must(void *p)
{
	if (!p)
		die("no memory", "pack_web");
	return p;
}

static int type_of(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t k = strlen(types[i].suffix);
		if (n > k && strcmp(path + n - k, types[i].suffix) == 0)
			return (int)i;
	}
	die("what kind of file is this? add its suffix to tools/pack_web.c", path);
	return -1;
}

static char *joined(const char *a, const char *b)
{
	char *s = must(malloc(strlen(a) + strlen(b) + 2));

	sprintf(s, "%s/%s", a, b);
	return s;
}

static void read_file(struct file *f)
{
	FILE *in = fopen(f->disk, "rb");
	struct stat st;

	if (!in || fstat(fileno(in), &st) != 0 || st.st_size > BYTES_MOST)
		die("cannot be read, or is too large", f->disk);
	f->n = (size_t)st.st_size;
	f->bytes = must(malloc(f->n + 1));
	if (fread(f->bytes, 1, f->n, in) != f->n)
		die("cannot be read", f->disk);
	fclose(in);
}

static void walk(const char *disk, const char *path)
{
	DIR *d = opendir(disk);
	struct dirent *entry;

	if (!d || n_folders == FILES_MOST)
		die("cannot be read", disk);
	folders[n_folders++] = must(strdup(disk));
	while ((entry = readdir(d))) {
		struct stat st;
		if (entry->d_name[0] == '.')
			continue;
		char *below = joined(disk, entry->d_name), *name = joined(path, entry->d_name);
		if (stat(below, &st) != 0)
			die("cannot be read", below);
		if (S_ISDIR(st.st_mode)) {
			walk(below, name);
			free(below);
			free(name);
			continue;
		}
		if (n_files == FILES_MOST)
			die("too many files", disk);
		files[n_files] = (struct file){ below, name, NULL, 0 };
		read_file(&files[n_files++]);
	}
	closedir(d);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

/* As string literals, which compile faster than lists of numbers. */
static void put_bytes(FILE *out, const char *name, size_t i, const unsigned char *p, size_t n)
{
	fprintf(out, "static const char %s%zu[] =\n\t\"", name, i);
	for (size_t k = 0; k < n; k++) {
		if (k && k % 64 == 0)
			fputs("\"\n\t\"", out);
		if (p[k] >= 0x20 && p[k] < 0x7f && p[k] != '"' && p[k] != '\\' && p[k] != '?')
			fputc(p[k], out);
		else
			fprintf(out, "\\%03o", p[k]);
	}
	fputs("\";\n", out);
}

/* Empty when packing does not help. */
static size_t gzip(const struct file *f, unsigned char **out)
{
	z_stream z = { 0 };
	size_t most = compressBound(f->n) + 64;

	*out = must(malloc(most));
	if (!types[type_of(f->path)].text || f->n < 256)
		return 0;
	/* 16: a gzip header, which has no time in it. */
	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		die("cannot be packed", f->path);
	z.next_in = f->bytes;
	z.avail_in = (uInt)f->n;
	z.next_out = *out;
	z.avail_out = (uInt)most;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		die("cannot be packed", f->path);
	deflateEnd(&z);
	return z.total_out < f->n ? z.total_out : 0;
}

static void put_etag(FILE *out, const struct file *f)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(f->bytes, f->n, digest, NULL, EVP_sha256(), NULL))
		die("no SHA-256", f->path);
	for (int i = 0; i < 12; i++)
		fprintf(out, "%02x", digest[i]);
}

static void put_table(FILE *out)
{
	size_t packed[FILES_MOST];

	fputs("/* Made by tools/pack_web.c. */\n#include \"cli/web.h\"\n\n", out);
	for (size_t i = 0; i < n_files; i++) {
		unsigned char *z;
		packed[i] = gzip(&files[i], &z);
		put_bytes(out, "plain", i, files[i].bytes, files[i].n);
		if (packed[i])
			put_bytes(out, "packed", i, z, packed[i]);
		free(z);
	}
	fputs("\nconst struct web_file web_files[] = {\n", out);
	for (size_t i = 0; i < n_files; i++) {
		fprintf(out, "\t{ \"%s\", \"%s\", \"", files[i].path,
			types[type_of(files[i].path)].type);
		put_etag(out, &files[i]);
		fprintf(out, "\", plain%zu, %zu, ", i, files[i].n);
		if (packed[i])
			fprintf(out, "packed%zu, %zu },\n", i, packed[i]);
		else
			fputs("NULL, 0 },\n", out);
	}
	fprintf(out, "\t{ 0 },\n};\nconst size_t web_files_n = %zu;\n", n_files);
}

static FILE *open_out(const char *name)
{
	FILE *out = fopen(name, "w");

	if (!out)
		die("cannot be written", name);
	return out;
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fputs("usage: pack_web OUT.c OUT.d [PATH=]FOLDER...\n", stderr);
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		char *folder = strchr(argv[i], '=');
		if (folder)
			*folder++ = 0;
		walk(folder ? folder : argv[i], folder ? argv[i] : "");
	}
	qsort(files, n_files, sizeof(files[0]), by_path);
	FILE *out = open_out(argv[1]), *deps = open_out(argv[2]);
	put_table(out);
	fprintf(deps, "%s:", argv[1]);
	for (size_t i = 0; i < n_files; i++)
		fprintf(deps, " %s", files[i].disk);
	for (size_t i = 0; i < n_folders; i++)
		fprintf(deps, " %s", folders[i]);
	fputc('\n', deps);
	if (ferror(out) || ferror(deps) || fclose(out) || fclose(deps))
		die("cannot be written", argv[1]);
	return 0;
}
