// One matter: where it stands, its clocks, what happened, how to prove it.
import { get, keep, Problem } from "./api.js";
import { h, swap } from "./dom.js";
import { badge } from "./lights.js";
import { dayOf, instantEl, instantWords, limitWords } from "./time.js";
import { list, say, t, has } from "./words.js";
import { leftOf, loadWork } from "./work.js";
import { bar, legend, lightOf, limits, verdict } from "./clock.js";
import { whyThisDate } from "./why.js";
import { names } from "./list.js";
import { title } from "./app.js";

const LISTS = ["channels", "classes", "roles", "pause_grounds", "close_grounds", "decline_grounds", "return_grounds", "reopen_grounds", "annul_grounds", "handoff_grounds", "findings", "rating_reasons"];

// Words of the institution's lists by id; a list it lacks is no trouble.
async function vocabulary() {
	const found = await Promise.all(LISTS.map((l) => keep("/lists/" + l).catch(() => ({ list: l, words: [] }))));
	const of = {};
	for (const f of found) of[f.list] = new Map(f.words.map((w) => [w.id, say(w.title)]));
	const grounds = new Map();
	for (const l of LISTS) if (l.endsWith("_grounds")) for (const [id, words] of of[l] || []) grounds.set(id, words);
	return { of, grounds, word: (l, id) => (of[l] && of[l].get(id)) || id };
}

function headline(m, v) {
	const [left, tone] = leftOf(m);
	let main, sub = left;
	if (m.answered_at) {
		main = t("ma_answered", instantWords(m.answered_at));
		if (m.main_due_at) sub = [m.verdict === "open" ? "" : t(m.verdict === "late" ? "d_late" : "d_in_time"), t("ma_answered_due", instantWords(m.main_due_at))].filter(Boolean).join(" · ");
	} else if (m.paused) {
		const p = m.clocks.flatMap((c) => c.pauses).find((x) => !x.until);
		main = t("ma_paused");
		sub = p ? `${v.grounds.get(p.ground) || p.ground} · ${instantWords(p.from)} – ${t("k_until_now")}` : null;
	} else if (m.main_due_at) main = t(tone === "late" ? "ma_was_due" : "ma_due", instantWords(m.main_due_at));
	else if (m.due_at) main = t("ma_next_due", instantWords(m.due_at));
	else if (m.closed_at) main = t("ma_closed_on", instantWords(m.closed_at));
	else (main = t("ma_none")), (sub = null);
	const next = m.due_at && m.main_due_at && m.due_at !== m.main_due_at && !m.answered_at ? t("ma_next_due", instantWords(m.due_at)) : null;
	const toneOf = m.verdict === "late" ? "late" : m.verdict === "in_time" ? "good" : tone;
	return h("div", { class: "headline tone-box-" + toneOf }, h("p", { class: "big" }, main), h("p", null, sub ? h("b", { class: "tone-" + toneOf }, sub) : null, next && tone !== "late" ? h("span", { class: "dim" }, " ", next) : null));
}

function facts(m, v, known) {
	const rows = [
		["ma_unit", m.unit ? known.units.get(m.unit) || m.unit : h("span", { class: "nobody" }, t("li_unassigned"))],
		["ma_person", m.person], ["ma_filed", instantEl(m.filed_at, true)],
		["li_channel", m.channel && v.word("channels", m.channel)], ["li_class", m.class && v.word("classes", m.class)], ["ma_place", m.place],
		["ma_ground", m.ground && (v.grounds.get(m.ground) || m.ground)], ["ma_rating", m.rating ? t("ma_stars", m.rating) : ""],
		["ma_lead", m.lead && h("a", { href: "/first/matters/" + m.lead }, m.lead)],
	];
	return h("section", { class: "card", "aria-labelledby": "h-facts" }, h("h2", { id: "h-facts" }, t("ma_facts")),
		h("dl", { class: "facts" }, rows.filter((r) => r[1]).map(([k, x]) => h("div", null, h("dt", null, t(k)), h("dd", null, x)))));
}

/* --- clocks ------------------------------------------------------------------------------------- */

function clockCard(c, code, v, known) {
	const id = `why-${c.clock}-${c.run}`, light = lightOf(c);
	const place = h("div", { id, hidden: true });
	async function toggle(e) {
		const button = e.target, open = place.hidden;
		place.hidden = !open;
		button.setAttribute("aria-expanded", String(open));
		button.textContent = t(open ? "w_hide" : "w_ask");
		if (!open || place.firstChild) return;
		swap(place, h("p", { class: "dim" }, t("loading")));
		try {
			const all = await get(`/matters/${encodeURIComponent(code)}/clock`);
			swap(place, whyThisDate(all.clocks.find((x) => x.clock === c.clock && x.run === c.run), v.grounds));
		} catch (err) {
			swap(place, h("p", { role: "alert" }, t("err_other"), " ", h("button", { type: "button", class: "button", onclick: () => (swap(place), (place.hidden = true), button.click()) }, t("retry"))));
		}
	}
	return h("article", { class: "clock" + (c.main ? " main" : "") },
		h("header", null, h("h3", null, say(c.title), c.run > 1 ? h("small", null, t("k_run", c.run)) : null, c.main ? h("small", { class: "pill" }, t("k_main")) : null, c.unit ? h("small", null, known.units.get(c.unit) || c.unit) : null), verdict(c)),
		c.start_at ? bar(c, light) : null, c.start_at ? legend(c, v.grounds) : null, limits(c),
		c.start_at ? h("button", { type: "button", class: "button quiet ask", "aria-expanded": "false", "aria-controls": id, onclick: toggle }, t("w_ask")) : null,
		place);
}

