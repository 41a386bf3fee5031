/* The rooms that keep tables and events of their own, above the matters. */
#include "cli/rooms.h"

#include "appraise/appraise.h"
#include "matter/search.h"
#include "service/assist.h"
#include "service/item.h"
#include "supervise/card.h"
#include "supervise/notice.h"
#include "supervise/quality.h"
#include "tell/tell.h"

const struct city_room *const cli_rooms[] = { &search_room,  &appraise_room, &service_room,
					      &assist_room,  &card_room,     &notice_room,
					      &quality_room, &tell_room,     NULL };
