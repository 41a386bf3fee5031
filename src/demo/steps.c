#include "demo/steps.h"

#define H(n) ((n)*60)

/* A call or letter to the hotline or to the complaint centre. */
static const struct demo_step service[] = {
	{ "registered", "accept", 640, STEP_CLOCK, 4, 260 },
	{ "registered", "dispatch", 260, STEP_CLOCK, 5, 400 },
	{ "registered", "decline", 38, STEP_OFFICE, 20, H(9),
	  "litigation|discipline|reconsideration|concluded|being_handled|no_content|emergency|"
	  "petition" },
	{ "registered", "reply", 44, STEP_CLOCK, 3, 90 },
	{ "registered", "annul", 8, STEP_OFFICE, 10, H(4), "entered_twice|entered_wrongly" },
	{ "registered", "transfer", 6, STEP_OFFICE, 30, H(9), "discipline|litigation" },
	{ "registered", "withdraw", 4, STEP_CLOCK, 30, H(9), "withdrawn" },

	{ "accepted", "dispatch", 1000, STEP_OFFICE, 5, H(3) },

	{ "dispatched", "sign", 860, STEP_OFFICE, 10, H(6) },
	{ "dispatched", "return", 86, STEP_CLOCK, 20, H(20),
	  "not_ours|wrong_place|several_units|incomplete|higher_level" },
	{ "dispatched", "hand_off", 26, STEP_OFFICE, 30, H(6), "duty_elsewhere|place_elsewhere" },
	{ "dispatched", "redirect", 12, STEP_OFFICE, 30, H(6), "designated|reorganised" },
	{ "dispatched", "dispute", 16, STEP_OFFICE, H(1), H(7) },

	{ "returned", "dispatch", 985, STEP_OFFICE, 10, H(5) },
	{ "returned", "terminate", 15, STEP_OFFICE, H(2), H(14), "out_of_powers|no_content" },

	{ "coordinating", "designate", 1000, STEP_OFFICE, H(2), H(14) },

	{ "handling", "reply", 700, STEP_SHARE, H(4), H(60) },
	{ "handling", "assign", 210, STEP_OFFICE, 10, H(4) },
	{ "handling", "note", 60, STEP_OFFICE, 20, H(7) },
	{ "handling", "co_handle", 40, STEP_OFFICE, H(1), H(7) },
	{ "handling", "extend", 44, STEP_OFFICE, H(5), H(18) },
	{ "handling", "urge", 26, STEP_OFFICE, H(7), H(24) },
	{ "handling", "add", 22, STEP_CLOCK, H(2), H(40) },
	{ "handling", "correct", 14, STEP_OFFICE, 20, H(4) },
	{ "handling", "redirect", 8, STEP_OFFICE, H(2), H(9), "duty_elsewhere|avoidance" },
	{ "handling", "dispute", 5, STEP_OFFICE, H(2), H(12) },
	{ "handling", "terminate", 7, STEP_OFFICE, H(3), H(24),
	  "litigation|concluded|withdrawn_in_writing" },
	{ "handling", "withdraw", 9, STEP_CLOCK, H(4), H(60), "withdrawn" },
	{ "handling", "transfer", 4, STEP_OFFICE, H(3), H(24), "discipline" },

	{ "replied", "close", 560, STEP_OFFICE, H(2), H(16),
	  "solved|solved|solved|solved|partly_solved|explained|explained|planned|not_supported|"
	  "unverifiable" },
	{ "replied", "callback", 250, STEP_OFFICE, H(1), H(14) },
	{ "replied", "rate", 150, STEP_CLOCK, H(1), H(70) },
	{ "replied", "reopen", 34, STEP_CLOCK, H(3), H(90), "not_solved|poor_answer|bad_rating" },
	{ "replied", "order_rework", 6, STEP_OFFICE, H(4), H(20), "poor_answer|false_closing" },

	{ "completed", NULL, 800, STEP_OFFICE, 0, 0 },
	{ "completed", "rate", 180, STEP_CLOCK, H(2), H(240) },
	{ "completed", "reopen", 14, STEP_CLOCK, H(10), H(400), "not_solved|new_facts|bad_rating" },
	{ "completed", "order_rework", 4, STEP_OFFICE, H(7), H(100), "false_closing" },
	{ "completed", "annul", 2, STEP_OFFICE, H(7), H(30), "entered_twice|malicious" },
	{ "declined", NULL, 970, STEP_OFFICE, 0, 0 },
	{ "declined", "order_rework", 30, STEP_OFFICE, H(14), H(60), "wrongly_declined" },
	{ "terminated", NULL, 980, STEP_OFFICE, 0, 0 },
	{ "terminated", "order_rework", 20, STEP_OFFICE, H(14), H(60), "false_closing" },
	{ "rework", "contact", 450, STEP_OFFICE, 30, H(9) },
	{ "rework", "reply", 540, STEP_SHARE, H(7), H(70) },
	{ "rework", "urge", 10, STEP_OFFICE, H(14), H(40) },
	{ 0 },
};

