/* Reads one YAML document and writes it as JSON, for tests of api/openapi.yaml.
 *
 *	yaml_json FILE
 *
 * A plain scalar is what YAML 1.2's core schema makes of it; keys are texts; anchors and repeated
 *keys are refused. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static const char *file;

static void die(const char *what, yaml_mark_t at)
{
	fprintf(stderr, "%s:%zu:%zu: %s\n", file, at.line + 1, at.column + 1, what);
	exit(1);
}

static json_t *plain(const char *s)
{
	char *end;

	if (strcmp(s, "") == 0 || strcmp(s, "~") == 0 || strcmp(s, "null") == 0)
		return json_null();
	if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0)
		return json_boolean(s[0] == 't');
	if (strspn(s, "+-0123456789") == strlen(s)) {
		long long n = strtoll(s, &end, 10);
		if (*end == '\0')
			return json_integer(n);
	}
	if (strspn(s, "+-.0123456789eE") == strlen(s) && strpbrk(s, "0123456789")) {
		double d = strtod(s, &end);
		if (*end == '\0')
			return json_real(d);
	}
	return json_string(s);
}

static json_t *value(yaml_document_t *doc, int index, int depth)
{
	yaml_node_t *n = yaml_document_get_node(doc, index);
	json_t *out = NULL;

	if (depth > 100)
		die("too deep, or an anchor", n->start_mark);
	switch (n->type) {
	case YAML_NO_NODE:
		return json_null();
	case YAML_SCALAR_NODE: {
		const char *s = (const char *)n->data.scalar.value;
		out = n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain(s) : json_string(s);
		break;
	}
	case YAML_SEQUENCE_NODE:
		out = json_array();
		for (yaml_node_item_t *i = n->data.sequence.items.start;
		     i < n->data.sequence.items.top; i++)
			json_array_append_new(out, value(doc, *i, depth + 1));
		break;
	case YAML_MAPPING_NODE:
		out = json_object();
		for (yaml_node_pair_t *p = n->data.mapping.pairs.start;
		     p < n->data.mapping.pairs.top; p++) {
			yaml_node_t *k = yaml_document_get_node(doc, p->key);
			if (k->type != YAML_SCALAR_NODE)
				die("a key must be a text", k->start_mark);
			const char *key = (const char *)k->data.scalar.value;
			if (json_object_get(out, key))
				die("this key is there twice", k->start_mark);
			json_object_set_new(out, key, value(doc, p->value, depth + 1));
		}
		break;
	}
	if (!out)
		die("is not UTF-8", n->start_mark);
	return out;
}

int main(int argc, char **argv)
{
	yaml_parser_t parser;
	yaml_document_t doc;

	if (argc != 2) {
		fputs("usage: yaml_json FILE\n", stderr);
		return 2;
	}
	file = argv[1];
	FILE *in = fopen(file, "rb");
	if (!in || !yaml_parser_initialize(&parser)) {
		fprintf(stderr, "%s: cannot be read\n", file);
		return 1;
	}
	yaml_parser_set_input_file(&parser, in);
	if (!yaml_parser_load(&parser, &doc))
		die(parser.problem ? parser.problem : "cannot be read", parser.problem_mark);
	json_t *v = value(&doc, 1, 0);
	json_dumpf(v, stdout, JSON_INDENT(1));
	json_decref(v);
	yaml_document_delete(&doc);
	yaml_parser_delete(&parser);
	fclose(in);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
