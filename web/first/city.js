// The city: headline figures, its lights, its units.
import { get, keep } from "./api.js";
import { h, s, swap } from "./dom.js";
import { ALL, bar, behind, FIGURE, mark } from "./lights.js";
import { dayWords, instantEl, monthWords, today } from "./time.js";
import { count, lang, say, t } from "./words.js";
import { leftOf, loadWork } from "./work.js";
import { announce, title } from "./app.js";

const n = (g, id) => (g.figures[id] && g.figures[id].value) || 0;
const percent = (v) => (v / 100).toFixed(v % 100 ? 1 : 0) + "%";
const lightsOf = (g) => Object.fromEntries(ALL.map((l) => [l, n(g, FIGURE[l])]));

// What a figure means, a tap away.
function meaning(defs, id, value) {
	const d = defs.find((f) => f.id === id);
	if (!d) return null;
	const byId = (x) => say((defs.find((f) => f.id === x) || {}).title);
	const fraction = value && value.denominator !== undefined && d.numerator;
	return h("details", { class: "def" },
		h("summary", { "aria-label": t("c_what") + "：" + say(d.title), title: t("c_what") }, "i"),
		h("div", { class: "def-in" }, h("b", null, say(d.title)), h("p", null, say(d.definition)),
			fraction ? h("p", { class: "fraction" }, `${t("c_num")} ${byId(d.numerator)} ${count(value.numerator)}`, h("br"), `${t("c_den")} ${byId(d.denominator)} ${count(value.denominator)}`) : null,
			h("p", { class: "dim" }, t("c_who"), " ", say(d.population))));
}

function card(o) {
	return h("section", { class: "card stat " + (o.tone || "") },
		h("div", { class: "stat-head" }, h("h2", null, o.name), o.meaning),
		h("p", { class: "stat-n" }, o.href ? h("a", { href: o.href, title: o.hover }, o.value) : o.value),
		h("p", { class: "stat-sub" }, o.sub));
}

function cards(total, defs, year) {
	const open = n(total, "open"), over = n(total, "open_overdue"), share = total.figures.in_time_share || {};
	const known = share.value !== null && share.value !== undefined;
	const of = known ? t("c_of", count(share.numerator), count(share.denominator)) : t("c_no_share");
	return h("div", { class: "cards" },
		card({ name: t("c_open"), value: count(open), href: "/first/matters?open=yes", meaning: meaning(defs, "open"), sub: t("c_paused_n", count(n(total, "open_paused"))) }),
		card({ name: t("c_overdue"), tone: over ? "alarm" : "", value: count(over), href: "/first/matters?figure=open_overdue", meaning: meaning(defs, "open_overdue"),
			sub: t("c_of_open", open ? percent(Math.round((10000 * over) / open)) : "0%") }),
		card({ name: t("c_share"), value: known ? percent(share.value) : "—", hover: of, href: known ? `/first/matters?figure=fallen_due&from=${year}-01-01` : null, meaning: meaning(defs, "in_time_share", share), sub: of }),
		card({ name: t("c_unassigned"), tone: n(total, "open_unassigned") ? "warn" : "", value: count(n(total, "open_unassigned")), href: "/first/matters?open=yes&unit=-", meaning: meaning(defs, "open_unassigned"),
			sub: t("c_of_open", open ? percent(Math.round((10000 * n(total, "open_unassigned")) / open)) : "0%") }));
}

function lights(total) {
	const of = lightsOf(total);
	return h("section", { class: "card lights", "aria-labelledby": "h-lights" },
		h("h2", { id: "h-lights" }, t("c_lights")),
		h("div", { class: "bigbar" }, bar(of)),
		h("ul", { class: "legend" }, ALL.map((l) =>
			h("li", null, h("a", { href: behind(l), class: "tile" }, mark(l), h("b", null, count(of[l])), h("span", null, t("l_" + l)), h("small", null, t("m_" + l)))))));
}

function first(rows) {
	return h("section", { class: "card first", "aria-labelledby": "h-first" },
		h("h2", { id: "h-first" }, t("c_first")),
		h("ol", null, rows.map((r) => {
			const [words, tone] = leftOf(r);
			return h("li", null, h("a", { href: "/first/matters/" + r.code }, mark(r.light), h("span", { class: "what" }, r.title || t("ma_erased")),
				h("span", { class: "sub" }, h("span", { class: "tone-" + tone }, words), h("span", null, r.unit_name || t("li_unassigned")))));
		})),
		h("p", { class: "more" }, h("a", { href: "/first/matters?open=yes" }, t("c_all"), " →")));
}