static const struct demo_step petition[] = {
	{ "registered", "dispatch", 880, STEP_OFFICE, H(3), H(50) },
	{ "registered", "decline", 38, STEP_OFFICE, H(7), H(60),
	  "litigation|reconsideration|concluded|being_handled" },
	{ "registered", "transfer", 10, STEP_OFFICE, H(7), H(40), "discipline|litigation" },
	{ "registered", "annul", 6, STEP_OFFICE, H(1), H(14), "entered_twice|entered_wrongly" },
	{ "dispatched", "accept", 850, STEP_OFFICE, H(3), H(56) },
	{ "dispatched", "object", 80, STEP_OFFICE, H(2), H(26),
	  "not_ours|higher_level|wrong_place" },
	{ "dispatched", "decline", 60, STEP_OFFICE, H(7), H(60),
	  "litigation|concluded|being_handled" },
	{ "dispatched", "transfer", 10, STEP_OFFICE, H(7), H(40), "discipline" },
	{ "returned", "dispatch", 970, STEP_OFFICE, H(3), H(21) },
	{ "returned", "terminate", 30, STEP_OFFICE, H(7), H(28), "out_of_powers" },
	{ "coordinating", "designate", 1000, STEP_OFFICE, H(7), H(28) },
	{ "designated", "accept", 1000, STEP_OFFICE, H(3), H(28) },
	{ "accepted", "reply", 640, STEP_SHARE, H(30), H(200) },
	{ "accepted", "assign", 200, STEP_OFFICE, H(1), H(14) },
	{ "accepted", "co_handle", 40, STEP_OFFICE, H(7), H(40) },
	{ "accepted", "pause", 40, STEP_OFFICE, H(30), H(120), "hearing" },
	{ "accepted", "extend", 40, STEP_OFFICE, H(60), H(180) },
	{ "accepted", "urge", 30, STEP_OFFICE, H(60), H(160) },
	{ "accepted", "note", 40, STEP_OFFICE, H(7), H(60) },
	{ "accepted", "redirect", 12, STEP_OFFICE, H(7), H(40), "duty_elsewhere|avoidance" },
	{ "accepted", "add", 14, STEP_CLOCK, H(24), H(400) },
	{ "accepted", "terminate", 12, STEP_OFFICE, H(30), H(100),
	  "litigation|withdrawn_in_writing" },
	{ "accepted", "transfer", 6, STEP_OFFICE, H(20), H(100), "discipline" },
	{ "accepted", "withdraw", 24, STEP_CLOCK, H(48), H(700), "withdrawn" },
	{ "hearing", "resume", 920, STEP_OFFICE, H(35), H(100) },
	{ "hearing", "reply", 80, STEP_OFFICE, H(40), H(100) },
	{ "replied", "close", 680, STEP_OFFICE, H(7), H(70),
	  "supported|supported|explained|explained|not_supported|partly_solved" },
	{ "replied", "rate", 120, STEP_CLOCK, H(10), H(200) },
	{ "replied", "request_review", 90, STEP_CLOCK, H(48), H(500), "review_asked" },
	{ "replied", "order_rework", 12, STEP_OFFICE, H(14), H(50), "poor_answer" },
	{ "reviewing", "review_opinion", 850, STEP_SHARE, H(40), H(120) },
	{ "reviewing", "send_back", 150, STEP_SHARE, H(40), H(120), "sent_back" },
	{ "reviewed", "close_review", 700, STEP_OFFICE, H(14), H(80),
	  "supported|not_supported|explained" },
	{ "reviewed", "request_recheck", 300, STEP_CLOCK, H(48), H(500), "recheck_asked" },
	{ "rechecking", "recheck_opinion", 780, STEP_SHARE, H(40), H(120),
	  "not_supported|explained|supported" },
	{ "rechecking", "pause_recheck", 120, STEP_OFFICE, H(14), H(60), "hearing" },
	{ "rechecking", "send_back", 100, STEP_SHARE, H(40), H(120), "sent_back" },
	{ "recheck_hearing", "resume_recheck", 800, STEP_OFFICE, H(30), H(90) },
	{ "recheck_hearing", "recheck_opinion", 200, STEP_OFFICE, H(30), H(90),
	  "not_supported|explained" },
	{ "rework", "reply", 1000, STEP_SHARE, H(20), H(100) },
	{ "completed", NULL, 870, STEP_OFFICE, 0, 0 },
	{ "completed", "rate", 90, STEP_CLOCK, H(20), H(300) },
	{ "completed", "request_review", 30, STEP_CLOCK, H(48), H(300), "review_asked" },
	{ "completed", "order_rework", 10, STEP_OFFICE, H(20), H(80), "false_closing|poor_answer" },
	{ "review_completed", NULL, 800, STEP_OFFICE, 0, 0 },
	{ "review_completed", "request_recheck", 200, STEP_CLOCK, H(48), H(300), "recheck_asked" },
	{ "declined", NULL, 960, STEP_OFFICE, 0, 0 },
	{ "declined", "order_rework", 40, STEP_OFFICE, H(30), H(90), "wrongly_declined" },
	{ 0 },
};

