#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

/* settings -- the settings of all rooms together. */

#include "base/json.h"
#include "people/setting.h"

/* Adds the tables of rooms above people; a second time does nothing. */
enum hy_code settings_ready(struct hy_err *e) HY_MUST;
void setting_json(struct hy_json *j, const struct setting *s, const struct setting_now *now);

#endif
