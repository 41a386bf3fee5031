// Every page of the workbench in three languages and both themes: no violation of WCAG or of the policy, nothing wider
// than the screen, a picture in Chinese.  HY_PAGES=board,wall and HY_SIZES=phone look at these alone, HY_SCREENS=all
// takes pictures in every language.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe, picture, ROOT, together } from "./city.mjs";
import { manual } from "./manual.mjs";
import { askAs, openWork } from "./work.mjs";

export const PAGES = [["login", null, "/login"], ["home-desk", "desk", "/"], ["home-leader", "leader", "/"], ["home-sysadmin", "sysadmin", "/"], ["matters", "efficacy_office", "/matters?open=yes"],
	["matter", "desk", "MATTER"], ["cards", "efficacy_office", "/cards?level=red"], ["cards-units", "efficacy_office", "/cards?view=units"], ["card", "efficacy_office", "CARD"],
	["board", "efficacy_office", "/board"], ["wall", "leader", "/board?wall=1"], ["figure", "efficacy_office", "/figures/open_red?by=none"], ["flow", "efficacy_office", "FLOW"], ["notices", "efficacy_office", "/notices"], ["notice", "efficacy_office", "NOTICE"], ["ledger", "efficacy_office", "/ledger"], ["quality", "efficacy_office", "/quality"], ["quality-cases", "efficacy_office", "/quality/answered_near_due"], ["file", "desk", "/file"], ["file-licence", "desk", "/file?kind=licence"], ["items", "efficacy_office", "/items"], ["assists", "unit_head", "/assists"], ["item", "efficacy_office", "/items/zrj-02"], ["reduction", "efficacy_office", "/reduction"], ["me", "desk", "/me"],
	["units", "sysadmin", "/units"], ["posts", "sysadmin", "/posts"], ["absences", "unit_head", "/absences"], ["grants", "secadmin", "/grants"], ["accounts", "sysadmin", "/accounts"], ["account", "sysadmin", "ACCOUNT"], ["audit", "audadmin", "/audit"], ["settings", "sysadmin", "/settings"],
	["packs", "sysadmin", "/packs"], ["proposal", "secadmin", "PROPOSAL"], ["calendar", "secadmin", "/calendar"], ["identity", "custodian", "/identity"], ["custodians", "secadmin", "/custodians"], ["persons", "privacy_officer", "/persons"], ["permissions", "sysadmin", "/permissions"], ["rules", "sysadmin", "/rules"], ["redaction", "efficacy_office", "REDACTION"]];

const BUTTONS = { en: "EN", "zh-Hant": "繁", "zh-CN": "简" }, ALL = process.env.HY_SCREENS === "all";

// What the words in capitals above stand for, in this city.
async function places(base) {
	const { matters } = await askAs(base, "desk", "/matters?open=yes&kind=hotline&limit=1"), code = matters[0].code;
	const card = (await askAs(base, "unit_head", "/cards?level=red&state=stands&limit=1")).cards[0].code;
	await askAs(base, "unit_head", `/cards/${card}/contest`, { reason: "系统停机，有记录" });
	const { account } = await askAs(base, "desk", "/access"); // logged in, with a role
	const notice = (await askAs(base, "efficacy_office", "/matters?kind=rectification&limit=1")).matters[0].code;
	const { links } = await askAs(base, "efficacy_office", "/supervision/flow");
	const { now } = await askAs(base, "sysadmin", "/institution");
	const days = [3, 4, 5, 6, 7].map((n) => ({ name: "国庆节", date: new Date(Date.parse(now.slice(0, 10) + "T00:00:00Z") + n * 864e5).toISOString().slice(0, 10), isOffDay: true }));
	const proposal = await askAs(base, "sysadmin", "/institution/proposals", { notice: JSON.stringify({ year: Number(days[0].date.slice(0, 4)), papers: ["https://www.gov.cn/test"], days }), notice_name: "notice.json", reason: "国办通知" });
	assert.ok(proposal.id, JSON.stringify(proposal));
	return { MATTER: "/matters/" + code, ACCOUNT: "/accounts/" + account, CARD: "/cards/" + card, REDACTION: `/matters/${code}/redaction`, NOTICE: "/notices/" + notice, FLOW: `/flow/${links[0].from || "-"}/${links[0].to || "-"}`, PROPOSAL: "/proposals/" + proposal.id };
}

// The one page in this size: what is wrong with it.
async function look(browser, base, [name, login, path], size, out) {
	const wrong = [], w = await openWork(browser, base, { login, size, path });
	if (size === "desktop") await manual(w.page, "work-" + name);
	const shown = async (lang, theme) => {
		const at = `${name}-${lang}-${theme}-${size}`;
		if (name !== "wall") await w.page.getByRole("button", { name: BUTTONS[lang], exact: true }).click(); // it has no switches
		await w.page.waitForFunction((l) => document.documentElement.lang === l, lang);
		await w.page.evaluate((dark) => document.documentElement.classList.toggle("dark", dark), theme === "dark");
		if (ALL || lang === "zh-CN") await picture(w.page, join(out, at + ".png"), !["units", "posts", "grants", "accounts", "audit"].includes(name));
		// The rules do not depend on the language, those of names not on the theme, the colours of a tablet are a desktop's.
		if (lang === "zh-CN") for (const v of await axe(w.page, theme === "dark" ? "only" : size === "tablet" ? "not" : undefined)) wrong.push(`${at}: ${v}`);
		const wide = await w.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		if (wide > 0) wrong.push(`${at}: ${wide} pixels wider than the screen`);
	};
	if (process.env.HY_MANUAL !== "only") {
		for (const lang of name === "wall" ? ["zh-CN"] : ["en", "zh-Hant", "zh-CN"]) await shown(lang, "light");
		if (ALL || size !== "tablet") await shown("zh-CN", "dark");
		if (ALL && name !== "wall") for (const lang of ["en", "zh-Hant"]) await shown(lang, "dark");
	}
	for (const c of w.complaints) wrong.push(`${name} ${size}: ${c}`);
	await w.close();
	return wrong;
}

export async function everyPage(browser, base, sizes) {
	const out = join(ROOT, "build/screens/work"), wrong = [], at = await places(base);
	mkdirSync(out, { recursive: true });
	const only = process.env.HY_PAGES?.split(",");
	const inSizes = process.env.HY_SIZES?.split(",") ?? sizes;
	const jobs = PAGES.filter(([n]) => !only || only.includes(n)).flatMap(([name, login, to]) => inSizes.map((size) => [[name, login, at[to] ?? to], size]));
	for (const found of await together(jobs, ([page, size]) => look(browser, base, page, size, out))) wrong.push(...found);
	assert.deepEqual(wrong, []);
}