static const struct demo_step licence[] = {
	{ "registered", "accept", 700, STEP_OFFICE, 20, H(14) },
	{ "registered", "notice", 150, STEP_OFFICE, 30, H(21) },
	{ "registered", "decline", 26, STEP_OFFICE, H(1), H(14),
	  "out_of_powers|no_licence_needed" },
	{ "registered", "assign", 60, STEP_OFFICE, 10, H(4) },
	{ "registered", "deem_accept", 30, STEP_OFFICE, H(42), H(60) },
	{ "registered", "withdraw", 6, STEP_CLOCK, H(4), H(60), "withdrawn" },
	{ "registered", "annul", 5, STEP_OFFICE, 10, H(4), "entered_twice|entered_wrongly" },
	{ "correcting", "complete_papers", 880, STEP_CLOCK, H(20), H(400) },
	{ "correcting", "decline", 60, STEP_OFFICE, H(70), H(140), "papers_missing" },
	{ "correcting", "withdraw", 60, STEP_CLOCK, H(48), H(400), "withdrawn" },
	{ "completed_papers", "accept", 940, STEP_OFFICE, H(1), H(18) },
	{ "completed_papers", "deem_accept_completed", 40, STEP_OFFICE, H(42), H(60) },
	{ "completed_papers", "decline", 20, STEP_OFFICE, H(2), H(18), "papers_missing" },
	{ "accepted", "dispatch", 260, STEP_OFFICE, 10, H(7) },
	{ "accepted", "assign", 180, STEP_OFFICE, 10, H(7) },
	{ "accepted", "approve", 480, STEP_SHARE, H(10), H(80) },
	{ "accepted", "refuse", 30, STEP_SHARE, H(10), H(80), "conditions_not_met" },
	{ "accepted", "forward", 500, STEP_SHARE, H(10), H(80), NULL, "lower_review" },
	{ "accepted", "pause", 60, STEP_OFFICE, H(7), H(50),
	  "expert_review|testing|inspection|appraisal|hearing|tender|quarantine" },
	{ "accepted", "extend", 26, STEP_OFFICE, H(50), H(90) },
	{ "accepted", "co_handle", 26, STEP_OFFICE, H(2), H(20) },
	{ "accepted", "offer_hearing", 14, STEP_OFFICE, H(7), H(30) },
	{ "accepted", "ask_hearing", 90, STEP_OFFICE, H(7), H(20) },
	{ "accepted", "hold_hearing", 8, STEP_OFFICE, H(50), H(90) },
	{ "accepted", "redirect", 6, STEP_OFFICE, H(2), H(14), "duty_elsewhere" },
	{ "accepted", "note", 20, STEP_OFFICE, H(2), H(20) },
	{ "accepted", "withdraw", 14, STEP_CLOCK, H(24), H(300), "withdrawn" },
	{ "paused", "resume", 960, STEP_OFFICE, H(28), H(140) },
	{ "paused", "withdraw", 20, STEP_CLOCK, H(48), H(300), "withdrawn" },
	{ "approved", "deliver", 1000, STEP_SHARE, H(3), H(40), "licensed" },
	{ "rework", "contact", 400, STEP_OFFICE, 30, H(6) },
	{ "rework", "settle", 560, STEP_SHARE, H(7), H(60), "solved|explained" },
	{ "rework", "approve", 40, STEP_SHARE, H(7), H(60) },
	{ "completed", NULL, 640, STEP_OFFICE, 0, 0 },
	{ "completed", "rate", 345, STEP_CLOCK, 10, H(120) },
	{ "completed", "reopen", 10, STEP_CLOCK, H(20), H(400), "poor_answer|bad_rating" },
	{ "completed", "order_rework", 4, STEP_OFFICE, H(20), H(80), "bad_rating" },
	{ "refused", NULL, 960, STEP_OFFICE, 0, 0 },
	{ "refused", "order_rework", 40, STEP_OFFICE, H(20), H(80), "new_facts" },
	{ "declined", NULL, 980, STEP_OFFICE, 0, 0 },
	{ "declined", "order_rework", 20, STEP_OFFICE, H(20), H(80), "wrongly_declined" },
	{ 0 },
};

