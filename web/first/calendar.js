// What if: from when, how long, due when, and the working days of a year.
import { get, keep, Problem, problemWords } from "./api.js";
import { h, swap } from "./dom.js";
import { dayOf, instantEl, limitWords, today } from "./time.js";
import { holiday, say, t } from "./words.js";
import { loadYear } from "./work.js";
import { monthTable, noticeName, whyThisDate } from "./why.js";
import { title } from "./app.js";

const UNITS = ["wd", "cd", "mo", "h", "wh"];

function formState(q) {
	const m = /^(\d+)(wd|cd|mo|h|wh)$/.exec(q.get("limit") || "");
	return {
		from: q.get("from") || today(), rule: q.get("rule") || "", n: m ? m[1] : "5", unit: m ? m[2] : "wd",
		roll: q.get("roll") === "true", pauses: q.getAll("pause").map((p) => p.split("/")), asked: q.has("from"),
	};
}

function ask(f) {
	const q = new URLSearchParams({ from: f.from });
	if (f.rule) q.set("rule", f.rule);
	else q.set("limit", f.n + f.unit);
	if (f.roll) q.set("roll", "true");
	for (const p of f.pauses) if (p[0]) q.append("pause", p.join("/"));
	return q;
}

function form(f, rules, go) {
	const pauses = h("div", { class: "pauses" });
	function pauseRow(from, until) {
		const row = h("fieldset", { class: "pause-row" }, h("legend", { class: "sr" }, t("ca_pause")),
			h("label", null, h("span", null, t("ca_pause_from")), h("input", { type: "date", value: from || "" })),
			h("label", null, h("span", null, t("ca_pause_to")), h("input", { type: "date", value: until || "" })),
			h("button", { type: "button", class: "button quiet", "aria-label": t("ca_pause_del"), onclick: () => row.remove() }, "×"));
		return row;
	}
	pauses.append(...f.pauses.map((p) => pauseRow(p[0], p[1])));
	const now = (r) => r.values[r.values.length - 1] || {};
	const usable = rules.filter((r) => now(r).limit);
	const own = h("div", { class: "own" },
		h("label", null, h("span", null, t("ca_n")), h("input", { id: "ca-n", type: "number", min: 1, max: 3650, required: !f.rule, value: f.n })),
		h("label", null, h("span", null, t("ca_unit")), h("select", { id: "ca-unit" }, UNITS.map((u) => h("option", { value: u, selected: u === f.unit }, t("ca_u_" + u))))));
	own.hidden = Boolean(f.rule);
	const el = h("form", {
		class: "card what-if", onsubmit: (e) => {
			e.preventDefault();
			const v = (id) => el.querySelector("#" + id);
			const time = v("ca-time").value;
			go("/first/calendar?" + ask({
				from: v("ca-from").value + (time ? "T" + time : ""), rule: v("ca-rule").value, n: v("ca-n").value, unit: v("ca-unit").value, roll: v("ca-roll").checked,
				pauses: [...pauses.querySelectorAll(".pause-row")].map((r) => [...r.querySelectorAll("input")].map((i) => i.value)).map((p) => (p[1] ? p : [p[0]])),
			}), { still: true });
		},
	},
		h("div", { class: "line-1" },
			h("label", null, h("span", null, t("ca_from")), h("input", { id: "ca-from", type: "date", required: true, min: "1990-01-01", max: "2099-12-31", value: f.from.slice(0, 10) })),
			h("label", null, h("span", null, t("ca_time")), h("input", { id: "ca-time", type: "time", value: f.from.slice(11, 16) }))),
		h("label", null, h("span", null, t("ca_by")), h("select", { id: "ca-rule", onchange: (e) => ((own.hidden = Boolean(e.target.value)), (el.querySelector("#ca-n").required = !e.target.value)) },
			h("option", { value: "" }, t("ca_by_limit")),
			h("optgroup", { label: t("ca_by_rule") }, usable.map((r) => h("option", { value: r.id, selected: r.id === f.rule }, `${say(r.title)}（${limitWords(now(r).limit)}）`))))),
		own,
		h("label", { class: "check" }, h("input", { id: "ca-roll", type: "checkbox", checked: f.roll }), h("span", null, t("ca_roll"))),
		pauses,
		h("p", { class: "acts" }, h("button", { type: "submit", class: "button" }, t("ca_do")),
			h("button", { type: "button", class: "button quiet", onclick: () => { const row = pauseRow(); pauses.append(row); row.querySelector("input").focus(); } }, t("ca_pause_add"))));
	return el;
}

