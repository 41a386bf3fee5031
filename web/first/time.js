// Days and instants in plain words.  An instant comes as RFC 3339 in the city's zone, so its
// first ten characters are the city's day; the browser's own zone never matters.
import { lang, t } from "./words.js";

const WEEK = {
	"zh-CN": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
	"zh-Hant": ["週日", "週一", "週二", "週三", "週四", "週五", "週六"],
	en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
};
const MONTH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = 864e5;

let skew = 0; // how far this machine's clock is behind the server's
export function learnClock(date) {
	const at = Date.parse(date);
	if (at && Math.abs(at - Date.now()) > 5000) skew = at - Date.now();
}
let offset = 8 * 36e5; // the city's zone, learnt from its instants
function learnZone(instant) {
	const m = /([+-])(\d\d):(\d\d)$/.exec(instant);
	if (m) offset = (m[1] === "-" ? -1 : 1) * (m[2] * 60 + +m[3]) * 6e4;
}

export const now = () => Date.now() + skew;
export const today = () => new Date(now() + offset).toISOString().slice(0, 10);
export const dayOf = (instant) => (learnZone(instant), instant.slice(0, 10));
export const number = (day) => Date.parse(day + "T00:00:00Z") / DAY;
export const dayAt = (n) => new Date(n * DAY).toISOString().slice(0, 10);
export const weekday = (day) => new Date(Date.parse(day + "T00:00:00Z")).getUTCDay();
export const weekdayName = (n) => WEEK[lang()][n];
export const daysBetween = (a, b) => number(b) - number(a);

// "10月13日 周二"; with the year when it is another one (or when asked).
export function dayWords(day, year) {
	const [y, m, d] = day.split("-").map(Number);
	const full = year || String(y) !== today().slice(0, 4);
	const w = WEEK[lang()][weekday(day)];
	if (lang() === "en") return `${w} ${d} ${MONTH[m - 1]}${full ? " " + y : ""}`;
	return `${full ? y + "年" : ""}${m}月${d}日 ${w}`;
}
export function monthWords(y, m) {
	return lang() === "en" ? `${MONTH[m - 1]} ${y}` : `${y}年${m}月`;
}

// The time of day is left out at the ends of days, where it says nothing.
export function instantWords(instant, year) {
	const time = instant.slice(11, 16), words = dayWords(dayOf(instant), year);
	return time === "23:59" || time === "00:00" ? words : `${words} ${time}`;
}

// <time> with the exact instant for machines and on hover.
import { h } from "./dom.js";
export const dayEl = (day, year) => h("time", { datetime: day }, dayWords(day, year));
export const instantEl = (instant, year) =>
	h("time", { datetime: instant, title: instant.replace("T", " ").slice(0, 19) }, instantWords(instant, year));

const UNITS = { wd: "unit_wd", cd: "unit_cd", mo: "unit_mo", h: "unit_h", wh: "unit_wh" };
// "5wd" -> "5个工作日"
export function limitWords(limit) {
	const m = /^(\d+)(wd|cd|mo|h|wh)$/.exec(limit || "");
	return m ? t(UNITS[m[2]], +m[1]) : limit || "";
}