function clocks(m, v, known) {
	const important = (c) => c.main || c.state !== "stopped" || c.verdict === "late";
	const order = [...m.clocks].sort((a, b) => (b.main - a.main) || 0);
	const front = order.filter(important), rest = order.filter((c) => !important(c));
	const cards = (l) => l.map((c) => clockCard(c, m.code, v, known));
	return h("section", { class: "card", "aria-labelledby": "h-clocks" }, h("h2", { id: "h-clocks" }, t("ma_clocks")),
		m.clocks.length ? cards(front) : h("p", null, t("ma_no_clocks")),
		rest.length ? h("details", { class: "rest" }, h("summary", null, t("k_others", rest.length)), cards(rest)) : null);
}

/* --- timeline -------------------------------------------------------------------------------------- */

const SKIP = ["body", "name", "contact", "approver_name", "title"];

function fieldWords(name, x, v, known) {
	if (name === "unit") return known.units.get(x) || x;
	if (name === "units") return list(x.map((u) => known.units.get(u) || u));
	if (name === "ground") return v.grounds.get(x) || x;
	if (name === "approver") return v.word("roles", x);
	if (name === "class") return v.word("classes", x);
	if (name === "channel") return v.word("channels", x);
	if (name === "finding") return v.word("findings", x);
	if (name === "limit") return limitWords(x);
	if (name === "level") return t("ma_stars", x);
	if (name === "planned") return t("unit_cd", x);
	if (name === "due") return instantWords(x);
	if (name === "lead") return h("a", { href: "/first/matters/" + x }, x);
	return Array.isArray(x) ? list(x.map(String)) : typeof x === "object" ? null : String(x);
}

function event(e, v, known) {
	const all = { ...(e.data || {}), ...(e.private || {}) };
	const fields = Object.entries(all).filter(([k, x]) => has("f_" + k) && !SKIP.includes(k) && x !== null && x !== "")
		.map(([k, x]) => [t("f_" + k), fieldWords(k, x, v, known)]).filter((r) => r[1]);
	const name = e.title ? say(e.title) : e.move === "moved" ? t("ma_moved") : e.move === "erased" ? t("ma_gone") : e.move;
	const who = list([e.unit && (known.units.get(e.unit) || e.unit), e.role && v.word("roles", e.role)].filter(Boolean));
	const late = e.recorded_at && dayOf(e.recorded_at) !== dayOf(e.at);
	return h("li", { class: "e-" + e.move }, h("div", { class: "e-head" }, h("b", null, name), instantEl(e.at)),
		who ? h("p", { class: "dim" }, who) : null,
		fields.length ? h("dl", null, fields.map(([k, x]) => h("div", null, h("dt", null, k), h("dd", null, x)))) : null,
		h("p", { class: "e-log" }, t("ma_log", e.index), late ? [" · ", t("ma_recorded", dayOf(e.recorded_at))] : null));
}

function proof(m) {
	const index = m.timeline.length ? m.timeline[0].index : 0;
	const file = m.code + ".tlog-proof";
	return h("section", { class: "card proof", "aria-labelledby": "h-proof" }, h("h2", { id: "h-proof" }, t("ma_proof")),
		h("p", null, t("ma_proof_about", index)), h("pre", { tabindex: "0" }, "huiyin verify --receipt " + file),
		h("p", { class: "acts" }, h("a", { class: "button", href: `/api/v1/matters/${encodeURIComponent(m.code)}/receipt`, download: file }, t("ma_receipt")),
			h("button", { type: "button", class: "button quiet", onclick: () => print() }, t("ma_print"))));
}

function missing(code) {
	title(code);
	return h("section", { class: "note-box" }, h("h1", { tabindex: "-1" }, t("ma_missing", code)), h("p", null, t("ma_missing_do")),
		h("p", null, h("a", { class: "button", href: "/first/matters?open=yes" }, t("nav_list")), " ", h("a", { class: "button quiet", href: "/first/" }, t("home"))));
}

export async function matter({ param, signal }) {
	let m, v, known;
	try {
		[m, v, known] = await Promise.all([get("/matters/" + encodeURIComponent(param), null, signal), vocabulary(), names(), loadWork()]);
	} catch (e) {
		if (e instanceof Problem && e.status === 404) return missing(param);
		throw e;
	}
	title(`${m.code} ${m.title}`);
	const light = m.paused ? "paused" : m.light;
	return h("div", { class: "matter" },
		h("div", { class: "page-head" },
			h("p", { class: "crumb" }, h("code", null, m.code), h("span", null, say(m.kind_title)), h("span", { class: "pill" }, say(m.state_title)), m.open ? badge(light, t("l_" + light) + " · " + t("m_" + light)) : null),
			h("h1", { tabindex: "-1" }, m.title || t("ma_erased"))),
		headline(m, v),
		h("div", { class: "two wide-left" },
			h("div", { class: "stack" }, clocks(m, v, known),
				m.body ? h("section", { class: "card" }, h("h2", null, t("ma_body")), h("p", { class: "prose" }, m.body)) : null,
				m.reply ? h("section", { class: "card" }, h("h2", null, t("ma_reply")), h("p", { class: "prose" }, m.reply)) : null),
			h("div", { class: "stack" }, facts(m, v, known),
				h("section", { class: "card", "aria-labelledby": "h-time" }, h("h2", { id: "h-time" }, t("ma_timeline")), h("ol", { class: "timeline" }, m.timeline.map((e) => event(e, v, known)))),
				proof(m))));
}
