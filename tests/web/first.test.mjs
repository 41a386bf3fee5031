// The first page, in a browser, against a demo city and the real server.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { recovery } from "../logins.mjs";
import { axe, openPage, PASSWORD, ROOT, settled, SIZES, startBrowser, startCity } from "./city.mjs";

const PAGES = join(ROOT, "web/first"), SCREENS = join(ROOT, "build/screens");
const LIGHTS = ["red", "orange", "yellow", "blue", "green"];
const plain = (text) => Number(text.replace(/[^\d.]/g, ""));
let city, browser, year, red, holiday;

// An open red matter whose main clock skips a holiday that a notice made.
async function withHoliday() {
	let cursor = "";
	do {
		const list = await city.get("/matters?limit=100&verdict=late" + (cursor && "&cursor=" + cursor));
		for (const m of list.matters) {
			const clock = (await city.get(`/matters/${m.code}/clock`)).clocks.find((c) => c.main && c.trace.some((l) => l.what === "rest" && l.notice && l.name));
			if (clock) return { code: m.code, clock };
		}
		cursor = list.next;
	} while (cursor);
	throw new Error("the demo city has no late matter over a holiday");
}

before(async () => {
	city = await startCity("demo", "--matters", "1000");
	browser = await startBrowser();
	year = (await city.get("/institution")).now.slice(0, 4);
	red = (await city.get("/matters?light=red&limit=200")).matters;
	holiday = await withHoliday();
	mkdirSync(SCREENS, { recursive: true });
});
after(async () => {
	if (browser) await browser.close();
	if (city) await city.stop();
});

test("the files are small and name nothing outside", () => {
	let bytes = 0;
	for (const name of readdirSync(PAGES)) {
		bytes += statSync(join(PAGES, name)).size;
		const text = readFileSync(join(PAGES, name), "utf8").replaceAll("http://www.w3.org/2000/svg", "");
		assert.doesNotMatch(text, /https?:\/\/[a-z]/i, name);
		assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/, name);
	}
	assert.ok(bytes < 150_000, `${bytes} bytes`);
});

