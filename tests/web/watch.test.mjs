// The watch over the hall: an approval about which nobody told anything in time, with a fee that is in no catalogue; a
// notice printed, served and answered late; a line of the ledger that its owner cannot strike off, and another can.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe, openPage, picture, ROOT, startBrowser } from "./city.mjs";
import { askAs, openWork, startDemo } from "./work.mjs";

const ITEM = "cgj-03", TITLE = "听涛书店设置门头广告";
const shots = join(ROOT, "build/shots");
let city, browser, own, notice;
before(async () => {
	mkdirSync(shots, { recursive: true });
	// Filed and issued today; three weeks later nobody has said a word.
	const later = new Date(Date.now() + 20 * 86_400_000).toISOString();
	city = await startDemo((run) => {
		own = JSON.parse(run("matter", "file", "licence", "--role", "desk", "--json", `title=${TITLE}`, `item=${ITEM}`, "channel=web", "name=苏文"));
		[notice] = JSON.parse(run("notice", "issue", "urging", own.code, "--by", "王五", "--json")).notices;
		// Whoever mends here belongs to the office that verifies, too.
		run("grant", "add", "unit_head", "efficacy_office");
	}, [], ["--clock", later]);
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await city?.stop();
});

const sound = async (page, name) => {
	assert.deepEqual(await axe(page), [], name);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), name + " is wider than the screen");
	await picture(page, join(shots, `watch-${name}.png`));
};
// What must come about by itself: ASK until it gives something.
async function until(ask) {
	for (let i = 0; i < 150; i++) {
		const found = await ask();
		if (found) return found;
		await new Promise((done) => setTimeout(done, 200));
	}
	throw new Error("it did not come about");
}
// Opens the form of MOVE and types TEXTS by label.
async function begin(page, move, texts) {
	await page.locator(".moves").getByRole("button", { name: new RegExp("^" + move) }).first().click();
	const form = page.locator("form.move");
	await form.waitFor();
	for (const [label, text] of Object.entries(texts)) {
		const field = form.locator(".field", { has: page.locator(".field-name", { hasText: new RegExp(`^${label}`) }) }).first();
		const select = field.locator("select.plain").first();
		if (await select.count()) await select.selectOption({ label: text });
		else await field.locator("textarea, input").first().fill(text);
	}
	await page.waitForFunction(() => !document.querySelector("form.move .acts button[type=submit]").disabled);
	return form;
}
async function make(page, move, texts = {}) {
	const form = await begin(page, move, texts);
	await form.locator(".acts button[type=submit]").click();
	await form.waitFor({ state: "detached" });
}

test("nobody told in time: accepted as of the day of filing, a card by itself, and a fee that is in no catalogue", async () => {
	const card = await until(async () => (await askAs(city.base, "efficacy_office", `/cards?matter=${own.code}&kind=no_notice`)).cards[0]);
	const matter = await askAs(city.base, "handler", "/matters/" + own.code);
	const day = (at) => at.slice(0, 10);
	const accepted = matter.timeline.find((e) => e.move === "deem_accept");
	assert.ok(day(accepted.at) > day(matter.filed_at));
	const desk = await openWork(browser, city.base, { login: "handler", path: "/matters/" + own.code });
	const { page } = desk;
	await page.locator(".matter-right .lines").getByRole("link", { name: card.title["zh-CN"] }).waitFor();
	// The clock of the decision began with the filing, not when silence accepted it.
	assert.match(await page.innerText(".timeline"), /视为受理/);
	assert.match(await page.innerText(".clocks"), /视为受理：期限倒算，从 [\s\S]*起计/);

	// What it would raise is said before; it is recorded as it was.
	let form = await begin(page, "收费", { 收费项目: "加急费", 金额: "200" });
	await form.locator(".foreseen").waitFor();
	assert.match(await form.locator(".foreseen").innerText(), /红牌[\s\S]*收取目录以外的费用[\s\S]*第七十五条/);
	await sound(page, "charge-desktop");
	await form.locator(".acts button[type=submit]").click();
	await form.waitFor({ state: "detached" });
	const fee = await until(async () => (await askAs(city.base, "efficacy_office", `/cards?matter=${own.code}&kind=unlisted_fee`)).cards[0]);
	await desk.show("/cards/" + fee.code);
	await page.locator("main").getByText("行政许可法 第五十八条、第七十五条").first().waitFor();
	assert.match(await page.innerText("main"), /收费[\s\S]*行政许可法 第五十八条、第七十五条|行政许可法 第五十八条、第七十五条[\s\S]*收费/);
	assert.deepEqual(desk.complaints, []);
	await desk.close();
	const phone = await openWork(browser, city.base, { login: "handler", size: "phone", path: "/matters/" + own.code });
	await phone.page.locator(".matter-right .lines").getByRole("link", { name: fee.title["zh-CN"] }).waitFor();
	await sound(phone.page, "missed-phone");
	form = await begin(phone.page, "退费", { 收费项目: "加急费", 金额: "200", 说明: "目录里没有，全额退还" });
	await form.locator(".acts button[type=submit]").click();
	await form.waitFor({ state: "detached" });
	await phone.close();

	// The applicant reads all of it.
	const us = await openPage(browser, city.base, { nobody: true, size: "phone", path: `/follow#${own.code}.${own.secret}` });
	await us.page.waitForSelector(".timeline");
	assert.match(await us.page.innerText("main"), /受理通知书（视为受理）[\s\S]*加急费 200 元[\s\S]*收费目录里没有这一项[\s\S]*退费/);
	await sound(us.page, "own-phone");
	assert.deepEqual(us.complaints, []);
	await us.close();
});

