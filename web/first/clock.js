// One clock as a bar: from start to due, what was paused, where it stood first, today.
import { h, s } from "./dom.js";
import { badge } from "./lights.js";
import { instantEl, limitWords, now } from "./time.js";
import { say, t } from "./words.js";
import { untilDue } from "./work.js";

const ms = (x) => (x ? Date.parse(x) : null);

// What is marked on the bar, in the order of its key below: kind, instant, words.
function marks(c) {
	const list = [["start", c.start_at, t("k_start")]];
	if (c.original_due_at && c.original_due_at !== c.due_at) list.push(["original", c.original_due_at, t("k_original")]);
	if (c.pledged_due_at) list.push(["pledged", c.pledged_due_at, t("k_pledged")]);
	if (c.due_at) list.push(["due", c.due_at, t("k_due")]);
	if (c.stopped_at) list.push(["stopped", c.stopped_at, t("k_stopped")]);
	return list.filter((m) => m[1]);
}

const SIGNS = {
	start: () => [s("circle", { cx: 0, cy: 14, r: 5 })],
	due: () => [s("path", { d: "M0 3V25", class: "line" }), s("path", { d: "M0 2h11l-3 4 3 4H0z" })],
	original: () => [s("path", { d: "M0 5V23", class: "line dash" }), s("circle", { cx: 0, cy: 5, r: 4, class: "hollow" })],
	pledged: () => [s("path", { d: "M0 5V23", class: "line" }), s("path", { d: "M0 1 5 6 0 11-5 6Z" })],
	stopped: () => [s("circle", { cx: 0, cy: 14, r: 8 }), s("path", { d: "M-3.5 14l2.5 3 4.5-6", class: "tick" })],
	today: () => [s("path", { d: "M0 8V27", class: "line" }), s("path", { d: "M-5 28h10L0 21z" })],
};
const sign = (kind, x) => s("svg", { x: x + "%", class: "sign s-" + kind, overflow: "visible" }, SIGNS[kind]());
const keySign = (kind) => s("svg", { class: "key-sign s-" + kind, viewBox: "-12 0 24 28", "aria-hidden": "true" }, SIGNS[kind]());

export function bar(c, light) {
	const start = ms(c.start_at), here = now(), running = !c.stopped_at;
	const ends = marks(c).map((m) => ms(m[1])).concat(running ? [here] : []);
	for (const p of c.pauses) ends.push(ms(p.until) || (running ? here : start));
	const first = Math.min(...ends), span = Math.max(1, Math.max(...ends) - first);
	const x = (at) => 3 + (92 * (at - first)) / span;
	const stop = ms(c.stopped_at) || here, due = ms(c.due_at) || stop;
	const el = s("svg", { class: "clockbar", height: 34, role: "img", "aria-label": marks(c).map((m) => `${m[2]} ${m[1].slice(0, 10)}`).join(", ") });
	const box = (a, b, cls, y, height) => b > a && el.append(s("rect", { x: x(a) + "%", y, width: x(b) - x(a) + "%", height, class: cls, rx: 3 }));
	box(start, due, "track", 9, 10);
	box(start, Math.min(stop, due), "used l-" + light, 9, 10);
	if (stop > due) box(due, stop, "over", 9, 10);
	for (const p of c.pauses) box(ms(p.from), ms(p.until) || stop, "pause", 7, 14);
	for (const [kind, at] of marks(c)) el.append(sign(kind, x(ms(at))));
	if (running) el.append(sign("today", x(here)));
	return el;
}

export function legend(c, grounds) {
	return h("ul", { class: "clockkey" },
		marks(c).map(([kind, at, words]) => h("li", null, keySign(kind), h("span", null, words), " ", instantEl(at))),
		c.pauses.map((p) => h("li", null, h("i", { class: "pause-key", "aria-hidden": "true" }), h("span", null, t("k_pause"), p.ground ? `（${grounds.get(p.ground) || p.ground}）` : ""), " ", instantEl(p.from), " – ", p.until ? instantEl(p.until) : t("k_until_now"))),
		c.stopped_at ? null : h("li", null, keySign("today"), h("span", null, t("k_today"))));
}

export function verdict(c) {
	if (c.verdict === "late") return badge("red", t("k_late"));
	if (c.verdict === "in_time") return h("span", { class: "badge b-good" }, h("span", { "aria-hidden": "true" }, "✓"), t("k_in_time"));
	if (c.state === "paused") return badge("paused", t("k_paused"));
	if (c.state === "idle") return badge("none", t("k_idle"));
	return badge(c.light === "none" ? "none" : c.light, c.due_at ? untilDue(c.due_at)[0] : t("k_running"));
}

export const lightOf = (c) => (c.verdict === "late" ? "red" : c.verdict === "in_time" ? "green" : c.state === "paused" ? "paused" : c.light);

// By law and by pledge, side by side, then what moved it.
export function limits(c) {
	const box = (head, limit, due, clause) => h("div", { class: "limit" }, h("small", null, head), h("b", null, limitWords(limit)), due ? h("span", null, instantEl(due)) : null, clause ? h("cite", { lang: "zh-CN" }, clause) : null);
	const notes = [c.extensions ? t("k_extended", c.extensions) : null, c.paused_days ? t("k_paused_days", c.paused_days) : null, c.rolled ? t("k_rolled") : null, c.provisional ? t("k_provisional") : null].filter(Boolean);
	return h("div", { class: "limits" }, box(t("k_statutory"), c.limit, c.due_at, c.clause), c.pledged_limit ? box(t("k_pledge"), c.pledged_limit, c.pledged_due_at) : null,
		notes.length ? h("ul", { class: "notes" }, notes.map((x) => h("li", null, x))) : null);
}
