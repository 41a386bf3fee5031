// "Why this date?": every day from the first to the due one, as a calendar and as a list.
import { h } from "./dom.js";
import { dayAt, dayEl, dayWords, limitWords, monthWords, number, weekday, weekdayName } from "./time.js";
import { holiday, lang, t } from "./words.js";

const MOST_MONTHS = 14;

// The lines of a trace by day: what is shown in its cell.
function byDay(trace) {
	const days = new Map();
	for (const l of trace) {
		const d = days.get(l.day) || { lines: [] };
		d.lines.push(l);
		days.set(l.day, d);
	}
	return days;
}

const off = (l) => !l.work && (l.by === "notice" || l.by === "statute" || l.by === "region");
const makeup = (l) => l.work && l.by !== "week";
export const noticeName = (day) => t("w_notice_link", day.slice(0, 4));

function cellOf(day, d) {
	const l = d.lines[0], has = (w) => d.lines.find((x) => x.what === w);
	const counted = has("counted"), due = has("due"), start = has("start") || has("shift"), paused = has("paused");
	const cls = due ? "due" : start ? "start" : paused ? "paused" : counted ? (makeup(l) ? "counted makeup" : "counted") : off(l) ? "off" : "rest";
	const sign = counted ? String(counted.count) : due ? t("w_due_mark") : start ? t("w_start_mark") : paused ? t("w_pause_mark") : t("w_rest_mark");
	const small = due ? t("w_due") : off(l) ? holiday(l.name) : has("extended") ? t("w_extended") : null;
	return h("td", { class: "day " + cls + (d.lines.some((x) => x.provisional) ? " provisional" : ""), title: `${dayWords(day)} · ${d.lines.map(what).join(" · ")}` },
		h("span", { class: "d" }, Number(day.slice(8)), makeup(l) ? h("i", null, t("w_makeup_mark")) : null), h("b", null, sign), small ? h("small", null, small) : null);
}

// ONLY: which cells make their week worth showing.
export function monthTable(y, m, cell, only) {
	const first = `${y}-${String(m).padStart(2, "0")}-01`, n0 = number(first);
	const n1 = number(m === 12 ? `${y + 1}-01-01` : `${y}-${String(m + 1).padStart(2, "0")}-01`);
	const weeks = [];
	let week = Array.from({ length: (weekday(first) + 6) % 7 }, () => h("td"));
	for (let n = n0; n < n1; n++) {
		week.push(cell(dayAt(n)));
		if (week.length === 7) weeks.push(week), (week = []);
	}
	if (week.length) weeks.push([...week, ...Array.from({ length: 7 - week.length }, () => h("td"))]);
	return h("table", { class: "month" }, h("caption", null, monthWords(y, m)),
		h("thead", null, h("tr", null, [1, 2, 3, 4, 5, 6, 0].map((w) => h("th", { scope: "col", abbr: weekdayName(w) }, weekdayName(w).replace(/^[周週]/, "").slice(0, lang() === "en" ? 2 : 1))))),
		h("tbody", null, weeks.filter((w) => !only || w.some(only)).map((w) => h("tr", null, w))));
}

function grid(days) {
	const all = [...days.keys()].sort(), months = [];
	let [y, m] = all[0].split("-").map(Number);
	const [y1, m1] = all[all.length - 1].split("-").map(Number);
	while ((y < y1 || (y === y1 && m <= m1)) && months.length < MOST_MONTHS) {
		months.push(monthTable(y, m, (day) => (days.has(day) ? cellOf(day, days.get(day)) : h("td", { class: "day out" }, h("span", { class: "d" }, Number(day.slice(8))))), (td) => td.className && !td.classList.contains("out")));
		m === 12 ? (y++, (m = 1)) : m++;
	}
	return h("div", { class: "months" }, months);
}

function what(l) {
	if (l.what === "counted") return t("w_counted", l.count) + (makeup(l) ? ` · ${t("w_makeup")}` : "");
	if (l.what === "hours") return t("w_hours", l.count % 60 ? `${Math.floor(l.count / 60)}:${String(l.count % 60).padStart(2, "0")}` : t("unit_h", l.count / 60));
	if (l.what === "extended") return t("w_extended") + (l.count ? ` +${l.count}` : "");
	return t("w_" + l.what);
}

// Why a day is what it is: a holiday with the notice that says so, a weekend, a ground, a clause.
function why(l, grounds) {
	const parts = [];
	if (l.name) parts.push(holiday(l.name));
	else if (!l.work && l.by === "week" && l.what !== "start") parts.push(t("w_weekend"));
	if (l.notice) parts.push(/^https?:/.test(l.notice) ? h("a", { href: l.notice, rel: "noreferrer", target: "_blank" }, noticeName(l.day)) : h("span", { lang: "zh-CN" }, l.notice));
	if (l.clause) parts.push(h("cite", { lang: "zh-CN" }, grounds.get(l.clause) || l.clause));
	if (l.provisional) parts.push(h("em", null, t("w_prov")));
	return parts.map((p, i) => [i ? " · " : "", p]);
}

function table(trace, grounds) {
	let said = "";
	return h("table", { class: "lines" },
		h("thead", null, h("tr", null, ["w_day", "w_what", "w_why"].map((k) => h("th", { scope: "col" }, t(k))))),
		h("tbody", null, trace.map((l) => {
			const fresh = l.clause && l.clause !== said ? l : { ...l, clause: "" };
			said = l.clause || said;
			return h("tr", { class: "x-" + l.what + (l.work ? "" : " x-off") }, h("th", { scope: "row" }, dayEl(l.day)), h("td", null, what(l)), h("td", null, why(fresh, grounds)));
		})));
}

// The notices that made days off or worked, each once, with what it decided here.
function notices(trace) {
	const by = new Map();
	for (const l of trace)
		if (l.notice) {
			const n = by.get(l.notice) || { day: l.day, names: new Set() };
			n.names.add(holiday(l.name));
			by.set(l.notice, n);
		}
	return by;
}

export function whyThisDate(c, grounds) {
	const trace = c.trace || [];
	if (!trace.length) return h("p", { class: "dim" }, t("w_none"));
	const counts = (w) => trace.filter((l) => l.what === w).length, days = byDay(trace), by = notices(trace);
	const counted = trace.reduce((n, l) => (l.what === "counted" ? Math.max(n, l.count) : n), 0);
	return h("div", { class: "why" },
		counted ? h("p", { class: "why-sum" }, t("w_sum", dayWords(trace[0].day), limitWords(c.limit), counted, counts("rest")) + (counts("paused") ? t("w_sum_paused", counts("paused")) : "")) : null,
		grid(days),
		h("div", { class: "basis" }, h("b", null, t("w_basis")), h("ul", null,
			c.clause ? h("li", null, t("w_clause"), " ", h("cite", { lang: "zh-CN" }, c.clause)) : null,
			[...by].map(([ref, n]) => h("li", null, [...n.names].filter(Boolean).join(lang() === "en" ? ", " : "、"), lang() === "en" ? ": " : "：",
				/^https?:/.test(ref) ? h("a", { href: ref, rel: "noreferrer", target: "_blank" }, noticeName(n.day)) : h("span", { lang: "zh-CN" }, ref))),
			c.provisional ? h("li", { class: "prov" }, t("k_provisional")) : null)),
		h("details", { class: "all-days" }, h("summary", null, t("w_list", days.size)), h("div", { class: "scroll" }, table(trace, grounds))));
}