async function result(f, rules, grounds, signal) {
	let r;
	try {
		r = await get("/calendar/due", Object.fromEntries([...ask(f).keys()].map((k) => [k, ask(f).getAll(k)])), signal);
	} catch (e) {
		if (!(e instanceof Problem)) throw e;
		const [words, detail] = problemWords(e);
		return h("section", { class: "card note-box bad", role: "alert" }, h("h2", null, words), detail ? h("p", { class: "detail" }, detail) : null);
	}
	const rule = rules.find((x) => x.id === r.rule);
	return h("section", { class: "card result", "aria-live": "polite" },
		h("p", { class: "dim" }, rule ? say(rule.title) + " · " : null, limitWords(r.limit), r.clause ? [" · ", h("cite", { lang: "zh-CN" }, r.clause)] : null),
		h("h2", { class: "due-big" }, r.due_at ? [h("small", null, t("ca_result")), instantEl(r.due_at, true)] : t("ca_still")),
		r.rolled ? h("p", null, t("k_rolled")) : null, r.provisional ? h("p", { class: "prov" }, t("k_provisional")) : null,
		whyThisDate(r, grounds));
}

/* --- a year -------------------------------------------------------------------------------------- */

function dayCell(days) {
	const now = today();
	return (day) => {
		const d = days.get(day), off = !d.work && d.by !== "week", up = d.work && d.by !== "week";
		const words = [off || up ? holiday(d.name) : "", t(up ? "ca_makeup" : off ? "ca_off" : d.work ? "ca_work" : "ca_rest")].filter(Boolean).join(" · ");
		return h("td", { class: "yday " + (up ? "makeup" : off ? "off" : d.work ? "work" : "rest") + (day === now ? " today" : ""), title: words },
			h("span", null, Number(day.slice(8))), up ? h("small", null, t("w_makeup_mark")) : off ? h("small", null, t("w_rest_mark")) : null, off || up ? h("span", { class: "sr" }, words) : null);
	};
}

function yearView(first) {
	const place = h("section", { class: "card year", "aria-labelledby": "h-year" });
	async function show(y, focus) {
		const data = await loadYear(y).catch((e) => e);
		if (!data.days) return swap(place, h("p", { role: "alert" }, problemWords(data)[0]));
		const days = new Map(data.days.map((d) => [d.day, d])), cell = dayCell(days), notes = new Map();
		for (const d of data.days) if (/^https?:/.test(d.notice || "")) notes.set(d.notice, d.day);
		const works = (m) => data.days.filter((d) => d.work && Number(d.day.slice(5, 7)) === m).length;
		const step = (n, key, sign) => h("button", { type: "button", class: "button quiet", id: "year-" + key, "aria-label": t("ca_" + key), disabled: y + n < 1990 || y + n > 2099, onclick: () => show(y + n, "year-" + key) }, sign);
		swap(place,
			h("div", { class: "year-head" }, step(-1, "prev", "←"), h("h2", { id: "h-year" }, t("ca_year", y)), step(1, "next", "→"), h("p", { class: "dim", role: "status" }, t("ca_year_n", data.working_days))),
			data.provisional ? h("p", { class: "prov" }, t("k_provisional")) : null,
			h("ul", { class: "year-key" }, ["work", "rest", "off", "makeup"].map((k) => h("li", null, h("i", { class: "yday " + k, "aria-hidden": "true" }, k === "makeup" ? t("w_makeup_mark") : k === "off" ? t("w_rest_mark") : ""), t("ca_" + k)))),
			h("div", { class: "months small" }, Array.from({ length: 12 }, (_, i) => {
				const table = monthTable(y, i + 1, cell);
				table.caption.append(" ", h("small", null, t("ca_month_n", works(i + 1))));
				return table;
			})),
			notes.size ? h("p", { class: "dim" }, t("w_notice"), " ", [...notes].map(([ref, day], i) => [i ? " · " : "", h("a", { href: ref, rel: "noreferrer", target: "_blank" }, noticeName(day))])) : null);
		const el = focus && document.getElementById(focus);
		if (el) el.focus();
	}
	show(first);
	return place;
}

export async function calendar({ query, signal, go }) {
	const f = formState(query);
	const [rules, grounds] = await Promise.all([keep("/rules"), keep("/lists/pause_grounds")]);
	title(t("ca_title"));
	const words = new Map(grounds.words.map((w) => [w.id, say(w.title)]));
	const year = Number((dayOf(f.from) || today()).slice(0, 4)) || Number(today().slice(0, 4));
	return [
		h("div", { class: "page-head" }, h("h1", { tabindex: "-1" }, t("ca_title")), h("p", { class: "dim" }, t("ca_about"))),
		h("div", { class: "two what-if-page" }, form(f, rules.rules, go), await result(f, rules.rules, words, signal)),
		yearView(year),
	];
}