static const struct demo_step disclosure[] = {
	{ "registered", "dispatch", 200, STEP_OFFICE, H(1), H(10) },
	{ "registered", "reply", 430, STEP_SHARE, H(10), H(80) },
	{ "registered", "decline", 150, STEP_SHARE, H(10), H(80),
	  "not_disclosable|not_existing|not_existing|repeated|out_of_powers" },
	{ "registered", "notice", 90, STEP_OFFICE, H(3), H(30), "correction" },
	{ "registered", "ask_third", 60, STEP_OFFICE, H(14), H(50), "third_party" },
	{ "registered", "ask_organ", 50, STEP_OFFICE, H(14), H(50), "other_organ" },
	{ "registered", "assign", 140, STEP_OFFICE, H(1), H(10) },
	{ "registered", "co_handle", 20, STEP_OFFICE, H(4), H(20) },
	{ "registered", "redirect", 10, STEP_OFFICE, H(4), H(20), "duty_elsewhere" },
	{ "registered", "extend", 40, STEP_OFFICE, H(50), H(100) },
	{ "registered", "withdraw", 16, STEP_CLOCK, H(24), H(300), "withdrawn" },
	{ "registered", "annul", 5, STEP_OFFICE, 30, H(5), "entered_twice" },
	{ "correcting", "correct_request", 850, STEP_CLOCK, H(30), H(240) },
	{ "correcting", "abandon", 150, STEP_OFFICE, H(110), H(160), "abandoned" },
	{ "consulting", "resume", 1000, STEP_OFFICE, H(30), H(100) },
	{ "replied", "close", 760, STEP_OFFICE, H(3), H(30), "disclosed|disclosed|explained" },
	{ "replied", "rate", 200, STEP_CLOCK, H(5), H(200) },
	{ "replied", "reopen", 40, STEP_CLOCK, H(10), H(300), "poor_answer|not_solved" },
	{ "rework", "reply", 900, STEP_SHARE, H(10), H(60) },
	{ "rework", "decline", 100, STEP_SHARE, H(10), H(60), "not_existing" },
	{ "completed", NULL, 960, STEP_OFFICE, 0, 0 },
	{ "completed", "rate", 30, STEP_CLOCK, H(20), H(300) },
	{ "completed", "order_rework", 10, STEP_OFFICE, H(20), H(100), "poor_answer" },
	{ "declined", NULL, 970, STEP_OFFICE, 0, 0 },
	{ "declined", "order_rework", 30, STEP_OFFICE, H(20), H(100), "wrongly_declined" },
	{ 0 },
};