test("every text is there in three languages, and none is left over", () => {
	const dictionary = readFileSync(join(PAGES, "words.js"), "utf8");
	const others = readdirSync(PAGES).filter((f) => f.endsWith(".js") && f !== "words.js").map((f) => readFileSync(join(PAGES, f), "utf8")).join("\n");
	const keys = [...dictionary.matchAll(/^\t([a-z_0-9]+): \[(.*)\],$/gm)];
	assert.ok(keys.length > 200);
	const made = new Set([...others.matchAll(/"([a-z]+_)" \+/g)].map((m) => m[1]));
	for (const [, key, row] of keys) {
		assert.equal(JSON.parse(`[${row}]`).length, 3, key);
		assert.ok(others.includes(`"${key}"`) || others.includes(`:${key}"`) || dictionary.includes(`t("${key}"`) || made.has(key.replace(/(?<=^[a-z]+_).*/, "")) || key.startsWith("ca_u_") || key.startsWith("li_open_"), `nobody says ${key}`);
	}
	const known = new Set(keys.map((k) => k[1]));
	for (const [, key] of others.matchAll(/\bt\("([a-z_0-9]+)"/g)) if (!key.endsWith("_")) assert.ok(known.has(key), `${key} is in no dictionary`);
});

test("the city's numbers are those of the interface, and each opens its list", async () => {
	const report = await city.get(`/supervision?by=unit&from=${year}-01-01`), f = report.total.figures;
	const { page, complaints, close } = await openPage(browser, city.base);
	const numbers = await page.locator(".stat-n").allInnerTexts();
	assert.equal(plain(numbers[0]), f.open.value);
	assert.equal(plain(numbers[1]), f.open_overdue.value);
	assert.equal(plain(numbers[2]), Number((f.in_time_share.value / 100).toFixed(1)));
	assert.equal(plain(numbers[3]), f.open_unassigned.value);
	for (const l of LIGHTS) assert.equal(plain(await page.locator(`.tile[href$="light=${l}"] b`).innerText()), f["open_" + l].value, l);
	assert.equal(await page.locator(".grid tbody th").count(), report.groups.filter((g) => g.figures.open.value).length);
	await page.locator("#quiet").click();
	assert.equal(await page.locator(".grid tbody th").count(), report.groups.filter((g) => g.key !== "-" || g.figures.open.value).length);
	for (const g of report.groups.filter((x) => x.figures.open_red.value)) {
		const cell = page.locator(`.grid a[href="/first/matters?light=red&unit=${encodeURIComponent(g.key)}"]`);
		assert.equal(plain(await cell.innerText()), g.figures.open_red.value, g.name);
	}
	await page.locator(".stat .def summary").nth(2).click();
	const meaning = await page.locator(".stat .def[open]").innerText();
	assert.match(meaning, new RegExp(f.in_time_share.numerator));
	assert.match(meaning, new RegExp(f.in_time_share.denominator));
	await page.keyboard.press("Escape");
	await page.locator(".stat-n a").nth(1).click();
	await settled(page);
	assert.equal(await page.locator("a.row").count(), Math.min(50, f.open_overdue.value));
	assert.deepEqual(complaints, []);
	await close();
});

test("unassigned stands on top whatever the order; columns sort both ways", async () => {
	const { page, close } = await openPage(browser, city.base);
	const report = await city.get("/supervision?by=unit");
	const none = report.groups.find((g) => g.key === "-" && g.figures.open.value);
	const column = async () => (await page.locator(`.grid tbody tr:not(.pinned) td.strong`).allInnerTexts()).map(plain);
	await page.locator('.grid th[data-col="open"] button').click();
	const down = await column();
	assert.deepEqual(down, [...down].sort((a, b) => b - a));
	assert.equal(await page.locator('.grid th[data-col="open"]').getAttribute("aria-sort"), "ascending");
	await page.locator('.grid th[data-col="open"] button').click();
	assert.deepEqual(await column(), [...down].sort((a, b) => a - b));
	if (none) assert.match(await page.locator(".grid tbody tr").first().getAttribute("class"), /pinned/);
	const name = report.groups.find((g) => g.key !== "-").name;
	await page.locator("#unit-find").fill(name);
	assert.ok((await page.locator(".grid tbody th").allInnerTexts()).includes(name));
	assert.ok((await page.locator(".grid tbody tr").count()) < report.groups.length);
	await page.locator("#unit-find").fill("没有这样的单位");
	assert.match(await page.locator(".grid .empty").innerText(), /没有这样的单位/);
	await close();
});

test("from a red light to the list, to the matter", async () => {
	assert.ok(red.length, "the demo city has red matters");
	const { page, complaints, close } = await openPage(browser, city.base);
	await page.locator('.tile[href$="light=red"]').click();
	await settled(page);
	assert.match(page.url(), /\/matters\?light=red$/);
	assert.deepEqual(await page.locator("a.row code").allInnerTexts(), red.slice(0, 50).map((m) => m.code));
	assert.match(await page.locator(".row-left b").first().innerText(), /超期|到期|刚过/);
	await page.locator("a.row").first().click();
	await settled(page);
	assert.equal(await page.locator("h1").innerText(), red[0].title);
	assert.equal(await page.locator(".crumb code").innerText(), red[0].code);
	const whole = await city.get("/matters/" + red[0].code);
	assert.equal(await page.locator(".timeline > li").count(), whole.timeline.length);
	assert.equal(await page.locator(".clock").count(), whole.clocks.length);
	await page.goBack();
	await settled(page);
	assert.match(page.url(), /light=red$/);
	assert.deepEqual(complaints, []);
	await close();
});

test("why this date: each day, the holiday, and the notice behind it", async () => {
	const { page, complaints, close } = await openPage(browser, city.base, { path: "/first/matters/" + holiday.code });
	const main = page.locator(".clock.main").first();
	await main.locator(".ask").click();
	await main.locator(".why").waitFor();
	const trace = holiday.clock.trace, off = trace.find((l) => l.what === "rest" && l.notice && l.name);
	assert.ok((await main.locator(".basis").innerText()).includes(off.name));
	assert.ok(await main.locator(`.basis a[href="${off.notice}"]`).count(), "the notice is linked");
	assert.ok((await main.locator(".basis").innerText()).includes(holiday.clock.clause), "the clause is quoted");
	const numbered = trace.filter((l) => l.what === "counted");
	for (const l of [numbered[0], numbered[numbered.length - 1]]) assert.ok((await main.locator(".months .day b").allInnerTexts()).includes(String(l.count)));
	await main.locator(".all-days summary").click();
	assert.equal(await main.locator(".lines tbody tr").count(), trace.length);
	const row = main.locator(".lines tbody tr", { has: page.locator(`time[datetime="${off.day}"]`) }).first();
	assert.ok((await row.innerText()).includes(off.name));
	assert.equal(await main.locator(".ask").getAttribute("aria-expanded"), "true");
	assert.deepEqual(await axe(page), []);
	assert.deepEqual(complaints, []);
	await close();
});

test("filters, words, more, and the keyboard alone", async () => {
	const first = await city.get("/matters?limit=50"), { page, complaints, close } = await openPage(browser, city.base, { path: "/first/matters" });
	assert.equal(await page.locator("a.row").count(), 50);
	await page.locator("#more").click();
	await page.waitForFunction(() => document.querySelectorAll("a.row").length === 100);
	assert.equal(new Set(await page.locator("a.row code").allInnerTexts()).size, 100);
	await page.locator("#f-kind").focus();
	await page.locator("#f-kind").selectOption("licence");
	await settled(page);
	await page.waitForURL(/kind=licence/);
	await page.waitForSelector("#f-state");
	assert.equal(await page.evaluate(() => document.activeElement.id), "f-kind", "the focus stays");
	await page.locator(".chip").first().click();
	await page.waitForFunction(() => !location.search.includes("kind="));
	await settled(page);
	await page.keyboard.press("j");
	await page.keyboard.press("j");
	assert.equal(await page.evaluate(() => document.activeElement.querySelector("code").textContent), first.matters[1].code);
	await page.keyboard.press("k");
	await page.keyboard.press("Enter");
	await page.waitForURL(new RegExp(first.matters[0].code));
	await settled(page);
	await page.keyboard.press("/");
	await page.keyboard.type(first.matters[2].code.toLowerCase());
	await page.keyboard.press("Enter");
	await page.waitForURL(new RegExp(first.matters[2].code));
	await settled(page);
	await page.keyboard.press("/");
	await page.keyboard.type("这样的词一定没有");
	await page.keyboard.press("Enter");
	await page.waitForSelector(".note-box");
	assert.match(await page.locator(".note-box").innerText(), /没有符合的件/);
	assert.deepEqual(complaints, []);
	await close();
});

test("what if: the same date and trace as the interface gives", async () => {
	const { page, complaints, close } = await openPage(browser, city.base, { path: "/first/calendar" });
	await page.locator("#ca-from").fill("2026-09-30");
	await page.locator("#ca-n").fill("5");
	await page.locator('.what-if button[type="submit"]').click();
	await page.waitForURL(/from=2026-09-30/);
	await page.waitForFunction(() => document.querySelector(".due-big time")?.getAttribute("datetime").startsWith("2026-10-13"));
	const text = await page.locator(".result").innerText();
	assert.match(text, /国庆节/);
	assert.match(await page.locator(".day.makeup").innerText(), /班/);
	await page.locator("#ca-rule").selectOption("LIC_DECIDE");
	await page.locator('.what-if button[type="submit"]').click();
	await page.waitForURL(/rule=LIC_DECIDE/);
	const asked = await city.get("/calendar/due?from=2026-09-30&rule=LIC_DECIDE");
	await page.waitForFunction((day) => document.querySelector(".due-big time")?.getAttribute("datetime").startsWith(day), asked.due_day);
	assert.match(await page.locator(".result").innerText(), /行政许可法/);
	await page.locator(".what-if .button.quiet").last().click();
	await page.locator(".pause-row input").nth(0).fill("2026-10-12");
	await page.locator(".pause-row input").nth(1).fill("2026-10-19");
	await page.locator('.what-if button[type="submit"]').click();
	await page.waitForURL(/pause=/);
	await page.waitForSelector(".day.paused");
	const year = await city.get("/calendar/2026");
	await page.waitForSelector("#h-year");
	assert.equal(await page.locator(".yday.work, .yday.makeup").count() - 2, year.working_days, "less the two of the key");
	await page.locator("#year-next").click();
	await page.waitForFunction(() => document.querySelector("#h-year").textContent.includes("2027"));
	assert.match(await page.locator(".year .prov").innerText(), /还没有放假通知/);
	assert.deepEqual(complaints, []);
	await close();
});

test("an unknown code, an unknown page and a silent server get kind words", async () => {
	const { page, complaints, show, close } = await openPage(browser, city.base, { path: "/first/matters/TS-2026-999999" });
	assert.match(await page.locator("main").innerText(), /没有编号为 TS-2026-999999 的件/);
	assert.deepEqual(await axe(page), []);
	assert.ok(complaints.every((c) => c.includes("404")), "nothing but the browser's own remark on the 404");
	await show("/first/no/such/page");
	assert.match(await page.locator("h1").innerText(), /没有这个地址/);
	await page.route("**/api/**", (r) => r.abort());
	await page.locator("main .button").first().click();
	await page.waitForSelector('[role="alert"]');
	assert.match(await page.locator('[role="alert"]').innerText(), /huiyin serve/);
	await page.unroute("**/api/**");
	await page.locator('[role="alert"] button').click();
	await page.waitForSelector(".stat-n");
	await close();
});

test("language and theme are switched at once and remembered", async () => {
	const { page, show, complaints, close } = await openPage(browser, city.base);
	await page.locator('.langs [lang="en"]').click();
	await page.waitForFunction(() => document.querySelector("nav a").textContent === "City");
	assert.equal(await page.getAttribute("html", "lang"), "en");
	await page.locator(".theme").click();
	assert.equal(await page.getAttribute("html", "data-theme"), "dark");
	await show("/first/calendar");
	assert.equal(await page.locator("h1").innerText(), "Time limits");
	assert.equal(await page.getAttribute("html", "data-theme"), "dark");
	await page.locator('.langs [lang="zh-Hant"]').click();
	await page.waitForFunction(() => document.querySelector("h1").textContent === "時限計算");
	assert.deepEqual(complaints, []);
	await close();
});

test("a receipt can be taken away", async () => {
	const { page, close } = await openPage(browser, city.base, { path: "/first/matters/" + red[0].code });
	const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".proof a.button").click()]);
	assert.equal(file.suggestedFilename(), red[0].code + ".tlog-proof");
	assert.match(readFileSync(await file.path(), "utf8"), /^c2sp.org\/tlog-proof@v1/);
	await close();
});

