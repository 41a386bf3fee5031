// The frame and the routes.
import { get, keep, Problem, problemWords } from "./api.js";
import { add, h, s, swap } from "./dom.js";
import { count, lang, LANG_NAMES, say, setLang, t } from "./words.js";
import { city } from "./city.js";
import { matters } from "./list.js";
import { matter } from "./matter.js";
import { calendar } from "./calendar.js";
import { factor, learnMe, login, loginView, logout, me, sessions, welcome } from "./login.js";

const ROUTES = [
	[/^\/first\/?$/, city],
	[/^\/first\/matters$/, matters],
	[/^\/first\/matters\/([^/]+)$/, matter],
	[/^\/first\/calendar$/, calendar],
	[/^(?:\/first)?\/login$/, login],
	[/^(?:\/first)?\/welcome$/, welcome],
	[/^\/first\/sessions$/, sessions],
	[/^\/first\/factor$/, factor],
];

const main = h("main", { id: "main", tabindex: "-1" });
const said = h("div", { class: "sr", "aria-live": "polite", id: "said" });
const header = h("header", { class: "top" });
const footer = h("footer", { class: "foot" });
let leave = null; // ends what the present view has begun

const icon = (d) => s("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, s("path", { d }));
const SUN = "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12 1v3M12 20v3M1 12h3M20 12h3M4.2 4.2l2.1 2.1M17.7 17.7l2.1 2.1M4.2 19.8l2.1-2.1M17.7 6.3l2.1-2.1";
const MOON = "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z";
const LENS = "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21";

const isDark = () => document.documentElement.getAttribute("data-theme") === "dark";

function store(key, value) {
	try {
		localStorage.setItem(key, value);
	} catch (e) {
		/* kept for this page only */
	}
}

const CODE = /^[a-z]{2,6}-?\d{4}-?\d{6}$/i;

function search(value) {
	const words = value.trim();
	if (!words) return go("/first/matters?open=yes");
	const code = words.toUpperCase().replace(/\s/g, "");
	go(CODE.test(code) ? "/first/matters/" + encodeURIComponent(code) : "/first/matters?" + new URLSearchParams({ words }));
}

function drawHeader() {
	const here = location.pathname;
	const link = (path, key, on) => h("a", { href: path, "aria-current": on ? "page" : null }, t(key));
	const dark = isDark();
	swap(
		header,
		h("div", { class: "top-in" },
			h("a", { class: "brand", href: "/first/" },
				h("img", { src: "/first/mark.svg", alt: "", width: 34, height: 34 }),
				h("span", null, h("b", null, t("brand")), h("small", null, t("promise")))),
			h("nav", { "aria-label": t("nav") },
				link("/first/", "nav_city", here === "/first/"),
				link("/first/matters?open=yes", "nav_list", here.startsWith("/first/matters")),
				link("/first/calendar", "nav_cal", here === "/first/calendar")),
			h("form", { class: "find", role: "search", action: "/first/matters", onsubmit: (e) => (e.preventDefault(), search(e.target.elements.words.value)) },
				h("input", { id: "find", name: "words", type: "search", "aria-label": t("search"), placeholder: t("search"), maxlength: 100, autocomplete: "off" }),
				h("button", { type: "submit", "aria-label": t("search_do") }, icon(LENS))),
			h("div", { class: "switches" },
				h("div", { class: "langs", role: "group", "aria-label": t("language") },
					LANG_NAMES.map(([l, name]) =>
						h("button", { type: "button", lang: l, "aria-pressed": String(l === lang()), onclick: () => chooseLang(l) }, name))),
				h("button", { type: "button", class: "theme", "aria-label": t(dark ? "to_light" : "to_dark"), title: t(dark ? "to_light" : "to_dark"), onclick: chooseTheme }, icon(dark ? SUN : MOON)))),
		h("p", { class: "local" }, icon("M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z"), who()),
	);
}

const who = () => me.state === "open"
	? [h("b", null, me.name), " · ", h("a", { href: "/first/sessions" }, t("in_sessions")), " · ", h("button", { type: "button", class: "who", onclick: () => logout(() => go("/first/login")) }, t("in_out"))]
	: [t("in_nobody"), " · ", h("a", { href: "/first/login" }, t("in_title"))];

function chooseLang(l) {
	store("lang", l);
	setLang(l);
	draw({ still: true });
	header.querySelector('.langs [aria-pressed="true"]').focus();
}

function chooseTheme() {
	const theme = isDark() ? "light" : "dark";
	store("theme", theme);
	document.documentElement.setAttribute("data-theme", theme);
	drawHeader();
	header.querySelector(".theme").focus();
}

async function drawFooter() {
	try {
		const i = await get("/institution");
		swap(footer, h("div", { class: "foot-in" },
			h("p", null, h("b", null, i.city), " · ", t("foot_why")),
			h("p", null, t("foot_rules"), " ", say(i.pack.title) || i.pack.name, " · ", t("foot_version", i.pack.version), " · ",
				h("span", { title: i.pack.hash }, t("foot_hash", i.pack.hash.slice(0, 8)))),
			h("p", null, t("foot_log"), " ", t("foot_events", count(i.log.size)), " · ", h("a", { href: "/log/checkpoint" }, t("foot_head")))));
	} catch (e) {
		swap(footer, h("div", { class: "foot-in" }, h("p", null, t("foot_why"))));
	}
}

export function skeleton(lines) {
	return h("div", { class: "skeleton", role: "status" }, h("span", { class: "sr" }, t("loading")),
		Array.from({ length: lines || 6 }, () => h("i")));
}

export function problem(e, again) {
	if (!(e instanceof Problem)) console.error(e);
	const [words, detail] = problemWords(e);
	return h("section", { class: "note-box bad", role: "alert" }, h("h1", { tabindex: "-1" }, words),
		detail ? h("p", { class: "detail" }, detail) : null,
		h("p", null, again ? h("button", { type: "button", class: "button", onclick: again }, t("retry")) : null, " ", h("a", { class: "button quiet", href: "/first/" }, t("home"))));
}

export const title = (words) => (document.title = words ? `${words} · ${t("brand")}` : `${t("brand")} · ${t("promise")}`);
export const announce = (words) => swap(said, words);

// In place of the page that needs it.
async function askLogin() {
	await learnMe();
	drawHeader();
	return loginView(() => draw());
}

// STILL: the same page again (filters, language): scroll and focus stay where they are.
async function draw({ still } = {}) {
	if (leave) leave.abort();
	const mine = (leave = new AbortController());
	const focused = still && document.activeElement && document.activeElement.id;
	const found = ROUTES.map(([re, view]) => [re.exec(location.pathname), view]).find(([m]) => m);
	drawHeader();
	drawFooter();
	main.setAttribute("aria-busy", "true");
	const wait = setTimeout(() => swap(main, skeleton()), still ? 600 : 60);
	let page;
	try {
		if (!found) {
			title(t("err_no_route"));
			page = h("section", { class: "note-box" }, h("h1", { tabindex: "-1" }, t("err_no_route")), h("p", null, t("err_not_found")),
				h("p", null, h("a", { class: "button", href: "/first/" }, t("home"))));
		} else {
			const param = found[0][1] && decodeURIComponent(found[0][1]);
			page = await found[1]({ param, query: new URLSearchParams(location.search), signal: mine.signal, go, again: () => draw({ still: true }) });
		}
	} catch (e) {
		if (e.name === "AbortError" || mine.signal.aborted) return;
		page = ["no_login", "need_factor"].includes(e.code) ? await askLogin() : problem(e, () => draw());
	} finally {
		clearTimeout(wait);
	}
	if (mine.signal.aborted) return;
	swap(main, page);
	main.removeAttribute("aria-busy");
	if (still) {
		const el = focused && document.getElementById(focused);
		if (el) el.focus({ preventScroll: true });
	} else {
		scrollTo(0, 0);
		const head = main.querySelector("h1");
		if (head && moved) head.focus({ preventScroll: true });
	}
	moved = true;
}
let moved = false; // the first page leaves the focus alone

export function go(url, o) {
	history[o && o.replace ? "replaceState" : "pushState"](null, "", url);
	return draw(o);
}

addEventListener("popstate", () => draw());
document.addEventListener("click", (e) => {
	const a = e.target.closest && e.target.closest("a[href]");
	if (!a || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || a.target || a.hasAttribute("download")) return;
	const url = new URL(a.href, location.href);
	if (url.origin !== location.origin || /^\/(api|log|metrics|problems)(\/|$)/.test(url.pathname) || url.pathname.includes(".")) return;
	if (url.hash && url.pathname === location.pathname) return;
	e.preventDefault();
	go(url.pathname + url.search);
});
document.addEventListener("keydown", (e) => {
	if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) return;
	e.preventDefault();
	document.getElementById("find").focus();
});

add(document.body, [h("a", { class: "skip", href: "#main" }, t("skip")), header, main, footer, said]);
keep("/kinds").catch(() => null);
learnMe().catch(() => null).then(() => draw());
