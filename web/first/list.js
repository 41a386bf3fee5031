// The matters behind a number: filters, one line each, more on demand, all by keyboard.
import { get, keep, query as address } from "./api.js";
import { h, swap } from "./dom.js";
import { LIGHTS, mark } from "./lights.js";
import { dayWords, instantEl } from "./time.js";
import { count, say, t } from "./words.js";
import { leftOf, loadWork } from "./work.js";
import { announce, title } from "./app.js";

const PARAMS = ["light", "open", "unit", "kind", "state", "class", "channel", "verdict", "words", "figure", "from", "to", "order"];
const PAGE = 50;

export async function names() {
	const [units, kinds] = await Promise.all([keep("/units"), keep("/kinds")]);
	return { units: new Map(units.units.map((u) => [u.code, u.name])), kinds: kinds.kinds };
}

function path(f, cursor) {
	if (f.figure)
		return ["/supervision/figures/" + encodeURIComponent(f.figure) + "/matters", { by: f.unit ? "unit" : "none", group: f.unit, from: f.from, to: f.to, limit: PAGE, cursor }];
	const { figure, from, to, ...rest } = f;
	return ["/matters", { ...rest, filed_from: from, filed_to: to, limit: PAGE, cursor }];
}

/* --- filters ---------------------------------------------------------------------------------- */

function chips(f, known, set) {
	const kind = known.kinds.find((k) => k.id === f.kind);
	const state = kind && kind.states.find((x) => x.id === f.state);
	const words = {
		light: (v) => t("l_" + v), open: (v) => t("li_open_" + v), unit: (v) => (v === "-" ? t("li_unassigned") : known.units.get(v) || v),
		kind: (v) => (kind ? say(kind.title) : v), state: (v) => (state ? say(state.title) : v),
		verdict: (v) => t(v === "late" ? "d_late" : "d_in_time"), words: (v) => v, order: () => t("li_filed"),
		figure: (v) => (known.figure ? say(known.figure.title) : v), class: (v) => v, channel: (v) => v,
		from: (v) => dayWords(v, true), to: (v) => dayWords(v, true),
	};
	const on = PARAMS.filter((p) => f[p]);
	if (!on.length) return null;
	return h("ul", { class: "chips" }, on.map((p) =>
		h("li", null, h("button", { type: "button", class: "chip", onclick: () => set(p, "") },
			p === "light" ? mark(f[p]) : h("small", null, t("li_" + p)), words[p](f[p]), h("span", { class: "sr" }, t("li_remove")), h("span", { class: "x", "aria-hidden": "true" }, "×")))),
		on.length > 1 ? h("li", null, h("button", { type: "button", class: "chip clear", onclick: () => set(null) }, t("li_clear"))) : null);
}

function select(id, key, value, options, set) {
	return h("label", null, h("span", null, t(key)),
		h("select", { id: "f-" + id, onchange: (e) => set(id, e.target.value) },
			[["", t("li_any")], ...options].map(([v, text]) => h("option", { value: v, selected: v === (value || "") }, text))));
}

function filters(f, known, set) {
	const kind = known.kinds.find((k) => k.id === f.kind);
	const lamps = h("div", { class: "lamps", role: "group", "aria-label": t("li_light") },
		[...LIGHTS].reverse().map((l) =>
			h("button", { type: "button", id: "f-light-" + l, class: "lamp", "aria-pressed": String(f.light === l), onclick: () => set("light", f.light === l ? "" : l) }, mark(l), t("l_" + l))));
	return h("section", { class: "card filters", "aria-label": t("li_filters") }, lamps,
		h("div", { class: "selects" },
			select("unit", "li_unit", f.unit, [["-", t("li_unassigned")], ...known.units], set),
			select("kind", "li_kind", f.kind, known.kinds.map((k) => [k.id, say(k.title)]), set),
			kind ? select("state", "li_state", f.state, kind.states.map((x) => [x.id, say(x.title)]), set) : null,
			select("open", "li_open", f.open, [["yes", t("li_open_yes")], ["no", t("li_open_no")]], set),
			select("verdict", "li_verdict", f.verdict, [["in_time", t("d_in_time")], ["late", t("d_late")]], set),
			h("label", null, h("span", null, t("li_order")), h("select", { id: "f-order", onchange: (e) => set("order", e.target.value) },
				h("option", { value: "", selected: f.order !== "filed" }, t("li_due")), h("option", { value: "filed", selected: f.order === "filed" }, t("li_filed"))))));
}

/* --- lines -------------------------------------------------------------------------------------- */

