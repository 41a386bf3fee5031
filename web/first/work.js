// How long is left, in words: working days where the calendar is known, else days.
import { keep } from "./api.js";
import { dayAt, dayOf, daysBetween, now, number, today } from "./time.js";
import { t } from "./words.js";

const years = new Map(); // year -> working days up to each day of it, the first at [1]

export async function loadYear(year) {
	const data = await keep("/calendar/" + year);
	if (!years.has(year)) {
		const sums = [0];
		for (const d of data.days) sums.push(sums[sums.length - 1] + (d.work ? 1 : 0));
		years.set(year, sums);
	}
	return data;
}

// This year and its neighbours; without them words fall back to days.
export async function loadWork() {
	const y = Number(today().slice(0, 4));
	await Promise.all([y - 1, y, y + 1].map((n) => loadYear(n).catch(() => null)));
}

// Working days after A up to and with B; null when unknown.
export function workBetween(a, b) {
	let sum = 0;
	for (let y = Number(a.slice(0, 4)); y <= Number(b.slice(0, 4)); y++) {
		const sums = years.get(y);
		if (!sums) return null;
		const first = number(y + "-01-01");
		const at = (n) => sums[Math.max(0, Math.min(sums.length - 1, n - first + 1))];
		sum += at(number(b)) - at(number(a));
	}
	return sum;
}

// [words, tone] of a due instant, seen from now.
export function untilDue(due) {
	const day = dayOf(due), t0 = today(), late = Date.parse(due) < now(), days = daysBetween(t0, day);
	if (late) {
		const work = workBetween(day, t0);
		if (days === 0) return [t("d_late_rest"), "late"];
		return [work > 0 && work <= 60 ? t("d_late_wd", work) : t("d_late_cd", -days), "late"];
	}
	if (days === 0) return [due.slice(11, 16) === "23:59" ? t("d_today") : t("d_today_at", due.slice(11, 16)), "soon"];
	const work = workBetween(t0, day);
	return [work > 0 && work <= 60 ? t("d_left_wd", work) : t("d_left_cd", days), days <= 2 ? "soon" : "calm"];
}

// The same for a line of a list.
export function leftOf(row) {
	if (row.paused && row.open !== false) return [t("d_paused"), "still"];
	const done = row.verdict === "in_time" ? [t("d_in_time"), "good"] : row.verdict === "late" ? [t("d_late"), "late"] : null;
	if (row.open === false) return done || [t("d_closed"), "still"];
	if (row.due_at) return untilDue(row.due_at);
	if (done) return row.verdict === "late" ? done : [t("d_waiting"), "good"];
	return [t("d_no_clock"), "still"];
}

export const addDays = (day, n) => dayAt(number(day) + n);