test("an empty city says what to do", async () => {
	const empty = await startCity("init");
	try {
		const { page, complaints, show, close } = await openPage(browser, empty.base);
		assert.match(await page.locator(".note-box").innerText(), /还没有件/);
		assert.deepEqual(await axe(page), []);
		await show("/first/matters");
		assert.match(await page.locator(".note-box").innerText(), /没有符合的件/);
		await page.goto(empty.base + "/guide");
		await page.waitForSelector("text=这里还没有事项");
		assert.deepEqual(complaints, []);
		await close();
	} finally {
		await empty.stop();
	}
});

const VIEWS = () => ({ city: "/first/", list: "/first/matters?light=red", matter: "/first/matters/" + holiday.code, paused: "/first/matters/" + pausedCode, calendar: "/first/calendar?from=2026-09-25&limit=10wd", figure: "/first/matters?figure=open_overdue" });
let pausedCode;
for (const lang of ["zh-CN", "zh-Hant", "en"])
	for (const theme of ["light", "dark"])
		for (const size of Object.keys(SIZES))
			test(`${lang}, ${theme}, ${size}: each page without a violation, an error or a sideways scroll`, async () => {
				pausedCode = pausedCode || (await city.get("/supervision/figures/open_paused/matters")).matters[0]?.code || red[0].code;
				const { page, complaints, show, close } = await openPage(browser, city.base, { lang, theme, size });
				for (const [name, path] of Object.entries(VIEWS())) {
					await show(path);
					assert.equal(await page.getAttribute("html", "lang"), lang);
					assert.equal(await page.getAttribute("html", "data-theme"), theme);
					if (name === "matter") {
						await page.locator(".ask").first().click();
						await page.waitForSelector(".why");
					}
					await page.screenshot({ path: join(SCREENS, `${name}-${lang}-${theme}-${size}.png`), fullPage: true });
					assert.deepEqual(await axe(page), [], name);
					assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
				}
				assert.deepEqual(complaints, []);
				await close();
			});