/* Leaders' instructions, official documents, rectifications. */
static const struct demo_step tasks[] = {
	{ "registered", "dispatch", 900, STEP_OFFICE, 20, H(8) },
	{ "registered", "annul", 8, STEP_OFFICE, 20, H(8), "order_withdrawn|entered_wrongly" },
	{ "dispatched", "sign", 920, STEP_OFFICE, 20, H(12) },
	{ "dispatched", "return", 60, STEP_OFFICE, H(1), H(12),
	  "not_ours|several_units|higher_level" },
	{ "dispatched", "redirect", 14, STEP_OFFICE, H(2), H(12), "designated|reorganised" },
	{ "returned", "dispatch", 1000, STEP_OFFICE, H(1), H(10) },
	{ "coordinating", "designate", 1000, STEP_OFFICE, H(2), H(16) },
	{ "handling", "reply", 560, STEP_SHARE, H(10), H(80) },
	{ "handling", "assign", 160, STEP_OFFICE, 20, H(8) },
	{ "handling", "plan", 300, STEP_OFFICE, H(7), H(40) },
	{ "handling", "circulate", 160, STEP_OFFICE, H(1), H(16) },
	{ "handling", "co_handle", 50, STEP_OFFICE, H(1), H(14) },
	{ "handling", "extend", 40, STEP_OFFICE, H(20), H(60) },
	{ "handling", "urge", 60, STEP_OFFICE, H(20), H(70) },
	{ "handling", "note", 40, STEP_OFFICE, H(3), H(40) },
	{ "handling", "redirect", 6, STEP_OFFICE, H(7), H(20), "duty_elsewhere" },
	{ "replied", "close", 860, STEP_OFFICE, H(5), H(40), "?" },
	{ "replied", "send_back", 70, STEP_OFFICE, H(4), H(30),
	  "poor_answer|sent_back|not_solved" },
	{ "replied", "rate", 60, STEP_OFFICE, H(4), H(30) },
	{ "rework", "reply", 960, STEP_SHARE, H(10), H(60) },
	{ "rework", "reply_again", 960, STEP_SHARE, H(10), H(60) },
	{ "rework", "urge", 40, STEP_OFFICE, H(14), H(40) },
	{ "replied_again", "close", 900, STEP_OFFICE, H(5), H(40), "?" },
	{ "replied_again", "escalate", 100, STEP_OFFICE, H(4), H(30), "sent_back|not_solved" },
	{ "escalated", "reply_again", 1000, STEP_SHARE, H(8), H(30) },
	{ "completed", NULL, 930, STEP_OFFICE, 0, 0 },
	{ "completed", "rate", 55, STEP_OFFICE, H(4), H(60) },
	{ "completed", "reopen", 15, STEP_OFFICE, H(30), H(200), "recurred|new_facts" },
	{ 0 },
};

