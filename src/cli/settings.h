#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

/* settings -- the settings of all rooms together. */

#include "people/setting.h"

/* Adds the tables of rooms above people; a second time does nothing. */
enum hy_code settings_ready(struct hy_err *e) HY_MUST;

#endif