test("who is not logged in is asked to, comes in, and goes", async () => {
	const { page, complaints, close } = await openPage(browser, city.base, { path: "/first/matters", nobody: true });
	assert.match(await page.textContent("header"), /未登录/);
	assert.deepEqual(await axe(page), []);
	await page.fill("#in-login", "officer");
	await page.fill("#in-password", "not the right one");
	await page.click(".sign button");
	await page.waitForSelector(".wrong:not(:empty)");
	assert.match(await page.textContent(".wrong"), /登录名、密码或口令不对/);
	await page.fill("#in-password", PASSWORD);
	await page.click(".sign button");
	await page.fill("#in-code", recovery.get(city.tokens.officer)[1]);
	await page.click(".sign button");
	await page.waitForSelector("main:not([aria-busy]) table, main:not([aria-busy]) .rows");
	assert.match(await page.textContent("header"), /测试员/);
	await page.click('header a[href="/first/sessions"]');
	await page.waitForSelector(".places li");
	assert.deepEqual(await axe(page), []);
	await page.click("header .who");
	await page.waitForSelector("#in-password");
	assert.match(await page.textContent("header"), /未登录/);
	complaints.splice(0, complaints.length, ...complaints.filter((c) => !/status of (401|403)/.test(c)));
	assert.deepEqual(complaints, []);
	await close();
});