/* --- twelve months ---------------------------------------------------------------------------- */

function monthsBack(k) {
	const n = Number(today().slice(0, 4)) * 12 + Number(today().slice(5, 7)) - 1 - k;
	return `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, "0")}-01`;
}

// What came in each month and what became of it: in time, late, not yet.
function months(groups) {
	const by = new Map(groups.map((g) => [g.key, g])), list = [];
	for (let k = 11; k >= 0; k--) {
		const key = monthsBack(k).slice(0, 7), g = by.get(key) || { figures: {} };
		const parts = [["green", "d_in_time", n(g, "in_time")], ["red", "d_late", n(g, "late")], ["orange", "c_silent", n(g, "unanswered_late")], ["none", "c_others", 0]];
		const all = n(g, "received");
		parts[3][2] = all - parts[0][2] - parts[1][2] - parts[2][2];
		list.push({ key, all, parts });
	}
	const most = Math.max(1, ...list.map((m) => m.all)), high = 96;
	return h("section", { class: "card", "aria-labelledby": "h-months" }, h("h2", { id: "h-months" }, t("c_months")),
		h("ul", { class: "columns" }, list.map((m) => {
			const el = s("svg", { height: high, "aria-hidden": "true" });
			let y = high;
			for (const [l, , v] of m.parts) {
				const tall = (v / most) * high;
				if (v) el.append(s("rect", { x: 0, y: (y -= tall), width: "100%", height: Math.max(1, tall - 1), class: "l-" + l }));
			}
			const words = m.parts.filter((p) => p[2]).map((p) => `${t(p[1])} ${p[2]}`).join("，");
			return h("li", { title: words }, h("b", null, m.all), el, h("span", null, monthWords(+m.key.slice(0, 4), +m.key.slice(5)).replace(/^\d+年| \d+$/, "").replace("月", "")), h("span", { class: "sr" }, words));
		})),
		h("ul", { class: "clockkey" }, ["green:d_in_time", "red:d_late", "orange:c_silent", "none:c_others"].map((x) => x.split(":")).map(([l, key]) => h("li", null, s("svg", { class: "swatch", "aria-hidden": "true" }, s("rect", { width: "100%", height: "100%", class: "l-" + l })), t(key)))));
}

/* --- units ------------------------------------------------------------------------------------ */

const old = (g) => (g.oldest_open ? g.oldest_open.filed_at : "9999");
const COLUMNS = [
	{ id: "name", key: "c_unit", by: (a, b) => a.name.localeCompare(b.name, lang()) },
	...["red", "orange", "yellow", "blue", "green", "paused", "none"].map((l) => ({ id: l, light: l, key: "l_" + l, num: true, by: (a, b) => n(b, FIGURE[l]) - n(a, FIGURE[l]) })),
	{ id: "open", key: "c_open", num: true, by: (a, b) => n(b, "open") - n(a, "open") },
	{ id: "share", key: "c_share_short", num: true, by: (a, b) => shareOf(a) - shareOf(b) },
	{ id: "oldest", key: "c_oldest", by: (a, b) => (old(a) < old(b) ? -1 : old(a) > old(b) ? 1 : 0) },
];
const shareOf = (g) => {
	const v = g.figures.in_time_share && g.figures.in_time_share.value;
	return v === null || v === undefined ? 1e9 : v;
};

function unitRow(g, most, year) {
	const none = g.key === "-", q = encodeURIComponent(g.key), name = none ? t("c_unassigned") : g.name;
	const cell = (key, kids, cls) => h("td", { role: "cell", "data-label": t(key), class: cls }, kids);
	const num = (key, value, href, cls) => cell(key, value ? h("a", { href, "aria-label": `${name} ${t(key)} ${value}` }, count(value)) : h("span", { class: "zero" }, "0"), "num " + (cls || ""));
	const share = g.figures.in_time_share || {};
	const known = share.value !== null && share.value !== undefined;
	return h("tr", { role: "row", class: none ? "pinned" : null },
		h("th", { role: "rowheader", scope: "row" }, h("a", { href: "/first/matters?open=yes&unit=" + q }, name), bar(lightsOf(g), most)),
		ALL.map((l) => num("l_" + l, n(g, FIGURE[l]), behind(l, g.key), "c-" + l + (n(g, FIGURE[l]) ? "" : " nil"))),
		num("c_open", n(g, "open"), "/first/matters?open=yes&unit=" + q, "strong"),
		cell("c_share_short", known ? h("a", { href: `/first/matters?figure=fallen_due&from=${year}-01-01&unit=${q}`, title: t("c_of", share.numerator, share.denominator) }, percent(share.value)) : h("span", { class: "zero" }, "—"), "num"),
		cell("c_oldest", g.oldest_open ? h("a", { href: "/first/matters/" + g.oldest_open.code }, instantEl(g.oldest_open.filed_at.slice(0, 10) + "T00:00:00" + g.oldest_open.filed_at.slice(-6))) : h("span", { class: "zero" }, "—"), "old"));
}

