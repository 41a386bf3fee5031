/* Packs texts of the interface into a C table (src/plain/words.h).
 *
 *	pack_words OUT.c zh-CN.json zh-Hant.json en.json MORE.json LISTS.json
 *
 * The first three are the portal's: nested objects, whose keys are joined by dots.  MORE has what
 * the pages without scripts say beyond that: {"key": ["简", "繁", "English"]}.  LISTS has lists of
 * ids, {"own": {"rate": ["a", "b"]}}: the words of the key own.rate, with spaces, in no language.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANGUAGES = 3, WORDS_MOST = 4096, KEY_MOST = 128, LIST_MOST = 4096 };

struct word {
	char key[KEY_MOST];
	const char *text[LANGUAGES];
};
static struct word words[WORDS_MOST];
static size_t n_words;
static json_t *files[5]; /* whose texts WORDS point to, until the table is written */
static size_t n_files;
static char *lists_made[64];
static size_t n_lists;

static void die(const char *what, const char *name)
{
	fprintf(stderr, "pack_words: %s: %s\n", name, what);
	exit(1);
}

static json_t *load(const char *name)
{
	json_error_t e;
	json_t *v = json_load_file(name, JSON_REJECT_DUPLICATES, &e);

	if (!json_is_object(v))
		die("must be a JSON object", name);
	files[n_files++] = v;
	return v;
}

static struct word *word_of(const char *key, int make)
{
	for (size_t i = 0; i < n_words; i++)
		if (strcmp(words[i].key, key) == 0)
			return &words[i];
	if (!make || n_words == WORDS_MOST || strlen(key) >= KEY_MOST)
		die("is not in all languages, or there are too many", key);
	strcpy(words[n_words].key, key);
	return &words[n_words++];
}

static void walk(json_t *v, const char *prefix, int language)
{
	const char *name;
	json_t *inner;

	json_object_foreach (v, name, inner) {
		char key[KEY_MOST * 2];
		snprintf(key, sizeof(key), "%s%s%s", prefix, *prefix ? "." : "", name);
		if (json_is_object(inner))
			walk(inner, key, language);
		else if (json_is_string(inner))
			word_of(key, language == 0)->text[language] = json_string_value(inner);
		else
			die("must be a text", key);
	}
}

static void more(json_t *v)
{
	const char *key;
	json_t *texts;

	json_object_foreach (v, key, texts) {
		size_t before = n_words;
		struct word *w = word_of(key, 1);
		if (n_words == before || json_array_size(texts) != LANGUAGES)
			die("must be new, and have three texts", key);
		for (size_t i = 0; i < LANGUAGES; i++)
			w->text[i] = json_string_value(json_array_get(texts, i));
	}
}

static void lists(json_t *v, const char *prefix)
{
	const char *name;
	json_t *inner;

	json_object_foreach (v, name, inner) {
		char key[KEY_MOST * 2];
		snprintf(key, sizeof(key), "%s%s%s", prefix, *prefix ? "." : "", name);
		if (json_is_object(inner)) {
			lists(inner, key);
			continue;
		}
		char *all = calloc(1, LIST_MOST);
		if (!all || n_lists == sizeof(lists_made) / sizeof(lists_made[0]))
			die("no memory, or too many lists", key);
		lists_made[n_lists++] = all;
		for (size_t i = 0; i < json_array_size(inner); i++) {
			const char *id = json_string_value(json_array_get(inner, i));
			if (!id || strlen(all) + strlen(id) + 2 > LIST_MOST)
				die("must be a list of ids", key);
			strcat(strcat(all, i ? " " : ""), id);
		}
		struct word *w = word_of(key, 1);
		for (size_t i = 0; i < LANGUAGES; i++)
			w->text[i] = all;
	}
}

static void put(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++)
		if (*s >= 0x20 && *s < 0x7f && *s != '"' && *s != '\\' && *s != '?')
			fputc(*s, out);
		else
			fprintf(out, "\\%03o", (unsigned char)*s);
	fputc('"', out);
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->key, ((const struct word *)b)->key);
}

int main(int argc, char **argv)
{
	if (argc != 7) {
		fputs("usage: pack_words OUT.c zh-CN.json zh-Hant.json en.json MORE.json "
		      "LISTS.json\n",
		      stderr);
		return 2;
	}
	for (int i = 0; i < LANGUAGES; i++)
		walk(load(argv[2 + i]), "", i);
	more(load(argv[5]));
	lists(load(argv[6]), "");
	qsort(words, n_words, sizeof(words[0]), by_key);
	FILE *out = fopen(argv[1], "w");
	if (!out)
		die("cannot be written", argv[1]);
	fputs("/* Made by tools/pack_words.c. */\n#include \"plain/words.h\"\n\n"
	      "const struct plain_word plain_words[] = {\n",
	      out);
	for (size_t i = 0; i < n_words; i++) {
		fprintf(out, "\t{ \"%s\", { ", words[i].key);
		for (int k = 0; k < LANGUAGES; k++) {
			if (!words[i].text[k])
				die("is not in all languages", words[i].key);
			put(out, words[i].text[k]);
			fputs(k + 1 < LANGUAGES ? ", " : " } },\n", out);
		}
	}
	fprintf(out, "};\nconst size_t plain_words_n = %zu;\n", n_words);
	if (ferror(out) || fclose(out))
		die("cannot be written", argv[1]);
	while (n_files)
		json_decref(files[--n_files]);
	while (n_lists)
		free(lists_made[--n_lists]);
	return 0;
}
