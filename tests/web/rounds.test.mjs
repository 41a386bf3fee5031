// Results of an appraisal on the screen: from the league table down to one letter, and out as a paper.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe, openPage, ROOT, startBrowser } from "./city.mjs";
import { manual } from "./manual.mjs";
import { askAs, openWork, settledWork, startDemo } from "./work.mjs";

const ROUND = "conduct-2026-09", shots = join(ROOT, "build/shots");
let city, browser, warned;
before(async () => {
	city = await startDemo((run) => {
		run("round", "open", "--scheme", "conduct", "--from", "2026-09-01");
		const units = JSON.parse(run("unit", "list", "--json")).units.filter((u) => u.kind === "organ");
		units.forEach((u, i) => run("round", "mark", ROUND, "--unit", u.code, "--of", "inspection", "--value", String(60 + (i * 7) % 40), "--evidence", "检查"));
		run("round", "freeze", ROUND);
		run("round", "publish", ROUND);
		// A unit that a letter left lying has cost points in a month that is not yet frozen; its head gets that unit.
		for (const m of JSON.parse(run("matter", "list", "--light", "red", "--json")).matters.filter((x) => x.unit && !x.paused)) {
			const month = m.filed_at.slice(0, 7);
			if (ROUND.endsWith(month)) continue;
			run("round", "open", "--scheme", "conduct", "--from", month + "-01");
			warned = { round: "conduct-" + month, unit: JSON.parse(run("round", "warn", m.unit, "--json")).warnings.find((w) => w.cases.length)?.unit };
			if (warned.unit) break;
		}
		run("grant", "add", "unit_head", "unit_head", "--unit", warned.unit);
	});
	browser = await startBrowser();
	mkdirSync(shots, { recursive: true });
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

test("a leader goes from the league table to a unit, a line, and the letter behind it", async () => {
	const { page, complaints, close } = await openWork(browser, city.base, { login: "leader", path: "/rounds" });
	await page.getByRole("link", { name: ROUND }).click();
	await settledWork(page);
	const whole = await askAs(city.base, "leader", `/rounds/${ROUND}`);
	assert.equal(await page.locator(".league tbody tr").count(), whole.units.length);
	await manual(page, "round-league");
	// Each place is told with its range and its chance.
	const last = whole.units.reduce((a, b) => (b.score.place > a.score.place ? b : a));
	const row = page.locator(".league tbody tr", { has: page.getByRole("link", { name: last.name, exact: true }) });
	assert.match(await row.innerText(), new RegExp(`${last.score.low}–${last.score.high}`));
	assert.ok((await row.innerText()).includes(last.certainty["zh-CN"]));
	// A unit that a late case cost points.
	let found = null;
	for (const u of [...whole.units].sort((a, b) => b.score.place - a.score.place)) {
		const why = await askAs(city.base, "leader", `/rounds/${ROUND}/units/${u.code}`);
		const line = why.indicators.find((i) => i.cases.some((c) => c.lost && c.title));
		if (line) {
			found = { u, why, line, first: line.cases.find((c) => c.lost && c.title) };
			break;
		}
	}
	await page.getByRole("link", { name: found.u.name, exact: true }).click();
	await settledWork(page);
	await page.locator("summary", { hasText: found.line.title["zh-CN"] }).click();
	const open = page.locator("details[open]");
	assert.equal(await open.locator("tbody tr").count(), found.line.cases.filter((c) => c.lost).length);
	assert.ok((await open.innerText()).includes(found.first.clause));
	await open.getByText(found.first.code).first().waitFor();
	await manual(page, "round-unit", 1100);
	// What would have been, had that letter gone otherwise.
	const ways = await askAs(city.base, "leader", `/rounds/${ROUND}/units/${found.u.code}/cases/${found.first.code}`);
	await open.getByRole("button", { name: `如果 ${found.first.code}` }).first().click();
	const box = page.getByRole("dialog");
	for (const o of ways.otherwise) {
		const row = box.locator("tbody tr", { hasText: o.title["zh-CN"] });
		await row.waitFor();
		assert.ok((await row.innerText()).includes((o.score.published / 100).toFixed(2)));
	}
	assert.equal(await box.locator("tbody tr").count(), ways.otherwise.length + 1);
	assert.deepEqual(await axe(page), []);
	await page.screenshot({ path: join(shots, "otherwise-desktop.png") });
	await page.setViewportSize({ width: 390, height: 844 });
	assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
	await page.screenshot({ path: join(shots, "otherwise-phone.png") });
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.keyboard.press("Escape");
	await box.waitFor({ state: "hidden" });
	const download = page.waitForEvent("download");
	await page.getByRole("button", { name: "PDF" }).click();
	assert.equal((await download).suggestedFilename(), `${ROUND}-${found.u.code}.pdf`);
	await open.getByRole("link", { name: found.first.title }).first().click();
	await page.waitForURL(new RegExp(found.first.code));
	await settledWork(page);
	assert.deepEqual(complaints, []);
	await close();
});

test("a head of a unit is warned on the first page of what the unit stands to lose", async () => {
	const { warnings } = await askAs(city.base, "unit_head", "/warnings");
	const w = warnings.find((x) => x.round.code === warned.round);
	assert.equal(w.unit, warned.unit);
	assert.ok(w.lost > 0 && w.cases.length > 0);
	for (const size of ["phone", "desktop"]) {
		const { page, complaints, close } = await openWork(browser, city.base, { login: "unit_head", size });
		const box = page.locator(".warnings");
		await box.waitFor();
		for (const part of [w.unit_name, (w.lost / 10000).toFixed(2), w.lines[0].title["zh-CN"], w.cases[0].title || w.cases[0].code]) assert.ok((await box.innerText()).includes(part), part);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(wide <= 0, `${size} is ${wide} px wider than the screen`);
		assert.deepEqual(await axe(page), [], size);
		await page.screenshot({ path: join(shots, `warning-home-${size}.png`), fullPage: true });
		await box.locator("article", { hasText: w.cases[0].code }).getByRole("link", { name: "看丢分明细" }).click();
		await page.waitForURL(new RegExp(`rounds/${w.round.code}/${w.unit}`));
		await page.locator(".warnings").waitFor();
		await settledWork(page);
		assert.ok((await page.locator(".tree").innerText()).includes(w.lines[0].title["zh-CN"]));
		assert.deepEqual(await axe(page), [], size);
		await page.screenshot({ path: join(shots, `warning-unit-${size}.png`), fullPage: true });
		assert.deepEqual(complaints, []);
		await close();
	}
	// Whoever is of no unit is not warned of any.
	assert.deepEqual((await askAs(city.base, "leader", "/warnings")).warnings, []);
});

test("a leader reads the month and opens a figure down to one letter", async () => {
	const { page, complaints, close } = await openWork(browser, city.base, { login: "leader", path: "/brief?from=2026-09-01" });
	const brief = await askAs(city.base, "leader", "/brief?from=2026-09-01");
	const late = brief.figures.find((f) => f.id === "unanswered_late"), any = late.now ? late : brief.figures[0];
	const box = page.locator(".brief-figure", { hasText: any.title["zh-CN"] }).first();
	assert.ok((await box.innerText()).includes(String(any.now)));
	const download = page.waitForEvent("download");
	await page.getByRole("button", { name: "打印" }).click();
	assert.equal((await download).suggestedFilename(), "brief-2026-09-01.pdf");
	await box.click();
	await page.waitForURL(/figures/);
	await page.waitForSelector("table.grid tbody a");
	if (any.now <= 50) assert.equal(await page.locator("table.grid tbody tr").count(), any.now);
	await page.locator("table.grid tbody a").first().click();
	await page.waitForURL(/matters\/[A-Z]+-2026-/);
	assert.deepEqual(complaints, []);
	await close();
});

test("the office makes the circular", async () => {
	const { page, complaints, close } = await openWork(browser, city.base, { login: "efficacy_office", path: `/rounds/${ROUND}` });
	await page.getByPlaceholder("发文字号").fill("效通〔2026〕3号");
	const download = page.waitForEvent("download");
	await page.getByRole("button", { name: "生成通报" }).click();
	assert.equal((await download).suggestedFilename(), `${ROUND}-circular.pdf`);
	assert.deepEqual(complaints, []);
	await close();
});

test("every page of rounds in three languages, both themes, three sizes", { timeout: 300_000 }, async () => {
	const whole = await askAs(city.base, "leader", `/rounds/${ROUND}`);
	const unit = whole.units.find((u) => u.score.place === 5).code;
	for (const [lang, size, theme] of [["zh-CN", "desktop", "light"], ["zh-Hant", "phone", "dark"], ["en", "desktop", "dark"], ["en", "phone", "light"], ["zh-CN", "tablet", "dark"]]) {
		const { page, complaints, show, close } = await openWork(browser, city.base, { login: "efficacy_office", lang, size, theme, path: "/rounds" });
		for (const [name, path] of [["brief", "/brief?from=2026-09-01"], ["brief-half", "/brief?from=2026-01-01&period=half_year"], ["rounds", "/rounds"], ["round", `/rounds/${ROUND}`], ["round-unit", `/rounds/${ROUND}/${unit}`]]) {
			await show(path);
			if (name === "round-unit") for (const s of await page.locator(".tree summary").all()) await s.click();
			const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			assert.ok(wide <= 0, `${name} ${lang} ${size} is ${wide} px wider than the screen`);
			assert.deepEqual(await axe(page), [], `${name} ${lang} ${size} ${theme}`);
			await page.screenshot({ path: join(shots, `${name}-${lang}-${size}-${theme}.png`), fullPage: name !== "round" });
		}
		assert.deepEqual(complaints, []);
		await close();
	}
});

test("anybody reads the result on the portal, takes the data, and recomputes it", { timeout: 300_000 }, async () => {
	for (const [lang, size, theme] of [["zh-CN", "desktop", "light"], ["zh-Hant", "phone", "light"], ["en", "phone", "dark"]]) {
		const { page, complaints, show, close } = await openPage(browser, city.base, { nobody: true, lang, size, theme, path: "/open" });
		await show("/results");
		await page.waitForSelector(".results li");
		const whole = await (await fetch(`${city.base}/api/v1/public/rounds/${ROUND}`)).json();
		assert.equal(await page.locator(".results li").count(), whole.units.length);
		const first = whole.units.find((u) => u.score.place === 1);
		assert.ok((await page.locator(".results li").first().innerText()).includes(first.certainty[lang]));
		if (size === "desktop") {
			await page.getByRole("searchbox").fill(first.name);
			assert.equal(await page.locator(".results li").count(), 1);
			const download = page.waitForEvent("download");
			await page.locator("a.button", { hasText: "结果包" }).click();
			const file = await (await download).path();
			assert.match(execFileSync(process.execPath, [join(ROOT, "tools/verify-result.mjs"), file], { encoding: "utf8" }), /the same to the byte/);
			await page.getByRole("searchbox").fill("");
		}
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(wide <= 0, `${lang} ${size} is ${wide} px wider than the screen`);
		assert.deepEqual(await axe(page), [], `${lang} ${size} ${theme}`);
		await page.screenshot({ path: join(shots, `results-${lang}-${size}-${theme}.png`) });
		assert.deepEqual(complaints, []);
		await close();
	}
});

// Last: it moves the clock of the city.
test("a round from open to final, with an objection that changes the last place", { timeout: 600_000 }, async () => {
	const office = await openWork(browser, city.base, { login: "efficacy_office", path: "/rounds" });
	const { page } = office;
	const look = async (p, name) => {
		for (const [size, width, height] of [["phone", 390, 844], ["desktop", 1280, 800]]) {
			await p.setViewportSize({ width, height });
			const wide = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			assert.ok(wide <= 0, `${name} ${size} is ${wide} px wider than the screen`);
			assert.deepEqual(await axe(p), [], `${name} ${size}`);
			await p.screenshot({ path: join(shots, `${name}-${size}.png`) });
		}
	};
	// DEED on the page of the round: FILL gets the dialog before it is sent.
	const act = async (p, deed, fill = async () => {}) => {
		await p.locator(".round-deeds button", { has: p.getByText(deed, { exact: true }) }).click();
		const box = p.getByRole("dialog");
		await box.locator("form").waitFor();
		await fill(box);
		await box.getByRole("button", { name: deed, exact: true }).click();
		await box.waitFor({ state: "hidden" });
		await settledWork(p);
	};
	const mark = (name, points) => act(page, "打分", async (box) => {
		await box.getByRole("combobox", { name: "单位" }).fill(name);
		await page.getByRole("option", { name: new RegExp(`(^|· )${name}$`) }).click();
		await box.locator("select").selectOption({ label: "检查评议" });
		await box.locator(".field", { hasText: "分值" }).locator("input").fill(String(points));
		await box.locator("textarea").fill("当日检查记录");
	});

	// Opened: the last month but one that has no round yet is offered.
	await look(page, "story-rounds");
	const form = page.locator(".round-new");
	await form.locator("select").first().selectOption({ label: "机关作风月度考核" });
	await form.getByRole("button", { name: "开始一轮" }).click();
	await page.waitForURL(/rounds\/conduct-/);
	const round = /conduct-[\d-]+/.exec(page.url())[0], get = () => askAs(city.base, "efficacy_office", `/rounds/${round}`);
	await page.getByText("预览，未固定").waitFor();
	await settledWork(page);

	// Marked: two units that nothing else measures stand far behind, the first of them last.
	const before = await get();
	const [x, y] = before.units.filter((u) => !u.score.applies);
	let n = 0;
	for (const u of before.units) {
		if (u.code === x.code) continue;
		const r = await askAs(city.base, "efficacy_office", `/rounds/${round}/marks`, { unit: u.code, of: "inspection", value: u.code === y.code ? 50000 : (60 + (n++ * 7) % 40) * 10000, evidence: "检查" });
		assert.equal(r.status, 200);
	}
	await mark(x.name, 1);
	const place = async (u) => {
		const { units } = await get();
		const all = units.filter((v) => v.score.applies);
		return { place: units.find((v) => v.code === u.code).score.place, last: Math.max(...all.map((v) => v.score.place)) };
	};
	let at = await place(x);
	assert.equal(at.place, at.last);
	await look(page, "story-open");

	await act(page, "固定");
	await page.locator(".page-head .el-tag", { hasText: "已固定" }).waitFor();
	await act(page, "公示");
	await page.locator(".page-head .el-tag", { hasText: "公示中" }).waitFor();

	// The unit objects to one line.
	const head = await openWork(browser, city.base, { login: "unit_head", path: `/rounds/${round}/${x.code}` });
	await head.page.getByRole("button", { name: "提出异议" }).click();
	const objection = head.page.getByRole("dialog");
	await objection.locator("select").selectOption({ label: "检查评议" });
	await objection.locator("textarea").fill("检查当日全楼停电，窗口按预案在门厅办件，记录为空岗。");
	await objection.getByRole("button", { name: "提出异议" }).click();
	await head.page.getByText("异议 1 已提出").waitFor();
	await look(head.page, "story-unit");
	assert.deepEqual(head.complaints, []);
	await head.close();

	// Not decided by who marked that line, but by another.
	const decide = async (p, reason) => {
		await p.locator(".objections").getByRole("button", { name: "处理异议" }).click();
		const box = p.getByRole("dialog");
		await box.getByRole("button", { name: "成立", exact: true }).click();
		await box.locator("textarea").fill(reason);
		await box.getByRole("button", { name: "处理异议" }).click();
		return box;
	};
	await page.reload(); // the address is the same
	await settledWork(page);
	const refused = await decide(page, "我打的分，我来定");
	await refused.locator("[role=alert]").waitFor();
	assert.match(await refused.locator("[role=alert]").innerText(), /neither marked/);
	await refused.getByRole("button", { name: "取消" }).click();
	const leader = await openWork(browser, city.base, { login: "leader", path: `/rounds/${round}` });
	await (await decide(leader.page, "停电属实，按门厅记录重评。")).waitFor({ state: "hidden" });
	await leader.page.locator(".objections .decision").waitFor();
	await look(leader.page, "story-decided");
	assert.deepEqual(leader.complaints, []);
	await leader.close();

	// Put right and computed anew: another unit is last now, and everybody sees what stood before.
	await page.reload(); // the address is the same
	await settledWork(page);
	await mark(x.name, 88);
	await act(page, "更正", (box) => box.locator("textarea").fill("异议1成立：检查当日停电，检查评议重评。"));
	const now = await get();
	assert.equal(now.version, 2);
	assert.equal((await place(y)).place, at.last);
	at = await place(x);
	assert.ok(at.place < at.last);
	const was = now.units.find((u) => u.code === x.code).before;
	assert.equal(was.place, at.last);
	assert.deepEqual(now.versions[1].objections, [{ number: 1, unit: x.code, of: "inspection" }]);
	const rows = page.locator(".before-after tbody tr");
	assert.equal(await rows.count(), now.units.length);
	if (!(await rows.first().isVisible())) await page.locator("summary", { hasText: "更正前后" }).click();
	const row = rows.filter({ has: page.getByRole("rowheader", { name: x.name, exact: true }) });
	assert.deepEqual((await row.locator("td").allInnerTexts()).slice(2), [String(was.place), String(at.place)]);
	assert.ok((await page.locator(".versions").innerText()).includes("异议1成立：检查当日停电"));
	await look(page, "story-corrected");
	// The first version is still there, and says that it is old.
	await page.locator(".versions a").click();
	await page.getByText("这是旧的一版").waitFor();
	await settledWork(page);

	// In public too.
	const portal = await openPage(browser, city.base, { nobody: true, path: `/results/${round}` });
	await portal.page.waitForSelector(".corrections");
	assert.ok((await portal.page.locator(".corrections").innerText()).includes("异议1成立"));
	assert.match(await portal.page.locator(".results li", { hasText: x.name }).first().innerText(), new RegExp(`更正前：.*第 ${was.place} 名`));
	await look(portal.page, "story-public");
	assert.deepEqual(portal.complaints, []);
	await portal.close();

	// The time to object is over.
	assert.deepEqual(office.complaints.filter((c) => !/403/.test(c)), []); // the refusal, as the browser notes it
	await office.close();
	await city.at(new Date(Date.parse(now.round.object_until + "T09:00:00+08:00") + 24 * 3600_000).toISOString());
	const last = await openWork(browser, city.base, { login: "efficacy_office", path: `/rounds/${round}` });
	await act(last.page, "定案");
	await last.page.locator(".page-head .el-tag", { hasText: "已定案" }).waitFor();
	assert.equal((await get()).round.state, "final");
	assert.equal(await last.page.locator(".round-deeds button").count(), 0);
	await look(last.page, "story-final");
	assert.deepEqual(last.complaints, []);
	await last.close();
});