test("a notice: printed, served, answered when its term was over", async () => {
	const office = await openWork(browser, city.base, { login: "efficacy_office", path: "/notices/" + notice.code });
	const { page } = office;
	const paper = async () => {
		const pdf = await (await office.context.request.get(city.base + (await page.locator("main").getByRole("link", { name: "下载" }).getAttribute("href")))).body();
		return execFileSync("pdftotext", ["-layout", "-", "-"], { input: pdf, encoding: "utf8" }).replace(/\s/g, "");
	};
	assert.match(await paper(), new RegExp(`${notice.number}催办通知书.*${TITLE}`));
	await page.getByRole("button", { name: "送达回证" }).click();
	assert.match(await paper(), new RegExp(`送达回证.*${notice.number}`));
	assert.match(await page.innerText(".facts"), /送达\s*未签收/);
	await sound(page, "notice-desktop");

	const head = await openWork(browser, city.base, { login: "unit_head", path: "/matters/" + notice.code });
	await make(head.page, "签收");
	await make(head.page, "答复", { 正文: "经办人请假未交接，已补办，今日受理。" });
	assert.match(await head.page.innerText(".matter-left"), /超期/);
	assert.deepEqual(head.complaints, []);
	await head.close();

	await office.show("/notices?form=urging");
	const row = page.locator("main .grid tr", { hasText: notice.code });
	await row.getByText("逾期答复").waitFor();
	await row.locator(".title-cell a").click();
	await page.locator(".facts").getByText("逾期答复").waitFor();
	assert.ok(!(await page.innerText(".facts")).includes("未签收"));
	assert.deepEqual(office.complaints, []);
	await office.close();
	const phone = await openWork(browser, city.base, { login: "efficacy_office", size: "phone", path: "/notices/" + notice.code });
	await sound(phone.page, "notice-phone");
	await phone.close();
});

test("a line of the ledger: its owner cannot strike it off, another can, and it says who", async () => {
	const { notices } = await askAs(city.base, "efficacy_office", "/notices", { form: "rectification", data: { unit: "cgj", title: "窗口收取加急费", body: "责令三日内退还并说明原因。", class: "inspection_finding" } }, { "idempotency-key": "watch-ledger-line" });
	const { code } = notices[0];
	const owner = await openWork(browser, city.base, { login: "unit_head", path: "/matters/" + code });
	await make(owner.page, "签收");
	await make(owner.page, "提交整改方案", { 正文: "退还加急费，公示收费目录。", 原因: "窗口私设项目", 整改措施: "退还并公示" });
	await make(owner.page, "报告整改结果", { 正文: "已全额退还，目录已上墙。", 文号: "城管报〔2026〕3号" });
	await owner.page.reload();
	await owner.page.getByText("“核验销号”要由没有参与办理的其他人来做").waitFor();
	assert.equal(await owner.page.locator(".moves").getByRole("button", { name: /^核验销号/ }).count(), 0);
	const { tag } = await askAs(city.base, "unit_head", "/matters/" + code);
	const close = { move: "close", by: { role: "efficacy_office" }, data: { ground: "solved", approver: "organ_head", paper: "销号表1号" } };
	const refused = await askAs(city.base, "unit_head", `/matters/${code}/moves`, close, { "if-match": tag, "idempotency-key": "watch-owner-tries" });
	assert.deepEqual([refused.status, refused.code], [403, "forbidden"]);
	assert.deepEqual(owner.complaints, []);
	await owner.close();

	const office = await openWork(browser, city.base, { login: "efficacy_office", path: "/matters/" + code });
	await make(office.page, "核验销号", { 理由: "已解决", 文号: "销号表1号", 批准人职务: "行政机关负责人" });
	await office.show("/ledger?open=no&words=" + encodeURIComponent("窗口收取加急费"));
	const line = office.page.locator(".ledger li", { hasText: code });
	await line.waitFor();
	assert.match(await line.innerText(), /窗口私设项目[\s\S]*退还并公示[\s\S]*销号/);
	assert.deepEqual(office.complaints, []);
	await office.close();
	const phone = await openWork(browser, city.base, { login: "efficacy_office", size: "phone", path: "/ledger?open=no&words=" + encodeURIComponent("窗口收取加急费") });
	await phone.page.locator(".ledger li", { hasText: code }).waitFor();
	await sound(phone.page, "ledger-phone");
	await phone.close();
});
