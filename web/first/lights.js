// Lights: a shape and a word for every colour, so that colour is never the only sign.
import { h, s } from "./dom.js";
import { t } from "./words.js";

export const LIGHTS = ["green", "blue", "yellow", "orange", "red"];
export const ALL = ["red", "orange", "yellow", "blue", "green", "paused", "none"];
// Which figure of supervision counts the open matters under each.
export const FIGURE = {
	green: "open_green", blue: "open_blue", yellow: "open_yellow", orange: "open_orange", red: "open_red",
	paused: "open_paused", none: "open_no_light",
};

const SHAPES = {
	green: () => s("circle", { cx: 10, cy: 10, r: 8 }),
	blue: () => s("rect", { x: 3, y: 3, width: 14, height: 14, rx: 3.5 }),
	yellow: () => s("path", { d: "M10 2.2 18.6 17.4H1.4Z", "stroke-linejoin": "round" }),
	orange: () => s("path", { d: "M10 1 19 10 10 19 1 10Z" }),
	red: () => s("path", { d: "M6.5 1.5h7L18.5 6.5v7l-5 5h-7l-5-5v-7z" }),
	paused: () => s("path", { d: "M4 3h4v14H4zM12 3h4v14h-4z" }),
	none: () => s("circle", { cx: 10, cy: 10, r: 6.5, class: "ring" }),
};

export const mark = (light) => s("svg", { class: "mark l-" + light, viewBox: "0 0 20 20", "aria-hidden": "true" }, SHAPES[light]());

export const badge = (light, words) =>
	h("span", { class: "badge b-" + light }, mark(light), words || t("l_" + light));

// COUNTS by light -> a bar; what it says stands beside it in numbers.
export function bar(counts, most) {
	const total = ALL.reduce((n, l) => n + (counts[l] || 0), 0);
	const el = s("svg", { class: "bar", "aria-hidden": "true", preserveAspectRatio: "none" });
	if (!total) return el;
	const width = most ? Math.max(2, (100 * total) / most) : 100;
	let x = 0;
	for (const l of ALL) {
		const w = (width * (counts[l] || 0)) / total;
		if (w) el.append(s("rect", { x: x + "%", y: 0, width: w + "%", height: "100%", class: "l-" + l }));
		x += w;
		if (w && x < width - 0.01) el.append(s("rect", { x: x + "%", y: 0, width: 1.5, height: "100%", class: "gap" }));
	}
	return el;
}

// A light's name with the link to the open matters under it (of UNIT).
export function behind(light, unit) {
	const q = new URLSearchParams();
	if (light === "paused" || light === "none") q.set("figure", FIGURE[light]);
	else q.set("light", light);
	if (unit) q.set("unit", unit);
	return "/first/matters?" + q;
}