function units(groups, year) {
	let by = COLUMNS.find((c) => c.id === "oldest"), back = false, words = "", all = false;
	const most = Math.max(1, ...groups.map((g) => n(g, "open")));
	const body = h("tbody", { role: "rowgroup" }), head = h("thead", { role: "rowgroup" });

	function sortBy(column) {
		back = by === column ? !back : false;
		by = column;
		draw();
		const el = head.querySelector(`[data-col="${column.id}"] button`);
		if (el) el.focus();
		announce(`${t("c_sort")} ${t(column.key)}`);
	}
	function draw() {
		swap(head, h("tr", { role: "row" }, COLUMNS.map((c) =>
			h("th", { role: "columnheader", scope: "col", "data-col": c.id, class: c.num ? "num" : null, "aria-sort": c === by ? (back ? "descending" : "ascending") : "none" },
				h("button", { type: "button", onclick: () => sortBy(c) }, c.light ? mark(c.light) : null, t(c.key), h("span", { class: "arrow", "aria-hidden": "true" }, c === by ? (back ? "▲" : "▼") : ""))))));
		const found = groups.filter((g) => g.key !== "-" && g.name.includes(words));
		const quiet = all || words ? 0 : found.filter((g) => !n(g, "open")).length;
		const rows = found.filter((g) => !quiet || n(g, "open")).sort((a, b) => (back ? -1 : 1) * by.by(a, b));
		const none = groups.find((g) => g.key === "-" && n(g, "open"));
		if (none && !words) rows.unshift(none);
		swap(body, rows.map((g) => unitRow(g, most, year)),
			quiet ? h("tr", { role: "row" }, h("td", { role: "cell", colspan: COLUMNS.length, class: "empty" }, h("button", { type: "button", class: "button quiet", id: "quiet", onclick: () => ((all = true), draw()) }, t("c_quiet", quiet)))) : null,
			rows.length || quiet ? null : h("tr", { role: "row" }, h("td", { role: "cell", colspan: COLUMNS.length, class: "empty" }, t("c_no_unit", words))));
	}
	draw();
	return h("section", { class: "card units", "aria-labelledby": "h-units" },
		h("div", { class: "units-head" },
			h("h2", { id: "h-units" }, t("c_units")),
			h("label", { class: "phone-sort" }, t("c_sort"), " ", h("select", { onchange: (e) => sortBy(COLUMNS[e.target.selectedIndex]) }, COLUMNS.map((c) => h("option", { selected: c === by }, t(c.key))))),
			h("input", { id: "unit-find", type: "search", placeholder: t("c_find_unit"), "aria-label": t("c_find_unit"), oninput: (e) => ((words = e.target.value.trim()), draw()) })),
		h("div", { class: "scroll" }, h("table", { role: "table", class: "grid" }, head, body)));
}

export async function city({ signal }) {
	const year = today().slice(0, 4);
	const since = monthsBack(11);
	const [place, report, defs, due, recent] = await Promise.all([
		keep("/institution"),
		get("/supervision", { by: "unit", from: year + "-01-01" }, signal),
		keep("/supervision/figures"),
		get("/matters", { open: "yes", order: "due", limit: 6 }, signal),
		get("/supervision", { by: "month", from: since }, signal),
		loadWork(),
	]);
	title("");
	const total = report.total;
	const head = h("div", { class: "page-head" }, h("h1", { tabindex: "-1" }, place.city), h("p", { class: "dim" }, t("c_today", dayWords(today(), true))));
	if (!due.matters.length && !n(total, "received") && !n(total, "open"))
		return [head, h("section", { class: "note-box" }, h("h2", null, t("c_empty")), h("p", null, t("c_empty_do")),
			h("pre", null, "huiyin matter file complaint title=路灯不亮 channel=web\nhuiyin import --map MAP.yaml FILE.csv\nhuiyin demo --data DIR"))];
	return [head, cards(total, defs.figures, year), h("div", { class: "two" }, h("div", { class: "stack" }, lights(total), months(recent.groups)), first(due.matters)), units(report.groups, year)];
}
