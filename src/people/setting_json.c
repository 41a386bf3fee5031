/* A setting as JSON, for the command line and the API. */
#include "people/setting.h"

void setting_json(struct hy_json *j, const struct setting *s, const struct setting_now *now)
{
	bool number =
		s->type == SETTING_INT || s->type == SETTING_DURATION || s->type == SETTING_TEXT;

	hy_json_obj(j);
	hy_json_kstr(j, "name", hy_str_of(s->name));
	hy_json_kstr(j, "type", hy_str_of(setting_type_name(s->type)));
	hy_json_kstr(j, "value", now->value);
	hy_json_kstr(j, "default", hy_str_of(s->otherwise));
	hy_json_kbool(j, "set", now->set);
	hy_json_kbool(j, "weaker", now->weaker);
	if (number) {
		hy_json_kint(j, "least", s->least);
		hy_json_kint(j, "most", s->most);
	}
	if (s->one_of)
		hy_json_kstr(j, "one_of", hy_str_of(s->one_of));
	if (s->unit)
		hy_json_kstr(j, "unit", hy_str_of(s->unit));
	hy_json_kstr(j, "permission", hy_str_of(setting_permission(s)));
	hy_json_kbool(j, "restart", s->restart);
	hy_json_key(j, "meaning");
	hy_json_obj(j);
	hy_json_kstr(j, "zh-CN", s->meaning[0]);
	hy_json_kstr(j, "zh-Hant", s->meaning[1]);
	hy_json_kstr(j, "en", s->meaning[2]);
	hy_json_obj_end(j);
	hy_json_obj_end(j);
}