function line(r, figure) {
	const counted = r.light === undefined; // a line from behind a figure has no light of its own
	const light = r.paused && r.open ? "paused" : r.light === "none" ? "none" : r.light;
	const [words, tone] = counted
		? r.answered_at && figure === "open_overdue" ? [t("d_other_late"), "late"] : r.answered_at && r.due_at ? [t(r.answered_at > r.due_at ? "d_late" : "d_in_time"), r.answered_at > r.due_at ? "late" : "good"] : leftOf({ due_at: r.due_at, verdict: "open" })
		: leftOf(r);
	const due = r.due_at || r.main_due_at;
	return h("li", null, h("a", { class: counted ? "row plain" : "row", href: "/first/matters/" + r.code },
		counted ? null : h("span", { class: "lamp-cell" }, mark(light), h("span", { class: "sr" }, t("l_" + light))),
		h("span", { class: "row-title" }, h("b", null, r.title || t("ma_erased")), h("small", null, h("code", null, r.code), r.kind_title ? h("span", null, say(r.kind_title)) : null, r.state_title ? h("span", { class: "pill" }, say(r.state_title)) : null)),
		h("span", { class: "row-unit" + (r.unit ? "" : " nobody") }, r.unit_name || t("li_unassigned")),
		h("span", { class: "row-left" }, h("b", { class: "tone-" + tone }, words), due ? h("small", null, instantEl(due), r.provisional ? ` · ${t("w_prov")}` : "") : null)));
}

function keys(list) {
	return (e) => {
		if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) return;
		const step = { j: 1, k: -1 }[e.key];
		if (!step) return;
		const rows = [...list.querySelectorAll("a.row")], at = rows.indexOf(document.activeElement);
		const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
		if (!next) return;
		e.preventDefault();
		next.focus();
		next.scrollIntoView({ block: "nearest" });
	};
}

export async function matters({ query, signal, go }) {
	const f = Object.fromEntries(PARAMS.map((p) => [p, query.get(p) || ""]));
	const [known, figures, page] = await Promise.all([
		names(), f.figure ? keep("/supervision/figures") : null, get(...path(f), signal), loadWork(),
	]);
	if (figures) known.figure = figures.figures.find((x) => x.id === f.figure);
	title(t("li_title"));

	function set(p, v) {
		const next = p ? { ...f, [p]: v } : {};
		if (p === "kind") next.state = "";
		// A figure is counted by unit and period alone; any other filter leaves it.
		if (p && p !== "figure" && p !== "unit" && p !== "from" && p !== "to") next.figure = "";
		if (p === "light" && v) next.open = next.verdict = "";
		go("/first/matters" + address(next), { still: true });
	}

	const list = h("ul", { class: "rows", id: "rows" });
	const foot = h("div", { class: "rows-foot" });
	let shown = 0;
	function show(p) {
		list.append(...p.matters.map((r) => line(r, f.figure)));
		shown += p.matters.length;
		swap(foot, h("p", { role: "status" }, p.next ? t("li_shown", count(shown)) : shown ? t("li_all", count(shown)) : null),
			p.next ? h("button", { type: "button", class: "button", id: "more", onclick: (e) => more(e.target, p.next) }, t("li_more")) : null);
	}
	async function more(button, cursor) {
		button.disabled = true;
		button.textContent = t("loading");
		const at = shown;
		try {
			show(await get(...path(f, cursor), signal));
			const first = list.querySelectorAll("a.row")[at];
			if (first) first.focus();
		} catch (e) {
			if (e.name === "AbortError") return;
			button.disabled = false;
			button.textContent = t("retry");
			announce(t("err_other"));
		}
	}
	show(page);
	const handler = keys(list);
	document.addEventListener("keydown", handler);
	signal.addEventListener("abort", () => document.removeEventListener("keydown", handler));

	return [
		h("div", { class: "page-head" }, h("h1", { tabindex: "-1" }, known.figure ? say(known.figure.title) : f.words ? `“${f.words}”` : t("li_title")),
			h("p", { class: "dim" }, known.figure ? say(known.figure.definition) : h("span", { class: "keys-hint" }, t("li_keys")))),
		filters(f, known, set), chips(f, known, set),
		shown ? h("section", { class: "card flush", "aria-label": t("li_title") }, list)
			: h("section", { class: "note-box" }, h("h2", null, t("li_none")), h("p", null, t("li_none_do")), h("p", null, h("button", { type: "button", class: "button", onclick: () => set(null) }, t("li_clear")))),
		foot,
	];
}