static const struct demo_step lists[] = {
	{ "filed", "accept", 690, STEP_OFFICE, H(2), H(30) },
	{ "filed", "send_back", 300, STEP_OFFICE, H(2), H(30) },
	{ "filed", "annul", 10, STEP_OFFICE, H(2), H(30), "entered_twice" },
	{ "returned", "refile", 1000, STEP_OFFICE, H(3), H(44) },
	{ "accepted", NULL, 1000, STEP_OFFICE, 0, 0 },
	{ 0 },
};

/* Reminders and advices. */
static const struct demo_step notices[] = {
	{ "issued", "sign", 920, STEP_OFFICE, 20, H(10) },
	{ "issued", "assign", 65, STEP_OFFICE, 20, H(6) },
	{ "issued", "annul", 15, STEP_OFFICE, H(1), H(8), "order_withdrawn|entered_wrongly" },
	{ "handling", "reply", 900, STEP_SHARE, H(3), H(40) },
	{ "handling", "assign", 100, STEP_OFFICE, 20, H(6) },
	{ "replied", "close", 870, STEP_OFFICE, H(2), H(20), "explained|planned|filed_away" },
	{ "replied", "send_back", 130, STEP_OFFICE, H(2), H(16), "poor_answer|sent_back" },
	{ "rework", "reply", 1000, STEP_SHARE, H(3), H(24) },
	{ "completed", NULL, 1000, STEP_OFFICE, 0, 0 },
	{ 0 },
};

const struct demo_steps demo_steps[] = {
	{ "hotline", 400, service },	  { "complaint", 150, service },
	{ "licence", 185, licence },	  { "petition", 65, petition },
	{ "disclosure", 35, disclosure }, { "document", 50, tasks },
	{ "instruction", 28, tasks },	  { "rectification", 27, tasks },
	{ "problem_list", 20, lists },	  { "urging", 20, notices },
	{ "advice", 20, notices },	  { 0 },
};

const struct demo_steps *demo_steps_of(hy_str kind)
{
	for (const struct demo_steps *s = demo_steps; s->kind; s++)
		if (hy_str_eq(kind, hy_str_of(s->kind)))
			return s;
	return NULL;
}

int demo_steps_cost(const struct demo_step *row, const struct pack_kind *k, const int dist[64])
{
	enum { ROUNDS = 5 }; /* about what it takes to be sent back once too often */
	int m = row->move ? pack_move_index(k, hy_str_of(row->move)) : -1, best = INT32_MAX;

	if (m < 0)
		return INT32_MAX;
	const struct pack_move *mv = &k->moves[m];
	if (mv->to >= 0 && dist[mv->to] < INT32_MAX)
		best = dist[mv->to] + 1;
	if (mv->act == PACK_RETURN && k->returns_to >= 0 && dist[k->returns_to] < INT32_MAX &&
	    dist[k->returns_to] + ROUNDS < best)
		best = dist[k->returns_to] + ROUNDS;
	return best;
}

void demo_steps_way(const struct demo_steps *s, const struct pack_kind *k, int target,
		    int dist_out[64])
{
	bool better = true;

	for (int i = 0; i < 64; i++)
		dist_out[i] = i == target ? 0 : INT32_MAX;
	while (better) {
		better = false;
		for (const struct demo_step *row = s->v; row->state; row++) {
			int from = pack_state_index(k, hy_str_of(row->state));
			int cost = demo_steps_cost(row, k, dist_out);
			if (from >= 0 && cost < dist_out[from]) {
				dist_out[from] = cost;
				better = true;
			}
		}
	}
}
